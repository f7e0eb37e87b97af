"""How one plain value of the agreement is read. Every function raises UnfitError with what would be valid."""

from __future__ import annotations

import difflib
import re
import zoneinfo
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from bot.agreement.reading import UnfitError, shown
from bot.domain.agreement import fold
from bot.domain.money import digits
from bot.domain.when import zone_named

if TYPE_CHECKING:
    from collections.abc import Callable

DAY_MINUTES: Final = 1440

_WINDOW: Final = re.compile(r"([0-9]{1,2}):([0-9]{2})\s*[-\u2013]\s*([0-9]{1,2}):([0-9]{2})")
_DECIMAL: Final = re.compile(r"[+-]?[0-9]{1,18}(?:\.[0-9]{1,18})?")
_CHANNEL: Final = re.compile(r"#[\w-]{1,80}")
_CHANNEL_ID: Final = re.compile(r"[CG][A-Z0-9]{2,40}")
_EMAIL: Final = re.compile(r"[^@\s]+@[^@\s]+")
_AFTER_BREACH: Final = re.compile(r"breach\s*\+\s*([0-9]{1,4})\s*%")
_TIME: Final = re.compile(r"([0-9]{1,2}):([0-9]{2})")
_WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MICROSECONDS_PER_HOUR: Final = 3_600_000_000
_MONEY_DECIMALS: Final = 4


def text(longest: int = 200) -> Callable[[object], str]:
    """A text that is not blank, without the space around it, at most `longest` characters."""

    def read(value: object) -> str:
        if not isinstance(value, str):
            raise UnfitError(f"{shown(value)} is not a text; write it in quotes")
        found = value.strip()
        if not found:
            raise UnfitError("is blank; write something or leave the key out")
        if len(found) > longest:
            raise UnfitError(f"{shown(found)} is longer than {longest} characters")
        return found

    return read


def one_of(*names: str) -> Callable[[object], str]:
    """One of these names, read without case and surrounding space."""

    def read(value: object) -> str:
        found = text()(value).lower()
        if found not in names:
            raise UnfitError(f"{shown(value)} is not known; valid are {_listed(names)}{_near(found, names)}")
        return found

    return read


def boolean(value: object) -> bool:
    """True or false."""
    if not isinstance(value, bool):
        raise UnfitError(f"{shown(value)} is not true or false; write one of them without quotes")
    return value


def whole(least: int, most: int) -> Callable[[object], int]:
    """A whole number between two bounds, both included."""

    def read(value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise UnfitError(f"{shown(value)} is not a whole number; write one from {least} to {most}")
        if not least <= value <= most:
            raise UnfitError(f"{shown(value)} is out of range; write a whole number from {least} to {most}")
        return value

    return read


def number(least: int, most: int, *, above: bool = False, below: bool = False) -> Callable[[object], Decimal]:
    """A number without quotes between two bounds; `above`, `below`: not the lower, not the upper itself."""
    bounds = f"{'above' if above else 'from'} {least} {'and below' if below else 'to'} {most}"

    def read(value: object) -> Decimal:
        if isinstance(value, str) and _DECIMAL.fullmatch(value.strip()):
            raise UnfitError(f"{shown(value)} is a text; write the number without quotes")
        found = _decimal(value)
        if not (least <= found <= most) or (above and found == least) or (below and found == most):
            raise UnfitError(f"{shown(value)} is out of range; write a number {bounds}")
        return found

    return read


share: Final = number(0, 1)
"""A part of a whole, 0 to 1."""


def hours(*, least: int = 0, above: bool = False) -> Callable[[object], timedelta]:
    """A number of hours, at most 100,000, kept to the microsecond."""
    read_number = number(least, 100_000, above=above)

    def read(value: object) -> timedelta:
        return timedelta(microseconds=int(read_number(value) * _MICROSECONDS_PER_HOUR))

    return read


def days(least: int, most: int) -> Callable[[object], timedelta]:
    """A whole number of days."""
    read_number = whole(least, most)
    return lambda value: timedelta(days=read_number(value))


def minutes(least: int, most: int) -> Callable[[object], timedelta]:
    """A whole number of minutes."""
    read_number = whole(least, most)
    return lambda value: timedelta(minutes=read_number(value))


def money(value: object) -> Decimal:
    """An amount in the agreement's currency, with or without quotes: not negative, at most 4 decimals."""
    found = _decimal(value)
    if found < 0 or found >= Decimal(10) ** 15:
        raise UnfitError(f'{shown(value)} is not an amount; write one from 0 up, such as "50000"')
    if found.normalize().as_tuple().exponent < -_MONEY_DECIMALS:  # type: ignore[operator]  # finite: a number
        raise UnfitError(f"{shown(value)} has more than {_MONEY_DECIMALS} decimals")
    return found


def rate(value: object) -> Decimal:
    """What one unit of a currency is worth, with or without quotes: above 0."""
    found = _decimal(value)
    if not 0 < found < Decimal(10) ** 12:
        raise UnfitError(f'{shown(value)} is not a rate; write a number above 0, such as "1.0845"')
    return found


def currency(value: object) -> str:
    """An ISO 4217 code, in capitals."""
    found = text()(value).upper()
    if digits(found) is None:
        raise UnfitError(f'{shown(value)} is not a currency; write its ISO 4217 code, such as "USD"')
    return found


def time_zone(value: object) -> str:
    """An IANA time zone that this machine knows."""
    found = text()(value)
    try:
        zone_named(found)
    except ValueError:
        wanted = found.replace(" ", "_").lower()
        zones = sorted(zoneinfo.available_timezones())
        same = [zone for zone in zones if zone.lower() == wanted or zone.lower().endswith("/" + wanted)]
        near = f'; did you mean "{same[0]}"?' if same else _near(found, zones)
        raise UnfitError(
            f'{shown(value)} is not a time zone; write an IANA name such as "America/New_York" or "UTC"{near}'
        ) from None
    return found


def email(value: object) -> str:
    """An e-mail address, trimmed and in lower case, as people are compared."""
    found = text(320)(value).lower()
    if _EMAIL.fullmatch(found) is None:
        raise UnfitError(f'{shown(value)} is not an e-mail address; write one such as "ana@seller.example"')
    return found


def channel(value: object) -> str:
    """A Slack channel: `#name` or its id."""
    found = text()(value)
    if _CHANNEL_ID.fullmatch(found) or (_CHANNEL.fullmatch(found) and found == found.lower()):
        return found
    guess = re.sub(r"[\s.]+", "-", found.lstrip("#").strip().lower())
    raise UnfitError(
        f"{shown(value)} is not a channel; write its name with #, in small letters and without spaces"
        + (f', such as "#{guess}"' if re.fullmatch(r"[\w-]{1,80}", guess) else ', such as "#wins"')
    )


def day(value: object) -> date:
    """A date, as a text or as TOML's own."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    try:
        if isinstance(value, str) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value.strip()):
            return date.fromisoformat(value.strip())
    except ValueError:
        pass
    raise UnfitError(f'{shown(value)} is not a date; write it as "2026-12-24"')


def window(value: object) -> tuple[int, int]:
    """A window of wall time as minutes after its day's 00:00; an end past midnight lies above 1440."""
    match = _WINDOW.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None:
        raise UnfitError(f'{shown(value)} is not a window; write it as "09:00-17:00"')
    start, end = _minute(match[1], match[2]), _minute(match[3], match[4])
    if start is None or end is None or start == DAY_MINUTES:
        raise UnfitError(f"{shown(value)} is not a window; times go from 00:00 to 23:59, and an end to 24:00")
    if start == end:
        raise UnfitError(f'{shown(value)} ends when it starts; write a whole day as "00:00-24:00"')
    return (start, end) if end > start else (start, end + DAY_MINUTES)


def one_day(windows: tuple[tuple[int, int], ...]) -> tuple[tuple[int, int], ...]:
    """The windows of one day in order; UnfitError where two overlap."""
    ordered = tuple(sorted(windows))
    for (start, end), (following, last) in pairwise(ordered):
        if following < end:
            raise UnfitError(f"{_clock(start, end)} and {_clock(following, last)} overlap; write one window")
    return ordered


def step_at(value: object) -> str:
    """When a reminder is due: at_risk, breach, or breach+N%."""
    found = text()(value).lower()
    if found in ("at_risk", "breach"):
        return found
    match = _AFTER_BREACH.fullmatch(found)
    if match is None or not 1 <= int(match[1]) <= 1000:
        raise UnfitError(
            f'{shown(value)} is not a moment; valid are "at_risk", "breach" and "breach+50%" (1 to 1000)'
        )
    return f"breach+{int(match[1])}%"


def step_to(value: object) -> str:
    """Who is reminded: owner, manager, channel, or an e-mail address."""
    found = text(320)(value).lower()
    names = ("owner", "manager", "channel")
    if found in names or _EMAIL.fullmatch(found):
        return found
    valid = f"{_listed(names)} and e-mail addresses{_near(found, names)}"
    raise UnfitError(f"{shown(value)} is not a receiver; valid are {valid}")


def daily(value: object) -> str:
    """A time of day: HH:MM."""
    return _moment(value, "", 'a time of day; write it as "09:00"')


def weekly(value: object) -> str:
    """A weekday and a time: mon 09:30."""
    return _moment(value, rf"({'|'.join(_WEEKDAYS)})\s+", 'a weekday and a time; write it as "mon 09:30"')


def monthly(value: object) -> str:
    """A day of every month (1 to 28, which each month has) and a time: 1 10:00."""
    wanted = 'a day of the month (1 to 28, which every month has) and a time; write it as "1 10:00"'
    return _moment(value, r"(0?[1-9]|1[0-9]|2[0-8])\s+", wanted)


def unique(kind: str) -> Callable[[tuple[str, ...]], tuple[str, ...]]:
    """Refuses a list that names the same twice (by `fold`); `kind` is the word for one of them."""

    def finish(items: tuple[str, ...]) -> tuple[str, ...]:
        seen: set[str] = set()
        for item in items:
            if fold(item) in seen:
                raise UnfitError(f"the {kind} {shown(item)} is written twice")
            seen.add(fold(item))
        return items

    return finish


def two_shares(items: tuple[Decimal, ...]) -> tuple[Decimal, ...]:
    """The shares of the first and the last touch, which leave nothing below zero for the rest."""
    if len(items) != 2:
        raise UnfitError("write two shares, of the first and of the last touch, such as [0.4, 0.4]")
    if sum(items) > 1:
        raise UnfitError(f"{items[0]} and {items[1]} are more than the whole; together they may be 1 at most")
    return items


def _decimal(value: object) -> Decimal:
    if isinstance(value, str) and _DECIMAL.fullmatch(value.strip()):
        return Decimal(value.strip())
    if isinstance(value, int | Decimal) and not isinstance(value, bool) and Decimal(value).is_finite():
        return Decimal(value)
    comma = isinstance(value, str) and "," in value
    raise UnfitError(
        f"{shown(value)} is not a number"
        + ("; write decimals after a point and nothing between thousands" if comma else "")
    )


def _minute(hour: str, minute: str) -> int | None:
    """The minute of the day, up to 1440 for 24:00; None for what no clock shows."""
    found = int(hour) * 60 + int(minute)
    return found if int(minute) < 60 and found <= DAY_MINUTES else None


def _clock(start: int, end: int) -> str:
    """A window as the file writes it."""
    ending = end if end <= DAY_MINUTES else end - DAY_MINUTES
    return f"{start // 60:02}:{start % 60:02}-{ending // 60:02}:{ending % 60:02}"


def _moment(value: object, before: str, wanted: str) -> str:
    found = value.strip().lower() if isinstance(value, str) else ""
    match = re.fullmatch(f"{before}({_TIME.pattern})", found)
    minute = _minute(match[match.re.groups - 1], match[match.re.groups]) if match else None
    if minute is None or minute == DAY_MINUTES:
        raise UnfitError(f"{shown(value)} is not {wanted}")
    return found


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(f'"{name}"' for name in names)


def _near(found: str, names: tuple[str, ...] | list[str]) -> str:
    near = difflib.get_close_matches(found, names, n=1, cutoff=0.7)
    return f'; did you mean "{near[0]}"?' if near else ""
