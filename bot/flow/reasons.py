"""Why a message is there: the events about the records behind it, the rule that made it, its states and times."""

from __future__ import annotations

import json
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from bot.sources.schema import from_json
from bot.store import clocks, nudges, people, reasons, records, wins

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from bot.store.clocks import Clock
    from bot.store.database import Session
    from bot.store.nudges import NudgeItem
    from bot.store.outbox import Message
    from bot.store.wins import Win

EVENTS_SHOWN: Final = 10


@dataclass(frozen=True, slots=True)
class ReasonEvent:
    """An event of the inbox: its number there, the source's id, when it happened and when it came (UTC), its state."""

    number: int
    source: str
    id: str
    type: str
    at: datetime
    received_at: datetime
    state: str


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that the rule looked at: a `text`, or an instant `at` (UTC) for the reader's own zone."""

    name: str
    text: str | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a message is there. Instants are UTC; `events` are the newest 10, newest first.

    `tries` are the attempts since the last success. `rule` is one plain sentence; `facts` are what it looked at, lead
    by lead for a reminder.
    """

    number: int
    key: str
    kind: str
    target: str
    state: str
    tries: int
    created_at: datetime
    sent_at: datetime | None
    edited_at: datetime | None
    next_at: datetime | None
    error: str | None
    rule: str
    facts: tuple[Fact, ...]
    events: tuple[ReasonEvent, ...]


@dataclass(frozen=True, slots=True)
class _Subject:
    """What a message is about: the kinds of events that shape it, and the records and addresses they name."""

    kinds: frozenset[str]
    deal_keys: frozenset[str] = frozenset()
    lead_keys: frozenset[str] = frozenset()
    emails: frozenset[str] = frozenset()


def reason_of(session: Session, channel_id: str, ts: str) -> Reason | None:
    """Why the message that Slack shows in a channel under a ts is there; None if it is not one of the outbox.

    Answers to commands are not in the outbox: nothing is kept of them.
    """
    message = reasons.message_at(session, channel_id, ts)
    if message is None:
        return None
    rule, facts, subject = _READERS.get(message.kind, _notice)(session, message)
    waits = message.state in {"pending", "retry", "ambiguous"}
    edited = message.sent_at and message.attempted_at and message.attempted_at > message.sent_at
    return Reason(
        number=message.id,
        key=message.key,
        kind=message.kind,
        target=message.target.removeprefix("person:"),
        state=message.state,
        tries=message.tries,
        created_at=message.created_at,
        sent_at=message.sent_at,
        edited_at=message.attempted_at if edited else None,
        next_at=message.next_at if waits else None,
        error=message.error,
        rule=rule,
        facts=tuple(facts),
        events=tuple(islice(_events(session, subject), EVENTS_SHOWN)),
    )


# --- wins ---

_MODELS: Final = {
    "first": "all of it goes to the first touch",
    "last": "all of it goes to the last touch",
    "linear": "each touch gets an equal share",
}


def _win(session: Session, message: Message) -> tuple[str, list[Fact], _Subject]:
    deal_key, number = str(message.ref["deal"]), int(message.ref["number"])
    subject = _deal_subject(session, deal_key)
    win = wins.find(session, deal_key, number)
    if win is None:
        return "A win of this deal was told here; it is not known any more.", [], subject
    nth = "" if number == 1 else f" for the {_ordinal(number)} time"
    rule = (
        f"The deal was won{nth}, so one card tells it. Of its amount {_model(win)}, "
        f"among {_lookback(win)}. The booking keeps this rule, whatever the agreement says later."
    )
    facts = [
        Fact("Deal", deal_key),
        Fact("Won at", at=win.won_at),
        Fact("Counts for", win.won_on.isoformat()),
        Fact("Owner", win.owner_email or "nobody"),
        Fact("Model", win.model),
        Fact("Shares", _shares(session, win)),
    ]
    if win.status != "won":
        facts += [Fact("Since then", win.status), Fact("That was at", at=win.ended_at)]
    return rule, facts, subject


def _model(win: Win) -> str:
    if win.model != "position":
        return _MODELS.get(win.model, f"each touch gets its share by the model {win.model}")
    first, last = (Fraction(share) for share in json.loads(win.parameters)["position"])
    middle = 1 - first - last
    between = f"{_percent(middle)} to those between"
    return f"{_percent(first)} goes to the first touch, {_percent(last)} to the last, {between}"


def _lookback(win: Win) -> str:
    days = json.loads(win.parameters)["lookback_days"]
    return f"the touches of the {days} days before it" if days else "all touches before it"


def _shares(session: Session, win: Win) -> str:
    told = [
        f"{_percent(Fraction(credit.share))} {credit.asset or credit.campaign or credit.channel or 'unattributed'}"
        for credit in wins.credits_of(session, win.deal_key, win.number)
    ]
    return ", ".join(told) or "no touch counted: unattributed"


def _percent(share: Fraction) -> str:
    return f"{float(share * 100):.1f}".removesuffix(".0") + "%"


def _ordinal(number: int) -> str:
    tens = number % 100 in {11, 12, 13}
    return f"{number}{'th' if tens else {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th')}"


def _deal_subject(session: Session, deal_key: str) -> _Subject:
    emails, lead_keys = records.links_of_deal(session, deal_key)
    leads: set[str] = set(lead_keys)
    addresses: set[str] = set(emails)
    if leads or addresses:
        contact = records.contact_of(session, lead_keys=leads, emails=addresses)
        leads |= set(contact.lead_keys)
        addresses |= contact.emails
    merged = {key for key, _ in records.deals_merged_into(session, deal_key)}
    return _Subject(
        frozenset({"deal", "lead", "touch"}),
        frozenset({deal_key, *merged}),
        frozenset(leads),
        frozenset(addresses),
    )


# --- reminders ---


def _nudge(session: Session, message: Message) -> tuple[str, list[Fact], _Subject]:
    items = nudges.items_of(session, message.id)
    facts: list[Fact] = []
    leads: set[str] = set()
    emails: set[str] = set()
    for item in items:
        contact = records.contact_of(session, lead_keys=[item.lead_key])
        leads |= set(contact.lead_keys)
        emails |= contact.emails
        facts += _clock_facts(
            session, item, clocks.find(session, item.lead_key, item.cycle), contact.lead_keys
        )
    steps = sorted({_step(item.step) for item in items})
    many = "One clock" if len(items) == 1 else f"{len(items)} clocks"
    rule = (
        f"{many} for a first contact reached the step {' and '.join(steps)}, so one reminder tells it. "
        "Each step is told at most once, and only in working time."
        if items
        else "Every lead in this reminder was answered or handed on since."
    )
    subject = _Subject(frozenset({"lead", "activity"}), lead_keys=frozenset(leads), emails=frozenset(emails))
    return rule, facts, subject


def _step(step: str) -> str:
    at, _, to = step.partition(":")
    when = {"at_risk": "“at risk”", "breach": "“breach”"}.get(at, f"“{at}”")
    return f"{when} for the {to}" if to else when


def _clock_facts(
    session: Session, item: NudgeItem, clock: Clock | None, lead_keys: tuple[str, ...]
) -> Iterator[Fact]:
    name = records.load(session, "lead", item.lead_key).record.get("name")
    yield Fact("Lead", f"{name} ({item.lead_key})" if name else item.lead_key)
    yield Fact("Step", _step(item.step))
    yield Fact("Step due", at=item.due_at)
    if clock is not None:
        yield Fact("Tier", clock.tier)
        yield Fact("Clock started", at=clock.started_at)
        yield Fact("At risk from", at=clock.at_risk_at)
        yield Fact("Promised until", at=clock.due_at)
        yield Fact("Clock", clock.state)
        yield from _owner_facts(session, clock.owner_email)
        if clock.stopped_at is not None:
            yield Fact("Contacted", "told in Slack" if clock.stopped_how == "said" else "seen in the CRM")
            yield Fact("Contacted at", at=clock.stopped_at)
    for kind, at, by in reasons.answers_about(session, lead_keys):
        yield Fact("Answered in Slack", f"{kind}, by {by}")
        yield Fact("Answered at", at=at)


def _owner_facts(session: Session, email: str | None) -> Iterator[Fact]:
    if email is None:
        yield Fact("Owner", "nobody")
        return
    person = people.by_email(session, [email]).get(email)
    yield Fact("Owner", email)
    yield Fact("Owner's zone", person.timezone if person and person.timezone else "the agreement's")


# --- notices ---


def _notice(session: Session, message: Message) -> tuple[str, list[Fact], _Subject]:
    del session  # a notice is about Slack, not about records
    rule = "A message could not be sent, so whoever can help is told: once a day for each reason and place."
    told = (("What failed", message.ref.get("what")), ("What helps", message.ref.get("advice")))
    return rule, [Fact(name, str(text)) for name, text in told if text], _Subject(frozenset())


_READERS: Final = {"win": _win, "nudge": _nudge}


# --- events ---


def _events(session: Session, subject: _Subject) -> Iterator[ReasonEvent]:
    names = {key.partition("/")[2] for key in subject.deal_keys | subject.lead_keys} | subject.emails
    for number, source, event_id, kind, body, received_at, state in reasons.events_naming(
        session, subject.kinds, names
    ):
        parsed = from_json(body)
        if _is_about(subject, source, kind.partition(".")[0], parsed.data):
            yield ReasonEvent(number, source, event_id, kind, parsed.at, received_at, state)


def _is_about(subject: _Subject, source: str, kind: str, data: Mapping[str, Any]) -> bool:
    """Whether an event describes one of the records, or something that belongs to one of them."""
    own = [data.get("id"), *(data.get("merged_from") or ())]
    if kind == "deal":
        return any(f"{source}/{name}" in subject.deal_keys for name in own)
    by_address = data.get("email") in subject.emails
    if kind == "lead":
        return by_address or any(f"{source}/{name}" in subject.lead_keys for name in own)
    return by_address or f"{source}/{data.get('lead_id')}" in subject.lead_keys
