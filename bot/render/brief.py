"""What marketing reads: the brief of a working day, and the leads of a day that were not a fit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.domain.money import Money
from bot.render import blocks
from bot.render.message import Payload
from bot.render.text import clean, counted, cut, day, escape, money

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.domain.brief_facts import BlindLead, Brief, Feedback, NotAFit, Shortfall
    from bot.render.blocks import Block, Part

PROMISES_SHOWN: Final = 20
LEADS_SHOWN: Final = 40
_WORDS: Final = 200
_AMOUNT: Final = 45
_ASK: Final = "Do you know what brought them? Once their record says it, wins can credit it."


def brief(facts: Brief) -> Payload:
    """Leads that nobody can tell the source of, then the promises behind pace, a sentence each (at most 20)."""
    title = f"For marketing, {day(facts.day, facts.day.year)}"
    drawn: list[Block] = [blocks.header(title)]
    spoken = [f"{title}."]
    count = len(facts.leads) + facts.more
    if count:
        said = f"{counted(count, 'lead')} reached sales without asset or campaign"
        rows = [_name(lead, blocks.words("• ")) for lead in facts.leads]
        rows += [[blocks.words(f"and {facts.more:,} more")]] if facts.more else []
        drawn.append(blocks.rich(*blocks.lines([[blocks.words(said, bold=True)], *rows])))
        drawn.append(blocks.context(_ASK))
        names = [escape(_aloud(lead)) for lead in facts.leads]
        names += [f"and {facts.more:,} more"] if facts.more else []
        spoken.append(f"{said}: {'; '.join(names)}.")
    if facts.behind:
        sentences = [_sentence(promise) for promise in facts.behind[:PROMISES_SHOWN]]
        if len(facts.behind) > PROMISES_SHOWN:
            sentences.append(f"And {counted(len(facts.behind) - PROMISES_SHOWN, 'more promise')}.")
        head = [blocks.words("Behind pace", bold=True)]
        drawn.append(blocks.rich(*blocks.lines([head, *([blocks.words(line)] for line in sentences)])))
        spoken += ["Behind pace.", *map(escape, sentences)]
    return Payload("\n".join(spoken), tuple(drawn))


def feedback(facts: Feedback) -> Payload:
    """The leads of a day that were not a fit, each with its way and the reason. At most 40 are drawn."""
    on = day(facts.day, facts.day.year)
    if not facts.leads:
        calm = f"No lead of {on} is marked as not a fit any more."
        return Payload(calm, (blocks.rich(blocks.words(calm)),))
    shown, more = facts.leads[:LEADS_SHOWN], facts.more + len(facts.leads[LEADS_SHOWN:])
    title = f"Not a fit: {counted(len(shown) + more, 'lead')}, {on}"
    drawn: list[Block] = [blocks.header(title), *(_answer(lead) for lead in shown)]
    spoken = [f"{title}.", *(_answer_aloud(lead) for lead in shown)]
    if more:
        drawn.append(blocks.context(f"and {more:,} earlier"))
        spoken.append(f"And {more:,} earlier.")
    return Payload("\n".join(spoken), tuple(drawn))


# --- promises ---


def _sentence(promise: Shortfall) -> str:
    where = clean(promise.channel) or "All channels"
    start = f"{where}: {_reached(promise.actual)} of {_expected(promise.expected)} expected by today; "
    target, when = _plain(promise.target), f"this {clean(promise.period)}"
    if promise.needed is None:
        return f"{start}no working day is left to reach {target} {when}."
    return f"{start}{_plain(promise.needed)} a working day would reach {target} {when}."


def _reached(amount: int | Money) -> str:
    return f"leads worth {_plain(amount)}" if isinstance(amount, Money) else _plain(amount)


def _expected(amount: int | Money) -> str:
    return _plain(amount) if isinstance(amount, Money) else counted(amount, "lead")


def _plain(amount: int | Money) -> str:
    return cut(money(amount), _AMOUNT) if isinstance(amount, Money) else f"{amount:,}"


# --- leads ---


def _name(lead: BlindLead | NotAFit, *before: Part) -> list[Part]:
    name, company = _names(lead)
    parts = [*before, blocks.anchor(lead.url, name, bold=True)]
    return [*parts, blocks.words(f", {company}")] if company else parts


def _aloud(lead: BlindLead | NotAFit) -> str:
    name, company = _names(lead)
    return f"{name}, {company}" if company else name


def _names(lead: BlindLead | NotAFit) -> tuple[str, str]:
    """What the lead is called (name, else e-mail, else company), and the company beside it."""
    name, company = clean(lead.name) or clean(lead.email), clean(lead.company)
    return (name, company) if name else (company or "a lead without a name", "")


def _answer(lead: NotAFit) -> Block:
    name = [blocks.words("a deleted lead", bold=True)] if lead.deleted else _name(lead)
    rows: list[Sequence[Part]] = [name, [blocks.words(" · ".join(_about(lead)))]]
    if words := _written(lead):
        rows.append([blocks.words(f"“{words}”")])
    return blocks.rich(*blocks.lines(rows))


def _answer_aloud(lead: NotAFit) -> str:
    name = "A deleted lead" if lead.deleted else _aloud(lead)
    words = _written(lead)
    said = f": “{words}”" if words else "."
    return escape(f"{name}. {', '.join(_about(lead))}{said}")


def _about(lead: NotAFit) -> list[str]:
    source = clean(lead.source)
    came = f"Came through {source}" if source else "How they came is not known"
    return [came, clean(lead.reason) or "no reason given"]


def _written(lead: NotAFit) -> str:
    return "" if lead.deleted else clean(lead.words, _WORDS)
