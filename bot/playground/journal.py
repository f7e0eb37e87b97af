"""What happened, in order: the bot's calls and failures; and how to wait for a change without sleeping."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, TypeVar

from bot.playground.records import Call, Failure, Json

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


class Journal:
    """Kept in memory, for as long as the stand-in runs. `now` gives epoch seconds of the injected clock."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self.calls: list[Call] = []
        self.writes: list[Call] = []
        self.failures: list[Failure] = []
        self.version = 0
        self._changed = asyncio.Event()

    def call(self, method: str, args: Json, answer: Json, *, accepted: bool, writes: bool) -> None:
        """Note a call of the bot; `writes` if an accepted one creates or changes a message."""
        call = Call(method, args, self._now(), answer, accepted)
        self.calls.append(call)
        if accepted and writes:
            self.writes.append(call)
        self.tell()

    def fail(self, kind: str, detail: str) -> None:
        """Note something that Slack would hold against the bot."""
        self.failures.append(Failure(kind, detail, self._now()))
        self.tell()

    def tell(self) -> None:
        """Wake everybody who waits for a change."""
        self.version += 1
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()

    async def next_change(self) -> None:
        """Return after the next change."""
        await self._changed.wait()

    async def wait_for(self, look: Callable[[], T], seconds: float) -> T:
        """Return what `look` gives once that is true, looking after every change; else `TimeoutError`."""
        async with asyncio.timeout(seconds):
            while True:
                seen = look()
                if seen:
                    return seen
                await self.next_change()


def shown_args(args: dict[str, Any], parsed: dict[str, Any]) -> Json:
    """Return a call's arguments as the journal keeps them: structured ones parsed, the token left out."""
    return {name: value for name, value in {**args, **parsed}.items() if name != "token"}
