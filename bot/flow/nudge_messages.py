"""What a reminder, and the question whether somebody takes a lead over, say now."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from bot.domain import presence, worktime
from bot.domain.facts import HandOver, Nudge
from bot.domain.steps import INTENT, attempt_of
from bot.domain.when import zone_named
from bot.flow import leads
from bot.flow.context import context_of
from bot.flow.lead_lines import Asked, Line, at_stake, lines_of
from bot.flow.prepared import Drop, Hold, Prepared, Ready
from bot.flow.receivers import PERSON, Receivers
from bot.render import handover, nudge
from bot.store import answers, clocks, nudges, people, records

if TYPE_CHECKING:
    from bot.domain.agreement import Agreement
    from bot.store.answers import Answer
    from bot.store.database import Session
    from bot.store.nudges import NudgeItem
    from bot.store.outbox import Message

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
    drawn = lines[:LEADS_SHOWN]
    facts = Nudge(
        to_channel=receiver is None or any(line.owner != receiver for line in lines),
        zone=zone,
        leads=tuple(line.lead for line in drawn),
        more=sum(line.waits for line in lines[LEADS_SHOWN:]),
        at_stake=at_stake(agreement, lines),
    )
    until = min((line.true_until for line in drawn if line.true_until is not None), default=None)
    return Ready(nudge.nudge(facts), target, until)


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
        return Hold(following, f"{sent} messages went to them that day already")
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
    state = answer.state if answer.state in {"offered", "accepted", "declined"} else "withdrawn"
    if state == "offered" and not leads.still_asked(answer, contact, clock):
        state = "settled"
    asked = message.target.removeprefix(PERSON)
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
        state=state,  # type: ignore[arg-type]  # the answers' states are the message's
    )
    return Ready(handover.hand_over(facts), target)


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
