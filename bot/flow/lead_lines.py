"""One lead as a reminder or a list shows it: what is asked for, what was answered, what it is worth."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Final

from bot.domain import answering, clocks, intent
from bot.domain.answering import UNDO
from bot.domain.facts import LeadWorth, NudgeLead
from bot.domain.money import Money
from bot.domain.privacy import MARK
from bot.domain.steps import INTENT, attempt_of
from bot.domain.worth import Origin
from bot.flow import leads, worth
from bot.flow.context import context_of
from bot.flow.lead_ends import (
    TICK,
    Asked,
    made,
    made_before,
    of_cycle,
    over,
    passed_on,
    said_before,
    wish_of,
)
from bot.flow.prepared import named
from bot.flow.step_words import kind_of
from bot.store import clocks as stored
from bot.store import people, records

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.domain.agreement import Agreement
    from bot.store.answers import Answer
    from bot.store.clocks import Clock
    from bot.store.database import Session
    from bot.store.records import Contact, Stored

__all__ = ["WAITING", "Asked", "Line", "at_stake", "lines_of", "made"]

WAITING: Final = frozenset({"new", "at_risk", "breached", "follow_up", "callback", "intent"})
_FORGOTTEN: Final = "A forgotten person"


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
                found[primary.key] = _with_intent(session, agreement, line, options, contact, clock)
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


def _with_intent(
    session: Session,
    agreement: Agreement,
    line: Line,
    options: list[Asked],
    contact: Contact,
    clock: Clock | None,
) -> Line:
    """A line that asks for a contact of the agreement, with the latest intent that the same message tells."""
    told = [one for one in options if one.step.startswith(INTENT) and one is not line.asked]
    open_ = [one for one in told if made(session, agreement, one, contact, clock) is None]
    if line.lead.state == "intent" or not open_:
        return line
    latest = max(open_, key=lambda one: one.due_at)
    kind = _kind_of_intent(latest)
    lead = replace(line.lead, intent=kind, intent_at=latest.due_at, since=_not_twice(line.lead.since, kind))
    return replace(line, lead=lead)


def _kind_of_intent(asked: Asked) -> str:
    return asked.step.removeprefix(INTENT).partition(":")[0]


def _not_twice(since: tuple[str, ...], kind: str) -> tuple[str, ...]:
    """What they touched, without what the line says of their intent anyway."""
    return tuple(words for words in since if words != intent.without_name(kind))


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
    forgotten = str(get("email") or "").startswith(MARK)
    given = of_cycle(session, contact, asked.cycle)
    came, since = context_of(session, agreement, contact, now)
    owner = leads.owner_of(contact, clock, session)
    base = NudgeLead(
        ref=asked.ref,
        name=_FORGOTTEN if forgotten else get("name"),
        company=get("company"),
        email=None if forgotten else get("email"),
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
    if shown.state == "follow_up" and clock is not None and clock.within_at is not None:
        ends += [clock.within_at + TICK] if now <= clock.within_at else []
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
        said = said_before(agreement, asked, given)
        if said is not None:
            return replace(base, state=said.state, answer=said.words), None
        return replace(base, state="closed"), None
    ended = clock is not None and clock.ended_at is not None
    unfit = next((a for a in given if a.kind == "not_a_fit" and (ended or clock is None)), None)
    if unfit is not None:
        return replace(base, state="not_a_fit", answer=unfit.data["reason"]), unfit
    settled = made(session, agreement, asked, contact, clock, given)
    passed = passed_on(session, agreement, asked, contact, clock, given, receiver, now)
    if passed is not None and not (
        settled is not None and made_before(session, agreement, asked, contact, clock, settled, passed, now)
    ):
        to = named(people.by_email(session, [passed.to]), passed.to)
        return replace(base, state="handed_over" if passed.handed_over else "reassigned", to=to), None
    if settled is not None:
        return replace(base, state=settled.state, answer=settled.words), settled.answer
    if ended or not leads.alive(contact):
        return replace(base, state="closed"), None
    why = over(session, agreement, asked, contact, clock, given, now) if clock is not None else None
    if why is not None:
        return replace(base, state="closed", answer=why), None
    snooze = _snooze(asked, given, now)
    if snooze is not None:
        return replace(base, state="snoozed", due=datetime.fromisoformat(snooze.data["until"])), snooze
    waiting = _waiting(session, agreement, asked, clock, given, now, base)
    return _with_hand_over(session, asked, contact, clock, given, waiting)


def _with_hand_over(
    session: Session,
    asked: Asked,
    contact: Contact,
    clock: Clock | None,
    given: list[Answer],
    waiting: NudgeLead,
) -> tuple[NudgeLead, Answer | None]:
    """A waiting lead with what became of the latest question whether somebody takes it over.

    Who could not take over one contact is not named again beside the next one.
    """
    question = next((a for a in reversed(given) if a.kind == "handed_over"), None)
    if question is None:
        return waiting, None
    offered = leads.still_asked(question, contact, clock, session)
    theirs = question.data["from"] == leads.owner_of(contact, clock, session)
    same = question.data.get("attempt", 1) == attempt_of(asked.step)
    if not offered and not (question.state == "declined" and theirs and same):
        return waiting, None
    to = named(people.by_email(session, [question.data["to"]]), question.data["to"])
    told = replace(waiting, hand_over="offered" if offered else "declined", to=to)
    return told, question if offered else None


def _snooze(asked: Asked, given: list[Answer], now: datetime) -> Answer | None:
    """The snooze that lasts; one given before a touch showed intent does not keep that from being told."""
    snoozes = [a for a in given if a.kind == "snoozed"]
    latest = snoozes[-1] if snoozes else None
    if latest is None or datetime.fromisoformat(latest.data["until"]) <= now:
        return None
    return None if asked.step.startswith(INTENT) and latest.at < asked.due_at else latest


def _waiting(
    session: Session,
    agreement: Agreement,
    asked: Asked,
    clock: Clock | None,
    given: list[Answer],
    now: datetime,
    base: NudgeLead,
) -> NudgeLead:
    if asked.step.startswith(INTENT):
        kind = _kind_of_intent(asked)
        since = _not_twice(base.since, kind)
        return replace(base, state="intent", intent=kind, due=asked.due_at, since=since)
    assert clock is not None  # noqa: S101  # its caller looked
    wish = wish_of(asked, given)
    if wish is not None:
        return replace(base, state="callback", due=datetime.fromisoformat(wish.data["call_back_at"]))
    attempt = attempt_of(asked.step)
    if attempt > 1:
        tier = next((tier for tier in agreement.tiers if tier.name == clock.tier), None)
        due = clock.attempt_due_at or asked.due_at
        total = tier.attempts if tier is not None else attempt
        return replace(base, state="follow_up", due=due, attempt=attempt, attempts=max(total, attempt))
    if clocks.judged(clock.due_at, None, now) == "breached":
        return replace(base, state="breached")
    if now >= clock.at_risk_at:
        return replace(base, state="at_risk")
    return replace(base, state="new", fresh=_is_fresh(session, asked, clock))


def _is_fresh(session: Session, asked: Asked, clock: Clock) -> bool:
    """Whether a line tells that the lead was assigned, and nobody was reminded of it before."""
    known = [d for d in stored.decisions(session, [clock.lead_key]) if d.cycle == asked.cycle]
    told = [d for d in known if d.outcome == "queued"]
    return kind_of(asked.step) == "assigned" and told[:1] == [d for d in told if d.step == asked.step][:1]


def _offers(agreement: Agreement, step: str) -> bool:
    return any(known.key == step and known.offer == "hand over" for known in agreement.reminders.steps)
