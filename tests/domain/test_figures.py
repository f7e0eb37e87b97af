"""Figures of the funnel."""

import json
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.figures import (
    mean,
    median,
    month_of,
    mql_value,
    percentile,
    quarter_of,
    rate,
    velocity_per_day,
    wall_days,
)
from bot.domain.when import When

FUNNEL = json.loads((Path(__file__).parent / "vectors.json").read_text(encoding="utf-8"))["funnel"]
SOME = settings(max_examples=60, derandomize=True)
VALUES = st.lists(st.fractions(-1000, 1000, max_denominator=360), min_size=1, max_size=15)


def test_mql_value_as_worked_out_by_hand():
    """D1: what a lead is worth is the revenue by the number of leads: close rate x average revenue."""
    told = FUNNEL["D1 MQL value"]
    found = mql_value(told["revenue"] * 100, told["leads"])
    assert found == Fraction(str(told["mql_value"])) * 100
    assert rate(told["wins"], told["leads"]) == told["close_rate"]
    assert found == Fraction(str(told["close_rate"])) * Fraction(str(told["avg_revenue"])) * 100


def test_velocity_as_worked_out_by_hand():
    """D5: what the pipeline wins a day, to the cent."""
    told = FUNNEL["D5 velocity"]
    found = velocity_per_day(told["open"], told["avg"], told["win_rate"], told["cycle_days"])
    assert found == Decimal(str(told["per_day"]))


def test_win_rate_as_worked_out_by_hand():
    """D6: won by won and lost; open deals are on neither side."""
    told = FUNNEL["D6 win rate"]
    assert rate(told["won"], told["won"] + told["lost"]) == told["win_rate"]
    assert rate(told["won"], told["won"] + told["lost"] + told["open"]) == told["won_of_all_created"]


def test_cycle_as_worked_out_by_hand():
    """D7: one long cycle pulls the mean, not the median."""
    told = FUNNEL["D7 cycle"]
    assert (mean(told["days"]), median(told["days"])) == (told["mean"], told["median"])


def test_what_is_undefined_is_none():
    """A figure of nothing is None, never 0."""
    found = [
        mean([]),
        median([]),
        percentile([], 90),
        rate(0, 0),
        mql_value(100, 0),
        velocity_per_day(40, 25000, Fraction(1, 4), 0),
        velocity_per_day(40, 25000, Fraction(1, 4), Fraction(-1)),
    ]
    assert found == [None] * 7


@pytest.mark.parametrize(
    ("values", "expected"),
    [([3], 3.0), ([3, 1], 2.0), ([5, 1, 3], 3.0), ([4, 1, 2, 3], 2.5), ([Fraction(1, 3)] * 2, 1 / 3)],
)
def test_the_median_is_the_middle(values, expected):
    """The median is the middle value, or the mean of the two in the middle, whatever the order."""
    assert median(values) == expected


def test_the_mean_is_exact_before_it_is_a_float():
    """Three thirds have the mean of one third, without the drift of adding floats."""
    assert mean([Fraction(1, 10)] * 3) == 0.1


@pytest.mark.parametrize(
    ("n", "p", "expected"),
    [
        (10, 90, 9),
        (10, 90.1, 10),
        (11, 90, 10),
        (1, 90, 1),
        (2, 50, 1),
        (3, 50, 2),
        (10, 100, 10),
        (10, 0.001, 1),
        (1000, 99.9, 999),
        (100, 7, 7),
    ],
)
def test_a_percentile_is_the_nearest_rank(n, p, expected):
    """Of 1 to n the p-th percentile is the value of rank ceil(p / 100 x n), whatever the order."""
    assert percentile(list(range(n, 0, -1)), p) == expected


@pytest.mark.parametrize("p", [0, -1, 100.1, float("nan")])
def test_a_percentile_is_above_0_and_at_most_100(p):
    """A percentile outside its range is refused, of no values too."""
    with pytest.raises(ValueError, match="a percentile is above 0 and at most 100"):
        percentile([], p)


@SOME
@given(VALUES, st.integers(1, 100))
def test_a_percentile_is_the_smallest_value_that_covers_enough(values, p):
    """At least p percent of the values do not exceed it, and of no smaller value that is true."""
    by_definition = [
        value for value in values if sum(other <= value for other in values) * 100 >= p * len(values)
    ]
    assert percentile(values, p) == float(min(by_definition))


@SOME
@given(VALUES)
def test_the_middle_lies_within(values):
    """Mean and median lie between the least and the greatest value."""
    low, high = float(min(values)), float(max(values))
    assert low <= mean(values) <= high
    assert low <= median(values) <= high


@pytest.mark.parametrize(
    ("values", "digits", "expected"),
    [
        ((1, Fraction(5, 100), Fraction(1, 2), 5), 2, "0.01"),  # exactly half a cent
        ((1, -Fraction(5, 100), Fraction(1, 2), 5), 2, "-0.01"),
        ((1, 49, 0.1, 10), 0, "0"),
        ((1, 50, 0.1, 10), 0, "1"),
        ((3, Decimal("0.1"), 0.1, Decimal("0.1")), 3, "0.300"),
        ((0, 25000, 0.25, 90), 2, "0.00"),
        ((40, 25000, 0, 90), 2, "0.00"),
    ],
)
def test_velocity_is_rounded_half_up(values, digits, expected):
    """Velocity has the digits asked for; floats are taken as they are written."""
    assert str(velocity_per_day(*values, digits=digits)) == expected


@pytest.mark.parametrize(
    ("start", "end", "zone", "days"),
    [
        ("2026-11-01", "2026-11-20", "UTC", Fraction(19)),
        ("2026-11-20", "2026-11-01", "UTC", Fraction(-19)),
        ("2026-11-20T00:00:00Z", "2026-11-20T06:00:00Z", "UTC", Fraction(1, 4)),
        ("2026-11-20", "2026-11-20T18:00:00Z", "America/New_York", Fraction(13, 24)),
        ("2026-11-20T18:00:00Z", "2026-11-21", "Asia/Tokyo", Fraction(-1, 8)),
        (
            "2026-03-08T05:00:00Z",
            "2026-03-09T04:00:00Z",
            "America/New_York",
            Fraction(1),
        ),  # a day of 23 hours
        (
            "2026-11-01T04:00:00Z",
            "2026-11-02T05:00:00Z",
            "America/New_York",
            Fraction(1),
        ),  # a day of 25 hours
        (
            "2026-11-01T05:30:00Z",
            "2026-11-01T06:30:00Z",
            "America/New_York",
            Fraction(0),
        ),  # 01:30, again 01:30
        ("2026-11-20T00:00:00Z", "2026-11-20T00:00:00.000001Z", "UTC", Fraction(1, 86_400_000_000)),
    ],
)
def test_days_are_the_difference_of_wall_times(start, end, zone, days):
    """Days are wall time by 24 hours in the agreement's zone; a date alone counts as 00:00."""
    assert wall_days(When.parse(start), When.parse(end), zone) == days


@pytest.mark.parametrize(
    ("day", "month", "quarter"),
    [
        (date(2026, 1, 1), "2026-01", "2026-Q1"),
        (date(2026, 3, 31), "2026-03", "2026-Q1"),
        (date(2026, 4, 1), "2026-04", "2026-Q2"),
        (date(2026, 6, 30), "2026-06", "2026-Q2"),
        (date(2026, 7, 1), "2026-07", "2026-Q3"),
        (date(2026, 9, 30), "2026-09", "2026-Q3"),
        (date(2026, 10, 1), "2026-10", "2026-Q4"),
        (date(2026, 12, 31), "2026-12", "2026-Q4"),
    ],
)
def test_a_day_has_a_month_and_a_quarter(day, month, quarter):
    """Months and quarters are those of the calendar year."""
    assert (month_of(day), quarter_of(day)) == (month, quarter)
