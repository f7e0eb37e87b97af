"""The question whether credit is missing, its answer, and the offer to merge two deals."""

from dataclasses import replace

import pytest

from bot.domain import claiming
from bot.render import win_forms
from bot.render.claim import claim, claim_answer, merge_offer
from bot.render.forms import VALUE, again
from tests.render import win_examples as win
from tests.render.judge import spoken
from tests.render.test_forms import sent_back


def buttons(payload):
    """(label, value) of every button."""
    return [
        (one["text"]["text"], one["value"])
        for block in payload.blocks
        if block["type"] == "actions"
        for one in block["elements"]
    ]


def test_a_question_has_its_two_buttons_until_it_is_answered():
    """Then it says who answered, and how."""
    assert buttons(claim(win.CLAIM)) == [("Confirm", "c1a1m"), ("Decline", "c1a1m")]
    for facts, words in (
        (win.CONFIRMED, "Confirmed by ana.silva@seller.example."),
        (win.DECLINED, "Declined by Tom Lind."),
    ):
        assert buttons(claim(facts)) == []
        assert words in spoken(claim(facts))
        assert words in claim(facts).text
        assert words in claim_answer(facts).text


def test_what_is_not_won_can_only_be_declined():
    """There is nothing to credit, so nothing to confirm."""
    shown = claim(replace(win.CLAIM, stands=False))
    assert buttons(shown) == [("Decline", "c1a1m")]
    assert "The deal does not count as won at the moment" in spoken(shown)
    assert "The card and all figures follow" not in shown.text


@pytest.mark.parametrize("draw", [claim, claim_answer])
@pytest.mark.parametrize(("follows", "said"), [(True, "follow."), (False, "stay as they are.")])
def test_a_yes_promises_only_what_follows(draw, follows, said):
    """What lies outside the days that count changes neither card nor figures, and the sentence says so."""
    told = draw(replace(win.CONFIRMED, follows=follows))
    assert told.text.endswith(said)
    assert ("The card and all figures follow" in spoken(told)) == follows


@pytest.mark.parametrize("facts", [win.CONFIRMED, win.DECLINED])
def test_nobody_is_mentioned(facts):
    """The proposer and who answered are told by name, so that nobody is notified by the question."""
    told = (claim(win.CLAIM), claim(facts), claim_answer(facts))
    assert "U0MAYA" not in str([one.as_dict() for one in told])


@pytest.mark.parametrize("facts", win.OFFERS)
def test_an_offer_has_its_two_buttons_until_it_is_answered(facts):
    """Then it says what became of the two."""
    expected = [("Merge", "m3rg3"), ("Keep both", "m3rg3")] if facts.state == "offered" else []
    assert buttons(merge_offer(facts)) == expected
    assert f"({'won' if facts.deal_is_won else 'open'})" in spoken(merge_offer(facts))


@pytest.mark.parametrize("facts", win.OFFERS)
def test_an_offer_tells_the_day_of_the_win_by_hand(facts):
    """Two wins by hand of one customer and amount are told apart by it; without a day none is named."""
    assert "Entered by hand: Northwind Robotics · €12,500.00, won on 16 Nov 2026" in spoken(
        merge_offer(facts)
    )
    assert "won on" not in merge_offer(replace(facts, won_on=None)).text


def test_an_offer_without_a_known_amount_names_none():
    """Nothing stands where nothing is known."""
    assert "·" not in merge_offer(replace(win.OFFER, amount=None)).text


FORMS = {
    "claim_form": (
        win_forms.claim_form(win.FORM),
        {"what": "campaign", "name": "Fair", "person": "UANA", "day": "2026-11-03", "why": "They said so."},
    ),
    "thanks_form": (win_forms.thanks_form(win.FORM), {"people": ["UANA", "UTOM"], "words": "Thank you."}),
    "add_win": (
        win_forms.hand_form(win.HAND_FORM),
        {
            "customer": "Northwind",
            "amount": "12.50",
            "currency": "USD",
            "day": "2026-11-03",
            "rep": "UANA",
            "contributors": ["UTOM"],
            "assets": "Ebook",
        },
    ),
}


@pytest.mark.parametrize("name", FORMS)
def test_a_form_shown_again_holds_what_was_entered(name):
    """Whatever stood in the way, nothing has to be entered twice."""
    view, entered = FORMS[name]
    back = sent_back(view, entered)
    shown = again(back, "Busy.")
    assert shown["callback_id"] == name
    held = {block["block_id"]: block["element"] for block in shown["blocks"] if block["type"] == "input"}
    for block_id, value in entered.items():
        kept = [member for key, member in held[block_id].items() if key.startswith("initial_")]
        assert kept == [value] or kept[0]["value"] == value
        assert held[block_id]["action_id"] == VALUE


def test_forms_are_as_long_as_what_is_stored():
    """What Slack lets through is never cut."""
    lengths = {
        block["block_id"]: block["element"]["max_length"]
        for view, _ in FORMS.values()
        for block in view["blocks"]
        if block["type"] == "input" and "max_length" in block["element"]
    }
    assert {name: lengths[name] for name in ("name", "why", "words", "customer")} == {
        "name": claiming.NAME,
        "why": claiming.WHY,
        "words": claiming.THANKS,
        "customer": claiming.NAME,
    }
