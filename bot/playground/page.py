"""The plain page: a small window on the workspace in the browser, and the JSON behind it under `/_/`."""

from __future__ import annotations

import asyncio
from dataclasses import asdict, dataclass
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

from aiohttp import web

from bot.errors import WinbellError
from bot.playground.blockkit_elements import with_block_ids
from bot.playground.faults import parse_fault
from bot.playground.records import Ephemeral, Json, Message, User
from bot.playground.workspace import BOT_USER

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from bot.playground.answers import Answers
    from bot.playground.delivery import CommandResult
    from bot.playground.fake_slack import FakeSlack

_SHOWN_MESSAGES: Final = 200
_KEEP_ALIVE_SECONDS: Final = 15.0
_STATIC: Final = {
    "page.css": "text/css",
    "page.js": "text/javascript",
    "draw.js": "text/javascript",
    "mrkdwn.js": "text/javascript",
}
# Nothing is loaded from elsewhere, nothing of the page may be framed, and no text can become a script.
_HEADERS: Final = {
    "Content-Security-Policy": "default-src 'self'; img-src * data:; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


@dataclass(frozen=True, slots=True)
class Sample:
    """An event a person may send from the page; `build` makes a fresh body for it."""

    name: str
    description: str
    build: Callable[[], dict[str, Any]]


class Page:
    """Serves the page. It sees and does only what the person chosen under "Looking as" could."""

    def __init__(
        self,
        slack: FakeSlack,
        answers: Answers,
        samples: tuple[Sample, ...],
        send_event: Callable[[dict[str, Any]], Awaitable[tuple[int, str]]] | None,
    ) -> None:
        self._slack = slack
        self._answers = answers
        self._samples = samples
        self._send_event = send_event
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
        for path, act in (
            ("say", self._say),
            ("press", self._press),
            ("submit", self._submit),
            ("close", self._close_view),
            ("home", self._open_home),
            ("send", self._send),
            ("faults", self._faults),
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
        people = [
            user for user in self._slack.workspace.users.values() if not user.is_bot and not user.deleted
        ]
        chosen = request.query.get("as", "")
        known = next((user for user in people if user.id == chosen), people[0] if people else None)
        state: Json = {
            "version": self._slack.journal.version,
            "bot": BOT_USER,
            "people": [_person(user) for user in people],
            "names": {user.id: user.name for user in self._slack.workspace.users.values()},
            "samples": [{"name": one.name, "description": one.description} for one in self._samples],
            "can_send": self._send_event is not None,
            "failures": [asdict(one) for one in self._slack.failures[-5:]],
            "as": known.id if known else None,
        }
        state |= self._seen_by(known) if known else {"channels": [], "views": [], "home": None}
        return web.json_response(state, headers=_HEADERS)

    def _seen_by(self, user: User) -> Json:
        workspace = self._slack.workspace
        workspace.dm(user.id) if not workspace.has_dm(user.id) else None
        own = workspace.ephemerals(user.id)
        channels = []
        for channel in workspace.channels.values():
            if channel.kind != "public" and user.id not in channel.members:
                continue
            shown: list[Message | Ephemeral] = [*workspace.messages(channel.id)]
            shown += [one for one in own if one.channel == channel.id]
            shown.sort(key=lambda one: float(one.ts))
            messages = [self._message(one) for one in shown[-_SHOWN_MESSAGES:]]
            channels.append(
                {
                    "id": channel.id,
                    "name": channel.name,
                    "kind": channel.kind,
                    "archived": channel.archived,
                    "messages": messages,
                }
            )
        home = self._slack.home(user.id)
        return {
            "channels": channels,
            "home": _view(home.id, home.definition, {}) if home else None,
            "views": [
                _view(view.id, view.definition, self._answers.view_errors.get(view.id, {}))
                for view in workspace.stack(user.id)
            ],
        }

    def _message(self, one: Message | Ephemeral) -> Json:
        hidden = isinstance(one, Ephemeral)
        return {
            "ts": one.ts,
            "user": BOT_USER if hidden else one.user,
            "from_slack": isinstance(one, Ephemeral) and one.source == "slack",
            "text": one.text,
            "blocks": with_block_ids(one.blocks),
            "attachments": one.attachments,
            "ephemeral": hidden,
            "edited": one.edited,
            "thread_ts": one.thread_ts,
            "reactions": self._slack.workspace.reactions(one.channel, one.ts),
        }

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
            self._slack.say(user, channel, text)
            return {"ok": True}
        command, _, rest = text.partition(" ")
        return _result(await self._slack.slash(command, rest.strip(), user, channel))

    async def _press(self, body: Json) -> Json:
        user, action_id = _word(body, "as"), _word(body, "action_id")
        choice = {"value": body.get("value"), "block_id": body.get("block_id")}
        if body.get("view_id"):
            view_id = _word(body, "view_id")
            return _result(await self._slack.press_in_view(user, view_id, action_id, **choice))
        channel, ts = _word(body, "channel"), _word(body, "ts")
        return _result(await self._slack.press(channel, ts, action_id, user, **choice))

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
        if not number.isdigit() or int(number) >= len(self._samples):
            raise web.HTTPNotFound
        return web.json_response(self._samples[int(number)].build(), headers=_HEADERS)

    async def _send(self, body: Json) -> Json:
        if self._send_event is None:
            raise web.HTTPNotFound(text="no bot takes events here")
        event = body.get("event")
        if not isinstance(event, dict):
            raise web.HTTPBadRequest(text="event: must be an object")
        status, text = await self._send_event(event)
        return {"ok": 200 <= status < 300, "status": status, "text": text}

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
        except WinbellError as problem:
            return web.json_response({"ok": False, "error": str(problem)}, status=400, headers=_HEADERS)
        return web.json_response(answer, headers=_HEADERS)

    return handle


def _word(body: Mapping[str, Any], name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str) or not value:
        raise web.HTTPBadRequest(text=f"{name}: must be a text")
    return value


def _result(result: CommandResult) -> Json:
    return {"ok": result.acknowledged, "error": result.error, "elapsed": round(result.elapsed, 3)}


def _person(user: User) -> Json:
    return {"id": user.id, "name": user.name, "tz": user.tz}


def _view(view_id: str, definition: Json, errors: Mapping[str, str]) -> Json:
    blocks = with_block_ids(definition["blocks"])
    return {**definition, "id": view_id, "blocks": blocks, "errors": dict(errors)}


def _file(name: str, content_type: str) -> web.Response:
    text = files("bot.playground").joinpath("static", name).read_text(encoding="utf-8")
    return web.Response(text=text, content_type=content_type, headers=_HEADERS)
