"""What `winbell inbox` and `winbell outbox` list, show and retry."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.domain.money import DIGITS
from bot.domain.when import instant_text
from bot.errors import NotFoundError
from bot.flow.apply import Applied, apply_waiting
from bot.sources.schema import from_json
from bot.store import figures
from bot.store import inbox as events
from bot.store import outbox as messages

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bot.flow.ports import Office
    from bot.store.database import Session

Rows = list[tuple[str, ...]]


def inbox(session: Session) -> tuple[Rows, Rows]:
    """(events that failed, what was kept although it was not understood)."""
    failed: Rows = [
        (str(e.id), e.state, str(e.tries), e.type, f"{e.source}/{e.event_id}", e.error or "")
        for e in events.failed(session)
    ]
    misfits: Rows = [
        (kind, str(value), str(count))
        for kind, found in figures.misfits(session, set(DIGITS)).items()
        for value, count in found
    ]
    return failed, misfits


def event(session: Session, number: int) -> dict[str, Any]:
    """One event of the inbox. Raises NotFoundError."""
    found = events.find(session, number)
    if found is None:
        raise NotFoundError(f"there is no event {number}; `winbell inbox` lists those that failed")
    parsed = from_json(found.body_json)
    return {
        "number": found.id,
        "state": found.state,
        "tries": found.tries,
        "source": found.source,
        "id": found.event_id,
        "type": found.type,
        "timestamp": instant_text(parsed.at),
        "received_at": instant_text(found.received_at),
        "error": found.error,
        "data": parsed.data,
    }


def retry_events(session: Session, numbers: Sequence[int] | None, now: datetime) -> int:
    """Give failed events another round of tries."""
    return events.retry(session, list(numbers) if numbers else None, now)


async def apply_all(office: Office) -> Applied:
    """Apply what waits, until nothing more can be applied now."""
    applied = failed = 0
    while True:
        done = await apply_waiting(office)
        applied, failed = applied + done.applied, failed + done.failed
        if done == Applied(0, 0):  # a batch of nothing but failures is passed, too
            return Applied(applied, failed)


def outbox(session: Session) -> Rows:
    """Messages that are not at their end, or ended badly."""
    return [
        (
            str(m.id),
            m.state,
            str(m.tries),
            m.kind,
            m.target.removeprefix("person:"),
            instant_text(m.next_at),
            m.error or "",
        )
        for m in messages.failed(session)
    ]


def message(session: Session, number: int) -> dict[str, Any]:
    """One message of the outbox. Raises NotFoundError."""
    found = messages.find(session, number)
    if found is None:
        raise NotFoundError(f"there is no message {number}; `winbell outbox` lists those that wait or failed")
    return {
        "number": found.id,
        "key": found.key,
        "kind": found.kind,
        "to": found.target.removeprefix("person:"),
        "state": found.state,
        "tries": found.tries,
        "created_at": instant_text(found.created_at),
        "due_at": instant_text(found.next_at),
        "sent_at": instant_text(found.sent_at) if found.sent_at else None,
        "channel": found.channel_id,
        "ts": found.ts,
        "error": found.error,
        "payload": found.payload,
    }


def retry_messages(session: Session, numbers: Sequence[int] | None, now: datetime) -> int:
    """Send messages again."""
    return messages.retry(session, list(numbers) if numbers else None, now)
