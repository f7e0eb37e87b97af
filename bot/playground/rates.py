"""Slack's rate limits, on the injected clock: calls a minute for a method, a message a second for a channel.

Source: https://docs.slack.dev/apis/web-api/rate-limits . Slack promises the tiers as "at least"; here they
are exact.
"""

from __future__ import annotations

import math
from collections import deque
from typing import TYPE_CHECKING, Final

from bot.playground.refusal import RateLimited

if TYPE_CHECKING:
    from collections.abc import Callable

WINDOW: Final = 60.0  # seconds
TIERS: Final = {1: 1, 2: 20, 3: 50, 4: 100}  # calls a minute
SPECIAL: Final = 300  # "several hundred a minute" for methods without a tier

# What is measured is the arrival, not the sending: a sender that keeps exactly one second is not punished for
# the few milliseconds by which the line delays one message more than the next.
TOLERANCE: Final = 0.1  # seconds


class Limits:
    """Counts calls; `burst` is how many messages a channel takes at once."""

    def __init__(self, now: Callable[[], float], *, burst: int = 1, enabled: bool = True) -> None:
        self._now = now
        self.burst = burst
        self.enabled = enabled
        self._calls: dict[str, deque[float]] = {}
        self._channels: dict[str, tuple[float, float]] = {}

    def count(self, method: str, tier: int | None) -> None:
        """Count a call of `method`; `RateLimited` when its minute is full, and then it is not counted."""
        if not self.enabled:
            return
        now = self._now()
        calls = self._calls.setdefault(method, deque())
        while calls and calls[0] <= now - WINDOW:
            calls.popleft()
        if len(calls) >= (SPECIAL if tier is None else TIERS[tier]):
            raise RateLimited(max(1, math.ceil(calls[0] + WINDOW - now)))
        calls.append(now)

    def post(self, channel: str) -> None:
        """Count a message for a channel; `RateLimited` when it comes too soon, and then it is not counted."""
        if not self.enabled:
            return
        now = self._now()
        left, since = self._channels.get(channel, (float(self.burst), now))
        left = min(float(self.burst), left + max(0.0, now - since))
        if left < 1 - TOLERANCE:
            raise RateLimited(max(1, math.ceil(1 - left)))
        self._channels[channel] = (left - 1, now)
