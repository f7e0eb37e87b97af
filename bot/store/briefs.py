"""What marketing is told of: the latest brief, the leads that sales got, the leads that were not a fit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select

from bot.store.outbox import COLUMNS, M, Message, message_of
from bot.store.sql import from_json, table_of
from bot.store.tables import AnswerRow, ClockRow, LeadRow

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from sqlalchemy.orm import Session

AN = table_of(AnswerRow).c
C = table_of(ClockRow).c
L = table_of(LeadRow).c

_BRIEFS: Final = select(*COLUMNS).where(M.kind == "brief")
_NOT_TOLD: Final = ("pending", "retry", "dead", "stale")
_LATEST_ARRIVAL: Final = timedelta(hours=24)
"""A lead received longer than this after its clock began is no news; see `quiet_before` of a clock."""
_OUT_OF_ORDER: Final = timedelta(hours=1)
"""Answers of one instant may be stored in another order, but not this far apart."""


@dataclass(frozen=True, slots=True)
class HandedOver:
    """A lead whose clock began, and when Winbell could know it: at its start, or when the lead was received."""

    lead_key: str
    known_at: datetime
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Misfit:
    """An answer that a lead is not a fit, without who gave it."""

    lead_key: str
    reason: str | None
    words: str | None


@dataclass(frozen=True, slots=True)
class LeadShown:
    """What a message shows of a lead."""

    deleted: bool
    data: dict[str, Any]


def latest_told(session: Session) -> Message | None:
    """The newest brief that was said, may have been, or had nothing to say."""
    told = _BRIEFS.where(M.state.not_in(_NOT_TOLD)).order_by(M.created_at.desc(), M.id.desc())
    row = session.execute(told.limit(1)).first()
    return message_of(row) if row else None


def first(session: Session) -> Message | None:
    """The first brief that was ever made."""
    row = session.execute(_BRIEFS.order_by(M.created_at, M.id).limit(1)).first()
    return message_of(row) if row else None


def handed_over(session: Session, since: datetime, until: datetime) -> list[HandedOver]:
    """The leads that sales got in (since, until], oldest first. What came by import, or too late, is not among them."""
    rows = session.execute(
        select(C.lead_key, C.started_at, C.quiet_before, L.first_received_at, L.data_json)
        .join(table_of(LeadRow), L.key == C.lead_key)
        .where(C.started_at > since - _LATEST_ARRIVAL, C.started_at <= until)
    )
    found = [
        HandedOver(key, max(started_at, received_at or started_at), from_json(data))
        for key, started_at, quiet_before, received_at, data in rows
        if quiet_before is None or started_at >= quiet_before
    ]
    new = [lead for lead in found if since < lead.known_at <= until]
    return sorted(new, key=lambda lead: (lead.known_at, lead.lead_key))


def not_a_fit(session: Session, since: datetime, until: datetime) -> list[Misfit]:
    """The standing answers `not a fit` given in [since, until), the latest first.

    Walks back through the answers from the newest, as far as the period reaches.
    """
    before = session.execute(
        select(AN.id).where(AN.at < since - _OUT_OF_ORDER).order_by(AN.id.desc()).limit(1)
    ).scalar()
    rows = session.execute(
        select(AN.lead_key, AN.data_json)
        .where(
            AN.id > (before or 0),
            AN.kind == "not_a_fit",
            AN.state == "given",
            AN.at >= since,
            AN.at < until,
        )
        .order_by(AN.at.desc(), AN.id.desc())
    )
    told = [(key, from_json(data)) for key, data in rows]
    return [Misfit(key, data.get("reason"), data.get("words")) for key, data in told]


def leads_shown(session: Session, lead_keys: Collection[str]) -> dict[str, LeadShown]:
    """What is known of some leads by key; one query."""
    rows = session.execute(select(L.key, L.deleted, L.data_json).where(L.key.in_(lead_keys)))
    return {key: LeadShown(deleted, from_json(data)) for key, deleted, data in rows}
