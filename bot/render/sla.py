"""The answer to `/sla`: how first contacts and follow-ups stand, to be read on a phone."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Final

from bot.render import blocks
from bot.render.message import Payload
from bot.render.text import about, clean, counted, cut, day, escape, moment, percent, person, titled

if TYPE_CHECKING:
    from bot.domain.sla_facts import SlaRow, SlaView
    from bot.render.blocks import Block, Part

OWNERS_SHOWN: Final = 15
_AMOUNT: Final = 45
_NOBODY: Final = "without an owner"


def sla(view: SlaView) -> Payload:
    """The figures of one person, or of the team: the total first, then two lines an owner, then the small print.

    Leads of before the time that wait still are a line of their own, and in no figure. Of more than 15 owners the
    rest is counted. `text` holds the same figures.
    """
    named = None if isinstance(view.whose, str) else view.whose
    whose = view.whose if isinstance(view.whose, str) else clean(titled(view.whose))
    title = f"First contacts · {whose}" if whose else "First contacts"
    since = day(view.since, view.as_of.year)
    period = f"Leads whose clock started this {view.period}, since {since} ({clean(view.zone)})"
    drawn: list[Block] = [blocks.header(title)]
    drawn.append(blocks.context(period) if named is None or whose else blocks.context(named, period))
    spoken = [f"First contacts, {escape(whose) or (named and person(named))}. {escape(period)}."]
    if view.total.leads == 0:
        none = ["No lead came in this time.", *(f"{line}." for line in _before(view))]
        drawn.append(blocks.rich(*blocks.lines([[blocks.words(line)] for line in none])))
        return Payload("\n".join([*spoken, *none]), tuple(drawn))
    told = [*_figures(view.total, follow_up=view.follow_up), *_before(view)]
    drawn.append(
        blocks.rich(*blocks.lines([[blocks.words(line, bold=not at)] for at, line in enumerate(told)]))
    )
    spoken += [escape(f"{line}.") for line in told]
    for row in view.rows[:OWNERS_SHOWN]:
        drawn.append(_owner(row))
        who = _NOBODY if row.owner is None else person(row.owner)
        spoken.append(f"{who}: {escape(_promise(row))}, {escape(_standing(row))}.")
    more = len(view.rows) - OWNERS_SHOWN
    if more > 0:
        drawn.append(blocks.context(f"and {counted(more, 'more person', 'more people')}"))
        spoken.append(f"And {counted(more, 'more person', 'more people')}.")
    drawn.append(blocks.context("As of", view.as_of))
    spoken.append(f"As of {moment(view.as_of, 'UTC')}.")
    return Payload("\n".join(spoken), tuple(drawn))


def _before(view: SlaView) -> list[str]:
    """What would be missed at the turn of a month: leads of before that wait still."""
    if not view.before:
        return []
    late = f" ({view.before_late:,} late)" if view.before_late else ""
    waiting = "is still waiting" if view.before == 1 else "are still waiting"
    return [f"{counted(view.before, 'lead')} from before {waiting}{late}"]


def _owner(row: SlaRow) -> Block:
    who: Part = blocks.words(_NOBODY, bold=True) if row.owner is None else blocks.who(row.owner, bold=True)
    return blocks.rich(
        *blocks.lines([[who, blocks.words(f" · {_promise(row)}")], [blocks.words(_standing(row))]])
    )


def _figures(row: SlaRow, *, follow_up: bool) -> list[str]:
    """All that is known of one person, or of the team, a line a subject."""
    told = [_capitalised(_promise(row)), _standing(row)]
    if row.median_minutes is not None and row.p90_minutes is not None:
        half, most = _working_time(row.median_minutes), _working_time(row.p90_minutes)
        told.append(f"Half of the contacts within {half} of working time, nine of ten within {most}")
    if row.said or row.seen:
        told.append(f"{row.seen:,} seen in the CRM, {row.said:,} said by the owner")
    if row.value_at_risk is not None and row.value_at_risk.minor:
        told.append(f"Value at risk about {cut(about(row.value_at_risk), _AMOUNT)}, by own history")
    if follow_up:
        told.append(_follow_up(row))
    return told


def _capitalised(sentence: str) -> str:
    return sentence[0].upper() + sentence[1:]


def _promise(row: SlaRow) -> str:
    if row.rate is None:
        return "nothing due yet"
    return f"{percent(Fraction(row.rate))} in time ({row.met:,} of {row.met + row.breached:,})"


def _standing(row: SlaRow) -> str:
    risk = f" ({row.at_risk:,} at risk)" if row.at_risk else ""
    late = f"{row.breached:,} late"
    if row.still_waiting:
        late += f" ({row.still_waiting:,} still waiting)"
    return f"{row.open:,} open{risk} · {late}"


def _follow_up(row: SlaRow) -> str:
    told = f"Follow-up: {row.follow_up_open:,} open, {row.kept:,} kept, {row.broken:,} broken"
    return f"{told}, {row.exhausted:,} without a reply after the last attempt" if row.exhausted else told


def _working_time(minutes: float) -> str:
    """Working minutes in words: `45 min`, `1 h 30 min`."""
    whole = int(minutes + 0.5)
    hours, rest = divmod(whole, 60)
    if not hours:
        return f"{rest} min"
    return f"{hours:,} h {rest} min" if rest else f"{hours:,} h"
