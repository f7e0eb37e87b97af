"""The credit report: what each asset, campaign and channel brought, on hand-made histories."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

from bot.domain.agreement import Agreement, CreditRule, Rate
from bot.flow import board
from bot.flow.credit_report import credit
from bot.flow.figures import Apart, Period
from bot.flow.won import won_deals
from tests.support.market import Market

NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
AGREEMENT = Agreement(credit=CreditRule(model="first", lookback_days=0))
# (campaign, cost, deals won, deals open): the pipeline is the sum of both, as in the campaigns of the domain facts
CAMPAIGNS = (
    ("Trade show", "40000", ("15000",), ("285000",)),
    ("Ebook", "5000", ("8000",) * 6, ("42000",)),
    ("Webinar", "8000", ("5000", "5000", "10000"), ("100000",)),
    ("Retargeting", "12000", (), ("200000",)),
)


def told(market, made, **period):
    """The report's rows by name, and its total."""
    when = Period(period.get("first"), period.get("last"), NOW)
    return market.ask(lambda session: credit(session, AGREEMENT, when, made))


def rows(report, *fields):
    """Some fields of each row."""
    return {row["name"]: tuple(row[name] for name in fields) for row in report.rows}


def tell_campaigns(market, created="2026-01-05T09:00:00Z", won="2026-02-16T09:00:00Z"):
    """Four campaigns with their leads and deals."""
    number = 0
    for name, cost, wins, opens in CAMPAIGNS:
        spend = [{"on": "2026-01-02", "amount": cost, "currency": "USD"}]
        market.happens("campaign.updated", created, name=name, channel="paid", spend=spend)
        for amount, is_won in [(amount, True) for amount in wins] + [(amount, False) for amount in opens]:
            number += 1
            market.happens("lead.created", created, id=f"L{number}", campaign=name, created_at=created)
            deal = {"id": f"D{number}", "amount": amount, "currency": "USD", "lead_ids": [f"L{number}"]}
            market.happens("deal.created", created, **deal, stage="prospecting", created_at=created)
            if is_won:
                market.happens("deal.won", won, id=f"D{number}", closed_at=won)


def test_the_campaigns_of_the_facts(sqlite):
    """Wins, money, spend, return, pipeline and duds are those of the table in the domain facts."""
    market = Market(sqlite, AGREEMENT, NOW)
    tell_campaigns(market)
    report = told(market, "campaign")
    assert rows(report, "wins", "amount", "spend", "roi", "pipeline", "dud") == {
        "Trade show": (1, "15000.00", "40000.00", -0.625, "300000.00", True),
        "Ebook": (6, "48000.00", "5000.00", 8.6, "90000.00", False),
        "Webinar": (3, "20000.00", "8000.00", 1.5, "120000.00", False),
        "Retargeting": (0, "0.00", "12000.00", -1.0, "200000.00", True),
    }
    assert report.total["wins"] == 10
    assert report.total["amount"] == "83000.00"
    assert report.total["pipeline"] == "710000.00"


def test_what_has_not_matured_is_no_dud(sqlite):
    """A campaign whose newest lead is younger than a mean sales cycle is not called a dud yet."""
    market = Market(sqlite, AGREEMENT, NOW)
    tell_campaigns(market)
    market.happens("lead.created", "2026-11-19T09:00:00Z", id="L99", campaign="Retargeting")
    assert rows(told(market, "campaign"), "dud")["Retargeting"] == (False,)


def test_a_deal_touched_by_two_assets(sqlite):
    """Each asset counts the deal once and its own part of the money; the total counts the deal once and the whole."""
    market = Market(sqlite, Agreement(credit=CreditRule(model="linear")), NOW)
    market.happens("lead.created", "2026-11-01T09:00:00Z", id="L1", asset="Ebook", channel="organic")
    for number, asset in enumerate(("Webinar", "webinar "), 2):
        market.happens("touch.recorded", f"2026-11-0{number}T09:00:00Z", lead_id="L1", asset=asset)
    market.happens("deal.won", "2026-11-09T09:00:00Z", id="D1", amount="100", currency="USD", lead_ids=["L1"])
    market.happens("deal.won", "2026-11-09T09:00:00Z", id="D2", amount="50", currency="USD")
    report = told(market, "asset")
    assert rows(report, "wins", "amount") == {
        "Ebook": (1, "33.34"),
        "Webinar": (1, "66.66"),
        None: (1, "50.00"),
    }
    assert (report.total["wins"], report.total["amount"]) == (2, "150.00")


def test_a_period_chooses_wins_and_spend_by_their_days(sqlite):
    """Wins count by the day they were won, spend by its own day."""
    market = Market(sqlite, AGREEMENT, NOW)
    tell_campaigns(market)
    report = told(market, "campaign", first=date(2026, 2, 1), last=date(2026, 2, 28))
    assert rows(report, "wins", "spend", "roi")["Ebook"] == (6, "0.00", None)
    assert report.total["spend"] == "0.00"


def test_a_campaign_in_another_currency(sqlite):
    """Spend is converted by the rate of its day; what has no rate is listed apart and counts nothing."""
    agreement = Agreement(rates=(Rate("EUR", Decimal("1.1")),))
    market = Market(sqlite, agreement, NOW)
    spend = [
        {"on": "2026-11-02", "amount": "100", "currency": "EUR"},
        {"on": "2026-11-03", "amount": "7", "currency": "CHF"},
    ]
    market.happens(
        "campaign.updated", "2026-11-02T09:00:00Z", name="Fair", assets=["Stand", "Talk"], spend=spend
    )
    made = market.ask(lambda session: credit(session, agreement, Period(None, None, NOW), "asset"))
    assert rows(made, "spend") == {"Stand": ("55.00",), "Talk": ("55.00",)}
    assert made.apart.listed() == [{"currency": "CHF", "count": 1, "amount": "7", "of": "spend"}]


def test_revenue_and_cost_without_a_rate_are_not_added_up(sqlite):
    """A deal and a spend in one currency without a rate are two lines; what is spend says so."""
    market = Market(sqlite, AGREEMENT, NOW)
    at = "2026-11-02T09:00:00Z"
    market.happens("deal.won", at, id="D1", amount="30", currency="KWD")
    spend = [{"on": "2026-11-03", "amount": "10", "currency": "KWD"}]
    market.happens("campaign.updated", at, name="Fair", spend=spend)
    assert told(market, "campaign").apart.listed() == [
        {"currency": "KWD", "count": 1, "amount": "30"},
        {"currency": "KWD", "count": 1, "amount": "10", "of": "spend"},
    ]


def test_unattributed_is_what_no_touch_earned(sqlite):
    """A win of a campaign alone is in the row without an asset, and not unattributed: `/wins` says the same."""
    market = Market(sqlite, AGREEMENT, NOW)
    at = "2026-11-02T09:00:00Z"
    market.happens("touch.recorded", at, lead_id="L1", campaign="Fair")
    market.happens("deal.won", at, id="D1", amount="100", currency="USD", lead_ids=["L1"])
    market.happens("deal.won", at, id="D2", amount="70", currency="USD")
    by_asset, by_campaign = told(market, "asset"), told(market, "campaign")
    assert rows(by_asset, "wins", "amount") == {None: (2, "170.00")}
    assert rows(by_campaign, "wins", "amount") == {"Fair": (1, "100.00"), None: (1, "70.00")}
    assert [report.total["unattributed"] for report in (by_asset, by_campaign)] == ["70.00"] * 2
    won = market.ask(won_deals, AGREEMENT, Period(None, None, NOW), Apart())
    assert {name: line.minor for name, line in board.of_other_touches(won).items()} == {
        "touched": 10000,
        "unattributed": 7000,
    }
