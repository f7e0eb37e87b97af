"""How a table of the agreement is read: every fault is noted with its place, and reading goes on."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Final, Generic, Literal, Protocol, TypeAlias, TypeVar, cast

from bot.agreement.lines import Path

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
Fault: TypeAlias = tuple[Path, str]

_SHOWN: Final = 60
_LARGE: Final = 10**18


class UnfitError(Exception):
    """A value is not what its key takes; the message says what would be, and does not name the key."""


class RefusedError(Exception):
    """A value cannot be used. What is wrong with it stands in the report already."""


class Missing(Enum):
    """Marks a key that must be written."""

    REQUIRED = "required"


REQUIRED: Final = Missing.REQUIRED


class Report:
    """What was found while reading: faults, and notices of what does not act yet."""

    def __init__(self, lines: Mapping[Path, int], *, root_keys: Iterable[str] = ()) -> None:
        """Name places by these lines; `root_keys` are the keys that belong above the first table."""
        self.root_keys = frozenset(root_keys)
        self._lines = lines
        self._faults: list[tuple[int, str]] = []
        self._notices: list[tuple[int, str]] = []

    @property
    def problems(self) -> tuple[str, ...]:
        """One sentence a fault, in the order of the file, each once."""
        return _in_order(self._faults)

    @property
    def warnings(self) -> tuple[str, ...]:
        """One sentence a notice, in the order of the file, each once."""
        return _in_order(self._notices)

    def fault(self, path: Path, reason: str, *, named: Path | None = None) -> None:
        """Note that the value at `path` cannot be used; `named` is the key to show instead of its own."""
        line = self._line(path)
        self._faults.append((line, f"{_place(line, path if named is None else named)}: {reason}"))

    def notice(self, path: Path, reason: str) -> None:
        """Note something about the value at `path` that people should know."""
        line = self._line(path)
        self._notices.append((line, f"{_place(line, path)} {reason}"))

    def _line(self, path: Path) -> int:
        """The line of the path, or of the nearest table around it; 0 where the file has none."""
        around = (path[:size] for size in range(len(path), 0, -1))
        return next((self._lines[known] for known in around if known in self._lines), 0)


class Reader(Protocol[T_co]):
    """Turns a value of the file into one of ours."""

    def read(self, value: object, path: Path, report: Report) -> T_co:
        """The value; RefusedError, with the reason in `report`, where it is not fit."""
        ...


@dataclass(frozen=True)
class Value(Generic[T]):
    """Reads one plain value by a function that raises UnfitError. One in a list is named by its list."""

    convert: Callable[[object], T]

    def read(self, value: object, path: Path, report: Report) -> T:
        """The converted value; RefusedError where it is unfit."""
        try:
            return self.convert(value)
        except UnfitError as unfit:
            report.fault(path, str(unfit), named=path[:-1] if isinstance(path[-1], int) else path)
            raise RefusedError from None


@dataclass(frozen=True)
class ListOf(Generic[T]):
    """Reads a list, every item by `item`; `finish` sees the whole (and may raise UnfitError).

    With `single` one value stands for a list of one. `least` is how many items there must be.
    """

    item: Reader[T]
    least: int = 0
    single: bool = False
    finish: Callable[[tuple[T, ...]], tuple[T, ...]] = lambda items: items

    def read(self, value: object, path: Path, report: Report) -> tuple[T, ...]:
        """All items; RefusedError where one is unfit, after all of them were looked at."""
        if isinstance(value, list):
            found = _read_all(((self.item, item, (*path, at)) for at, item in enumerate(value)), report)
        elif self.single:
            found = [self.item.read(value, path, report)]
        else:
            report.fault(path, f"{shown(value)} is not a list; write it in square brackets")
            raise RefusedError
        return Value(self._finish).read(found, path, report)

    def _finish(self, found: object) -> tuple[T, ...]:
        items = tuple(cast("list[T]", found))
        if len(items) < self.least:
            raise UnfitError("the list is empty; name at least one, or leave the key out")
        return self.finish(items)


@dataclass(frozen=True)
class MapOf(Generic[T]):
    """Reads a table with free keys: each key by `key` (which may raise UnfitError), each value by `item`."""

    key: Callable[[object], Any]
    item: Reader[T]

    def read(self, value: object, path: Path, report: Report) -> dict[Any, T]:
        """The mapping; RefusedError where a key or value is unfit or two keys mean the same."""
        table = as_table(value, path, report)
        parts: list[tuple[Reader[Any], object, Path]] = []
        for name, item in table.items():
            parts += [(Value(self.key), name, (*path, name)), (self.item, item, (*path, name))]
        found = _read_all(parts, report)
        keys, values = found[::2], found[1::2]
        if len(set(keys)) < len(keys):
            again = next(name for at, name in enumerate(table) if keys[at] in keys[:at])
            report.fault((*path, again), f"{shown(again)} is written twice")
            raise RefusedError
        return dict(zip(keys, values, strict=True))


def _read_all(parts: Iterable[tuple[Reader[Any], object, Path]], report: Report) -> list[Any]:
    """Read several values; RefusedError where one is unfit, after all of them were looked at."""
    found, refused = [], False
    for reader, value, path in parts:
        try:
            found.append(reader.read(value, path, report))
        except RefusedError:
            refused = True
    if refused:
        raise RefusedError
    return found


@dataclass(frozen=True)
class Key(Generic[T_co]):
    """One key of a table: its name, how it is read, its default, and whether it acts yet."""

    name: str
    reader: Reader[T_co]
    default: T_co | Literal[Missing.REQUIRED]
    acts: bool = True


@dataclass
class Section:
    """A table as it was read."""

    path: Path = ()
    _values: dict[str, object] = field(default_factory=dict)
    _refused: set[str] = field(default_factory=set)

    def get(self, key: Key[T]) -> T:
        """The value or its default; RefusedError for one that is faulty or missing."""
        if key.name in self._refused:
            raise RefusedError
        if key.name in self._values:
            return cast("T", self._values[key.name])
        if key.default is REQUIRED:
            raise RefusedError
        return key.default

    def wrote(self, key: Key[Any]) -> bool:
        """Whether the file has the key, fit or not."""
        return key.name in self._values or key.name in self._refused

    def put(self, name: str, value: object) -> None:
        """Keep a value that was read."""
        self._values[name] = value

    def refuse(self, name: str) -> None:
        """Keep that a key is written and faulty."""
        self._refused.add(name)


Check: TypeAlias = Callable[[Section], Iterator[Fault]]
"""Compares values of one table and yields faults, with paths from there. Reading a faulty value ends it."""


class Table:
    """Reads a table with known keys. An unknown key is a fault that names the nearest known one."""

    def __init__(self, *keys: Key[Any], checks: tuple[Check, ...] = ()) -> None:
        """These keys, and these checks of several of them together."""
        self.keys: Final = {key.name: key for key in keys}
        self._checks = checks

    def read(self, value: object, path: Path, report: Report) -> Section:
        """The section, in which faulty keys are marked; RefusedError only for what is no table at all."""
        section = Section(path)
        table = as_table(value, path, report)
        for name, item in table.items():
            if name in self.keys:
                self._read_key(self.keys[name], item, section, report)
            else:
                report.fault((*path, name), self._unknown(name, path, report))
        for key in self.keys.values():
            if key.default is REQUIRED and key.name not in table:
                report.fault((*path, key.name), "is missing")
        for check in self._checks:
            run_check(check, section, report)
        return section

    def _read_key(self, key: Key[Any], item: object, section: Section, report: Report) -> None:
        path = (*section.path, key.name)
        if not key.acts:
            report.notice(path, NOT_YET)
        try:
            section.put(key.name, key.reader.read(item, path, report))
        except RefusedError:
            section.refuse(key.name)

    def _unknown(self, name: str, path: Path, report: Report) -> str:
        near = difflib.get_close_matches(name.lower(), self.keys, n=1, cutoff=0.6)
        if near:
            return f'there is no such key; did you mean "{near[0]}"?'
        if path and name in report.root_keys:
            return "there is no such key here; it belongs above the first [table]"
        return f"there is no such key; valid are {', '.join(self.keys)}"


NOT_YET: Final = "is understood but does not act in this version yet"


def run_check(check: Check, section: Section, report: Report) -> None:
    """Report what the check finds, up to where it needs a value that is faulty itself."""
    try:
        for path, reason in check(section):
            report.fault((*section.path, *path), reason)
    except RefusedError:
        return


def as_table(value: object, path: Path, report: Report) -> dict[str, object]:
    """The value, if it is a table; RefusedError otherwise."""
    if isinstance(value, dict):
        return value
    report.fault(path, f"{shown(value)} is not a table; write {{ key = value }} or a [table]")
    raise RefusedError


def shown(value: object) -> str:
    """A value about as the file writes it, at most 60 characters."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f'"{_short(value)}"'
    if isinstance(value, list | dict):
        return "a list" if isinstance(value, list) else "a table"
    if isinstance(value, int) and abs(value) >= _LARGE:
        return "this number"
    return _short(str(value))


def _short(text: str) -> str:
    plain = "".join(letter if letter.isprintable() else " " for letter in text)
    return plain if len(plain) <= _SHOWN else plain[: _SHOWN - 1] + "…"


def _place(line: int, path: Path) -> str:
    """Line and key; tables of a list count from 1."""
    parts = (f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in path)
    name = "".join(parts).removeprefix(".")
    return f"line {line}, {name}" if line else name


def _in_order(found: list[tuple[int, str]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for _, text in sorted(found, key=lambda pair: pair[0])))
