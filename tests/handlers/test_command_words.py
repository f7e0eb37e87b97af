"""What people type behind a command."""

from __future__ import annotations

import pytest

from handlers.command_words import About, AboutWins, Somebody, about, about_wins, first_word


@pytest.mark.parametrize(
    ("text", "spans", "read"),
    [
        ("", False, About(None)),
        ("  \t ", True, About(None)),
        ("mine", False, About("mine")),
        (" TEAM ", False, About("team")),
        ("week", True, About(None, "week")),
        ("Mine  QUARTER", True, About("mine", "quarter")),
        ("team month", True, About("team", "month")),
        ("week", False, About(Somebody("week"))),
        ("@Maya  Okafor week", True, About(Somebody("@Maya Okafor"), "week")),
        ("<@U1|maya>", True, About(Somebody("<@U1|maya>"))),
        ("mine team", True, About(Somebody("mine team"))),
        ("week mine", True, About(Somebody("week mine"))),
    ],
)
def test_whom_and_what_time_a_command_is_about(text, spans, read):
    """`mine`, `team`, else somebody; a time stands last, where the command knows times."""
    assert about(text, spans=spans) == read


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("", AboutWins(None)),
        ("today", AboutWins(None, "today")),
        (" QUARTER mine", AboutWins("mine", "quarter")),
        ("team week", AboutWins("team", "week")),
        ("month @Maya  Okafor", AboutWins(Somebody("@Maya Okafor"), "month")),
        ("Robot ebook today", AboutWins(Somebody("Robot ebook"), "today")),
        ("the quarter report", AboutWins(Somebody("the quarter report"))),
        ("week month", AboutWins(Somebody("month"), "week")),
        ("“ROI ebook” quarter", AboutWins(Somebody("ROI ebook"), "quarter")),
    ],
)
def test_which_wins_a_command_is_about(text, read):
    """A time stands first or last, beside it a person or an asset."""
    assert about_wins(text) == read


@pytest.mark.parametrize(
    ("words", "meant"),
    [("@maya", True), ("<@U1>", True), ("maya@seller.example", True), ("everything", False)],
)
def test_words_that_can_only_be_a_person(words, meant):
    """Who types an @ means somebody; other words may be a mistake."""
    assert Somebody(words).is_meant is meant


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("", ("", "")),
        (" Explain ", ("explain", "")),
        ("explain  Dana Reyes ", ("explain", "Dana Reyes")),
        ("explain “Deal D-1” ", ("explain", "Deal D-1")),
        ("explain »Deal D-1«", ("explain", "Deal D-1")),
        ('explain "Deal D-1"', ("explain", "Deal D-1")),
        ("explain Dana’s “Fleet”", ("explain", "Dana’s “Fleet”")),
        ("explain “Fleet", ("explain", "“Fleet")),
        ("explain “", ("explain", "“")),
    ],
)
def test_the_first_word_and_the_rest(text, read):
    """The word is read without case, the rest is left as it was typed, but for quotes around it."""
    assert first_word(text) == read
