"""A contact's clock, cycle by cycle, computed from all that is known: statements, activities, answers, agreements.

Nothing is remembered but facts, so late news, an undo and a new agreement all lead to what would have been.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from bot.domain import clocks as rules
from bot.domain import cycles, follow_up
from bot.domain.clocks import LeadStatement
from bot.domain.worktime import due
from bot.flow.cycle_facts import Attempt, Cycle, Facts, Span
from bot.flow.cycle_steps import Course, steps_of
from bot.flow.leads import LATE_ARRIVAL, Teams, alive, answered, created_of, held_last
from bot.store import answers, records

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.domain.agreement import Agreement
    from bot.domain.clocks import Plan, Stop
    from bot.domain.cycles import Life
    from bot.domain.worktime import Calendar, Pause
    from bot.store.answers import Answer
    from bot.store.database import Session
    from bot.store.records import Contact

__all__ = ["Attempt", "Cycle", "Facts", "answered", "cycles_of", "gather"]

_REACHED: Final = frozenset({"connected", "asked_to_be_called"})


def gather(session: Session, agreement: Agreement, contact: Contact, teams: Teams) -> Facts:
    """Read what a contact's cycles follow from."""
    given = tuple(answers.of_leads(session, contact.lead_keys))
    told = {}
    for lead in alive(contact):
        statements = [LeadStatement(*row) for row in records.lead_statements(session, lead.key)]
        told[lead.key] = statements + answered(given, min(s.at for s in statements))
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
    judged by the present one. The tier is the one of its own instant, or the present one while it is open.
    """
    if not facts.created:
        return []
    lives = _lives(agreement, facts)
    judged: dict[Life, Cycle] = {}  # the present lives whose first contact an earlier agreement judged
    alone: dict[Life, Cycle] = {}  # lives of which the present agreement knows nothing
    for before in _closed_before(facts, agreement, now):
        same = [life for life in lives if _overlap(life, before.life) and life not in judged]
        if same:
            judged[same[0]] = before
        else:
            alone[before.life] = before
    found: list[Cycle] = []
    for span in _spans([*lives, *alone]):
        if span.life in alone:
            found.append(replace(alone[span.life], span=span, steps=()))
            continue
        cycle = _cycle(agreement, facts, span, now)
        known = judged.get(span.life)
        found.append(cycle if known is None else _kept(known, cycle, agreement))
    return found


def _closed_before(facts: Facts, agreement: Agreement, now: datetime) -> list[Cycle]:
    """What was decided under each earlier agreement, as that one judged it."""
    found: list[Cycle] = []
    for until, version in agreement.earlier:
        if until <= min(facts.created.values()):
            continue
        for cycle in (_cycle(version, facts, span, now) for span in _spans(_lives(version, facts))):
            known = any(_overlap(cycle.life, before.life) for before in found)
            if cycle.closed_at is not None and cycle.closed_at < until and not known:
                found.append(cycle)
    return found


def _overlap(one: Life, other: Life) -> bool:
    """Whether two lives are the same stay of a contact in sales' hands, as two agreements see it."""

    def begins_within(life: Life, stay: Life) -> bool:
        return stay.started_at <= life.started_at and (
            stay.ended_at is None or life.started_at < stay.ended_at or life.started_at == stay.started_at
        )

    return begins_within(one, other) or begins_within(other, one)


def _kept(before: Cycle, after: Cycle, agreement: Agreement) -> Cycle:
    """The first contact as it was judged; the follow-up too, if it was decided before the present agreement."""
    replaced_at = agreement.earlier[-1][0]
    decided = before.commitment.decided_at
    judge = before if decided is not None and decided < replaced_at else after
    return replace(
        after,
        span=replace(after.span, life=before.life),
        life=before.life,
        agreement=before.agreement,
        followed=judge.followed,
        plan=before.plan,
        stop=before.stop,
        moving=before.moving,
        breached_owner=before.breached_owner,
        commitment=judge.commitment,
        counted=judge.counted,
    )


def _lives(agreement: Agreement, facts: Facts) -> tuple[Life, ...]:
    """The stays of a contact in sales' hands, as an agreement sees them."""
    return cycles.cycles(
        life
        for key, created_at in facts.created.items()
        for life in cycles.lives(key, facts.told[key], created_at, agreement.tiers, facts.teams.of)
    )


def _spans(lives: Iterable[Life]) -> list[Span]:
    ordered = sorted(lives, key=lambda life: (life.started_at, life.lead_key))
    begins: list[datetime | None] = [None]
    for before, life in pairwise(ordered):
        begins.append(before.ended_at if life.first and before.ended_at is not None else life.started_at)
    return [
        Span(number, life, begins[number - 1], begins[number] if number < len(ordered) else None)
        for number, life in enumerate(ordered, 1)
    ]


def _cycle(agreement: Agreement, facts: Facts, span: Span, now: datetime) -> Cycle:
    life, calendar = span.life, agreement.calendar
    given = tuple(a for a in facts.answers if span.holds(a.at))
    attempts = tuple(_attempts(agreement, facts, span))
    made = [
        a for a in attempts if span.counts(a.at) and (a.how == "seen" or agreement.contact.owner_word_counts)
    ]
    said = min((a.at for a in made if a.how == "said"), default=None)
    stop = rules.first_contact(
        life.started_at, life.created_at, [a.at for a in made if a.how == "seen"], said
    )
    if stop is not None:
        life = life.contacted_at(stop.at)
        span = replace(span, life=life)
    pauses = _pauses(given)
    moving = _moving(calendar, life, pauses, stop)
    risk = agreement.reminders.at_risk
    plan = rules.plan(calendar, life.tier, risk, life.started_at, stop, life.ended_at, now, moving)
    over_at = _over_at(agreement, facts, span, attempts)
    contacts = _distinct(life, made)
    commitment = follow_up.follow_up(
        calendar,
        life.tier,
        life.started_at,
        plan.due_at,
        contacts,
        over_at,
        now,
        tuple(pauses),
    )
    owner, since = _owner(facts, life)
    snooze = _snooze(given, attempts)
    cycle = Cycle(
        span=span,
        life=life,
        agreement=agreement,
        followed=(agreement, life.tier),
        plan=plan,
        commitment=commitment,
        stop=stop,
        attempts=attempts,
        counted=follow_up.counted(contacts, life.tier.min_gap),
        pauses=tuple(pauses),
        moving=moving,
        snoozed_until=datetime.fromisoformat(snooze.data["until"]) if snooze is not None else None,
        owner=owner,
        owner_since=since,
        breached_owner=_holder(life, owner, since, plan),
        steps=(),
        over_at=over_at,
    )
    if life.ended_at is not None or span.ends is not None:
        return cycle
    return replace(cycle, steps=steps_of(Course(cycle, given, snooze)))


def _distinct(life: Life, made: Iterable[Attempt]) -> tuple[datetime, ...]:
    """When the contacts were made: one that somebody said and the CRM shows is one."""
    made = tuple(made)
    return follow_up.distinct(
        life.started_at,
        [a.at for a in made if a.how == "seen"],
        [a.at for a in made if a.how == "said" and a.asked is None],
        [follow_up.Word(a.at, a.asked) for a in made if a.asked is not None],
        life.tier.min_gap,
    )


def _pauses(given: Iterable[Answer]) -> dict[Pause, Answer]:
    """When the lead is not to be called: from the contact in which they asked for it until the time they named."""
    return {
        (datetime.fromisoformat(a.data["at"]), datetime.fromisoformat(a.data["call_back_at"])): a
        for a in given
        if a.kind == "logged" and a.data.get("call_back_at")
    }


def _moving(
    calendar: Calendar, life: Life, pauses: dict[Pause, Answer], stop: Stop | None
) -> tuple[Pause, ...]:
    """The pauses that move the due instant of the first contact.

    One that begins with the contact has nothing to move, and one that is told of after the due instant does not undo
    the breach.
    """
    found: tuple[Pause, ...] = ()
    for pause, answer in pauses.items():
        if stop is not None and pause[0] >= stop.at:
            continue
        if answer.at <= due(calendar, life.started_at, life.tier.first_contact, found):
            found = (*found, pause)
    return found


def _over_at(
    agreement: Agreement, facts: Facts, span: Span, attempts: tuple[Attempt, ...]
) -> datetime | None:
    """When the lead replied, was qualified or left sales' hands, whichever was first."""
    life = span.life
    replies = _replies(agreement, facts, attempts)
    replied = min((at for at in replies if at >= life.started_at and span.holds(at)), default=None)
    return min((at for at in (replied, life.qualified_at, life.ended_at) if at is not None), default=None)


def _snooze(given: Iterable[Answer], attempts: tuple[Attempt, ...]) -> Answer | None:
    """The snooze that stands: the latest, unless a contact was made since."""
    last = max((a.at for a in attempts), default=None)
    snoozes = [a for a in given if a.kind == "snoozed" and a.state == "given"]
    latest = snoozes[-1] if snoozes else None
    return latest if latest is not None and (last is None or last <= latest.at) else None


def _attempts(agreement: Agreement, facts: Facts, span: Span) -> list[Attempt]:
    """The contact attempts in a cycle's time.

    What was logged long before the creation counts only where it was logged for the lead itself.
    """
    own = set(facts.contact.lead_keys) if span.number == 1 else {span.life.lead_key}
    since = span.life.created_at - LATE_ARRIVAL
    found = []
    for act in facts.activities:
        ours = act["at"] >= since or act["lead_key"] in own
        if ours and rules.is_attempt(agreement.contact, act["kind"], act["direction"], act["outcome"]):
            found.append(Attempt(act["at"], "seen", act["kind"], act["outcome"] == "connected"))
    for answer in facts.answers:
        if answer.kind == "contacted":
            told = answer.data.get("asked") is None  # a touch with intent asks for a contact of its own
            asked = int(answer.data.get("attempt", 1)) if told else None
            found.append(Attempt(answer.at, "said", None, reached=False, asked=asked))
        elif answer.kind == "logged" and answer.data["kind"] in agreement.contact.counts:
            at = datetime.fromisoformat(answer.data["at"])
            reached = answer.data["outcome"] in _REACHED
            found.append(Attempt(at, "said", answer.data["kind"], reached))
    within = [attempt for attempt in found if span.holds(attempt.at)]
    return sorted(within, key=lambda attempt: (attempt.at, attempt.how))


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
    others = {key: told for key, told in facts.told.items() if key != life.lead_key}
    return held_last(others, life.ended_at) or (None, None)


def _holder(life: Life, owner: str | None, since: datetime | None, plan: Plan) -> str | None:
    """Who held the lead when its promise ran out; None where it was kept."""
    if plan.state != "breached":
        return None
    held = life.owner_at(plan.due_at)
    if held is None and since is not None and since <= plan.due_at:
        return owner
    return held
