"""JSON Lines: one event of contract section 4 a line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from bot.errors import FormatError
from bot.sources.events import Event
from bot.sources.rows import MAX_LINE, TOO_LONG, Row, import_id
from bot.sources.schema import event_id, read_statement
from bot.sources.strict_json import loads, shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_WHOLE: Final = "row"


def read_json_lines(lines: Iterable[bytes]) -> Iterator[Row]:
    """Read a file of events line by line; nothing is kept between two lines.

    An event is named by the `id` beside its `type`, else by its content. Blank lines are passed over. A line
    that is not an event becomes a row with its problem.
    """
    for number, line in enumerate(lines, start=1):
        if line.isspace():
            continue
        try:
            yield Row(number, _event(line), None)
        except FormatError as error:
            place = "" if error.field == _WHOLE else f", {error.field}"
            yield Row(number, None, f"row {number}{place}: {error.reason}")


def _event(line: bytes) -> Event:
    if len(line) > MAX_LINE:
        raise FormatError(_WHOLE, TOO_LONG)
    value: Any = loads(line.rstrip(b"\r\n"), _WHOLE)
    if value.__class__ is not dict:
        raise FormatError(_WHOLE, f"must be one event, an object; it is {shown(value)}")
    own = value.get("id")
    name = None if own is None else event_id(own)
    statement = read_statement(value)
    return Event(import_id(statement) if name is None else name, *statement)
