"""What happened to one cycle of a clock: who held the lead, who tried to reach it, what people answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from bot.domain import clocks as rules
from bot.domain import follow_up
from bot.domain.explain_facts import AttemptFacts, FollowUpFacts, Happening
from bot.domain.ledger import Stopped
from bot.store import lookups, records

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bot.domain.explain_facts import HappeningKind
    from bot.flow.cycle_facts import Attempt, Cycle, Facts
    from bot.store.answers import Answer
    from bot.store.database import Session

LATER: Final = timedelta(minutes=1)
"""What becomes known within so short a time after it happened is told at once."""
_CALL_BACK: Final = "they asked to be called later"


@dataclass(frozen=True, slots=True)
class Made:
    """An act behind a contact attempt, with who did it and, where that was later, when Winbell got to know it."""

    at: datetime
    how: str
    kind: str | None
    by: str | None
    known_at: datetime | None


@dataclass(frozen=True, slots=True)
class Story:
    """A cycle with the answers that belong to it, and who made which contact; `name` names a person."""

    cycle: Cycle
    facts: Facts
    answers: tuple[Answer, ...]
    made: tuple[Made, ...]
    name: Callable[[str | None], str | None]
    now: datetime

    @property
    def pauses(self) -> tuple[Stopped, ...]:
        """The pauses that move the promise, with their reasons."""
        return tuple(Stopped(since, until, _CALL_BACK) for since, until in self.cycle.moving)


def made_of(session: Session, facts: Facts) -> tuple[Made, ...]:
    """Who did what, of all that can be a contact attempt."""
    found = []
    for act in facts.activities:
        stored = records.load(session, "activity", act["key"])
        events = {str(stamp[2]) for stamp in stored.record.stamps.values()}
        received = lookups.received_at(session, act["key"].partition("/")[0], events)
        late = received is not None and received > act["at"] + LATER
        found.append(
            Made(act["at"], "seen", act["kind"], stored.columns["by_email"], received if late else None)
        )
    for answer in facts.answers:
        if answer.kind == "contacted":
            found.append(Made(answer.at, "said", None, answer.by_email, None))
        elif answer.kind == "logged":
            at = datetime.fromisoformat(answer.data["at"])
            late = answer.at > at + LATER
            found.append(Made(at, "said", answer.data["kind"], answer.by_email, answer.at if late else None))
    return tuple(found)


def follow_up_facts(story: Story) -> FollowUpFacts | None:
    """The follow-up commitment contact by contact; None where the tier asks for the first one alone."""
    cycle = story.cycle
    (agreement, tier), commitment, made = cycle.followed, cycle.commitment, cycle.counted
    if tier.attempts == 1:
        return None
    attempts = []
    for number in range(min(len(made) + 1, tier.attempts)):
        due_at = follow_up.next_due(
            agreement.calendar, tier, cycle.plan.due_at, commitment.within_at, made[:number], cycle.pauses
        )
        done = made[number] if number < len(made) else None
        if due_at is not None and (done is not None or commitment.next_due is not None):
            attempts.append(AttemptFacts(number + 1, due_at, done))
    return FollowUpFacts(
        state=commitment.state,
        agreed=tier.attempts,
        made=commitment.attempts,
        within_at=commitment.within_at,
        decided_at=commitment.decided_at,
        exhausted_at=commitment.exhausted_at,
        attempts=tuple(attempts),
    )


def happenings(story: Story) -> tuple[Happening, ...]:
    """All that happened to a cycle, in the order of time."""
    found = [
        *_owners(story),
        *_tiers(story),
        *_attempts(story),
        *_no_attempts(story),
        *_answers(story),
        *_ends(story),
    ]
    return tuple(sorted(found, key=lambda one: (one.at, one.kind == "owned")))


def _owners(story: Story) -> Iterator[Happening]:
    cycle = story.cycle
    held = [
        one for one in cycle.life.owners if cycle.life.ended_at is None or one.since < cycle.life.ended_at
    ]
    before = [one for one in held if one.since <= cycle.life.started_at]
    told = [*before[-1:], *(one for one in held if one.since > cycle.life.started_at)]
    for one in told:
        if one.owner is not None or one is not told[0]:
            yield Happening(one.since, "owned", who=story.name(one.owner))
    known = bool(told) and told[-1].owner is not None
    if not known and cycle.owner is not None and cycle.owner_since is not None:
        yield Happening(cycle.owner_since, "owned", who=story.name(cycle.owner))


def _tiers(story: Story) -> Iterator[Happening]:
    cycle = story.cycle
    for since, tier in cycle.life.tiers[1:]:
        yield Happening(since, "tier", more=tier.name, counts=cycle.stop is None or since < cycle.stop.at)


def _attempts(story: Story) -> Iterator[Happening]:
    counting, cycle = set(story.cycle.counted), story.cycle
    for attempt in cycle.attempts:
        # A word counts with the contact that it tells of, which the CRM may show at its own time.
        word = attempt.asked is not None and cycle.agreement.contact.owner_word_counts
        made = _made(story, attempt)
        yield Happening(
            attempt.at,
            "seen" if attempt.how == "seen" else "said",
            who=story.name(made.by) if made is not None else None,
            more=attempt.kind,
            logged_at=made.known_at if made is not None else None,
            counts=attempt.at in counting or (word and cycle.span.counts(attempt.at)),
        )


def _no_attempts(story: Story) -> Iterator[Happening]:
    """What the CRM shows that is no contact attempt: a machine's e-mail, a reply, an activity of another kind."""
    cycle, rule = story.cycle, story.cycle.agreement.contact
    life = cycle.life
    own = (
        act
        for act in story.facts.activities
        if cycle.span.holds(act["at"]) and life.created_at <= act["at"] <= (life.ended_at or act["at"])
    )
    for act in own:
        if rules.is_attempt(rule, act["kind"], act["direction"], act["outcome"]):
            continue
        if act["direction"] == "inbound":
            yield Happening(act["at"], "replied", more=act["kind"], counts=act["kind"] in rule.counts)
        else:
            how: HappeningKind = "automatic" if act["outcome"] == "automatic" else "seen"
            yield Happening(act["at"], how, more=act["kind"], counts=False)


def _made(story: Story, attempt: Attempt) -> Made | None:
    wanted = (attempt.at, attempt.how, attempt.kind)
    return next((one for one in story.made if (one.at, one.how, one.kind) == wanted), None)


def _answers(story: Story) -> Iterator[Happening]:
    for answer in story.answers:
        by, data = story.name(answer.by_email), answer.data
        if answer.kind == "snoozed":
            yield Happening(answer.at, "snoozed", by=by, until=datetime.fromisoformat(data["until"]))
        elif answer.kind == "logged" and data.get("call_back_at"):
            at, until = (datetime.fromisoformat(data[name]) for name in ("at", "call_back_at"))
            moves = (at, until) in story.cycle.moving
            yield Happening(at, "call back", by=by, until=until, counts=moves)
        elif answer.kind == "handed_over":
            who = story.name(data["to"])
            yield Happening(answer.at, "offered", who=who, by=by)
            if answer.settled_at is not None and answer.state in {"accepted", "declined"}:
                kind = "accepted" if answer.state == "accepted" else "declined"
                yield Happening(answer.settled_at, kind, who=who)  # type: ignore[arg-type]  # one of the two
        elif answer.kind == "not_a_fit":  # who said so is nobody's business
            yield Happening(answer.at, "not a fit", more=data["reason"])


def _ends(story: Story) -> Iterator[Happening]:
    life = story.cycle.life
    if life.qualified_at is not None and life.qualified_at != life.ended_at:
        yield Happening(life.qualified_at, "qualified", more=_stage(story, life.qualified_at))
    unfit = any(answer.kind == "not_a_fit" and answer.at == life.ended_at for answer in story.answers)
    if life.ended_at is not None and not unfit:
        yield Happening(life.ended_at, "ended", more=_stage(story, life.ended_at))


def _stage(story: Story, at: datetime) -> str | None:
    """The stage of the lead after an instant."""
    stage: Any = None
    for told_at, fields in rules.told(story.facts.told.get(story.cycle.life.lead_key, ())):
        if told_at <= at:
            stage = fields.get("stage")
    return str(stage) if stage is not None else None
