"""views.*: modals and the Home tab.

Sources: docs.slack.dev/reference/methods/views.open and its neighbours.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from bot.playground.blockkit import check_view
from bot.playground.blockkit_elements import with_block_ids
from bot.playground.blockkit_limits import LIMITS
from bot.playground.methods.core import Api, Args, Method
from bot.playground.refusal import Refusal
from bot.playground.workspace import APP_ID, BOT_ID, TEAM_ID, Workspace

if TYPE_CHECKING:
    from bot.playground.records import Json, View


def wire_view(view: View, values: Json | None = None) -> Json:
    """Return a view as Slack writes it, with what the person entered."""
    definition = view.definition
    body: Json = {
        "id": view.id,
        "team_id": TEAM_ID,
        "type": view.kind,
        "blocks": with_block_ids(definition["blocks"]),
        "private_metadata": definition.get("private_metadata", ""),
        "callback_id": definition.get("callback_id", ""),
        "external_id": view.external_id,
        "state": {"values": values or {}},
        "hash": view.hash,
        "root_view_id": view.root_id,
        "previous_view_id": view.previous_id,
        "app_id": APP_ID,
        "app_installed_team_id": TEAM_ID,
        "bot_id": BOT_ID,
        "clear_on_close": bool(definition.get("clear_on_close")),
        "notify_on_close": bool(definition.get("notify_on_close")),
    }
    return body | {name: definition.get(name) for name in ("title", "submit", "close")}


def checked_view(definition: Any, at: str = "/view") -> Json:
    """Return a view that Slack would take; a `Refusal` says what is wrong with it."""
    if not isinstance(definition, dict):
        raise Refusal("invalid_arguments", [f"[ERROR] must provide an object [json-pointer:{at}]"])
    if len(json.dumps(definition, ensure_ascii=False).encode()) > LIMITS["view.bytes"]:
        raise Refusal("view_too_large")
    errors = check_view(definition, at)
    if errors:
        raise Refusal("invalid_arguments", errors)
    return definition


def _definition(args: Args, kind: str) -> Json:
    if not args.has("view"):
        raise Refusal("invalid_arguments", ["[ERROR] missing required field: view [json-pointer:/]"])
    definition = checked_view(args.json("view", "invalid_arguments"))
    if definition["type"] != kind:
        raise Refusal("invalid_arguments", [f"[ERROR] must be a {kind} view [json-pointer:/view/type]"])
    return definition


def refuse_taken_id(workspace: Workspace, definition: Json, besides: str | None = None) -> None:
    """Raise `duplicate_external_id` if another open view has the external id of `definition`."""
    wanted = definition.get("external_id")
    others = (view for view in workspace.views.values() if view.id != besides)
    if wanted and any(view.external_id == wanted for view in others):
        raise Refusal("duplicate_external_id")


def open_modal(api: Api, args: Args) -> Json:
    """Open a modal for the person whose trigger id is given."""
    definition = _definition(args, "modal")
    refuse_taken_id(api.workspace, definition)
    user = api.triggers.exchange(args.text("trigger_id"))
    for view in api.workspace.stack(user):
        api.workspace.close_view(view.id)
    return {"ok": True, "view": wire_view(api.workspace.open_view(user, definition))}


def push(api: Api, args: Args) -> Json:
    """Put another modal on top of the open one; three may lie on each other."""
    definition = _definition(args, "modal")
    refuse_taken_id(api.workspace, definition)
    user = api.triggers.exchange(args.text("trigger_id"))
    stack = api.workspace.stack(user)
    if not stack:
        raise Refusal("not_found")
    if len(stack) >= LIMITS["view.stack"]:
        raise Refusal("push_limit_reached")
    return {"ok": True, "view": wire_view(api.workspace.open_view(user, definition, stack[-1]))}


def _same_hash(args: Args, view: View | None) -> None:
    if view is not None and args.has("hash") and args.text("hash") != view.hash:
        raise Refusal("hash_conflict")


def update(api: Api, args: Args) -> Json:
    """Change an open view, named by its id or by the bot's own."""
    definition = _definition(args, "modal")
    known = api.workspace.views.get(args.text("view_id"))
    if known is None and args.has("external_id"):
        named = args.text("external_id")
        known = next((view for view in api.workspace.views.values() if view.external_id == named), None)
    if known is None:
        raise Refusal("not_found")
    _same_hash(args, known)
    refuse_taken_id(api.workspace, definition, besides=known.id)
    return {"ok": True, "view": wire_view(api.workspace.update_view(known.id, definition))}


def publish(api: Api, args: Args) -> Json:
    """Show one person a Home tab."""
    if not api.settings.home_tab:
        raise Refusal("not_enabled")
    user = args.text("user_id")
    if user not in api.workspace.users:
        raise Refusal("invalid_arguments", ["invalid `user_id`"])
    definition = _definition(args, "home")
    _same_hash(args, api.workspace.views.get(api.workspace.home.get(user, "")))
    return {"ok": True, "view": wire_view(api.workspace.publish(user, definition))}


METHODS: Final = {
    "views.open": Method(open_modal, tier=4),
    "views.push": Method(push, tier=4),
    "views.update": Method(update, tier=4),
    "views.publish": Method(publish, tier=4),
}
