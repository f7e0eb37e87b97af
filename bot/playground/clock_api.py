"""The time of the local workspace over HTTP: GET and POST `/_/clock`, for the clock on the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from bot.errors import WinbellError
from bot.playground.travel import MOVES

if TYPE_CHECKING:
    from bot.playground.faults import Faults
    from bot.playground.records import Json
    from bot.playground.travel import ClockControl

PATH = "/_/clock"
_HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


def add_routes(app: web.Application, clock: ClockControl, faults: Faults) -> None:
    """Put the clock's address on `app`.

    GET tells `now` (UTC), `zone`, `waiting` messages, what Slack does wrong (`faults`) and the `moves`; POST takes
    `{"move": …}`, makes it and tells the same. 400 with `error` for what is not a move; 403 for another web page.
    """

    async def told() -> Json:
        return {
            "now": clock.now().isoformat(),
            "zone": clock.zone,
            "waiting": await clock.waiting(),
            "faults": faults.lasting(),
            "moves": [{"move": move, "label": label} for move, label in MOVES.items()],
        }

    async def show(request: web.Request) -> web.Response:
        del request
        return web.json_response(await told(), headers=_HEADERS)

    async def move(request: web.Request) -> web.Response:
        # Another page in the same browser could post here, too.
        if request.content_type != "application/json" or request.headers.get("Origin") not in {
            None,
            f"http://{request.host}",
        }:
            raise web.HTTPForbidden(text="only the page itself may do this, with a JSON body")
        try:
            body = await request.json()
            await clock.move(body["move"])
        except (ValueError, KeyError, TypeError):
            return web.json_response({"error": f"move: give one of {', '.join(MOVES)}"}, status=400, headers=_HEADERS)
        except WinbellError as problem:
            return web.json_response({"error": str(problem)}, status=400, headers=_HEADERS)
        return web.json_response(await told(), headers=_HEADERS)

    app.router.add_get(PATH, show)
    app.router.add_post(PATH, move)
