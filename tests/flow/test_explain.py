"""One lead's clock explained over whole stories: what counted, who held it, what was answered, what was sent and why."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from bot.domain.agreement import Agreement, Reminders, Step, Tier, When
from bot.domain.answering import Logged, Press
from bot.domain.worktime import Calendar
from bot.flow import answers, explain
from bot.flow.explain_steps import INTENT
from bot.render.explain import explain as drawn
from bot.render.explain import explain_data, explain_text
from bot.store import nudges
from bot.store.database import Database
from tests.render.judge import faults
from tests.support.leads import called, comes
from tests.support.world import World, contacted_button

NEW_YORK = Calendar(
    "America/New_York", (((540, 1020),),) * 5 + ((), ()), closed=frozenset({date(2026, 11, 26)})
)
HOT = Tier("hot", When(min_score=Decimal(80)), first_contact=timedelta(hours=4), attempts=3)
STEPS = (Step("at_risk", "owner"), Step("breach", "owner"), Step("breach+50%", "manager"))
AGREEMENT = Agreement(
    name="Northwind growth agreement",
    timezone="America/New_York",
    calendar=NEW_YORK,
    tiers=(HOT, Tier("rest", first_contact=timedelta(hours=8))),
    reminders=Reminders(steps=STEPS),
)


@pytest.fixture
def sqlite(sqlite_files):
    """A fresh SQLite database at the current schema."""
    made = Database(sqlite_files.url())
    yield made
    made.close()


def at(text):
    """An instant of November 2026 in New York (UTC-5 from the 1st on): `25 16:00`."""
    day, time = text.split()
    hours, minutes = map(int, time.split(":"))
    return datetime(2026, 11, int(day), hours, minutes, tzinfo=UTC) + timedelta(hours=5)


async def explained(world, lead="generic/Dana", now=None):
    """The explanation at an instant; every way to show it is one that Slack and a terminal take."""
    agreement = world.bot.office.agreement
    view = await world.database.read(
        lambda s: explain.explain_view(s, agreement, lead, now or world.clock.now())
    )
    payload = drawn(view)
    assert faults(payload) == []
    assert "<@" not in str(payload.as_dict()) + explain_text(view)
    assert explain_data(view)["lead_key"] == lead
    return view


def section(view, title):
    """The lines of the text below a title."""
    lines = explain_text(view).split("\n")
    start = lines.index(title) + 1
    end = lines.index("", start) if "" in lines[start:] else len(lines)
    return [" ".join(line.split()) for line in lines[start:end]]


async def press_of(world, email, lead="Dana"):
    """A press on the latest reminder of a lead."""
    message = world.direct(email)[0]
    return Press(contacted_button(message, lead)["value"], world.accounts[email])


async def test_a_lead_over_a_holiday_weekend_breached_handed_over_and_snoozed(sqlite):
    """Wednesday 16:00 to Monday: each window, the holiday, each message with its reason, who held it when."""
    async with World(sqlite, AGREEMENT, start=at("25 16:00")) as world:
        maya, lee = (world.person(name, "America/New_York") for name in ("Maya Okafor", "Lee Chan"))
        await world.happens("person.updated", email=maya, name="Maya Okafor", manager_email=lee)
        await world.happens("person.updated", email=lee, name="Lee Chan")
        await comes(world, maya, score=91, company="Fabrikam", email="dana@fabrikam.example")
        await world.until(at("27 11:00"))
        office = world.bot.office
        done = await answers.snooze(office, await press_of(world, maya), at("27 12:30"))
        assert done == "settled"
        await world.until(at("27 13:00"))
        asked = await answers.hand_over(office, await press_of(world, maya), world.accounts[lee], None)
        assert asked == "settled"
        await world.settle()
        await world.until(at("27 13:30"))
        (question,) = [message for message in world.direct(lee) if "take" in message.text]
        ref = question.blocks[-1]["elements"][0]["value"]
        assert await answers.accept(office, Press(ref, world.accounts[lee])) == "settled"
        await world.settle()
        await world.until(at("27 15:00"))
        await called(world, "Dana", at("27 14:30"), by_email=lee)
        await world.until(at("30 10:00"))
        view = await explained(world)
        world.unexpected()
    (cycle,) = view.cycles
    assert (cycle.state, cycle.breached_owner, cycle.owner) == ("breached", "Maya Okafor", "Lee Chan")
    assert (cycle.counted, cycle.over) == (timedelta(hours=6, minutes=30), timedelta(hours=2, minutes=30))
    assert section(view, "The clock") == [
        "Contacted late: after 6 h 30 min of 4 h.",
        "Started Wed 25 Nov, 16:00, when the lead was created",
        "Tier hot, because of score 91 (at least 80)",
        "Agreed first contact within 4 h of working time",
        "Agreement Northwind growth agreement",
        "At risk Fri 27 Nov, 11:00 (16:00 UTC)",
        "Due Fri 27 Nov, 12:00 (17:00 UTC)",
        "Contact Fri 27 Nov, 14:30, call by Lee Chan, seen in the CRM, logged at 15:00",
        "At the breach held by Maya Okafor",
        "Owner Lee Chan",
    ]
    assert section(view, "Counted time") == [
        "Wed 25 Nov 16:00-17:00 1 h",
        "Thu 26 Nov closed on that date by the agreement",
        "Fri 27 Nov 09:00-14:30 5 h 30 min together 6 h 30 min",
        "Up to the first contact 6 h 30 min of 4 h",
    ]
    assert section(view, "What happened") == [
        "Wed 25 Nov, 16:00 Maya Okafor holds the lead",
        "Fri 27 Nov, 11:00 Maya Okafor snoozed it until 12:30",
        "Fri 27 Nov, 13:00 Maya Okafor asked Lee Chan to take it over",
        "Fri 27 Nov, 13:30 Lee Chan took it over",
        "Fri 27 Nov, 13:30 Lee Chan holds the lead",
        "Fri 27 Nov, 14:30 call by Lee Chan, seen in the CRM, logged at 15:00",
    ]
    assert section(view, "Messages") == [
        "Fri 27 Nov, 11:00 At risk, for the owner: sent at 11:00 to Maya Okafor",
        "Fri 27 Nov, 12:00 At the breach, for the owner: sent at 12:30 to Maya Okafor, together with "
        "“End of the snooze”, held until 12:30 (snoozed)",
        "Fri 27 Nov, 12:30 End of the snooze, for the owner: sent at 12:30 to Maya Okafor",
        "Fri 27 Nov, 13:00 Lee Chan was asked to take the lead over: sent at 13:00 to Lee Chan",
        "Fri 27 Nov, 14:00 50% after the breach, for the manager: sent at 14:00 to Lee Chan",
    ]
