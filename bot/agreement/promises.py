"""`[[promise]]` and `[digests]`: what marketing promises, and where both sides read what concerns them."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final

from bot.agreement import values
from bot.agreement.reading import REQUIRED, Fault, Key, ListOf, Section, Table, Value
from bot.agreement.wins import PERIODS
from bot.domain.agreement import Promise, fold

if TYPE_CHECKING:
    from collections.abc import Iterator

_ALL: Final = "all"
_NO_SECTIONS: Final[tuple[Section, ...]] = ()

PERIOD: Final = Key[str]("period", Value(values.one_of(*PERIODS)), default=REQUIRED)
CHANNEL: Final = Key("channel", Value(values.text()), default=_ALL)
LEADS: Final = Key[int | None]("leads", Value(values.whole(0, 10**9)), default=None)
VALUE: Final = Key[Decimal | None]("value", Value(values.money), default=None)


def _check_promise(promise: Section) -> Iterator[Fault]:
    if not promise.wrote(LEADS) and not promise.wrote(VALUE):
        yield (), "promises nothing; write leads, value or both"


PROMISE: Final = Key(
    "promise",
    ListOf(Table(PERIOD, CHANNEL, LEADS, VALUE, checks=(_check_promise,))),
    default=_NO_SECTIONS,
)

DIGEST_CHANNEL: Final = Key[str | None]("channel", Value(values.channel), default=None)
DIGESTS: Final = Key(
    "digests",
    Table(
        DIGEST_CHANNEL,
        Key[str | None]("daily", Value(values.daily), default=None, acts=False),
        Key[str | None]("weekly", Value(values.weekly), default=None, acts=False),
        Key[str | None]("monthly", Value(values.monthly), default=None, acts=False),
    ),
    default=Section(),
)


def build(document: Section) -> tuple[Promise, ...]:
    """The promises in order. `All`, however it is written, is any channel."""
    return tuple(_promise(section) for section in document.get(PROMISE))


def _promise(section: Section) -> Promise:
    channel = section.get(CHANNEL)
    return Promise(
        period=section.get(PERIOD),
        channel=_ALL if fold(channel) == _ALL else channel,
        leads=section.get(LEADS),
        value=section.get(VALUE),
    )
