"""Lists of wins, goals and replies: read aloud, within Slack's limits, the same words as on a card."""

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest

from bot.domain.facts import Named
from bot.domain.money import Money
from bot.domain.win_facts import Contribution, GoalProgress, GoalReached, Thanks, WinList, WinReply
from bot.render.card import win_card
from bot.render.goal import bar, goal_reached, progress_words, round_money
from bot.render.win_list import win_list
from bot.render.win_reply import win_reply
from tests.render.examples import ANA, CARD, MAYA, TOM, credits_of, eur
from tests.render.judge import faults, spoken

GOAL = GoalProgress("month", "2026-11", None, eur(62_000_000), eur(100_000_000))
HEART = Thanks(ANA, (MAYA, TOM), "great demo")


@pytest.mark.parametrize(
    ("won", "target", "cells", "percent"),
    [
        (0, 100, 0, "0%"),
        (1, 1000, 0, "under 1%"),
        (99, 1000, 0, "9%"),
        (100, 1000, 1, "10%"),
        (999, 1000, 9, "99%"),
        (1000, 1000, 10, "100%"),
        (12_340, 1000, 10, "1,234%"),
        (-5, 1000, 0, "-1%"),
    ],
)
def test_bar_is_full_only_when_the_goal_is_reached(won, target, cells, percent):
    """Parts are cut, never rounded up: nearly reached is not reached."""
    goal = replace(GOAL, won=eur(won), target=eur(target))
    assert bar(goal) == "▰" * cells + "▱" * (10 - cells)
    assert progress_words(goal).startswith(f"{percent} of ")


@pytest.mark.parametrize(
    ("period", "name", "team", "words"),
    [
        ("week", "2026-W07", None, "the week 7 goal"),
        ("month", "2026-11", None, "the November goal"),
        ("quarter", "2026-Q4", "North", "team North's Q4 goal"),
        ("year", "2026", None, "the 2026 goal"),
    ],
)
def test_goal_is_called_by_its_period_and_team(period, name, team, words):
    """People say November and Q4, not 2026-11."""
    goal = replace(GOAL, period=period, name=name, team=team)
    assert progress_words(goal) == f"62% of {words} of €1,000,000"


@pytest.mark.parametrize(
    ("amount", "text"),
    [(eur(100), "€1"), (eur(150), "€1.50"), (Money(100, "JPY"), "¥100"), (Money(1000, "KWD"), "KWD\xa01")],
)
def test_round_amounts_go_without_digits(amount, text):
    """Digits that are 0 are left out; others stay."""
    assert round_money(amount) == text


@pytest.mark.parametrize(
    ("count", "words"), [(1, "1 win without a rate is"), (2, "2 wins without a rate are")]
)
def test_goal_tells_what_it_leaves_out(count, words):
    """Wins whose worth nobody knows are told beside the money, once in a message."""
    goal = replace(GOAL, without_rate=count)
    assert progress_words(goal) == f"62% of the November goal of €1,000,000; {words} not counted"
    reached = GoalReached(replace(goal, won=eur(102_000_000)), 18, 7, 0, goal, next_is_larger=True)
    assert goal_reached(reached).text == (
        "The November goal is reached. €1,020,000 of €1,000,000, 102%. "
        f"18 wins, made by 7 people in sales; {words} not counted. "
        "Next: 62% of the November goal of €1,000,000."
    )


def test_goal_that_cannot_be_edited_says_so_in_its_thread():
    """The reply says why it is there."""
    reached = GoalReached(GOAL, 1, 1, 1, GOAL, next_is_larger=False, above_is_closed=True)
    drawn = goal_reached(reached)
    assert spoken(drawn).startswith("Slack takes no more changes to the message above.")
    assert faults(drawn) == []


def test_goal_reached_reads_aloud():
    """What was reached, both sides' part in it, and what comes next."""
    next_ = replace(GOAL, period="quarter", name="2026-Q4", target=eur(300_000_000))
    reached = GoalReached(replace(GOAL, won=eur(102_000_000)), 18, 7, 11, next_, next_is_larger=True)
    assert goal_reached(reached).text == (
        "The November goal is reached. €1,020,000 of €1,000,000, 102%. "
        "18 wins, made by 7 people in sales and 11 marketing assets. Next: 20% of the Q4 goal of €3,000,000."
    )
    assert faults(goal_reached(reached)) == []


@pytest.mark.parametrize("count", [2, 40])
def test_list_of_wins_is_one_that_slack_takes(count):
    """As many wins as a message may list, with endless names: Slack takes it, and every win is in it."""
    long = replace(
        CARD,
        deal_name="D" * 500,
        customer="C" * 500,
        contributors=(Contribution(TOM),) * 9,
        credits=tuple(replace(c, asset="A" * 300, campaign="B" * 300) for c in credits_of(9)),
        was_amount=eur(10**17),
        was_owner=Named("x" * 200 + "@x.example"),
        number=2,
    )
    drawn = win_list(WinList(tuple(replace(long, ref=f"{number:032x}") for number in range(count))))
    (row,) = [block for block in drawn.blocks if block["type"] == "actions"]
    assert [len(choice["options"]) for choice in row["elements"]] == [count, count]
    assert faults(drawn, ("<@U0MAYA>", "<https://crm.seller.example/")) == []
    assert spoken(drawn).count("won again") == count


def test_list_adds_up_what_stands():
    """The heading counts and adds up the wins that stand; one that does not is struck, with the word for it."""
    drawn = win_list(WinList((CARD, replace(CARD, status="reopened"), replace(CARD, number=2))))
    assert drawn.blocks[0]["text"]["text"] == "🔔 2 wins · €25,000.00"
    assert drawn.text.startswith(
        "2 wins · €25,000.00. Won: Fleet renewal 2027, Northwind Robotics, €12,500.00, by <@U0MAYA>,"
    )
    assert (
        " reopened: Fleet renewal 2027, Northwind Robotics, €12,500.00, by <@U0MAYA>. Won again: "
        in drawn.text
    )


def test_list_offers_what_a_card_does():
    """One win of all that stand can be chosen, by its reference; money that goes back is not thanked for."""
    other = replace(CARD, deal_name="Depot", ref="c", amount=eur(-1))
    drawn = win_list(WinList((replace(CARD, ref="a"), replace(CARD, ref="b", status="lost"), other)))
    assert drawn.blocks[-1]["block_id"] == "wins"
    assert [
        (
            choice["action_id"],
            choice["placeholder"]["text"],
            [(option["text"]["text"], option["value"]) for option in choice["options"]],
        )
        for choice in drawn.blocks[-1]["elements"]
    ] == [
        ("win_missing", "Something missing?", [("Fleet renewal 2027", "a"), ("Depot", "c")]),
        ("win_thanks", "Say thanks", [("Fleet renewal 2027", "a")]),
    ]
    gone = win_list(WinList((replace(CARD, ref="a", status="lost"), replace(other, status="lost"))))
    assert [block["type"] for block in gone.blocks if block["type"] == "actions"] == []


def test_list_of_two_currencies_has_no_sum():
    """Amounts of two currencies are not added up."""
    drawn = win_list(WinList((CARD, replace(CARD, amount=Money(100, "USD")))))
    assert drawn.blocks[0]["text"]["text"] == "🔔 2 wins"


def test_reply_says_what_is_and_what_was():
    """A sentence for the amount and one for the owner."""
    reply = win_reply(WinReply("Fleet", eur(100), eur(200), MAYA, TOM))
    assert (
        reply.text
        == "Corrected: Fleet. The amount is now €2.00; it was €1.00. The owner is now Tom Lind; it was <@U0MAYA>."
    )
    assert faults(reply, ("<@U0MAYA>",)) == []


def test_card_has_two_buttons_with_an_opaque_value():
    """Both carry the reference alone, and say aloud which win they are about."""
    (row,) = [b for b in win_card(replace(CARD, ref="abc")).blocks if b["type"] == "actions"]
    assert [
        (e["action_id"], e["value"], e["text"]["text"], e["accessibility_label"]) for e in row["elements"]
    ] == [
        ("win_missing", "abc", "Something missing?", "Something missing? Fleet renewal 2027"),
        ("win_thanks", "abc", "Say thanks", "Say thanks: Fleet renewal 2027"),
    ]


def test_credit_note_asks_for_no_thanks():
    """Money that goes back is questioned like any other, and not celebrated."""
    (row,) = [b for b in win_card(replace(CARD, ref="abc", amount=eur(-1))).blocks if b["type"] == "actions"]
    assert [element["action_id"] for element in row["elements"]] == ["win_missing"]


@pytest.mark.parametrize(
    ("count", "line"),
    [
        (1, "Thanks: ana.silva@seller.example to Maya Okafor, Tom Lind: “great demo”"),
        (
            4,
            (
                "Thanks: ana.silva@seller.example to Maya Okafor, Tom Lind: “great demo”; "
                "ana.silva@seller.example to Maya Okafor, Tom Lind: “great demo”; and 2 more"
            ),
        ),
    ],
)
def test_thanks_are_one_line(count, line):
    """Names, not mentions: nobody is called to a card again because of a kind word."""
    drawn = win_card(replace(CARD, thanks=(HEART,) * count))
    assert line in spoken(drawn).split("\n")


def test_correction_names_everything_that_was_another():
    """Amount, marketing and owner in one line, with the day where the month was over."""
    facts = replace(
        CARD,
        was_amount=eur(100),
        was_owner=TOM,
        was_credits=(("Ebook", Fraction(1, 2)), ("", Fraction(1, 2))),
        corrected_on=date(2027, 1, 4),
    )
    line = "Corrected on 4 Jan 2027: amount was €1.00, marketing was Ebook 50% and unattributed 50%, owner was Tom Lind"
    assert spoken(win_card(facts)).endswith(line)


def test_correction_names_whose_part_was_another():
    """Each by name, the owner first; who owned it unknown is told so."""
    facts = replace(CARD, was_people=((None, Fraction(3, 4)), (TOM, Fraction(1, 4))))
    line = "Corrected: sales was owner not known 75% and Tom Lind 25%"
    assert spoken(win_card(facts)).endswith(line)
    many = replace(CARD, was_people=((MAYA, Fraction(1)),) * 10)
    assert spoken(win_card(many)).endswith("Maya Okafor 100% and 2 more")
    assert faults(win_card(many), ("<@U0MAYA>", "<https://crm.seller.example/")) == []
