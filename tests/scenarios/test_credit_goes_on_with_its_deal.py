"""What was confirmed, or is asked, goes on with its deal: merged, lost and won again, recorded late, or too old to count."""

from datetime import timedelta
from fractions import Fraction

import pytest

from bot.domain.agreement import Agreement, Wins
from bot.render import win_forms
from tests.support import forms
from tests.support.people import told as news
from tests.support.win_people import (
    WHY,
    booked,
    button,
    card,
    claims_of,
    press,
    proposes,
    said,
    staffed,
    thanks,
)
from tests.support.world import START, TO_OWNERS, World, labels

MAYA = "maya@seller.example"
ANA, ZOE = "ana@seller.example", "zoe@seller.example"


async def test_credit_goes_on_with_the_deal_that_its_deal_became_part_of(database):
    """Two won deals are merged: what was confirmed, what is asked and the thanks are the survivor's from then on."""
    async with World(database) as world:
        await staffed(world)
        await card(world, "D-1")
        world.clock.move_to(world.clock.now() + timedelta(minutes=5))
        shown = await card(world, "D-2")
        await proposes(world, MAYA, shown, name="ROI ebook", day="2026-11-10")
        await press(world, ANA, world.direct(ANA)[0], "claim_confirm")
        await proposes(world, MAYA, shown, name="Guide", day="2026-11-11")
        await thanks(world, MAYA, world.wins()[1], [ANA], "great help")
        world.unexpected()
        world.clock.move_to(world.clock.now() + timedelta(minutes=5))
        await world.happens("deal.merged", id="D-1", merged_from=["D-2"])
        world.unexpected()
        assert await booked(world) == {"Webinar": Fraction(1, 2), "ROI ebook": Fraction(1, 2)}
        survivor, gone = world.wins()
        assert gone.text.startswith("merged")
        assert ("great help" in said(survivor), "great help" in said(gone)) == (True, False)
        question = world.direct(ANA)[1]
        assert ("Deal D-1" in question.text, labels(question)) == (True, ["Confirm", "Decline"])
        await press(world, ANA, question, "claim_confirm")
        assert await booked(world) == {
            "Webinar": Fraction(2, 5),
            "ROI ebook": Fraction(1, 5),
            "Guide": Fraction(2, 5),
        }
        assert "Guide with 40%" in world.wins()[0].text
        assert await claims_of(world) == [
            ("asset", "ROI ebook", "confirmed", ANA),
            ("asset", "Guide", "confirmed", ANA),
        ]
        old = {"value": button(shown, "win_missing")["value"], "stale": True}
        await press(world, MAYA, shown, "win_missing", **old)
        await forms.opened(world, MAYA, "Something missing?")
        assert "Deal D-1" in str(forms.shown(world, MAYA).definition)
        world.unexpected()


@pytest.mark.parametrize(
    ("day", "touched", "shares"),
    [
        (None, "2026-11-08T09:00:00Z", {"Webinar": Fraction(1, 2), "roi EBOOK": Fraction(1, 2)}),
        ("2026-11-10", "2026-11-10T09:00:00Z", {"Webinar": Fraction(1, 2), "roi EBOOK": Fraction(1, 2)}),
        (
            "2026-11-10",
            "2026-11-08T09:00:00Z",
            {"Webinar": Fraction(2, 5), "roi EBOOK": Fraction(1, 5), "ROI ebook": Fraction(2, 5)},
        ),
        (None, "2026-06-08T09:00:00Z", {"Webinar": Fraction(1, 2), "ROI ebook": Fraction(1, 2)}),
        ("2026-11-10", "2026-11-17T09:00:00Z", {"Webinar": Fraction(1, 2), "ROI ebook": Fraction(1, 2)}),
    ],
)
async def test_what_was_confirmed_and_is_recorded_late_counts_once(sqlite, day, touched, shares):
    """The late touch is the claimed one where it counts for the win and lies within a day of it, or no day was named."""
    async with World(sqlite) as world:
        await staffed(world)
        shown = await card(world, created_at="2026-11-09T09:00:00Z")
        await proposes(world, MAYA, shown, name="ROI ebook", **({"day": day} if day else {}))
        await press(world, ANA, world.direct(ANA)[0], "claim_confirm")
        assert await booked(world) == {"Webinar": Fraction(1, 2), "ROI ebook": Fraction(1, 2)}
        world.clock.move_to(START + timedelta(days=2))
        await world.happens("touch.recorded", at=touched, email="D-1@customer.example", asset="roi EBOOK")
        assert await booked(world) == shares
        world.unexpected()


async def test_a_question_about_a_deal_that_was_lost_can_only_be_declined(database):
    """Its Confirm goes with the win and comes back with it; Decline is there all the time."""
    async with World(database) as world:
        await staffed(world)
        await proposes(world, MAYA, await card(world), name="Ebook")
        world.expect("chat.postMessage", "chat.postMessage")
        for what, offered in (("lost", ["Decline"]), ("won", ["Confirm", "Decline"]), ("lost", ["Decline"])):
            world.clock.move_to(world.clock.now() + timedelta(hours=1))
            await world.happens(f"deal.{what}", id="D-1")
            assert [labels(one) for who in (ANA, ZOE) for one in world.direct(who)] == [offered, offered]
        world.unexpected()
        assert "does not count as won at the moment" in world.direct(ANA)[0].text
        await press(world, ANA, world.direct(ANA)[0], "claim_decline")
        assert await claims_of(world) == [("asset", "Ebook", "declined", ANA)]
        assert news(world) == (1, 2)
        assert [labels(one) for who in (ANA, ZOE) for one in world.direct(who)] == [[], []]


@pytest.mark.parametrize(
    ("day", "sentence"),
    [
        ("2026-11-17", "Choose 16 Nov 2026 or earlier: the deal was won on that day."),
        (
            "2026-08-17",
            "Choose 18 Aug 2026 or later: only touches of the 90 days before the win count.",
        ),
        (
            None,
            "The deal is older, and only touches of the 90 days before the win count. Choose a day since 18 Aug 2026.",
        ),
    ],
)
async def test_what_would_change_nothing_is_not_asked(sqlite, day, sentence):
    """A day after the win or before what counts, and an old deal without a day: the form says so at its input."""
    async with World(sqlite) as world:
        await staffed(world)
        shown = await card(world, created_at="2026-05-04T09:00:00Z")
        world.clock.move_to(START + timedelta(days=2))
        await press(world, MAYA, shown, "win_missing")
        await forms.opened(world, MAYA, "Something missing?")
        await forms.send(world, MAYA, name="Fair", why=WHY, **({"day": day} if day else {}))
        assert forms.errors(world) == {"day": sentence}
        assert await claims_of(world) == []
        for limit, name in (("2026-11-16", "Fair"), ("2026-08-18", "Fair 2")):
            assert await proposes(world, MAYA, shown, name=name, day=limit) == win_forms.asked("marketing")
        await press(world, ANA, world.direct(ANA)[0], "claim_confirm")
        await press(world, ANA, world.direct(ANA)[1], "claim_confirm")
        assert set(await booked(world)) == {"Webinar", "Fair", "Fair 2"}
        world.unexpected()


async def test_a_yes_that_changes_nothing_says_so(sqlite):
    """The win moved to an earlier day meanwhile: the question and its answers promise nothing that does not follow."""
    async with World(sqlite) as world:
        await staffed(world)
        await proposes(world, MAYA, await card(world), name="Fair", day="2026-11-15")
        world.clock.move_to(world.clock.now() + timedelta(hours=1))
        await world.happens("deal.updated", id="D-1", closed_at="2026-11-12")
        await press(world, ANA, world.direct(ANA)[0], "claim_confirm")
        assert await booked(world) == {"Webinar": 1}
        for message in (*world.direct(ANA), *world.direct(ZOE), *world.direct(MAYA)):
            assert "the card and the figures stay as they are" in message.text
        world.unexpected()


async def test_a_customer_who_is_not_shown_is_not_named_in_a_question(sqlite):
    """Where the agreement shows no customer, form, question and answer call the deal by its number."""
    async with World(sqlite, Agreement(reminders=TO_OWNERS, wins=Wins(shown="none"))) as world:
        await staffed(world)
        shown = await card(world)
        await world.happens("deal.updated", id="D-1", name="Northwind fleet")
        await press(world, MAYA, shown, "win_missing")
        await forms.opened(world, MAYA, "Something missing?")
        form = str(forms.shown(world, MAYA).definition)
        assert ("Deal D-1" in form, "Northwind" in form) == (True, False)
        await forms.send(world, MAYA, name="Fair", why=WHY)
        await world.settle()
        await press(world, ANA, world.direct(ANA)[0], "claim_confirm")
        for message in (*world.direct(ANA), *world.direct(MAYA)):
            assert message.text.splitlines()[1] == "Deal D-1"
        world.unexpected()
