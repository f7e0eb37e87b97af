"""What waits for Slack, over HTTP: GET `/_/backlog`, for the line on the page that tells it while Slack misbehaves."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from aiohttp import web

if TYPE_CHECKING:
    from bot.playground.faults import Faults

PATH = "/_/backlog"
Waiting = Callable[[], Awaitable[int]]
"""How many messages are not in Slack, or not as they should be."""


def add_route(app: web.Application, waiting: Waiting, faults: Faults) -> None:
    """Put the backlog's address on `app`: `waiting` messages, and the lasting `faults` with `method` and `kind`."""

    async def show(request: web.Request) -> web.Response:
        del request
        lasting = [{"method": method, "kind": kind} for method, kind in faults.lasting()]
        return web.json_response(
            {"waiting": await waiting(), "faults": lasting}, headers={"Cache-Control": "no-store"}
        )

    app.router.add_get(PATH, show)
