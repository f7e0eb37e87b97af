"""The answer to `/wins`."""

from dataclasses import replace
from datetime import date

import pytest

from bot.domain.facts import NotConverted
from bot.domain.wins_facts import Corrected
from bot.render.wins import wins
from tests.render import wins_examples as wx
from tests.render.examples import MAYA, eur, usd
from tests.render.judge import faults, spoken

OURS = ("<!date^1795186800", "<@U0MAYA>", "<https://crm.seller.example/")


def test_all_of_a_month_aloud():
    """Figures, both sides, the goal's pace, the wins, what is listed apart: read from above."""
    assert wins(wx.TEAM).text == (
        "Wins, team. Won this month, since 1 Nov (America/New_York).\n"
        "18 wins · $18,356.25.\n"
        "Kept until now: $13,556.25.\n"
        "Sales: <@U0MAYA> with $9,489.38 from 9 wins; Tom Lind with $8,866.87 from 10 wins; "
        "owner not known with $0.00 from 1 win.\n"
        "Marketing: 1. Robot picking ebook with $5,422.50 from 4 wins; 2. Webinar with $4,800.00 from 2 wins; "
        "2. Demo request with $4,800.00 from 2 wins; without an asset with $2,711.25 from 1 win; "
        "unattributed with $22.50 from 2 wins; 4 more with $600.00.\n"
        "6% of the November goal of $300,000. Behind: $18,356.25 of $195,000.00 expected by today, "
        "$46,940.63 needed on each working day left.\n"
        "Fleet renewal 2027, Northwind Robotics, $13,556.25 (€12,500.00), Renewal; <@U0MAYA>; "
        "Robot picking ebook +2; 20 Nov.\n"
        "Larch &amp; Sons, $4,800.00, customer left since; Tom Lind; Webinar; 3 Nov.\n"
        "Dock pilot, 12500 ABC; owner not known; unattributed; 2 Nov.\n"
        "And 15 earlier wins.\n"
        "No rate, so not in the money: 1 win with 12500 ABC.\n"
        "As of 20 Nov, 15:00 (UTC)."
    )


def test_both_sides_stand_side_by_side():
    """One table of two columns under a title each, as on the card."""
    (table,) = [block for block in wins(wx.TEAM).blocks if block["type"] == "table"]
    titles = [cell["elements"][0]["elements"][0]["text"] for cell in table["rows"][0]]
    assert (titles, len(table["rows"])) == (["Sales", "Marketing"], 2)


def test_people_have_ranks_only_where_they_are_ranked():
    """Assets are always ranked; people carry a number only where the facts do."""
    sales = [wins(view).text.splitlines()[3] for view in (wx.TEAM, wx.RANKED)]
    assert ["1. " in line for line in sales] == [False, True]
    assert sales[1].startswith("Sales: 1. Tom Lind with $9,489.38 from 9 wins; 2. <@U0MAYA> with ")


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        (
            {"state": "ahead", "expected": usd(1)},
            "Ahead: $18,356.25 of $0.01 expected by today, $46,940.63 needed",
        ),
        ({"state": "on pace"}, "On pace: $18,356.25 of $195,000.00 expected by today, $46,940.63 needed"),
        ({"state": None}, "No working day yet, $46,940.63 needed on each working day left."),
        ({"needed_per_working_day": None}, "expected by today, no working day left."),
        (
            {"goal": replace(wx.GOAL.goal, won=usd(30000000))},
            "100% of the November goal of $300,000. Reached.",
        ),
    ],
)
def test_the_pace_of_a_goal(changes, told):
    """Ahead, on pace or behind, and what each working day left must bring; a goal that is reached needs nothing."""
    (line,) = [
        line
        for line in wins(replace(wx.TEAM, goals=(replace(wx.GOAL, **changes),))).text.splitlines()
        if "goal" in line
    ]
    assert told in line


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"amount": None}, "€12,500.00, no rate"),
        ({"amount": None, "told": None}, "no amount given"),
        ({"told": None}, "$13,556.25, Renewal"),
        ({"part": usd(1)}, "$13,556.25 (€12,500.00), part $0.01, Renewal"),
        ({"part": usd(1355625)}, "$13,556.25 (€12,500.00), Renewal"),
        ({"customer": "fleet RENEWAL 2027"}, "Fleet renewal 2027, $13,556.25"),
        ({"deal_name": None, "customer": None}, "Deal D-1001, $13,556.25"),
        ({"sources": 1}, "; Robot picking ebook; 20 Nov."),
        ({"owner": None, "source": None}, "; owner not known; unattributed; 20 Nov."),
    ],
)
def test_one_win(changes, told):
    """What a line tells of its deal, whatever of it is known."""
    view = replace(wx.TEAM, wins=(replace(wx.FLEET, **changes),))
    assert any(told in line for line in wins(view).text.splitlines())


def test_nothing_was_won():
    """One sentence, no empty table; the goal is told all the same."""
    assert [block["type"] for block in wins(wx.NOTHING).blocks] == [
        "header",
        "context",
        "rich_text",
        "rich_text",
        "context",
    ]
    assert wins(wx.NOTHING).text.splitlines()[1] == "No win in this time."


def test_the_longest_answer_is_one_that_slack_takes():
    """Names and amounts of any length are within every limit."""
    line = replace(
        wx.FLEET,
        deal_name="d" * 500,
        customer="c" * 500,
        owner=replace(MAYA, name="n" * 500, slack_id=None),
        source="s" * 500,
        amount=usd(10**40),
        told=eur(10**40),
        part=usd(1),
        churned=True,
    )
    board = wx.TEAM.marketing.lines[0]
    side = replace(wx.TEAM.marketing, lines=(replace(board, who="a" * 500, amount=usd(10**40)),) * 8)
    view = replace(
        wx.TEAM, whose=replace(MAYA, name="w" * 500), wins=(line,) * 15, sales=side, marketing=side
    )
    assert faults(wins(replace(view, goals=(wx.GOAL,) * 3)), OURS) == []
    assert "unattributed" in spoken(wins(view))


@pytest.mark.parametrize(
    ("minor", "last", "told"),
    [
        (-10000, date(2026, 11, 3), "Corrected since: 1 win, -$100.00 (3 Nov)."),
        (250, date(2026, 11, 5), "Corrected since: 1 win, +$2.50 (3 Nov to 5 Nov)."),
        (0, date(2026, 11, 3), "Corrected since: 1 win, $0.00 (3 Nov)."),
    ],
    ids=["less", "more, in several days", "only the count"],
)
def test_what_was_corrected_after_its_month(minor, last, told):
    """One line says how many wins, by how much in all, and when; it is drawn and read aloud."""
    view = replace(wx.TEAM, corrected=Corrected(1, usd(minor), date(2026, 11, 3), last))
    assert told in wins(view).text.split("\n")
    assert spoken(wins(view)).count(told[:-1]) == 1
    assert faults(wins(view), OURS) == []


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (NotConverted("JPY", 1, "1000000"), "1 win with ¥1,000,000"),
        (NotConverted("ABC", 2, "12500"), "2 wins with 12500 ABC"),
        (NotConverted(None, 1, "5"), "1 win with 5 without a currency"),
    ],
)
def test_what_has_no_rate_is_told_as_money(given, told):
    """An amount is written as every other one where its currency exists, else as it was told."""
    assert f"No rate, so not in the money: {told}." in wins(replace(wx.TEAM, not_converted=(given,))).text
