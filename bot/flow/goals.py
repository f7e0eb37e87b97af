"""Goals the team shares: progress on a card, and one message when a goal is reached."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from bot.domain import goals, winning
from bot.domain.agreement import fold
from bot.domain.pace import period_name
from bot.domain.win_facts import GoalProgress, GoalReached
from bot.flow.prepared import Drop, Prepared, Ready
from bot.render import goal as drawing
from bot.store import cards, outbox

if TYPE_CHECKING:
    from datetime import datetime

    from bot.domain.agreement import Agreement, Goal
    from bot.store.database import Session
    from bot.store.outbox import Message
    from bot.store.wins import Win


def up_to(session: Session, agreement: Agreement, win: Win) -> tuple[GoalProgress, ...]:
    """How far each goal that a win counts for was reached with it: later wins change nothing of this."""
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
    )


def keep(session: Session, agreement: Agreement, win: Win, now: datetime) -> None:
    """A goal that a win brings home is celebrated, once for ever; what was celebrated is kept true."""
    for goal in goals.applying(agreement.wins.goals, win.team):
        key = goals.key_of(goal, win.won_on)
        known = outbox.by_key(session, key)
        if known is not None:
            if known.state == "sent" and not known.ref.get("closed"):
                outbox.show_again(session, known, now)
            continue
        if win.status != "won" or not winning.is_fresh(win.won_at, now, agreement.wins.fresh):
            continue
        state = progress(session, agreement, goal, win.won_on)
        if state.won.minor >= state.target.minor:
            ref = {"period": goal.period, "team": goal.team, "day": win.won_on.isoformat()}
            outbox.put(
                session,
                key=key,
                kind="goal",
                target=agreement.wins.channel,
                ref=ref,
                now=now,
                next_at=now,
            )


def prepare(session: Session, agreement: Agreement, message: Message, now: datetime) -> Prepared:  # noqa: ARG001  # all have one signature
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
    if message.ts is None and state.won.minor < state.target.minor:
        return Drop("the goal was missed again before it was told")
    target = agreement.wins.channel if message.ts is None else message.target
    return Ready(drawing.goal_reached(_reached(session, agreement, goal, day, state)), target)


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
