"""Won deals with both sides' parts, and what of them is kept: the ground of `report wins` and of `/wins`."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain.agreement import Agreement, Rate, fold
from bot.flow import board
from bot.flow.credit_report import credit
from bot.flow.figures import Apart, Period
from bot.flow.reports import WINS_BY, won_and_lost
from bot.flow.won import won_deals
from bot.store import win_figures
from tests.support.market import NOW, Market

ALL = Period(None, None, NOW)


@pytest.mark.parametrize(
    ("churned", "as_of", "kept"),
    [
        (None, "2026-11-20T15:00:00", "100.00"),
        ("2026-11-15", "2026-11-14T23:59:59", "100.00"),
        ("2026-11-15", "2026-11-15T00:00:00", "0.00"),
        ("2026-11-15T12:00:00Z", "2026-11-15T11:59:59", "100.00"),
        ("2026-11-15T12:00:00Z", "2026-11-15T12:00:00", "0.00"),
        ("2026-11-10", "2026-11-20T15:00:00", "0.00"),
        ("2026-11-09", "2026-11-20T15:00:00", "100.00"),
    ],
    ids=[
        "stays",
        "the day before",
        "that day",
        "a second before",
        "that second",
        "day of the win",
        "won back",
    ],
)
def test_what_is_kept(sqlite, churned, as_of, kept):
    """A customer who has left by the report's instant keeps nothing; one who left before the win came back with it."""
    market = Market(sqlite)
    at = "2026-11-10T09:00:00Z"
    market.happens("deal.won", at, id="D1", amount="100", currency="USD", closed_at=at)
    if churned is not None:
        market.happens("deal.updated", "2026-11-16T09:00:00Z", id="D1", churned_at=churned)
    period = Period(None, None, datetime.fromisoformat(as_of).replace(tzinfo=UTC))
    for by in ("owner", "deal", "kind"):
        report = market.ask(won_and_lost, market.agreement, period, by)
        assert [(row["amount"], row["kept"]) for row in (*report.rows, report.total)] == [
            ("100.00", kept)
        ] * 2
        assert list(report.total)[-1] == "kept"


def test_a_deal_that_grew_later_is_counted_as_what_it_is_now(sqlite):
    """`kind` may be told after the win; nothing of the money changes."""
    market = Market(sqlite)
    at = "2026-11-10T09:00:00Z"
    market.happens("deal.won", at, id="D1", amount="100", currency="USD", closed_at=at)
    market.happens("deal.updated", "2026-11-16T09:00:00Z", id="D1", kind="expansion")
    (row,) = market.ask(won_and_lost, market.agreement, ALL, "kind").rows
    assert (row["name"], row["amount"], row["kept"]) == ("expansion", "100.00", "100.00")


def test_the_total_is_that_of_every_closed_deal_however_it_is_grouped(sqlite):
    """By deal the rows are the won ones; the total counts the lost ones all the same."""
    market = Market(sqlite)
    at = "2026-11-10T09:00:00Z"
    for kind, number in (("deal.won", "D1"), ("deal.lost", "D2"), ("deal.won", "D3")):
        market.happens(kind, at, id=number, amount="100", currency="USD", closed_at=at)
    reports = [market.ask(won_and_lost, market.agreement, ALL, by) for by in WINS_BY]
    assert [report.total == reports[0].total for report in reports] == [True] * len(WINS_BY)
    assert (reports[0].total["count"], reports[0].total["lost"]) == (2, 1)
    (by_deal,) = [report for report in reports if report.by == "deal"]
    assert [(row["name"], row["lost"], row["win_rate"]) for row in by_deal.rows] == [
        ("D1", 0, 1.0),
        ("D3", 0, 1.0),
    ]


def test_deals_are_found_by_id_and_by_words(sqlite):
    """An id at any source, a key, a part of the record without case; signs of a pattern are only signs."""
    market = Market(sqlite)
    for number, name in (("D_1", "50% off"), ("DX1", "50 Off"), ("x/D_1", "Other")):
        market.happens("deal.created", "2026-11-10T09:00:00Z", id=number, name=name, stage="engaging")
    by_id = [
        [key for key, _, _ in market.ask(win_figures.deals_by_id, words)]
        for words in ("D_1", "generic/DX1", "1")
    ]
    assert by_id == [["generic/D_1"], ["generic/DX1"], []]
    assert [name for _, name, _ in market.ask(win_figures.deals_naming, "50% OFF", 9)] == ["50% off"]


NAMES = st.sampled_from(["ana", "ben", None])
DEALS = st.lists(
    st.tuples(
        st.integers(-50, 100_000),
        st.sampled_from(["USD", "EUR", "CHF"]),
        NAMES,
        st.sampled_from([None, "0.3", "1"]),
        st.lists(st.sampled_from(["Ebook", " ebook", "Webinar", None]), max_size=3),
    ),
    max_size=6,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(deals=DEALS)
def test_parts_of_both_sides_sum_to_the_report(sqlite_files, deals):
    """People's parts and touches' parts each sum to `report wins`; the assets' board is `report credit`."""
    database = sqlite_files.database()
    market = Market(database, Agreement(rates=(Rate("EUR", Decimal("1.0845")),)))
    for number, (minor, currency, owner, share, assets) in enumerate(deals):
        lead = {"lead_id": f"L{number}"}
        for day, asset in enumerate(assets, 1):
            what = {"asset": asset} if asset else {"campaign": "Fair"}
            market.happens("touch.recorded", f"2026-11-0{day}T09:00:00Z", **lead, **what)
        owned = {"owner_email": f"{owner}@seller.example"} if owner else {}
        helper = [{"email": "dee@seller.example", "role": "sdr", "share": share}] if share else []
        market.happens(
            "deal.won",
            "2026-11-10T09:00:00Z",
            id=f"D{number}",
            amount=f"{Decimal(minor) / 100}",
            currency=currency,
            lead_ids=[f"L{number}"],
            contributors=helper,
            **owned,
        )
    period = Period(date(2026, 11, 1), date(2026, 11, 30), NOW)
    apart = Apart()
    won = market.ask(won_deals, market.agreement, period, apart)
    report = market.ask(won_and_lost, market.agreement, period, "owner")
    total = int(Decimal(report.total["amount"]) * 100)
    assert (len(won), sum(one.amount or 0 for one in won)) == (report.total["count"], total)
    assert sum(minor for one in won for _, minor in one.people) == total
    assert sum(minor for one in won for _, minor in one.credits) == total
    assert apart.listed() == report.apart.listed()
    credited = {
        fold(row["name"]): (row["amount"], row["wins"])
        for row in market.ask(credit, market.agreement, period, "asset").rows
        if row["name"] is not None
    }
    lines = {line.name: (f"{Decimal(line.minor) / 100:.2f}", line.wins) for line in board.of_assets(won)}
    assert lines == credited
    database.close()
