"""The outbox as people see it: what failed, what waits and for how long, and another try."""

from __future__ import annotations

import pytest

from tests.support.outbox import MINUTE, NOW, Box, keys

STATES = ("pending", "sending", "sent", "retry", "ambiguous", "dead", "cancelled", "stale")


@pytest.fixture
def box(database) -> Box:
    """An outbox with one message in each state."""
    made = Box(database)
    for state in STATES:
        made.in_state(state, state, target=f"#{state}")
    return made


def test_what_failed_is_listed(box):
    """Given up, of unknown fate, or to be tried again: oldest first, and no others."""
    assert keys(box.failed()) == ["retry", "ambiguous", "dead"]
    assert keys(box.failed(limit=1)) == ["retry"]


def test_the_newest_are_listed_first(box):
    """All messages, the newest first."""
    assert keys(box.latest()) == list(reversed(STATES))
    assert keys(box.latest(limit=2)) == ["stale", "cancelled"]


def test_what_is_not_at_its_end_is_counted(box):
    """A count for each state that is not a good end."""
    assert box.counts() == dict.fromkeys(("pending", "sending", "retry", "ambiguous", "dead"), 1)


def test_how_long_the_oldest_waits(box):
    """The oldest message that waits to be sent was due then; nothing waits in an empty outbox."""
    assert box.oldest_waiting() == NOW
    box.hold(box.by_key("pending").id, NOW - MINUTE)
    assert box.oldest_waiting() == NOW - MINUTE
    for key in ("pending", "retry"):
        box.settle(box.by_key(key).id, state="cancelled", next_at=None, error=None)
    assert box.oldest_waiting() is None


def test_retry_sends_again_what_was_given_up(box):
    """Given-up messages are sent again, those of unknown fate are looked up first; the others are left alone."""
    untouched = {key: box.by_key(key) for key in STATES if key not in {"retry", "ambiguous", "dead"}}
    looked = box.by_key("ambiguous")
    box.settle(looked.id, state="ambiguous", next_at=NOW + 9 * MINUTE, error="cannot look", looks=2)
    assert box.retry(None, NOW + MINUTE) == 3
    assert {key: box.by_key(key) for key in untouched} == untouched
    again = {key: box.by_key(key) for key in ("retry", "dead", "ambiguous")}
    assert [(m.state, m.tries, m.next_at) for m in again.values()] == [
        ("pending", 0, NOW + MINUTE),
        ("pending", 0, NOW + MINUTE),
        ("ambiguous", 0, NOW + MINUTE),
    ]
    assert again["ambiguous"].looks == 0


def test_retry_takes_only_what_was_named(box):
    """Named numbers are retried if they failed; a number that is no message is nobody's."""
    named = [box.by_key("dead").id, box.by_key("sent").id, 10**6]
    assert box.retry(named, NOW) == 1
    assert (box.by_key("dead").state, box.by_key("sent").state) == ("pending", "sent")
    assert box.by_key("retry").state == "retry"
    assert box.retry([], NOW) == 0
