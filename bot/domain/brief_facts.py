"""What marketing is told: the daily brief, and the leads that were not a fit. Plain values, as in `domain.facts`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date  # noqa: TC003  # the tests build facts from their annotations

from bot.domain.money import Money  # noqa: TC001  # likewise


@dataclass(frozen=True, slots=True)
class BlindLead:
    """A lead that reached sales, and nobody knows what brought them."""

    name: str | None
    company: str | None
    email: str | None
    url: str | None


@dataclass(frozen=True, slots=True)
class Shortfall:
    """A promise behind pace: numbers of leads, or what they are worth; all amounts of one kind."""

    channel: str | None
    """None for all channels."""
    period: str
    """`week`, `month`, `quarter` or `year`."""
    actual: int | Money
    expected: int | Money
    """By the end of today; of leads the whole number that would have been enough."""
    target: int | Money
    needed: int | Money | None
    """What each working day after today must bring, leads rounded up; None where none is left in the period."""


@dataclass(frozen=True, slots=True)
class Brief:
    """The one message a working day to marketing. At least one of `leads` and `behind` is not empty."""

    day: date
    """In the agreement's zone."""
    leads: tuple[BlindLead, ...]
    more: int
    """How many such leads there are beyond those named."""
    behind: tuple[Shortfall, ...]


@dataclass(frozen=True, slots=True)
class NotAFit:
    """What somebody answered about a lead, without saying who."""

    name: str | None
    company: str | None
    email: str | None
    url: str | None
    source: str | None
    """How they came: the asset, else campaign, else channel."""
    reason: str | None
    words: str | None
    deleted: bool = False
    """The lead was deleted since: who it was and what was written about it is not shown any more."""


@dataclass(frozen=True, slots=True)
class Feedback:
    """The leads of one day that were not a fit, the latest answer first; none if all of it was taken back."""

    day: date
    """In the agreement's zone."""
    leads: tuple[NotAFit, ...]
    more: int
    """How many there are beyond those shown, all earlier."""
