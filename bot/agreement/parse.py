"""Reads `agreement.toml`: every fault is found and named, and what is left becomes the agreement."""

from __future__ import annotations

import pathlib
import re
import tomllib
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, Final, TypeVar

from bot.agreement import hours, promises, rates, reminders, stages, tiers, wins
from bot.agreement.lines import Path, locate
from bot.agreement.reading import RefusedError, Report, Section
from bot.agreement.schema import ADMINS, DOCUMENT, NAME, ROOT_KEYS, TIMEZONE
from bot.domain.agreement import Agreement
from bot.errors import AgreementError

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

_FALLBACK_ZONE: Final = "UTC"
_TOML_PLACE: Final = re.compile(r"(.*) \(at (?:line (\d+), column (\d+)|end of document)\)", re.DOTALL)
_TOML_HINTS: Final = (
    ("Invalid value", 'a text stands in quotes: key = "text"'),
    ("Cannot overwrite a value", "the key is written twice"),
    ("Cannot declare", "the table is written twice"),
    ("Expected '='", "a line is key = value, a [table] or a # comment"),
    ("Invalid statement", "a line is key = value, a [table] or a # comment"),
)


@dataclass(frozen=True, slots=True)
class Parsed:
    """An agreement that is valid, and one sentence for each thing in its file that people should know."""

    agreement: Agreement
    warnings: tuple[str, ...]


def parse(
    text: str,
    *,
    path: str = "agreement.toml",
    read_file: Callable[[str], str] | None = None,
    horizon: tuple[int, int],
) -> Parsed:
    """Read the text of an agreement file.

    `horizon` is the first and the last calendar year for which public holidays are looked up. `read_file`
    gives the text of the file that `conversion_file` names; without it, that path is taken from the folder of
    `path`. A warning names line and key of whatever is valid and does not act in this version yet.

    AgreementError with every fault: its line, its key (tables of a list count from 1), what would be valid.
    """
    plain = text.removeprefix("\ufeff")
    data, lines = _toml(plain, path)
    report = Report(lines, root_keys=ROOT_KEYS)
    document = DOCUMENT.read(data, (), report)
    agreement = _build(document, read_file or _beside(path), horizon, report)
    if agreement is None or report.problems:
        raise AgreementError(path, report.problems)
    return Parsed(agreement, report.warnings)


def default(horizon: tuple[int, int]) -> Agreement:
    """The agreement of an empty file: all defaults."""
    return parse("", horizon=horizon).agreement


def _build(
    document: Section, read_file: Callable[[str], str], horizon: tuple[int, int], report: Report
) -> Agreement | None:
    """The agreement, or None where `report` says why. All parts are tried, so that every fault is found."""
    get = document.get
    zone = _tried(lambda: get(TIMEZONE)) or _FALLBACK_ZONE
    calendar = _tried(lambda: hours.build(get(hours.HOURS), zone, horizon, report))
    known_rates = _tried(lambda: rates.build(document, read_file, report))
    if report.problems or calendar is None or known_rates is None:
        return None
    return Agreement(
        name=get(NAME),
        timezone=get(TIMEZONE),
        currency=get(rates.CURRENCY),
        admins=get(ADMINS),
        rates=known_rates,
        calendar=calendar,
        stages=stages.build(get(stages.STAGES)),
        tiers=tiers.build(document, report),
        contact=reminders.build_contact(get(reminders.CONTACT)),
        reminders=reminders.build(get(reminders.REMINDERS)),
        wins=wins.build(get(wins.WINS), get(wins.PRIVACY)),
        credit=wins.build_credit(get(wins.CREDIT)),
        promises=promises.build(document),
        digest_channel=get(promises.DIGESTS).get(promises.DIGEST_CHANNEL),
    )


def _tried(build: Callable[[], T]) -> T | None:
    try:
        return build()
    except RefusedError:
        return None


def _toml(text: str, path: str) -> tuple[dict[str, Any], dict[Path, int]]:
    try:
        return tomllib.loads(text, parse_float=_exact), locate(text)
    except tomllib.TOMLDecodeError as error:
        problem = _toml_problem(str(error), text)
    except (ValueError, RecursionError):
        problem = "a number is too long or lists are nested too deeply; this is not an agreement"
    raise AgreementError(path, (problem,))


def _exact(number: str) -> Decimal:
    """A float as it is written; not a number where it has an exponent beyond all bounds."""
    try:
        return Decimal(number)
    except InvalidOperation:
        return Decimal("nan")


def _toml_problem(message: str, text: str) -> str:
    """What the TOML reader found, with the line first and a hint at what is usually meant."""
    match = _TOML_PLACE.fullmatch(message)
    what = match[1] if match else message
    line = int(match[2]) if match and match[2] else text.rstrip().count("\n") + 1
    column = f" (column {match[3]})" if match and match[3] else " (the file ends here)"
    hint = next((f"; {hint}" for start, hint in _TOML_HINTS if what.startswith(start)), "")
    return f"line {line}: this is not TOML: {what[:1].lower()}{what[1:]}{column}{hint}"


def _beside(path: str) -> Callable[[str], str]:
    return lambda name: (pathlib.Path(path).parent / name).read_text("utf-8")
