"""The life of a deal: its stage now, and its wins, as a fold over every statement about its stage.

A win begins when the deal comes into a won stage from any other and ends when it leaves it (lost, reopened, deleted,
merged). Another won stage is the same win. The fold looks at nothing but the statements, so the order in which they
arrived cannot matter.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from bot.domain.when import When

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime, timedelta

    from bot.domain.agreement import StageClass, Stages

Verb = Literal["stage", "won", "lost", "reopened", "deleted"]
End = Literal["reopened", "lost", "deleted", "merged"]
Class = Literal["open", "won", "lost", "unknown", "deleted", "merged"]


@dataclass(frozen=True, slots=True)
class StageStatement:
    """What one event said of a deal's stage. `verb` is `stage` where only the stage's name decides."""

    at: datetime
    event_id: str
    verb: Verb
    stage: str | None


@dataclass(frozen=True, slots=True)
class Win:
    """One win: its number within the deal (1, 2, …), when the winning was stated, what ended it and when."""

    number: int
    stated_at: datetime
    previous_end: datetime | None
    ended_at: datetime | None
    ended_by: End | None


@dataclass(frozen=True, slots=True)
class DealLife:
    """A deal as its statements tell it. `since` is when the present class began (UTC; None before any statement)."""

    stage: str | None
    stage_class: Class
    since: datetime | None
    wins: tuple[Win, ...]


def life(
    statements: Iterable[StageStatement],
    stages: Stages,
    *,
    merged_at: datetime | None = None,
    carried: tuple[datetime, int] | None = None,
) -> DealLife:
    """Fold the statements in the order of their time.

    Of statements with one timestamp the stage that is further along stands, else the greater event id. `merged_at`
    ends the deal for good. `carried` is (instant, n): a merge at that instant brought n wins of other deals, which
    later wins of this one are counted after.
    """
    stage: str | None = None
    kind: Class = "unknown"
    since: datetime | None = None
    last_open: str | None = None
    wins: list[Win] = []
    for statement in _in_order(statements, stages):
        if merged_at is not None and statement.at >= merged_at:
            break
        new_stage, new_kind = _meaning(statement, stages, stage, last_open)
        if new_kind == "won" and kind != "won":
            before = carried[1] if carried and statement.at >= carried[0] else 0
            previous = wins[-1].ended_at if wins else None
            wins.append(Win(len(wins) + 1 + before, statement.at, previous, None, None))
        elif kind == "won" and new_kind != "won":
            wins[-1] = _ended(wins[-1], statement.at, new_kind)
        if new_kind != kind or since is None:
            since = statement.at
        stage, kind = new_stage, new_kind
        if kind in {"open", "unknown"}:
            last_open = stage
    if merged_at is not None:
        if kind == "won":
            wins[-1] = _ended(wins[-1], merged_at, "merged")
        kind, since = "merged", merged_at
    return DealLife(stage, kind, since, tuple(wins))


def closed_when(
    since: datetime,
    previous_end: datetime | None,
    closed_at: When | None,
    closed_at_stated: datetime | None,
    close_date: When | None,
    close_date_stated: datetime | None,
    zone: str,
) -> When:
    """When a deal was won or lost: the source's close time if it has one, else when the closing was stated.

    `closed_at` counts unless it belongs to an earlier win, or lies on a later day than both the closing and its own
    statement: nothing was closed in the future. `close_date` is an expectation while the deal is open, so it counts
    only if it was stated with the closing or after it, and lies neither in its future nor before an earlier win's end.
    """
    stated = When(day=None, instant=since)
    told = When(day=None, instant=max(since, closed_at_stated or since))
    if (
        closed_at is not None
        and closed_at.on(zone) <= told.on(zone)
        and (previous_end is None or closed_at.ends(zone) > previous_end)
    ):
        return closed_at
    if (
        close_date is not None
        and close_date_stated is not None
        and close_date_stated >= since
        and close_date.on(zone) <= stated.on(zone)
        and (previous_end is None or close_date.ends(zone) > previous_end)
    ):
        return close_date
    return stated


def is_fresh(won_at: datetime, now: datetime, fresh: timedelta) -> bool:
    """Whether a win first seen now is told in Slack, or booked silently because it is old."""
    return now - won_at <= fresh


def _in_order(statements: Iterable[StageStatement], stages: Stages) -> list[StageStatement]:
    latest: dict[datetime, tuple[tuple[int, str], StageStatement]] = {}
    for statement in statements:
        rank = (_rank(statement, stages), statement.event_id)
        if statement.at not in latest or rank > latest[statement.at][0]:
            latest[statement.at] = (rank, statement)
    return [latest[at][1] for at in sorted(latest)]


def _rank(statement: StageStatement, stages: Stages) -> int:
    ends = len(stages.open)
    if statement.verb == "deleted":
        return ends + 2
    if statement.verb == "won":
        return ends + 1
    if statement.verb == "lost":
        return ends
    return stages.rank(statement.stage)


def _meaning(
    statement: StageStatement, stages: Stages, stage: str | None, last_open: str | None
) -> tuple[str | None, Class]:
    given = statement.stage
    kind: StageClass = stages.classify(given)
    if statement.verb == "deleted":
        return stage, "deleted"
    if statement.verb == "won":
        return (given if kind == "won" else stages.won[0]), "won"
    if statement.verb == "lost":
        return (given if kind == "lost" else stages.lost[0]), "lost"
    if statement.verb == "reopened":
        if given is not None and kind in {"open", "unknown"}:
            return given, kind
        return (last_open or next(iter(stages.open), None)), "open"
    return given, kind


def _ended(win: Win, at: datetime, kind: Class) -> Win:
    ends: dict[str, End] = {"lost": "lost", "deleted": "deleted", "merged": "merged"}
    return Win(win.number, win.stated_at, win.previous_end, at, ends.get(kind, "reopened"))
