"""Quiet hours: Slack is asked for a schedule only when a reminder is about to be posted, and only where it may be."""

from __future__ import annotations

from datetime import timedelta

from tests.support.leads import AT_RISK, at, comes
from tests.support.wins import won
from tests.support.world import World


def asked(world):
    """The accounts that Slack was asked about, in order."""
    return [call.args["user"] for call in world.slack.calls("dnd.info")]


async def test_a_reminder_is_what_slack_is_asked_for(sqlite):
    """A win that names somebody asks nothing; their reminder asks once, right before it is posted."""
    async with World(sqlite) as world:
        maya = world.person("Maya Okafor")
        await won(world, owner_email=maya)
        await comes(world, maya)
        await world.until(at(11, 59))
        assert asked(world) == []
        await world.until(AT_RISK + timedelta(minutes=1))
        assert asked(world) == [world.accounts[maya]]
        calls = [call.method for call in world.slack.calls()]
        assert calls.index("dnd.info") < len(calls) - 1 - calls[::-1].index("chat.postMessage")
        world.expect("chat.postMessage", "chat.postMessage")


async def test_a_workspace_that_did_not_grant_the_scope(sqlite):
    """The reminder is posted all the same, and Slack is asked nothing that it would refuse."""
    async with World(sqlite) as world:
        world.slack.settings.scopes -= {"dnd:read"}
        maya = world.person("Maya Okafor")
        world.slack.set_dnd(world.accounts[maya], at(8), at(20))
        await comes(world, maya)
        await world.until(AT_RISK + timedelta(minutes=1))
        assert (asked(world), len(world.direct(maya))) == ([], 1)
        world.expect("chat.postMessage")


async def test_a_slack_that_does_not_tell(sqlite):
    """Whatever is wrong with the question, the reminder is posted in its time."""
    async with World(sqlite) as world:
        maya = world.person("Maya Okafor")
        world.slack.set_dnd(world.accounts[maya], at(8), at(20))
        world.slack.fail_always("dnd.info", 500)
        await comes(world, maya)
        await world.until(AT_RISK + timedelta(minutes=1))
        assert (len(asked(world)), len(world.direct(maya))) == (1, 1)
        world.expect("chat.postMessage")
