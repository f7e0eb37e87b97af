"""Moments as their source told them: an instant, or a date alone. Everything leaves here in UTC."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.errors import FormatError

FIRST_YEAR, LAST_YEAR = 1970, 2200
"""The years a moment may lie in; one outside is a slip of the sender, such as a default date."""

_TICK = timedelta(microseconds=1)
_DATE = r"([0-9]{4})-([0-9]{2})-([0-9]{2})"
_TIME = r"([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:[.,]([0-9]{1,30}))?)?"
_OFFSET = r"([Zz]|[+-][0-9]{2}(?::?[0-9]{2})?)?"
_MOMENT = re.compile(rf"{_DATE}(?:[Tt ]{_TIME}{_OFFSET})?")
_SHAPE = "must be an ISO 8601 time with its offset, like 2026-11-20T15:04:32Z"


@lru_cache(maxsize=1024)
def zone_named(name: str) -> ZoneInfo:
    """Return the IANA time zone of this name. ValueError, naming it, where there is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(
            f"{name!r} is not a time zone; write an IANA name like Europe/Berlin or UTC"
        ) from None


def to_utc(instant: datetime) -> datetime:
    """Return the same instant in UTC. ValueError for a time without an offset: it could mean any hour."""
    if instant.tzinfo is UTC:
        return instant
    if instant.utcoffset() is None:
        raise ValueError(f"{instant.isoformat()} has no offset; pass an aware datetime")
    return instant.astimezone(UTC)


def wall_to_instant(wall: datetime, zone: str) -> datetime:
    """Return the UTC instant at which a clock in `zone` shows the naive time `wall`.

    A time that the spring change skips moves forward by the gap, one that the autumn change repeats means the
    first. (That is what PEP 495 defines for fold=0.)
    """
    return wall.replace(tzinfo=zone_named(zone), fold=0).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class When:
    """A moment as the source told it: either a `day` (a date alone) or an `instant` (aware, kept as UTC)."""

    day: date | None
    instant: datetime | None

    def __post_init__(self) -> None:
        """Raise ValueError unless exactly one is given, and where the instant has no offset."""
        if (self.day is None) == (self.instant is None):
            raise ValueError("a moment is either a day or an instant")
        if self.instant is not None:
            object.__setattr__(self, "instant", to_utc(self.instant))

    @classmethod
    def parse(cls, text: str, field: str = "time") -> When:
        """Read `2026-11-20`, or an ISO 8601 time with `Z` or an offset; digits below the microsecond are cut.

        FormatError, naming `field`, for anything else, for a time without an offset and for a year outside
        1970 to 2200.
        """
        match = _MOMENT.fullmatch(text.strip()) if isinstance(text, str) else None
        if match is None:
            raise FormatError(field, f"{_SHAPE}, or a date like 2026-11-20; it is {_shown(text)}")
        if match[4] is None:
            return cls(_day(match, field), None)
        return cls(None, _instant(match, field))

    @property
    def text(self) -> str:
        """The canonical text, which `parse` reads back: `2026-11-20` or `2026-11-20T15:04:30Z`."""
        if self.instant is not None:
            return instant_text(self.instant)
        return self._date().isoformat()

    def starts(self, zone: str) -> datetime:
        """Return the first UTC instant it may mean: itself, or 00:00 of that day in `zone`."""
        return self.instant if self.instant is not None else _midnight(self._date(), zone)

    def ends(self, zone: str) -> datetime:
        """Return the last UTC instant it may mean: itself, or the last microsecond of that day in `zone`."""
        if self.instant is not None:
            return self.instant
        return _midnight(self._date() + timedelta(days=1), zone) - _TICK

    def on(self, zone: str) -> date:
        """Return the date it falls on for people in `zone`; a date alone is that date everywhere."""
        return self.wall(zone).date()

    def wall(self, zone: str) -> datetime:
        """Return what a clock in `zone` shows then, as a naive time; a date alone shows 00:00."""
        if self.instant is not None:
            return self.instant.astimezone(zone_named(zone)).replace(tzinfo=None, fold=0)
        return datetime.combine(self._date(), time())

    def _date(self) -> date:
        assert self.day is not None  # noqa: S101 (the constructor keeps it)
        return self.day


def parse_instant(text: str, field: str) -> datetime:
    """Read an ISO 8601 time with an offset into a UTC instant. FormatError, naming `field`, otherwise."""
    moment = When.parse(text, field).instant
    if moment is None:
        raise FormatError(field, f"{_SHAPE}; {_shown(text)} is a date alone")
    return moment


def instant_text(instant: datetime) -> str:
    """Return the canonical text of an aware instant: UTC with `Z`, microseconds only when there are some."""
    return to_utc(instant).isoformat().removesuffix("+00:00") + "Z"


def _midnight(day: date, zone: str) -> datetime:
    return wall_to_instant(datetime.combine(day, time()), zone)


def _day(match: re.Match[str], field: str) -> date:
    try:
        day = date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        raise FormatError(field, f"{match[0]} is not a date of the calendar") from None
    _check_year(day.year, match[0], field)
    return day


def _instant(match: re.Match[str], field: str) -> datetime:
    if match[8] is None:
        raise FormatError(field, f"{match[0]} needs an offset; add Z for UTC or one like +02:00")
    day = _day(match, field)
    micros = int((match[7] or "0")[:6].ljust(6, "0"))
    try:
        offset = _offset(match[8])
        clock = time(int(match[4]), int(match[5]), int(match[6] or 0), micros, offset)
    except ValueError:
        raise FormatError(field, f"{match[0]} is not a time of a day") from None
    instant = datetime.combine(day, clock).astimezone(UTC)
    _check_year(instant.year, match[0], field)
    return instant


def _offset(text: str) -> timezone:
    if text in "Zz":
        return UTC
    hours, minutes = int(text[1:3]), int(text[3:].lstrip(":") or 0)
    if hours > 23 or minutes > 59:
        raise ValueError("an offset is less than a day")
    size = timedelta(hours=hours, minutes=minutes)
    return timezone(-size if text[0] == "-" else size)


def _check_year(year: int, text: str, field: str) -> None:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise FormatError(field, f"{text} is outside the years {FIRST_YEAR} to {LAST_YEAR}")


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "…"
