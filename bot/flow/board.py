"""The boards of people and of marketing's assets: who has which part of the wins of a period."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.agreement import fold
from bot.domain.board import Part, board

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.domain.board import Line
    from bot.flow.won import Won


def of_people(won: Iterable[Won]) -> tuple[Line, ...]:
    """The board of everybody who has a part of a win or is named on it, by e-mail; owners not known are left out."""
    return board(
        Part(email, one.deal.key, minor, one.at)
        for one in won
        for email, minor in one.people
        if email is not None
    )


def of_assets(won: Iterable[Won]) -> tuple[Line, ...]:
    """The board of the assets that touched a won customer, by folded name; touches without one are left out."""
    return board(
        Part(fold(part.asset), one.deal.key, minor, one.at)
        for one in won
        for part, minor in one.credits
        if part.asset and fold(part.asset)
    )


def of_nobody(won: Iterable[Won]) -> tuple[Line, ...]:
    """What belongs to owners who are not known: a line, or none."""
    return board(
        Part("", one.deal.key, minor, one.at) for one in won for email, minor in one.people if email is None
    )


def of_other_touches(won: Iterable[Won]) -> dict[str, Line]:
    """What has no asset: `touched` by a campaign or a channel alone, and `unattributed`."""
    lines = board(
        Part("touched" if part.campaign or part.channel else "unattributed", one.deal.key, minor, one.at)
        for one in won
        for part, minor in one.credits
        if not (part.asset and fold(part.asset))
    )
    return {line.name: line for line in lines}
