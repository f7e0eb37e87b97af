"""The agreement changes: what was decided stays with the agreement of its day, what is open moves to the new one."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.domain.agreement import Tier
from bot.flow import apply
from bot.store import clocks
from tests.support.leads import at, called, comes
from tests.support.people import latest, told
from tests.support.world import OWNERS, World

LONGER = replace(OWNERS, tiers=(Tier(first_contact=timedelta(hours=8)),))
SHORTER = replace(OWNERS, tiers=(Tier(first_contact=timedelta(hours=1)),))


async def agreed(world, agreement, *earlier):
    """A new agreement is in force from now on, after these."""
    world.bot.office.agreement = replace(agreement, earlier=earlier)
    await apply.recompute(world.bot.office)
    await world.settle()


async def judged(world):
    """Each lead: (state, due)."""
    found = await world.database.read(clocks.every)
    return {c.lead_key.removeprefix("generic/"): (c.state, c.due_at) for c in found}


async def test_open_and_closed(sqlite):
    """A contact that came too late stays so under a longer promise; an open breach becomes a promise again."""
    async with World(sqlite) as world:
        maya = world.person("Maya Okafor")
        await comes(world, maya)
        await comes(world, maya, "Lee Chan")
        await world.until(at(14))
        await called(world, "Dana", at(14))
        assert await judged(world) == {"Dana": ("breached", at(13)), "Lee": ("breached", at(13))}
        told(world)
        replaced = at(14, 30)
        await world.until(replaced)
        await agreed(world, LONGER, (replaced, OWNERS))
        assert await judged(world) == {"Dana": ("breached", at(13)), "Lee": ("running", at(17))}
        assert "agreed by 16 Nov, 17:00" in latest(world, maya).text
        await world.happens("lead.updated", id="Dana", score=5)
        assert (await judged(world))["Dana"] == ("breached", at(13))
        told(world)
        await world.until(at(9, 1, day=17))  # at risk and breach were told once: nothing is told again
        world.quiet()


async def test_a_shorter_promise(sqlite):
    """What is open is late at once by the new agreement, and told once; a promise kept before stays kept."""
    async with World(sqlite) as world:
        maya = world.person("Maya Okafor")
        await comes(world, maya)
        await comes(world, maya, "Lee Chan")
        await world.until(at(11))
        await called(world, "Dana", at(11))
        await world.until(at(11, 30))
        world.quiet()
        await agreed(world, SHORTER, (at(11, 30), OWNERS))
        assert await judged(world) == {"Dana": ("met", at(13)), "Lee": ("breached", at(10))}
        assert told(world) == (1, 0)
        assert "Dana" not in latest(world, maya).text
        await world.until(at(9, day=30))
        world.quiet()


async def test_three_agreements(sqlite):
    """Each result stays with the agreement in force when it was decided, through two changes."""
    async with World(sqlite) as world:
        maya = world.person("Maya Okafor")
        for name in ("Dana Reyes", "Lee Chan", "Pat Kim"):
            await comes(world, maya, name)
        await world.until(at(12))
        await called(world, "Dana", at(12))
        await world.until(at(12, 30))
        await agreed(world, LONGER, (at(12, 30), OWNERS))
        await world.until(at(15))
        await called(world, "Lee", at(15))
        await world.until(at(15, 30))
        await agreed(world, SHORTER, (at(12, 30), OWNERS), (at(15, 30), LONGER))
        assert await judged(world) == {
            "Dana": ("met", at(13)),
            "Lee": ("met", at(17)),
            "Pat": ("breached", at(10)),
        }
        told(world)
