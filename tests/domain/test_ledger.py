"""A clock counted line by line: worked examples as a table of lines, and the sum against the working time itself."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.ledger import Entry, Stopped, ledger, shortened
from bot.domain.worktime import Calendar, elapsed
from tests.domain.test_worktime_properties import stories

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
OFFICE = (((540, 1020),),) * 5 + ((), ())
ALWAYS = (((0, 1440),),) * 7
THANKSGIVING, CHRISTMAS = date(2026, 11, 26), date(2026, 12, 24)
NEW_YORK = Calendar(
    "America/New_York", OFFICE, closed=frozenset({THANKSGIVING}), exceptions={CHRISTMAS: ((540, 720),)}
)
SOME = settings(max_examples=100, derandomize=True)


def at(text):
    """An instant from its ISO text."""
    return datetime.fromisoformat(text)


def told(entries):
    """Each line in short: kind, days, counted minutes, running total."""
    return [
        (
            entry.kind,
            f"{entry.first:%m-%d}" + (f"..{entry.last:%m-%d}" if entry.last != entry.first else ""),
            entry.counted / MINUTE,
            entry.total / MINUTE,
        )
        for entry in entries
    ]


@pytest.mark.parametrize(
    ("calendar", "start", "until", "pauses", "expected"),
    [
        (
            NEW_YORK,
            "2026-11-25T16:00-05:00",
            "2026-11-30T10:00-05:00",
            [],
            [
                ("worked", "11-25", 60, 60),
                ("closed", "11-26", 0, 60),
                ("worked", "11-27", 480, 540),
                ("weekly", "11-28..11-29", 0, 540),
                ("worked", "11-30", 60, 600),
            ],
        ),
        (
            NEW_YORK,
            "2026-10-30T18:00-04:00",
            "2026-11-02T09:30-05:00",
            [],
            [
                ("outside", "10-30", 0, 0),
                ("weekly", "10-31..11-01", 0, 0),
                ("clocks", "11-01", 0, 0),
                ("worked", "11-02", 30, 30),
            ],
        ),
        (
            NEW_YORK,
            "2026-12-24T08:00-05:00",
            "2026-12-25T08:00-05:00",
            [],
            [("worked", "12-24", 180, 180), ("outside", "12-25", 0, 180)],
        ),
        (
            NEW_YORK,
            "2026-07-06T15:00-04:00",
            "2026-07-09T13:00-04:00",
            [("2026-07-06T16:00-04:00", "2026-07-08T10:00-04:00")],
            [
                ("worked", "07-06", 60, 60),
                ("paused", "07-06..07-08", 0, 60),
                ("worked", "07-08", 420, 480),
                ("worked", "07-09", 240, 720),
            ],
        ),
        (
            NEW_YORK,
            "2026-07-06T10:00-04:00",
            "2026-07-06T15:30-04:00",
            [
                ("2026-07-06T11:00-04:00", "2026-07-06T12:00-04:00"),
                ("2026-07-06T11:30-04:00", "2026-07-06T12:30-04:00"),
            ],
            [("worked", "07-06", 240, 240), ("paused", "07-06", 0, 240)],
        ),
        (
            Calendar("Australia/Sydney", (((1320, 1800),),) * 5 + ((), ())),
            "2026-07-07T05:00+10:00",
            "2026-07-08T01:00+10:00",
            [],
            [("worked", "07-06", 60, 60), ("worked", "07-07", 180, 240)],
        ),
        (
            Calendar("America/New_York", ALWAYS),
            "2026-03-08T00:00-05:00",
            "2026-03-09T00:00-04:00",
            [],
            [("worked", "03-08", 1380, 1380), ("clocks", "03-08", 0, 1380)],
        ),
        (NEW_YORK, "2026-07-06T12:00-04:00", "2026-07-06T11:00-04:00", [], []),
    ],
    ids=[
        "holiday",
        "autumn change",
        "short day",
        "pause",
        "two pauses",
        "overnight",
        "spring change",
        "backwards",
    ],
)
def test_the_lines_are_those_worked_out_by_hand(calendar, start, until, pauses, expected):
    """Each day is told with what it gave and, where it gave nothing, why not; quiet days in a row are one line."""
    stops = [Stopped(at(since), at(end), "asked to be called") for since, end in pauses]
    entries = ledger(calendar, at(start), at(until), stops)
    assert told(entries) == expected


def test_a_line_tells_its_windows_its_pause_and_the_change_of_the_clocks():
    """The pieces that count, those that do not and why, the hours of a single date, and when clocks went back."""
    pause = Stopped(at("2026-12-24T10:00-05:00"), at("2026-12-24T11:00-05:00"), "on leave")
    entries = ledger(NEW_YORK, at("2026-12-24T00:00-05:00"), at("2026-12-24T23:00-05:00"), [pause])
    nine, ten, eleven, noon = (at(f"2026-12-24T{hour}:00+00:00") for hour in (14, 15, 16, 17))
    assert entries == (
        Entry(
            "worked", CHRISTMAS, CHRISTMAS, ((nine, ten), (eleven, noon)), 2 * HOUR, 2 * HOUR, own_hours=True
        ),
        Entry(
            "paused",
            CHRISTMAS,
            CHRISTMAS,
            ((ten, eleven),),
            total=2 * HOUR,
            not_counted=HOUR,
            reason="on leave",
        ),
    )
    (turn,) = [
        entry
        for entry in ledger(NEW_YORK, at("2026-10-31T12:00Z"), at("2026-11-02T12:00Z"))
        if entry.kind == "clocks"
    ]
    assert (turn.at, turn.shift) == (at("2026-11-01T06:00Z"), -HOUR)


def test_of_many_lines_the_middle_is_summed():
    """At most 40 lines, whose sum is still the whole; summing up again loses nothing either."""
    start, until = at("2026-01-01T00:00Z"), at("2026-12-31T00:00Z")
    entries = ledger(NEW_YORK, start, until)
    total = elapsed(NEW_YORK, start, until)
    assert len(entries) == 40
    assert [entry.kind for entry in entries].count("summed") == 1
    for most in (40, 12, 3):
        short = shortened(entries, most)
        assert len(short) == most
        assert sum((entry.counted for entry in short), timedelta(0)) == total == short[-1].total
        worked = sum(entry.days for entry in short) + sum(entry.kind == "worked" for entry in short)
        assert worked == 259


@SOME
@given(stories(), st.integers(3, 60), st.integers(0, 60_000_000))
def test_the_lines_add_up_to_the_working_time(story, most, shift):
    """Over random hours, zones, both changes of the clocks and pauses the sum is exactly the working time."""
    _, calendar, start, end, pauses = story
    start += timedelta(microseconds=shift)
    stops = [Stopped(since, until, f"reason {number}") for number, (since, until) in enumerate(pauses)]
    entries = ledger(calendar, start, end, stops, most)
    expected = elapsed(calendar, start, end, pauses)
    assert sum((entry.counted for entry in entries), timedelta(0)) == expected
    assert (entries[-1].total if entries else timedelta(0)) == expected
    lost = sum((entry.not_counted for entry in entries), timedelta(0))
    assert lost == elapsed(calendar, start, end) - expected
    for entry in entries:
        assert all(start <= since < until <= end for since, until in entry.spans)
        if entry.kind != "summed":
            assert sum((b - a for a, b in entry.spans), timedelta(0)) == entry.counted + entry.not_counted


@SOME
@given(stories(most_pauses=0))
def test_the_lines_leave_out_no_day(story):
    """A day without a line is counted as a whole by the windows of the days before it."""
    _, calendar, start, end, _ = story
    entries = ledger(calendar, start, end, most=1000)
    listed = {
        entry.first + timedelta(days=number)
        for entry in entries
        for number in range((entry.last - entry.first).days + 1)
        if entry.kind != "clocks"
    }
    left = [
        hour
        for hour in ((start + number * HOUR) for number in range((end - start) // HOUR))
        if hour.astimezone(ZoneInfo(calendar.zone)).date() not in listed
    ]
    counted = [span for entry in entries for span in entry.spans]
    assert all(any(since <= hour < until for since, until in counted) for hour in left)
    assert [entry.first for entry in entries] == sorted(entry.first for entry in entries)


def test_a_naive_instant_is_refused():
    """A time without an offset could mean any hour."""
    with pytest.raises(ValueError, match="has no offset"):
        ledger(NEW_YORK, datetime(2026, 1, 1), datetime(2026, 1, 2, tzinfo=UTC))  # noqa: DTZ001
