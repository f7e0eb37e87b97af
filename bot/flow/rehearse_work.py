"""One contact under one agreement: how its first contacts are judged, and what would have been told. Reads nothing.

Everything here is a plain value, so that other processes can do a part of the work.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from bot.domain import clocks as rules
from bot.domain import follow_up
from bot.domain.agreement import Agreement
from bot.domain.clocks import LeadStatement
from bot.domain.cycles import Held
from bot.domain.merging import Record
from bot.domain.rehearsal import Callback, Course, Telling, tellings
from bot.domain.worktime import Calendar
from bot.flow.cycles import Cycle, Facts, cycles_of
from bot.flow.cycles import _answered as answered
from bot.flow.leads import Teams
from bot.store.records import Contact, Stored
from bot.store.rehearsal import fields

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from bot.store.answers import Answer
    from bot.store.rehearsal import Said

State = Literal["met", "breached", "late", "at_risk", "open", "closed"]
Terms: TypeAlias = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Material:
    """What is known of one contact: its leads, those created with their instants, and all that was stated and done.

    Steps due before `quiet_before` are not told: the contact came late.
    """

    lead_keys: tuple[str, ...]
    created: dict[str, datetime]
    said: tuple[Said, ...]
    answers: tuple[Answer, ...]
    activities: tuple[dict[str, Any], ...]
    quiet_before: datetime | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """How one first contact stands: `late` is breached without a contact so far, `open` and `at_risk` are neither yet.

    `minutes` are working minutes to the first contact; `ended` tells that the lead left sales' hands; `follow_up` is
    open, kept or broken.
    """

    lead: str
    cycle: int
    tier: str
    state: State
    minutes: int | None
    ended: bool
    follow_up: str
    exhausted: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an agreement makes of one or many contacts."""

    verdicts: list[Verdict]
    told: list[Telling]


@dataclass(frozen=True, slots=True)
class Ground:
    """What all contacts share: the agreements, everybody's team, and the period as instants up to `now`."""

    agreements: tuple[Agreement, ...]
    teams: Mapping[str, str | None]
    first: datetime
    last: datetime
    now: datetime

    def packed(self) -> tuple[Any, ...]:
        """Plain values for another process."""
        terms = tuple(_packed(agreement) for agreement in self.agreements)
        return terms, dict(self.teams), self.first, self.last, self.now

    @classmethod
    def unpacked(cls, values: tuple[Any, ...]) -> Ground:
        """The ground that was `packed`."""
        terms, *rest = values
        return cls(tuple(_unpacked(each) for each in terms), *rest)


def outcomes(ground: Ground, chunk: Sequence[Material]) -> tuple[Outcome, ...]:
    """What each agreement makes of these contacts."""
    found = tuple(Outcome([], []) for _ in ground.agreements)
    teams = _KnownTeams(ground.teams)
    for material in chunk:
        facts = _facts(material, teams)
        for agreement, outcome in zip(ground.agreements, found, strict=True):
            _judge(ground, agreement, facts, material.quiet_before, outcome)
    return found


class _KnownTeams(Teams):
    """Everybody's team, read before."""

    def __init__(self, teams: Mapping[str, str | None]) -> None:
        self._teams = dict(teams)


def _facts(material: Material, teams: Teams) -> Facts:
    told: dict[str, list[LeadStatement]] = {key: [] for key in material.created}
    for lead_key, at, event_id, text in material.said:
        if lead_key in told:
            told[lead_key].append(LeadStatement(at, event_id, fields(text)))
    if material.answers:
        told = {
            key: said + answered(material.answers, min(each.at for each in said))
            for key, said in told.items()
        }
    leads = tuple(Stored(key, Record()) for key in material.lead_keys)
    return Facts(
        contact=Contact(leads, frozenset()),
        created=material.created,
        told=told,
        answers=material.answers,
        activities=material.activities,
        teams=teams,
    )


def _judge(
    ground: Ground, agreement: Agreement, facts: Facts, quiet_before: datetime | None, outcome: Outcome
) -> None:
    found = cycles_of(facts, agreement, ground.now)
    for cycle, following in zip(found, (*found[1:], None), strict=True):
        if ground.first <= cycle.plan.started_at <= ground.last:
            outcome.verdicts.append(_verdict(cycle, ground.now))
            course = _course(facts, cycle, following, quiet_before)
            outcome.told.extend(tellings(agreement, course, ground.now))


def _verdict(cycle: Cycle, now: datetime) -> Verdict:
    plan = cycle.plan
    return Verdict(
        lead=cycle.life.lead_key,
        cycle=cycle.number,
        tier=plan.tier,
        state=_state(cycle, now),
        minutes=plan.minutes,
        ended=cycle.life.ended_at is not None,
        follow_up=cycle.commitment.state,
        exhausted=cycle.commitment.exhausted_at is not None,
    )


def _state(cycle: Cycle, now: datetime) -> State:
    plan = cycle.plan
    if plan.state == "running":
        return "at_risk" if now >= plan.at_risk_at else "open"
    if plan.state == "breached" and plan.stopped_at is None:
        return "late"
    return plan.state


def _course(
    facts: Facts, cycle: Cycle, following: Cycle | None, quiet_before: datetime | None
) -> Course:
    life, commitment = cycle.life, cycle.commitment
    attempts = [each.at for each in cycle.attempts]
    said = [each.at for each in cycle.attempts if each.how == "said"]
    counting = [
        each.at
        for each in cycle.attempts
        if each.how == "seen" or cycle.agreement.contact.owner_word_counts
    ]
    if life.started_at != life.created_at:
        counting = [at for at in counting if at >= life.started_at]
    owners = life.owners
    if cycle.owner is not None and cycle.owner_since is not None and cycle.owner != _last(life.owners):
        owners = (*owners, Held(cycle.owner_since, cycle.owner))
    ends = (
        life.ended_at,
        following.plan.started_at if following is not None else None,
        commitment.exhausted_at,
    )
    return Course(
        lead=life.lead_key,
        cycle=cycle.number,
        tier=life.tier,
        started_at=life.started_at,
        first_due=cycle.plan.due_at,
        within_at=commitment.within_at,
        owners=owners,
        answered_at=min([*said, *([cycle.stop.at] if cycle.stop is not None else [])], default=None),
        made=follow_up.counted(counting, life.tier.min_gap),
        follow_up_over_at=commitment.decided_at if commitment.state == "kept" else None,
        over_at=min((at for at in ends if at is not None), default=None),
        pauses=cycle.pauses,
        callbacks=tuple(
            Callback(until, min((at for at in attempts if at > since), default=None))
            for since, until in cycle.pauses
        ),
        handed_over=frozenset(
            answer.settled_at
            for answer in facts.answers
            if answer.kind == "handed_over" and answer.state == "accepted" and answer.settled_at
        ),
        quiet_before=quiet_before,
    )


def _last(owners: Sequence[Held]) -> str | None:
    return owners[-1].owner if owners else None


def _packed(agreement: Agreement) -> Terms:
    # A calendar holds a read-only view, which cannot be sent; it is made anew from its parts.
    calendar = agreement.calendar
    return (
        agreement.timezone,
        agreement.tiers,
        agreement.contact,
        agreement.reminders,
        (calendar.zone, calendar.weekly, calendar.closed, dict(calendar.exceptions)),
    )


def _unpacked(terms: Terms) -> Agreement:
    timezone, tiers, contact, reminders, calendar = terms
    return replace(
        Agreement(),
        timezone=timezone,
        tiers=tiers,
        contact=contact,
        reminders=reminders,
        calendar=Calendar(*calendar),
    )
