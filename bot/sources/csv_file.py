"""CSV: the header says what the columns are called, a map what they mean."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, repeat
from typing import TYPE_CHECKING, Any, Final

from bot.domain.when import When, instant_text, parse_instant, wall_to_instant
from bot.errors import FormatError
from bot.sources import kinds
from bot.sources.events import Event
from bot.sources.rows import MAX_LINE, TOO_LONG, Row, import_id, plain
from bot.sources.schema import SHAPES, read_statement

if TYPE_CHECKING:
    from datetime import datetime

    from bot.sources.mapping import Expression, ImportMap, ValueMap

_BOM: Final = b"\xef\xbb\xbf"
_UTF_16: Final = (b"\xff\xfe", b"\xfe\xff")
_DELIMITERS: Final = ",;\t"
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_WALL_TIME: Final = re.compile(rf"{_DAY.pattern}[Tt ][0-9]{{2}}:[0-9]{{2}}(?::[0-9]{{2}}(?:[.,][0-9]+)?)?")
_TRUE: Final = frozenset({"true", "yes", "y", "1"})
_FALSE: Final = frozenset({"false", "no", "n", "0"})

_Reader = Callable[[str], Any]


def read_csv(
    lines: Iterable[bytes], import_map: ImportMap | None, *, as_of: datetime, zone: str = "UTC"
) -> Iterator[Row]:
    """Read a CSV file row by row; nothing is kept between two rows.

    UTF-8 with or without byte order mark; comma, semicolon or tab, told by the header, which is the first
    line that is not blank. A row without a timestamp of its own happened at `as_of`. Times without an offset
    are read in the map's zone, else in `zone`; a date alone stays one where the field may hold it, and is
    00:00 of that day where an instant is needed. A row that is not an event becomes a row with its problem.

    FormatError at once, before any row, where the header cannot be read, where there is no map for it, and
    where the map names a column that the header lacks (it names the field and the file's columns).
    """
    source = _Lines(lines)
    blank = 0
    while (first := next(source, None)) is not None and not first.strip():
        blank += 1
    if first is None:
        raise FormatError("header", "is missing; the file is empty")
    whole = chain(repeat("\n", blank), (first,), source)
    reader = csv.reader(whole, delimiter=_delimiter(first), skipinitialspace=True, strict=True)
    header = _header(reader, source)
    if import_map is None:
        raise FormatError("header", f"is not known; say with --map what its columns mean: {_listed(header)}")
    return _rows(reader, source, _Binding(import_map, header, as_of, import_map.timezone or zone))


class _Lines:
    """Decodes lines one at a time. `fault` says what was wrong with a line read since it was cleared."""

    def __init__(self, lines: Iterable[bytes]) -> None:
        self._lines = iter(lines)
        self._at_start = True
        self.fault: str | None = None

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = next(self._lines)
        if self._at_start:
            self._at_start = False
            if line.startswith(_UTF_16):
                raise FormatError("header", "is UTF-16; save the file as UTF-8")
            line = line.removeprefix(_BOM)
        if len(line) > MAX_LINE:
            self.fault = TOO_LONG
            return "\n"
        try:
            text = line.decode("utf-8")
        except UnicodeDecodeError as error:
            self.fault = f"is not UTF-8 (byte {error.start + 1} of its line); save the file as UTF-8"
            return line.decode("utf-8", "replace")
        if "\x00" in text:
            self.fault = "has a NUL character"
        return text


def _delimiter(line: str) -> str:
    """The delimiter that divides the header into most columns; quoted ones do not count."""

    def columns(delimiter: str) -> int:
        try:
            return len(next(csv.reader([line], delimiter=delimiter, skipinitialspace=True)))
        except csv.Error:
            return 0

    return max(_DELIMITERS, key=columns)


def _header(reader: Iterator[list[str]], source: _Lines) -> list[str]:
    try:
        header = [name.strip() for name in next(row for row in reader if row)]
    except csv.Error as error:
        raise FormatError("header", f"is not CSV ({error})") from None
    if source.fault is not None:
        raise FormatError("header", source.fault)
    if not any(header):
        raise FormatError("header", "is empty; the first line must name the columns")
    return header


def _rows(reader: Any, source: _Lines, binding: _Binding) -> Iterator[Row]:
    number = 0
    while True:
        source.fault = None
        line = reader.line_num + 1
        try:
            cells = [cell.strip() for cell in next(reader)]
            problem = source.fault
        except StopIteration:
            return
        except csv.Error as error:
            cells, problem = [], f"is not CSV ({error}); look for a quote that is not closed"
        if problem is None and not any(cells):
            continue
        number += 1
        yield _row(number, line, cells, problem, binding)


def _row(number: int, line: int, cells: Sequence[str], problem: str | None, binding: _Binding) -> Row:
    place = ""
    if problem is None:
        try:
            return Row(number, binding.event(cells), None)
        except FormatError as error:
            place, problem = error.field, error.reason
    where = f"row {number}, {place}" if place else f"row {number}"
    return Row(number, None, f"{where}: {problem} (line {line})")


@dataclass(frozen=True, slots=True)
class _Filler:
    """Fills one field: the places of its columns in a row, how they are joined, how the text is read."""

    label: str
    places: tuple[int, ...]
    expression: Expression
    read: _Reader

    def value(self, cells: Sequence[str]) -> Any:
        """The field's value, None where its cells are empty or mean nothing."""
        text = self.expression.value([cells[place] for place in self.places])
        found = self.read(text) if text else None
        return None if found == "" else found


class _Binding:
    """A map applied to a header."""

    def __init__(self, import_map: ImportMap, header: list[str], as_of: datetime, zone: str) -> None:
        self._type = import_map.type
        self._as_of = instant_text(as_of)
        self._width = len(header)
        self._fillers: dict[str, _Filler] = {}
        fields = SHAPES[import_map.type].fields
        for field, expression in import_map.columns.items():
            read = _reader(fields[field], import_map.values.get(field), field, zone)
            self._fillers[field] = _filler(expression, header, f"columns.{field}", field, read)
        self._timestamp: _Filler | None = None
        if import_map.timestamp is not None:
            read = _reader(kinds.instant, None, "timestamp", zone)
            self._timestamp = _filler(import_map.timestamp, header, "timestamp", "timestamp", read)

    def event(self, cells: Sequence[str]) -> Event:
        """The event of a row. FormatError with the column as its field."""
        if len(cells) != self._width:
            raise FormatError("", f"has {len(cells)} cells, the header {self._width}")
        try:
            statement = read_statement(self._envelope(cells))
        except FormatError as error:
            raise FormatError(self._place(error.field), error.reason) from None
        return Event(import_id(statement), *statement)

    def _envelope(self, cells: Sequence[str]) -> dict[str, Any]:
        data: dict[str, Any] = {}
        for field, filler in self._fillers.items():
            value = filler.value(cells)
            if value is not None:
                data[field] = value
        timestamp = None if self._timestamp is None else self._timestamp.value(cells)
        return {"type": self._type, "timestamp": timestamp or self._as_of, "data": data}

    def _place(self, field: str) -> str:
        name = re.split(r"[.\[]", field.removeprefix("data."))[0]
        filler = self._timestamp if name == "timestamp" else self._fillers.get(name)
        return f"field {name}" if filler is None else filler.label


def _filler(expression: Expression, header: list[str], key: str, field: str, read: _Reader) -> _Filler:
    places = []
    for column in expression.columns:
        if header.count(column) != 1:
            said = "has no column" if column not in header else "has more than one column"
            raise FormatError(key, f"the file {said} {plain(column)}; its columns are {_listed(header)}")
        places.append(header.index(column))
    names = " and ".join(plain(column) for column in expression.columns)
    label = f"column {names}" if len(places) == 1 else f"columns {names}" if places else f"field {field}"
    return _Filler(label, tuple(places), expression, read)


def _reader(kind: kinds.Kind, values: ValueMap | None, field: str, zone: str) -> _Reader:
    """How the text of a cell becomes the JSON value that the field's kind reads."""
    translate: Callable[[str], str] = str if values is None else values.value
    if kind in _LISTS:
        return lambda text: [translate(part) for part in _parts(text)]
    if kind is kinds.contributors:
        return lambda text: [{"email": translate(part)} for part in _parts(text)]
    if kind is kinds.boolean:
        return lambda text: _boolean(translate(text))
    if kind is kinds.moment or kind is kinds.instant:
        return lambda text: _in_zone(translate(text), field, zone, needs_instant=kind is kinds.instant)
    return translate


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(";") if part.strip()]


def _boolean(text: str) -> bool | str:
    folded = text.casefold()
    return True if folded in _TRUE else False if folded in _FALSE else text


def _in_zone(text: str, field: str, zone: str, *, needs_instant: bool) -> str:
    """A time without an offset as the instant it means in `zone`; everything else as it is."""
    if _DAY.fullmatch(text) and needs_instant:
        return instant_text(When.parse(text, field).starts(zone))
    if _WALL_TIME.fullmatch(text):
        wall = parse_instant(text + "Z", field).replace(tzinfo=None)
        return instant_text(wall_to_instant(wall, zone))
    return text


def _listed(header: Iterable[str]) -> str:
    return ", ".join(plain(name) for name in header)


_LISTS: Final = (kinds.texts, kinds.emails, kinds.identifiers)
