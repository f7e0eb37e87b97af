"""The state behind the stand-in: timestamps, copies, names, and waiting for a change."""

import asyncio

import pytest

from bot.errors import NotFoundError, UsageError
from bot.playground.fake_slack import FakeSlack
from bot.playground.workspace import Workspace
from tests.playground.kit import SECRET, Clock, section


def test_no_two_messages_share_a_timestamp():
    """Timestamps grow by a microsecond while the clock stands still, and never go back with it."""
    clock = Clock(100.0)
    workspace = Workspace(clock)
    stamps = [workspace.next_ts(), workspace.next_ts()]
    clock.advance(-50)
    stamps.append(workspace.next_ts())
    clock.advance(60)
    stamps.append(workspace.next_ts())
    assert stamps == ["100.000000", "100.000001", "100.000002", "110.000000"]


def test_what_is_read_is_a_copy():
    """Whoever changes a message they were given changes nothing in the workspace."""
    workspace = Workspace(Clock())
    channel = workspace.add_channel("wins")
    blocks = [section("a")]
    workspace.post(channel, "U1", "x", blocks=blocks)
    blocks[0]["text"]["text"] = "b"
    workspace.messages(channel)[0].blocks[0]["text"]["text"] = "c"
    assert workspace.messages(channel)[0].blocks == [section("a")]


def test_the_same_story_gives_the_same_ids():
    """Ids count up in the order of creation, with Slack's letters; a person may be given theirs."""
    workspaces = [Workspace(Clock()) for _ in range(2)]
    ids = [(one.add_user("Ana"), one.add_channel("#wins"), one.dm("U00000001")) for one in workspaces]
    assert ids == [("U00000001", "C00000002", "D00000003")] * 2
    assert workspaces[0].add_user("Ben", user_id="UBEN") == "UBEN"


def test_members_come_and_go():
    """Joining and leaving change who is in a channel, the bot among them."""
    workspace = Workspace(Clock())
    channel = workspace.add_channel("wins", members=["U1"])
    workspace.join(channel, "U2")
    workspace.leave(channel, "U1")
    assert workspace.channels[channel].members == {"U00000000", "U2"}


def test_a_name_is_found_with_and_without_its_mark():
    """`wins`, `#wins` and the id are one channel; direct messages go by their id alone."""
    slack = FakeSlack(signing_secret=SECRET, now=Clock())
    slack.add_user("Ana", id="UANA")
    channel, dm = slack.add_channel("#wins"), slack.dm("UANA")
    assert [slack.channel(name) for name in ("wins", "#wins", channel, dm)] == [channel] * 3 + [dm]
    for unknown in ("Ana", "nowhere"):
        with pytest.raises(NotFoundError, match=unknown):
            slack.messages(unknown)
    for ask in (slack.dm, slack.user):
        with pytest.raises(NotFoundError, match="UNOBODY"):
            ask("UNOBODY")
    assert slack.user("UANA").name == "Ana"


async def test_one_can_wait_for_what_is_to_come():
    """`wait_for` looks after every change and gives what it finds; nothing to find is a TimeoutError."""
    slack = FakeSlack(signing_secret=SECRET, now=Clock())
    slack.add_user("Ana", id="UANA")
    slack.add_channel("wins")
    waiting = asyncio.create_task(slack.wait_for(lambda: slack.messages("wins")))
    await asyncio.sleep(0)
    slack.say("UANA", "wins", "hello")
    assert [message.text for message in await waiting] == ["hello"]
    with pytest.raises(TimeoutError):
        await slack.wait_for(lambda: False, seconds=0.01)


async def test_there_is_nothing_to_repeat_at_first(slack):
    """Repeating the last delivery before the first one is an error in words."""
    with pytest.raises(UsageError, match="nothing was delivered"):
        await slack.repeat_last()
