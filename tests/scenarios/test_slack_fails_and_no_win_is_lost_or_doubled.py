"""Slack answers with errors, with nothing, or takes a message and says it did not: each win is told exactly once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.domain.agreement import Agreement
from bot.flow import listings
from tests.support.wins import names_in, outbox_of, pass_time, states, won
from tests.support.world import START, World

LONG = timedelta(minutes=10)
NOT_TAKEN = [500, 503, "drop", "html_200", "empty_200", "error:internal_error", "error:fatal_error"]
TAKEN = ["500_after", "503_after", "drop_after", "html_200_after", "empty_200_after"]


@pytest.mark.parametrize("fault", NOT_TAKEN)
async def test_a_post_that_slack_did_not_take(sqlite, fault):
    """Whether Slack took it cannot be told: the channel is read twice, half a minute apart, before it is posted again."""
    async with World(sqlite) as world:
        world.slack.fail_next("chat.postMessage", fault)
        await won(world)
        await world.settle()
        world.quiet()
        assert await states(world) == [("win", "ambiguous")]
        await pass_time(world, timedelta(seconds=20))
        assert len(world.slack.calls("chat.postMessage")) == 1
        await pass_time(world, timedelta(seconds=12))
        world.expect("chat.postMessage")
        assert len(world.slack.calls("conversations.history")) == 2
        await pass_time(world, LONG)
        world.quiet()
        assert await states(world) == [("win", "sent")]


@pytest.mark.parametrize("fault", TAKEN)
async def test_a_post_that_slack_took_without_saying_so(sqlite, fault):
    """The message is found by its mark, its receipt kept, and it is corrected later like any other."""
    async with World(sqlite) as world:
        world.slack.fail_next("chat.postMessage", fault)
        await won(world)
        await world.settle()
        world.expect("chat.postMessage")
        assert await states(world) == [("win", "sent")]
        await world.happens("deal.updated", id="D-1", amount="105", currency="USD")
        world.expect("chat.update")
        assert "$105.00" in world.wins()[0].text
        await pass_time(world, LONG)
        world.quiet()


async def test_an_answer_that_never_comes(sqlite):
    """Slack takes the post and says nothing: after the call's time-out the message is found."""
    async with World(sqlite) as world:
        world.bot.workspace.client.timeout = 0.2  # seconds of real time; ten in operation
        world.slack.fail_next("chat.postMessage", "timeout")
        await won(world)
        await world.settle()
        world.slack.release()
        world.expect("chat.postMessage")
        assert await states(world) == [("win", "sent")]
        assert len(world.slack.calls("chat.postMessage")) == 1


async def test_the_look_itself_fails(sqlite):
    """While the channel cannot be read the message waits; it is looked for again, and found."""
    async with World(sqlite) as world:
        world.slack.fail_next("chat.postMessage", "drop_after")
        world.slack.fail_next("conversations.history", 500, times=2)
        world.slack.fail_next("conversations.history", 429, retry_after=30)
        await won(world)
        await pass_time(world, LONG)
        world.expect("chat.postMessage")
        assert await states(world) == [("win", "sent")]
        looks = [call.at for call in world.slack.calls("conversations.history")]
        assert len(looks) == 4
        assert looks[3] - looks[2] >= 30


@pytest.mark.parametrize(("header", "least"), [("7", 7), ("120", 120), ("", 30), ("soon", 30)])
async def test_too_many_requests(sqlite, header, least):
    """After a 429 nothing is posted before the time Slack names (half a minute where it names none), then once."""
    async with World(sqlite) as world:
        world.slack.fail_next("chat.postMessage", 429, retry_after=header)
        await won(world)
        await pass_time(world, LONG)
        world.expect("chat.postMessage")
        first, second = (call.at for call in world.slack.calls("chat.postMessage"))
        assert least <= second - first < least + 2


async def test_a_429_rests_the_method_for_every_channel(sqlite):
    """Slack's limit is the workspace's: while posting rests, no other channel is posted to, and edits go on."""
    async with World(sqlite, start=START.replace(hour=12, minute=1)) as world:
        await won(world, "D-1")
        await world.settle()
        world.expect("chat.postMessage")
        await pass_time(world, timedelta(seconds=5))
        world.slack.fail_next("chat.postMessage", 429, retry_after=60)
        await won(world, "D-2")
        await world.settle()
        await world.happens("lead.created", id="L-1", name="Dana Reyes", created_at="2026-11-16T09:00:00Z")
        await world.happens("deal.updated", id="D-1", amount="105", currency="USD")
        world.expect("chat.update")
        posts = len(world.slack.calls("chat.postMessage"))
        await pass_time(world, timedelta(seconds=50))
        assert len(world.slack.calls("chat.postMessage")) == posts
        await pass_time(world, LONG)
        assert names_in(world) == ["Deal D-1", "Deal D-2"]
        world.expect("chat.postMessage", "chat.postMessage")


async def test_people_cannot_be_looked_up_for_a_while(sqlite):
    """A card waits for the answer who its seller is in Slack, for as long as Slack asks, and then names them."""
    async with World(sqlite) as world:
        maya = world.person("Maya Okafor")
        world.slack.fail_next("users.lookupByEmail", 429, retry_after=40)
        await won(world, owner_email=maya)
        await pass_time(world, timedelta(seconds=30))
        world.quiet()
        await pass_time(world, timedelta(seconds=15))
        world.expect("chat.postMessage")
        assert f"<@{world.accounts[maya]}>" in world.wins()[0].text
        assert len(world.slack.calls("users.lookupByEmail")) == 2


async def test_slack_is_down_for_an_hour(sqlite):
    """Every method fails for an hour while three deals are won: afterwards each is told, once."""
    async with World(sqlite) as world:
        world.slack.fail_always("*", 503)
        for number in range(1, 4):
            await won(world, f"D-{number}")
            await pass_time(world, timedelta(minutes=20))
        world.quiet()
        world.slack.clear_faults()
        await pass_time(world, LONG)
        world.expect(*["chat.postMessage"] * 3)
        assert sorted(names_in(world)) == ["Deal D-1", "Deal D-2", "Deal D-3"]


async def test_an_edit_is_repeated_until_it_is_taken(sqlite):
    """A correction may be sent twice without harm, so it is: the card ends with the present amount."""
    async with World(sqlite) as world:
        await won(world)
        await world.settle()
        for fault in (500, "drop_after", 429, "html_200"):
            world.slack.fail_next("chat.update", fault, retry_after=5 if fault == 429 else None)
        await world.happens("deal.updated", id="D-1", amount="107", currency="USD")
        await pass_time(world, LONG)
        assert "$107.00" in world.wins()[0].text
        world.expect("chat.postMessage", "chat.update", "chat.update")
        assert len(world.slack.calls("chat.update")) == 5


async def test_a_channel_that_cannot_be_read(sqlite):
    """Nobody can look whether a win was posted: it waits for a person, who is told once; a reminder is dropped."""
    agreement = Agreement(admins=("ops@seller.example",))
    async with World(sqlite, agreement) as world:
        ops, maya = world.person("Ops Team"), world.person("Maya Okafor")
        world.slack.settings.scopes -= {"channels:history", "groups:history", "im:history"}
        world.slack.fail_next("chat.postMessage", 500)
        await won(world)
        await world.settle()
        world.expect("chat.postMessage")
        (notice,) = world.direct(ops)
        assert "#wins (missing_scope)" in notice.text
        assert "winbell manifest" in notice.text
        world.slack.fail_next("chat.postMessage", 500)
        lead = {"id": "L-1", "name": "Dana Reyes", "owner_email": maya, "created_at": "2026-11-16T06:00:00Z"}
        await world.happens("lead.created", **lead)
        await pass_time(world, timedelta(hours=3, minutes=5))
        world.quiet()
        assert await states(world) == [("win", "ambiguous"), ("notice", "sent"), ("nudge", "dead")]
        await pass_time(world, timedelta(hours=2))
        world.expect("chat.postMessage")  # the reminder's next step is the net
        assert len(world.direct(maya)) == 1


async def test_a_win_that_waited_for_a_person_is_told_after_all(sqlite):
    """With the scope granted, `winbell outbox retry` has the win looked for, and posted where it is not found."""
    async with World(sqlite) as world:
        scopes = world.slack.settings.scopes
        world.slack.settings.scopes = scopes - {"channels:history"}
        world.slack.fail_next("chat.postMessage", 500)
        await won(world)
        await world.settle()
        world.expect("chat.postMessage")  # the notice
        world.slack.settings.scopes = scopes
        await world.database.write(lambda s: listings.retry_messages(s, None, world.clock.now()))
        await pass_time(world, LONG)
        world.expect("chat.postMessage")
        assert names_in(world) == ["Deal D-1"]
        assert [message.state for message in await outbox_of(world)] == ["sent", "sent"]
