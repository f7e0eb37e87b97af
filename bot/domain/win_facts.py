"""What the messages about wins are made of: plain values that the flows gather and the renderers draw."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Literal

from bot.domain.facts import Named
from bot.domain.money import Money


@dataclass(frozen=True, slots=True)
class Contribution:
    """Somebody beside the owner who helped to win (`role` as the CRM tells it: `sdr`, `sales engineer` ...)."""

    person: Named
    role: str | None = None
    share: Fraction = Fraction(0)
    """Their part of the win; 0 for somebody who is named without a part of the money."""


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
class GoalProgress:
    """How far a goal is reached. Both amounts are in the agreement's currency; the target is above 0."""

    period: Literal["week", "month", "quarter", "year"]
    name: str
    """The period's identity: `2026-W47`, `2026-11`, `2026-Q4` or `2026`."""
    team: str | None
    """None where it is everybody's goal."""
    won: Money
    target: Money
    without_rate: int = 0
    """Wins that `won` leaves out, because nobody agreed on a rate for their currency."""


@dataclass(frozen=True, slots=True)
class Thanks:
    """A word of thanks about a win, from one person to others."""

    by: Named
    to: tuple[Named, ...]
    words: str


WinKind = Literal["new", "expansion", "renewal"]
WinStatus = Literal["won", "reopened", "lost", "deleted", "merged"]


@dataclass(frozen=True, slots=True)
class WinCard:
    """One card in the wins channel, or one line of a message that lists many."""

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
    status: WinStatus
    kind: WinKind | None = None
    """New business, or more of it or again with a customer one has; None where nobody said."""
    owner_share: Fraction | None = None
    """The owner's part of the win, told where others have a part of it; None where the owner has all."""
    was_amount: Money | None = None
    """The amount first announced, if it is another now."""
    was_owner: Named | None = None
    """The owner first announced, if it is another now."""
    was_credits: tuple[tuple[str, Fraction], ...] | None = None
    """What marketing's part was when it was announced (name and share of each line), if it is another now."""
    was_people: tuple[tuple[Named | None, Fraction], ...] | None = None
    """The people's parts when it was announced, the owner's first (None: nobody knew whose), if they are others now."""
    corrected_on: date | None = None
    """The day of the latest correction, where the month of the win was over by then; None otherwise."""
    goals: tuple[GoalProgress, ...] = ()
    """Up to and including this win."""
    thanks: tuple[Thanks, ...] = ()
    """The earliest first."""
    ref: str | None = None
    """Opaque reference carried by the buttons and choices; None for a card without any."""
    by_hand: bool = False
    """Whether somebody entered it by hand, so that no CRM tells of it."""
    above_is_closed: bool = False
    """Whether this card says in the thread what the message above it should say and cannot any more."""


@dataclass(frozen=True, slots=True)
class WinList:
    """Many wins in one message, in the order in which they were won."""

    wins: tuple[WinCard, ...]
    above_is_closed: bool = False


@dataclass(frozen=True, slots=True)
class WinReply:
    """What changed much about a win, for the thread of its card. What did not change is None in both of its fields."""

    title: str
    """The deal's name, else its customer, else its number."""
    was_amount: Money | None = None
    amount: Money | None = None
    was_owner: Named | None = None
    owner: Named | None = None


@dataclass(frozen=True, slots=True)
class GoalReached:
    """A goal that was reached, as it stands now, and what comes next."""

    goal: GoalProgress
    wins: int
    """Wins of the period that stand."""
    sellers: int
    """People who own one or have a part of one."""
    assets: int
    """Assets, campaigns and channels that have a part of one."""
    next: GoalProgress
    """The larger goal on the way to which this one lies, else the goal of the next period."""
    next_is_larger: bool
    above_is_closed: bool = False
    """Whether this says in the thread what the message above it should say and cannot any more."""
