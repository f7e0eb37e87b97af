"""A contact's clock, computed anew from all that is known of the contact; and the reminders that show it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from bot.domain import clocks as rules
from bot.domain.clocks import LeadStatement
from bot.domain.when import When
from bot.store import clocks, nudges, outbox, people, records
from bot.store.clocks import Clock

if TYPE_CHECKING:
    from bot.domain.agreement import Agreement, Tier
    from bot.store.database import Session
    from bot.store.records import Contact, Stored

CYCLE: Final = 1
_LATE_ARRIVAL: Final = timedelta(hours=24)
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


@dataclass(frozen=True, slots=True)
class _Start:
    at: datetime
    created_at: datetime
    tier: Tier
    lead: Stored
    ended_at: datetime | None


def settle_contact(
    session: Session, agreement: Agreement, contact: Contact, teams: Teams, now: datetime
) -> None:
    """Make the contact's one clock true, stop or restart what hangs on it, and correct open reminders."""
    keys = contact.lead_keys
    if not keys:
        return
    known = clocks.of_leads(session, keys)
    start = _earliest(session, agreement, contact, teams)
    gone = [clock for clock in known if start is None or clock.lead_key != start.lead.key]
    for clock in gone:
        clocks.remove(session, clock.lead_key)
    if gone:
        _show_again(session, contact, now)
    if start is None:
        return
    before = next((clock for clock in known if clock.lead_key == start.lead.key), None)
    after = _computed(session, agreement, contact, start, before, now)
    if after == before:
        return
    clocks.save(session, after)
    if before is not None or known:
        was = before or known[0]
        if was.owner_email != after.owner_email:
            _take_back(session, contact, was.owner_email)
            after = replace(after, next_at=_next_at(session, agreement, contact, start, after))
            clocks.save(session, after)
        _show_again(session, contact, now)


def primary_of(session: Session, agreement: Agreement, contact: Contact) -> Stored | None:
    """The lead under which a contact is shown: the earliest that has a clock, else the earliest of all."""
    start = _earliest(session, agreement, contact, Teams(session))
    if start is not None:
        return start.lead
    return next((lead for lead in contact.leads if lead.columns["described"]), None)


def owner_of(contact: Contact, primary: Stored) -> str | None:
    """Who owns a contact: the owner of its first lead, else of any other, the one stated last."""
    if primary.columns["owner_email"]:
        return str(primary.columns["owner_email"])
    others = [lead for lead in _alive(contact) if lead.columns["owner_email"]]
    if not others:
        return None
    latest = max(others, key=lambda lead: (lead.record.stated_at("owner_email") or "", lead.key))
    return str(latest.columns["owner_email"])


def created_of(agreement: Agreement, lead: Stored) -> datetime:
    """When a lead was created at its source; where it does not say, when it was first stated."""
    told = lead.record.get("created_at")
    if told:
        return When.parse(str(told), "created_at").starts(agreement.timezone)
    first: datetime = lead.columns["first_at"]
    return first


def _alive(contact: Contact) -> list[Stored]:
    return [lead for lead in contact.leads if lead.columns["described"] and not lead.columns["deleted"]]


def _earliest(session: Session, agreement: Agreement, contact: Contact, teams: Teams) -> _Start | None:
    starts = []
    for lead in _alive(contact):
        created_at = created_of(agreement, lead)
        told = [LeadStatement(*row) for row in records.lead_statements(session, lead.key)]
        match = rules.first_match(told, created_at, agreement.tiers, teams.of)
        if match is not None:
            tier = rules.matching(agreement.tiers, lead.record.data, teams.of(lead.columns["owner_email"]))
            starts.append(_Start(match[0], created_at, tier or match[1], lead, rules.ended_at(told)))
    return min(starts, key=lambda s: (s.at, s.lead.key)) if starts else None


def _computed(
    session: Session,
    agreement: Agreement,
    contact: Contact,
    start: _Start,
    before: Clock | None,
    now: datetime,
) -> Clock:
    lead = start.lead
    attempts = [
        act["at"]
        for act in records.activities_of(session, contact)
        if rules.is_attempt(agreement.contact, act["kind"], act["direction"], act["outcome"])
        and (act["lead_key"] in contact.lead_keys or act["at"] >= start.created_at - _LATE_ARRIVAL)
    ]
    said = None
    if agreement.contact.owner_word_counts:
        said = clocks.answered_at(session, contact.lead_keys, "contacted")
    stop = rules.first_contact(start.at, start.created_at, attempts, said)
    plan = rules.plan(
        agreement.calendar, start.tier, agreement.reminders.at_risk, start.at, stop, start.ended_at, now
    )
    clock = Clock(
        lead_key=lead.key,
        cycle=CYCLE,
        started_at=plan.started_at,
        due_at=plan.due_at,
        at_risk_at=plan.at_risk_at,
        tier=plan.tier,
        owner_email=owner_of(contact, lead),
        state=plan.state,
        stopped_at=plan.stopped_at,
        stopped_how=plan.stopped_how,
        minutes=plan.minutes,
        breached_owner=before.breached_owner if before and plan.state == "breached" else None,
        quiet_before=_quiet_before(agreement, contact),
        next_at=None,
    )
    if stop is not None or start.ended_at is not None:
        return clock
    return replace(clock, next_at=_next_at(session, agreement, contact, start, clock))


def _next_at(
    session: Session, agreement: Agreement, contact: Contact, start: _Start, clock: Clock
) -> datetime | None:
    if clock.stopped_at is not None or start.ended_at is not None:
        return None
    if clocks.answered_at(session, contact.lead_keys, "contacted") is not None:
        return None
    return next_look(
        agreement, clock, start.tier, clocks.decided_steps(session, contact.lead_keys, clock.cycle)
    )


def next_look(agreement: Agreement, clock: Clock, tier: Tier, decided: set[str]) -> datetime | None:
    """When the sweep must look at a clock: its next undecided step, or its due instant to record who held it."""
    steps = rules.step_instants(
        agreement.calendar, clock.started_at, tier, agreement.reminders.steps, agreement.reminders.at_risk
    )
    waiting = [
        at
        for key, at in steps
        if key not in decided and (clock.quiet_before is None or at >= clock.quiet_before)
    ]
    untold = clock.quiet_before is not None and clock.due_at < clock.quiet_before
    if clock.breached_owner is None and clock.owner_email is not None and not untold:
        waiting.append(clock.due_at)
    return min(waiting) if waiting else None


def tier_named(agreement: Agreement, name: str) -> Tier:
    """A tier by name; the last one if the agreement has none of that name any more."""
    return next((tier for tier in agreement.tiers if tier.name == name), agreement.tiers[-1])


def _quiet_before(agreement: Agreement, contact: Contact) -> datetime | None:
    """Steps due before this instant are never told: the contact came late, or by an import."""
    alive = _alive(contact)
    silent = [lead.columns["quiet_before"] for lead in alive]
    if all(silent):
        imported: datetime = min(silent)
        return imported
    created = min(created_of(agreement, lead) for lead in alive)
    received: datetime = min(lead.columns["first_received_at"] for lead in alive)
    return received if received - created > _LATE_ARRIVAL else None


def _take_back(session: Session, contact: Contact, was_owner: str | None) -> None:
    """A lead changed hands before its reminder was sent: the old owner is not told, the new one will be."""
    for message in nudges.messages_with(session, contact.lead_keys):
        theirs = (
            was_owner is None
            or message.target == f"person:{was_owner}"
            or not message.target.startswith("person:")
        )
        if message.ts is None and message.state in {"pending", "retry"} and theirs:
            for key in contact.lead_keys:
                nudges.drop_item(session, message.id, key)
            clocks.forget_step(session, contact.lead_keys, message.id)


def _show_again(session: Session, contact: Contact, now: datetime) -> None:
    for message in nudges.messages_with(session, contact.lead_keys):
        if message.ts is not None:
            outbox.show_again(session, message, now)
