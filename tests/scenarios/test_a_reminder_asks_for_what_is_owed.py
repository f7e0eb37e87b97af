"""What a line of a reminder asks for: settled by whatever ends it, named as what it is, in the room there is."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.agreement import Tier
from tests.support.leads import AT_RISK, DUE, at, called, comes, said
from tests.support.people import hands_over, latest, logs, presses, snoozes, told
from tests.support.world import OWNERS, TO_OWNERS, World, asked_for, buttons, labels

SOON = timedelta(seconds=30)
THRICE = replace(OWNERS, tiers=(Tier(attempts=3),))
WITHIN = at(17, day=20)
"""The end of the 40 working hours for all contacts."""


async def contacted(world, agreement=THRICE):
    """Maya said that she contacted Dana, and was asked for the second contact."""
    maya = world.person("Maya Okafor")
    await comes(world, maya)
    await world.until(AT_RISK)
    await world.press(maya, latest(world, maya))
    await world.until(at(12, 0, day=17) + SOON)
    assert line(world, maya) == "Dana Reyes: contact 2 of 3 agreed by 17 Nov, 12:00 (UTC)."
    told(world)
    return maya


def line(world, email):
    """What the newest message to somebody says of the lead."""
    return latest(world, email).text.splitlines()[1]


@pytest.mark.parametrize(
    ("what", "data", "words"),
    [
        ("activity.logged", {"lead_id": "Dana", "kind": "call", "direction": "inbound"}, "they replied"),
        ("lead.updated", {"id": "Dana", "stage": "sql"}, "qualified"),
        ("lead.updated", {"id": "Dana", "stage": "disqualified"}, "no contact needed any more"),
    ],
)
async def test_a_later_contact_that_is_not_owed_any_more(sqlite, what, data, words):
    """They replied, were qualified, left: the reminder of contact 2 says so at once, and asks for nothing."""
    async with World(sqlite, THRICE) as world:
        maya = await contacted(world)
        await world.until(at(14, day=17))
        await world.happens(what, **data, **({"at": at(14, day=17).isoformat()} if "kind" in data else {}))
        assert (told(world), latest(world, maya).text, buttons(latest(world, maya))) == (
            (0, 1),
            f"All settled, thank you.\nDana Reyes: {words}.",
            [],
        )
        await world.until(at(9, day=30))
        world.quiet()


async def test_the_time_for_all_contacts_is_over(sqlite):
    """As long as it lasts contact 2 is asked for; right after it, nothing is."""
    async with World(sqlite, THRICE) as world:
        maya = await contacted(world)
        await world.until(WITHIN - SOON)
        world.quiet()
        assert asked_for(latest(world, maya)) == ["Dana Reyes"]
        await world.until(WITHIN + SOON)
        assert (told(world), line(world, maya)) == ((0, 1), "Dana Reyes: nothing more to do.")
        assert buttons(latest(world, maya)) == []


async def test_a_contact_asked_for_at_the_very_end(sqlite):
    """Contact 2 falls due with the end of the time for all: it is told all the same, and can be answered."""
    late = replace(OWNERS, tiers=(Tier(attempts=2, spacing=(timedelta(hours=36),)),))
    async with World(sqlite, late) as world:
        maya = world.person("Maya Okafor", "America/New_York")
        await comes(world, maya)
        await world.until(at(14, 30))
        await called(world, "Dana", at(14, 30), outcome="no_answer")
        told(world)
        await world.until(at(9, day=30))
        assert told(world)[0] == 1
        assert asked_for(latest(world, maya)) == ["Dana Reyes"]


@pytest.mark.parametrize("attempts", [1, 6])
async def test_a_call_back_is_called_so(sqlite, attempts):
    """They asked to be called on Wednesday at ten: that is what the reminder says, also once it was put off."""
    async with World(sqlite, replace(OWNERS, tiers=(Tier(attempts=attempts),))) as world:
        maya = world.person("Maya Okafor")
        await comes(world, maya)
        await world.until(AT_RISK)
        await logs(world, maya, latest(world, maya), "asked_to_be_called", AT_RISK, at(10, day=18))
        await world.until(at(10, day=18) + SOON)
        asked = "Dana Reyes: asked to be called, 18 Nov, 10:00 (UTC)."
        assert latest(world, maya).text == f"1 lead is waiting for your next contact.\n{asked}"
        await snoozes(world, maya, latest(world, maya), at(12, day=18))
        await world.until(at(12, day=18) + SOON)
        assert line(world, maya) == asked
        await world.press(maya, latest(world, maya))
        assert [text.splitlines()[1] for text in said(world, maya)[1:]] == ["Dana Reyes: Contacted."] * 2
        told(world)


async def test_a_new_lead_is_new_once(sqlite):
    """Put off, or back from a colleague, it waits for its first contact; it is not new any more."""
    agreement = replace(
        OWNERS,
        tiers=(Tier(first_contact=timedelta(hours=20)),),
        reminders=replace(TO_OWNERS, on_assignment=True),
    )
    async with World(sqlite, agreement) as world:
        maya, jon = world.person("Maya Okafor"), world.person("Jon Park")
        await comes(world, maya)
        assert latest(world, maya).text.startswith("A new lead for you.")
        await snoozes(world, maya, latest(world, maya), at(11))
        await world.until(at(11) + SOON)
        assert latest(world, maya).text.startswith("1 lead is waiting for your first contact.")
        await hands_over(world, maya, latest(world, maya), jon)
        await presses(world, jon, latest(world, jon), "decline")
        assert latest(world, maya).text.startswith("1 lead is waiting for your first contact.")
        await world.until(at(11, 5))
        await world.happens("lead.updated", id="Dana", owner_email=jon)
        assert latest(world, jon).text.startswith("1 lead is waiting for your first contact.")
        told(world)


async def test_a_demo_request_that_comes_with_a_due_contact(sqlite):
    """Both wait for her morning: one line says that they asked for a demo, and what was agreed."""
    async with World(sqlite) as world:
        maya = world.person("Maya Okafor", "America/New_York")
        await comes(world, maya)
        await world.until(at(12, 30))
        await world.happens(
            "touch.recorded", id="T1", lead_id="Dana", kind="demo_request", at=at(12, 30).isoformat()
        )
        await world.until(at(14) + SOON)
        assert said(world, maya) == [
            (
                "1 lead is waiting for your first contact.\n"
                "Dana Reyes: asked for a demo, 16 Nov, 07:30 (America/New_York); "
                "first contact was agreed for 16 Nov, 08:00 (America/New_York)."
            )
        ]
        await world.press(maya, latest(world, maya))
        assert line(world, maya) == "Dana Reyes: Contacted."
        told(world)


async def test_a_no_is_told_of_the_contact_it_was_about(sqlite):
    """Jon could not take over the first contact: the reminder of the second one does not say so again."""
    async with World(sqlite, THRICE) as world:
        maya, jon = world.person("Maya Okafor"), world.person("Jon Park")
        await comes(world, maya)
        await world.until(AT_RISK)
        await hands_over(world, maya, latest(world, maya), jon)
        await presses(world, jon, latest(world, jon), "decline")
        assert line(world, maya).endswith("; jon@seller.example could not take it over.")
        await world.press(maya, latest(world, maya))
        await world.until(at(13, day=17))
        assert line(world, maya) == "Dana Reyes: contact 2 of 3 agreed by 17 Nov, 12:00 (UTC)."
        told(world)


async def test_one_of_two_is_passed_on(sqlite):
    """The other one is still hers: "your first contact"."""
    async with World(sqlite) as world:
        maya, jon = world.person("Maya Okafor"), world.person("Jon Park")
        await comes(world, maya)
        await comes(world, maya, "Lee Chan")
        await world.until(AT_RISK)
        await hands_over(world, maya, latest(world, maya), jon, lead="Lee Chan")
        await presses(world, jon, latest(world, jon), "accept")
        assert latest(world, maya).text.splitlines()[0] == "1 lead is waiting for your first contact."
        told(world)


async def test_more_leads_than_a_message_has_room_for(sqlite):
    """Of 25 the 20 most urgent have buttons; as these are settled the others move up, and none is left out."""
    async with World(sqlite) as world:
        maya = world.person("Maya Okafor")
        for number in range(25):
            await comes(world, maya, f"L{number:02} Reyes")
        await world.until(AT_RISK)
        names = [f"L{number:02} Reyes" for number in range(25)]
        assert asked_for(latest(world, maya)) == names[:20]
        for number in range(10):
            await called(world, f"L{number:02}", at(11))
        assert asked_for(latest(world, maya)) == names[10:]
        assert len(latest(world, maya).text.splitlines()) == 21
        await world.press(maya, latest(world, maya), "L24 Reyes")
        assert labels(latest(world, maya))[-1] == "Undo"
        for number in range(10, 24):
            await world.press(maya, latest(world, maya), f"L{number:02} Reyes")
        assert latest(world, maya).text.startswith("All settled, thank you.")
        assert labels(latest(world, maya)) == ["Undo"] * 15
        await presses(world, maya, latest(world, maya), "undo", "L24 Reyes")
        assert asked_for(latest(world, maya)) == ["L24 Reyes"]
        told(world)


async def test_twenty_leads_answered_at_once(sqlite):
    """What can still be taken back keeps its place for ten minutes; then the rest gets its buttons."""
    async with World(sqlite) as world:
        maya = world.person("Maya Okafor")
        for number in range(25):
            await comes(world, maya, f"L{number:02} Reyes")
        await world.until(AT_RISK)
        for number in range(20):
            await world.press(maya, latest(world, maya), f"L{number:02} Reyes")
        assert (latest(world, maya).text.splitlines()[0], asked_for(latest(world, maya))) == (
            "5 leads are waiting for your first contact.",
            [],
        )
        assert labels(latest(world, maya)) == ["Undo"] * 20
        await world.until(AT_RISK + timedelta(minutes=11))
        assert asked_for(latest(world, maya)) == [f"L{number:02} Reyes" for number in range(20, 25)]
        assert world.clock.now() < DUE
        told(world)
