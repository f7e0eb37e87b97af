"""So many contacts, so far apart, within so long: each is asked for once, and then it is kept, broken or given up."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.domain.agreement import DEFAULT_CALENDAR, Agreement, Tier
from tests.support.leads import at, called, comes, said, the_clock
from tests.support.people import latest, logs, presses, snoozes, told
from tests.support.world import OWNERS, TO_OWNERS, World, buttons

HOUR = timedelta(hours=1)
FOUR = Agreement(
    timezone="America/New_York",
    calendar=replace(DEFAULT_CALENDAR, zone="America/New_York"),
    tiers=(Tier(attempts=4, spacing=(8 * HOUR,), within=40 * HOUR),),
    reminders=TO_OWNERS,
)
TWICE = replace(OWNERS, tiers=(Tier(attempts=2, spacing=(2 * HOUR,)),))


def july(day, hour, minute=0):
    """An instant of July 2026 by the clocks of New York."""
    zone = ZoneInfo("America/New_York")
    return datetime(2026, 7, day, hour, minute, tzinfo=zone).astimezone(UTC)


async def three_calls(world):
    """D12 of the facts: the calls of Monday 13:00, Tuesday 11:00 and Friday 12:00, none of them answered."""
    maya = world.person("Maya Okafor", "America/New_York")
    await comes(world, maya)
    await world.until(july(6, 13))
    assert told(world) == (1, 0)
    await called(world, "Dana", july(6, 13), outcome="no_answer")
    assert told(world) == (0, 1)
    await world.until(july(7, 11))
    await called(world, "Dana", july(7, 11), outcome="no_answer")
    await world.until(july(8, 10, 59))
    world.quiet()
    await world.until(july(8, 11, 1))
    assert told(world) == (1, 0)
    assert "contact 3 of 4 agreed by 8 Jul, 11:00" in latest(world, maya).text
    await world.until(july(10, 12))
    world.quiet()
    await called(world, "Dana", july(10, 12), outcome="no_answer")
    assert told(world) == (0, 1)
    await world.until(july(13, 9, 59))
    world.quiet()
    return maya


@pytest.mark.parametrize(
    ("minute", "outcome", "state", "exhausted"),
    [
        (0, "no_answer", "kept", True),  # the end itself still counts
        (1, "no_answer", "broken", True),
        (0, "connected", "kept", False),
        (None, None, "broken", False),
    ],
)
async def test_the_agreed_follow_up(sqlite, minute, outcome, state, exhausted):
    """The third call was late; the fourth is asked for at the end of the time agreed, Monday 10:00, and decides."""
    async with World(sqlite, FOUR, start=july(6, 10)) as world:
        maya = await three_calls(world)
        await world.until(july(13, 10, 1))
        assert told(world) == (1, 0)
        assert "contact 4 of 4 agreed by 13 Jul, 10:00" in latest(world, maya).text
        if outcome is not None:
            await called(world, "Dana", july(13, 10, minute), outcome=outcome)
            assert (told(world), buttons(latest(world, maya))) == ((0, 1), [])
        await world.happens("lead.updated", id="Dana", score=10)
        clock = await the_clock(world)
        assert (clock.follow_up, clock.exhausted_at is not None) == (state, exhausted)
        await world.until(july(30, 10))
        world.quiet()


@pytest.mark.parametrize("what", ["a reply", "qualified", "reached"])
async def test_kept_early(sqlite, what):
    """The lead writes back, becomes an SQL, or picks up: nothing more is owed, and nobody is reminded."""
    async with World(sqlite, FOUR, start=july(6, 10)) as world:
        await comes(world, world.person("Maya Okafor", "America/New_York"), stage="mql")
        await world.until(july(6, 12))
        await called(world, "Dana", july(6, 12), outcome="connected" if what == "reached" else "no_answer")
        await world.until(july(6, 15))
        if what == "a reply":
            await called(world, "Dana", july(6, 15), kind="email", direction="inbound")
        elif what == "qualified":
            await world.happens("lead.updated", id="Dana", stage="sql")
        assert (await the_clock(world)).follow_up == "kept"
        await world.until(july(30, 10))
        world.quiet()


async def test_said_and_seen_within_the_least_gap_are_one(sqlite):
    """Pressed at 12:00, logged by the CRM at 12:20: one contact, and the second is still asked for."""
    async with World(sqlite, TWICE) as world:
        maya = world.person("Maya Okafor")
        await comes(world, maya)
        await world.until(at(12, 0, 30))
        await world.press(maya, latest(world, maya))
        await world.until(at(12, 25))
        await called(world, "Dana", at(12, 20), outcome="no_answer")
        assert (await the_clock(world)).attempts == 1
        told(world)
        await world.until(at(14, 1))
        assert told(world) == (1, 0)
        assert "contact 2 of 2 agreed by 16 Nov, 14:00" in latest(world, maya).text


@pytest.mark.parametrize("told_at", [at(13), at(15, day=17)])
async def test_a_call_told_by_a_press_and_by_the_crm_is_one_contact(sqlite, told_at):
    """Called at 10:30, said at 12:00, shown by the CRM sooner or later: the second of three contacts is still asked for."""
    async with World(sqlite, replace(OWNERS, tiers=(Tier(attempts=3),))) as world:
        maya = world.person("Maya Okafor")
        await comes(world, maya)
        await world.until(at(12, 0, 30))
        await world.press(maya, latest(world, maya))
        await world.until(told_at)
        await called(world, "Dana", at(10, 30), outcome="no_answer")
        clock = await the_clock(world)
        assert (clock.attempts, clock.follow_up, clock.exhausted_at) == (1, "open", None)
        assert clock.stopped_at == at(10, 30)
        await world.until(max(at(12, 1, day=17), told_at))
        told(world)
        assert "contact 2 of 3" in latest(world, maya).text


async def test_the_words_of_a_follow_up_are_one_contact_each(sqlite):
    """Each day called, said later, shown last by the CRM: three contacts of three, and then nobody is reminded."""
    async with World(sqlite, replace(OWNERS, tiers=(Tier(attempts=3),))) as world:
        maya = world.person("Maya Okafor")
        await comes(world, maya)
        for number, day in enumerate((16, 17, 18), 1):
            await world.until(at(14, day=day))
            await world.press(maya, latest(world, maya))
            await world.until(at(16, day=day))
            await called(world, "Dana", at(11, day=day), outcome="no_answer")
            assert (await the_clock(world)).attempts == number
        assert (await the_clock(world)).exhausted_at == at(11, day=18)
        told(world)
        await world.until(at(9, day=30))
        world.quiet()


async def test_given_up_and_never_again(sqlite):
    """After the last attempt without a reply nobody is reminded, whatever is told of the lead."""
    async with World(sqlite, TWICE) as world:
        maya = world.person("Maya Okafor")
        await comes(world, maya)
        for hour in (10, 12):
            await world.until(at(hour))
            await called(world, "Dana", at(hour), outcome="no_answer")
        told(world)
        assert (await the_clock(world)).exhausted_at == at(12)
        jon = world.person("Jon Park")
        await world.happens("lead.updated", id="Dana", score=99, owner_email=jon)
        await world.until(at(9, day=30))
        world.quiet()


async def test_a_second_contact_is_taken_back(sqlite):
    """Undone, the message asks for it again, and nobody is written to a second time."""
    async with World(sqlite, TWICE) as world:
        maya = world.person("Maya Okafor")
        await comes(world, maya)
        await world.until(at(10))
        await called(world, "Dana", at(10), outcome="no_answer")
        await world.until(at(12, 0, 30))
        assert told(world) == (1, 0)
        await world.press(maya, latest(world, maya))
        await presses(world, maya, latest(world, maya), "undo")
        assert told(world) == (0, 2)
        assert "contact 2 of 2" in latest(world, maya).text
        await world.until(at(9, day=30))
        assert (told(world), said(world, maya)[-1].splitlines()[-1]) == (
            (0, 1),
            "Dana Reyes: nothing more to do.",
        )


async def test_a_follow_up_is_snoozed(sqlite):
    """It comes back at the time chosen, as the same second contact; then the answer ends it."""
    async with World(sqlite, TWICE) as world:
        maya = world.person("Maya Okafor")
        await comes(world, maya)
        await world.until(at(10))
        await called(world, "Dana", at(10), outcome="no_answer")
        await world.until(at(12, 0, 30))
        await snoozes(world, maya, latest(world, maya), at(11, day=17))
        await world.until(at(10, 59, day=17))
        assert told(world) == (1, 2)
        await world.until(at(11, 1, day=17))
        assert told(world) == (1, 1)
        assert "contact 2 of 2" in latest(world, maya).text
        await logs(world, maya, latest(world, maya), "no_answer", at(11, day=17))
        await world.until(at(11, 12, day=17))
        told(world)
        await world.until(at(9, day=30))
        world.quiet()
