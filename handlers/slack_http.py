"""`POST /slack/events`: what Slack sends over HTTP, verified before Bolt sees it.

Bolt's own check answers 500 to a malformed signature header; a stranger's request must end as 401, without a trace.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qs

from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse, Response

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from slack_bolt.async_app import AsyncApp
    from starlette.requests import Request

    from bot.clock import Clock

TOLERANCE: Final = 300
"""Seconds a request may be off, either way."""
BODY_LIMIT: Final = 1024 * 1024
"""Bytes."""
READ_TIMEOUT: Final = 15.0
"""Seconds for the whole body to arrive."""


def is_signed(headers: Mapping[str, str], body: bytes, *, secret: str, now: float) -> bool:
    """Whether a request is Slack's: `v0=` + hex HMAC-SHA256 of `v0:timestamp:body`, not older than 5 minutes."""
    timestamp = headers.get("x-slack-request-timestamp", "")
    signature = headers.get("x-slack-signature", "")
    if not (timestamp.isascii() and timestamp.isdecimal() and len(timestamp) <= 12 and signature.isascii()):
        return False
    if abs(now - int(timestamp)) > TOLERANCE:
        return False
    base = b"v0:" + timestamp.encode() + b":" + body
    expected = "v0=" + hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()
    return hmac.compare_digest(expected, signature)


def is_certificate_check(body: bytes) -> bool:
    """Whether Slack only looks at the address's certificate: it asks for 200 then, and does not promise to sign."""
    form = parse_qs(body.decode("latin-1"))
    return form.get("ssl_check") == ["1"] and "command" not in form and "payload" not in form


def endpoint(app: AsyncApp, secret: str, clock: Clock) -> Callable[[Request], Awaitable[Response]]:
    """The endpoint behind which the Slack listeners stand."""
    handler = AsyncSlackRequestHandler(app)

    async def slack_events(request: Request) -> Response:
        try:
            async with asyncio.timeout(READ_TIMEOUT):
                body = await _body(request)
        except (ClientDisconnect, TimeoutError):
            return JSONResponse({"error": "the body did not arrive"}, 400)
        if body is None:
            return JSONResponse({"error": "the body is too large"}, 413)
        if not is_signed(request.headers, body, secret=secret, now=clock.now().timestamp()):
            if is_certificate_check(body):
                return Response()
            return JSONResponse({"error": "the signature is missing, wrong or stale"}, 401)
        request._body = body  # noqa: SLF001  # Starlette reads a body once; Bolt's handler asks for it again
        return await handler.handle(request)

    return slack_events


async def _body(request: Request) -> bytes | None:
    """The body; None as soon as it is over the limit."""
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > BODY_LIMIT:
            return None
        parts.append(part)
    return b"".join(parts)
