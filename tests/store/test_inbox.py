"""The inbox: an event is stored once, waits its turn, and is never lost sight of."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

import pytest

from bot.store import inbox
from bot.store.inbox import NewEvent

NOW = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def new(name: str, *, source: str = "generic", body: str = "{}", at: datetime = NOW, **more: Any) -> NewEvent:
    """An event to be stored."""
    return NewEvent(source, name, "deal.updated", body, at, **more)


def names(found: list[inbox.StoredEvent]) -> list[str]:
    """The ids that the source gave."""
    return [event.event_id for event in found]


@pytest.fixture
def add(database):
    """Stores events and gives (source, id) of the new ones."""
    return lambda *events: database.write_now(partial(inbox.add, events=events))


@pytest.fixture
def waiting(database):
    """The ids that wait at an instant."""
    return lambda at=NOW, limit=100: names(database.read_now(partial(inbox.waiting, now=at, limit=limit)))


def numbers(database) -> dict[str, int]:
    """The numbers of the waiting events by their ids."""
    found = database.read_now(partial(inbox.waiting, now=NOW + timedelta(days=9), limit=100))
    return {event.event_id: event.id for event in found}


def test_only_new_events_are_new(add):
    """An event that is there already is not new, whatever its body says now."""
    assert add(new("a"), new("b")) == {("generic", "a"), ("generic", "b")}
    assert add(new("b", body="[]"), new("c")) == {("generic", "c")}
    assert add(new("a"), new("b")) == set()


def test_what_is_stored_stays_as_it_is(database, add):
    """The first delivery of an event stands: a second one changes neither its body nor its time nor its state."""
    add(new("a", body='{"n":1}', announce_since=date(2026, 11, 1), silent=True))
    (before,) = database.read_now(partial(inbox.waiting, now=NOW, limit=9))
    add(new("a", body='{"n":2}', at=NOW - MINUTE))
    (after,) = database.read_now(partial(inbox.waiting, now=NOW, limit=9))
    assert after == before
    assert (after.body_json, after.silent, after.announce_since) == ('{"n":1}', True, date(2026, 11, 1))


def test_the_same_event_twice_in_one_batch_is_stored_once(database, add):
    """Of two events with one id in one batch the first is stored."""
    assert add(new("a", body="1"), new("b", body="2"), new("a", body="3")) == {
        ("generic", "a"),
        ("generic", "b"),
    }
    found = database.read_now(partial(inbox.waiting, now=NOW, limit=9))
    assert [(event.event_id, event.body_json) for event in found] == [("a", "1"), ("b", "2")]


def test_an_id_is_the_sources_own(add, waiting):
    """The same id from two sources names two events."""
    assert len(add(new("a"), new("a", source="hubspot"))) == 2
    assert waiting() == ["a", "a"]


def test_a_large_batch_is_stored_whole(add, waiting):
    """More events than fit one statement are all stored, and only the new ones are told."""
    add(new("e0700"))
    batch = [new(f"e{number:04}") for number in range(1201)]
    assert add(*batch) == {("generic", event.event_id) for event in batch} - {("generic", "e0700")}
    assert waiting(limit=2000) == ["e0700"] + [event.event_id for event in batch if event.event_id != "e0700"]


def test_nothing_is_added_for_nothing(add):
    """An empty batch is no event."""
    assert add() == set()


@pytest.mark.parametrize(
    "text", ["Zoë 🎉", "א\u202egnp.exe", 'quote " and \\', "'; drop table event; --", "%_"]
)
def test_texts_come_back_as_they_were(database, add, text):
    """Letters of any script, quotes and wildcards are stored as they are."""
    add(new(text, body=text))
    (found,) = database.read_now(partial(inbox.waiting, now=NOW, limit=9))
    assert (found.event_id, found.body_json) == (text, text)


def test_the_oldest_waits_first(add, waiting):
    """Events wait in the order of their arrival; one that is due later is not among them."""
    add(
        new("late", at=NOW + MINUTE),
        new("second", at=NOW),
        new("third", at=NOW),
        new("first", at=NOW - MINUTE),
    )
    assert waiting() == ["first", "second", "third"]
    assert waiting(limit=2) == ["first", "second"]
    assert waiting(NOW + MINUTE) == ["first", "second", "third", "late"]


def test_an_applied_event_waits_no_more(database, add, waiting):
    """What was applied is neither waiting, nor counted, nor listed as failed."""
    add(new("a"), new("b"))
    number = numbers(database)["a"]
    assert database.read_now(inbox.count_waiting) == 2
    database.write_now(partial(inbox.mark_applied, ids=[number]))
    assert (waiting(), database.read_now(inbox.count_waiting)) == (["b"], 1)
    assert database.read_now(inbox.counts) == {"stored": 1}
    assert database.read_now(inbox.failed) == []
    assert database.read_now(partial(inbox.find, number=number)).state == "applied"


def test_a_failed_event_waits_for_its_next_try(database, add, waiting):
    """A failed event keeps its error, counts its tries, and waits until its next one."""
    add(new("a"))
    number = numbers(database)["a"]
    for _ in range(2):
        database.write_now(
            partial(inbox.mark_failed, event_id=number, error="no such", next_try_at=NOW + 5 * MINUTE)
        )
    assert (waiting(), waiting(NOW + 5 * MINUTE)) == ([], ["a"])
    event = database.read_now(partial(inbox.find, number=number))
    assert (event.state, event.tries, event.error) == ("parked", 2, "no such")
    assert database.read_now(inbox.counts) == {"parked": 1}


def test_a_dead_event_is_kept_and_listed(database, add, waiting):
    """An event that is set aside is tried no more, and listed with those that wait for another try, oldest first."""
    add(new("a"), new("b"), new("c"))
    number = numbers(database)
    database.write_now(
        partial(inbox.mark_failed, event_id=number["b"], error="bad", next_try_at=NOW + MINUTE)
    )
    database.write_now(partial(inbox.mark_failed, event_id=number["a"], error="worse", next_try_at=None))
    assert waiting(NOW + timedelta(days=9)) == ["c", "b"]
    failed = database.read_now(inbox.failed)
    assert [(event.event_id, event.state, event.error) for event in failed] == [
        ("a", "dead", "worse"),
        ("b", "parked", "bad"),
    ]
    assert names(database.read_now(partial(inbox.failed, limit=1))) == ["a"]
    assert database.read_now(inbox.counts) == {"dead": 1, "parked": 1, "stored": 1}


def test_retry_gives_failed_events_another_round(database, add, waiting):
    """Retry takes the named failed events, or all of them, and no others; their tries start again."""
    add(new("a"), new("b"), new("c"), new("applied"))
    number = numbers(database)
    for name in ("a", "b", "c"):
        database.write_now(partial(inbox.mark_failed, event_id=number[name], error="bad", next_try_at=None))
    database.write_now(partial(inbox.mark_applied, ids=[number["applied"]]))
    retry = partial(inbox.retry, now=NOW + MINUTE)
    assert database.write_now(partial(retry, numbers=[number["b"], number["applied"], 10**6])) == 1
    assert waiting(NOW + MINUTE) == ["b"]
    assert database.write_now(partial(retry, numbers=None)) == 2
    assert waiting(NOW + MINUTE) == ["a", "b", "c"]
    assert database.read_now(partial(inbox.find, number=number["b"])).tries == 0
    assert database.write_now(partial(retry, numbers=None)) == 0


def test_no_such_event(database):
    """A number that no event has finds nothing."""
    assert database.read_now(partial(inbox.find, number=1)) is None
