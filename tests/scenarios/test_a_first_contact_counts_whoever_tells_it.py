"""The CRM tells a contact early or late, people press once, twice, in another's place: the clock is stopped once, rightly."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.domain.agreement import Agreement, ContactRule
from tests.support.leads import AT_RISK, DUE, at, called, comes, said, the_clock
from tests.support.world import TO_OWNERS, World, asked_for, buttons, labels

SEEN = "Dana Reyes: Contacted, seen in the CRM."
SAID = "Dana Reyes: Contacted."


def private(world, email):
    """What somebody alone was told last."""
    return [one.text for one in world.slack.ephemerals(world.accounts[email])]


async def reminded(world, *, until=AT_RISK):
    """Maya owns Dana and has had her reminder."""
    maya = world.person("Maya Okafor")
    await comes(world, maya)
    await world.until(until + timedelta(seconds=30))
    world.expect(*["chat.postMessage"] * (1 if until == AT_RISK else 2))
    return maya


async def test_a_contact_before_the_first_reminder(sqlite):
    """Told in time, it stops the clock and nobody is reminded, ever."""
    async with World(sqlite) as world:
        maya = world.person("Maya Okafor")
        await comes(world, maya)
        await world.until(at(10))
        await called(world, "Dana", at(9, 30))
        await world.until(at(9, day=23))
        world.quiet()
        clock = await the_clock(world)
        assert (clock.state, clock.stopped_at, clock.stopped_how, clock.minutes) == (
            "met",
            at(9, 30),
            "seen",
            30,
        )


async def test_a_contact_told_late(sqlite):
    """A call of 12:30 that the CRM tells at 14:00 met the target: both reminders say so, and no step follows."""
    async with World(sqlite) as world:
        maya = await reminded(world, until=DUE)
        await world.until(at(14))
        await called(world, "Dana", at(12, 30))
        world.expect("chat.update", "chat.update")
        assert said(world, maya) == [f"All settled, thank you.\n{SEEN}"] * 2
        assert all(buttons(message) == [] for message in world.direct(maya))
        clock = await the_clock(world)
        assert (clock.state, clock.stopped_at, clock.minutes) == ("met", at(12, 30), 210)
        await world.until(at(9, day=30))
        world.quiet()


async def test_a_contact_after_the_due_instant(sqlite):
    """A call at 15:00 stops the clock, which stays breached."""
    async with World(sqlite) as world:
        await reminded(world, until=DUE)
        await world.until(at(15))
        await called(world, "Dana", at(15))
        world.expect("chat.update", "chat.update")
        clock = await the_clock(world)
        assert (clock.state, clock.minutes) == ("breached", 360)


async def test_a_contact_before_the_lead_was_created(sqlite):
    """Somebody called before the form was filled in: nothing is owed any more."""
    async with World(sqlite) as world:
        maya = world.person("Maya Okafor")
        await comes(world, maya)
        await called(world, "Dana", at(8, 30))
        await world.until(at(9, day=23))
        world.quiet()
        assert ((await the_clock(world)).state, (await the_clock(world)).minutes) == ("met", 0)


@pytest.mark.parametrize(
    "what", [{"direction": "inbound"}, {"outcome": "automatic"}, {"kind": "email", "outcome": "automatic"}]
)
async def test_what_is_no_contact(sqlite, what):
    """Their call, and an automatic mail, stop nothing: the reminder comes."""
    async with World(sqlite) as world:
        maya = world.person("Maya Okafor")
        await comes(world, maya)
        await called(world, "Dana", at(9, 30), **what)
        await world.until(AT_RISK + timedelta(seconds=30))
        world.expect("chat.postMessage")
        assert len(world.direct(maya)) == 1


async def test_an_attempt_without_an_answer_counts(sqlite):
    """What was agreed is the attempt: a call that nobody answered stops the clock."""
    async with World(sqlite) as world:
        await comes(world, world.person("Maya Okafor"))
        await called(world, "Dana", at(9, 30), outcome="no_answer")
        assert (await the_clock(world)).state == "met"


@pytest.mark.parametrize("socket", [False, True], ids=["http", "socket"])
async def test_a_press_settles_at_once(sqlite, socket):
    """The message shows the answer, and `Undo` for ten minutes; the presser is told nothing more, no step follows."""
    async with World(sqlite, socket=socket) as world:
        maya = await reminded(world)
        result = await world.press(maya, world.direct(maya)[0])
        world.expect("chat.update")
        assert result.acknowledged
        assert said(world, maya) == [f"All settled, thank you.\n{SAID}"]
        assert (labels(world.direct(maya)[0]), private(world, maya)) == (["Undo"], [])
        clock = await the_clock(world)
        assert (clock.state, clock.stopped_how, clock.next_at) == ("met", "said", None)
        await world.until(AT_RISK + timedelta(minutes=10))
        world.quiet()
        await world.until(at(9, day=23))
        world.expect("chat.update")
        assert buttons(world.direct(maya)[0]) == []


@pytest.mark.parametrize("socket", [False, True], ids=["http", "socket"])
async def test_slack_repeats_a_press_to_the_next_process(sqlite, socket):
    """The same delivery comes again after a restart: it is answered kindly, and the first instant stands."""
    async with World(sqlite, socket=socket) as world:
        maya = await reminded(world)
        await world.press(maya, world.direct(maya)[0])
        world.expect("chat.update")
        before = await the_clock(world)
        await world.until(at(12, 10))
        await world.restart()
        repeated = await world.slack.repeat_last()
        await world.slack.wait_for(lambda: private(world, maya))
        assert repeated.acknowledged
        world.expect("response_url")
        assert await the_clock(world) == before


async def test_a_second_press_changes_nothing(sqlite):
    """The button pressed again, from an old screen, and Slack's own repetition: a kind word, and no change."""
    async with World(sqlite) as world:
        maya = await reminded(world)
        first = world.direct(maya)[0]
        await world.press(maya, first)
        world.expect("chat.update")
        before = await the_clock(world)
        await world.until(at(12, 30))
        world.expect("chat.update")  # the ten minutes of `Undo` are over
        await world.press(maya, first, stale=True)
        world.expect("response_url")
        assert private(world, maya) == ["This is settled already. Nothing more to do."]
        await world.slack.repeat_last()
        await world.settle()
        world.expect("response_url")
        assert await the_clock(world) == before


async def test_a_press_after_the_crm_told_the_contact(sqlite):
    """On an old screen the button is still there: the press is told that all is settled, the CRM's word stands."""
    async with World(sqlite) as world:
        maya = await reminded(world)
        old = world.direct(maya)[0]
        await called(world, "Dana", at(12))
        world.expect("chat.update")
        await world.press(maya, old, stale=True)
        world.expect("response_url")
        assert private(world, maya) == ["This is settled already. Nothing more to do."]
        assert (await the_clock(world)).stopped_how == "seen"


async def test_a_press_and_then_the_crm(sqlite):
    """The CRM tells the call later: the message says that it was seen, and the earlier of the two instants counts."""
    async with World(sqlite) as world:
        maya = await reminded(world)
        await world.press(maya, world.direct(maya)[0])
        world.expect("chat.update")
        await world.until(at(12, 30))
        world.expect("chat.update")  # the ten minutes of `Undo` are over
        await called(world, "Dana", at(11, 45))
        world.expect("chat.update")
        assert said(world, maya) == [f"All settled, thank you.\n{SEEN}"]
        clock = await the_clock(world)
        assert (clock.stopped_at, clock.stopped_how) == (at(11, 45), "seen")


async def in_the_channel(world):
    """Dana's reminder stands in the channel, since nobody owned her; by now she is Maya's."""
    maya = world.person("Maya Okafor")
    await comes(world, None)
    await world.until(AT_RISK + timedelta(seconds=30))
    await world.happens("lead.updated", id="Dana", owner_email=maya)
    await world.until(DUE + timedelta(seconds=30))
    world.expect("chat.postMessage", "chat.update", "chat.postMessage")
    (shown,) = world.slack.messages("#sales-ops")
    assert f"owner <@{world.accounts[maya]}>" in shown.text
    return maya, shown


async def test_a_colleague_presses(sqlite):
    """A press in another's place is turned down in private, and nothing changes."""
    async with World(sqlite) as world:
        maya, shown = await in_the_channel(world)
        ben = world.person("Ben Ito")
        await world.press(ben, shown)
        world.expect("response_url")
        assert private(world, ben) == [
            "This lead is with somebody else, so the answer is theirs to give. Nothing was changed."
        ]
        assert asked_for(world.direct(maya)[0]) == ["Dana Reyes"]
        assert (await the_clock(world)).stopped_at is None


@pytest.mark.parametrize("who", ["owner", "manager", "admin"])
async def test_who_may_press(sqlite, who):
    """The owner, the owner's manager and the agreement's admins answer from the channel; every message settles."""
    async with World(sqlite, Agreement(admins=("admin@seller.example",), reminders=TO_OWNERS)) as world:
        maya, shown = await in_the_channel(world)
        presser = maya if who == "owner" else world.person(f"{who.capitalize()} Person")
        if who == "manager":
            await world.happens("person.updated", email=maya, manager_email=presser)
            await world.happens("person.updated", email=presser, name="Mona Boss")
        await world.press(presser, shown)
        world.expect("chat.update", "chat.update")
        settled = [f"All settled, thank you.\n{SAID}"]
        assert (
            said(world, maya) == [message.text for message in world.slack.messages("#sales-ops")] == settled
        )


async def test_anybody_presses_where_nobody_owns(sqlite):
    """In the channel, a lead without an owner may be answered by whoever called."""
    async with World(sqlite) as world:
        ben = world.person("Ben Ito")
        await comes(world, None)
        await world.until(AT_RISK + timedelta(seconds=30))
        world.expect("chat.postMessage")
        await world.press(ben, world.slack.messages("#sales-ops")[0])
        world.expect("chat.update")
        assert world.slack.messages("#sales-ops")[0].text == f"All settled, thank you.\n{SAID}"


async def test_a_press_where_only_the_crm_counts(sqlite):
    """The agreement does not take the owner's word: the press ends the reminding, and the clock waits for the CRM."""
    agreement = Agreement(contact=ContactRule(owner_word_counts=False), reminders=TO_OWNERS)
    async with World(sqlite, agreement) as world:
        maya = await reminded(world)
        await world.press(maya, world.direct(maya)[0])
        world.expect("chat.update")
        assert said(world, maya) == [f"All settled, thank you.\n{SAID}"]
        await world.until(at(9, day=17))
        world.expect("chat.update")  # the ten minutes of `Undo` are over
        clock = await the_clock(world)
        assert (clock.stopped_at, clock.next_at) == (None, None)


async def test_the_owner_changes_before_the_reminder(sqlite):
    """The lead changes hands while the reminder waits for the morning: only the new owner is told."""
    async with World(sqlite) as world:
        maya, ben = world.person("Maya Okafor", "America/New_York"), world.person("Ben Ito")
        await comes(world, maya)
        await world.until(at(13, 30))  # at risk at 12:00, while New York still sleeps
        world.quiet()
        await world.happens("lead.updated", id="Dana", owner_email=ben)
        await world.until(at(9, day=17))
        assert (len(world.direct(maya)), len(world.direct(ben))) == (0, 1)
        world.expect("chat.postMessage")


async def test_the_owner_changes_after_the_reminder(sqlite):
    """The old reminder asks nothing more, the next step goes to the new owner; a press from an old screen is in vain."""
    async with World(sqlite) as world:
        maya, ben = await reminded(world), world.person("Ben Ito")
        old, passed_on = (
            world.direct(maya)[0],
            ["All settled, thank you.\nDana Reyes: now with ben@seller.example."],
        )
        await world.happens("lead.updated", id="Dana", owner_email=ben)
        world.expect("chat.update")
        assert said(world, maya) == passed_on
        await world.until(DUE + timedelta(seconds=30))
        assert (len(world.direct(maya)), len(world.direct(ben))) == (1, 1)
        world.expect("chat.postMessage")
        await world.press(maya, old, stale=True)
        world.expect("response_url")
        await world.press(ben, world.direct(ben)[0])
        world.expect("chat.update")
        assert (said(world, maya), said(world, ben)) == (passed_on, [f"All settled, thank you.\n{SAID}"])


@pytest.mark.parametrize("stage", ["customer", "disqualified"])
async def test_a_lead_that_needs_no_contact_any_more(sqlite, stage):
    """Become a customer, or disqualified: the open reminder says so and no step follows."""
    async with World(sqlite) as world:
        maya = await reminded(world)
        await world.happens("lead.updated", id="Dana", stage=stage)
        world.expect("chat.update")
        assert said(world, maya) == ["All settled, thank you.\nDana Reyes: no contact needed any more."]
        await world.until(at(9, day=23))
        world.quiet()
