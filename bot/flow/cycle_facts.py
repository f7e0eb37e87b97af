"""What is known of a contact, and each of its cycles as an agreement computes it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import datetime

    from bot.domain.agreement import Agreement
    from bot.domain.clocks import LeadStatement, Plan, Stop
    from bot.domain.cycles import Life
    from bot.domain.follow_up import FollowUp
    from bot.domain.steps import StepAt
    from bot.domain.worktime import Pause
    from bot.flow.leads import Teams
    from bot.store.answers import Answer
    from bot.store.records import Contact


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
    over_at: datetime | None = None
    """When the lead replied, was qualified or left sales' hands, whichever was first."""

    @property
    def closed_at(self) -> datetime | None:
        """When its first contact was decided: made, no longer owed, or given up."""
        return self.plan.stopped_at or self.life.ended_at


@dataclass(frozen=True, slots=True)
class Span:
    """A cycle's place in a contact's time: what happens from `begins` on and before `ends` counts for it."""

    number: int
    life: Life
    begins: datetime | None
    ends: datetime | None

    def holds(self, at: datetime) -> bool:
        """Whether an instant lies in it."""
        return (self.begins is None or at >= self.begins) and (self.ends is None or at < self.ends)

    def counts(self, at: datetime) -> bool:
        """Whether a contact attempt at an instant is one of this cycle.

        One before the lead's creation is; one between that and a later start of the clock is not.
        """
        life = self.life
        early = life.started_at == life.created_at and at < life.created_at
        return self.holds(at) and (at >= life.started_at or early)
