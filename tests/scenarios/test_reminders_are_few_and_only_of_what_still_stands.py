"""What is due together is one message, a day has a limit, and nobody is reminded of what was over before we heard of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.agreement import Agreement
from tests.support.imports import imported
from tests.support.leads import AT_RISK, at, called, comes, said
from tests.support.world import START, TO_OWNERS, World, asked_for

SOON = timedelta(seconds=30)


async def test_twenty_five_leads_at_once(sqlite):
    """All due at the same instant: one message, twenty with a button, five counted."""
    async with World(sqlite) as world:
        maya = world.person("Maya Okafor")
        for number in range(25):
            await comes(world, maya, f"Lead-{number:02} Person", created_at=START.isoformat())
        await world.until(AT_RISK + SOON)
        world.expect("chat.postMessage")
        (message,) = world.direct(maya)
        assert message.text.startswith("25 leads are waiting for your first contact.")
        assert message.text.endswith("And 5 more leads.")
        assert asked_for(message) == [f"Lead-{number:02} Person" for number in range(20)]
        await called(world, "Lead-24", at(10))
        world.expect("chat.update")
        assert said(world, maya)[0].startswith("24 leads are waiting for your first contact.")
        assert said(world, maya)[0].endswith("And 4 more leads.")


async def test_what_falls_due_within_five_minutes_comes_along(sqlite):
    """Three leads, three minutes apart: the first two are one message, the third is the next."""
    async with World(sqlite) as world:
        maya = world.person("Maya Okafor")
        for name, minute in (("Ana", 0), ("Ben", 3), ("Cho", 6)):
            await world.until(at(9, minute))
            await comes(world, maya, f"{name} Person")
        await world.until(at(12, 5))
        world.expect("chat.postMessage")
        await world.until(at(12, 30))
        world.expect("chat.postMessage")
        assert [asked_for(message) for message in world.direct(maya)] == [
            ["Ana Person", "Ben Person"],
            ["Cho Person"],
        ]


async def test_what_is_heard_of_shortly_after_a_message_joins_it(sqlite):
    """A lead that we hear of late, two minutes after its owner was written to, is put into that message."""
    async with World(sqlite) as world:
        maya = world.person("Maya Okafor")
        await comes(world, maya, "Ana Person")
        await world.until(at(12, 2))
        world.expect("chat.postMessage")
        await comes(world, maya, "Ben Person", created_at=at(9, 1).isoformat())
        world.expect("chat.update")
        assert asked_for(world.direct(maya)[0]) == ["Ana Person", "Ben Person"]
        await world.until(at(13, 30))
        world.expect("chat.postMessage")  # their next step, together


async def test_each_owner_gets_their_own(sqlite):
    """Leads of two owners due at once are two messages, each with its own leads."""
    async with World(sqlite) as world:
        maya, ben = world.person("Maya Okafor"), world.person("Ben Ito")
        await comes(world, maya, "Ana Person")
        await comes(world, ben, "Cho Person")
        await world.until(AT_RISK + SOON)
        world.expect("chat.postMessage", "chat.postMessage")
        assert [asked_for(world.direct(owner)[0]) for owner in (maya, ben)] == [
            ["Ana Person"],
            ["Cho Person"],
        ]


async def test_a_day_has_a_limit(sqlite):
    """Two messages a day are agreed: what falls due after them waits for the morning, all in one message."""
    agreement = Agreement(reminders=replace(TO_OWNERS, max_per_person_per_day=2, bundle=timedelta(0)))
    async with World(sqlite, agreement) as world:
        maya = world.person("Maya Okafor")
        for number in range(4):
            await world.until(at(9, 10 * number))
            await comes(world, maya, f"Lead-{number} Person")
        await world.until(at(8, day=17))
        assert [datetime.fromtimestamp(call.at, UTC) for call in world.slack.posts()] == [at(12), at(12, 10)]
        await world.until(at(9, 1, day=17))
        world.expect(*["chat.postMessage"] * 3)
        assert asked_for(world.direct(maya)[2]) == [f"Lead-{number} Person" for number in range(4)]


async def test_a_lead_that_is_answered_while_its_message_waits(sqlite):
    """Held over night, the message shows in the morning only what still waits; with nothing left it is never sent."""
    async with World(sqlite) as world:
        maya = world.person("Maya Okafor", "America/New_York")  # at risk at 07:00 there
        await comes(world, maya, "Ana Person")
        await comes(world, maya, "Cho Person")
        await world.until(AT_RISK + SOON)
        await called(world, "Ana", at(12))
        await world.until(at(15))
        world.expect("chat.postMessage")
        assert asked_for(world.direct(maya)[0]) == ["Cho Person"]
        await world.until(at(9, day=17))
        await comes(world, maya, "Dev Person")
        await world.until(at(13, day=17))
        await called(world, "Dev", at(13, day=17))
        await world.until(at(9, day=24))
        world.quiet()


@pytest.mark.parametrize(("late", "told"), [(0, ["chat.postMessage"]), (1, [])])
async def test_a_lead_we_hear_of_a_day_late(sqlite, late, told):
    """Received 24 hours after its creation, only the latest step that stands is told; a second later, nothing is."""
    created = at(13, 30) - timedelta(seconds=late)
    async with World(sqlite, start=at(13, 30, day=17)) as world:
        maya = world.person("Maya Okafor")
        await comes(world, maya, created_at=created.isoformat())
        world.expect(*told)
        assert [text.splitlines()[1] for text in said(world, maya)] == [
            "Dana Reyes: first contact was agreed for 17 Nov, 09:30 (UTC)."
        ] * len(told)
        await world.until(at(9, day=30))
        world.quiet()


async def test_a_late_lead_whose_steps_are_still_to_come(sqlite):
    """Created on Friday at 16:30, heard of on Monday: nothing was due before, so both steps come."""
    async with World(sqlite) as world:
        maya = world.person("Maya Okafor")
        await comes(world, maya, created_at=at(16, 30, day=13).isoformat())
        world.quiet()
        await world.until(at(9, day=17))
        world.expect("chat.postMessage", "chat.postMessage")
        posted = [datetime.fromtimestamp(call.at, UTC) for call in world.slack.posts()]
        assert posted == [at(11, 30), at(12, 30)]


async def test_an_import_is_silent_and_what_comes_later_is_not(sqlite, tmp_path):
    """Imported at 12:30, a lead's at-risk step of 12:00 is never told; its breach of 13:00 is."""
    async with World(sqlite, start=at(12, 30)) as world:
        maya = world.person("Maya Okafor")
        lead = {"name": "Dana Reyes", "owner_email": maya}
        done = await imported(
            world,
            tmp_path,
            ("lead.created", at(9), {"id": "Dana", "created_at": at(9).isoformat()} | lead),
            ("lead.created", at(9, day=2), {"id": "Old", "created_at": at(9, day=2).isoformat()} | lead),
            ("deal.won", at(12), {"id": "D-1", "amount": "100", "currency": "USD"}),
        )
        assert (done.new, done.known, done.set_aside) == (3, 0, 0)
        world.quiet()
        await world.until(at(9, day=30))
        world.expect("chat.postMessage")
        assert (
            said(world, maya)[0].splitlines()[1] == "Dana Reyes: first contact agreed by 16 Nov, 13:00 (UTC)."
        )


async def test_an_imported_lead_that_the_crm_speaks_of_again(sqlite, tmp_path):
    """A later webhook about an imported lead does not wake the steps that were due before the import."""
    async with World(sqlite, start=at(14)) as world:
        maya = world.person("Maya Okafor")
        lead = {"id": "Dana", "name": "Dana Reyes", "owner_email": maya, "created_at": at(9).isoformat()}
        await imported(world, tmp_path, ("lead.created", at(9), lead))
        await world.happens("lead.updated", id="Dana", score=90)
        await world.until(at(9, day=30))
        world.quiet()


async def test_an_import_that_announces(sqlite, tmp_path):
    """With --announce-since, the wins of that day and later are told, older ones are booked in silence."""
    async with World(sqlite) as world:
        rows = [
            ("deal.won", at(8, day=day), {"id": f"D-{day}", "closed_at": f"2026-11-{day}"})
            for day in (12, 13, 14)
        ]
        await imported(world, tmp_path, *rows, announce_since=at(0, day=13).date())
        world.expect("chat.postMessage", "chat.postMessage")
        await imported(world, tmp_path, *rows, announce_since=at(0, day=1).date())
        world.quiet()


async def test_ticks_that_come_twice_late_or_never(sqlite):
    """No tick for a day, two at once, a clock that jumps ahead and back: each step is told at most once."""
    async with World(sqlite) as world:
        maya = world.person("Maya Okafor")
        await comes(world, maya)
        world.clock.move_to(at(14))  # asleep since nine
        await world.settle()
        await world.settle()
        world.expect("chat.postMessage")
        world.clock.move_to(at(11))
        await world.settle()
        await world.until(at(15))
        world.quiet()
        await comes(world, maya, "Ana Person", created_at=at(14).isoformat())
        world.clock.move_to(at(15, day=17))
        await world.settle()
        world.expect("chat.postMessage")
        world.clock.move_to(at(14, 30))
        await world.settle()
        await world.until(at(9, day=30))
        world.quiet()
