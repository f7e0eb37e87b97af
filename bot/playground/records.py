"""What the stand-in's workspace holds, as values: people, channels, messages, views; and the bot's calls."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class User:
    """A person or a bot; `tz` is an IANA zone, `dnd` a quiet span in epoch seconds, repeated daily."""

    id: str
    name: str
    email: str | None = None
    tz: str = "UTC"
    deleted: bool = False
    is_bot: bool = False
    dnd: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Channel:
    """A public or private channel, or the direct messages (`im`) of `user` and the bot."""

    id: str
    name: str
    kind: Literal["public", "private", "im"]
    created: int
    members: frozenset[str] = frozenset()
    archived: bool = False
    user: str | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """A message as it stands; `edited` once it was changed, `thread_ts` set on a reply and its parent."""

    ts: str
    channel: str
    user: str
    text: str
    blocks: list[Json] = field(default_factory=list)
    attachments: list[Json] = field(default_factory=list)
    metadata: Json | None = None
    edited: bool = False
    thread_ts: str | None = None


@dataclass(frozen=True, slots=True)
class Ephemeral:
    """What one person alone sees in a channel; `source` is chat.postEphemeral, response_url, ack or slack."""

    ts: str
    channel: str
    user: str
    text: str
    source: str
    blocks: list[Json] = field(default_factory=list)
    attachments: list[Json] = field(default_factory=list)
    thread_ts: str | None = None
    edited: bool = False


@dataclass(frozen=True, slots=True)
class View:
    """An open modal or a Home tab; `definition` is what the bot sent, `hash` changes with every update."""

    id: str
    user: str
    definition: Json
    hash: str
    root_id: str
    previous_id: str | None = None

    @property
    def kind(self) -> str:
        """`modal` or `home`."""
        return str(self.definition["type"])

    @property
    def external_id(self) -> str:
        """The id that the bot chose for the view, or an empty string."""
        return str(self.definition.get("external_id") or "")


@dataclass(frozen=True, slots=True)
class Call:
    """One request of the bot, in the order of arrival; the token is left out of `args`.

    `answer` is what Slack would say, `accepted` whether it took effect, whatever then became of the answer on
    the line. `at` is the injected clock's instant in seconds.
    """

    method: str
    args: Json
    at: float
    answer: Json
    accepted: bool


@dataclass(frozen=True, slots=True)
class Failure:
    """Something that Slack would hold against the bot: `late_ack`, `bad_ack`, `unreachable`, `bad_answer`."""

    kind: str
    detail: str
    at: float
