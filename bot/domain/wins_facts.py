"""What the answers to `/wins` are made of: the wins of a time with both sides' parts, and one deal explained."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime  # noqa: TC003  # the tests build facts from their annotations
from fractions import Fraction  # noqa: TC003  # likewise
from typing import Literal

from bot.domain.facts import Named, NotConverted  # noqa: TC001  # likewise
from bot.domain.money import Money  # noqa: TC001  # likewise
from bot.domain.win_facts import GoalProgress, WinKind, WinStatus  # noqa: TC001  # likewise


@dataclass(frozen=True, slots=True)
class Source:
    """A marketing asset or campaign that somebody asks about, as it is written first."""

    kind: Literal["asset", "campaign"]
    name: str


@dataclass(frozen=True, slots=True)
class WonLine:
    """One win in a list."""

    deal_name: str | None
    deal_id: str
    customer: str | None
    url: str | None
    kind: WinKind | None
    won_on: date
    amount: Money | None
    """In the agreement's currency; None where it could not be converted, or none was told."""
    told: Money | None
    """As it was won, where that is another currency."""
    told_text: str | None
    """As it was told, where its currency does not exist (`12500 ABC`)."""
    owner: Named | None
    source: str | None
    """The first asset that touched the customer, else campaign, else channel; None: unattributed."""
    sources: int
    """How many different ones there are."""
    part: Money | None = None
    """The part of whoever is asked about; None where the answer is about all."""
    churned: bool = False


@dataclass(frozen=True, slots=True)
class BoardLine:
    """Somebody's or something's part of the wins. `rank` is None where single people are not ranked."""

    rank: int | None
    who: Named | str
    amount: Money
    wins: int


@dataclass(frozen=True, slots=True)
class Side:
    """One side's parts. `rest` are those with no name on this side (an owner who is not known, no touch)."""

    lines: tuple[BoardLine, ...]
    more: int = 0
    """How many have a part beyond those shown."""
    more_amount: Money | None = None
    """Their parts, added up."""
    rest: tuple[BoardLine, ...] = ()


@dataclass(frozen=True, slots=True)
class GoalPace:
    """How far a goal is reached in its present period, and whether that is on its way."""

    goal: GoalProgress
    state: Literal["ahead", "on pace", "behind"] | None
    """None before the first working day of the period."""
    expected: Money | None
    needed_per_working_day: Money | None
    """What each working day after today must bring; None where none is left."""


@dataclass(frozen=True, slots=True)
class Corrected:
    """What became of wins after the month they count in had closed: how many were corrected, and by how much in all."""

    wins: int
    amount: Money
    first: date
    last: date
    """The days of the earliest and the latest correction."""


@dataclass(frozen=True, slots=True)
class WinsView:
    """The answer to `/wins`. Amounts are in the agreement's currency but where they say otherwise."""

    whose: Literal["mine", "team"] | Named | Source
    span: Literal["today", "week", "month", "quarter"]
    since: date
    zone: str
    count: int
    amount: Money
    kept: Money
    """The amount of those whose deal has not churned."""
    part: Money | None
    """What of the amount is credited to whoever is asked about; None where the answer is about all."""
    wins: tuple[WonLine, ...]
    """The latest first."""
    more: int
    sales: Side
    marketing: Side
    goals: tuple[GoalPace, ...]
    not_converted: tuple[NotConverted, ...]
    as_of: datetime
    corrected: Corrected | None = None


# --- one deal's credit explained ---


@dataclass(frozen=True, slots=True)
class TouchPart:
    """A touch that counts, with its part of the win."""

    what: str
    at: datetime
    share: Fraction
    exact: Fraction | None
    """Share x amount in minor units, before rounding; None where there is no amount."""
    amount: Money | None
    odd: bool
    """Whether it got one of the units that rounding down had left over."""
    keys: tuple[str, ...] = ()
    """The milestones whose key touch it is."""
    claim: int | None = None
    """The number of the confirmed claim that it comes from."""


@dataclass(frozen=True, slots=True)
class TouchLeftOut:
    """A touch of the deal's contacts that does not count."""

    what: str
    at: datetime
    why: Literal["after the win", "before the lookback"]


@dataclass(frozen=True, slots=True)
class PersonPart:
    """A person's part of a win; None: an owner who is not known."""

    person: Named | None
    role: str | None
    share: Fraction
    exact: Fraction | None
    amount: Money | None
    odd: bool


@dataclass(frozen=True, slots=True)
class Shares:
    """Who had which part, as the log keeps it."""

    parts: tuple[tuple[str, Fraction], ...]


@dataclass(frozen=True, slots=True)
class StoryChange:
    """One line of the log of a win: what was something else before."""

    at: datetime
    what: str
    was: Money | Shares | datetime | str | None
    now: Money | Shares | datetime | str | None


@dataclass(frozen=True, slots=True)
class WinTold:
    """One win of the deal; what is booked is empty for one that does not stand."""

    number: int
    status: WinStatus
    won_on: date
    won_at: datetime
    ended_at: datetime | None
    owner: Named | None
    kind: WinKind | None
    amount: Money | None
    rate: str | None
    """What one unit of its currency was worth in `converted`'s, kept with the win; None where that is its own."""
    converted: Money | None
    """In the agreement's currency, where that is another and a rate is known."""
    no_rate: bool
    """Whether it cannot be converted, so that figures list it apart."""
    model: str
    numbers: tuple[str, ...]
    """The model's parameters in words, as they were when the win was booked."""
    milestones: tuple[tuple[str, datetime | None], ...]
    """For a model of key touches: each milestone, and when it was; None where it did not happen."""
    touches: tuple[TouchPart, ...]
    left_out: tuple[TouchLeftOut, ...]
    unattributed: Money | None
    """The whole amount, where no touch counts."""
    people: tuple[PersonPart, ...]
    changes: tuple[StoryChange, ...]


@dataclass(frozen=True, slots=True)
class ClaimTold:
    """Credit that somebody said was missing, and what the other side said."""

    number: int
    kind: Literal["asset", "campaign", "person"]
    name: str
    touched_on: date | None
    why: str
    by: Named | None
    at: datetime
    side: str
    state: str
    settled_at: datetime | None
    settled_by: Named | None


@dataclass(frozen=True, slots=True)
class WinStory:
    """The answer to `/wins explain DEAL`."""

    deal_key: str
    deal_name: str | None
    customer: str | None
    url: str | None
    stage: str | None
    churned: date | datetime | None
    """The day on which the customer left, where that has come."""
    zone: str
    as_of: datetime
    wins: tuple[WinTold, ...]
    """The latest first."""
    claims: tuple[ClaimTold, ...]


@dataclass(frozen=True, slots=True)
class DealMeant:
    """A deal that may be meant."""

    key: str
    name: str | None
    won: bool


@dataclass(frozen=True, slots=True)
class UnclearDeal:
    """No single deal is meant by what was typed: none, or several."""

    sought: str
    candidates: tuple[DealMeant, ...]
    more: int
