"""What a message is made of: plain values that the flows gather and the renderers draw."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from bot.domain.money import Money


@dataclass(frozen=True, slots=True)
class Named:
    """A person as messages show them: a mention if Slack knows them, else the name, else the e-mail."""

    email: str
    name: str | None = None
    slack_id: str | None = None


@dataclass(frozen=True, slots=True)
class Contribution:
    """Somebody beside the owner who helped to win (`role` as the CRM tells it: `sdr`, `sales engineer` ...)."""

    person: Named
    role: str | None = None


@dataclass(frozen=True, slots=True)
class CreditLine:
    """A marketing asset's or campaign's part of a win; all three names None means `unattributed`."""

    asset: str | None
    campaign: str | None
    channel: str | None
    share: Fraction
    amount: Money | None
    """None where the deal has no amount in a known currency."""


@dataclass(frozen=True, slots=True)
class StoryTouch:
    """One step of the customer's way: what they touched and on which day (in the agreement's zone)."""

    what: str
    day: date


@dataclass(frozen=True, slots=True)
class WinCard:
    """One card in the wins channel."""

    deal_name: str | None
    deal_id: str
    customer: str | None
    url: str | None
    owner: Named | None
    contributors: tuple[Contribution, ...]
    amount: Money | None
    amount_text: str | None
    """The amount as told, where its currency is unknown (`12500 ABC`); None otherwise."""
    won_on: date
    number: int
    """1 for the first win of the deal; a later win says `again`."""
    credits: tuple[CreditLine, ...]
    """One line an asset, largest share first; repeated touches of one asset are added up."""
    model: str
    story: tuple[StoryTouch, ...]
    story_left_out: int
    status: Literal["won", "reopened", "lost", "deleted", "merged"]
    was_amount: Money | None = None
    """The amount first announced, if it is another now."""
    was_owner: Named | None = None
    """The owner first announced, if it is another now."""


@dataclass(frozen=True, slots=True)
class NudgeLead:
    """One lead in a reminder."""

    ref: str
    """Opaque reference carried by the button."""
    name: str | None
    company: str | None
    email: str | None
    url: str | None
    source: str | None
    """How they came, in words already chosen from the record: the asset, else campaign, else channel."""
    due: datetime
    """When the first contact was promised (UTC)."""
    state: Literal["at_risk", "breached", "said", "seen", "closed"]
    """`said`: the owner pressed Contacted; `seen`: the CRM reports it; `closed`: no contact is needed any more."""
    owner: Named | None = None
    """Shown only where the reminder goes to a channel."""


@dataclass(frozen=True, slots=True)
class Nudge:
    """One reminder: all that is due for one person, or in the fallback channel."""

    to_channel: bool
    zone: str
    """IANA zone for the plain-text times."""
    leads: tuple[NudgeLead, ...]
    more: int
    """How many leads are due beyond those shown."""


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
