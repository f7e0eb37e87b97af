"""The answer to `/wins`: what was won, both sides' parts of it, and the goals' pace, to be read on a phone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.domain.facts import Named
from bot.domain.money import parse
from bot.domain.wins_facts import Source
from bot.errors import FormatError
from bot.render import blocks
from bot.render import win_words as say
from bot.render.goal import progress_line, progress_words
from bot.render.message import Payload
from bot.render.text import clean, counted, day, escape, listed, moment, person, plain_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.domain.facts import NotConverted
    from bot.domain.wins_facts import BoardLine, Corrected, GoalPace, Side, WinsView, WonLine
    from bot.render.blocks import Block, Part

_NAME: Final = 60
_CURRENCIES: Final = 8
_TIMES: Final = {"today": "today", "week": "this week", "month": "this month", "quarter": "this quarter"}


def wins(view: WinsView) -> Payload:
    """The figures first, then sales and marketing side by side, the goals, the wins, and what is listed apart.

    `text` holds the same figures. Single people have a rank only where the agreement ranks them.
    """
    title = f"Wins · {_whose(view)}"
    since = day(view.since, view.as_of.year)
    time = f"Won {_TIMES[view.span]}" + ("" if view.span == "today" else f", since {since}")
    period = f"{time} ({clean(view.zone)})"
    drawn: list[Block] = [blocks.header(title), blocks.context(period)]
    spoken = [escape(f"Wins, {_whose(view)}. {period}.")]
    if view.count == 0:
        drawn.append(blocks.rich(blocks.words("No win in this time.")))
        spoken.append("No win in this time.")
    else:
        told = _figures(view)
        drawn.append(
            blocks.rich(*blocks.lines([[blocks.words(line, bold=not at)] for at, line in enumerate(told)]))
        )
        spoken += [escape(f"{line}.") for line in told]
        drawn.append(blocks.side_by_side(("Sales", "Marketing"), (_side(view.sales), _side(view.marketing))))
        spoken += [f"Sales: {_aloud(view.sales)}.", f"Marketing: {_aloud(view.marketing)}."]
    if view.corrected is not None:
        later = _corrected(view.corrected, view.as_of.year)
        drawn.append(blocks.context(later))
        spoken.append(escape(f"{later}."))
    for goal in view.goals:
        drawn.append(blocks.rich(*blocks.lines([[blocks.words(line)] for line in _goal(goal)])))
        spoken.append(escape(f"{progress_words(goal.goal)}. {_pace(goal)}."))
    year = view.as_of.year
    drawn += [blocks.rich(*blocks.lines(_listed(win, year))) for win in view.wins]
    spoken += [_win_aloud(win, year) for win in view.wins]
    if view.more:
        more = f"and {counted(view.more, 'earlier win')}"
        drawn.append(blocks.context(more))
        spoken.append(f"{more[0].upper()}{more[1:]}.")
    if view.not_converted:
        apart = _apart(view.not_converted)
        drawn.append(blocks.context(apart))
        spoken.append(escape(f"{apart}."))
    drawn.append(blocks.context("As of", view.as_of))
    spoken.append(f"As of {moment(view.as_of, 'UTC')}.")
    return Payload("\n".join(spoken), tuple(drawn))


def _whose(view: WinsView) -> str:
    if isinstance(view.whose, Source):
        return f"{clean(view.whose.name)} ({clean(view.whose.kind)})"
    return plain_name(view.whose) if isinstance(view.whose, Named) else clean(view.whose) or "team"


def _figures(view: WinsView) -> list[str]:
    whole = f"{counted(view.count, 'win')} · {say.in_money(view.amount)}"
    told = [whole]
    if view.part is not None:
        whose = "Credited to it" if isinstance(view.whose, Source) else "Their part"
        told.append(f"{'Your part' if view.whose == 'mine' else whose}: {say.in_money(view.part)}")
    if view.kept != view.amount:
        told.append(f"Kept until now: {say.in_money(view.kept)}")
    return told


def _corrected(found: Corrected, year: int) -> str:
    """What changed about months that had closed: nobody who read them then was told otherwise."""
    sign = "+" if found.amount.minor > 0 else ""
    days = (
        day(found.first, year)
        if found.first == found.last
        else f"{day(found.first, year)} to {day(found.last, year)}"
    )
    return f"Corrected since: {counted(found.wins, 'win')}, {sign}{say.in_money(found.amount)} ({days})"


# --- both sides ---


def _side(side: Side) -> list[Part]:
    drawn: list[list[Part]] = []
    for line in side.lines:
        drawn += [_who(line), [blocks.words(_figure(line))]]
    if side.more:
        drawn.append([blocks.words(f"and {side.more} more{_of(side)}")])
    for line in side.rest:
        drawn += [_who(line, bold=False), [blocks.words(_figure(line))]]
    return blocks.lines(drawn) or [blocks.words("nobody is known")]


def _who(line: BoardLine, *, bold: bool = True) -> list[Part]:
    rank = [] if line.rank is None else [blocks.words(f"{line.rank}. ")]
    if isinstance(line.who, Named):
        return [*rank, blocks.who(line.who, bold=bold)]
    return [*rank, blocks.words(clean(line.who, _NAME) or "without a name", bold=bold)]


def _figure(line: BoardLine) -> str:
    return f"{say.in_money(line.amount)} · {counted(line.wins, 'win')}"


def _of(side: Side) -> str:
    return "" if side.more_amount is None else f" · {say.in_money(side.more_amount)}"


def _aloud(side: Side) -> str:
    told = [_line_aloud(line) for line in (*side.lines, *side.rest)]
    if side.more:
        amount = "" if side.more_amount is None else f" with {say.in_money(side.more_amount)}"
        told.append(escape(f"{side.more} more{amount}"))
    return "; ".join(told) or "nobody is known"


def _line_aloud(line: BoardLine) -> str:
    if isinstance(line.who, Named):
        who = f"{person(line.who)} with"
    else:
        who = escape(f"{clean(line.who, _NAME) or 'without a name'} with")
    rank = "" if line.rank is None else f"{line.rank}. "
    return f"{rank}{who} {escape(say.in_money(line.amount))} from {counted(line.wins, 'win')}"


# --- goals ---


def _goal(goal: GoalPace) -> list[str]:
    return [progress_line(goal.goal), _pace(goal)]


def _pace(goal: GoalPace) -> str:
    won, target = goal.goal.won.minor, goal.goal.target.minor
    if won >= target:
        return "Reached"
    told = []
    if goal.state is None:
        told.append("No working day yet")
    elif goal.expected is not None:
        expected = f"{say.in_money(goal.expected)} expected by today"
        told.append(f"{goal.state.capitalize()}: {say.in_money(goal.goal.won)} of {expected}")
    if goal.needed_per_working_day is not None:
        needed = say.in_money(goal.needed_per_working_day)
        told.append(f"{needed} needed on each working day left")
    else:
        told.append("no working day left")
    return ", ".join(told)


# --- the list ---


def _listed(win: WonLine, year: int) -> list[list[Part]]:
    name = say.called(win.deal_name, win.customer, win.deal_id, _NAME)
    head: list[Part] = [blocks.anchor(win.url, name, bold=True)]
    if tail := _tail(win, name):
        head.append(blocks.words(f" · {tail}"))
    who = blocks.words("owner not known") if win.owner is None else blocks.who(win.owner)
    day_ = blocks.words(f"{day(win.won_on, year)} · ")
    return [head, [day_, who, blocks.words(f" · {_source(win)}")]]


def _tail(win: WonLine, name: str) -> str:
    customer = clean(win.customer, _NAME)
    told = ["" if customer.casefold() == name.casefold() else customer, _amount(win)]
    if win.part is not None and win.part != win.amount:
        told.append(f"part {say.in_money(win.part)}")
    told += [say.KINDS.get(win.kind or "", ""), "customer left since" if win.churned else ""]
    return " · ".join(part for part in told if part)


def _amount(win: WonLine) -> str:
    if win.amount is not None:
        told = f" ({say.in_money(win.told)})" if win.told is not None else ""
        return f"{say.in_money(win.amount)}{told}"
    if win.told is not None:
        return f"{say.in_money(win.told)}, no rate"
    return clean(win.told_text, _NAME) or "no amount given"


def _source(win: WonLine) -> str:
    if win.source is None:
        return say.UNATTRIBUTED
    name = clean(win.source, _NAME) or "a touch without a name"
    return f"{name} +{win.sources - 1}" if win.sources > 1 else name


def _win_aloud(win: WonLine, year: int) -> str:
    name = say.called(win.deal_name, win.customer, win.deal_id, _NAME)
    by = "owner not known" if win.owner is None else person(win.owner)
    told = ", ".join(part for part in (name, *_tail(win, name).split(" · ")) if part)
    return f"{escape(told)}; {by}; {escape(_source(win))}; {day(win.won_on, year)}."


def _as_told(one: NotConverted) -> str:
    """An amount that is not converted: as money where its currency exists, else as it was told."""
    try:
        return say.in_money(parse(one.amount, one.currency or ""))
    except FormatError:
        return f"{clean(one.amount, 45)} {clean(one.currency, 12) or 'without a currency'}"


def _apart(given: Sequence[NotConverted]) -> str:
    told = [f"{counted(one.count, 'win')} with {_as_told(one)}" for one in given[:_CURRENCIES]]
    if len(given) > _CURRENCIES:
        told.append(f"{len(given) - _CURRENCIES} more currencies")
    return f"No rate, so not in the money: {listed(told)}"
