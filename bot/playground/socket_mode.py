"""Socket Mode: the bot opens a web socket, Slack sends envelopes down it and waits for their acks.

Source: https://docs.slack.dev/apis/events-api/using-socket-mode
"""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Final
from uuid import uuid4

from aiohttp import WSMsgType, web

from bot.playground.delivery import DISPATCH_FAILED, OPERATION_TIMEOUT, CommandResult, Delivery
from bot.playground.workspace import APP_ID

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.playground.records import Json

MOST_CONNECTIONS: Final = 10
PING_SECONDS: Final = 10.0


class SocketHub:
    """The bot's open connections; every envelope goes to one of them, in turn."""

    def __init__(self, tell: Callable[[], None]) -> None:
        self._tell = tell
        self._tickets: set[str] = set()
        self._connections: list[web.WebSocketResponse] = []
        self._waiting: dict[str, asyncio.Future[Json]] = {}
        self._turn = 0

    @property
    def connected(self) -> int:
        """How many connections are open."""
        return len(self._connections)

    def ticket(self) -> str:
        """Return a word that opens one connection, once."""
        word = uuid4().hex
        self._tickets.add(word)
        return word

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Serve one connection from hello to its end."""
        ticket = request.query.get("ticket", "")
        if ticket not in self._tickets:
            return web.Response(
                status=401, text="this address was used already; call apps.connections.open again"
            )
        self._tickets.discard(ticket)
        socket = web.WebSocketResponse(heartbeat=PING_SECONDS)
        await socket.prepare(request)
        if self.connected >= MOST_CONNECTIONS:
            await socket.send_json(_goodbye("too_many_websockets"))
            await socket.close()
            return socket
        self._connections.append(socket)
        await socket.send_json(_hello(self.connected))
        self._tell()
        try:
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    self._receive(message.data)
        finally:
            self._forget(socket)
        return socket

    def _receive(self, text: str) -> None:
        try:
            ack = json.loads(text)
        except ValueError:
            return
        waiting = self._waiting.get(ack.get("envelope_id", "")) if isinstance(ack, dict) else None
        if waiting is not None and not waiting.done():
            waiting.set_result(ack)

    def _forget(self, socket: web.WebSocketResponse) -> None:
        if socket in self._connections:
            self._connections.remove(socket)
            self._tell()

    async def deliver(self, delivery: Delivery, seconds: float) -> CommandResult:
        """Send one envelope and wait for its ack; the same delivery sent again has the same envelope id."""
        loop = asyncio.get_running_loop()
        started = loop.time()
        if not self._connections:
            return CommandResult(0, "", 0.0, DISPATCH_FAILED)
        self._turn += 1
        socket = self._connections[self._turn % len(self._connections)]
        waiting = loop.create_future()
        self._waiting[delivery.envelope_id] = waiting
        try:
            async with asyncio.timeout(seconds):
                await socket.send_json(_envelope(delivery))
                ack = await waiting
        except TimeoutError:
            return CommandResult(0, "", loop.time() - started, OPERATION_TIMEOUT)
        except ConnectionError:
            return CommandResult(0, "", loop.time() - started, DISPATCH_FAILED)
        finally:
            self._waiting.pop(delivery.envelope_id, None)
        answer = ack.get("payload") if delivery.takes_answer else None
        return CommandResult(200, json.dumps(answer) if answer else "", loop.time() - started)

    async def disconnect(self, reason: str) -> None:
        """Send every connection away: `refresh_requested` or `link_disabled`; `warning` only announces it."""
        for socket in list(self._connections):
            await socket.send_json(_goodbye(reason))
            if reason != "warning":
                self._forget(socket)
                await socket.close()

    async def close(self) -> None:
        """Close every connection."""
        for socket in list(self._connections):
            self._forget(socket)
            await socket.close()


def _hello(connections: int) -> Json:
    return {
        "type": "hello",
        "num_connections": connections,
        "connection_info": {"app_id": APP_ID},
        "debug_info": {"host": "playground", "build_number": 1, "approximate_connection_time": 18060},
    }


def _goodbye(reason: str) -> Json:
    return {"type": "disconnect", "reason": reason, "debug_info": {"host": "playground"}}


def _envelope(delivery: Delivery) -> Json:
    body: Json = {
        "envelope_id": delivery.envelope_id,
        "type": delivery.kind,
        "accepts_response_payload": delivery.takes_answer,
        "payload": delivery.payload,
    }
    if delivery.kind == "events_api":
        body |= {"retry_attempt": delivery.retry_num, "retry_reason": delivery.retry_reason}
    return body
