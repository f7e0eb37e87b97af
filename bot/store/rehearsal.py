"""What a rehearsal reads: rows of many leads at a time, each by an index, JSON as it is stored."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from sqlalchemy import bindparam, func, select

from bot.store.sql import from_json, table_of
from bot.store.tables import ActivityRow, LeadRow, LeadStatementRow

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from datetime import datetime

    from sqlalchemy.orm import Session

L = table_of(LeadRow).c
LS = table_of(LeadStatementRow).c
A = table_of(ActivityRow).c

Said: TypeAlias = tuple[str, "datetime", str, str]
"""A statement as it is stored: (lead key, at, event id, fields as JSON)."""
Act: TypeAlias = tuple[str, str | None, str | None, "datetime", str | None, str | None, str | None]
"""An activity: (key, lead key, e-mail, at, kind, direction, outcome)."""

_AT_ONCE = 500
_KEYS: Any = bindparam("keys", expanding=True)
_STATEMENTS = select(LS.lead_key, LS.at, LS.event_id, LS.fields_json).where(LS.lead_key.in_(_KEYS))
_ACTIVITY = select(A.key, A.lead_key, A.email, A.at, A.kind, A.direction, A.outcome)
_BY_LEAD = _ACTIVITY.where(A.lead_key.in_(_KEYS))
_BY_EMAIL = _ACTIVITY.where(A.email.in_(_KEYS))


def count_leads(session: Session) -> int:
    """How many described leads there are."""
    counted = select(func.count()).select_from(table_of(LeadRow)).where(L.described, L.deleted.is_(False))
    return int(session.execute(counted).scalar_one())


def arrivals(session: Session) -> dict[str, tuple[datetime, datetime | None]]:
    """By key of each described lead: when it was first received, and what an import silenced."""
    rows = session.execute(
        select(L.key, L.first_received_at, L.quiet_before).where(L.described, L.deleted.is_(False))
    )
    return {key: (received, quiet) for key, received, quiet in rows}


def stated_between(session: Session, first: datetime, last: datetime) -> set[str]:
    """The leads about which something was stated from `first` to `last`."""
    return set(session.execute(select(LS.lead_key).where(LS.at >= first, LS.at <= last)).scalars())


def statements(session: Session, lead_keys: Collection[str]) -> list[Said]:
    """All statements about these leads."""
    return [tuple(row) for row in _rows(session, _STATEMENTS, lead_keys)]


def activities(session: Session, lead_keys: Collection[str], emails: Collection[str]) -> list[Act]:
    """The activities logged with any of these leads or addresses, each once."""
    found = {row[0]: tuple(row) for row in _rows(session, _BY_LEAD, lead_keys)}
    found |= {row[0]: tuple(row) for row in _rows(session, _BY_EMAIL, emails)}
    return list(found.values())


def fields(text: str) -> dict[str, Any]:
    """The fields of a statement."""
    found: dict[str, Any] = from_json(text)
    return found


def _rows(session: Session, statement: Any, names: Collection[str]) -> Iterator[Any]:
    ordered = sorted(names)
    for start in range(0, len(ordered), _AT_ONCE):
        yield from session.execute(statement, {"keys": ordered[start : start + _AT_ONCE]})
