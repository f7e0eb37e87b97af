"""Two replicas on one PostgreSQL share the work: whatever both of them hear or do has its effect once."""

from __future__ import annotations

import asyncio
from functools import partial

import pytest

from bot.clock import ManualClock
from bot.flow import apply
from bot.flow.accept import as_rows
from bot.flow.ports import NotConnected, Office
from bot.store import inbox, tables
from bot.store.database import Database
from tests.support.histories import AGREEMENT, NOW, image, retold
from tests.support.stories import event

EVENTS = [
    event(
        10 * deal + n,
        kind,
        f"2026-11-{16 + n}T09:00:00Z",
        {"id": f"D{deal}", "lead_ids": [f"L{deal % 7}"], **data},
    )
    for deal in range(40)
    for n, (kind, data) in enumerate(
        [
            ("deal.created", {"stage": "engaging"}),
            ("deal.won", {"amount": "10"}),
            ("deal.updated", {"amount": "12"}),
        ]
    )
]


@pytest.fixture
def replicas(postgres):
    """Two processes' databases, which are one."""
    url = postgres.url()
    made = [Database(url), Database(url)]
    yield made
    for database in made:
        database.close()


async def test_the_same_events_in_opposite_orders_are_stored_once(replicas):
    """Both replicas accept the same events at once, in opposite orders: neither fails, and each event is new once."""
    rows = as_rows("generic", EVENTS, NOW)
    for number in range(20):
        batch = [
            inbox.NewEvent(f"round {number}", row.event_id, row.type, row.body_json, NOW) for row in rows
        ]
        one, other = replicas
        new = await asyncio.gather(
            one.insert(partial(inbox.add, events=batch)), other.insert(partial(inbox.add, events=batch[::-1]))
        )
        assert len(new[0]) + len(new[1]) == len(EVENTS)
        assert not new[0] & new[1]


async def test_what_two_replicas_apply_has_its_effect_once(replicas):
    """Both replicas apply what waits, beside each other: the records are those of one, and each win has one card."""
    await replicas[0].insert(partial(inbox.add, events=as_rows("generic", EVENTS, NOW)))

    async def work(database: Database) -> int:
        office = Office(database, ManualClock(NOW), AGREEMENT, NotConnected(), roll=lambda: 0.5)
        applied = 0
        while (done := await apply.apply_waiting(office, limit=5)).applied:
            assert done.failed == 0
            applied += done.applied
        return applied

    counts = await asyncio.gather(*(work(database) for database in replicas))
    assert sum(counts) == len(EVENTS)
    together = await replicas[1].read(image)
    table = tables.MessageRow.__table__
    cards = await replicas[0].read(
        lambda s: sorted(r.key for r in s.execute(table.select()) if r.kind == "win")
    )
    assert cards == sorted(f"win:generic/D{deal}:1" for deal in range(40))
    assert together == await replicas[0].write(partial(retold, history=EVENTS))
