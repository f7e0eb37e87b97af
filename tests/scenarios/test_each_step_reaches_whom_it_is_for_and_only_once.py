"""At risk, breach and beyond: the owner, the manager, somebody by name and the channel are each told once, if at all."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.agreement import Agreement, Reminders, Step, Tier
from tests.support.leads import at, called, comes, the_clock
from tests.support.people import hands_over, in_channel, is_away, latest, presses, snoozes, told
from tests.support.world import World, buttons, labels

STEPS = (
    Step("at_risk", "owner"),
    Step("breach", "owner"),
    Step("breach+50%", "manager"),
    Step("breach+100%", "head@seller.example"),
    Step("breach+150%", "channel", offer="hand over"),
)
TWO_HOURS = Agreement(
    tiers=(Tier(first_contact=timedelta(hours=2)),), reminders=Reminders(steps=STEPS, bundle=timedelta(0))
)
"""For a lead of 09:00: at risk 10:30, due 11:00, and then at 12:00, 13:00 and 14:00."""


async def team(world):
    """Maya, her manager Mona, and the head of sales."""
    maya, mona, head = (world.person(name) for name in ("Maya Okafor", "Mona Boss", "Head Ofsales"))
    await world.happens("person.updated", email=maya, name="Maya Okafor", manager_email=mona)
    return maya, mona, head


async def test_each_step_once(sqlite):
    """Five steps, five messages, each at its instant to whom it is for; then silence for ever, also after a restart."""
    async with World(sqlite, TWO_HOURS) as world:
        maya, mona, head = await team(world)
        await comes(world, maya)
        seen = []
        for hour, minute in ((10, 30), (11, 0), (12, 0), (13, 0), (14, 0)):
            await world.until(at(hour, minute) - timedelta(seconds=1))
            world.quiet()
            await world.restart()
            await world.until(at(hour, minute, 30))
            world.expect("chat.postMessage")
            seen.append([len(world.direct(p)) for p in (maya, mona, head)] + [len(in_channel(world))])
        assert seen == [[1, 0, 0, 0], [2, 0, 0, 0], [2, 1, 0, 0], [2, 1, 1, 0], [2, 1, 1, 1]]
        assert f"owner <@{world.accounts[maya]}>" in latest(world, mona).text
        await world.restart()
        await world.until(at(9, day=30))
        world.quiet()


async def test_the_hand_over_is_offered_where_it_was_agreed(sqlite):
    """Beside `Contacted` the last step has a button of its own to hand the lead over; the others have none."""
    async with World(sqlite, TWO_HOURS) as world:
        maya, mona, _ = await team(world)
        await comes(world, maya)
        await world.until(at(14, 1))
        (offered,) = world.slack.messages("#sales-ops")
        assert labels(offered) == ["Contacted", "Hand over"]
        assert labels(latest(world, maya)) == labels(latest(world, mona)) == ["Contacted"]
        world.expect(*["chat.postMessage"] * 5)


async def test_an_answer_ends_every_step(sqlite):
    """The manager's call, told by the CRM, settles what the owner has on the screen; nobody further is told."""
    async with World(sqlite, TWO_HOURS) as world:
        maya, mona, _ = await team(world)
        await comes(world, maya)
        await world.until(at(12, 1))
        world.expect(*["chat.postMessage"] * 3)
        await world.press(mona, latest(world, mona))
        world.expect(*["chat.update"] * 3)
        assert {message.text for p in (maya, mona) for message in world.direct(p)} == {
            "All settled, thank you.\nDana Reyes: Contacted."
        }
        await world.until(at(12, 20))
        world.expect(*["chat.update"] * 3)  # the button to take it back is gone
        await world.until(at(9, day=23))
        world.quiet()


@pytest.mark.parametrize("how", ["to another", "from nobody"])
async def test_a_late_lead_that_the_crm_gives_to_somebody(sqlite, how):
    """After the last step to the owner nothing would reach Jon: he is told once, then the other steps go on as agreed."""
    rule = Reminders(steps=STEPS[:3], bundle=timedelta(0))
    async with World(sqlite, replace(TWO_HOURS, reminders=rule)) as world:
        maya, mona, _ = await team(world)
        jon = world.person("Jon Park")
        await world.happens("person.updated", email=jon, manager_email=mona)
        await comes(world, maya if how == "to another" else None)
        await world.until(at(11, 30))
        assert told(world) == (2, 0)
        await world.happens("lead.updated", id="Dana", owner_email=jon)
        assert (told(world)[0], len(world.direct(jon))) == (1, 1)
        assert "Dana Reyes" in latest(world, jon).text
        assert labels(latest(world, jon)) == ["Contacted"]
        await world.happens("lead.updated", id="Dana", score=10, owner_email=jon)
        await world.until(at(12, 1))
        assert (told(world), len(world.direct(mona))) == ((1, 0), 1)
        await world.until(at(9, day=30))
        world.quiet()


async def test_a_lead_given_away_before_a_step_to_its_owner(sqlite):
    """Jon hears of it by the next step; one who took it over by the question has it on the screen already."""
    async with World(sqlite, TWO_HOURS) as world:
        maya, _, _ = await team(world)
        jon, ann = world.person("Jon Park"), world.person("Ann Lee")
        await comes(world, maya)
        await world.until(at(10, 40))
        assert told(world) == (1, 0)
        await world.happens("lead.updated", id="Dana", owner_email=jon)
        assert told(world)[0] == 0
        await world.until(at(11, 1))
        assert (told(world)[0], len(world.direct(jon))) == (1, 1)
        await hands_over(world, jon, latest(world, jon), ann)
        await presses(world, ann, latest(world, ann), "accept")
        await world.until(at(11, 59))
        assert (told(world)[0], len(world.direct(ann))) == (1, 1)


async def test_a_manager_who_is_away(sqlite):
    """The step to the manager goes to the manager's delegate."""
    async with World(sqlite, TWO_HOURS) as world:
        maya, mona, _ = await team(world)
        ben = world.person("Ben Ito")
        await is_away(world, mona, "2026-11-18", ben)
        await comes(world, maya)
        await world.until(at(12, 1))
        world.expect(*["chat.postMessage"] * 3)
        assert [len(world.direct(p)) for p in (maya, mona, ben)] == [2, 0, 1]


async def test_no_manager_known(sqlite):
    """Where nobody knows a manager, or the one named is not in Slack, the channel is told instead."""
    async with World(sqlite, TWO_HOURS) as world:
        maya, ben = world.person("Maya Okafor"), world.person("Ben Ito")
        world.person("Head Ofsales")
        await world.happens("person.updated", email=ben, manager_email="nobody@seller.example")
        await comes(world, maya)
        await comes(world, ben, "Lee Chan")
        await world.until(at(12, 1))
        words = " ".join(in_channel(world))
        assert (words.count("Dana Reyes"), words.count("Lee Chan")) == (1, 1)
        assert [len(world.direct(p)) for p in (maya, ben)] == [2, 2]
        assert told(world) == (5, 0)  # the channel has one message of both


DOWN = {
    "over two steps": (at(11, 30), {"maya": 1}),
    "over three, the latest is the manager's": (at(12, 30), {"mona": 1}),
    "over all": (at(15), {"channel": 1}),
    "until the next day": (at(10, day=17), {"channel": 1}),
}


@pytest.mark.parametrize("case", DOWN)
async def test_after_downtime_only_the_latest_step_that_stands(sqlite, case):
    """Nobody swept for hours: of the steps missed meanwhile only the latest is told."""
    back, expected = DOWN[case]
    async with World(sqlite, TWO_HOURS) as world:
        maya, mona, head = await team(world)
        await comes(world, maya)
        world.clock.move_to(back)
        await world.settle()
        world.expect("chat.postMessage")
        received = {
            "maya": len(world.direct(maya)),
            "mona": len(world.direct(mona)),
            "head": len(world.direct(head)),
            "channel": len(in_channel(world)),
        }
        assert {who: count for who, count in received.items() if count} == expected


async def test_after_downtime_nothing_of_what_was_settled(sqlite):
    """The CRM told a call while the bot was down: none of the missed steps stands any more."""
    async with World(sqlite, TWO_HOURS) as world:
        maya, _, _ = await team(world)
        await comes(world, maya)
        world.clock.move_to(at(13, 30))
        await called(world, "Dana", at(10))
        await world.until(at(9, day=23))
        world.quiet()
        assert (await the_clock(world)).state == "met"


async def test_steps_of_the_same_instant_are_all_told(sqlite):
    """At the breach the owner and the manager are both told, also after downtime."""
    rule = Reminders(steps=(Step("at_risk", "owner"), Step("breach", "owner"), Step("breach", "manager")))
    async with World(sqlite, replace(TWO_HOURS, reminders=rule)) as world:
        maya, mona, _ = await team(world)
        await comes(world, maya)
        world.clock.move_to(at(11, 30))
        await world.settle()
        world.expect("chat.postMessage", "chat.postMessage")
        assert [len(world.direct(p)) for p in (maya, mona)] == [1, 1]


async def test_a_step_that_waits_for_the_managers_morning_survives_a_snooze(sqlite):
    """The owner snoozes while the manager in New York sleeps: the manager is told when the snooze is over, once."""
    async with World(sqlite, TWO_HOURS) as world:
        maya, _, _ = await team(world)
        nina = world.person("Nina Boss", "America/New_York")
        await world.happens("person.updated", email=maya, manager_email=nina)
        await comes(world, maya)
        await world.until(at(12, 10))  # New York opens at 14:00
        world.expect("chat.postMessage", "chat.postMessage")
        await snoozes(world, maya, latest(world, maya), at(12, 40))
        world.expect("chat.update", "chat.update")
        await world.until(at(12, 50))
        assert told(world) == (1, 4)  # the snooze cannot be taken back any more; then it is over
        await world.until(at(14, 10))
        assert told(world)[0] == 3  # to Nina, to the head of sales, to the channel
        assert len(world.direct(nina)) == 1
        assert "Dana Reyes" in latest(world, nina).text


async def test_a_lead_handed_over_by_its_button(sqlite):
    """The channel's button opens the form; whoever accepts owns the lead, and the message says so."""
    async with World(sqlite, TWO_HOURS) as world:
        maya, mona, _ = await team(world)
        jon = world.person("Jon Park")
        await comes(world, maya)
        await world.until(at(14, 1))
        world.unexpected()
        await hands_over(world, mona, latest(world, mona), jon)
        assert told(world) == (1, 5)
        assert buttons(latest(world, jon)) != []
        await presses(world, jon, latest(world, jon), "accept")
        assert (await the_clock(world)).owner_email == jon
        assert "now with" in latest(world, maya).text
        assert told(world) == (0, 6)
