"""The agreement is Berlin's, its owners live elsewhere: a reminder waits for the windows read on its reader's clocks."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.domain.agreement import Agreement
from bot.domain.worktime import Calendar
from tests.support.leads import comes
from tests.support.world import TO_OWNERS, World

CHRISTMAS = date(2026, 12, 25)
BERLIN = Agreement(
    reminders=TO_OWNERS,
    timezone="Europe/Berlin",
    calendar=Calendar(
        zone="Europe/Berlin",
        weekly=(*(((540, 1020),),) * 5, (), ()),  # Monday to Friday, 09:00 to 17:00
        closed=frozenset({CHRISTMAS}),
    ),
)
BREAK = replace(BERLIN, calendar=replace(BERLIN.calendar, weekly=(*(((540, 720), (840, 1020)),) * 5, (), ())))
"""With a lunch break from 12:00 to 14:00."""


def berlin(day, hour, minute=0, month=11):
    return datetime(2026, month, day, hour, minute, tzinfo=ZoneInfo("Europe/Berlin")).astimezone(UTC)


def written(world):
    """When somebody was written to, in UTC."""
    return [datetime.fromtimestamp(call.at, UTC) for call in world.slack.posts()]


CASES = [
    # lead created (Berlin), owner's zone, first reminder (owner's clocks), what is told
    ("Berlin itself", (16, 9, 0, 11), "Europe/Berlin", "2026-11-16T12:00", "at risk"),
    ("New York sleeps until 15:00 in Berlin", (16, 9, 0, 11), "America/New_York", "2026-11-16T09:00", "late"),
    ("New York is awake", (16, 13, 0, 11), "America/New_York", "2026-11-16T10:00", "at risk"),
    ("Tokyo has gone home", (16, 9, 0, 11), "Asia/Tokyo", "2026-11-17T09:00", "late"),
    ("Tokyo's weekend begins at 09:00 in Berlin", (20, 9, 0, 11), "Asia/Tokyo", "2026-11-23T09:00", "late"),
    ("Kolkata, half an hour off", (16, 9, 0, 11), "Asia/Kolkata", "2026-11-16T16:30", "at risk"),
    (
        "Christmas in Berlin is told on the day before",
        (24, 9, 0, 12),
        "Europe/Berlin",
        "2026-12-24T12:00",
        "at risk",
    ),
    ("a Friday that is closed, and the weekend", (24, 9, 0, 12), "Asia/Tokyo", "2026-12-28T09:00", "late"),
    (
        "Berlin has left summer time, New York has not",
        (26, 9, 0, 10),
        "America/New_York",
        "2026-10-26T09:00",
        "late",
    ),
    ("both have left it", (2, 9, 0, 11), "America/New_York", "2026-11-02T09:00", "late"),
    (
        "New York has summer time, Berlin not yet",
        (9, 13, 0, 3),
        "America/New_York",
        "2026-03-09T11:00",
        "at risk",
    ),
    ("both have it", (30, 13, 0, 3), "America/New_York", "2026-03-30T10:00", "at risk"),
]


@pytest.mark.parametrize(
    ("created", "zone", "told", "state"), [c[1:] for c in CASES], ids=[c[0] for c in CASES]
)
async def test_when_the_first_reminder_comes(sqlite, created, zone, told, state):
    """It comes at its step, or at the owner's next opening; only the latest step that stands is told."""
    day, hour, minute, month = created
    async with World(sqlite, BERLIN, start=berlin(day, hour, minute, month)) as world:
        maya = world.person("Maya Okafor", zone)
        await comes(world, maya)
        await world.until(world.clock.now() + timedelta(days=5))
        first = written(world)[0].astimezone(ZoneInfo(zone))
        assert first.replace(tzinfo=None).isoformat(timespec="minutes") == told
        words = {"at risk": "first contact agreed by", "late": "first contact was agreed for"}
        assert words[state] in world.slack.posts()[0].args["text"]
        world.expect(*["chat.postMessage"] * (2 if state == "at risk" else 1))


async def test_a_window_may_have_a_break(sqlite):
    """At risk during lunch: the reminder waits for 14:00."""
    async with World(sqlite, BREAK, start=berlin(16, 9)) as world:
        maya = world.person("Maya Okafor", "Europe/London")
        await comes(world, maya)
        await world.until(berlin(16, 20))
        # 3 of 4 hours are over at 12:00 in Berlin, 11:00 in London; 4 at 15:00, 14:00 in London
        assert written(world) == [berlin(16, 12), berlin(16, 15)]
        world.expect("chat.postMessage", "chat.postMessage")


async def test_the_zone_that_the_crm_tells_wins(sqlite):
    """Slack says New York, the CRM Tokyo: Tokyo's morning is waited for."""
    async with World(sqlite, BERLIN, start=berlin(16, 9)) as world:
        maya = world.person("Maya Okafor", "America/New_York")
        await world.happens("person.updated", email=maya, timezone="Asia/Tokyo")
        await comes(world, maya)
        await world.until(berlin(18, 9))
        assert written(world) == [datetime(2026, 11, 17, tzinfo=UTC)]
        world.expect("chat.postMessage")


@pytest.mark.parametrize("start", [berlin(22, 9, month=10), berlin(6, 9, month=3), berlin(26, 9, month=3)])
async def test_ten_days_across_the_changes_of_the_clocks(sqlite, start):
    """Leads come at every hour for ten days, to owners on four continents, and nobody answers: every owner hears of
    each lead, within their own hours and on their own working days, at most six times a day.
    """
    zones = {
        "Ana": "Europe/Berlin",
        "Ben": "America/New_York",
        "Cho": "Asia/Tokyo",
        "Dev": "Australia/Sydney",
    }
    agreement = replace(BERLIN, reminders=replace(TO_OWNERS, bundle=timedelta(0)))
    async with World(sqlite, agreement, start=start) as world:
        owners = [world.person(f"{name} Person", zone) for name, zone in zones.items()]
        for number in range(24):
            await comes(world, owners[number % 4], f"Lead-{number:02} Person")
            await world.until(world.clock.now() + timedelta(hours=7))
        await world.until(start + timedelta(days=14))
        posts = len(world.unexpected())
        told = 0
        for owner, zone in zip(owners, zones.values(), strict=True):
            days = {}
            for message in world.direct(owner):
                local = datetime.fromtimestamp(float(message.ts), ZoneInfo(zone))
                assert 9 <= local.hour < 17
                assert local.weekday() < 5
                days[local.date()] = days.get(local.date(), 0) + 1
                told += 1
            assert max(days.values()) <= 6
            texts = " ".join(message.text for message in world.direct(owner))
            mine = [f"Lead-{number:02} Person" for number in range(24) if owners[number % 4] == owner]
            assert [name for name in mine if name not in texts] == []
        assert told == posts
