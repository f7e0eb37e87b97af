"""How long to wait before the next try: exponential backoff, full jitter, Retry-After as the minimum."""

from __future__ import annotations

import math
from datetime import timedelta
from typing import Final

BASE: Final = timedelta(seconds=1)
CAP: Final = timedelta(minutes=5)
LONGEST_RETRY_AFTER: Final = timedelta(days=1)
"""A longer Retry-After is read as this, so that one absurd answer does not silence a channel for ever."""

_MOST_DOUBLINGS: Final = 9  # 2 ** 9 seconds are over the cap


def delay(attempt: int, roll: float, retry_after: float | None) -> timedelta:
    """Return the time to wait after the failed try number `attempt` (from 1).

    It is `roll` (drawn from [0, 1)) of the least of 2 ** (attempt - 1) seconds and 5 minutes, and never less
    than `retry_after` (seconds, as the other side asked; none, negative or not a number counts as 0; a day at
    most). ValueError for an attempt below 1 and a roll outside [0, 1).
    """
    if attempt < 1:
        raise ValueError(f"tries are counted from 1; {attempt} is not a try")
    if not 0 <= roll < 1:
        raise ValueError(f"a roll is at least 0 and below 1; {roll} is not")
    window = min(CAP, BASE * (1 << min(attempt - 1, _MOST_DOUBLINGS)))
    return max(window * roll, _asked(retry_after))


def _asked(retry_after: float | None) -> timedelta:
    if retry_after is None or math.isnan(retry_after) or retry_after <= 0:
        return timedelta(0)
    return timedelta(seconds=min(retry_after, LONGEST_RETRY_AFTER.total_seconds()))
