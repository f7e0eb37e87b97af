"""An event that cannot be applied is tried again, set aside with its error, and holds up nobody."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import event as listening
from sqlalchemy import update

from bot.clock import ManualClock
from bot.domain.agreement import Agreement
from bot.errors import StorageError
from bot.flow import apply
from bot.flow.accept import as_rows
from bot.flow.apply import Applied
from bot.flow.ports import NotConnected, Office
from bot.sources.events import Event
from bot.store import inbox, records, tables
from bot.store.inbox import NewEvent

NOW = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)
EVENT = tables.EventRow.__table__


@pytest.fixture
def office(database) -> Office:
    """An office on an empty database of each kind, with a clock that stands still."""
    return Office(database, ManualClock(NOW), Agreement(), NotConnected(), roll=lambda: 0.5)


async def accept(office: Office, *names: str) -> None:
    """Good events, one deal each."""
    told = [Event(name, "deal.created", NOW, {"id": name, "stage": "engaging"}) for name in names]
    await office.database.insert(partial(inbox.add, events=as_rows("generic", told, office.clock.now())))


async def poison(office: Office, name: str = "bad", body: str = "not JSON") -> None:
    """An event whose stored body nobody can read."""
    new = NewEvent("generic", name, "deal.created", body, office.clock.now())
    await office.database.insert(partial(inbox.add, events=[new]))


async def deals(office: Office) -> list[str]:
    """The deals that were described."""
    return [key.partition("/")[2] for key in await office.database.read(records.all_deal_keys)]


async def the_bad_one(office: Office) -> inbox.StoredEvent:
    """The one event that failed."""
    (found,) = await office.database.read(inbox.failed)
    return found


async def test_a_poisonous_event_holds_up_nobody(office):
    """Events before and after it, in its batch and in later ones, are applied at once."""
    await accept(office, "D1", "D2")
    await poison(office)
    await accept(office, "D3")
    assert await apply.apply_waiting(office, limit=20) == Applied(3, 1)
    assert await deals(office) == ["D1", "D2", "D3"]
    await accept(office, "D4")
    assert await apply.apply_waiting(office, limit=1) == Applied(1, 0)
    assert await deals(office) == ["D1", "D2", "D3", "D4"]


async def test_a_poisonous_event_is_set_aside_after_eight_tries(office):
    """It is tried eight times, at growing intervals, with its error kept; then never again until somebody asks."""
    await poison(office)
    waits, tries = [], 0
    while tries < apply.TRIES:
        assert await apply.apply_waiting(office) == Applied(0, 1)
        assert await apply.apply_waiting(office) == Applied(0, 0)
        tries += 1
        bad = await the_bad_one(office)
        assert (bad.tries, bad.error) == (tries, "FormatError: event: is not a stored event")
        if bad.state == "parked":
            before = office.clock.now()
            next_try = await office.database.read(
                lambda s: s.execute(EVENT.select().with_only_columns(EVENT.c.next_try_at)).scalar_one()
            )
            office.clock.move_to(next_try - timedelta(microseconds=1))
            assert await apply.apply_waiting(office) == Applied(0, 0)
            office.clock.move_to(next_try)
            waits.append((next_try - before).total_seconds())
    assert (await the_bad_one(office)).state == "dead"
    assert waits == [1.5, 2, 3, 5, 9, 17, 33]
    office.clock.advance(timedelta(days=365))
    assert await apply.apply_waiting(office) == Applied(0, 0)
    assert await office.database.read(inbox.counts) == {"dead": 1}


async def test_a_retry_works_when_the_cause_is_gone(office):
    """What was set aside has its effect, as if nothing had happened, once it is retried without its cause."""
    await poison(office)
    for _ in range(apply.TRIES):
        await apply.apply_waiting(office)
        office.clock.advance(timedelta(minutes=10))
    bad = await the_bad_one(office)
    now = office.clock.now()
    assert await office.database.write(lambda s: inbox.retry(s, [bad.id], now)) == 1
    assert await apply.apply_waiting(office) == Applied(0, 1)
    assert (await the_bad_one(office)).tries == 1
    (good,) = as_rows("generic", [Event("bad", "deal.created", NOW, {"id": "D9"})], NOW)
    await office.database.write(lambda s: s.execute(update(EVENT).values(body_json=good.body_json)))
    await office.database.write(lambda s: inbox.retry(s, None, now))
    assert await apply.apply_waiting(office) == Applied(1, 0)
    assert await deals(office) == ["D9"]
    found = await office.database.read(lambda s: inbox.find(s, bad.id))
    assert (found.state, found.error) == ("applied", None)


async def test_a_failed_event_leaves_no_trace(office):
    """An event that fails half-way has changed nothing: neither its record nor what it named."""
    await poison(
        office,
        body='{"at":"2026-11-16T09:00:00+00:00","data":{"id":"D1","owner_email":"ana@seller.example",'
        '"lead_ids":["L1"],"contributors":[{"role":"sdr"}]},"id":"bad","type":"deal.created"}',
    )
    assert await apply.apply_waiting(office) == Applied(0, 1)
    assert (await the_bad_one(office)).error == "KeyError: 'email'"
    for model in (tables.DealRow, tables.PersonRow, tables.LeadRow, tables.DealStageRow):
        rows = await office.database.read(lambda s, m=model: list(s.execute(m.__table__.select())))
        assert rows == []


async def test_many_poisonous_events_do_not_starve_the_good_ones(office):
    """A full batch of poison is passed: the good event behind it is applied before the poison's next try."""
    for number in range(30):
        await poison(office, f"bad {number}")
    await accept(office, "D1")
    rounds = 0
    while not await deals(office):
        await apply.apply_waiting(office, limit=10)
        rounds += 1
    assert rounds <= 4
    assert await office.database.read(inbox.counts) == {"parked": 30}


async def test_a_database_that_does_not_answer_is_not_the_events_fault(office):
    """When the database fails, no event is blamed: it is still as it was, and is applied when the database is back."""
    await accept(office, "D1")

    def fail(*_args):
        raise StorageError("the database does not answer: locked")

    listening.listen(office.database.engine, "before_cursor_execute", fail)
    try:
        with pytest.raises(StorageError):
            await apply.apply_waiting(office)
    finally:
        listening.remove(office.database.engine, "before_cursor_execute", fail)
    assert await office.database.read(inbox.failed) == []
    assert await apply.apply_waiting(office) == Applied(1, 0)
    assert await deals(office) == ["D1"]
