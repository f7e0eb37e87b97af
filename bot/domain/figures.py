"""Figures of the funnel: exact numbers in, and None where a figure is undefined (never 0 for n / 0)."""

from __future__ import annotations

import math
import statistics
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from bot.domain.when import When

_TICK = timedelta(microseconds=1)
_TICKS_A_DAY = 24 * 60 * 60 * 10**6


def mean(values: Sequence[Fraction | int]) -> float | None:
    """Return the arithmetic mean; None of nothing. The sum is exact, only the result is a float."""
    return float(sum(values, Fraction(0)) / len(values)) if values else None


def median(values: Sequence[Fraction | int]) -> float | None:
    """Return the middle value, of an even number the mean of the two in the middle; None of nothing."""
    return float(statistics.median(map(Fraction, values))) if values else None


def percentile(values: Sequence[Fraction | int], p: float) -> float | None:
    """Return the smallest value that at least p percent of the values do not exceed; None of nothing.

    This is the nearest-rank definition: rank ceil(p / 100 x n), so the result is always one of the values.
    ValueError unless 0 < p <= 100.
    """
    if not 0 < p <= 100:
        raise ValueError(f"a percentile is above 0 and at most 100; {p} is not")
    if not values:
        return None
    rank = math.ceil(_exact(p) * len(values) / 100)
    return float(sorted(values)[rank - 1])


def rate(part: int, whole: int) -> float | None:
    """Return part / whole, such as won / (won + lost); None where the whole is 0."""
    return part / whole if whole else None


def velocity_per_day(
    open_count: int,
    mean_won_value: Fraction | Decimal | float,
    win_rate: Fraction | Decimal | float,
    cycle_days: Fraction | Decimal | float,
    *,
    digits: int = 2,
) -> Decimal | None:
    """Return the money won a day: open deals x mean won value x win rate / mean cycle in days.

    The result has the unit of `mean_won_value`, rounded half up to `digits` decimals; None where the cycle is
    not above zero.
    """
    days = _exact(cycle_days)
    if days <= 0:
        return None
    exact = open_count * _exact(mean_won_value) * _exact(win_rate) / days * 10**digits
    size = math.floor(abs(exact) + Fraction(1, 2))
    return Decimal(-size if exact < 0 else size).scaleb(-digits)


def mql_value(revenue_minor: int, leads: int) -> Fraction | None:
    """Return what a lead is worth, in minor units: revenue of the won leads / leads; None without leads.

    That is the close rate x the average revenue of a won lead.
    """
    return Fraction(revenue_minor, leads) if leads else None


def wall_days(start: When, end: When, zone: str) -> Fraction:
    """Return the days from start to end: the difference of their wall times in `zone` / 24 hours, exactly.

    A date alone counts as 00:00. Below zero where the end comes first.
    """
    return Fraction((end.wall(zone) - start.wall(zone)) // _TICK, _TICKS_A_DAY)


def month_of(day: date) -> str:
    """Return the month's identity: `2026-11`."""
    return f"{day.year:04}-{day.month:02}"


def quarter_of(day: date) -> str:
    """Return the calendar quarter's identity: `2026-Q4`."""
    return f"{day.year:04}-Q{(day.month + 2) // 3}"


def _exact(number: Fraction | Decimal | float) -> Fraction:
    """Return the number; a float stands for the shortest decimal that reads as it (0.1 is 1/10)."""
    return Fraction(str(number)) if isinstance(number, float) else Fraction(number)
