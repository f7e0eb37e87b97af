"""Events told straight to the flow, and what it made of them: for truths about apply that need no HTTP and no Slack."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, TypeVar

from sqlalchemy import select

from bot.domain.agreement import Agreement
from bot.flow import apply
from bot.flow.accept import as_rows
from bot.sources.events import Event
from bot.sources.schema import read_statement
from bot.store import clocks, inbox, tables, wins

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from bot.store.clocks import Clock
    from bot.store.database import Database, Session
    from bot.store.wins import Credit, Win

    T = TypeVar("T")

NOW: Final = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)  # a Friday


class Market:
    """A market that tells its events one by one; each is accepted and applied at once."""

    def __init__(self, database: Database, agreement: Agreement | None = None, now: datetime = NOW) -> None:
        self.database = database
        self.agreement = agreement or Agreement()
        self.now = now
        self._numbers = itertools.count(1)

    def happens(
        self, kind: str, at: str, /, *, silent: bool = False, announce_since: date | None = None, **data: Any
    ) -> None:
        """One event, at a time of the source."""
        told = read_statement({"type": kind, "timestamp": at, "data": data})
        event = Event(f"e{next(self._numbers):03}", told.type, told.at, told.data)
        rows = as_rows("generic", [event], self.now, silent=silent, announce_since=announce_since)

        def tell(session: Session) -> None:
            inbox.add(session, rows)
            apply.apply_events(session, self.agreement, inbox.waiting(session, self.now, 2), self.now)

        self.database.write_now(tell)

    def ask(self, question: Callable[..., T], *args: Any) -> T:
        """What a query of the store, or a report, answers now."""
        return self.database.read_now(lambda session: question(session, *args))

    def rows(self, model: Any, *columns: str) -> list[tuple[Any, ...]]:
        """Some columns of a table, in the order of its key."""
        table = model.__table__
        chosen = select(*(table.c[name] for name in columns)).order_by(*table.primary_key.columns)
        return self.ask(lambda session: [tuple(row) for row in session.execute(chosen)])

    def clock(self, lead: str) -> Clock | None:
        """The clock under a lead."""
        return self.ask(clocks.find, f"generic/{lead}")

    def wins(self, deal: str) -> dict[int, Win]:
        """The wins of a deal by number."""
        return self.ask(wins.of_deal, f"generic/{deal}")

    def credits(self, deal: str, number: int = 1) -> list[Credit]:
        """The credits of a win."""
        return self.ask(wins.credits_of, f"generic/{deal}", number)

    def messages(self) -> list[tuple[Any, ...]]:
        """The outbox: (key, state)."""
        return self.rows(tables.MessageRow, "key", "state")
