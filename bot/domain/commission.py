"""How a commission pool would be shared: so much for net new revenue, the rest for expansion.

Source: the funnel figures of the domain facts (commission split; 80/20 rewards net new, 50/50 rewards both).
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from bot.domain.money import split

if TYPE_CHECKING:
    from collections.abc import Mapping


def shares(
    pool_minor: int, net_new_part: Fraction, new: Mapping[str, int], expansion: Mapping[str, int]
) -> dict[str, int]:
    """Return what each person gets of a pool, in minor units.

    The pool is cut into two parts; each is shared by the people's revenue of that kind (`money.split`). A part
    without revenue is not paid out. ValueError unless the part for net new is between 0 and 1.
    """
    if not 0 <= net_new_part <= 1:
        raise ValueError(f"a part of a pool is between 0 and 1; {net_new_part} is not")
    parts = split(pool_minor, (net_new_part, 1 - net_new_part))
    paid: dict[str, int] = dict.fromkeys([*new, *expansion], 0)
    for part, revenue in zip(parts, (new, expansion), strict=True):
        earned = {name: amount for name, amount in revenue.items() if amount > 0}
        if earned:
            whole = sum(earned.values())
            amounts = split(part, [Fraction(amount, whole) for amount in earned.values()])
            for name, amount in zip(earned, amounts, strict=True):
                paid[name] += amount
    return paid
