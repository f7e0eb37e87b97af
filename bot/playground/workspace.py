"""The state of the stand-in's workspace: people, channels, messages, views. It knows nothing of HTTP.

Changes are made by the Web API and by people; both go through here, so each gets a timestamp of its own and
is told to whoever watches. Ids count up, so that the same story gives the same ids.
"""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from bot.playground.records import Channel, Ephemeral, Json, Message, User, View

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

TEAM_ID: Final = "T00000001"
APP_ID: Final = "A00000001"
BOT_ID: Final = "B00000001"
BOT_USER: Final = "U00000000"


class Workspace:
    """Everything in one team. `now` gives epoch seconds; `on_change` is called after every change."""

    def __init__(self, now: Callable[[], float], on_change: Callable[[], None] = lambda: None) -> None:
        self.now = now
        self.on_change = on_change
        self.users: dict[str, User] = {BOT_USER: User(BOT_USER, "Winbell", is_bot=True)}
        self.channels: dict[str, Channel] = {}
        self.views: dict[str, View] = {}
        self.home: dict[str, str] = {}
        self._messages: dict[str, list[Message]] = {}
        self._ephemerals: list[Ephemeral] = []
        self._reactions: dict[tuple[str, str], list[str]] = {}
        self._last_ts = 0
        self._count = 0

    # --- people and channels ---

    def _next_id(self, letter: str) -> str:
        self._count += 1
        return f"{letter}{self._count:08d}"

    def add_user(
        self,
        name: str,
        email: str | None = None,
        *,
        user_id: str | None = None,
        tz: str = "UTC",
        deleted: bool = False,
        is_bot: bool = False,
    ) -> str:
        """Add a person, or change the one of that id; return the id."""
        known = user_id or self._next_id("U")
        self.users[known] = User(known, name, email, tz, deleted, is_bot)
        self.on_change()
        return known

    def change_user(self, user_id: str, **changes: Any) -> None:
        """Change members of a person: name, email, tz, deleted, is_bot, dnd."""
        self.users[user_id] = replace(self.users[user_id], **changes)
        self.on_change()

    def add_channel(
        self,
        name: str,
        *,
        private: bool = False,
        archived: bool = False,
        bot_in: bool = True,
        members: Iterable[str] = (),
    ) -> str:
        """Add a channel; return its id. `name` goes with or without its #."""
        channel_id = self._next_id("C")
        inside = frozenset(members) | (frozenset({BOT_USER}) if bot_in else frozenset())
        self._put(
            Channel(
                channel_id,
                name.removeprefix("#"),
                "private" if private else "public",
                int(self.now()),
                inside,
                archived,
            )
        )
        return channel_id

    def change_channel(self, channel_id: str, **changes: Any) -> None:
        """Change members of a channel: name, archived, members."""
        self._put(replace(self.channels[channel_id], **changes))

    def join(self, channel_id: str, user_id: str) -> None:
        """Put a person into a channel."""
        channel = self.channels[channel_id]
        self._put(replace(channel, members=channel.members | {user_id}))

    def leave(self, channel_id: str, user_id: str) -> None:
        """Take a person out of a channel."""
        channel = self.channels[channel_id]
        self._put(replace(channel, members=channel.members - {user_id}))

    def _put(self, channel: Channel) -> None:
        self.channels[channel.id] = channel
        self._messages.setdefault(channel.id, [])
        self.on_change()

    def find_channel(self, name_or_id: str) -> Channel | None:
        """Return the channel of that id, `#name` or `name`, or None."""
        known = self.channels.get(name_or_id)
        if known is not None:
            return known
        name = name_or_id.removeprefix("#")
        return next((one for one in self.channels.values() if one.kind != "im" and one.name == name), None)

    def dm(self, user_id: str) -> str:
        """Return the id of the direct messages of that person and the bot; open them the first time."""
        for channel in self.channels.values():
            if channel.user == user_id:
                return channel.id
        channel_id = self._next_id("D")
        members = frozenset({user_id, BOT_USER})
        self._put(Channel(channel_id, self.users[user_id].name, "im", int(self.now()), members, user=user_id))
        return channel_id

    def has_dm(self, user_id: str) -> bool:
        """Tell whether that person and the bot have direct messages already."""
        return any(channel.user == user_id for channel in self.channels.values())

    # --- messages ---

    def next_ts(self) -> str:
        """Return a timestamp that no other message of the workspace has, later than every one before."""
        self._last_ts = max(int(self.now() * 1_000_000), self._last_ts + 1)
        return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"

    def post(self, channel_id: str, user: str, text: str, **content: Any) -> Message:
        """Add a message; `content` may hold blocks, attachments, metadata, thread_ts."""
        message = Message(self.next_ts(), channel_id, user, text, **copy.deepcopy(content))
        kept = self._messages[channel_id]
        if message.thread_ts is not None:
            kept[:] = [replace(one, thread_ts=one.ts) if one.ts == message.thread_ts else one for one in kept]
        kept.append(message)
        self.on_change()
        return message

    def message(self, channel_id: str, ts: str) -> Message | None:
        """Return the message of that timestamp, or None."""
        return next((one for one in self._messages[channel_id] if one.ts == ts), None)

    def edit(self, channel_id: str, ts: str, **changes: Any) -> Message:
        """Change a message's members; it counts as edited from then on."""
        kept = self._messages[channel_id]
        index = next(place for place, one in enumerate(kept) if one.ts == ts)
        kept[index] = replace(kept[index], edited=True, **copy.deepcopy(changes))
        self.on_change()
        return kept[index]

    def delete(self, channel_id: str, ts: str) -> None:
        """Remove a message."""
        kept = self._messages[channel_id]
        kept[:] = [one for one in kept if one.ts != ts]
        self.on_change()

    def messages(self, channel_id: str) -> list[Message]:
        """Return a copy of a channel's messages, replies in threads among them, oldest first."""
        return copy.deepcopy(self._messages[channel_id])

    def react(self, channel_id: str, ts: str, name: str) -> bool:
        """Add the bot's emoji to a message; return False if it is there already."""
        given = self._reactions.setdefault((channel_id, ts), [])
        if name in given:
            return False
        given.append(name)
        self.on_change()
        return True

    def reactions(self, channel_id: str, ts: str) -> list[str]:
        """Return the bot's emoji on a message, in order."""
        return list(self._reactions.get((channel_id, ts), []))

    # --- what one person alone sees ---

    def whisper(self, channel_id: str, user: str, text: str, source: str, **content: Any) -> Ephemeral:
        """Add an ephemeral message; `content` may hold blocks, attachments, thread_ts."""
        ephemeral = Ephemeral(self.next_ts(), channel_id, user, text, source, **copy.deepcopy(content))
        self._ephemerals.append(ephemeral)
        self.on_change()
        return ephemeral

    def ephemeral(self, user: str, ts: str) -> Ephemeral | None:
        """Return what that person alone sees under that timestamp, or None."""
        return next((one for one in self._ephemerals if one.user == user and one.ts == ts), None)

    def rewhisper(self, ts: str, **changes: Any) -> None:
        """Change an ephemeral message."""
        self._ephemerals = [
            replace(one, edited=True, **copy.deepcopy(changes)) if one.ts == ts else one
            for one in self._ephemerals
        ]
        self.on_change()

    def unwhisper(self, ts: str) -> None:
        """Remove an ephemeral message."""
        self._ephemerals = [one for one in self._ephemerals if one.ts != ts]
        self.on_change()

    def ephemerals(self, user: str) -> list[Ephemeral]:
        """Return a copy of what that person alone sees, in all channels, oldest first."""
        return [copy.deepcopy(one) for one in self._ephemerals if one.user == user]

    # --- views ---

    def stack(self, user: str) -> list[View]:
        """Return the modals that person has open, the lowest first."""
        return [view for view in self.views.values() if view.user == user and view.kind == "modal"]

    def open_view(self, user: str, definition: Json, below: View | None = None) -> View:
        """Show a modal, on top of `below` where one is given."""
        view_id = self._next_id("V")
        view = View(
            view_id,
            user,
            copy.deepcopy(definition),
            self._hash(),
            below.root_id if below else view_id,
            below.id if below else None,
        )
        self.views[view_id] = view
        self.on_change()
        return view

    def update_view(self, view_id: str, definition: Json) -> View:
        """Put another definition into an open view; its hash changes."""
        view = replace(self.views[view_id], definition=copy.deepcopy(definition), hash=self._hash())
        self.views[view_id] = view
        self.on_change()
        return view

    def publish(self, user: str, definition: Json) -> View:
        """Show a Home tab to that person in place of the one before."""
        known = self.home.get(user)
        if known is not None:
            return self.update_view(known, definition)
        view = self.open_view(user, definition)
        self.home[user] = view.id
        return view

    def close_view(self, view_id: str, *, whole_stack: bool = False) -> None:
        """Close a modal, or with `whole_stack` all modals of that person."""
        view = self.views.pop(view_id)
        if whole_stack:
            for other in self.stack(view.user):
                del self.views[other.id]
        self.on_change()

    def _hash(self) -> str:
        return f"{self.next_ts()}.{len(self.views)}"
