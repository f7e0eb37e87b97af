"""The lead behind a button, and who may answer for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.domain.steps import INTENT
from bot.flow import leads
from bot.flow.receivers import PERSON, Receivers
from bot.store import nudges, outbox, people, records

if TYPE_CHECKING:
    from datetime import datetime

    from bot.domain.agreement import Agreement
    from bot.domain.answering import Press, Result
    from bot.store.clocks import Clock
    from bot.store.database import Session
    from bot.store.records import Contact


@dataclass(frozen=True, slots=True)
class Behind:
    """The lead behind a button: its contact, the clock of the reminder's cycle, and who presses."""

    contact: Contact
    clock: Clock | None
    cycle: int
    key: str
    step: str
    asked_at: datetime
    owner: str | None
    by: str | None


def behind(session: Session, agreement: Agreement, press: Press, now: datetime) -> Behind | Result:
    """The lead behind a button, if the presser may answer for it."""
    item = nudges.item_by_ref(session, press.ref)
    if item is None:
        return "gone"
    contact = records.contact_of(session, lead_keys=[item.lead_key])
    clock = leads.clock_of(session, contact, item.cycle)
    if not leads.alive(contact):
        return "gone"
    if clock is None and not item.step.startswith(INTENT):
        return "already"  # by late news the contact was never owed
    owner = leads.owner_of(contact, clock, session)
    if not may_answer(session, agreement, owner, press, now, item.message_id):
        return "not yours"
    key = clock.lead_key if clock is not None else item.lead_key
    return Behind(contact, clock, item.cycle, key, item.step, item.due_at, owner, email_of(session, press))


def may_answer(
    session: Session,
    agreement: Agreement,
    owner: str | None,
    press: Press,
    now: datetime,
    message_id: int | None = None,
) -> bool:
    """Whether somebody may answer for an owner's lead.

    The owner, whoever stands in for them, their manager, the admins and those whom a step of the agreement names; the
    delegate also later, in the reminder that they got; anyone, where the owner is not in Slack.
    """
    if owner is None:
        return True
    person = people.by_email(session, [owner]).get(owner)
    if person is None or person.slack_id is None or person.slack_id == press.slack_id:
        return True
    email = email_of(session, press)
    if email is None:
        return False
    named = {step.to for step in agreement.reminders.steps}
    stands_in = Receivers(session, agreement, now).receiver(owner)
    if email in {person.manager_email, stands_in, *agreement.admins, *named}:
        return True
    message = outbox.find(session, message_id) if message_id is not None else None
    return message is not None and email == person.delegate_email and message.target == PERSON + email


def email_of(session: Session, press: Press) -> str | None:
    """The address of whoever presses, as far as it is known."""
    presser = people.by_slack_id(session, press.slack_id)
    return presser.email if presser is not None else press.email
