"""Lanes: a channel has its pace, and its id is asked for once."""

from __future__ import annotations

from functools import partial

import pytest

from bot.store import lanes
from tests.support.outbox import MINUTE, NOW, SECOND, Box, keys


@pytest.fixture
def box(database) -> Box:
    """An empty outbox on each kind of database."""
    return Box(database)


@pytest.fixture
def occupy(database):
    """Nothing goes through a lane until an instant."""
    return lambda lane, until: database.write_now(partial(lanes.occupy, lane=lane, until=until))


def test_a_lane_waits_for_its_pace(database, box, occupy):
    """A lane that was used is free again at its instant, and the others are not held up."""
    box.new("wins")
    box.new("ops", "#sales-ops")
    occupy("#wins", NOW + SECOND)
    assert keys(box.to_post(NOW)) == ["ops"]
    assert keys(box.to_post(NOW + SECOND)) == ["wins", "ops"]
    occupy("#wins", NOW + MINUTE)
    assert database.read_now(partial(lanes.free_at, lane="#wins")) == NOW + MINUTE
    assert database.read_now(partial(lanes.free_at, lane="#never")) is None


def test_a_pause_of_edits_is_no_pause_of_posts(box, occupy):
    """A lane's pace holds up what is posted in it, not what is edited."""
    box.show_again(box.deliver("a"), NOW)
    occupy("#wins", NOW + MINUTE)
    assert keys(box.to_edit(NOW, 9)) == ["a"]


def test_a_channels_id_is_kept(database):
    """The id of a channel is known once it was found, is replaced when found anew, and can be forgotten."""
    ask = partial(database.read_now, partial(lanes.channel_id, name="#wins"))
    assert ask() is None
    for found in ("C1", "C2"):
        database.write_now(partial(lanes.keep_channel, name="#wins", found=found, now=NOW))
        assert ask() == found
    database.write_now(partial(lanes.forget_channel, name="#wins"))
    assert ask() is None


# When to look again.


def test_nothing_waits(box):
    """An empty outbox, and one whose messages are at their ends, wait for no instant."""
    assert box.next_wake(NOW) is None
    box.deliver("sent")
    box.in_state("dead", "dead")
    assert box.next_wake(NOW) is None


def test_the_next_message_wakes(box, occupy):
    """The next instant is when the first message is due and its lane free, however many wait in a busy lane."""
    for number in range(60):
        box.new(f"wins {number}", due=NOW - MINUTE)
    occupy("#wins", NOW + MINUTE)
    assert box.next_wake(NOW) == NOW + MINUTE
    box.new("ops", "#sales-ops", due=NOW + SECOND)
    assert box.next_wake(NOW) == NOW + SECOND
    assert box.next_wake(NOW + 2 * SECOND) == NOW + 2 * SECOND


def test_what_is_overdue_wakes_now(box):
    """No instant lies in the past."""
    box.new("late", due=NOW - MINUTE)
    assert box.next_wake(NOW) == NOW


def test_a_method_that_rests_wakes_nobody(box):
    """While Slack takes no posts, posts wait for its word and edits go on; and the other way round."""
    box.new("post")
    assert box.next_wake(NOW, post_from=NOW + MINUTE) == NOW + MINUTE
    assert box.next_wake(NOW, edit_from=NOW + MINUTE) == NOW
    box.show_again(box.deliver("edit", target="#other"), NOW + SECOND)
    assert box.next_wake(NOW, post_from=NOW + MINUTE) == NOW + SECOND
    assert box.next_wake(NOW, post_from=NOW + 2 * MINUTE, edit_from=NOW + MINUTE) == NOW + MINUTE


def test_a_busy_lane_wakes_nobody(box):
    """While a post is under way its lane is not looked at: the end of the attempt frees it."""
    first = box.new("first")
    box.new("second")
    box.take(first)
    assert box.next_wake(NOW) is None
    box.settle(first.id, state="retry", next_at=NOW + MINUTE, error="rate_limited")
    assert box.next_wake(NOW) == NOW


def test_a_message_of_unknown_fate_wakes(box):
    """A look-up is due at its instant, whatever its lane does."""
    box.settle(box.new("a").id, state="ambiguous", next_at=NOW + SECOND, error="time-out")
    assert box.next_wake(NOW, post_from=NOW + MINUTE, edit_from=NOW + MINUTE) == NOW + SECOND
