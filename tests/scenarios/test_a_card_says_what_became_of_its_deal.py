"""A win is told while it is news, corrected while it stands, and marked in place when it stands no more."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest

from bot.flow import reports
from bot.flow.figures import Period
from bot.store import cards
from tests.support.wins import pass_time, states, won
from tests.support.world import START, World


async def booked(world):
    """(number of wins, their amount) as `report wins` has them."""
    period = Period(None, None, world.clock.now() + timedelta(days=1))
    made = await world.database.read(lambda s: reports.won_and_lost(s, world.agreement, period))
    return made.total["count"], made.total["amount"]


@pytest.mark.parametrize(("days", "told"), [(7, True), (8, False)])
async def test_an_old_win(sqlite, days, told):
    """A win of a week ago is told, an older one is booked in silence, and so are all its corrections."""
    async with World(sqlite) as world:
        closed = (START - timedelta(days=days)).isoformat()
        await world.happens("deal.won", id="D-1", amount="100", currency="USD", closed_at=closed)
        world.expect(*["chat.postMessage"] * told)
        assert await booked(world) == (1, "100.00")
        await world.happens("deal.updated", id="D-1", amount="200", currency="USD")
        world.expect(*["chat.update", "chat.postMessage"] * told)
        assert await booked(world) == (1, "200.00")
        await pass_time(world, timedelta(minutes=5))
        await world.happens("deal.reopened", id="D-1", stage="engaging")
        world.expect(*["chat.update"] * told)


async def test_a_deal_that_is_reopened_before_its_card_was_posted(sqlite):
    """While posting rests the deal is reopened: the win is never told. Won again, the new win is."""
    async with World(sqlite) as world:
        world.slack.fail_next("chat.postMessage", 429, retry_after=120)
        await won(world)
        await pass_time(world, timedelta(seconds=60))
        await world.happens("deal.reopened", id="D-1", stage="engaging")
        await pass_time(world, timedelta(minutes=10))
        world.quiet()
        assert await states(world) == [("win", "cancelled")]
        await world.happens("deal.won", id="D-1")
        world.expect("chat.postMessage")
        assert world.wins()[0].text.startswith("Won again: ")


@pytest.mark.parametrize(
    ("what", "data", "word"),
    [
        ("deal.reopened", {"stage": "engaging"}, "reopened"),
        ("deal.lost", {}, "lost"),
        ("deal.updated", {"stage": "Lost"}, "lost"),
        ("deal.deleted", {}, "deleted"),
    ],
)
async def test_a_win_that_stands_no_more(sqlite, what, data, word):
    """The card is marked in place with one word, no new message comes, and the figures forget the win."""
    async with World(sqlite) as world:
        await won(world)
        await pass_time(world, timedelta(minutes=5))
        world.expect("chat.postMessage")
        await world.happens(what, id="D-1", **data)
        world.expect("chat.update")
        (card,) = world.wins()
        assert card.text.startswith(f"{word}: Deal D-1, $100.00. ")
        assert (await booked(world))[0] == 0
        await pass_time(world, timedelta(days=2))
        world.quiet()


async def test_a_deal_that_is_merged_into_another(sqlite):
    """Its card says merged; the survivor's own wins are counted on."""
    async with World(sqlite) as world:
        await won(world, "D-1")
        await world.happens("deal.created", id="D-2", name="Deal D-2", stage="engaging")
        world.expect("chat.postMessage")
        await pass_time(world, timedelta(minutes=5))
        await world.happens("deal.merged", id="D-2", merged_from=["D-1"])
        world.expect("chat.update")
        assert world.wins()[0].text.startswith("merged: Deal D-1, $100.00. ")


async def test_a_win_without_a_touch(sqlite):
    """No marketing is known: the card says unattributed, with the whole amount, and that no touches are known."""
    async with World(sqlite) as world:
        await won(world)
        await world.settle()
        world.expect("chat.postMessage")
        (card,) = world.wins()
        assert "Marketing: unattributed with 100%, $100.00." in card.text
        assert "No touches are known for this customer." in json.dumps(card.blocks)


async def test_touches_that_are_told_after_the_win(sqlite):
    """The CRM tells the customer's touches late: the card is corrected to credit them."""
    async with World(sqlite) as world:
        await won(world, contact_emails=["dana@prospect.example"])
        await pass_time(world, timedelta(minutes=5))
        world.expect("chat.postMessage")
        await world.happens(
            "touch.recorded",
            email="dana@prospect.example",
            asset="Webinar",
            kind="webinar",
            at="2026-11-03T10:00:00Z",
        )
        world.expect("chat.update")
        assert "Marketing: Webinar with 100%, $100.00." in world.wins()[0].text
        assert "The way there: Webinar, 3 Nov." in world.wins()[0].text


@pytest.mark.parametrize(
    ("data", "seller"),
    [
        ({}, "owner not known"),
        ({"owner_email": "gone@seller.example"}, "gone@seller.example"),
        ({"owner_email": "named@seller.example"}, "Nadia Named"),
        ({"owner_email": "maya@seller.example"}, "<@U00000003>"),
        (
            {
                "owner_email": "maya@seller.example",
                "contributors": [
                    {"email": "ben@seller.example", "role": "sdr"},
                    {"email": "gone@seller.example"},
                ],
            },
            "<@U00000003>, with <@U00000004> (sdr) and gone@seller.example",
        ),
    ],
)
async def test_who_sold_it(sqlite, data, seller):
    """A mention if Slack knows them, else the name, else the e-mail; a missing owner is said plainly."""
    async with World(sqlite) as world:
        world.person("Maya Okafor")
        world.person("Ben Ito")
        await world.happens("person.updated", email="named@seller.example", name="Nadia Named")
        await won(world, **data)
        await world.settle()
        world.expect("chat.postMessage")
        assert f"Sales: {seller}. " in world.wins()[0].text


async def test_another_owner_and_another_amount(sqlite):
    """Both corrections stand on the card with what was told first; set back, the card says nothing of them."""
    async with World(sqlite) as world:
        maya, ben = world.person("Maya Okafor"), world.person("Ben Ito")
        await won(world, owner_email=maya)
        await pass_time(world, timedelta(minutes=5))
        await world.happens("deal.updated", id="D-1", owner_email=ben, amount="250", currency="EUR")
        world.expect("chat.postMessage", "chat.update", "chat.postMessage")
        told = f"Corrected: the amount was $100.00 and the owner was <@{world.accounts[maya]}>."
        assert world.wins()[0].text.endswith(told)
        await pass_time(world, timedelta(minutes=5))
        await world.happens("deal.updated", id="D-1", owner_email=maya, amount="100.00", currency="usd")
        world.expect("chat.update", "chat.postMessage")
        assert "Corrected" not in world.wins()[0].text


@pytest.mark.parametrize(
    ("money", "shown"),
    [
        ({"amount": "0", "currency": "USD"}, "$0.00"),
        ({"amount": "-250.50", "currency": "EUR"}, "-€250.50"),
        ({"amount": "1000", "currency": "JPY"}, "¥1,000"),
        ({"amount": "100", "currency": "XBT"}, "100 XBT"),
        ({"amount": "999999999999999", "currency": "USD"}, "$999,999,999,999,999.00"),
        ({"amount": "100"}, "$100.00"),
        ({}, "no amount given"),
    ],
)
async def test_every_amount_is_told(sqlite, money, shown):
    """Zero, negative, huge, of an unknown currency or none: the card says what the CRM said."""
    async with World(sqlite) as world:
        await world.happens("deal.won", id="D-1", name="Fleet", **money)
        world.expect("chat.postMessage")
        word = "Credit note, won" if shown.startswith("-") else "Won"
        assert world.wins()[0].text.startswith(f"{word}: Fleet, {shown}. ")


async def test_the_same_event_again_and_a_late_old_one(sqlite):
    """A repeated delivery and news older than what we know change nothing on the card."""
    async with World(sqlite) as world:
        body = json.dumps(
            {
                "type": "deal.won",
                "timestamp": START.isoformat(),
                "data": {"id": "D-1", "amount": "100", "currency": "USD"},
            }
        ).encode()
        assert await world.posts(body, "one") == (202, {"status": "stored", "events": 1})
        await world.settle()
        world.expect("chat.postMessage")
        assert await world.posts(body, "one") == (202, {"status": "duplicate", "events": 0})
        assert await world.posts(body, "two") == (202, {"status": "stored", "events": 1})
        await world.happens(
            "deal.updated", START - timedelta(hours=1), id="D-1", amount="5", currency="USD", stage="engaging"
        )
        await pass_time(world, timedelta(minutes=5))
        world.quiet()


async def test_a_close_date_alone(sqlite):
    """A date without a time is the end of that day: today's win is told today."""
    async with World(sqlite) as world:
        await world.happens(
            "deal.won", id="D-1", amount="100", currency="USD", closed_at=date(2026, 11, 16).isoformat()
        )
        world.expect("chat.postMessage")


async def test_people_whose_parts_change(sqlite):
    """Who has another part of a win than was told is told in the line of corrections, until it is as it was."""
    async with World(sqlite) as world:
        maya, tom = world.person("Maya Okafor"), world.person("Tom Berg")
        for email, name in ((maya, "Maya Okafor"), (tom, "Tom Berg")):
            await world.happens("person.updated", email=email, name=name)
        await won(world, owner_email=maya)
        await pass_time(world, timedelta(minutes=2))
        world.expect("chat.postMessage")
        half = [{"email": tom, "role": "sdr", "share": "0.5"}]
        await world.happens("deal.updated", id="D-1", contributors=half)
        world.expect("chat.update")
        assert world.wins()[0].text.endswith(" Corrected: sales was Maya Okafor 100%.")
        await world.happens("deal.updated", id="D-1", contributors=[{"email": tom, "role": "sdr"}])
        world.expect("chat.update")
        assert "Corrected" not in world.wins()[0].text
        await world.happens("deal.updated", id="D-1", contributors=half, owner_email=tom)
        world.expect("chat.update", "chat.postMessage")
        assert world.wins()[0].text.endswith(f" Corrected: the owner was <@{world.accounts[maya]}>.")


async def test_people_on_a_card_that_cannot_be_edited(sqlite):
    """Another part of somebody is reason enough for a word in its thread."""
    async with World(sqlite) as world:
        await won(world, owner_email=world.person("Maya Okafor"))
        await pass_time(world, timedelta(minutes=2))
        world.expect("chat.postMessage")
        world.slack.fail_next("chat.update", "error:edit_window_closed")
        half = [{"email": world.person("Tom Berg"), "share": "0.5"}]
        await world.happens("deal.updated", id="D-1", contributors=half)
        world.expect("chat.postMessage")
        assert "Corrected: sales was " in world.wins()[1].text


async def test_a_card_of_the_time_before_people_were_kept(sqlite):
    """It goes on being corrected; only of people's former parts it knows nothing."""
    async with World(sqlite) as world:
        await won(world, owner_email=world.person("Maya Okafor"))
        await pass_time(world, timedelta(minutes=2))
        world.expect("chat.postMessage")

        def forget_people(session):
            (card,) = cards.of_deal(session, "generic/D-1")
            told = {name: value for name, value in card.ref["told"].items() if name != "people"}
            cards.keep_ref(session, card, told=told)

        await world.database.write(forget_people)
        half = [{"email": world.person("Tom Berg"), "share": "0.5"}]
        await world.happens("deal.updated", id="D-1", contributors=half)
        world.expect("chat.update")
        assert "Corrected" not in world.wins()[0].text
        assert f"<@{world.accounts['tom@seller.example']}> (50%)" in world.wins()[0].text
