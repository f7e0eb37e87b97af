"""Reminders in the outbox, and the leads in each of them."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, or_, select, update

from bot.store.outbox import COLUMNS, WAITS, M, Message, message_of
from bot.store.sql import table_of, upsert_many
from bot.store.tables import NudgeItemRow

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

N = table_of(NudgeItemRow).c


@dataclass(frozen=True, slots=True)
class NudgeItem:
    """A lead in a reminder. `ref` is the opaque value of its button."""

    message_id: int
    lead_key: str
    cycle: int
    ref: str
    step: str
    due_at: datetime


_ITEM_COLUMNS = tuple(N[name] for name in NudgeItem.__dataclass_fields__)


def waiting(session: Session, targets: Collection[str]) -> dict[str, int]:
    """The reminders that wait to be sent to these people and channels: the oldest one's number, by target."""
    rows = session.execute(
        select(M.target, func.min(M.id))
        .where(
            M.kind == "nudge",
            M.target.in_(sorted(targets)),
            WAITS,
            M.ts.is_(None),
            M.sent_at.is_(None),
        )
        .group_by(M.target)
    )
    return {str(target): int(number) for target, number in rows}


def latest(session: Session, targets: Collection[str], since: datetime) -> dict[str, Message]:
    """The reminder sent last to each of these, if that was after an instant, by target; also one being edited."""
    rows = session.execute(
        select(*COLUMNS)
        .where(M.kind == "nudge", M.target.in_(sorted(targets)), M.sent_at > since, M.state != "dead")
        .order_by(M.sent_at, M.id)
    )
    return {message.target: message for message in map(message_of, rows)}


def sent_since(session: Session, target: str, since: datetime) -> list[datetime]:
    """When reminders were sent to somebody since an instant, oldest first."""
    rows = session.execute(
        select(M.sent_at).where(M.kind == "nudge", M.target == target, M.sent_at >= since).order_by(M.sent_at)
    )
    return list(rows.scalars())


def put_item(
    session: Session, message_id: int, lead_key: str, cycle: int, step: str, due_at: datetime
) -> None:
    """Add a lead to a reminder, or move it on to a later step."""
    put_items(session, [(message_id, lead_key, cycle, step, due_at)])


def put_items(session: Session, items: Sequence[tuple[int, str, int, str, datetime]]) -> None:
    """Add leads to reminders, or move them on: (message, lead key, cycle, step, when that was due).

    The button of a lead stays the same.
    """
    latest = {
        (message_id, lead_key, cycle): (step, due_at) for message_id, lead_key, cycle, step, due_at in items
    }
    rows = [
        {
            "message_id": message_id,
            "lead_key": lead_key,
            "cycle": cycle,
            "ref": uuid.uuid4().hex,
            "step": step,
            "due_at": due_at,
        }
        for (message_id, lead_key, cycle), (step, due_at) in latest.items()
    ]
    upsert_many(session, NudgeItemRow, rows, ("step", "due_at"))


def drop_item(session: Session, message_id: int, lead_key: str, cycle: int | None = None) -> None:
    """Take a lead (or one cycle of it) out of a reminder that was not sent yet."""
    which = (N.message_id == message_id) & (N.lead_key == lead_key)
    if cycle is not None:
        which &= N.cycle == cycle
    session.execute(table_of(NudgeItemRow).delete().where(which))


def move_items(session: Session, message_id: int, to: int) -> None:
    """The leads of a reminder that was not sent yet are told by another one, if that does not tell them already."""
    known = {(item.lead_key, item.cycle) for item in items_of(session, to)}
    for item in items_of(session, message_id):
        if (item.lead_key, item.cycle) in known:
            drop_item(session, message_id, item.lead_key, item.cycle)
    session.execute(update(NudgeItemRow).where(N.message_id == message_id).values(message_id=to))


def beside(session: Session, message: Message, target: str) -> Message | None:
    """Another reminder that waits to be sent to somebody, or is under way to them for the first time."""
    rows = session.execute(
        select(*COLUMNS)
        .where(
            M.kind == "nudge",
            M.target == target,
            M.id != message.id,
            WAITS | (M.state == "sending"),
            M.ts.is_(None),
        )
        .order_by(M.id)
    )
    row = rows.first()
    return message_of(row) if row else None


def items_of(session: Session, message_id: int) -> list[NudgeItem]:
    """The leads of a reminder, the most urgent first."""
    rows = session.execute(
        select(*_ITEM_COLUMNS).where(N.message_id == message_id).order_by(N.due_at, N.lead_key)
    )
    return [NudgeItem(*row) for row in rows]


def item_by_ref(session: Session, ref: str) -> NudgeItem | None:
    """The lead behind a button."""
    row = session.execute(select(*_ITEM_COLUMNS).where(N.ref == ref)).first()
    return NudgeItem(*row) if row else None


def messages_with(
    session: Session, lead_keys: Collection[str], beginnings: Collection[str] = ()
) -> list[Message]:
    """The reminders that show any of these leads; only for steps whose keys begin so, where that is given."""
    which = select(N.message_id).where(N.lead_key.in_(lead_keys))
    if beginnings:
        which = which.where(or_(*(N.step.startswith(one) for one in beginnings)))
    return [
        message_of(row) for row in session.execute(select(*COLUMNS).where(M.id.in_(which)).order_by(M.id))
    ]
