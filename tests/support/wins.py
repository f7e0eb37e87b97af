"""Words that stories about wins share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.domain.agreement import Agreement, Wins
from bot.store import outbox
from tests.support.world import TO_OWNERS

if TYPE_CHECKING:
    from datetime import timedelta

    from bot.store.outbox import Message
    from tests.support.world import World


EACH_ALONE = Agreement(reminders=TO_OWNERS, wins=Wins(group_after=1000))
"""Every win has a card of its own, however many come at once."""


async def won(world: World, name: str = "D-1", **more: Any) -> None:
    """A deal is won now."""
    status, _ = await world.sends(
        "deal.won", id=name, name=f"Deal {name}", amount="100", currency="USD", **more
    )
    assert status == 202


async def pass_time(world: World, span: timedelta) -> None:
    """What is due now happens, then time passes, stopping wherever something falls due."""
    await world.settle()
    await world.until(world.clock.now() + span)


async def outbox_of(world: World) -> list[Message]:
    """Every message of the outbox, oldest first."""
    return (await world.database.read(lambda s: outbox.latest(s, 1000)))[::-1]


async def states(world: World) -> list[tuple[str, str]]:
    """(kind, state) of every message of the outbox, oldest first."""
    return [(message.kind, message.state) for message in await outbox_of(world)]


def names_in(world: World, channel: str = "#wins") -> list[str]:
    """The deals whose cards stand in a channel, in the order of posting."""
    return [message.text.split("Won: ")[-1].split(",")[0] for message in world.slack.messages(channel)]
