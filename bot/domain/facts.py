"""What a message is made of: plain values that the flows gather and the renderers draw."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal

from bot.domain.money import Money


@dataclass(frozen=True, slots=True)
class Named:
    """A person as messages show them: a mention if Slack knows them, else the name, else the e-mail."""

    email: str
    name: str | None = None
    slack_id: str | None = None


LeadState = Literal[
    "new",
    "at_risk",
    "breached",
    "follow_up",
    "callback",
    "intent",
    "snoozed",
    "said",
    "logged",
    "seen",
    "not_a_fit",
    "handed_over",
    "reassigned",
    "closed",
]
"""How a lead in a reminder stands: the first six wait for an answer, `snoozed` will again, the others are settled."""


@dataclass(frozen=True, slots=True)
class LeadWorth:
    """What a lead is worth by own history: the average over `cases` leads; `few` where these are under 30."""

    amount: Money
    cases: int
    few: bool


@dataclass(frozen=True, slots=True)
class NudgeLead:
    """One lead in a reminder."""

    ref: str
    """Opaque reference carried by the buttons."""
    name: str | None
    company: str | None
    email: str | None
    url: str | None
    source: str | None
    """How they came, in words already chosen from the record: the asset, else campaign, else channel."""
    due: datetime
    """When the contact was promised (UTC); for `intent` when they showed it, for `callback` when they wished to be
    called, for `snoozed` the end of the snooze."""
    state: LeadState
    owner: Named | None = None
    """Shown only where the reminder goes to somebody else than the owner."""
    nobody: bool = False
    """Whether nobody owns the lead."""
    since: tuple[str, ...] = ()
    """What they touched since they came, in words already chosen, the latest last."""
    worth: LeadWorth | None = None
    attempt: int = 1
    """Which contact is due, of `attempts` agreed."""
    attempts: int = 1
    intent: str | None = None
    """What they asked for or did, for `intent`; also where a contact is due and they asked for one besides."""
    intent_at: datetime | None = None
    """When they did (UTC), where a contact is due besides."""
    answer: str | None = None
    """More of the answer, as typed or chosen by a person: the outcome of a contact, the reason of a bad fit; for
    `closed` why nothing is owed any more."""
    hand_over: Literal["offered", "declined"] | None = None
    """Whether somebody was asked to take the lead over, or said no; `to` is that person."""
    to: Named | None = None
    undo: str | None = None
    """Opaque reference of the answer, while it can be taken back."""
    offer: bool = False
    """Whether the agreement offers the hand-over at this step."""
    fresh: bool = False
    """Whether nobody was reminded of the lead before, for `new`."""


@dataclass(frozen=True, slots=True)
class Nudge:
    """One reminder: all that is due for one person, or in the fallback channel."""

    to_channel: bool
    zone: str
    """IANA zone for the plain-text times."""
    leads: tuple[NudgeLead, ...]
    more: int
    """How many leads are due beyond those shown."""
    at_stake: Money | None = None
    """What the waiting leads are worth together, where that is known of any; None otherwise."""


HandOverState = Literal["offered", "accepted", "declined", "withdrawn", "settled"]


@dataclass(frozen=True, slots=True)
class HandOver:
    """Somebody is asked to take over a lead. `asked_by` is shown by name, never mentioned."""

    ref: str
    lead: str
    company: str | None
    url: str | None
    source: str | None
    asked_by: str | None
    reason: str | None
    due: datetime | None
    """When the first contact is or was promised (UTC); None where it was made."""
    zone: str
    state: HandOverState
    """`settled`: the lead was answered before this person did."""
    line: NudgeLead | None = None
    """The lead as its new owner's reminder, for `accepted`."""


@dataclass(frozen=True, slots=True)
class PipelineRow:
    """Open deals of one stage. Money is in the report's currency."""

    stage: str | None
    count: int
    amount: Money
    weighted: Money


@dataclass(frozen=True, slots=True)
class NotConverted:
    """Deals whose currency has no rate: listed apart, never counted as 0. `amount` is a decimal string."""

    currency: str | None
    count: int
    amount: str


@dataclass(frozen=True, slots=True)
class PipelineView:
    """The answer to `/pipeline`."""

    whose: str
    """`team`, or the person's shown name."""
    rows: tuple[PipelineRow, ...]
    total: PipelineRow
    win_rate: float | None
    cycle_days_median: float | None
    velocity_per_day: Decimal | None
    not_converted: tuple[NotConverted, ...]
    unknown_stages: tuple[str, ...]
    as_of: datetime


@dataclass(frozen=True, slots=True)
class Notice:
    """A private word to the admins: something needs a hand. `advice` says what to do."""

    what: str
    advice: str
