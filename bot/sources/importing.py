"""Import files (contract, section 8): history as rows, each an event or the problem it has."""

from __future__ import annotations

from itertools import chain, repeat
from typing import TYPE_CHECKING, Final

from bot.errors import FormatError
from bot.sources.csv_file import read_csv
from bot.sources.json_lines import read_json_lines
from bot.sources.mapping import ImportMap, parse_map
from bot.sources.rows import Row, bounded_lines, import_id

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

__all__ = ["ImportMap", "Row", "bounded_lines", "import_id", "parse_map", "read_rows"]

_BOM: Final = b"\xef\xbb\xbf"


def read_rows(
    lines: Iterable[bytes], import_map: ImportMap | None = None, *, as_of: datetime, zone: str = "UTC"
) -> Iterator[Row]:
    """The rows of a file, in order, one at a time, whatever its format: it is told by the first line.

    Where the first line that is not blank begins with `{` or `[`, it is JSON Lines, and the map is not used;
    else it is the header of a CSV file. FormatError at once for an empty file and for a header that
    `read_csv` refuses.
    """
    rest = iter(lines)
    for blank, line in enumerate(rest):
        start = line.removeprefix(_BOM).lstrip()
        if start:
            whole = chain(repeat(b"\n", blank), (line,), rest)
            if start.startswith((b"{", b"[")):
                return read_json_lines(whole)
            return read_csv(whole, import_map, as_of=as_of, zone=zone)
    raise FormatError("file", "is empty")
