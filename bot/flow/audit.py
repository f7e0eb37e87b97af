"""The auditor: what waits, how long, and what needs a hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.store import inbox, outbox

if TYPE_CHECKING:
    from datetime import datetime

    from bot.flow.ports import Office
    from bot.store.database import Session


@dataclass(frozen=True, slots=True)
class Audit:
    """Events and messages that are not at their end, by state; and how long the oldest due message has waited."""

    events: dict[str, int]
    messages: dict[str, int]
    oldest_message_seconds: float

    @property
    def needs_a_hand(self) -> bool:
        """Whether something was set aside or its fate is unknown."""
        return bool(self.events.get("dead") or self.messages.get("dead") or self.messages.get("ambiguous"))


def take(session: Session, now: datetime) -> Audit:
    """Look once."""
    oldest = outbox.oldest_waiting(session)
    waited = max(0.0, (now - oldest).total_seconds()) if oldest is not None else 0.0
    return Audit(inbox.counts(session), outbox.counts(session), waited)


async def audit(office: Office) -> Audit:
    """Look once, on a snapshot."""
    now = office.clock.now()
    return await office.database.read(lambda s: take(s, now))
