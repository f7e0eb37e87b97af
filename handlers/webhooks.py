"""`POST /hooks/{source}`: read, verify, parse, store; answered only after the commit.

A plain ASGI callable ahead of the router: routing alone would cost a third of the intake's speed.
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from bot.errors import FormatError, SignatureError, StorageError, TooLargeError
from bot.flow.accept import as_rows
from bot.logs import log_of
from bot.sources import generic

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.clock import Clock
    from bot.flow.accept import Intake

BODY_LIMIT: Final = 1024 * 1024
"""Bytes."""
READ_TIMEOUT: Final = 15.0
"""Seconds for a sender to deliver its whole body."""
PATH: Final = "/hooks/"

_log = log_of(__name__)


@dataclass(slots=True)
class Webhooks:
    """The door for events. `secrets` and `token` belong to the generic source; without both it is switched off."""

    intake: Intake
    clock: Clock
    secrets: tuple[bytes, ...]
    token: str | None
    count: Callable[[str], None] = field(default=lambda _outcome: None)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one request."""
        try:
            status, answer = await self._answer(scope, receive)
        except TooLargeError as error:
            status, answer = 413, {"error": str(error)}
        except SignatureError as error:
            status, answer = 401, {"error": str(error)}
        except generic.ContentTypeError as error:
            status, answer = 415, {"error": str(error)}
        except FormatError as error:
            status, answer = 400, {"error": str(error)}
        except StorageError as error:
            _log.warning("an event could not be stored", extra={"reason": str(error)})
            status, answer = 503, {"error": "cannot store at the moment; please send it again"}
        except ClientGoneError:
            return
        except asyncio.CancelledError:  # the process ends: what was not answered is sent again
            status, answer = 503, {"error": "ending; please send it again"}
        except Exception:  # noqa: BLE001  # a stranger must not get a traceback, and the sender must try again
            _log.exception("a webhook failed in an unexpected way")
            status, answer = 503, {"error": "cannot take this at the moment; please send it again"}
        self.count(str(answer.get("status", status)))
        await _send(send, status, answer)

    async def _answer(self, scope: Any, receive: Any) -> tuple[int, dict[str, Any]]:
        source = scope["path"][len(PATH) :]
        if source != "generic" or not (self.secrets or self.token):
            return 404, {"error": "this source is unknown or switched off"}
        if scope["method"] != "POST":
            return 405, {"error": "events are sent with POST"}
        headers = _headers(scope)
        body = await _body(headers, receive)
        now = self.clock.now()
        delivery_id = generic.verify(headers, body, secrets=self.secrets, token=self.token, now=now)
        events = generic.parse(body, delivery_id=delivery_id, content_type=headers.get("content-type"))
        new = await self.intake.store(as_rows(source, events, now))
        return 202, {"status": "stored" if new else "duplicate", "events": new}


class ClientGoneError(Exception):
    """The sender closed the connection before its body was whole."""


def _headers(scope: Any) -> dict[str, str]:
    headers: dict[str, str] = {}
    for raw_name, raw_value in scope["headers"]:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers


async def _body(headers: dict[str, str], receive: Any) -> bytes:
    """The body, never more than the limit of it; a sender that is too slow is cut off."""
    announced = headers.get("content-length", "0")
    if announced.isdecimal() and announced.isascii() and (len(announced) > 12 or int(announced) > BODY_LIMIT):
        raise TooLargeError(f"the body is over the limit of {BODY_LIMIT} bytes")
    parts: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(READ_TIMEOUT):
            while True:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise ClientGoneError
                part = message.get("body", b"")
                size += len(part)
                if size > BODY_LIMIT:
                    raise TooLargeError(f"the body is over the limit of {BODY_LIMIT} bytes")
                parts.append(part)
                if not message.get("more_body"):
                    return b"".join(parts)
    except TimeoutError as error:
        raise FormatError("body", f"did not arrive within {READ_TIMEOUT:.0f} seconds") from error


async def _send(send: Any, status: int, answer: dict[str, Any]) -> None:
    body = json.dumps(answer).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    if status == 503:
        headers.append((b"retry-after", b"5"))
    if status in {413, 400}:
        headers.append((b"connection", b"close"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
