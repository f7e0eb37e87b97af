"""The figures of the lead side: what is at risk, and how names group."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.clock import ManualClock
from bot.domain.agreement import Agreement, Tier
from bot.flow import lead_reports, worth
from bot.flow.figures import Period
from bot.flow.ports import NotConnected, Office
from tests.support.market import NOW, Market

MON = "2026-11-16T09:00:00Z"
TUE = "2026-11-17T09:00:00Z"
EVER = Period(None, None, NOW)
ANA, BEN = "ana@seller.example", "ben@seller.example"


@pytest.fixture
def market(database) -> Market:
    """A market on an empty database of each kind, under the default agreement (USD)."""
    return Market(database, Agreement())


def sla(market: Market, by: str = "owner"):
    """The report's rows by name, the total under None: value at risk."""
    report = market.ask(lead_reports.sla, market.agreement, EVER, by)
    return {row["name"]: row["value_at_risk"] for row in report.rows} | {
        "total": report.total["value_at_risk"]
    }


def came(market: Market, lead: str, owner: str | None = ANA, at: str = MON, **more):
    """A lead of an owner; nobody has contacted it."""
    market.happens("lead.created", at, id=lead, owner_email=owner, created_at=at, **more)


def won(market: Market, lead: str, amount: str):
    """A deal won from a lead that was contacted in time."""
    market.happens("activity.logged", MON, lead_id=lead, kind="call", direction="outbound", at=MON)
    market.happens("deal.won", TUE, id=f"D-{lead}", lead_ids=[lead], amount=amount)


def test_a_late_lead_is_at_risk_with_the_value_of_its_asset(market):
    """30 leads by an e-book won 900.00: each late one puts 30.00 at risk, though its channel is worth more."""
    for number in range(30):
        came(market, f"E{number}", asset="Ebook", channel="organic")
    for number in range(2):
        came(market, f"O{number}", channel="organic")
    won(market, "E0", "900")
    won(market, "O0", "4060")
    assert sla(market) == {ANA: "1025.00", "total": "1025.00"}  # 29 x 30.00 + 1 x 4960 / 32


def test_a_late_lead_without_asset_or_channel_counts_by_its_segment(market):
    """History of any kind is enough; where it is short, it still counts."""
    came(market, "S1", segment="SMB")
    came(market, "S2", segment="smb ", owner=BEN)
    won(market, "S1", "100")
    assert sla(market) == {ANA: "0.00", BEN: "50.00", "total": "50.00"}


def test_no_value_is_invented(market):
    """Late leads without any history have no value at risk; nobody late is a value of 0."""
    came(market, "P1", channel="paid")
    came(market, "O1", channel="organic", owner=BEN)
    won(market, "O1", "100")
    assert sla(market) == {ANA: None, BEN: "0.00", "total": None}
    assert sla(market, "channel") == {"organic": "0.00", "paid": None, "total": None}


async def test_the_report_and_a_reminder_agree(market):
    """While the kept figures are fresh, the value at risk is what a reminder would add up for the same leads."""
    origins = {
        "L1": {"asset": "Ebook", "channel": "organic", "segment": "SMB"},
        "L2": {"asset": "EBOOK", "channel": "paid"},
        "L3": {"channel": "Organic", "segment": "smb"},
        "L4": {"segment": "SMB"},
        "L5": {"asset": "Webinar"},
        "L6": {"asset": "ebook", "segment": "smb"},
    }
    for lead, origin in origins.items():
        came(market, lead, **origin)
    won(market, "L6", "1000")
    won(market, "L3", "333.33")
    office = Office(market.database, ManualClock(NOW), market.agreement, NotConnected(), lambda: 0.5)
    await worth.refresh(office)
    late = {
        lead: worth.Origin(*(origin.get(by) for by in ("asset", "channel", "segment")))
        for lead, origin in origins.items()
        if lead not in {"L3", "L6"}
    }
    found = market.ask(worth.of_leads, market.agreement, late)
    told = {lead: (one.by, one.minor, one.cases) if one else None for lead, one in found.items()}
    assert told == {
        "L1": ("segment", 33333, 4),
        "L2": ("asset", 33333, 3),
        "L4": ("segment", 33333, 4),
        "L5": None,
    }
    assert sla(market) == {ANA: "999.99", "total": "999.99"}


def test_a_period_in_the_past_knows_only_its_past(market):
    """What was won after the report's instant was worth nothing then."""
    came(market, "O1", channel="organic")
    came(market, "O2", channel="organic")
    won(market, "O1", "100")
    before = Period(None, None, NOW.replace(day=17, hour=8))
    assert market.ask(lead_reports.sla, market.agreement, before).total["value_at_risk"] is None
    assert market.ask(lead_reports.sla, market.agreement, EVER).total["value_at_risk"] == "50.00"


@pytest.mark.parametrize("by", ["channel", "asset", "campaign", "segment"])
@pytest.mark.parametrize("earliest_last", [False, True])
def test_names_group_without_case(market, by, earliest_last):
    """However a name is written, it is one row, shown as the earliest lead wrote it; leads without one come last."""
    told = [("L1", MON, "North  West"), ("L2", TUE, " north west"), ("L3", TUE, None)]
    for lead, at, name in reversed(told) if earliest_last else told:
        came(market, lead, at=at, **{by: name})
    rows = market.ask(lead_reports.channels, market.agreement, EVER, by).rows
    assert [(row["name"], row["label"], row["leads"]) for row in rows] == [
        ("North  West", "North  West", 2),
        (None, None, 1),
    ]


def test_a_segment_is_named_alike_in_every_period(market):
    """The name of a row is an identity: a period that leaves out the earliest lead shows the same name."""
    came(market, "L1", at=MON, segment="SMB")
    came(market, "L2", at=TUE, segment="smb")
    tuesday = Period(NOW.replace(day=17).date(), None, NOW)
    [row] = market.ask(lead_reports.channels, market.agreement, tuesday, "segment").rows
    assert (row["name"], row["leads"]) == ("SMB", 1)


# --- said and seen, and what follows the first contact ---

THREE = Agreement(tiers=(Tier(attempts=3, spacing=(timedelta(hours=8),), within=timedelta(hours=24)),))
FOLLOW_UP = ("follow_up_open", "kept", "broken", "exhausted")


def called(market: Market, lead: str, at: str, outcome: str = "no_answer"):
    """The CRM reports a call to a lead."""
    market.happens(
        "activity.logged", at, lead_id=lead, kind="call", direction="outbound", outcome=outcome, at=at
    )


def total(market: Market, as_of=NOW):
    """The whole report's figures."""
    return market.ask(lead_reports.sla, market.agreement, Period(None, None, as_of), "owner").total


def test_late_leads_that_wait_are_told_from_those_contacted_late(market):
    """Both are breached; one that left sales' hands waits no more."""
    for lead in ("L1", "L2", "L3", "L4"):
        came(market, lead)
    called(market, "L1", "2026-11-16T12:00:00Z")
    called(market, "L2", "2026-11-17T12:00:00Z")
    market.happens("lead.updated", "2026-11-18T12:00:00Z", id="L3", stage="disqualified")
    made = total(market)
    assert {name: made[name] for name in ("met", "breached", "still_waiting", "open")} == {
        "met": 1,
        "breached": 3,
        "still_waiting": 1,
        "open": 0,
    }


def test_contacts_seen_in_the_crm_count_from_when_they_were_made(market):
    """A contact after the report's instant is neither seen nor said by then."""
    came(market, "L1")
    called(market, "L1", "2026-11-17T12:00:00Z")
    made = {day: total(market, NOW.replace(day=day)) for day in (16, 18)}
    assert [(made[day]["seen"], made[day]["said"]) for day in (16, 18)] == [(0, 0), (1, 0)]


def test_each_follow_up_commitment_counts_once(database):
    """Kept by three attempts or by an answer, broken at the end of its time, else open; exhausted without a reply."""
    market = Market(database, THREE)
    for lead in ("kept", "answered", "broken", "open"):
        came(market, lead, at=TUE if lead == "open" else MON)
    for at in ("2026-11-16T10:00:00Z", "2026-11-17T10:00:00Z", "2026-11-18T10:00:00Z"):
        called(market, "kept", at)
    called(market, "answered", "2026-11-16T10:00:00Z", "connected")
    called(market, "broken", "2026-11-16T10:00:00Z")
    made = {at: total(market, at) for at in (NOW.replace(day=18, hour=12), NOW)}
    assert {at.day: [row[name] for name in FOLLOW_UP] for at, row in made.items()} == {
        18: [2, 2, 0, 1],
        20: [0, 2, 2, 1],
    }
