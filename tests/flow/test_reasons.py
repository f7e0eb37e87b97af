"""Why a message is there: what a person is told about a card, a reminder and a notice."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.domain.agreement import Agreement, Reminders
from bot.domain.worktime import Calendar
from bot.flow.reasons import EVENTS_SHOWN, reason_of
from tests.support.world import START, World

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
