"""Answers about a lead: suggested times, and which snoozes, details and undos can be taken."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import answering
from bot.domain.agreement import DEFAULT_CALENDAR
from bot.domain.answering import Logged, can_undo, check_log, check_snooze, suggested
from bot.domain.worktime import is_open

NOW = datetime(2026, 11, 16, 10, 20, 30, tzinfo=UTC)  # a Monday; the hours are 09:00 to 17:00
HOUR, MINUTE, DAY, TICK = (
    timedelta(hours=1),
    timedelta(minutes=1),
    timedelta(days=1),
    timedelta(microseconds=1),
)


def utc(text):
    """An instant of November 2026: day and time."""
    day, time = text.split()
    return datetime.fromisoformat(f"2026-11-{day}T{time}:00+00:00")


# Suggested times


@pytest.mark.parametrize(
    ("now", "zone", "expected"),
    [
        ("16 10:20", "UTC", ["16 11:20", "16 13:20", "17 09:00", "18 09:00", "23 09:00"]),
        ("16 08:00", "UTC", ["16 09:00", "16 11:00", "17 09:00", "18 09:00", "23 09:00"]),
        ("16 15:00", "UTC", ["16 16:00", "17 09:00", "18 09:00", "23 09:00"]),
        ("20 16:30", "UTC", ["23 09:00", "24 09:00", "27 09:00"]),
        ("21 12:00", "UTC", ["23 09:00", "24 09:00", "30 09:00"]),
        ("16 10:00", "America/New_York", ["16 14:00", "17 14:00", "18 14:00", "23 14:00"]),
        ("16 23:30", "Asia/Tokyo", ["17 00:30", "17 02:30", "18 00:00", "19 00:00", "24 00:00"]),
    ],
)
def test_when_a_lead_may_be_snoozed_to(now, zone, expected):
    """In an hour, in three, the next two working mornings and in a week: on the reader's clocks, in working time."""
    found = suggested(DEFAULT_CALENDAR.in_zone(zone), utc(now))
    assert list(found) == [utc(text) for text in expected]


ALWAYS = ((0, 1440),)
NIGHTS = ((22 * 60, 30 * 60),)


@pytest.mark.parametrize(
    ("now", "zone", "weekly", "expected"),
    [
        ("16 12:01", "UTC", (ALWAYS,) * 7, ["16 13:01", "16 15:01", "17 09:00", "18 09:00", "23 09:00"]),
        ("16 23:59", "UTC", (ALWAYS,) * 7, ["17 00:59", "17 02:59", "17 09:00", "18 09:00", "23 09:00"]),
        (
            "16 17:00",
            "America/New_York",
            (ALWAYS,) * 7,
            ["16 18:00", "16 20:00", "17 14:00", "18 14:00", "23 14:00"],
        ),
        ("20 22:30", "UTC", (*(ALWAYS,) * 5, (), ()), ["20 23:30", "23 09:00", "24 09:00", "27 09:00"]),
        ("16 23:00", "UTC", (NIGHTS,) * 7, ["17 00:00", "17 02:00", "17 22:00", "18 22:00", "23 22:00"]),
        (
            "16 02:00",
            "UTC",
            (((0, 8 * 60),),) * 7,
            ["16 03:00", "16 05:00", "17 00:00", "18 00:00", "23 00:00"],
        ),
    ],
    ids=["always", "before midnight", "elsewhere", "not on week-ends", "night shifts", "from midnight on"],
)
def test_nobody_snoozes_until_midnight(now, zone, weekly, expected):
    """Where work goes on through the night, a morning is 09:00, or begins with the next shift."""
    found = suggested(replace(DEFAULT_CALENDAR, zone=zone, weekly=weekly, closed=frozenset()), utc(now))
    assert list(found) == [utc(text) for text in expected]


@given(st.integers(0, 400 * 24 * 60), st.sampled_from(["UTC", "America/New_York", "Australia/Lord_Howe"]))
def test_suggestions_are_working_times_to_come(minutes, zone):
    """On any day of the year, each is open, in the future, and can be taken; the soonest comes first, none twice."""
    calendar, now = DEFAULT_CALENDAR.in_zone(zone), NOW + minutes * MINUTE
    found = suggested(calendar, now)
    assert 3 <= len(found) <= 5
    assert list(found) == sorted(set(found))
    for at in found:
        assert is_open(calendar, at)
        assert check_snooze(at, now, 0, 1) is None


# Snoozes


@pytest.mark.parametrize(
    ("until", "taken", "most", "sentence"),
    [
        (HOUR, 0, 3, None),
        (TICK, 2, 3, None),
        (30 * DAY, 0, 1, None),
        (30 * DAY + TICK, 0, 1, "Choose a time within the next 30 days."),
        (0 * HOUR, 0, 3, "Choose a time in the future."),
        (-HOUR, 0, 3, "Choose a time in the future."),
        (HOUR, 3, 3, "By the agreement a lead can be snoozed 3 times. "),
        (HOUR, 4, 3, "By the agreement a lead can be snoozed 3 times. "),
        (HOUR, 1, 1, "By the agreement a lead can be snoozed once. "),
        (HOUR, 0, 0, "By the agreement a lead cannot be snoozed. "),
        (-HOUR, 3, 3, "By the agreement a lead can be snoozed 3 times. "),
    ],
)
def test_which_snoozes_can_be_taken(until, taken, most, sentence):
    """To a time in the next thirty days, as often as was agreed; else the sentence says what would do."""
    if sentence is not None and sentence.endswith(". "):
        sentence += "Contact it, log details or hand it over."
    found = check_snooze(NOW + until, NOW, taken, most)
    assert (found and (found.field, found.sentence)) == (sentence and ("until", sentence))


# Details of a contact


def logged(ago=HOUR, outcome="connected", call_back=None):
    """A call an hour ago, if nothing else is said."""
    return Logged("call", outcome, NOW - ago, call_back_at=None if call_back is None else NOW + call_back)


@pytest.mark.parametrize(
    ("details", "field", "sentence"),
    [
        (logged(), None, None),
        (logged(ago=0 * HOUR), None, None),
        (logged(ago=-MINUTE), None, None),
        (
            logged(ago=-MINUTE - TICK),
            "at",
            "A contact is logged after it happened. Choose a time that has passed.",
        ),
        (logged(ago=90 * DAY), None, None),
        (logged(ago=90 * DAY + TICK), "at", "Choose a time within the last 90 days."),
        (logged(outcome="asked_to_be_called"), "call_back_at", "When did they ask to be called?"),
        (logged(outcome="asked_to_be_called", call_back=DAY), None, None),
        (logged(outcome="asked_to_be_called", call_back=-HOUR / 2), None, None),
        (logged(call_back=-HOUR), "call_back_at", "Choose a time after the contact."),
        (logged(call_back=-2 * HOUR), "call_back_at", "Choose a time after the contact."),
        (logged(call_back=30 * DAY), None, None),
        (logged(call_back=30 * DAY + TICK), "call_back_at", "Choose a time within the next 30 days."),
    ],
)
def test_which_details_can_be_taken(details, field, sentence):
    """A contact that happened, within 90 days; who asked to be called said when; else the field and what would do."""
    found = check_log(details, NOW)
    assert (found and (found.field, found.sentence)) == (field and (field, sentence))


# Undo


def test_a_press_can_be_taken_back_for_ten_minutes():
    """Up to, but not at, the end of the ten minutes."""
    assert answering.UNDO == 10 * MINUTE
    assert can_undo(NOW, NOW)
    assert can_undo(NOW, NOW + 10 * MINUTE - TICK)
    assert not can_undo(NOW, NOW + 10 * MINUTE)
