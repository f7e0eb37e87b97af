"""The first-contact clock: when it starts, what stops it, when it is at risk and due, how it is judged.

Sources: the SLA rules of the domain facts (business time, start and stop). Every instant is UTC and aware.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from itertools import groupby
from typing import TYPE_CHECKING, Any, Literal

from bot.domain.agreement import fold
from bot.domain.merging import Record
from bot.domain.worktime import due, elapsed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from bot.domain.agreement import ContactRule, Step, Tier, When
    from bot.domain.worktime import Calendar

State = Literal["running", "met", "breached", "closed"]
TIER_FIELDS = ("score", "channel", "campaign", "asset", "stage", "type", "segment", "owner_email")
LEAD_STAGES = ("lead", "mql", "sql", "customer", "disqualified")
_ENDED_STAGES = frozenset({"customer", "disqualified"})


@dataclass(frozen=True, slots=True)
class LeadStatement:
    """What one event said of the fields that a tier looks at."""

    at: datetime
    event_id: str
    fields: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Stop:
    """What stopped a clock: `seen` in the CRM, or `said` by the owner."""

    at: datetime
    how: Literal["seen", "said"]


@dataclass(frozen=True, slots=True)
class Plan:
    """A clock as the agreement in force computes it. `minutes` is the working time to the first contact."""

    started_at: datetime
    at_risk_at: datetime
    due_at: datetime
    tier: str
    state: State
    stopped_at: datetime | None
    stopped_how: str | None
    minutes: int | None


def lead_rank(field: str, value: Any) -> int:
    """Of two lead stages stated at one instant the one further along stands."""
    if field != "stage" or value is None:
        return 0
    name = fold(str(value))
    return LEAD_STAGES.index(name) + 1 if name in LEAD_STAGES else 0


def matching(tiers: Sequence[Tier], fields: Mapping[str, Any], team: str | None) -> Tier | None:
    """The first tier whose condition holds for a lead; None if none does."""
    return next((tier for tier in tiers if tier.when is None or _holds(tier.when, fields, team)), None)


def first_match(
    statements: Iterable[LeadStatement],
    created_at: datetime,
    tiers: Sequence[Tier],
    team_of: Callable[[str | None], str | None],
) -> tuple[datetime, Tier] | None:
    """When the lead's clock starts and by which tier: at its creation, or when a tier first matches if that is later.

    None if no tier ever matched.
    """
    first = True
    for at, record in _told(statements):
        tier = matching(tiers, record.data, team_of(record.get("owner_email")))
        if tier is not None:
            return (created_at if first else max(created_at, at)), tier
        first = False
    return None


def ended_at(statements: Iterable[LeadStatement]) -> datetime | None:
    """When a lead came into a stage that needs no first contact, and stayed there; None if it is in another now.

    A later statement that repeats such a stage ends nothing anew.
    """
    since: datetime | None = None
    for at, record in _told(statements):
        since = (since or at) if ended_stage(record.get("stage")) else None
    return since


def _told(statements: Iterable[LeadStatement]) -> Iterator[tuple[datetime, Record]]:
    """A lead after each instant at which something was stated; what is stated together is seen together."""
    record = Record()
    ordered = sorted(statements, key=lambda s: (s.at, s.event_id))
    for at, together in groupby(ordered, key=lambda s: s.at):
        for statement in together:
            record.merge(statement.fields, at, statement.event_id, lead_rank)
        yield at, record


def is_attempt(rule: ContactRule, kind: str | None, direction: str | None, outcome: str | None) -> bool:
    """Whether an activity is a contact attempt: outbound (also where the CRM does not say), not automatic."""
    return kind in rule.counts and direction in {None, "outbound"} and outcome != "automatic"


def first_contact(
    started_at: datetime, created_at: datetime, attempts: Iterable[datetime], said_at: datetime | None
) -> Stop | None:
    """What stopped the clock, if anything has.

    `attempts` are the times of the contact attempts that the CRM reports. One before the lead's creation counts
    (elapsed 0); one between its creation and a later start of the clock does not: that start asks for a new contact.
    The owner's word stops the clock too, but is told apart as long as the CRM reports nothing.
    """
    early_counts = started_at == created_at
    seen = min(
        (at for at in attempts if at >= started_at or (early_counts and at < created_at)), default=None
    )
    if seen is None:
        return Stop(said_at, "said") if said_at is not None else None
    return Stop(min(seen, said_at) if said_at is not None else seen, "seen")


def judged(
    due_at: datetime, stopped_at: datetime | None, now: datetime
) -> Literal["running", "met", "breached"]:
    """Met if contacted by the due instant itself; breached if later, or not yet and the instant has passed."""
    if stopped_at is not None:
        return "met" if stopped_at <= due_at else "breached"
    return "breached" if now > due_at else "running"


def plan(
    calendar: Calendar,
    tier: Tier,
    at_risk: Decimal,
    started_at: datetime,
    stop: Stop | None,
    closed_at: datetime | None,
    now: datetime,
) -> Plan:
    """Compute a clock. `closed_at` is when the lead became a customer or was disqualified: no contact is owed then."""
    due_at = due(calendar, started_at, tier.first_contact)
    at_risk_at = due(calendar, started_at, part(tier.first_contact, at_risk))
    if stop is None and closed_at is not None and closed_at <= due_at:
        return Plan(started_at, at_risk_at, due_at, tier.name, "closed", closed_at, None, None)
    if stop is None:
        return Plan(started_at, at_risk_at, due_at, tier.name, judged(due_at, None, now), None, None, None)
    minutes = int(elapsed(calendar, started_at, stop.at) / timedelta(minutes=1))
    state = judged(due_at, stop.at, now)
    return Plan(started_at, at_risk_at, due_at, tier.name, state, stop.at, stop.how, minutes)


def ended_stage(stage: Any) -> bool:
    """Whether a lead in this stage needs no first contact any more."""
    return stage is not None and fold(str(stage)) in _ENDED_STAGES


def step_instants(
    calendar: Calendar, started_at: datetime, tier: Tier, steps: Iterable[Step], at_risk: Decimal
) -> tuple[tuple[str, datetime], ...]:
    """The owner's steps with their instants, in the order of time."""
    instants = [
        (step.key, due(calendar, started_at, part(tier.first_contact, step.share(at_risk))))
        for step in steps
        if step.to == "owner"
    ]
    return tuple(sorted(instants, key=lambda pair: pair[1]))


def part(target: timedelta, share: Decimal) -> timedelta:
    """A share of a target, exact to the microsecond."""
    return timedelta(microseconds=int(Decimal(target // timedelta(microseconds=1)) * share))


def _holds(when: When, fields: Mapping[str, Any], team: str | None) -> bool:
    if when.min_score is not None:
        score = _number(fields.get("score"))
        if score is None or score < when.min_score:
            return False
    texts = {name: fields.get(name) for name in ("channel", "campaign", "asset", "stage", "type", "segment")}
    texts["team"] = team
    for name, value in texts.items():
        wanted = getattr(when, name)
        if wanted and (value is None or fold(str(value)) not in {fold(w) for w in wanted}):
            return False
    return True


def _number(value: Any) -> Decimal | None:
    try:
        return None if value is None else Decimal(str(value))
    except InvalidOperation:
        return None
