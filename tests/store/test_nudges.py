"""Reminders and the leads in them."""

from __future__ import annotations

from functools import partial

import pytest

from bot.store import nudges
from tests.support.outbox import MINUTE, NOW, Box, keys

ANA, BEN = "person:ana@seller.example", "person:ben@seller.example"


@pytest.fixture
def box(database) -> Box:
    """An empty outbox on each kind of database."""
    return Box(database)


@pytest.fixture
def do(database):
    """Runs a function of the store in a transaction."""
    return lambda function, *args: database.write_now(lambda s: function(s, *args))


def nudge(box, key, target=ANA, **named):
    """A reminder that waits."""
    return box.new(key, target, kind="nudge", **named)


def test_a_reminder_shows_its_leads_the_most_urgent_first(box, do):
    """The leads of a reminder come in the order of their due instants, each with a button reference of its own."""
    message = nudge(box, "n1")
    for lead, minutes in (("g/L1", 3), ("g/L2", 1), ("g/L0", 3)):
        do(nudges.put_item, message.id, lead, 1, "at_risk:owner", NOW + minutes * MINUTE)
    items = do(nudges.items_of, message.id)
    assert [item.lead_key for item in items] == ["g/L2", "g/L0", "g/L1"]
    assert len({item.ref for item in items}) == 3
    assert [do(nudges.item_by_ref, item.ref) for item in items] == items
    assert do(nudges.item_by_ref, "made up") is None


def test_a_lead_moves_on_within_its_reminder(box, do):
    """A later step of the same lead replaces the earlier one; the button keeps its reference."""
    message = nudge(box, "n1")
    do(nudges.put_item, message.id, "g/L1", 1, "at_risk:owner", NOW)
    (before,) = do(nudges.items_of, message.id)
    do(nudges.put_item, message.id, "g/L1", 1, "breach:owner", NOW + MINUTE)
    (after,) = do(nudges.items_of, message.id)
    assert (after.ref, after.step, after.due_at) == (before.ref, "breach:owner", NOW + MINUTE)
    do(nudges.drop_item, message.id, "g/L2")
    do(nudges.drop_item, message.id, "g/L1")
    assert do(nudges.items_of, message.id) == []


def test_many_leads_are_put_in_at_once(box, do):
    """New ones come in, known ones move on and keep their buttons; of two steps of one lead the last is shown."""
    message, other = nudge(box, "n1"), nudge(box, "n2")
    first = [(message.id, "g/L1", 1), (message.id, "g/L1", 2), (other.id, "g/L1", 1)]
    do(nudges.put_items, [(*which, "at_risk:owner", NOW) for which in first])
    known = {(item.lead_key, item.cycle): item.ref for item in do(nudges.items_of, message.id)}
    do(
        nudges.put_items,
        [
            (message.id, "g/L2", 1, "at_risk:owner", NOW),
            (message.id, "g/L1", 1, "breach:owner", NOW + MINUTE),
            (message.id, "g/L2", 1, "attempt-2", NOW + 2 * MINUTE),
        ],
    )
    do(nudges.put_items, [])
    items = do(nudges.items_of, message.id)
    assert [(item.lead_key, item.cycle, item.step, item.due_at) for item in items] == [
        ("g/L1", 2, "at_risk:owner", NOW),
        ("g/L1", 1, "breach:owner", NOW + MINUTE),
        ("g/L2", 1, "attempt-2", NOW + 2 * MINUTE),
    ]
    assert [item.ref for item in items[:2]] == [known["g/L1", 2], known["g/L1", 1]]
    assert [item.step for item in do(nudges.items_of, other.id)] == ["at_risk:owner"]


def test_the_reminders_of_a_contact(box, do):
    """The reminders that show any of a contact's leads, each once, in the order they were made."""
    for key, leads in (("n1", ["g/L1", "g/L2"]), ("n2", ["g/L3"]), ("n3", ["g/L2"])):
        message = nudge(box, key)
        for lead in leads:
            do(nudges.put_item, message.id, lead, 1, "at_risk:owner", NOW)
    assert keys(do(nudges.messages_with, ["g/L1", "g/L2"])) == ["n1", "n3"]
    assert do(nudges.messages_with, ["g/L9"]) == []
    assert do(nudges.messages_with, []) == []


def test_the_reminders_that_wait(box, do):
    """The oldest reminder to somebody that is not sent yet takes another lead; a win is none, nor one under way."""
    box.new("win", ANA)
    assert do(nudges.waiting, [ANA, BEN]) == {}
    theirs = nudge(box, "other", BEN)
    first, second = nudge(box, "n1"), nudge(box, "n2")
    assert do(nudges.waiting, [ANA]) == {ANA: first.id}
    assert do(nudges.waiting, [BEN, ANA, "#sales-ops"]) == {ANA: first.id, BEN: theirs.id}
    box.show_again(box.deliver("n1"), NOW)
    assert do(nudges.waiting, [ANA]) == {ANA: second.id}
    box.take(box.by_key("n2"))
    assert (do(nudges.waiting, [ANA]), do(nudges.waiting, [])) == ({}, {})


def test_when_reminders_were_sent(box, do):
    """What was sent to somebody since an instant, that instant counted, oldest first; edits are no reminders."""
    for number, minutes in ((1, 2), (2, 0), (3, 1)):
        nudge(box, f"n{number}")
        box.deliver(f"n{number}", NOW + minutes * MINUTE)
    nudge(box, "n4", BEN)
    box.deliver("n4")
    box.deliver("win", target=ANA)
    sent = partial(do, nudges.sent_since, ANA)
    assert sent(NOW) == [NOW, NOW + MINUTE, NOW + 2 * MINUTE]
    assert sent(NOW + MINUTE) == [NOW + MINUTE, NOW + 2 * MINUTE]


def test_the_latest_reminder(box, do):
    """The reminder sent last to each after an instant, also while it is edited; one that Slack will not take is none."""

    def latest(since, *targets):
        return {target: message.key for target, message in do(nudges.latest, targets, since).items()}

    assert latest(NOW, ANA, BEN) == {}
    for number, target in ((1, ANA), (2, ANA), (3, BEN)):
        nudge(box, f"n{number}", target)
        box.deliver(f"n{number}", NOW + number * MINUTE)
    assert latest(NOW, ANA, BEN) == {ANA: "n2", BEN: "n3"}
    assert (latest(NOW, ANA), latest(NOW)) == ({ANA: "n2"}, {})
    assert latest(NOW + 2 * MINUTE, ANA, BEN) == {BEN: "n3"}
    box.show_again(box.by_key("n2"), NOW)
    assert latest(NOW, ANA) == {ANA: "n2"}
    box.settle(box.by_key("n2").id, state="dead", next_at=None, error="message_not_found")
    assert latest(NOW, ANA) == {ANA: "n1"}
