"""What is known of a contact, and each of its cycles as an agreement computes it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import datetime

    from bot.domain.agreement import Agreement, Tier
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
    """One contact attempt: `seen` in the CRM or `said` by the owner; `reached` where the lead was spoken with.

    `asked` is which contact a mere word that it was made answers; None where the attempt has a time of its own.
    """

    at: datetime
    how: str
    kind: str | None
    reached: bool
    asked: int | None = None


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
    """One cycle as an agreement computes it. `agreement` is the version that judged the first contact.

    Its follow-up is judged by `followed`; `counted` are the attempts that count for it, in the order of time. Of the
    `pauses`, which stop the follow-up's time, those in `moving` move the due instant of the first contact.
    """

    span: Span
    life: Life
    agreement: Agreement
    followed: tuple[Agreement, Tier]
    plan: Plan
    commitment: FollowUp
    stop: Stop | None
    attempts: tuple[Attempt, ...]
    counted: tuple[datetime, ...]
    pauses: tuple[Pause, ...]
    moving: tuple[Pause, ...]
    snoozed_until: datetime | None
    owner: str | None
    owner_since: datetime | None
    breached_owner: str | None
    steps: tuple[StepAt, ...]
    over_at: datetime | None = None
    """When the lead replied, was qualified or left sales' hands, whichever was first."""

    @property
    def number(self) -> int:
        """Its place among the contact's cycles, from 1."""
        return self.span.number

    @property
    def said_at(self) -> datetime | None:
        """When its owner first said that a contact was made, whether their word counts by the agreement or not."""
        return min((a.at for a in self.attempts if a.how == "said" and self.span.counts(a.at)), default=None)

    @property
    def answered_at(self) -> datetime | None:
        """When the first contact was made, or said to be: nothing asks for it from then on."""
        at, said_at = self.stop.at if self.stop is not None else None, self.said_at
        return min((instant for instant in (at, said_at) if instant is not None), default=None)

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
