"""What a reminder, and the question whether somebody takes a lead over, say now."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from bot.domain import presence, worktime
from bot.domain.facts import HandOver, Nudge
from bot.domain.steps import INTENT, attempt_of
from bot.domain.when import zone_named
from bot.flow import leads
from bot.flow.context import context_of
from bot.flow.lead_ends import can_be_taken, intent_of, owed
from bot.flow.lead_lines import Asked, Line, at_stake, lines_of
from bot.flow.prepared import Drop, Hold, Prepared, Ready
from bot.flow.receivers import PERSON, Receivers
from bot.render import handover, nudge
from bot.render.text import counted
from bot.store import answers, clocks, nudges, people, records

if TYPE_CHECKING:
    from bot.domain.agreement import Agreement
    from bot.domain.facts import HandOverState
    from bot.store.answers import Answer
    from bot.store.clocks import Clock
    from bot.store.database import Session
    from bot.store.nudges import NudgeItem
    from bot.store.outbox import Message
    from bot.store.records import Contact

LEADS_SHOWN: Final = 20


def people_named(session: Session, message: Message) -> set[str]:
    """The e-mails of the people whom a reminder names, and of those who stand in for its receiver."""
    receiver = message.target.removeprefix(PERSON)
    person = people.by_email(session, [receiver]).get(receiver)
    stand_ins = (person.delegate_email, person.manager_email) if person is not None else ()
    found: set[str] = {email for email in stand_ins if email}
    for item in nudges.items_of(session, message.id):
        contact = records.contact_of(session, lead_keys=[item.lead_key])
        theirs = clocks.of_leads(session, contact.lead_keys)
        found.update(clock.owner_email for clock in theirs if clock.owner_email)
        given = answers.of_leads(session, contact.lead_keys)
        found.update(answer.data["to"] for answer in given if answer.kind == "handed_over")
    return found


def prepare(session: Session, agreement: Agreement, message: Message, now: datetime) -> Prepared:
    """Decide whether and how a reminder is to be sent or edited."""
    items = nudges.items_of(session, message.id)
    asked = _asked(session, message, items)
    target = message.target if message.ts is not None else _target(session, agreement, message, now)
    receiver = target.removeprefix(PERSON) if target.startswith(PERSON) else None
    if message.ts is None and target != message.target:
        other = nudges.beside(session, message, target)
        if other is not None:
            nudges.move_items(session, message.id, other.id)
            clocks.move_steps(session, message.id, other.id)
            return Drop("it is told together with what they are told already")
    zone = _zone(session, agreement, receiver)
    lines = lines_of(session, agreement, asked, now, receiver=receiver)
    _keep_what_is_asked(session, items, lines)
    if message.ts is None:
        lines = [line for line in lines if line.waits]
        if not lines:
            return Drop("every lead in it was answered before it was sent")
        held = hold_until(session, agreement, receiver, zone, now)
        if held is not None:
            return held
        _drop_the_rest(session, message, asked, lines)
    drawn = _drawn(lines)
    facts = Nudge(
        to_channel=receiver is None or any(line.owner != receiver for line in lines if line.waits),
        zone=zone,
        leads=tuple(line.lead for line in drawn),
        more=sum(line.waits for line in lines) - sum(line.waits for line in drawn),
        at_stake=at_stake(agreement, lines),
    )
    return Ready(nudge.nudge(facts), target, _until(lines))


def _drawn(lines: list[Line]) -> list[Line]:
    """The lines that a message has room for, in their order: what is settled gives way to what can be answered.

    What was answered just now keeps its place, so that the answer can be taken back.
    """
    open_ = [line for line in lines if line.waits or line.lead.undo is not None][:LEADS_SHOWN]
    settled = [line for line in lines if not line.waits and line.lead.undo is None]
    kept = {line.key for line in (*open_, *settled[: LEADS_SHOWN - len(open_)])}
    return [line for line in lines if line.key in kept]


def _until(lines: list[Line]) -> datetime | None:
    return min((line.true_until for line in lines if line.true_until is not None), default=None)


def hold_until(
    session: Session,
    agreement: Agreement,
    receiver: str | None,
    zone: str,
    now: datetime,
    *,
    limit: bool = True,
) -> Hold | None:
    """Until when a reminder waits, and why; None if it may go now.

    Nobody is written to outside the agreement's windows read in their own zone, during their do-not-disturb schedule,
    or (with `limit`) more often a day than was agreed.
    """
    calendar = agreement.calendar.in_zone(zone)
    if not worktime.is_open(calendar, now):
        return Hold(worktime.next_opening(calendar, now), f"outside the agreed hours in {zone}")
    person = people.by_email(session, [receiver]).get(receiver) if receiver is not None else None
    if receiver is None or person is None:
        return None
    quiet = presence.held_by_dnd(person.dnd_from, person.dnd_until, now)
    if quiet is not None:
        return Hold(worktime.next_opening(calendar, quiet), "do not disturb")
    local = now.astimezone(zone_named(zone))
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    sent = len(nudges.sent_since(session, PERSON + receiver, midnight))
    if limit and sent >= agreement.reminders.max_per_person_per_day:
        following = worktime.next_opening(calendar, midnight + timedelta(days=1))
        return Hold(following, f"{counted(sent, 'message')} went to them that day already")
    return None


def prepare_hand_over(session: Session, agreement: Agreement, message: Message, now: datetime) -> Prepared:
    """Decide whether and how somebody is asked to take a lead over."""
    answer = answers.find(session, message.ref["answer"])
    if answer is None:
        return Drop("the question is not known any more")
    contact = records.contact_of(session, lead_keys=[answer.lead_key])
    clock = leads.clock_of(session, contact, answer.cycle)
    primary = leads.primary_of(contact, clock)
    if primary is None:
        return Drop("the lead is not known any more")
    state = _state(session, agreement, message, answer, contact, clock, now)
    asked = answer.data["to"]
    target = message.target
    if message.ts is None:
        if state != "offered":
            return Drop("it was settled before it was asked")
        person = people.by_email(session, [asked]).get(asked)
        if person is None or person.slack_id is None:
            target = agreement.reminders.channel
        receiver = asked if target == message.target else None
        held = hold_until(session, agreement, receiver, _zone(session, agreement, receiver), now, limit=False)
        if held is not None:
            return held
    line = None
    if state == "accepted":
        receiver = asked if target == PERSON + asked else None
        line = _taken_over(session, agreement, message, answer, contact, clock, receiver, now)
    shown = leads.survivor(contact, primary).record.get
    came, _ = context_of(session, agreement, contact, now)
    facts = HandOver(
        ref=answer.ref,
        lead=shown("name") or shown("email") or shown("company") or "",
        company=shown("company"),
        url=shown("url"),
        source=came,
        asked_by=_by_name(session, answer),
        reason=answer.data.get("reason"),
        due=clock.due_at if clock is not None and clock.stopped_at is None else None,
        zone=_zone(session, agreement, asked),
        state=state,
        line=line.lead if line is not None else None,
    )
    return Ready(handover.hand_over(facts), target, line.true_until if line is not None else None)


def _state(
    session: Session,
    agreement: Agreement,
    message: Message,
    answer: Answer,
    contact: Contact,
    clock: Clock | None,
    now: datetime,
) -> HandOverState:
    """How a question stands. Whom the CRM gives the lead while they are asked need not say yes any more."""
    if answer.state == "accepted":
        return "accepted"
    if answer.state == "declined":
        return "declined"
    if answer.state != "offered":
        return "withdrawn"
    if _lines_in(session, message, answer):
        return "accepted"
    if can_be_taken(session, agreement, answer, contact, clock, now):
        return "offered"
    theirs = leads.alive(contact) and leads.owner_of(contact, clock, session) == answer.data["to"]
    if theirs and owed(session, agreement, answer, contact, clock, now):
        return "accepted"
    return "settled"


def _taken_over(
    session: Session,
    agreement: Agreement,
    message: Message,
    answer: Answer,
    contact: Contact,
    clock: Clock | None,
    receiver: str | None,
    now: datetime,
) -> Line | None:
    """The lead as its new owner's reminder, which the question becomes in place: its button answers what was owed."""
    told = _lines_in(session, message, answer)
    if not told:
        first = next(iter(owed(session, agreement, answer, contact, clock, now)), None)
        step = first.step if first is not None else "attempt-1"
        due_at = first.due_at if first is not None else answer.settled_at or answer.at
        nudges.put_item(session, message.id, answer.lead_key, answer.cycle, step, due_at)
        told = _lines_in(session, message, answer)
    asked = [Asked(item.ref, item.lead_key, item.cycle, item.step, item.due_at) for item in told]
    besides = [one for one in intent_of(session, answer, contact) if one.step != asked[0].step]
    asked += [replace(one, ref=asked[0].ref) for one in besides]
    lines = lines_of(session, agreement, asked, now, receiver=receiver)
    _keep_what_is_asked(session, told, lines)
    return lines[0] if lines else None


def _lines_in(session: Session, message: Message, answer: Answer) -> list[NudgeItem]:
    """The lead in a question that became its new owner's reminder."""
    items = nudges.items_of(session, message.id)
    return [item for item in items if (item.lead_key, item.cycle) == (answer.lead_key, answer.cycle)]


def _by_name(session: Session, answer: Answer) -> str | None:
    owner = answer.data.get("from") or answer.by_email
    if owner is None:
        return None
    person = people.by_email(session, [owner]).get(owner)
    return person.name if person is not None and person.name else str(owner)


def _target(session: Session, agreement: Agreement, message: Message, now: datetime) -> str:
    """Where a reminder goes: to its person, whoever stands in for them now, or to the agreement's channel."""
    email = message.target.removeprefix(PERSON)
    if email == message.target:
        return agreement.reminders.channel
    receiver = Receivers(session, agreement, now).receiver(email)
    return PERSON + receiver if receiver is not None else agreement.reminders.channel


def _zone(session: Session, agreement: Agreement, receiver: str | None) -> str:
    person = people.by_email(session, [receiver]).get(receiver) if receiver is not None else None
    return (person.timezone if person is not None else None) or agreement.timezone


def _asked(session: Session, message: Message, items: list[NudgeItem]) -> list[Asked]:
    """All that a reminder tells of each lead: first the latest contact owed, a touch with intent last."""
    queued = clocks.queued_in(session, {item.lead_key for item in items}, message.id)
    found = []
    for item in items:
        steps = {item.step: item.due_at} | queued.get((item.lead_key, item.cycle), {})
        ordered = sorted(steps.items(), key=lambda one: (one[1], one[0]), reverse=True)
        ordered.sort(key=lambda one: (-attempt_of(one[0]), one[0].startswith(INTENT)))
        found += [Asked(item.ref, item.lead_key, item.cycle, step, due_at) for step, due_at in ordered]
    return found


def _keep_what_is_asked(session: Session, items: list[NudgeItem], lines: list[Line]) -> None:
    """A button answers what its line asks for."""
    known = {item.ref: item for item in items}
    for line in lines:
        item = known[line.asked.ref]
        if item.step != line.asked.step:
            nudges.put_item(
                session, item.message_id, item.lead_key, item.cycle, line.asked.step, line.asked.due_at
            )


def _drop_the_rest(session: Session, message: Message, asked: list[Asked], lines: list[Line]) -> None:
    kept = {line.asked.ref for line in lines}
    for one in asked:
        if one.ref not in kept:
            nudges.drop_item(session, message.id, one.lead_key, one.cycle)
