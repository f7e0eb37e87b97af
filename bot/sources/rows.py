"""What all kinds of import files share: numbered rows, ids that depend on content alone, bounded lines."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, Final

from bot.domain.when import instant_text
from bot.sources.strict_json import dumps, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.sources.events import Event
    from bot.sources.schema import Statement

MAX_LINE: Final = 1024 * 1024
"""Bytes of a line; what is longer is a fault of its row, not a reason to fill the memory."""

TOO_LONG: Final = f"is longer than {MAX_LINE} bytes"


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a file: exactly one of its event and its problem.

    `number` counts from 1: the lines of JSON Lines, the rows after the header of a CSV file (without those
    whose cells are all empty). `problem` is for who imports: `row 17, column close_value: … (line 18)`.
    """

    number: int
    event: Event | None
    problem: str | None


def import_id(statement: Statement) -> str:
    """The id of a row that has none: the same statement has the same id, wherever it stands."""
    at, kind, data = instant_text(statement.at), statement.type, statement.data
    return "import:" + hashlib.sha256(dumps({"at": at, "data": data, "type": kind}).encode()).hexdigest()


def bounded_lines(stream: BinaryIO) -> Iterator[bytes]:
    """The lines of a binary file, one at a time, with their ends; one longer than MAX_LINE is cut behind it.

    What is cut off is read over, so that memory stays bounded whatever the file holds.
    """
    while line := stream.readline(MAX_LINE + 1):
        rest = line
        while len(rest) > MAX_LINE and not rest.endswith(b"\n"):
            rest = stream.readline(MAX_LINE + 1)
        yield line


def plain(name: str) -> str:
    """A name of the file as a message may show it: as it is, unless it is long or not printable."""
    return name if len(name) <= 60 and name.isprintable() else shown(name)
