"""What a renderer hands over: a message as Slack takes it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any, Final

from bot.render.text import fit

TEXT_LIMIT: Final = 3900
"""UTF-16 units of `text`: Slack refuses to update a message with more than 4,000."""


@dataclass(frozen=True)
class Payload:
    """A message: `text` for notifications and for reading aloud, `blocks` for the eye. Neither is empty."""

    text: str
    blocks: tuple[dict[str, Any], ...]

    def __post_init__(self) -> None:
        """Keep `text` within Slack's limit."""
        object.__setattr__(self, "text", fit(self.text, TEXT_LIMIT))

    def as_dict(self) -> dict[str, Any]:
        """The arguments `text` and `blocks` of chat.postMessage, chat.update or a response URL."""
        return {"text": self.text, "blocks": [dict(block) for block in self.blocks]}

    def digest(self) -> str:
        """SHA-256 in hex of the canonical JSON: equal exactly if the message would look the same."""
        canonical = json.dumps(self.as_dict(), sort_keys=True, separators=(",", ":"), ensure_ascii=True)
        return hashlib.sha256(canonical.encode("ascii")).hexdigest()
