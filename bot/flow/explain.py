"""One lead's clock explained: found by what a person types, and told from the same facts that the clock follows from.

Nothing is kept for it: the cycles are computed anew, and what was sent is read from the outbox.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from bot.domain import clocks as rules
from bot.domain import worktime
from bot.domain.agreement import fold
from bot.domain.explain_facts import (
    AgreementFacts,
    Candidate,
    Contacted,
    CycleFacts,
    Explanation,
    LeadOfContact,
    TierFacts,
    Unclear,
)
from bot.domain.ledger import ledger
from bot.domain.wording import number
from bot.flow import cycles, leads
from bot.flow.explain_answers import Story, follow_up_facts, happenings, made_of
from bot.flow.explain_steps import Told, loose_messages, steps_of
from bot.store import agreements, lookups, people, records

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from typing import Any

    from bot.domain.agreement import Agreement, Tier
    from bot.domain.explain_facts import Join
    from bot.flow.cycle_facts import Cycle, Facts
    from bot.store.database import Session
    from bot.store.records import Contact, Stored

CANDIDATES_SHOWN: Final = 8
SOURCES: Final = ("generic", "hubspot", "salesforce", "pipedrive", "close", "nutshell")
_READ: Final = 200
_ADDRESS: Final = re.compile(r"<mailto:([^|>]*)(?:\|[^>]*)?>")
_CONDITIONS: Final = ("channel", "campaign", "asset", "stage", "type", "segment")


def answer(session: Session, agreement: Agreement, text: str, now: datetime) -> Explanation | Unclear:
    """What a person gets who asks for the lead named by `text`: its clock, or which leads may be meant."""
    found = find_lead(session, text)
    if len(found) == 1:
        return explain_view(session, agreement, found[0], now)
    shown = found[:CANDIDATES_SHOWN]
    return Unclear(text.strip(), tuple(_candidate(session, key) for key in shown), len(found) - len(shown))


def find_lead(session: Session, text: str) -> list[str]:
    """The leads that a text names, one key for each contact; the first of these that names any counts.

    `source/id`; an id; an e-mail; a name, a company, or both as `name, company`; a part of these. Without case but for
    ids.
    """
    words = " ".join(_ADDRESS.sub(r"\1", text).split())
    if not words:
        return []
    for found in (
        lookups.leads_by_key(session, [words]),
        lookups.leads_by_key(session, [f"{source}/{words}" for source in SOURCES]),
        lookups.leads_by_email(session, words.lower()),
    ):
        if found:
            return _one_a_contact(session, found)
    sought = fold(words)
    named = lookups.leads_naming(session, words.partition(",")[0].strip() or words, _READ)
    told = {
        key: [fold(said) for said in (name, company, f"{name}, {company}") if said]
        for key, name, company in named
    }
    exact = [key for key, said in told.items() if sought in said]
    part = [key for key, said in told.items() if any(sought in words_ for words_ in said)]
    return _one_a_contact(session, exact or part)


def explain_view(session: Session, agreement: Agreement, lead: str, now: datetime) -> Explanation:
    """The clock of the contact behind a lead's key as it stands at `now`, by what had happened by then."""
    agreement = _in_force(agreement, now)
    contact = records.contact_of(session, lead_keys=[lead])
    facts = _until(cycles.gather(session, agreement, contact, leads.Teams(session)), now)
    found = cycles.cycles_of(facts, agreement, now) if facts.created else []
    asked = {stored.key: stored for stored in contact.leads}.get(lead)
    primary = leads.primary_of(contact, None) if asked is None or not asked.columns["described"] else asked
    shown = leads.survivor(contact, primary).record.get if primary is not None else lambda _name: None
    told = Told.gathered(session, agreement, contact, now)
    known = _stories(session, facts, found, now)
    return Explanation(
        lead_key=lead,
        name=str(shown("name") or shown("email") or shown("company") or lead),
        company=shown("company") if shown("name") or shown("email") else None,
        zone=agreement.timezone,
        as_of=now,
        leads=tuple(_lead(agreement, contact, stored, lead) for stored in contact.leads),
        cycles=tuple(_cycle(session, agreement, story, told, now) for story in known),
        messages=tuple(loose_messages(told, known)),
        note=None if found else _why_none(agreement, contact, facts),
    )


# --- the contact ---


def _one_a_contact(session: Session, keys: Iterable[str]) -> list[str]:
    """Of leads that are one contact the first stands for all."""
    found: list[str] = []
    known: set[str] = set()
    for key in keys:
        if key not in known:
            found.append(key)
            known.update(records.contact_of(session, lead_keys=[key]).lead_keys)
    return found


def _candidate(session: Session, key: str) -> Candidate:
    get = records.load(session, "lead", key).record.get
    name = get("name") or get("email")
    return Candidate(key, str(name or get("company") or key), get("company") if name else None)


def _lead(agreement: Agreement, contact: Contact, stored: Stored, asked: str) -> LeadOfContact:
    described = stored.columns["described"]
    state = "deleted" if stored.columns["deleted"] else "known"
    if stored.columns.get("forgotten_at"):
        state = "forgotten"
    return LeadOfContact(
        key=stored.key,
        joined_by=_joined_by(contact, stored, asked),
        merged_into=stored.columns["merged_into"],
        state=state if described else "only named",  # type: ignore[arg-type]  # these are its words
        created_at=leads.created_of(agreement, stored) if described else None,
        received_at=stored.columns["first_received_at"],
    )


def _joined_by(contact: Contact, stored: Stored, asked: str) -> Join:
    if stored.key == asked:
        return "asked"
    others = [other for other in contact.leads if other.key != stored.key]
    into = stored.columns["merged_into"]
    if into or any(other.columns["merged_into"] == stored.key for other in others):
        return "merged"
    email = stored.columns["email"]
    return "same e-mail" if any(email == other.columns["email"] for other in others) else "same contact"


def _why_none(agreement: Agreement, contact: Contact, facts: Facts) -> str:
    if facts.created:
        return f"No tier of {agreement.name} matches this lead, so no first contact is owed."
    if leads.alive(contact):
        return "At that time the CRM had not told of the lead yet."
    if any(lead.columns.get("forgotten_at") for lead in contact.leads):
        return "The lead's data were removed on request, so no contact is owed."
    if any(lead.columns["deleted"] for lead in contact.leads):
        return "The lead was deleted in the CRM, so no contact is owed."
    return "The lead was only named by other records so far; its clock starts when the CRM describes it."


# --- the clock ---


def _in_force(agreement: Agreement, now: datetime) -> Agreement:
    """The agreement that was in force at an instant, with those before it."""
    version = agreement.as_of(now)
    if version is agreement:
        return agreement
    return replace(version, earlier=tuple(pair for pair in agreement.earlier if pair[0] <= now))


def _until(facts: Facts, now: datetime) -> Facts:
    """What had happened by an instant: at its own time, whenever it became known."""
    told = {key: [said for said in given if said.at <= now] for key, given in facts.told.items()}
    kept = {key: given for key, given in told.items() if given}
    answers = []
    for given in facts.answers:
        if given.at > now:
            continue
        open_ = given.settled_at is not None and given.settled_at > now
        answers.append(replace(given, state="offered", settled_at=None) if open_ else given)
    return replace(
        facts,
        created={key: at for key, at in facts.created.items() if key in kept},
        told=kept,
        answers=tuple(answers),
        activities=tuple(act for act in facts.activities if act["at"] <= now),
    )


def _stories(session: Session, facts: Facts, found: list[Cycle], now: datetime) -> list[Story]:
    """Each cycle with what belongs to it."""
    made = made_of(session, facts)
    names = _Names(session)
    stories = []
    for cycle in found:
        answers = tuple(given for given in facts.answers if cycle.span.holds(given.at))
        stories.append(Story(cycle, facts, answers, made, names.of, now))
    return stories


def _cycle(session: Session, agreement: Agreement, story: Story, told: Told, now: datetime) -> CycleFacts:
    cycle, life, plan = story.cycle, story.cycle.life, story.cycle.plan
    calendar = cycle.agreement.calendar
    ends, counts_to = now, "now"
    if life.ended_at is not None and (cycle.stop is None or plan.state == "closed"):
        ends, counts_to = life.ended_at, "end"
    elif cycle.stop is not None:
        ends, counts_to = cycle.stop.at, "contact"
    counted = worktime.elapsed(calendar, life.started_at, ends, cycle.moving)
    over = counted - life.tier.first_contact if plan.state == "breached" else None
    contact = _contact(story)
    late_news = contact is not None and contact.logged_at is not None and contact.logged_at > plan.due_at
    return CycleFacts(
        number=cycle.number,
        lead_key=life.lead_key,
        created_at=life.created_at,
        started_at=life.started_at,
        begins=_why_then(story),  # type: ignore[arg-type]  # these are its words
        zone=calendar.zone,
        tier=TierFacts(life.tier.name, _matched(story), life.tier.first_contact),
        agreement=_version(session, agreement, cycle.agreement),
        at_risk_at=plan.at_risk_at,
        due_at=plan.due_at,
        state=plan.state,
        at_risk=plan.state == "running" and now >= plan.at_risk_at,
        ledger=ledger(calendar, life.started_at, ends, story.pauses),
        counted_until=ends,
        counts_to=counts_to,  # type: ignore[arg-type]  # these are its words
        counted=counted,
        over=over,
        contact=contact,
        corrected=late_news and plan.state == "met",
        owner=story.name(cycle.owner),
        breached_owner=story.name(cycle.breached_owner),
        ended_at=life.ended_at,
        snoozed_until=cycle.snoozed_until if cycle.snoozed_until and cycle.snoozed_until > now else None,
        follow_up=follow_up_facts(story),
        happenings=happenings(story),
        steps=tuple(steps_of(told, story)),
    )


def _why_then(story: Story) -> str:
    life = story.cycle.life
    if not life.first:
        return "returned"
    return "created" if life.started_at == life.created_at else "matched"


def _contact(story: Story) -> Contacted | None:
    stop = story.cycle.stop
    if stop is None:
        return None
    same = [one for one in story.made if one.at == stop.at]
    made = min(same, key=lambda one: one.how != stop.how, default=None)
    if made is None:
        return Contacted(stop.at, stop.how, None, None, None)
    return Contacted(stop.at, stop.how, made.kind, story.name(made.by), made.known_at)


def _matched(story: Story) -> tuple[str, ...]:
    """What of the lead the tier's condition holds for, as it was told last while the condition held.

    What it became after the first contact has no part in the promise.
    """
    life, stop = story.cycle.life, story.cycle.stop
    tier = life.tier
    if tier.when is None:
        return ()
    last: dict[str, Any] | None = None
    for at, fields in rules.told(story.facts.told.get(life.lead_key, ())):
        over = [end for end in (life.ended_at, stop.at if stop is not None else None) if end is not None]
        if last is not None and over and at >= min(over):
            break
        if rules.matching([tier], fields, story.facts.teams.of(fields.get("owner_email"))) is not None:
            last = dict(fields)
    return _conditions(tier, last or {}, story.facts.teams.of((last or {}).get("owner_email")))


def _conditions(tier: Tier, fields: dict[str, Any], team: str | None) -> tuple[str, ...]:
    when = tier.when
    if when is None:
        return ()
    found = []
    if when.min_score is not None:
        found.append(f"score {fields.get('score')} (at least {number(when.min_score)})")
    found += [f"{name} {fields.get(name)}" for name in _CONDITIONS if getattr(when, name)]
    if when.team:
        found.append(f"team {team}")
    return tuple(found)


def _version(session: Session, agreement: Agreement, version: Agreement) -> AgreementFacts:
    """Which version of the agreement judges a cycle, and from when to when it was in force."""
    stored = agreements.versions(session)
    since = stored[0].in_force_from if stored else None
    for until, earlier in agreement.earlier:
        if earlier is version:
            return AgreementFacts(version.name, since, until)
        since = until
    return AgreementFacts(version.name, since, None)


class _Names:
    """People by their names; each is read once."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._known: dict[str, str] = {}

    def of(self, email: str | None) -> str | None:
        """The name, else the e-mail; None of nobody."""
        if email is None:
            return None
        if email not in self._known:
            person = people.by_email(self._session, [email]).get(email)
            self._known[email] = (person.name if person is not None else None) or email
        return self._known[email]
