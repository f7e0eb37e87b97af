"""The outbox: one message a key for ever, one at a time in a lane, each taken by one process only."""

from __future__ import annotations

import pytest

from tests.support.outbox import MINUTE, NOW, SECOND, Box, keys

WAITING_STATES = ("pending", "retry")
ENDS = ("sent", "dead", "cancelled", "stale")
STATES = ("pending", "sending", "retry", "ambiguous", *ENDS)


@pytest.fixture
def box(database) -> Box:
    """An empty outbox on each kind of database."""
    return Box(database)


@pytest.mark.parametrize("state", STATES)
def test_a_key_is_used_once(box, state):
    """A key that was ever used makes no second message, in whatever state the first is."""
    first = box.in_state("win:D1:1", state)
    assert box.put(key="win:D1:1", kind="win", target="#other", ref={}, now=NOW, next_at=NOW) is None
    assert box.by_key("win:D1:1") == first


def test_a_message_comes_back_as_it_was_put(box):
    """A new message is pending, untried, and marked with an id of its own that no other has."""
    message = box.new("a", "person:ana@seller.example", kind="nudge", due=NOW + MINUTE, deal="Zoë", number=1)
    assert (message.state, message.tries, message.looks, message.ts) == ("pending", 0, 0, None)
    assert (message.ref, message.target) == ({"deal": "Zoë", "number": 1}, "person:ana@seller.example")
    assert (message.created_at, message.next_at, message.payload) == (NOW, NOW + MINUTE, None)
    assert message.uid != box.new("b").uid
    assert box.by_key("c") is None
    assert box.find(10**6) is None


def test_a_lane_gives_its_oldest(box):
    """Of each lane the oldest message that is due is to be posted, and no other; the oldest lane goes first."""
    box.new("wins 1", due=NOW + MINUTE)
    box.new("wins 2")
    box.new("ana 1", "person:ana@seller.example")
    box.new("wins 3")
    box.new("ana 2", "person:ana@seller.example")
    assert keys(box.to_post(NOW)) == ["wins 2", "ana 1"]
    assert keys(box.to_post(NOW + MINUTE)) == ["wins 1", "ana 1"]
    assert keys(box.to_post(NOW - SECOND)) == []


def test_a_lane_whose_message_is_under_way_waits(box):
    """While a post is under way nothing else of its lane is posted; an edit under way holds up no post."""
    first = box.new("first")
    box.new("second")
    assert box.take(first)
    assert keys(box.to_post(NOW)) == []
    box.sent(first.id, channel_id="C1", ts="1.1", digest="d1", now=NOW)
    box.show_again(box.find(first.id), NOW)
    assert box.take(box.find(first.id))
    assert keys(box.to_post(NOW)) == ["second"]


@pytest.mark.parametrize("state", [s for s in STATES if s not in WAITING_STATES])
def test_only_waiting_messages_are_posted(box, state):
    """A message in any other state is neither posted nor in the way of the next."""
    box.in_state("first", state, target="#other" if state == "sending" else "#wins")
    box.new("second")
    assert keys(box.to_post(NOW)) == ["second"]


def test_posted_messages_are_edited_in_the_order_they_are_due(box):
    """A posted message whose content changed is to be edited, never posted; the longest due goes first."""
    for key, due in (("a", NOW + MINUTE), ("b", NOW), ("c", NOW - MINUTE), ("d", NOW)):
        box.show_again(box.deliver(key), due)
    assert keys(box.to_edit(NOW, 10)) == ["c", "b", "d"]
    assert keys(box.to_edit(NOW, 2)) == ["c", "b"]
    assert box.to_post(NOW) == []


def test_a_claim_is_one_processes(box):
    """Two that saw the same message: one claim holds, the other does not; it is committed with what it will send."""
    seen = box.new("a")
    assert box.take(seen)
    assert not box.take(seen)
    claimed = box.find(seen.id)
    assert (claimed.state, claimed.tries, claimed.attempted_at) == ("sending", 1, NOW)
    assert (claimed.payload, claimed.digest, claimed.lease_until) == ({"text": "x"}, "d1", NOW + 45 * SECOND)


@pytest.mark.parametrize("state", ["cancelled", "retry", "dead"])
def test_a_message_that_changed_is_not_claimed(box, state):
    """What changed after it was seen, or was tried meanwhile, is not claimed."""
    seen = box.new("a")
    box.settle(seen.id, state=state, next_at=None, error=None)
    assert not box.take(seen)
    box.settle(seen.id, state="pending", next_at=None, error=None)
    assert box.take(seen)
    box.settle(seen.id, state="pending", next_at=NOW, error="cut off")
    assert not box.take(seen)


def test_the_receipt_is_kept(box):
    """A delivery keeps Slack's receipt and clears what was counted; an edit keeps when it was first sent."""
    message = box.new("a")
    box.take(message)
    box.settle(message.id, state="ambiguous", next_at=NOW, error="time-out", looks=2)
    box.sent(message.id, channel_id="C1", ts="1.1", digest="d1", now=NOW)
    sent = box.find(message.id)
    assert (sent.state, sent.channel_id, sent.ts, sent.sent_digest) == ("sent", "C1", "1.1", "d1")
    assert (sent.sent_at, sent.tries, sent.looks, sent.error, sent.lease_until) == (NOW, 0, 0, None, None)
    box.show_again(sent, NOW + MINUTE)
    box.take(box.find(sent.id), NOW + MINUTE)
    box.sent(sent.id, channel_id="C1", ts="1.1", digest="d2", now=NOW + MINUTE)
    edited = box.find(sent.id)
    assert (edited.sent_at, edited.sent_digest) == (NOW, "d2")


@pytest.mark.parametrize("state", ["pending", "retry", *ENDS])
def test_a_receipt_needs_an_attempt(box, state):
    """A receipt for a message that nobody was sending changes nothing."""
    before = box.in_state("a", state)
    box.sent(before.id, channel_id="C1", ts="1.1", digest="d1", now=NOW)
    assert box.find(before.id) == before


@pytest.mark.parametrize(
    ("state", "after"),
    [(s, "pending" if s in {"sent", "cancelled", "stale", "pending"} else s) for s in STATES],
)
def test_what_is_shown_again(box, state, after):
    """A message at rest is shown again; one under way, of unknown fate, to be retried or dead is left to its course."""
    box.show_again(box.in_state("a", state), NOW + MINUTE)
    message = box.by_key("a")
    assert message.state == after
    assert message.next_at == (NOW + MINUTE if after == "pending" else NOW)


def test_orphans_are_attempts_whose_lease_ran_out(box):
    """An attempt is an orphan after its lease, not at its end; at the start of a process every attempt is one."""
    box.take(box.new("a"))
    box.take(box.new("b"), NOW + MINUTE)
    box.new("c")
    assert keys(box.orphans(NOW + 45 * SECOND)) == []
    assert keys(box.orphans(NOW + 46 * SECOND)) == ["a"]
    assert keys(box.orphans(None)) == ["a", "b"]


def test_messages_of_unknown_fate_are_looked_up(box):
    """What is ambiguous is looked up when it is due, the longest due first, and is neither posted nor edited."""
    for key, due in (("a", NOW), ("b", NOW - MINUTE), ("c", NOW + MINUTE)):
        box.settle(box.new(key, f"#{key}").id, state="ambiguous", next_at=due, error="time-out")
    assert keys(box.to_look_up(NOW, 10)) == ["b", "a"]
    assert keys(box.to_look_up(NOW, 1)) == ["b"]
    assert (box.to_post(NOW + MINUTE), box.to_edit(NOW + MINUTE, 10)) == ([], [])


def test_a_message_can_wait_and_go_elsewhere(box):
    """A message is held until an instant, and goes to another target when its own is no use."""
    message = box.new("a", "person:ana@seller.example")
    box.hold(message.id, NOW + MINUTE)
    box.retarget(message.id, "#sales-ops")
    held = box.find(message.id)
    assert (held.next_at, held.target, held.state) == (NOW + MINUTE, "#sales-ops", "pending")
    assert held.held is None


def test_why_a_message_waited_is_kept(box):
    """The reason is kept in words with the instant, also when the message waits again without one, or is sent."""
    message = box.new("a", "person:ana@seller.example")
    box.hold(message.id, NOW + MINUTE, "outside the agreed hours in Asia/Tokyo")
    words = "held until 2026-11-16 09:01 UTC: outside the agreed hours in Asia/Tokyo"
    assert box.find(message.id).held == words
    box.hold(message.id, NOW + 2 * MINUTE)
    assert box.deliver("a").held == words


@pytest.mark.parametrize("turn", [None, NOW + MINUTE])
def test_when_a_message_will_look_different_is_kept(box, turn):
    """A claim says until when its content is true; what is found to be true for longer, or for ever, is told later."""
    message = box.new("a")
    taken = {"digest": "d1", "payload": {"text": "x"}, "now": NOW, "lease_until": NOW + MINUTE}
    assert box.claim(message, **taken, refresh_at=turn)
    assert box.find(message.id).refresh_at == turn
    for later in (NOW + 5 * MINUTE, None):
        box.turns(message.id, later)
        assert box.find(message.id).refresh_at == later


def test_messages_whose_time_has_come_are_edited(box):
    """A sent message that looks different by now is to be edited, once; one under way or later is left to its course."""
    for key, turn in (("now", NOW), ("before", NOW - MINUTE), ("later", NOW + SECOND), ("never", None)):
        box.turns(box.deliver(key).id, turn)
    box.turns(box.in_state("not sent", "dead").id, NOW)
    assert box.refresh(NOW) == 2
    assert keys(box.to_edit(NOW, 10)) == ["now", "before"]
    assert [box.by_key(key).refresh_at for key in ("now", "before", "later")] == [None, None, NOW + SECOND]
    assert box.refresh(NOW) == 0
    assert box.refresh(NOW + SECOND) == 1


def test_the_next_wake_is_no_later_than_a_turn(box):
    """Nothing waits but a message that will look different: it is what the next look is for."""
    message = box.deliver("a")
    assert box.next_wake(NOW) is None
    box.turns(message.id, NOW + MINUTE)
    assert box.next_wake(NOW) == NOW + MINUTE
    assert box.next_wake(NOW + 2 * MINUTE) == NOW + 2 * MINUTE
    box.new("b", due=NOW + SECOND)
    assert box.next_wake(NOW) == NOW + SECOND
