"""Socket Mode: tickets, turns, going and coming back, the same envelope twice."""

import asyncio
import json

import aiohttp
import pytest

from bot.playground.socket_mode import MOST_CONNECTIONS
from tests.playground.conftest import by_http, by_socket

APP = {"Authorization": "Bearer xapp-demo"}


@pytest.fixture
async def session():
    async with aiohttp.ClientSession(headers=APP) as it:
        yield it


async def address(slack, session):
    async with session.post(f"{slack.api_url}apps.connections.open") as answer:
        return (await answer.json())["url"]


async def test_a_connection_begins_with_hello(slack, session):
    """The first message is hello, with the number of connections and the app's id."""
    async with session.ws_connect(await address(slack, session)) as socket:
        hello = await socket.receive_json()
    assert (hello["type"], hello["num_connections"], hello["connection_info"]) == (
        "hello",
        1,
        {"app_id": "A00000001"},
    )


async def test_an_address_opens_one_connection(slack, session):
    """The same address a second time is refused."""
    url = await address(slack, session)
    async with session.ws_connect(url):
        with pytest.raises(aiohttp.WSServerHandshakeError) as caught:
            await session.ws_connect(url)
    assert caught.value.status == 401


async def test_ten_connections_are_enough(slack, session):
    """The eleventh is sent away with too_many_websockets."""
    sockets = [await session.ws_connect(await address(slack, session)) for _ in range(MOST_CONNECTIONS)]
    extra = await session.ws_connect(await address(slack, session))
    assert (await extra.receive_json())["reason"] == "too_many_websockets"
    assert slack.sockets.connected == MOST_CONNECTIONS
    for socket in [*sockets, extra]:
        await socket.close()


async def test_envelopes_go_to_the_connections_in_turn(slack, session):
    """Two connections get one command each; an ack with a payload is the answer, junk is ignored."""
    sockets = [await session.ws_connect(await address(slack, session)) for _ in range(2)]
    for socket in sockets:
        await socket.receive_json()
    kinds = []

    async def serve(socket):
        envelope = await socket.receive_json()
        kinds.append((envelope["type"], envelope["accepts_response_payload"], envelope["payload"]["command"]))
        await socket.send_str("junk")
        await socket.send_str("[1]")
        await socket.send_json({"envelope_id": "unknown"})
        await socket.send_json({"envelope_id": envelope["envelope_id"], "payload": {"text": "hi"}})

    async with asyncio.TaskGroup() as tasks:
        for socket in sockets:
            tasks.create_task(serve(socket))
        results = [await slack.slash("/pipeline", "", "UANA", "wins") for _ in sockets]
    assert kinds == [("slash_commands", True, "/pipeline")] * 2
    answers = [(result.ack_status, json.loads(result.ack_body)) for result in results]
    assert answers == [(200, {"text": "hi"})] * 2
    for socket in sockets:
        await socket.close()


async def test_an_event_envelope_carries_its_retry_and_takes_no_answer(slack, session):
    """The same event again has the same envelope id, a retry number, and no room for a payload."""
    async with session.ws_connect(await address(slack, session)) as socket:
        await socket.receive_json()
        seen = []

        async def acknowledge():
            envelope = await socket.receive_json()
            seen.append(envelope)
            await socket.send_json({"envelope_id": envelope["envelope_id"], "payload": {"text": "ignored"}})

        await asyncio.gather(acknowledge(), slack.event({"type": "user_change"}))
        _, result = await asyncio.gather(acknowledge(), slack.repeat_last())
    assert [envelope["retry_attempt"] for envelope in seen] == [0, 1]
    assert seen[0]["envelope_id"] == seen[1]["envelope_id"]
    assert seen[0]["payload"]["event_id"] == seen[1]["payload"]["event_id"]
    assert (seen[0]["accepts_response_payload"], result.ack_body) == (False, "")


@pytest.mark.parametrize("reason", ["refresh_requested", "warning"])
async def test_a_bot_that_is_sent_away_comes_back(slack, bot, reason):
    """Slack's own client reconnects on a refresh and stays on a warning; commands go on in both cases."""

    @bot.command("/pipeline")
    async def pipeline(ack):
        await ack()

    async with by_socket(slack, bot):
        await slack.disconnect(reason)
        await slack.wait_for(lambda: slack.sockets.connected)
        assert (await slack.slash("/pipeline", "", "UANA", "wins")).acknowledged


async def test_socket_mode_turns_the_request_url_off(slack, bot):
    """While a connection is open nothing goes by HTTP; afterwards it does again."""

    @bot.command("/pipeline")
    async def pipeline(ack, request):
        await ack(request.mode)

    async with by_http(slack, bot):
        async with by_socket(slack, bot):
            await slack.slash("/pipeline", "", "UANA", "wins")
        await slack.wait_for(lambda: not slack.sockets.connected)
        await slack.slash("/pipeline", "", "UANA", "wins")
    assert [one.text for one in slack.ephemerals("UANA")] == ["socket_mode", "http"]


async def test_a_connection_that_breaks_is_forgotten(slack, session):
    """After the bot's side closed, a command finds nobody."""
    socket = await session.ws_connect(await address(slack, session))
    await socket.close()
    await slack.wait_for(lambda: not slack.sockets.connected)
    assert (await slack.slash("/pipeline", "", "UANA", "wins")).error == "dispatch_failed"
