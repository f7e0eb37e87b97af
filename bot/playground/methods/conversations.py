"""conversations.* and reactions.add.

Sources: docs.slack.dev/reference/methods/conversations.open and its neighbours.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.playground.methods.core import Api, Args, Method, page, wire_message
from bot.playground.refusal import Refusal
from bot.playground.workspace import BOT_USER

if TYPE_CHECKING:
    from bot.playground.records import Channel, Json, Message

_TYPES: Final = {"public_channel": "public", "private_channel": "private", "im": "im", "mpim": "mpim"}
_READ: Final = {"public": "channels:read", "private": "groups:read", "im": "im:read", "mpim": "mpim:read"}
_MOST_PEOPLE: Final = 8


def _wire(channel: Channel) -> Json:
    body: Json = {
        "id": channel.id,
        "created": channel.created,
        "is_channel": channel.kind == "public",
        "is_group": channel.kind == "private",
        "is_im": channel.kind == "im",
        "is_mpim": False,
        "is_private": channel.kind != "public",
        "is_archived": channel.archived,
    }
    if channel.kind == "im":
        return {**body, "user": channel.user, "is_open": True}
    return {
        **body,
        "name": channel.name,
        "name_normalized": channel.name,
        "is_member": BOT_USER in channel.members,
        "num_members": len(channel.members),
    }


def open_dm(api: Api, args: Args) -> Json:
    """Open the direct messages with one person; those with several are refused."""
    if args.has("channel"):
        channel = api.channel(args)
        if channel.kind != "im":
            raise Refusal("method_not_supported_for_channel_type")
        return {"ok": True, "no_op": True, "already_open": True, "channel": {"id": channel.id}}
    users = [user.strip() for user in args.text("users").split(",") if user.strip()]
    if not users:
        raise Refusal("users_list_not_supplied")
    if len(users) > _MOST_PEOPLE:
        raise Refusal("too_many_users")
    people = [api.workspace.users.get(user) for user in users]
    if any(person is None for person in people):
        raise Refusal("user_not_found")
    if any(person is not None and person.deleted for person in people):
        raise Refusal("user_disabled")
    if any(person is not None and person.is_bot for person in people):
        raise Refusal("cannot_dm_bot")
    if len(users) > 1:
        api.need("mpim:write")
        raise Refusal("method_not_supported_for_channel_type")
    known = api.workspace.has_dm(users[0])
    channel = api.workspace.channels[api.workspace.dm(users[0])]
    answer: Json = {"ok": True, "channel": _wire(channel) if args.flag("return_im") else {"id": channel.id}}
    return {**answer, "no_op": True, "already_open": True} if known else answer


def list_channels(api: Api, args: Args) -> Json:
    """List channels; the page is cut first and filtered after, so a short page is not the last one."""
    types = [name.strip() for name in args.text("types", "public_channel").split(",")]
    if not _TYPES.keys() >= set(types):
        raise Refusal("invalid_types")
    kinds = {_TYPES[name] for name in types}
    api.need(*(_READ[kind] for kind in kinds))
    every = [
        one for one in api.workspace.channels.values() if one.kind != "private" or BOT_USER in one.members
    ]
    cut, cursor = page(every, args, default=100, most=999)
    hide_archived = args.flag("exclude_archived")
    shown = [_wire(one) for one in cut if one.kind in kinds and not (hide_archived and one.archived)]
    return {"ok": True, "channels": shown, "response_metadata": {"next_cursor": cursor}}


def info(api: Api, args: Args) -> Json:
    """Describe one channel."""
    channel = api.channel(args)
    api.need_for(channel, "read")
    body = _wire(channel)
    if not args.flag("include_num_members"):
        body.pop("num_members", None)
    return {"ok": True, "channel": body}


def members(api: Api, args: Args) -> Json:
    """List who is in a channel."""
    channel = api.channel(args)
    api.need_for(channel, "read")
    cut, cursor = page(sorted(channel.members), args, default=100, most=999)
    return {"ok": True, "members": cut, "response_metadata": {"next_cursor": cursor}}


def _readable(api: Api, args: Args) -> Channel:
    channel = api.channel(args)
    api.need_for(channel, "history")
    if BOT_USER not in channel.members:
        raise Refusal("not_in_channel")
    return channel


def _between(messages: list[Message], args: Args) -> list[Message]:
    """Keep what lies between `oldest` and `latest`, both left out unless `inclusive`."""
    try:
        oldest = float(args.text("oldest") or "-inf")
        latest = float(args.text("latest") or "inf")
    except ValueError as error:
        raise Refusal("invalid_ts_oldest") from error
    if args.flag("inclusive"):
        return [one for one in messages if oldest <= float(one.ts) <= latest]
    return [one for one in messages if oldest < float(one.ts) < latest]


def _message_page(messages: list[Message], args: Args, default: int) -> Json:
    cut, cursor = page(messages, args, default=default, most=999)
    full = args.flag("include_all_metadata")
    answer: Json = {
        "ok": True,
        "messages": [wire_message(one, all_metadata=full) for one in cut],
        "has_more": bool(cursor),
    }
    return {**answer, "response_metadata": {"next_cursor": cursor}} if cursor else answer


def history(api: Api, args: Args) -> Json:
    """Return a channel's messages, newest first, without the replies in threads."""
    channel = _readable(api, args)
    top = [one for one in api.workspace.messages(channel.id) if one.thread_ts in {None, one.ts}]
    return _message_page(_between(top, args)[::-1], args, 100)


def replies(api: Api, args: Args) -> Json:
    """Return a thread, oldest first, its parent in front."""
    channel = _readable(api, args)
    asked = api.workspace.message(channel.id, args.required("ts"))
    if asked is None:
        raise Refusal("thread_not_found")
    root = asked.thread_ts or asked.ts
    thread = [one for one in api.workspace.messages(channel.id) if root in {one.ts, one.thread_ts}]
    parent, rest = thread[:1], thread[1:]
    return _message_page(parent + _between(rest, args), args, 999)


def join(api: Api, args: Args) -> Json:
    """Join a public channel."""
    channel = api.channel(args)
    if channel.kind != "public":
        raise Refusal("method_not_supported_for_channel_type")
    if channel.archived:
        raise Refusal("is_archived")
    if BOT_USER in channel.members:
        return {"ok": True, "channel": _wire(channel), "warning": "already_in_channel"}
    api.workspace.join(channel.id, BOT_USER)
    return {"ok": True, "channel": _wire(api.workspace.channels[channel.id])}


def add_reaction(api: Api, args: Args) -> Json:
    """React to a message with an emoji; the same one twice is refused."""
    channel = api.channel(args)
    message = api.workspace.message(channel.id, args.required("timestamp"))
    name = args.required("name")
    if message is None:
        raise Refusal("message_not_found")
    if BOT_USER not in channel.members:
        raise Refusal("not_in_channel")
    if not api.workspace.react(channel.id, message.ts, name):
        raise Refusal("already_reacted")
    return {"ok": True}


METHODS: Final = {
    "conversations.open": Method(open_dm, ("im:write",), tier=3),
    "conversations.list": Method(list_channels, tier=2),
    "conversations.info": Method(info, tier=3),
    "conversations.members": Method(members, tier=4),
    "conversations.history": Method(history, tier=3),
    "conversations.replies": Method(replies, tier=3),
    "conversations.join": Method(join, ("channels:join",), tier=3),
    "reactions.add": Method(add_reaction, ("reactions:write",), tier=3),
}
