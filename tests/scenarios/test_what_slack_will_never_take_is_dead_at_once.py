"""A channel that does not exist, is archived or has not invited the bot: one notice, no loop, and the rest goes on."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.domain.agreement import Agreement, Wins
from bot.flow import listings
from tests.support.wins import names_in, outbox_of, pass_time, states, won
from tests.support.world import World

ADVICE = {
    "channel_not_found": "Create the channel or correct its name in the agreement, then run `winbell outbox retry`.",
    "not_in_channel": "Invite the bot with /invite in that channel, then run `winbell outbox retry`.",
    "is_archived": "Unarchive the channel or name another in the agreement, then run `winbell outbox retry`.",
}
CLOSED = Agreement(wins=Wins(channel="#closed"))


def spoil(world: World, reason: str) -> None:
    """#closed takes no message, for this reason."""
    if reason != "channel_not_found":
        world.slack.add_channel("closed", archived=reason == "is_archived", bot_in=reason != "not_in_channel")


@pytest.mark.parametrize("reason", ADVICE)
async def test_a_channel_that_takes_no_message(sqlite, reason):
    """Each message is tried once, the reminders' channel is told once what to do, and nothing follows in a day."""
    async with World(sqlite, CLOSED) as world:
        spoil(world, reason)
        await won(world, "D-1")
        await won(world, "D-2")
        await pass_time(world, timedelta(hours=20))
        world.expect("chat.postMessage")
        (notice,) = world.slack.messages("#sales-ops")
        assert notice.text == f"Slack does not take messages for #closed ({reason}).\n{ADVICE[reason]}"
        assert await states(world) == [("win", "dead"), ("win", "dead"), ("notice", "sent")]
        assert [message.tries for message in await outbox_of(world)] == [1, 1, 0]


@pytest.mark.parametrize(
    "reason", ["restricted_action", "msg_too_long", "missing_scope", "token_revoked", "something_new"]
)
async def test_a_refusal_is_not_repeated(sqlite, reason):
    """Whatever Slack calls it, what it refuses for good is tried once, and told once."""
    async with World(sqlite) as world:
        world.slack.fail_next("chat.postMessage", f"error:{reason}")
        await won(world)
        await pass_time(world, timedelta(hours=20))
        world.expect("chat.postMessage")
        (notice,) = world.slack.messages("#sales-ops")
        assert notice.text.startswith(f"Slack does not take messages for #wins ({reason}).\n")
        assert await states(world) == [("win", "dead"), ("notice", "sent")]


async def test_other_channels_go_on(sqlite):
    """While the wins channel is closed, a reminder reaches its person at its time."""
    async with World(sqlite, CLOSED) as world:
        maya = world.person("Maya Okafor")
        await won(world)
        await world.happens(
            "lead.created", id="L-1", name="Dana Reyes", owner_email=maya, created_at="2026-11-16T09:00:00Z"
        )
        world.expect("chat.postMessage")
        await pass_time(world, timedelta(hours=3, minutes=1))
        world.expect("chat.postMessage")
        assert len(world.direct(maya)) == 1


async def test_a_fault_that_is_mended(sqlite):
    """Once the bot is invited, `winbell outbox retry` sends what was given up, in its order."""
    async with World(sqlite, CLOSED) as world:
        spoil(world, "not_in_channel")
        await won(world, "D-1")
        await won(world, "D-2")
        await world.settle()
        world.expect("chat.postMessage")
        channel = world.slack.channel("#closed")
        world.slack.workspace.join(channel, "U00000000")
        await world.database.write(lambda s: listings.retry_messages(s, None, world.clock.now()))
        await world.settle()
        world.expect("chat.postMessage", "chat.postMessage")
        assert names_in(world, "#closed") == ["Deal D-1", "Deal D-2"]


async def test_a_token_that_slack_refuses(sqlite):
    """With a bot token that is revoked nothing can be told to anybody: each message is tried once and kept."""
    async with World(sqlite) as world:
        world.slack.fail_always("*", "error:invalid_auth")
        await won(world, "D-1")
        await won(world, "D-2")
        await pass_time(world, timedelta(hours=20))
        world.quiet()
        assert await states(world) == [("win", "dead"), ("win", "dead"), ("notice", "dead")]
        assert {(message.tries, message.error) for message in await outbox_of(world)} == {(1, "invalid_auth")}


async def test_admins_are_told_where_there_are_some(sqlite):
    """The agreement's admins get the notice, each once; the reminders' channel does not."""
    agreement = Agreement(admins=("ops@seller.example", "boss@seller.example"), wins=Wins(channel="#closed"))
    async with World(sqlite, agreement) as world:
        admins = [world.person("Ops Team"), world.person("Boss Lady")]
        await won(world, "D-1")
        await won(world, "D-2")
        await world.settle()
        world.expect("chat.postMessage", "chat.postMessage")
        assert [len(world.direct(admin)) for admin in admins] == [1, 1]
        await pass_time(world, timedelta(days=1))
        await won(world, "D-3")
        await world.settle()
        world.expect("chat.postMessage", "chat.postMessage")  # a new day, still closed


async def test_a_reminder_that_nobody_can_get(sqlite):
    """Neither its person nor the channel takes it: it is given up, without a notice that could not arrive either."""
    async with World(sqlite) as world:
        world.slack.workspace.change_channel(world.slack.channel("#sales-ops"), archived=True)
        await world.happens("lead.created", id="L-1", name="Dana Reyes", created_at="2026-11-16T09:00:00Z")
        await pass_time(world, timedelta(hours=3, minutes=1))
        world.quiet()
        assert await states(world) == [("nudge", "dead")]
