"""What the lists of leads and the answers about the agreement are made of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime  # noqa: TC003  # the tests build facts from their annotations
from typing import Literal

from bot.domain.facts import Named, NudgeLead  # noqa: TC001  # likewise
from bot.domain.money import Money  # noqa: TC001  # likewise


@dataclass(frozen=True, slots=True)
class QueueView:
    """The open leads of somebody, or of the team, the most urgent first."""

    whose: Literal["mine", "team"] | Named
    scope: str
    """Opaque words by which the same list is asked for again."""
    zone: str
    """IANA zone for the plain-text times."""
    leads: tuple[NudgeLead, ...]
    more: int
    """How many leads are open beyond those shown."""
    late: int
    """How many of the leads shown wait although their contact was due before."""
    at_stake: Money | None
    """What the waiting leads that are shown are worth together, where that is known of any; None otherwise."""
    unseen: frozenset[str] = frozenset()
    """The `ref` of each that was contacted by its owner's word, which does not count before the CRM shows it."""


@dataclass(frozen=True, slots=True)
class SlaRow:
    """The figures of `report sla` for one owner, or for all. Money is in the report's currency."""

    owner: Named | None
    """None for leads without an owner, and for the total."""
    met: int
    breached: int
    still_waiting: int
    """A part of `breached`: not contacted yet."""
    open: int
    at_risk: int
    rate: float | None
    median_minutes: float | None
    """Working minutes from the start to the first contact; `p90_minutes` too."""
    p90_minutes: float | None
    value_at_risk: Money | None
    said: int
    seen: int
    follow_up_open: int
    kept: int
    broken: int
    exhausted: int

    @property
    def leads(self) -> int:
        """How many clocks the figures are about."""
        return self.met + self.breached + self.open


@dataclass(frozen=True, slots=True)
class SlaView:
    """The answer to `/sla`: the clocks that started since a day."""

    whose: Literal["mine", "team"] | Named
    period: str
    """`week`, `month` or `quarter`: the present one, which began on the day `since`."""
    since: date
    zone: str
    rows: tuple[SlaRow, ...]
    """One for each owner, those with the most leads that wait first; none where one person is asked about."""
    total: SlaRow
    as_of: datetime
    follow_up: bool = False
    """Whether the agreement asks for more than one contact."""
    before: int = 0
    """How many leads whose clock started before `since` wait for their first contact still: in no other figure."""
    before_late: int = 0
    """A part of `before`: their first contact was due before."""
