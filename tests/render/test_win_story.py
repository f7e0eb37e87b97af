"""The answer to `/wins explain DEAL`."""

from dataclasses import replace
from datetime import UTC, date, datetime
from fractions import Fraction

import pytest

from bot.domain.money import Money
from bot.domain.wins_facts import TouchPart
from bot.render.text import width
from bot.render.win_story import CHARACTERS, win_story
from tests.render import wins_examples as wx
from tests.render.judge import faults, spoken

OURS = ("<https://crm.seller.example/",)


def touch_line(share, amount, booked, odd):
    """How one touch's part is told."""
    part = TouchPart("Ebook", wx.WON_AT, share, share * amount.minor, Money(booked, amount.currency), odd=odd)
    win = replace(wx.WIN, amount=amount, touches=(part,), milestones=())
    return next(
        line for line in spoken(win_story(replace(wx.STORY, wins=(win,)))).splitlines() if "Ebook" in line
    )


@pytest.mark.parametrize(
    ("share", "amount", "booked", "odd", "told"),
    [
        (Fraction(1, 2), Money(1000, "USD"), 500, False, "50% · $5.00"),
        (Fraction(1, 3), Money(100, "USD"), 34, True, "33.3% (1/3) · 0.33333… → $0.34"),
        (Fraction(1, 4), Money(-101, "USD"), -26, True, "25% · -0.2525 → -$0.26"),
        (Fraction(1, 3), Money(100, "JPY"), 33, False, "33.3% (1/3) · 33.333… → ¥33"),
        (Fraction(1, 8), Money(1001, "KWD"), 125, False, "12.5% · 0.125125 → KWD\xa00.125"),
        (Fraction(12345, 67891), Money(100, "USD"), 18, False, "18.2% · 0.18183… → $0.18"),
        (Fraction(0), Money(100, "USD"), 0, False, "0% · $0.00"),
    ],
)
def test_a_part_with_its_rounding(share, amount, booked, odd, told):
    """The exact part stands before the booked one where it had to be rounded, with as many decimals as are needed."""
    assert touch_line(share, amount, booked, odd).endswith(told)


def test_the_odd_cents_are_given_names():
    """How many units rounding down leaves over, and which lines got them."""
    text = win_story(wx.STORY).text
    assert "the parts leave €0.01 over twice; the largest rests get it: here number 1 and 2." in text
    assert "the parts leave €0.01 over once; the largest rests get it: here number 1." in text


def test_nobody_is_mentioned():
    """Maya has an account in Slack; an explanation names her."""
    payload = win_story(wx.STORY)
    assert "Maya Okafor" in payload.text
    assert faults(payload, OURS) == []


def test_a_win_that_does_not_count():
    """It says what ended it and when, and that nothing is credited; no parts are told."""
    story = spoken(win_story(replace(wx.STORY, wins=(wx.LOST,), claims=(), churned=None)))
    assert "Does not count: the deal was lost after all Sun 15 Nov, 15:30. Nothing is credited." in story
    assert "Marketing" not in story


@pytest.mark.parametrize(
    ("model", "told"),
    [
        ("first", "All to the first touch; "),
        ("time_decay", "Time decay; "),
        ("full_path", "Full path: 22.5% each"),
        ("own_model", "own_model; "),
    ],
)
def test_the_model_is_named(model, told):
    """With its parameters; one that is not known is told as it is written."""
    assert told in win_story(replace(wx.STORY, wins=(replace(wx.WIN, model=model),))).text


def test_a_long_story_is_shortened_in_the_middle():
    """Lists lose their middle, the earliest wins are counted; it stays within what Slack takes."""
    payload = win_story(wx.LONG)
    assert faults(payload, OURS) == []
    assert width(spoken(payload)) <= CHARACTERS * 2
    told = spoken(payload)
    assert "touches left out …" in told
    assert "earlier wins not shown here" in told


def test_several_deals_are_listed():
    """Best by id; more than are shown are counted."""
    assert win_story(wx.UNCLEAR).text == (
        "5 deals match “fleet”. Please be more precise, best by id: "
        "generic/D-1001 (Fleet renewal 2027), won; generic/D-7; and 3 more."
    )


@pytest.mark.parametrize(
    ("left", "told"),
    [
        (date(2026, 11, 27), "The customer left Fri 27 Nov."),
        (datetime(2026, 11, 27, 8, 0, tzinfo=UTC), "The customer left Fri 27 Nov, 09:00."),
    ],
    ids=["a day", "an instant"],
)
def test_when_a_customer_left(left, told):
    """As every other time of the explanation: a day, or a time of its zone."""
    assert f"Kept revenue: {told}" in win_story(replace(wx.STORY, churned=left)).text.split("\n")
