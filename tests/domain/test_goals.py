"""Goals: whose they are, what counts for them, and what comes next."""

from datetime import date
from decimal import Decimal

import pytest

from bot.domain import goals
from bot.domain.agreement import Goal
from bot.domain.goals import WonAmount
from bot.domain.money import Money

YEAR, MONTH = Goal("year", Decimal(100)), Goal("month", Decimal(10))
NORTH = Goal("quarter", Decimal(20), "North")
DAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("team", "found"), [(None, [MONTH, YEAR]), ("south", [MONTH, YEAR]), ("NORTH", [NORTH, MONTH, YEAR])]
)
def test_a_win_counts_for_its_team_and_for_everybody(team, found):
    """Its own team's goals come first, the shorter periods before the longer ones."""
    assert goals.applying([YEAR, NORTH, MONTH], team) == found


def test_identity_of_a_goal():
    """One for each team and period, whatever the case of the team's name."""
    keys = [goals.key_of(goal, DAY) for goal in (YEAR, MONTH, NORTH)]
    assert keys == ["goal:all:2026", "goal:all:2026-11", "goal:north:2026-Q4"]


def test_what_was_won_is_converted_win_by_win():
    """Each amount by its own rate, rounded once; one without a rate is not counted."""
    amounts = [
        WonAmount("North", 1000, "USD", "1", 2),
        WonAmount("south", 1, "EUR", "1.5"),
        WonAmount("north", 1, "EUR", "1.5"),
        WonAmount(None, 5, "CHF", None),
    ]
    assert goals.won(amounts, None, "USD") == Money(1004, "USD")
    assert goals.won(amounts, "north", "USD") == Money(1002, "USD")


def test_what_comes_next():
    """The same team's goal of the next longer period, else the same goal again."""
    assert goals.larger([YEAR, MONTH, NORTH], MONTH) == YEAR
    assert goals.larger([YEAR, MONTH, NORTH], NORTH) is None
    assert goals.day_after(NORTH, DAY) == date(2027, 1, 1)


@pytest.mark.parametrize(
    ("was", "now", "much"),
    [
        (100, 110, False),
        (100, 111, True),
        (100, 90, False),
        (100, 89, True),
        (-100, -111, True),
        (0, 0, False),
        (0, 1, True),
    ],
)
def test_a_change_of_more_than_a_tenth_is_much(was, now, much):
    """A tenth itself is not; from nothing, anything is."""
    assert goals.moved_much(was, now) is much


def test_wins_without_a_rate_are_counted_apart():
    """What the money leaves out is told by number: of the team's wins, those nobody can convert."""
    amounts = [
        WonAmount("north", 100, "USD", "1", wins=3),
        WonAmount("North", 100, "JPY", None),
        WonAmount("south", 100, "JPY", None, wins=2),
        WonAmount(None, 100, "JPY", None),
        WonAmount("north", 100, "EUR", "1.1"),
    ]
    assert goals.without_rate(amounts, "North", "USD") == 1
    assert goals.without_rate(amounts, None, "USD") == 4
    assert goals.without_rate(amounts, "West", "USD") == 0
