"""The steps of a clock: who is reminded when, and which of those due are sent now.

Each (lead, cycle, step) is decided at most once, ever. A step that was missed is not made up for if a later one of
the agreement is due as well: only the latest that still stands is sent.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from bot.domain.clocks import part
from bot.domain.worktime import due

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from datetime import timedelta
    from decimal import Decimal

    from bot.domain.agreement import Step, Tier
    from bot.domain.worktime import Calendar, Pause


@dataclass(frozen=True, slots=True)
class StepAt:
    """A step: when it falls due, and when it is told at the earliest (UTC; later where a snooze holds it).

    `to` is `owner`, `manager`, `channel` or an e-mail. `missable` is a step of the agreement's escalation, of which
    only the latest missed one is sent; others (a new lead, the end of a snooze, a follow-up) are each sent. It is
    `overtaken_at` the due instant of a later step that was decided before it.
    """

    key: str
    due_at: datetime
    at: datetime
    to: str
    missable: bool = False
    overtaken_at: datetime | None = None

    def packed(self) -> list[Any]:
        """The step as plain values, to be stored."""
        return [self.key, self.due_at.isoformat(), self.at.isoformat(), self.to, self.missable]

    @classmethod
    def unpacked(cls, values: Sequence[Any]) -> StepAt:
        """The step that was `packed`."""
        key, due_at, at, to, missable = values
        return cls(key, datetime.fromisoformat(due_at), datetime.fromisoformat(at), to, bool(missable))


INTENT: Final = "intent:"
"""Begins the key of a step that tells of a touch with intent: `intent:<kind>:<touch>`, once more `...#snoozed-12`."""
CALLBACK: Final = "callback-"
"""Begins the key of a step that asks for the call that the lead had wished: `callback-<answer>#<attempt>`."""
_AGAIN: Final = re.compile(r"#(snoozed|declined)-\d+$")
_NUMBERED: Final = re.compile(r"attempt-(\d+)|(?:callback|snoozed|declined)-\d+#(\d+)")


def attempt_of(key: str) -> int:
    """Which contact a step asks for (`attempt-3`, `snoozed-12#2`); every other step asks for the first."""
    found = _NUMBERED.fullmatch(key)
    return int(found[1] or found[2]) if found else 1


def asked_again(what: str, asked: str, attempt: int) -> str:
    """The key of a step that asks again for what `asked` asked for: `what` (`snoozed-12`) made it come back."""
    return f"{asked}#{what}" if asked.startswith(INTENT) else f"{what}#{attempt}"


def came_back(key: str) -> str | None:
    """What made a step of a touch with intent come back: `snoozed` or `declined`; None for every other step."""
    found = _AGAIN.search(key) if key.startswith(INTENT) else None
    return found[1] if found else None


def is_news(key: str) -> bool:
    """Whether a step tells of a touch with intent for the first time; no clock carries such a step."""
    return key.startswith(INTENT) and came_back(key) is None


def owner_step(key: str, at: datetime) -> StepAt:
    """A step to the owner that is sent in any case."""
    return StepAt(key, at, at, "owner")


@dataclass(frozen=True, slots=True)
class Decision:
    """What is to be done with a clock's steps: those to send, and those missed for good."""

    send: tuple[StepAt, ...]
    skip: tuple[StepAt, ...]


def escalation(
    calendar: Calendar,
    started_at: datetime,
    tier: Tier,
    steps: Iterable[Step],
    at_risk: Decimal,
    pauses: Sequence[Pause] = (),
) -> tuple[StepAt, ...]:
    """The agreement's steps for a first contact with their instants, in the order of time."""
    found = []
    for step in steps:
        at = due(calendar, started_at, part(tier.first_contact, step.share(at_risk)), pauses)
        found.append(StepAt(step.key, at, at, step.to, missable=True))
    return tuple(sorted(found, key=lambda each: (each.at, each.key)))


def too_late_for_an_owner(agreed: Iterable[StepAt], since: datetime) -> bool:
    """Whether whoever owns a lead from an instant on came after the last of the agreement's steps to the owner.

    They would never hear of it: they are told as of a new lead.
    """
    last = max((step.due_at for step in agreed if step.to == "owner"), default=None)
    return last is not None and last < since


def waiting(
    steps: Iterable[StepAt], decided: Collection[str], quiet_before: datetime | None
) -> tuple[StepAt, ...]:
    """The steps still to be decided: neither decided before, nor due before the lead was known.

    Each with the later step that overtook it, where the agreement got it only after that one was told.
    """
    known = tuple(steps)
    told = [step for step in known if step.missable and step.key in decided]
    return tuple(
        _beside(step, told)
        for step in known
        if step.key not in decided and (quiet_before is None or step.due_at >= quiet_before)
    )


def _beside(step: StepAt, told: Sequence[StepAt]) -> StepAt:
    """A step that waits, beside what was decided; what somebody else was told does not tell the owner."""
    if not step.missable:
        return step
    later = [
        one.due_at for one in told if one.due_at > step.due_at and (step.to != "owner" or one.to == "owner")
    ]
    return replace(step, overtaken_at=min(later)) if later else step


def held_until(steps: Iterable[StepAt], until: datetime | None) -> tuple[StepAt, ...]:
    """The steps while a snooze lasts: what falls due before its end waits for it."""
    if until is None:
        return tuple(steps)
    return tuple(replace(step, at=max(step.at, until)) for step in steps)


def decide(steps: Sequence[StepAt], now: datetime, bundle: timedelta) -> Decision:
    """Which of the waiting steps are sent at `now`, and which are missed for good.

    Where nothing is due yet, what the owner is told next comes along if it falls due within `bundle`, so that it
    needs no message of its own. What was overtaken is missed.
    """
    due_now = [step for step in steps if step.at <= now]
    if not due_now:
        near = [step for step in steps if step.at <= now + bundle and step.overtaken_at is None]
        soon = [step for step in near if step.to == "owner"]
        first = min(soon, key=lambda step: step.at, default=None)
        return Decision((first,) if first is not None else (), ())
    missable = [step for step in due_now if step.missable]
    standing = [step for step in missable if step.overtaken_at is None or step.overtaken_at > now]
    latest = max((step.due_at for step in standing), default=None)
    send = tuple(
        step for step in due_now if not step.missable or (step in standing and step.due_at == latest)
    )
    return Decision(send, tuple(step for step in missable if step not in send))
