"""What the commands print, where it is read by a person and where it is read by a program."""

from __future__ import annotations

import io
from contextlib import redirect_stdout

import pytest

from bot.output import print_rows

HEADINGS = tuple(f"long heading {letter}" for letter in "abcdefgh")
ROW = ("a name of some length, as companies have them", *"1234567")


class Terminal(io.StringIO):
    """A stream that says that it is a terminal."""

    def isatty(self) -> bool:
        """It is."""
        return True


def printed(stream: io.StringIO) -> list[str]:
    """The lines of a table that is wider than 80 letters."""
    with redirect_stdout(stream):
        print_rows(HEADINGS, [ROW], "")
    return stream.getvalue().splitlines()


@pytest.fixture(autouse=True)
def narrow(monkeypatch):
    """A terminal of 80 columns."""
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("TERM", "dumb")


def test_a_file_gets_the_whole_table():
    """Piped or redirected, each heading and each cell stands whole in its line, however wide the table is."""
    _, headings, _, row, _ = printed(io.StringIO())
    assert [cell.strip() for cell in headings.strip("┃").split("┃")] == list(HEADINGS)
    assert [cell.strip() for cell in row.strip("│").split("│")] == list(ROW)


def test_a_terminal_keeps_its_width():
    """On a screen a table is as wide as the screen, and what does not fit goes on below."""
    lines = printed(Terminal())
    assert (max(map(len, lines)), len(lines) > 5) == (80, True)
