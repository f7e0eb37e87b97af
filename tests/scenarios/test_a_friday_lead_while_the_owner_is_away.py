"""Friday 16:30, Monday is a holiday, the owner is away: whoever stands in is told in their own hours, and answers."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.domain.agreement import DEFAULT_CALENDAR, Agreement, Reminders, Tier
from bot.flow import lead_reports
from bot.flow.figures import Period
from tests.support.leads import comes, the_clock
from tests.support.people import in_channel, is_away, latest, told
from tests.support.world import OWNERS, World, asked_for

NEW_YORK = Agreement(
    timezone="America/New_York",
    calendar=replace(DEFAULT_CALENDAR, zone="America/New_York", closed=frozenset({date(2026, 11, 23)})),
)


def ny(day, hour, minute=0, second=0):
    """An instant of November 2026 by the clocks of New York."""
    zone = ZoneInfo("America/New_York")
    return datetime(2026, 11, day, hour, minute, second, tzinfo=zone).astimezone(UTC)


FRIDAY = ny(20, 16, 30)


async def team(world, *, ben="America/New_York"):
    """Maya is away from Friday until Wednesday; Ben stands in; Mona is her manager."""
    names = {"Maya Okafor": "America/New_York", "Ben Ito": ben, "Mona Boss": "America/New_York"}
    maya, deputy, mona = (world.person(name, zone) for name, zone in names.items())
    await is_away(world, maya, "2026-11-25", deputy, manager_email=mona)
    return maya, deputy, mona


async def test_the_delegate_answers(sqlite):
    """At risk on Tuesday 11:30, due 12:30: Ben is told, not Maya and nobody on Monday; his press keeps the promise."""
    async with World(sqlite, NEW_YORK, start=FRIDAY) as world:
        maya, ben, mona = await team(world)
        await comes(world, maya, company="Northwind")
        await world.until(ny(24, 11, 29))
        world.quiet()
        await world.until(ny(24, 11, 30, 30))
        assert told(world) == (1, 0)
        assert "first contact agreed by 24 Nov, 12:30" in latest(world, ben).text
        assert f"owner <@{world.accounts[maya]}>" in latest(world, ben).text
        await world.press(ben, latest(world, ben))
        clock = await the_clock(world)
        assert (clock.state, clock.stopped_how, clock.minutes, clock.owner_email) == (
            "met",
            "said",
            180,
            maya,
        )
        assert told(world) == (0, 1)
        await world.until(ny(24, 11, 41))
        assert told(world) == (0, 1)
        await world.until(ny(30, 12))
        world.quiet()
        assert [len(world.direct(p)) for p in (maya, ben, mona)] == [0, 1, 0]
        period = Period(None, None, world.clock.now())
        report = await world.database.read(
            lambda s: lead_reports.sla(s, world.agreement, period, "owner").as_dict()
        )
        assert [(row["name"], row["met"]) for row in report["rows"]] == [(maya, 1)]


async def test_the_delegate_is_away_too(sqlite):
    """Then the manager is told in her place."""
    async with World(sqlite, NEW_YORK, start=FRIDAY) as world:
        maya, ben, mona = await team(world)
        await is_away(world, ben, "2026-11-25")
        await comes(world, maya)
        await world.until(ny(24, 11, 31))
        assert (told(world), [len(world.direct(p)) for p in (maya, ben, mona)]) == ((1, 0), [0, 0, 1])


async def test_nobody_is_there(sqlite):
    """Delegate and manager are away as well: the channel is told."""
    async with World(sqlite, NEW_YORK, start=FRIDAY) as world:
        maya, ben, mona = await team(world)
        for who in (ben, mona):
            await is_away(world, who, "2026-11-25")
        await comes(world, maya)
        await world.until(ny(24, 11, 31))
        assert (told(world), len(in_channel(world))) == ((1, 0), 1)


async def test_together_with_the_delegates_own_leads(sqlite):
    """What is due for both at once is one message, with the owner beside the leads that are not the delegate's."""
    async with World(sqlite, NEW_YORK, start=FRIDAY) as world:
        maya, ben, _ = await team(world)
        await comes(world, maya)
        await comes(world, ben, "Lee Chan")
        await world.until(ny(24, 11, 31))
        assert (told(world), sorted(asked_for(latest(world, ben)))) == ((1, 0), ["Dana Reyes", "Lee Chan"])
        mine = next(line for line in latest(world, ben).text.splitlines() if "Lee Chan" in line)
        assert "owner" not in mine


async def test_away_since_the_reminder_was_queued(sqlite):
    """Maya's reminder waits for the morning on which she is away, Ben has one of his own: Ben gets one message."""
    late = replace(OWNERS, calendar=DEFAULT_CALENDAR)
    async with World(sqlite, late, start=datetime(2026, 11, 16, 9, tzinfo=UTC)) as world:
        tokyo = [world.person(name, "Asia/Tokyo") for name in ("Maya Okafor", "Ben Ito")]
        maya, ben = tokyo
        await comes(world, maya)
        await comes(world, ben, "Lee Chan")
        await world.until(datetime(2026, 11, 16, 14, tzinfo=UTC))  # 23:00 in Tokyo
        world.quiet()
        await world.happens(
            "person.updated", email=maya, away_from="2026-11-17", away_until="2026-11-18", delegate_email=ben
        )
        await world.until(datetime(2026, 11, 17, 0, 1, tzinfo=UTC))
        assert (told(world), len(world.direct(maya))) == ((1, 0), 0)
        assert sorted(asked_for(latest(world, ben))) == ["Dana Reyes", "Lee Chan"]


async def test_do_not_disturb_holds_until_its_end(sqlite):
    """The delegate's quiet hours end at 13:00: then one message, of the latest step that stands."""
    async with World(sqlite, NEW_YORK, start=FRIDAY) as world:
        maya, ben, _ = await team(world)
        await comes(world, maya)
        await world.until(ny(24, 11))
        world.slack.set_dnd(world.accounts[ben], ny(24, 11), ny(24, 13))
        await world.until(ny(24, 12, 59))
        world.quiet()
        await world.until(ny(24, 13, 1))
        assert told(world) == (1, 0)
        assert "first contact was agreed for 24 Nov, 12:30" in latest(world, ben).text


async def test_do_not_disturb_until_after_closing(sqlite):
    """Quiet until the evening: the reminder waits for the next opening."""
    async with World(sqlite, NEW_YORK, start=FRIDAY) as world:
        maya, ben, _ = await team(world)
        await comes(world, maya)
        await world.until(ny(24, 11))
        world.slack.set_dnd(world.accounts[ben], ny(24, 11), ny(24, 18))
        await world.until(ny(24, 14, 1))
        assert (told(world), len(world.direct(ben))) == ((0, 0), 0)
        await world.until(ny(24, 17, 30))
        told(world)
        assert len(world.direct(ben)) == 0
        await world.until(ny(25, 9, 1))
        assert len(world.direct(ben)) == 1
        told(world)


async def test_a_day_has_its_limit(sqlite):
    """Two messages a day were agreed: what falls due later comes in one message the next morning."""
    tight = replace(
        NEW_YORK,
        reminders=replace(Reminders(), steps=Reminders().steps[:1], max_per_person_per_day=2),
        tiers=(Tier(first_contact=timedelta(hours=4)),),
    )
    async with World(sqlite, tight, start=ny(24, 9)) as world:
        ben = world.person("Ben Ito", "America/New_York")
        for number in range(4):
            await comes(world, ben, f"Lead-{number} Person")
            await world.until(ny(24, 9 + number + 1))
        await world.until(ny(24, 16, 59))
        assert (told(world), len(world.direct(ben))) == ((2, 0), 2)
        await world.until(ny(25, 9, 1))
        assert told(world) == (1, 0)
        assert sorted(asked_for(latest(world, ben))) == ["Lead-2 Person", "Lead-3 Person"]
