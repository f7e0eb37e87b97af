"""One lead as a reminder or a list shows it: what is asked for, what was answered, what it is worth."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from bot.domain import answering, clocks
from bot.domain.answering import UNDO
from bot.domain.facts import LeadWorth, NudgeLead
from bot.domain.money import Money
from bot.domain.steps import CALLBACK, INTENT, attempt_of
from bot.domain.worth import Origin
from bot.flow import leads, worth
from bot.flow.context import context_of
from bot.flow.prepared import named
from bot.store import answers, people, records

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.domain.agreement import Agreement
    from bot.store.answers import Answer
    from bot.store.clocks import Clock
    from bot.store.database import Session
    from bot.store.records import Contact, Stored

WAITING: Final = frozenset({"new", "at_risk", "breached", "follow_up", "intent"})
_TICK: Final = timedelta(microseconds=1)
_OUTCOMES: Final = {
    "connected": "reached them",
    "no_answer": "no answer",
    "bounced": "bounced",
    "asked_to_be_called": "asked to be called",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What a button stands for: a lead in a cycle, and the step that asked for an answer."""

    ref: str
    lead_key: str
    cycle: int
    step: str
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Line:
    """A lead as it is shown, under the `key` of its contact's lead; it looks different from `true_until` on."""

    asked: Asked
    key: str
    owner: str | None
    lead: NudgeLead
    origin: Origin
    true_until: datetime | None

    @property
    def waits(self) -> bool:
        """Whether somebody still has to answer."""
        return self.lead.state in WAITING


def lines_of(
    session: Session, agreement: Agreement, asked: Iterable[Asked], now: datetime, *, receiver: str | None
) -> list[Line]:
    """The leads as they are now, the most valuable and most urgent first; those that are one contact are one.

    `receiver` is the person (e-mail) who reads it; None for a channel.
    """
    found: dict[str, Line] = {}
    for options, contact in _of_contacts(session, asked):
        clock = leads.clock_of(session, contact, options[0].cycle)
        primary = leads.primary_of(contact, clock)
        if primary is None:
            continue
        for one in options:
            line = _line(session, agreement, one, contact, clock, primary, now, receiver)
            if line.waits or primary.key not in found:
                found[primary.key] = line
            if line.waits:
                break
    worths = worth.of_leads(session, agreement, {key: line.origin for key, line in found.items()})
    for key, value in worths.items():
        if value is not None:
            told = LeadWorth(Money(value.minor, value.currency), value.cases, value.few)
            found[key] = replace(found[key], lead=replace(found[key].lead, worth=told))
    return sorted(found.values(), key=_urgency)


def _of_contacts(session: Session, asked: Iterable[Asked]) -> list[tuple[list[Asked], Contact]]:
    """What is asked for of each contact in its latest cycle; the first of them that waits is shown."""
    found: dict[str, tuple[list[Asked], Contact]] = {}
    known: dict[str, Contact] = {}
    for one in asked:
        contact = known.get(one.lead_key) or records.contact_of(session, lead_keys=[one.lead_key])
        known |= dict.fromkeys(contact.lead_keys, contact)
        if not contact.leads:
            continue
        options, _ = found.setdefault(contact.lead_keys[0], ([], contact))
        if options and options[0].cycle < one.cycle:
            options.clear()
        if not options or options[0].cycle == one.cycle:
            options.append(one)
    return list(found.values())


def at_stake(agreement: Agreement, lines: Iterable[Line]) -> Money | None:
    """What the waiting leads are worth together; None where that is known of none."""
    known = [line.lead.worth.amount.minor for line in lines if line.waits and line.lead.worth is not None]
    return Money(sum(known), agreement.currency) if known else None


def _urgency(line: Line) -> tuple[int, datetime, str]:
    value = line.lead.worth.amount.minor if line.lead.worth is not None else 0
    return (-value, line.asked.due_at, line.key)


def _line(
    session: Session,
    agreement: Agreement,
    asked: Asked,
    contact: Contact,
    clock: Clock | None,
    primary: Stored,
    now: datetime,
    receiver: str | None,
) -> Line:
    get = leads.survivor(contact, primary).record.get
    given = [a for a in answers.of_leads(session, contact.lead_keys) if a.cycle == asked.cycle]
    came, since = context_of(session, agreement, contact, now)
    owner = leads.owner_of(contact, clock)
    base = NudgeLead(
        ref=asked.ref,
        name=get("name"),
        company=get("company"),
        email=get("email"),
        url=get("url"),
        source=came,
        since=since,
        due=clock.due_at if clock else asked.due_at,
        state="new",
        offer=_offers(agreement, asked.step),
    )
    shown, undoable = _as_it_stands(session, agreement, asked, contact, clock, given, now, receiver, base)
    until = undoable.at + UNDO if undoable is not None and answering.can_undo(undoable.at, now) else None
    shown = replace(shown, undo=undoable.ref if undoable is not None and until is not None else None)
    if owner is None:
        shown = replace(shown, nobody=True)
    elif owner != receiver:
        shown = replace(shown, owner=named(people.by_email(session, [owner]), owner))
    ends = [at for at in (until, shown.due if shown.state == "snoozed" else None) if at is not None]
    own = primary.record.get  # as the report counts it, also where another lead of the contact is shown
    origin = Origin(own("asset"), own("channel"), own("segment"))
    return Line(asked, primary.key, owner, shown, origin, min(ends, default=None))


def _as_it_stands(
    session: Session,
    agreement: Agreement,
    asked: Asked,
    contact: Contact,
    clock: Clock | None,
    given: list[Answer],
    now: datetime,
    receiver: str | None,
    base: NudgeLead,
) -> tuple[NudgeLead, Answer | None]:
    """The lead with its state, and the answer that could be taken back."""
    if clock is None and not asked.step.startswith(INTENT):
        return replace(base, state="closed"), None
    ended = clock is not None and clock.ended_at is not None
    unfit = next((a for a in given if a.kind == "not_a_fit" and (ended or clock is None)), None)
    if unfit is not None:
        return replace(base, state="not_a_fit", answer=unfit.data["reason"]), unfit
    to = _passed_on(asked, given, receiver, leads.owner_of(contact, clock))
    if to is not None:
        return replace(base, state="handed_over", to=named(people.by_email(session, [to]), to)), None
    settled = made(session, agreement, asked, contact, clock, given)
    if settled is not None:
        return replace(base, **settled[0]), settled[1]
    if ended or not leads.alive(contact):
        return replace(base, state="closed"), None
    snooze = _snooze(asked, given, now)
    if snooze is not None:
        return replace(base, state="snoozed", due=datetime.fromisoformat(snooze.data["until"])), snooze
    waiting = _waiting(agreement, asked, clock, now, base)
    return _with_hand_over(session, contact, clock, given, waiting)


def _with_hand_over(
    session: Session, contact: Contact, clock: Clock | None, given: list[Answer], waiting: NudgeLead
) -> tuple[NudgeLead, Answer | None]:
    """A waiting lead with what became of the latest question whether somebody takes it over."""
    asked = next((a for a in reversed(given) if a.kind == "handed_over"), None)
    if asked is None:
        return waiting, None
    offered = leads.still_asked(asked, contact, clock)
    declined = asked.state == "declined" and asked.data["from"] == leads.owner_of(contact, clock)
    if not offered and not declined:
        return waiting, None
    to = named(people.by_email(session, [asked.data["to"]]), asked.data["to"])
    told = replace(waiting, hand_over="offered" if offered else "declined", to=to)
    return told, asked if offered else None


def _passed_on(asked: Asked, given: list[Answer], receiver: str | None, owner: str | None) -> str | None:
    """Who owns a lead that left this reader's hands by a hand-over; None if it did not, or came back.

    What falls due after the hand-over is told to them for another reason: as a manager, or in somebody's place.
    """
    accepted = [
        a
        for a in given
        if a.kind == "handed_over"
        and a.state == "accepted"
        and a.settled_at is not None
        and asked.due_at <= a.settled_at
    ]
    theirs = any(receiver in {a.data["from"], a.by_email} for a in accepted)
    if receiver is None or owner is None or owner == receiver or not theirs:
        return None
    return owner


def _snooze(asked: Asked, given: list[Answer], now: datetime) -> Answer | None:
    """The snooze that lasts; one given before a touch showed intent does not keep that from being told."""
    snoozes = [a for a in given if a.kind == "snoozed"]
    latest = snoozes[-1] if snoozes else None
    if latest is None or datetime.fromisoformat(latest.data["until"]) <= now:
        return None
    return None if asked.step.startswith(INTENT) and latest.at < asked.due_at else latest


def made(
    session: Session,
    agreement: Agreement,
    asked: Asked,
    contact: Contact,
    clock: Clock | None,
    given: list[Answer] | None = None,
) -> tuple[dict[str, Any], Answer | None] | None:
    """What settled the contact that was asked for: (fields of the line, the answer); None while it is owed.

    `given` are the answers of its cycle, if they are known.
    """
    if given is None:
        given = [a for a in answers.of_leads(session, contact.lead_keys) if a.cycle == asked.cycle]
    words = [a for a in given if a.kind == "contacted" or (a.kind == "logged" and _counts(agreement, a))]
    attempt = attempt_of(asked.step)
    since = asked.due_at if asked.step.startswith(INTENT) else _called_at(asked, given)
    if since is not None:
        said = [a for a in words if a.at >= since]
        seen = any(at >= since for at in _attempts(session, agreement, contact))
        return _told(said, seen=seen) if said or seen else None
    if clock is None:
        return None
    said = [a for a in words if a.data.get("attempt", 1) >= attempt]
    seen = clock.stopped_how == "seen" if attempt == 1 else clock.attempts >= attempt and not said
    return _told(said, seen=seen) if said or seen else None


def _counts(agreement: Agreement, answer: Answer) -> bool:
    return answer.data["kind"] in agreement.contact.counts


def _called_at(asked: Asked, given: list[Answer]) -> datetime | None:
    """From when on a contact is the call-back that the lead had asked for; None where no such is asked for."""
    number = asked.step.removeprefix(CALLBACK).partition("#")[0]
    wished = next((a for a in given if asked.step.startswith(CALLBACK) and str(a.id) == number), None)
    return wished.at + _TICK if wished is not None else None


def _attempts(session: Session, agreement: Agreement, contact: Contact) -> list[datetime]:
    rule = agreement.contact
    return [
        act["at"]
        for act in records.activities_of(session, contact)
        if clocks.is_attempt(rule, act["kind"], act["direction"], act["outcome"])
    ]


def _told(said: list[Answer], *, seen: bool) -> tuple[dict[str, Any], Answer | None]:
    if seen or not said:
        return {"state": "seen"}, None
    attempt = min(
        a.data.get("attempt", 1) for a in said
    )  # a later contact does not rewrite what was said first
    latest = [a for a in said if a.data.get("attempt", 1) == attempt][-1]
    if latest.kind == "logged":
        words = f"{latest.data['kind']}, {_OUTCOMES[latest.data['outcome']]}"
        return {"state": "logged", "answer": words}, latest
    return {"state": "said"}, latest


def _waiting(
    agreement: Agreement, asked: Asked, clock: Clock | None, now: datetime, base: NudgeLead
) -> NudgeLead:
    if asked.step.startswith(INTENT):
        words = asked.step.removeprefix(INTENT).partition(":")[0]
        return replace(base, state="intent", intent=words, due=asked.due_at)
    assert clock is not None  # noqa: S101  # its caller looked
    attempt = attempt_of(asked.step)
    if attempt > 1:
        tier = next((tier for tier in agreement.tiers if tier.name == clock.tier), None)
        due = clock.attempt_due_at or asked.due_at
        total = tier.attempts if tier is not None else attempt
        return replace(base, state="follow_up", due=due, attempt=attempt, attempts=max(total, attempt))
    if clocks.judged(clock.due_at, None, now) == "breached":
        return replace(base, state="breached")
    return replace(base, state="at_risk" if now >= clock.at_risk_at else "new")


def _offers(agreement: Agreement, step: str) -> bool:
    return any(known.key == step and known.offer == "hand over" for known in agreement.reminders.steps)
