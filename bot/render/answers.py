"""Short private answers to a command or a press of a button."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.render import blocks
from bot.render.message import Payload
from bot.render.text import clean, escape

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.domain.answering import Result

BUSY: Final = "Busy at the moment. Please try again in a few seconds. Nothing was changed."
UNCHANGED: Final[Mapping[Result, str]] = {
    "already": "This is settled already. Nothing more to do.",
    "not yours": "This lead is with somebody else, so the answer is theirs to give. Nothing was changed.",
    "gone": "This lead is no longer in the records, so there is nothing to answer.",
    "too late": "This can no longer be taken back: ten minutes have passed, or somebody has acted on it.",
}
"""What is said where an answer changed nothing; one that did needs no words, the message shows it."""

_WORDS: Final = 120
_USAGE: Final = 300


def unchanged(result: Result) -> Payload | None:
    """The sentence for an answer that changed nothing; None for one that did."""
    sentence = UNCHANGED.get(result)
    return None if sentence is None else _say(sentence)


def not_opened() -> Payload:
    """Slack did not open a form in the few seconds it gives."""
    return _say("The form could not be opened in time. Please press again. Nothing was changed.")


def nothing_found(sought: str) -> Payload:
    """Nothing matches what was asked for; `sought` is the asker's own word."""
    word = clean(sought, _WORDS)
    return _say(f"Nothing found for “{word}”. Please check the spelling." if word else "Nothing found.")


def unknown_words(given: str, usage: str) -> Payload:
    """The command does not know these words; `usage` is the line that shows which it knows."""
    words = clean(given, _WORDS)
    first = f"“{words}” is not something this command knows." if words else "This command needs a word more."
    return _say(f"{first} Try: {clean(usage, _USAGE)}")


def busy() -> Payload:
    """The database could not answer in time."""
    return _say(BUSY)


def failed(reference: str) -> Payload:
    """Something went wrong that nobody foresaw; `reference` finds it in the log."""
    return _say(
        f"That did not work, and it is not your fault. Reference for the admins: {clean(reference, 40)}"
    )


def said(sentence: str) -> Payload:
    """A sentence of our own errors, which may hold words from outside."""
    return _say(clean(sentence, 1000) or "Done.")


def _say(sentence: str) -> Payload:
    return Payload(escape(sentence), (blocks.rich(blocks.words(sentence)),))
