"""JSON Lines: one event a line, faulty lines told by their number."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from itertools import count, islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sources.events import Event
from bot.sources.json_lines import read_json_lines
from bot.sources.rows import MAX_LINE

AT = datetime(2026, 4, 15, 15, tzinfo=UTC)


def line(**changes):
    members = {"type": "deal.deleted", "timestamp": "2026-04-15T15:00:00Z", "data": {"id": "D-1"}}
    return json.dumps(members | changes).encode() + b"\n"


def test_lines():
    """Each line is an event, numbered as an editor counts; blank lines are passed over."""
    lines = [b"\xef\xbb\xbf" + line(id="a"), b"\n", b" \r\n", line(id=7)]
    rows = list(read_json_lines(lines))
    assert [(row.number, row.event, row.problem) for row in rows] == [
        (1, Event("a", "deal.deleted", AT, {"id": "D-1"}), None),
        (4, Event("7", "deal.deleted", AT, {"id": "D-1"}), None),
    ]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (b"{", "row 2: is not JSON: Expecting property name enclosed in double quotes (column 2)"),
        (b"\xff", "row 2: is not UTF-8 (byte 1)"),
        (b"[1]", "row 2: must be one event, an object; it is [1]"),
        (b'{"a": 1, "a": 1}', "row 2: has the key 'a' twice in one object"),
        (line(id=" "), "row 2, id: must not be empty"),
        (
            line(timestamp="2026-02-30T10:00:00Z"),
            "row 2, timestamp: 2026-02-30T10:00:00Z is not a date of the calendar",
        ),
        (line(data={}), "row 2, data.id: is missing; it says which record is meant"),
        (line(data={"id": "D-1", "x": "x" * MAX_LINE}), "row 2: is longer than 1048576 bytes"),
    ],
    ids=["syntax", "encoding", "list", "twice", "id", "time", "identity", "long"],
)
def test_a_faulty_line_stops_no_other(text, problem):
    """A faulty line is told by number, field and reason; the lines around it are read."""
    rows = list(read_json_lines([line(id="a"), text, line(id="b")]))
    assert [row.event and row.event.id for row in rows] == ["a", None, "b"]
    assert (rows[0].problem, rows[2].problem) == (None, None)
    assert (rows[1].number, rows[1].problem) == (2, problem)


def test_lines_are_read_one_at_a_time():
    """No line is read before its row is asked for."""
    asked = []

    def lines():
        for number in count(1):
            asked.append(number)
            yield line(id=number)

    rows = islice(read_json_lines(lines()), 1000)
    assert [(row.event.id, asked[-1]) for row in rows] == [(str(number), number) for number in range(1, 1001)]


@given(st.lists(st.binary(max_size=40) | st.just(line()) | st.just(b"\n")))
def test_arbitrary_lines(lines):
    """Whatever lines hold, each that is not blank is an event or a problem under its number."""
    rows = list(read_json_lines(lines))
    assert [row.number for row in rows] == [
        at for at, text in enumerate(lines, start=1) if not text.isspace()
    ]
    assert [(row.event is None) != (row.problem is None) for row in rows] == [True] * len(rows)
