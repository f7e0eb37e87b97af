"""`[wins]` and `[credit]`: where wins are told, and how their money is shared among the touches."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final

from bot.agreement import values
from bot.agreement.reading import NOT_YET, REQUIRED, Fault, Key, ListOf, Report, Section, Table, Value, shown
from bot.domain.agreement import CreditRule, Wins, fold

if TYPE_CHECKING:
    from collections.abc import Iterator

PERIODS: Final = ("week", "month", "quarter", "year")
ACTING_MODELS: Final = ("first", "last", "linear", "position")
LATER_MODELS: Final = ("u_lead", "w", "full_path", "time_decay")

_WINS: Final = Wins()
_CREDIT: Final = CreditRule()
_LONGEST_DAYS: Final = 36_500
_MONEY: Final = Value(values.money)

ROUTE_MIN_AMOUNT: Final = Key[Decimal | None]("min_amount", _MONEY, default=None)
ROUTE_KIND: Final = Key[str | None]("kind", Value(values.one_of("new", "expansion", "renewal")), default=None)
ROUTE_CHANNEL: Final = Key[str]("channel", Value(values.channel), default=REQUIRED)
GOAL_PERIOD: Final = Key[str]("period", Value(values.one_of(*PERIODS)), default=REQUIRED)
GOAL_AMOUNT: Final = Key[Decimal]("amount", _MONEY, default=REQUIRED)
GOAL_TEAM: Final = Key[str | None]("team", Value(values.text()), default=None)


def _check_route(route: Section) -> Iterator[Fault]:
    if not route.wrote(ROUTE_MIN_AMOUNT) and not route.wrote(ROUTE_KIND):
        yield (ROUTE_CHANNEL.name,), "has no condition; write min_amount or kind beside it"


def _check_goals(wins: Section) -> Iterator[Fault]:
    seen: set[tuple[str, str]] = set()
    for at, goal in enumerate(wins.get(GOAL)):
        team = goal.get(GOAL_TEAM)
        mark = (fold(team or ""), goal.get(GOAL_PERIOD))
        if mark in seen:
            yield (GOAL.name, at, GOAL_PERIOD.name), f"there is a goal for this {mark[1]} and team already"
        seen.add(mark)


_NO_SECTIONS: Final[tuple[Section, ...]] = ()

CHANNEL: Final = Key("channel", Value(values.channel), default=_WINS.channel)
MINIMUM: Final = Key("minimum", _MONEY, default=Decimal(0), acts=False)
ROUTES: Final = Key(
    "routes",
    ListOf(Table(ROUTE_MIN_AMOUNT, ROUTE_KIND, ROUTE_CHANNEL, checks=(_check_route,))),
    default=_NO_SECTIONS,
    acts=False,
)
FRESH: Final = Key("fresh_days", Value(values.days(0, _LONGEST_DAYS)), default=_WINS.fresh)
GOAL: Final = Key(
    "goal",
    ListOf(Table(GOAL_PERIOD, GOAL_AMOUNT, GOAL_TEAM), single=True),
    default=_NO_SECTIONS,
    acts=False,
)
GROUP_AFTER: Final = Key("group_after", Value(values.whole(1, 1000)), default=5, acts=False)
RANK_PEOPLE: Final = Key("rank_people", Value(values.boolean), default=False, acts=False)
WINS: Final = Key(
    "wins",
    Table(CHANNEL, MINIMUM, ROUTES, FRESH, GOAL, GROUP_AFTER, RANK_PEOPLE, checks=(_check_goals,)),
    default=Section(),
)

MODEL: Final = Key("model", Value(values.one_of(*ACTING_MODELS, *LATER_MODELS)), default=_CREDIT.model)
POSITION: Final = Key[tuple[Decimal, ...]](
    "position", ListOf(Value(values.share), finish=values.two_shares), default=_CREDIT.position
)
HALF_LIFE: Final = Key(
    "half_life_days", Value(values.whole(1, _LONGEST_DAYS)), default=_CREDIT.half_life_days, acts=False
)
LOOKBACK: Final = Key("lookback_days", Value(values.whole(0, _LONGEST_DAYS)), default=_CREDIT.lookback_days)
CREDIT: Final = Key("credit", Table(MODEL, POSITION, HALF_LIFE, LOOKBACK), default=Section())


def build(wins: Section) -> Wins:
    """Where wins are told, and until when."""
    return Wins(channel=wins.get(CHANNEL), fresh=wins.get(FRESH))


def build_credit(credit: Section, report: Report) -> CreditRule:
    """How a win is shared. A model that does not act yet is noticed, and position used instead."""
    model = credit.get(MODEL)
    if model in LATER_MODELS:
        report.notice((*credit.path, MODEL.name), f'= {shown(model)} {NOT_YET}; "position" is used instead')
        model = _CREDIT.model
    first, last = credit.get(POSITION)
    return CreditRule(
        model=model,
        position=(first, last),
        half_life_days=credit.get(HALF_LIFE),
        lookback_days=credit.get(LOOKBACK),
    )
