"""chat.*: posting, changing, deleting, whispering.

Sources: docs.slack.dev/reference/methods/chat.postMessage and its neighbours.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from bot.playground.methods.content import read_content
from bot.playground.methods.core import Api, Args, Method, wire_message
from bot.playground.refusal import Refusal
from bot.playground.workspace import BOT_USER

if TYPE_CHECKING:
    from bot.playground.records import Channel, Json, Message

_OWN_LOOK: Final = ("username", "icon_emoji", "icon_url")


def _destination(api: Api, args: Args) -> Channel:
    """Return where a new message goes: by a channel's id or name, or by a person's id, which opens the DM."""
    wanted = args.text("channel")
    person = api.workspace.users.get(wanted)
    if person is not None:
        if person.is_bot:
            raise Refusal("cannot_dm_bot")
        if person.deleted:
            raise Refusal("channel_not_found")
        return api.workspace.channels[api.workspace.dm(wanted)]
    channel = api.workspace.find_channel(wanted) if wanted else None
    if channel is None or (channel.kind == "private" and BOT_USER not in channel.members):
        raise Refusal("channel_not_found")
    # What Slack answers for the direct messages of somebody who left is not documented; they cannot be read
    # any more.
    if channel.archived or (channel.user is not None and api.workspace.users[channel.user].deleted):
        raise Refusal("is_archived")
    return channel


def _writable(api: Api, args: Args) -> Channel:
    channel = _destination(api, args)
    outside = BOT_USER not in channel.members
    if outside and not (channel.kind == "public" and "chat:write.public" in api.settings.scopes):
        raise Refusal("not_in_channel")
    if channel.kind == "im" and not api.settings.messages_tab:
        raise Refusal("messages_tab_disabled")
    return channel


def _thread(api: Api, args: Args, channel: Channel) -> str | None:
    ts = args.text("thread_ts")
    if not ts:
        return None
    parent = api.workspace.message(channel.id, ts)
    if parent is None:
        raise Refusal("thread_not_found")
    return parent.thread_ts or parent.ts


def post_message(api: Api, args: Args) -> Json:
    """Post a message."""
    if any(args.has(name) for name in _OWN_LOOK):
        api.need("chat:write.customize")
    channel = _writable(api, args)
    content = read_content(args, strict=api.settings.strict)
    thread_ts = _thread(api, args, channel)
    api.limits.post(channel.id)
    message = api.workspace.post(
        channel.id,
        BOT_USER,
        content.text or "",
        metadata=content.metadata or None,
        thread_ts=thread_ts,
        **content.kept(),
    )
    return {"ok": True, "channel": channel.id, "ts": message.ts, "message": wire_message(message)}


def _own(api: Api, args: Args, refusal: str) -> Message:
    """Return the bot's own message that is to change; in direct messages by the D id, not by the person's."""
    channel = api.channel(args)
    if channel.archived:
        raise Refusal("is_inactive")
    message = api.workspace.message(channel.id, args.required("ts"))
    if message is None:
        raise Refusal("message_not_found")
    if message.user != BOT_USER:
        raise Refusal(refusal)
    return message


def update(api: Api, args: Args) -> Json:
    """Change a message: text without blocks takes the blocks away, metadata left out stays."""
    message = _own(api, args, "cant_update_message")
    window = api.settings.edit_window
    if window is not None and api.workspace.now() - float(message.ts) > window:
        raise Refusal("edit_window_closed")
    content = read_content(args, strict=api.settings.strict, text_limit="message.update_text")
    changes: dict[str, Any] = content.kept()
    if content.text is not None:
        changes["text"] = content.text
    if content.metadata is not None:
        changes["metadata"] = content.metadata or None
    changed = api.workspace.edit(message.channel, message.ts, **changes)
    wire = wire_message(changed)
    return {"ok": True, "channel": changed.channel, "ts": changed.ts, "text": changed.text, "message": wire}


def delete(api: Api, args: Args) -> Json:
    """Delete a message of the bot."""
    message = _own(api, args, "cant_delete_message")
    api.workspace.delete(message.channel, message.ts)
    return {"ok": True, "channel": message.channel, "ts": message.ts}


def post_ephemeral(api: Api, args: Args) -> Json:
    """Show a message to one person in a channel; nothing of it is stored by Slack."""
    channel = _writable(api, args)
    user = args.required("user")
    person = api.workspace.users.get(user)
    if person is None or person.deleted or user not in channel.members:
        raise Refusal("user_not_in_channel")
    content = read_content(args, strict=api.settings.strict)
    thread_ts = _thread(api, args, channel)
    ephemeral = api.workspace.whisper(
        channel.id, user, content.text or "", "chat.postEphemeral", thread_ts=thread_ts, **content.kept()
    )
    return {"ok": True, "message_ts": ephemeral.ts}


def get_permalink(api: Api, args: Args) -> Json:
    """Return the address of a message, on the stand-in's own page."""
    channel = api.channel(args)
    message = api.workspace.message(channel.id, args.required("message_ts"))
    if message is None:
        raise Refusal("message_not_found")
    link = f"{api.url()}/archives/{channel.id}/p{message.ts.replace('.', '')}"
    return {"ok": True, "channel": channel.id, "permalink": link}


METHODS: Final = {
    "chat.postMessage": Method(post_message, ("chat:write",), writes=True),
    "chat.update": Method(update, ("chat:write",), tier=3, writes=True),
    "chat.delete": Method(delete, ("chat:write",), tier=3, writes=True),
    "chat.postEphemeral": Method(post_ephemeral, ("chat:write",), tier=4, writes=True),
    "chat.getPermalink": Method(get_permalink),
}
