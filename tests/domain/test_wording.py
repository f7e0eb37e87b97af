"""The phrases of which sentences about an agreement are made."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import wording
from bot.domain.agreement import Promise, Step, Tier, When
from bot.domain.worktime import Calendar

OFFICE = ((540, 1020),)
SHORT = ((540, 900),)
SPLIT = ((540, 750), (810, 1050))
ALL_DAY = ((0, 1440),)


@pytest.mark.parametrize(
    ("weekly", "words"),
    [
        ((OFFICE,) * 5 + ((), ()), "Monday to Friday 09:00-17:00"),
        ((SPLIT,) * 5 + ((), ()), "Monday to Friday 09:00-12:30 and 13:30-17:30"),
        ((OFFICE,) * 4 + (SHORT, (), ()), "Monday to Thursday 09:00-17:00; Friday 09:00-15:00"),
        (
            (OFFICE, SHORT, OFFICE, SHORT, OFFICE, (), ()),
            "Monday, Wednesday and Friday 09:00-17:00; Tuesday and Thursday 09:00-15:00",
        ),
        ((OFFICE, OFFICE, (), (), (), (), ()), "Monday and Tuesday 09:00-17:00"),
        (((), (), (), (), OFFICE, OFFICE, OFFICE), "Friday to Sunday 09:00-17:00"),
        ((OFFICE, OFFICE, OFFICE, (), (), OFFICE, ()), "Monday to Wednesday and Saturday 09:00-17:00"),
        ((((1320, 1800),),) + ((),) * 6, "Monday 22:00-06:00"),
        ((ALL_DAY,) + ((),) * 6, "Monday 00:00-24:00"),
        ((ALL_DAY,) * 7, "round the clock, every day"),
    ],
)
def test_a_week_is_told_by_days_with_the_same_hours(weekly, words):
    """Days alike are told together, closed ones not at all; an end past midnight is the next day's time."""
    assert wording.week(Calendar("UTC", weekly)) == words


@given(
    st.lists(st.sampled_from([(), OFFICE, SHORT, SPLIT, ALL_DAY]), min_size=7, max_size=7).filter(any),
    st.lists(st.sampled_from([(), OFFICE, SHORT, SPLIT, ALL_DAY]), min_size=7, max_size=7).filter(any),
)
def test_two_weeks_are_told_alike_only_if_they_are(first, second):
    """Nothing of the hours is lost in the words."""
    told = [wording.week(Calendar("UTC", tuple(week))) for week in (first, second)]
    assert (told[0] == told[1]) == (first == second)


@pytest.mark.parametrize(
    ("span", "working", "wall"),
    [
        (timedelta(hours=1), "1 working hour", "1 hour"),
        (timedelta(hours=40), "40 working hours", "40 hours"),
        (timedelta(hours=7.5), "7.5 working hours", "7.5 hours"),
        (timedelta(minutes=15), "15 working minutes", "15 minutes"),
        (timedelta(minutes=1), "1 working minute", "1 minute"),
        (timedelta(minutes=90), "1.5 working hours", "1.5 hours"),
        (timedelta(seconds=90), "0.025 working hours", "0.025 hours"),
        (timedelta(0), "0 working hours", "0 hours"),
        (timedelta(hours=100_000), "100,000 working hours", "100,000 hours"),
    ],
)
def test_a_time_is_told_in_hours_and_below_one_in_minutes(span, working, wall):
    """Whole minutes below an hour, else hours; working time is called so."""
    assert (wording.lasting(span), wording.lasting(span, working=False)) == (working, wall)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("500000", "500,000"),
        ("1E+5", "100,000"),
        ("0.500", "0.5"),
        ("1.0845", "1.0845"),
        ("10", "10"),
        ("0", "0"),
        ("123456789012345678.123456789012345678", "123,456,789,012,345,678.123456789012345678"),
    ],
)
def test_a_number_is_told_exactly(value, words):
    """Commas between thousands, no needless zeros, no digit lost."""
    assert wording.number(Decimal(value)) == words


@pytest.mark.parametrize(
    ("when", "words"),
    [
        (None, "all leads"),
        (When(), "all leads"),
        (When(min_score=Decimal(80)), "leads with a score of 80 or more"),
        (When(channel=("organic", "paid_search")), "leads with channel organic or paid_search"),
        (
            When(Decimal("7.5"), ("a",), ("b",), ("c",), ("d",), ("e",), ("f",), ("g", "h")),
            "leads with a score of 7.5 or more, channel a, campaign b, asset c, stage d, type e, segment f, team g or h",
        ),
    ],
)
def test_a_condition_is_told_in_full(when, words):
    """All that must hold, and what is any of several."""
    assert wording.condition(when) == words


@pytest.mark.parametrize(
    ("tier", "words"),
    [
        (Tier(), "first contact within 4 working hours"),
        (
            Tier(first_contact=timedelta(hours=1), attempts=6),
            "first contact within 1 working hour, 6 attempts, 8 working hours apart, all within 40 working hours",
        ),
        (
            Tier(attempts=3, spacing=(timedelta(hours=4), timedelta(minutes=30))),
            (
                "first contact within 4 working hours, 3 attempts, 4 working hours and 30 working minutes apart,"
                " all within 40 working hours"
            ),
        ),
    ],
)
def test_the_effort_for_a_lead_is_told(tier, words):
    """The first contact, and the follow-up where there is one."""
    assert wording.effort(tier) == words


@pytest.mark.parametrize(
    ("step", "words"),
    [
        (Step("at_risk", "owner"), "after 75% of the time: the owner, offers nothing"),
        (Step("breach", "manager"), "at the breach: the manager, offers nothing"),
        (
            Step("breach+150%", "channel", "hand over"),
            "150% of the time after the breach: the channel, offers to hand over",
        ),
        (Step("breach", "boss@seller.example"), "at the breach: boss@seller.example, offers nothing"),
    ],
)
def test_a_step_is_told(step, words):
    """When, to whom, and what it offers."""
    told = f"{wording.moment(step, Decimal('0.75'))}: {wording.receiver(step)}, {wording.offer(step)}"
    assert told == words


@pytest.mark.parametrize(
    ("promise", "words"),
    [
        (
            Promise("month", "all", 500, Decimal(500000)),
            "each month, all channels: 500 leads worth 500,000 EUR",
        ),
        (Promise("week", "organic", 1), "each week, channel organic: 1 lead"),
        (Promise("year", value=Decimal("0.5")), "each year, all channels: leads worth 0.5 EUR"),
    ],
)
def test_a_promise_is_told(promise, words):
    """How often, through what, and how much."""
    assert f"{wording.through(promise)}: {wording.promised(promise, 'EUR')}" == words


@pytest.mark.parametrize(
    ("count", "words"),
    [(0, ""), (1, "1"), (2, "1 and 2"), (5, "1, 2, 3, 4 and 5"), (8, "1, 2, 3, 4, 5 and 3 more")],
)
def test_many_are_counted(count, words):
    """A few are named, of many the first five."""
    assert wording.some([str(number) for number in range(1, count + 1)]) == words


def test_a_day_and_the_kinds_of_contact_are_told():
    """A day has its year; kinds come in one order, whatever the order of the file."""
    assert wording.day(date(2026, 12, 4)) == "4 Dec 2026"
    assert wording.kinds(("message", "call")) == "calls and messages"
    assert wording.kinds(("email",)) == "e-mails"
    assert [wording.lookback(days) for days in (0, 1, 90)] == [
        "touches of all time",
        "touches of the 1 day before the win",
        "touches of the 90 days before the win",
    ]
