"""A private word to the admins: something needs a hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.render import blocks
from bot.render.message import Payload
from bot.render.text import clean, escape

if TYPE_CHECKING:
    from bot.domain.facts import Notice

_SENTENCE = 1000


def notice(facts: Notice) -> Payload:
    """What happened, and below it what to do about it. Each is cut after 1,000 characters."""
    what, advice = clean(facts.what, _SENTENCE), clean(facts.advice, _SENTENCE)
    lines = [[blocks.words(what or "Something needs a look.", bold=True)]]
    if advice:
        lines.append([blocks.words(advice)])
    spoken = "\n".join(line for line in (what, advice) if line) or "Something needs a look."
    return Payload(escape(spoken), (blocks.rich(*blocks.lines(lines)),))
