"""When a line of a lead asks for nothing any more: the contact was made, is not owed, or became somebody else's."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final, Literal

from bot.domain import clocks
from bot.domain.steps import CALLBACK, INTENT, attempt_of
from bot.flow import cycles, leads
from bot.flow.receivers import Receivers
from bot.flow.step_words import kind_of
from bot.store import answers, records
from bot.store import clocks as stored

if TYPE_CHECKING:
    from datetime import datetime

    from bot.domain.agreement import Agreement
    from bot.flow.cycle_facts import Cycle
    from bot.store.answers import Answer
    from bot.store.clocks import Clock
    from bot.store.database import Session
    from bot.store.records import Contact

TICK: Final = timedelta(microseconds=1)
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
class Made:
    """A contact that settled a line: how it is shown, and the answer where somebody said it."""

    state: Literal["seen", "said", "logged"]
    words: str | None = None
    answer: Answer | None = None


@dataclass(frozen=True, slots=True)
class PassedOn:
    """Who owns a lead that left its reader's hands, since when as far as that is known, and whether by a hand-over."""

    to: str
    at: datetime | None
    handed_over: bool


def made(
    session: Session,
    agreement: Agreement,
    asked: Asked,
    contact: Contact,
    clock: Clock | None,
    given: list[Answer] | None = None,
) -> Made | None:
    """What settled the contact that was asked for; None while it is owed.

    `given` are the answers of its cycle, if they are known.
    """
    if given is None:
        given = of_cycle(session, contact, asked.cycle)
    attempt = attempt_of(asked.step)
    since = wished_since(asked, given)
    if since is not None:
        said = [a for a in _words(agreement, given) if a.at >= since]
        seen = any(at >= since for at in _attempts(session, agreement, contact))
        return _told(said, seen=seen) if said or seen else None
    if clock is None:
        return None
    said = _said(agreement, asked, given)
    seen = clock.stopped_how == "seen" if attempt == 1 else clock.attempts >= attempt and not said
    return _told(said, seen=seen) if said or seen else None


def said_before(agreement: Agreement, asked: Asked, given: list[Answer]) -> Made | None:
    """What somebody said of the contact that was asked for, where no clock tells of it any more."""
    said = _said(agreement, asked, given)
    return _told(said, seen=False) if said else None


def _said(agreement: Agreement, asked: Asked, given: list[Answer]) -> list[Answer]:
    return [a for a in _words(agreement, given) if a.data.get("attempt", 1) >= attempt_of(asked.step)]


def _words(agreement: Agreement, given: list[Answer]) -> list[Answer]:
    return [a for a in given if a.kind == "contacted" or (a.kind == "logged" and _counts(agreement, a))]


def of_cycle(session: Session, contact: Contact, cycle: int) -> list[Answer]:
    """The answers about a contact's cycle that were not taken back, in the order of time."""
    return [a for a in answers.of_leads(session, contact.lead_keys) if a.cycle == cycle]


def wish_of(asked: Asked, given: list[Answer]) -> Answer | None:
    """The contact in which the lead asked for the call that a line asks for; None where it asks for no such call.

    A call that was put off, or that a colleague did not take over, is asked for by another step.
    """
    kind, number = kind_of(asked.step), asked.step.partition("-")[2].partition("#")[0]
    wishes = [a for a in given if a.kind == "logged" and a.data.get("call_back_at")]
    if kind == "callback":
        return next((a for a in wishes if str(a.id) == number), None)
    if kind not in {"snoozed", "declined"}:
        return None
    attempt = attempt_of(asked.step)
    why = next((a for a in given if str(a.id) == number), None)
    before = [a for a in wishes if why is not None and a.at < why.at and _follows(a) == attempt]
    return before[-1] if before else None


def _follows(wish: Answer) -> int:
    attempt: int = wish.data.get("attempt", 1)
    return attempt + 1


def wished_since(asked: Asked, given: list[Answer]) -> datetime | None:
    """From when on any contact is the one that a touch with intent, or the lead's own wish, asked for."""
    if asked.step.startswith(INTENT):
        return asked.due_at
    wish = wish_of(asked, given)
    return wish.at + TICK if wish is not None else None


def _counts(agreement: Agreement, answer: Answer) -> bool:
    return answer.data["kind"] in agreement.contact.counts


def _attempts(session: Session, agreement: Agreement, contact: Contact) -> list[datetime]:
    rule = agreement.contact
    return [
        act["at"]
        for act in records.activities_of(session, contact)
        if clocks.is_attempt(rule, act["kind"], act["direction"], act["outcome"])
    ]


def _told(said: list[Answer], *, seen: bool) -> Made:
    if seen or not said:
        return Made("seen")
    # A later contact does not rewrite what was said first.
    attempt = min(a.data.get("attempt", 1) for a in said)
    latest = [a for a in said if a.data.get("attempt", 1) == attempt][-1]
    if latest.kind == "logged":
        return Made("logged", f"{latest.data['kind']}, {_OUTCOMES[latest.data['outcome']]}", latest)
    return Made("said", None, latest)


# --- somebody else's ---


def passed_on(
    session: Session,
    agreement: Agreement,
    asked: Asked,
    contact: Contact,
    clock: Clock | None,
    given: list[Answer],
    receiver: str | None,
    now: datetime,
) -> PassedOn | None:
    """Who owns a lead that left this reader's hands; None if it did not, or came back.

    What they were told for another reason than that it was theirs (as a manager, in somebody's place) stays.
    """
    owner = leads.owner_of(contact, clock, session)
    if receiver is None or owner is None or owner == receiver:
        return None
    for answer in given:
        if answer.kind != "handed_over" or answer.state != "accepted" or answer.settled_at is None:
            continue
        if asked.due_at <= answer.settled_at and receiver in {answer.data["from"], answer.by_email}:
            return PassedOn(owner, answer.settled_at, handed_over=True)
    since = clock.owner_since if clock is not None else None
    for_owner = kind_of(asked.step) != "agreed" or asked.step.endswith(":owner")
    if not for_owner or not _owned(session, contact, given, receiver):
        return None
    later = since is not None and asked.due_at >= since
    if later and Receivers(session, agreement, now).receiver(owner) == receiver:
        return None
    return PassedOn(owner, since, handed_over=False)


def _owned(session: Session, contact: Contact, given: list[Answer], receiver: str) -> bool:
    """Whether a contact was ever somebody's: as the CRM stated it, or by a hand-over."""
    taken = {a.data["to"] for a in given if a.kind == "handed_over" and a.state == "accepted"}
    stated = (
        fields.get("owner_email")
        for lead in contact.leads
        for _, _, fields in records.lead_statements(session, lead.key)
    )
    return receiver in taken or receiver in stated


def made_before(
    session: Session,
    agreement: Agreement,
    asked: Asked,
    contact: Contact,
    clock: Clock | None,
    settled: Made,
    passed: PassedOn,
    now: datetime,
) -> bool:
    """Whether a line was settled while the lead was still its reader's."""
    if settled.answer is not None:
        at: datetime | None = settled.answer.at
    elif attempt_of(asked.step) == 1 and clock is not None:
        at = clock.stopped_at
    else:
        found, place = cycle_of(session, agreement, contact, clock, now), attempt_of(asked.step) - 1
        at = found.counted[place] if found is not None and place < len(found.counted) else None
    return at is None or passed.at is None or at <= passed.at


# --- not owed ---


def cycle_of(
    session: Session, agreement: Agreement, contact: Contact, clock: Clock | None, now: datetime
) -> Cycle | None:
    """The cycle of a clock with all that it follows from."""
    if clock is None:
        return None
    facts = cycles.gather(session, agreement, contact, leads.Teams(session))
    return next((one for one in cycles.cycles_of(facts, agreement, now) if one.number == clock.cycle), None)


def over(
    session: Session,
    agreement: Agreement,
    asked: Asked,
    contact: Contact,
    clock: Clock,
    given: list[Answer],
    now: datetime,
) -> str | None:
    """Why the later contact that a line asks for is not owed any more, in words; None while it is.

    The last contact agreed may be asked for at the very end of the time for all of them: that end does not close it.
    """
    if attempt_of(asked.step) == 1 or wished_since(asked, given) is not None:
        return None
    ended = clock.within_at is not None and now > clock.within_at
    if clock.attempt_due_at is not None and not ended:
        return None
    cycle = cycle_of(session, agreement, contact, clock, now)
    if cycle is not None and cycle.over_at is not None:
        return "qualified" if cycle.over_at == cycle.life.qualified_at else "they replied"
    last = ended and clock.within_at is not None and asked.due_at >= clock.within_at
    return None if last and _agreed(agreement, clock) >= attempt_of(asked.step) else "nothing more to do"


def _agreed(agreement: Agreement, clock: Clock) -> int:
    return next((tier.attempts for tier in agreement.tiers if tier.name == clock.tier), 1)


def can_be_taken(
    session: Session,
    agreement: Agreement,
    answer: Answer,
    contact: Contact,
    clock: Clock | None,
    now: datetime,
) -> bool:
    """Whether somebody who was asked to take a lead over can still say yes: it is offered, and a contact is owed."""
    if not leads.still_asked(answer, contact, clock, session):
        return False
    return bool(owed(session, agreement, answer, contact, clock, now))


def owed(
    session: Session,
    agreement: Agreement,
    answer: Answer,
    contact: Contact,
    clock: Clock | None,
    now: datetime,
) -> list[Asked]:
    """What is owed of a lead that somebody was asked to take over: the most urgent first, an intent last."""
    told_at = answer.settled_at or answer.at
    base = Asked("", answer.lead_key, answer.cycle, "", told_at)
    given = of_cycle(session, contact, answer.cycle)
    found = [
        replace(base, step=f"{CALLBACK}{a.id}#{_follows(a)}")
        for a in given
        if a.kind == "logged" and a.data.get("call_back_at")
    ]
    if clock is not None and clock.stopped_at is None:
        found.append(replace(base, step="attempt-1"))
    elif clock is not None and clock.attempt_due_at is not None:
        found.append(replace(base, step=f"attempt-{clock.attempts + 1}"))
    found += intent_of(session, answer, contact)
    return [
        one
        for one in found
        if made(session, agreement, one, contact, clock, given) is None
        and (clock is None or over(session, agreement, one, contact, clock, given, now) is None)
    ]


def intent_of(session: Session, answer: Answer, contact: Contact) -> list[Asked]:
    """The touch with intent that a hand-over was about, if it was about one."""
    step = answer.data.get("asked")
    if not step:
        return []
    known = (one.due_at for one in stored.decisions(session, contact.lead_keys) if one.step == step)
    return [Asked("", answer.lead_key, answer.cycle, step, next(known, answer.at))]
