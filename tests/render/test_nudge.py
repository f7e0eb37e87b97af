"""The reminder."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.facts import LeadWorth
from bot.render.nudge import nudge
from tests.render.examples import (
    ANA,
    ASKED,
    AT_RISK,
    BREACHED,
    CALL_BACK,
    DEMO,
    DUE,
    FOLLOW_UP,
    LOGGED,
    MAYA,
    MINE,
    NEW,
    NUDGE,
    PASSED_ON,
    SETTLED,
    SNOOZED,
    TOM,
    UNFIT,
    leads_of,
    usd,
)
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


def pressed(lead):
    """What can be pressed beside a lead: each button as (label, action, value), each menu as its entries."""
    return [
        (element["text"]["text"], element["action_id"], element["value"])
        if element["type"] == "button"
        else [(option["text"]["text"], option["value"]) for option in element["options"]]
        for _, element in buttons(replace(NUDGE, leads=(lead,)))
    ]


MENU = [
    ("Log details", "log:L-77.1"),
    ("Snooze", "snooze:L-77.1"),
    ("Hand over", "hand_over:L-77.1"),
    ("Not a fit", "not_a_fit:L-77.1"),
]


def test_waiting_lead_has_a_button_and_a_menu():
    """One press answers one lead: the button carries the lead's reference and says aloud whose it is."""
    (contacted, menu) = buttons(replace(NUDGE, leads=(AT_RISK,)))
    assert contacted == (
        "lead:0:L-77.1",
        {
            "type": "button",
            "text": {"type": "plain_text", "text": "Contacted", "emoji": False},
            "action_id": "contacted",
            "value": "L-77.1",
            "accessibility_label": "Contacted: Dana Reyes, Northwind Robotics",
        },
    )
    assert (menu[0], menu[1]["type"], menu[1]["action_id"]) == ("lead:0:L-77.1", "overflow", "lead_menu")
    assert pressed(AT_RISK) == [("Contacted", "contacted", "L-77.1"), MENU]


@pytest.mark.parametrize(
    "state", ["new", "at_risk", "breached", "follow_up", "callback", "intent", "snoozed"]
)
def test_every_lead_that_waits_can_be_answered(state):
    """So can one that is snoozed: whoever reaches it sooner says so."""
    assert pressed(replace(MINE, state=state)) == [("Contacted", "contacted", "L-77.1"), MENU]


def test_hand_over_is_a_button_where_the_agreement_offers_it():
    """It stands beside `Contacted`, and in the menu as ever."""
    offered = ("Hand over", "hand_over", "L-77.1")
    assert pressed(replace(MINE, offer=True)) == [("Contacted", "contacted", "L-77.1"), offered, MENU]


@pytest.mark.parametrize(
    "state", ["said", "logged", "not_a_fit", "handed_over", "reassigned", "seen", "closed"]
)
def test_settled_lead_can_only_be_undone(state):
    """There is nothing to press where nothing is open, but for taking the answer back while that can be done."""
    lead = replace(SETTLED, state=state, offer=True)
    assert pressed(lead) == []
    assert pressed(replace(lead, undo="A-1")) == [("Undo", "undo", "A-1")]


def test_what_was_asked_of_somebody_can_be_undone():
    """A snooze and an offered hand-over are taken back from the lead that still waits."""
    assert pressed(ASKED) == [("Contacted", "contacted", "L-77.1"), MENU, ("Undo", "undo", "A-4")]
    assert pressed(SNOOZED)[2:] == [("Undo", "undo", "A-2")]


@pytest.mark.parametrize(
    ("lead", "told"),
    [
        (
            MINE,
            [
                "Dana Reyes, Northwind Robotics",
                "First contact agreed by 20 Nov, 16:00 (Europe/Berlin)",
                "Came through Robot picking ebook",
            ],
        ),
        (
            replace(BREACHED, owner=None),
            ["dana.reyes@prospect.example", "First contact was agreed for 20 Nov, 16:00 (Europe/Berlin)"],
        ),
        (
            replace(FOLLOW_UP, owner=None),
            [
                "Dana Reyes, Northwind Robotics",
                "Contact 3 of 6 agreed by 20 Nov, 16:00 (Europe/Berlin) · worth about $2,400 (of 41 leads)",
                "Came through Robot picking ebook, then Pricing page",
            ],
        ),
        (
            replace(DEMO, source=None, since=("Pricing page", "\u200b", "Webinar")),
            [
                "Noor Haddad, Contoso",
                "Asked for a demo · 20 Nov, 16:00 (Europe/Berlin)",
                "Touched Pricing page and Webinar",
            ],
        ),
        (
            replace(BREACHED, owner=None, state="intent", intent="call_request"),
            ["dana.reyes@prospect.example", "Asked for a call · 20 Nov, 16:00 (Europe/Berlin)"],
        ),
        (
            replace(BREACHED, owner=None, state="intent", intent="return_visit"),
            ["dana.reyes@prospect.example", "Came back after a quiet time · 20 Nov, 16:00 (Europe/Berlin)"],
        ),
        (
            replace(BREACHED, owner=None, state="intent", intent="something new"),
            ["dana.reyes@prospect.example", "Showed interest · 20 Nov, 16:00 (Europe/Berlin)"],
        ),
        (
            replace(BREACHED, owner=None, intent="demo_request", intent_at=DUE - timedelta(hours=2)),
            [
                "dana.reyes@prospect.example",
                (
                    "Asked for a demo · 20 Nov, 14:00 (Europe/Berlin); first contact was agreed for "
                    "20 Nov, 16:00 (Europe/Berlin)"
                ),
            ],
        ),
        (
            replace(CALL_BACK, source=None),
            ["Dana Reyes, Northwind Robotics", "Asked to be called · 20 Nov, 16:00 (Europe/Berlin)"],
        ),
        (
            SNOOZED,
            [
                "Lea Roth, Northwind Robotics",
                "Snooze: until 20 Nov, 16:00 (Europe/Berlin)",
                "Came through Robot picking ebook",
            ],
        ),
        (
            replace(ASKED, source=None),
            [
                "Dana Reyes, Northwind Robotics",
                "First contact agreed by 20 Nov, 16:00 (Europe/Berlin)",
                "Hand over: waiting for Tom Lind",
            ],
        ),
        (
            replace(ASKED, source=None, hand_over="declined"),
            [
                "Dana Reyes, Northwind Robotics",
                "First contact agreed by 20 Nov, 16:00 (Europe/Berlin)",
                "Tom Lind could not take it over",
            ],
        ),
        (LOGGED, ["Iris Tan · Log details: call, reached them"]),
        (replace(LOGGED, answer=" "), ["Iris Tan · Log details"]),
        (UNFIT, ["Paul Weiss · Not a fit: wrong industry"]),
        (PASSED_ON, ["Rosa Lima · Hand over: now with Tom Lind"]),
        (replace(PASSED_ON, to=MAYA), ["Rosa Lima · Hand over: now with Maya Okafor"]),
        (replace(PASSED_ON, to=None), ["Rosa Lima · Hand over"]),
        (replace(PASSED_ON, state="reassigned"), ["Rosa Lima · now with Tom Lind"]),
        (replace(PASSED_ON, state="reassigned", to=None), ["Rosa Lima · now with somebody else"]),
        (SETTLED, ["Kim Berg · Contacted"]),
        (replace(SETTLED, state="seen"), ["Kim Berg · Contacted, seen in the CRM"]),
        (replace(SETTLED, state="closed"), ["Kim Berg · no contact needed any more"]),
        (replace(SETTLED, state="closed", answer="they replied"), ["Kim Berg · they replied"]),
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
        ((NEW,), 0, False, "A new lead for you"),
        ((NEW,), 2, False, "3 leads for you"),
        ((NEW, SETTLED), 0, False, "A new lead for you"),
        ((replace(MINE, state="new"),), 0, False, "1 lead is waiting for your first contact"),
        ((NEW, replace(MINE, state="new")), 0, False, "2 leads are waiting for your first contact"),
        ((CALL_BACK,), 0, False, "1 lead is waiting for your next contact"),
        ((NEW,), 0, True, "1 lead is waiting for a first contact"),
        ((NEW, MINE), 0, False, "2 leads are waiting for your first contact"),
        ((FOLLOW_UP, MINE), 0, False, "2 leads are waiting for your next contact"),
        ((FOLLOW_UP,), 0, True, "1 lead is waiting for the next contact"),
        ((DEMO,), 0, False, "1 lead showed interest"),
        ((DEMO, SETTLED), 1, False, "2 leads showed interest"),
        ((DEMO, MINE), 0, False, "2 leads are waiting for your next contact"),
        ((SNOOZED, SETTLED), 0, False, "Nothing to do just now"),
        ((SNOOZED, MINE), 0, False, "1 lead is waiting for your first contact"),
    ],
)
def test_headline_counts_what_is_open(leads, more, to_channel, line):
    """The headline counts open leads only, those beyond the message too, and says when all is settled."""
    assert headline(replace(NUDGE, leads=leads, more=more, to_channel=to_channel)) == line


@pytest.mark.parametrize(
    ("owner", "told"), [(MAYA, "<@U0MAYA>"), (TOM, "Tom Lind"), (ANA, "ana.silva@seller.example")]
)
def test_whoever_reads_of_anothers_lead_learns_whose_it_is(owner, told):
    """The owner is named where that is given; their own message does not repeat it."""
    facts = replace(NUDGE, leads=(MINE,))
    anothers = replace(NUDGE, leads=(replace(MINE, owner=owner),))
    assert lines(anothers)[1] == f"{lines(facts)[1]} · {told}"


@pytest.mark.parametrize(
    ("cases", "few", "told"),
    [(41, False, "(of 41 leads)"), (29, True, "(few: 29 leads)"), (1, True, "(few: 1 lead)")],
)
def test_worth_is_told_with_its_cases(cases, few, told):
    """What a lead is worth says of how many leads that is the average, and when these are few."""
    facts = replace(NUDGE, leads=(replace(MINE, worth=LeadWorth(usd(240050), cases, few)),))
    assert lines(facts)[1].split(" · ")[1] == f"worth about $2,401 {told}"


def test_what_is_at_stake_stands_below_the_headline():
    """The total is told once, above the leads, and not at all where it is not known."""
    assert nudge(replace(NUDGE, at_stake=usd(330000))).blocks[1] == {
        "type": "context",
        "elements": [
            {
                "type": "plain_text",
                "text": "Worth about $3,300 together, by own history",
                "emoji": False,
            }
        ],
    }
    assert [block["type"] for block in nudge(NUDGE).blocks[:2]] == ["header", "rich_text"]


@pytest.mark.parametrize("count", range(25))
def test_message_has_room_for_twenty_leads(count):
    """Up to 20 leads are drawn with their buttons, the rest is counted, and Slack takes the message."""
    facts = replace(NUDGE, leads=leads_of(count), more=3, at_stake=usd(100))
    shown = min(count, 20)
    assert [element["value"] for _, element in buttons(facts) if element["type"] == "button"] == [
        f"L-{index}.1" for index in range(shown)
    ]
    assert nudge(facts).blocks[-1]["elements"][0]["text"] == f"and {count - shown + 3} more leads"
    assert len(nudge(facts).blocks) == 2 * shown + 3
    assert faults(nudge(facts), ("<!date^1795186800", "<@U0MAYA>")) == []


def test_reminder_reads_aloud():
    """The text tells every lead in a line, with the times in the reader's zone."""
    facts = replace(
        NUDGE,
        to_channel=True,
        leads=(
            replace(AT_RISK, worth=LeadWorth(usd(240000), 41, few=False), since=("R&D",)),
            replace(BREACHED, owner=None),
            replace(FOLLOW_UP, source=None, since=(), worth=None, owner=None, hand_over="offered", to=TOM),
            DEMO,
            replace(CALL_BACK, source=None),
            replace(BREACHED, owner=None, intent="demo_request", intent_at=DUE - timedelta(hours=2)),
            replace(SNOOZED, source=None),
            UNFIT,
            PASSED_ON,
            SETTLED,
        ),
        more=1,
        at_stake=usd(240000),
    )
    assert nudge(facts).text == (
        "7 leads are waiting for the next contact.\n"
        "Worth about $2,400 together, by own history.\n"
        "Dana Reyes, Northwind Robotics: first contact agreed by 20 Nov, 16:00 (Europe/Berlin); "
        "worth about $2,400 (of 41 leads); Came through Robot picking ebook, then R&amp;D; "
        "owner <@U0MAYA>.\n"
        "dana.reyes@prospect.example: first contact was agreed for 20 Nov, 16:00 (Europe/Berlin).\n"
        "Dana Reyes, Northwind Robotics: contact 3 of 6 agreed by 20 Nov, 16:00 (Europe/Berlin); "
        "waiting for Tom Lind to take it over.\n"
        "Noor Haddad, Contoso: asked for a demo, 20 Nov, 16:00 (Europe/Berlin); "
        "Came through Robot picking ebook.\n"
        "Dana Reyes, Northwind Robotics: asked to be called, 20 Nov, 16:00 (Europe/Berlin).\n"
        "dana.reyes@prospect.example: asked for a demo, 20 Nov, 14:00 (Europe/Berlin); "
        "first contact was agreed for 20 Nov, 16:00 (Europe/Berlin).\n"
        "Lea Roth, Northwind Robotics: Snooze: until 20 Nov, 16:00 (Europe/Berlin).\n"
        "Paul Weiss: Not a fit: wrong industry.\n"
        "Rosa Lima: Hand over: now with Tom Lind.\n"
        "Kim Berg: Contacted.\n"
        "And 1 more lead."
    )


def test_long_names_leave_the_last_line_in_the_text():
    """Where 20 leads do not fit into the text, each long one is cut; none is left out, and the rest is counted."""
    long = [
        replace(MINE, ref=f"L-{n}.1", name=f"{n} " + "Wolfe" * 40, company="x" * 80, source="y" * 90)
        for n in range(19)
    ]
    text = nudge(replace(NUDGE, leads=(SETTLED, *long), more=180)).text
    lines_ = text.split("\n")
    assert (len(lines_), lines_[1], lines_[-1]) == (22, "Kim Berg: Contacted.", "And 180 more leads.")
    assert [line.split()[0] for line in lines_[2:-1]] == [str(n) for n in range(19)]
    assert 3850 < len(text) <= 3900
    assert all(line.endswith("…") for line in lines_[2:-1])


def test_whoever_was_asked_or_took_over_is_not_mentioned():
    """A hand-over names people and calls nobody: no mention but that of the owner."""
    leads = (
        replace(ASKED, to=MAYA),
        replace(ASKED, to=MAYA, hand_over="declined"),
        replace(PASSED_ON, to=MAYA),
    )
    assert "U0MAYA" not in str(nudge(replace(NUDGE, leads=leads)).as_dict())


def test_one_lead_twice_is_two_blocks():
    """Even the same reference twice makes a message that Slack takes: block ids are never equal."""
    facts = replace(NUDGE, leads=(AT_RISK, AT_RISK))
    assert [block_id for block_id, _ in buttons(facts)] == ["lead:0:L-77.1"] * 2 + ["lead:1:L-77.1"] * 2
