"""The steps of an open cycle: what the agreement asks for, and what people asked for by their answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from bot.domain import follow_up, steps

if TYPE_CHECKING:
    from bot.domain.steps import StepAt
    from bot.flow.cycle_facts import Cycle
    from bot.store.answers import Answer


@dataclass(frozen=True, slots=True)
class Course:
    """What the steps of an open cycle follow from."""

    cycle: Cycle
    given: tuple[Answer, ...]
    snooze: Answer | None

    @property
    def last(self) -> datetime | None:
        """The last contact attempt."""
        return max((attempt.at for attempt in self.cycle.attempts), default=None)

    @property
    def silenced(self) -> bool:
        """Whether the first contact was made, or said to be."""
        return self.cycle.answered_at is not None

    def untouched_since(self, at: datetime) -> bool:
        """Whether nobody was in contact after an instant."""
        return self.last is None or self.last <= at


def steps_of(course: Course) -> tuple[StepAt, ...]:
    """The steps of an open cycle, in the order of time.

    A lead that was contacted as often as agreed without a reply is reminded of only where somebody asked for it: a
    call-back, or an intent put off.
    """
    found = [*_agreed(course), *_asked_for(course)]
    snooze = course.snooze
    if snooze is not None:
        until = datetime.fromisoformat(snooze.data["until"])
        key = steps.asked_again(f"snoozed-{snooze.id}", snooze.data.get("asked", ""), snooze.data["attempt"])
        found = [*steps.held_until(found, until), steps.owner_step(key, until)]
    if course.cycle.commitment.exhausted_at is not None:
        found = [step for step in found if step.key.startswith((steps.INTENT, steps.CALLBACK))]
    return tuple(sorted(found, key=lambda step: (step.at, step.key)))


def _agreed(course: Course) -> list[StepAt]:
    """The steps of the agreement: to the first contact, or the next one of the follow-up."""
    cycle, counted = course.cycle, course.cycle.counted
    life, agreement, calendar = cycle.life, cycle.agreement, cycle.agreement.calendar
    rule = agreement.reminders
    if course.silenced:
        following = _following(course)
        return [] if following is None else [steps.owner_step(f"attempt-{len(counted) + 1}", following)]
    found = [*steps.escalation(calendar, life.started_at, life.tier, rule.steps, rule.at_risk, cycle.moving)]
    if cycle.owner is not None and cycle.owner_since is not None:
        taken = any(
            a.kind == "handed_over" and a.state == "accepted" and a.settled_at == cycle.owner_since
            for a in course.given
        )
        if not taken and (rule.on_assignment or steps.too_late_for_an_owner(found, cycle.owner_since)):
            found.append(steps.owner_step(f"assigned:{cycle.owner}", max(life.started_at, cycle.owner_since)))
    return found


def _following(course: Course) -> datetime | None:
    """When the next contact after the first is agreed; None where none is owed."""
    cycle, counted = course.cycle, course.cycle.counted
    if cycle.over_at is not None or not counted:
        return None
    return follow_up.next_due(
        cycle.agreement.calendar,
        cycle.life.tier,
        cycle.plan.due_at,
        cycle.commitment.within_at,
        counted,
        cycle.pauses,
    )


def _asked_for(course: Course) -> list[StepAt]:
    """The steps that answers ask for: a call-back that the lead wished, a hand-over that was declined."""
    found = []
    for answer in course.given:
        attempt = answer.data.get("attempt", 1)
        if answer.kind == "logged" and answer.data.get("call_back_at"):
            call_at = datetime.fromisoformat(answer.data["call_back_at"])
            if course.untouched_since(datetime.fromisoformat(answer.data["at"])):
                found.append(steps.owner_step(f"{steps.CALLBACK}{answer.id}#{attempt + 1}", call_at))
        declined = answer.kind == "handed_over" and answer.state == "declined"
        asked = answer.data.get("asked", "")
        owed = asked or _owed(course, attempt)
        if declined and owed and answer.settled_at is not None and course.untouched_since(answer.settled_at):
            key = steps.asked_again(f"declined-{answer.id}", asked, attempt)
            found.append(steps.owner_step(key, answer.settled_at))
    return found


def _owed(course: Course, attempt: int) -> bool:
    """Whether a contact that was asked for is still to be made, whenever the news of it came."""
    if not course.silenced:
        return True
    return len(course.cycle.counted) < attempt and _following(course) is not None
