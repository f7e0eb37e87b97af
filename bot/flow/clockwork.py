"""Keeps a contact's clocks true: computed anew, with all that hangs on them, and shown so by the reminders."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.domain import steps as rules
from bot.flow import cycles
from bot.flow.leads import quiet_before
from bot.store import answers, clocks, nudges, outbox
from bot.store.clocks import Clock

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from bot.domain.agreement import Agreement
    from bot.flow.cycles import Cycle
    from bot.flow.leads import Teams
    from bot.store.database import Session
    from bot.store.records import Contact


def settle_contact(
    session: Session, agreement: Agreement, contact: Contact, teams: Teams, now: datetime
) -> frozenset[str]:
    """Make the contact's clocks true, stop or restart what hangs on them, and correct open reminders.

    Returns the steps of intent that were taken out of a reminder that is not sent: whoever is concerned now must be
    told of them.
    """
    keys = contact.lead_keys
    if not keys:
        return frozenset()
    known = {(clock.lead_key, clock.cycle): clock for clock in clocks.of_leads(session, keys)}
    found = cycles.cycles_of(cycles.gather(session, agreement, contact, teams), agreement, now)
    gone = known.keys() - {(cycle.life.lead_key, cycle.number) for cycle in found}
    for place in gone:
        clocks.remove(session, *place)
    before = defaultdict(list)
    for (_, number), clock in known.items():
        before[number].append(clock)
    computed = []
    for cycle in found:
        after = _clock(agreement, contact, cycle)
        if known and (after.lead_key, after.cycle) not in known:
            clocks.share_steps(session, keys, after.lead_key, after.cycle)
        computed.append(after)
    moved = [c for c in computed if any(was.steps_json != c.steps_json for was in before[c.cycle])]
    passed_on = {
        c.cycle for c in computed if any(was.owner_email != c.owner_email for was in before[c.cycle])
    }
    back: set[str] = set()
    if moved or passed_on or gone:
        back = _take_back(session, agreement, contact, computed, passed_on, now)
    changed = bool(gone)
    for clock in computed:
        after = replace(clock, next_at=_next_at(session, keys, clock))
        if after != known.get((after.lead_key, after.cycle)):
            clocks.save(session, after)
            changed = changed or bool(before[after.cycle])
    if changed:
        show_again(session, keys, now)
    return frozenset(back)


def next_look(clock: Clock, decided: Collection[str]) -> datetime | None:
    """When the sweep must look at a clock: its next undecided step, or its due instant to record who held it."""
    instants = [step.at for step in rules.waiting(clock.steps, decided, clock.quiet_before)]
    if clock.state == "running":
        instants.append(clock.due_at)
    return min(instants) if instants else None


def show_again(session: Session, lead_keys: Collection[str], now: datetime) -> None:
    """What shows any of these leads is to show the present truth: reminders, and open questions who takes one over."""
    for message in nudges.messages_with(session, lead_keys):
        if message.ts is not None:
            outbox.show_again(session, message, now)
    for answer in answers.of_leads(session, lead_keys):
        if answer.kind == "handed_over":
            asked = outbox.by_key(session, f"handover:{answer.id}")
            if asked is not None and asked.ts is not None:
                outbox.show_again(session, asked, now)


def show_wishes_again(session: Session, lead_keys: Collection[str], now: datetime) -> None:
    """What asks for an answer to a wish of the lead may be settled by a contact that changes no clock."""
    for message in nudges.messages_with(session, lead_keys, (rules.INTENT, rules.CALLBACK)):
        if message.ts is not None:
            outbox.show_again(session, message, now)


def _next_at(session: Session, keys: Collection[str], clock: Clock) -> datetime | None:
    return next_look(clock, clocks.decided_steps(session, keys, clock.cycle))


def _clock(agreement: Agreement, contact: Contact, cycle: Cycle) -> Clock:
    plan, commitment, life = cycle.plan, cycle.commitment, cycle.life
    begun_by = life.lead_key if cycle.number > 1 and life.first else None
    return Clock(
        lead_key=life.lead_key,
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
        ended_at=life.ended_at,
        attempts=commitment.attempts,
        attempt_due_at=commitment.next_due,
        within_at=commitment.within_at,
        follow_up=commitment.state,
        exhausted_at=commitment.exhausted_at,
        quiet_before=quiet_before(agreement, contact, begun_by),
        steps_json=clocks.packed(cycle.steps),
        next_at=None,
    )


def _take_back(
    session: Session,
    agreement: Agreement,
    contact: Contact,
    computed: Sequence[Clock],
    passed_on: Collection[int],
    now: datetime,
) -> set[str]:
    """What is not sent yet, and is not to be told so any more, is decided again when it is due.

    Those are steps that do not stand now (a snooze, an answer, late news), and all steps of a lead that changed hands.
    """
    soon = now + agreement.reminders.bundle
    standing = {(clock.cycle, step.key) for clock in computed for step in clock.steps if step.at <= soon}
    back: set[str] = set()
    for message in nudges.messages_with(session, contact.lead_keys):
        if message.ts is not None or message.state not in {"pending", "retry"}:
            continue
        queued = clocks.queued_with(session, contact.lead_keys, message.id)
        stay = {
            place
            for place in queued
            if place[1] not in passed_on and (place[1:] in standing or rules.is_news(place[2]))
        }
        gone = [place for place in queued if place not in stay]
        clocks.forget_step(session, contact.lead_keys, message.id, {step for _, _, step in gone})
        back.update(step for _, _, step in gone if rules.is_news(step))
        left = {cycle for _, cycle, _ in stay}
        for _, cycle, _ in gone:
            for key in contact.lead_keys if cycle not in left else ():
                nudges.drop_item(session, message.id, key, cycle)
    return back
