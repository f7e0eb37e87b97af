"""Goals the team shares: progress on a card, and one message when a goal is reached."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from bot.domain import goals, winning
from bot.domain.agreement import fold
from bot.domain.delivery import GATHER, PACE
from bot.domain.pace import period_name
from bot.domain.win_facts import GoalProgress, GoalReached
from bot.flow import corrections
from bot.flow.prepared import Drop, Hold, Prepared, Ready
from bot.render import goal as drawing
from bot.store import cards, outbox, wins

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.domain.agreement import Agreement, Goal
    from bot.store.database import Session
    from bot.store.outbox import Message
    from bot.store.wins import Change, Win

_MOVING: Final = frozenset({"status", "amount_minor", "currency", "won_at", "team"})
"""What of a win its goals are measured by, as the log of a win calls it."""
_LATER: Final = 100
"""Later cards whose bars are kept true, at most."""
_LETS_CARDS_GO: Final = timedelta(minutes=1)
"""How long a celebration waits for cards at most: the span in which wins count as many at once."""


def up_to(session: Session, agreement: Agreement, win: Win) -> tuple[GoalProgress, ...]:
    """How far each goal that a win counts for was reached with it; wins after it do not count for that."""
    return tuple(
        progress(session, agreement, goal, win.won_on, (win.won_at, win.deal_key, win.number))
        for goal in goals.applying(agreement.wins.goals, win.team)
    )


def progress(
    session: Session,
    agreement: Agreement,
    goal: Goal,
    day: date,
    until: tuple[datetime, str, int] | None = None,
) -> GoalProgress:
    """How far a goal is reached in the period that holds a day; with `until`, up to and including that win."""
    first, last = goals.days_of(goal, day)
    amounts = cards.amounts_won(session, first, last, agreement.currency, until)
    return GoalProgress(
        period=goal.period,  # type: ignore[arg-type]  # the agreement's words are the card's
        name=period_name(goal.period, day),
        team=goal.team,
        won=goals.won(amounts, goal.team, agreement.currency),
        target=goals.target(goal, agreement.currency),
        without_rate=goals.without_rate(amounts, goal.team, agreement.currency),
    )


def keep(session: Session, agreement: Agreement, win: Win, now: datetime, *, new: bool) -> None:
    """A goal that a win brings home is celebrated, once for ever; what was told of any goal is kept true.

    Where a change of this instant took the win from one goal to another, both are looked at. `new` is a win that is
    shown for the first time. One that was booked silently celebrates nothing.
    """
    if not agreement.wins.goals:
        return
    changes = [one for one in wins.changes_of(session, win.deal_key, win.number) if one.at == now]
    counted = _counted(agreement, win, changes)
    present = {goals.key_of(goal, win.won_on) for goal in goals.applying(agreement.wins.goals, win.team)}
    fresh = win.status == "won" and winning.is_fresh(win.won_at, now, agreement.wins.fresh)
    for key, (goal, day) in counted.items():
        known = outbox.by_key(session, key)
        if known is not None:
            corrections.show_again(session, known, now)
        elif key in present and fresh and not win.silent:
            _celebrate(session, agreement, goal, day, now)
    if new or any(one.field in _MOVING for one in changes):
        since = min([win.won_at, *_instants(changes)])
        _redraw_later(session, list(counted.values()), since, now)


def _counted(agreement: Agreement, win: Win, changes: Sequence[Change]) -> dict[str, tuple[Goal, date]]:
    """The goals that a win counts for, and those that it counted for before it changed: by key, each with a day."""
    zone = ZoneInfo(agreement.timezone)
    teams = [win.team, *(one.was for one in changes if one.field == "team")]
    days = [win.won_on, *(instant.astimezone(zone).date() for instant in _instants(changes))]
    return {
        goals.key_of(goal, day): (goal, day)
        for team in teams
        for day in days
        for goal in goals.applying(agreement.wins.goals, team)
    }


def _instants(changes: Sequence[Change]) -> list[datetime]:
    """When a win was won, before that was corrected."""
    return [datetime.fromisoformat(one.was) for one in changes if one.field == "won_at" and one.was]


def _celebrate(session: Session, agreement: Agreement, goal: Goal, day: date, now: datetime) -> None:
    state = progress(session, agreement, goal, day)
    if state.won.minor >= state.target.minor:
        outbox.put(
            session,
            key=goals.key_of(goal, day),
            kind="goal",
            target=agreement.wins.channel,
            ref={"period": goal.period, "team": goal.team, "day": day.isoformat()},
            now=now,
            next_at=now + GATHER,
        )


def _redraw_later(
    session: Session, counted: Sequence[tuple[Goal, date]], since: datetime, now: datetime
) -> None:
    """The bars of later cards tell this win as well: the newest cards are drawn anew, and edited where they differ.

    They are looked at one after the other, newest first, so that what changed itself is not kept waiting behind them,
    and no more of them than people scroll back to: a year's goal may have thousands.
    """
    found = {
        number: won_at
        for goal, day in counted
        for number, team, won_at in cards.shown_since(session, *goals.days_of(goal, day), since)
        if goal.team is None or (team is not None and fold(team) == fold(goal.team))
    }
    newest = sorted(found, key=lambda number: (found[number], number), reverse=True)[:_LATER]
    for place, number in enumerate(newest):
        message = outbox.find(session, number)
        if message is not None and (message.kind == "win" or len(cards.wins_on(session, number)) == 1):
            corrections.show_again(session, message, now + place * PACE)


def prepare(session: Session, agreement: Agreement, message: Message, now: datetime) -> Prepared:
    """Decide whether and how a goal is to be celebrated, or what was celebrated is to be corrected."""
    period, team = message.ref["period"], message.ref["team"]
    goal = next(
        (g for g in agreement.wins.goals if g.period == period and fold(g.team or "") == fold(team or "")),
        None,
    )
    if goal is None:
        return Drop("the agreement has no such goal any more")
    day = date.fromisoformat(message.ref["day"])
    state = progress(session, agreement, goal, day)
    first = message.ts is None and message.parent_id is None
    if first and state.won.minor < state.target.minor:
        return Drop("the goal was missed again before it was told")
    target = agreement.wins.channel if first else message.target
    until = _cards_come_first(session, message, target, now) if first else None
    if until is not None:
        return Hold(until, "the wins that reached the goal are told first")
    reached = _reached(session, agreement, goal, day, state)
    return Ready(
        drawing.goal_reached(replace(reached, above_is_closed=message.parent_id is not None)), target
    )


def _cards_come_first(session: Session, message: Message, channel: str, now: datetime) -> datetime | None:
    """Until when a celebration lets the cards that wait for its channel go first; None if there is none."""
    if now >= message.created_at + _LETS_CARDS_GO:
        return None
    waiting = [
        card.next_at
        for card in cards.queued_since(session, channel, message.created_at - _LETS_CARDS_GO)
        if card.ts is None and card.state in {"pending", "retry", "sending"}
    ]
    return max(now + PACE, min(waiting)) if waiting else None


def _reached(
    session: Session, agreement: Agreement, goal: Goal, day: date, state: GoalProgress
) -> GoalReached:
    first, last = goals.days_of(goal, day)
    team = fold(goal.team) if goal.team else None
    counted = {
        (deal, number): owner
        for deal, number, owner, of_team in cards.counted(session, first, last)
        if team is None or (of_team is not None and fold(of_team) == team)
    }
    assets = {
        fold(name)
        for deal, number, name in cards.helped_by(session, first, last)
        if (deal, number) in counted
    }
    larger = goals.larger(agreement.wins.goals, goal)
    following = larger or goal
    next_day = day if larger else goals.day_after(goal, day)
    return GoalReached(
        goal=state,
        wins=len(counted),
        sellers=len({owner for owner in counted.values() if owner is not None}),
        assets=len(assets),
        next=progress(session, agreement, following, next_day),
        next_is_larger=larger is not None,
    )
