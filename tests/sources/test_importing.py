"""One door for import files: the format is told by the first line."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from bot.errors import FormatError
from bot.sources.importing import parse_map, read_rows

AS_OF = datetime(2026, 4, 15, 15, tzinfo=UTC)
MAP = parse_map('type = "deal.updated"\n[columns]\nid = "id"\nclosed_at = "closed"', "map.toml")
EVENT = {
    "type": "deal.updated",
    "timestamp": "2026-04-15T15:00:00Z",
    "data": {"id": "1", "closed_at": "2026-03-31"},
}


@pytest.mark.parametrize("start", [b"", b"\n", b"\xef\xbb\xbf", b"\xef\xbb\xbf\n \n"])
@pytest.mark.parametrize(
    "text", [b"id,closed\n1,2026-03-31\n", json.dumps(EVENT).encode()], ids=["csv", "json"]
)
def test_both_formats(start, text):
    """A CSV row and a JSON line that state the same are the same event, whatever blank lines come first."""
    lines = (start + text).splitlines(keepends=True)
    (row,) = read_rows(lines, MAP, as_of=AS_OF)
    (plain,) = read_rows([json.dumps(EVENT).encode()], as_of=AS_OF)
    assert row.event == plain.event


def test_line_numbers_count_blank_lines():
    """The lines that problems name are the file's own, blank ones counted."""
    rows = [
        *read_rows([b"\n", b"\n", b"{\n"], as_of=AS_OF),
        *read_rows([b"\n", b"id,closed\n", b"1\n"], MAP, as_of=AS_OF),
    ]
    assert [row.problem for row in rows] == [
        "row 3: is not JSON: Expecting property name enclosed in double quotes (column 2)",
        "row 1: has 1 cells, the header 2 (line 3)",
    ]


def test_the_zone_of_the_agreement():
    """Where the map is silent, times without an offset are read in the given zone."""
    rows = read_rows([b"id,closed\n", b"1,2026-03-31 09:30\n"], MAP, as_of=AS_OF, zone="Europe/Berlin")
    assert [row.event.data["closed_at"] for row in rows] == ["2026-03-31T07:30:00Z"]


@pytest.mark.parametrize("lines", [[], [b"\n", b" \n"], [b"\xef\xbb\xbf"]])
def test_an_empty_file(lines):
    """A file without content is refused."""
    with pytest.raises(FormatError, match=r"^file: is empty$"):
        read_rows(lines, MAP, as_of=AS_OF)


def test_csv_needs_a_map():
    """A table without a map is refused before any row, with what is needed."""
    with pytest.raises(
        FormatError, match=r"^header: is not known; say with --map what its columns mean: a, b$"
    ):
        read_rows([b"a,b\n", b"1,2\n"], as_of=AS_OF)
