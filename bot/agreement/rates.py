"""`conversion` and `conversion_file`: what other currencies are worth in the agreement's."""

from __future__ import annotations

import csv
import io
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from bot.agreement import values
from bot.agreement.reading import Fault, Key, MapOf, RefusedError, Report, Section, UnfitError, Value, shown
from bot.domain.agreement import Rate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date

_COLUMNS: Final = ("currency", "from", "rate")
_MOST_FAULTS: Final = 20
_NO_RATES: Final[dict[str, Decimal]] = {}

CURRENCY: Final = Key("currency", Value(values.currency), default="USD")
CONVERSION: Final = Key("conversion", MapOf(values.currency, Value(values.rate)), default=_NO_RATES)
CONVERSION_FILE: Final = Key[str | None]("conversion_file", Value(values.text(1000)), default=None)


def check_own(document: Section) -> Iterator[Fault]:
    """The agreement's own currency is worth 1 of itself."""
    own = document.get(CURRENCY)
    if document.get(CONVERSION).get(own, Decimal(1)) != 1:
        yield (CONVERSION.name, own), "is the agreement's own currency, whose rate is always 1; leave it out"


def build(document: Section, read_file: Callable[[str], str], report: Report) -> tuple[Rate, ...]:
    """All rates: those of `conversion` hold ever, those of the file from their day on.

    RefusedError, with the reasons in `report`, for a file that cannot be read or has a faulty row.
    """
    name = document.get(CONVERSION_FILE)
    dated = _read_file(name, read_file, report) if name is not None else []
    fixed = [Rate(currency, rate) for currency, rate in document.get(CONVERSION).items()]
    return (*fixed, *dated)


def _read_file(name: str, read_file: Callable[[str], str], report: Report) -> list[Rate]:
    place = (CONVERSION_FILE.name,)
    try:
        text = read_file(name)
    except (OSError, UnicodeError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "it is not UTF-8 text"
        report.fault(place, f"{shown(name)} cannot be read ({reason}); name a CSV file beside the agreement")
        raise RefusedError from None
    try:
        rows = _rows(text)
    except UnfitError as unfit:
        report.fault(place, f"{name}: {unfit}")
        raise RefusedError from None
    rates, faults = _rates(rows)
    for fault in faults[:_MOST_FAULTS]:
        report.fault(place, f"{name}, {fault}")
    if faults:
        raise RefusedError
    return rates


def _rows(text: str) -> list[tuple[int, list[str]]]:
    """The rows under the header that are not blank, with their line; UnfitError for what is no such table."""
    lines = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""))
    try:
        found = [(lines.line_num, [cell.strip() for cell in row]) for row in lines]
    except csv.Error as error:
        raise UnfitError(f"line {lines.line_num} is not CSV ({error})") from None
    rows = [(number, row) for number, row in found if any(row)]
    if not rows or tuple(cell.lower() for cell in rows[0][1]) != _COLUMNS:
        raise UnfitError(f"the first line must be {','.join(_COLUMNS)}")
    return rows[1:]


def _rates(rows: list[tuple[int, list[str]]]) -> tuple[list[Rate], list[str]]:
    """The rates, and a sentence for each row that holds none."""
    rates: dict[tuple[str, date | None], Rate] = {}
    faults = []
    for number, row in rows:
        try:
            rate = _rate(row)
        except UnfitError as unfit:
            faults.append(f"line {number}: {unfit}")
            continue
        if rates.setdefault((rate.currency, rate.since), rate) != rate:
            faults.append(f"line {number}: {rate.currency} has another rate from {rate.since} already")
    return list(rates.values()), faults


def _rate(row: list[str]) -> Rate:
    if len(row) != len(_COLUMNS):
        raise UnfitError(f"has {len(row)} cells; write {','.join(_COLUMNS)}, with a point in the rate")
    currency, since, rate = row
    return Rate(values.currency(currency), values.rate(rate), values.day(since))
