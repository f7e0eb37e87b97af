"""What events lead to: contacts, clocks, wins and credits, on both databases."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from bot.domain.agreement import Agreement, Rate, Tier, When
from bot.flow import lead_reports, reports
from bot.flow.figures import Period
from bot.store import figures, people, records, tables
from tests.support.market import NOW, Market

MON = "2026-11-16T09:00:00Z"
TUE = "2026-11-17T09:00:00Z"
WED = "2026-11-18T09:00:00Z"
THU = "2026-11-19T09:00:00Z"
ANA = "ana@seller.example"
EVER = Period(None, None, NOW)


@pytest.fixture
def market(database) -> Market:
    """A market on an empty database of each kind, under the default agreement."""
    return Market(database)


def test_leads_with_one_address_have_one_clock(market):
    """Two leads with one e-mail share the earliest one's clock; an activity under either id stops it."""
    market.happens("lead.created", TUE, id="L2", email="Dana@Prospect.example")
    assert market.clock("L2").state == "breached"
    market.happens("lead.created", MON, id="L1", email="dana@prospect.example ")
    assert market.clock("L2") is None
    assert market.clock("L1").due_at == datetime(2026, 11, 16, 13, 0, tzinfo=UTC)
    market.happens("activity.logged", TUE, lead_id="L2", kind="call", at="2026-11-16T12:00:00Z")
    clock = market.clock("L1")
    assert (clock.state, clock.minutes, clock.stopped_how) == ("met", 180, "seen")


def test_a_contact_told_late_corrects_the_result(market):
    """An attempt counts at its own time, whenever it is told: a breach becomes a promise kept."""
    market.happens("lead.created", MON, id="L1", owner_email=ANA)
    market.happens("activity.logged", TUE, id="A2", lead_id="L1", kind="email", at=TUE)
    assert (market.clock("L1").state, market.clock("L1").minutes) == ("breached", 480)
    market.happens("activity.logged", WED, id="A1", lead_id="L1", kind="call", at="2026-11-16T13:00:00Z")
    assert (market.clock("L1").state, market.clock("L1").minutes) == ("met", 240)


@pytest.mark.parametrize(
    "act",
    [
        {"kind": "call", "direction": "inbound"},
        {"kind": "email", "outcome": "automatic"},
        {"direction": "outbound"},
    ],
    ids=["inbound", "automatic", "of no kind"],
)
def test_what_is_no_attempt(market, act):
    """A lead's own call, a machine's e-mail and an act of no kind stop no clock."""
    market.happens("lead.created", MON, id="L1")
    market.happens("activity.logged", MON, lead_id="L1", **act)
    assert market.clock("L1").stopped_at is None


def test_a_clock_starts_when_a_tier_first_matches(database):
    """A contact who becomes an MQL two days after their creation has a clock from then on."""
    market = Market(database, Agreement(tiers=(Tier("mql", When(stage=("mql",))),)))
    market.happens("lead.created", MON, id="L1", stage="lead", created_at=MON)
    assert market.clock("L1") is None
    market.happens("lead.updated", WED, id="L1", stage="MQL")
    market.happens("lead.updated", THU, id="L1", stage="mql")
    assert market.clock("L1").started_at == datetime(2026, 11, 18, 9, 0, tzinfo=UTC)
    market.happens("activity.logged", TUE, lead_id="L1", kind="call", at=TUE)
    assert market.clock("L1").stopped_at is None


def test_a_stage_that_is_repeated_ends_nothing_anew(market):
    """A lead disqualified in time owes nobody a contact, however often its stage is stated again."""
    market.happens("lead.created", MON, id="L1")
    market.happens("lead.updated", "2026-11-16T10:00:00Z", id="L1", stage="disqualified")
    market.happens("lead.updated", THU, id="L1", stage="Disqualified", company="Northwind")
    clock = market.clock("L1")
    assert (clock.state, clock.stopped_at) == ("closed", datetime(2026, 11, 16, 10, 0, tzinfo=UTC))


def test_a_stub_starts_no_clock_and_counts_nowhere(market):
    """A lead and a deal that were only named are kept and shown in no figure."""
    market.happens("touch.recorded", MON, lead_id="L9", asset="Ebook")
    market.happens("deal.merged", MON, id="D9", merged_from=["D8"])
    assert market.rows(tables.LeadRow, "key", "described") == [("generic/L9", False)]
    assert market.clock("L9") is None
    assert market.ask(lead_reports.channels, market.agreement, EVER).total["leads"] == 0
    assert market.ask(reports.pipeline, market.agreement, EVER).total["count"] == 0


def test_a_merged_lead_that_was_never_described_is_part_of_its_survivor(market):
    """Its id stays valid: a call to it stops the survivor's clock, and the figures know that somebody tried."""
    market.happens("lead.created", MON, id="L1", channel="organic")
    market.happens("lead.merged", MON, id="L1", merged_from=["L0"])
    market.happens("activity.logged", MON, lead_id="L0", kind="call")
    assert market.clock("L1").state == "met"
    assert market.ask(lead_reports.channels, market.agreement, EVER).total["never_contacted"] == 0


def test_a_deleted_lead_has_no_clock_until_it_is_described_again(market):
    """Deletion takes the clock away, a later description brings it back, an older one does not."""
    market.happens("lead.created", MON, id="L1")
    market.happens("lead.deleted", WED, id="L1")
    assert market.clock("L1") is None
    market.happens("lead.updated", TUE, id="L1", company="Northwind")
    assert market.clock("L1") is None
    market.happens("lead.updated", THU, id="L1", company="Globex")
    assert market.clock("L1").started_at == datetime(2026, 11, 16, 9, 0, tzinfo=UTC)


def test_wins_are_counted_through_merges(market):
    """A merge moves the win number to the survivor, also by way of another deal."""
    market.happens("deal.won", "2026-11-16T10:00:00Z", id="D3", amount="1")
    market.happens("deal.merged", "2026-11-16T11:00:00Z", id="D2", merged_from=["D3"])
    market.happens("deal.merged", "2026-11-16T12:00:00Z", id="D1", merged_from=["D2"])
    market.happens("deal.won", TUE, id="D1", amount="2")
    assert {n: win.status for n, win in market.wins("D3").items()} == {1: "merged"}
    assert {n: win.status for n, win in market.wins("D1").items()} == {2: "won"}


def test_a_win_is_withdrawn_and_won_again(market):
    """Reopening takes the credits back; the next win has its own number and its own card."""
    market.happens("touch.recorded", MON, email="dana@prospect.example", asset="Ebook")
    market.happens("deal.won", TUE, id="D1", amount="100", contact_emails=["dana@prospect.example"])
    assert [(c.asset, c.amount_minor) for c in market.credits("D1")] == [("Ebook", 10000)]
    market.happens("deal.reopened", WED, id="D1", stage="engaging")
    assert (market.credits("D1"), market.wins("D1")[1].status) == ([], "reopened")
    market.happens("deal.won", THU, id="D1")
    assert [(n, win.status, win.amount_minor) for n, win in market.wins("D1").items()] == [
        (1, "reopened", 10000),
        (2, "won", 10000),
    ]
    assert market.messages() == [("win:generic/D1:1", "cancelled"), ("win:generic/D1:2", "pending")]


def test_a_touch_of_two_contacts_counts_once(market):
    """A touch told of one contact's lead and another's address earns one credit, not two."""
    market.happens("lead.created", MON, id="L1", email="dana@prospect.example")
    market.happens("lead.created", MON, id="L2", email="lee@prospect.example")
    market.happens("touch.recorded", MON, lead_id="L1", email="lee@prospect.example", asset="Webinar")
    market.happens("deal.won", TUE, id="D1", amount="9", lead_ids=["L1", "L2"])
    assert [(c.asset, c.amount_minor) for c in market.credits("D1")] == [("Webinar", 900)]


@pytest.mark.parametrize(("hours", "touches"), [(23, 1), (24, 1), (25, 2)])
def test_a_leads_own_asset_is_a_touch_of_its_own(market, hours, touches):
    """A lead's asset is a touch at its creation, unless the contact touched that asset within 24 hours of it."""
    at = (datetime(2026, 11, 16, 9, 0, tzinfo=UTC) - timedelta(hours=hours)).isoformat()
    market.happens("touch.recorded", MON, lead_id="L1", asset="EBOOK", at=at)
    market.happens("lead.created", MON, id="L1", asset="Ebook", created_at=MON)
    market.happens("deal.won", TUE, id="D1", amount="9", lead_ids=["L1"])
    assert len(market.credits("D1")) == touches


def test_nothing_known_is_unattributed(market):
    """A win that nobody's marketing touched has one credit of the whole amount, to nobody."""
    market.happens("deal.won", TUE, id="D1", amount="12.34")
    assert [(c.touch_key, c.share, c.amount_minor) for c in market.credits("D1")] == [(None, "1", 1234)]


def test_late_touches_and_amounts_change_the_credits(market):
    """The credits of a booked win follow what is known now: a late touch, a corrected amount, a moved contact."""
    market.happens("touch.recorded", MON, email="dana@prospect.example", asset="Ebook")
    market.happens("deal.won", WED, id="D1", amount="100", contact_emails=["dana@prospect.example"])
    market.happens("touch.recorded", THU, lead_id="L1", asset="Webinar", at=TUE)
    assert len(market.credits("D1")) == 1
    market.happens("lead.created", THU, id="L1", email="dana@prospect.example", created_at=THU)
    assert [(c.asset, c.amount_minor) for c in market.credits("D1")] == [("Ebook", 5000), ("Webinar", 5000)]
    market.happens("deal.updated", THU, id="D1", amount="50.01")
    assert [c.amount_minor for c in market.credits("D1")] == [2501, 2500]


def test_an_older_statement_changes_only_what_nothing_newer_has_said(market):
    """A late snapshot fills in the fields that are unknown and leaves the others as they are."""
    market.happens("deal.updated", WED, id="D1", amount="300", currency="EUR", stage="engaging")
    market.happens(
        "deal.created", MON, id="D1", amount="100", currency="USD", stage="prospecting", name="Fleet"
    )
    deal = market.ask(records.load, "deal", "generic/D1")
    assert [deal.record.get(name) for name in ("amount", "currency", "name")] == ["300", "EUR", "Fleet"]
    assert deal.columns["stage"] == "engaging"


def test_what_is_not_understood_is_kept_and_listed(market):
    """An unknown stage, an unknown currency and an undescribed owner stop nothing and are listed."""
    market.happens("deal.created", MON, id="D1", stage="Legal", amount="5", currency="ABC", owner_email=ANA)
    market.happens("deal.won", TUE, id="D1")
    assert [(win.amount_minor, win.rate) for win in market.wins("D1").values()] == [(None, None)]
    market.happens("deal.created", MON, id="D2", stage="Legal", amount="7", currency="abc")
    report = market.ask(reports.pipeline, market.agreement, EVER).as_dict()
    assert report["not_converted"] == [{"currency": "ABC", "count": 1, "amount": "7"}]
    assert [(row["label"], row["count"], row["amount"]) for row in report["rows"]] == [("Legal", 1, "0.00")]
    assert market.ask(figures.misfits, {"USD"}) == {
        "stage": [("Legal", 1)],
        "currency": [("ABC", 2)],
        "owner": [(ANA, 1)],
    }


@pytest.mark.parametrize(
    ("amount", "currency", "minor"),
    [
        ("0", "USD", 0),
        ("-12.5", "USD", -1250),
        ("1000000", "JPY", 1000000),
        ("999999999999999.9999", "USD", 10**17),
        ("-999999999999999.9999", "CLF", None),
        ("999999999999999.9999", "CLF", None),
        ("100.5", "JPY", 101),
    ],
)
def test_any_amount_is_booked_or_kept_apart(market, amount, currency, minor):
    """Zero, negative and huge amounts are booked; one that no column can hold is kept as told."""
    market.happens("deal.won", TUE, id="D1", amount=amount, currency=currency)
    assert [win.amount_minor for win in market.wins("D1").values()] == [minor]
    assert [c.amount_minor for c in market.credits("D1")] == [minor]
    assert market.rows(tables.DealRow, "amount", "amount_minor") == [(amount, minor)]


def test_a_win_keeps_the_rate_of_its_day(database):
    """A win in another currency is converted with the rate in force on its won date."""
    rates = (Rate("EUR", Decimal("1.0")), Rate("EUR", Decimal("1.2"), date(2026, 11, 17)))
    market = Market(database, Agreement(rates=rates))
    market.happens("deal.won", TUE, id="D1", amount="10", currency="EUR", closed_at="2026-11-16")
    market.happens("deal.won", TUE, id="D2", amount="10", currency="EUR", closed_at="2026-11-17")
    assert [market.wins(deal)[1].rate for deal in ("D1", "D2")] == ["1.0", "1.2"]
    assert market.ask(reports.won_and_lost, market.agreement, EVER).total["amount"] == "22.00"


def test_an_old_win_is_booked_silently(market):
    """A win older than seven days when it is first seen is booked, has its credits, and is never told."""
    market.happens("deal.won", "2026-11-13T15:00:00Z", id="D1", amount="1")
    market.happens("deal.won", "2026-11-13T14:59:59Z", id="D2", amount="1")
    market.happens("deal.updated", THU, id="D2", amount="2")
    assert [win.amount_minor for win in market.wins("D2").values()] == [200]
    assert market.messages() == [("win:generic/D1:1", "pending")]


@pytest.mark.parametrize(
    ("since", "told"), [(None, []), (date(2026, 11, 17), ["D2"]), (date(2026, 11, 16), ["D1", "D2"])]
)
def test_an_import_tells_nothing_older_than_it_was_asked_to(market, since, told):
    """A silent win stays silent for good, unless it was won on `announce_since` or later."""
    for deal, day in (("D1", "2026-11-16"), ("D2", "2026-11-17")):
        market.happens("deal.won", WED, silent=True, announce_since=since, id=deal, amount="1", closed_at=day)
        market.happens("deal.updated", THU, id=deal, amount="2")
    assert [key for key, _ in market.messages()] == [f"win:generic/{deal}:1" for deal in told]


def test_another_account_of_the_crm_has_another_channel(market):
    """When the CRM links somebody to another account, reminders do not go to the one before."""
    market.happens("person.updated", MON, email=ANA, slack_user_id="U0123456")
    market.database.write_now(lambda s: people.keep_dm(s, "U0123456", "D1"))
    market.happens("person.updated", TUE, email=ANA, name="Ana")
    assert market.ask(people.by_email, [ANA])[ANA].dm_channel == "D1"
    market.happens("person.updated", WED, email=ANA, slack_user_id="U7654321")
    assert market.ask(people.by_email, [ANA])[ANA].dm_channel is None
