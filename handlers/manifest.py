"""The Slack app manifest: what the app is called, which commands it has, what it may do. Nothing more than it needs."""

from __future__ import annotations

from typing import Any, Final

from bot.config import is_address
from bot.errors import UsageError
from bot.render.win_forms import ADD, TITLES
from handlers.commands import COMMANDS

SCOPES: Final = (
    "channels:history",
    "channels:read",
    "chat:write",
    "commands",
    "dnd:read",
    "groups:history",
    "groups:read",
    "im:history",
    "im:write",
    "users:read",
    "users:read.email",
)
"""History scopes are there to look up a message of unknown fate, so that none is ever posted twice."""
OPTIONAL_SCOPES: Final = ("dnd:read",)
"""What a workspace may refuse when it installs the app. Slack wants them among SCOPES too."""

SHORTCUTS: Final = (
    {
        "name": TITLES[ADD],
        "type": "global",
        "callback_id": ADD,
        "description": "Enter a win that no CRM tells of",
    },
)


def manifest(*, base: str | None, prefix: str) -> dict[str, Any]:
    """The manifest for Socket Mode, or with `base` (the bot's public address) for HTTP.

    Raises UsageError for an address that is not http or https.
    """
    if base is not None and not is_address(base):
        raise UsageError(
            f"--http {base}: give the bot's public address, for example https://winbell.seller.example"
        )
    url = base.rstrip("/") + "/slack/events" if base is not None else None
    commands = [
        {
            "command": f"/{prefix}{command.name}",
            "description": command.description,
            "usage_hint": command.usage,
            "should_escape": True,
            **({"url": url} if url else {}),
        }
        for command in COMMANDS
    ]
    return {
        "_metadata": {"major_version": 1, "minor_version": 1},
        "display_information": {
            "name": "Winbell",
            "description": "Wins credit sales and marketing, leads are answered in time.",
            "background_color": "#1f3d36",
        },
        "features": {
            "app_home": {
                "home_tab_enabled": False,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": True,
            },
            "bot_user": {"display_name": "Winbell", "always_online": True},
            "shortcuts": [dict(shortcut) for shortcut in SHORTCUTS],
            "slash_commands": commands,
        },
        "oauth_config": {"scopes": {"bot": list(SCOPES), "bot_optional": list(OPTIONAL_SCOPES)}},
        "settings": {
            "interactivity": {"is_enabled": True, **({"request_url": url} if url else {})},
            "org_deploy_enabled": False,
            "socket_mode_enabled": base is None,
            "token_rotation_enabled": False,
        },
    }
