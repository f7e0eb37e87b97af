"""Ids that depend on content alone, and lines that never fill the memory."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sources.rows import MAX_LINE, bounded_lines, import_id, plain
from bot.sources.schema import Statement

AT = datetime(2026, 4, 15, 15, tzinfo=UTC)


def test_the_id_of_a_row():
    """An imported row is named by what it states."""
    statement = Statement("deal.won", AT, {"id": "D-1", "amount": "5"})
    stated = b'{"at":"2026-04-15T15:00:00Z","data":{"amount":"5","id":"D-1"},"type":"deal.won"}'
    assert import_id(statement) == "import:" + hashlib.sha256(stated).hexdigest()
    assert import_id(Statement("deal.won", AT, {"amount": "5", "id": "D-1"})) == import_id(statement)


@pytest.mark.parametrize(
    "other",
    [
        Statement("deal.lost", AT, {"id": "D-1"}),
        Statement("deal.won", AT.replace(microsecond=1), {"id": "D-1"}),
        Statement("deal.won", AT, {"id": "D-2"}),
        Statement("deal.won", AT, {"id": "D-1", "amount": None}),
    ],
)
def test_what_differs_has_another_id(other):
    """Another type, time or content is another event."""
    assert import_id(other) != import_id(Statement("deal.won", AT, {"id": "D-1"}))


@given(
    st.lists(st.binary(max_size=30).map(lambda line: line.replace(b"\n", b"") + b"\n")), st.binary(max_size=9)
)
def test_short_lines_are_untouched(lines, last):
    """Lines within the limit come as they are, in order, with their ends."""
    body = b"".join(lines) + last.replace(b"\n", b"")
    assert list(bounded_lines(BytesIO(body))) == list(BytesIO(body))


@pytest.mark.parametrize(
    ("length", "lengths"),
    [
        (MAX_LINE - 1, [MAX_LINE, 2]),
        (MAX_LINE, [MAX_LINE + 1, 2]),
        (MAX_LINE + 1, [MAX_LINE + 1, 2]),
        (2 * MAX_LINE + 1, [MAX_LINE + 1, 2]),
        (2 * MAX_LINE + 2, [MAX_LINE + 1, 2]),
        (5 * MAX_LINE, [MAX_LINE + 1, 2]),
    ],
)
def test_long_lines_are_cut(length, lengths):
    """A longer line is cut just behind the limit, and the next line is the next."""
    assert [len(line) for line in bounded_lines(BytesIO(b"x" * length + b"\ny\n"))] == lengths


def test_a_long_last_line():
    """A long line at the end of a file without a line break is cut, too."""
    assert [len(line) for line in bounded_lines(BytesIO(b"x" * (3 * MAX_LINE)))] == [MAX_LINE + 1]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("close_value", "close_value"),
        ("Größe €", "Größe €"),
        ("a\nb", "'a\\nb'"),
        ("\u202eabc", "'\\u202eabc'"),
    ],
)
def test_names_in_messages(name, text):
    """A name from a file is shown as it is, unless it could garble the message."""
    assert plain(name) == text
