"""One lead's clock explained over whole stories: what counted, who held it, what was answered, what was sent and why."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings

from bot.domain.agreement import Agreement, ContactRule, Reminders, Step, Tier, When
from bot.domain.answering import Logged, Press
from bot.domain.explain_facts import Unclear
from bot.domain.worktime import Calendar
from bot.flow import answers, explain, reminders
from bot.render.explain import explain as drawn
from bot.render.explain import explain_data, explain_text
from bot.store import answers as stored_answers
from bot.store import clocks, outbox, records
from tests.render.judge import faults
from tests.support.histories import AGREEMENT as WHOLE
from tests.support.histories import NOW, retold
from tests.support.imports import imported
from tests.support.leads import called, comes
from tests.support.market import Market
from tests.support.stories import by_time, histories
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
        "Contacted late: after 6 h 30 min of working time; 4 h were agreed.",
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
        (
            "Fri 27 Nov, 12:00 At the breach, for the owner: sent at 12:30 to Maya Okafor, together with "
            "“End of the snooze”, held until 12:30 (snoozed)"
        ),
        "Fri 27 Nov, 12:30 End of the snooze, for the owner: sent at 12:30 to Maya Okafor",
        "Fri 27 Nov, 13:00 Lee Chan was asked to take the lead over: sent at 13:00 to Lee Chan",
        (
            "Fri 27 Nov, 14:00 50% after the breach, for the manager: sent at 14:00 in #sales-ops, since "
            "the lead has no known manager"
        ),
        "Mon 30 Nov, 14:30 Contact 2, for the owner: to come",
    ]


async def test_a_contact_logged_late_corrects_the_result(sqlite):
    """A call of 12:30 that the CRM reports at 14:00 was in time: the breach until then is told, and what was sent."""
    async with World(sqlite, replace(AGREEMENT, timezone="America/New_York")) as world:
        maya = world.person("Maya Okafor", "America/New_York")
        await world.until(at("16 09:00"))
        await comes(world, maya, score=85)
        await world.until(at("16 14:00"))
        before = await explained(world)
        await called(world, "Dana", at("16 12:30"), by_email=maya)
        after = await explained(world)
        then = await explained(world, now=at("16 12:00"))
        world.unexpected()
    assert [view.cycles[0].state for view in (before, after, then)] == ["breached", "met", "running"]
    assert (
        section(before, "The clock")[0]
        == "No first contact yet: 5 h of working time have passed, 1 h more than agreed."
    )
    assert (
        section(after, "The clock")[0]
        == "Contacted in time: after 3 h 30 min of working time; 4 h were agreed."
    )
    assert section(then, "The clock")[0] == "Running, at risk: 3 h of the 4 h agreed have passed."
    assert (
        "Contact Mon 16 Nov, 12:30, call by maya@seller.example, seen in the CRM, logged at 14:00; until then it "
        "counted as missed, which was corrected"
    ) in section(after, "The clock")
    assert section(after, "Messages") == [
        "Mon 16 Nov, 12:00 At risk, for the owner: sent at 12:00 to maya@seller.example",
        "Mon 16 Nov, 13:00 At the breach, for the owner: sent at 13:00 to maya@seller.example",
        "Mon 16 Nov, 15:00 50% after the breach, for the manager: not sent: contacted at 12:30",
        "Tue 17 Nov, 12:30 Contact 2, for the owner: to come",
    ]
    assert [line.rpartition(": ")[2] for line in section(then, "Messages")][1:] == ["to come"] * 2


async def test_a_lead_that_came_back_has_two_clocks(sqlite):
    """Disqualified and handed over again: each clock has its own promise, ledger and messages."""
    async with World(sqlite, AGREEMENT, start=at("16 09:00")) as world:
        maya = world.person("Maya Okafor", "America/New_York")
        await comes(world, maya, score=85, stage="mql")
        await world.until(at("16 10:00"))
        await world.happens("lead.updated", id="Dana", stage="disqualified")
        await world.until(at("18 09:00"))
        await world.happens("lead.updated", id="Dana", stage="mql")
        await world.until(at("18 11:00"))
        view = await explained(world)
    first, second = view.cycles
    assert [(c.number, c.state, c.begins) for c in view.cycles] == [
        (1, "closed", "created"),
        (2, "running", "returned"),
    ]
    assert section(view, "Clock 1")[0] == "Closed Mon 16 Nov, 10:00: no first contact is owed any more."
    assert section(view, "Clock 2")[:2] == [
        "Running: 2 h of the 4 h agreed have passed.",
        "Started Wed 18 Nov, 09:00, when the lead came back to sales",
    ]
    assert (first.counted, second.counted) == (timedelta(hours=1), timedelta(hours=2))
    assert {step.outcome for step in first.steps} == {"ended"}
    assert {step.outcome for step in second.steps} == {"to come"}


async def test_a_lead_that_left_before_and_after_its_promise_ran_out(sqlite):
    """Not contacted in time and then disqualified: late by the working time up to then. Called after it left: no breach."""
    async with World(sqlite, AGREEMENT, start=at("16 09:00")) as world:
        maya = world.person("Maya Okafor", "America/New_York")
        await comes(world, maya, score=85)
        await comes(world, maya, "Lee Chan", score=85)
        await world.until(at("16 10:00"))
        await world.happens("lead.updated", id="Lee", stage="disqualified")
        await world.until(at("16 14:30"))
        await world.happens("lead.updated", id="Dana", stage="disqualified")
        await called(world, "Lee", at("16 14:20"))
        late, left = await explained(world), await explained(world, "generic/Lee")
        world.unexpected()
    assert section(late, "The clock")[0] == (
        "No first contact by Mon 16 Nov, 14:30, when the lead left sales' hands: 1 h 30 min late."
    )
    assert section(left, "The clock")[0] == "Closed Mon 16 Nov, 10:00: no first contact is owed any more."
    assert section(left, "Counted time")[-1] == "Up to the end 1 h of 4 h"
    assert {step.outcome for step in left.cycles[0].steps} == {"ended"}


async def test_an_imported_lead_was_silent_until_its_import(sqlite, tmp_path):
    """What was due before the import was not sent, and the explanation says so."""
    async with World(sqlite, AGREEMENT, start=at("16 12:30")) as world:
        maya = world.person("Maya Okafor", "America/New_York")
        lead = {"id": "Dana", "score": 90, "owner_email": maya, "created_at": at("16 09:00").isoformat()}
        await imported(world, tmp_path, ("lead.created", at("16 09:00"), lead))
        await world.until(at("16 13:10"))
        view = await explained(world)
        world.expect("chat.postMessage")
    assert section(view, "Messages") == [
        "Mon 16 Nov, 12:00 At risk, for the owner: not sent: it was due before the lead was imported at 12:30",
        "Mon 16 Nov, 13:00 At the breach, for the owner: sent at 13:00 to maya@seller.example",
        "Mon 16 Nov, 15:00 50% after the breach, for the manager: to come",
    ]


async def test_what_is_held_until_the_receiver_s_morning(sqlite):
    """A reminder for somebody in another zone waits for their hours: until when, and why; and said so afterwards."""
    always = replace(AGREEMENT, calendar=NEW_YORK, tiers=(Tier("all"),))
    async with World(sqlite, always, start=at("16 10:00")) as world:
        maya = world.person("Maya Okafor", "Asia/Tokyo")
        await comes(world, maya)
        await world.until(at("16 13:30"))
        waiting = await explained(world)
        await world.until(at("17 13:30"))
        sent = await explained(world)
        world.unexpected()
    assert section(waiting, "Messages")[0] == (
        "Mon 16 Nov, 13:00 At risk, for the owner: waits until Mon 16 Nov, 19:00 (outside the agreed hours in Asia/Tokyo)"
    )
    assert section(sent, "Messages")[:2] == [
        (
            "Mon 16 Nov, 13:00 At risk, for the owner: sent at 19:00 to maya@seller.example, together with “At the "
            "breach”, held until 19:00 (outside the agreed hours in Asia/Tokyo)"
        ),
        (
            "Mon 16 Nov, 14:00 At the breach, for the owner: sent at 19:00 to maya@seller.example, held until 19:00 "
            "(outside the agreed hours in Asia/Tokyo)"
        ),
    ]


async def test_what_was_held_and_then_failed_is_tried_again(sqlite):
    """When the hours for which a reminder waited have begun and Slack fails, it waits for the next try, not for them."""
    always = replace(AGREEMENT, calendar=NEW_YORK, tiers=(Tier("all"),))
    async with World(sqlite, always, start=at("16 10:00")) as world:
        maya = world.person("Maya Okafor", "Asia/Tokyo")
        await comes(world, maya)
        world.slack.fail_always("chat.postMessage", 429, retry_after=120)
        await world.until(at("16 19:00") + timedelta(seconds=1))
        (line, *_) = section(await explained(world), "Messages")
        world.unexpected()
    assert line.startswith(
        "Mon 16 Nov, 13:00 At risk, for the owner: on its way to maya@seller.example; tried again"
    )
    assert "outside the agreed hours" not in line


async def test_a_pause_is_subtracted_with_its_reason(sqlite):
    """They asked to be called later: the promise moves, and the ledger shows what does not count."""
    agreement = replace(AGREEMENT, contact=ContactRule(owner_word_counts=False))
    async with World(sqlite, agreement, start=at("16 09:00")) as world:
        maya = world.person("Maya Okafor", "America/New_York")
        await comes(world, maya, score=85)
        await world.until(at("16 12:10"))
        wish = Logged("call", "asked_to_be_called", at("16 12:10"), call_back_at=at("17 10:00"))
        assert await answers.log_details(world.bot.office, await press_of(world, maya), wish) == "settled"
        await world.until(at("17 10:30"))
        view = await explained(world)
        world.unexpected()
    (cycle,) = view.cycles
    assert cycle.due_at == at("17 10:50")
    assert section(view, "Counted time") == [
        "Mon 16 Nov 09:00-12:10 3 h 10 min",
        "Mon 16 to Tue 17 Nov paused, 5 h 50 min not counted: they asked to be called later",
        "Tue 17 Nov 10:00-10:30 30 min together 3 h 40 min",
        "Up to now 3 h 40 min of 4 h",
    ]
    assert (
        "Mon 16 Nov, 12:10 they asked to be called Tue 17 Nov, 10:00; the clock pauses until then"
        in section(view, "What happened")
    )


async def test_what_was_taken_back_is_not_told(sqlite):
    """A press that was undone leaves no trace in the explanation; the reminder that was sent stays."""
    async with World(sqlite, AGREEMENT, start=at("16 09:00")) as world:
        maya = world.person("Maya Okafor", "America/New_York")
        await comes(world, maya, score=85)
        await world.until(at("16 12:10"))
        before = await explained(world)
        press = await press_of(world, maya)
        assert await answers.answer_contacted(world.bot.office, press) == "settled"
        said = await explained(world)
        ref = said.cycles[0].contact
        given = await world.database.read(lambda s: stored_answers.of_leads(s, ["generic/Dana"]))
        assert await answers.undo(world.bot.office, Press(given[0].ref, press.slack_id)) == "settled"
        after = await explained(world)
        world.unexpected()
    assert ref is not None
    assert (ref.how, ref.by) == ("said", maya)
    assert explain_text(after) == explain_text(before)


async def test_leads_that_are_one_contact_are_told_with_the_reason(sqlite):
    """Two leads with one e-mail and a merged one: one clock, the earliest lead's, and why each belongs to it."""
    async with World(sqlite, AGREEMENT, start=at("16 09:00")) as world:
        maya = world.person("Maya Okafor", "America/New_York")
        await comes(world, maya, score=85, email="dana@fabrikam.example")
        await world.until(at("16 10:00"))
        await comes(world, maya, "Other Reyes", email="dana@fabrikam.example")
        await comes(world, maya, "Third Reyes")
        await world.happens("lead.merged", id="Dana", merged_from=["Third"])
        view = await explained(world, "generic/Other")
    assert section(view, "One contact") == [
        "generic/Dana merged, created Mon 16 Nov, 09:00",
        "generic/Other the lead asked for, created Mon 16 Nov, 10:00",
        "generic/Third merged into generic/Dana, created Mon 16 Nov, 10:00",
    ]
    assert [cycle.lead_key for cycle in view.cycles] == ["generic/Dana"]


async def test_a_lead_without_a_clock_says_why(sqlite):
    """No tier matches; deleted in the CRM; only named by a call: each in a sentence."""
    only_hot = replace(AGREEMENT, tiers=(HOT,))
    async with World(sqlite, only_hot, start=at("16 09:00")) as world:
        maya = world.person("Maya Okafor")
        await comes(world, maya, score=10)
        cold = await explained(world)
        await world.happens("lead.deleted", id="Dana")
        gone = await explained(world)
        await called(world, "Lee", at("16 09:00"))
        named = await explained(world, "generic/Lee")
    assert [view.note for view in (cold, gone, named)] == [
        "No tier of Northwind growth agreement matches this lead, so no first contact is owed.",
        "The lead was deleted in the CRM, so no contact is owed.",
        "The lead was only named by other records so far; its clock starts when the CRM describes it.",
    ]


async def test_a_closed_clock_stays_with_the_agreement_of_its_day(sqlite):
    """The version that judged a clock is named, with when it was in force."""
    strict = replace(AGREEMENT, tiers=(Tier("strict", first_contact=timedelta(hours=1)),), name="The new one")
    async with World(sqlite, AGREEMENT, start=at("16 09:00")) as world:
        maya = world.person("Maya Okafor", "America/New_York")
        await comes(world, maya, score=85)
        await world.until(at("16 11:00"))
        await called(world, "Dana", at("16 11:00"))
        world.bot.office.agreement = replace(strict, earlier=((at("17 09:00"), AGREEMENT),))
        await world.until(at("17 10:00"))
        view = await explained(world)
    (cycle,) = view.cycles
    assert (cycle.state, cycle.tier.name, cycle.agreement.until) == ("met", "hot", at("17 09:00"))
    assert "Agreement Northwind growth agreement until Tue 17 Nov, 09:00" in section(view, "The clock")


async def test_every_message_about_a_lead_is_accounted_for(sqlite):
    """Over a story with an intent, a hand-over and a bad fit, each message of the outbox is in the explanation."""
    agreement = replace(AGREEMENT, reminders=replace(AGREEMENT.reminders, on_assignment=True))
    async with World(sqlite, agreement, start=at("16 09:00")) as world:
        world.slack.add_channel("growth")
        maya, lee = (world.person(name, "America/New_York") for name in ("Maya Okafor", "Lee Chan"))
        await comes(world, maya, score=85, email="dana@fabrikam.example")
        await world.until(at("16 10:00"))
        touch = {"email": "dana@fabrikam.example", "kind": "demo_request", "at": at("16 10:00").isoformat()}
        await world.happens("touch.recorded", **touch)
        await world.until(at("16 12:30"))
        office, press = world.bot.office, await press_of(world, maya)
        assert await answers.hand_over(office, press, world.accounts[lee], "on leave") == "settled"
        await world.settle()
        assert await answers.not_a_fit(office, press, "spam", None) == "settled"
        await world.settle()
        view = await explained(world)
        world.unexpected()
        sent = await world.database.read(lambda s: [m.id for m in outbox.latest(s) if m.sent_at is not None])
    told = [
        step for cycle in view.cycles for step in (*cycle.steps, *view.messages) if step.outcome == "sent"
    ]
    assert {step.message for step in told} == set(sent)
    assert [line.partition(", for ")[0].partition(": ")[0] for line in section(view, "Messages")] == [
        "Mon 16 Nov, 09:00 New lead",
        "Mon 16 Nov, 10:00 They asked for a demo",
        "Mon 16 Nov, 12:00 At risk",
        "Mon 16 Nov, 12:30 lee@seller.example was asked to take the lead over",
        "Mon 16 Nov, 12:30 Marketing was told that it is not a fit",
        "Mon 16 Nov, 13:00 At the breach",
        "Mon 16 Nov, 15:00 50% after the breach",
    ]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("generic/L-1", ["generic/L-1"]),
        (" L-1 ", ["generic/L-1"]),
        ("DANA@fabrikam.example", ["generic/L-1"]),
        ("<mailto:dana@fabrikam.example|dana@fabrikam.example>", ["generic/L-1"]),
        ("dana reyes", ["generic/L-1", "generic/L-3"]),
        ("Dana Reyes, Fabrikam", ["generic/L-1"]),
        ("litware", ["generic/L-3"]),
        ("Chan", ["generic/L-4"]),
        ("100%", []),
        ("nobody", []),
        ("", []),
    ],
)
def test_a_lead_is_found_by_what_a_person_types(sqlite, typed, found):
    """Id, e-mail, name or company without case; leads of one contact are one; several contacts are all named."""
    market = Market(sqlite, AGREEMENT, now=at("16 09:00"))
    when = at("16 09:00").isoformat()
    fabrikam = {"email": "dana@fabrikam.example", "name": "Dana Reyes", "company": "Fabrikam"}
    market.happens("lead.created", when, id="L-1", **fabrikam)
    market.happens("lead.created", when, id="L-2", **fabrikam)
    market.happens("lead.created", when, id="L-3", name="Dana Reyes", company="Litware")
    market.happens("lead.created", when, id="L-4", name="Lee Chan", company="Northwind")
    assert market.ask(explain.find_lead, typed) == found
    answer = market.ask(explain.answer, AGREEMENT, typed, at("16 10:00"))
    assert isinstance(answer, Unclear) == (len(found) != 1)
    assert faults(drawn(answer)) == []


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(history=histories())
def test_over_any_history_the_explanation_is_the_clock(sqlite, history):
    """Whatever happened: each clock that is kept is explained with its own figures, and its lines add up to them."""

    def tell(session):
        retold(session, by_time(history), at_once=True, figures=False)
        while owners := clocks.due_owners(session, NOW, 50):
            owners.sort(key=lambda owner: (owner is None, owner or ""))
            reminders.remind(session, WHOLE, owners, NOW)
        kept = clocks.every(session)
        keys = [*records.all_lead_keys(session), *(clock.lead_key for clock in kept)]
        return kept, {key: explain.explain_view(session, WHOLE, key, NOW) for key in keys}

    kept, views = sqlite.write_now(tell)
    for clock in kept:
        (cycle,) = [one for one in views[clock.lead_key].cycles if one.number == clock.cycle]
        told = (cycle.state, cycle.started_at, cycle.due_at, cycle.at_risk_at, cycle.tier.name)
        assert told == (clock.state, clock.started_at, clock.due_at, clock.at_risk_at, clock.tier)
        assert sum((line.counted for line in cycle.ledger), timedelta(0)) == cycle.counted
        if clock.minutes is not None:
            assert cycle.counted // timedelta(minutes=1) == clock.minutes
        steps = [step.key for step in cycle.steps]
        assert {step.key for step in WHOLE.reminders.steps} <= set(steps)
        assert len(steps) == len(set(steps))
    for view in views.values():
        assert faults(drawn(view)) == []
        assert "<@" not in explain_text(view)
