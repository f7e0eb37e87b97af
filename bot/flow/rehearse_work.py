"""One contact under one agreement: how its first contacts are judged, and what would have been told. Reads nothing.

Everything here is a plain value, so that other processes can do a part of the work.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from bot.domain.agreement import Agreement
from bot.domain.clocks import LeadStatement
from bot.domain.cycles import Held
from bot.domain.merging import Record
from bot.domain.rehearsal import Callback, Course, messages, tellings
from bot.domain.worktime import Calendar
from bot.flow.cycle_facts import Cycle, Facts
from bot.flow.cycles import answered, cycles_of
from bot.flow.leads import LATE_ARRIVAL, Teams
from bot.store.records import Contact, Stored
from bot.store.rehearsal import fields

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from bot.domain.presence import Somebody
    from bot.domain.rehearsal import Message, Telling
    from bot.store.answers import Answer
    from bot.store.rehearsal import Said

State = Literal["met", "breached", "late", "at_risk", "open", "closed"]
Terms: TypeAlias = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Material:
    """What is known of one contact: its leads, and all that was stated and done.

    `created` and `arrived` hold its described leads: when they were created, and when they were first received, with
    what an import silenced.
    """

    lead_keys: tuple[str, ...]
    created: dict[str, datetime]
    said: tuple[Said, ...]
    answers: tuple[Answer, ...]
    activities: tuple[dict[str, Any], ...]
    arrived: dict[str, tuple[datetime, datetime | None]]


@dataclass(frozen=True, slots=True)
class Verdict:
    """How one first contact stands: `late` is breached without a contact so far, `open` and `at_risk` are neither yet.

    `minutes` are working minutes to the first contact, which was `seen` or `said`; `ended` tells that the lead left
    sales' hands; `follow_up` is open, kept or broken.
    """

    lead: str
    cycle: int
    tier: str
    due_at: datetime
    state: State
    minutes: int | None
    how: str | None
    ended: bool
    follow_up: str
    exhausted: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an agreement makes of all contacts: each first contact that was owed, and each message."""

    verdicts: list[Verdict]
    messages: list[Message]


@dataclass(frozen=True, slots=True)
class Ground:
    """What one agreement is run over: everybody who may receive something, and the period as instants up to `now`."""

    agreement: Agreement
    teams: Mapping[str, str | None]
    people: Mapping[str, Somebody]
    first: datetime
    last: datetime
    now: datetime

    def packed(self) -> tuple[Any, ...]:
        """Plain values for another process."""
        rest = (dict(self.teams), dict(self.people), self.first, self.last, self.now)
        return (_packed(self.agreement), *rest)

    @classmethod
    def unpacked(cls, values: tuple[Any, ...]) -> Ground:
        """The ground that was `packed`."""
        terms, *rest = values
        return cls(_unpacked(terms), *rest)


class Side:
    """One agreement at work: it takes contacts, chunk by chunk, and tells in the end what came of them."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._teams = _KnownTeams(ground.teams)
        self._verdicts: list[Verdict] = []
        self._told: list[Telling] = []

    def take(self, chunk: Sequence[Material]) -> None:
        """Judge these contacts, and find the steps that were to be told."""
        agreement, ground = self._ground.agreement, self._ground
        for material in chunk:
            facts = _facts(material, self._teams)
            found = cycles_of(facts, agreement, ground.now)
            for cycle in found:
                if ground.first <= cycle.plan.started_at <= ground.last:
                    self._verdicts.append(_verdict(cycle, ground.now))
                    course = _course(material, cycle)
                    self._told += tellings(agreement, course, ground.now)

    def finish(self) -> Outcome:
        """The verdicts in the order of the contacts, the messages in the order of time."""
        ground = self._ground
        return Outcome(self._verdicts, messages(ground.agreement, self._told, ground.people, ground.now))


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


def _verdict(cycle: Cycle, now: datetime) -> Verdict:
    plan = cycle.plan
    return Verdict(
        lead=cycle.life.lead_key,
        cycle=cycle.number,
        tier=plan.tier,
        due_at=plan.due_at,
        state=_state(cycle, now),
        minutes=plan.minutes,
        how=plan.stopped_how,
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


def _course(material: Material, cycle: Cycle) -> Course:
    life, owners = cycle.life, cycle.life.owners
    if cycle.owner is not None and cycle.owner_since is not None and cycle.owner != _last(life.owners):
        owners = (*owners, Held(cycle.owner_since, cycle.owner))
    return Course(
        lead=life.lead_key,
        cycle=cycle.number,
        tier=life.tier,
        started_at=life.started_at,
        first_due=cycle.plan.due_at,
        within_at=cycle.commitment.within_at,
        owners=owners,
        answered_at=cycle.answered_at,
        made=cycle.counted,
        follow_up_over_at=cycle.over_at,
        over_at=min((at for at in (life.ended_at, cycle.span.ends) if at is not None), default=None),
        pauses=cycle.pauses,
        moving=cycle.moving,
        callbacks=tuple(
            Callback(since, until, min((each.at for each in cycle.attempts if each.at > since), default=None))
            for since, until in cycle.pauses
        ),
        handed_over=frozenset(
            answer.settled_at
            for answer in material.answers
            if answer.kind == "handed_over" and answer.state == "accepted" and answer.settled_at
        ),
        quiet_before=_quiet_before(material, cycle),
    )


def _quiet_before(material: Material, cycle: Cycle) -> datetime | None:
    """What was due before a late contact came is not told; an imported one is taken as if it had come in time."""
    back = cycle.number > 1 and cycle.life.first
    keys = [cycle.life.lead_key] if back else list(material.created)
    if any(material.arrived[key][1] is not None for key in keys):
        return None
    received = min(material.arrived[key][0] for key in keys)
    late = received - min(material.created[key] for key in keys) > LATE_ARRIVAL
    return received if late else None


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
