"""Clocks, and what became of their steps."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, delete, func, select, update

from bot.domain.steps import StepAt
from bot.store.sql import from_json, insert_new, table_of, to_json, upsert
from bot.store.tables import ClockRow, ClockStepRow

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

C = table_of(ClockRow).c
CS = table_of(ClockStepRow).c


@dataclass(frozen=True, slots=True)
class Clock:
    """One cycle of a contact's clock, under the lead that began it.

    `minutes` are working minutes to the first contact; `owner_since` is when the present owner took the lead;
    `breached_owner` is who held it at the due instant, if that was missed; `ended_at` is when the lead left sales'
    hands. `attempts`, `attempt_due_at`, `within_at`, `follow_up` and `exhausted_at` tell of the follow-up commitment.
    """

    lead_key: str
    cycle: int
    started_at: datetime
    due_at: datetime
    at_risk_at: datetime
    tier: str
    owner_email: str | None
    owner_since: datetime | None
    state: str
    stopped_at: datetime | None
    stopped_how: str | None
    minutes: int | None
    breached_owner: str | None
    ended_at: datetime | None
    attempts: int
    attempt_due_at: datetime | None
    within_at: datetime | None
    follow_up: str | None
    exhausted_at: datetime | None
    quiet_before: datetime | None
    steps_json: str
    next_at: datetime | None

    @property
    def steps(self) -> tuple[StepAt, ...]:
        """Its steps with their instants."""
        return tuple(StepAt.unpacked(values) for values in from_json(self.steps_json))


def packed(steps: Sequence[StepAt]) -> str:
    """Steps as a clock keeps them."""
    return to_json([step.packed() for step in steps])


_COLUMNS = tuple(C[name] for name in Clock.__dataclass_fields__)
_KEYS: Any = bindparam("keys", expanding=True)
_OF_LEADS = select(*_COLUMNS).where(C.lead_key.in_(_KEYS)).order_by(C.started_at, C.cycle, C.lead_key)
_LOOK = (
    select(*_COLUMNS)
    .where(C.next_at.is_not(None), C.next_at <= bindparam("until"))
    .order_by(C.next_at, C.lead_key)
    .limit(bindparam("most"))
)
_DUE_OF = _LOOK.where(C.owner_email.in_(bindparam("owners", expanding=True)))
_DUE_OF_NOBODY = _LOOK.where(C.owner_email.is_(None))
_LOOKED_AT = (
    update(table_of(ClockRow))
    .where(C.lead_key == bindparam("lead"), C.cycle == bindparam("round"))
    .values(state=bindparam("new_state"), breached_owner=bindparam("holder"), next_at=bindparam("look"))
)
_DECIDED = select(CS.step).where(CS.lead_key.in_(_KEYS), CS.cycle == bindparam("cycle"))


def find(session: Session, lead_key: str, cycle: int = 1) -> Clock | None:
    """One clock."""
    row = session.execute(select(*_COLUMNS).where(C.lead_key == lead_key, C.cycle == cycle)).first()
    return Clock(*row) if row else None


def of_leads(session: Session, lead_keys: Collection[str]) -> list[Clock]:
    """The clocks kept under any of these leads, in the order of their start."""
    return [Clock(*row) for row in session.execute(_OF_LEADS, {"keys": sorted(lead_keys)})]


def save(session: Session, clock: Clock) -> None:
    """Write a clock."""
    upsert(session, ClockRow, asdict(clock))


def remove(session: Session, lead_key: str, cycle: int) -> None:
    """A lead has no clock of its own any more (another of the same contact is earlier, or it is gone)."""
    session.execute(delete(ClockRow).where(C.lead_key == lead_key, C.cycle == cycle))


def due_owners(session: Session, now: datetime, limit: int) -> list[str | None]:
    """Whose clocks must be looked at now, the most urgent first (None: leads without an owner)."""
    rows = session.execute(
        select(C.owner_email).where(C.next_at.is_not(None), C.next_at <= now).order_by(C.next_at).limit(limit)
    ).scalars()
    return list(dict.fromkeys(rows))


def due_of(session: Session, owners: Collection[str | None], until: datetime, limit: int) -> list[Clock]:
    """The clocks of these owners (None: nobody's) with something to do until an instant, the most urgent first."""
    known = sorted(owner for owner in owners if owner is not None)
    found: list[Clock] = []
    if known:
        rows = session.execute(_DUE_OF, {"owners": known, "until": until, "most": limit})
        found += [Clock(*row) for row in rows]
    if None in owners:
        found += [Clock(*row) for row in session.execute(_DUE_OF_NOBODY, {"until": until, "most": limit})]
    return sorted(found, key=lambda clock: (clock.next_at, clock.lead_key))[:limit]


def due_next(session: Session) -> datetime | None:
    """When the sweep must look at a clock next."""
    instant: datetime | None = session.execute(
        select(func.min(C.next_at)).where(C.next_at.is_not(None))
    ).scalar_one()
    return instant


def unfinished(session: Session) -> bool:
    """Whether clocks are there that an older Winbell computed; they are computed anew at start."""
    return session.execute(select(C.lead_key).where(C.within_at.is_(None)).limit(1)).first() is not None


def closed_leads(session: Session) -> set[str]:
    """The leads about whose clocks nothing is open any more: neither the first contact nor the follow-up."""
    open_ = C.ended_at.is_(None) & (C.stopped_at.is_(None) | (C.follow_up == "open"))
    rows = session.execute(select(C.lead_key).except_(select(C.lead_key).where(open_)))
    return set(rows.scalars())


def every(session: Session) -> list[Clock]:
    """All clocks."""
    return [Clock(*row) for row in session.execute(select(*_COLUMNS).order_by(C.lead_key, C.cycle))]


def looked_at(session: Session, clocks: Sequence[Clock]) -> None:
    """Write back what a sweep changes about clocks: their state, who held them at the breach, the next look."""
    if clocks:
        session.execute(
            _LOOKED_AT,
            [
                {
                    "lead": clock.lead_key,
                    "round": clock.cycle,
                    "new_state": clock.state,
                    "holder": clock.breached_owner,
                    "look": clock.next_at,
                }
                for clock in clocks
            ],
        )


def decided_steps(session: Session, lead_keys: Collection[str], cycle: int) -> set[str]:
    """The steps of a contact's clock that need no decision any more, under whichever of its leads they were."""
    return set(session.execute(_DECIDED, {"keys": sorted(lead_keys), "cycle": cycle}).scalars())


def decided_of(session: Session, wanted: Collection[Clock]) -> dict[tuple[str, int], set[str]]:
    """The decided steps of many clocks, by (lead key, cycle)."""
    keys = sorted({clock.lead_key for clock in wanted})
    found: dict[tuple[str, int], set[str]] = {(clock.lead_key, clock.cycle): set() for clock in wanted}
    rows = session.execute(select(CS.lead_key, CS.cycle, CS.step).where(CS.lead_key.in_(keys)))
    for lead_key, cycle, step in rows:
        if (lead_key, cycle) in found:
            found[lead_key, cycle].add(step)
    return found


@dataclass(frozen=True, slots=True)
class Decided:
    """What became of a step: `queued` with a message, `skipped`, or `silent`; `reason` in words."""

    lead_key: str
    cycle: int
    step: str
    due_at: datetime
    outcome: str
    reason: str | None
    decided_at: datetime
    message_id: int | None


def decide(session: Session, steps: Sequence[Decided]) -> int:
    """Record what became of steps; one that was decided before stays as it was. Returns how many were new."""
    if not steps:
        return 0
    return len(insert_new(session, ClockStepRow, [asdict(step) for step in steps], "step"))


def decisions(session: Session, lead_keys: Collection[str]) -> list[Decided]:
    """What became of the steps of these leads, in the order of the decisions."""
    columns = tuple(CS[name] for name in Decided.__dataclass_fields__)
    rows = session.execute(
        select(*columns).where(CS.lead_key.in_(sorted(lead_keys))).order_by(CS.decided_at, CS.due_at, CS.step)
    )
    return [Decided(*row) for row in rows]


def share_steps(session: Session, lead_keys: Collection[str], lead_key: str, cycle: int) -> None:
    """What was decided under any of a contact's leads holds for the lead that its clock is kept under now."""
    others = [key for key in lead_keys if key != lead_key]
    rows = [
        {**asdict(step), "lead_key": lead_key} for step in decisions(session, others) if step.cycle == cycle
    ]
    if rows:
        insert_new(session, ClockStepRow, rows, "step")


def queued_with(session: Session, lead_keys: Collection[str], message_id: int) -> list[tuple[str, int, str]]:
    """The steps of these leads that a message carries: (lead key, cycle, step)."""
    rows = session.execute(
        select(CS.lead_key, CS.cycle, CS.step)
        .where(CS.lead_key.in_(sorted(lead_keys)), CS.message_id == message_id)
        .order_by(CS.due_at, CS.step)
    )
    return [(lead_key, cycle, step) for lead_key, cycle, step in rows]


def queued_in(
    session: Session, lead_keys: Collection[str], message_id: int
) -> dict[tuple[str, int], dict[str, datetime]]:
    """What a message tells of these leads: (lead key, cycle) → its steps with their due instants."""
    rows = session.execute(
        select(CS.lead_key, CS.cycle, CS.step, CS.due_at).where(
            CS.lead_key.in_(sorted(lead_keys)), CS.message_id == message_id
        )
    )
    found: dict[tuple[str, int], dict[str, datetime]] = {}
    for lead_key, cycle, step, due_at in rows:
        found.setdefault((lead_key, cycle), {})[step] = due_at
    return found


def forget_step(
    session: Session, lead_keys: Collection[str], message_id: int, only: Collection[str] | None = None
) -> None:
    """Steps (or `only` these) queued with a message that will not carry them need a decision again."""
    which = CS.lead_key.in_(sorted(lead_keys)) & (CS.message_id == message_id)
    if only is not None:
        which &= CS.step.in_(sorted(only))
    session.execute(delete(ClockStepRow).where(which))


def move_steps(session: Session, message_id: int, to: int) -> None:
    """What was queued with one message is told by another."""
    session.execute(update(ClockStepRow).where(CS.message_id == message_id).values(message_id=to))
