"""A win that no CRM tells of is entered by a form; a CRM's deal that looks the same may be merged later."""

import asyncio
from datetime import timedelta

import pytest

from bot.domain.answering import Press
from bot.domain.claiming import ByHand
from bot.domain.money import Money
from bot.flow import by_hand, credit_report
from bot.flow.figures import Period
from bot.render import win_forms
from bot.store import wins
from tests.support import forms
from tests.support.win_people import button, in_vain, press, said, staffed, thanks
from tests.support.wins import outbox_of
from tests.support.world import START, World, labels

MAYA, BOSS, ANA, TOM = (f"{name}@seller.example" for name in ("maya", "boss", "ana", "tom"))


async def opens(world, email):
    """Somebody chooses the shortcut and sees the form."""
    assert (await world.slack.shortcut("add_win", world.accounts[email])).acknowledged
    await forms.opened(world, email, "Add a win")


async def adds(world, email=MAYA, **entered):
    """Somebody enters a win by hand; returns the sentence they read."""
    await opens(world, email)
    await forms.send(world, email, **{"customer": "Northwind Robotics", "amount": "12500", **entered})
    assert forms.errors(world) == {}
    await world.settle()
    return forms.words(forms.shown(world, email))


async def standing(world):
    """(source, amount, owner, status) of every win."""
    keys = sorted({message.ref["deal"] for message in await outbox_of(world) if message.kind == "win"})
    found = [await world.database.read(lambda s, key=key: wins.of_deal(s, key)) for key in keys]
    return [
        (win.deal_key.partition("/")[0], win.amount_minor, win.owner_email, win.status)
        for each in found
        for win in each.values()
    ]


async def test_a_win_by_hand_has_its_card(database):
    """Both sides are on it: the rep with who helped, and the assets with equal parts; it says how it came."""
    async with World(database) as world:
        await staffed(world)
        told = await adds(
            world,
            rep=world.accounts[MAYA],
            contributors=[world.accounts[TOM]],
            assets="ROI ebook\nWebinar",
        )
        assert told == win_forms.ENTERED
        world.expect("chat.postMessage")
        (shown,) = world.wins()
        assert "Northwind Robotics, $12,500.00" in shown.text
        assert f"Sales: <@{world.accounts[MAYA]}>, with <@{world.accounts[TOM]}>" in shown.text
        for asset in ("ROI ebook with 50%", "Webinar with 50%"):
            assert asset in shown.text
        assert "entered by hand" in said(shown).casefold()
        assert await standing(world) == [("manual", 1250000, MAYA, "won")]


async def test_the_form_is_about_oneself_and_today(database):
    """The agreement's currency, the present day and the person who opens it are entered beforehand."""
    async with World(database) as world:
        await staffed(world)
        await opens(world, ANA)
        element = {
            block["block_id"]: block["element"] for block in forms.shown(world, ANA).definition["blocks"]
        }
        assert element["currency"]["initial_value"] == "USD"
        assert element["day"]["initial_date"] == "2026-11-16"
        assert element["rep"]["initial_user"] == world.accounts[ANA]


async def test_the_same_win_twice_is_one(database):
    """The same form sent again, and the same customer, amount and day entered by somebody else, are one win."""
    async with World(database) as world:
        await staffed(world)
        await opens(world, MAYA)
        entered = {"customer": "Northwind Robotics", "amount": "12500"}
        await forms.send(world, MAYA, **entered)
        await world.slack.repeat_last()
        await world.settle()
        world.expect("chat.postMessage")
        again = await adds(world, BOSS, customer=" northwind ROBOTICS", amount="12500.00")
        assert again == win_forms.ENTERED_ALREADY
        assert len(await standing(world)) == 1
        world.quiet()


async def test_two_who_enter_the_same_at_once_made_one_win(database):
    """Two forms at the same moment: one is stored, the other reads that it is there."""
    async with World(database) as world:
        await staffed(world)
        office = world.bot.office
        win = ByHand("Northwind", Money(100, "USD"), world.accounts[MAYA], (), ("Ebook",), START.date())
        presses = [Press(f"form-{one}", world.accounts[one]) for one in (MAYA, BOSS)]
        results = await asyncio.gather(*(by_hand.enter(office, one, win) for one in presses))
        assert sorted(results) == ["already", "stored"]
        await world.settle()
        world.expect("chat.postMessage")
        assert await standing(world) == [("manual", 100, MAYA, "won")]


async def test_another_day_or_amount_is_another_win(database):
    """A customer may buy the same again."""
    async with World(database) as world:
        await staffed(world)
        for more in ({}, {"day": "2026-11-13"}, {"amount": "99"}, {"currency": "EUR"}):
            assert await adds(world, **more) == win_forms.ENTERED
        await world.until(world.clock.now() + timedelta(minutes=2))
        assert len(await standing(world)) == 4
        world.unexpected()


@pytest.mark.parametrize(
    ("entered", "field"),
    [
        ({"amount": "12,500"}, "amount"),
        ({"currency": "XYZ"}, "currency"),
        ({"day": "2026-11-17"}, "day"),
    ],
)
async def test_what_is_wrong_is_said_at_its_input(database, entered, field):
    """Nothing is stored; the form stays."""
    async with World(database) as world:
        await staffed(world)
        await opens(world, MAYA)
        await forms.send(world, MAYA, **{"customer": "Northwind", "amount": "1", **entered})
        assert list(forms.errors(world)) == [field]
        assert await standing(world) == []
        world.quiet()


async def test_an_account_without_an_address_cannot_be_credited(database):
    """The sentence stands at whose account it is."""
    async with World(database) as world:
        await staffed(world)
        guest = world.slack.add_user(name="Guest", email=None)
        await opens(world, MAYA)
        entered = {"customer": "Northwind", "amount": "1"}
        await forms.send(world, MAYA, **entered, rep=guest)
        assert list(forms.errors(world)) == ["rep"]
        await forms.send(world, MAYA, **entered, contributors=[guest])
        assert list(forms.errors(world)) == ["contributors"]
        assert await standing(world) == []
        world.quiet()


async def test_an_asset_by_hand_reminds_nobody_of_a_lead(database):
    """The touches need a lead, which is only named: no clock starts."""
    async with World(database) as world:
        await staffed(world)
        await adds(world, assets="ROI ebook")
        world.expect("chat.postMessage")
        await world.until(world.clock.now() + timedelta(days=3))
        world.quiet()


# --- the same win in a CRM ---


async def twin(world, **more):
    """The CRM tells of a won deal of the same customer and amount, an hour later."""
    world.clock.move_to(world.clock.now() + timedelta(hours=1))
    await world.sends(
        "lead.created", id="L-1", company="northwind robotics ", owner_email=MAYA, stage="customer"
    )
    told = {"id": "D-9", "name": "Rollout", "amount": "12500.00", "currency": "USD", "lead_ids": ["L-1"]}
    await world.happens("deal.won", **{**told, "owner_email": MAYA, **more})


async def test_the_same_win_of_a_crm_is_merged(database):
    """Who entered it is asked once; then the CRM's deal alone counts, and the card by hand says that it was merged."""
    async with World(database) as world:
        await staffed(world)
        await adds(world, ANA, rep=world.accounts[MAYA])
        await twin(world)
        world.expect("chat.postMessage", "chat.postMessage", "chat.postMessage")
        (offer,) = world.direct(ANA)
        assert offer.text.startswith("This looks like the same win. Merge them?")
        assert labels(offer) == ["Merge", "Keep both"]
        world.clock.move_to(world.clock.now() + timedelta(minutes=1))
        await press(world, ANA, offer, "merge_confirm")
        world.expect("chat.update", "chat.update")
        assert await standing(world) == [
            ("generic", 1250000, MAYA, "won"),
            ("manual", 1250000, MAYA, "merged"),
        ]
        by_hand, crm = world.wins()
        assert by_hand.text.startswith("merged")
        assert crm.text.startswith("Won: Rollout")
        assert labels(world.direct(ANA)[0]) == []
        await world.happens("deal.updated", id="D-9", name="Rollout 2026")
        world.expect("chat.update")


async def test_both_may_be_kept(database):
    """Then nobody is asked again about the two."""
    async with World(database) as world:
        await staffed(world)
        await adds(world)
        await twin(world)
        world.unexpected()
        (offer,) = world.direct(MAYA)
        await press(world, MAYA, offer, "merge_keep")
        world.expect("chat.update")
        old = {"value": offer.blocks[-1]["elements"][0]["value"], "stale": True}
        assert await in_vain(world, MAYA, offer, "merge_confirm", **old) == win_forms.SETTLED
        await world.happens("deal.updated", id="D-9", segment="smb")
        assert [status for _, _, _, status in await standing(world)] == ["won", "won"]
        world.quiet()


@pytest.mark.parametrize(
    "other",
    [
        {"amount": "12500.01"},
        {"currency": "EUR"},
        {"lead_ids": []},
        {"amount": None},
    ],
)
async def test_what_looks_otherwise_is_not_offered(database, other):
    """Customer, amount and currency are all the same, or nobody is asked."""
    async with World(database) as world:
        await staffed(world)
        await adds(world)
        await twin(world, **other)
        world.expect("chat.postMessage", "chat.postMessage")
        assert world.direct(MAYA) == []


async def test_an_open_deal_of_the_customers_name_is_offered_too(database):
    """Merged while it is open, it is won for the first time once the CRM wins it: with all that was entered by hand."""
    async with World(database) as world:
        await staffed(world)
        await adds(world, contributors=[world.accounts[TOM]], assets="ROI ebook\nWebinar")
        world.clock.move_to(world.clock.now() + timedelta(hours=1))
        told = {"name": "Northwind Robotics", "amount": "12500", "currency": "USD", "owner_email": MAYA}
        await world.happens("deal.updated", id="D-9", stage="engaging", **told)
        world.expect("chat.postMessage", "chat.postMessage")
        await press(world, MAYA, world.direct(MAYA)[0], "merge_confirm")
        world.expect("chat.update", "chat.update")
        assert [status for _, _, _, status in await standing(world)] == ["merged"]
        world.clock.move_to(world.clock.now() + timedelta(hours=1))
        await world.happens("deal.won", id="D-9")
        world.expect("chat.postMessage")
        assert world.wins()[1].text.startswith("Won: Northwind Robotics")
        assert [(source, status) for source, _, _, status in await standing(world)] == [
            ("generic", "won"),
            ("manual", "merged"),
        ]
        assert await sides(world) == ({"ROI ebook": "1/2", "Webinar": "1/2"}, {MAYA: "1", TOM: "0"})


async def sides(world, deal="generic/D-9"):
    """The shares of marketing and of sales in the first win of a deal."""
    booked = await world.database.read(lambda s: wins.credits_of(s, deal, 1))
    parts = await world.database.read(lambda s: wins.people_of(s, deal, 1))
    return {one.asset: one.share for one in booked}, {one.email: one.share for one in parts}


async def touched(world):
    """The amount of the deals that each asset touched, and what it is credited with, in the credit report."""
    period = Period(None, None, world.clock.now())
    made = await world.database.read(lambda s: credit_report.credit(s, world.agreement, period, "asset"))
    return {row["name"]: (row["pipeline"], row["amount"]) for row in made.rows}


async def test_what_was_entered_by_hand_goes_on_with_the_crms_deal(database):
    """The CRM knows neither assets nor helpers: those by hand and the thanks are on its card; what it tells later wins."""
    async with World(database) as world:
        await staffed(world)
        await adds(world, contributors=[world.accounts[TOM]], assets="ROI ebook\nWebinar")
        await thanks(world, ANA, world.wins()[0], [MAYA], "well done")
        await twin(world)
        assert await sides(world) == ({None: "1"}, {MAYA: "1"})
        world.clock.move_to(world.clock.now() + timedelta(minutes=1))
        await press(world, MAYA, world.direct(MAYA)[0], "merge_confirm")
        world.unexpected()
        assert await sides(world) == ({"ROI ebook": "1/2", "Webinar": "1/2"}, {MAYA: "1", TOM: "0"})
        card = world.wins()[1].text
        assert card.startswith("Won: Rollout, northwind robotics, $12,500.00")
        for told in ("ROI ebook with 50%", "Webinar with 50%", f"with <@{world.accounts[TOM]}>"):
            assert told in card
        assert "well done" in said(world.wins()[1])
        assert await touched(world) == {
            "ROI ebook": ("12500.00", "6250.00"),
            "Webinar": ("12500.00", "6250.00"),
        }
        touched_at = (START - timedelta(days=3)).isoformat()
        await world.sends("touch.recorded", lead_id="L-1", asset="Fair", at=touched_at)
        helpers = [{"email": BOSS, "share": "0.5"}]
        await world.happens("deal.updated", id="D-9", contributors=helpers)
        assert await sides(world) == ({"Fair": "1"}, {MAYA: "1/2", BOSS: "1/2"})
        world.unexpected()


async def test_of_two_alike_by_hand_one_is_the_crms(database):
    """The offers tell the day; once one is merged, the other one is settled, so that no win is swallowed."""
    async with World(database) as world:
        await staffed(world)
        for day in ("2026-11-13", "2026-11-14"):
            await adds(world, day=day)
        await twin(world)
        world.unexpected()
        first, second = world.direct(MAYA)
        assert "Northwind Robotics · $12,500.00, won on 13 Nov 2026" in first.text
        assert "Northwind Robotics · $12,500.00, won on 14 Nov 2026" in second.text
        seen = {"value": button(second, "merge_confirm")["value"], "stale": True}
        world.clock.move_to(world.clock.now() + timedelta(minutes=1))
        await press(world, MAYA, first, "merge_confirm")
        world.unexpected()
        first, second = world.direct(MAYA)
        assert (labels(first), labels(second)) == ([], [])
        assert "$12,500.00, won on 13 Nov 2026" in first.text
        assert "Settled meanwhile. Nothing to do." in second.text
        assert await in_vain(world, MAYA, second, "merge_confirm", **seen) == win_forms.SETTLED
        assert sorted(status for _, _, _, status in await standing(world)) == ["merged", "won", "won"]
        await world.happens("deal.updated", id="D-9", segment="smb")
        world.quiet()


async def test_an_offer_about_a_lost_deal_waits(database):
    """Its buttons go while the CRM's deal is lost, and come back with it."""
    async with World(database) as world:
        await staffed(world)
        await adds(world)
        await twin(world)
        for what, offered in (("lost", []), ("won", ["Merge", "Keep both"])):
            world.clock.move_to(world.clock.now() + timedelta(hours=1))
            await world.happens(f"deal.{what}", id="D-9")
            assert labels(world.direct(MAYA)[0]) == offered
        world.unexpected()
