"""What a lead is worth, from own history: the MQL value of the asset, channel or segment that it came by.

MQL value = close rate x average revenue of a won lead = revenue of the won leads / number of leads (domain facts,
funnel figures). Amounts are minor units of a currency.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable

By: TypeAlias = Literal["asset", "channel", "segment"]
BY: Final[tuple[By, ...]] = ("asset", "channel", "segment")
"""What history is kept by, the most specific first."""

FEW: Final = 30
"""A rate of fewer leads than this says little: it is marked, and used only where nothing better is known."""


class Origin(NamedTuple):
    """Where a lead came from, as its record says it."""

    asset: str | None = None
    channel: str | None = None
    segment: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """What became of all `leads` of one asset, channel or segment so far.

    `won` counts those with a won deal whose amount is known; `revenue_minor` is the sum of these deals.
    """

    by: By
    name: str
    leads: int
    won: int
    revenue_minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class Worth:
    """What one lead is worth: `minor` units of `currency`, found from `cases` leads of one asset, channel or segment.

    `few` says that these are fewer than 30.
    """

    minor: int
    currency: str
    by: By
    name: str
    cases: int
    few: bool


def best(candidates: Iterable[Entry]) -> Worth | None:
    """What a lead is worth by the entries of its asset, channel and segment, in any order.

    The most specific entry with at least 30 leads and a win; where there is none, the one with the most leads among
    those with a win. None without any win: nothing is invented. The entries are in one currency.
    """
    known = [entry for entry in candidates if entry.won > 0 and entry.leads > 0]
    if not known:
        return None
    enough = [entry for entry in known if entry.leads >= FEW]
    if enough:
        chosen = min(enough, key=lambda entry: (BY.index(entry.by), entry.name))
    else:
        chosen = min(known, key=lambda entry: (-entry.leads, BY.index(entry.by), entry.name))
    value = rounded(Fraction(chosen.revenue_minor, chosen.leads))
    return Worth(value, chosen.currency, chosen.by, chosen.name, chosen.leads, chosen.leads < FEW)


def rounded(minor: Fraction) -> int:
    """Whole minor units, half up by amount: ties go away from zero, as for all money."""
    size = int(abs(minor) + Fraction(1, 2))
    return -size if minor < 0 else size
