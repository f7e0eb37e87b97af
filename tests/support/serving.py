"""The bot's HTTP server for stories: uvicorn as in operation, except that it ends when it is told to."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from bot.wiring import Server

if TYPE_CHECKING:
    import socket

    import uvicorn


class PromptServer(Server):
    """In operation uvicorn looks every tenth of a second whether it shall end, and then waits another."""

    def __init__(self, config: uvicorn.Config) -> None:
        """Nothing is served yet."""
        super().__init__(config)
        self._told = asyncio.Event()

    def end(self) -> None:
        """Finish what runs, then stop."""
        self._told.set()

    async def main_loop(self) -> None:
        """Serve until `end`."""
        await self.on_tick(0)
        await self._told.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Take nothing more, answer what was asked."""
        for listening in (*self.servers, *(sockets or ())):
            listening.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        while self.server_state.connections or self.server_state.tasks:
            await asyncio.sleep(0)
