"""What people type behind a command."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from bot.flow import wins_view
from bot.flow.sla_view import SPANS

if TYPE_CHECKING:
    from bot.flow.sla_view import Span

HELP: Final = "help"
ADD: Final = "add"
_QUOTES: Final = frozenset("\"'\u2018\u2019\u201a\u201c\u201d\u201e\u00ab\u00bb")
"""Straight quotes, and those that a phone's keyboard makes of them."""


@dataclass(frozen=True, slots=True)
class Typed:
    """A command as somebody typed it: its name with the prefix, the words behind it, and their Slack account."""

    command: str
    text: str
    slack_id: str


@dataclass(frozen=True, slots=True)
class About:
    """Whom an answer is about (somebody in the asker's words), and of which time; None where nothing was said."""

    whose: Literal["mine", "team"] | Somebody | None
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Somebody:
    """A person as they were typed: a mention, an address, or words that may be a name."""

    words: str

    @property
    def is_meant(self) -> bool:
        """Whether the words can only mean a person."""
        return "@" in self.words


def about(text: str, *, spans: bool = False) -> About:
    """Read whom a command is about; with `spans` a last word may be `week`, `month` or `quarter`."""
    words = text.split()
    span = next((one for one in SPANS if spans and words and words[-1].casefold() == one), None)
    if span is not None:
        words.pop()
    if not words:
        return About(None, span)
    if len(words) == 1 and words[0].casefold() in {"mine", "team"}:
        return About("mine" if words[0].casefold() == "mine" else "team", span)
    return About(Somebody(unquoted(" ".join(words))), span)


@dataclass(frozen=True, slots=True)
class AboutWins:
    """Whose wins, or those touched by what, and of which time; None where nothing was said."""

    whose: Literal["mine", "team"] | Somebody | None
    span: wins_view.Span | None = None


def about_wins(text: str) -> AboutWins:
    """Read which wins are meant: a time stands first or last, beside it a person, an asset or nothing."""
    words = text.split()
    span = None
    for place in (0, -1):
        span = next((one for one in wins_view.SPANS if words and words[place].casefold() == one), None)
        if span is not None:
            words.pop(place)
            break
    return AboutWins(about(" ".join(words)).whose, span)


def first_word(text: str) -> tuple[str, str]:
    """The first word without case, and what stands behind it, without the quotes that somebody put around it."""
    word, _, rest = text.strip().partition(" ")
    return word.casefold(), unquoted(rest)


def unquoted(text: str) -> str:
    """The text without one pair of quotes around it, straight ones or those of a phone's keyboard."""
    found = text.strip()
    inner = found[1:-1]
    around = {found[0], found[-1]} if len(found) > 1 else {""}
    return found if not around <= _QUOTES or around & set(inner) else inner.strip()
