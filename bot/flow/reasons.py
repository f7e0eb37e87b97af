"""Why a message is there: the events about the records behind it, the rule that made it, its states and times."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from bot.flow import reasons_of_claims, reasons_of_leads, reasons_of_wins
from bot.flow.prepared import held_by
from bot.flow.reason_facts import Fact, Subject
from bot.sources.schema import from_json
from bot.store import agreements, reasons

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime

    from bot.domain.agreement import Agreement
    from bot.store.database import Session
    from bot.store.outbox import Message

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


def reason_of(session: Session, agreement: Agreement, channel_id: str, ts: str) -> Reason | None:
    """Why the message that Slack shows in a channel under a ts is there; None if it is not one of the outbox.

    Answers to commands are not in the outbox: nothing is kept of them.
    """
    message = reasons.message_at(session, channel_id, ts)
    if message is None:
        return None
    rule, facts, subject = _READERS[message.kind](session, agreement, message)
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
        facts=(*facts, *_held(message)),
        events=tuple(islice(_events(session, subject), EVENTS_SHOWN)),
    )


def _held(message: Message) -> Iterator[Fact]:
    """Why a message waited before it was sent."""
    held = held_by(message)
    if held is not None:
        yield Fact("Held until", at=held.until)
        yield Fact("Held because", held.reason)


# --- what is about no record ---


def _agreement(session: Session, agreement: Agreement, message: Message) -> tuple[str, list[Fact], Subject]:
    del agreement  # what is in force by now may be another one
    number = message.ref["version"]
    rule = "The agreement was changed, so what changed is told once, where both sides read."
    versions = [version for version in agreements.versions(session) if version.id <= number]
    facts = []
    if versions and versions[-1].id == number:
        facts = [Fact("Agreement", versions[-1].name), Fact("In force since", at=versions[-1].in_force_from)]
        facts += [Fact("Before it, since", at=version.in_force_from) for version in versions[-2:-1]]
    return rule, facts, Subject(frozenset())


def _notice(session: Session, agreement: Agreement, message: Message) -> tuple[str, list[Fact], Subject]:
    del session, agreement  # a notice is about Slack, not about records
    rule = "A message could not be sent, so whoever can help is told: once a day for each reason and place."
    told = (("What failed", message.ref.get("what")), ("What helps", message.ref.get("advice")))
    return rule, [Fact(name, str(text)) for name, text in told if text], Subject(frozenset())


_READERS: Final[dict[str, Callable[[Session, Agreement, Message], tuple[str, list[Fact], Subject]]]] = {
    "win": reasons_of_wins.win,
    "wins": reasons_of_wins.listed,
    "reply": reasons_of_wins.reply,
    "goal": reasons_of_wins.goal,
    "claim": reasons_of_claims.claim,
    "claim_answer": reasons_of_claims.claim_answer,
    "merge_offer": reasons_of_claims.merge_offer,
    "nudge": reasons_of_leads.nudge,
    "handover": reasons_of_leads.hand_over,
    "brief": reasons_of_leads.brief,
    "feedback": reasons_of_leads.feedback,
    "agreement": _agreement,
    "notice": _notice,
}


# --- events ---


def _events(session: Session, subject: Subject) -> Iterator[ReasonEvent]:
    names = {key.partition("/")[2] for key in subject.deal_keys | subject.lead_keys} | subject.emails
    for number, source, event_id, kind, body, received_at, state in reasons.events_naming(
        session, subject.kinds, names
    ):
        parsed = from_json(body)
        if _is_about(subject, source, kind.partition(".")[0], parsed.data):
            yield ReasonEvent(number, source, event_id, kind, parsed.at, received_at, state)


def _is_about(subject: Subject, source: str, kind: str, data: Mapping[str, Any]) -> bool:
    """Whether an event describes one of the records, or something that belongs to one of them."""
    own = [data.get("id"), *(data.get("merged_from") or ())]
    if kind == "deal":
        return any(f"{source}/{name}" in subject.deal_keys for name in own)
    by_address = data.get("email") in subject.emails
    if kind == "lead":
        return by_address or any(f"{source}/{name}" in subject.lead_keys for name in own)
    return by_address or f"{source}/{data.get('lead_id')}" in subject.lead_keys
