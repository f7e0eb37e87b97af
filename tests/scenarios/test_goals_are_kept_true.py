"""What was told of a goal follows every win that counts for it, and is told after the wins that reached it."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from bot.domain.agreement import Agreement, Goal, Wins
from tests.support.wins import outbox_of, pass_time, won
from tests.support.world import TO_OWNERS, World

DECEMBER = datetime(2026, 12, 2, 9, tzinfo=UTC)


def agreed(*goals: Goal, **wins) -> Agreement:
    """An agreement of which only the goals matter."""
    return Agreement(reminders=TO_OWNERS, wins=Wins(goals=goals, **wins))


def celebrated(world: World) -> list[str]:
    """What is told of goals, each until its first full stop but one."""
    return [
        ". ".join(m.text.split(". ")[:2]) for m in world.wins() if "goal was" in m.text or "goal is" in m.text
    ]


def bars(world: World) -> dict[str, list[str]]:
    """The deals whose wins stand in #wins, each with its progress to its goals."""
    cards = [m.text for m in world.wins() if m.text.startswith("Won")]
    return {re.split("[:,] ", text)[1]: re.findall(r"(\d+%) of the .* goal", text) for text in cards}


async def test_an_owner_of_another_team(sqlite):
    """The goal that a win counted for before is corrected, and the bar of the new team comes onto the card."""
    async with World(sqlite, agreed(Goal("month", Decimal(100), "North"))) as world:
        maya, ben = world.person("Maya Okafor"), world.person("Ben Ito")
        await world.happens("person.updated", email=maya, team="north")
        await world.happens("person.updated", email=ben, team="south")
        await won(world, owner_email=maya)
        await pass_time(world, timedelta(minutes=2))
        world.expect("chat.postMessage", "chat.postMessage")
        assert celebrated(world) == ["Team North's November goal is reached. $100 of $100, 100%"]
        await world.happens("deal.updated", id="D-1", owner_email=ben)
        assert celebrated(world) == ["Team North's November goal was reached, then corrected. $0 of $100, 0%"]
        assert sorted(method for method, _, _ in world.unexpected()) == [
            "chat.postMessage",  # the thread: another owner
            "chat.update",
            "chat.update",
        ]


async def test_a_win_of_another_month(sqlite):
    """Won in November after all: December's goal is corrected, November's is reached."""
    async with World(sqlite, agreed(Goal("month", Decimal(100))), start=DECEMBER) as world:
        await won(world)
        await pass_time(world, timedelta(minutes=2))
        world.expect("chat.postMessage", "chat.postMessage")
        await world.happens("deal.updated", id="D-1", closed_at="2026-11-30")
        await pass_time(world, timedelta(minutes=2))
        assert celebrated(world) == [
            "The December goal was reached, then corrected. $0 of $100, 0%",
            "The November goal is reached. $100 of $100, 100%",
        ]
        world.expect("chat.update", "chat.update", "chat.postMessage")


async def test_a_silent_win_that_helped(sqlite):
    """A win that was booked silently celebrates nothing; when it stands no more, what it helped to reach says so."""
    start = datetime(2026, 11, 26, 9, tzinfo=UTC)
    async with World(sqlite, agreed(Goal("month", Decimal(200))), start=start) as world:
        await won(world, "D-0", closed_at="2026-11-05")
        await pass_time(world, timedelta(minutes=2))
        world.quiet()
        await won(world, "D-2")
        await pass_time(world, timedelta(minutes=2))
        world.expect("chat.postMessage", "chat.postMessage")
        await world.happens("deal.reopened", id="D-0", stage="engaging")
        assert celebrated(world) == ["The November goal was reached, then corrected. $100 of $200, 50%"]
        assert bars(world) == {"Deal D-2": ["50%"]}
        world.expect("chat.update", "chat.update")


@pytest.mark.parametrize("reason", ["edit_window_closed", "cant_update_message"])
async def test_a_celebration_that_cannot_be_edited(sqlite, reason):
    """Its thread says what is true now; what changes later is edited there."""
    async with World(sqlite, agreed(Goal("month", Decimal(100)))) as world:
        await won(world)
        await pass_time(world, timedelta(minutes=2))
        world.expect("chat.postMessage", "chat.postMessage")
        world.slack.fail_next("chat.update", f"error:{reason}")
        world.slack.fail_next("chat.update", f"error:{reason}")
        await world.happens("deal.lost", id="D-1")
        world.expect("chat.postMessage", "chat.postMessage")
        assert celebrated(world) == [
            "The November goal is reached. $100 of $100, 100%",
            "The November goal was reached, then corrected. $0 of $100, 0%",
        ]
        (goal,) = [m for m in world.wins() if m.text.startswith("The November goal is")]
        (reply,) = [m for m in world.wins() if m.text.startswith("The November goal was")]
        assert reply.thread_ts == goal.ts
        assert "This is what is true now." in json.dumps(reply.blocks)
        await pass_time(world, timedelta(minutes=2))
        await won(world, "D-2")
        await pass_time(world, timedelta(minutes=2))
        world.expect("chat.update", "chat.postMessage")
        assert celebrated(world)[1] == "The November goal is reached. $100 of $100, 100%"


@pytest.mark.parametrize(
    ("what", "data", "left", "calls"),
    [
        # the card, the later card, the celebration; a large change is told in the thread as well
        ("deal.deleted", {}, {"Deal D-2": ["50%"]}, 3),
        (
            "deal.updated",
            {"amount": "50", "currency": "USD"},
            {"Deal D-1": ["25%"], "Deal D-2": ["75%"]},
            4,
        ),
        ("deal.updated", {"closed_at": "2026-10-31"}, {"Deal D-1": ["50%"], "Deal D-2": ["50%"]}, 3),
    ],
)
async def test_the_bars_of_later_cards(sqlite, what, data, left, calls):
    """An earlier win of the same goal is another now, or none: later cards tell how far theirs brought it."""
    async with World(sqlite, agreed(Goal("month", Decimal(200)))) as world:
        for deal in ("D-1", "D-2"):
            await won(world, deal)
            await pass_time(world, timedelta(minutes=2))
        world.expect(*["chat.postMessage"] * 3)
        assert bars(world) == {"Deal D-1": ["50%"], "Deal D-2": ["100%"]}
        await world.happens(what, id="D-1", **data)
        await pass_time(world, timedelta(minutes=2))
        assert bars(world) == left
        assert len(world.unexpected()) == calls


async def test_a_win_that_is_told_late(sqlite):
    """A win before those that were told already moves their bars; a change that moves none edits its card alone."""
    async with World(sqlite, agreed(Goal("month", Decimal(400)))) as world:
        await won(world, "D-2")
        await pass_time(world, timedelta(days=1))
        world.expect("chat.postMessage")
        await won(world, "D-1", closed_at=(world.clock.now() - timedelta(days=2)).isoformat())
        await pass_time(world, timedelta(minutes=2))
        assert sorted(method for method, _, _ in world.unexpected()) == ["chat.postMessage", "chat.update"]
        assert bars(world) == {"Deal D-2": ["50%"], "Deal D-1": ["25%"]}
        await world.happens("deal.updated", id="D-1", amount="100.01", currency="USD")
        await pass_time(world, timedelta(minutes=5))
        world.expect("chat.update")


@pytest.mark.parametrize("count", [2, 7])
async def test_the_wins_that_reach_a_goal_come_first(sqlite, count):
    """However many come at once, alone or in a list, the celebration is below them."""
    async with World(sqlite, agreed(Goal("month", Decimal(200)))) as world:
        for number in range(count):
            await won(world, f"D-{number}")
        await pass_time(world, timedelta(minutes=2))
        assert world.wins()[-1].text.startswith("The November goal is reached. ")
        assert [m.key for m in await outbox_of(world) if m.kind == "goal"] == ["goal:all:2026-11"]
        world.expect(*["chat.postMessage"] * (3 if count == 2 else 2))


async def test_a_win_without_a_rate(sqlite):
    """What is not in the money is told wherever the money is: on the card and in the celebration."""
    async with World(sqlite, agreed(Goal("month", Decimal(100)), Goal("quarter", Decimal(1000)))) as world:
        await world.happens("deal.won", id="1", name="Tokyo", amount="99999", currency="JPY")
        world.expect("chat.postMessage")
        assert world.wins()[0].text.endswith(
            "0% of the November goal of $100; 1 win without a rate is not counted. "
            "0% of the Q4 goal of $1,000; 1 win without a rate is not counted."
        )
        await pass_time(world, timedelta(minutes=2))
        await won(world)
        await pass_time(world, timedelta(minutes=2))
        world.expect("chat.postMessage", "chat.postMessage")
        assert world.wins()[-1].text == (
            "The November goal is reached. $100 of $100, 100%. 2 wins; 1 win without a rate is not counted. "
            "Next: 10% of the Q4 goal of $1,000."
        )
