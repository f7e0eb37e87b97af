"""A contact's cycles: when sales owes a contact, by which promise, until when, and who holds the lead meanwhile.

A lead's life in sales' hands begins at its creation and ends when it becomes a customer, is disqualified, or goes back
to marketing (from `mql` or `sql` to `lead`). One that comes back begins a new life. The lives of all leads of a
contact make its cycles: a life that begins while another is open belongs to that cycle, which lasts as long as any of
its lives (of two records of one person, one may be closed as a duplicate); one that begins after it has ended opens the
next. Folds over statements only, so the order of arrival cannot matter.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from bot.domain.agreement import fold
from bot.domain.clocks import ended_stage, matching, told

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime

    from bot.domain.agreement import Tier
    from bot.domain.clocks import LeadStatement

_HANDED_OVER: Final = frozenset({"mql", "sql"})
_QUALIFIED: Final = frozenset({"sql", "customer"})


@dataclass(frozen=True, slots=True)
class Held:
    """Who owns a lead from an instant on (None: nobody)."""

    since: datetime
    owner: str | None


@dataclass(frozen=True, slots=True)
class Life:
    """One stay of a lead in sales' hands, for which a tier of the agreement matched.

    `started_at` is its beginning, or the first match of a tier if that is later; `ended_at` is None while it lasts;
    `qualified_at` is when it became an SQL or a customer after the start. `tier` is the one that promises: the latest
    of `tiers` as long as no contact was made. `owners` and `tiers` are in the order of time.
    """

    lead_key: str
    created_at: datetime
    started_at: datetime
    tier: Tier
    ended_at: datetime | None
    qualified_at: datetime | None
    owners: tuple[Held, ...]
    first: bool = True
    """Whether it is the first of its lead: then a contact attempt before its beginning counts."""
    tiers: tuple[tuple[datetime, Tier], ...] = ()
    """Each tier with the instant from which on it was the lead's."""

    def owner_at(self, instant: datetime) -> str | None:
        """Who held the lead at an instant."""
        held = [h.owner for h in self.owners if h.since <= instant]
        return held[-1] if held else None

    def contacted_at(self, instant: datetime) -> Life:
        """The life whose first contact was made at an instant: what the lead became then or later promises nothing."""
        before = [tier for since, tier in self.tiers if since < instant] or [
            tier for _, tier in self.tiers[:1]
        ]
        return replace(self, tier=before[-1]) if before else self


def lives(
    lead_key: str,
    statements: Iterable[LeadStatement],
    created_at: datetime,
    tiers: Sequence[Tier],
    team_of: Callable[[str | None], str | None],
) -> tuple[Life, ...]:
    """The lives of a lead that a tier matched, in the order of time.

    The tier of a life is the one that matches now, or matched before its end; where none does, the first that did.
    """
    found: list[Life] = []
    building = _Building(lead_key, created_at, tiers, team_of)
    for at, fields in told(statements):
        done = building.see(at, fields)
        if done is not None:
            found.append(done)
    last = building.last()
    return (*found, last) if last is not None else tuple(found)


def cycles(lives_of_all: Iterable[Life]) -> tuple[Life, ...]:
    """The cycles of a contact, out of the lives of all its leads: cycle n is the nth of these.

    Each is the life that began it; it ends with the last of the lives that belong to it, whose owner holds it then.
    """
    found: list[Life] = []
    for life in sorted(lives_of_all, key=lambda each: (each.started_at, each.lead_key)):
        ended = found[-1].ended_at if found else life.started_at
        if ended is not None and life.started_at >= ended:
            found.append(life)
        else:
            found[-1] = _together(found[-1], life)
    return tuple(found)


def _together(first: Life, other: Life) -> Life:
    """A cycle to which one more life belongs."""
    qualified = min((at for at in (first.qualified_at, other.qualified_at) if at is not None), default=None)
    joined = replace(first, qualified_at=qualified)
    ended = first.ended_at
    if ended is None or (other.ended_at is not None and other.ended_at <= ended):
        return joined
    owners = list(first.owners)
    for held in other.owners:
        later = [next_ for next_ in other.owners if held.since < next_.since <= ended]
        if not later and (not owners or owners[-1].owner != held.owner):
            owners.append(Held(max(held.since, ended), held.owner))
    return replace(joined, ended_at=other.ended_at, owners=tuple(owners))


class _Building:
    """The fold over one lead's statements."""

    def __init__(
        self,
        lead_key: str,
        created_at: datetime,
        tiers: Sequence[Tier],
        team_of: Callable[[str | None], str | None],
    ) -> None:
        self._lead_key, self._tiers, self._team_of = lead_key, tiers, team_of
        self._created_at = created_at
        self._begun_at: datetime | None = created_at
        self._started: tuple[datetime, Tier] | None = None
        self._matched: list[tuple[datetime, Tier]] = []
        self._qualified_at: datetime | None = None
        self._owners: list[Held] = []
        self._stage: str | None = None
        self._seen = False
        self._back = False
        self._first = True

    def see(self, at: datetime, fields: Mapping[str, Any]) -> Life | None:
        """The lead after an instant; returns the life that this ended."""
        stage = fold(str(fields["stage"])) if fields.get("stage") is not None else None
        self._hold(at, fields.get("owner_email"))
        self._back = stage == "lead" and (self._back or self._stage in _HANDED_OVER)
        over = ended_stage(stage) or self._back
        if self._begun_at is None and not over:
            self._begun_at = at
        if self._begun_at is not None:
            if not over or self._started is None:
                self._match(at, fields)
            qualifies = stage in _QUALIFIED and self._stage != stage
            if self._seen and qualifies and self._qualified_at is None:
                self._qualified_at = at
        ended = self._end(at) if over and self._begun_at is not None else None
        self._stage, self._seen = stage, True
        return ended

    def last(self) -> Life | None:
        """The life that lasts."""
        return self._life(None) if self._begun_at is not None and self._started is not None else None

    def _match(self, at: datetime, fields: Mapping[str, Any]) -> None:
        tier = matching(self._tiers, fields, self._team_of(fields.get("owner_email")))
        if tier is not None and self._started is None:
            assert self._begun_at is not None  # noqa: S101  # its caller looked
            at_once = not self._seen or at == self._begun_at
            self._started = (self._begun_at if at_once else max(self._begun_at, at), tier)
        if self._started is not None:
            present = tier or self._started[1]
            if not self._matched or self._matched[-1][1] != present:
                self._matched.append((at, present))

    def _hold(self, at: datetime, owner: Any) -> None:
        email = str(owner) if owner else None
        if not self._owners or self._owners[-1].owner != email:
            since = self._created_at if not self._seen else at
            self._owners.append(Held(since, email))

    def _end(self, at: datetime) -> Life | None:
        life = self._life(at) if self._started is not None else None
        self._begun_at = self._started = self._qualified_at = None
        self._matched = []
        self._first = False
        return life

    def _life(self, ended_at: datetime | None) -> Life:
        assert self._started is not None  # noqa: S101  # its callers looked
        started_at, _ = self._started
        qualified = self._qualified_at
        return Life(
            lead_key=self._lead_key,
            created_at=self._created_at if self._first else started_at,
            started_at=started_at,
            tier=self._matched[-1][1],
            ended_at=ended_at,
            qualified_at=qualified if qualified is not None and qualified > started_at else None,
            owners=tuple(self._owners),
            first=self._first,
            tiers=tuple(self._matched),
        )
