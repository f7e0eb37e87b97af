"""Figures that were read already: what is corrected after a month has closed is told, with its day."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from bot.domain.agreement import Agreement, Rate
from bot.domain.money import Money
from bot.domain.wins_facts import Corrected
from bot.flow.closed_periods import corrected
from bot.flow.figures import Period
from bot.flow.reports import won_and_lost
from tests.support.market import Market

NOVEMBER = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
MONTH = (date(2026, 11, 1), date(2026, 11, 30))
AGREEMENT = Agreement(rates=(Rate("EUR", Decimal("1.1")),))


def won(sqlite):
    """Two deals won on 20 November, by what was known then."""
    market = Market(sqlite, AGREEMENT, NOVEMBER)
    for number in ("D1", "D2"):
        at = NOVEMBER.isoformat()
        market.happens("deal.won", at, id=number, amount="100", currency="USD", closed_at=at)
    return market


def later(market, day, kind, **data):
    """Something is told, and booked, at noon of a day."""
    market.now = datetime.fromisoformat(f"{day}T12:00:00+00:00")
    market.happens(kind, market.now.isoformat(), **data)


def note(market, first=None, last=None):
    """What is told of a period's corrections: (wins, minor units of USD, first day, last day); None for nothing."""
    found = market.ask(corrected, market.agreement, Period(first, last, market.now))
    if found is None:
        return None
    assert found.amount.currency == "USD"
    return (found.wins, found.amount.minor, found.first.isoformat(), found.last.isoformat())


REOPENED = ("deal.reopened", {"id": "D1"})
LOWER = ("deal.updated", {"id": "D1", "amount": "70", "currency": "USD"})
IN_EUROS = ("deal.updated", {"id": "D1", "amount": "100", "currency": "EUR"})
NO_AMOUNT = ("deal.updated", {"id": "D1", "amount": None})
EARLIER = ("deal.won", {"id": "D1", "closed_at": "2026-10-30T09:00:00Z"})
OWNER = ("deal.updated", {"id": "D1", "owner_email": "ana@seller.example"})


@pytest.mark.parametrize(
    ("day", "told", "period", "expected"),
    [
        ("2026-11-30", REOPENED, MONTH, None),
        ("2026-12-01", REOPENED, MONTH, (1, -10000, "2026-12-01", "2026-12-01")),
        ("2026-12-03", REOPENED, (None, None), (1, -10000, "2026-12-03", "2026-12-03")),
        ("2026-12-03", LOWER, MONTH, (1, -3000, "2026-12-03", "2026-12-03")),
        ("2026-12-03", IN_EUROS, MONTH, (1, 1000, "2026-12-03", "2026-12-03")),
        ("2026-12-03", EARLIER, MONTH, (1, -10000, "2026-12-03", "2026-12-03")),
        (
            "2026-12-03",
            EARLIER,
            (date(2026, 10, 1), date(2026, 10, 31)),
            (1, 10000, "2026-12-03", "2026-12-03"),
        ),
        ("2026-12-03", EARLIER, (date(2026, 10, 1), None), None),
        ("2026-12-03", OWNER, MONTH, None),
        ("2026-12-03", REOPENED, (date(2026, 12, 1), None), None),
        (
            "2026-11-25",
            REOPENED,
            (date(2026, 11, 16), date(2026, 11, 22)),
            (1, -10000, "2026-11-25", "2026-11-25"),
        ),
    ],
    ids=[
        "before the month ends",
        "the day after",
        "any time",
        "amount",
        "currency",
        "moved out",
        "moved in",
        "moved within",
        "no figure",
        "another month",
        "a week that was asked for",
    ],
)
def test_what_is_told(sqlite, day, told, period, expected):
    """A win that went, changed its amount or moved after its month, or the period asked for, had closed."""
    market = won(sqlite)
    later(market, day, told[0], **told[1])
    assert note(market, *period) == expected


def test_several_corrections_are_added_up(sqlite):
    """Each win counts once, with what became of it in the end; the days are those of the first and the last."""
    market = won(sqlite)
    later(market, "2026-12-03", *LOWER[:1], **LOWER[1])
    later(market, "2026-12-05", *REOPENED[:1], **REOPENED[1])
    later(market, "2026-12-04", "deal.updated", id="D2", amount="150", currency="USD")
    market.now = datetime(2026, 12, 31, tzinfo=UTC)
    assert note(market, *MONTH) == (2, -5000, "2026-12-03", "2026-12-05")


def test_what_was_taken_back_is_not_told(sqlite):
    """An amount that is again what it was has corrected nothing."""
    market = won(sqlite)
    later(market, "2026-12-03", *LOWER[:1], **LOWER[1])
    later(market, "2026-12-04", "deal.updated", id="D1", amount="100", currency="USD")
    assert note(market, *MONTH) is None


def test_history_is_no_correction(sqlite):
    """What an import brings of old wins, with all that became of them, was never read otherwise."""
    market = Market(sqlite, AGREEMENT, NOVEMBER)
    old = {"id": "D9", "amount": "100", "currency": "USD"}
    market.happens("deal.won", "2026-03-02T09:00:00Z", silent=True, **old)
    market.happens("deal.updated", "2026-05-02T09:00:00Z", silent=True, **(old | {"amount": "5"}))
    assert note(market) is None


def test_the_report_tells_it_with_its_total(sqlite):
    """The figures are those of now; three fields of the total say what was corrected, and only where something was."""
    market = won(sqlite)
    period = Period(*MONTH, datetime(2026, 12, 31, tzinfo=UTC))
    before = market.ask(won_and_lost, market.agreement, period, "month")
    assert (before.total["count"], list(before.total)[-1]) == (2, "kept")
    later(market, "2026-12-03", *REOPENED[:1], **REOPENED[1])
    report = market.ask(won_and_lost, market.agreement, period, "month")
    assert [(row["name"], row["count"], row["amount"]) for row in report.rows] == [("2026-11", 1, "100.00")]
    told = {name: value for name, value in report.total.items() if name.startswith("corrected")}
    assert told == {"corrected_since": 1, "corrected_amount": "-100.00", "corrected_on": "2026-12-03"}


def test_a_win_in_euros_is_told_in_the_agreements_currency(sqlite):
    """By the rate kept with it."""
    market = Market(sqlite, AGREEMENT, NOVEMBER)
    market.happens("deal.won", NOVEMBER.isoformat(), id="D1", amount="100", currency="EUR")
    later(market, "2026-12-03", "deal.deleted", id="D1")
    found = market.ask(corrected, market.agreement, Period(*MONTH, market.now))
    assert found == Corrected(1, Money(-11000, "USD"), date(2026, 12, 3), date(2026, 12, 3))
