"""The leads that are open, the most urgent first, and the references of the buttons in a list of them."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import ColumnElement, and_, case, func, literal_column, or_, select

from bot.domain.steps import CALLBACK, StepAt, attempt_of
from bot.store.answers import AN
from bot.store.nudges import N
from bot.store.sql import from_json, insert_new, table_of
from bot.store.tables import ClockRow, LeadRow, NudgeItemRow

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import datetime

    from sqlalchemy.orm import Session

C = table_of(ClockRow).c
L = table_of(LeadRow).c

_LATEST: Final = 500
"""Among how many of the latest answers those of somebody are looked for."""

_ATTEMPTS: Final = 1000
"""More attempts than an agreement can ask for."""

_FIRST = C.stopped_at.is_(None)
_OPEN = and_(C.ended_at.is_(None), or_(_FIRST, C.follow_up == literal_column("'open'")))
"""Spelled without parameters, so that an index of the open clocks alone can serve it."""
_DUE: ColumnElement[Any] = case((_FIRST, C.due_at), else_=C.attempt_due_at)


@dataclass(frozen=True, slots=True)
class OpenLead:
    """A lead that waits for a contact: which one of its cycle is owed, until when, and from when it is at risk.

    A later contact than the first has no instant `at_risk_at`.
    """

    lead_key: str
    cycle: int
    attempt: int
    due_at: datetime
    at_risk_at: datetime | None


def open_leads(
    session: Session, owner: str | None, now: datetime, limit: int, *, everybody: bool = False
) -> list[OpenLead]:
    """The leads of an owner, or of `everybody`, to whom a contact is owed.

    First those whose contact is late, then those at risk, then the others; each by their due instants.
    """
    risk: ColumnElement[Any] = case((now > _DUE, 0), (and_(_FIRST, C.at_risk_at <= now), 1), else_=2)
    rows = session.execute(
        select(C.lead_key, C.cycle, C.attempts, C.stopped_at, C.due_at, C.attempt_due_at, C.at_risk_at)
        .where(_open(now), *_of(owner, everybody=everybody))
        .order_by(risk, _DUE, C.lead_key)
        .limit(limit)
    )
    return [
        OpenLead(key, cycle, 1, due_at, at_risk_at)
        if stopped_at is None
        else OpenLead(key, cycle, made + 1, attempt_due_at, None)
        for key, cycle, made, stopped_at, due_at, attempt_due_at, at_risk_at in rows
    ]


@dataclass(frozen=True, slots=True)
class OpenCall:
    """A call that a lead had wished, not made yet: the step that asks for it, and when it was wished.

    `counted` is whether a contact is owed by the agreement as well, so that it is one of `open_leads`.
    """

    lead_key: str
    cycle: int
    step: str
    at: datetime
    counted: bool


def open_calls(
    session: Session, owner: str | None, now: datetime, *, everybody: bool = False
) -> list[OpenCall]:
    """The call-backs that stand, of the leads of an owner or of `everybody`, by their instants; one a lead."""
    rows = session.execute(
        select(C.lead_key, C.cycle, C.steps_json, case((_open(now), True), else_=False)).where(
            C.ended_at.is_(None),
            C.steps_json.contains(f'"{CALLBACK}', autoescape=True),
            *_of(owner, everybody=everybody),
        )
    )
    found = []
    for key, cycle, packed, counted in rows:
        calls = [step for step in map(StepAt.unpacked, from_json(packed)) if step.key.startswith(CALLBACK)]
        latest = max(calls, key=lambda step: (step.due_at, step.key))
        found.append(OpenCall(key, cycle, latest.key, latest.due_at, bool(counted)))
    return sorted(found, key=lambda call: (call.at, call.lead_key))


def count_open(session: Session, owner: str | None, now: datetime, *, everybody: bool = False) -> int:
    """How many leads of an owner, or of `everybody`, wait for a contact."""
    counted = select(func.count()).select_from(ClockRow)
    return int(session.execute(counted.where(_open(now), *_of(owner, everybody=everybody))).scalar_one())


def waiting_since_before(
    session: Session, owner: str | None, start: datetime, now: datetime, *, everybody: bool = False
) -> tuple[int, int]:
    """How many first contacts of clocks that started before an instant are owed still, and how many of them are late.

    Whose they are is what `report sla` says: who held a lead when its promise was broken, else who holds it now.
    """
    late = C.due_at < now
    holder = case((and_(late, C.breached_owner.is_not(None)), C.breached_owner), else_=C.owner_email)
    whose = [] if everybody else [holder.is_(None) if owner is None else holder == owner]
    counted = select(func.count(), func.count(case((late, 1)))).select_from(ClockRow)
    row = session.execute(counted.where(_OPEN, _FIRST, C.started_at < start, *whose)).one()
    return int(row[0]), int(row[1])


def owns_leads(session: Session, email: str) -> bool:
    """Whether somebody owns a lead as the CRM tells it, or took one over that is open."""
    stated = select(L.key).where(L.owner_email == email, L.described, L.deleted.is_(False)).limit(1)
    held = select(C.lead_key).where(_OPEN, C.owner_email == email).limit(1)
    return any(session.execute(rows).first() is not None for rows in (stated, held))


@dataclass(frozen=True, slots=True)
class Given:
    """An answer of somebody: to which contact of which lead, and when."""

    lead_key: str
    cycle: int
    attempt: int
    at: datetime


def answered_by(session: Session, slack_id: str, since: datetime) -> list[Given]:
    """What somebody answered since an instant and did not take back, the latest first."""
    latest = (
        select(AN.id, AN.lead_key, AN.cycle, AN.at, AN.data_json, AN.by_slack_id, AN.state)
        .order_by(AN.id.desc())
        .limit(_LATEST)
        .subquery()
        .c
    )
    rows = session.execute(
        select(latest.lead_key, latest.cycle, latest.data_json, latest.at)
        .where(latest.by_slack_id == slack_id, latest.at > since, latest.state != "undone")
        .order_by(latest.id.desc())
    )
    return [Given(key, cycle, from_json(data).get("attempt", 1), at) for key, cycle, data, at in rows]


@dataclass(frozen=True, slots=True)
class Listed:
    """What a button of a list stands for: a contact owed to a lead, as the step that asks for it."""

    ref: str
    lead_key: str
    cycle: int
    step: str
    due_at: datetime


def listed(session: Session, lead_keys: Collection[str]) -> dict[tuple[str, int, str], Listed]:
    """The buttons that lists have had for these leads, by (lead key, cycle, step)."""
    rows = session.execute(
        select(N.ref, N.lead_key, N.cycle, N.step, N.due_at).where(
            N.lead_key.in_(sorted(lead_keys)), N.message_id < 0
        )
    )
    found = [Listed(*row) for row in rows]
    return {(one.lead_key, one.cycle, one.step): one for one in found}


def put_listed(session: Session, wanted: Iterable[tuple[str, int, str, datetime]]) -> None:
    """Give the contacts (lead key, cycle, step, due instant) a button each; one that has it keeps it.

    A step is `attempt-2` or that of a call-back. A list is no message, so its items are kept under a number that no
    message has: whoever sees the lead in a list has the same button, and it asks for the same contact for ever.
    """
    rows = [
        {
            "message_id": _place(step),
            "lead_key": lead_key,
            "cycle": cycle,
            "ref": uuid.uuid4().hex,
            "step": step,
            "due_at": due_at,
        }
        for lead_key, cycle, step, due_at in wanted
    ]
    if rows:
        insert_new(session, NudgeItemRow, rows, "ref")


def _place(step: str) -> int:
    """Below zero, and each step's own: the number of the attempt; beyond those, that of the answer of a call-back."""
    if not step.startswith(CALLBACK):
        return -attempt_of(step)
    return -_ATTEMPTS - int(step.removeprefix(CALLBACK).partition("#")[0])


def _open(now: datetime) -> ColumnElement[bool]:
    """A contact is owed: the first, or one of those agreed to follow while the time for them lasts."""
    return and_(_OPEN, or_(_FIRST, and_(C.attempt_due_at.is_not(None), C.within_at >= now)))


def _of(owner: str | None, *, everybody: bool) -> list[ColumnElement[bool]]:
    if everybody:
        return []
    return [C.owner_email.is_(None) if owner is None else C.owner_email == owner]
