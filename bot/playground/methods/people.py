"""auth.test, users.*, dnd.info.

Sources: docs.slack.dev/reference/methods/users.info and its neighbours.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from bot.playground.methods.core import Api, Args, Method, page
from bot.playground.quiet import next_span
from bot.playground.refusal import Refusal
from bot.playground.workspace import APP_ID, BOT_ID, BOT_USER, TEAM_ID

if TYPE_CHECKING:
    from bot.playground.records import Json, User


def wire_user(api: Api, user: User) -> Json:
    """Return a person as Slack writes them; the e-mail address only with its own scope."""
    moment = datetime.fromtimestamp(api.workspace.now(), UTC).astimezone(ZoneInfo(user.tz))
    offset = moment.utcoffset()
    profile: Json = {"real_name": user.name, "display_name": user.name, "team": TEAM_ID}
    if user.email is not None and "users:read.email" in api.settings.scopes:
        profile["email"] = user.email
    body: Json = {
        "id": user.id,
        "team_id": TEAM_ID,
        "name": user.name,
        "deleted": user.deleted,
        "profile": profile,
        "is_bot": user.is_bot,
        "is_restricted": False,
        "is_app_user": False,
        "updated": int(api.workspace.now()),
    }
    if user.deleted:  # Slack leaves the zone of somebody who left out
        return body
    seconds = 0 if offset is None else int(offset.total_seconds())
    return {**body, "real_name": user.name, "tz": user.tz, "tz_label": moment.tzname(), "tz_offset": seconds}


def auth_test(api: Api, args: Args) -> Json:
    """Tell the bot who it is."""
    del args
    return {
        "ok": True,
        "url": f"{api.url()}/",
        "team": "Playground",
        "user": api.workspace.users[BOT_USER].name,
        "team_id": TEAM_ID,
        "user_id": BOT_USER,
        "bot_id": BOT_ID,
        "app_id": APP_ID,
        "is_enterprise_install": False,
    }


def info(api: Api, args: Args) -> Json:
    """Describe one person."""
    user = api.workspace.users.get(args.text("user"))
    if user is None:
        raise Refusal("user_not_found")
    return {"ok": True, "user": wire_user(api, user)}


def lookup_by_email(api: Api, args: Args) -> Json:
    """Find a person by e-mail address; nobody is found who left, and no bot."""
    wanted = args.text("email").strip().lower()
    for user in api.workspace.users.values():
        if wanted and (user.email or "").lower() == wanted and not user.deleted and not user.is_bot:
            return {"ok": True, "user": wire_user(api, user)}
    raise Refusal("users_not_found")


def list_users(api: Api, args: Args) -> Json:
    """List everybody, those who left included."""
    cut, cursor = page(list(api.workspace.users.values()), args, default=100, most=999)
    shown = [wire_user(api, user) for user in cut]
    return {"ok": True, "members": shown, "response_metadata": {"next_cursor": cursor}}


def dnd_info(api: Api, args: Args) -> Json:
    """Tell a person's present or next quiet span by schedule; a snooze stays their own affair."""
    user = api.workspace.users.get(args.text("user", BOT_USER))
    if user is None:
        raise Refusal("user_not_found")
    start, end = next_span(user.dnd, user.tz, api.workspace.now()) if user.dnd else (1, 1)
    return {
        "ok": True,
        "dnd_enabled": user.dnd is not None,
        "next_dnd_start_ts": start,
        "next_dnd_end_ts": end,
    }


METHODS: Final = {
    "auth.test": Method(auth_test),
    "users.info": Method(info, ("users:read",), tier=4),
    "users.lookupByEmail": Method(lookup_by_email, ("users:read.email",), tier=3),
    "users.list": Method(list_users, ("users:read",), tier=2),
    "dnd.info": Method(dnd_info, ("dnd:read",), tier=3),
}
