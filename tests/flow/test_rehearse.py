"""An agreement run over the stored past: its figures beside those in force, and that nothing is left behind."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlmodel import SQLModel

from bot.domain.agreement import Agreement, Reminders, Step, Tier, When
from bot.errors import UsageError
from bot.flow import lead_reports
from bot.flow.figures import Period
from bot.flow.rehearse import count_leads, period_of, rehearse
from tests.support.market import NOW, Market

ANA, BEN, MONA = "ana@seller.example", "ben@seller.example", "mona@seller.example"
MON = "2026-11-16"
HOUR = timedelta(hours=1)
FASTER = Agreement(name="Faster", tiers=(Tier("all", None, HOUR),))


@pytest.fixture
def market(database) -> Market:
    """A market on an empty database of each kind, under the default agreement: 4 hours, 09:00 to 17:00, UTC."""
    return Market(database, Agreement())


def came(market, lead, owner=ANA, at=f"{MON}T09:00:00Z", **more):
    """A lead of an owner, received when it was created."""
    now, market.now = market.now, datetime.fromisoformat(at)
    market.happens("lead.created", at, id=lead, owner_email=owner, created_at=at, **more)
    market.now = now


def called(market, lead, at, **more):
    told = {"kind": "call", "direction": "outbound", "at": at} | more
    market.happens("activity.logged", at, **({"lead_id": lead} | told))


def run(market, rehearsed=FASTER, first=None, last=None):
    """The JSON of a rehearsal at NOW, a Friday 15:00."""
    period = period_of(market.agreement, first, last, NOW)
    return market.ask(rehearse, market.agreement, rehearsed, period).as_dict()["rehearsal"]


def everything(database):
    """Every row of every table."""
    return database.read_now(
        lambda session: {
            table.name: [tuple(row) for row in session.execute(select(*table.c).order_by(*table.c))]
            for table in SQLModel.metadata.sorted_tables
        }
    )


def test_an_empty_database_has_nothing_to_tell(market):
    """No lead: every count is 0, and what cannot be said is null."""
    made = run(market)
    zero = {
        "met": 0,
        "breached": 0,
        "open": 0,
        "at_risk": 0,
        "rate": None,
        "first_contact_minutes_median": None,
        "first_contact_minutes_p90": None,
    }
    nothing = {
        **zero,
        "still_waiting": 0,
        "said": 0,
        "seen": 0,
        "follow_up_open": 0,
        "kept": 0,
        "broken": 0,
        "exhausted": 0,
        "value_at_risk": "0.00",
        "value_breached": "0.00",
        "messages": 0,
        "messages_to_owners": 0,
        "messages_to_managers": 0,
        "messages_to_others": 0,
        "messages_to_channel": 0,
        "messages_a_day_median": None,
        "messages_a_day_worst": None,
    }
    of_one = {"busiest": None, "people": [], "tiers": [{"name": "all", **zero}]}
    assert made == {
        "from": "2026-08-23",
        "to": "2026-11-20",
        "as_of": "2026-11-20T15:00:00Z",
        "currency": "USD",
        "present": {"agreement": "Our agreement", **nothing, **of_one},
        "rehearsed": {"agreement": "Faster", **nothing, **of_one},
        "difference": nothing,
        "newly_breached": {"count": 0, "leads": []},
        "no_longer_breached": {"count": 0, "leads": []},
    }


def test_both_agreements_stand_side_by_side(market):
    """Called after two hours: kept where four were promised, broken where it was one; each with its messages."""
    market.happens("person.updated", f"{MON}T08:00:00Z", email=ANA, name="Ana Ferro", manager_email=MONA)
    came(market, "L1")
    called(market, "L1", f"{MON}T11:00:00Z")
    came(market, "L2", at=f"{MON}T10:00:00Z")
    made = run(market)
    present, tried, more = made["present"], made["rehearsed"], made["difference"]
    names = ("met", "breached", "rate", "first_contact_minutes_median", "messages", "messages_to_managers")
    assert [present[name] for name in names] == [1, 1, 0.5, 120.0, 4, 1]
    assert [tried[name] for name in names] == [0, 2, 0.0, 120.0, 7, 2]
    assert [more[name] for name in names] == [-1, 1, -0.5, 0.0, 3, 1]
    assert made["newly_breached"] == {"count": 1, "leads": ["L1"]}
    assert made["no_longer_breached"] == {"count": 0, "leads": []}
    assert present["people"] == [
        {"name": ANA, "label": "Ana Ferro", "messages": 2, "most_in_a_day": 2},
        {"name": MONA, "label": MONA, "messages": 1, "most_in_a_day": 1},
    ]
    assert tried["busiest"] == {"name": ANA, "label": "Ana Ferro", "day": MON, "messages": 4}
    assert (tried["messages_a_day_worst"], tried["messages_a_day_median"]) == (4, 3.0)


def test_what_breached_leads_are_worth(market):
    """One of two organic leads bought for 300.00, so each is worth 150.00: breached is breached, at risk is still owed."""
    came(market, "L1", channel="organic")
    came(market, "L2", channel="organic")
    called(market, "L1", f"{MON}T11:00:00Z")
    market.happens("deal.won", f"{MON}T12:00:00Z", id="D", lead_ids=["L1"], amount="300")
    made = run(market)
    values = [
        (made[side]["value_at_risk"], made[side]["value_breached"]) for side in ("present", "rehearsed")
    ]
    assert values == [("150.00", "150.00"), ("150.00", "300.00")]
    assert made["difference"]["value_breached"] == "150.00"


def test_the_agreement_in_force_is_counted_as_the_report_counts_it(market):
    """Late, open, at risk, met and closed leads: the figures are those of `report sla` for the same days."""
    came(market, "L1")
    came(market, "L2", at="2026-11-20T11:30:00Z")
    came(market, "L3", at="2026-11-20T13:00:00Z")
    came(market, "L4")
    called(market, "L4", f"{MON}T10:00:00Z")
    came(market, "L5", stage="mql")
    market.happens("lead.updated", f"{MON}T10:00:00Z", id="L5", stage="disqualified")
    report = market.ask(lead_reports.sla, market.agreement, Period(None, None, NOW)).total
    shared = report.keys() - {"name", "label"}
    assert {name: run(market)["present"][name] for name in shared} == {name: report[name] for name in shared}
    assert (report["met"], report["breached"], report["open"], report["at_risk"]) == (1, 1, 2, 1)


@pytest.mark.parametrize(
    ("first", "last", "leads"),
    [
        (None, None, ["new", "today"]),
        (date(2026, 11, 20), None, ["today"]),
        (None, date(2026, 11, 19), ["new"]),
        (date(2026, 1, 1), date(2026, 11, 16), ["new", "old"]),
        (date(2026, 11, 17), date(2026, 11, 18), []),
    ],
)
def test_only_clocks_that_started_in_the_period_count(market, first, last, leads):
    """The last 90 days without a wish; else from the first to the last day, both counted."""
    came(market, "old", at="2026-08-21T09:00:00Z")
    came(market, "new")
    came(market, "today", at="2026-11-20T09:00:00Z")
    made = run(market, first=first, last=last)["rehearsed"]
    assert made["breached"] == len(leads)


def test_a_period_in_the_wrong_order_is_refused():
    """A first day after the last one is wrong usage."""
    with pytest.raises(UsageError, match="--from 2026-12-01 lies after --to 2026-11-20"):
        period_of(Agreement(), date(2026, 12, 1), None, NOW)


def test_nothing_is_sent_and_nothing_is_written(market):
    """Every table is after a rehearsal as it was before."""
    came(market, "L1", channel="event")
    called(market, "L1", f"{MON}T11:00:00Z")
    before = everything(market.database)
    run(market)
    assert everything(market.database) == before
    assert before["clock"]


def test_other_processes_find_the_same(market):
    """With a process for each agreement the result is the one that this process finds, and the work is counted."""
    for number in range(40):
        channel = ("event", "organic")[number % 2]
        came(
            market,
            f"L{number}",
            (ANA, BEN)[number % 3 == 0],
            f"{MON}T{9 + number % 7:02}:00:00Z",
            channel=channel,
        )
        if number % 4:
            called(market, f"L{number}", f"{MON}T16:{number:02}:00Z")
    rehearsed = replace(FASTER, tiers=(Tier("hot", When(channel=("event",)), HOUR), *FASTER.tiers))
    period = period_of(market.agreement, None, None, NOW)
    found, counted = [], []
    for apart in (False, True):
        done = []
        found.append(
            market.ask(
                lambda s, apart=apart, done=done: rehearse(
                    s, market.agreement, rehearsed, period, done.append, apart=apart
                )
            )
        )
        counted.append(sum(done))
    assert found[0] == found[1]
    assert counted == [40, 40]
    assert market.ask(count_leads) == 40


def test_imported_leads_are_taken_as_if_they_had_come_in_time(market):
    """History that came by an import would have been told; a lead that its CRM told late would not."""
    at = f"{MON}T09:00:00Z"
    market.happens("lead.created", at, silent=True, id="imported", owner_email=ANA, created_at=at)
    market.happens("lead.created", at, id="late", owner_email=BEN, created_at=at)
    people = run(market)["present"]["people"]
    assert [person["name"] for person in people] == [ANA]


def test_leads_that_are_one_person_are_one_contact(market):
    """Two leads of one address and a merged one have one clock, and a call to any of them, or to the address, counts."""
    came(market, "L1", email="dana@prospect.example")
    came(market, "L2", email="dana@prospect.example")
    came(market, "L3")
    market.happens("lead.merged", f"{MON}T09:30:00Z", id="L1", merged_from=["L3"])
    called(market, None, f"{MON}T09:30:00Z", lead_id=None, email="dana@prospect.example")
    made = run(market)["rehearsed"]
    assert (made["met"], made["breached"], made["messages"]) == (1, 0, 0)


def test_the_present_agreement_judges_the_whole_period(market):
    """What was in force on the day does not matter: both agreements are run over the same past."""
    came(market, "L1")
    called(market, "L1", f"{MON}T11:00:00Z")
    market.agreement = replace(market.agreement, earlier=((NOW, FASTER),))
    assert run(market)["present"]["met"] == 1


def test_a_named_person_and_a_tier_of_its_own(market):
    """Each tier is counted by itself; a step to somebody named is neither the owner's nor a manager's."""
    came(market, "L1", channel="event")
    came(market, "L2")
    rule = Reminders(steps=(Step("breach", "cfo@seller.example"),))
    rehearsed = Agreement(tiers=(Tier("hot", When(channel=("event",)), HOUR), Tier("rest")), reminders=rule)
    made = run(market, rehearsed)["rehearsed"]
    assert [(tier["name"], tier["breached"]) for tier in made["tiers"]] == [("hot", 1), ("rest", 1)]
    assert (made["messages"], made["messages_to_others"]) == (2, 2)
