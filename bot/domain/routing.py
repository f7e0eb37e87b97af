"""Which channels a win is told in: the wins channel, and every other one whose route it fits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain import money
from bot.domain.agreement import fold

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

    from bot.domain.agreement import Route, Wins


def channels(
    wins: Wins, *, worth: int | None, currency: str, kind: str | None, segment: str | None, team: str | None
) -> list[str]:
    """The channels of a win, the wins channel first, each once; none for a win under the minimum.

    `worth` is its amount in minor units of the agreement's currency, whose code is `currency`; None where that is not
    known: then it is not under the minimum, and fits no route that asks for an amount. Amounts count by their size.
    """
    if worth is not None and abs(worth) < _minor(wins.minimum, currency):
        return []
    fitting = [
        route.channel
        for route in wins.routes
        if _large_enough(route, worth, currency)
        and (route.kind is None or (kind is not None and fold(kind) == fold(route.kind)))
        and _named(route.segment, segment)
        and _named(route.team, team)
    ]
    return list(dict.fromkeys([wins.channel, *fitting]))


def _large_enough(route: Route, worth: int | None, currency: str) -> bool:
    return route.min_amount is None or (
        worth is not None and abs(worth) >= _minor(route.min_amount, currency)
    )


def _named(asked: Sequence[str], name: str | None) -> bool:
    return not asked or (name is not None and fold(name) in {fold(one) for one in asked})


def _minor(amount: Decimal, currency: str) -> int:
    return money.parse(amount, currency).minor
