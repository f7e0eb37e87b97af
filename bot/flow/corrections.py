"""Messages that Slack lets nobody edit any more: what they should say goes into their thread, unless they are gone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.store import cards, outbox

if TYPE_CHECKING:
    from datetime import datetime

    from bot.store.database import Session
    from bot.store.outbox import Message

CLOSED: Final = frozenset({"edit_window_closed", "cant_update_message"})
"""Slack's words for a message that can be edited no more."""
DELETED: Final = "message_not_found"
"""Slack's word for a message to be edited that somebody deleted."""
NO_THREAD: Final = frozenset({"thread_not_found", "message_not_found"})
"""Slack's words for a reply to a message that somebody deleted."""
KINDS: Final = frozenset({"win", "wins", "goal"})
"""Messages that are kept true; a reply tells what changed at its time and stays."""
_REF: Final = ("deal", "number", "period", "team", "day")
"""What a message and its correction are both about."""


def latest(session: Session, message: Message) -> Message:
    """The message that says what another one cannot say any more, else that one itself."""
    while (instead := message.ref.get("instead")) is not None:
        found = outbox.find(session, int(instead))
        if found is None:
            break
        message = found
    return message


def is_editable(message: Message) -> bool:
    """Whether a message that was posted may still be edited, as far as is known."""
    return not (message.ref.get("closed") or message.ref.get("deleted"))


def show_again(session: Session, message: Message, now: datetime) -> None:
    """What a posted message says may be something else by now: it, or what says it instead, is drawn anew."""
    shown = latest(session, message)
    if shown.state == "sent" and is_editable(shown):
        outbox.show_again(session, shown, now)


def deleted(session: Session, message: Message, reason: str) -> None:
    """Somebody deleted a message in Slack: it is not said again, neither there nor in its thread."""
    outbox.settle(session, message.id, state="sent", next_at=None, error=reason)
    thread_is_gone(session, message, reason)


def thread_is_gone(session: Session, message: Message, reason: str) -> None:
    """The message above a reply is not there any more: neither it nor its thread says anything from now on."""
    cards.keep_ref(session, message, deleted=True)
    cards.cancel_replies(session, message.id, reason)


def correct(session: Session, message: Message, now: datetime) -> None:
    """What a message should say is posted in its thread; later corrections edit that reply."""
    key, _, count = message.key.rpartition(":correction:") if message.parent_id else (message.key, "", "0")
    made = outbox.put(
        session,
        key=f"{key}:correction:{int(count) + 1}",
        kind=message.kind,
        target=message.target,
        ref={name: message.ref[name] for name in _REF if name in message.ref},
        now=now,
        next_at=now,
        parent_id=message.parent_id or message.id,
    )
    cards.keep_ref(session, message, instead=made)
