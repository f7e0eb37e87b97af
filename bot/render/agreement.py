"""What sales and marketing agreed on, to be read by both: all of it, or what changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.render import blocks
from bot.render.message import Payload
from bot.render.text import clean, counted, escape, moment

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bot.domain.terms import Terms
    from bot.render.blocks import Block, Part

SENTENCES_SHOWN: Final = 20
"""Sentences of one section."""
SECTIONS_SHOWN: Final = 20
CHANGES_SHOWN: Final = 20
_SENTENCE: Final = 500
_NAMELESS: Final = "Our agreement"


def agreement_words(terms: Terms, since: datetime | None, zone: str) -> Payload:
    """All that was agreed, a paragraph a section. `since` (aware) is when it came in force, None where it is not yet.

    Of more than 20 sentences in a section the rest is counted. `text` says the same, as far as Slack's limit goes.
    """
    name = clean(terms.name) or _NAMELESS
    drawn: list[Block] = [blocks.header(name)]
    spoken = [f"{escape(name)}."]
    if since is not None:
        drawn.append(blocks.context("In force since", since))
        spoken.append(f"In force since {moment(since, zone)}.")
    for title, sentences in terms.sections[:SECTIONS_SHOWN]:
        said = _shown(sentences, SENTENCES_SHOWN, "sentence")
        drawn.append(_listed(title, said))
        spoken.append(escape(f"{clean(title)}: {' '.join(said)}"))
    return Payload("\n".join(spoken), tuple(drawn))


def agreement_changed(name: str, changes: Sequence[str], zone: str, since: datetime) -> Payload:
    """What is agreed otherwise since `since` (aware), a line a change; of more than 20 the rest is counted."""
    said = _shown(changes, CHANGES_SHOWN, "change")
    title, named = "The agreement has changed", clean(name) or _NAMELESS
    first: list[Part] = [blocks.words(f"{named}, in force since "), blocks.time(since, moment(since, zone))]
    drawn = (
        blocks.header(title),
        blocks.rich(*first),
        _listed("", said),
        blocks.context("Leads that wait are counted by it from now on. What is closed stays as it was."),
    )
    spoken = [
        f"{title}: {escape(named)}, in force since {moment(since, zone)}.",
        *(escape(line) for line in said),
    ]
    return Payload("\n".join(spoken), drawn)


def _shown(sentences: Sequence[str], most: int, what: str) -> list[str]:
    """The sentences as they are shown, and how many more there are."""
    said = [clean(sentence, _SENTENCE) for sentence in sentences[:most]]
    more = [f"And {counted(len(sentences) - most, f'more {what}')}."] if len(sentences) > most else []
    return [line for line in said if line] + more


def _listed(title: str, said: Sequence[str]) -> Block:
    heading = [[blocks.words(clean(title), bold=True)]] if title else []
    return blocks.rich(*blocks.lines([*heading, *([blocks.words(f"• {line}")] for line in said)]))
