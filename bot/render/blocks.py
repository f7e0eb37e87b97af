"""The few Block Kit pieces our messages are made of, each within Slack's limits whatever it is given.

Outside text goes in as `clean` leaves it; plain text and rich text show it as typed. A text that is too
long is cut, a list that is too long ends early, an empty text becomes a dash: any of these would make Slack
refuse the whole message.
Source of the limits: https://docs.slack.dev/reference/block-kit/blocks
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from bot.domain.facts import Named
from bot.render.text import (
    DATE_FORMAT,
    clean,
    cut,
    date_token,
    mention,
    moment,
    plain_name,
    safe_url,
    slack_id,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

Block = dict[str, Any]
Part = dict[str, Any]

BLOCKS: Final = 50
HEADER: Final = 150
TEXT: Final = 3000
CONTEXT_PARTS: Final = 10
ACTIONS: Final = 25
LABEL: Final = 75
ID: Final = 255
MENU_ENTRIES: Final = 5
OPTIONS: Final = 100
_NOTHING: Final = "-"


def header(text: str) -> Block:
    """One line in large letters, at most 150."""
    return {"type": "header", "text": _plain(text, HEADER)}


def words(text: str, *, bold: bool = False, strike: bool = False) -> Part:
    """Rich text as typed. Line breaks of our own stay."""
    part: Part = {"type": "text", "text": _cut(text, TEXT)}
    style = {name: True for name, on in (("bold", bold), ("strike", strike)) if on}
    return part | {"style": style} if style else part


def who(named: Named, *, bold: bool = False) -> Part:
    """A person in rich text: a mention if Slack knows them, else the name, else the e-mail."""
    known = slack_id(named)
    if known is None:
        return words(plain_name(named), bold=bold)
    part: Part = {"type": "user", "user_id": known}
    return part | {"style": {"bold": True}} if bold else part


def anchor(url: str | None, label: str, *, bold: bool = False) -> Part:
    """A link in rich text, or the label alone if the address may not be linked."""
    target = safe_url(url)
    part = words(label, bold=bold)
    return part | {"type": "link", "url": target} if target else part


def time(instant: datetime, fallback: str) -> Part:
    """An instant (aware) in rich text that each reader sees in their own zone."""
    return {
        "type": "date",
        "timestamp": int(instant.timestamp()),
        "format": DATE_FORMAT,
        "fallback": clean(fallback) or _NOTHING,
    }


def rich(*parts: Part) -> Block:
    """A paragraph of rich text parts."""
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": list(parts)}]}


def side_by_side(titles: tuple[str, str], cells: tuple[Sequence[Part], Sequence[Part]]) -> Block:
    """Two columns of equal weight under a title each, side by side on every screen. One to a message."""
    return {
        "type": "table",
        "column_settings": [{"is_wrapped": True}, {"is_wrapped": True}],
        "rows": [[rich(words(title, bold=True)) for title in titles], [rich(*cell) for cell in cells]],
    }


def context(*pieces: str | Named | datetime) -> Block:
    """A line in small letters of at most 10 pieces: text as typed, people (mentioned if known), instants."""
    return {"type": "context", "elements": [_piece(piece) for piece in pieces[:CONTEXT_PARTS]]}


def button(label: str, *, action_id: str, value: str, aloud: str) -> Part:
    """A button. `value` is an opaque reference of ours, `aloud` what a screen reader says for the label."""
    return {
        "type": "button",
        "text": _plain(label, LABEL),
        "action_id": action_id,
        "value": value,
        "accessibility_label": _cut(aloud, LABEL),
    }


def menu(action_id: str, entries: Sequence[tuple[str, str]]) -> Part:
    """A menu of at most 5 entries behind three dots: (label, opaque value)."""
    options = [{"text": _plain(label, LABEL), "value": value} for label, value in entries[:MENU_ENTRIES]]
    return {"type": "overflow", "action_id": action_id, "options": options}


def select(action_id: str, label: str, entries: Sequence[tuple[str, str]]) -> Part:
    """A list to choose one of, at most 100: (label, opaque value); `label` stands there until something is chosen."""
    options = [{"text": _plain(entry, LABEL), "value": value} for entry, value in entries[:OPTIONS]]
    return {
        "type": "static_select",
        "action_id": action_id,
        "placeholder": _plain(label, LABEL),
        "options": options,
    }


def actions(block_id: str, *elements: Part) -> Block:
    """A row of buttons; `block_id` is unique within the message."""
    return {"type": "actions", "block_id": block_id[:ID], "elements": list(elements[:ACTIONS])}


def lines(given: Iterable[Sequence[Part]]) -> list[Part]:
    """Lines of rich text parts as one list of parts with line breaks between them."""
    parts: list[Part] = []
    for line in given:
        if parts:
            parts.append({"type": "text", "text": "\n"})
        parts.extend(line)
    return parts


def _piece(piece: str | Named | datetime) -> Part:
    if isinstance(piece, str):
        return _plain(piece, TEXT)
    if isinstance(piece, Named):
        known = mention(piece)
        return _token(known) if known else _plain(plain_name(piece), TEXT)
    return _token(date_token(piece, moment(piece, "UTC")))


def _token(token: str) -> Part:
    return {"type": "mrkdwn", "text": token, "verbatim": True}


def _plain(text: str, limit: int) -> Part:
    return {"type": "plain_text", "text": _cut(text, limit), "emoji": False}


def _cut(text: str, limit: int) -> str:
    return cut(text, limit) if text.strip() else _NOTHING
