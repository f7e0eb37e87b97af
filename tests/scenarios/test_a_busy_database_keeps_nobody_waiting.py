"""Another program holds SQLite's only writer: people are answered in time, and no event is lost."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta

from tests.support.databases import held
from tests.support.leads import AT_RISK, comes, said, the_clock
from tests.support.world import World, contacted_button

BUSY = "Busy at the moment. Please try again in a few seconds. Nothing was changed."


async def reminded(world):
    maya = world.person("Maya Okafor")
    await comes(world, maya)
    await world.until(AT_RISK + timedelta(seconds=30))
    world.expect("chat.postMessage")
    return maya


async def press(world, maya):
    (message,) = world.direct(maya)
    button = contacted_button(message)
    return await world.slack.press(
        message.channel,
        message.ts,
        "contacted",
        world.accounts[maya],
        value=button["value"],
        block_id=button["block_id"],
    )


async def test_commands_read_beside_a_writer(patient):
    """`/pipeline` needs no writer: it is acknowledged and answered at once."""
    async with World(patient, ack_seconds=3.0) as world:
        maya = world.person("Maya Okafor")
        with held(patient):
            result = await world.slack.slash("/pipeline", "", world.accounts[maya], "wins")
            await world.slack.wait_for(lambda: world.slack.ephemerals(world.accounts[maya]), seconds=2)
        assert (result.acknowledged, result.elapsed < 1) == (True, True)
        world.expect("response_url")


async def test_a_press_is_acknowledged_in_time_and_kept(patient):
    """The writer comes free after Slack's patience would be at its end: the press was acknowledged, and is stored."""
    async with World(patient, ack_seconds=3.0) as world:
        maya = await reminded(world)
        with held(patient):
            result = await press(world, maya)
        assert (result.acknowledged, result.elapsed < 3) == (True, True)
        async with asyncio.timeout(5):
            while (await the_clock(world)).stopped_at is None:
                await asyncio.sleep(0.02)
        await world.settle()
        world.expect("chat.update")
        assert said(world, maya) == ["All settled, thank you.\nDana Reyes: Contacted."]


async def test_a_press_that_cannot_be_kept_says_so(patient):
    """The writer is held for longer than we wait: whoever pressed is asked to try again, and the next press works."""
    async with World(patient, ack_seconds=3.0) as world:
        maya = await reminded(world)
        with held(patient):
            assert (await press(world, maya)).acknowledged
            (answer,) = await world.slack.wait_for(lambda: world.slack.ephemerals(world.accounts[maya]))
        assert answer.text == BUSY
        world.expect("response_url")
        await press(world, maya)
        await world.settle()
        world.expect("chat.update")


async def test_an_event_that_cannot_be_stored_is_refused(patient):
    """The CRM hears 503 and sends the event again: then it is stored, once, and told, once."""
    async with World(patient, ack_seconds=3.0) as world:
        told = {"type": "deal.won", "timestamp": world.clock.now().isoformat(), "data": {"id": "D-1"}}
        body = json.dumps(told).encode()
        with held(patient):
            status, answer = await world.posts(body, "one")
            assert (status, list(answer)) == (503, ["error"])
        assert await world.posts(body, "one") == (202, {"status": "stored", "events": 1})
        assert await world.posts(body, "one") == (202, {"status": "duplicate", "events": 0})
        await world.settle()
        world.expect("chat.postMessage")
