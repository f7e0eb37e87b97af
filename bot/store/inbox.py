"""The inbox: every event that was accepted, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select, update

from bot.store.sql import changed_rows, insert_new, table_of, written
from bot.store.tables import EventRow

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from sqlalchemy.orm import Session

E = table_of(EventRow).c
WAITING: Any = written(E.state, "stored", "parked")
"""The condition of the index of waiting events."""


@dataclass(frozen=True, slots=True)
class NewEvent:
    """An event to be stored; `body_json` is its canonical form."""

    source: str
    event_id: str
    type: str
    body_json: str
    received_at: datetime
    silent: bool = False
    announce_since: date | None = None


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """An event as the inbox holds it."""

    id: int
    source: str
    event_id: str
    type: str
    body_json: str
    received_at: datetime
    silent: bool
    announce_since: date | None
    tries: int
    state: str
    error: str | None


_COLUMNS = (
    E.id,
    E.source,
    E.event_id,
    E.type,
    E.body_json,
    E.received_at,
    E.silent,
    E.announce_since,
    E.tries,
    E.state,
    E.error,
)


def add(session: Session, events: Sequence[NewEvent]) -> set[tuple[str, str]]:
    """Store the events that are not there yet, in as few statements as possible; returns (source, id) of the new.

    Two transactions that store the same events take them in the same order, so that neither waits for the other.
    """
    new: set[tuple[str, str]] = set()
    ordered = sorted(events, key=lambda event: (event.source, event.event_id))
    for start in range(0, len(ordered), 500):
        rows: dict[tuple[str, str], dict[str, Any]] = {}
        for event in ordered[start : start + 500]:
            rows.setdefault((event.source, event.event_id), _row(event))
        ids = insert_new(session, EventRow, list(rows.values()), "id")
        if len(ids) == len(rows):
            new.update(rows)
        elif ids:
            found = session.execute(select(E.source, E.event_id).where(E.id.in_(ids)))
            new.update((source, event_id) for source, event_id in found)
    return new


def _row(event: NewEvent) -> dict[str, Any]:
    return {
        "source": event.source,
        "event_id": event.event_id,
        "type": event.type,
        "body_json": event.body_json,
        "received_at": event.received_at,
        "state": "stored",
        "tries": 0,
        "next_try_at": event.received_at,
        "silent": event.silent,
        "announce_since": event.announce_since,
    }


def waiting(session: Session, now: datetime, limit: int) -> list[StoredEvent]:
    """Events to be applied now, oldest first."""
    rows = session.execute(
        select(*_COLUMNS).where(WAITING, E.next_try_at <= now).order_by(E.next_try_at, E.id).limit(limit)
    )
    return [StoredEvent(*row) for row in rows]


def count_waiting(session: Session) -> int:
    """How many events are not applied yet."""
    return session.execute(select(func.count()).where(WAITING)).scalar_one()


def mark_applied(session: Session, ids: Sequence[int]) -> None:
    """These events have had their effect."""
    session.execute(update(EventRow).where(E.id.in_(ids)).values(state="applied", error=None))


def mark_failed(session: Session, event_id: int, *, error: str, next_try_at: datetime | None) -> None:
    """An event could not be applied: try again at an instant, or set it aside for good (None)."""
    session.execute(
        update(EventRow)
        .where(E.id == event_id)
        .values(
            state="dead" if next_try_at is None else "parked",
            tries=E.tries + 1,
            error=error,
            **({} if next_try_at is None else {"next_try_at": next_try_at}),
        )
    )


def failed(session: Session, limit: int = 200) -> list[StoredEvent]:
    """Events that were set aside or wait for another try, oldest first."""
    rows = session.execute(
        select(*_COLUMNS).where(written(E.state, "dead", "parked")).order_by(E.id).limit(limit)
    )
    return [StoredEvent(*row) for row in rows]


def find(session: Session, number: int) -> StoredEvent | None:
    """One event by its number in the inbox."""
    row = session.execute(select(*_COLUMNS).where(E.id == number)).first()
    return StoredEvent(*row) if row else None


def retry(session: Session, numbers: Sequence[int] | None, now: datetime) -> int:
    """Give failed events (all, or these) another round of tries; returns how many there were."""
    which: Any = E.state.in_(("dead", "parked"))
    if numbers is not None:
        which = which & E.id.in_(numbers)
    result = session.execute(update(EventRow).where(which).values(state="stored", tries=0, next_try_at=now))
    return changed_rows(result)


def counts(session: Session) -> dict[str, int]:
    """How many events are waiting or set aside."""
    rows = session.execute(
        select(E.state, func.count()).where(E.state.in_(("stored", "parked", "dead"))).group_by(E.state)
    )
    return {str(state): int(count) for state, count in rows}
