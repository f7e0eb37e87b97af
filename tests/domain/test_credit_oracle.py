"""A second opinion on the models: what the library marketing-attribution-models answered to the same journeys.

Its answers are kept in a file: the library itself brings eight large packages, among them two data frames.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.domain import credit

ORACLE = json.loads((Path(__file__).parent / "attribution_oracle.json").read_text("utf-8"))
WON = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)


def touches(ages_hours):
    """Touches so many hours before the win, the oldest first."""
    found = []
    for number, age in enumerate(ages_hours):
        at = WON - timedelta(hours=age)
        found.append(credit.Touch(f"t{number:02}", at, f"Asset {number}", None, None, None))
    return found


@pytest.mark.parametrize(
    "journey", ORACLE["journeys"], ids=lambda journey: f"{len(journey['ages_hours'])} touches"
)
def test_the_models_agree_with_the_library(journey):
    """First, last, linear, position-based and time decay give the library's shares, to a billionth."""
    counted = credit.counting(touches(journey["ages_hours"]), WON, 0)
    for model in ("first", "last", "linear", "position"):
        shares = credit.weights(model, len(counted), position=tuple(ORACLE["position"]))
        assert [float(share) for share in shares] == pytest.approx(journey[model], abs=1e-9), model
    ages = [(WON - touch.at) / timedelta(days=1) for touch in counted]
    shares = credit.decay_weights(ages, ORACLE["half_life_days"])
    assert [float(share) for share in shares] == pytest.approx(journey["time_decay"], abs=1e-9)


def test_the_oracle_is_not_empty():
    """The file holds journeys of one touch and of many, and their shares sum to one."""
    sizes = {len(journey["ages_hours"]) for journey in ORACLE["journeys"]}
    assert {1, 2, 3, 12} <= sizes
    for journey in ORACLE["journeys"]:
        assert sum(journey["time_decay"]) == pytest.approx(1, abs=1e-9)
