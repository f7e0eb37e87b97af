"""A lead's score or stage changes: the promise of an open first contact moves with it, a decided one stays."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from bot.domain.agreement import Tier, When
from bot.flow import explain
from bot.render.explain import explain_text
from tests.support.leads import at, called, comes, the_clock
from tests.support.people import answers, latest, told
from tests.support.world import OWNERS, World

HOUR = timedelta(hours=1)
QUALIFYING = replace(OWNERS, tiers=(Tier("mql", When(stage=("mql",)), HOUR), Tier("rest")))
SCORING = replace(OWNERS, tiers=(Tier("hot", When(min_score=Decimal(80)), HOUR), Tier("rest", attempts=2)))


async def judged(world):
    """The clock as it is kept, which is as it is explained."""
    clock, agreement, now = await the_clock(world), world.bot.office.agreement, world.clock.now()
    (cycle,) = (
        await world.database.read(lambda s: explain.explain_view(s, agreement, "generic/Dana", now))
    ).cycles
    assert (cycle.tier.name, cycle.state, cycle.due_at) == (clock.tier, clock.state, clock.due_at)
    return clock.tier, clock.state, clock.due_at, clock.breached_owner


async def explained(world):
    """What `winbell explain` tells of her, line by line."""
    agreement, now = world.bot.office.agreement, world.clock.now()
    view = await world.database.read(lambda s: explain.explain_view(s, agreement, "generic/Dana", now))
    return [line.strip() for line in explain_text(view).splitlines()]


@pytest.mark.parametrize("late_news", [False, True])
async def test_a_breach_is_not_wiped_by_what_the_lead_becomes(sqlite, late_news):
    """Called after the hour agreed for an MQL: qualified afterwards, it stays late, whichever is told first."""
    async with World(sqlite, QUALIFYING) as world:
        maya = world.person("Maya Okafor")
        await comes(world, maya, stage="mql")
        await world.until(at(11))
        if not late_news:
            await called(world, "Dana", at(11))
        await world.until(at(11, 30))
        await world.happens("lead.updated", id="Dana", stage="sql")
        await called(world, "Dana", at(11))
        assert await judged(world) == ("mql", "breached", at(10), maya)
        told(world)
        await world.until(at(12, day=18))
        world.quiet()


async def test_a_kept_promise_is_not_broken_by_a_later_score(sqlite):
    """Called after two of four hours: a better score on Friday asks for nothing new of Monday; its follow-up stays."""
    async with World(sqlite, SCORING) as world:
        maya = world.person("Maya Okafor")
        await comes(world, maya, score=10)
        await world.until(at(11))
        await called(world, "Dana", at(11))
        before = await the_clock(world)
        await world.happens("lead.updated", id="Dana", score=95)
        assert await judged(world) == ("rest", "met", at(13), None)
        after = await the_clock(world)
        assert (after.attempts, after.attempt_due_at) == (before.attempts, at(11, day=17))
        world.quiet()


async def test_an_open_promise_moves_with_the_lead(sqlite):
    """Nobody has called yet: a better score shortens the promise, and only the latest step that is due is told."""
    async with World(sqlite, SCORING) as world:
        maya = world.person("Maya Okafor")
        await comes(world, maya, score=10)
        await world.until(at(11))
        world.quiet()
        await world.happens("lead.updated", id="Dana", score=95)
        await world.until(at(11, 1))
        assert await judged(world) == ("hot", "breached", at(10), maya)
        assert told(world) == (1, 0)
        await called(world, "Dana", at(11, 1))
        assert told(world) == (0, 1)
        await world.happens("lead.updated", id="Dana", score=10)
        assert await judged(world) == ("hot", "breached", at(10), maya)
        assert [line for line in await explained(world) if "tier" in line] == [
            "Mon 16 Nov, 11:00  the lead moved to tier hot",
            "Mon 16 Nov, 11:01  the lead moved to tier rest; the first contact was judged by the one before",
        ]
        world.quiet()


async def test_a_breach_is_not_wiped_by_what_ended_it(sqlite):
    """Not a fit after the hour agreed for an MQL: the stage that ends the stay is no other promise."""
    async with World(sqlite, QUALIFYING) as world:
        maya = world.person("Maya Okafor")
        await comes(world, maya, stage="mql")
        await world.until(at(11))
        await answers(world, maya, latest(world, maya), "Not a fit", reason="student")
        assert await judged(world) == ("mql", "breached", at(10), maya)
        world.unexpected()
