"""One lead's clock explained, as values: what was counted, who held the lead, what was answered, what was sent and why.

Every instant is UTC and aware. People are shown names (else e-mails), never mentions; texts may come from outside.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from bot.domain.ledger import Entry

Join = Literal["asked", "same e-mail", "merged", "same contact"]
"""Why a lead belongs to the contact: it was asked for, shares an e-mail, a merge joins them, or others join them."""

HappeningKind = Literal[
    "owned",
    "tier",
    "seen",
    "said",
    "automatic",
    "replied",
    "call back",
    "snoozed",
    "offered",
    "accepted",
    "declined",
    "not a fit",
    "qualified",
    "ended",
]

StepOutcome = Literal[
    "sent",
    "waiting",
    "sending",
    "failed",
    "dropped",
    "skipped",
    "silent",
    "contacted",
    "said",
    "ended",
    "exhausted",
    "not due",
    "due",
    "to come",
]
"""What became of a step.

`sent`; `waiting` in the outbox (held or not); `sending`, or its fate is looked up; `failed`: Slack does not take it;
`dropped` before it was sent; `skipped` for a later step; `silent`: due before the lead was known; not due any more
because the lead was `contacted`, the owner `said` so, it `ended`, the attempts are `exhausted`, or `not due` by what is
known now; `due` and not yet looked at; `to come`.
"""


@dataclass(frozen=True, slots=True)
class LeadOfContact:
    """One lead of the contact. `merged_into` is the key of the lead that took it in."""

    key: str
    joined_by: Join
    merged_into: str | None
    state: Literal["known", "only named", "deleted", "forgotten"]
    created_at: datetime | None
    received_at: datetime | None


@dataclass(frozen=True, slots=True)
class TierFacts:
    """The tier of a cycle and what matched; `matched` is empty where it takes every lead."""

    name: str
    matched: tuple[str, ...]
    first_contact: timedelta


@dataclass(frozen=True, slots=True)
class AgreementFacts:
    """The version of the agreement that judges a cycle; `until` is when it was replaced, None for the present one."""

    name: str
    since: datetime | None
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Contacted:
    """What stopped a clock: `seen` in the CRM or `said` by the owner; `logged_at` is when Winbell got to know it."""

    at: datetime
    how: Literal["seen", "said"]
    kind: str | None
    by: str | None
    logged_at: datetime | None


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that happened to a cycle.

    `who` is the person concerned (the owner, who called, who is asked), `by` the one who answered in Slack. `until` is
    the end of a snooze or a pause. `counts` is False for a contact that is none by the agreement or too close to
    another, for a reply of a kind that is none, for a wish to be called later that moves no promise, and for another
    `tier` (its name in `more`) that came with or after the first contact. What is `automatic` was sent by a machine,
    what `replied` came from the lead: neither is a contact attempt.
    """

    at: datetime
    kind: HappeningKind
    who: str | None = None
    by: str | None = None
    until: datetime | None = None
    more: str | None = None
    logged_at: datetime | None = None
    counts: bool = True


@dataclass(frozen=True, slots=True)
class AttemptFacts:
    """One contact of the follow-up commitment: when it was due, and when it was made, if it was."""

    number: int
    due_at: datetime
    made_at: datetime | None


@dataclass(frozen=True, slots=True)
class FollowUpFacts:
    """The follow-up commitment, where the tier agrees on more than one contact."""

    state: Literal["open", "kept", "broken"]
    agreed: int
    made: int
    within_at: datetime
    decided_at: datetime | None
    exhausted_at: datetime | None
    attempts: tuple[AttemptFacts, ...]


@dataclass(frozen=True, slots=True)
class StepFacts:
    """A step of the agreement, or another message about the lead, and what became of it.

    `at` is when it was sent, will be looked at, or when what settled it happened. `where` is where the message went or
    waits to go, `instead_of` whom it was meant for if that is somebody else (`the manager`: there is none).
    `added_at`: the message was there already; `together`: the lead was in it for this later step as well.
    """

    key: str
    what: str
    to: str
    due_at: datetime
    outcome: StepOutcome
    at: datetime | None = None
    where: str | None = None
    direct: bool = False
    instead_of: str | None = None
    added_at: datetime | None = None
    held_until: datetime | None = None
    reason: str | None = None
    together: str | None = None
    message: int | None = None


@dataclass(frozen=True, slots=True)
class CycleFacts:
    """One cycle of the contact's clock.

    `begins` tells why the clock started when it did. `counted_until` is the end of the ledger, `counts_to` what that
    is. `over` is the working time beyond the promise, where it was missed. `zone` is that of the working hours.
    """

    number: int
    lead_key: str
    created_at: datetime
    started_at: datetime
    begins: Literal["created", "matched", "returned"]
    zone: str
    tier: TierFacts
    agreement: AgreementFacts
    at_risk_at: datetime
    due_at: datetime
    state: Literal["running", "met", "breached", "closed"]
    at_risk: bool
    ledger: tuple[Entry, ...]
    counted_until: datetime
    counts_to: Literal["contact", "end", "now"]
    counted: timedelta
    over: timedelta | None
    contact: Contacted | None
    corrected: bool
    owner: str | None
    breached_owner: str | None
    ended_at: datetime | None
    snoozed_until: datetime | None
    follow_up: FollowUpFacts | None
    happenings: tuple[Happening, ...]
    steps: tuple[StepFacts, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """One lead's clock, line by line. `note` says why there is no clock, where there is none.

    `messages` are those that belong to no cycle.
    """

    lead_key: str
    name: str
    company: str | None
    zone: str
    as_of: datetime
    leads: tuple[LeadOfContact, ...]
    cycles: tuple[CycleFacts, ...]
    messages: tuple[StepFacts, ...]
    note: str | None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A lead that somebody may have meant."""

    key: str
    name: str
    company: str | None


@dataclass(frozen=True, slots=True)
class Unclear:
    """The words of the asker name no lead, or several: these `candidates`, and `more` beyond them."""

    sought: str
    candidates: tuple[Candidate, ...]
    more: int = 0
