"""A reply in the thread of a card: what changed much about its win."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.render import blocks
from bot.render.message import Payload
from bot.render.text import clean, escape, person
from bot.render.win_words import in_money

if TYPE_CHECKING:
    from bot.domain.win_facts import WinReply
    from bot.render.blocks import Part


def win_reply(facts: WinReply) -> Payload:
    """One sentence for the amount, one for the owner; the card above shows the rest."""
    title = clean(facts.title)
    parts: list[list[Part]] = []
    aloud: list[str] = []
    if facts.was_amount is not None and facts.amount is not None:
        change = f"The amount is now {in_money(facts.amount)}; it was {in_money(facts.was_amount)}."
        parts.append([blocks.words(change)])
        aloud.append(escape(change))
    if facts.was_owner is not None and facts.owner is not None:
        parts.append(
            [
                blocks.words("The owner is now "),
                blocks.who(facts.owner),
                blocks.words("; it was "),
                blocks.who(facts.was_owner),
                blocks.words("."),
            ]
        )
        aloud.append(f"The owner is now {person(facts.owner)}; it was {person(facts.was_owner)}.")
    return Payload(
        f"Corrected: {escape(title)}. {' '.join(aloud)}",
        (
            blocks.rich(blocks.words("Corrected: "), blocks.words(title, bold=True)),
            blocks.rich(*blocks.lines(parts)),
        ),
    )
