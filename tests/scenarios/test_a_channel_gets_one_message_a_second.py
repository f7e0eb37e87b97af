"""Slack allows one message a second in a channel: many wins at once are told in their order, none lost, none twice."""

from __future__ import annotations

import asyncio
import itertools
from datetime import timedelta

from bot.flow import apply
from bot.flow.deliver import Delivery
from tests.support.wins import EACH_ALONE, names_in, pass_time, states, won
from tests.support.world import World

MANY = 30


async def test_thirty_wins_at_once(database):
    """Thirty deals are won in the same instant: thirty cards, at least a second apart, the oldest first."""
    async with World(database, EACH_ALONE) as world:
        for number in range(MANY):
            await won(world, f"D-{number:02}")
        await world.settle()
        world.expect(*["chat.postMessage"] * MANY)
        assert names_in(world) == [f"Deal D-{number:02}" for number in range(MANY)]
        posted = [call.at for call in world.slack.calls("chat.postMessage")]
        assert len(posted) == MANY
        assert min(after - before for before, after in itertools.pairwise(posted)) >= 1
        assert posted[-1] - posted[0] < MANY + 1


async def test_channels_do_not_wait_for_each_other(sqlite):
    """A reminder to a person goes out in the same second as the first of many cards."""
    async with World(sqlite, EACH_ALONE) as world:
        maya = world.person("Maya Okafor")
        for number in range(5):
            await won(world, f"D-{number}")
        lead = {"id": "L-1", "name": "Dana Reyes", "owner_email": maya, "created_at": "2026-11-16T06:00:00Z"}
        world.clock.advance(timedelta(hours=3, seconds=1))
        await world.happens("lead.created", **lead)
        posts = world.slack.posts()
        (reminder,) = (call for call in posts if "first contact" in call.args["text"])
        assert reminder.at - posts[0].at < 1
        world.expect(*["chat.postMessage"] * 6)


async def test_a_restart_in_the_middle(sqlite):
    """The process is replaced while cards wait for their second: the rest follows, the pace kept, none twice."""
    async with World(sqlite, EACH_ALONE) as world:
        for number in range(6):
            await won(world, f"D-{number}")
        await world.sends("deal.updated", id="D-0", amount="300", currency="USD")
        await world.bot.delivery.round()
        await apply.apply_waiting(world.bot.office)
        await world.bot.delivery.round()
        await world.bot.delivery.finish()
        await world.restart()
        await world.settle()
        assert names_in(world) == [f"Deal D-{number}" for number in range(6)]
        posted = [call.at for call in world.slack.calls("chat.postMessage")]
        assert len(posted) == 6
        assert min(after - before for before, after in itertools.pairwise(posted)) >= 1
        world.expect(*["chat.postMessage"] * 6)


async def test_a_claim_without_a_post_is_looked_up_and_then_posted(sqlite):
    """The process dies after it took a message and before it called Slack: nothing is found, twice, and it is posted."""
    async with World(sqlite) as world:
        await won(world)
        await apply.apply_waiting(world.bot.office)
        delivery = Delivery(world.bot.office)
        delivery._start = lambda work: work.close()  # the machine stops here
        await delivery.round()
        assert await states(world) == [("win", "sending")]
        await world.restart()
        await pass_time(world, timedelta(seconds=20))
        world.quiet()
        assert await states(world) == [("win", "ambiguous")]
        await pass_time(world, timedelta(seconds=15))
        world.expect("chat.postMessage")
        assert await states(world) == [("win", "sent")]


async def test_a_lease_that_runs_out(sqlite):
    """Another process took a message and is gone for good: after its lease the message is looked up and posted."""
    async with World(sqlite) as world:
        await won(world)
        await apply.apply_waiting(world.bot.office)
        gone = Delivery(world.bot.office)
        gone._start = lambda work: work.close()
        await gone.round()
        await pass_time(world, timedelta(seconds=40))
        assert await states(world) == [("win", "sending")]
        await pass_time(world, timedelta(seconds=10))
        assert await states(world) == [("win", "ambiguous")]
        await pass_time(world, timedelta(seconds=40))
        world.expect("chat.postMessage")


async def test_two_processes_share_an_outbox(database):
    """Two deliveries take from one outbox at once, again and again: every card is posted once."""
    async with World(database, EACH_ALONE) as world:
        for number in range(6):
            await won(world, f"D-{number}")
        while (await apply.apply_waiting(world.bot.office)).applied:
            pass
        other = Delivery(world.bot.office)
        for _ in range(10):
            await asyncio.gather(world.bot.delivery.round(), other.round())
            await asyncio.gather(world.bot.delivery.finish(), other.finish())
            world.clock.advance(timedelta(seconds=1))
        world.expect(*["chat.postMessage"] * 6)
        assert names_in(world) == [f"Deal D-{number}" for number in range(6)]
