"""What became of every step of a clock and of every message about its lead, and why."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Final

from bot.domain import steps as rules
from bot.domain.explain_facts import StepFacts
from bot.flow.figures import day_of
from bot.flow.prepared import held_by
from bot.flow.receivers import PERSON
from bot.flow.step_words import title_of
from bot.store import clocks, lookups, nudges, outbox, people

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bot.domain.agreement import Agreement
    from bot.domain.explain_facts import StepOutcome
    from bot.domain.steps import StepAt
    from bot.flow.explain_answers import Story
    from bot.store.clocks import Decided
    from bot.store.database import Session
    from bot.store.lookups import Telling
    from bot.store.nudges import NudgeItem
    from bot.store.outbox import Message
    from bot.store.records import Contact

_ANSWERED: Final = "it was answered before the message was sent"


@dataclass(frozen=True, slots=True)
class Told:
    """Everything that was decided and sent about a contact, as of `now`; `silence` is `quiet_before` by cycle."""

    agreement: Agreement
    decided: tuple[Decided, ...]
    messages: dict[int, Message]
    items: dict[int, tuple[NudgeItem, ...]]
    elsewhere: tuple[tuple[Telling, Message], ...]
    briefs: tuple[Message, ...]
    silence: dict[int, datetime | None]
    imports: frozenset[datetime]
    names: dict[str, str]
    managers: dict[str, str | None]
    now: datetime

    @classmethod
    def gathered(cls, session: Session, agreement: Agreement, contact: Contact, now: datetime) -> Told:
        """Read it."""
        keys = contact.lead_keys
        decided = _once(one for one in clocks.decisions(session, keys) if one.decided_at <= now)
        with_it = nudges.messages_with(session, keys)
        shown = {message.id: message for message in with_it if message.kind == "nudge"}
        numbers = {one.message_id for one in decided if one.message_id is not None} - set(shown)
        messages = shown | lookups.messages_by_number(session, numbers)
        items = {
            number: tuple(item for item in nudges.items_of(session, number) if item.lead_key in keys)
            for number in messages
        }
        elsewhere = tuple(
            (telling, message)
            for telling in lookups.told_elsewhere(session, keys)
            if telling.at <= now and (message := _message_of(session, agreement, telling)) is not None
        )
        everyone = people.everyone(session)
        return cls(
            agreement=agreement,
            decided=decided,
            messages={key: one for key, one in messages.items() if one.created_at <= now},
            items=items,
            elsewhere=elsewhere,
            briefs=tuple(one for one in lookups.briefs_naming(session, keys) if one.created_at <= now),
            silence={clock.cycle: clock.quiet_before for clock in clocks.of_leads(session, keys)},
            imports=frozenset(
                lead.columns["quiet_before"] for lead in contact.leads if lead.columns["quiet_before"]
            ),
            names={person.email: person.name for person in everyone if person.name},
            managers={person.email: person.manager_email for person in everyone},
            now=now,
        )

    def name(self, email: str) -> str:
        """A person's name, else the e-mail."""
        return self.names.get(email, email)


def steps_of(told: Told, story: Story) -> list[StepFacts]:
    """Every step of a cycle and every other message about it, in the order in which they fell due."""
    cycle = story.cycle
    decided = {one.step: one for one in told.decided if one.cycle == cycle.number}
    planned = {step.key: step for step in cycle.steps}
    rule = cycle.agreement.reminders
    agreed = rules.escalation(
        cycle.agreement.calendar,
        cycle.life.started_at,
        cycle.life.tier,
        rule.steps,
        rule.at_risk,
        cycle.moving,
    )
    every = {step.key: step for step in agreed} | planned
    found = [_decided(told, one, story) for one in decided.values()]
    found += [
        _undecided(told, story, step, planned=key in planned)
        for key, step in every.items()
        if key not in decided
    ]
    found += [_telling(told, *pair) for pair in told.elsewhere if cycle.span.holds(pair[0].at)]
    found += [_brief(told, message) for message in told.briefs if cycle.span.holds(message.created_at)]
    return sorted(found, key=lambda one: (one.due_at, one.at or one.due_at))


def loose_messages(told: Told, stories: Sequence[Story]) -> list[StepFacts]:
    """Messages about the lead that belong to no cycle."""
    numbers = {story.cycle.number for story in stories}
    found = [_decided(told, one, None) for one in told.decided if one.cycle not in numbers]
    if not stories:
        found += [_telling(told, *pair) for pair in told.elsewhere]
        found += [_brief(told, message) for message in told.briefs]
    known = {one.message_id for one in told.decided}
    for number, message in told.messages.items():
        if number not in known and told.items[number]:
            step = told.items[number][0].step
            base = StepFacts(
                message.key, f"{title_of(step)}, shown again", "owner", message.created_at, "sent"
            )
            found.append(_delivered(told, base, message, message.created_at))
    return sorted(found, key=lambda one: (one.due_at, one.key))


# --- steps that were decided ---


def _once(decided: Iterable[Decided]) -> tuple[Decided, ...]:
    """What was decided for one lead of a contact is shared with the others: the first decision of each step."""
    found: dict[tuple[int, str], Decided] = {}
    for one in decided:
        found.setdefault((one.cycle, one.step), one)
    return tuple(found.values())


def _decided(told: Told, one: Decided, story: Story | None) -> StepFacts:
    base = StepFacts(
        one.step, title_of(one.step), _to(told, one.step), one.due_at, "sent", message=one.message_id
    )
    if one.outcome != "queued" or one.message_id is None:
        outcome: StepOutcome = "silent" if one.outcome == "silent" else "skipped"
        return replace(base, outcome=outcome, at=one.decided_at, reason=one.reason)
    message = told.messages.get(one.message_id)
    if message is None:
        return replace(base, outcome="dropped", reason="the message is not known any more")
    items = [item for item in told.items.get(message.id, ()) if item.cycle == one.cycle]
    owner = _owner_at(story, one.decided_at) if story is not None else None
    base = replace(base, instead_of=_instead_of(told, one.step, owner, message))
    found = _delivered(told, base, message, one.decided_at)
    if found.outcome in {"sent", "waiting"} and not items:
        return replace(found, outcome="dropped", at=None, held_until=None, reason=_ANSWERED)
    if found.outcome in {"sent", "waiting"} and one.step not in {item.step for item in items}:
        found = replace(found, together=title_of(items[0].step))
    return _snoozed(found, story, one) if found.reason is None else found


def _snoozed(found: StepFacts, story: Story | None, one: Decided) -> StepFacts:
    """A snooze that held a step back is the reason why it came late."""
    for answer in story.answers if story is not None else ():
        if answer.kind == "snoozed":
            until = datetime.fromisoformat(answer.data["until"])
            if answer.at <= one.due_at < until <= one.decided_at:
                return replace(found, held_until=until, reason="snoozed")
    return found


def _delivered(told: Told, base: StepFacts, message: Message, decided_at: datetime) -> StepFacts:
    """A step as its message stands."""
    person = message.target.removeprefix(PERSON)
    direct = person != message.target
    base = replace(
        base, where=told.name(person) if direct else message.target, direct=direct, message=message.id
    )
    held = held_by(message)
    sent_at = message.sent_at if message.sent_at is None or message.sent_at <= told.now else None
    waited_from = decided_at if sent_at is not None else max(decided_at, told.now)
    if held is not None and held.until > waited_from:
        base = replace(base, held_until=held.until, reason=held.reason)
    if sent_at is not None:
        added = decided_at if decided_at > sent_at else None
        return replace(base, outcome="sent", at=sent_at, added_at=added)
    if message.state in {"pending", "retry"} or message.sent_at is not None:
        later = message.next_at if message.next_at > told.now and message.sent_at is None else None
        reason = base.reason or (message.error if message.state == "retry" else None)
        return replace(base, outcome="waiting", at=later, reason=reason)
    outcomes: dict[str, StepOutcome] = {"dead": "failed", "cancelled": "dropped", "stale": "dropped"}
    return replace(
        base, outcome=outcomes.get(message.state, "sending"), at=None, held_until=None, reason=message.error
    )


def _owner_at(story: Story, at: datetime) -> str | None:
    return story.cycle.life.owner_at(at) or story.cycle.owner


def _instead_of(told: Told, step: str, owner: str | None, message: Message) -> str | None:
    """Whom a message was meant for, where it went to somebody else."""
    to = _receiver(step)
    if to == "channel":
        return None
    meant = {"owner": owner, "manager": told.managers.get(owner or "")}.get(to, to)
    if meant is None:
        return f"the {to}" if message.target == told.agreement.reminders.channel else None
    return None if message.target == PERSON + meant else told.name(meant)


# --- steps that were not ---


def _undecided(told: Told, story: Story, step: StepAt, *, planned: bool) -> StepFacts:
    base = StepFacts(step.key, title_of(step.key), _to(told, step.key), step.due_at, "to come", at=step.at)
    silence = told.silence.get(story.cycle.number)
    if silence is not None and step.due_at < silence:
        words = "imported" if silence in told.imports else "received"
        return replace(base, outcome="silent", at=silence, reason=words)
    if planned:
        if step.at > story.now:
            held = step.at if step.at > step.due_at else None
            return replace(base, held_until=held, reason="snoozed" if held else None)
        return replace(base, outcome="due")
    cycle = story.cycle
    over: list[tuple[datetime | None, StepOutcome]] = [
        (cycle.stop.at if cycle.stop is not None else None, "contacted"),
        (cycle.said_at, "said"),
        (cycle.life.ended_at, "ended"),
        (cycle.commitment.exhausted_at, "exhausted"),
    ]
    known = [(at, outcome) for at, outcome in over if at is not None]
    if not known:
        return replace(base, outcome="not due", at=None)
    at, outcome = min(known, key=lambda pair: pair[0])
    return replace(base, outcome=outcome, at=at)


# --- other messages ---


def _message_of(session: Session, agreement: Agreement, telling: Telling) -> Message | None:
    if telling.kind == "handed_over":
        return outbox.by_key(session, f"handover:{telling.number}")
    return outbox.by_key(session, f"feedback:{day_of(telling.at, agreement).isoformat()}:1")


def _telling(told: Told, telling: Telling, message: Message) -> StepFacts:
    if telling.kind == "handed_over":
        who = told.name(telling.data["to"])
        what, to = f"{who} was asked to take the lead over", who
    else:
        what, to = "Marketing was told that it is not a fit", "channel"
    if telling.state == "undone":
        what += " (taken back later)"
    base = StepFacts(message.key, what, to, telling.at, "sent")
    return _delivered(told, base, message, telling.at)


def _brief(told: Told, message: Message) -> StepFacts:
    what = "Marketing was asked for its asset or campaign"
    return _delivered(
        told, StepFacts(message.key, what, "channel", message.created_at, "sent"), message, message.created_at
    )


# --- words ---


def _receiver(step: str) -> str:
    """`owner`, `manager`, `channel` or an e-mail."""
    at, _, to = step.partition(":")
    return to if at == "at_risk" or at.startswith("breach") else "owner"


def _to(told: Told, step: str) -> str:
    to = _receiver(step)
    return told.names.get(to, to)
