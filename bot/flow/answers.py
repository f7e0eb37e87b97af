"""People answer: a press is stored, pending steps go, the clock is judged, every open reminder shows it. Then ack.

`data` of a stored answer: `logged` holds kind, outcome, at, note, next_step, call_back_at; `snoozed` holds until;
`handed_over` holds to (e-mail), from (its owner then) and reason; `not_a_fit` holds reason and words. All but that one
hold which attempt was asked for; `asked` is the step where that told of intent.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, Final, TypeVar

from bot.domain import answering
from bot.domain.answering import Faulty, LeadForm, Logged, Press, Result
from bot.domain.steps import INTENT, attempt_of
from bot.flow import briefs, clockwork, intents, lead_lines, leads
from bot.flow.absence import not_there
from bot.flow.answerers import Behind, behind, email_of, may_answer
from bot.flow.lead_ends import can_be_taken
from bot.flow.people import who_is
from bot.flow.receivers import PERSON
from bot.store import answers, outbox, people, records

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from bot.domain.agreement import Agreement
    from bot.flow.ports import Office
    from bot.store.answers import Answer
    from bot.store.database import Session
    from bot.store.records import Contact

R = TypeVar("R")

__all__ = ["Faulty", "LeadForm", "Logged", "Press", "Result"]

_NO_CLOCK: Final = (
    "No tier of the agreement matches this lead, so nothing would bring it back. Contact it instead."
)
_LIMITS: Final = {"note": answering.NOTE, "reason": 300, "words": answering.NOTE, "next_step": 300}


async def answer_contacted(office: Office, press: Press) -> Result:
    """The owner says that the lead was contacted: stored, the clock stops (marked as said, not seen)."""
    return await _taken(office, press, contacted)


async def log_details(office: Office, press: Press, logged: Logged) -> Result | Faulty:
    """The owner tells of a contact; it counts at its own time. One that asked for a call later pauses the clock."""
    fault = answering.check_log(logged, office.clock.now())
    if fault is not None:
        return fault
    return await _taken(office, press, partial(_log, logged=logged))


async def snooze(office: Office, press: Press, until: datetime) -> Result | Faulty:
    """Nothing is told of the lead before `until`; the clock goes on. As often as the agreement allows."""
    return await _taken(office, press, partial(_snooze, until=until))


async def hand_over(office: Office, press: Press, to_slack_id: str, reason: str | None) -> Result | Faulty:
    """Ask somebody to take the lead over; until they accept it stays with its owner.

    Raises StorageError while Slack cannot be asked who they are.
    """
    to = await who_is(office, to_slack_id)
    if to is None:
        return Faulty("person", "Slack shows no e-mail address for this account. Choose somebody else.")
    return await _taken(office, press, partial(_hand_over, to=to, to_slack_id=to_slack_id, reason=reason))


async def not_a_fit(office: Office, press: Press, reason: str, words: str | None) -> Result | Faulty:
    """The lead is not one for sales: no contact is owed any more, and marketing reads why (not who said it)."""
    if reason not in office.agreement.reminders.not_a_fit:
        return Faulty("reason", "Choose one of the reasons of the agreement.")
    return await _taken(office, press, partial(_not_a_fit, reason=reason, words=words))


async def accept(office: Office, press: Press) -> Result:
    """The person who was asked takes the lead over; it is theirs from now on."""
    return await _known(office, press, partial(_reply, state="accepted"))


async def decline(office: Office, press: Press, reason: str | None = None) -> Result:
    """The person who was asked does not take the lead over; its owner is told."""
    return await _known(office, press, partial(_reply, state="declined", reason=reason))


async def undo(office: Office, press: Press) -> Result:
    """Take an answer back within ten minutes; everything is as if it had not been given."""
    return await _known(office, press, _undo)


async def form_for(office: Office, press: Press) -> LeadForm | Result:
    """What a form about a lead needs to know; a Result where it must not open."""
    return await _known(office, press, _form, writes=False)


async def _taken(
    office: Office, press: Press, take: Callable[[Session, Agreement, Behind, Press, datetime], R]
) -> R | Result:
    """Run an answer about the lead of a reminder's button."""

    def answer(session: Session, agreement: Agreement, press: Press, now: datetime) -> R | Result:
        lead = behind(session, agreement, press, now)
        return lead if isinstance(lead, str) else take(session, agreement, lead, press, now)

    return await _known(office, press, answer)


async def _known(
    office: Office,
    press: Press,
    answer: Callable[[Session, Agreement, Press, datetime], R],
    *,
    writes: bool = True,
) -> R:
    """Run an answer; somebody whose address we do not know yet is asked for at Slack before they are turned away."""
    run = office.database.write if writes else office.database.read
    now = office.clock.now()
    result = await run(lambda s: answer(s, office.agreement, press, now))
    unknown = result == "not yours" and press.email is None
    if unknown and await office.database.read(lambda s: people.by_slack_id(s, press.slack_id)) is None:
        known = replace(press, email=await who_is(office, press.slack_id))
        result = await run(lambda s: answer(s, office.agreement, known, now))
    return result


def contacted(session: Session, agreement: Agreement, lead: Behind, press: Press, now: datetime) -> Result:
    """The owner says that the lead was contacted.

    In one transaction: the answer is stored, the clock is stopped at `now` (where the agreement takes the owner's
    word; marked as said, not seen), its pending steps are cancelled, and every reminder that shows the lead is to be
    corrected. A second press, or one after the CRM reported contact, changes nothing.
    """
    if _closed(lead) or _made(session, agreement, lead):
        return "already"
    asked = lead.step if lead.step.startswith(INTENT) else str(attempt_of(lead.step))
    slot = f"{lead.key}:{lead.cycle}:contacted:{asked}"
    data = {"attempt": attempt_of(lead.step)}
    if _keep(session, lead, press, now, kind="contacted", slot=slot, data=data) is None:
        return "already"
    return _settle(session, agreement, lead, now)


def _log(
    session: Session, agreement: Agreement, lead: Behind, press: Press, now: datetime, *, logged: Logged
) -> Result | Faulty:
    if _closed(lead):
        return "already"
    data = {
        "kind": logged.kind,
        "outcome": logged.outcome,
        "at": logged.at.isoformat(),
        "note": _cut(logged.note, "note"),
        "next_step": _cut(logged.next_step, "next_step"),
        "call_back_at": logged.call_back_at.isoformat() if logged.call_back_at else None,
        "attempt": attempt_of(lead.step),
    }
    same = [
        a for a in answers.of_leads(session, lead.contact.lead_keys) if a.kind == "logged" and a.data == data
    ]
    if same:
        return "already"
    _keep(session, lead, press, now, kind="logged", data=data)
    return _settle(session, agreement, lead, now)


def _snooze(
    session: Session, agreement: Agreement, lead: Behind, press: Press, now: datetime, *, until: datetime
) -> Result | Faulty:
    if _closed(lead) or _made(session, agreement, lead):
        return "already"
    if lead.clock is None:
        return Faulty("until", _NO_CLOCK)
    mine = [a for a in _of_cycle(session, lead) if a.kind == "snoozed"]
    if any(a.data["until"] == until.isoformat() for a in mine):
        return "already"
    fault = answering.check_snooze(until, now, len(mine), agreement.reminders.max_snoozes)
    if fault is not None:
        return fault
    data = {"until": until.isoformat(), **_asked(lead)}
    _keep(session, lead, press, now, kind="snoozed", data=data)
    return _settle(session, agreement, lead, now)


def _hand_over(
    session: Session,
    agreement: Agreement,
    lead: Behind,
    press: Press,
    now: datetime,
    *,
    to: str,
    to_slack_id: str,
    reason: str | None,
) -> Result | Faulty:
    if _closed(lead):
        return "already"
    if to == lead.owner:
        return Faulty("person", "This lead is theirs already. Choose somebody else.")
    offered = [
        a
        for a in _of_cycle(session, lead)
        if can_be_taken(session, agreement, a, lead.contact, lead.clock, now)
    ]
    if any(a.data["to"] == to for a in offered):
        return "already"
    if offered:
        return Faulty("person", "Somebody was asked already. Wait for their answer, or undo it first.")
    absent = not_there(session, agreement, to, lead.owner, now)
    if absent is not None:
        return absent
    records.name(session, "person", to)
    people.linked(session, to, to_slack_id, now)
    data = {
        "to": to,
        "reason": _cut(reason, "reason"),
        "from": lead.owner,
        **_asked(lead),
    }
    answer_id = _keep(session, lead, press, now, kind="handed_over", data=data, state="offered")
    outbox.put(
        session,
        key=f"handover:{answer_id}",
        kind="handover",
        target=PERSON + to,
        ref={"answer": answer_id},
        now=now,
        next_at=now,
    )
    clockwork.show_again(session, lead.contact.lead_keys, now)
    return "settled"


def _not_a_fit(
    session: Session,
    agreement: Agreement,
    lead: Behind,
    press: Press,
    now: datetime,
    *,
    reason: str,
    words: str | None,
) -> Result:
    if _closed(lead):
        return "already"
    slot = f"{lead.key}:{lead.cycle}:not_a_fit"
    data = {"reason": reason, "words": _cut(words, "words")}
    if _keep(session, lead, press, now, kind="not_a_fit", slot=slot, data=data) is None:
        return "already"
    briefs.put_feedback(session, agreement, now, now)
    return _settle(session, agreement, lead, now)


def _reply(
    session: Session,
    agreement: Agreement,
    press: Press,
    now: datetime,
    *,
    state: str,
    reason: str | None = None,
) -> Result:
    """The person who was asked to take a lead over answers."""
    answer = answers.by_ref(session, press.ref)
    if answer is None or answer.kind != "handed_over":
        return "gone"
    if answer.state != "offered":
        return "already"
    asked = people.by_email(session, [answer.data["to"]]).get(answer.data["to"])
    if not (asked and asked.slack_id == press.slack_id) and email_of(session, press) != answer.data["to"]:
        return "not yours"
    contact = records.contact_of(session, lead_keys=[answer.lead_key])
    if not leads.alive(contact):
        return "gone"
    clock = leads.clock_of(session, contact, answer.cycle)
    if not can_be_taken(session, agreement, answer, contact, clock, now):
        return "already"
    if not answers.settle(session, answer, state, now):
        return "already"
    if reason:
        answers.add(session, answer, {"declined": _cut(reason, "reason")})
    _recompute(session, agreement, contact, now)
    _show_hand_over(session, answer, now)
    return "settled"


def _undo(session: Session, agreement: Agreement, press: Press, now: datetime) -> Result:
    answer = answers.by_ref(session, press.ref)
    if answer is None:
        return "gone"
    contact = records.contact_of(session, lead_keys=[answer.lead_key])
    clock = leads.clock_of(session, contact, answer.cycle)
    theirs = answer.by_slack_id == press.slack_id
    if not theirs and not may_answer(session, agreement, leads.owner_of(contact, clock, session), press, now):
        return "not yours"
    if answer.state == "undone":
        return "already"
    if answer.state not in {"given", "offered"} or not answering.can_undo(answer.at, now):
        return "too late"
    if not answers.settle(session, answer, "undone", now):
        return "already"
    _recompute(session, agreement, contact, now)
    open_ = [
        a
        for a in answers.of_leads(session, contact.lead_keys)
        if leads.still_asked(a, contact, clock, session)
    ]
    for question in (*open_, *([answer] if answer.kind == "handed_over" else [])):
        _show_hand_over(session, question, now)  # also one that was given up unsent, as nothing was owed
    if answer.kind == "not_a_fit":
        briefs.put_feedback(session, agreement, answer.at, now)
    return "settled"


def _form(session: Session, agreement: Agreement, press: Press, now: datetime) -> LeadForm | Result:
    lead = behind(session, agreement, press, now)
    if isinstance(lead, str):
        return lead
    if _closed(lead):
        return "already"
    zone = agreement.timezone
    presser = people.by_slack_id(session, press.slack_id)
    if presser is not None and presser.timezone:
        zone = presser.timezone
    primary = leads.primary_of(lead.contact, lead.clock)
    shown = leads.survivor(lead.contact, primary) if primary else None
    get = shown.record.get if shown else (lambda _name: None)
    words = [str(text) for text in (get("name") or get("email"), get("company")) if text]
    snoozed = sum(a.kind == "snoozed" for a in _of_cycle(session, lead))
    return LeadForm(
        ref=press.ref,
        lead=", ".join(words) or "a lead without a name",
        zone=zone,
        now=now,
        suggestions=answering.suggested(agreement.calendar.in_zone(zone), now),
        snoozes_left=max(0, agreement.reminders.max_snoozes - snoozed),
        reasons=agreement.reminders.not_a_fit,
    )


def _keep(session: Session, lead: Behind, press: Press, now: datetime, **what: Any) -> int | None:
    return answers.keep(
        session,
        lead_key=lead.key,
        cycle=lead.cycle,
        at=now,
        by_slack_id=press.slack_id,
        by_email=lead.by,
        **what,
    )


def _settle(session: Session, agreement: Agreement, lead: Behind, now: datetime) -> Result:
    _recompute(session, agreement, lead.contact, now)
    return "settled"


def _recompute(session: Session, agreement: Agreement, contact: Contact, now: datetime) -> None:
    back = clockwork.settle_contact(session, agreement, contact, leads.Teams(session), now)
    if back:
        intents.tell(session, agreement, contact, (), now, again=back)
    clockwork.show_again(session, contact.lead_keys, now)


def _show_hand_over(session: Session, answer: Answer, now: datetime) -> None:
    message = outbox.by_key(session, f"handover:{answer.id}")
    if message is not None:
        outbox.show_again(session, message, now)


def _of_cycle(session: Session, lead: Behind) -> list[Answer]:
    return [a for a in answers.of_leads(session, lead.contact.lead_keys) if a.cycle == lead.cycle]


def _closed(lead: Behind) -> bool:
    """Whether no answer is wanted any more: the lead left sales' hands."""
    return lead.clock is not None and lead.clock.ended_at is not None


def _made(session: Session, agreement: Agreement, lead: Behind) -> bool:
    """Whether the contact that a reminder asked for was made before."""
    asked = lead_lines.Asked("", lead.key, lead.cycle, lead.step, lead.asked_at)
    return lead_lines.made(session, agreement, asked, lead.contact, lead.clock) is not None


def _asked(lead: Behind) -> dict[str, Any]:
    """What the answer is about, for the step that asks again."""
    told = {"asked": lead.step} if lead.step.startswith(INTENT) else {}
    return {"attempt": attempt_of(lead.step), **told}


def _cut(text: str | None, field: str) -> str | None:
    words = (text or "").strip()
    return words[: _LIMITS[field]] or None
