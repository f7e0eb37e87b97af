"""The reminder."""

from dataclasses import replace

import pytest

from bot.render.nudge import nudge
from tests.render.examples import ANA, AT_RISK, BREACHED, MAYA, NUDGE, SETTLED, TOM, leads_of
from tests.render.judge import faults


def headline(facts):
    """The large line on top."""
    return nudge(facts).blocks[0]["text"]["text"]


def buttons(facts):
    """Every button with the id of its block."""
    return [
        (block["block_id"], element)
        for block in nudge(facts).blocks
        if block["type"] == "actions"
        for element in block["elements"]
    ]


def lines(facts, index=1):
    """The lines of one lead; a mention as its token, an instant as its fallback, a link as its text."""
    (section,) = nudge(facts).blocks[index]["elements"]
    return "".join(
        part.get("text") or part.get("fallback") or f"<@{part['user_id']}>" for part in section["elements"]
    ).split("\n")


def test_open_lead_has_one_button():
    """One press answers one lead: the button carries the lead's reference and says aloud whose it is."""
    assert buttons(replace(NUDGE, leads=(AT_RISK,))) == [
        (
            "lead:0:L-77.1",
            {
                "type": "button",
                "text": {"type": "plain_text", "text": "Contacted", "emoji": False},
                "action_id": "contacted",
                "value": "L-77.1",
                "accessibility_label": "Contacted: Dana Reyes, Northwind Robotics",
            },
        )
    ]


@pytest.mark.parametrize(
    ("lead", "told"),
    [
        (
            AT_RISK,
            [
                "Dana Reyes, Northwind Robotics",
                "Came through Robot picking ebook · first contact agreed by 20 Nov, 16:00 (Europe/Berlin)",
            ],
        ),
        (
            BREACHED,
            ["dana.reyes@prospect.example", "First contact was agreed for 20 Nov, 16:00 (Europe/Berlin)"],
        ),
        (SETTLED, ["Kim Berg · Contacted"]),
        (replace(SETTLED, state="seen"), ["Kim Berg · Contacted, seen in the CRM"]),
        (replace(SETTLED, state="closed"), ["Kim Berg · no contact needed any more"]),
        (
            replace(SETTLED, name="", email=None, company="Northwind", state="said"),
            ["Northwind · Contacted"],
        ),
        (replace(SETTLED, name=" ", email=None, state="said"), ["a lead without a name · Contacted"]),
    ],
)
def test_lead_is_told_without_blame(lead, told):
    """Who it is, how they came, what was agreed; a settled lead repeats the answer."""
    assert lines(replace(NUDGE, leads=(lead,))) == told


@pytest.mark.parametrize("state", ["said", "seen", "closed"])
def test_settled_lead_has_no_button(state):
    """There is nothing to press where nothing is open."""
    assert buttons(replace(NUDGE, leads=(replace(SETTLED, state=state),))) == []


@pytest.mark.parametrize(
    ("leads", "more", "to_channel", "line"),
    [
        ((), 0, False, "No lead is waiting"),
        ((AT_RISK,), 0, False, "1 lead is waiting for your first contact"),
        ((AT_RISK, BREACHED), 0, False, "2 leads are waiting for your first contact"),
        ((AT_RISK, SETTLED), 0, False, "1 lead is waiting for your first contact"),
        ((AT_RISK,), 7, True, "8 leads are waiting for a first contact"),
        ((SETTLED,), 0, False, "All settled, thank you"),
        ((SETTLED, replace(SETTLED, state="closed")), 0, True, "All settled, thank you"),
        ((SETTLED,), 1, False, "1 lead is waiting for your first contact"),
    ],
)
def test_headline_counts_what_is_open(leads, more, to_channel, line):
    """The headline counts open leads only, those beyond the message too, and says when all is settled."""
    assert headline(replace(NUDGE, leads=leads, more=more, to_channel=to_channel)) == line


@pytest.mark.parametrize(
    ("owner", "told"),
    [(MAYA, "<@U0MAYA>"), (TOM, "Tom Lind"), (ANA, "ana.silva@seller.example"), (None, "no owner yet")],
)
def test_owner_is_told_in_a_channel_only(owner, told):
    """A channel learns whose lead it is; the owner's own message does not repeat it."""
    facts = replace(NUDGE, leads=(replace(AT_RISK, owner=owner),))
    assert lines(replace(facts, to_channel=True))[1] == f"{lines(facts)[1]} · {told}"


@pytest.mark.parametrize("count", range(25))
def test_message_has_room_for_twenty_leads(count):
    """Up to 20 leads are drawn with a button each, the rest is counted, and Slack takes the message."""
    facts = replace(NUDGE, leads=leads_of(count), more=3)
    shown = min(count, 20)
    assert len(buttons(facts)) == shown
    assert nudge(facts).blocks[-1]["elements"][0]["text"] == f"and {count - shown + 3} more leads"
    assert len(nudge(facts).blocks) == 2 * shown + 2
    assert faults(nudge(facts), ("<!date^1795186800",)) == []


def test_reminder_reads_aloud():
    """The text tells every lead in a line, with the times in the reader's zone."""
    facts = replace(NUDGE, to_channel=True, leads=(AT_RISK, replace(BREACHED, owner=None), SETTLED), more=1)
    assert nudge(facts).text == (
        "3 leads are waiting for a first contact.\n"
        "Dana Reyes, Northwind Robotics: came through Robot picking ebook, "
        "first contact agreed by 20 Nov, 16:00 (Europe/Berlin), owner <@U0MAYA>.\n"
        "dana.reyes@prospect.example: first contact was agreed for 20 Nov, 16:00 (Europe/Berlin), "
        "no owner yet.\n"
        "Kim Berg: Contacted.\n"
        "And 1 more lead."
    )


def test_one_lead_twice_is_two_blocks():
    """Even the same reference twice makes a message that Slack takes: block ids are never equal."""
    facts = replace(NUDGE, leads=(AT_RISK, AT_RISK))
    assert [block_id for block_id, _ in buttons(facts)] == ["lead:0:L-77.1", "lead:1:L-77.1"]
