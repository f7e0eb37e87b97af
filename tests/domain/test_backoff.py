"""How long a failed call waits."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.backoff import delay

SOME = settings(max_examples=150, derandomize=True)
ROLLS = st.floats(0, 1, exclude_max=True)


@pytest.mark.parametrize(
    ("attempt", "roll", "retry_after", "seconds"),
    [
        (1, 0.5, None, 0.5),  # half of 1
        (2, 0.5, None, 1),  # half of 2
        (3, 0.5, None, 2),  # half of 4
        (8, 0.5, None, 64),  # half of 128
        (9, 0.5, None, 128),  # half of 256
        (10, 0.5, None, 150),  # half of the cap, 300
        (1000000, 0.5, None, 150),
        (5, 0.0, None, 0),  # full jitter reaches down to nothing
        (3, 0.5, 1.0, 2),  # asked for less than we wait anyway
        (3, 0.5, 30.0, 30),  # asked for more
        (3, 0.5, 900.0, 900),  # asked for more than the cap
        (3, 0.5, 0.25, 2),
        (3, 0.0, 0.25, 0.25),
        (3, 0.5, -10.0, 2),
        (3, 0.5, float("nan"), 2),
        (3, 0.5, float("inf"), 86400),
        (3, 0.5, 1e300, 86400),
    ],
)
def test_the_wait_after_a_failed_try(attempt, roll, retry_after, seconds):
    """The wait is the roll's part of 1, 2, 4 … 300 seconds, and at least what the other side asked for."""
    assert delay(attempt, roll, retry_after) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("attempt", "roll", "reason"),
    [(0, 0.5, "counted from 1"), (-1, 0.5, "counted from 1"), (1, 1.0, "below 1"), (1, -0.1, "at least 0")],
)
def test_what_is_no_try_or_no_roll_is_refused(attempt, roll, reason):
    """A try is counted from 1, and a roll lies in [0, 1)."""
    with pytest.raises(ValueError, match=reason):
        delay(attempt, roll, None)


@SOME
@given(st.integers(1, 100), ROLLS, st.one_of(st.none(), st.floats(0, 86400)))
def test_the_wait_has_bounds(attempt, roll, asked):
    """Nobody waits longer than 5 minutes unless asked to, and never shorter than asked."""
    floor = timedelta(seconds=asked or 0)
    assert floor <= delay(attempt, roll, asked) <= max(floor, timedelta(minutes=5))


@SOME
@given(st.integers(1, 100), ROLLS)
def test_a_later_try_never_waits_less(attempt, roll):
    """With the same roll, the wait never shrinks from try to try."""
    assert delay(attempt, roll, None) <= delay(attempt + 1, roll, None)
