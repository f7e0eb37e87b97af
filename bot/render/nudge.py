"""One reminder: all leads due for one person, or in the fallback channel, each answered by one press."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.render import blocks
from bot.render.message import Payload
from bot.render.text import clean, counted, escape, moment, person

if TYPE_CHECKING:
    from bot.domain.facts import Nudge, NudgeLead
    from bot.render.blocks import Block, Part

LEADS_SHOWN: Final = 20
CONTACTED: Final = "Contacted"
ACTION: Final = "contacted"
_OPEN: Final = frozenset({"at_risk", "breached"})
_ANSWERS: Final = {
    "said": CONTACTED,
    "seen": f"{CONTACTED}, seen in the CRM",
    "closed": "no contact needed any more",
}


def nudge(facts: Nudge) -> Payload:
    """The reminder. An open lead has the button `Contacted`; a settled one repeats the answer instead.

    At most 20 leads are drawn; what is beyond them is counted together with `facts.more`.
    """
    shown, more = facts.leads[:LEADS_SHOWN], facts.more + len(facts.leads[LEADS_SHOWN:])
    title = _headline(facts, sum(lead.state in _OPEN for lead in shown), more)
    drawn: list[Block] = [blocks.header(title)]
    spoken = [f"{title}."]
    for index, lead in enumerate(shown):
        drawn += _lead(lead, index, facts)
        spoken.append(_aloud(lead, facts))
    if more > 0:
        drawn.append(blocks.context(f"and {counted(more, 'more lead')}"))
        spoken.append(f"And {counted(more, 'more lead')}.")
    return Payload("\n".join(spoken), tuple(drawn))


def _headline(facts: Nudge, waiting: int, more: int) -> str:
    if waiting + more == 0:
        return "All settled, thank you" if facts.leads else "No lead is waiting"
    for_whom = "for a first contact" if facts.to_channel else "for your first contact"
    return f"{counted(waiting + more, 'lead is', 'leads are')} waiting {for_whom}"


def _lead(lead: NudgeLead, index: int, facts: Nudge) -> list[Block]:
    name, company = _names(lead)
    first: list[Part] = [blocks.anchor(lead.url, name, bold=True)]
    if company:
        first.append(blocks.words(f", {company}"))
    if lead.state not in _OPEN:
        return [blocks.rich(*first, blocks.words(f" · {_ANSWERS[lead.state]}"))]
    source = clean(lead.source)
    promise = f"Came through {source} · {_promise(lead)}" if source else _promise(lead).capitalize()
    second = [blocks.words(promise), blocks.time(lead.due, moment(lead.due, facts.zone))]
    if facts.to_channel:
        owner = blocks.words("no owner yet") if lead.owner is None else blocks.who(lead.owner)
        second += [blocks.words(" · "), owner]
    aloud = f"{CONTACTED}: {name}" + (f", {company}" if company else "")
    press = blocks.button(CONTACTED, action_id=ACTION, value=lead.ref, aloud=aloud)
    return [blocks.rich(*blocks.lines([first, second])), blocks.actions(f"lead:{index}:{lead.ref}", press)]


def _promise(lead: NudgeLead) -> str:
    return "first contact agreed by " if lead.state == "at_risk" else "first contact was agreed for "


def _aloud(lead: NudgeLead, facts: Nudge) -> str:
    name, company = _names(lead)
    who = escape(f"{name}, {company}" if company else name)
    if lead.state not in _OPEN:
        return f"{who}: {_ANSWERS[lead.state]}."
    source = escape(clean(lead.source))
    came = f" came through {source}," if source else ""
    owner = ""
    if facts.to_channel:
        owner = ", no owner yet" if lead.owner is None else f", owner {person(lead.owner)}"
    return f"{who}:{came} {_promise(lead)}{moment(lead.due, facts.zone)}{owner}."


def _names(lead: NudgeLead) -> tuple[str, str]:
    """What the lead is called (name, else e-mail, else company), and the company beside it."""
    name, company = clean(lead.name) or clean(lead.email), clean(lead.company)
    return (name, company) if name else (company or "a lead without a name", "")
