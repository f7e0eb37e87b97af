"""Windows of wall time, as minutes of their day."""

from hypothesis import assume, given
from hypothesis import strategies as st

from bot.agreement.reading import UnfitError
from bot.agreement.values import one_day, window

MINUTES = st.integers(0, 1439)


@given(MINUTES, st.integers(0, 1440))
def test_any_two_times_make_a_window(start, end):
    """The minutes are those of the clock; an end that is not after the start lies on the next day."""
    assume(start != end)
    text = f"{start // 60:02}:{start % 60:02}-{end // 60:02}:{end % 60:02}"
    assert window(text) == (start, end if end > start else end + 1440)


@given(st.lists(st.tuples(MINUTES, st.integers(1, 600)), max_size=4))
def test_a_day_takes_windows_that_share_no_minute(pairs):
    """Windows are put in order, and refused exactly if a minute lies in two of them."""
    windows = tuple((start, start + length) for start, length in pairs)
    minutes = [minute for start, end in windows for minute in range(start, end)]
    try:
        ordered = one_day(windows)
    except UnfitError:
        ordered = None
    assert ordered == (tuple(sorted(windows)) if len(minutes) == len(set(minutes)) else None)
