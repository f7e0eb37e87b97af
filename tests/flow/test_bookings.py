"""What is booked of a win: by which rule and rate, for whom of both sides, and what is logged of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from sqlalchemy import insert

from bot.domain.agreement import Agreement, CreditRule, Rate
from bot.flow import deals, reports
from bot.flow.figures import Period
from bot.store import tables, wins
from tests.support.market import NOW, Market

MON, TUE, WED, THU = (f"2026-11-{day}T09:00:00Z" for day in (16, 17, 18, 19))
ANA, BEN, CHO = (f"{name}@seller.example" for name in ("ana", "ben", "cho"))
DANA = "dana@prospect.example"
EVER = Period(None, None, NOW)


@pytest.fixture
def market(database) -> Market:
    """A market on an empty database of each kind, under the default agreement."""
    return Market(database)


def settle(market: Market, deal: str = "D1") -> None:
    """The deal is settled anew, as after a change of the agreement."""
    market.database.write_now(
        partial(
            deals.settle_deal,
            agreement=market.agreement,
            key=f"generic/{deal}",
            now=market.now,
            silent=True,
            announce_since=None,
        )
    )


def claim(market: Market, kind: str, name: str, *, state: str = "confirmed", on: date | None = None) -> None:
    """Somebody claimed credit of the deal D1, and the other side answered."""
    row = {"ref": f"{kind}:{name}:{on}", "deal_key": "generic/D1", "kind": kind, "name": name}
    row |= {"touched_on": on, "why": "", "side": "sales", "state": state, "at": NOW, "by_slack_id": "U1"}
    market.database.write_now(lambda s: s.execute(insert(tables.ClaimRow).values(row)))
    settle(market)


def people(market: Market, deal: str = "D1", number: int = 1) -> list[tuple[Any, ...]]:
    """(e-mail, role, share, minor units) of each person."""
    found = market.ask(wins.people_of, f"generic/{deal}", number)
    assert [part.position for part in found] == list(range(len(found)))
    return [(part.email, part.role, part.share, part.amount_minor) for part in found]


def changes(market: Market, deal: str = "D1", number: int = 1) -> list[tuple[Any, ...]]:
    """(field, was, now) of each change of a win."""
    found = market.ask(wins.changes_of, f"generic/{deal}", number)
    return [(change.field, change.was, change.now) for change in found]


# The rule and the rate are kept


def test_a_booked_win_keeps_its_rule(market):
    """Model, numbers and the shares of roles stay as agreed when it was booked; the next win takes the new ones."""
    market.agreement = replace(
        market.agreement, credit=CreditRule("first", contributors={"sdr": Decimal("0.1")})
    )
    helpers = {"owner_email": ANA, "contributors": [{"email": BEN, "role": "SDR"}]}
    for asset, at in (("Ebook", MON), ("Webinar", TUE)):
        market.happens("touch.recorded", at, email=DANA, asset=asset)
    market.happens("deal.won", WED, id="D1", amount="100", contact_emails=[DANA], **helpers)
    market.agreement = replace(
        market.agreement, credit=CreditRule("last", contributors={"sdr": Decimal("0.5")})
    )
    market.happens("deal.updated", THU, id="D1", amount="200")
    market.happens("deal.won", THU, id="D2", amount="300", contact_emails=[DANA], **helpers)
    assert [(c.asset, c.amount_minor) for c in market.credits("D1")] == [("Ebook", 20000), ("Webinar", 0)]
    assert [(c.asset, c.amount_minor) for c in market.credits("D2")] == [("Ebook", 0), ("Webinar", 30000)]
    assert people(market) == [(ANA, None, "9/10", 18000), (BEN, "SDR", "1/10", 2000)]
    assert people(market, "D2") == [(ANA, None, "1/2", 15000), (BEN, "SDR", "1/2", 15000)]
    assert [market.wins(deal)[1].model for deal in ("D1", "D2")] == ["first", "last"]


OLD = Agreement(rates=(Rate("EUR", Decimal("1.1")), Rate("GBP", Decimal("1.3"))))
NEW = Agreement(
    rates=(
        Rate("EUR", Decimal("1.2")),
        Rate("EUR", Decimal("1.25"), date(2026, 11, 18)),
        Rate("CHF", Decimal("1.05")),
    )
)


@pytest.mark.parametrize(
    ("closed_at", "won_on"),
    [(THU, date(2026, 11, 17)), ("2026-11-18", date(2026, 11, 17)), ("2026-11-16", date(2026, 11, 16))],
)
def test_nothing_is_won_in_the_future(market, closed_at, won_on):
    """A close time on a later day than it is told is none: the win is of the day on which it was told."""
    market.happens("deal.won", TUE, id="D1", amount="10", closed_at=closed_at)
    assert market.wins("D1")[1].won_on == won_on
    market.happens("deal.updated", WED, id="D1", owner_email=BEN)
    assert market.wins("D1")[1].won_on == won_on


@pytest.mark.parametrize(
    ("correction", "rate"),
    [
        ({}, "1.1"),
        ({"owner_email": BEN, "kind": "renewal", "name": "Fleet"}, "1.1"),
        ({"amount": "10.0"}, "1.1"),
        ({"amount": "11"}, "1.2"),
        ({"currency": "CHF"}, "1.05"),
        ({"currency": "USD"}, "1"),
        ({"currency": "GBP"}, None),
        ({"closed_at": "2026-11-18"}, "1.25"),
        ({"closed_at": "2026-11-17"}, "1.1"),
    ],
)
def test_the_rate_is_kept_with_the_win(market, correction, rate):
    """Another agreement changes no booked win; a corrected amount, currency or day takes the rate of its day."""
    market.agreement = OLD
    market.happens("deal.won", TUE, id="D1", amount="10", currency="EUR")
    market.agreement = NEW
    settle(market)
    assert market.wins("D1")[1].rate == "1.1"
    assert market.ask(reports.won_and_lost, NEW, EVER).total["amount"] == "11.00"
    market.happens("deal.updated", THU, id="D1", **correction)
    assert market.wins("D1")[1].rate == rate


def test_a_rate_that_was_unknown_is_taken_when_it_is_told(market):
    """A win without a rate is listed apart until there is one; then that is kept."""
    market.happens("deal.won", TUE, id="D1", amount="10", currency="EUR")
    report = market.ask(reports.won_and_lost, market.agreement, EVER)
    assert (report.total["amount"], len(report.apart.listed())) == ("0.00", 1)
    for agreement in (OLD, NEW):
        market.agreement = agreement
        settle(market)
        assert market.wins("D1")[1].rate == "1.1"


def test_another_currency_of_the_reports_takes_new_rates(market):
    """A rate into a currency that is not reported in any more says nothing."""
    market.agreement = OLD
    market.happens("deal.won", TUE, id="D1", amount="10", currency="EUR")
    for worth in ("0.9", "0.8"):
        market.agreement = Agreement(currency="CHF", rates=(Rate("EUR", Decimal(worth)),))
        settle(market)
        assert market.wins("D1")[1].rate == "0.9"
    assert market.ask(reports.won_and_lost, market.agreement, EVER).total["amount"] == "9.00"


# What is kept of the time of the win


def test_kind_and_segment_follow_the_deal_while_the_win_stands(market):
    """They are corrected with the deal, and stay with a win that has ended."""
    market.happens("deal.won", TUE, id="D1", kind="new", segment="smb", owner_email=ANA, amount="5")
    market.happens("deal.updated", WED, id="D1", segment="enterprise")
    market.happens(
        "deal.reopened", THU, id="D1", kind="renewal", segment="public", owner_email=BEN, amount="6"
    )
    market.happens("deal.won", "2026-11-20T09:00:00Z", id="D1")
    known = [(w.kind, w.segment, w.owner_email, w.amount_minor) for w in market.wins("D1").values()]
    assert known == [("new", "enterprise", ANA, 500), ("renewal", "public", BEN, 600)]


@pytest.mark.parametrize("second_day", [None, "2026-11-19"])
def test_an_ended_win_keeps_its_day(market, second_day):
    """A win that was taken back was won on the day on which it was won, whatever day the deal has now."""
    market.happens("deal.won", WED, id="D1", closed_at="2026-11-16", amount="1")
    market.happens("deal.reopened", THU, id="D1", closed_at=second_day)
    (win,) = market.wins("D1").values()
    assert (win.status, win.won_on) == ("reopened", date(2026, 11, 16))


def test_late_news_of_an_earlier_winning_moves_the_day(market):
    """The first win turns out to be one that ended before the one that was known: each has its own day."""
    market.happens("deal.won", THU, id="D1", amount="1")
    market.happens("deal.lost", WED, id="D1")
    market.happens("deal.won", MON, id="D1")
    assert [(w.number, w.status, w.won_on.day) for w in market.wins("D1").values()] == [
        (1, "lost", 16),
        (2, "won", 19),
    ]


def test_the_team_is_that_of_the_time_of_the_win(market):
    """Who moves later does not take the win along; a correction of before the win, and another owner, do."""
    team = lambda: market.wins("D1")[1].team  # noqa: E731  # short
    market.happens("person.updated", MON, email=ANA, team="north")
    market.happens("person.updated", MON, email=BEN, team="west")
    market.happens("deal.won", TUE, id="D1", owner_email=ANA)
    assert team() == "north"
    market.happens("person.updated", WED, email=ANA, team="south")
    settle(market)
    assert team() == "north"
    market.happens("deal.updated", WED, id="D1", owner_email=BEN)
    assert team() == "west"
    market.happens("person.updated", "2026-11-16T10:00:00Z", email=BEN, team="east")
    settle(market)
    assert team() == "east"
    market.happens("deal.updated", THU, id="D1", owner_email=None)
    assert team() is None


def test_a_team_that_is_told_late_is_better_than_none(market):
    """Somebody who is described only after the win brings their team."""
    market.happens("deal.won", TUE, id="D1", owner_email=ANA)
    assert market.wins("D1")[1].team is None
    market.happens("person.updated", WED, email=ANA, team="north")
    settle(market)
    assert market.wins("D1")[1].team == "north"


def test_a_churned_deal_is_known(market):
    """When a customer left is copied to where it is searched, and can be taken back."""
    market.happens("deal.won", TUE, id="D1", amount="1", churned_at="2027-01-31")
    assert market.rows(tables.DealRow, "churned") == [("2027-01-31",)]
    assert len(market.credits("D1")) == 1
    market.happens("deal.updated", WED, id="D1", churned_at=None)
    assert market.rows(tables.DealRow, "churned") == [(None,)]


# People


def test_people_are_booked_and_leave_with_the_win(market):
    """Parts follow amount, owner and contributors; a win that does not stand has none."""
    helpers = [{"email": BEN, "role": "sdr", "share": "0.25"}, {"email": CHO, "role": "success"}]
    market.happens("deal.won", MON, id="D1", amount="10", owner_email=ANA, contributors=helpers)
    assert people(market) == [(ANA, None, "3/4", 750), (BEN, "sdr", "1/4", 250), (CHO, "success", "0", 0)]
    market.happens("deal.updated", TUE, id="D1", amount="-20", owner_email=CHO)
    assert people(market) == [(CHO, "success", "3/4", -1500), (BEN, "sdr", "1/4", -500)]
    market.happens("deal.updated", WED, id="D1", currency="ABC", contributors=None, owner_email=None)
    assert people(market) == [(None, None, "1", None)]
    market.happens("deal.lost", THU, id="D1")
    assert people(market) == []
    assert market.credits("D1") == []


# Claims


def test_a_confirmed_touch_earns_credit(market):
    """An asset or a campaign that both sides agreed on is a touch at noon of its day; a declined one is nothing."""
    market.happens("touch.recorded", TUE, email=DANA, asset="Ebook")
    market.happens("deal.won", THU, id="D1", amount="90", contact_emails=[DANA], created_at="2026-11-10")
    claim(market, "asset", "Webinar", on=date(2026, 11, 18))
    claim(market, "campaign", "Spring")
    claim(market, "asset", "Flyer", state="declined")
    claim(market, "asset", "Poster", state="offered")
    told = [(c.touch_key, c.asset, c.campaign, c.at, c.amount_minor) for c in market.credits("D1")]
    assert told == [
        ("claim:2", None, "Spring", datetime(2026, 11, 10, tzinfo=UTC), 3600),
        (market.credits("D1")[1].touch_key, "Ebook", None, datetime(2026, 11, 17, 9, 0, tzinfo=UTC), 1800),
        ("claim:1", "Webinar", None, datetime(2026, 11, 18, 12, 0, tzinfo=UTC), 3600),
    ]


@pytest.mark.parametrize(
    ("on", "counts"),
    [
        (date(2026, 11, 18), True),
        (date(2026, 11, 19), True),  # the very day, of which nobody knows the hour
        (date(2026, 11, 20), False),
        (None, True),  # the deal was first heard of after it was won
    ],
)
def test_a_claim_of_the_day_of_the_win_was_in_time(market, on, counts):
    """Only the day of a claimed touch is known; it counts unless it lies after the day of the win."""
    market.happens("deal.won", "2026-11-20T09:00:00Z", id="D1", amount="1", closed_at=THU)
    claim(market, "asset", "Webinar", on=on)
    assert [c.asset for c in market.credits("D1")] == ["Webinar" if counts else None]
    assert all(c.at is None or c.at <= datetime(2026, 11, 19, 9, 0, tzinfo=UTC) for c in market.credits("D1"))


def test_a_confirmed_person_is_named(market):
    """Somebody whose help both sides agreed on is there, with the part that was agreed for it."""
    market.agreement = replace(market.agreement, credit=CreditRule(contributors={"helped": Decimal("0.1")}))
    market.happens(
        "deal.won", MON, id="D1", amount="10", owner_email=ANA, contributors=[{"email": BEN, "role": "sdr"}]
    )
    claim(market, "person", CHO)
    claim(market, "person", BEN.upper())
    assert people(market) == [
        (ANA, None, "4/5", 800),
        (BEN, "sdr, helped", "1/10", 100),
        (CHO, "helped", "1/10", 100),
    ]
    assert [c.asset for c in market.credits("D1")] == [None]


# The log


def test_what_changes_about_a_booked_win_is_logged(market):
    """Every field, who of marketing and who of sales had which part; nothing when nothing changed."""
    market.happens("deal.won", MON, id="D1", amount="10", owner_email=ANA)
    settle(market)
    assert changes(market) == []
    market.happens("deal.updated", TUE, id="D1", amount="12.5", owner_email=BEN)
    market.happens("touch.recorded", MON, email=DANA, asset="Ebook", at="2026-11-02T09:00:00Z")
    market.happens("deal.updated", TUE, id="D1", contact_emails=[DANA])
    market.happens("deal.lost", WED, id="D1", amount="1")
    assert changes(market) == [
        ("amount_minor", "1000", "1250"),
        ("owner_email", ANA, BEN),
        ("people", f'[["{ANA}","1"]]', f'[["{BEN}","1"]]'),
        ("credits", '[[null,"1"]]', '[["Ebook","1"]]'),
        ("status", "won", "lost"),
    ]
