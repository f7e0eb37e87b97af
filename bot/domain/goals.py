"""Goals: what a team wants to win in a week, month, quarter or year, and how much of it is won.

A win counts for the period that holds the day it was won on, and for the team that its owner was in at that time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from bot.domain import money
from bot.domain.agreement import fold
from bot.domain.money import Money
from bot.domain.pace import period_name, period_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from bot.domain.agreement import Goal

PERIODS: Final = ("week", "month", "quarter", "year")
"""From the shortest to the longest."""
LARGE_CHANGE: Final = Fraction(1, 10)
"""A change of an amount by more than this part of it is told in the thread of its card."""


@dataclass(frozen=True, slots=True)
class WonAmount:
    """What wins of one team and currency brought, in minor units. `rate` is the one into the agreement's currency.

    `wins` of them are added up in `minor`; only amounts that need no conversion are.
    """

    team: str | None
    minor: int
    currency: str
    rate: str | None
    wins: int = 1


def applying(goals: Iterable[Goal], team: str | None) -> list[Goal]:
    """The goals that a win of a team counts for: its own first, then everybody's, the shorter periods first."""
    mine = [
        goal for goal in goals if goal.team is None or (team is not None and fold(goal.team) == fold(team))
    ]
    return sorted(mine, key=lambda goal: (goal.team is None, PERIODS.index(goal.period)))


def days_of(goal: Goal, day: date) -> tuple[date, date]:
    """The first and the last day of the goal's period that holds a day."""
    return period_of(goal.period, day)


def key_of(goal: Goal, day: date) -> str:
    """The identity of a goal in the period that holds a day; a goal is celebrated once for each."""
    return f"goal:{fold(goal.team) if goal.team else 'all'}:{period_name(goal.period, day)}"


def target(goal: Goal, currency: str) -> Money:
    """The goal in minor units of the agreement's currency."""
    return money.parse(goal.amount, currency)


def won(amounts: Iterable[WonAmount], team: str | None, currency: str) -> Money:
    """What a team (None: everybody) won, in the agreement's currency; each amount is converted by its own rate.

    An amount without a rate is not counted: nobody knows what it is worth.
    """
    total = 0
    for part in _of_team(amounts, team):
        if part.currency == currency:
            total += part.minor
        elif part.rate is not None:
            total += money.convert(Money(part.minor, part.currency), Decimal(part.rate), currency).minor
    return Money(total, currency)


def without_rate(amounts: Iterable[WonAmount], team: str | None, currency: str) -> int:
    """How many wins of a team (None: everybody) `won` does not count: nobody knows what they are worth."""
    return sum(
        part.wins for part in _of_team(amounts, team) if part.currency != currency and part.rate is None
    )


def larger(goals: Iterable[Goal], than: Goal) -> Goal | None:
    """The goal of the same team with the next longer period, on the way to which this one lies."""
    longer = [
        goal
        for goal in goals
        if fold(goal.team or "") == fold(than.team or "")
        and PERIODS.index(goal.period) > PERIODS.index(than.period)
    ]
    return min(longer, key=lambda goal: PERIODS.index(goal.period), default=None)


def day_after(goal: Goal, day: date) -> date:
    """The first day of the goal's next period."""
    return period_of(goal.period, day)[1] + timedelta(days=1)


def moved_much(was: int, now: int) -> bool:
    """Whether an amount moved by more than a tenth of what was told; minor units of one currency.

    From nothing, any amount is much.
    """
    return abs(now - was) > abs(was) * LARGE_CHANGE


def _of_team(amounts: Iterable[WonAmount], team: str | None) -> Iterator[WonAmount]:
    wanted = None if team is None else fold(team)
    return (p for p in amounts if wanted is None or (p.team is not None and fold(p.team) == wanted))
