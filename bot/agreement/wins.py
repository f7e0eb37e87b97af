"""`[wins]`, `[credit]`, `[privacy]`: where wins are told, how their money is shared, what is shown of the customer."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Final

from bot.agreement import values
from bot.agreement.reading import (
    REQUIRED,
    Fault,
    Key,
    ListOf,
    MapOf,
    Section,
    Table,
    UnfitError,
    Value,
    shown,
)
from bot.domain.agreement import CreditRule, Goal, Route, Wins, fold

if TYPE_CHECKING:
    from collections.abc import Iterator

PERIODS: Final = ("week", "month", "quarter", "year")
MODELS: Final = ("first", "last", "linear", "position", "u_lead", "w", "full_path", "time_decay")

_WINS: Final = Wins()
_CREDIT: Final = CreditRule()
_LONGEST_DAYS: Final = 36_500
_LONGEST_ROLE: Final = 80
_MONEY: Final = Value(values.money)
_NO_TEXTS: Final[tuple[str, ...]] = ()
_NO_SHARES: Final[dict[str, Decimal]] = {}


def _any_of(name: str) -> Key[tuple[str, ...]]:
    """One text or a list of them, of which any fits."""
    return Key(
        name,
        ListOf(Value(values.text()), least=1, single=True, finish=values.unique(name)),
        default=_NO_TEXTS,
    )


def _folded(value: object) -> str:
    return fold(values.text(_LONGEST_ROLE)(value))


ROUTE_MIN_AMOUNT: Final = Key[Decimal | None]("min_amount", _MONEY, default=None)
ROUTE_KIND: Final = Key[str | None]("kind", Value(values.one_of("new", "expansion", "renewal")), default=None)
ROUTE_SEGMENT: Final = _any_of("segment")
ROUTE_TEAM: Final = _any_of("team")
ROUTE_CHANNEL: Final = Key[str]("channel", Value(values.channel), default=REQUIRED)
GOAL_PERIOD: Final = Key[str]("period", Value(values.one_of(*PERIODS)), default=REQUIRED)
GOAL_AMOUNT: Final = Key[Decimal]("amount", _MONEY, default=REQUIRED)
GOAL_TEAM: Final = Key[str | None]("team", Value(values.text()), default=None)


def _share(value: object) -> Decimal:
    """A part of a whole, with or without quotes."""
    try:
        return values.share(Decimal(value.strip()) if isinstance(value, str) else value)
    except InvalidOperation:
        raise UnfitError(
            f'{shown(value)} is not a number; write a part of the whole, such as "0.1"'
        ) from None


def _check_route(route: Section) -> Iterator[Fault]:
    if not any(route.wrote(key) for key in (ROUTE_MIN_AMOUNT, ROUTE_KIND, ROUTE_SEGMENT, ROUTE_TEAM)):
        yield (ROUTE_CHANNEL.name,), "has no condition; write min_amount, kind, segment or team beside it"


def _check_goal(goal: Section) -> Iterator[Fault]:
    if not goal.get(GOAL_AMOUNT):
        yield (GOAL_AMOUNT.name,), "0 is reached before anything is won; write an amount above 0"


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
MINIMUM: Final = Key("minimum", _MONEY, default=_WINS.minimum)
ROUTES: Final = Key(
    "routes",
    ListOf(
        Table(ROUTE_MIN_AMOUNT, ROUTE_KIND, ROUTE_SEGMENT, ROUTE_TEAM, ROUTE_CHANNEL, checks=(_check_route,))
    ),
    default=_NO_SECTIONS,
)
FRESH: Final = Key("fresh_days", Value(values.days(0, _LONGEST_DAYS)), default=_WINS.fresh)
GOAL: Final = Key(
    "goal",
    ListOf(Table(GOAL_PERIOD, GOAL_AMOUNT, GOAL_TEAM, checks=(_check_goal,)), single=True),
    default=_NO_SECTIONS,
)
GROUP_AFTER: Final = Key("group_after", Value(values.whole(1, 1000)), default=_WINS.group_after)
RANK_PEOPLE: Final = Key("rank_people", Value(values.boolean), default=_WINS.rank_people)
WINS: Final = Key(
    "wins",
    Table(CHANNEL, MINIMUM, ROUTES, FRESH, GOAL, GROUP_AFTER, RANK_PEOPLE, checks=(_check_goals,)),
    default=Section(),
)


def _check_contributors(credit: Section) -> Iterator[Fault]:
    shares = credit.get(CONTRIBUTORS).values()
    if sum(shares) > 1:
        told = f"the shares add up to {sum(shares)}"
        yield (CONTRIBUTORS.name,), f"{told}; together they may be 1 at most, the owner gets the rest"


MODEL: Final = Key("model", Value(values.one_of(*MODELS)), default=_CREDIT.model)
POSITION: Final = Key[tuple[Decimal, ...]](
    "position", ListOf(Value(values.share), finish=values.two_shares), default=_CREDIT.position
)
HALF_LIFE: Final = Key(
    "half_life_days", Value(values.whole(1, _LONGEST_DAYS)), default=_CREDIT.half_life_days
)
LOOKBACK: Final = Key("lookback_days", Value(values.whole(0, _LONGEST_DAYS)), default=_CREDIT.lookback_days)
CONTRIBUTORS: Final = Key("contributors", MapOf(_folded, Value(_share)), default=_NO_SHARES)
CREDIT: Final = Key(
    "credit",
    Table(MODEL, POSITION, HALF_LIFE, LOOKBACK, CONTRIBUTORS, checks=(_check_contributors,)),
    default=Section(),
)

SHOWN: Final = Key[str]("wins", Value(values.one_of("company", "contact", "none")), default=_WINS.shown)
PRIVACY: Final = Key("privacy", Table(SHOWN), default=Section())


def build(wins: Section, privacy: Section) -> Wins:
    """Where wins are told and until when, what they are measured by, and what they show of the customer."""
    return Wins(
        channel=wins.get(CHANNEL),
        fresh=wins.get(FRESH),
        minimum=wins.get(MINIMUM),
        routes=tuple(_route(section) for section in wins.get(ROUTES)),
        goals=tuple(_goal(section) for section in wins.get(GOAL)),
        group_after=wins.get(GROUP_AFTER),
        rank_people=wins.get(RANK_PEOPLE),
        shown=privacy.get(SHOWN),  # type: ignore[arg-type]  # one of the names that the key takes
    )


def build_credit(credit: Section) -> CreditRule:
    """How a win is shared among the touches, and among people."""
    first, last = credit.get(POSITION)
    return CreditRule(
        model=credit.get(MODEL),
        position=(first, last),
        half_life_days=credit.get(HALF_LIFE),
        lookback_days=credit.get(LOOKBACK),
        contributors=credit.get(CONTRIBUTORS),
    )


def _route(section: Section) -> Route:
    return Route(
        channel=section.get(ROUTE_CHANNEL),
        min_amount=section.get(ROUTE_MIN_AMOUNT),
        kind=section.get(ROUTE_KIND),
        segment=section.get(ROUTE_SEGMENT),
        team=section.get(ROUTE_TEAM),
    )


def _goal(section: Section) -> Goal:
    return Goal(period=section.get(GOAL_PERIOD), amount=section.get(GOAL_AMOUNT), team=section.get(GOAL_TEAM))
