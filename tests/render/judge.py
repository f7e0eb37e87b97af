"""What every payload must keep, whatever the facts hold."""

import json
import unicodedata

from bot.playground.blockkit import check_blocks, check_view
from bot.playground.mrkdwn import mentions
from bot.render.message import TEXT_LIMIT
from bot.render.text import width

MEANT = "\n\u2068\u2069\u200c\u200d\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2"
"""Our own line breaks and isolates, joiners, and the format characters that are printed."""
PLACES = ("text", "fallback", "accessibility_label")


def strings(value):
    """Every text that somebody reads, with the type of its object (`None` for the notification text)."""
    if isinstance(value, dict):
        for name, member in value.items():
            if name in PLACES and isinstance(member, str):
                yield value.get("type"), member
            else:
                yield from strings(member)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from strings(item)


def spoken(payload):
    """Everything that the blocks show, in order."""
    return "\n".join(text for _, text in strings(payload.as_dict()["blocks"]))


def faults(payload, allowed=()):
    """Everything wrong with a payload; `allowed` are the beginnings of the tokens that we made."""
    body = payload.as_dict()
    found = check_blocks(body["blocks"])
    if not body["text"].strip() or width(body["text"]) > TEXT_LIMIT:
        found.append(f"text of {width(body['text'])} units")
    if not body["blocks"]:
        found.append("no blocks")
    found += [f"token {token}" for token in mentions(body) if not token.startswith(tuple(allowed))]
    found += [f"{kind}: {problem}" for kind, text in strings(body) for problem in _unsafe(kind, text)]
    json.dumps(body, ensure_ascii=False).encode("utf-8")
    return found


def view_faults(view):
    """Everything wrong with a view: nothing in it is a token, whatever the facts hold."""
    found = check_view(view)
    found += [f"token {token}" for token in mentions(view)]
    found += [f"{kind}: {problem}" for kind, text in strings(view) for problem in _unsafe(kind, text)]
    json.dumps(view, ensure_ascii=False).encode("utf-8")
    return found


def _unsafe(kind, text):
    if kind == "mrkdwn" and not (text.startswith("<") and text.endswith(">")):
        yield "mrkdwn that is more than one token of ours"
    depth = 0
    for char in text:
        depth += {"\u2068": 1, "\u2069": -1}.get(char, 0)
        if depth not in {0, 1}:
            yield "isolates that do not match"
        if unicodedata.category(char) in {"Cc", "Cf", "Cs", "Zl", "Zp"} and char not in MEANT:
            yield f"U+{ord(char):04X}"
    if depth:
        yield "an isolate that is left open"
