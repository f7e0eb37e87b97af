"""Contacted, Log details, Snooze, Hand over, Not a fit, Undo: one answer settles a lead, and everyone sees the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.agreement import Agreement, ContactRule, Reminders, Tier
from tests.support import forms
from tests.support.leads import AT_RISK, DUE, at, called, comes, said, the_clock
from tests.support.people import (
    answers,
    in_channel,
    is_away,
    latest,
    logs,
    presses,
    private,
    snoozes,
    told,
)
from tests.support.world import OWNERS, TO_OWNERS, World, buttons, labels

SOON = timedelta(seconds=30)
TWICE = replace(OWNERS, tiers=(Tier(attempts=2, spacing=(timedelta(hours=2),)),))
"""Two contacts, two working hours apart."""
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


async def test_undo_stands_for_ten_minutes(sqlite):
    """The button vanishes by itself after ten minutes; an old screen's press is told that it came too late."""
    async with World(sqlite) as world:
        maya = await reminded(world)
        await world.press(maya, latest(world, maya))
        assert (told(world), labels(latest(world, maya))) == ((0, 1), ["Undo"])
        before = latest(world, maya)
        await world.until(at(12, 10, 20))
        world.quiet()
        await world.until(at(12, 11))
        assert (told(world), labels(latest(world, maya))) == ((0, 1), [])
        await presses(world, maya, before, "undo", stale=True)
        world.expect("response_url")
        assert "can no longer be taken back" in private(world, maya)[-1]
        assert (await the_clock(world)).state == "met"


async def test_undo_and_everything_is_as_if_it_had_not_been_said(sqlite):
    """The lead waits again in every message, the next step comes, and a second answer is as good as the first."""
    async with World(sqlite) as world:
        maya = await reminded(world)
        await world.press(maya, latest(world, maya))
        await presses(world, maya, latest(world, maya), "undo")
        assert (told(world), (await the_clock(world)).state) == ((0, 2), "running")
        assert labels(latest(world, maya)) == ["Contacted"]
        await world.until(DUE + SOON)
        assert told(world) == (1, 0)
        await world.press(maya, latest(world, maya))
        assert (told(world), (await the_clock(world)).minutes) == ((0, 2), 240)
        await silence(world)


async def test_an_answer_taken_back_while_its_reminder_waits_for_the_morning(sqlite):
    """A held reminder of a lead answered elsewhere and taken back again is told in the morning all the same."""
    async with World(sqlite) as world:
        maya, mona = world.person("Maya Okafor", "America/New_York"), world.person("Mona Boss")
        await world.happens("person.updated", email=maya, manager_email=mona)
        rule = replace(TO_OWNERS, steps=(*TO_OWNERS.steps, replace(TO_OWNERS.steps[0], to="manager")))
        world.bot.office.agreement = replace(world.agreement, reminders=rule)
        await comes(world, maya)
        await world.until(AT_RISK + SOON)
        assert told(world) == (1, 0)  # to Mona; Maya still sleeps
        await world.press(mona, latest(world, mona))
        await world.until(at(12, 5))
        await presses(world, mona, latest(world, mona), "undo")
        assert told(world) == (0, 2)
        await world.until(at(14, 5))  # 09:05 in New York
        assert (told(world), len(world.direct(maya))) == ((1, 0), 1)


async def test_details_of_a_call_that_nobody_answered(sqlite):
    """The line says what was logged; with a second contact agreed, that is asked for two hours after the call."""
    async with World(sqlite, TWICE) as world:
        maya = await reminded(world)
        await logs(world, maya, latest(world, maya), "no_answer", at(12))
        assert (told(world), said(world, maya)) == ((0, 1), [SETTLED + "Log details: call, no answer."])
        await world.until(at(13, 59))
        told(world)
        await world.until(at(14, 0, 30))
        assert told(world) == (1, 0)
        assert "contact 2 of 2 agreed by 16 Nov, 14:00" in latest(world, maya).text
        await world.press(maya, latest(world, maya))
        assert told(world) == (0, 1)
        clock = await the_clock(world)
        assert (clock.follow_up, clock.attempts, clock.exhausted_at) == ("kept", 2, at(14, 0, 30))
        await silence(world)


async def test_details_logged_late_turn_a_breach_into_a_promise_kept(sqlite):
    """A call of 12:30 logged at 14:00 counts at its own time: nobody holds a breach, both messages say so."""
    async with World(sqlite) as world:
        maya = await reminded(world, DUE)
        await world.until(at(14))
        before = await the_clock(world)
        assert (before.state, before.breached_owner) == ("breached", maya)
        await logs(world, maya, latest(world, maya), "connected", at(12, 30))
        clock = await the_clock(world)
        assert (clock.state, clock.breached_owner, clock.minutes) == ("met", None, 210)
        assert said(world, maya) == [SETTLED + "Log details: call, reached them."] * 2
        assert told(world) == (0, 2)
        await silence(world)


async def test_they_asked_to_be_called(sqlite):
    """The call-back is asked for at the time they named, not before; answered, it is over."""
    async with World(sqlite, TWICE) as world:
        maya = await reminded(world)
        await logs(world, maya, latest(world, maya), "asked_to_be_called", at(12), at(10, day=18))
        assert "Log details: call, asked to be called." in latest(world, maya).text
        await world.until(at(9, 59, day=18))
        assert told(world) == (0, 2)
        await world.until(at(10, 0, 30, day=18))
        assert told(world) == (1, 0)
        await world.press(maya, latest(world, maya))
        assert told(world) == (0, 1)
        await silence(world)


async def test_a_call_back_soon(sqlite):
    """Called back after half an hour, as the CRM tells: the reminder settles, though both calls count once."""
    async with World(sqlite) as world:
        maya = await reminded(world)
        await logs(world, maya, latest(world, maya), "asked_to_be_called", at(12), at(12, 20))
        await world.until(at(12, 20, 30))
        assert told(world) == (1, 2)
        await world.until(at(12, 31))
        await called(world, "Dana", at(12, 30), outcome="connected")
        assert buttons(latest(world, maya)) == []
        told(world)
        await silence(world)


async def test_a_kind_that_does_not_count(sqlite):
    """By the agreement a mail is no contact: it is kept, and the lead goes on waiting."""
    agreement = replace(OWNERS, contact=ContactRule(counts=("call",)))
    async with World(sqlite, agreement) as world:
        maya = await reminded(world)
        await logs(world, maya, latest(world, maya), "no_answer", at(12), kind="email")
        world.quiet()
        assert labels(latest(world, maya)) == ["Contacted"]
        await world.until(DUE + SOON)
        assert (told(world), (await the_clock(world)).state) == ((1, 0), "breached")


async def test_a_snooze_holds_everybodys_steps_and_not_the_clock(sqlite):
    """Nothing is told before its end; then the latest step that stands and the lead itself, in one message each."""
    async with World(sqlite, Agreement()) as world:
        maya, mona = await reminded(world), world.person("Mona Boss")
        await world.happens("person.updated", email=maya, manager_email=mona)
        await snoozes(world, maya, latest(world, maya), at(10, day=17))
        assert (told(world), labels(latest(world, maya))) == ((0, 1), ["Contacted", "Undo"])
        await world.until(at(9, 59, day=17))
        told(world)
        clock = await the_clock(world)
        assert (clock.state, clock.breached_owner) == ("breached", maya)
        await world.until(at(10, 0, 30, day=17))
        assert told(world) == (2, 1)
        assert (len(world.direct(maya)), len(world.direct(mona)), len(in_channel(world))) == (2, 0, 1)
        await world.until(at(9, day=30))
        world.quiet()


async def test_a_lead_is_snoozed_as_often_as_agreed(sqlite):
    """After the agreed number of snoozes the form says so and has no time to choose."""
    async with World(sqlite, replace(OWNERS, reminders=replace(TO_OWNERS, max_snoozes=1))) as world:
        maya = await reminded(world)
        await snoozes(world, maya, latest(world, maya), at(12, 30))
        await forms.choose(world, maya, latest(world, maya), "Snooze")
        await world.slack.wait_for(lambda: forms.shown(world, maya))
        assert "submit" not in forms.shown(world, maya).definition
        await world.until(at(13, 1))
        assert told(world)[0] == 2


async def test_the_latest_snooze_stands(sqlite):
    """Snoozed until tomorrow and then only until two: it comes back at two."""
    async with World(sqlite) as world:
        maya = await reminded(world)
        await snoozes(world, maya, latest(world, maya), at(10, day=17))
        await snoozes(world, maya, latest(world, maya), at(14))
        assert "Snooze: until 16 Nov, 14:00" in latest(world, maya).text
        told(world)
        await world.until(at(14, 0, 30))
        assert told(world)[0] == 1


async def test_not_a_fit(sqlite):
    """No contact is owed any more; the channel reads why and not who said it; taken back, the channel does not."""
    async with World(sqlite) as world:
        maya = await reminded(world)
        await answers(world, maya, latest(world, maya), "Not a fit", reason="student", words="a thesis")
        assert (told(world), said(world, maya)) == ((1, 1), [SETTLED + "Not a fit: student."])
        (feedback,) = in_channel(world)
        assert "a thesis" in feedback
        assert "Maya" not in feedback
        assert world.accounts[maya] not in feedback
        assert (await the_clock(world)).state == "closed"
        await presses(world, maya, latest(world, maya), "undo")
        assert "a thesis" not in " ".join(in_channel(world))
        assert (await the_clock(world)).state == "running"
        told(world)
        await world.until(DUE + SOON)
        assert told(world) == (1, 0)


async def test_not_a_fit_closes_the_clock_for_good(sqlite):
    """Nobody is told of any step after it."""
    async with World(sqlite, Agreement()) as world:
        maya = await reminded(world)
        await answers(world, maya, latest(world, maya), "Not a fit", reason="student")
        await silence(world)


async def test_two_people_at_once(sqlite):
    """Owner and manager press at the same moment: one answer counts, the other is told so in private."""
    async with World(sqlite, Agreement()) as world:
        mona = world.person("Mona Boss")
        maya = await reminded(world)
        await world.happens("person.updated", email=maya, manager_email=mona)
        await world.until(at(15, 0, 30))
        told(world)
        shown = [(who, latest(world, who)) for who in (maya, mona)]
        for who, message in shown:
            await world.press(who, message, stale=True)
        methods = [method for method, _, _ in world.unexpected()]
        assert methods.count("response_url") == 1
        assert private(world, mona) == ["This is settled already. Nothing more to do."]
        assert (await the_clock(world)).stopped_at == at(15, 0, 30)


async def test_a_lead_deleted_between_reminder_and_press(sqlite):
    """On an old screen the button is still there: a kind word, and no more."""
    async with World(sqlite) as world:
        maya = await reminded(world)
        old = latest(world, maya)
        await world.happens("lead.deleted", id="Dana")
        told(world)
        await presses(world, maya, old, "contacted", stale=True)
        world.expect("response_url")
        assert "no longer in the records" in private(world, maya)[-1]


async def test_an_old_message_of_a_merged_lead(sqlite):
    """The reminder of the lead that is gone answers for the one it became."""
    async with World(sqlite) as world:
        maya = await reminded(world)
        await comes(world, maya, "Dana R.", id="L-2", created_at=at(11).isoformat())
        await world.happens("lead.merged", id="L-2", merged_from=["Dana"])
        told(world)
        await world.press(maya, latest(world, maya))
        assert (told(world), (await the_clock(world)).stopped_how) == ((0, 1), "said")
        await silence(world)


async def test_the_delegate_answers_also_when_the_owner_is_back(sqlite):
    """Ben got Maya's reminder in her place; the next morning she is back, and his answer still counts."""
    async with World(sqlite) as world:
        maya, ben = world.person("Maya Okafor"), world.person("Ben Ito")
        await is_away(world, maya, "2026-11-16", ben)
        await comes(world, maya)
        await world.until(at(9, 30, day=17))
        assert (len(world.direct(maya)), len(world.direct(ben))) == (0, 2)
        told(world)
        await world.press(ben, latest(world, ben))
        assert (told(world), (await the_clock(world)).stopped_how) == ((0, 2), "said")


@pytest.mark.parametrize("named", ["manager", "named in a step"])
async def test_whoever_is_told_may_answer(sqlite, named):
    """A manager, and somebody whom the agreement names for a step, have buttons that work."""
    boss = "boss@seller.example"
    rule = Reminders() if named == "manager" else Reminders(steps=(replace(Reminders().steps[1], to=boss),))
    async with World(sqlite, Agreement(reminders=rule)) as world:
        maya = world.person("Maya Okafor")
        world.person("Boss Person")
        if named == "manager":
            await world.happens("person.updated", email=maya, manager_email=boss)
        await comes(world, maya)
        await world.until(at(15, 0, 30))
        told(world)
        await world.press(boss, latest(world, boss))
        assert (await the_clock(world)).stopped_how == "said"
        told(world)


async def test_the_contact_outlives_the_end_of_the_lead(sqlite):
    """Contacted, and a customer a week later: the old reminder goes on saying `Contacted`."""
    async with World(sqlite) as world:
        maya = await reminded(world)
        await called(world, "Dana", at(12, 30), outcome="connected")
        told(world)
        await world.until(at(12, day=20))
        await world.happens("lead.updated", id="Dana", stage="customer")
        world.quiet()
        assert said(world, maya) == [SETTLED + "Contacted, seen in the CRM."]
