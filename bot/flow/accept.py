"""Accept = commit: an event counts as accepted only after its row is committed.

Requests that arrive while a commit runs are written by the next one, in one statement, and each is answered after
*its* commit.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from bot.sources.schema import to_json
from bot.store import inbox
from bot.store.inbox import NewEvent

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date, datetime

    from bot.sources.events import Event
    from bot.store.database import Database, Session


def as_rows(
    source: str,
    events: Sequence[Event],
    received_at: datetime,
    *,
    silent: bool = False,
    announce_since: date | None = None,
) -> list[NewEvent]:
    """Verified events as rows of the inbox."""
    return [
        NewEvent(source, event.id, event.type, to_json(event), received_at, silent, announce_since)
        for event in events
    ]


@dataclass(slots=True)
class _Waiting:
    rows: list[NewEvent]
    done: asyncio.Future[int] = field(default_factory=lambda: asyncio.get_running_loop().create_future())


class Intake:
    """Stores what webhooks bring. One commit runs at a time; what comes meanwhile shares the next."""

    def __init__(self, database: Database, stored: Callable[[], None]) -> None:
        """`stored` is called after each commit that brought something new."""
        self._database = database
        self._stored = stored
        self._waiting: list[_Waiting] = []
        self._writer: asyncio.Task[None] | None = None

    async def store(self, rows: list[NewEvent]) -> int:
        """Commit the rows; returns how many were new. Raises StorageError if they could not be stored."""
        waiting = _Waiting(rows)
        self._waiting.append(waiting)
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._write())
        return await waiting.done

    async def _write(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting, []
            try:
                counts = await self._database.insert(partial(_add, batch=batch))
            except Exception as error:  # noqa: BLE001  # every waiting request must hear of it, whatever it is
                for waiting in batch:
                    if not waiting.done.done():
                        waiting.done.set_exception(error)
                continue
            for waiting, count in zip(batch, counts, strict=True):
                if not waiting.done.done():
                    waiting.done.set_result(count)
            if any(counts):
                self._stored()


def _add(session: Session, batch: Sequence[_Waiting]) -> list[int]:
    new = inbox.add(session, [row for waiting in batch for row in waiting.rows])
    counts = []
    for waiting in batch:
        mine = {(row.source, row.event_id) for row in waiting.rows} & new
        new -= mine  # the same event in two requests of one commit is new in the first
        counts.append(len(mine))
    return counts
