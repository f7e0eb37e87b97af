"""Pace: what is expected of a promise by today, and the days it is measured by."""

import json
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import pace as rules
from bot.domain.pace import Pace, pace, period_name, period_of, straight_pace, working_days
from bot.domain.worktime import Calendar, windows

D8 = json.loads((Path(__file__).parent / "vectors.json").read_text(encoding="utf-8"))["funnel"]["D8 pace"]
OFFICE = Calendar("UTC", (((540, 1020),),) * 5 + ((), ()))
NOVEMBER = date(2026, 11, 1), date(2026, 11, 30)
TODAY = date(2026, 11, 16)
HOLIDAY = date(2026, 11, 26)
ALWAYS = Calendar("UTC", (((0, 1440),),) * 7)


def to_digits(number, digits):
    """Rounded half up, as the vectors are."""
    exact = Decimal(number.numerator) / Decimal(number.denominator)
    return float(exact.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP))


def test_business_pace_as_worked_out_by_hand():
    """D8: 11 of the 20 working days of November are over, the holiday on the 26th not counted."""
    calendar = Calendar("UTC", OFFICE.weekly, closed=frozenset({HOLIDAY}))
    found = pace(D8["target"], D8["actual"], *NOVEMBER, TODAY, calendar)
    assert [found.elapsed_days, found.days] == D8["business_days"]
    assert float(found.expected) == D8["expected_business"]
    assert to_digits(found.ratio, 4) == D8["ratio_business"]
    assert to_digits(found.projection, 2) == D8["projection_business"]
    assert to_digits(found.needed_per_working_day, 2) == D8["needed_per_business_day_left"]
    assert found.state == "behind"


def test_straight_line_as_worked_out_by_hand():
    """D8: 16 of the 30 days of November are over, whatever is worked on them."""
    found = straight_pace(D8["target"], D8["actual"], *NOVEMBER, TODAY)
    assert [found.elapsed_days, found.days] == D8["calendar_days"]
    assert float(found.expected) == D8["expected_straight"]
    assert to_digits(found.ratio, 4) == D8["ratio_straight"]
    assert to_digits(found.projection, 2) == D8["projection_straight"]
    assert found.state == "behind"


@pytest.mark.parametrize(
    ("actual", "state"),
    [(105, "ahead"), (Fraction(10499, 100), "on pace"), (95, "on pace"), (Fraction(9499, 100), "behind")],
)
def test_the_state_turns_at_95_and_105_hundredths(actual, state):
    """From 1.05 on it is ahead, below 0.95 behind; the bounds themselves are ahead and on pace."""
    assert straight_pace(200, actual, date(2026, 11, 1), date(2026, 11, 10), date(2026, 11, 5)).state == state


def test_what_is_undefined_is_none():
    """No working day over: no ratio. None left: nothing is needed of them. None at all: nothing is expected."""
    week = date(2026, 11, 14), date(2026, 11, 20)
    saturday = pace(10, 0, *week, week[0], OFFICE)
    assert (saturday.expected, saturday.ratio, saturday.state, saturday.projection) == (0, None, None, None)
    assert saturday.needed_per_working_day == 2
    friday = pace(10, 7, *week, week[1], OFFICE)
    assert (friday.expected, friday.projection, friday.needed_per_working_day) == (10, 7, None)
    weekend = pace(10, 7, week[0], date(2026, 11, 15), TODAY, OFFICE)
    assert weekend == Pace(Fraction(10), Fraction(7), 0, 0, None, None, None, None, None)
    nothing = pace(0, 0, *week, TODAY, OFFICE)
    assert (nothing.expected, nothing.ratio, nothing.state, nothing.needed_per_working_day) == (
        0,
        None,
        None,
        0,
    )


def test_an_unknown_actual_leaves_what_is_expected():
    """Where nobody knows what was reached, what should have been is still known."""
    found = pace(10, None, *NOVEMBER, date(2026, 11, 30), OFFICE)
    assert found == Pace(Fraction(10), None, 21, 21, Fraction(10), None, None, None, None)


def test_outside_the_period_all_or_none_of_it_is_over():
    """A day before the period has seen none of it, a day after it all."""
    before = pace(10, 0, *NOVEMBER, date(2026, 10, 31), OFFICE)
    after = pace(10, 9, *NOVEMBER, date(2027, 1, 1), OFFICE)
    assert (before.elapsed_days, after.elapsed_days, after.expected) == (0, 21, 10)
    assert straight_pace(10, 0, *NOVEMBER, date(2026, 10, 1)).elapsed_days == 0


def test_a_period_that_ends_before_it_starts_is_refused():
    """Two days in the wrong order are a slip, said in a sentence."""
    with pytest.raises(ValueError, match="2026-11-30 to 2026-11-01 does not"):
        pace(1, 1, *reversed(NOVEMBER), TODAY, OFFICE)
    with pytest.raises(ValueError, match="does not"):
        straight_pace(1, 1, *reversed(NOVEMBER), TODAY)


@pytest.mark.parametrize(
    ("period", "day", "first", "last", "name"),
    [
        ("week", "2026-11-16", "2026-11-16", "2026-11-22", "2026-W47"),
        ("week", "2027-01-03", "2026-12-28", "2027-01-03", "2026-W53"),
        ("week", "2024-12-30", "2024-12-30", "2025-01-05", "2025-W01"),
        ("month", "2026-11-16", "2026-11-01", "2026-11-30", "2026-11"),
        ("month", "2024-02-29", "2024-02-01", "2024-02-29", "2024-02"),
        ("month", "2026-12-31", "2026-12-01", "2026-12-31", "2026-12"),
        ("quarter", "2026-11-16", "2026-10-01", "2026-12-31", "2026-Q4"),
        ("quarter", "2026-03-31", "2026-01-01", "2026-03-31", "2026-Q1"),
        ("year", "2026-11-16", "2026-01-01", "2026-12-31", "2026"),
    ],
)
def test_a_period_holds_the_days_of_the_calendar(period, day, first, last, name):
    """Weeks run by ISO 8601, quarters by the calendar year."""
    held = date.fromisoformat(day)
    assert period_of(period, held) == (date.fromisoformat(first), date.fromisoformat(last))
    assert period_name(period, held) == name


def test_an_unknown_period_is_refused():
    """A word that is no period is answered with those that are."""
    with pytest.raises(ValueError, match="'fortnight' is not a period; there are week, month, quarter, year"):
        period_of("fortnight", TODAY)


def test_a_day_begins_with_its_first_window():
    """The opening is wall time of the calendar's zone; an exception has its own, a holiday none."""
    berlin = Calendar(
        "Europe/Berlin",
        (((780, 1020), (540, 720)),) * 5 + ((), ()),
        closed=frozenset({HOLIDAY}),
        exceptions={date(2026, 11, 28): ((600, 720),)},
    )
    openings = {
        TODAY: datetime(2026, 11, 16, 8, tzinfo=UTC),
        date(2026, 7, 1): datetime(2026, 7, 1, 7, tzinfo=UTC),
        date(2026, 11, 28): datetime(2026, 11, 28, 9, tzinfo=UTC),
        HOLIDAY: None,
        date(2026, 11, 29): None,
    }
    assert {day: rules.opening_of(berlin, day) for day in openings} == openings


# --- properties ---------------------------------------------------------------------------------------

DAYS = st.dates(date(2020, 1, 1), date(2035, 12, 31))
SPANS = st.integers(0, 400).map(lambda days: timedelta(days=days))
AMOUNTS = st.fractions(0, 10**9, max_denominator=100)
WEEKS = st.lists(st.sampled_from([(), ((540, 1020),), ((480, 720), (780, 1080))]), min_size=7, max_size=7)


@st.composite
def calendars(draw):
    """Working weeks with holidays and exceptions, in UTC, windows within their day."""
    weekly = tuple(draw(WEEKS.filter(any)))
    closed = draw(st.frozensets(DAYS, max_size=5))
    exceptions = draw(st.dictionaries(DAYS, st.sampled_from([(), ((600, 660),)]), max_size=5))
    return Calendar("UTC", weekly, closed, exceptions)


@given(calendars(), DAYS, st.integers(0, 60))
def test_working_days_are_those_that_hold_work(calendar, first, span):
    """The days counted are the days on which `worktime` finds a window."""
    last = first + timedelta(days=span)
    start = datetime(first.year, first.month, first.day, tzinfo=UTC)
    found = {since.date() for since, _ in windows(calendar, start, start + timedelta(days=span + 1))}
    assert working_days(calendar, first, last) == len(found)


@given(AMOUNTS, st.none() | AMOUNTS, DAYS, SPANS, SPANS)
def test_where_every_day_is_worked_both_lines_are_one(target, actual, first, span, passed):
    """Business pace on a calendar without a day off is the plain line."""
    last, today = first + span, first + passed
    assert pace(target, actual, first, last, today, ALWAYS) == straight_pace(
        target, actual, first, last, today
    )


@given(calendars(), AMOUNTS, AMOUNTS, DAYS, SPANS, SPANS)
def test_the_figures_of_a_pace_fit_each_other(calendar, target, actual, first, span, passed):
    """Nothing is lost on the line: it ends at the target, the need fills the gap, projection and ratio agree."""
    last, today = first + span, first + passed
    found = pace(target, actual, first, last, today, calendar)
    whole = pace(target, actual, first, last, last, calendar)
    assert whole.expected == (target if whole.days else None)
    if found.needed_per_working_day is not None:
        gap = found.needed_per_working_day * (found.days - found.elapsed_days)
        assert gap == max(0, target - actual)
    if found.projection is not None and target:
        assert found.projection / target == found.ratio
    assert (found.state is None) == (found.ratio is None)


@given(calendars(), st.fractions(1, 10**6, max_denominator=10), AMOUNTS, DAYS, SPANS, st.integers(2, 9))
def test_a_pace_has_no_unit(calendar, target, actual, first, span, scale):
    """Counted in cents or in euros, the ratio and the state are the same."""
    last = first + span
    one = pace(target, actual, first, last, last, calendar)
    other = pace(target * scale, actual * scale, first, last, last, calendar)
    assert (one.ratio, one.state) == (other.ratio, other.state)
