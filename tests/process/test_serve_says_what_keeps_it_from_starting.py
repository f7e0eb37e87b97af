"""A start that cannot succeed ends with exit code 1 and one sentence that names the variable; one that can, goes on."""

from __future__ import annotations

import signal
import socket

import pytest

from tests.support.process import company


@pytest.fixture
async def it(tmp_path):
    async with company(tmp_path) as made:
        yield made


async def test_a_port_that_is_taken(it):
    """Another program listens there: the sentence names variable, address and what to do."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        it.settings["WINBELL_PORT"] = port
        ended = await it.command("serve")
    assert (ended.code, ended.out) == (1, "")
    assert ended.err.splitlines()[-1] == (
        f"winbell: WINBELL_PORT: 127.0.0.1:{port} cannot be used (address already in use); choose another port"
    )
    assert "Traceback" not in ended.err


async def test_an_app_token_that_slack_refuses(it):
    """Slack opens no socket for the token: the sentence names the variable and Slack's word, never the token."""
    it.by_socket()
    it.slack.fail_always("apps.connections.open", "error:invalid_auth")
    ended = await it.command("serve")
    assert (ended.code, ended.out) == (1, "")
    assert ended.err.splitlines()[-1] == (
        "winbell: SLACK_APP_TOKEN: Slack opens no socket for it (invalid_auth); "
        "check the token and that Socket Mode is on"
    )
    assert "Traceback" not in ended.err
    assert "xapp-demo" not in ended.err


async def test_a_slack_that_is_out_of_reach_for_a_moment(it):
    """Slack fails when the socket is asked for: Winbell goes on trying, takes events meanwhile and connects in the end."""
    it.by_socket()
    it.slack.fail_next("apps.connections.open", 500)
    async with it.serve() as process:
        assert await it.sends("e1", "deal.won", id="D-1", amount="100", currency="USD") == 202
        await it.slack.wait_for(lambda: it.slack.sockets.connected)
        await it.slack.wait_for(lambda: it.slack.messages("#wins"))
        process.send(signal.SIGTERM)
        assert (await process.ended()).code == 0


async def test_a_bot_token_that_slack_refuses(it):
    """The bot starts, takes events, says in its log what to do, and posts when the token is right again."""
    it.slack.fail_next("auth.test", "error:invalid_auth")
    async with it.serve() as process:
        await process.says("Slack refuses the bot token; check SLACK_BOT_TOKEN reason=invalid_auth")
        assert await it.sends("e1", "deal.won", id="D-1", amount="100", currency="USD") == 202
        await it.slack.wait_for(lambda: it.slack.messages("#wins"))
