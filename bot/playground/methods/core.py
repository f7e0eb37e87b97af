"""What every Web API method shares: its arguments, its scopes, the channels it sees, how it answers."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from bot.playground.blockkit_elements import with_block_ids
from bot.playground.refusal import Refusal
from bot.playground.workspace import APP_ID, BOT_ID, BOT_USER, TEAM_ID, Workspace

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bot.playground.handles import Triggers
    from bot.playground.rates import Limits
    from bot.playground.records import Channel, Json, Message

# What an app like this asks for at least (and what `missing_scope` is tested against): it writes and reads
# where it is a member, opens direct messages, finds people by e-mail, reads their quiet hours, and reacts.
DEFAULT_SCOPES: Final = frozenset(
    {
        "channels:history",
        "channels:read",
        "chat:write",
        "commands",
        "dnd:read",
        "groups:history",
        "groups:read",
        "im:history",
        "im:write",
        "reactions:write",
        "users:read",
        "users:read.email",
    }
)
_FAMILY: Final = {"public": "channels", "private": "groups", "im": "im"}


@dataclass(slots=True)
class Settings:
    """What a workspace's owner may set; `edit_window` in seconds, None for ever.

    `strict` refuses three things that Slack lets pass and people suffer from: blocks without a text (screen
    readers and notifications read nothing else), text that names nobody escaped, and a text over 40,000
    characters, which Slack cuts.
    """

    scopes: frozenset[str] = DEFAULT_SCOPES
    strict: bool = True
    edit_window: float | None = None
    home_tab: bool = True
    messages_tab: bool = True


@dataclass(slots=True)
class Api:
    """What a method works with: the state, the limits, the settings, and the address of the stand-in."""

    workspace: Workspace
    triggers: Triggers
    limits: Limits
    settings: Settings
    url: Callable[[], str]

    def need(self, *scopes: str) -> None:
        """Raise `missing_scope` unless the bot was given all of these scopes."""
        missing = sorted(set(scopes) - self.settings.scopes)
        if missing:
            provided = ",".join(sorted(self.settings.scopes))
            raise Refusal("missing_scope", needed=",".join(missing), provided=provided)

    def need_for(self, channel: Channel, right: Literal["read", "history"]) -> None:
        """Raise `missing_scope` unless the bot may read, or read the history of, that kind of channel."""
        self.need(f"{_FAMILY[channel.kind]}:{right}")

    def channel(self, args: Args, name: str = "channel") -> Channel:
        """Return the channel of that id; a name will not do, and a private one must have the bot in it."""
        found = self.workspace.channels.get(args.text(name))
        if found is None or (found.kind == "private" and BOT_USER not in found.members):
            raise Refusal("channel_not_found")
        return found


class Args:
    """The arguments of one call, from a JSON or a form body."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self.values = values

    def has(self, name: str) -> bool:
        """Tell whether the argument was sent at all."""
        return self.values.get(name) is not None

    def text(self, name: str, default: str = "") -> str:
        """Return a string argument; `invalid_arguments` if it is something else."""
        value = self.values.get(name)
        if value is None:
            return default
        if not isinstance(value, str):
            raise Refusal("invalid_arguments", [f"[ERROR] must provide a string [json-pointer:/{name}]"])
        return value

    def required(self, name: str) -> str:
        """Return a string argument that may not be missing or empty."""
        value = self.text(name)
        if not value:
            raise Refusal("invalid_arguments", [f"[ERROR] missing required field: {name} [json-pointer:/]"])
        return value

    def flag(self, name: str) -> bool:
        """Return a boolean argument; form bodies write it as true or 1."""
        return str(self.values.get(name, "")).lower() in {"true", "1"}

    def limit(self, default: int, most: int) -> int:
        """Return the page size; `invalid_limit` unless it is from 1 to `most`."""
        value = self.values.get("limit")
        try:
            number = int(value or 0) or default
        except (TypeError, ValueError):
            number = 0
        if not 1 <= number <= most:
            raise Refusal("invalid_limit")
        return number

    def json(self, name: str, code: str) -> Any:
        """Return a structured argument, which may come as a JSON string; `code` is the error for bad JSON."""
        value = self.values.get(name)
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value)
        except ValueError as error:
            raise Refusal(code, [f"[ERROR] not valid JSON [json-pointer:/{name}]"]) from error


@dataclass(frozen=True, slots=True)
class Method:
    """One Web API method: the scopes it always needs, its tier if any, whether it writes messages."""

    run: Callable[[Api, Args], Json]
    scopes: tuple[str, ...] = ()
    tier: int | None = None
    writes: bool = False


def page(items: list[Any], args: Args, *, default: int, most: int) -> tuple[list[Any], str]:
    """Cut one page out of `items`; return it with the cursor of the next one, empty at the end."""
    size = args.limit(default, most)
    cursor = args.text("cursor")
    try:
        start = int(cursor.removeprefix("next:")) if cursor else 0
    except ValueError as error:
        raise Refusal("invalid_cursor") from error
    end = start + size
    return items[start:end], f"next:{end}" if end < len(items) else ""


def wire_message(message: Message, *, all_metadata: bool = True) -> Json:
    """Return a message as Slack writes it; of its metadata only the event type unless `all_metadata`."""
    body: Json = {
        "type": "message",
        "user": message.user,
        "ts": message.ts,
        "text": message.text,
        "team": TEAM_ID,
    }
    if message.user == BOT_USER:
        body |= {"bot_id": BOT_ID, "app_id": APP_ID}
    if message.blocks:
        body["blocks"] = with_block_ids(message.blocks)
    if message.attachments:
        body["attachments"] = message.attachments
    if message.thread_ts is not None:
        body["thread_ts"] = message.thread_ts
    if message.metadata is not None:
        kept = ("event_type", "event_payload") if all_metadata else ("event_type",)
        body["metadata"] = {name: message.metadata[name] for name in kept}
    return body
