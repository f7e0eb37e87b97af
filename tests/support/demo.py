"""The local workspace in this process: opened, looked at, closed."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bot.clock import OffsetClock, SystemClock
from bot.playground.demo import Demo
from bot.playground.stages import stage_named

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

FRIDAY = datetime(2026, 11, 20, 7, 0, tzinfo=UTC)
"""A working day before a weekend: the story opens at 10:00 in Berlin, which is 09:00 UTC."""


@asynccontextmanager
async def opened(folder: Path, stage: str = "busy", near: datetime = FRIDAY) -> AsyncIterator[Demo]:
    """A local workspace whose story is told. What ends it early fails here."""
    demo = Demo(0, folder / "winbell-demo.db", stage_named(stage), OffsetClock(SystemClock(), near))
    told = asyncio.Event()
    running = asyncio.create_task(demo.run(lambda _: told.set()))
    telling = asyncio.create_task(told.wait())
    await asyncio.wait({running, telling}, return_when=asyncio.FIRST_COMPLETED)
    telling.cancel()
    if running.done():
        await running
    try:
        yield demo
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running


def told(demo: Demo) -> dict[str, list[tuple[datetime, str]]]:
    """What everybody can read: by channel or person, the messages with their times (UTC)."""
    slack = demo.slack
    return {
        channel.name: [
            (datetime.fromtimestamp(float(message.ts), UTC), message.text)
            for message in slack.messages(channel.id)
        ]
        for channel in slack.workspace.channels.values()
    }
