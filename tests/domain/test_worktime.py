"""Working time: the worked cases, a library as second opinion, calendars and edges."""

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import businesstimedelta
import pytest
import pytz
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.worktime import (
    Calendar,
    due,
    elapsed,
    is_open,
    next_opening,
    window_end,
    windows,
)

VECTORS = json.loads((Path(__file__).parent / "vectors.json").read_text(encoding="utf-8"))
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
DUE_CASES = [case for case in VECTORS["sla"] if "due_utc" in case]
ELAPSED_CASES = [case for case in VECTORS["sla"] if "business_minutes" in case]

HOUR, MINUTE, TICK = timedelta(hours=1), timedelta(minutes=1), timedelta(microseconds=1)
OFFICE = (((540, 1020),),) * 5 + ((), ())
NEVER = ((),) * 7
ALWAYS = (((0, 1440),),) * 7


def at(text):
    """An instant from its ISO text."""
    return datetime.fromisoformat(text)


def minutes(text):
    """Minutes since 00:00 of a time of day, which may be after 24:00."""
    hours, rest = text.split(":")
    return int(hours) * 60 + int(rest)


def read_windows(pairs):
    """Windows as the vectors write them."""
    return tuple((minutes(start), minutes(end)) for start, end in pairs)


def calendar_named(name):
    """A calendar of the vectors."""
    told = VECTORS["calendars"][name]
    return Calendar(
        zone=told["tz"],
        weekly=tuple(read_windows(told["weekly"].get(day, ())) for day in WEEKDAYS),
        closed=frozenset(date.fromisoformat(day) for day in told["closed"]),
        exceptions={date.fromisoformat(day): read_windows(pairs) for day, pairs in told["extra"].items()},
    )


def named(case):
    """The test's id: the case's number."""
    return case["case"].split()[0]


# The worked cases


@pytest.mark.parametrize("case", DUE_CASES, ids=named)
def test_a_clock_is_due_and_at_risk_as_worked_out_by_hand(case):
    """Due, at risk at three quarters of the target, and the time worked by then are those of the vectors."""
    calendar, start = calendar_named(case["calendar"]), at(case["start"])
    target = timedelta(hours=case["target_hours"])
    pauses = [(at(since), at(until)) for since, until in case["pauses"]]
    found = due(calendar, start, target, pauses)
    assert found == at(case["due_utc"])
    assert found.tzinfo is UTC
    assert due(calendar, start, target * 0.75, pauses) == at(case["at_risk_utc_75"])
    assert elapsed(calendar, start, found, pauses) == target


@pytest.mark.parametrize("case", ELAPSED_CASES, ids=named)
def test_working_time_is_as_worked_out_by_hand(case):
    """The working minutes between two instants are those of the vectors, over both changes of the clocks."""
    found = elapsed(calendar_named(case["calendar"]), at(case["start"]), at(case["end"]))
    assert found == timedelta(minutes=case["business_minutes"])


@pytest.mark.parametrize("case", DUE_CASES[:10], ids=named)
def test_an_independent_library_agrees(case):
    """The library businesstimedelta finds the same due instant and working time for plain office hours."""
    told = VECTORS["calendars"][case["calendar"]]
    zone = pytz.timezone(told["tz"])
    work = businesstimedelta.WorkDayRule(
        start_time=at("2026-01-01T09:00").time(),
        end_time=at("2026-01-01T17:00").time(),
        working_days=[0, 1, 2, 3, 4],
        tz=zone,
    )
    # Without a later holiday on the list, the library fails past the last one.
    free = {**dict.fromkeys(map(date.fromisoformat, told["closed"]), "closed"), date(2037, 1, 1): "later"}
    hours = businesstimedelta.Rules([work, businesstimedelta.HolidayRule(free, tz=zone)])
    start, target = at(case["start"]).astimezone(UTC), timedelta(hours=case["target_hours"])
    theirs = start + businesstimedelta.BusinessTimeDelta(hours, timedelta=target)
    calendar = calendar_named(case["calendar"])
    assert due(calendar, start, target) == theirs
    assert elapsed(calendar, start, theirs + 5 * HOUR) == hours.difference(start, theirs + 5 * HOUR).timedelta


@settings(max_examples=100)
@given(
    st.sampled_from(["America/New_York", "Europe/Berlin", "Australia/Sydney", "Asia/Kolkata"]),
    st.integers(0, 365 * 24 * 60),
    st.integers(1, 100 * 60),
)
def test_an_independent_library_agrees_all_year(zone, start, target):
    """Office hours from any minute of a year, over both changes of the clocks: its due instant and its working time."""
    work = businesstimedelta.WorkDayRule(
        start_time=at("2026-01-01T09:00").time(),
        end_time=at("2026-01-01T17:00").time(),
        working_days=[0, 1, 2, 3, 4],
        tz=pytz.timezone(zone),
    )
    hours = businesstimedelta.Rules([work])
    began = at("2026-01-01T00:00+00:00") + start * MINUTE
    theirs = began + businesstimedelta.BusinessTimeDelta(hours, timedelta=target * MINUTE)
    calendar = Calendar(zone, OFFICE)
    assert due(calendar, began, target * MINUTE) == theirs
    later = theirs + 5 * HOUR
    assert elapsed(calendar, began, later) == hours.difference(began, later).timedelta


# Calendars


@pytest.mark.parametrize(
    ("zone", "weekly", "exceptions", "reason"),
    [
        ("Mars/Olympus", OFFICE, {}, "'Mars/Olympus' is not a time zone"),
        ("", OFFICE, {}, "'' is not a time zone"),
        ("../etc/passwd", OFFICE, {}, "is not a time zone"),
        ("UTC", OFFICE[:6], {}, "a week has 7 days; these hours have 6"),
        ("UTC", NEVER, {}, "these hours never open"),
        ("UTC", NEVER, {date(2026, 1, 1): ()}, "these hours never open"),
        ("UTC", (((600, 600),),) * 7, {}, "10:00-10:00 does not"),
        ("UTC", (((600, 540),),) * 7, {}, "10:00-09:00 does not"),
        ("UTC", (((-1, 540),),) * 7, {}, "does not"),
        ("UTC", (((1440, 1500),),) * 7, {}, "24:00-25:00 does not"),
        ("UTC", (((600, 2881),),) * 7, {}, "10:00-48:01 does not"),
        ("UTC", OFFICE, {date(2026, 1, 1): ((600, 500),)}, "10:00-08:20 does not"),
    ],
)
def test_hours_that_cannot_be_meant_are_refused(zone, weekly, exceptions, reason):
    """An unknown zone, a faulty window and hours that never open are refused in words."""
    with pytest.raises(ValueError, match=reason):
        Calendar(zone, weekly, frozenset({date(2026, 12, 25)}), exceptions)


def test_hours_may_consist_of_exceptions_alone():
    """A calendar without weekly hours is good if one dated exception opens it."""
    calendar = Calendar("UTC", NEVER, exceptions={date(2026, 5, 1): ((600, 660),)})
    assert next_opening(calendar, at("2026-01-01T00:00Z")) == at("2026-05-01T10:00Z")


def test_equal_calendars_are_one_key():
    """Calendars with the same content are equal and hash alike, in whatever order they were told."""
    first, second = {date(2026, 5, 1): ((600, 660),)}, {date(2026, 5, 2): ((540, 600),)}
    one = Calendar("UTC", OFFICE, frozenset(), first | second)
    two = Calendar("UTC", OFFICE, frozenset(), second | first)
    other = Calendar("UTC", OFFICE, frozenset(), first)
    assert (one == two, hash(one) == hash(two), one == other) == (True, True, False)


def test_a_calendar_does_not_change_with_what_it_was_made_from():
    """A change to the given mapping of exceptions does not reach the calendar."""
    given_exceptions = {date(2026, 7, 6): ((600, 660),)}
    calendar = Calendar("UTC", OFFICE, frozenset(), given_exceptions)
    given_exceptions[date(2026, 7, 6)] = ()
    assert elapsed(calendar, at("2026-07-06T00:00Z"), at("2026-07-07T00:00Z")) == HOUR


def test_an_exception_stands_above_a_closed_date():
    """A date both closed and an exception has the exception's windows; an empty exception is closed."""
    day, other = date(2026, 7, 6), date(2026, 7, 7)
    calendar = Calendar("UTC", OFFICE, frozenset({day}), {day: ((600, 720),), other: ()})
    assert list(windows(calendar, at("2026-07-06T00:00Z"), at("2026-07-08T00:00Z"))) == [
        (at("2026-07-06T10:00Z"), at("2026-07-06T12:00Z"))
    ]


def test_a_closed_date_leaves_the_night_before_open():
    """A window past midnight belongs to the day it starts on, so the next day's holiday does not cut it."""
    calendar = Calendar("UTC", (((1320, 1800),),) * 7, frozenset({date(2026, 7, 7)}))
    assert list(windows(calendar, at("2026-07-06T12:00Z"), at("2026-07-09T00:00Z"))) == [
        (at("2026-07-06T22:00Z"), at("2026-07-07T06:00Z")),
        (at("2026-07-08T22:00Z"), at("2026-07-09T00:00Z")),
    ]


def test_hours_can_be_read_in_another_persons_zone():
    """In another zone the same wall times and dates count; in the own zone nothing changes."""
    calendar = Calendar("America/New_York", OFFICE, frozenset({date(2026, 7, 6)}))
    monday = (at("2026-07-06T00:00Z"), at("2026-07-08T00:00Z"))
    assert list(windows(calendar.in_zone("Asia/Tokyo"), *monday)) == [
        (at("2026-07-07T09:00+09:00"), at("2026-07-07T17:00+09:00"))
    ]
    assert calendar.in_zone("America/New_York") == calendar
    with pytest.raises(ValueError, match="'Nowhere' is not a time zone"):
        calendar.in_zone("Nowhere")


# Edges


@pytest.mark.parametrize("target", [timedelta(0), timedelta(hours=-1)])
def test_nothing_to_do_is_due_at_once(target):
    """A target of 0 is due at its start, even outside every window."""
    assert due(Calendar("UTC", OFFICE), at("2026-07-11T12:00+02:00"), target) == at("2026-07-11T10:00Z")


def test_opening_belongs_to_the_window_and_closing_does_not():
    """A window is open at its first instant and closed at its last."""
    calendar = Calendar("UTC", OFFICE)
    opening, closing = at("2026-07-06T09:00Z"), at("2026-07-06T17:00Z")
    found = [is_open(calendar, moment) for moment in (opening - TICK, opening, closing - TICK, closing)]
    assert found == [False, True, True, False]


def test_windows_that_meet_or_overlap_are_one():
    """A night that runs into the next day's hours counts once, and as one window."""
    calendar = Calendar("UTC", (((480, 1200), (1080, 1980)),) * 7)  # 08:00-20:00 and 18:00-33:00
    start, end = at("2026-07-06T03:00Z"), at("2026-07-09T03:00Z")
    assert list(windows(calendar, start, end)) == [(start, end)]
    assert elapsed(calendar, start, end) == 72 * HOUR


@pytest.mark.parametrize(
    ("zone", "day", "window", "expected"),
    [
        (
            "America/New_York",
            "2026-03-08",
            (150, 165),
            ("07:30", "07:45"),
        ),  # both ends skipped: both move an hour
        ("America/New_York", "2026-03-08", (60, 150), ("06:00", "07:30")),  # the end alone is skipped
        ("America/New_York", "2026-03-08", (150, 195), None),  # moved behind its own end: nothing is left
        (
            "America/New_York",
            "2026-11-01",
            (30, 105),
            ("04:30", "05:45"),
        ),  # the end is repeated: the first one
        ("America/New_York", "2026-11-01", (105, 120), ("05:45", "07:00")),  # 01:45 to 02:00 lasts 75 minutes
        (
            "Australia/Lord_Howe",
            "2026-10-04",
            (125, 180),
            ("15:35", "16:00"),
        ),  # half an hour skipped from 02:00
        ("Africa/Cairo", "2026-04-24", (0, 90), ("22:00", "22:30")),  # midnight itself is skipped
    ],
)
def test_wall_times_that_do_not_exist_once(zone, day, window, expected):
    """A skipped wall time moves forward by the gap, a repeated one is the first."""
    calendar = Calendar(zone, NEVER, exceptions={date.fromisoformat(day): (window,)})
    noon = at(f"{day}T12:00Z")
    found = [(f"{a:%H:%M}", f"{b:%H:%M}") for a, b in windows(calendar, noon - 24 * HOUR, noon + 12 * HOUR)]
    assert found == ([expected] if expected else [])


def test_a_skipped_day_counts_once():
    """Samoa skipped a whole day: its windows fall onto the next day and are not counted twice."""
    calendar = Calendar("Pacific/Apia", OFFICE)
    assert list(windows(calendar, at("2011-12-29T12:00-10:00"), at("2011-12-31T23:00+14:00"))) == [
        (at("2011-12-29T12:00-10:00"), at("2011-12-29T17:00-10:00")),
        (at("2011-12-31T09:00+14:00"), at("2011-12-31T17:00+14:00")),
    ]


def test_a_pause_that_ends_before_it_starts_counts_for_nothing():
    """A pause the wrong way round does not move the due instant."""
    calendar, start = Calendar("UTC", OFFICE), at("2026-07-06T09:00Z")
    assert due(calendar, start, HOUR, [(start + HOUR, start)]) == start + HOUR


def test_hours_that_do_not_hold_the_target_say_so():
    """Where ten years do not hold the target, or do not open, the search ends with a sentence."""
    calendar = Calendar("UTC", NEVER, exceptions={date(2026, 5, 1): ((600, 660),)})
    before, after = at("2026-04-01T00:00Z"), at("2026-06-01T00:00Z")
    assert due(calendar, before, HOUR) == at("2026-05-01T11:00Z")
    with pytest.raises(ValueError, match="hold no 1:00:01 of work in the ten years after 2026-04-01"):
        due(calendar, before, HOUR + timedelta(seconds=1))
    with pytest.raises(ValueError, match="do not open in the ten years after 2026-06-01"):
        next_opening(calendar, after)
    with pytest.raises(ValueError, match="do not open in the ten years after 2026-06-01"):
        window_end(calendar, after)


def test_the_end_of_a_window():
    """It is the closing time of the window at hand, or of the next one; hours without an end get 366 days."""
    office, always = Calendar("UTC", OFFICE), Calendar("Europe/Berlin", ALWAYS)
    friday, saturday = at("2026-07-10T10:00Z"), at("2026-07-11T10:00Z")
    assert window_end(office, friday) == at("2026-07-10T17:00Z")
    assert window_end(office, at("2026-07-10T17:00Z")) == at("2026-07-13T17:00Z")
    assert window_end(office, saturday) == at("2026-07-13T17:00Z")
    assert window_end(always, saturday) == saturday + timedelta(days=366)


AWARE = at("2026-07-06T09:00Z")
NAIVE = AWARE.replace(tzinfo=None)


@pytest.mark.parametrize(
    ("question", "values"),
    [
        (elapsed, (NAIVE, AWARE)),
        (elapsed, (AWARE, NAIVE)),
        (elapsed, (AWARE, AWARE, [(NAIVE, AWARE)])),
        (elapsed, (AWARE, AWARE, [(AWARE, NAIVE)])),
        (due, (NAIVE, HOUR)),
        (due, (AWARE, HOUR, [(NAIVE, AWARE)])),
        (is_open, (NAIVE,)),
        (next_opening, (NAIVE,)),
        (window_end, (NAIVE,)),
        (windows, (NAIVE, AWARE)),
        (windows, (AWARE, NAIVE)),
    ],
)
def test_a_time_without_an_offset_is_refused(question, values):
    """A naive time could mean any hour, so no question takes one."""
    with pytest.raises(ValueError, match="has no offset"):
        question(Calendar("UTC", OFFICE), *values)
