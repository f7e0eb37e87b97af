"""A contact's clock, cycle by cycle, computed from all that is known: statements, activities, answers, agreements.

Nothing is remembered but facts, so late news, an undo and a new agreement all lead to what would have been.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from bot.domain import clocks as rules
from bot.domain import cycles, follow_up, steps
from bot.domain.clocks import LeadStatement, Plan
from bot.flow.leads import LATE_ARRIVAL, Teams, alive, created_of
from bot.store import answers, records

if TYPE_CHECKING:
    from bot.domain.agreement import Agreement
    from bot.domain.clocks import Stop
    from bot.domain.cycles import Life
    from bot.domain.follow_up import FollowUp
    from bot.domain.steps import StepAt
    from bot.domain.worktime import Pause
    from bot.store.answers import Answer
    from bot.store.database import Session
    from bot.store.records import Contact

_REACHED = frozenset({"connected", "asked_to_be_called"})


@dataclass(frozen=True, slots=True)
class Attempt:
    """One contact attempt: `seen` in the CRM or `said` by the owner; `reached` where the lead was spoken with."""

    at: datetime
    how: str
    kind: str | None
    reached: bool


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that a contact's cycles follow from."""

    contact: Contact
    created: dict[str, datetime]
    told: dict[str, list[LeadStatement]]
    answers: tuple[Answer, ...]
    activities: tuple[dict[str, Any], ...]
    teams: Teams


@dataclass(frozen=True, slots=True)
class Cycle:
    """One cycle as an agreement computes it. `agreement` is the version that judged the first contact."""

    number: int
    life: Life
    agreement: Agreement
    plan: Plan
    commitment: FollowUp
    stop: Stop | None
    attempts: tuple[Attempt, ...]
    pauses: tuple[Pause, ...]
    snoozed_until: datetime | None
    owner: str | None
    owner_since: datetime | None
    breached_owner: str | None
    steps: tuple[StepAt, ...]

    @property
    def closed_at(self) -> datetime | None:
        """When its first contact was decided: made, no longer owed, or given up."""
        return self.plan.stopped_at or self.life.ended_at


def gather(session: Session, agreement: Agreement, contact: Contact, teams: Teams) -> Facts:
    """Read what a contact's cycles follow from."""
    given = tuple(answers.of_leads(session, contact.lead_keys))
    told = {}
    for lead in alive(contact):
        statements = [LeadStatement(*row) for row in records.lead_statements(session, lead.key)]
        told[lead.key] = statements + _answered(given, min(s.at for s in statements))
    return Facts(
        contact=contact,
        created={lead.key: created_of(agreement, lead) for lead in alive(contact)},
        told=told,
        answers=given,
        activities=tuple(records.activities_of(session, contact)),
        teams=teams,
    )


def cycles_of(facts: Facts, agreement: Agreement, now: datetime) -> list[Cycle]:
    """The cycles of a contact, in order.

    A first contact that was decided while an earlier agreement was in force is judged by that one; what is open is
    judged by the present one.
    """
    if not facts.created:
        return []
    since = min(facts.created.values())
    frozen: dict[int, Cycle] = {}
    for until, version in agreement.earlier:
        if until <= since:
            continue
        for cycle in _under(version, facts, now):
            if cycle.closed_at is not None and cycle.closed_at < until:
                frozen.setdefault(cycle.number, cycle)
    found = []
    for cycle in _under(agreement, facts, now):
        before = frozen.pop(cycle.number, None)
        found.append(cycle if before is None else _kept(before, cycle, agreement))
    left = [replace(cycle, steps=()) for _, cycle in sorted(frozen.items())]
    return sorted([*found, *left], key=lambda cycle: cycle.number)


def _kept(before: Cycle, after: Cycle, agreement: Agreement) -> Cycle:
    """The first contact as it was judged; the follow-up too, if it was decided before the present agreement."""
    replaced_at = agreement.earlier[-1][0]
    decided = before.commitment.decided_at
    commitment = before.commitment if decided is not None and decided < replaced_at else after.commitment
    return replace(
        after,
        life=before.life,
        agreement=before.agreement,
        plan=before.plan,
        stop=before.stop,
        breached_owner=before.breached_owner,
        commitment=commitment,
    )


def _answered(given: tuple[Answer, ...], from_: datetime) -> list[LeadStatement]:
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


def _under(agreement: Agreement, facts: Facts, now: datetime) -> list[Cycle]:
    every = [
        life
        for key, created_at in facts.created.items()
        for life in cycles.lives(key, facts.told[key], created_at, agreement.tiers, facts.teams.of)
    ]
    found = cycles.cycles(every)
    if not found:
        return []
    return [
        _cycle(agreement, facts, number, life, found[number - 2] if number > 1 else None, following, now)
        for number, (life, following) in enumerate(zip(found, (*found[1:], None), strict=True), 1)
    ]


def _cycle(
    agreement: Agreement,
    facts: Facts,
    number: int,
    life: Life,
    before: Life | None,
    following: Life | None,
    now: datetime,
) -> Cycle:
    ends = following.started_at if following is not None else None
    begins = life.started_at
    if before is not None and life.first and before.ended_at is not None:
        begins = before.ended_at
    created_at = life.created_at if before is None or life.first else life.started_at

    def within(at: datetime) -> bool:
        return (before is None or at >= begins) and (ends is None or at < ends)

    attempts = tuple(a for a in _attempts(agreement, facts, created_at) if within(a.at))
    logged = [a for a in facts.answers if a.kind == "logged" and a.data.get("call_back_at") and within(a.at)]
    pauses = tuple(
        (datetime.fromisoformat(a.data["at"]), datetime.fromisoformat(a.data["call_back_at"])) for a in logged
    )
    counting = [a for a in attempts if a.how == "seen" or agreement.contact.owner_word_counts]
    early = life.started_at == created_at
    said = min(
        (a.at for a in counting if a.how == "said" and (a.at >= life.started_at or early)), default=None
    )
    seen = [a.at for a in counting if a.how == "seen"]
    stop = rules.first_contact(life.started_at, created_at, seen, said)
    plan = rules.plan(
        agreement.calendar,
        life.tier,
        agreement.reminders.at_risk,
        life.started_at,
        stop,
        life.ended_at,
        now,
        pauses,
    )
    made = [a.at for a in counting if a.at >= life.started_at or (early and a.at < created_at)]
    replied = min(
        (at for at in _replies(agreement, facts, attempts) if at >= life.started_at and within(at)),
        default=None,
    )
    over_at = min((at for at in (replied, life.qualified_at, life.ended_at) if at is not None), default=None)
    commitment = follow_up.follow_up(
        agreement.calendar, life.tier, life.started_at, plan.due_at, made, over_at, now, pauses
    )
    owner, since = _owner(facts, life)
    silenced = stop is not None or any(a.how == "said" for a in attempts)
    mine = [a for a in facts.answers if within(a.at)]
    last = max((a.at for a in attempts), default=None)
    snoozed = [
        a for a in mine if a.kind == "snoozed" and a.state == "given" and (last is None or last <= a.at)
    ]
    until = max((datetime.fromisoformat(a.data["until"]) for a in snoozed), default=None)
    cycle = Cycle(
        number=number,
        life=life,
        agreement=agreement,
        plan=plan,
        commitment=commitment,
        stop=stop,
        attempts=attempts,
        pauses=pauses,
        snoozed_until=until,
        owner=owner,
        owner_since=since,
        breached_owner=_holder(life, owner, since, plan),
        steps=(),
    )
    if life.ended_at is not None or following is not None or commitment.exhausted_at is not None:
        return cycle
    planned = _steps(agreement, cycle, mine, pauses, silenced=silenced, last=last)
    waiting = steps.held_until(planned, until)
    if until is not None:
        waiting = (
            *waiting,
            steps.owner_step(f"snoozed-{snoozed[-1].id}#{snoozed[-1].data['attempt']}", until),
        )
    return replace(cycle, steps=tuple(sorted(waiting, key=lambda step: (step.at, step.key))))


def _attempts(agreement: Agreement, facts: Facts, created_at: datetime) -> list[Attempt]:
    found = []
    for act in facts.activities:
        ours = act["lead_key"] in facts.contact.lead_keys or act["at"] >= created_at - LATE_ARRIVAL
        if ours and rules.is_attempt(agreement.contact, act["kind"], act["direction"], act["outcome"]):
            found.append(Attempt(act["at"], "seen", act["kind"], act["outcome"] == "connected"))
    for answer in facts.answers:
        if answer.kind == "contacted":
            found.append(Attempt(answer.at, "said", None, reached=False))
        elif answer.kind == "logged" and answer.data["kind"] in agreement.contact.counts:
            at = datetime.fromisoformat(answer.data["at"])
            reached = answer.data["outcome"] in _REACHED
            found.append(Attempt(at, "said", answer.data["kind"], reached))
    return sorted(found, key=lambda attempt: (attempt.at, attempt.how))


def _replies(agreement: Agreement, facts: Facts, attempts: tuple[Attempt, ...]) -> list[datetime]:
    """When the lead was heard of: an inbound activity, or an attempt that reached them."""
    inbound = [
        act["at"]
        for act in facts.activities
        if act["direction"] == "inbound" and act["kind"] in agreement.contact.counts
    ]
    return inbound + [attempt.at for attempt in attempts if attempt.reached]


def _owner(facts: Facts, life: Life) -> tuple[str | None, datetime | None]:
    """Who holds a cycle now, and since when; an owner stated of another lead of the contact, where its own has none."""
    if life.owners and life.owners[-1].owner is not None:
        return life.owners[-1].owner, life.owners[-1].since
    latest: tuple[datetime, str, str] | None = None
    for key, told in facts.told.items():
        if key == life.lead_key:
            continue
        owner, since = None, None
        for at, fields in rules.told(told):
            if fields.get("owner_email") != owner:
                owner, since = fields.get("owner_email"), at
        if owner is not None and since is not None and (latest is None or (since, key) > latest[:2]):
            latest = (since, key, str(owner))
    return (latest[2], latest[0]) if latest is not None else (None, None)


def _holder(life: Life, owner: str | None, since: datetime | None, plan: Plan) -> str | None:
    """Who held the lead when its promise ran out; None where it was kept."""
    if plan.state != "breached":
        return None
    held = life.owner_at(plan.due_at)
    if held is None and since is not None and since <= plan.due_at:
        return owner
    return held


def _steps(
    agreement: Agreement,
    cycle: Cycle,
    mine: list[Answer],
    pauses: tuple[Pause, ...],
    *,
    silenced: bool,
    last: datetime | None,
) -> list[StepAt]:
    life, rule = cycle.life, agreement.reminders
    found: list[StepAt] = []
    if not silenced:
        found += steps.escalation(
            agreement.calendar, life.started_at, life.tier, rule.steps, rule.at_risk, pauses
        )
        if rule.on_assignment and cycle.owner is not None and cycle.owner_since is not None:
            taken = any(a.kind == "handed_over" and a.settled_at == cycle.owner_since for a in mine)
            if not taken:
                at = max(life.started_at, cycle.owner_since)
                found.append(steps.owner_step(f"assigned:{cycle.owner}", at))
    elif cycle.commitment.next_due is not None and cycle.commitment.attempts:
        found.append(steps.owner_step(f"attempt-{cycle.commitment.attempts + 1}", cycle.commitment.next_due))
    for answer in mine:
        attempt = answer.data.get("attempt", 1)
        if answer.kind == "logged" and answer.data.get("call_back_at"):
            at = datetime.fromisoformat(answer.data["at"])
            call_at = datetime.fromisoformat(answer.data["call_back_at"])
            if last is None or last <= at:
                found.append(steps.owner_step(f"callback-{answer.id}#{attempt + 1}", call_at))
        declined = answer.kind == "handed_over" and answer.state == "declined"
        if declined and answer.settled_at is not None and (last is None or last <= answer.settled_at):
            found.append(steps.owner_step(f"declined-{answer.id}#{attempt}", answer.settled_at))
    return found
