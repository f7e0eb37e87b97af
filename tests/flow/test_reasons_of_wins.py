"""Why a message about wins is there: the rule of each model, lists, replies, goals, claims and offers to merge."""

from __future__ import annotations

from decimal import Decimal

import pytest

from bot.domain.agreement import Agreement, CreditRule, Goal, Route, Wins
from bot.flow import messages, reasons
from bot.flow.reasons import reason_of
from tests.support import forms
from tests.support.win_people import WHY, card, press, proposes, staffed
from tests.support.wins import EACH_ALONE, won
from tests.support.world import START, TO_OWNERS, World

MAYA, ANA = "maya@seller.example", "ana@seller.example"
KEEPS = "The booking keeps this rule, whatever the agreement says later."


async def why(world, message):
    return await world.database.read(lambda s: reason_of(s, world.agreement, message.channel, message.ts))


def told(reason):
    """The facts as pairs, instants included."""
    return [(fact.name, fact.at or fact.text) for fact in reason.facts]


def test_every_message_has_a_reason_of_its_own():
    """Each kind of message that can be sent has its reader; none is told as something else."""
    assert reasons._READERS.keys() == messages._PREPARING.keys()
    assert len(set(reasons._READERS.values())) == len(reasons._READERS)


@pytest.mark.parametrize(
    ("credit", "words"),
    [
        (
            CreditRule("first"),
            "all of it goes to the first touch, among the touches of the 90 days before it",
        ),
        (
            CreditRule("last", lookback_days=0),
            "all of it goes to the last touch, among all touches before it",
        ),
        (CreditRule("linear"), "each touch gets an equal share, among the touches of the 90 days before it"),
        (
            CreditRule("position", position=(Decimal("0.5"), Decimal("0.25"))),
            (
                "50% goes to the first touch, 25% to the last, 25% to those between, among the touches of the 90 days "
                "before it"
            ),
        ),
        (
            CreditRule("u_lead"),
            (
                "40% goes to the first touch, 40% to the one that made the lead, 20% to the others, among the touches of "
                "the 90 days before it"
            ),
        ),
        (
            CreditRule("w"),
            (
                "30% each goes to the first touch, the one that made the lead and the one that made the deal, 10% to the "
                "others, among the touches of the 90 days before it"
            ),
        ),
        (
            CreditRule("full_path"),
            (
                "22.5% each goes to the first touch, the one that made the lead, the one that made the deal and the last "
                "one before the win, 10% to the others, among the touches of the 90 days before it"
            ),
        ),
        (
            CreditRule("time_decay", half_life_days=7),
            (
                "each touch gets the less the older it is, half as much for each 7 days, among the touches of the 90 days "
                "before it"
            ),
        ),
    ],
)
async def test_a_card_names_its_model_in_words(sqlite, credit, words):
    """What each model does with a win's money, with the numbers of the agreement that booked it."""
    async with World(sqlite, Agreement(reminders=TO_OWNERS, credit=credit)) as world:
        await staffed(world)
        reason = await why(world, await card(world))
    assert reason.rule == f"The deal was won, so one card tells it. Of its amount {words}. {KEEPS}"


async def test_a_card_in_another_channel_names_the_route(sqlite):
    """A win that the agreement routes says so where it is told too."""
    agreement = Agreement(reminders=TO_OWNERS, wins=Wins(routes=(Route("#more", kind="renewal"),)))
    async with World(sqlite, agreement) as world:
        world.slack.add_channel("more")
        await won(world, kind="renewal")
        await world.settle()
        world.expect("chat.postMessage", "chat.postMessage")
        (message,) = world.slack.messages("#more")
        reason = await why(world, message)
    assert reason.rule.startswith(
        "The deal was won, and by the agreement wins like it are told in #more too."
    )


async def test_a_list_names_its_wins_and_a_reply_what_changed(sqlite):
    """Many at once: each win with its state, and the deals' events. In its thread: the amount before and after."""
    async with World(sqlite, Agreement(reminders=TO_OWNERS, wins=Wins(group_after=1))) as world:
        await won(world, "D-1")
        await won(world, "D-2")
        await world.settle()
        world.expect("chat.postMessage")
        await world.happens("deal.updated", id="D-2", amount="500", currency="USD")
        world.expect("chat.update", "chat.postMessage")
        many, reply = [await why(world, message) for message in world.wins()]
    assert many.rule == (
        "More than 1 win came within a minute, so one message tells them together. It follows each of them; a win "
        "that stands alone in it has its whole card."
    )
    assert told(many) == [("Win", "generic/D-1, won"), ("Win", "generic/D-2, won")]
    assert [event.type for event in many.events] == ["deal.updated", "deal.won", "deal.won"]
    assert reply.rule == (
        "The amount or the owner of this win changed much since its channel was told, so its thread hears of it once. "
        "The card itself follows every change."
    )
    assert told(reply) == [
        ("Deal", "generic/D-2"),
        ("Told before", "$100.00, owner nobody"),
        ("Told now", "$500.00, owner nobody"),
        ("Card sent at", many.sent_at),
    ]
    assert [event.type for event in reply.events] == ["deal.updated", "deal.won"]


async def test_a_goal_says_how_far_it_is(sqlite):
    """Which goal was reached by which day's win, and how far it is by now; a goal that is gone is said to be."""
    wins = Wins(goals=(Goal("month", Decimal(200)),), group_after=1000)
    async with World(sqlite, Agreement(reminders=TO_OWNERS, wins=wins)) as world:
        await won(world, "D-1")
        await won(world, "D-2")
        await world.settle()
        world.expect(*["chat.postMessage"] * 3)
        goal = next(message for message in world.wins() if "goal is reached" in message.text)
        reason = await why(world, goal)
        gone = await world.database.read(lambda s: reason_of(s, EACH_ALONE, goal.channel, goal.ts))
    assert reason.rule == (
        "The wins of a period reached a goal of the agreement, so it is celebrated once. The figures follow what is "
        "booked later, also what is taken back."
    )
    assert told(reason) == [
        ("Each", "month"),
        ("Team", "all"),
        ("Period", "2026-11"),
        ("Goal", "$200.00"),
        ("Won so far", "$200.00"),
        ("Reached by a win of", "2026-11-16"),
    ]
    assert ("Agreement", "it has no such goal any more") in told(gone)


async def test_a_claim_names_who_says_what(sqlite):
    """The question: deal, proposal, by whom and why; the answer: what came of it, and who decided."""
    async with World(sqlite) as world:
        await staffed(world)
        shown = await card(world)
        await proposes(world, MAYA, shown, name="ROI ebook", day="2026-11-10")
        world.expect("chat.postMessage", "chat.postMessage")
        (question,) = world.direct(ANA)
        asked = await why(world, question)
        await press(world, ANA, question, "claim_decline")
        (message,) = world.direct(MAYA)
        answer = await why(world, message)
        world.unexpected()
    assert asked.rule == (
        "Somebody says that something is missing from a win, so people of the other side are asked. Nothing changes "
        "before one of them confirms."
    )
    assert told(asked) == [
        ("Deal", "Deal D-1 (generic/D-1)"),
        ("Proposed", "asset: ROI ebook"),
        ("Touched on", "2026-11-10"),
        ("Proposed by", "Maya"),
        ("Because", WHY),
        ("Proposed at", START),
        ("Decided by", "marketing"),
        ("Answer", "not answered yet"),
    ]
    assert (
        answer.rule
        == "Whoever said that something was missing from a win hears what the other side answered."
    )
    assert told(answer)[-3:] == [("Answer", "declined"), ("Answered by", "Ana"), ("Answered at", START)]
    assert [event.type for event in answer.events] == ["deal.won", "touch.recorded"]


async def test_an_offer_to_merge_names_both_deals(sqlite):
    """The CRM's deal and the win by hand, and what was answered."""
    async with World(sqlite) as world:
        await staffed(world)
        assert (await world.slack.shortcut("add_win", world.accounts[ANA])).acknowledged
        await forms.opened(world, ANA, "Add a win")
        await forms.send(world, ANA, customer="Northwind", amount="100", rep=world.accounts[MAYA])
        await world.settle()
        await world.happens("deal.won", id="D-9", name="Northwind", amount="100", currency="USD")
        (offer,) = world.direct(ANA)
        asked = await why(world, offer)
        await press(world, ANA, offer, "merge_keep")
        kept = await why(world, offer)
        world.unexpected()
    assert asked.rule == (
        "A deal of the CRM has the customer and the amount of a win that was entered by hand, so whoever entered it "
        "is asked once whether they are the same."
    )
    assert told(asked) == [
        ("Deal", "Northwind (generic/D-9)"),
        ("Entered by hand", "Northwind"),
        ("Answer", "not answered yet"),
    ]
    assert told(kept)[-1] == ("Answer", "they are two")
