"""What marketing's money brought."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import pytest

from bot.domain.campaigns import Outcome, acquisition_cost, cost_per_lead, duds, roi

VECTORS = json.loads((Path(__file__).parent / "vectors.json").read_text("utf-8"))["funnel"]["D10 campaigns"]
CYCLE = Fraction(60)


def outcomes(age=90):
    """The campaigns of the vectors, all of them matured unless they are younger."""
    return [
        Outcome(
            row["campaign"],
            row["cost"] * 100,
            row["leads"],
            row["pipeline"] * 100,
            row["wins"],
            row["revenue"] * 100,
            Fraction(age),
        )
        for row in VECTORS["rows"]
    ]


@pytest.mark.parametrize("row", VECTORS["rows"], ids=lambda row: row["campaign"])
def test_the_figures_of_a_campaign(row):
    """Return, cost per lead and cost per win are those of the vectors; without wins there is no cost per win."""
    one = next(outcome for outcome in outcomes() if outcome.name == row["campaign"])
    assert float(roi(one.revenue, one.cost)) == row["roi"]
    assert round(float(cost_per_lead(one)) / 100, 2) == row["cost_per_lead"]
    cac = acquisition_cost(one)
    assert (None if cac is None else round(float(cac) / 100, 2)) == row["cac"]


def test_the_duds_of_the_vectors():
    """Those with much pipeline and less revenue than they cost are duds; the others are not."""
    assert duds(outcomes(), CYCLE) == {row["campaign"] for row in VECTORS["rows"] if row["dud"]}


@pytest.mark.parametrize(("age", "found"), [(60, 0), (Fraction(601, 10), 2), (90, 2)])
def test_what_has_not_matured_is_no_dud(age, found):
    """As long as its newest lead is not older than a mean sales cycle, a campaign may still bring revenue."""
    assert len(duds(outcomes(age), CYCLE)) == found


def test_what_is_not_known_is_no_dud():
    """Without a sales cycle, without leads or without campaigns there is no dud; without cost there is no return."""
    assert duds(outcomes(), None) == duds([], CYCLE) == frozenset()
    assert duds([Outcome("Fair", 100, 0, 100, 0, 0, None)], CYCLE) == frozenset()
    assert roi(100, 0) is None
    assert cost_per_lead(Outcome("Fair", 100, 0, 0, 0, 0)) is None
