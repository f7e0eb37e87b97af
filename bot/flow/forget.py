"""A person is forgotten: their data leaves the records, the inbox and what was posted; the figures stay.

Each e-mail is replaced by a random mark, so that touches, deals and credits go on belonging together.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from bot.domain.privacy import MARK, without_person
from bot.flow import apply
from bot.flow.apply import Touched
from bot.store import privacy, records

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime

    from bot.domain.agreement import Agreement
    from bot.flow.ports import Office
    from bot.store.database import Session

_AT_ONCE: Final = 20


@dataclass(frozen=True, slots=True)
class Forgotten:
    """How much was rewritten: leads, touches and activities, stored events, posts; and whether a colleague was."""

    leads: int
    acts: int
    events: int
    messages: int
    colleague: bool

    @property
    def anything(self) -> bool:
        """Whether the person was known at all."""
        return bool(self.leads or self.acts or self.events or self.messages or self.colleague)


def forget(session: Session, agreement: Agreement, email: str, now: datetime) -> Forgotten:
    """Forget whoever has this address: every lead of it, and what came under the address alone."""
    contact = records.contact_of(session, emails=[email])
    keys = [lead.key for lead in contact.leads if lead.columns["email"] == email]
    found = _forget(session, agreement, keys, {email}, now)
    colleague = privacy.forget_person(session, email, lambda kind, data: without_person(kind, data, {}))
    return Forgotten(found.leads, found.acts, found.events, found.messages, colleague)


async def forget_deleted(office: Office) -> int:
    """Forget the persons of leads that their source has deleted; returns how many leads.

    It also takes from the disk what was forgotten by whomever since, also where somebody's reading forbade it before.
    """
    now = office.clock.now()
    keys = await office.database.read(lambda s: privacy.to_forget(s, _AT_ONCE))
    for key in keys:
        await office.database.write(lambda s, key=key: _forget_lead(s, office.agreement, key, now))  # type: ignore[misc]  # a lambda's default
    await office.database.wipe()
    return len(keys)


def _forget_lead(session: Session, agreement: Agreement, key: str, now: datetime) -> None:
    lead = records.load(session, "lead", key)
    email = lead.columns.get("email")
    shared = email and any(
        other.key != key and other.columns["email"] == email and not other.columns["deleted"]
        for other in records.contact_of(session, lead_keys=[key]).leads
    )
    # Another record of the same person that still stands keeps the address: only this lead's data goes.
    _forget(session, agreement, [key], {str(email)} if email and not shared else set(), now)


def _forget(
    session: Session, agreement: Agreement, keys: Collection[str], emails: set[str], now: datetime
) -> Forgotten:
    stand_in = {email: f"{MARK}{uuid.uuid4().hex[:12]}" for email in sorted(emails)}

    def rewrite(kind: str, data: Mapping[str, Any]) -> dict[str, Any]:
        return without_person(kind, data, stand_in)

    said = set(emails)
    for key in keys:
        get = records.load(session, "lead", key).record.get
        said |= {str(get(name)) for name in ("name", "phone") if get(name)}
    messages = privacy.messages_saying(session, said)
    leads = privacy.forget_leads(session, keys, stand_in, rewrite, now)
    acts = privacy.forget_acts(session, keys, stand_in, rewrite)
    privacy.forget_contacts(session, stand_in, rewrite)
    privacy.forget_answers(session, keys)
    events = privacy.forget_events(session, keys, emails, rewrite)
    apply.settle(session, agreement, Touched(lead_keys=set(keys)), now)
    drawn = privacy.draw_anew(session, messages, now)
    return Forgotten(leads, acts, events, drawn, colleague=False)
