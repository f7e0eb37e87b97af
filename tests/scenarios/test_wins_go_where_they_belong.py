"""Routes, the minimum, many wins at once, and goals: each win is told where it belongs, and never louder than it is."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from bot.domain.agreement import Agreement, Goal, Rate, Route, Wins
from tests.support.wins import outbox_of, pass_time, states, won
from tests.support.world import TO_OWNERS, World

BAR = "▰▰▰▰▰▱▱▱▱▱ 50% of the November goal of $200"


def agreed(**wins) -> Agreement:
    """An agreement of which only the wins matter."""
    return Agreement(reminders=TO_OWNERS, rates=(Rate("EUR", Decimal(2)),), wins=Wins(**wins))


def texts(world: World, channel: str = "#wins") -> list[str]:
    """What the messages of a channel say."""
    return [message.text for message in world.slack.messages(channel)]


@pytest.mark.parametrize(
    ("route", "deal", "fits"),
    [
        (Route("#more", min_amount=Decimal(100)), {"amount": "100", "currency": "USD"}, True),
        (Route("#more", min_amount=Decimal(100)), {"amount": "99.99", "currency": "USD"}, False),
        (Route("#more", min_amount=Decimal(100)), {"amount": "50", "currency": "EUR"}, True),
        (Route("#more", min_amount=Decimal(100)), {"amount": "5000", "currency": "CHF"}, False),
        (Route("#more", min_amount=Decimal(100)), {"amount": "-100", "currency": "USD"}, True),
        (Route("#more", kind="renewal"), {"kind": "renewal"}, True),
        (Route("#more", kind="renewal"), {"kind": "expansion"}, False),
        (Route("#more", kind="new"), {}, False),
        (Route("#more", segment=("Enterprise",)), {"segment": "enterprise"}, True),
        (Route("#more", team=("North",)), {"owner_email": "maya@seller.example"}, True),
        (Route("#more", team=("South",)), {"owner_email": "maya@seller.example"}, False),
        (Route("#wins"), {}, False),
    ],
)
async def test_a_route(sqlite, route, deal, fits):
    """A win that fits is told in that channel too, once; the wins channel always has it."""
    async with World(sqlite, agreed(routes=(route, route))) as world:
        world.slack.add_channel("more")
        await world.happens("person.updated", email=world.person("Maya Okafor"), team="north")
        await world.happens("deal.won", id="D-1", name="Fleet", **{"amount": "1", "currency": "USD"} | deal)
        world.expect(*["chat.postMessage"] * (2 if fits else 1))
        assert (len(texts(world)), len(texts(world, "#more"))) == (1, int(fits))
        await world.happens("deal.won", id="D-1", name="Fleet", **{"amount": "1", "currency": "USD"} | deal)
        world.quiet()


@pytest.mark.parametrize(
    ("amount", "currency", "told"),
    [
        ("99.99", "USD", False),
        ("-99", "USD", False),
        ("100", "USD", True),
        ("50", "EUR", True),
        ("1", "CHF", True),
    ],
)
async def test_the_minimum(sqlite, amount, currency, told):
    """A win under the minimum is booked in silence; one whose worth is not known is not under it."""
    async with World(sqlite, agreed(minimum=Decimal(100))) as world:
        await world.happens("deal.won", id="D-1", amount=amount, currency=currency)
        world.expect(*["chat.postMessage"] * told)


async def test_kinds_are_set_apart_by_a_word(sqlite):
    """A renewal and an expansion say so in the heading and aloud; new business goes without a word."""
    async with World(sqlite) as world:
        for number, kind in enumerate(("new", "renewal", "expansion")):
            await world.happens(
                "deal.won", id=f"D-{number}", name="Fleet", amount="1", currency="USD", kind=kind
            )
            await pass_time(world, timedelta(minutes=2))
        world.expect(*["chat.postMessage"] * 3)
        heads = [message.blocks[0]["text"]["text"] for message in world.wins()]
        assert heads == ["🔔 $1.00 · Fleet", "🔔 $1.00 · Renewal · Fleet", "🔔 $1.00 · Expansion · Fleet"]
        assert [text.split(":")[0] for text in texts(world)] == ["Won", "Renewal, won", "Expansion, won"]


async def test_many_at_once(database):
    """Seven wins in one instant are one message that lists them all, each line corrected when its deal changes."""
    async with World(database) as world:
        for number in range(7):
            await won(world, f"D-{number}")
        await world.settle()
        world.expect("chat.postMessage")
        (text,) = texts(world)
        assert text.startswith("7 wins · $700.00. Won: Deal D-0, $100.00, by owner not known, unattributed.")
        await pass_time(world, timedelta(minutes=5))
        await world.happens("deal.updated", id="D-3", amount="105", currency="USD")
        world.expect("chat.update")
        assert (
            "Won: Deal D-3, $105.00, by owner not known, unattributed; the amount was $100.00."
            in texts(world)[0]
        )
        await world.happens("deal.lost", id="D-4")
        world.expect("chat.update")
        assert texts(world)[0].startswith("6 wins · $605.00. ")
        assert "lost: Deal D-4, $100.00, by owner not known." in texts(world)[0]
        await world.happens("deal.updated", id="D-5", amount="500", currency="USD")
        world.expect("chat.update", "chat.postMessage")
        assert texts(world)[1] == "Corrected: Deal D-5. The amount is now $500.00; it was $100.00."
        await pass_time(world, timedelta(days=1))
        world.quiet()
        assert sorted(await states(world)) == [
            ("reply", "sent"),
            *[("win", "cancelled")] * 7,
            ("wins", "sent"),
        ]


async def test_five_at_once_are_five_cards(sqlite):
    """As many as agreed have a card each; the next one within the minute, and whoever follows, share a message."""
    async with World(sqlite) as world:
        for number in range(5):
            await won(world, f"D-{number}")
        await pass_time(world, timedelta(seconds=20))
        world.expect(*["chat.postMessage"] * 5)
        await won(world, "D-5")
        await pass_time(world, timedelta(seconds=5))
        world.expect("chat.postMessage")
        assert texts(world)[5].startswith("Won: Deal D-5, $100.00. Sales: ")  # alone it has its whole card
        await won(world, "D-6")
        await pass_time(world, timedelta(seconds=5))
        world.expect("chat.update")
        assert texts(world)[5].startswith("2 wins · $200.00. ")
        await pass_time(world, timedelta(minutes=2))
        await won(world, "D-7")
        await world.settle()
        world.expect("chat.postMessage")
        assert texts(world)[6].startswith("Won: Deal D-7")


async def test_a_late_sync_of_a_hundred(sqlite):
    """A hundred wins are three messages, every win in one of them."""
    async with World(sqlite) as world:
        for number in range(100):
            await won(world, f"D-{number:03}")
        await world.settle()
        posts = len([call for call in world.unexpected() if call[0] == "chat.postMessage"])
        assert posts == 3
        shown = json.dumps([message.blocks for message in world.wins()])
        assert all(f"Deal D-{number:03}" in shown for number in range(100))


async def test_one_that_is_reopened_before_the_list_is_posted(sqlite):
    """It is never told with the others; won again, it has a message of its own."""
    async with World(sqlite) as world:
        world.slack.fail_next("chat.postMessage", 429, retry_after=60)
        for number in range(7):
            await won(world, f"D-{number}")
        await world.settle()
        await world.happens("deal.reopened", id="D-3", stage="engaging")
        world.quiet()
        await pass_time(world, timedelta(minutes=5))
        world.expect("chat.postMessage")
        assert texts(world)[0].startswith("6 wins · $600.00. ")
        assert "D-3" not in texts(world)[0]
        await world.happens("deal.won", id="D-3")
        world.expect("chat.postMessage")
        assert texts(world)[1].startswith("Won again: Deal D-3, $100.00. ")


async def test_a_rate_that_is_agreed_on_later(sqlite):
    """A win keeps the rate it was booked with: another one makes it no larger, and shows it nowhere new."""
    small = agreed(minimum=Decimal(190), routes=(Route("#more", min_amount=Decimal(210)),))
    async with World(sqlite, small) as world:
        world.slack.add_channel("more")
        for deal, amount in (("D-1", "90"), ("D-2", "100")):
            await world.happens("deal.won", id=deal, name=deal, amount=amount, currency="EUR")
        await pass_time(world, timedelta(hours=1))
        world.expect("chat.postMessage")
        world.bot.office.agreement = replace(small, rates=(Rate("EUR", Decimal(3)),))
        for deal in ("D-1", "D-2"):
            await world.happens("deal.updated", id=deal, segment="smb")
        await pass_time(world, timedelta(hours=1))
        world.quiet()
        await world.happens("deal.updated", id="D-1", amount="91", currency="EUR")
        world.expect("chat.postMessage", "chat.postMessage")  # another amount is converted anew


async def test_progress_to_the_goal(sqlite):
    """A card shows how far its win brought the goal; later wins change nothing of it."""
    async with World(
        sqlite, agreed(goals=(Goal("month", Decimal(200)), Goal("month", Decimal(50), "South")))
    ) as world:
        await won(world)
        await world.settle()
        world.expect("chat.postMessage")
        assert BAR in json.dumps(world.wins()[0].blocks, ensure_ascii=False)
        assert "50% of the November goal of $200." in texts(world)[0]
        before = texts(world)[0]
        await pass_time(world, timedelta(minutes=2))
        await world.happens("deal.won", id="D-2", name="Fleet", amount="20", currency="EUR")
        world.expect("chat.postMessage")
        assert "70% of the November goal of $200." in texts(world)[1]
        await world.happens("deal.updated", id="D-1", url="https://crm.seller.example/D-1")
        world.expect("chat.update")
        assert texts(world)[0] == before


async def test_a_goal_is_celebrated_once(database):
    """One message when it is reached, with what comes next; it is kept true, and never comes again."""
    goals = (Goal("month", Decimal(200)), Goal("quarter", Decimal(1000)))
    async with World(database, agreed(goals=goals)) as world:
        await won(world, "D-1", owner_email=world.person("Maya Okafor"))
        await pass_time(world, timedelta(minutes=2))
        world.expect("chat.postMessage")
        await won(world, "D-2")
        await pass_time(world, timedelta(minutes=2))
        world.expect("chat.postMessage", "chat.postMessage")
        assert texts(world)[2] == (
            "The November goal is reached. $200 of $200, 100%. 2 wins, made by 1 person in sales. "
            "Next: 20% of the Q4 goal of $1,000."
        )
        await won(world, "D-3")
        await pass_time(world, timedelta(minutes=2))
        world.expect("chat.update", "chat.postMessage")
        await world.happens("deal.reopened", id="D-2", stage="engaging")
        await world.happens("deal.reopened", id="D-3", stage="engaging")
        assert texts(world)[2].startswith(
            "The November goal was reached, then corrected. $100 of $200, 50%. 1 win"
        )
        world.expect(*["chat.update"] * 5)  # the bar of D-3 follows D-2
        await pass_time(world, timedelta(minutes=2))
        await world.happens("deal.won", id="D-3")
        assert [m.key for m in await outbox_of(world) if m.kind == "goal"] == ["goal:all:2026-11"]
        assert {method for method, _, _ in world.unexpected()} == {"chat.postMessage", "chat.update"}
        assert sum("goal is reached" in text for text in texts(world)) == 1


async def test_a_team_has_its_own_goal(sqlite):
    """A team's goal counts its own wins only; alone, it asks whether the next period's is still right."""
    async with World(sqlite, agreed(goals=(Goal("month", Decimal(100), "North"),))) as world:
        await world.happens("person.updated", email=world.person("Maya Okafor"), team="north")
        await won(world, "D-1")
        await pass_time(world, timedelta(minutes=2))
        world.expect("chat.postMessage")
        await won(world, "D-2", owner_email="maya@seller.example")
        await pass_time(world, timedelta(minutes=2))
        world.expect("chat.postMessage", "chat.postMessage")
        assert texts(world)[2] == (
            "Team North's November goal is reached. $100 of $100, 100%. 1 win, made by 1 person in sales. "
            "Next: team North's December goal, $100. Is that still the right one? It stands in the agreement."
        )


@pytest.mark.parametrize(
    ("shown", "customer"),
    [
        ("company", "Won: Fleet, Northwind, $100.00."),
        ("contact", "Won: Fleet, Dana Reyes, Northwind, $100.00."),
        ("none", "Won: Deal D-1, $100.00."),
    ],
)
async def test_what_a_channel_shows_of_the_customer(sqlite, shown, customer):
    """The company, the contact too, or neither: then the deal's name is left out as well."""
    async with World(sqlite, agreed(shown=shown)) as world:
        person = {
            "email": "dana@prospect.example",
            "name": "Dana Reyes",
            "company": "Northwind",
            "stage": "customer",
        }
        await world.happens("lead.created", id="L-1", **person)
        deal = {"name": "Fleet", "amount": "100", "currency": "USD", "contact_emails": [person["email"]]}
        await world.happens("deal.won", id="D-1", **deal)
        world.expect("chat.postMessage")
        assert texts(world)[0].startswith(customer)


async def test_a_correction_after_the_month(sqlite):
    """The month of the win is over: what changes is told as a correction, with its day."""
    async with World(sqlite) as world:
        await won(world)
        await pass_time(world, timedelta(days=16))  # 2 December
        world.expect("chat.postMessage")
        await world.happens("deal.updated", id="D-1", amount="105", currency="USD")
        world.expect("chat.update")
        assert texts(world)[0].endswith("Corrected on 2 Dec: the amount was $100.00.")
        await world.happens("deal.reopened", id="D-1", stage="engaging")
        world.expect("chat.update")
        assert texts(world)[0].startswith("reopened on 2 Dec: Deal D-1, $105.00. ")


async def test_the_shares_of_people(sqlite):
    """Those who have a part of the win are named with it; who Slack does not know is named all the same."""
    async with World(sqlite) as world:
        maya = world.person("Maya Okafor")
        helpers = [
            {"email": "ben@seller.example", "role": "sdr", "share": "0.1"},
            {"email": "cho@seller.example"},
        ]
        await won(world, owner_email=maya, contributors=helpers)
        await world.settle()
        world.expect("chat.postMessage")
        sales = f"Sales: <@{world.accounts[maya]}> (90%), with ben@seller.example (sdr, 10%) and cho@seller.example."
        assert sales in texts(world)[0]


async def test_newer_blocks_that_a_workspace_refuses(sqlite):
    """The card goes out as its text, and both buttons stay."""
    async with World(sqlite) as world:
        world.slack.fail_next("chat.postMessage", "error:invalid_blocks")
        await won(world)
        await world.settle()
        world.expect("chat.postMessage")
        (card,) = world.wins()
        assert [block["type"] for block in card.blocks] == ["section", "actions"]
        labels = [button["text"]["text"] for button in card.blocks[1]["elements"]]
        assert labels == ["Something missing?", "Say thanks"]
