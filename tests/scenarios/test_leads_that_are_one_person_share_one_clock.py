"""Two forms, one person: leads that share an e-mail or were merged have one clock and one place in a reminder."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.store import clocks
from tests.support.leads import AT_RISK, DUE, at, called, comes, said, the_clock
from tests.support.world import World, asked_for

SOON = timedelta(seconds=30)
ONE = "1 lead is waiting for your first contact."


async def test_two_leads_with_one_address(sqlite):
    """Addresses are compared without case: one clock, from the earlier lead; one entry; one press settles both."""
    async with World(sqlite) as world:
        maya = world.person("Maya Okafor")
        await comes(world, maya, id="L-1", email="dana@prospect.example")
        await world.until(at(10))
        await comes(world, maya, id="L-2", email=" Dana@Prospect.example ")
        clock = await the_clock(world)
        assert (clock.lead_key, clock.started_at) == ("generic/L-1", at(9))
        await world.until(AT_RISK + SOON)
        world.expect("chat.postMessage")
        (message,) = world.direct(maya)
        assert message.text.startswith(ONE)
        assert asked_for(message) == ["Dana Reyes"]
        await world.press(maya, message)
        world.expect("chat.update")
        await world.until(at(9, day=23))
        world.expect("chat.update")  # the ten minutes of `Undo` are over


async def test_a_contact_by_address_alone(sqlite):
    """A mail to the person's address stops the clock, whichever lead the CRM wrote it under, or none."""
    async with World(sqlite) as world:
        await comes(world, world.person("Maya Okafor"), email="dana@prospect.example")
        await world.happens(
            "activity.logged",
            email="DANA@prospect.example",
            kind="email",
            direction="outbound",
            at=at(9, 20).isoformat(),
        )
        assert ((await the_clock(world)).state, (await the_clock(world)).minutes) == ("met", 20)


async def test_leads_that_turn_out_to_be_one_person(sqlite):
    """Both stand in a reminder when the CRM merges them: it shows one lead, and one press is enough."""
    async with World(sqlite) as world:
        maya = world.person("Maya Okafor")
        await comes(world, maya, id="L-1")
        await comes(world, maya, id="L-2")
        await world.until(AT_RISK + SOON)
        world.expect("chat.postMessage")
        assert asked_for(world.direct(maya)[0]) == ["Dana Reyes"] * 2
        await world.happens("lead.merged", id="L-1", merged_from=["L-2"])
        world.expect("chat.update")
        (message,) = world.direct(maya)
        assert (message.text.splitlines()[0], asked_for(message)) == (ONE, ["Dana Reyes"])
        assert (await the_clock(world)).started_at == at(9)
        await world.until(DUE + SOON)
        world.expect("chat.postMessage")
        assert asked_for(world.direct(maya)[1]) == ["Dana Reyes"]
        await world.press(maya, world.direct(maya)[1])
        world.expect("chat.update", "chat.update")
        assert said(world, maya) == ["All settled, thank you.\nDana Reyes: Contacted."] * 2


async def test_a_merge_before_any_reminder(sqlite):
    """The survivor's clock runs from the earlier of the two, and shows the survivor's name."""
    async with World(sqlite) as world:
        maya = world.person("Maya Okafor")
        await comes(world, maya, "Dana R.", id="L-1")
        await world.until(at(9, 30))
        await comes(world, maya, "Dana Reyes", id="L-2")
        await world.happens("lead.merged", id="L-2", merged_from=["L-1"])
        assert (await the_clock(world)).started_at == at(9)
        await world.until(AT_RISK + SOON)
        world.expect("chat.postMessage")
        assert said(world, maya)[0].splitlines()[1].startswith("Dana Reyes: ")
        await called(world, "L-1", at(12))  # under its old id
        world.expect("chat.update")
        await world.until(at(9, day=23))
        world.quiet()


@pytest.mark.parametrize("when", [at(11), AT_RISK + SOON], ids=["before the reminder", "after it"])
async def test_a_deleted_lead(sqlite, when):
    """It has no clock any more; a reminder that shows it says that no contact is needed."""
    async with World(sqlite) as world:
        maya = world.person("Maya Okafor")
        await comes(world, maya)
        await world.until(when)
        reminded = when > AT_RISK
        world.expect(*["chat.postMessage"] * reminded)
        await world.happens("lead.deleted", id="Dana")
        world.expect(*["chat.update"] * reminded)
        assert (
            said(world, maya)
            == ["All settled, thank you.\nDana Reyes: no contact needed any more."] * reminded
        )
        assert await world.database.read(clocks.every) == []
        await world.until(at(9, day=23))
        world.quiet()


async def test_a_lead_that_is_named_before_it_is_described(sqlite):
    """A call and a deal name a lead that nobody described: no clock. Described, its clock runs, and the call counts."""
    async with World(sqlite) as world:
        maya = world.person("Maya Okafor")
        await called(world, "Dana", at(9, 10))
        await world.happens("deal.created", id="D-1", stage="prospecting", lead_ids=["Dana", "Else"])
        assert await world.database.read(clocks.every) == []
        await world.until(at(15))
        world.quiet()
        await comes(world, maya, created_at=at(9).isoformat())
        world.quiet()
        assert ((await the_clock(world)).state, (await the_clock(world)).minutes) == ("met", 10)


async def test_an_owner_that_nobody_described(sqlite):
    """An owner known by address alone is found in Slack by it, and reminded."""
    async with World(sqlite) as world:
        maya = world.person("Maya Okafor")
        await comes(world, f"  {maya.upper()} ")
        await world.until(AT_RISK + SOON)
        world.expect("chat.postMessage")
        assert len(world.direct(maya)) == 1
