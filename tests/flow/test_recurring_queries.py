"""What runs every second costs what is due, not what exists: no query of a recurring job scans a table that grows."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any, Self

from sqlalchemy import event, text

from bot.clock import ManualClock
from bot.domain.agreement import Agreement
from bot.flow import reminders
from bot.flow.apply import apply_waiting
from bot.flow.deliver import Delivery
from bot.flow.ports import NotConnected, Office
from tests.support.market import Market

NOW = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)  # a Monday
GROWING = (
    "clock",
    "clock_step",
    "event",
    "lead",
    "lead_answer",
    "message",
    "nudge_item",
    "touch",
    "activity",
)


class Listener:
    """Keeps every SELECT and UPDATE with its parameters."""

    def __init__(self, *engines: Any) -> None:
        self.heard: dict[str, Any] = {}
        self._engines = engines

    def __enter__(self) -> Self:
        for engine in self._engines:
            event.listen(engine, "before_cursor_execute", self._hear)
        return self

    def __exit__(self, *_: object) -> None:
        for engine in self._engines:
            event.remove(engine, "before_cursor_execute", self._hear)

    def _hear(self, _connection, _cursor, statement, parameters, _context, many) -> None:
        if re.match(r"\s*(SELECT|UPDATE|DELETE)", statement) and "pg_advisory" not in statement:
            self.heard[statement] = parameters[0] if many else parameters


def scans(database: Any, heard: dict[str, Any]) -> dict[str, str]:
    """The tables that a statement walks from end to end, by statement."""
    found = {}
    with database.engine.connect() as connection:
        if not database.is_sqlite:
            connection.execute(text("SET enable_seqscan = off"))  # else a small table is always read whole
        for statement, parameters in heard.items():
            explain = "EXPLAIN QUERY PLAN " if database.is_sqlite else "EXPLAIN "
            rows = connection.exec_driver_sql(explain + statement, parameters).all()
            plan = "\n".join(str(row[-1]) for row in rows)
            pattern = r"SCAN (\w+)(?! USING)" if database.is_sqlite else r"Seq Scan on (\w+)"
            walked = sorted({name for name in re.findall(pattern, plan) if name in GROWING})
            if walked:
                found[statement] = f"{walked}\n{plan}"
    return found


async def test_no_recurring_query_scans(database):
    """The sweep, the delivery and the inbox, with nothing due and with something due, find their rows by an index."""
    office = Office(database, ManualClock(NOW), Agreement(), NotConnected(), roll=lambda: 0.5)
    market = Market(database, now=NOW)
    for number in range(3):
        lead = {
            "id": f"L{number}",
            "email": f"p{number}@prospect.example",
            "owner_email": "ana@seller.example",
        }
        market.happens("lead.created", NOW.isoformat(), **lead)
    delivery = Delivery(office, lambda: None)
    with Listener(database._writer, database._reader) as listener:
        for hours in (0, 3, 4, 6, 30):
            office.clock.move_to(NOW + timedelta(hours=hours))
            await apply_waiting(office)
            await reminders.sweep(office)
            await delivery.round()
            await delivery.finish()
            await delivery.next_wake()
    for table in ("clock", "message", "event"):
        assert any(f"FROM {table}" in statement for statement in listener.heard)
    assert scans(database, listener.heard) == {}


def test_the_listener_sees_a_scan(database):
    """The check above is not blind: a question that no index answers is found."""
    with Listener(database._reader) as listener:
        database.read_now(lambda s: s.execute(text("SELECT tier FROM clock WHERE tier = 'hot'")).all())
    assert len(scans(database, listener.heard)) == 1
