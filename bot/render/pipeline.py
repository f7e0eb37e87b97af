"""The answer to `/pipeline`: the open deals by stage, to be read on a phone."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from bot.domain.facts import PipelineRow
from bot.domain.money import Money, digits
from bot.render import blocks
from bot.render.message import Payload
from bot.render.text import clean, counted, cut, escape, moment, money, percent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.domain.facts import NotConverted, PipelineView
    from bot.render.blocks import Block

STAGES_SHOWN: Final = 20
_NAMES_SHOWN: Final = 8
_AMOUNT: Final = 45


def pipeline(view: PipelineView) -> Payload:
    """The open deals: the total first, then a line or two a stage, then what could not be counted in.

    More than 20 stages: the rest is summed up in one line. `text` holds the same figures.
    """
    whose = clean(view.whose) or "team"
    title = f"Open pipeline · {whose}"
    if not view.rows and not view.not_converted and view.total.count == 0:
        return _empty(whose, title)
    rows = _shown(view.rows)
    drawn: list[Block] = [blocks.header(title), _stage("Total", view.total)]
    drawn += [_stage(name, row) for name, row in rows]
    drawn += [blocks.context(line) for line in _notes(view)]
    drawn.append(blocks.context("As of", view.as_of))
    spoken = [f"Open pipeline, {escape(whose)}: {_aloud(view.total)}."]
    spoken += [f"{escape(name)}: {_aloud(row)}." for name, row in rows]
    spoken += [escape(line) + "." for line in _notes(view)]
    spoken.append(f"As of {moment(view.as_of, 'UTC')}.")
    return Payload("\n".join(spoken), tuple(drawn))


def _shown(rows: Sequence[PipelineRow]) -> list[tuple[str, PipelineRow]]:
    named = [(clean(row.stage) or "no stage", row) for row in rows]
    if len(named) <= STAGES_SHOWN:
        return named
    rest = rows[STAGES_SHOWN - 1 :]
    summed = PipelineRow(
        stage=None,
        count=sum(row.count for row in rest),
        amount=Money(sum(row.amount.minor for row in rest), rest[0].amount.currency),
        weighted=Money(sum(row.weighted.minor for row in rest), rest[0].weighted.currency),
    )
    return [*named[: STAGES_SHOWN - 1], (f"{len(rest)} more stages", summed)]


def _stage(name: str, row: PipelineRow) -> Block:
    first = [blocks.words(name, bold=True), blocks.words(f" · {counted(row.count, 'deal')}")]
    second = [blocks.words(f"{_money(row.amount)} · weighted {_money(row.weighted)}")]
    return blocks.rich(*blocks.lines([first, second]))


def _aloud(row: PipelineRow) -> str:
    return escape(f"{counted(row.count, 'deal')}, {_money(row.amount)}, weighted {_money(row.weighted)}")


def _notes(view: PipelineView) -> list[str]:
    """Small print in full sentences without their full stops: figures, then what is listed apart."""
    notes = []
    figures = []
    if view.win_rate is not None:
        figures.append(f"Win rate {percent(Fraction(view.win_rate))}")
    if view.cycle_days_median is not None:
        days = percent(Fraction(view.cycle_days_median) / 100).removesuffix("%")
        figures.append(f"median cycle {days} {'day' if days == '1' else 'days'}")
    if view.velocity_per_day is not None:
        figures.append(f"velocity {_velocity(view.velocity_per_day, view.total.amount.currency)} a day")
    if figures:
        notes.append(_capitalised(", ".join(figures)))
    if view.not_converted:
        apart = [_apart(item) for item in view.not_converted[:_NAMES_SHOWN]]
        notes.append(f"No rate, so not in the total: {_with_rest(apart, len(view.not_converted))}")
    if view.unknown_stages:
        names = [clean(name) or "no stage" for name in view.unknown_stages[:_NAMES_SHOWN]]
        notes.append(f"Stages the agreement does not name: {_with_rest(names, len(view.unknown_stages))}")
    return notes


def _capitalised(sentence: str) -> str:
    return sentence[0].upper() + sentence[1:]


def _apart(item: NotConverted) -> str:
    currency = clean(item.currency, 12) or "without a currency"
    return f"{counted(item.count, 'deal')} with {clean(item.amount, _AMOUNT)} {currency}"


def _with_rest(parts: Sequence[str], count: int) -> str:
    more = [f"and {count - len(parts)} more"] if count > len(parts) else []
    return ", ".join([*parts, *more])


def _velocity(per_day: Decimal, currency: str) -> str:
    minor = per_day.scaleb(digits(currency) or 0).to_integral_value(ROUND_HALF_UP)
    return _money(Money(int(minor), currency))


def _money(amount: Money) -> str:
    return cut(money(amount), _AMOUNT)


def _empty(whose: str, title: str) -> Payload:
    kind = f"No open deals at the moment ({whose})."
    return Payload(escape(kind), (blocks.header(title), blocks.rich(blocks.words(kind))))
