"""The question whether somebody takes a lead over."""

from dataclasses import replace

import pytest

from bot.render.handover import hand_over
from tests.render.examples import BARE_HAND_OVER, HAND_OVER, SETTLED, TAKEN_OVER
from tests.render.judge import faults, spoken

ENDS = {
    "accepted": "It is yours now.",
    "declined": "Declined. It stays where it was.",
    "withdrawn": "Withdrawn. Nothing to do.",
    "settled": "Settled meanwhile. Nothing to do.",
}


def buttons(facts):
    """Every button as (label, action, value, what is said aloud)."""
    return [
        (one["text"]["text"], one["action_id"], one["value"], one["accessibility_label"])
        for block in hand_over(facts).blocks
        if block["type"] == "actions"
        for one in block["elements"]
    ]


def test_the_question_is_answered_in_place():
    """Two buttons carry the answer's reference and say aloud which lead they are about."""
    assert buttons(HAND_OVER) == [
        ("Accept", "accept", "H-1", "Accept: Dana Reyes, Northwind Robotics"),
        ("Decline", "decline", "H-1", "Decline: Dana Reyes, Northwind Robotics"),
    ]


def test_the_question_reads_aloud():
    """Who asks, which lead, how it came, by when, and why; the times in the reader's zone."""
    assert hand_over(HAND_OVER).text == (
        "Maya Okafor asks: would you take this lead over?\n"
        "Dana Reyes, Northwind Robotics\n"
        "Came through Robot picking ebook\n"
        "First contact agreed for 20 Nov, 15:00 (Europe/Lisbon)\n"
        "“They speak Portuguese, and you know their plant in Porto.”"
    )
    assert hand_over(BARE_HAND_OVER).text == "Would you take this lead over?\na lead without a name"


@pytest.mark.parametrize("state", ENDS)
def test_the_answer_takes_the_buttons_place(state):
    """Whatever became of it is said in a line, nothing can be pressed any more, and no promise is repeated."""
    facts = replace(HAND_OVER, state=state)
    assert buttons(facts) == []
    assert hand_over(facts).text.splitlines()[-1] == ENDS[state]
    assert ENDS[state] in spoken(hand_over(facts))
    assert "agreed" not in hand_over(facts).text + spoken(hand_over(facts))
    assert faults(hand_over(facts), ("<https://crm.seller.example/",)) == []


@pytest.mark.parametrize(
    ("lead", "company", "told"),
    [
        ("Dana Reyes", None, "Dana Reyes"),
        ("Northwind", "Northwind", "Northwind"),
        (" ", "Northwind", "a lead without a name, Northwind"),
        ("<!channel>", "R&D", "<!channel>, R&D"),
    ],
)
def test_the_lead_is_called_by_what_is_known_of_it(lead, company, told):
    """Its name and company, neither twice; both as they were typed."""
    facts = replace(HAND_OVER, lead=lead, company=company)
    assert [aloud for _, _, _, aloud in buttons(facts)] == [f"Accept: {told}", f"Decline: {told}"]


def test_a_long_reason_is_cut():
    """What was written at length is shown up to 300 characters."""
    words = spoken(hand_over(replace(HAND_OVER, reason="y" * 1000)))
    assert "“" + "y" * 299 + "…”" in words


def test_accepted_it_is_the_new_owners_reminder():
    """The lead with what is due, its button and menu; and who asked, for what reason."""
    facts = replace(TAKEN_OVER, zone="Europe/Lisbon")
    assert hand_over(facts).text == (
        "This lead is yours now.\n"
        "Dana Reyes, Northwind Robotics: first contact agreed by 20 Nov, 15:00 (Europe/Lisbon); "
        "Came through Robot picking ebook.\n"
        "Asked by Maya Okafor: “They speak Portuguese, and you know their plant in Porto.”"
    )
    (actions,) = [block for block in hand_over(facts).blocks if block["type"] == "actions"]
    assert [one["action_id"] for one in actions["elements"]] == ["contacted", "lead_menu"]
    assert faults(hand_over(facts), ("<https://crm.seller.example/", "<!date^")) == []


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        (
            replace(TAKEN_OVER, reason=None, line=SETTLED),
            ["This lead was taken over.", "Kim Berg: Contacted.", "Asked by Maya Okafor"],
        ),
        (
            replace(TAKEN_OVER, asked_by=None, reason="<!here>", line=replace(SETTLED, owner=None)),
            ["This lead is yours now.", "Kim Berg: Contacted.", "“&lt;!here&gt;”"],
        ),
        (
            replace(TAKEN_OVER, asked_by=None, reason=None, line=replace(SETTLED, owner=None)),
            ["This lead is yours now.", "Kim Berg: Contacted."],
        ),
    ],
)
def test_what_became_of_a_lead_that_was_taken_over(facts, told):
    """Settled it shows the answer; with somebody else by now it is not called theirs."""
    assert hand_over(facts).text.splitlines() == told
