"""Disqualified and back, back to marketing and handed over again, a second form: a new cycle; the first result stays."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.agreement import Tier, When
from bot.flow import apply, lead_reports
from bot.flow.figures import Period
from bot.store import clocks
from tests.support.imports import imported
from tests.support.leads import at, called, comes
from tests.support.people import latest, presses, told
from tests.support.world import OWNERS, World

MQLS = replace(OWNERS, tiers=(Tier(when=When(stage=("mql", "sql"))),))


async def of(world):
    """Each clock: (lead, cycle, state, when it started)."""
    found = await world.database.read(clocks.every)
    return [(c.lead_key.removeprefix("generic/"), c.cycle, c.state, c.started_at) for c in found]


@pytest.mark.parametrize(
    ("away", "back"), [("disqualified", "mql"), ("lead", "mql"), ("customer", "mql"), ("lead", "sql")]
)
async def test_back_again(sqlite, away, back):
    """Contacted, gone, and back on Wednesday: reminders of its own, and the first result stays as it was."""
    async with World(sqlite, MQLS) as world:
        maya = world.person("Maya Okafor")
        await comes(world, maya, stage="mql")
        await called(world, "Dana", at(10), outcome="no_answer")
        await world.until(at(9, day=17))
        await world.happens("lead.updated", id="Dana", stage=away)
        await world.until(at(9, day=18))
        world.quiet()
        await world.happens("lead.updated", id="Dana", stage=back)
        assert await of(world) == [("Dana", 1, "met", at(9)), ("Dana", 2, "running", at(9, day=18))]
        await world.until(at(12, 0, 30, day=18))
        assert told(world) == (1, 0)
        await world.until(at(13, 0, 30, day=18))
        assert told(world) == (1, 0)
        await world.press(maya, latest(world, maya))
        assert [state for _, _, state, _ in await of(world)] == ["met", "breached"]
        assert told(world) == (0, 2)
        await world.until(at(9, day=30))
        assert told(world) == (0, 2)  # Undo goes


async def test_an_old_reminder_of_the_first_cycle(sqlite):
    """It goes on telling of its own cycle: its press changes nothing in the second."""
    async with World(sqlite, MQLS) as world:
        maya = world.person("Maya Okafor")
        await comes(world, maya, stage="mql")
        await world.until(at(12, 0, 30))
        old = latest(world, maya)
        await world.happens("lead.updated", id="Dana", stage="disqualified")
        await world.until(at(9, day=18))
        await world.happens("lead.updated", id="Dana", stage="mql")
        assert told(world) == (1, 1)
        await presses(world, maya, old, "contacted", stale=True)
        world.expect("response_url")
        assert [state for _, _, state, _ in await of(world)] == ["closed", "running"]
        await world.until(at(12, 0, 30, day=18))
        assert told(world) == (1, 0)
        assert "first contact agreed by 18 Nov" in latest(world, maya).text


async def test_whose_the_first_result_is(sqlite):
    """Met under Maya, back with Jon: the report counts the first for her, the second for him."""
    async with World(sqlite, MQLS) as world:
        maya, jon = world.person("Maya Okafor"), world.person("Jon Park")
        await comes(world, maya, stage="mql")
        await world.until(at(10, 30))
        await called(world, "Dana", at(10))
        await world.happens("lead.updated", id="Dana", stage="disqualified")
        await world.until(at(9, day=18))
        await world.happens("lead.updated", id="Dana", stage="mql", owner_email=jon)
        await world.until(at(9, 31, day=18))
        await called(world, "Dana", at(9, 30, day=18))
        report = await world.database.read(
            lambda s: lead_reports.sla(s, MQLS, Period(None, None, world.clock.now()), "owner").as_dict()
        )
        assert {row["name"]: row["met"] for row in report["rows"]} == {maya: 1, jon: 1}


async def test_a_second_form_after_the_end(sqlite):
    """A customer fills in a form again: a new lead record, a new clock; calls between the two do not answer it."""
    async with World(sqlite) as world:
        maya = world.person("Maya Okafor")
        await comes(world, maya, email="dana@prospect.example")
        await world.until(at(10, 30))
        await called(world, "Dana", at(10))
        await world.happens("lead.updated", id="Dana", stage="customer")
        await world.until(at(10, day=17))
        await called(world, "Dana", at(10, day=17))  # a word with the customer
        await world.until(at(9, day=20))
        world.quiet()
        await comes(world, maya, "Dana Again", id="L-2", email="dana@prospect.example")
        assert await of(world) == [("Dana", 1, "met", at(9)), ("L-2", 2, "running", at(9, day=20))]
        await world.until(at(12, 0, 30, day=20))
        assert told(world) == (1, 0)


async def test_a_second_form_while_the_first_is_open(sqlite):
    """One of two records is closed as a duplicate: the person still waits, and the clock goes on."""
    async with World(sqlite) as world:
        maya = world.person("Maya Okafor")
        await comes(world, maya, email="dana@prospect.example")
        await world.until(at(10))
        await comes(world, maya, "Dana Two", id="L-2", email="dana@prospect.example")
        await world.until(at(11))
        await world.happens("lead.updated", id="Dana", stage="disqualified")
        assert [row[1:] for row in await of(world)] == [(1, "running", at(9))]
        await world.until(at(12, 0, 30))
        assert told(world) == (1, 0)
        await world.happens("lead.updated", id="L-2", stage="disqualified")
        assert (told(world), [row[2] for row in await of(world)]) == ((0, 1), ["closed"])


async def test_late_news_takes_the_second_cycle_away(sqlite):
    """A late word says that it was never disqualified: there is one cycle, and its reminders settle."""
    async with World(sqlite, MQLS) as world:
        maya = world.person("Maya Okafor")
        await comes(world, maya, stage="mql")
        await called(world, "Dana", at(10))
        await world.until(at(9, day=17))
        await world.happens("lead.updated", at(12), id="Dana", stage="disqualified")
        await world.happens("lead.updated", at(9, day=17), id="Dana", stage="mql")
        await world.until(at(12, 0, 30, day=17))
        assert (told(world), len(await of(world))) == ((1, 0), 2)
        await world.happens(
            "lead.deleted", at(11, 59), id="Dana"
        )  # older than what is known: changes nothing
        await world.happens("lead.updated", at(12), id="Dana", stage="mql")
        world.quiet()
        assert len(await of(world)) == 2  # of two stages of one instant the one further along stands


async def test_an_imported_second_record_reminds_of_nothing_old(sqlite, tmp_path):
    """History brings a second record of a known person, due long ago: nobody is reminded of it."""
    async with World(sqlite) as world:
        maya = world.person("Maya Okafor")
        await comes(world, maya, email="dana@prospect.example")
        await world.until(at(10, 30))
        await called(world, "Dana", at(10))
        await world.happens("lead.updated", id="Dana", stage="customer")
        await world.until(at(9, day=25))
        again = {"id": "L-2", "email": "dana@prospect.example", "owner_email": maya}
        again["created_at"] = at(9, day=18).isoformat()
        await imported(world, tmp_path, ("lead.created", at(9, day=18), again))
        await world.until(at(9, day=30))
        world.quiet()
        assert [row[2] for row in await of(world)] == ["met", "breached"]


async def test_a_return_is_recomputed_and_told_once(sqlite):
    """The agreement is read anew while the second cycle is open: nothing is told twice."""
    async with World(sqlite, MQLS) as world:
        maya = world.person("Maya Okafor")
        await comes(world, maya, stage="mql")
        await world.until(at(10, 30))
        await called(world, "Dana", at(10))
        await world.happens("lead.updated", id="Dana", stage="lead")
        await world.until(at(9, day=18))
        await world.happens("lead.updated", id="Dana", stage="mql")
        await world.until(at(12, 0, 30, day=18))
        assert told(world) == (1, 0)
        longer = replace(
            MQLS, tiers=(Tier(when=When(stage=("mql", "sql")), first_contact=timedelta(hours=8)),)
        )
        world.bot.office.agreement = replace(longer, earlier=((world.clock.now(), MQLS),))
        await apply.recompute(world.bot.office)
        await world.until(at(16, 59, day=18))
        found = await world.database.read(clocks.every)
        assert [(c.cycle, c.due_at) for c in found] == [(1, at(13)), (2, at(17, day=18))]
        told(world)
        await world.until(at(9, 1, day=19))
        assert told(world) == (1, 0)  # the breach, held to the morning
