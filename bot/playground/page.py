"""The page: a window on the workspace in the browser, and the JSON behind it under `/_/`."""

from __future__ import annotations

import asyncio
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

from aiohttp import web

from bot.errors import NotFoundError, WinbellError
from bot.playground.faults import parse_fault
from bot.playground.form_checks import FormError
from bot.playground.page_reason import reason_json
from bot.playground.page_state import PageState
from bot.playground.quiet import span_between
from bot.playground.requests import Sample, as_sent

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from bot.playground.answers import Answers
    from bot.playground.delivery import CommandResult
    from bot.playground.fake_slack import FakeSlack
    from bot.playground.records import Json
    from bot.playground.requests import Tools

__all__ = ["Page", "Sample"]

_KEEP_ALIVE_SECONDS: Final = 15.0
_TYPES: Final = {"css": "text/css", "js": "text/javascript"}
_STATIC: Final = {
    name: _TYPES[name.rpartition(".")[2]]
    for name in (
        "blocks.css",
        "page.css",
        "panel.css",
        "backlog.js",
        "blocks.js",
        "chart.js",
        "composer.js",
        "dates.js",
        "dom.js",
        "elements.js",
        "emoji.js",
        "markdown.js",
        "menu.js",
        "message.js",
        "modal.js",
        "mrkdwn.js",
        "page.js",
        "panel.js",
        "places.js",
        "quiet.js",
        "rich.js",
        "why.js",
    )
}
# Nothing is loaded from elsewhere, nothing of the page may be framed, and no text can become a script.
_HEADERS: Final = {
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


class Page:
    """Serves the page. It sees and does only what the person chosen under "Looking as" could."""

    def __init__(self, slack: FakeSlack, answers: Answers, tools: Tools) -> None:
        self._slack = slack
        self._tools = tools
        self._shown = PageState(slack, answers, tools)
        self._open = True

    def add_routes(self, app: web.Application) -> None:
        """Put the page's addresses on `app`."""
        self._open = True
        app.router.add_get("/", self._index)
        app.router.add_get("/archives/{channel}/{message}", self._index)
        app.router.add_get("/static/{name}", self._static)
        app.router.add_get("/_/state", self._state)
        app.router.add_get("/_/stream", self._stream)
        app.router.add_get("/_/samples/{number}", self._sample)
        app.router.add_get("/_/why/{channel}/{ts}", self._why)
        for path, act in (
            ("say", self._say),
            ("press", self._press),
            ("shortcut", self._shortcut),
            ("submit", self._submit),
            ("close", self._close_view),
            ("home", self._open_home),
            ("send", self._send),
            ("move", self._move),
            ("faults", self._faults),
            ("quiet", self._quiet),
        ):
            app.router.add_post(f"/_/{path}", _action(act))

    def close(self) -> None:
        """End the open streams."""
        self._open = False
        self._slack.journal.tell()

    # --- what is shown ---

    async def _index(self, request: web.Request) -> web.Response:
        del request
        return _file("index.html", "text/html")

    async def _static(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        if name not in _STATIC:
            raise web.HTTPNotFound
        return _file(name, _STATIC[name])

    async def _state(self, request: web.Request) -> web.Response:
        return web.json_response(self._shown.of(request.query.get("as", "")), headers=_HEADERS)

    async def _stream(self, request: web.Request) -> web.StreamResponse:
        """Tell the page of every change; the page then asks for the state."""
        response = web.StreamResponse(headers={**_HEADERS, "Content-Type": "text/event-stream"})
        await response.prepare(request)
        journal = self._slack.journal
        try:
            while self._open:
                await response.write(f"data: {journal.version}\n\n".encode())
                try:
                    async with asyncio.timeout(_KEEP_ALIVE_SECONDS):
                        await journal.next_change()
                except TimeoutError:
                    await response.write(b": still here\n\n")
        except ConnectionError:
            return response
        return response

    # --- what people do ---

    async def _say(self, body: Json) -> Json:
        text, user, channel = _word(body, "text").strip(), _word(body, "as"), _word(body, "channel")
        if not text.startswith("/"):
            self._slack.say(user, channel, _escaped(text))
            return {"ok": True}
        command, _, rest = text.partition(" ")
        known = {name for name, _, _ in self._tools.commands}
        if known and command not in known:
            place = self._slack.channel(channel)
            words = f"{command} is not a valid command. Valid are: {', '.join(sorted(known))}"
            self._slack.workspace.whisper(place, user, words, "slack")
            return {"ok": True}
        return _result(await self._slack.slash(command, rest.strip(), user, channel))

    async def _press(self, body: Json) -> Json:
        user, action_id = _word(body, "as"), _word(body, "action_id")
        choice = {"value": body.get("value"), "block_id": body.get("block_id")}
        if body.get("view_id"):
            view_id = _word(body, "view_id")
            return _result(await self._slack.press_in_view(user, view_id, action_id, **choice))
        channel, ts = _word(body, "channel"), _word(body, "ts")
        return _result(await self._slack.press(channel, ts, action_id, user, **choice))

    async def _shortcut(self, body: Json) -> Json:
        user, callback_id = _word(body, "as"), _word(body, "callback_id")
        if callback_id not in {known for known, _, _ in self._tools.shortcuts}:
            raise NotFoundError(f"callback_id: the app has no shortcut {callback_id!r}")
        return _result(await self._slack.shortcut(callback_id, user))

    async def _submit(self, body: Json) -> Json:
        values = body.get("values")
        if not isinstance(values, dict):
            raise web.HTTPBadRequest(text="values: must be an object")
        return _result(await self._slack.submit_view(_word(body, "as"), _word(body, "view_id"), values))

    async def _close_view(self, body: Json) -> Json:
        await self._slack.people.close_view(_word(body, "as"), _word(body, "view_id"))
        return {"ok": True}

    async def _open_home(self, body: Json) -> Json:
        result = await self._slack.people.open_home(_word(body, "as"))
        return {"ok": result.acknowledged}

    # --- samples and faults ---

    async def _sample(self, request: web.Request) -> web.Response:
        number = request.match_info["number"]
        if not number.isdigit() or int(number) >= len(self._tools.samples):
            raise web.HTTPNotFound
        return web.json_response(self._tools.samples[int(number)].build(), headers=_HEADERS)

    async def _send(self, body: Json) -> Json:
        if self._tools.send_event is None:
            raise web.HTTPNotFound(text="no bot takes events here")
        event = body.get("event")
        if not isinstance(event, dict):
            raise web.HTTPBadRequest(text="event: must be an object")
        sent = as_sent(await self._tools.send_event(event))
        result: Json = {"ok": 200 <= sent.status < 300, "status": sent.status, "text": sent.answer}
        return result | ({"request": sent.request} if sent.request else {})

    async def _why(self, request: web.Request) -> web.Response:
        """Tell why a message is there: `reason` is null for one that the bot keeps nothing about."""
        if self._tools.explain is None:
            raise web.HTTPNotFound(text="nobody explains messages here")
        reason = await self._tools.explain(request.match_info["channel"], request.match_info["ts"])
        return web.json_response({"reason": reason and reason_json(reason)}, headers=_HEADERS)

    async def _move(self, body: Json) -> Json:
        name = _word(body, "name")
        move = next((one for one in self._tools.moves if one.name == name), None)
        if move is None:
            raise web.HTTPBadRequest(text="name: there is no such move of the clock")
        await move.act()
        self._slack.journal.tell()
        return {"ok": True, "now": self._slack.now()}

    async def _faults(self, body: Json) -> Json:
        if body.get("clear"):
            self._slack.clear_faults(body.get("method"))
            self._slack.release()
            return {"ok": True}
        fault = parse_fault(body.get("kind", ""), body.get("retry_after"))
        method, times = _word(body, "method"), body.get("times", 1)
        if times is None:
            self._slack.faults.fail_always(method, fault)
        elif isinstance(times, int) and times > 0:
            self._slack.faults.fail_next(method, fault, times)
        else:
            raise web.HTTPBadRequest(text="times: must be a whole number or null")
        return {"ok": True}

    async def _quiet(self, body: Json) -> Json:
        user = self._slack.user(_word(body, "as"))
        if body.get("off"):
            self._slack.set_dnd(user.id, None, None)
            return {"ok": True}
        begins, ends = _word(body, "from"), _word(body, "until")
        self._slack.set_dnd(user.id, *span_between(begins, ends, user.tz, self._slack.now()))
        return {"ok": True}


def _action(act: Callable[[Json], Awaitable[Json]]) -> Callable[[web.Request], Awaitable[web.Response]]:
    """Wrap an action: JSON in and out, from this page only, and problems in words.

    The content type and the origin are looked at because another page in the same browser could post here,
    too.
    """

    async def handle(request: web.Request) -> web.Response:
        origin = request.headers.get("Origin")
        if request.content_type != "application/json" or origin not in {None, f"http://{request.host}"}:
            raise web.HTTPForbidden(text="only the page itself may do this, with a JSON body")
        try:
            body = await request.json()
        except ValueError as error:
            raise web.HTTPBadRequest(text="the body is not valid JSON") from error
        if not isinstance(body, dict):
            raise web.HTTPBadRequest(text="the body must be an object")
        try:
            answer = await act(body)
        except FormError as problem:
            answer = {"ok": False, "error": str(problem), "errors": problem.problems}
            return web.json_response(answer, status=400, headers=_HEADERS)
        except WinbellError as problem:
            return web.json_response({"ok": False, "error": str(problem)}, status=400, headers=_HEADERS)
        return web.json_response(answer, headers=_HEADERS)

    return handle


def _word(body: Mapping[str, Any], name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str) or not value:
        raise web.HTTPBadRequest(text=f"{name}: must be a text")
    return value


def _escaped(text: str) -> str:
    """What a person types is kept with Slack's three entities: it cannot become a token."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _result(result: CommandResult) -> Json:
    return {"ok": result.acknowledged, "error": result.error, "elapsed": round(result.elapsed, 3)}


def _file(name: str, content_type: str) -> web.Response:
    text = files("bot.playground").joinpath("static", name).read_text(encoding="utf-8")
    return web.Response(text=text, content_type=content_type, headers=_HEADERS)
