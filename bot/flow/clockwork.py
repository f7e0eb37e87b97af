"""Keeps a contact's clocks true: computed anew, with all that hangs on them, and shown so by the reminders."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.domain import steps as rules
from bot.flow import cycles
from bot.flow.leads import quiet_before
from bot.store import clocks, nudges, outbox
from bot.store.clocks import Clock

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from bot.domain.agreement import Agreement
    from bot.flow.cycles import Cycle
    from bot.flow.leads import Teams
    from bot.store.database import Session
    from bot.store.records import Contact


def settle_contact(
    session: Session, agreement: Agreement, contact: Contact, teams: Teams, now: datetime
) -> None:
    """Make the contact's clocks true, stop or restart what hangs on them, and correct open reminders."""
    keys = contact.lead_keys
    if not keys:
        return
    known = {(clock.lead_key, clock.cycle): clock for clock in clocks.of_leads(session, keys)}
    facts = cycles.gather(session, agreement, contact, teams)
    found = cycles.cycles_of(facts, agreement, now)
    silence = quiet_before(agreement, contact) if found else None
    wanted = {(cycle.life.lead_key, cycle.number) for cycle in found}
    gone = [key for key in known if key not in wanted]
    for lead_key, number in gone:
        clocks.remove(session, lead_key, number)
    changed = bool(gone)
    for cycle in found:
        place = (cycle.life.lead_key, cycle.number)
        before = known.get(place)
        if before is None and known:
            clocks.share_steps(session, keys, *place)
        after = _clock(session, keys, cycle, silence)
        was = before or next((clock for clock in known.values() if clock.cycle == cycle.number), None)
        if was is not None and was.owner_email != after.owner_email:
            _take_back(session, contact)
            after = replace(after, next_at=_next_at(session, keys, after))
        if after != before:
            clocks.save(session, after)
            changed = changed or was is not None
    if changed:
        show_again(session, keys, now)


def next_look(clock: Clock, decided: Collection[str]) -> datetime | None:
    """When the sweep must look at a clock: its next undecided step, or its due instant to record who held it."""
    instants = [step.at for step in rules.waiting(clock.steps, decided, clock.quiet_before)]
    if clock.state == "running":
        instants.append(clock.due_at)
    return min(instants) if instants else None


def show_again(session: Session, lead_keys: Collection[str], now: datetime) -> None:
    """The reminders that show any of these leads are to show the present truth."""
    for message in nudges.messages_with(session, lead_keys):
        if message.ts is not None:
            outbox.show_again(session, message, now)


def _next_at(session: Session, keys: Collection[str], clock: Clock) -> datetime | None:
    return next_look(clock, clocks.decided_steps(session, keys, clock.cycle))


def _clock(session: Session, keys: Collection[str], cycle: Cycle, silence: datetime | None) -> Clock:
    plan, commitment = cycle.plan, cycle.commitment
    clock = Clock(
        lead_key=cycle.life.lead_key,
        cycle=cycle.number,
        started_at=plan.started_at,
        due_at=plan.due_at,
        at_risk_at=plan.at_risk_at,
        tier=plan.tier,
        owner_email=cycle.owner,
        owner_since=cycle.owner_since,
        state=plan.state,
        stopped_at=plan.stopped_at,
        stopped_how=plan.stopped_how,
        minutes=plan.minutes,
        breached_owner=cycle.breached_owner,
        ended_at=cycle.life.ended_at,
        attempts=commitment.attempts,
        attempt_due_at=commitment.next_due,
        within_at=commitment.within_at,
        follow_up=commitment.state,
        exhausted_at=commitment.exhausted_at,
        quiet_before=silence,
        steps_json=clocks.packed(cycle.steps),
        next_at=None,
    )
    return replace(clock, next_at=_next_at(session, keys, clock))


def _take_back(session: Session, contact: Contact) -> None:
    """A lead changed hands before a reminder of it was sent: whoever is concerned now is told instead."""
    for message in nudges.messages_with(session, contact.lead_keys):
        if message.ts is None and message.state in {"pending", "retry"}:
            for key in contact.lead_keys:
                nudges.drop_item(session, message.id, key)
            clocks.forget_step(session, contact.lead_keys, message.id)
