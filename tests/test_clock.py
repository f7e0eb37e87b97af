"""The clocks: each shows aware instants in UTC, and the one of the local workspace only ever goes forward."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.clock import ManualClock, OffsetClock, SystemClock

START = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


def test_the_machines_clock_is_aware_and_in_utc():
    """Nobody has to guess a zone."""
    assert SystemClock().now().tzinfo is UTC


@pytest.mark.parametrize("make", [ManualClock, lambda start: OffsetClock(SystemClock(), start)])
def test_a_clock_needs_an_aware_start(make):
    """A naive instant is refused, not read in the machine's zone."""
    with pytest.raises(ValueError, match="aware"):
        make(datetime(2026, 11, 20))  # noqa: DTZ001  # what is refused


def test_an_offset_clock_without_a_start_shows_what_its_base_shows():
    """The demo of today may simply run on today."""
    assert OffsetClock(ManualClock(START)).now() == START


def test_an_offset_clock_runs_on_from_where_it_was_moved():
    """A move is a jump; afterwards an hour is an hour."""
    base = ManualClock(START)
    clock = OffsetClock(base, datetime(2026, 1, 2, 8, 0, tzinfo=ZoneInfo("Europe/Berlin")))
    base.advance(timedelta(hours=1))
    assert clock.now() == datetime(2026, 1, 2, 8, 0, tzinfo=UTC)
    clock.move_to(datetime(2026, 1, 5, 9, 0, tzinfo=ZoneInfo("Europe/Berlin")))
    base.advance(timedelta(minutes=5))
    assert clock.now() == datetime(2026, 1, 5, 8, 5, tzinfo=UTC)


@given(st.lists(st.timedeltas(timedelta(days=-30), timedelta(days=30)), max_size=10))
def test_an_offset_clock_never_goes_back(steps):
    """After any moves it shows the latest instant it was moved to."""
    clock = OffsetClock(ManualClock(START))
    shown = [START]
    for step in steps:
        clock.move_to(START + step)
        shown.append(clock.now())
    assert shown == sorted(shown)
    assert shown[-1] == max([START, *(START + step for step in steps)])
