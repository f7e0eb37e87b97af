"""Notices: somebody who can mend it is told which channel takes no messages, and what to do about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.logs import log_of
from bot.store import outbox

if TYPE_CHECKING:
    from datetime import datetime

    from bot.domain.agreement import Agreement
    from bot.store.database import Session
    from bot.store.outbox import Message

_log = log_of(__name__)


def tell_admins(
    session: Session, agreement: Agreement, message: Message, target: str, reason: str, now: datetime
) -> None:
    """One notice a day for each reason and place, to the admins or the reminders' channel; none about a notice."""
    _log.error("a message needs a hand", extra={"key": message.key, "target": target, "reason": reason})
    if message.kind == "notice":
        return
    receivers = [f"person:{admin}" for admin in agreement.admins] or [agreement.reminders.channel]
    for receiver in receivers:
        if receiver == target:
            continue
        outbox.put(
            session,
            key=f"notice:{reason}:{target}:{receiver}:{now.date().isoformat()}",
            kind="notice",
            target=receiver,
            ref={"what": what(target, reason), "advice": advice(target, reason)},
            now=now,
            next_at=now,
        )


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
