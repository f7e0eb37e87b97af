"""The Web API over HTTP: who calls, what goes wrong on purpose, what is answered."""

from __future__ import annotations

import asyncio
import json
import logging
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from aiohttp import web

from bot.playground.guards import ADVICE, looks_real
from bot.playground.journal import Journal, shown_args
from bot.playground.methods import METHODS, Api, Args, Method
from bot.playground.mrkdwn import decoded
from bot.playground.refusal import RateLimited, Refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.playground.answers import Answers
    from bot.playground.faults import Fault, Faults
    from bot.playground.records import Json

RESPONSE_URL: Final = "response_url"
OPEN_CONNECTION: Final = "apps.connections.open"
_HTML: Final = "<!DOCTYPE html><html><body><h1>Something went wrong</h1></body></html>"
_log = logging.getLogger(__name__)


@dataclass(slots=True)
class WebApi:
    """Serves `/api/<method>` and the response URLs. `socket_url` makes a new address for Socket Mode."""

    api: Api
    answers: Answers
    faults: Faults
    journal: Journal
    bot_token: str
    app_token: str
    socket_url: Callable[[], str]
    released: asyncio.Event = field(default_factory=asyncio.Event)

    async def handle_method(self, request: web.Request) -> web.StreamResponse:
        """Answer one call of the Web API."""
        name = request.match_info["method"]
        parsed: Json = {}

        async def run() -> Json:
            parsed.update(await _read_arguments(request))
            return self._call(name, parsed, request.headers.get("Authorization", ""))

        method = METHODS.get(name)
        return await self._serve(request, name, run, parsed, writes=method is not None and method.writes)

    async def handle_response_url(self, request: web.Request) -> web.StreamResponse:
        """Answer one post to a response URL; its errors come as HTTP 404."""
        parsed: Json = {}

        async def run() -> Json:
            parsed.update(await _read_arguments(request))
            return self.answers.to_url(request.match_info["token"], parsed)

        return await self._serve(request, RESPONSE_URL, run, parsed, writes=True)

    async def _serve(
        self,
        request: web.Request,
        name: str,
        run: Callable[[], Any],
        parsed: Json,
        *,
        writes: bool,
    ) -> web.StreamResponse:
        fault = self.faults.take(name)
        status, headers = 200, self._headers(name)
        if fault is not None and not fault.accepts:
            parsed.update(await _read_arguments(request, quietly=True))
            answer: Json = {"ok": False, "error": fault.code} if fault.code else {}
            self._note(name, parsed, answer, accepted=False, writes=writes)
            return await self._misbehave(request, fault, answer, headers)
        try:
            answer = await run()
        except RateLimited as refusal:
            status, answer = 429, refusal.answer()
            headers["Retry-After"] = str(refusal.retry_after)
        except Refusal as refusal:
            status, answer = (404 if name == RESPONSE_URL else 200), refusal.answer()
        if name != RESPONSE_URL:  # the response URLs keep their own journal
            self._note(name, parsed, answer, accepted=bool(answer["ok"]), writes=writes)
        if fault is not None:
            return await self._misbehave(request, fault, answer, headers)
        return web.json_response(answer, status=status, headers=headers)

    def _note(self, name: str, parsed: Json, answer: Json, *, accepted: bool, writes: bool) -> None:
        structured = {key: decoded(key, value) for key, value in parsed.items()}
        self.journal.call(name, shown_args(parsed, structured), answer, accepted=accepted, writes=writes)

    def _headers(self, name: str) -> dict[str, str]:
        if name == RESPONSE_URL:
            return {}
        method = METHODS.get(name)
        return {
            "x-oauth-scopes": ",".join(sorted(self.api.settings.scopes)),
            "x-accepted-oauth-scopes": ",".join(method.scopes) if method else "",
        }

    # --- who calls what ---

    def _call(self, name: str, arguments: Json, authorization: str) -> Json:
        method = METHODS.get(name)
        if method is None and name != OPEN_CONNECTION:
            raise Refusal("unknown_method", req_method=name)
        in_header = authorization.removeprefix("Bearer ").strip()
        if name == OPEN_CONNECTION:
            self._check_token(in_header, self.app_token, self.bot_token)
            self.api.limits.count(name, 3)
            return {"ok": True, "url": self.socket_url()}
        token = in_header or str(arguments.get("token") or "")
        self._check_token(token, self.bot_token, self.app_token)
        return self._run(name, method, arguments)

    def _check_token(self, token: str, wanted: str, other: str) -> None:
        if not token:
            raise Refusal("not_authed")
        if looks_real(token):
            _log.warning(
                "A client sent the stand-in for Slack a token that looks real; it was refused and not kept."
            )
            raise Refusal("invalid_auth", [f"[ERROR] token: {ADVICE}"])
        if token == other:
            raise Refusal("not_allowed_token_type")
        if token != wanted:
            raise Refusal("invalid_auth")

    def _run(self, name: str, method: Method | None, arguments: Json) -> Json:
        if method is None:
            raise Refusal("unknown_method", req_method=name)
        self.api.need(*method.scopes)
        self.api.limits.count(name, method.tier)
        return method.run(self.api, Args(arguments))

    # --- faults ---

    async def _misbehave(
        self, request: web.Request, fault: Fault, answer: Json, headers: dict[str, str]
    ) -> web.StreamResponse:
        match fault.kind:
            case "429":
                if fault.retry_after:
                    headers["Retry-After"] = fault.retry_after
                return web.json_response({"ok": False, "error": "ratelimited"}, status=429, headers=headers)
            case "500" | "503":
                return web.Response(status=int(fault.kind), text=_HTML, content_type="text/html")
            case "html_200":
                return web.Response(text=_HTML, content_type="text/html")
            case "empty_200":
                return web.Response(body=b"")
            case "drop":
                return _cut_line(request)
            case "timeout":
                await self.released.wait()
        return web.json_response(answer, headers=headers)

    def release(self) -> None:
        """Let every answer go that a `timeout` fault holds back."""
        waiting, self.released = self.released, asyncio.Event()
        waiting.set()


def _cut_line(request: web.Request) -> web.Response:
    """Cut the connection without a byte of an answer."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


async def _read_arguments(request: web.Request, *, quietly: bool = False) -> Json:
    """Return the arguments of a call from its query, form or JSON body; `quietly` takes bad ones for none."""
    try:
        return await _arguments(request)
    except Refusal:
        if quietly:
            return {}
        raise


async def _arguments(request: web.Request) -> Json:
    query = dict(request.query)
    if request.method == "GET" or not request.can_read_body:
        return query
    if request.content_type == "application/json":
        try:
            body = json.loads(await request.text())
        except ValueError as error:
            raise Refusal("invalid_json") from error
        if not isinstance(body, dict):
            raise Refusal("json_not_object")
        return {**query, **body}
    if request.content_type in {"application/x-www-form-urlencoded", "multipart/form-data"}:
        form = await request.post()
        return {**query, **{name: value for name, value in form.items() if isinstance(value, str)}}
    raise Refusal("invalid_post_type")
