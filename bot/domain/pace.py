"""Pace: whether what was promised for a period is on its way, and the days that a promise is measured by.

A straight line runs from 0 to the target: expected = target x elapsed days / days of the period, today counted as
elapsed. Business pace counts the working days of the agreement's calendar, the plain line all days. Numbers are
exact, and None where a figure is undefined (never 0 for n / 0).
Source: the article on the agreement of sales and marketing, and HubSpot's goals.
"""

from __future__ import annotations

import calendar as months
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Final, Literal

from bot.domain.figures import month_of, quarter_of
from bot.domain.when import wall_to_instant

if TYPE_CHECKING:
    from bot.domain.worktime import Calendar, Windows

State = Literal["ahead", "on pace", "behind"]

AHEAD: Final = Fraction(105, 100)
"""A ratio from here on is ahead."""
BEHIND: Final = Fraction(95, 100)
"""A ratio below this is behind."""


@dataclass(frozen=True, slots=True)
class Pace:
    """Where a target stands. All amounts are in the target's own unit: leads, or minor units of a currency.

    `actual` is None where it is not known; so is then all that depends on it.
    """

    target: Fraction
    actual: Fraction | None
    elapsed_days: int
    days: int
    expected: Fraction | None
    """What the line reaches today; None for a period without a day that counts."""
    ratio: Fraction | None
    """Actual / expected; None before the first day that counts, and for a target of 0."""
    state: State | None
    """`ahead` from a ratio of 1.05, `behind` below 0.95."""
    projection: Fraction | None
    """What the period ends with if it goes on like this: actual x days / elapsed days."""
    needed_per_working_day: Fraction | None
    """What each day left must bring to reach the target, 0 once it is reached; None where no day is left."""


def pace(
    target: Fraction | int,
    actual: Fraction | int | None,
    first_day: date,
    last_day: date,
    today: date,
    calendar: Calendar,
) -> Pace:
    """Business pace: only days count that have at least one window in the calendar.

    A `today` after the period means all of it, one before it none. ValueError where the period ends before it
    starts.
    """
    _check(first_day, last_day)
    days = working_days(calendar, first_day, last_day)
    return _pace(target, actual, working_days(calendar, first_day, min(today, last_day)), days)


def straight_pace(
    target: Fraction | int, actual: Fraction | int | None, first_day: date, last_day: date, today: date
) -> Pace:
    """The plain line: every day of the calendar year counts. Otherwise as `pace`."""
    _check(first_day, last_day)
    elapsed = max(0, (min(today, last_day) - first_day).days + 1)
    return _pace(target, actual, elapsed, (last_day - first_day).days + 1)


def _pace(target: Fraction | int, actual: Fraction | int | None, elapsed: int, days: int) -> Pace:
    target = Fraction(target)
    actual = None if actual is None else Fraction(actual)
    expected = target * elapsed / days if days else None
    ratio = actual / expected if actual is not None and expected else None
    left = days - elapsed
    return Pace(
        target=target,
        actual=actual,
        elapsed_days=elapsed,
        days=days,
        expected=expected,
        ratio=ratio,
        state=None if ratio is None else _state(ratio),
        projection=actual * days / elapsed if actual is not None and elapsed else None,
        needed_per_working_day=max(Fraction(0), target - actual) / left
        if actual is not None and left
        else None,
    )


def _state(ratio: Fraction) -> State:
    if ratio >= AHEAD:
        return "ahead"
    return "behind" if ratio < BEHIND else "on pace"


def _check(first_day: date, last_day: date) -> None:
    if last_day < first_day:
        raise ValueError(f"a period ends on its first day or later; {first_day} to {last_day} does not")


# --- days and periods ---


def is_working_day(calendar: Calendar, day: date) -> bool:
    """Whether a day has at least one window that starts on it; a holiday has none."""
    return bool(_windows_on(calendar, day))


def working_days(calendar: Calendar, first_day: date, last_day: date) -> int:
    """How many working days lie between two days, both counted; 0 where the last one comes first."""
    span = (last_day - first_day).days + 1
    return sum(is_working_day(calendar, first_day + timedelta(days=step)) for step in range(span))


def opening_of(calendar: Calendar, day: date) -> datetime | None:
    """When the work of a day begins (UTC): the start of its first window; None for a day off."""
    starts = [start for start, _ in _windows_on(calendar, day)]
    if not starts:
        return None
    wall = datetime.combine(day, time()) + timedelta(minutes=min(starts))
    return wall_to_instant(wall, calendar.zone)


def period_of(period: str, day: date) -> tuple[date, date]:
    """The first and the last day of the ISO week, month, calendar quarter or year that holds a day.

    ValueError for another word than `week`, `month`, `quarter` and `year`.
    """
    if period == "week":
        monday = day - timedelta(days=day.weekday())
        return monday, monday + timedelta(days=6)
    if period not in _MONTHS:
        raise ValueError(f"{period!r} is not a period; there are week, {', '.join(_MONTHS)}")
    size = _MONTHS[period]
    first = date(day.year, (day.month - 1) // size * size + 1, 1)
    last_month = first.month + size - 1
    return first, date(day.year, last_month, months.monthrange(day.year, last_month)[1])


def period_name(period: str, day: date) -> str:
    """The identity of the period that holds a day: `2026-W47`, `2026-11`, `2026-Q4` or `2026`."""
    first, _ = period_of(period, day)
    if period == "week":
        year, week, _ = first.isocalendar()
        return f"{year:04}-W{week:02}"
    return {"month": month_of(day), "quarter": quarter_of(day), "year": f"{day.year:04}"}[period]


_MONTHS: Final = {"month": 1, "quarter": 3, "year": 12}


def _windows_on(calendar: Calendar, day: date) -> Windows:
    if day in calendar.exceptions:
        return calendar.exceptions[day]
    return () if day in calendar.closed else calendar.weekly[day.weekday()]
