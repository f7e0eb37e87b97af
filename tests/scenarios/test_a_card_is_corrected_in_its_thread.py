"""What changes much about a win is told in the thread of its card, once; where Slack takes no edits, so is the rest."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from bot.domain.agreement import Agreement, Rate, Route, Wins
from tests.support.wins import outbox_of, pass_time, states, won
from tests.support.world import TO_OWNERS, World


def thread(world: World, channel: str = "#wins") -> list[str]:
    """What the replies in a channel say, oldest first."""
    return [m.text for m in world.slack.messages(channel) if m.thread_ts not in {None, m.ts}]


async def told(world: World, **more):
    """A win was told a while ago."""
    await won(world, **more)
    await pass_time(world, timedelta(minutes=5))
    world.expect("chat.postMessage")


@pytest.mark.parametrize(
    ("change", "reply"),
    [
        ({"amount": "110", "currency": "USD"}, None),
        ({"amount": "90", "currency": "USD"}, None),
        ({"amount": "110.01", "currency": "USD"}, "The amount is now $110.01; it was $100.00."),
        ({"amount": "89.99", "currency": "USD"}, "The amount is now $89.99; it was $100.00."),
        ({"amount": "90", "currency": "EUR"}, None),
        ({"amount": "100", "currency": "EUR"}, "The amount is now €100.00; it was $100.00."),
        ({"amount": "100", "currency": "CHF"}, "The amount is now CHF\xa0100.00; it was $100.00."),
    ],
)
async def test_an_amount_that_moves(sqlite, change, reply):
    """Over a tenth, by the rates of the day of the win, is a reply; less is on the card alone."""
    agreement = Agreement(reminders=TO_OWNERS, rates=(Rate("EUR", Decimal("1.2")),))
    async with World(sqlite, agreement) as world:
        await told(world)
        await world.happens("deal.updated", id="D-1", **change)
        world.expect("chat.update", *["chat.postMessage"] * (reply is not None))
        assert thread(world) == ([f"Corrected: Deal D-1. {reply}"] if reply else [])


async def test_an_owner_who_changes(database):
    """The new and the former owner are told in the thread, and the card credits the new one."""
    async with World(database) as world:
        maya, ben = world.person("Maya Okafor"), world.person("Ben Ito")
        await told(world, owner_email=maya)
        await world.happens("deal.updated", id="D-1", owner_email=ben)
        world.expect("chat.update", "chat.postMessage")
        new, former = (f"<@{world.accounts[one]}>" for one in (ben, maya))
        assert thread(world) == [f"Corrected: Deal D-1. The owner is now {new}; it was {former}."]
        assert f"Sales: {new}." in world.wins()[0].text


async def test_what_was_not_known_is_filled_in_without_a_word(sqlite):
    """An owner or an amount that was missing is put onto the card; nothing was wrong, so nobody is told."""
    async with World(sqlite) as world:
        ben = world.person("Ben Ito")
        await world.happens("deal.won", id="D-1", name="Fleet")
        world.expect("chat.postMessage")
        await world.happens("deal.updated", id="D-1", owner_email=ben, amount="900", currency="USD")
        world.expect("chat.update")
        assert thread(world) == []


async def test_each_change_is_told_once(database):
    """Repeated events and a new process change nothing; there and back again is two changes."""
    async with World(database) as world:
        await told(world)
        await world.happens("deal.updated", id="D-1", amount="200", currency="USD")
        world.expect("chat.update", "chat.postMessage")
        await world.happens("deal.updated", id="D-1", amount="200", currency="USD")
        await world.restart()
        await world.happens("deal.updated", id="D-1", amount="200.00", currency="usd")
        await pass_time(world, timedelta(days=1))
        world.quiet()
        await world.happens("deal.updated", id="D-1", amount="100", currency="USD")
        world.expect("chat.update", "chat.postMessage")
        await world.happens("deal.updated", id="D-1", amount="200", currency="USD")
        world.expect("chat.update", "chat.postMessage")
        assert thread(world) == [
            "Corrected: Deal D-1. The amount is now $200.00; it was $100.00.",
            "Corrected: Deal D-1. The amount is now $100.00; it was $200.00.",
            "Corrected: Deal D-1. The amount is now $200.00; it was $100.00.",
        ]


async def test_small_steps_add_up(sqlite):
    """Each step is small, together they are not: what was last told aloud is what counts."""
    async with World(sqlite) as world:
        await told(world)
        await world.happens("deal.updated", id="D-1", amount="108", currency="USD")
        world.expect("chat.update")
        await world.happens("deal.updated", id="D-1", amount="116", currency="USD")
        world.expect("chat.update", "chat.postMessage")
        assert thread(world) == ["Corrected: Deal D-1. The amount is now $116.00; it was $100.00."]


async def test_a_reply_that_waits_tells_the_latest(sqlite):
    """While posting rests the amount changes again: one reply, of what is true then; changed back, none."""
    async with World(sqlite) as world:
        await told(world)
        for amounts, reply in ((("200", "300"), 1), (("500", "300"), 0)):
            world.slack.fail_next("chat.postMessage", 429, retry_after=60)
            for amount in amounts:
                await world.happens("deal.updated", id="D-1", amount=amount, currency="USD")
            world.expect("chat.update", "chat.update")
            await pass_time(world, timedelta(minutes=2))
            world.expect(*["chat.postMessage"] * reply)
        assert thread(world) == ["Corrected: Deal D-1. The amount is now $300.00; it was $100.00."]


async def test_a_reply_of_unknown_fate_is_looked_up_in_its_thread(sqlite):
    """Slack took the reply without saying so: the thread is read, and nothing is posted twice."""
    async with World(sqlite) as world:
        await told(world)
        world.slack.fail_next("chat.postMessage", "drop_after")
        await world.happens("deal.updated", id="D-1", amount="200", currency="USD")
        await pass_time(world, timedelta(minutes=5))
        world.expect("chat.update", "chat.postMessage")
        assert len(world.slack.calls("conversations.replies")) == 1
        assert len(world.slack.calls("conversations.history")) == 0
        assert await states(world) == [("win", "sent"), ("reply", "sent")]


async def test_a_reply_waits_for_its_card(sqlite):
    """The fate of the card is unknown and the amount changes: the card is posted with the new one, and no reply."""
    async with World(sqlite) as world:
        world.slack.fail_next("chat.postMessage", 500)
        await won(world)
        await world.settle()
        await world.happens("deal.updated", id="D-1", amount="200", currency="USD")
        world.quiet()
        await pass_time(world, timedelta(minutes=5))
        world.expect("chat.postMessage")
        assert await states(world) == [("win", "sent"), ("reply", "cancelled")]


async def test_a_reply_whose_card_never_comes(sqlite):
    """The card is given up while its reply waits: the reply is not sent."""
    async with World(sqlite) as world:
        world.slack.fail_next("chat.postMessage", 500)
        await won(world)
        await world.settle()
        await world.happens("deal.updated", id="D-1", amount="200", currency="USD")
        world.slack.fail_next("chat.postMessage", "error:restricted_action")
        await pass_time(world, timedelta(minutes=5))
        world.expect("chat.postMessage")  # the notice
        assert await states(world) == [("win", "dead"), ("reply", "cancelled"), ("notice", "sent")]


async def test_a_card_that_somebody_deleted(sqlite):
    """There is no thread any more: the reply is dropped without a noise."""
    async with World(sqlite) as world:
        await told(world)
        world.slack.fail_next("chat.update", "error:edit_window_closed")
        world.slack.fail_next("chat.postMessage", "error:thread_not_found")
        await world.happens("deal.updated", id="D-1", amount="105", currency="USD")
        await pass_time(world, timedelta(hours=1))
        world.quiet()
        assert await states(world) == [("win", "sent"), ("win", "cancelled")]


@pytest.mark.parametrize("reason", ["edit_window_closed", "cant_update_message"])
async def test_a_card_that_cannot_be_edited(sqlite, reason):
    """The correction goes into the thread once, whole; what changes later is edited there."""
    async with World(sqlite) as world:
        await told(world)
        world.slack.fail_next("chat.update", f"error:{reason}")
        await world.happens("deal.reopened", id="D-1", stage="engaging")
        world.expect("chat.postMessage")
        assert thread(world)[0].startswith("reopened: Deal D-1, $100.00. ")
        await world.restart()
        await pass_time(world, timedelta(days=1))
        world.quiet()
        await world.happens("deal.updated", id="D-1", name="Fleet")
        world.expect("chat.update")
        assert len(thread(world)) == 1
        assert {state for _, state in await states(world)} == {"sent"}


async def test_a_large_change_of_a_card_that_cannot_be_edited(sqlite):
    """Its reply says all there is to say: there is no second one."""
    async with World(sqlite) as world:
        await told(world)
        world.slack.fail_next("chat.update", "error:edit_window_closed")
        await world.happens("deal.updated", id="D-1", amount="200", currency="USD")
        await pass_time(world, timedelta(hours=1))
        world.expect("chat.postMessage")
        assert thread(world) == ["Corrected: Deal D-1. The amount is now $200.00; it was $100.00."]
        await world.happens("deal.lost", id="D-1")
        world.expect("chat.postMessage")
        assert thread(world)[1].startswith("lost: Deal D-1, $200.00. ")


async def test_a_thread_in_every_channel(sqlite):
    """A win that is told in two channels is corrected in both."""
    routes = Agreement(reminders=TO_OWNERS, wins=Wins(routes=(Route("#big"),)))
    async with World(sqlite, routes) as world:
        world.slack.add_channel("big")
        await won(world)
        await pass_time(world, timedelta(minutes=5))
        world.expect("chat.postMessage", "chat.postMessage")
        await world.happens("deal.updated", id="D-1", amount="200", currency="USD")
        world.expect("chat.update", "chat.update", "chat.postMessage", "chat.postMessage")
        assert thread(world) == thread(world, "#big")
        keys = sorted(message.key for message in await outbox_of(world) if message.kind == "reply")
        assert keys == ["win:generic/D-1:1:#big:reply:1", "win:generic/D-1:1:reply:1"]


async def test_a_card_that_is_not_there_any_more(sqlite):
    """Somebody deleted the card: nothing is said in its place, nor below it, and no channel is called broken."""
    agreement = Agreement(reminders=TO_OWNERS, admins=("ops@seller.example",))
    async with World(sqlite, agreement) as world:
        world.person("Ops Lee")
        await told(world)
        (card,) = world.wins()
        world.slack.workspace.delete(card.channel, card.ts)
        await world.happens("deal.updated", id="D-1", amount="200", currency="USD")
        await pass_time(world, timedelta(hours=1))
        world.quiet()
        tried = len(world.slack.calls("chat.update"))
        await world.happens("deal.lost", id="D-1")
        await pass_time(world, timedelta(hours=1))
        world.quiet()
        assert len(world.slack.calls("chat.update")) == tried
        assert await states(world) == [("win", "sent"), ("reply", "cancelled")]
        assert world.wins() == []


async def test_a_card_whose_thread_is_not_there_any_more(sqlite):
    """A card that takes no edits turns out to be deleted: no later change is tried in its thread again."""
    async with World(sqlite) as world:
        await told(world)
        world.slack.fail_next("chat.update", "error:cant_update_message")
        world.slack.fail_next("chat.postMessage", "error:thread_not_found")
        await world.happens("deal.updated", id="D-1", amount="105", currency="USD")
        posted = len(world.slack.calls("chat.postMessage"))
        await world.happens("deal.updated", id="D-1", amount="900", currency="USD")
        await world.happens("deal.lost", id="D-1")
        await pass_time(world, timedelta(hours=1))
        world.quiet()
        assert len(world.slack.calls("chat.postMessage")) == posted
        assert await states(world) == [("win", "sent"), ("win", "cancelled")]


async def test_an_edit_that_has_to_wait(sqlite):
    """Slack lets edits rest for a while: the thread is told all the same."""
    async with World(sqlite) as world:
        await told(world)
        world.slack.fail_next("chat.update", 429, retry_after=20)
        await world.happens("deal.updated", id="D-1", amount="200", currency="USD")
        world.expect("chat.postMessage")
        await pass_time(world, timedelta(minutes=2))
        world.expect("chat.update")
