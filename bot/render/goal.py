"""Goals: a calm bar on a card, and one message when a goal is reached."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.domain.money import Money, digits
from bot.render import blocks
from bot.render.message import Payload
from bot.render.text import clean, counted, cut, escape, listed, money
from bot.render.win_words import CLOSED_ABOVE

if TYPE_CHECKING:
    from bot.domain.win_facts import GoalProgress, GoalReached

BAR: Final = 10
_FULL, _EMPTY = "▰", "▱"
_MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_AMOUNT: Final = 45


def goal_reached(facts: GoalReached) -> Payload:
    """The celebration: what was reached, who had a part in it, and what comes next. It is kept true afterwards."""
    goal = facts.goal
    head = _head(goal)
    state = f"{round_money(goal.won)} of {round_money(goal.target)}, {_percent(goal)}"
    whose = _whose(facts)
    ahead = _next(facts)
    above = (blocks.context(CLOSED_ABOVE),) if facts.above_is_closed else ()
    return Payload(
        escape(f"{head}. {state}. {whose} {ahead}"),
        (
            *above,
            blocks.header(head),
            blocks.rich(
                *blocks.lines(
                    [
                        [blocks.words(f"{bar(goal)} {state}", bold=True)],
                        [blocks.words(whose)],
                    ]
                )
            ),
            blocks.context(ahead),
        ),
    )


def progress_line(goal: GoalProgress) -> str:
    """`▰▰▰▰▰▰▱▱▱▱ 62% of the November goal of €1,000,000`."""
    return f"{bar(goal)} {progress_words(goal)}"


def progress_words(goal: GoalProgress) -> str:
    """`62% of the November goal of €1,000,000`, and what that leaves out; not escaped."""
    return f"{_share(goal)}{_left_out(goal)}"


def bar(goal: GoalProgress) -> str:
    """Ten cells, each full once its tenth is reached."""
    full = min(BAR, max(0, goal.won.minor * BAR // goal.target.minor))
    return _FULL * full + _EMPTY * (BAR - full)


def round_money(amount: Money) -> str:
    """An amount without its minor digits where these are 0, so that it is read at a glance."""
    text = money(amount)
    places = digits(amount.currency) or 0
    return cut(text.removesuffix("." + "0" * places) if places else text, _AMOUNT)


def _percent(goal: GoalProgress) -> str:
    """Whole percents, cut: a goal that is nearly reached is not reached."""
    share = goal.won.minor * 100 // goal.target.minor
    return "under 1%" if share == 0 < goal.won.minor else f"{share:,}%"


def _head(goal: GoalProgress) -> str:
    named = _named(goal)
    whose = named[0].upper() + named[1:]
    return (
        f"{whose} is reached"
        if goal.won.minor >= goal.target.minor
        else f"{whose} was reached, then corrected"
    )


def _named(goal: GoalProgress) -> str:
    team = clean(goal.team)
    return f"team {team}'s {_period(goal)} goal" if team else f"the {_period(goal)} goal"


def _period(goal: GoalProgress) -> str:
    _, _, part = goal.name.partition("-")
    if goal.period == "month":
        return _MONTHS[int(part) - 1]
    if goal.period == "week":
        return f"week {int(part[1:])}"
    return part or goal.name


def _share(goal: GoalProgress) -> str:
    return f"{_percent(goal)} of {_named(goal)} of {round_money(goal.target)}"


def _left_out(goal: GoalProgress) -> str:
    if not goal.without_rate:
        return ""
    are = "is" if goal.without_rate == 1 else "are"
    return f"; {counted(goal.without_rate, 'win')} without a rate {are} not counted"


def _whose(facts: GoalReached) -> str:
    """Both sides have their place in it."""
    by = [counted(facts.sellers, "person", "people") + " in sales"] if facts.sellers else []
    by += [counted(facts.assets, "marketing asset")] if facts.assets else []
    made = f", made by {listed(by)}" if by else ""
    return f"{counted(facts.wins, 'win')}{made}{_left_out(facts.goal)}."


def _next(facts: GoalReached) -> str:
    coming = facts.next
    if facts.next_is_larger:
        return f"Next: {_share(coming)}."
    named = _named(coming)
    return f"Next: {named}, {round_money(coming.target)}. Is that still the right one? It stands in the agreement."
