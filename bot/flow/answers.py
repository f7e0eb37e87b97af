"""People answer: a press is stored, pending steps go, the clock is judged, every open reminder shows it. Then ack."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from bot.flow import leads
from bot.flow.people import who_is
from bot.store import clocks, nudges, outbox, people, records

if TYPE_CHECKING:
    from datetime import datetime

    from bot.domain.agreement import Agreement
    from bot.flow.ports import Office
    from bot.store.database import Session

Result = Literal["settled", "already", "not yours", "gone"]


@dataclass(frozen=True, slots=True)
class Press:
    """A press of `Contacted`: the button's opaque value and who pressed; their e-mail where Slack had to be asked."""

    ref: str
    slack_id: str
    email: str | None = None


async def answer_contacted(office: Office, press: Press) -> Result:
    """Take a press. Somebody whose address we do not know yet is asked for at Slack before they are turned away."""
    now = office.clock.now()
    result = await office.database.write(lambda s: contacted(s, office.agreement, press, now))
    if (
        result == "not yours"
        and await office.database.read(lambda s: people.by_slack_id(s, press.slack_id)) is None
    ):
        known = replace(press, email=await who_is(office, press.slack_id))
        result = await office.database.write(lambda s: contacted(s, office.agreement, known, now))
    return result


def contacted(session: Session, agreement: Agreement, press: Press, now: datetime) -> Result:
    """The owner says that the lead was contacted.

    In one transaction: the answer is stored, the clock is stopped at `now` (where the agreement takes the owner's
    word; marked as said, not seen), its pending steps are cancelled, and every reminder that shows the lead is to be
    corrected. A second press, or one after the CRM reported contact, changes nothing.
    """
    item = nudges.item_by_ref(session, press.ref)
    if item is None:
        return "gone"
    contact = records.contact_of(session, lead_keys=[item.lead_key])
    primary = leads.primary_of(session, agreement, contact)
    if primary is None:
        return "gone"
    if not _may_answer(session, agreement, leads.owner_of(contact, primary), press):
        return "not yours"
    clock = clocks.find(session, primary.key, item.cycle)
    if clock is None:
        return "gone"
    if (
        clock.stopped_at is not None
        or clocks.answered_at(session, contact.lead_keys, "contacted") is not None
    ):
        return "already"
    clocks.keep_answer(session, primary.key, clock.cycle, "contacted", now, press.slack_id)
    leads.settle_contact(session, agreement, contact, leads.Teams(session), now)
    for message in nudges.messages_with(session, contact.lead_keys):
        outbox.show_again(session, message, now)
    return "settled"


def _may_answer(session: Session, agreement: Agreement, owner: str | None, press: Press) -> bool:
    """The owner, the owner's manager and the admins; anyone, where no owner with a Slack account is known."""
    if owner is None:
        return True
    person = people.by_email(session, [owner]).get(owner)
    if person is None or person.slack_id is None or person.slack_id == press.slack_id:
        return True
    presser = people.by_slack_id(session, press.slack_id)
    email = presser.email if presser is not None else press.email
    return email is not None and (email == person.manager_email or email in agreement.admins)
