"""Slack's Do Not Disturb schedule: a span of every day, by the clocks of the person's own zone."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from bot.errors import UsageError

if TYPE_CHECKING:
    from bot.playground.records import Json, User

Span = tuple[int, int]
_DAY: Final = timedelta(days=1)
_CLOCK: Final = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")


def next_span(span: Span, zone: str, now: float) -> Span:
    """The first repetition of a day's span that is not over at `now`; all in epoch seconds."""
    start, end = (datetime.fromtimestamp(at, ZoneInfo(zone)) for at in span)
    days = max(0, int((now - span[1]) // 86400) - 1)  # a day of the clock change has 23 or 25 hours
    while (end + days * _DAY).timestamp() <= now:
        days += 1
    return int((start + days * _DAY).timestamp()), int((end + days * _DAY).timestamp())


def span_between(begins: str, ends: str, zone: str, now: float) -> Span:
    """The present or next span from one time of day to another, such as 22:00 to 08:00, in epoch seconds.

    `UsageError` for what is no time of a day, and for a span without length.
    """
    first, last = _clock("from", begins), _clock("until", ends)
    if first == last:
        raise UsageError("until: quiet hours end at another time than they begin")
    tz = ZoneInfo(zone)
    yesterday = datetime.fromtimestamp(now, tz).date() - _DAY
    start = datetime.combine(yesterday, first, tz)
    end = datetime.combine(yesterday if first < last else yesterday + _DAY, last, tz)
    return next_span((int(start.timestamp()), int(end.timestamp())), zone, now)


def shown(user: User) -> Json | None:
    """A person's quiet hours as times of their day, or None where they have none."""
    if user.dnd is None:
        return None
    begins, ends = (f"{datetime.fromtimestamp(at, ZoneInfo(user.tz)):%H:%M}" for at in user.dnd)
    return {"from": begins, "until": ends}


def _clock(name: str, text: str) -> time:
    if not _CLOCK.fullmatch(text):
        raise UsageError(f"{name}: must be a time of a day like 22:00")
    return time.fromisoformat(text)
