"""The sweep: which clocks have a step due, and the one message that tells each owner all of them.

The tick that calls it may come late, twice or from two processes: a step is decided once, by its key.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Final

from bot.domain import clocks as rules
from bot.flow import leads, messages
from bot.store import clocks, nudges, outbox, people, records

if TYPE_CHECKING:
    from datetime import datetime

    from bot.domain.agreement import Agreement
    from bot.flow.ports import Office
    from bot.store.clocks import Clock
    from bot.store.database import Session
    from bot.store.outbox import Message

CHUNK: Final = 200
"""Clocks handled in one transaction, so that the writer is never held for long."""


@dataclass(frozen=True, slots=True)
class Swept:
    """What one sweep found: clocks looked at, and leads put into reminders."""

    clocks: int
    reminded: int


async def sweep(office: Office) -> Swept:
    """Queue what is due at this instant; returns when nothing due is left."""
    now = office.clock.now()
    total = Swept(0, 0)
    while True:
        owners = await office.database.read(lambda s: clocks.due_owners(s, now, CHUNK))
        looked = 0
        for owner in owners:
            swept = await office.database.write(
                partial(remind, agreement=office.agreement, owner=owner, now=now)
            )
            looked += swept.clocks
            total = Swept(total.clocks + swept.clocks, total.reminded + swept.reminded)
        if looked == 0:
            return total


def preview(session: Session, agreement: Agreement, at: datetime) -> list[tuple[str, str]]:
    """What a sweep at an instant would send then, as (target, text). To be run in a transaction that is taken back."""
    for owner in clocks.due_owners(session, at, 10_000):
        while remind(session, agreement, owner, at).reminded:
            pass
    told = []
    for message in outbox.to_post(session, at):
        if message.kind == "nudge":
            prepared = messages.prepare(session, agreement, message, at)
            if isinstance(prepared, messages.Ready):
                told.append((prepared.target, prepared.payload.text))
    return told


def remind(session: Session, agreement: Agreement, owner: str | None, now: datetime) -> Swept:
    """Decide the due steps of one owner's clocks and put their leads into one message.

    With something due now, what falls due within `bundle_minutes` comes along, so that it needs no second message.
    """
    if not clocks.due_of(session, owner, now, 1):
        return Swept(0, 0)
    due = clocks.due_of(session, owner, now + agreement.reminders.bundle, CHUNK)
    reminded = []
    for clock in due:
        decided = _decide(session, agreement, clock, now)
        if decided is not None:
            reminded.append((clock, *decided))
    if reminded:
        message_id = _message_for(
            session, agreement, owner, {clock.lead_key for clock, _, _ in reminded}, now
        )
        for clock, step, due_at in reminded:
            nudges.put_item(session, message_id, clock.lead_key, clock.cycle, step, due_at)
            clocks.decide_step(
                session, clock, step, due_at=due_at, outcome="queued", now=now, message_id=message_id
            )
    for clock in due:
        _move_on(session, agreement, clock)
    return Swept(len(due), len(reminded))


def _decide(
    session: Session, agreement: Agreement, clock: Clock, now: datetime
) -> tuple[str, datetime] | None:
    """The latest due step that still stands; earlier missed ones are skipped for good.

    Where nothing is due yet, the next step, if it falls due within `bundle_minutes`.
    """
    contact = records.contact_of(session, lead_keys=[clock.lead_key])
    if clock.due_at <= now and clock.breached_owner is None and clock.owner_email is not None:
        clocks.mark_breached(session, clock)
    decided = clocks.decided_steps(session, contact.lead_keys, clock.cycle)
    tier = leads.tier_named(agreement, clock.tier)
    steps = rules.step_instants(
        agreement.calendar, clock.started_at, tier, agreement.reminders.steps, agreement.reminders.at_risk
    )
    waiting = [
        (key, at)
        for key, at in steps
        if at <= now + agreement.reminders.bundle
        and key not in decided
        and (clock.quiet_before is None or at >= clock.quiet_before)
    ]
    due = [(key, at) for key, at in waiting if at <= now]
    for key, at in due[:-1]:
        clocks.decide_step(session, clock, key, due_at=at, outcome="skipped", now=now, message_id=None)
    return due[-1] if due else next(iter(waiting), None)


def _move_on(session: Session, agreement: Agreement, clock: Clock) -> None:
    fresh = clocks.find(session, clock.lead_key, clock.cycle)
    if fresh is None:
        return
    contact = records.contact_of(session, lead_keys=[clock.lead_key])
    decided = clocks.decided_steps(session, contact.lead_keys, clock.cycle)
    clocks.set_next(
        session, fresh, leads.next_look(agreement, fresh, leads.tier_named(agreement, fresh.tier), decided)
    )


def _message_for(
    session: Session, agreement: Agreement, owner: str | None, lead_keys: set[str], now: datetime
) -> int:
    """The message that tells these leads: what is due within `bundle_minutes` is one message.

    The owner's reminder that is not sent yet takes them in; so does one sent less than `bundle_minutes` ago that
    still waits for an answer (it is edited), unless it told one of them already: a new step is a new message.
    """
    target = _target(session, agreement, owner)
    waiting = nudges.waiting(session, target)
    if waiting is not None:
        return waiting.id
    latest = nudges.latest(session, target, now - agreement.reminders.bundle)
    if latest is not None and _still_waits(session, latest, lead_keys):
        outbox.show_again(session, latest, now)
        return latest.id
    slot = now
    while True:
        key = f"nudge:{target.removeprefix('person:')}:{slot.strftime('%Y-%m-%dT%H:%M')}"
        made = outbox.put(
            session, key=key, kind="nudge", target=target, ref={"owner": owner}, now=now, next_at=now
        )
        if made is not None:
            return made
        slot += timedelta(minutes=1)


def _still_waits(session: Session, message: Message, lead_keys: set[str]) -> bool:
    """Whether somebody still has to answer one of the leads in a reminder, and none of `lead_keys` is in it."""
    items = nudges.items_of(session, message.id)
    if any(item.lead_key in lead_keys for item in items):
        return False
    for item in items:
        clock = clocks.find(session, item.lead_key, item.cycle)
        if clock is not None and clock.stopped_at is None and clock.state != "closed":
            return True
    return False


def _target(session: Session, agreement: Agreement, owner: str | None) -> str:
    if owner is None:
        return agreement.reminders.channel
    person = people.by_email(session, [owner]).get(owner)
    unknown_to_slack = person is not None and person.slack_id is None and person.checked_at is not None
    return agreement.reminders.channel if unknown_to_slack else f"person:{owner}"
