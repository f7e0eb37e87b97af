"""The follow-up commitment: how often a lead is contacted before sales gives up, and how far apart.

Source: the follow-up rule of the domain facts (attempts N, spacing, within W, least gap). Every instant is UTC.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from bot.domain.worktime import due

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime, timedelta

    from bot.domain.agreement import Tier
    from bot.domain.worktime import Calendar, Pause

State = Literal["open", "kept", "broken"]


@dataclass(frozen=True, slots=True)
class FollowUp:
    """Where a commitment stands.

    `attempts` are counted ones; `next_due` is when the next one is due (None where none is owed any more);
    `within_at` is the end of the time agreed for all of them; `decided_at` is when it was kept or broken;
    `exhausted_at` is when the last attempt agreed was made without a reply: the lead is never reminded of again.
    """

    state: State
    attempts: int
    next_due: datetime | None
    within_at: datetime
    decided_at: datetime | None
    exhausted_at: datetime | None


@dataclass(frozen=True, slots=True)
class Word:
    """Somebody's word at an instant that a contact was made: `attempt` is which one was asked for, from 1."""

    at: datetime
    attempt: int


def counted(attempts: Iterable[datetime], min_gap: timedelta) -> tuple[datetime, ...]:
    """The attempts that count, in the order of time: one less than `min_gap` (wall clock) after another is the same."""
    found: list[datetime] = []
    for at in sorted(attempts):
        if not found or at - found[-1] >= min_gap:
            found.append(at)
    return tuple(found)


def distinct(
    started_at: datetime,
    seen: Iterable[datetime],
    logged: Iterable[datetime],
    words: Iterable[Word],
    min_gap: timedelta,
) -> tuple[datetime, ...]:
    """The attempts without the words that tell of one that was `seen` too, in the order of time.

    A word has no time of its own: it tells of an attempt seen before it, but after the contact before the one that it
    answers and after what was said before. `logged` are attempts that were told with their times.
    """
    known, said = sorted(seen), sorted(logged)
    found = [*known, *said]
    for word in sorted(words, key=lambda each: (each.at, each.attempt)):
        before = [at for at in counted(found, min_gap) if at <= word.at][: word.attempt - 1][-1:]
        before += [at for at in said if at < word.at][-1:]
        after = [at for at in known if all(at > each and at - each >= min_gap for each in before)]
        if not any(started_at <= at <= word.at for at in after):
            found.append(word.at)
        said = sorted([*said, word.at])
    return tuple(sorted(found))


def next_due(
    calendar: Calendar,
    tier: Tier,
    first_due: datetime,
    within_at: datetime,
    made: Sequence[datetime],
    pauses: Sequence[Pause] = (),
) -> datetime | None:
    """When the attempt after those made is due, never later than the end of the time agreed; None after the last."""
    if len(made) >= tier.attempts:
        return None
    if not made:
        return first_due
    spacing = tier.spacing[len(made) - 1] if len(tier.spacing) > 1 else tier.spacing[0]
    return min(due(calendar, made[-1], spacing, pauses), within_at)


def follow_up(
    calendar: Calendar,
    tier: Tier,
    started_at: datetime,
    first_due: datetime,
    attempts: Iterable[datetime],
    over_at: datetime | None,
    now: datetime,
    pauses: Sequence[Pause] = (),
) -> FollowUp:
    """Judge a commitment. `over_at` is when the lead replied, was qualified or left sales' hands, whichever was first.

    Kept when all attempts are made by the end of the time agreed (that instant itself still counts), or the lead was
    over by then; broken at that end otherwise.
    """
    within_at = due(calendar, started_at, tier.within, pauses)
    made = counted(attempts, tier.min_gap)
    enough = made[tier.attempts - 1] if len(made) >= tier.attempts else None
    kept = min((at for at in (enough, over_at) if at is not None and at <= within_at), default=None)
    silent = over_at is None or (enough is not None and enough < over_at)
    exhausted = enough if silent else None
    if kept is not None:
        return FollowUp("kept", len(made), None, within_at, kept, exhausted)
    if now > within_at:
        return FollowUp("broken", len(made), None, within_at, within_at, exhausted)
    following = None if over_at is not None else next_due(calendar, tier, first_due, within_at, made, pauses)
    return FollowUp("open", len(made), following, within_at, None, exhausted)
