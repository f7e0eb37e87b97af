"""Somebody is asked to take a lead over, and answers in place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.render import blocks, nudge
from bot.render.message import Payload
from bot.render.text import clean, escape, moment

if TYPE_CHECKING:
    from bot.domain.facts import HandOver, NudgeLead
    from bot.render.blocks import Block, Part

ACCEPT: Final = "Accept"
DECLINE: Final = "Decline"
ACCEPT_ACTION: Final = "accept"
DECLINE_ACTION: Final = "decline"
_REASON: Final = 300
_ENDS: Final = {
    "accepted": "It is yours now.",
    "declined": "Declined. It stays where it was.",
    "withdrawn": "Withdrawn. Nothing to do.",
    "settled": "Settled meanwhile. Nothing to do.",
}


def hand_over(facts: HandOver) -> Payload:
    """The question with its two buttons; once it is answered, the answer instead.

    Accepted, it is the lead's reminder to its new owner from then on.
    """
    if facts.state == "accepted" and facts.line is not None:
        return _taken_over(facts, facts.line)
    lead, company = clean(facts.lead) or "a lead without a name", clean(facts.company)
    by = clean(facts.asked_by)
    question = f"{by} asks: would you take this lead over?" if by else "Would you take this lead over?"
    first: list[Part] = [blocks.anchor(facts.url, lead, bold=True)]
    if company and company != lead:
        first.append(blocks.words(f", {company}"))
    who = f"{lead}, {company}" if company and company != lead else lead
    lines: list[list[Part]] = [first]
    spoken = [f"{escape(question)}", f"{escape(who)}"]
    source, reason = clean(facts.source), clean(facts.reason, _REASON)
    if source:
        lines.append([blocks.words(f"Came through {source}")])
        spoken.append(f"Came through {escape(source)}")
    if facts.due is not None and facts.state == "offered":
        at = moment(facts.due, facts.zone)
        lines.append([blocks.words("First contact agreed for "), blocks.time(facts.due, at)])
        spoken.append(f"First contact agreed for {at}")
    if reason:
        lines.append([blocks.words(f"“{reason}”")])
        spoken.append(f"“{escape(reason)}”")
    if facts.state != "offered":
        lines.append([blocks.words(_ENDS[facts.state])])
        spoken.append(_ENDS[facts.state])
        return Payload("\n".join(spoken), (blocks.header(question), blocks.rich(*blocks.lines(lines))))
    buttons = [
        blocks.button(ACCEPT, action_id=ACCEPT_ACTION, value=facts.ref, aloud=f"{ACCEPT}: {who}"),
        blocks.button(DECLINE, action_id=DECLINE_ACTION, value=facts.ref, aloud=f"{DECLINE}: {who}"),
    ]
    drawn = (
        blocks.header(question),
        blocks.rich(*blocks.lines(lines)),
        blocks.actions(f"handover:{facts.ref}", *buttons),
    )
    return Payload("\n".join(spoken), drawn)


def _taken_over(facts: HandOver, lead: NudgeLead) -> Payload:
    """The lead with its buttons, and who asked for what reason."""
    by, reason = clean(facts.asked_by), clean(facts.reason, _REASON)
    asked = ": ".join(words for words in (by and f"Asked by {by}", reason and f"“{reason}”") if words)
    theirs = lead.owner is None and not lead.nobody
    title = "This lead is yours now" if theirs else "This lead was taken over"
    drawn: list[Block] = [blocks.header(title), *nudge.lead_blocks(lead, 0, facts.zone)]
    spoken = [f"{title}.", nudge.aloud(lead, facts.zone)]
    if asked:
        drawn.append(blocks.context(asked))
        spoken.append(escape(asked))
    return Payload("\n".join(spoken), tuple(drawn))
