"""What a message of the outbox says now: made from the records at the moment of sending, never before.

So what was true when it was queued and is not any more is not said, and an edit shows the present truth.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from bot.domain.facts import Notice
from bot.flow import agreements, briefs, by_hand, claims, goals, nudge_messages, win_messages
from bot.flow.prepared import Drop, Hold, Prepared, Ready
from bot.render import notice

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from bot.domain.agreement import Agreement
    from bot.store.database import Session
    from bot.store.outbox import Message

NOTICE_LASTS: Final = timedelta(days=1)

__all__ = ["Drop", "Hold", "Prepared", "Ready", "people_named", "prepare"]


def people_named(session: Session, message: Message) -> set[str]:
    """The e-mails of the people a message names or goes to."""
    found: set[str] = set()
    if message.target.startswith("person:"):
        found.add(message.target.removeprefix("person:"))
    if message.kind in _NAMING:
        found |= _NAMING[message.kind](session, message)
    return found


def prepare(session: Session, agreement: Agreement, message: Message, now: datetime) -> Prepared:
    """Decide whether and how a message is to be sent or edited now."""
    return _PREPARING[message.kind](session, agreement, message, now)


def _prepare_notice(session: Session, agreement: Agreement, message: Message, now: datetime) -> Prepared:  # noqa: ARG001  # all have one signature
    if message.ts is None and now - message.created_at > NOTICE_LASTS:
        return Drop("what it tells is a day old; `winbell outbox` shows what is true now", stale=True)
    return Ready(notice.notice(Notice(message.ref["what"], message.ref["advice"])), message.target)


_PREPARING: Final[dict[str, Callable[[Session, Agreement, Message, datetime], Prepared]]] = {
    "win": win_messages.prepare,
    "wins": win_messages.prepare_list,
    "reply": win_messages.prepare_reply,
    "goal": goals.prepare,
    "claim": claims.prepare,
    "claim_answer": claims.prepare_answer,
    "merge_offer": by_hand.prepare_offer,
    "nudge": nudge_messages.prepare,
    "handover": nudge_messages.prepare_hand_over,
    "brief": briefs.prepare_brief,
    "feedback": briefs.prepare_feedback,
    "notice": _prepare_notice,
    "agreement": agreements.prepare,
}
_NAMING: Final[dict[str, Callable[[Session, Message], set[str]]]] = {
    "win": win_messages.people_named,
    "wins": win_messages.people_named,
    "reply": win_messages.people_named,
    "claim": claims.people_named,
    "claim_answer": claims.people_named,
    "nudge": nudge_messages.people_named,
}
