"""The holder of the Slack client: what it asks, and what it makes of the answers."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest
from aiohttp import web

from bot.domain.delivery import DoNotDisturb, Refused, Rejected
from bot.playground.fake_slack import DEFAULT_SCOPES, FakeSlack
from bot.slack import Workspace

NOW = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)
START, END = datetime(2026, 11, 16, 22, 0, tzinfo=UTC), datetime(2026, 11, 17, 8, 0, tzinfo=UTC)
OFF = DoNotDisturb(None, None)


@pytest.fixture
async def slack():
    async with FakeSlack(signing_secret="s", now=NOW.timestamp) as it:
        it.add_user("Ana", id="UANA")
        yield it


@pytest.fixture
async def workspace(slack):
    made = Workspace("xoxb-demo", slack.api_url)
    yield made
    await made.close()


async def test_a_schedule_is_told_in_utc(slack, workspace):
    """The span of a schedule; none where it is off; who the bot is and what it may is asked once."""
    slack.set_dnd("UANA", START, END)
    assert await workspace.do_not_disturb("UANA") == DoNotDisturb(START, END)
    slack.set_dnd("UANA", None, None)
    assert await workspace.do_not_disturb("UANA") == OFF
    assert [call.method for call in slack.calls()] == ["auth.test", "dnd.info", "dnd.info"]


async def test_without_the_scope_slack_is_not_asked(slack, workspace):
    """A workspace that did not grant the optional scope gets no call that needs it."""
    slack.settings.scopes = DEFAULT_SCOPES - {"dnd:read"}
    assert await workspace.do_not_disturb("UANA") == Rejected("missing_scope")
    assert slack.calls("dnd.info") == []


async def test_a_scope_that_is_taken_away_later(slack, workspace):
    """What Slack refuses then is no schedule, and no failure of anything."""
    await workspace.identity()
    slack.settings.scopes = DEFAULT_SCOPES - {"dnd:read"}
    assert await workspace.do_not_disturb("UANA") == Rejected("missing_scope")
    assert await workspace.do_not_disturb("UNOBODY") == Rejected("missing_scope")


@pytest.mark.parametrize("fault", ["drop", 429, 500, "html_200", "error:internal_error"])
async def test_what_goes_wrong_may_be_asked_again(slack, workspace, fault):
    """A lost connection, a busy Slack or one that fails raises nothing and is no answer."""
    slack.fail_always("dnd.info", fault)
    assert isinstance(await workspace.do_not_disturb("UANA"), Refused)


async def test_an_unknown_account_has_no_schedule(workspace):
    """Slack knows nobody of that id."""
    assert await workspace.do_not_disturb("UNOBODY") == Rejected("user_not_found")


@pytest.fixture
async def serve():
    """A Slack with answers and headers of the test's own."""
    runners = []

    async def start(answers: dict[str, Any], headers: dict[str, str], hang: asyncio.Event | None = None):
        seen = []

        async def answer(request):
            method = request.match_info["method"]
            seen.append(method)
            if hang is not None and method == "dnd.info":
                await hang.wait()
            return web.json_response({"ok": True, **answers.get(method, {})}, headers=headers)

        app = web.Application()
        app.router.add_route("*", "/api/{method}", answer)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        runners.append(runner)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        return Workspace("xoxb-demo", f"http://127.0.0.1:{runner.addresses[0][1]}/api/"), seen

    yield start
    for runner in runners:
        await runner.cleanup()


SPAN = {
    "dnd_enabled": True,
    "next_dnd_start_ts": int(START.timestamp()),
    "next_dnd_end_ts": int(END.timestamp()),
}


@pytest.mark.parametrize(
    ("headers", "asks"),
    [
        ({"x-oauth-scopes": "chat:write,dnd:read"}, True),
        ({"X-OAuth-Scopes": "dnd:read, chat:write"}, True),
        ({"X-OAUTH-SCOPES": " dnd:read "}, True),
        ({"x-oauth-scopes": "chat:write,dnd:write"}, False),
        ({"x-oauth-scopes": ""}, False),
        ({"x-accepted-oauth-scopes": "dnd:read"}, False),
        ({}, False),
    ],
)
async def test_what_was_granted_stands_in_a_header(serve, headers, asks):
    """The name of the header is compared without case; without it nothing optional counts as granted."""
    workspace, seen = await serve({"dnd.info": SPAN}, headers)
    told = await workspace.do_not_disturb("UANA")
    await workspace.close()
    assert (told, seen) == (
        (DoNotDisturb(START, END), ["auth.test", "dnd.info"])
        if asks
        else (Rejected("missing_scope"), ["auth.test"])
    )


@pytest.mark.parametrize(
    "change",
    [
        {"dnd_enabled": False},
        {"next_dnd_start_ts": 1, "next_dnd_end_ts": 1},
        {"next_dnd_end_ts": SPAN["next_dnd_start_ts"] - 1},
        {"next_dnd_start_ts": None},
        {"next_dnd_start_ts": "soon"},
        {"next_dnd_end_ts": 10**30},
        {"next_dnd_end_ts": [1]},
    ],
)
async def test_what_is_no_span_is_none(serve, change):
    """A schedule that is off, without length or not in seconds keeps nothing back."""
    workspace, _ = await serve({"dnd.info": SPAN | change}, {"x-oauth-scopes": "dnd:read"})
    assert await workspace.do_not_disturb("UANA") == OFF
    await workspace.close()


async def test_a_slack_that_does_not_answer_is_not_waited_for(serve, monkeypatch):
    """A reminder must not wait long for the question whether it should wait."""
    monkeypatch.setattr("bot.slack.SCHEDULE_TIMEOUT", 0.05)
    hang = asyncio.Event()
    workspace, _ = await serve({}, {"x-oauth-scopes": "dnd:read"}, hang)
    assert await workspace.do_not_disturb("UANA") == Refused("time-out")
    hang.set()
    await workspace.close()
