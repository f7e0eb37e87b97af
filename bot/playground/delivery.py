"""Calling the bot as Slack does: by signed HTTP requests or Socket Mode, with three seconds for the ack.

Sources: docs.slack.dev/authentication/verifying-requests-from-slack, docs.slack.dev/apis/events-api and its
page using-socket-mode.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final, Literal, Protocol
from urllib.parse import urlencode
from uuid import uuid4

import aiohttp

from bot.playground.guards import require_local_url

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.playground.records import Json

Kind = Literal["slash_commands", "interactive", "events_api"]
OPERATION_TIMEOUT: Final = "operation_timeout"
DISPATCH_FAILED: Final = "dispatch_failed"


@dataclass(frozen=True, slots=True)
class Delivery:
    """One thing to tell the bot; sent again it is the same one, with the number and reason of the retry."""

    kind: Kind
    payload: Json
    takes_answer: bool = False
    retry_num: int = 0
    retry_reason: str = ""
    envelope_id: str = field(default_factory=lambda: str(uuid4()))

    def again(self, number: int, reason: str) -> Delivery:
        """Return the same delivery as a retry."""
        return replace(self, retry_num=number, retry_reason=reason)


@dataclass(frozen=True, slots=True)
class CommandResult:
    """How the bot acknowledged.

    `ack_status` is the HTTP status, 200 for a Socket Mode ack, 0 for none; `ack_body` what came with it;
    `elapsed` the real seconds it took. `error` is None when all is well, else the word that Slack shows to
    the person: operation_timeout, dispatch_failed, http_client_error, http_service_error.
    """

    ack_status: int
    ack_body: str
    elapsed: float
    error: str | None = None
    no_retry: bool = False

    @property
    def acknowledged(self) -> bool:
        """Whether the ack came in time and was a success."""
        return self.error is None


class Transport(Protocol):
    """A way to the bot."""

    async def deliver(self, delivery: Delivery, seconds: float) -> CommandResult:
        """Hand one delivery over and wait at most `seconds` for the ack."""
        ...


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """Return Slack's signature of a request body: `v0=` and the hex HMAC-SHA256 of `v0:timestamp:body`."""
    base = b"v0:" + timestamp.encode() + b":" + body
    return "v0=" + hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()


class HttpTransport:
    """Signed requests to the address on this machine that `direct_to` names.

    `clock` gives the seconds that are signed: those of the real world, whatever clock the story runs on,
    since the bot's library checks them against the real time.
    """

    def __init__(self, secret: str, clock: Callable[[], float]) -> None:
        self.url = ""
        self.secret = secret
        self._clock = clock
        self._session: aiohttp.ClientSession | None = None

    def direct_to(self, url: str) -> None:
        """Call this address from now on; `ConfigError` unless it is on this machine."""
        require_local_url("request_url", url)
        self.url = url

    async def close(self) -> None:
        """Close the connections to the bot."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def deliver(self, delivery: Delivery, seconds: float) -> CommandResult:
        """Post one delivery; a redirect is not followed, so that nothing leaves this machine."""
        if self._session is None:
            connector = aiohttp.TCPConnector(limit=0, force_close=True)
            self._session = aiohttp.ClientSession(connector=connector, trust_env=False)
        body, content_type = encode(delivery)
        started = asyncio.get_running_loop().time()

        def elapsed() -> float:
            return asyncio.get_running_loop().time() - started

        try:
            async with asyncio.timeout(seconds):
                async with self._session.post(
                    self.url,
                    data=body,
                    headers=self._headers(delivery, body, content_type),
                    allow_redirects=False,
                ) as answer:
                    text = await answer.text()
        except TimeoutError:
            return CommandResult(0, "", elapsed(), OPERATION_TIMEOUT)
        except aiohttp.ClientError:
            return CommandResult(0, "", elapsed(), DISPATCH_FAILED)
        no_retry = answer.headers.get("x-slack-no-retry") == "1"
        return CommandResult(answer.status, text, elapsed(), _status_error(answer.status), no_retry)

    def _headers(self, delivery: Delivery, body: bytes, content_type: str) -> dict[str, str]:
        timestamp = str(int(self._clock()))
        headers = {
            "Content-Type": content_type,
            "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": signature(self.secret, timestamp, body),
        }
        if delivery.retry_num:
            headers["X-Slack-Retry-Num"] = str(delivery.retry_num)
            headers["X-Slack-Retry-Reason"] = delivery.retry_reason
        return headers


def encode(delivery: Delivery) -> tuple[bytes, str]:
    """Return the body and the content type: forms for commands and interactivity, JSON for events."""
    if delivery.kind == "events_api":
        return json.dumps(delivery.payload).encode(), "application/json"
    form = (
        delivery.payload if delivery.kind == "slash_commands" else {"payload": json.dumps(delivery.payload)}
    )
    return urlencode(form).encode(), "application/x-www-form-urlencoded"


def _status_error(status: int) -> str | None:
    if 200 <= status < 300:
        return None
    # As people report them: slackbot says http_client_error for a 404, http_service_error for a 500.
    return "http_client_error" if 400 <= status < 500 else "http_service_error"
