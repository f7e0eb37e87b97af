"""The rule by which one win is shared: written down with the win when it is booked, and kept with it ever after."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from bot.domain import credit
from bot.domain.agreement import CreditRule

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bot.domain.credit import Touch, Weights

_DAY: Final = timedelta(days=1)
_USUAL: Final = CreditRule()
_MILESTONES: Final = {"u_lead": 1, "w": 2, "full_path": 3}
"""How many key touches a model has beside the first touch: lead creation, deal creation, the win."""


@dataclass(frozen=True, slots=True)
class Milestones:
    """When a deal's contacts first became a lead, and when the deal was made (UTC; None where it did not happen)."""

    lead_at: datetime | None = None
    deal_at: datetime | None = None


def written(rule: CreditRule, currency: str) -> str:
    """The numbers of a rule (all but the model) as canonical JSON; `currency` is what the win's rate converts into."""
    told = {
        "position": [str(share) for share in rule.position],
        "half_life_days": rule.half_life_days,
        "lookback_days": rule.lookback_days,
        "contributors": {role: str(share) for role, share in rule.contributors.items()},
        "currency": currency,
    }
    return json.dumps(told, sort_keys=True)


def read(model: str, text: str) -> CreditRule:
    """The rule that `written` wrote under a model; what is not written there is as in an empty agreement."""
    told: dict[str, Any] = json.loads(text)
    first, last = (Decimal(share) for share in told.get("position", _USUAL.position))
    return CreditRule(
        model=model,
        position=(first, last),
        half_life_days=int(told.get("half_life_days", _USUAL.half_life_days)),
        lookback_days=int(told.get("lookback_days", _USUAL.lookback_days)),
        contributors={role: Decimal(share) for role, share in told.get("contributors", {}).items()},
    )


def rate_currency(text: str) -> str | None:
    """The currency into which the win's rate converts; None where an earlier version did not write it."""
    currency: str | None = json.loads(text).get("currency")
    return currency


def weights(rule: CreditRule, touches: Sequence[Touch], won_at: datetime, milestones: Milestones) -> Weights:
    """Return the share of each touch by the rule's model; they sum to 1, none for no touch.

    The touches are those that count, in order (`credit.counting`). Of the key touches, the first is the first touch,
    the others are the last touches at or before the lead's creation, the deal's creation and the win. ValueError for
    an unknown model.
    """
    if rule.model == "time_decay":
        return credit.decay_weights([(won_at - touch.at) / _DAY for touch in touches], rule.half_life_days)
    if rule.model in _MILESTONES:
        instants = (milestones.lead_at, milestones.deal_at, won_at)[: _MILESTONES[rule.model]]
        keys = (0, *credit.key_places(touches, instants))
        return credit.key_weights(rule.model, len(touches), keys)
    return credit.weights(rule.model, len(touches), position=rule.position)
