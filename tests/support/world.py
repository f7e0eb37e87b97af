"""The story end to end, on a strict local Slack and a clock that stands still until it is moved.

The bot is the real one, behind real HTTP; only its ticks are made by hand, so nothing sleeps and nothing is missed:
whatever was posted and not expected fails the test.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Self

import aiohttp
import uvicorn

from bot.clock import ManualClock
from bot.domain.agreement import DEFAULT_STEPS, Agreement, Reminders
from bot.flow import apply, reminders
from bot.playground.fake_slack import FakeSlack
from bot.sources.generic import decode_secrets
from bot.store import clocks
from bot.wiring import Bot, Doors, listen
from tests.support.serving import PromptServer

if TYPE_CHECKING:
    from bot.playground.workspace import Message
    from bot.store.database import Database

SECRET = "whsec_" + base64.b64encode(b"a secret of the tests' own, 32 B.").decode()
SIGNING_SECRET = "signing-secret-of-the-tests"
TO_OWNERS = Reminders(steps=DEFAULT_STEPS[:2])
"""Reminders to the owner alone: at risk, and at the breach. What escalates has scenarios of its own."""
OWNERS = Agreement(reminders=TO_OWNERS)
START = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)  # a Monday


def signed(event_id: str, now: datetime, body: bytes, secret: str = SECRET) -> dict[str, str]:
    """The headers of Standard Webhooks."""
    timestamp = str(int(now.timestamp()))
    key = base64.b64decode(secret.removeprefix("whsec_"))
    mac = hmac.new(key, f"{event_id}.{timestamp}.".encode() + body, hashlib.sha256).digest()
    return {
        "content-type": "application/json",
        "webhook-id": event_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": "v1," + base64.b64encode(mac).decode(),
    }


class World:
    """A workspace, a bot and a CRM that signs its events."""

    def __init__(
        self,
        database: Database,
        agreement: Agreement | None = None,
        *,
        start: datetime = START,
        socket: bool = False,
        ack_seconds: float = 20.0,
    ) -> None:
        """`ack_seconds` is Slack's patience in real seconds: longer than its three, for machines that are busy."""
        self.clock = ManualClock(start)
        self.slack = FakeSlack(signing_secret=SIGNING_SECRET, now=self._seconds, ack_seconds=ack_seconds)
        self.slack.signing_clock = self._seconds
        self.database = database
        self.agreement = agreement or OWNERS
        self._socket = socket
        self._count = 0
        self._seen = 0
        self.accounts: dict[str, str] = {}

    def _seconds(self) -> float:
        return self.clock.now().timestamp()

    async def __aenter__(self) -> Self:
        await self.slack.start()
        for name in ("wins", "sales-ops"):
            self.slack.add_channel(name)
        self.bot = self._new_bot()
        await self._serve()
        self.http = aiohttp.ClientSession()
        return self

    async def __aexit__(self, *failure: object) -> None:
        await self.http.close()
        await self._end()
        await self.slack.stop()
        if failure[0] is None:
            assert self.unexpected() == [], "messages that no one expected"
            assert [f for f in self.slack.failures if f.kind != "rate_limited"] == []

    def _new_bot(self) -> Bot:
        doors = Doors(
            bot_token="xoxb-demo",
            app_token="xapp-demo" if self._socket else None,
            signing_secret=None if self._socket else SIGNING_SECRET,
            api_url=self.slack.api_url,
            webhook_secrets=decode_secrets(SECRET),
            webhook_token=None,
            command_prefix="",
        )
        return Bot(self.database, self.agreement, doors, clock=self.clock, roll=lambda: 0.5)

    async def _serve(self) -> None:
        config = uvicorn.Config(self.bot.app, host="127.0.0.1", port=0, log_config=None, lifespan="off")
        listening = listen(config)
        self.url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        self.server = PromptServer(config)
        self._serving = asyncio.create_task(self.server.serve(sockets=[listening]))
        if self._socket:
            await self.bot.connect_socket()
        else:
            self.slack.connect_http(self.url + "/slack/events")

    async def _end(self) -> None:
        self.server.end()
        await self._serving
        await self.bot.stop()

    async def restart(self) -> None:
        """The bot's process ends and another one starts on the same database."""
        await self._end()
        self.bot = self._new_bot()
        await self.bot.delivery.adopt_orphans()
        await self._serve()

    # --- the CRM ---

    async def happens(self, what: str, when: datetime | str | None = None, /, **data: Any) -> int:
        """An event, signed and posted; then everything that follows from it. Returns the status."""
        status, _ = await self.sends(what, when, **data)
        await self.settle()
        return status

    async def sends(self, what: str, when: datetime | str | None = None, /, **data: Any) -> tuple[int, Any]:
        """An event, signed and posted, and nothing else: (status, answer)."""
        self._count += 1
        moment = when if isinstance(when, str) else (when or self.clock.now()).isoformat()
        body = json.dumps({"type": what, "timestamp": moment, "data": data}).encode()
        return await self.posts(body, f"evt-{self._count}")

    async def posts(self, body: bytes, event_id: str, **headers: str) -> tuple[int, Any]:
        """A raw signed body: (status, answer)."""
        given = signed(event_id, self.clock.now(), body) | headers
        async with self.http.post(f"{self.url}/hooks/generic", data=body, headers=given) as answer:
            return answer.status, await answer.json()

    def person(self, name: str, zone: str = "UTC") -> str:
        """Somebody of the seller with an account in Slack; returns the e-mail."""
        email = f"{name.split(maxsplit=1)[0].lower()}@seller.example"
        self.accounts[email] = self.slack.add_user(name=name, email=email, tz=zone)
        return email

    # --- time ---

    async def settle(self) -> None:
        """Apply, sweep and deliver until nothing is due; the pace of a channel is waited out on the clock."""
        office = self.bot.office
        while True:
            applied = await apply.apply_waiting(office)
            await reminders.sweep(office)
            started = await self.bot.delivery.round()
            await self.bot.delivery.finish()
            if applied.applied or started:
                continue
            next_at = await self.bot.delivery.next_wake()
            if next_at is None or next_at > self.clock.now() + timedelta(seconds=2):
                return
            self.clock.move_to(max(next_at, self.clock.now() + timedelta(milliseconds=1)))

    async def until(self, instant: datetime) -> None:
        """Let time pass: the clock stops wherever something is due, and ends at `instant`."""
        while True:
            next_at = min((at for at in await self._next() if at > self.clock.now()), default=None)
            if next_at is None or next_at >= instant:
                break
            self.clock.move_to(next_at)
            await self.settle()
        self.clock.move_to(max(instant, self.clock.now()))
        await self.settle()

    async def _next(self) -> list[datetime]:
        looks = await self.database.read(lambda s: [clock.next_at for clock in clocks.every(s)])
        waiting = await self.bot.delivery.next_wake()
        return [at for at in (*looks, waiting) if at is not None]

    # --- Slack ---

    def unexpected(self) -> list[Any]:
        """Calls that made or changed a message since the last time they were looked at."""
        calls = self.slack.posts()
        new, self._seen = calls[self._seen :], len(calls)
        return [(call.method, call.args.get("channel"), call.args.get("text")) for call in new]

    def expect(self, *methods: str) -> None:
        """Exactly these calls changed what people see since the last look, in this order."""
        assert [method for method, _, _ in self.unexpected()] == list(methods)

    def quiet(self) -> None:
        """Nobody saw anything new."""
        self.expect()

    def wins(self) -> list[Message]:
        """The messages in #wins."""
        return self.slack.messages("#wins")

    def direct(self, email: str) -> list[Message]:
        """The direct messages to somebody."""
        return self.slack.messages(self.slack.dm(self.accounts[email]))

    async def press(self, email: str, message: Message, lead: str | None = None, **options: Any) -> Any:
        """Somebody presses `Contacted` beside a lead (the only one, if not named); then everything that follows."""
        button = contacted_button(message, lead)
        options = {"block_id": button["block_id"], **options}
        result = await self.slack.press(
            message.channel, message.ts, "contacted", self.accounts[email], value=button["value"], **options
        )
        await self.settle()
        return result


def buttons(message: Message) -> list[dict[str, Any]]:
    """Every button of a message with its block."""
    return [
        element | {"block_id": block.get("block_id")}
        for block in message.blocks or ()
        if block["type"] == "actions"
        for element in block["elements"]
    ]


def labels(message: Message) -> list[str]:
    """What the buttons of a message say, its menus left out."""
    return [button["text"]["text"] for button in buttons(message) if button["type"] == "button"]


def asked_for(message: Message) -> list[str]:
    """The leads that wait for an answer in a message: each has the button `Contacted` and a menu."""
    menus = [button for button in buttons(message) if button["action_id"] == "lead_menu"]
    waiting = [button for button in buttons(message) if button["action_id"] == "contacted"]
    assert [menu["block_id"] for menu in menus] == [button["block_id"] for button in waiting]
    return [button["accessibility_label"].removeprefix("Contacted: ") for button in waiting]


def contacted_button(message: Message, lead: str | None = None) -> dict[str, Any]:
    """The button beside a lead."""
    found = [
        b
        for b in buttons(message)
        if b["action_id"] == "contacted" and (lead is None or lead in b.get("accessibility_label", ""))
    ]
    assert len(found) == 1, f"{len(found)} buttons"
    return found[0]
