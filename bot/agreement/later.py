"""The parts of the agreement that are checked here and act in a later version."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final

from bot.agreement import values
from bot.agreement.reading import REQUIRED, Fault, Key, ListOf, Section, Table, Value
from bot.agreement.wins import PERIODS

if TYPE_CHECKING:
    from collections.abc import Iterator

_MONEY: Final = Value(values.money)
_NO_SECTIONS: Final[tuple[Section, ...]] = ()

PROMISE_PERIOD: Final = Key[str]("period", Value(values.one_of(*PERIODS)), default=REQUIRED)
PROMISE_CHANNEL: Final = Key("channel", Value(values.text()), default="all")
PROMISE_LEADS: Final = Key[int | None]("leads", Value(values.whole(0, 10**9)), default=None)
PROMISE_VALUE: Final = Key[Decimal | None]("value", _MONEY, default=None)


def _check_promise(promise: Section) -> Iterator[Fault]:
    if not promise.wrote(PROMISE_LEADS) and not promise.wrote(PROMISE_VALUE):
        yield (), "promises nothing; write leads, value or both"


PROMISE: Final = Key(
    "promise",
    ListOf(Table(PROMISE_PERIOD, PROMISE_CHANNEL, PROMISE_LEADS, PROMISE_VALUE, checks=(_check_promise,))),
    default=_NO_SECTIONS,
    acts=False,
)

HOURLY_COST: Final = Key[Decimal | None]("hourly_cost", _MONEY, default=None)
ATTEMPTS_PER_HOUR: Final = Key[Decimal | None](
    "attempts_per_hour", Value(values.number(0, 3600, above=True)), default=None
)
ECONOMICS: Final = Key("economics", Table(HOURLY_COST, ATTEMPTS_PER_HOUR), default=Section(), acts=False)

DIGESTS: Final = Key(
    "digests",
    Table(
        Key[str | None]("channel", Value(values.channel), default=None),
        Key[str | None]("daily", Value(values.daily), default=None),
        Key[str | None]("weekly", Value(values.weekly), default=None),
        Key[str | None]("monthly", Value(values.monthly), default=None),
    ),
    default=Section(),
    acts=False,
)

PRIVACY: Final = Key(
    "privacy",
    Table(Key("wins", Value(values.one_of("company", "contact", "none")), default="company")),
    default=Section(),
    acts=False,
)
