"""What each lead is worth: the report and the kept figures say the same."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.clock import ManualClock
from bot.domain.agreement import Agreement, Rate
from bot.domain.worth import Origin, Worth
from bot.flow import lead_reports, worth
from bot.flow.figures import Period
from bot.flow.ports import NotConnected, Office
from bot.store import tables
from tests.support.histories import forget_all
from tests.support.market import NOW, Market

MON = "2026-11-16T09:00:00Z"
TUE = "2026-11-17T09:00:00Z"
EVER = Period(None, None, NOW)


@pytest.fixture
def market(database) -> Market:
    """A market on an empty database of each kind, under the default agreement (USD)."""
    return Market(database, Agreement(rates=(Rate("EUR", Decimal(2)),)))


def office_of(market: Market) -> Office:
    """The office of a market, its clock at the market's present."""
    return Office(market.database, ManualClock(market.now), market.agreement, NotConnected(), lambda: 0.5)


def leads(market: Market, count: int, prefix: str, **more):
    """So many leads of one kind."""
    for number in range(count):
        market.happens("lead.created", MON, id=f"{prefix}{number}", created_at=MON, **more)


def won(market: Market, lead: str, amount, **more):
    """A deal won from a lead."""
    market.happens("deal.won", TUE, id=f"D-{lead}", lead_ids=[lead], amount=amount, **more)


def of_lead(market: Market, *origin):
    """What a lead is worth by the kept figures."""
    return market.ask(worth.of_lead, market.agreement, *Origin(*origin))


async def test_the_most_specific_history_tells(market):
    """30 leads by an e-book with one win of 900.00 make such a lead worth 30.00, whatever its channel is worth."""
    leads(market, 30, "E", asset="Ebook", channel="organic", segment="SMB")
    leads(market, 2, "O", channel=" Organic", segment="smb")
    won(market, "E7", "900.00")
    won(market, "O1", "4000")
    office = office_of(market)
    assert of_lead(market, "Ebook", "organic", "SMB") is None
    await worth.refresh(office)
    assert of_lead(market, " EBOOK ", "organic", "SMB") == Worth(3000, "USD", "asset", "Ebook", 30, few=False)
    assert of_lead(market, "Webinar", "ORGANIC", None) == Worth(
        15313, "USD", "channel", "organic", 32, few=False
    )
    assert of_lead(market, None, None, "Smb") == Worth(15313, "USD", "segment", "Smb", 32, few=False)
    assert of_lead(market, None, "paid", "enterprise") is None
    assert of_lead(market, None, None, None) is None


async def test_a_short_history_is_marked_few(market):
    """Two leads are a short history: it is used where there is no longer one, and says so."""
    leads(market, 2, "L", asset="Ebook", channel="organic")
    leads(market, 1, "M", channel="organic")
    won(market, "L0", "100")
    await worth.refresh(office_of(market))
    assert of_lead(market, "Ebook", "organic") == Worth(3333, "USD", "channel", "organic", 3, few=True)
    assert of_lead(market, "Ebook") == Worth(5000, "USD", "asset", "Ebook", 2, few=True)


async def test_nothing_is_invented(market):
    """Without a win, or where no win's amount is known, a lead has no value: not zero, none."""
    leads(market, 3, "L", channel="organic")
    leads(market, 3, "M", channel="paid")
    won(market, "M0", None)
    won(market, "M1", "100", currency="GBP")
    await worth.refresh(office_of(market))
    assert of_lead(market, None, "organic") is None
    assert of_lead(market, None, "paid") is None
    assert market.rows(tables.WorthRow, "by", "name", "leads") == [("", "", 6)]
    won(market, "L1", "0")
    await worth.refresh(office_of(market))
    assert of_lead(market, None, "organic") == Worth(0, "USD", "channel", "organic", 3, few=True)


async def test_amounts_are_in_the_agreements_currency(market):
    """A deal in euros counts at its rate; a deal won from two leads of a channel counts once."""
    leads(market, 4, "L", channel="organic")
    market.happens("deal.won", TUE, id="D1", lead_ids=["L0", "L1"], amount="50", currency="EUR")
    await worth.refresh(office_of(market))
    assert of_lead(market, None, "organic") == Worth(2500, "USD", "channel", "organic", 4, few=True)
    entry = market.rows(tables.WorthRow, "by", "name", "leads", "won", "revenue_minor", "currency", "made_at")
    assert entry == [
        ("", "", 4, 0, 0, "USD", NOW),
        ("channel", "organic", 4, 2, 10000, "USD", NOW),
    ]


async def test_it_is_refreshed_when_stale(market):
    """An hour later, and when the currency is another; not in between, even where there is no history at all."""
    office = office_of(market)
    assert await worth.refresh_if_stale(office) is True
    assert await worth.refresh_if_stale(office) is False
    leads(market, 1, "L", channel="organic")
    won(market, "L0", "100")
    office.clock.advance(timedelta(minutes=59, seconds=59))
    assert await worth.refresh_if_stale(office) is False
    assert of_lead(market, None, "organic") is None
    office.clock.advance(timedelta(seconds=1))
    assert await worth.refresh_if_stale(office) is True
    assert of_lead(market, None, "organic").minor == 10000
    office.agreement = market.agreement = Agreement(currency="EUR", rates=(Rate("USD", Decimal("0.5")),))
    assert of_lead(market, None, "organic") is None
    assert await worth.refresh_if_stale(office) is True
    assert await worth.refresh_if_stale(office, timedelta(days=1)) is False
    office.clock.advance(timedelta(days=-3))
    assert await worth.refresh_if_stale(office, timedelta(days=1)) is True


async def test_many_leads_at_once(market):
    """Each lead of a reminder has its worth under its own key."""
    leads(market, 2, "L", asset="Ebook", channel="organic")
    won(market, "L0", "100")
    await worth.refresh(office_of(market))
    many = {
        "g/1": Origin("ebook", None, None),
        "g/2": Origin(None, "ORGANIC", None),
        "g/3": Origin(),
        "g/4": Origin("x" * 300, "  ", ""),
    }
    found = market.ask(worth.of_leads, market.agreement, many)
    assert {key: (one.by, one.name, one.minor) if one else None for key, one in found.items()} == {
        "g/1": ("asset", "Ebook", 5000),
        "g/2": ("channel", "organic", 5000),
        "g/3": None,
        "g/4": None,
    }


async def test_a_name_of_any_length_is_kept(market):
    """A page's address may be very long: it is found all the same, and shown as it was written."""
    page = "https://seller.example/" + "Very-Long/" * 60
    leads(market, 2, "L", asset=page)
    won(market, "L0", "100")
    await worth.refresh(office_of(market))
    assert of_lead(market, page.upper()) == Worth(5000, "USD", "asset", page, 2, few=True)


async def test_a_sum_beyond_every_column_is_left_out(database):
    """Amounts may be absurd; what no column holds is not kept, and what else is worth something still is."""
    market = Market(database, Agreement(currency="CLF"))  # of four decimals
    leads(market, 2, "L", channel="organic")
    leads(market, 1, "M", channel="paid")
    for lead, amount in (("L0", "900000000000000"), ("L1", "900000000000000"), ("M0", "5")):
        won(market, lead, amount)
    await worth.refresh(office_of(market))
    assert of_lead(market, None, "organic") is None
    assert of_lead(market, None, "paid") == Worth(50000, "CLF", "channel", "paid", 1, few=True)


AMOUNTS = st.sampled_from([None, "0", "-20.01", "33.33", "1000"])
ORIGINS = st.tuples(*(st.sampled_from([None, "A", " a", "b", "B"]) for _ in range(3)))
STORIES = st.lists(st.tuples(ORIGINS, st.none() | AMOUNTS, st.booleans()), max_size=12)


@settings(
    max_examples=25,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(STORIES)
def test_the_kept_figures_are_those_of_the_report(sqlite, stories):
    """Each row of `report channels` with a known win is kept with the same leads and the same MQL value."""
    market = Market(sqlite)
    market.database.write_now(forget_all)
    for number, ((asset, channel, segment), amount, same) in enumerate(stories):
        lead = f"L{number}"
        email = "dana@prospect.example" if same else None
        market.happens(
            "lead.created", MON, id=lead, asset=asset, channel=channel, segment=segment, email=email
        )
        if amount is not None:
            won(market, lead, amount)
    history = market.ask(worth.live, market.agreement, NOW)
    assert history.leads == market.ask(lead_reports.channels, market.agreement, EVER).total["leads"]
    for by in ("asset", "channel", "segment"):
        rows = market.ask(lead_reports.channels, market.agreement, EVER, by).rows
        told = {
            row["name"].strip().casefold(): (row["leads"], row["won"], row["mql_value"], row["revenue"])
            for row in rows
            if row["name"]
        }
        assert len(told) == len([row for row in rows if row["name"]])
        found = {}
        for (of, name), entry in history.entries.items():
            if of == by:
                value = history.of_lead(**{"asset": None, "channel": None, "segment": None, by: name})
                minor = value.minor if value else 0
                found[name] = (
                    entry.leads,
                    entry.won,
                    str(Decimal(minor).scaleb(-2)),
                    str(Decimal(entry.revenue_minor).scaleb(-2)),
                )
        assert found == told
