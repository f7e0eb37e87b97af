"""The content of a message, checked in one place for every door it may come through."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.playground.blockkit import characters, check_blocks, check_metadata
from bot.playground.blockkit_limits import LIMITS
from bot.playground.mrkdwn import malformed
from bot.playground.refusal import Refusal

if TYPE_CHECKING:
    from bot.playground.methods.core import Args
    from bot.playground.records import Json


@dataclass(frozen=True, slots=True)
class Content:
    """What a message is to show; None where the argument was not sent."""

    text: str | None
    blocks: list[Json] | None
    attachments: list[Json] | None
    metadata: Json | None

    def kept(self) -> Json:
        """Return the members of a new message besides its text."""
        return {"blocks": self.blocks or [], "attachments": self.attachments or []}


def read_content(args: Args, *, strict: bool, text_limit: str = "message.text") -> Content:
    """Read and check text, blocks, attachments and metadata; a `Refusal` names what Slack would not take."""
    text = _text(args, strict=strict, limit=LIMITS[text_limit])
    blocks = _blocks(args)
    attachments = _attachments(args)
    if not text and not blocks and not attachments:
        raise Refusal("no_text")
    # Slack takes blocks without a text and makes one up for the notification; screen readers are left with
    # that.
    if not text and strict:
        raise Refusal("no_text", ["[ERROR] blocks need a text beside them: screen readers read nothing else"])
    return Content(text, blocks, attachments, _metadata(args))


def _text(args: Args, *, strict: bool, limit: int) -> str | None:
    if args.has("markdown_text"):
        if args.has("text") or args.has("blocks"):
            raise Refusal("markdown_text_conflict")
        if len(args.text("markdown_text")) > LIMITS["message.markdown_text"]:
            raise Refusal("msg_too_long")
        return args.text("markdown_text")
    text = args.text("text") if args.has("text") else None
    if text is not None and len(text) > limit and (strict or limit != LIMITS["message.text"]):
        raise Refusal("msg_too_long")
    if text is not None and strict and malformed(text):
        names = [f"[ERROR] malformed mrkdwn token: {token} [json-pointer:/text]" for token in malformed(text)]
        raise Refusal("invalid_arguments", names)
    return text


def _blocks(args: Args) -> list[Json] | None:
    if not args.has("blocks"):
        return None
    blocks: Any = args.json("blocks", "invalid_blocks_format")
    if not isinstance(blocks, list):
        raise Refusal("invalid_blocks_format", ["[ERROR] must provide an array [json-pointer:/blocks]"])
    errors = check_blocks(blocks)
    if errors:
        raise Refusal("invalid_blocks", errors)
    if characters(blocks) > LIMITS["message.characters"]:
        raise Refusal("msg_blocks_too_long")
    return blocks


def _attachments(args: Args) -> list[Json] | None:
    if not args.has("attachments"):
        return None
    attachments: Any = args.json("attachments", "invalid_attachments")
    if not isinstance(attachments, list) or not all(isinstance(one, dict) for one in attachments):
        raise Refusal("invalid_attachments")
    if len(attachments) > LIMITS["message.attachments"]:
        raise Refusal("too_many_attachments")
    for index, one in enumerate(attachments):
        blocks = one.get("blocks") or []
        if not isinstance(blocks, list):
            raise Refusal("invalid_attachments")
        errors = check_blocks(blocks, at=f"/attachments/{index}/blocks")
        if errors:
            raise Refusal("invalid_attachments", errors)
    return attachments


def _metadata(args: Args) -> Json | None:
    """Return metadata as sent; an empty object is kept as such, since it takes the old metadata away."""
    metadata: Any = args.json("metadata", "invalid_metadata_format")
    if metadata is None:
        return None
    if metadata == {}:
        return {}
    code = check_metadata(metadata)
    if code is not None:
        raise Refusal(code)
    checked: Json = metadata
    return checked
