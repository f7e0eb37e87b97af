"""Words of a notice: which channel takes no messages, and what to do about it."""

from __future__ import annotations

from typing import Final


def what(target: str, reason: str) -> str:
    """What happened, for the people who can mend it."""
    where = "a direct message" if target.startswith("person:") else target
    return f"Slack does not take messages for {where} ({reason})."


_ADVICE: Final = {
    "channel_not_found": "Create the channel or correct its name in the agreement, then run `winbell outbox retry`.",
    "not_in_channel": "Invite the bot with /invite in that channel, then run `winbell outbox retry`.",
    "is_archived": "Unarchive the channel or name another in the agreement, then run `winbell outbox retry`.",
    "missing_scope": "Reinstall the app with the manifest of `winbell manifest`, then run `winbell outbox retry`.",
    "restricted_action": "Allow the app to post there in the channel's settings, then run `winbell outbox retry`.",
}


def advice(target: str, reason: str) -> str:
    """What they can do about it."""
    return _ADVICE.get(
        reason, f"See `winbell outbox` for the messages to {target.removeprefix('person:')} that wait."
    )
