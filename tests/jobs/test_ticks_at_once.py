"""Two ticks at once, from one process or from several, do what one would do."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from bot.flow import apply, reminders
from jobs import work
from tests.support.leads import AT_RISK, comes
from tests.support.wins import EACH_ALONE, states, won
from tests.support.world import World, asked_for


async def test_two_sweeps_at_once(database):
    """Twelve leads of two owners fall due: two sweeps at the same time make one message for each owner."""
    async with World(database) as world:
        owners = [world.person("Maya Okafor"), world.person("Ben Ito")]
        for number in range(12):
            await comes(world, owners[number % 2], f"Lead-{number:02} Person")
        world.clock.move_to(AT_RISK)
        swept = await asyncio.gather(*(reminders.sweep(world.bot.office) for _ in range(4)))
        assert sum(one.reminded for one in swept) == 12
        await world.settle()
        world.expect("chat.postMessage", "chat.postMessage")
        assert [[len(asked_for(message)) for message in world.direct(owner)] for owner in owners] == [
            [6],
            [6],
        ]


async def test_two_appliers_at_once(database):
    """Events applied by two rounds at the same time have each effect once."""
    async with World(database, EACH_ALONE) as world:
        for number in range(6):
            await won(world, f"D-{number}")
        await asyncio.gather(*(apply.apply_waiting(world.bot.office, limit=3) for _ in range(4)))
        assert await states(world) == [("win", "pending")] * 6
        await world.settle()
        world.expect(*["chat.postMessage"] * 6)


async def test_a_round_looks_again_when_a_lane_is_free(sqlite):
    """What waits only for its channel's second is taken in that second, not at the next tick; a long wait is a tick's."""
    async with World(sqlite) as world:
        await won(world, "D-1")
        await won(world, "D-2")
        await apply.apply_waiting(world.bot.office)
        world.clock.advance(timedelta(seconds=2))  # cards that come together wait for more
        woken = asyncio.Event()
        assert await work.deliver_round(world.bot.office, world.bot.delivery, woken.set) is True
        await world.bot.delivery.finish()
        world.clock.advance(timedelta(seconds=0.97))
        assert await work.deliver_round(world.bot.office, world.bot.delivery, woken.set) is False
        async with asyncio.timeout(2):
            await woken.wait()
        world.clock.advance(timedelta(seconds=0.03))
        assert await work.deliver_round(world.bot.office, world.bot.delivery, woken.set) is True
        await world.bot.delivery.finish()
        world.expect("chat.postMessage", "chat.postMessage")


async def test_a_rest_is_not_asked_about_all_the_time(sqlite):
    """While Slack makes posting rest for a minute, rounds do not wake themselves; the tick is enough."""
    async with World(sqlite) as world:
        world.slack.fail_next("chat.postMessage", 429, retry_after=60)
        await won(world, "D-1")
        await won(world, "D-2")
        await apply.apply_waiting(world.bot.office)
        world.clock.advance(timedelta(seconds=2))  # cards that come together wait for more
        wakes = []
        assert await work.deliver_round(world.bot.office, world.bot.delivery, lambda: wakes.append(1)) is True
        await world.bot.delivery.finish()
        world.clock.advance(timedelta(seconds=30))
        for _ in range(3):
            assert (
                await work.deliver_round(world.bot.office, world.bot.delivery, lambda: wakes.append(1))
                is False
            )
            await asyncio.sleep(0.03)
        assert wakes == []
        world.clock.advance(timedelta(seconds=31))
        await world.settle()
        world.expect("chat.postMessage", "chat.postMessage")
