"""The angle-bracket tokens of Slack's mrkdwn: which are well formed, and which a payload holds.

Source of the grammar: https://docs.slack.dev/messaging/formatting-message-text
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

_DATE_PARTS: Final = frozenset(
    {
        "date_num",
        "date",
        "date_slash",
        "date_short",
        "date_long",
        "date_long_full",
        "date_pretty",
        "date_short_pretty",
        "date_long_pretty",
        "time",
        "time_secs",
        "ago",
    }
)
_TOKEN: Final = re.compile(r"<([^<>]*)>")
_FORMS: Final = (
    re.compile(r"@[UW][A-Z0-9]+(\|[^|]+)?"),  # a person
    re.compile(r"#[CG][A-Z0-9]+(\|[^|]*)?"),  # a channel
    re.compile(r"!(here|channel|everyone)(\|[^|]+)?"),  # everybody
    re.compile(r"!subteam\^S[A-Z0-9]+(\|[^|]+)?"),  # a user group
    re.compile(r"(https?|slack)://[^\s|]+(\|[^|\n]+)?"),  # a link
    re.compile(r"(mailto|tel):[^\s|]+(\|[^|\n]+)?"),  # an address, a telephone number
)
_DATE: Final = re.compile(r"!date\^-?\d+\^([^|^]+)(\^https?://[^\s|]+)?\|[^|]+")
_LINKED_NAMES: Final = re.compile(r"(?<![\w<!])@(?:here|channel|everyone)\b")
_JSON_ARGUMENTS: Final = frozenset({"blocks", "attachments", "view"})


def tokens(text: str) -> list[str]:
    """Every `<…>` in a mrkdwn text, in order, well formed or not."""
    return [match.group(0) for match in _TOKEN.finditer(text)]


def malformed(text: str) -> list[str]:
    """What stands in angle brackets without being one of Slack's tokens, and every `<` that is never closed.

    Slack prints such text as it is; the stand-in refuses it, because it is always a name that nobody escaped.
    """
    bad = [token for token in tokens(text) if not _well_formed(token[1:-1])]
    if "<" in _TOKEN.sub("", text):
        bad.append("<")
    return bad


def _well_formed(inner: str) -> bool:
    date = _DATE.fullmatch(inner)
    if date is not None:
        parts = re.findall(r"\{([^{}]*)\}", date.group(1))
        return bool(parts) and _DATE_PARTS.issuperset(parts)
    return any(form.fullmatch(inner) for form in _FORMS)


def mentions(payload: Mapping[str, Any] | Sequence[Any]) -> list[str]:
    """Every token in every text of a message, a view or a list of blocks: mentions, links, dates.

    Plain text objects are left out, since Slack shows what they hold as it is. Rich text parts that mention
    or link are written as the token they stand for. With `link_names` or `parse=full` a bare @channel counts
    too.
    """
    found = list(_walk(payload))
    if isinstance(payload, Mapping) and (payload.get("link_names") or payload.get("parse") == "full"):
        found += [word for text in _strings(payload) for word in _LINKED_NAMES.findall(text)]
    return found


def _walk(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        yield from _object(value)
    elif isinstance(value, Sequence) and not isinstance(value, str | bytes):
        for item in value:
            yield from _walk(item)


def _object(value: Mapping[str, Any]) -> Iterator[str]:
    kind = value.get("type")
    if kind in {"mrkdwn", "markdown"}:
        yield from tokens(str(value.get("text", "")))
    elif isinstance(kind, str) and kind in _RICH:
        yield _rich(kind, value)
    elif kind not in {"plain_text", "raw_text", "raw_number", "text"}:
        shown = (
            _MRKDWN_MEMBERS - {"value"} if "text" in value else _MRKDWN_MEMBERS
        )  # an option's value is not shown
        for name, member in value.items():
            if isinstance(member, str) and kind in {None, "message"} and name in shown:
                yield from tokens(member)
            elif name not in _NEVER_SHOWN:
                yield from _walk(decoded(name, member))


_MRKDWN_MEMBERS: Final = frozenset(
    {"text", "markdown_text", "pretext", "fallback", "title", "value", "footer"}
)
_NEVER_SHOWN: Final = frozenset({"metadata", "private_metadata", "state"})
_RICH: Final[Mapping[str, tuple[str, str]]] = {
    "user": ("@", "user_id"),
    "channel": ("#", "channel_id"),
    "usergroup": ("!subteam^", "usergroup_id"),
    "broadcast": ("!", "range"),
    "link": ("", "url"),
    "date": ("!date^", "timestamp"),
}


def _rich(kind: str, value: Mapping[str, Any]) -> str:
    mark, member = _RICH[kind]
    return f"<{mark}{value.get(member, '')}>"


def decoded(name: str, member: Any) -> Any:
    """A member of a payload, parsed when a form body carries it as a JSON string."""
    if name in _JSON_ARGUMENTS and isinstance(member, str):
        try:
            return json.loads(member)
        except ValueError:
            return member
    return member


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for member in value.values():
            yield from _strings(member)
    elif isinstance(value, Sequence):
        for item in value:
            yield from _strings(item)
