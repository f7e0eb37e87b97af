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
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from bot.domain.agreement import ContactRule, Tier, When
    from bot.domain.worktime import Calendar, Pause

State = Literal["running", "met", "breached", "closed"]
TIER_FIELDS = ("score", "channel", "campaign", "asset", "stage", "type", "segment", "owner_email")
LEAD_STAGES = ("lead", "mql", "sql", "customer", "disqualified")
_ENDED_STAGES = frozenset({"customer", "disqualified"})


@dataclass(frozen=True, slots=True)
class LeadStatement:
    """What one event said of the fields that a tier looks at; `answered` where a person in Slack said it."""

    at: datetime
    event_id: str
    fields: Mapping[str, Any]
    answered: bool = False


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


def told(statements: Iterable[LeadStatement]) -> Iterator[tuple[datetime, Mapping[str, Any]]]:
    """A lead's fields after each instant at which something was stated; what is stated together is seen together.

    What people answered in Slack stands until the source reports a changed value.
    """
    record = Record()
    source: dict[str, Any] = {}
    answered: dict[str, Any] = {}
    ordered = sorted(statements, key=lambda s: (s.at, s.answered, s.event_id))
    for at, together in groupby(ordered, key=lambda s: s.at):
        answers = []
        for statement in together:
            if statement.answered:
                answers.append(statement)
            else:
                record.merge(statement.fields, at, statement.event_id, lead_rank)
        for name in [name for name in answered if record.get(name) != source.get(name)]:
            del answered[name]
        source = dict(record.data)
        for answer in answers:
            answered.update(answer.fields)
        yield at, {**source, **answered}


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
    pauses: Sequence[Pause] = (),
) -> Plan:
    """Compute a clock. `closed_at` is when the lead left sales' hands (customer, disqualified, back to marketing).

    No contact is owed from then on: one that is made later than was agreed breaks no promise.
    """
    due_at = due(calendar, started_at, tier.first_contact, pauses)
    at_risk_at = due(calendar, started_at, part(tier.first_contact, at_risk), pauses)
    late = stop is None or stop.at > due_at
    if late and closed_at is not None and closed_at <= due_at:
        return Plan(started_at, at_risk_at, due_at, tier.name, "closed", closed_at, None, None)
    if stop is None:
        return Plan(started_at, at_risk_at, due_at, tier.name, judged(due_at, None, now), None, None, None)
    minutes = int(elapsed(calendar, started_at, stop.at, pauses) / timedelta(minutes=1))
    state = judged(due_at, stop.at, now)
    return Plan(started_at, at_risk_at, due_at, tier.name, state, stop.at, stop.how, minutes)


def ended_stage(stage: Any) -> bool:
    """Whether a lead in this stage needs no contact by sales any more."""
    return stage is not None and fold(str(stage)) in _ENDED_STAGES


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
