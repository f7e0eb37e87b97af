"""The payloads that Slack sends to a bot: commands, presses, submissions, events.

Sources: docs.slack.dev/interactivity/implementing-slash-commands, docs.slack.dev/apis/events-api, and
docs.slack.dev/reference/interaction-payloads
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from bot.errors import UsageError
from bot.playground.blockkit_elements import options_of
from bot.playground.workspace import APP_ID, BOT_USER, TEAM_ID

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.playground.records import Channel, Json, User

_TEAM: Final = {"id": TEAM_ID, "domain": "playground"}
_OPTION_SOURCES: Final = frozenset({"static_select", "overflow", "radio_buttons", "external_select"})
_OPTION_LISTS: Final = frozenset({"multi_static_select", "checkboxes", "multi_external_select"})
_MEMBER: Final[Mapping[str, str]] = {
    "datepicker": "selected_date",
    "timepicker": "selected_time",
    "datetimepicker": "selected_date_time",
    "users_select": "selected_user",
    "conversations_select": "selected_conversation",
    "channels_select": "selected_channel",
    "multi_users_select": "selected_users",
    "multi_conversations_select": "selected_conversations",
    "multi_channels_select": "selected_channels",
    "rich_text_input": "rich_text_value",
}
_INITIAL: Final[Mapping[str, str]] = {
    "datepicker": "initial_date",
    "timepicker": "initial_time",
    "datetimepicker": "initial_date_time",
    "users_select": "initial_user",
    "conversations_select": "initial_conversation",
    "channels_select": "initial_channel",
    "multi_users_select": "initial_users",
    "multi_conversations_select": "initial_conversations",
    "multi_channels_select": "initial_channels",
}


def command(
    user: User, channel: Channel, name: str, text: str, *, trigger_id: str, response_url: str
) -> Json:
    """Return the form of a slash command; names in `text` are left as typed, as with should_escape off."""
    return {
        "token": "verification",
        "team_id": TEAM_ID,
        "team_domain": _TEAM["domain"],
        "channel_id": channel.id,
        "channel_name": "directmessage" if channel.kind == "im" else channel.name,
        "user_id": user.id,
        "user_name": user.name,
        "command": name,
        "text": text,
        "api_app_id": APP_ID,
        "is_enterprise_install": "false",
        "response_url": response_url,
        "trigger_id": trigger_id,
    }


def interaction(kind: str, user: User, trigger_id: str | None = None) -> Json:
    """Return what every interaction payload starts with."""
    body: Json = {
        "type": kind,
        "team": _TEAM,
        "user": {"id": user.id, "username": user.name, "name": user.name, "team_id": TEAM_ID},
        "api_app_id": APP_ID,
        "token": "verification",
        "enterprise": None,
        "is_enterprise_install": False,
    }
    return body if trigger_id is None else {**body, "trigger_id": trigger_id}


def event_callback(event: Mapping[str, Any], event_id: str, now: float, ts: str) -> Json:
    """Wrap an event in the envelope of the Events API."""
    return {
        "token": "verification",
        "team_id": TEAM_ID,
        "api_app_id": APP_ID,
        "event": {"event_ts": ts, **event},
        "type": "event_callback",
        "event_id": event_id,
        "event_time": int(now),
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": TEAM_ID,
                "user_id": BOT_USER,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": False,
    }


def state_of(element: Mapping[str, Any], value: Any = None, *, emptied: bool = False) -> Json:
    """Return what an element holds when `value` is entered: a text, a date, an option's value, or a list.

    None keeps the initial value, unless the element was `emptied`; radio buttons cannot be. `UsageError` if an option
    is not among those offered.
    """
    kind = str(element["type"])
    if emptied and kind != "radio_buttons":
        element = {name: member for name, member in element.items() if not name.startswith("initial_")}
    if kind in _OPTION_SOURCES:
        chosen = element.get("initial_option") if value is None else _option(element, value)
        return {"type": kind, "selected_option": chosen}
    if kind in _OPTION_LISTS:
        every = (
            element.get("initial_options", []) if value is None else [_option(element, one) for one in value]
        )
        return {"type": kind, "selected_options": every}
    if kind in _MEMBER:
        initial = element.get(_INITIAL.get(kind, "initial_value"))
        held = initial if value is None else value
        return {"type": kind, _MEMBER[kind]: (held or []) if kind.startswith("multi_") else held}
    return {"type": kind, "value": element.get("initial_value") if value is None else value}


def _option(element: Mapping[str, Any], wanted: Any) -> Any:
    if str(element["type"]).endswith("external_select"):
        return wanted
    for option in options_of(element):
        if wanted in (option, option["value"]):
            return option
    offered = ", ".join(option["value"] for option in options_of(element))
    raise UsageError(f"{element.get('action_id')}: {wanted!r} is not among the options; there are {offered}")


def action(element: Mapping[str, Any], block_id: str, value: Any, ts: str) -> Json:
    """Return the entry of `actions` for one press or choice; `value` overrides what a button carries."""
    head: Json = {
        "action_id": element["action_id"],
        "block_id": block_id,
        "type": element["type"],
        "action_ts": ts,
    }
    if element["type"] not in {"button", "workflow_button", "icon_button"}:
        return {**head, **state_of(element, value)}
    body = {**head, "text": element["text"]}
    carried = element.get("value") if value is None else value
    return body if carried is None else {**body, "value": carried}


def is_empty(state: Mapping[str, Any]) -> bool:
    """Tell whether an input holds nothing."""
    return all(value in (None, "", []) for name, value in state.items() if name != "type")
