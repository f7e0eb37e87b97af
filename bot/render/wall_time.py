"""Instants as a clock on the wall of one zone shows them, and lengths of time, in short plain words."""

from __future__ import annotations

from datetime import UTC, timedelta
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from datetime import date, datetime

_WEEKDAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_HOUR: Final = timedelta(hours=1)
_MINUTE: Final = timedelta(minutes=1)
_SECOND: Final = timedelta(seconds=1)
_NONE: Final = timedelta(0)


def duration(span: timedelta) -> str:
    """`4 h`, `1 h 30 min`, `45 s`; seconds only where there are some."""
    hours, rest = divmod(span, _HOUR)
    minutes, rest = divmod(rest, _MINUTE)
    seconds = rest // _SECOND
    told = [f"{hours:,} h"] if hours else []
    told += [f"{minutes} min"] if minutes else []
    told += [f"{seconds} s"] if seconds else []
    return " ".join(told) or "0 min"


class WallClock:
    """Instants as a clock in one zone shows them; the year only where it is not the present one.

    In the hour that comes twice, when clocks go back, a time has its offset: `01:30 UTC-4`.
    """

    def __init__(self, zone: str, now: datetime) -> None:
        """`zone` is an IANA name; raises ZoneInfoNotFoundError for another."""
        self._zone = ZoneInfo(zone)
        self._year = now.astimezone(self._zone).year

    def on(self, at: datetime) -> str:
        """`Mon 16 Nov, 12:00`."""
        local = at.astimezone(self._zone)
        return f"{self.day(local.date())}, {_time(local)}"

    def then(self, at: datetime, other: datetime) -> str:
        """`12:00` on the day of another instant, else `Mon 16 Nov, 12:00`."""
        local = at.astimezone(self._zone)
        same = local.date() == other.astimezone(self._zone).date()
        return _time(local) if same else self.on(at)

    def near(self, at: datetime, other: datetime) -> str:
        """`at 12:00` on the day of another instant, else `on Mon 16 Nov, 12:00`."""
        told = self.then(at, other)
        return f"on {told}" if told == self.on(at) else f"at {told}"

    def both(self, at: datetime) -> str:
        """In the zone and in UTC."""
        local, utc = at.astimezone(self._zone), at.astimezone(UTC)
        if local.utcoffset() == timedelta(0):
            return f"{self.on(at)} UTC"
        day = "" if local.date() == utc.date() else f"{self.day(utc.date())}, "
        return f"{self.on(at)} ({day}{_time(utc)} UTC)"

    def day(self, day: date) -> str:
        """`Mon 16 Nov`, `Thu 31 Dec 2025`."""
        year = "" if day.year == self._year else f" {day.year}"
        return f"{_WEEKDAYS[day.weekday()]} {day.day} {_MONTHS[day.month - 1]}{year}"

    def days(self, first: date, last: date) -> str:
        """One day, or `Sat 21 to Sun 22 Nov`."""
        if first == last:
            return self.day(first)
        if (first.year, first.month) == (last.year, last.month):
            return f"{_WEEKDAYS[first.weekday()]} {first.day} to {self.day(last)}"
        return f"{self.day(first)} to {self.day(last)}"

    def span(self, since: datetime, until: datetime) -> str:
        """`09:00-12:30`; an end at midnight is 24:00."""
        starts, ends = since.astimezone(self._zone), until.astimezone(self._zone)
        end = _time(ends)
        return f"{_time(starts)}-{'24:00' if end == '00:00' else end}"

    def change(self, at: datetime, shift: timedelta) -> str:
        """`clocks go back 1 h at 02:00`: the time that they showed until then."""
        shown = (at + ((at - _SECOND).astimezone(self._zone).utcoffset() or timedelta(0))).strftime("%H:%M")
        way = "back" if shift < timedelta(0) else "forward"
        return f"clocks go {way} {duration(abs(shift))} at {shown}"


def _time(local: datetime) -> str:
    told = f"{local:%H:%M:%S}" if local.second else f"{local:%H:%M}"
    first, second = (local.replace(fold=fold).utcoffset() for fold in (0, 1))
    if first is None or second is None or first <= second:  # a time that is skipped is never shown
        return told
    hours, minutes = divmod(abs(offset := local.utcoffset() or _NONE) // _MINUTE, 60)
    sign = "-" if offset < _NONE else "+"
    return f"{told} UTC{sign}{hours}" + (f":{minutes:02}" if minutes else "")
