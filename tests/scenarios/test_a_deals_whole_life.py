"""One deal from its opening to the customer's leaving: at each step the card, the books and every figure are true."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from bot.domain.agreement import Agreement, CreditRule, Rate
from bot.flow import credit_report, reports
from bot.flow.figures import Period
from bot.store import wins
from tests.support.win_people import WHY, press, proposes
from tests.support.wins import pass_time
from tests.support.world import TO_OWNERS, World, labels

if TYPE_CHECKING:
    from bot.playground.records import Message

MAYA, BEN, ANA = "maya@seller.example", "ben@seller.example", "ana@seller.example"
DANA = "dana@northwind.example"
DEAL = "generic/D-1"
AGREEMENT = Agreement(
    reminders=TO_OWNERS, credit=CreditRule(model="linear"), rates=(Rate("EUR", Decimal("1.2")),)
)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True)
class Truth:
    """What all reports and the books say: money of reports in dollars, parts in cents of the deal's own currency."""

    won: tuple[int, str, str]
    """Of `report wins`: count, amount, kept."""
    credit: dict[str, str]
    """Of `report credit`: what each asset is credited."""
    open: tuple[int, str]
    """Of `report pipeline`: count, amount."""
    marketing: dict[str, int]
    """The booked parts of the win that stands, by asset."""
    sales: dict[str, int]
    """The booked parts of the win that stands, by person."""


OPEN = Truth(won=(0, "0.00", "0.00"), credit={}, open=(1, "12000.00"), marketing={}, sales={})
WON = Truth(
    won=(1, "12000.00", "12000.00"),
    credit={"Ebook": "6000.00", "Webinar": "6000.00"},
    open=(0, "0.00"),
    marketing={"Ebook": 600000, "Webinar": 600000},
    sales={MAYA: 960000, BEN: 240000},
)
CORRECTED = Truth(
    won=(1, "15000.01", "15000.01"),
    credit={"Ebook": "7500.01", "Webinar": "7500.00"},
    open=(0, "0.00"),
    marketing={"Ebook": 750001, "Webinar": 750000},
    sales={MAYA: 1200001, BEN: 300000},
)
CONFIRMED = Truth(
    won=(1, "15000.01", "15000.01"),
    credit={"Ebook": "5000.01", "Webinar": "5000.00", "Fair": "5000.00"},
    open=(0, "0.00"),
    marketing={"Ebook": 500001, "Webinar": 500000, "Fair": 500000},
    sales={MAYA: 1200001, BEN: 300000},
)
REOPENED = Truth(won=(0, "0.00", "0.00"), credit={}, open=(1, "15000.01"), marketing={}, sales={})
WON_AGAIN = Truth(  # €13,000.01 at 1.2 is $15,600.01
    won=(1, "15600.01", "15600.01"),
    credit={"Ebook": "5200.01", "Webinar": "5200.00", "Fair": "5200.00"},
    open=(0, "0.00"),
    marketing={"Ebook": 433334, "Webinar": 433334, "Fair": 433333},
    sales={MAYA: 1040001, BEN: 260000},
)
CHURNED = Truth(
    won=(1, "15600.01", "0.00"),
    credit=WON_AGAIN.credit,
    open=(0, "0.00"),
    marketing=WON_AGAIN.marketing,
    sales=WON_AGAIN.sales,
)


async def truth(world: World) -> Truth:
    """What is true now, from every source of figures; checked: both sides' parts sum to the won amounts."""
    database, agreement = world.database, world.agreement
    period = Period(None, None, world.clock.now())
    won = (await database.read(lambda s: reports.won_and_lost(s, agreement, period))).total
    credit = await database.read(lambda s: credit_report.credit(s, agreement, period, "asset"))
    pipeline = (await database.read(lambda s: reports.pipeline(s, agreement, period))).total
    marketing: dict[str, int] = {}
    sales: dict[str, int] = {}
    for number, win in (await database.read(lambda s: wins.of_deal(s, DEAL))).items():
        credits_now = await database.read(lambda s, n=number: wins.credits_of(s, DEAL, n))
        people_now = await database.read(lambda s, n=number: wins.people_of(s, DEAL, n))
        amount = win.amount_minor if win.status == "won" else 0
        assert sum(part.amount_minor for part in credits_now) == amount
        assert sum(part.amount_minor for part in people_now) == amount
        marketing |= {part.asset: part.amount_minor for part in credits_now}
        sales |= {part.email: part.amount_minor for part in people_now}
    assert sum(Decimal(row["amount"]) for row in credit.rows) == Decimal(won["amount"])
    return Truth(
        won=(won["count"], won["amount"], won["kept"]),
        credit={row["label"]: row["amount"] for row in credit.rows if row["wins"]},
        open=(pipeline["count"], pipeline["amount"]),
        marketing=marketing,
        sales=sales,
    )


def cards(world: World) -> list[Message]:
    """The messages of #wins that are no replies."""
    return [message for message in world.wins() if message.thread_ts in {None, message.ts}]


def replies(world: World) -> list[tuple[str, str]]:
    """(message above, text) of every reply in #wins."""
    return [(m.thread_ts, m.text) for m in world.wins() if m.thread_ts not in {None, m.ts}]


async def opens(world: World) -> str:
    """Maya's deal, with Ben's help, of a customer who knows two assets; returns how a card names the two."""
    for name, role in (("Maya Okafor", "sales"), ("Ben Ito", "sales"), ("Ana Lima", "marketing")):
        email = world.person(name)
        await world.sends("person.updated", email=email, name=name, role=role)
    for asset, day in (("Ebook", 3), ("Webinar", 9)):
        await world.sends("touch.recorded", email=DANA, asset=asset, at=f"2026-11-{day:02}T10:00:00Z")
    await world.happens(
        "deal.created",
        id="D-1",
        name="Fleet",
        stage="engaging",
        amount="12000",
        currency="USD",
        owner_email=MAYA,
        contributors=[{"email": BEN, "role": "sdr", "share": "0.2"}],
        contact_emails=[DANA],
        created_at="2026-11-05T09:00:00Z",
    )
    return f"Sales: <@{world.accounts[MAYA]}> (80%), with <@{world.accounts[BEN]}> (sdr, 20%)."


async def test_a_deals_whole_life(database):
    """Opened, won, corrected, questioned, reopened, won again in euros, churned: never stale, never loud, never off."""
    async with World(database, AGREEMENT) as world:
        sales = await opens(world)
        assert await truth(world) == OPEN
        await pass_time(world, HOUR)
        world.quiet()

        # It is won: one card for both sides.
        await world.happens("deal.won", id="D-1")
        world.expect("chat.postMessage")
        (card,) = cards(world)
        assert card.text == (
            f"Won: Fleet, $12,000.00. {sales} "
            "Marketing: Ebook with 50%, $6,000.00; Webinar with 50%, $6,000.00. "
            "The way there: Ebook, 3 Nov, then Webinar, 9 Nov."
        )
        assert labels(card) == ["Something missing?", "Say thanks"]
        assert await truth(world) == WON
        await pass_time(world, HOUR)
        world.quiet()

        # The amount was wrong by a quarter: the card is corrected, and its thread says so.
        await world.happens("deal.updated", id="D-1", amount="15000.01", currency="USD")
        world.expect("chat.update", "chat.postMessage")
        (card,) = cards(world)
        assert card.text == (
            f"Won: Fleet, $15,000.01. {sales} "
            "Marketing: Ebook with 50%, $7,500.01; Webinar with 50%, $7,500.00. "
            "The way there: Ebook, 3 Nov, then Webinar, 9 Nov. "
            "Corrected: the amount was $12,000.00."
        )
        told = [(card.ts, "Corrected: Fleet. The amount is now $15,000.01; it was $12,000.00.")]
        assert replies(world) == told
        assert await truth(world) == CORRECTED
        await pass_time(world, HOUR)
        world.quiet()

        # Maya misses the fair. Ana is asked, and until she answers nothing is different.
        await proposes(world, MAYA, card, name="Fair", day="2026-11-12")
        world.expect("chat.postMessage")
        claim = f"Fleet\nAsset: Fair, touched on 12 Nov 2026\n“{WHY}”"
        (question,) = world.direct(ANA)
        assert question.text == (
            f"Maya Okafor says that something is missing from a win\n{claim}\n"
            "The card and all figures follow once you confirm. Nothing changes before."
        )
        assert await truth(world) == CORRECTED
        await pass_time(world, HOUR)
        world.quiet()

        # Ana confirms: the card follows, the question is closed, Maya hears it.
        await press(world, ANA, question, "claim_confirm")
        world.expect("chat.update", "chat.update", "chat.postMessage")
        (card,) = cards(world)
        assert card.text == (
            f"Won: Fleet, $15,000.01. {sales} "
            "Marketing: Ebook with 33.3%, $5,000.01; Webinar with 33.3%, $5,000.00; Fair with 33.3%, $5,000.00. "
            "The way there: Ebook, 3 Nov, then Webinar, 9 Nov, then Fair, 12 Nov. "
            "Corrected: the amount was $12,000.00 and marketing was Ebook 50% and Webinar 50%."
        )
        outcome = "Confirmed by Ana Lima. The card and all figures follow."
        (question,), (answer,) = world.direct(ANA), world.direct(MAYA)
        assert question.text == f"Maya Okafor says that something is missing from a win\n{claim}\n{outcome}"
        assert labels(question) == []
        assert answer.text == (
            "You said that something was missing: confirmed\n"
            f"Fleet\nAsset: Fair, touched on 12 Nov 2026\n{outcome}"
        )
        assert replies(world) == told
        assert await truth(world) == CONFIRMED
        await pass_time(world, DAY)
        world.quiet()

        # It is open again: the card is set back in place, and both sides' parts are gone with the win.
        await world.happens("deal.reopened", id="D-1", stage="engaging")
        world.expect("chat.update")
        (card,) = cards(world)
        assert card.text == (
            "reopened: Fleet, $15,000.01. The deal was opened again, so this win does not count. "
            f"It was won on 16 Nov 2026 by <@{world.accounts[MAYA]}>."
        )
        assert labels(card) == []
        assert await truth(world) == REOPENED
        await pass_time(world, DAY)
        world.quiet()

        # It is won again, in euros: a card of its own, and what was confirmed still counts.
        await world.happens("deal.won", id="D-1", amount="13000.01", currency="EUR")
        world.expect("chat.postMessage")
        first, second = cards(world)
        assert first.text.startswith("reopened: Fleet, $15,000.01. ")
        assert second.text == (
            f"Won again: Fleet, €13,000.01. {sales} "
            "Marketing: Ebook with 33.3%, €4,333.34; Webinar with 33.3%, €4,333.34; Fair with 33.3%, €4,333.33. "
            "The way there: Ebook, 3 Nov, then Webinar, 9 Nov, then Fair, 12 Nov."
        )
        assert replies(world) == told
        assert await truth(world) == WON_AGAIN
        await pass_time(world, 90 * DAY)
        world.quiet()

        # A new agreement brings another rate: the one of the time of the win is kept.
        world.agreement = replace(AGREEMENT, rates=(Rate("EUR", Decimal("1.1")),))
        await world.restart()
        await pass_time(world, DAY)
        world.quiet()
        assert await truth(world) == WON_AGAIN

        # The customer leaves: the win was one and stays one, but nothing of it is kept.
        await world.happens("deal.updated", id="D-1", churned_at=world.clock.now().isoformat())
        assert await truth(world) == CHURNED
        await pass_time(world, 7 * DAY)
        world.quiet()
        assert [message.text for message in cards(world)] == [first.text, second.text]
