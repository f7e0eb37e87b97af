"""Finding single records by what a person types, and when something was received. Not for recurring work."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, or_, select

from bot.store.outbox import COLUMNS, M, Message, message_of
from bot.store.sql import from_json, table_of, to_json
from bot.store.tables import AnswerRow, EventRow, LeadRow

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from sqlalchemy.orm import Session

AN = table_of(AnswerRow).c
E = table_of(EventRow).c
L = table_of(LeadRow).c


@dataclass(frozen=True, slots=True)
class Telling:
    """An answer that a message to somebody else tells: a question to take over, or that the lead is not a fit."""

    number: int
    kind: str
    state: str
    at: datetime
    data: dict[str, Any]


def leads_by_key(session: Session, keys: Collection[str]) -> list[str]:
    """Those of these keys that are leads, also such as were only named."""
    rows = session.execute(select(L.key).where(L.key.in_(sorted(keys))).order_by(L.key))
    return list(rows.scalars())


def leads_by_email(session: Session, email: str) -> list[str]:
    """The leads with this address (trimmed, in small letters)."""
    return list(session.execute(select(L.key).where(L.email == email).order_by(L.key)).scalars())


def leads_naming(session: Session, words: str, limit: int) -> list[tuple[str, str | None, str | None]]:
    """Described leads in whose record the words stand somewhere, without case: (key, name, company).

    Reads every lead. The words may stand in another field than is meant: the caller looks again.
    """
    told = to_json(words)[1:-1]
    rows = session.execute(
        select(L.key, L.data_json)
        .where(L.described, L.deleted.is_(False), L.data_json.icontains(told, autoescape=True))
        .order_by(L.key)
        .limit(limit)
    )
    found = [(key, from_json(data)) for key, data in rows]
    return [(key, data.get("name"), data.get("company")) for key, data in found]


def received_at(session: Session, source: str, event_ids: Collection[str]) -> datetime | None:
    """When the first of these events of a source was received; None if the inbox knows none of them."""
    earliest: datetime | None = session.execute(
        select(func.min(E.received_at)).where(E.source == source, E.event_id.in_(sorted(event_ids)))
    ).scalar_one()
    return earliest


def messages_by_number(session: Session, numbers: Collection[int]) -> dict[int, Message]:
    """Messages of the outbox by their number."""
    rows = session.execute(select(*COLUMNS).where(M.id.in_(sorted(numbers))))
    return {message.id: message for message in map(message_of, rows)}


def told_elsewhere(session: Session, lead_keys: Collection[str]) -> list[Telling]:
    """The answers about these leads that messages to others tell, those taken back too, in the order of time."""
    rows = session.execute(
        select(AN.id, AN.kind, AN.state, AN.at, AN.data_json)
        .where(AN.lead_key.in_(sorted(lead_keys)), AN.kind.in_(("handed_over", "not_a_fit")))
        .order_by(AN.at, AN.id)
    )
    return [Telling(number, kind, state, at, from_json(data)) for number, kind, state, at, data in rows]


def briefs_naming(session: Session, lead_keys: Collection[str]) -> list[Message]:
    """The briefs for marketing that name one of these leads, oldest first."""
    if not lead_keys:
        return []
    named = or_(*(M.ref_json.contains(to_json(key), autoescape=True) for key in sorted(lead_keys)))
    rows = session.execute(select(*COLUMNS).where(M.kind == "brief", named).order_by(M.id))
    found = [message_of(row) for row in rows]
    return [message for message in found if set(message.ref["leads"]) & set(lead_keys)]
