"""A lead is handed over: asked, accepted, declined, taken back; and whose the promise is then."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.agreement import Tier
from bot.flow import lead_reports
from bot.flow.figures import Period
from bot.store import clocks, people
from tests.support.leads import AT_RISK, DUE, at, called, comes, said, the_clock
from tests.support.people import (
    hands_over,
    latest,
    logs,
    presses,
    told,
)
from tests.support.world import OWNERS, TO_OWNERS, World, buttons, labels

SOON = timedelta(seconds=30)
SETTLED = "All settled, thank you.\nDana Reyes: "


async def reminded(world, until=AT_RISK, **more):
    """Maya owns Dana and has her reminder (two of them, where she let it fall due)."""
    maya = world.person("Maya Okafor")
    await comes(world, maya, **more)
    await world.until(until + SOON)
    assert told(world) == ((1, 0) if until == AT_RISK else (2, 0))
    return maya


async def silence(world):
    """Nothing more for a week but that a button to take something back goes."""
    await world.until(world.clock.now() + timedelta(minutes=11))
    world.unexpected()
    await world.until(world.clock.now() + timedelta(days=7))
    world.quiet()


async def asked(world):
    """Maya asked Jon to take Dana over."""
    jon = world.person("Jon Park")
    maya = await reminded(world)
    await hands_over(world, maya, latest(world, maya), jon, "on the road")
    assert told(world) == (1, 1)
    assert "“on the road”" in latest(world, jon).text
    assert (await the_clock(world)).owner_email == maya
    return maya, jon


async def test_a_hand_over_that_is_accepted(sqlite):
    """Until then it is still hers; then the steps are his, and hers says where it went."""
    async with World(sqlite, replace(OWNERS, reminders=replace(TO_OWNERS, on_assignment=True))) as world:
        jon, maya = world.person("Jon Park"), world.person("Maya Okafor")
        await comes(world, maya)
        await world.until(AT_RISK + SOON)
        assert told(world) == (2, 0)  # as assigned, and at risk
        await hands_over(world, maya, latest(world, maya), jon)
        await presses(world, jon, latest(world, jon), "accept")
        assert "now with" in latest(world, maya).text
        assert told(world) == (1, 5)
        await world.until(DUE + SOON)  # he is not told as newly assigned, but at the breach
        assert (told(world), len(world.direct(jon)), len(world.direct(maya))) == ((1, 0), 2, 2)
        clock = await the_clock(world)
        assert (clock.owner_email, clock.breached_owner) == (jon, jon)
        await world.press(jon, latest(world, jon))
        assert "now with" in latest(world, maya).text
        told(world)


async def test_a_hand_over_that_is_declined(sqlite):
    """The owner is told at once who could not, and the lead stays; somebody else may be asked then."""
    async with World(sqlite) as world:
        maya, jon = await asked(world)
        await presses(world, jon, latest(world, jon), "decline")
        assert told(world) == (1, 2)
        assert "could not take it over" in latest(world, maya).text
        assert (await the_clock(world)).owner_email == maya
        assert buttons(latest(world, jon)) == []
        ann = world.person("Ann Lee")
        await hands_over(world, maya, latest(world, maya), ann)
        assert len(world.direct(ann)) == 1
        told(world)


async def test_a_hand_over_taken_back(sqlite):
    """Undone before the answer: his message says withdrawn, and a press from his old screen changes nothing."""
    async with World(sqlite) as world:
        maya, jon = await asked(world)
        old = latest(world, jon)
        await presses(world, maya, latest(world, maya), "undo")
        assert (told(world), buttons(latest(world, jon))) == ((0, 2), [])
        assert "Withdrawn" in latest(world, jon).text
        await presses(world, jon, old, "accept", stale=True)
        world.expect("response_url")
        assert (await the_clock(world)).owner_email == maya


async def test_the_crm_gives_the_lead_to_somebody_else_meanwhile(sqlite):
    """What was asked by the owner of before is settled: his yes comes too late, the CRM's owner stays."""
    async with World(sqlite) as world:
        _, jon = await asked(world)
        old, ann = latest(world, jon), world.person("Ann Lee")
        await world.happens("lead.updated", id="Dana", owner_email=ann)
        assert "Settled meanwhile" in latest(world, jon).text
        assert told(world) == (0, 2)
        await presses(world, jon, old, "accept", stale=True)
        world.expect("response_url")
        assert (await the_clock(world)).owner_email == ann
        await world.until(DUE + SOON)
        assert (told(world), len(world.direct(ann))) == ((1, 0), 1)


async def test_two_hand_overs_in_a_row(sqlite):
    """Maya to Jon to Ann: both see where it is now, and the breach is Ann's."""
    async with World(sqlite) as world:
        maya, jon = await asked(world)
        ann = world.person("Ann Lee")
        await presses(world, jon, latest(world, jon), "accept")
        await world.until(DUE + SOON)
        await hands_over(world, jon, latest(world, jon), ann)
        await presses(world, ann, latest(world, ann), "accept")
        for who in (maya, jon):
            assert (
                f"now with {'Ann' if 'Ann' in latest(world, who).text else 'ann@'}" in latest(world, who).text
            )
        clock = await the_clock(world)
        assert (clock.owner_email, clock.breached_owner) == (ann, jon)
        told(world)


async def test_whose_the_breach_is(sqlite):
    """Handed over after the due instant it stays hers in the report; before it, it is his."""
    async with World(sqlite) as world:
        maya, jon = await asked(world)
        await comes(world, maya, "Lee Chan", created_at=at(9).isoformat())
        await world.until(DUE + SOON)
        await presses(world, jon, next(m for m in world.direct(jon) if labels(m)), "accept")
        message = latest(world, maya)
        await hands_over(world, maya, message, jon, lead="Lee Chan")
        report = await world.database.read(
            lambda s: lead_reports.sla(
                s, world.agreement, Period(None, None, world.clock.now()), "owner"
            ).as_dict()
        )
        rows = {row["name"]: (row["met"], row["breached"], row["open"]) for row in report["rows"]}
        assert rows == {maya: (0, 2, 0)}
        assert {c.owner_email for c in await world.database.read(clocks.every)} == {maya, jon}
        told(world)


async def test_a_colleague_whom_the_crm_does_not_know(sqlite):
    """Somebody known to Slack alone takes over: the report shows the e-mail."""
    async with World(sqlite) as world:
        _, jon = await asked(world)
        await presses(world, jon, latest(world, jon), "accept")
        await world.until(at(14))
        report = await world.database.read(
            lambda s: lead_reports.sla(
                s, world.agreement, Period(None, None, world.clock.now()), "owner"
            ).as_dict()
        )
        assert [(row["name"], row["label"]) for row in report["rows"]] == [(jon, jon)]
        told(world)


async def test_the_owner_answers_while_somebody_is_asked(sqlite):
    """She pressed Contacted herself: nothing is owed, so the question is closed, and an answer changes nothing."""
    async with World(sqlite) as world:
        maya, jon = await asked(world)
        old = latest(world, jon)
        await world.press(maya, latest(world, maya))
        assert told(world) == (0, 2)
        assert (latest(world, jon).text.splitlines()[-1], buttons(latest(world, jon))) == (
            "Settled meanwhile. Nothing to do.",
            [],
        )
        await presses(world, jon, old, "accept", stale=True)
        world.expect("response_url")
        assert (await the_clock(world)).owner_email == maya
        assert said(world, maya) == [SETTLED + "Contacted."]
        await silence(world)


@pytest.mark.parametrize("how", ["seen", "logged"])
async def test_a_no_is_told_once_though_the_contact_was_before_it(sqlite, how):
    """Told at once that he could not, she shows a call of before his no: contact 2 is asked for when it is due, once."""
    async with World(sqlite, replace(OWNERS, tiers=(Tier(attempts=3),))) as world:
        maya, jon = await asked(world)
        world.clock.move_to(at(12, 30, 20))
        await presses(world, jon, latest(world, jon), "decline")
        assert told(world) == (1, 2)
        await world.until(at(12, 40))
        if how == "seen":
            await called(world, "Dana", at(12, 10), outcome="no_answer")
        else:
            await logs(world, maya, latest(world, maya), "no_answer", at(12, 30))
        assert told(world)[0] == 0
        due = at(12, 10 if how == "seen" else 30, day=17)
        await world.until(due - SOON)
        assert told(world)[0] == 0
        await world.until(due + SOON)
        assert told(world) == (1, 0)
        assert "contact 2 of 3" in latest(world, maya).text
        await world.until(at(9, day=30))
        assert told(world)[0] == 0


async def test_people_whom_nobody_knew_are_kept(sqlite):
    """Whoever was asked to take over is known from then on."""
    async with World(sqlite) as world:
        _, jon = await asked(world)
        found = await world.database.read(lambda s: people.by_email(s, [jon]))
        assert found[jon].slack_id == world.accounts[jon]
