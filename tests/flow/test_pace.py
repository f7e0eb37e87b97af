"""The report of marketing's promises, against a history counted by hand."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from bot.domain.agreement import Agreement, Promise
from bot.domain.worktime import Calendar
from bot.errors import UsageError
from bot.flow import lead_reports
from bot.flow.figures import Period
from bot.flow.pace import pace
from tests.support.market import NOW, Market

HOLIDAY = date(2026, 11, 26)
CALENDAR = Calendar("America/New_York", (((540, 1020),),) * 5 + ((), ()), closed=frozenset({HOLIDAY}))
"""Of November 2026 20 days are worked, 15 up to Friday the 20th; of its quarter 65 and 37, of its year 260 and 232."""
NOVEMBER = Agreement(
    timezone="America/New_York",
    calendar=CALENDAR,
    promises=(
        Promise("month", leads=40, value=Decimal(2000)),
        Promise("month", "Paid_Search", leads=10),
        Promise("week", leads=5),
        Promise("quarter", "webinar", value=Decimal(100)),
        Promise("year", "Trade Show", leads=116),
    ),
)
TODAY = Period(None, None, NOW)
OCTOBER = Period(None, date(2026, 10, 31), NOW)


def a_history(database):
    """Four leads of October through paid_search, one of them won for 1,000.00; six of November, three of this week."""
    market = Market(database, NOVEMBER)
    days = {f"O{number}": ("2026-10-12", "paid_search") for number in range(4)} | {
        "N0": ("2026-11-02", "Paid_Search"),
        "N1": ("2026-11-09", "PAID_SEARCH "),
        "N2": ("2026-11-10", "webinar"),
        "N3": ("2026-11-16", "paid_search"),
        "N4": ("2026-11-17", None),
        "N5": ("2026-11-20", "webinar"),
    }
    for name, (day, channel) in days.items():
        told = {"id": name, "email": f"{name}@prospect.example", "created_at": day}
        market.happens(
            "lead.created", f"{day}T14:00:00Z", **told, **({"channel": channel} if channel else {})
        )
    deal = {"id": "D-1", "contact_emails": ["O0@prospect.example"], "amount": "1000", "currency": "USD"}
    market.happens("deal.won", "2026-10-30T09:00:00Z", **deal)
    return market


def rows(market, period=TODAY, agreement=NOVEMBER):
    """Each row by its name, as its figures in order."""
    found = market.ask(pace, agreement, period).rows
    return {row["name"]: tuple(row.values())[1:] for row in found}


def test_each_promise_is_a_row_of_exact_figures(database):
    """Leads are numbers, value is money: 7 leads of paid_search won 1,000.00, so each is worth 142.86."""
    assert rows(a_history(database)) == {
        "month all leads": ("all channels: leads in 2026-11", 40, 6, 30, 0.2, "behind", 8, 6.8),
        "month all value": (
            "all channels: value in 2026-11",
            "2000.00",
            "428.58",
            "1500.00",
            0.28572,
            "behind",
            "571.44",
            "314.28",
        ),
        "month paid_search leads": ("paid_search: leads in 2026-11", 10, 3, 7.5, 0.4, "behind", 4, 1.4),
        "week all leads": ("all channels: leads in 2026-W47", 5, 3, 5, 0.6, "behind", 3, None),
        "quarter webinar value": (
            "webinar: value in 2026-Q4",
            "100.00",
            None,
            "56.92",
            None,
            None,
            None,
            None,
        ),
        "year trade show leads": (
            "Trade Show: leads in 2026",
            116,
            0,
            116 * 232 / 260,
            0.0,
            "behind",
            0,
            116 / 28,
        ),
    }


def test_the_last_day_chooses_the_period(database):
    """A promise is measured in the period that holds `--to`; one that is over is not waited for."""
    assert rows(a_history(database), OCTOBER)["month paid_search leads"] == (
        "paid_search: leads in 2026-10",
        10,
        4,
        10,
        0.4,
        "behind",
        4,
        None,
    )
    assert rows(Market(database, NOVEMBER), Period(None, date(2027, 2, 1), NOW))["month all leads"] == (
        "all channels: leads in 2027-02",
        40,
        0,
        0,
        None,
        None,
        None,
        2,
    )


def test_leads_are_counted_as_the_channels_count_them(database):
    """Deleted leads are not there, joined ones are one contact, and what came after the instant is not counted."""
    market = a_history(database)
    market.happens("lead.created", "2026-11-18T09:00:00Z", id="X1", email="n5@prospect.example")
    market.happens("lead.created", "2026-11-18T09:00:00Z", id="X2", created_at="2026-11-18")
    market.happens("lead.created", "2026-11-18T09:00:00Z", id="X3", created_at="2026-11-18")
    market.happens("lead.merged", "2026-11-19T09:00:00Z", id="X2", merged_from=["X3"])
    market.happens("lead.deleted", "2026-11-19T10:00:00Z", id="N2")
    market.happens("lead.created", "2026-11-20T16:00:00Z", id="X4", created_at="2026-11-20T16:00:00Z")
    month = Period(date(2026, 11, 1), date(2026, 11, 30), NOW)
    counted = market.ask(lead_reports.channels, NOVEMBER, month)
    assert (rows(market)["month all leads"][2], counted.total["leads"]) == (6, 6)
    by_channel = {row["name"]: row["leads"] for row in counted.rows}
    assert rows(market)["month paid_search leads"][2] == by_channel["paid_search"] == 3


def test_days_are_those_of_the_agreement(database):
    """A lead of 31 October, 23:00 in New York is none of November, although it is in UTC."""
    market = Market(database, NOVEMBER)
    market.happens("lead.created", "2026-11-01T03:00:00Z", id="L-1", created_at="2026-11-01T03:00:00Z")
    assert [rows(market, period)["month all leads"][2] for period in (TODAY, OCTOBER)] == [0, 1]


def test_without_promises_there_are_no_rows(database):
    """Who promised nothing is behind nothing; the total is there all the same, and empty."""
    report = Market(database).ask(pace, Agreement(), TODAY)
    assert (report.rows, set(report.total.values())) == ((), {None})


def test_report_has_the_envelope_of_all_reports(database):
    """One object of the agreed shape; each row has the figures of the total."""
    report = Market(database, NOVEMBER).ask(pace, NOVEMBER, TODAY).as_dict()
    assert {key: report[key] for key in report if key not in {"rows", "total"}} == {
        "report": "pace",
        "by": "promise",
        "from": None,
        "to": None,
        "as_of": "2026-11-20T15:00:00Z",
        "currency": "USD",
        "not_converted": [],
    }
    assert [list(row) for row in report["rows"]] == [list(report["total"])] * 6


def test_a_currency_without_cents_is_rounded_to_whole_units(database):
    """A promise of yen is told in yen."""
    agreement = replace(NOVEMBER, currency="JPY", promises=(Promise("month", value=Decimal(1001)),))
    found = rows(Market(database, agreement), agreement=agreement)
    assert found == {
        "month all value": (
            "all channels: value in 2026-11",
            "1001",
            "0",
            "751",
            0.0,
            "behind",
            "0",
            "200",
        )
    }


def test_a_day_or_a_group_that_is_none_is_refused(database):
    """An unknown group and a day no period can be made of are answered in a sentence."""
    market = Market(database, NOVEMBER)
    with pytest.raises(UsageError, match="--by owner: this report groups by promise"):
        market.ask(pace, NOVEMBER, TODAY, "owner")
    with pytest.raises(UsageError, match="--to 9999-12-31: choose a day in the years 1970 to 2200"):
        market.ask(pace, NOVEMBER, Period(None, date(9999, 12, 31), datetime(2026, 11, 20, tzinfo=UTC)))
