"""What is known of a contact as a whole: when its leads were created, who owns them, how it is shown."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from bot.domain import clocks as rules
from bot.domain.clocks import LeadStatement
from bot.domain.when import When
from bot.store import answers, clocks, people, records

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from bot.domain.agreement import Agreement
    from bot.store.answers import Answer
    from bot.store.clocks import Clock
    from bot.store.database import Session
    from bot.store.records import Contact, Stored

LATE_ARRIVAL: Final = timedelta(hours=24)
"""A lead first received later than this after its creation gets no reminder for what was due before."""


class Teams:
    """Each owner's team, read once for a batch."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._teams: dict[str, str | None] | None = None

    def of(self, email: str | None) -> str | None:
        """The team of a person; None if it is unknown."""
        if self._teams is None:
            self._teams = people.teams(self._session)
        return self._teams.get(email) if email else None


def alive(contact: Contact) -> list[Stored]:
    """The leads of a contact that are described, and neither deleted nor forgotten."""
    return [
        lead
        for lead in contact.leads
        if lead.columns["described"] and not lead.columns["deleted"] and not lead.columns.get("forgotten_at")
    ]


def created_of(agreement: Agreement, lead: Stored) -> datetime:
    """When a lead was created at its source; where it does not say, when it was first stated."""
    told = lead.record.get("created_at")
    if told:
        return When.parse(str(told), "created_at").starts(agreement.timezone)
    first: datetime = lead.columns["first_at"]
    return first


def clock_of(session: Session, contact: Contact, cycle: int | None = None) -> Clock | None:
    """A contact's clock in a cycle, or in its latest one."""
    found = clocks.of_leads(session, contact.lead_keys) if contact.lead_keys else []
    if cycle is not None:
        found = [clock for clock in found if clock.cycle == cycle]
    return max(found, key=lambda clock: clock.cycle) if found else None


def primary_of(contact: Contact, clock: Clock | None) -> Stored | None:
    """The lead under which a contact is shown: the one that began the clock, else the first described one."""
    by_key = {lead.key: lead for lead in contact.leads}
    if clock is not None and clock.lead_key in by_key:
        return by_key[clock.lead_key]
    return next((lead for lead in contact.leads if lead.columns["described"]), None)


def survivor(contact: Contact, lead: Stored) -> Stored:
    """A merged lead is shown as the one it became."""
    by_key = {other.key: other for other in contact.leads}
    seen = {lead.key}
    while (into := lead.columns["merged_into"]) and into in by_key and into not in seen:
        seen.add(into)
        if not by_key[into].columns["described"]:
            break
        lead = by_key[into]
    return lead


def answered(given: Iterable[Answer], from_: datetime) -> list[LeadStatement]:
    """What people answered, as statements about a lead that was first told of at `from_`."""
    found = []
    for answer in given:
        if answer.kind == "not_a_fit" and answer.at >= from_:
            fields = {"stage": "disqualified"}
            found.append(LeadStatement(answer.at, answer.ref, fields, answered=True))
        accepted = answer.kind == "handed_over" and answer.state == "accepted"
        if accepted and answer.settled_at is not None and answer.settled_at >= from_:
            fields = {"owner_email": answer.data["to"]}
            found.append(LeadStatement(answer.settled_at, answer.ref, fields, answered=True))
    return found


def owner_of(contact: Contact, clock: Clock | None, session: Session) -> str | None:
    """Who owns a contact: the holder of its clock; without a clock the owner stated last.

    Whoever took it over in Slack owns it until the CRM states a changed owner; only where there is no clock that is
    read anew.
    """
    if clock is not None:
        return clock.owner_email
    taken = _taken_over(session, contact)
    if taken:
        return _holder(session, contact, taken)
    owned = [lead for lead in alive(contact) if lead.columns["owner_email"]]
    if not owned:
        return None
    latest = max(owned, key=lambda lead: (lead.record.stated_at("owner_email") or "", lead.key))
    return str(latest.columns["owner_email"])


def _taken_over(session: Session, contact: Contact) -> list[Answer]:
    """The hand-overs of a contact that were accepted."""
    given = answers.of_leads(session, contact.lead_keys) if contact.lead_keys else []
    return [answer for answer in given if answer.kind == "handed_over" and answer.state == "accepted"]


def _holder(session: Session, contact: Contact, taken: list[Answer]) -> str | None:
    told = {}
    for lead in alive(contact):
        said = [LeadStatement(*row) for row in records.lead_statements(session, lead.key)]
        told[lead.key] = said + answered(taken, min(each.at for each in said))
    held = held_last(told)
    return held[0] if held is not None else None


def held_last(
    told: Mapping[str, Iterable[LeadStatement]], until: datetime | None = None
) -> tuple[str, datetime] | None:
    """Whoever got one of these leads last, and when; with `until`, by that instant."""
    latest: tuple[datetime, str, str] | None = None
    for key, statements in told.items():
        owner, since = None, None
        for at, fields in rules.told(statements):
            if until is not None and at > until:
                break
            if fields.get("owner_email") != owner:
                owner, since = fields.get("owner_email"), at
        if owner is not None and since is not None and (latest is None or (since, key) > latest[:2]):
            latest = (since, key, str(owner))
    return (latest[2], latest[0]) if latest is not None else None


def still_asked(answer: Answer, contact: Contact, clock: Clock | None, session: Session) -> bool:
    """Whether somebody who was asked to take a lead over can still say yes.

    Not where the lead left sales' hands, or its owner is another by now than the one who offered it.
    """
    if answer.kind != "handed_over" or answer.state != "offered":
        return False
    open_ = clock is None or clock.ended_at is None
    return open_ and bool(alive(contact)) and owner_of(contact, clock, session) == answer.data["from"]


def quiet_before(agreement: Agreement, contact: Contact, begun_by: str | None = None) -> datetime | None:
    """Steps due before this instant are never told: the contact came late, or by an import.

    `begun_by` is the lead record with which a contact came back, if a new one did: then that one is what came late.
    """
    living = [lead for lead in alive(contact) if begun_by is None or lead.key == begun_by]
    silent = [lead.columns["quiet_before"] for lead in living]
    if all(silent):
        imported: datetime = min(silent)
        return imported
    created = min(created_of(agreement, lead) for lead in living)
    received: datetime = min(lead.columns["first_received_at"] for lead in living)
    return received if received - created > LATE_ARRIVAL else None
