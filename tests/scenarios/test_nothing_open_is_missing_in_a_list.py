"""`/leads` holds all that is open: also a call that was wished, and a contact that the CRM does not show yet."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from bot.domain.agreement import ContactRule, Tier
from tests.support.commands import answered, as_it_stands, says
from tests.support.leads import at, called, comes
from tests.support.people import latest, logs, snoozes
from tests.support.world import OWNERS, World, buttons

if TYPE_CHECKING:
    from bot.playground.records import Ephemeral

NONE = ["No open leads of yours."]
WISHED = ["Your open leads: 1.", "Dana Reyes: asked to be called, 18 Nov, 10:00 (UTC)."]
LATE = ["Your open leads: 1.", "1 lead late.", WISHED[1]]
SEEN_ONLY = replace(OWNERS, contact=ContactRule(owner_word_counts=False), tiers=(Tier(attempts=3),))
UNSEEN = "Dana Reyes: Contacted, not yet seen in the CRM."


async def a_wish(world: World) -> str:
    """At noon of Monday Dana tells Maya on the phone to call on Wednesday at 10:00; Maya logs it."""
    maya = world.person("Maya Okafor")
    await comes(world, maya)
    await world.until(at(12, 1))
    await logs(world, maya, latest(world, maya), "asked_to_be_called", at(12), at(10, day=18))
    await world.until(at(12, 12))
    world.unexpected()
    return maya


async def presses(world: World, email: str, shown: Ephemeral) -> list[str]:
    """Somebody presses `Contacted` in a list of one lead; how the list reads then."""
    (button,) = [one for one in buttons(shown) if one["action_id"] == "contacted"]
    await world.slack.press(
        shown.channel,
        shown.ts,
        "contacted",
        world.accounts[email],
        value=button["value"],
        block_id=button["block_id"],
    )
    await world.slack.wait_for(lambda: as_it_stands(world, shown).text != shown.text)
    await world.settle()
    world.unexpected()
    return as_it_stands(world, shown).text.splitlines()


@pytest.mark.parametrize("attempts", [1, 6])
async def test_a_call_that_was_wished(sqlite, attempts):
    """It is listed at once and until it is made, late from its time on, however many contacts were agreed."""
    async with World(sqlite, replace(OWNERS, tiers=(Tier(attempts=attempts),))) as world:
        maya = await a_wish(world)
        assert await says(world, "/leads", "", maya) == WISHED
        team = await says(world, "/leads", "team", maya)
        owner = f"{WISHED[1].removesuffix('.')}; owner <@{world.accounts[maya]}>."
        assert team == ["Open leads of the team: 1.", owner]
        await world.until(at(10, 1, day=20))
        world.unexpected()
        assert await says(world, "/leads", "mine", maya) == LATE
        await called(world, "Dana", at(10, day=20))
        world.unexpected()
        assert await says(world, "/leads", "mine", maya) == NONE


async def test_a_call_that_was_wished_is_answered_in_the_list(sqlite):
    """`Contacted` settles it there, in the reminder too; ten minutes later it is gone."""
    async with World(sqlite) as world:
        maya = await a_wish(world)
        await world.until(at(10, 1, day=18))
        world.unexpected()
        shown = await answered(world, "/leads", "", maya)
        assert shown.text.splitlines() == LATE
        settled = ["All settled, thank you.", "Dana Reyes: Contacted."]
        assert await presses(world, maya, shown) == settled
        assert latest(world, maya).text.splitlines() == settled
        await world.until(at(10, 13, day=18))
        world.unexpected()
        assert await says(world, "/leads", "mine", maya) == NONE


async def test_a_call_that_was_wished_can_be_put_off(sqlite):
    """Snoozed from its reminder it stays in the list, and asks for nothing until then."""
    async with World(sqlite) as world:
        maya = await a_wish(world)
        await world.until(at(10, 1, day=18))
        await snoozes(world, maya, latest(world, maya), at(14, day=18))
        await world.until(at(10, 30, day=18))
        world.unexpected()
        assert await says(world, "/leads", "mine", maya) == [
            "Nothing to do just now.",
            "Dana Reyes: Snooze: until 18 Nov, 14:00 (UTC).",
        ]
        await world.until(at(14, 1, day=18))
        world.unexpected()
        assert await says(world, "/leads", "mine", maya) == LATE


async def test_wished_calls_count_among_the_others(sqlite):
    """Of 21 open leads, one of which wishes to be called, the twenty most urgent are listed, each once."""
    async with World(sqlite) as world:
        maya = await a_wish(world)
        for number in range(20):
            await comes(world, maya, f"L{number:02} Reyes", created_at=at(11, number).isoformat())
        lines = await says(world, "/leads", "", maya)
        assert (lines[0], lines[-1], len(lines)) == ("Your open leads: 21.", "And 1 more.", 22)
        assert [line.split()[0] for line in lines[1:-1]] == [f"L{number:02}" for number in range(20)]


@pytest.mark.parametrize("waits", [timedelta(minutes=11), timedelta(days=4)], ids=["minutes", "days"])
async def test_an_owners_word_that_does_not_count(sqlite, waits):
    """Where only the CRM counts, `Contacted` keeps the lead in the list, without a button, until the CRM shows it."""
    async with World(sqlite, SEEN_ONLY) as world:
        maya = world.person("Maya Okafor")
        await comes(world, maya)
        shown = await answered(world, "/leads", "", maya)
        assert await presses(world, maya, shown) == ["Your open leads: 1.", UNSEEN]
        (undo,) = buttons(as_it_stands(world, shown))
        assert undo["action_id"] == "undo"
        told = world.clock.now()
        await world.until(told + waits)
        world.unexpected()
        after = await answered(world, "/leads", "mine", maya)
        assert (after.text.splitlines(), buttons(after)) == (["Your open leads: 1.", UNSEEN], [])
        await called(world, "Dana", told)
        world.unexpected()
        assert UNSEEN not in await says(world, "/leads", "mine", maya)


async def test_what_waits_for_the_crm_alone_comes_last(sqlite):
    """However late it is, a lead of which nothing is asked stands below those that wait for a contact."""
    async with World(sqlite, SEEN_ONLY) as world:
        maya = world.person("Maya Okafor")
        await comes(world, maya)
        await world.until(at(12, 1))
        await world.press(maya, latest(world, maya))
        await world.until(at(14, 0))
        await comes(world, maya, "Lee Wong")
        world.unexpected()
        assert await says(world, "/leads", "mine", maya) == [
            "Your open leads: 2.",
            "Lee Wong: first contact agreed by 17 Nov, 10:00 (UTC).",
            UNSEEN,
        ]


async def test_a_logged_contact_that_does_not_count(sqlite):
    """The same for `Log details`; a wish to be called is asked for all the same."""
    async with World(sqlite, SEEN_ONLY) as world:
        maya = world.person("Maya Okafor")
        await comes(world, maya)
        await comes(world, maya, "Lee Wong")
        await world.until(at(12, 1))
        await logs(world, maya, latest(world, maya), "no_answer", at(12), lead="Lee")
        wish: datetime = at(10, day=18)
        await logs(world, maya, latest(world, maya), "asked_to_be_called", at(12), wish, lead="Dana")
        await world.until(at(13, 30))
        world.unexpected()
        assert await says(world, "/leads", "mine", maya) == [
            "Your open leads: 2.",
            WISHED[1],
            "Lee Wong: Log details: call, no answer, not yet seen in the CRM.",
        ]
