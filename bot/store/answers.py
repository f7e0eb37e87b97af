"""What people answered about leads: kept for ever, each with what became of it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, select, update

from bot.store.sql import changed_rows, from_json, insert_new, table_of, to_json
from bot.store.tables import AnswerRow

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime

    from sqlalchemy.orm import Session

AN = table_of(AnswerRow).c


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer. `ref` is the opaque value of its buttons; `data` depends on the kind (see `flow.answers`)."""

    id: int
    ref: str
    lead_key: str
    cycle: int
    kind: str
    state: str
    at: datetime
    by_slack_id: str
    by_email: str | None
    settled_at: datetime | None
    data: dict[str, Any]


_COLUMNS = (
    AN.id,
    AN.ref,
    AN.lead_key,
    AN.cycle,
    AN.kind,
    AN.state,
    AN.at,
    AN.by_slack_id,
    AN.by_email,
    AN.settled_at,
    AN.data_json,
)
_KEYS: Any = bindparam("keys", expanding=True)
_OF_LEADS = select(*_COLUMNS).where(AN.lead_key.in_(_KEYS), AN.state != "undone").order_by(AN.at, AN.id)


def _answer(row: Any) -> Answer:
    values = list(row)
    values[-1] = from_json(values[-1])
    return Answer(*values)


def of_leads(session: Session, lead_keys: Collection[str]) -> list[Answer]:
    """The answers about these leads that were not taken back, in the order of time."""
    return [_answer(row) for row in session.execute(_OF_LEADS, {"keys": sorted(lead_keys)})]


def by_ref(session: Session, ref: str) -> Answer | None:
    """The answer behind a button."""
    row = session.execute(select(*_COLUMNS).where(AN.ref == ref)).first()
    return _answer(row) if row else None


def find(session: Session, number: int) -> Answer | None:
    """An answer by its number."""
    row = session.execute(select(*_COLUMNS).where(AN.id == number)).first()
    return _answer(row) if row else None


def keep(
    session: Session,
    *,
    lead_key: str,
    cycle: int,
    kind: str,
    at: datetime,
    by_slack_id: str,
    by_email: str | None,
    slot: str | None = None,
    state: str = "given",
    data: Mapping[str, Any] | None = None,
) -> int | None:
    """Store an answer; None if what it answers (`slot`) was answered before."""
    row = {
        "ref": uuid.uuid4().hex,
        "slot": slot,
        "lead_key": lead_key,
        "cycle": cycle,
        "kind": kind,
        "state": state,
        "at": at,
        "by_slack_id": by_slack_id,
        "by_email": by_email,
        "data_json": to_json(dict(data or {})),
    }
    ids = insert_new(session, AnswerRow, [row], "id")
    return int(ids[0]) if ids else None


def settle(session: Session, answer: Answer, state: str, at: datetime) -> bool:
    """What became of an answer (`accepted`, `declined`, `undone`); False if it changed meanwhile."""
    values: dict[str, Any] = {"state": state, "settled_at": at}
    if state == "undone":
        values["slot"] = None
    result = session.execute(
        update(AnswerRow).where(AN.id == answer.id, AN.state == answer.state).values(**values)
    )
    return changed_rows(result) == 1


def add(session: Session, answer: Answer, data: Mapping[str, Any]) -> None:
    """Keep something more with an answer."""
    values = {"data_json": to_json({**answer.data, **data})}
    session.execute(update(AnswerRow).where(AN.id == answer.id).values(**values))
