"""The map of an import file: which event a row becomes, and which of its columns fill which fields."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from bot.errors import FormatError
from bot.sources import kinds
from bot.sources.rows import plain
from bot.sources.schema import SHAPES
from bot.sources.strict_json import shown

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_PLACEHOLDER: Final = re.compile(r"\{([^{}]*)\}")
_KEYS: Final = ("type", "timestamp", "timezone", "columns", "values")


@dataclass(frozen=True, slots=True)
class Expression:
    """How a cell is made: literals around columns. `{a} {b}` has the literals "", " ", "" and two columns."""

    literals: tuple[str, ...]
    columns: tuple[str, ...]

    def value(self, cells: Sequence[str]) -> str:
        """The text for these cells, one a column, in order; empty where all of them are."""
        if self.columns and not any(cells):
            return ""
        joined = self.literals[0]
        for cell, literal in zip(cells, self.literals[1:], strict=True):
            joined += cell + literal
        return joined.strip()


@dataclass(frozen=True, slots=True)
class ValueMap:
    """Their values and ours: compared exactly, then without case; a value that is not listed stays."""

    exact: Mapping[str, str]
    folded: Mapping[str, str]

    def value(self, text: str) -> str:
        """Our value for theirs."""
        found = self.exact.get(text)
        return self.folded.get(text.casefold(), text) if found is None else found


@dataclass(frozen=True, slots=True)
class ImportMap:
    """A valid map. `timezone` is None where the file of the map does not say it, `timestamp` likewise."""

    type: str
    timestamp: Expression | None
    timezone: str | None
    columns: Mapping[str, Expression]
    values: Mapping[str, ValueMap]


def parse_map(text: str, path: str) -> ImportMap:
    """Read a map file. FormatError with `path` and every fault by its key, like `columns.amont: …`."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise FormatError(path, f"is not TOML: {error}") from None
    problems = _Problems()
    found = _read(table, problems)
    if problems:
        raise FormatError(path, "; ".join(problems))
    return found


class _Problems(list[str]):
    """Faults collected, so that all of them are told at once."""

    def note(self, key: str, reason: str) -> None:
        self.append(f"{key}: {reason}")


def _read(table: Mapping[str, Any], problems: _Problems) -> ImportMap:
    for key in table:
        if key not in _KEYS:
            problems.note(plain(key), f"is not a key of a map; valid are {', '.join(_KEYS)}")
    kind = table.get("type")
    if not isinstance(kind, str) or kind not in SHAPES:
        said = "is missing" if kind is None else f"is {shown(kind)}"
        problems.note("type", f"{said}; valid are {', '.join(sorted(SHAPES))}")
        kind = ""
    columns = {
        field: expression
        for field, source in _table(table, "columns", problems).items()
        if (expression := _expression(source, f"columns.{plain(field)}", problems)) is not None
    }
    timestamp = table.get("timestamp")
    found = ImportMap(
        type=kind,
        timestamp=None if timestamp is None else _expression(timestamp, "timestamp", problems),
        timezone=_zone(table.get("timezone"), problems),
        columns=columns,
        values=_values(table, columns, problems),
    )
    if kind:
        _check_fields(found, problems)
    return found


def _table(table: Mapping[str, Any], key: str, problems: _Problems) -> Mapping[str, Any]:
    found = table.get(key, {})
    if isinstance(found, dict):
        return found
    problems.note(key, f"must be a table, written [{key}]")
    return {}


def _expression(source: Any, key: str, problems: _Problems) -> Expression | None:
    if not isinstance(source, str) or not source.strip():
        problems.note(key, 'must be the name of a column, a join like "{a} {b}", or a constant like "=text"')
        return None
    if source.startswith("="):
        return Expression((source[1:],), ())
    if "{" not in source and "}" not in source:
        return Expression(("", ""), (source.strip(),))
    literals = tuple(_PLACEHOLDER.split(source)[::2])
    columns = tuple(name.strip() for name in _PLACEHOLDER.findall(source))
    if not all(columns) or any("{" in literal or "}" in literal for literal in literals):
        problems.note(key, f"{shown(source)} must have each column in braces, like {{first}} {{last}}")
        return None
    return Expression(literals, columns)


def _zone(name: Any, problems: _Problems) -> str | None:
    if name is None:
        return None
    try:
        return kinds.time_zone(name, "timezone")
    except FormatError as error:
        problems.note(error.field, error.reason)
        return None


def _values(
    table: Mapping[str, Any], columns: Mapping[str, Expression], problems: _Problems
) -> dict[str, ValueMap]:
    found: dict[str, ValueMap] = {}
    for field, pairs in _table(table, "values", problems).items():
        key = f"values.{plain(field)}"
        if field not in columns:
            problems.note(key, "columns has no such field; add it there")
        elif not isinstance(pairs, dict) or not all(isinstance(ours, str) for ours in pairs.values()):
            problems.note(key, 'must be a table of texts: their value = "ours"')
        else:
            folded = {theirs.strip().casefold(): ours for theirs, ours in pairs.items()}
            found[field] = ValueMap({theirs.strip(): ours for theirs, ours in pairs.items()}, folded)
    return found


def _check_fields(found: ImportMap, problems: _Problems) -> None:
    shape = SHAPES[found.type]
    valid = [name for name, kind in shape.fields.items() if kind is not kinds.spend]
    for field in found.columns:
        if field not in valid:
            reason = f"is not a field of {found.type}; valid are {', '.join(valid)}"
            problems.note(f"columns.{plain(field)}", reason)
    for choice in _needed(found.type):
        if not any(name in found.columns for name in choice):
            problems.note(f"columns.{choice[0]}", f"is missing; {found.type} needs {' or '.join(choice)}")


def _needed(kind: str) -> tuple[tuple[str, ...], ...]:
    """The fields that a row of this type cannot do without; of each group one will do."""
    shape = SHAPES[kind]
    if shape.identity is None:
        return (("lead_id", "email"),)
    if "merged_from" in shape.fields:
        return ((shape.identity,), ("merged_from",))
    return ((shape.identity,),)
