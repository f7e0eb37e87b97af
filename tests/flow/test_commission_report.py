"""`winbell report wins --split`: how a commission pool would be shared, from told deals to the last cent."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain.agreement import Agreement, Rate
from bot.errors import UsageError
from bot.flow.commission_report import preview
from bot.flow.figures import Period
from bot.flow.reports import won_and_lost
from tests.support.market import NOW, Market

VECTOR = json.loads((Path(__file__).parents[1] / "domain" / "vectors.json").read_text("utf-8"))["funnel"][
    "D9 commission pool 10,000.00"
]
AT = "2026-11-10T09:00:00Z"
ALL = Period(None, None, NOW)


def shared(market, split="80/20", pool=None, period=ALL, by=None):
    """The preview's report."""
    return market.ask(preview("wins", split, pool), market.agreement, period, by)


def won(market, number, amount, kind, owner="ana", at=AT, **more):
    """A won deal of somebody of the seller."""
    owned = {"owner_email": f"{owner}@seller.example"} if owner else {}
    market.happens(
        "deal.won",
        at,
        id=f"D{number}",
        amount=amount,
        currency="USD",
        closed_at=at,
        kind=kind,
        **owned,
        **more,
    )


def tell_the_vector(market):
    """Net new Ana 6,000 and Ben 2,000, expansion Ben 1,000 and Cho 3,000; one deal is shared, one has no kind."""
    sdr = [{"email": "ben@seller.example", "role": "sdr", "share": "0.25"}]
    won(market, 1, "4000", "new", contributors=sdr)
    won(market, 2, "3000", None)
    won(market, 3, "1000", "new", "ben")
    won(market, 4, "1000", "expansion", "ben")
    won(market, 5, "3000", "expansion", "cho")
    won(market, 6, "90000", "renewal")


@pytest.mark.parametrize("split", ["80/20", "50/50"])
def test_the_vector(sqlite, split):
    """The table of the domain facts comes out to the cent; renewals are told in the total and shared by nobody."""
    market = Market(sqlite)
    tell_the_vector(market)
    report = shared(market, split)
    told = {row["name"].partition("@")[0].capitalize(): row for row in report.rows}
    for field, known in (("new", "new"), ("expansion", "expansion"), ("payout", split)):
        assert {name: int(Decimal(row[field]) * 100) for name, row in told.items()} == VECTOR[known]
    assert [row["pool_share"] for row in report.rows] == [VECTOR[split][name] / 1_000_000 for name in told]
    assert report.total == {
        "name": None,
        "label": None,
        "new": "8000.00",
        "expansion": "4000.00",
        "pool_share": 1.0,
        "payout": "10000.00",
        "pool": "10000.00",
        "net_new_part": 0.8 if split == "80/20" else 0.5,
        "not_paid": "0.00",
        "renewal": "90000.00",
    }


def test_another_pool_and_a_part_without_revenue(sqlite):
    """What nobody brought is not paid out; cents go by the largest remainder; an unknown owner keeps the part."""
    market = Market(sqlite)
    for number, owner in enumerate(("ana", "ben", None), 1):
        won(market, number, "1", "new", owner)
    report = shared(market, "62.5/37.5", "1.00")
    assert [(row["name"], row["payout"]) for row in report.rows] == [
        ("ana@seller.example", "0.21"),
        ("ben@seller.example", "0.21"),
        (None, "0.21"),
    ]
    assert (report.total["payout"], report.total["not_paid"]) == ("0.63", "0.37")
    assert report.rows[0]["pool_share"] == float(Fraction(5, 24))


def test_the_period_and_the_rate(sqlite):
    """Only wins of the period count, each converted once; what has no rate is listed apart."""
    market = Market(sqlite, Agreement(rates=(Rate("EUR", Decimal("1.5")),)))
    won(market, 1, "10", "new")
    market.happens("deal.updated", "2026-11-11T09:00:00Z", id="D1", amount="10", currency="EUR")
    won(market, 2, "10", "new", "ben", at="2026-10-10T09:00:00Z")
    won(market, 3, "10", "new", "ben")
    market.happens("deal.updated", "2026-11-11T09:00:00Z", id="D3", amount="10", currency="CHF")
    report = shared(market, period=Period(date(2026, 11, 1), date(2026, 11, 30), NOW))
    assert [(row["name"], row["new"]) for row in report.rows] == [
        ("ana@seller.example", "15.00"),
        ("ben@seller.example", "0.00"),
    ]
    assert report.apart.listed() == [{"currency": "CHF", "count": 1, "amount": "10"}]


DEALS = st.lists(
    st.tuples(
        st.integers(-500, 100_000),
        st.sampled_from([None, "new", "expansion", "renewal"]),
        st.sampled_from(["ana", "ben", "cho", None]),
        st.sampled_from([None, "0", "0.3", "0.333", "1"]),
    ),
    max_size=8,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(deals=DEALS, pool=st.integers(0, 10**7))
def test_all_revenue_is_shared_and_all_of_the_pool_is_told(sqlite_files, deals, pool):
    """New, expansion and renewal are together what `report wins` tells; paid and not paid are together the pool."""
    database = sqlite_files.database()
    market = Market(database)
    for number, (minor, kind, owner, share) in enumerate(deals):
        helper = [{"email": "dee@seller.example", "role": "sdr", "share": share}] if share else []
        won(market, number, f"{Decimal(minor) / 100}", kind, owner, contributors=helper)
    total = shared(market, "80/20", str(Decimal(pool) / 100)).total
    told = market.ask(won_and_lost, market.agreement, ALL).total
    kinds = sum(Decimal(total[name]) for name in ("new", "expansion", "renewal"))
    assert kinds == Decimal(told["amount"])
    assert Decimal(total["payout"]) + Decimal(total["not_paid"]) == Decimal(total["pool"])
    database.close()


@pytest.mark.parametrize(
    ("report", "split", "pool", "by", "says"),
    [
        ("credit", "80/20", None, None, "--split: only the report wins has it"),
        ("sla", None, "5", None, "--pool: only the report wins has it"),
        ("wins", None, "5", None, "--pool: give --split with it, as --split 80/20"),
        (
            "wins",
            "80",
            None,
            None,
            "--split 80: write two parts that are 100 together, net new first, as 80/20",
        ),
        ("wins", "80/30", None, None, "--split 80/30: write two parts"),
        ("wins", "-10/110", None, None, "--split -10/110: write two parts"),
        ("wins", "80/20", "much", None, "--pool much: write an amount in USD, as 10000"),
        ("wins", "80/20", "-1", None, "--pool -1: a pool is not below 0"),
        ("wins", "80/20", None, "month", "--by month: a split is shared among people; leave it out"),
    ],
)
def test_what_is_no_split(sqlite, report, split, pool, by, says):
    """Each fault names its option and says what would be right."""
    with pytest.raises(UsageError) as fault:
        Market(sqlite).ask(preview(report, split, pool), Agreement(), ALL, by)
    assert str(fault.value).startswith(says)


def test_the_same_person_by_owner_and_now(sqlite):
    """`--by owner` is what a split does anyway; the instant of the report is used."""
    market = Market(sqlite)
    tell_the_vector(market)
    assert shared(market, by="owner").rows == shared(market).rows
    before = Period(None, None, datetime(2026, 11, 9, tzinfo=UTC))
    assert shared(market, period=before).rows == ()
