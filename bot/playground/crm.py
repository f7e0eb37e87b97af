"""The CRM of the local workspace: it signs its events as Standard Webhooks asks, and posts them to the bot."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import aiohttp

from bot.playground.requests import Sent

if TYPE_CHECKING:
    from bot.clock import Clock

_TIMEOUT: Final = aiohttp.ClientTimeout(total=10)


class Crm:
    """Holds the secret that it shares with the bot, and the bot's address once it has one."""

    def __init__(self, clock: Clock) -> None:
        """Requests are dated by `clock`, which is the bot's own."""
        self._clock = clock
        self._key = secrets.token_bytes(32)
        self.url = ""

    @property
    def secret(self) -> str:
        """The secret as the bot's settings take it."""
        return "whsec_" + base64.b64encode(self._key).decode()

    async def send(self, event: dict[str, Any]) -> Sent:
        """Sign an event and post it; the answer is 503 where the bot does not answer."""
        text = json.dumps(event, ensure_ascii=False, indent=2)
        body = text.encode()
        headers = self._headers(body)
        lines = [
            f"POST {urlsplit(self.url).path} HTTP/1.1",
            *(f"{name}: {value}" for name, value in headers.items()),
        ]
        request = "\n".join([*lines, "", text])
        try:
            async with (
                aiohttp.ClientSession(timeout=_TIMEOUT, trust_env=False) as http,
                http.post(self.url, data=body, headers=headers) as answer,
            ):
                return Sent(request, answer.status, await answer.text())
        except (TimeoutError, aiohttp.ClientError) as error:
            return Sent(request, 503, f"the bot does not answer ({type(error).__name__})")

    def _headers(self, body: bytes) -> dict[str, str]:
        event_id = f"demo-{secrets.token_hex(8)}"
        timestamp = str(int(self._clock.now().timestamp()))
        mac = hmac.new(self._key, f"{event_id}.{timestamp}.".encode() + body, hashlib.sha256).digest()
        return {
            "content-type": "application/json",
            "webhook-id": event_id,
            "webhook-timestamp": timestamp,
            "webhook-signature": "v1," + base64.b64encode(mac).decode(),
        }
