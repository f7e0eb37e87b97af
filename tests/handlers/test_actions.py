"""Buttons that are answers by themselves: taken once, told privately where they change nothing."""

from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from bot.render import answers
from tests.support.forms import choose, opened, send
from tests.support.leads import AT_RISK, comes, said
from tests.support.world import World, buttons

WAITING = "1 lead is waiting for your first contact."
THANKS = "All settled, thank you."


@asynccontextmanager
async def reminded(database):
    """Maya was reminded of one lead; Jon is a colleague."""
    async with World(database) as world:
        world.maya, world.jon = world.person("Maya Okafor"), world.person("Jon Park")
        await comes(world, world.maya)
        await world.until(AT_RISK + timedelta(seconds=30))
        world.expect("chat.postMessage")
        yield world


async def press(world, by, label, message):
    """Somebody presses the button of that label; everything that follows from it."""
    (button,) = [one for one in buttons(message) if one["type"] == "button" and one["text"]["text"] == label]
    where = (message.channel, message.ts, button["action_id"], world.accounts[by])
    result = await world.slack.press(*where, value=button["value"], block_id=button["block_id"], stale=True)
    assert result.acknowledged
    await world.settle()


def first_line(world):
    return said(world, world.maya)[0].splitlines()[0]


async def whispered(world, email):
    """The only sentence that somebody was told privately."""
    (answer,) = await world.slack.wait_for(lambda: world.slack.ephemerals(world.accounts[email]))
    return answer.text


async def test_a_press_is_taken_back_by_another(sqlite):
    """`Contacted` settles, `Undo` asks again, without a word of its own."""
    async with reminded(sqlite) as world:
        (message,) = world.direct(world.maya)
        await press(world, world.maya, "Contacted", message)
        assert first_line(world) == THANKS
        (message,) = world.direct(world.maya)
        await press(world, world.maya, "Undo", message)
        assert first_line(world) == WAITING
        assert world.slack.ephemerals(world.accounts[world.maya]) == []
        world.expect("chat.update", "chat.update")


async def test_a_press_that_comes_too_late_to_take_back_says_so(sqlite):
    """After ten minutes the answer stands, and whoever still sees the button reads why."""
    async with reminded(sqlite) as world:
        await press(world, world.maya, "Contacted", world.direct(world.maya)[0])
        (message,) = world.direct(world.maya)
        await world.until(world.clock.now() + timedelta(minutes=11))
        await press(world, world.maya, "Undo", message)
        assert await whispered(world, world.maya) == answers.UNCHANGED["too late"]
        assert first_line(world) == THANKS
        world.unexpected()


async def test_a_second_press_says_that_it_is_settled(sqlite):
    """An old copy on somebody's screen still has its button."""
    async with reminded(sqlite) as world:
        (message,) = world.direct(world.maya)
        await press(world, world.maya, "Contacted", message)
        await press(world, world.maya, "Contacted", message)
        assert await whispered(world, world.maya) == answers.UNCHANGED["already"]
        world.expect("chat.update", "response_url")


async def asked(world):
    """Maya asks Jon to take the lead over; returns the message to him."""
    await choose(world, world.maya, world.direct(world.maya)[0], "Hand over")
    await opened(world, world.maya, "Hand over")
    await send(world, world.maya, person=world.accounts[world.jon])
    await world.settle()
    assert sorted(method for method, _, _ in world.unexpected()) == ["chat.postMessage", "chat.update"]
    (question,) = world.direct(world.jon)
    return question


@pytest.mark.parametrize(
    ("label", "end", "left", "first"),
    [
        ("Accept", "This lead is yours now.", ["contacted", "lead_menu"], THANKS),
        ("Decline", "Declined.", [], WAITING),
    ],
)
async def test_the_new_owner_answers_by_one_press(sqlite, label, end, left, first):
    """Accepted, the lead is theirs, and the question their reminder of it; declined, it stays."""
    async with reminded(sqlite) as world:
        await press(world, world.jon, label, await asked(world))
        (question,) = world.direct(world.jon)
        shown = [button["action_id"] for button in buttons(question)]
        assert (end in question.text, shown, first_line(world)) == (True, left, first)
        assert world.slack.ephemerals(world.accounts[world.jon]) == []
        world.unexpected()


async def test_nobody_else_answers_for_the_new_owner(sqlite):
    """Whoever else gets hold of the buttons changes nothing."""
    async with reminded(sqlite) as world:
        question = await asked(world)
        channel = world.slack.channel("sales-ops")
        world.slack.workspace.join(channel, world.accounts[world.maya])
        copy = world.slack.workspace.post(channel, question.user, "x", blocks=question.blocks)
        await press(world, world.maya, "Accept", copy)
        assert await whispered(world, world.maya) == answers.UNCHANGED["not yours"]
        world.expect("response_url")
