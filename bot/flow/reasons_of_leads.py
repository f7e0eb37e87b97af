"""Why a message about leads is there: reminders, hand-overs, and what marketing is told."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from bot.domain.money import Money
from bot.domain.steps import INTENT
from bot.domain.when import When, parse_instant
from bot.flow.reason_facts import Fact, Subject
from bot.flow.receivers import PERSON
from bot.flow.step_words import kind_of, reason_of
from bot.render.text import counted, money
from bot.store import answers, briefs, clocks, nudges, people, reasons, records

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from bot.domain.agreement import Agreement
    from bot.store.answers import Answer
    from bot.store.clocks import Clock
    from bot.store.database import Session
    from bot.store.nudges import NudgeItem
    from bot.store.outbox import Message

_KINDS: Final = frozenset({"lead", "activity"})
_TICK: Final = timedelta(microseconds=1)
_CLAUSES: Final = {
    "agreed": (
        "one clock for a first contact reached the step",
        "{} clocks for a first contact reached the step",
    ),
    "assigned": ("one lead is new to its owner", "{} leads are new to their owners"),
    "attempt": ("the next contact of one follow-up is due", "the next contact of {} follow-ups is due"),
    "snoozed": ("one snooze has ended", "{} snoozes have ended"),
    "callback": ("one lead wished to be called then", "{} leads wished to be called then"),
    "declined": ("one hand-over was declined", "{} hand-overs were declined"),
    "intent": ("one lead showed interest", "{} leads showed interest"),
}
_STATES: Final = {
    "offered": "not answered yet",
    "accepted": "accepted",
    "declined": "declined",
    "undone": "taken back",
}


# --- reminders ---


def nudge(session: Session, agreement: Agreement, message: Message) -> tuple[str, list[Fact], Subject]:
    """The steps that a reminder tells, lead by lead: the clock, its owner, and what was answered."""
    del agreement  # the clocks carry what they were computed by
    items = nudges.items_of(session, message.id)
    facts: list[Fact] = []
    leads: set[str] = set()
    emails: set[str] = set()
    for item in items:
        contact = records.contact_of(session, lead_keys=[item.lead_key])
        leads |= set(contact.lead_keys)
        emails |= contact.emails
        clock = next(
            (c for c in clocks.of_leads(session, contact.lead_keys) if c.cycle == item.cycle),
            None,
        )
        facts += _lead_facts(session, message, item, clock, contact.lead_keys)
    subject = Subject(
        frozenset(
            {"lead", "activity", "touch"}
            if any(i.step.startswith(INTENT) for i in items)
            else {"lead", "activity"}
        ),
        lead_keys=frozenset(leads),
        emails=frozenset(emails),
    )
    return rule_of([item.step for item in items]), facts, subject


def rule_of(steps: Sequence[str]) -> str:
    """Why a reminder of these steps (their keys) is there, in one sentence, and how often a step is told."""
    if not steps:
        return "Every lead in this reminder was answered or handed on since."
    kinds = Counter(kind_of(step) for step in steps)
    agreed = " and ".join(sorted({reason_of(step) for step in steps if kind_of(step) == "agreed"}))
    clauses = []
    for kind, (one, many) in _CLAUSES.items():
        if kinds[kind]:
            clause = one if kinds[kind] == 1 else many.format(kinds[kind])
            clauses.append(f"{clause} {agreed}" if kind == "agreed" else clause)
    said = "; ".join(clauses)
    return (
        f"{said[0].upper()}{said[1:]}, so one reminder tells it. "
        "Each step is told at most once, and only in working time."
    )


def _lead_facts(
    session: Session, message: Message, item: NudgeItem, clock: Clock | None, lead_keys: tuple[str, ...]
) -> Iterator[Fact]:
    yield Fact("Lead", _name(session, item.lead_key))
    yield Fact("Step", reason_of(item.step))
    yield Fact("Step due", at=item.due_at)
    if clock is not None:
        yield from _clock_facts(session, message, item, clock)
    for given in reasons.answers_about(session, lead_keys):
        if given.cycle == item.cycle:
            yield from _answer_facts(session, given)


def _clock_facts(session: Session, message: Message, item: NudgeItem, clock: Clock) -> Iterator[Fact]:
    yield Fact("Tier", clock.tier)
    if clock.cycle > 1:
        yield Fact("Came back to sales", f"clock {clock.cycle} of this contact")
    yield Fact("Clock started", at=clock.started_at)
    yield Fact("At risk from", at=clock.at_risk_at)
    yield Fact("Promised until", at=clock.due_at)
    yield Fact("Clock", clock.state)
    if kind_of(item.step) == "attempt":
        yield Fact("Contacts made", str(clock.attempts))
        yield Fact("All of them by", at=clock.within_at)
    yield from _owner_facts(session, clock.owner_email)
    yield from _stand_in(message, item.step, clock.owner_email)
    if clock.stopped_at is not None:
        yield Fact("Contacted", "told in Slack" if clock.stopped_how == "said" else "seen in the CRM")
        yield Fact("Contacted at", at=clock.stopped_at)


def _owner_facts(session: Session, email: str | None) -> Iterator[Fact]:
    if email is None:
        yield Fact("Owner", "nobody")
        return
    person = people.by_email(session, [email]).get(email)
    yield Fact("Owner", email)
    yield Fact("Owner's zone", person.timezone if person and person.timezone else "the agreement's")


def _stand_in(message: Message, step: str, owner: str | None) -> Iterator[Fact]:
    """Who was told in the owner's place, where a step is for the owner."""
    for_owner = kind_of(step) != "agreed" or step.endswith(":owner")
    if not for_owner or owner is None or message.target == PERSON + owner:
        return
    told = message.target.removeprefix(PERSON)
    why = "who stands in for the owner" if told != message.target else "because nobody else could be told"
    yield Fact("Told instead", f"{told}, {why}")


# --- answers ---


def _answer_facts(session: Session, given: Answer) -> Iterator[Fact]:
    state = f" ({_STATES[given.state]})" if given.state in _STATES else ""
    yield Fact("Answered in Slack", f"{_said(session, given)}, by {_by(session, given)}{state}")
    yield Fact("Answered at", at=given.at)
    if given.kind == "snoozed":
        yield Fact("Snoozed until", at=datetime.fromisoformat(given.data["until"]))


def _said(session: Session, given: Answer) -> str:
    data = given.data
    if given.kind == "logged":
        return f"Log details: {data['kind']}, {data['outcome'].replace('_', ' ')}"
    if given.kind == "handed_over":
        return f"Hand over to {_person(session, data['to'])}"
    if given.kind == "not_a_fit":
        return f"Not a fit: {data['reason']}"
    return {"contacted": "Contacted", "snoozed": "Snooze"}.get(given.kind, given.kind)


def _by(session: Session, given: Answer) -> str:
    presser = people.by_slack_id(session, given.by_slack_id)
    email = given.by_email or (presser.email if presser is not None else None)
    return _person(session, email) if email is not None else given.by_slack_id


def _person(session: Session, email: str) -> str:
    person = people.by_email(session, [email]).get(email)
    return (person.name if person is not None else None) or email


def _name(session: Session, lead_key: str) -> str:
    name = records.load(session, "lead", lead_key).record.get("name")
    return f"{name} ({lead_key})" if name else lead_key


# --- hand-overs ---


def hand_over(session: Session, agreement: Agreement, message: Message) -> tuple[str, list[Fact], Subject]:
    """Who asked whom to take which lead over, and what became of it."""
    del agreement  # no rule of it decides this
    rule = "Somebody asked for a hand-over, so whoever is asked can answer here. Until they accept, the owner stays."
    given = answers.find(session, message.ref["answer"])
    if given is None:
        return rule, [], Subject(frozenset())
    owner = given.data.get("from")
    facts = [
        Fact("Lead", _name(session, given.lead_key)),
        Fact("Asked by", _by(session, given)),
        Fact("Asked", _person(session, given.data["to"])),
        Fact("Asked at", at=given.at),
        Fact("Owner then", _person(session, owner) if owner else "nobody"),
        Fact("Answer", _STATES.get(given.state, given.state)),
    ]
    if given.data.get("reason"):
        facts.insert(4, Fact("Because", given.data["reason"]))
    if given.settled_at is not None:
        facts.append(Fact("Answered at", at=given.settled_at))
    return rule, facts, _about(session, [given.lead_key])


# --- marketing ---


def brief(session: Session, agreement: Agreement, message: Message) -> tuple[str, list[Fact], Subject]:
    """What a brief was gathered from: the leads of nobody knows where, and the promises with their figures."""
    del agreement  # the brief keeps its figures
    told = message.ref
    rule = (
        "Once a working day, at its opening, marketing is told which leads reached sales without asset or campaign "
        "and which promises are behind pace; on a day without either, nothing."
    )
    facts = [
        Fact("Looked at from", at=parse_instant(told["since"], "since")),
        Fact("Looked at until", at=parse_instant(told["until"], "until")),
        *(Fact("Lead", _name(session, key)) for key in told["leads"]),
        *(Fact("Promise", _promise(one)) for one in told["behind"]),
    ]
    return rule, facts, _about(session, told["leads"], frozenset({"lead"}))


def _promise(told: dict[str, Any]) -> str:
    currency = told["currency"]

    def amount(name: str) -> str:
        return money(Money(told[name], currency)) if currency is not None else counted(told[name], "lead")

    where = told["channel"] or "All channels"
    return (
        f"{where}, each {told['period']}: {amount('actual')} of {amount('expected')} expected by then; "
        f"{amount('target')} promised"
    )


def feedback(session: Session, agreement: Agreement, message: Message) -> tuple[str, list[Fact], Subject]:
    """The leads of a day that were not a fit; who said so is told to nobody."""
    rule = (
        "A lead was answered “Not a fit”, so marketing reads why. One message a day holds all of them, and changes "
        "with each; who answered is not told."
    )
    day = When(date.fromisoformat(message.ref["day"]), None)
    since, until = day.starts(agreement.timezone), day.ends(agreement.timezone) + _TICK
    misfits = briefs.not_a_fit(session, since, until)
    facts = [Fact("Day", message.ref["day"])]
    for misfit in misfits:
        facts += [Fact("Lead", _name(session, misfit.lead_key)), Fact("Reason", misfit.reason or "none")]
    return rule, facts, _about(session, [misfit.lead_key for misfit in misfits], frozenset({"lead"}))


def _about(session: Session, lead_keys: Iterable[str], kinds: frozenset[str] = _KINDS) -> Subject:
    keys = list(lead_keys)
    if not keys:
        return Subject(kinds)
    contacts = [records.contact_of(session, lead_keys=[key]) for key in keys]
    return Subject(
        kinds,
        lead_keys=frozenset(key for contact in contacts for key in contact.lead_keys),
        emails=frozenset(email for contact in contacts for email in contact.emails),
    )
