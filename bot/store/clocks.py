"""Clocks, what became of their steps, and what people answered."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from sqlalchemy import delete, select, update

from bot.store.sql import insert_new, table_of, upsert
from bot.store.tables import AnswerRow, ClockRow, ClockStepRow

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

C = table_of(ClockRow).c
CS = table_of(ClockStepRow).c
AN = table_of(AnswerRow).c


@dataclass(frozen=True, slots=True)
class Clock:
    """The first-contact clock of a contact, under its earliest lead. `minutes` are working minutes."""

    lead_key: str
    cycle: int
    started_at: datetime
    due_at: datetime
    at_risk_at: datetime
    tier: str
    owner_email: str | None
    state: str
    stopped_at: datetime | None
    stopped_how: str | None
    minutes: int | None
    breached_owner: str | None
    quiet_before: datetime | None
    next_at: datetime | None


_COLUMNS = tuple(C[name] for name in Clock.__dataclass_fields__)


def find(session: Session, lead_key: str, cycle: int = 1) -> Clock | None:
    """One clock."""
    row = session.execute(select(*_COLUMNS).where(C.lead_key == lead_key, C.cycle == cycle)).first()
    return Clock(*row) if row else None


def of_leads(session: Session, lead_keys: Sequence[str]) -> list[Clock]:
    """The clocks kept under any of these leads."""
    return [Clock(*row) for row in session.execute(select(*_COLUMNS).where(C.lead_key.in_(lead_keys)))]


def save(session: Session, clock: Clock) -> None:
    """Write a clock."""
    upsert(session, ClockRow, asdict(clock))


def remove(session: Session, lead_key: str) -> None:
    """A lead has no clock of its own any more (another of the same contact is earlier, or it is gone)."""
    session.execute(delete(ClockRow).where(C.lead_key == lead_key))


def due_owners(session: Session, now: datetime, limit: int) -> list[str | None]:
    """Whose clocks must be looked at now, the most urgent first (None: leads without an owner)."""
    rows = session.execute(
        select(C.owner_email).where(C.next_at.is_not(None), C.next_at <= now).order_by(C.next_at).limit(limit)
    ).scalars()
    return list(dict.fromkeys(rows))


def due_of(session: Session, owner: str | None, until: datetime, limit: int) -> list[Clock]:
    """An owner's clocks with something to do until an instant, the most urgent first."""
    whose = C.owner_email.is_(None) if owner is None else C.owner_email == owner
    rows = session.execute(
        select(*_COLUMNS)
        .where(whose, C.next_at.is_not(None), C.next_at <= until)
        .order_by(C.next_at, C.lead_key)
        .limit(limit)
    )
    return [Clock(*row) for row in rows]


def open_keys(session: Session) -> list[str]:
    """The leads whose clock is not stopped."""
    rows = session.execute(select(C.lead_key).where(C.stopped_at.is_(None)).order_by(C.lead_key))
    return list(rows.scalars())


def every(session: Session) -> list[Clock]:
    """All clocks."""
    return [Clock(*row) for row in session.execute(select(*_COLUMNS).order_by(C.lead_key))]


def set_next(session: Session, clock: Clock, next_at: datetime | None) -> None:
    """When the sweep must look at a clock again."""
    session.execute(
        update(ClockRow).where(C.lead_key == clock.lead_key, C.cycle == clock.cycle).values(next_at=next_at)
    )


def mark_breached(session: Session, clock: Clock) -> None:
    """Record who held a lead when its promise ran out."""
    session.execute(
        update(ClockRow)
        .where(C.lead_key == clock.lead_key, C.cycle == clock.cycle)
        .values(state="breached", breached_owner=clock.owner_email)
    )


def decided_steps(session: Session, lead_keys: Sequence[str], cycle: int) -> set[str]:
    """The steps of a contact's clock that need no decision any more, under whichever of its leads they were."""
    rows = session.execute(select(CS.step).where(CS.lead_key.in_(lead_keys), CS.cycle == cycle))
    return set(rows.scalars())


def decide_step(
    session: Session,
    clock: Clock,
    step: str,
    *,
    due_at: datetime,
    outcome: str,
    now: datetime,
    message_id: int | None,
) -> bool:
    """Record what became of a step: `queued`, `skipped`, `silent` or `cancelled`. False if it was decided before."""
    return bool(
        insert_new(
            session,
            ClockStepRow,
            [
                {
                    "lead_key": clock.lead_key,
                    "cycle": clock.cycle,
                    "step": step,
                    "due_at": due_at,
                    "outcome": outcome,
                    "decided_at": now,
                    "message_id": message_id,
                }
            ],
            "step",
        )
    )


def forget_step(session: Session, lead_keys: Sequence[str], message_id: int) -> None:
    """Steps queued with a message that will not carry them need a decision again."""
    session.execute(delete(ClockStepRow).where(CS.lead_key.in_(lead_keys), CS.message_id == message_id))


def answered_at(session: Session, lead_keys: Sequence[str], kind: str) -> datetime | None:
    """When somebody first answered this about any of these leads."""
    rows = session.execute(select(AN.at).where(AN.lead_key.in_(lead_keys), AN.kind == kind).order_by(AN.at))
    return rows.scalars().first()


def keep_answer(
    session: Session, lead_key: str, cycle: int, kind: str, at: datetime, by_slack_id: str
) -> bool:
    """Store an answer; False if it was given before."""
    return bool(
        insert_new(
            session,
            AnswerRow,
            [{"lead_key": lead_key, "cycle": cycle, "kind": kind, "at": at, "by_slack_id": by_slack_id}],
            "kind",
        )
    )
