"""The first-contact clock: which tier promises it, what stops it, and how it is judged."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import clocks
from bot.domain.agreement import DEFAULT_CALENDAR, ContactRule, Tier, When
from bot.domain.clocks import LeadStatement, Stop

MON = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)  # the opening of a Monday in the default calendar
HOUR, TICK = timedelta(hours=1), timedelta(microseconds=1)
TIER = Tier()
RISK = Decimal("0.75")


def at(hours: float | None) -> datetime | None:
    """An instant, in hours of wall clock after Monday's opening."""
    return None if hours is None else MON + hours * HOUR


# By which tier, and on what.

TIERS = (
    Tier("hot", When(min_score=Decimal(80), channel=("Paid_Search", "referral"))),
    Tier("north", When(team=("north",))),
    Tier("mql", When(stage=("mql", "sql"))),
)
TEAMS = {"ana@seller.example": "North", "ben@seller.example": "south"}
ANA, BEN = TEAMS


@pytest.mark.parametrize(
    ("fields", "tier"),
    [
        ({}, None),
        ({"score": 80, "channel": "paid_search"}, "hot"),
        ({"score": "80.5", "channel": " PAID_SEARCH "}, "hot"),
        ({"score": 95, "channel": "referral"}, "hot"),
        ({"score": 79, "channel": "referral"}, None),
        ({"score": 95, "channel": "organic"}, None),
        ({"score": 95}, None),
        ({"score": None, "channel": "referral"}, None),
        ({"score": "many", "channel": "referral"}, None),
        ({"owner_email": ANA}, "north"),
        ({"owner_email": BEN}, None),
        ({"owner_email": "who@seller.example"}, None),
        ({"stage": "MQL"}, "mql"),
        ({"stage": "lead"}, None),
        ({"stage": "sql", "owner_email": ANA, "score": 95, "channel": "referral"}, "hot"),
        ({"stage": "sql", "owner_email": ANA}, "north"),
    ],
)
def test_the_first_tier_that_matches(fields, tier):
    """All that a tier asks for must hold, a list means any of it, texts are compared without case; the first wins."""
    found = clocks.matching(TIERS, fields, TEAMS.get(fields.get("owner_email")))
    assert (found.name if found else None) == tier


def test_a_last_tier_takes_the_rest():
    """A tier without a condition matches every lead, a lead of which nothing is known too."""
    assert clocks.matching((*TIERS, TIER), {}, None) == TIER


def told(*statements):
    """The lead after each instant: (hours, who says it, fields), `answered` where it begins with `!`."""
    given = [LeadStatement(at(h), who, fields, who.startswith("!")) for h, who, fields in statements]
    found = [((instant - MON) / HOUR, dict(fields)) for instant, fields in clocks.told(given)]
    assert found == [((instant - MON) / HOUR, dict(fields)) for instant, fields in clocks.told(given[::-1])]
    return found


def test_what_is_known_of_a_lead_after_each_instant():
    """Statements add up in the order of their times, whatever came first; what is cleared is cleared."""
    assert told((2, "b", {"score": None}), (0, "a", {"score": 90}), (1, "c", {"channel": "referral"})) == [
        (0, {"score": 90}),
        (1, {"score": 90, "channel": "referral"}),
        (2, {"score": None, "channel": "referral"}),
    ]
    assert told() == []


def test_what_is_stated_together_is_seen_together():
    """Of one instant there is one picture: the stage further along stands, of other fields the later event's word."""
    assert told((0, "a", {"stage": "sql", "score": 1}), (0, "b", {"stage": "mql", "score": 2})) == [
        (0, {"stage": "sql", "score": 2})
    ]


def test_what_was_answered_in_slack_stands_until_the_crm_says_something_else():
    """The CRM's repetition of the old value changes nothing of it; a changed value does, also where it is the same."""
    answered = (1, "!1", {"stage": "disqualified"})
    assert told((0, "a", {"stage": "mql"}), answered, (2, "b", {"stage": "mql"}), (3, "c", {"score": 5})) == [
        (0, {"stage": "mql"}),
        (1, {"stage": "disqualified"}),
        (2, {"stage": "disqualified"}),
        (3, {"stage": "disqualified", "score": 5}),
    ]
    assert told(
        (0, "a", {"stage": "mql"}), answered, (2, "b", {"stage": "sql"}), (3, "c", {"stage": "mql"})
    ) == [
        (0, {"stage": "mql"}),
        (1, {"stage": "disqualified"}),
        (2, {"stage": "sql"}),
        (3, {"stage": "mql"}),
    ]


def test_an_answer_of_the_same_instant_comes_after_the_crm():
    """Pressed at the very instant of the CRM's word, the press stands."""
    assert told((0, "!1", {"owner_email": BEN}), (0, "a", {"owner_email": ANA})) == [
        (0, {"owner_email": BEN})
    ]


# What stops it.


@pytest.mark.parametrize(
    ("kind", "direction", "outcome", "counts"),
    [
        ("call", "outbound", "connected", True),
        ("call", "outbound", "no_answer", True),
        ("email", "outbound", "bounced", True),
        ("meeting", None, None, True),
        ("message", "outbound", None, True),
        ("call", "inbound", "connected", False),
        ("email", "outbound", "automatic", False),
        ("email", None, "automatic", False),
        (None, "outbound", None, False),
        ("fax", "outbound", None, False),
    ],
)
def test_what_is_an_attempt(kind, direction, outcome, counts):
    """Outbound, also where the CRM does not say; not automatic; of a kind that was agreed on."""
    assert clocks.is_attempt(ContactRule(), kind, direction, outcome) is counts
    assert not clocks.is_attempt(ContactRule(counts=()), kind, direction, outcome)


FIRST_CONTACTS = {
    # start, attempts, said (hours; the lead was created at 0) -> stopped at, how
    "nobody did anything": (0, [], None, None),
    "an attempt": (0, [2], None, (2, "seen")),
    "the first of several, in any order": (0, [5, 2, 9], None, (2, "seen")),
    "at the creation itself": (0, [0], None, (0, "seen")),
    "before the creation": (0, [-3], None, (-3, "seen")),
    "before the creation and after it": (0, [4, -3], None, (-3, "seen")),
    "the owner's word": (0, [], 3, (3, "said")),
    "the owner's word, then seen later": (0, [5], 3, (3, "seen")),
    "seen before the owner's word": (0, [2], 3, (2, "seen")),
    "before a later start": (4, [2], None, None),
    "before the creation, with a later start": (4, [-2], None, None),
    "at a later start itself": (4, [2, 4], None, (4, "seen")),
    "after a later start": (4, [2, 6], None, (6, "seen")),
    "the owner's word, with an attempt before a later start": (4, [2], 5, (5, "said")),
}


@pytest.mark.parametrize("case", FIRST_CONTACTS)
def test_what_stops_a_clock(case):
    """The first attempt that counts, at its own time; the owner's word where the CRM has seen nothing."""
    start, attempts, said, expected = FIRST_CONTACTS[case]
    found = clocks.first_contact(at(start), at(0), map(at, attempts), at(said))
    assert found == (expected and Stop(at(expected[0]), expected[1]))


@given(st.lists(st.integers(-9, 9)), st.integers(-9, 9), st.integers(0, 5))
def test_news_can_only_make_the_first_contact_earlier(attempts, late, start):
    """However late an attempt is told, it never moves the first contact to a later time."""
    before = clocks.first_contact(at(start), at(0), map(at, attempts), None)
    after = clocks.first_contact(at(start), at(0), map(at, [*attempts, late]), None)
    assert before is None or after.at <= before.at


# How it is judged. The default tier is 4 hours: due at 13:00, at risk from 12:00.

JUDGEMENTS = {
    # stopped, lead ended, now (hours after 09:00) -> state, minutes
    "running": (None, None, 1, ("running", None)),
    "running at the due instant itself": (None, None, 4, ("running", None)),
    "breached right after it": (None, None, 4.01, ("breached", None)),
    "met": (2, None, 9, ("met", 120)),
    "met at the due instant itself": (4, None, 9, ("met", 240)),
    "breached, contacted late": (4.5, None, 9, ("breached", 270)),
    "met, contacted before the creation": (-30, None, 9, ("met", 0)),
    "only working time is counted": (24, None, 30, ("breached", 480)),
    "closed in time": (None, 3, 9, ("closed", None)),
    "closed at the due instant itself": (None, 4, 9, ("closed", None)),
    "closed too late": (None, 4.5, 9, ("breached", None)),
    "contacted and closed": (2, 3, 9, ("met", 120)),
    "closed in time, contacted too late": (4.5, 3, 9, ("closed", None)),
    "closed in time, contacted after that in time": (3.5, 3, 9, ("met", 210)),
    "contacted too late, closed too late": (4.5, 5, 9, ("breached", 270)),
}


@pytest.mark.parametrize("case", JUDGEMENTS)
def test_how_a_clock_is_judged(case):
    """Met up to the due instant itself, breached after it; a lead that came to its end in time owes nothing."""
    stopped, ended, now, (state, minutes) = JUDGEMENTS[case]
    stop = Stop(at(stopped), "seen") if stopped is not None else None
    plan = clocks.plan(DEFAULT_CALENDAR, TIER, RISK, MON, stop, at(ended), at(now))
    assert (plan.state, plan.minutes) == (state, minutes)
    assert (plan.started_at, plan.at_risk_at, plan.due_at, plan.tier) == (MON, at(3), at(4), "all")
    if state == "closed":
        assert (plan.stopped_at, plan.stopped_how) == (at(ended), None)
    else:
        assert (plan.stopped_at, plan.stopped_how) == (at(stopped), stop and "seen")


def test_the_instant_itself_and_the_one_after():
    """One microsecond decides: at the due instant a promise is kept, right after it is broken."""
    due = at(4)
    assert clocks.judged(due, due, due + HOUR) == "met"
    assert clocks.judged(due, due + TICK, due + HOUR) == "breached"
    assert clocks.judged(due, None, due) == "running"
    assert clocks.judged(due, None, due + TICK) == "breached"


@given(st.integers(0, 3000), st.integers(0, 3000), st.integers(0, 3000))
def test_a_judgement_once_made_stays(stopped, now, later):
    """What was contacted is judged the same at any later time, and a breach does not heal by waiting."""
    due, minute = at(4), timedelta(minutes=1)
    stop = MON + stopped * minute
    assert clocks.judged(due, stop, MON + now * minute) == clocks.judged(due, stop, MON + later * minute)
    if clocks.judged(due, None, MON + min(now, later) * minute) == "breached":
        assert clocks.judged(due, None, MON + max(now, later) * minute) == "breached"


@given(st.integers(1, 10**6), st.decimals("0", "3", places=4))
def test_a_part_is_exact(minutes, share):
    """A share of a target is exact to the microsecond, never more than the share itself."""
    exact = Decimal(minutes) * 60 * 10**6 * share
    found = clocks.part(timedelta(minutes=minutes), share) // TICK
    assert found <= exact < found + 1


@pytest.mark.parametrize(
    ("stage", "ended"), [("customer", True), (" Disqualified ", True), ("sql", False), (None, False)]
)
def test_which_stages_need_no_contact(stage, ended):
    """Customers and disqualified leads, without case; every other stage, and none, may need one."""
    assert clocks.ended_stage(stage) is ended
