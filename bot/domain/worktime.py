"""Working time: how much of it lies between two instants, and when an amount of it is used up.

Windows are wall time of one zone and belong to the day they start on. A target that fills up exactly at
closing time is due at closing time. Every instant counts at most once, however many windows or pauses cover
it. All instants are aware (a naive one is a ValueError), results are UTC. Arithmetic is done in UTC only,
because subtracting two times of the same zone object ignores a change of the clocks.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeAlias

from bot.domain.when import to_utc, wall_to_instant, zone_named

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

Windows: TypeAlias = tuple[tuple[int, int], ...]
Pause: TypeAlias = tuple[datetime, datetime]

_DAY = 1440
_WEEK = timedelta(days=7)
_NONE = timedelta(0)
_SEARCH = timedelta(days=3660)
_LONGEST_WINDOW = timedelta(days=366)
# A window ends at most two days after the midnight it is counted from; zones are up to 15 hours from UTC, and
# some skipped a whole day. So these local days, counted from a UTC Monday, hold each window that touches its
# week.
_FIRST_DAY, _LAST_DAY = -4, 8


@dataclass(frozen=True, slots=True)
class Calendar:
    """When work is done: windows of wall time in one IANA zone. Hashable.

    `weekly` has one entry a weekday, Monday first; a window is (start, end) in minutes of wall time after
    that day's 00:00, and its end may lie after 24:00 (1440). Round the clock is ((0, 1440),) on every day. A
    date of `closed` has no windows, a date of `exceptions` has those and no others; a date in both is an
    exception.
    """

    zone: str
    weekly: tuple[Windows, ...]
    closed: frozenset[date] = frozenset()
    exceptions: Mapping[date, Windows] = field(default_factory=dict)
    _hash: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Freeze what was given, and `check` it."""
        object.__setattr__(self, "closed", frozenset(self.closed))
        object.__setattr__(self, "exceptions", MappingProxyType(dict(self.exceptions)))
        key = (self.zone, self.weekly, self.closed, frozenset(self.exceptions.items()))
        object.__setattr__(self, "_hash", hash(key))
        self.check()

    def __hash__(self) -> int:
        """Return a value computed once: calendars are looked up in a cache at every step."""
        return self._hash

    def check(self) -> None:
        """Raise ValueError, in a sentence, for an unknown zone, a faulty window and hours that never open."""
        zone_named(self.zone)
        if len(self.weekly) != 7:
            raise ValueError(f"a week has 7 days; these hours have {len(self.weekly)}")
        days = [*self.weekly, *self.exceptions.values()]
        for start, end in (window for day in days for window in day):
            if not (0 <= start < _DAY and start < end <= 2 * _DAY):
                raise ValueError(
                    "a window starts within its day and ends after its start, by 48:00 at the latest; "
                    f"{_clock(start)}-{_clock(end)} does not"
                )
        if not any(days):
            raise ValueError("these hours never open; give at least one weekday or exception a window")

    def in_zone(self, zone: str) -> Calendar:
        """Return the same windows and dates, read on the clocks of another zone."""
        return self if zone == self.zone else replace(self, zone=zone)


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def elapsed(calendar: Calendar, start: datetime, end: datetime, pauses: Iterable[Pause] = ()) -> timedelta:
    """Return the working time in [start, end), less the pauses; 0 where end is not after start."""
    counted = _counted(calendar, to_utc(start), to_utc(end), pauses)
    return sum((until - since for since, until in counted), _NONE)


def due(calendar: Calendar, start: datetime, target: timedelta, pauses: Iterable[Pause] = ()) -> datetime:
    """Return the first UTC instant at which the working time since `start` reaches `target`.

    A target of 0 or less is due at `start`. ValueError where ten years do not hold so much working time.
    """
    start = to_utc(start)
    if target <= _NONE:
        return start
    left = target
    for since, until in _counted(calendar, start, start + _SEARCH, pauses):
        if left <= until - since:
            return since + left
        left -= until - since
    raise ValueError(
        f"the hours in {calendar.zone} hold no {target} of work in the ten years after {start:%Y-%m-%d}"
    )


def is_open(calendar: Calendar, at: datetime) -> bool:
    """Tell whether the instant lies in a window; the opening instant does, the closing one does not."""
    at = to_utc(at)
    return any(since <= at < until for since, until in _week(calendar, _week_of(at)))


def next_opening(calendar: Calendar, at: datetime) -> datetime:
    """Return the instant itself if it lies in a window, else the start of the next one (UTC).

    ValueError where no window follows within ten years.
    """
    at = to_utc(at)
    for since, _ in _spans(calendar, at, at + _SEARCH):
        return since
    raise ValueError(f"the hours in {calendar.zone} do not open in the ten years after {at:%Y-%m-%d}")


def window_end(calendar: Calendar, at: datetime) -> datetime:
    """Return the end (UTC) of the window that holds the instant, or of the next one if it is closed then.

    Windows that meet are one window; one that goes on for over a year is said to end after 366 days.
    ValueError where no window follows within ten years.
    """
    opening = next_opening(calendar, at)
    return next(windows(calendar, opening, opening + _LONGEST_WINDOW))[1]


def windows(calendar: Calendar, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Give the windows in [start, end), clipped to it: UTC, in order, disjoint, those that meet joined."""
    return _joined(_spans(calendar, to_utc(start), to_utc(end)))


def _counted(calendar: Calendar, start: datetime, end: datetime, pauses: Iterable[Pause]) -> Iterator[Pause]:
    spans = _spans(calendar, start, end)
    stops = _merged((to_utc(since), to_utc(until)) for since, until in pauses)
    return _without(spans, stops) if stops else spans


def _spans(calendar: Calendar, start: datetime, end: datetime) -> Iterator[Pause]:
    """Give the windows in [start, end), clipped; one that runs over a Monday 00:00 UTC comes in two parts."""
    if end <= start:
        return
    for week in range(_week_of(start), _week_of(end) + 1):
        for since, until in _week(calendar, week):
            if until > start and since < end:
                yield max(since, start), min(until, end)


def _week_of(at: datetime) -> int:
    return (at.toordinal() - 1) // 7


@lru_cache(maxsize=2048)
def _week(calendar: Calendar, number: int) -> tuple[Pause, ...]:
    """Return the windows of one UTC week, Monday to Monday, clipped to it: in order and disjoint."""
    monday = date.fromordinal(number * 7 + 1)
    opens = datetime.combine(monday, time(), UTC)
    closes = opens + _WEEK
    found = [
        (max(since, opens), min(until, closes))
        for step in range(_FIRST_DAY, _LAST_DAY)
        for since, until in _day_windows(calendar, monday + timedelta(days=step))
    ]
    return tuple(_merged(found))


def _day_windows(calendar: Calendar, day: date) -> Iterator[Pause]:
    if day in calendar.exceptions:
        chosen = calendar.exceptions[day]
    else:
        chosen = () if day in calendar.closed else calendar.weekly[day.weekday()]
    midnight = datetime.combine(day, time())
    for start, end in chosen:
        since, until = midnight + timedelta(minutes=start), midnight + timedelta(minutes=end)
        yield wall_to_instant(since, calendar.zone), wall_to_instant(until, calendar.zone)


def _merged(intervals: Iterable[Pause]) -> list[Pause]:
    """Return the union of intervals, in order and disjoint; one that ends before its start holds nothing."""
    return list(_joined(iter(sorted(pair for pair in intervals if pair[0] < pair[1]))))


def _joined(ordered: Iterator[Pause]) -> Iterator[Pause]:
    """Join intervals that overlap or meet, given in order of their starts."""
    held = next(ordered, None)
    if held is None:
        return
    for since, until in ordered:
        if since <= held[1]:
            held = (held[0], max(held[1], until))
        else:
            yield held
            held = (since, until)
    yield held


def _without(spans: Iterator[Pause], stops: Sequence[Pause]) -> Iterator[Pause]:
    """Give what is left of ordered spans where no stop lies; the stops are in order and disjoint."""
    for since, until in spans:
        rest = since
        for stop, resume in stops:
            if resume <= rest:
                continue
            if stop >= until:
                break
            if stop > rest:
                yield rest, stop
            rest = resume
        if rest < until:
            yield rest, until
