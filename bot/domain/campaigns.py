"""What marketing's money brought: return on a campaign, its costs, and the campaigns that were duds.

Source: the funnel figures of the domain facts (campaign ROI, dud). Amounts are minor units of one currency.
"""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a campaign. `last_lead_days` is the age of its newest lead (None: it brought none)."""

    name: str
    cost: int
    leads: int
    pipeline: int
    wins: int
    revenue: int
    last_lead_days: Fraction | None = None


def roi(revenue: int, cost: int) -> Fraction | None:
    """Return (attributed revenue - cost) / cost; None at cost 0."""
    return Fraction(revenue - cost, cost) if cost else None


def cost_per_lead(outcome: Outcome) -> Fraction | None:
    """Return the cost of one lead in minor units; None without leads."""
    return Fraction(outcome.cost, outcome.leads) if outcome.leads else None


def acquisition_cost(outcome: Outcome) -> Fraction | None:
    """Return the cost of one win (CAC) in minor units; None without wins."""
    return Fraction(outcome.cost, outcome.wins) if outcome.wins else None


def duds(outcomes: Sequence[Outcome], mean_cycle_days: Fraction | None) -> frozenset[str]:
    """Return the names of those that looked most successful by pipeline and brought no new revenue.

    Such a one is matured (its newest lead is older than one mean sales cycle), created at least the median pipeline
    of those compared, and its attributed revenue is below its cost. Without a mean cycle nothing is matured.
    """
    if not outcomes or mean_cycle_days is None:
        return frozenset()
    middle = statistics.median(Fraction(outcome.pipeline) for outcome in outcomes)
    return frozenset(
        outcome.name
        for outcome in outcomes
        if outcome.last_lead_days is not None
        and outcome.last_lead_days > mean_cycle_days
        and outcome.pipeline >= middle
        and outcome.revenue < outcome.cost
    )
