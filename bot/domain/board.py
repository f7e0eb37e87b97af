"""A board: who has a part of the wins, the largest part first.

Order: credited money, then wins, then the earlier last win. Equal on all three is the same rank, and the next rank is
skipped (1, 2, 2, 4). Split credit counts as its share, a win once for each name on it. People and marketing assets have
boards of their own by these rules.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class Part:
    """A part of one win, which `win` tells apart: minor units of one currency, and when it was won (UTC)."""

    name: str
    win: str
    minor: int
    won_at: datetime


@dataclass(frozen=True, slots=True)
class Line:
    """All parts of one name. `last` is when the last of its wins was won."""

    rank: int
    name: str
    minor: int
    wins: int
    last: datetime


def board(parts: Iterable[Part]) -> tuple[Line, ...]:
    """Return a line for each name, the first rank first; names of one rank are in the order of the alphabet."""
    sums: dict[str, int] = {}
    wins: dict[str, dict[str, datetime]] = {}
    for part in parts:
        sums[part.name] = sums.get(part.name, 0) + part.minor
        wins.setdefault(part.name, {})[part.win] = part.won_at
    lasts = {name: max(won.values()) for name, won in wins.items()}
    standing = {name: (-sums[name], -len(wins[name]), lasts[name]) for name in sums}
    ordered = sorted(sums, key=lambda name: (standing[name], name))
    lines: list[Line] = []
    for place, name in enumerate(ordered, 1):
        same = bool(lines) and standing[lines[-1].name] == standing[name]
        rank = lines[-1].rank if same else place
        lines.append(Line(rank, name, sums[name], len(wins[name]), lasts[name]))
    return tuple(lines)
