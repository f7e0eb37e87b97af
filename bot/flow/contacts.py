"""The contacts behind the leads, as cohorts of their creation: what became of them, and what was won from them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.domain import clocks as rules
from bot.domain.agreement import fold
from bot.domain.when import When
from bot.flow.figures import converted
from bot.store import figures as rows_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.domain.agreement import Agreement
    from bot.flow.figures import Apart, Period
    from bot.store.database import Session
    from bot.store.figures import DealFacts, LeadFacts, LeadLink


@dataclass(slots=True)
class Prospect:
    """A person of a customer: all leads joined by e-mail or merge, told by the earliest."""

    first: LeadFacts
    created: When
    won: set[str] = field(default_factory=set)
    """The keys of the deals won from them."""
    attempted: bool = False

    def add(self, lead: LeadFacts, created: When, zone: str) -> None:
        """One more lead of this contact; the earliest one speaks for it."""
        if created.starts(zone) < self.created.starts(zone):
            self.first, self.created = lead, created

    def told(self, name: str) -> str | None:
        """A text of the lead that speaks for the contact; None where it says nothing."""
        text = self.first.data.get(name)
        return str(text) if text and fold(str(text)) else None


@dataclass(frozen=True, slots=True)
class Cohort:
    """The contacts created in a period, with the deals won from any contact so far."""

    contacts: tuple[Prospect, ...]
    deals: dict[str, DealFacts]
    revenue: dict[str, int | None]
    """Minor units of the agreement's currency of each deal won from these contacts; None where it is not known."""
    everybody: tuple[Prospect, ...]
    """All contacts, of whatever time."""


def cohort(
    session: Session, agreement: Agreement, period: Period, apart: Apart, leads: Sequence[LeadFacts]
) -> Cohort:
    """The contacts of `leads` created in the period, and their wins up to its instant.

    Amounts that cannot be converted are set apart. Whether anybody tried to reach a contact is not looked up here.
    """
    return _cohort(session, agreement, period, apart, _joined(session, agreement, leads))


def cohort_with_attempts(session: Session, agreement: Agreement, period: Period, apart: Apart) -> Cohort:
    """The same of all leads; each contact tells whether anybody tried to reach them."""
    joined = _joined(session, agreement, rows_of.described_leads(session))
    for act_lead, act_email, kind, direction, outcome in rows_of.attempts(session):
        if rules.is_attempt(agreement.contact, kind, direction, outcome):
            for contact in joined.of(act_lead, act_email):
                contact.attempted = True
    for said in rows_of.said_leads(session):
        for contact in joined.of(said, None):
            contact.attempted = True
    return _cohort(session, agreement, period, apart, joined)


def _cohort(session: Session, agreement: Agreement, period: Period, apart: Apart, joined: Joined) -> Cohort:
    deals = {
        d.key: d for d in rows_of.closed_deals(session, None, None, period.as_of) if d.stage_class == "won"
    }
    everybody = tuple(joined.contacts.values())
    for contact in everybody:
        if contact.won:
            contact.won &= deals.keys()
    contacts = tuple(contact for contact in everybody if _counts(contact, agreement, period))
    standing = rows_of.standing_rates(session)
    revenue = {
        key: converted(agreement, deals[key], deals[key].ended_on, standing.get(key, (0, None))[1], apart)  # type: ignore[arg-type]  # a closed deal has its day
        for key in sorted({key for contact in contacts for key in contact.won})
    }
    return Cohort(contacts, deals, revenue, everybody)


def _counts(contact: Prospect, agreement: Agreement, period: Period) -> bool:
    created = contact.created
    if created.starts(agreement.timezone) > period.as_of:
        return False
    return (period.first is None and period.last is None) or period.holds(created.on(agreement.timezone))


class Joined:
    """Leads and addresses joined into contacts (union-find), by e-mail and by merge."""

    def __init__(self, leads: Sequence[LeadFacts], links: Sequence[LeadLink], zone: str) -> None:
        self._parent: dict[str, str] = {}
        for key, email, merged_into in links:
            for other in (merged_into and f"l:{merged_into}", email and f"e:{email}"):
                if other:
                    self._parent[self._root(f"l:{key}")] = self._root(other)
        self.contacts: dict[str, Prospect] = {}
        for lead in leads:
            told = lead.data.get("created_at")
            created = When.parse(str(told)) if told else When(day=None, instant=lead.first_at)
            root = self._root(f"l:{lead.key}")
            known = self.contacts.get(root)
            if known is None:
                self.contacts[root] = Prospect(lead, created)
            else:
                known.add(lead, created, zone)

    def of(self, lead_key: str | None, email: str | None) -> list[Prospect]:
        """The contacts behind a lead and an address, as far as they are known."""
        names = [f"l:{lead_key}"] if lead_key else []
        names += [f"e:{email}"] if email else []
        return [self.contacts[root] for root in map(self._root, names) if root in self.contacts]

    def roots(self, lead_key: str | None, email: str | None) -> set[str]:
        """The marks of the contacts behind a lead and an address, known or not."""
        return {self._root(name) for name in (lead_key and f"l:{lead_key}", email and f"e:{email}") if name}

    def _root(self, name: str) -> str:
        self._parent.setdefault(name, name)
        while self._parent[name] != name:
            self._parent[name] = self._parent[self._parent[name]]
            name = self._parent[name]
        return name


def joined_leads(session: Session, agreement: Agreement, leads: Sequence[LeadFacts]) -> Joined:
    """All contacts of these leads, without their wins."""
    return Joined(leads, rows_of.lead_links(session), agreement.timezone)


def _joined(session: Session, agreement: Agreement, leads: Sequence[LeadFacts]) -> Joined:
    """All contacts of these leads, with their wins."""
    joined = joined_leads(session, agreement, leads)
    by_email, by_lead = rows_of.deal_links(session)
    for email, keys in by_email.items():
        for contact in joined.of(None, email):
            contact.won.update(keys)
    for lead_key, keys in by_lead.items():
        for contact in joined.of(lead_key, None):
            contact.won.update(keys)
    return joined
