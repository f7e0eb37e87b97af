"""What people type in Slack, and what they alone are answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.playground.records import Ephemeral
    from tests.support.world import World


async def answered(world: World, command: str, text: str, email: str) -> Ephemeral:
    """What somebody is answered to a command; checked: acknowledged, ephemeral, and one answer alone."""
    user = world.accounts[email]
    before = len(world.slack.ephemerals(user))
    result = await world.slack.slash(command, text, user, "wins")
    assert (result.acknowledged, result.ack_body) == (True, "")
    await world.slack.wait_for(lambda: len(world.slack.ephemerals(user)) > before)
    world.expect("response_url")
    (answer,) = world.slack.ephemerals(user)[before:]
    assert (answer.source, answer.channel) == ("response_url", world.slack.channel("#wins"))
    return answer


async def says(world: World, command: str, text: str, email: str) -> list[str]:
    """The answer to a command, line by line."""
    return (await answered(world, command, text, email)).text.splitlines()


def as_it_stands(world: World, shown: Ephemeral) -> Ephemeral:
    """An answer as its reader sees it now."""
    found = world.slack.workspace.ephemeral(shown.user, shown.ts)
    assert found is not None, "the answer is gone"
    return found
