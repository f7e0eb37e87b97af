"""An outbox to put messages in and take them out, each step in a transaction of its own."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, Final

from bot.store import outbox

NOW: Final = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)
SECOND: Final = timedelta(seconds=1)
MINUTE: Final = timedelta(minutes=1)


class Box:
    """The outbox of a database, asked and told in transactions of their own."""

    def __init__(self, database: Any) -> None:
        self._database = database

    def __getattr__(self, name: str) -> Any:
        """A function of the store's outbox, run in a transaction."""
        return lambda *args, **named: self._database.write_now(
            lambda s: getattr(outbox, name)(s, *args, **named)
        )

    def new(
        self, key: str, target: str = "#wins", *, kind: str = "win", due: datetime = NOW, **ref: Any
    ) -> Any:
        """A message that waits."""
        number = self.put(key=key, kind=kind, target=target, ref=ref, now=NOW, next_at=due)
        return self.find(number)

    def take(self, message: Any, now: datetime = NOW) -> bool:
        """Claim a message as it was seen."""
        return self.claim(message, digest="d1", payload={"text": "x"}, now=now, lease_until=now + 45 * SECOND)

    def deliver(self, key: str, now: datetime = NOW, **named: Any) -> Any:
        """A message that Slack has."""
        message = self.by_key(key) or self.new(key, **named)
        assert self.take(message, now)
        self.sent(message.id, channel_id="C1", ts="1.000100", digest="d1", now=now)
        return self.find(message.id)

    def in_state(self, key: str, state: str, **named: Any) -> Any:
        """A message in any state."""
        message = self.new(key, **named)
        self.settle(message.id, state=state, next_at=None, error=None)
        return self.find(message.id)


def keys(found: list[Any]) -> list[str]:
    """The natural keys."""
    return [message.key for message in found]
