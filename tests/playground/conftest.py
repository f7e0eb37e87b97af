"""A stand-in that runs, a client of Slack's own library, and a bot of Slack's own framework."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from aiohttp import web
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.fake_slack import FakeSlack
from tests.playground.kit import SECRET, Clock

Call = Callable[..., Awaitable[dict[str, Any]]]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def slack(clock: Clock) -> AsyncIterator[FakeSlack]:
    """A workspace without rate limits: Ana and Ben, #wins with the bot and both of them."""
    async with FakeSlack(signing_secret=SECRET, now=clock, rate_limit=False) as it:
        ana = it.add_user("Ana", "ana@seller.example", id="UANA", tz="America/New_York")
        ben = it.add_user("Ben", "ben@seller.example", id="UBEN")
        it.add_channel("wins", members=[ana, ben])
        yield it


def client_of(slack: FakeSlack, token: str = "xoxb-demo", **more: Any) -> AsyncWebClient:
    return AsyncWebClient(token=token, base_url=slack.api_url, retry_handlers=[], **more)


@pytest.fixture
def call(slack: FakeSlack) -> Call:
    """Call a method with a JSON body; answer what Slack answers, refusals included."""
    client = client_of(slack)

    async def run(method: str, **arguments: Any) -> dict[str, Any]:
        try:
            return (await client.api_call(method, json=arguments)).data
        except SlackApiError as refusal:
            return refusal.response.data

    return run


@asynccontextmanager
async def by_http(slack: FakeSlack, app: AsyncApp) -> AsyncIterator[None]:
    """Connect a bot as a request URL does."""
    runner = web.AppRunner(app.web_app(path="/slack/events", port=0), shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    slack.connect_http(f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events")
    try:
        yield
    finally:
        await runner.cleanup()


@asynccontextmanager
async def by_socket(slack: FakeSlack, app: AsyncApp) -> AsyncIterator[None]:
    """Connect a bot through Socket Mode."""
    handler = AsyncSocketModeHandler(app, "xapp-demo", web_client=client_of(slack), ping_interval=0.2)
    await handler.connect_async()
    await slack.wait_for(lambda: slack.sockets.connected)
    try:
        yield
    finally:
        await handler.close_async()


@pytest.fixture
def bot(slack: FakeSlack) -> AsyncApp:
    """A bot of Slack's own framework, not yet connected."""
    return AsyncApp(client=client_of(slack), signing_secret=SECRET)


@pytest.fixture(params=[by_http, by_socket], ids=["http", "socket"])
def connect(request: pytest.FixtureRequest, slack: FakeSlack) -> Callable[[AsyncApp], Any]:
    """Connect a bot; every test that asks for this runs over both transports."""
    return lambda app: request.param(slack, app)


@dataclass(frozen=True)
class Sent:
    headers: Any
    body: bytes


@pytest.fixture
async def answering(slack):
    """A bot that gives one fixed answer, and the list of what it was sent."""
    runners = []

    async def start(**answer):
        seen = []

        async def handle(request):
            seen.append(Sent(request.headers, await request.read()))
            return web.Response(**answer)

        app = web.Application()
        app.router.add_post("/slack/events", handle)
        app.router.add_post("/elsewhere", handle)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        runners.append(runner)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        slack.connect_http(f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events")
        return seen

    yield start
    for runner in runners:
        await runner.cleanup()
