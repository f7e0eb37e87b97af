"""Who takes a lead over is reminded of it where they said yes: the question becomes their reminder, and is one."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from bot.domain.agreement import Tier, When
from tests.support.leads import AT_RISK, DUE, at, called, comes, said, the_clock
from tests.support.people import hands_over, latest, logs, presses, private, told
from tests.support.world import OWNERS, World, asked_for, buttons, labels

SOON = timedelta(seconds=30)
THRICE = replace(OWNERS, tiers=(Tier(attempts=3),))
MEANWHILE = "Settled meanwhile. Nothing to do."


async def asks(world, until=DUE):
    """Maya owns Dana, was reminded, and asks Jon whether he takes her over."""
    maya, jon = world.person("Maya Okafor"), world.person("Jon Park")
    await comes(world, maya)
    await world.until(until + SOON)
    await hands_over(world, maya, latest(world, maya), jon)
    told(world)
    return maya, jon


async def takes_over(world, until=DUE):
    """He accepted."""
    maya, jon = await asks(world, until)
    await presses(world, jon, latest(world, jon), "accept")
    assert told(world)[0] == 0
    return maya, jon


def line(world, email):
    """What the newest message to somebody says of the lead."""
    return latest(world, email).text.splitlines()[1]


async def test_a_first_contact_that_is_late(sqlite):
    """Nothing falls due any more: his message shows the lead, the promise and the buttons; his press settles it."""
    async with World(sqlite) as world:
        maya, jon = await takes_over(world)
        assert said(world, jon) == [
            (
                "This lead is yours now.\n"
                "Dana Reyes: first contact was agreed for 16 Nov, 13:00 (UTC).\n"
                "Asked by maya@seller.example"
            )
        ]
        assert asked_for(latest(world, jon)) == ["Dana Reyes"]
        await world.until(DUE + 2 * SOON)
        await world.press(jon, latest(world, jon))
        assert (line(world, jon), labels(latest(world, jon))) == ("Dana Reyes: Contacted.", ["Undo"])
        assert (await the_clock(world)).stopped_how == "said"
        assert [text.splitlines()[1] for text in said(world, maya)] == [
            "Dana Reyes: Hand over: now with jon@seller.example."
        ] * 2
        assert told(world)[0] == 0
        await presses(world, jon, latest(world, jon), "undo")
        assert asked_for(latest(world, jon)) == ["Dana Reyes"]
        assert (await the_clock(world)).stopped_at is None
        told(world)
        await world.until(at(9, day=25))
        world.quiet()


async def test_a_later_contact(sqlite):
    """Contact 2 of 3 is his: the CRM shows it, and the message with it; of contact 3 he is reminded as ever."""
    async with World(sqlite, THRICE) as world:
        maya = world.person("Maya Okafor")
        await comes(world, maya)
        await world.until(AT_RISK + SOON)
        await world.press(maya, latest(world, maya))
        await world.until(at(12, 1, day=17))
        jon = world.person("Jon Park")
        await hands_over(world, maya, latest(world, maya), jon)
        await presses(world, jon, latest(world, jon), "accept")
        assert line(world, jon) == "Dana Reyes: contact 2 of 3 agreed by 17 Nov, 12:00 (UTC)."
        assert [text.splitlines()[1] for text in said(world, maya)] == [
            "Dana Reyes: Contacted.",
            "Dana Reyes: Hand over: now with jon@seller.example.",
        ]
        told(world)
        await world.until(at(13, day=17))
        await called(world, "Dana", at(13, day=17), outcome="no_answer")
        assert line(world, jon) == "Dana Reyes: Contacted, seen in the CRM."
        assert line(world, maya) == "Dana Reyes: Hand over: now with jon@seller.example."
        assert told(world)[0] == 0
        await world.until(at(13, 1, day=18))
        assert line(world, jon) == "Dana Reyes: contact 3 of 3 agreed by 18 Nov, 13:00 (UTC)."
        assert told(world) == (1, 0)


async def test_a_demo_request(sqlite):
    """What she was told of an intent he is told too, and his press settles it."""
    async with World(sqlite) as world:
        maya, jon = world.person("Maya Okafor"), world.person("Jon Park")
        await comes(world, maya)
        await called(world, "Dana", at(9))
        await world.until(at(10))
        await world.happens(
            "touch.recorded", id="T1", lead_id="Dana", kind="demo_request", at=at(10).isoformat()
        )
        await hands_over(world, maya, latest(world, maya), jon)
        await presses(world, jon, latest(world, jon), "accept")
        assert line(world, jon) == "Dana Reyes: asked for a demo, 16 Nov, 10:00 (UTC)."
        await world.press(jon, latest(world, jon))
        assert line(world, jon) == "Dana Reyes: Contacted."
        told(world)


async def test_a_call_that_was_wished(sqlite):
    """The call on Wednesday is his from now on, though nothing else is owed."""
    async with World(sqlite) as world:
        maya, jon = world.person("Maya Okafor"), world.person("Jon Park")
        await comes(world, maya)
        await world.until(AT_RISK + SOON)
        await logs(world, maya, latest(world, maya), "asked_to_be_called", at(12), at(10, day=18))
        await world.until(at(10, day=18) + SOON)
        await hands_over(world, maya, latest(world, maya), jon)
        await presses(world, jon, latest(world, jon), "accept")
        assert line(world, jon) == "Dana Reyes: asked to be called, 18 Nov, 10:00 (UTC)."
        await called(world, "Dana", at(10, 1, day=18))
        assert line(world, jon) == "Dana Reyes: Contacted, seen in the CRM."
        told(world)


async def test_it_is_passed_on_once_more(sqlite):
    """To Ann by a hand-over, or by the CRM: his message says with whom the lead is, and asks for nothing."""
    async with World(sqlite) as world:
        _, jon = await takes_over(world)
        await world.until(DUE + 2 * SOON)
        ann, bo = world.person("Ann Lee"), world.person("Bo Lind")
        await hands_over(world, jon, latest(world, jon), ann)
        await presses(world, ann, latest(world, ann), "accept")
        assert (line(world, jon), buttons(latest(world, jon))) == (
            "Dana Reyes: Hand over: now with ann@seller.example.",
            [],
        )
        assert asked_for(latest(world, ann)) == ["Dana Reyes"]
        await world.until(at(14))
        await world.happens("lead.updated", id="Dana", owner_email=bo)
        assert (line(world, ann), buttons(latest(world, ann))) == (
            "Dana Reyes: now with bo@seller.example.",
            [],
        )
        told(world)


async def test_the_lead_is_deleted(sqlite):
    """His message asks for nothing any more."""
    async with World(sqlite) as world:
        _, jon = await takes_over(world)
        await world.happens("lead.deleted", id="Dana")
        assert [button["action_id"] for button in buttons(latest(world, jon))] == []
        told(world)


async def test_the_crm_gives_the_lead_to_whom_was_asked(sqlite):
    """As if he had said yes: his question is his reminder, hers says that he has it."""
    async with World(sqlite) as world:
        maya, jon = await asks(world)
        asked = latest(world, jon)
        await world.happens("lead.updated", id="Dana", owner_email=jon)
        (now,) = [message for message in world.direct(jon) if message.ts == asked.ts]
        assert now.text.splitlines()[:2] == [
            "This lead is yours now.",
            "Dana Reyes: first contact was agreed for 16 Nov, 13:00 (UTC).",
        ]
        assert asked_for(now) == ["Dana Reyes"]
        assert line(world, maya) == "Dana Reyes: now with jon@seller.example."
        await world.press(jon, now)
        assert [text.splitlines()[1] for text in said(world, jon)] == ["Dana Reyes: Contacted."] * 2
        told(world)


async def test_the_crm_gives_a_late_lead_to_somebody_else(sqlite):
    """Her reminders have no button any more and say who has it now; a press on an old screen changes nothing."""
    async with World(sqlite) as world:
        maya, jon = world.person("Maya Okafor"), world.person("Jon Park")
        await comes(world, maya)
        await world.until(at(13, 30))
        old = latest(world, maya)
        await world.happens("lead.updated", id="Dana", owner_email=jon)
        assert (
            said(world, maya)
            == [
                "All settled, thank you.\nDana Reyes: now with jon@seller.example.",
            ]
            * 2
        )
        assert [buttons(message) for message in world.direct(maya)] == [[], []]
        told(world)
        await world.press(maya, old, stale=True)
        world.expect("response_url")
        assert "with somebody else" in private(world, maya)[-1]
        await world.happens("lead.updated", id="Dana", owner_email=maya)
        assert asked_for(latest(world, maya)) == ["Dana Reyes"]
        told(world)


@pytest.mark.parametrize("undone", [False, True])
async def test_nobody_is_asked_about_what_is_done(sqlite, undone):
    """Asked in the evening, contacted before he could be written to: he is never asked. Undone, he is after all."""
    async with World(sqlite) as world:
        maya, jon = world.person("Maya Okafor"), world.person("Jon Park")
        await comes(world, maya)
        await world.until(at(16, 50))
        world.clock.move_to(at(8, 50, day=17))
        await hands_over(world, maya, latest(world, maya), jon)
        await world.until(at(8, 58, day=17))
        await world.press(maya, latest(world, maya))
        await world.until(at(9, 1, day=17))
        assert said(world, jon) == []
        if undone:
            await presses(world, maya, latest(world, maya), "undo")
        told(world)
        await world.until(at(9, day=18))
        assert (told(world)[0], [labels(message) for message in world.direct(jon)]) == (
            (0, [["Accept", "Decline"]]) if undone else (0, [])
        )


async def test_the_rest_of_a_follow_up_can_still_be_taken_over(sqlite):
    """She made contact 1, contacts 2 and 3 are owed: he may accept, and her line goes on saying what she did."""
    async with World(sqlite, THRICE) as world:
        maya, jon = await asks(world, AT_RISK)
        await world.until(at(12, 20))
        await world.press(maya, latest(world, maya))
        await world.until(at(12, 40))
        await presses(world, jon, latest(world, jon), "accept")
        assert line(world, maya) == "Dana Reyes: Contacted."
        assert line(world, jon) == "Dana Reyes: contact 2 of 3 agreed by 17 Nov, 12:20 (UTC)."
        told(world)


async def test_a_lead_that_no_promise_covers(sqlite):
    """Without a clock, too, the demo is his to answer, hers shows where it went, and he hears of the next wish."""
    hot = replace(OWNERS, tiers=(Tier("hot", When(min_score=Decimal(80))),))
    async with World(sqlite, hot) as world:
        maya, jon = world.person("Maya Okafor"), world.person("Jon Park")
        await comes(world, maya, score=5)
        for day, kind in ((16, "demo_request"), (18, "call_request")):
            await world.until(at(10, day=day))
            await world.happens(
                "touch.recorded", id=kind, lead_id="Dana", kind=kind, at=at(10, day=day).isoformat()
            )
            if day == 16:
                await hands_over(world, maya, latest(world, maya), jon)
                await presses(world, jon, latest(world, jon), "accept")
                assert line(world, jon) == "Dana Reyes: asked for a demo, 16 Nov, 10:00 (UTC)."
                assert line(world, maya) == "Dana Reyes: Hand over: now with jon@seller.example."
                await world.press(jon, latest(world, jon))
                assert line(world, jon) == "Dana Reyes: Contacted."
        assert (
            line(world, jon) == "Dana Reyes: asked for a call, 18 Nov, 10:00 (UTC); Touched a demo request."
        )
        assert len(world.direct(maya)) == 1
        told(world)
