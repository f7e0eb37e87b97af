"""A demo request on a lead that somebody owns: its owner hears of it at once, in their hours, and not too often."""

from __future__ import annotations

from dataclasses import replace

from bot.domain.agreement import Tier, When
from bot.store import clocks
from tests.support.imports import imported
from tests.support.leads import at, called, comes
from tests.support.people import answers, hands_over, latest, presses, private, snoozes, told
from tests.support.world import OWNERS, World, labels

SETTLED = "All settled, thank you.\nDana Reyes: "
NOBODY = replace(OWNERS, tiers=(Tier(when=When(stage=("mql",))),))


async def touches(world, kind="demo_request", when=None, **more):
    """Dana does something."""
    told_ = {"lead_id": "Dana", "kind": kind, "at": (when or world.clock.now()).isoformat()} | more
    assert await world.happens("touch.recorded", **told_) == 202


async def contacted(world, zone="UTC"):
    """Dana was contacted at 09:30; it is 10:00."""
    maya = world.person("Maya Okafor", zone)
    await comes(world, maya)
    await world.until(at(10))
    await called(world, "Dana", at(9, 30), outcome="no_answer")
    world.quiet()
    return maya


async def test_told_at_once_and_answered_in_place(sqlite):
    """One message within the minute; one press settles it; nothing follows."""
    async with World(sqlite) as world:
        maya = await contacted(world)
        await touches(world)
        assert told(world) == (1, 0)
        assert latest(world, maya).text.startswith("1 lead showed interest.\nDana Reyes: asked for a demo")
        await world.press(maya, latest(world, maya))
        assert (told(world), latest(world, maya).text) == ((0, 1), SETTLED + "Contacted.")
        await presses(world, maya, latest(world, maya), "undo")
        assert labels(latest(world, maya)) == ["Contacted"]
        await called(world, "Dana", at(10, 5))
        assert latest(world, maya).text == SETTLED + "Contacted, seen in the CRM."
        told(world)
        await world.until(at(9, day=23))
        world.quiet()


async def test_what_the_lead_does_is_no_answer(sqlite):
    """They write a mail as well: that does not settle what they asked for."""
    async with World(sqlite) as world:
        maya = await contacted(world)
        await touches(world)
        await called(world, "Dana", at(10), kind="email", direction="inbound")
        assert labels(latest(world, maya)) == ["Contacted"]
        told(world)


async def test_at_night_it_waits_for_the_morning(sqlite):
    """Asked for while the owner sleeps: told at their opening, unless it was answered by then."""
    async with World(sqlite) as world:
        maya = await contacted(world, "America/New_York")
        await touches(world)
        world.quiet()
        await world.until(at(14, 1))
        assert (told(world), len(world.direct(maya))) == ((1, 0), 1)


async def test_given_to_somebody_else_during_the_night(sqlite):
    """Whoever owns the lead by then is told, at once and alone."""
    async with World(sqlite) as world:
        maya = await contacted(world, "America/New_York")
        jon = world.person("Jon Park")
        await touches(world)
        await world.happens("lead.updated", id="Dana", owner_email=jon)
        assert (told(world), len(world.direct(jon))) == ((1, 0), 1)
        await world.until(at(16))
        assert len(world.direct(maya)) == 0
        world.quiet()


async def test_not_too_often(sqlite):
    """Three requests within a day are one message; the next day's is another."""
    async with World(sqlite) as world:
        await contacted(world)
        for minute in (0, 5, 30):
            await world.until(at(10, minute))
            await touches(world)
        assert told(world) == (1, 0)
        await world.until(at(11, day=17))
        await touches(world)
        assert told(world) == (1, 0)


async def test_no_news(sqlite, tmp_path):
    """Not what is imported, what is days old, what they came by, nor what is told of a lead without an owner."""
    async with World(sqlite) as world:
        maya = world.person("Maya Okafor")
        await comes(world, maya, asset="Demo form")
        await comes(world, None, "Lee Chan")
        await world.until(at(10))
        for lead in ("Dana", "Lee"):
            await called(world, lead, at(9, 30))
        await touches(world, asset="demo form", when=at(9, 1))
        await touches(world, lead_id="Lee")
        row = {"lead_id": "Dana", "kind": "demo_request", "at": at(9, 50).isoformat()}
        await imported(world, tmp_path, ("touch.recorded", at(9, 50), row))
        await world.until(at(9, day=19))
        await touches(world, when=at(10, day=17))
        world.quiet()


async def test_a_lead_without_a_clock(sqlite):
    """No tier matches: the owner is told all the same and may answer; there is nothing to snooze."""
    async with World(sqlite, NOBODY) as world:
        maya = world.person("Maya Okafor")
        await comes(world, maya)
        await world.until(at(10))
        await touches(world)
        assert told(world) == (1, 0)
        await world.press(maya, latest(world, maya))
        assert (told(world), latest(world, maya).text) == ((0, 1), SETTLED + "Contacted.")
        await presses(world, maya, latest(world, maya), "undo")
        await answers(world, maya, latest(world, maya), "Not a fit", reason="student")
        assert latest(world, maya).text == SETTLED + "Not a fit: student."
        assert await world.database.read(clocks.every) == []
        told(world)
        await world.until(at(10, 11))
        told(world)


async def test_a_word_before_the_clock_does_not_answer_for_it(sqlite):
    """The demo was answered at 10:05; the lead becomes an MQL at 11:00, and that asks for a new contact."""
    async with World(sqlite, NOBODY) as world:
        maya = world.person("Maya Okafor")
        await comes(world, maya)
        await world.until(at(10))
        await touches(world)
        await world.press(maya, latest(world, maya))
        await world.until(at(11))
        await world.happens("lead.updated", id="Dana", stage="mql")
        told(world)
        await world.until(at(14, 0, 30))
        assert told(world) == (1, 0)
        assert "first contact agreed by 16 Nov, 15:00" in latest(world, maya).text


async def test_a_snoozed_request_comes_back(sqlite):
    """Put off until two, it is told again at two, though the first contact was made long ago."""
    async with World(sqlite) as world:
        maya = await contacted(world)
        await touches(world)
        await snoozes(world, maya, latest(world, maya), at(14))
        await world.until(at(13, 59))
        told(world)
        await world.until(at(14, 0, 30))
        assert told(world) == (1, 1)
        assert "asked for a demo" in latest(world, maya).text
        await world.press(maya, latest(world, maya))
        await world.until(at(14, 15))
        told(world)
        await world.until(at(9, day=23))
        world.quiet()


async def test_a_request_during_a_snooze(sqlite):
    """The lead was put off until tomorrow and asks for a demo today: the owner hears of it today."""
    async with World(sqlite) as world:
        maya = world.person("Maya Okafor")
        await comes(world, maya)
        await world.until(at(12, 0, 30))
        await snoozes(world, maya, latest(world, maya), at(10, day=17))
        await world.until(at(13, 30))
        told(world)
        await touches(world)
        assert told(world) == (1, 0)
        assert "asked for a demo" in latest(world, maya).text


async def test_a_request_that_a_colleague_cannot_take_over(sqlite):
    """Declined, the owner is asked again for what the lead had asked for."""
    async with World(sqlite) as world:
        maya, jon = await contacted(world), world.person("Jon Park")
        await touches(world)
        await hands_over(world, maya, latest(world, maya), jon)
        await presses(world, jon, latest(world, jon), "decline")
        assert told(world)[0] == 3
        assert "asked for a demo" in latest(world, maya).text
        assert "could not take it over" in latest(world, maya).text


async def test_somebody_else_presses(sqlite):
    """A colleague on the owner's old screen is turned down in private."""
    async with World(sqlite) as world:
        maya, ben = await contacted(world), world.person("Ben Ito")
        await world.happens("lead.updated", id="Dana", owner_email=ben)
        await touches(world)
        told(world)
        old = latest(world, ben)
        await world.happens("lead.updated", id="Dana", owner_email=maya)
        told(world)
        await presses(world, ben, old, "contacted", stale=True)
        world.expect("response_url")
        assert "with somebody else" in private(world, ben)[-1]


async def test_whoever_took_over_a_lead_that_no_promise_covers_hears_of_the_next(sqlite):
    """Handed over without a clock it is Jon's, until the CRM states another owner than before: then it is hers who that is."""
    async with World(sqlite, NOBODY) as world:
        maya, jon, ann = (world.person(name) for name in ("Maya Okafor", "Jon Park", "Ann Lee"))
        await comes(world, maya)
        await world.until(at(9, 30))
        await touches(world)
        await hands_over(world, maya, latest(world, maya), jon)
        await presses(world, jon, latest(world, jon), "accept")
        told(world)
        await world.until(at(10, day=18))
        await world.happens("lead.updated", id="Dana", owner_email=maya, score=5)
        told(world)
        before = [len(world.direct(who)) for who in (maya, jon, ann)]
        await touches(world, "call_request")
        assert told(world)[0] == 1
        assert [len(world.direct(who)) for who in (maya, jon, ann)] == [before[0], before[1] + 1, before[2]]
        await world.press(jon, latest(world, jon))
        assert latest(world, jon).text == SETTLED + "Contacted."
        await world.happens("lead.updated", id="Dana", owner_email=ann)
        await world.until(at(10, day=20))
        await touches(world, "call_request")
        assert [len(world.direct(who)) for who in (maya, jon, ann)] == [before[0], before[1] + 1, 1]
        told(world)


async def test_a_line_without_a_promise_goes_with_the_lead(sqlite):
    """Jon accepted: what asked Maya names him and has no button for her, and her late press is turned down."""
    async with World(sqlite, NOBODY) as world:
        maya, jon = world.person("Maya Okafor"), world.person("Jon Park")
        await comes(world, maya)
        await world.until(at(9, 30))
        await touches(world)
        await hands_over(world, maya, latest(world, maya), jon)
        before = latest(world, maya)
        await presses(world, jon, latest(world, jon), "accept")
        assert "now with" in latest(world, maya).text
        assert labels(latest(world, maya)) == []
        await world.press(maya, before, stale=True)
        assert "somebody else" in private(world, maya)[-1]
        world.unexpected()
