"""`winbell demo`: the real bot, over real HTTP, against the local stand-in for Slack, with a story to look at."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import aiohttp

from bot import wiring
from bot.clock import SystemClock
from bot.errors import ConfigError
from bot.flow import apply
from bot.flow.accept import as_rows
from bot.groundwork import open_database, parse_agreement
from bot.playground import story
from bot.playground.fake_slack import FakeSlack
from bot.sources import generic
from bot.store import inbox
from bot.store.database import Database

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SWEEP_SECONDS = 2.0
"""The demo looks for due reminders more often, so that nobody waits for them."""


async def run(port: int, path: Path, say: Callable[[str], None]) -> None:
    """Run until Ctrl-C. The database file at `path` is the demo's own and is started afresh.

    Raises AlreadyRunningError if another demo uses the file, ConfigError if the port is taken.
    """
    clock = SystemClock()
    _start_afresh(path)
    parsed = parse_agreement(story.AGREEMENT, "the demo's agreement", clock.now())
    secret = "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
    signing_secret = secrets.token_hex(16)
    address: dict[str, str] = {}

    async def send_event(event: dict[str, Any]) -> tuple[int, str]:
        return await _post(address["hooks"], secret, event)

    slack = FakeSlack(
        signing_secret=signing_secret, port=port, samples=story.samples(clock.now), send_event=send_event
    )
    for email, name, _, zone in story.PEOPLE:
        slack.add_user(name=name, email=email, tz=zone)
    for channel in ("wins", "sales-ops"):
        slack.add_channel(channel)
    await slack.start()
    database = open_database(f"sqlite:///{path}", serve=True)
    try:
        doors = wiring.Doors(
            bot_token="xoxb-demo",  # noqa: S106  # the stand-in's
            app_token=None,
            signing_secret=signing_secret,
            api_url=slack.api_url,
            webhook_secrets=generic.decode_secrets(secret),
            webhook_token=None,
            command_prefix="",
        )
        bot = wiring.Bot(database, parsed.agreement, doors, clock=clock, sweep_seconds=SWEEP_SECONDS)
        await wiring.adopt_agreement(bot, parsed, story.AGREEMENT)
        await _bring_in_history(bot)

        async def ready(bot_port: int) -> None:
            base = f"http://127.0.0.1:{bot_port}"
            slack.connect_http(f"{base}/slack/events")
            address["hooks"] = f"{base}/hooks/generic"
            for event in story.opening(clock.now()):
                await send_event(event)
            say(f"Winbell's local workspace is open: {slack.url}")
            say("Press Ctrl-C to close it. Nothing leaves this machine.")

        await wiring.run(bot, "127.0.0.1", 0, ready)
    finally:
        database.close()
        await slack.stop()


def _start_afresh(path: Path) -> None:
    """Remove the last demo's database, unless a demo is using it."""
    database = Database(f"sqlite:///{path}")
    try:
        database.claim()
        for suffix in ("", "-wal", "-shm"):
            with suppress(FileNotFoundError):
                path.with_name(path.name + suffix).unlink()
    except OSError as error:
        raise ConfigError(
            f"{path} cannot be replaced ({error.strerror}); give another with --database"
        ) from error
    finally:
        database.close()


async def _bring_in_history(bot: wiring.Bot) -> None:
    """The past, silently, through the same inbox as everything else."""
    now = bot.office.clock.now()
    events = [
        event
        for number, told in enumerate(story.history(now))
        for event in generic.parse(
            json.dumps(told).encode(), delivery_id=f"story-{number}", content_type="application/json"
        )
    ]
    rows = as_rows("generic", events, now, silent=True)
    await bot.office.database.insert(lambda s: inbox.add(s, rows))
    while (await apply.apply_waiting(bot.office, limit=100)).applied:
        pass


async def _post(url: str, secret: str, event: dict[str, Any]) -> tuple[int, str]:
    """Sign an event as a CRM would, and post it."""
    body = json.dumps(event, ensure_ascii=False).encode()
    event_id = f"demo-{secrets.token_hex(8)}"
    timestamp = str(int(SystemClock().now().timestamp()))
    key = base64.b64decode(secret.removeprefix("whsec_"))
    mac = hmac.new(key, f"{event_id}.{timestamp}.".encode() + body, hashlib.sha256).digest()
    headers = {
        "content-type": "application/json",
        "webhook-id": event_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": "v1," + base64.b64encode(mac).decode(),
    }
    timeout = aiohttp.ClientTimeout(total=10)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout) as http,
            http.post(url, data=body, headers=headers) as answer,
        ):
            return answer.status, await answer.text()
    except (TimeoutError, aiohttp.ClientError) as error:
        return 503, f"the bot does not answer ({type(error).__name__})"
