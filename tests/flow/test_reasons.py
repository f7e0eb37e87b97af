"""Why a message is there: what a person is told about a card, a reminder and a notice."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.agreement import parse
from bot.domain.agreement import Agreement, Reminders
from bot.domain.worktime import Calendar
from bot.flow import agreements, briefs
from bot.flow.reasons import EVENTS_SHOWN, reason_of
from bot.flow.reasons_of_leads import rule_of
from tests.support import forms
from tests.support.world import START, World, buttons

ALWAYS = Calendar(zone="UTC", weekly=(((0, 1440),),) * 7)


async def why(world, message):
    return await world.database.read(lambda s: reason_of(s, world.agreement, message.channel, message.ts))


def told(reason):
    """The facts as pairs, instants included."""
    return [(fact.name, fact.at or fact.text) for fact in reason.facts]


async def a_won_deal(world, **more):
    maya = world.person("Maya Okafor")
    lead = {"id": "L-77", "email": "dana@prospect.example", "asset": "Ebook", "stage": "customer"}
    await world.happens("lead.created", **lead, created_at="2026-10-12T09:00:00Z")
    touch = {"email": "dana@prospect.example", "asset": "Webinar", "kind": "webinar"}
    await world.happens("touch.recorded", **touch, at="2026-11-03T10:00:00Z")
    await world.happens("lead.created", id="L-78", email="lee@prospect.example", stage="customer")
    deal = {"id": "D-1", "contact_emails": ["dana@prospect.example"], "owner_email": maya, "name": "Fleet"}
    await world.happens("deal.won", **deal, amount="12500.00", currency="EUR", **more)
    world.expect("chat.postMessage")
    return world.wins()[0]


async def test_a_card_names_its_rule_and_its_events(database):
    """A win: the model with its shares, the lookback, the instant won; its deal's, lead's and touches' events."""
    async with World(database) as world:
        card = await a_won_deal(world)
        reason = await why(world, card)
    assert (reason.key, reason.kind, reason.target, reason.state, reason.tries) == (
        "win:generic/D-1:1",
        "win",
        "#wins",
        "sent",
        0,
    )
    assert reason.rule == (
        "The deal was won, so one card tells it. Of its amount 40% goes to the first touch, 40% to the last, 20% to "
        "those between, among the touches of the 90 days before it. The booking keeps this rule, whatever the "
        "agreement says later."
    )
    assert told(reason) == [
        ("Deal", "generic/D-1"),
        ("Won at", START),
        ("Counts for", "2026-11-16"),
        ("Owner", "maya@seller.example"),
        ("Model", "position"),
        ("Shares", "50% Ebook, 50% Webinar"),
    ]
    assert [(event.type, event.id, event.state) for event in reason.events] == [
        ("deal.won", "evt-4", "applied"),
        ("touch.recorded", "evt-2", "applied"),
        ("lead.created", "evt-1", "applied"),
    ]


async def test_an_edit_has_its_own_time(database):
    """The instant of the last edit stands beside the one when it was sent; before an edit there is none."""
    async with World(database) as world:
        card = await a_won_deal(world)
        before = await why(world, card)
        world.clock.advance(timedelta(minutes=5))
        await world.happens("deal.reopened", id="D-1", stage="engaging")
        world.expect("chat.update")
        after = await why(world, card)
    assert (before.edited_at, after.sent_at, after.created_at) == (None, before.sent_at, before.created_at)
    assert after.edited_at - after.sent_at == timedelta(minutes=5)
    assert told(after)[-2:] == [("Since then", "reopened"), ("That was at", START + timedelta(minutes=5))]
    assert after.events[0].type == "deal.reopened"


async def test_only_the_newest_events_are_listed(database):
    """A deal of many events shows the newest ten, newest first."""
    async with World(database) as world:
        card = await a_won_deal(world)
        for number in range(EVENTS_SHOWN):
            await world.happens("deal.updated", id="D-1", segment=f"segment {number}")
        reason = await why(world, card)
    assert [event.type for event in reason.events] == ["deal.updated"] * EVENTS_SHOWN
    numbers = [event.number for event in reason.events]
    assert numbers == sorted(numbers, reverse=True)


async def test_a_reminder_names_the_step_and_the_clock(database):
    """A reminder: the step of each clock with its start, risk and promise, the owner and zone, the answer."""
    agreement = replace(Agreement(calendar=ALWAYS), reminders=Reminders(bundle=timedelta(0)))
    async with World(database, agreement) as world:
        ana = world.person("Ana Lima", "America/New_York")
        await world.happens("person.updated", email=ana, name="Ana Lima", timezone="America/New_York")
        await world.happens("lead.created", id="L-1", name="Dana", owner_email=ana, stage="mql")
        await world.until(START + timedelta(hours=3, minutes=5))
        world.expect("chat.postMessage")
        (message,) = world.direct(ana)
        before = await why(world, message)
        await world.press(ana, message)
        world.expect("chat.update")
        after = await why(world, message)
    assert before.rule == (
        "One clock for a first contact reached the step “at risk” for the owner, so one reminder tells it. "
        "Each step is told at most once, and only in working time."
    )
    assert (before.target, before.kind) == (ana, "nudge")
    assert told(before) == [
        ("Lead", "Dana (generic/L-1)"),
        ("Step", "“at risk” for the owner"),
        ("Step due", START + timedelta(hours=3)),
        ("Tier", "all"),
        ("Clock started", START),
        ("At risk from", START + timedelta(hours=3)),
        ("Promised until", START + timedelta(hours=4)),
        ("Clock", "running"),
        ("Owner", ana),
        ("Owner's zone", "America/New_York"),
    ]
    pressed = START + timedelta(hours=3, minutes=5)
    assert told(after)[-4:] == [
        ("Contacted", "told in Slack"),
        ("Contacted at", pressed),
        ("Answered in Slack", "Contacted, by Ana Lima"),
        ("Answered at", pressed),
    ]
    assert [event.type for event in before.events] == ["lead.created"]


async def test_a_notice_says_what_failed(database):
    """A notice: what could not be sent, and what helps; no record stands behind it."""
    async with World(database, Agreement(admins=("ops@seller.example",))) as world:
        ops = world.person("Ops Team")
        world.slack.workspace.change_channel(world.slack.channel("wins"), archived=True)
        deal = {"id": "D-1", "amount": "1", "currency": "EUR", "owner_email": ops}
        await world.happens("deal.won", **deal)
        world.expect("chat.postMessage")
        (message,) = world.direct(ops)
        reason = await why(world, message)
    assert (reason.kind, reason.events) == ("notice", ())
    assert told(reason) == [
        ("What failed", "Slack does not take messages for #wins (is_archived)."),
        (
            "What helps",
            "Unarchive the channel or name another in the agreement, then run `winbell outbox retry`.",
        ),
    ]


async def test_what_is_not_in_the_outbox_has_no_reason(database):
    """An answer to a command, and what a person writes, is not a message of the outbox."""
    async with World(database) as world:
        ana = world.person("Ana Lima")
        said = world.slack.say(world.accounts[ana], "wins", "hello")
        assert await why(world, said) is None


LEADS = Agreement(
    calendar=ALWAYS, reminders=Reminders(bundle=timedelta(0), on_assignment=True), digest_channel="#growth"
)


async def test_a_reminder_of_many_kinds_names_each(database):
    """What an assignment, a manager's step and an intent say of themselves, and who is told in the owner's place."""
    async with World(database, LEADS) as world:
        ana, boss = world.person("Ana Lima"), world.person("Boss Chen")
        away = {"away_from": "2026-11-01", "away_until": "2026-12-01", "delegate_email": None}
        await world.happens("person.updated", email=ana, **away, manager_email=boss)
        await world.happens(
            "lead.created", id="L-1", name="Dana", email="d@prospect.example", owner_email=ana, stage="mql"
        )
        await world.until(START + timedelta(minutes=1))
        world.expect("chat.postMessage")
        assigned = await why(world, world.direct(boss)[-1])
        touch = {"email": "d@prospect.example", "kind": "demo_request", "at": "2026-11-16T10:00:00Z"}
        await world.until(START + timedelta(hours=2))
        await world.happens("touch.recorded", **touch)
        world.expect("chat.postMessage")
        intent = await why(world, world.direct(boss)[-1])
        await world.until(START + timedelta(hours=6, minutes=1))
        world.expect("chat.postMessage", "chat.postMessage", "chat.postMessage")
        manager = await why(world, world.direct(boss)[-1])
    begins = [reason.rule.partition(", so one reminder")[0] for reason in (assigned, intent, manager)]
    assert begins == [
        "One lead is new to its owner",
        "One lead showed interest",
        "One clock for a first contact reached the step “breach+50%” for the manager",
    ]
    steps = [dict(told(reason))["Step"] for reason in (assigned, intent, manager)]
    assert steps == ["a new lead", "they asked for a demo", "“breach+50%” for the manager"]
    instead = [dict(told(reason)).get("Told instead") for reason in (assigned, intent, manager)]
    assert instead == [f"{boss}, who stands in for the owner", f"{boss}, who stands in for the owner", None]
    assert [event.type for event in intent.events] == ["touch.recorded", "lead.created"]


async def a_new_lead(world):
    """Ana has a new lead of nobody knows where."""
    world.slack.add_channel("growth")
    ana, ben = world.person("Ana Lima"), world.person("Ben Moss")
    await world.happens("person.updated", email=ana, name="Ana Lima")
    await world.happens("lead.created", id="L-1", name="Dana", owner_email=ana, stage="mql")
    world.expect("chat.postMessage")
    return ana, ben


async def test_a_question_names_who_asked_whom(database):
    """A hand-over: by whom, to whom, why, what came of it; the reminder tells it, too."""
    async with World(database, LEADS) as world:
        ana, ben = await a_new_lead(world)
        await forms.choose(world, ana, world.direct(ana)[-1], "Hand over")
        await forms.opened(world, ana, "Hand over")
        await forms.send(world, ana, person=world.accounts[ben], reason="You know them.")
        await world.settle()
        world.expect("chat.update", "chat.postMessage")
        (question,) = world.direct(ben)
        asked = await why(world, question)
        accept = next(button for button in buttons(question) if button["action_id"] == "accept")
        where = {"value": accept["value"], "block_id": accept["block_id"]}
        await world.slack.press(question.channel, question.ts, "accept", world.accounts[ben], **where)
        await world.settle()
        world.expect("chat.update", "chat.update")
        accepted = await why(world, question)
        reminder = await why(world, world.direct(ana)[-1])
    assert asked.kind == "handover"
    assert told(asked) == [
        ("Lead", "Dana (generic/L-1)"),
        ("Asked by", "Ana Lima"),
        ("Asked", ben),
        ("Asked at", START),
        ("Because", "You know them."),
        ("Owner then", "Ana Lima"),
        ("Answer", "not answered yet"),
    ]
    assert told(accepted)[-2:] == [("Answer", "accepted"), ("Answered at", world.clock.now())]
    assert ("Answered in Slack", f"Hand over to {ben}, by Ana Lima (accepted)") in told(reminder)
    assert [event.type for event in asked.events] == ["lead.created"]


async def test_marketing_is_told_why_and_not_by_whom(database):
    """Not a fit: the day, the leads and the reasons; nobody's name. The brief names what it looked at."""
    async with World(database, LEADS) as world:
        ana, _ = await a_new_lead(world)
        await world.until(START + timedelta(minutes=5))
        await forms.choose(world, ana, world.direct(ana)[-1], "Not a fit")
        await forms.opened(world, ana, "Not a fit")
        await forms.send(world, ana, reason="student", words="writes a thesis")
        await world.settle()
        world.unexpected()
        (message,) = world.slack.messages("#growth")
        feedback = await why(world, message)
        assert await briefs.brief(world.bot.office)
        await world.settle()
        world.expect("chat.postMessage")
        brief = await why(world, world.slack.messages("#growth")[-1])
    assert (feedback.kind, brief.kind) == ("feedback", "brief")
    assert told(feedback) == [("Day", "2026-11-16"), ("Lead", "Dana (generic/L-1)"), ("Reason", "student")]
    assert "Ana" not in repr(feedback)
    assert told(brief)[2:] == [("Lead", "Dana (generic/L-1)")]
    assert dict(told(brief))["Looked at until"] == START + timedelta(minutes=5)


async def test_a_changed_agreement_says_since_when(database):
    """The announcement of a change: which agreement, since when, and since when there was another."""
    async with World(database) as world:
        office = world.bot.office
        for hours in (4, 2):
            body = f'[[tier]]\nname = "all"\nfirst_contact_hours = {hours}\n'
            parsed = parse(body, path="agreement.toml", horizon=(2026, 2027))
            await agreements.put_in_force(office, parsed.agreement, body)
            world.clock.advance(timedelta(days=1))
        await world.settle()
        world.expect("chat.postMessage")
        (message,) = world.slack.messages("#sales-ops")
        reason = await why(world, message)
    assert (reason.kind, reason.events) == ("agreement", ())
    assert told(reason) == [
        ("Agreement", "Our agreement"),
        ("In force since", START + timedelta(days=1)),
        ("Before it, since", START),
    ]


@pytest.mark.parametrize(
    ("steps", "rule"),
    [
        (("attempt-3",), "The next contact of one follow-up is due"),
        (("snoozed-4#1", "snoozed-9#2"), "2 snoozes have ended"),
        (("callback-4#2",), "One lead wished to be called then"),
        (("declined-4#1",), "One hand-over was declined"),
        (("intent:demo_request:7#snoozed-4",), "One lead showed interest"),
        (
            ("breach+100%:channel", "breach:boss@seller.example"),
            "2 clocks for a first contact reached the step “breach+100%” for the channel and “breach” for boss@seller.example",
        ),
        (
            ("at_risk:owner", "assigned:ana@seller.example"),
            "One clock for a first contact reached the step “at risk” for the owner; one lead is new to its owner",
        ),
    ],
)
def test_the_rule_of_a_reminder_is_one_sentence(steps, rule):
    """Each kind of step has words of its own; equal ones are counted together."""
    told_once = "Each step is told at most once, and only in working time."
    assert rule_of(steps) == f"{rule}, so one reminder tells it. {told_once}"


def test_a_reminder_that_is_empty_says_so():
    """What was in it was answered or handed on."""
    assert rule_of(()) == "Every lead in this reminder was answered or handed on since."
