"""The facts of the rendering tests: one story, told in all its states."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

from bot.domain.agreement import Agreement, Promise, Tier, When
from bot.domain.answering import LeadForm
from bot.domain.brief_facts import BlindLead, Brief, Feedback, NotAFit, Shortfall
from bot.domain.facts import (
    HandOver,
    LeadWorth,
    Named,
    NotConverted,
    Notice,
    Nudge,
    NudgeLead,
    PipelineRow,
    PipelineView,
)
from bot.domain.money import Money
from bot.domain.sla_facts import QueueView, SlaRow, SlaView
from bot.domain.terms import in_words
from bot.domain.terms_diff import difference
from bot.domain.win_facts import Contribution, CreditLine, StoryTouch, WinCard
from bot.domain.worktime import Calendar

MAYA = Named("maya.okafor@seller.example", "Maya Okafor", "U0MAYA")
TOM = Named("tom.lind@seller.example", "Tom Lind")
ANA = Named("ana.silva@seller.example")
"""Maya is known to Slack, Tom by name only, Ana by nothing but the e-mail."""


def eur(minor):
    return Money(minor, "EUR")


def usd(minor):
    return Money(minor, "USD")


CARD = WinCard(
    deal_name="Fleet renewal 2027",
    deal_id="D-1001",
    customer="Northwind Robotics",
    url="https://crm.seller.example/deals/D-1001",
    owner=MAYA,
    contributors=(Contribution(TOM, "sdr"),),
    amount=eur(1250000),
    amount_text=None,
    won_on=date(2026, 11, 20),
    number=1,
    credits=(
        CreditLine("Robot picking ebook", "autumn-2026", "paid_search", Fraction(2, 5), eur(500000)),
        CreditLine("Demo request", None, "organic", Fraction(2, 5), eur(500000)),
        CreditLine(None, "spring-launch-2026", None, Fraction(1, 5), eur(250000)),
    ),
    model="position",
    story=(
        StoryTouch("Robot picking ebook", date(2025, 10, 12)),
        StoryTouch("spring-launch-2026", date(2026, 11, 3)),
        StoryTouch("Demo request", date(2026, 11, 9)),
    ),
    story_left_out=0,
    status="won",
)
UNATTRIBUTED = replace(CARD, credits=(CreditLine(None, None, None, Fraction(1), eur(1250000)),), story=())


def credits_of(count):
    """That many assets with equal shares of 1,000.00 EUR each."""
    return tuple(
        CreditLine(f"Asset {index}", None, None, Fraction(1, count), eur(100000)) for index in range(count)
    )


DUE = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
AT_RISK = NudgeLead(
    ref="L-77.1",
    name="Dana Reyes",
    company="Northwind Robotics",
    email="dana.reyes@prospect.example",
    url="https://crm.seller.example/leads/L-77",
    source="Robot picking ebook",
    due=DUE,
    state="at_risk",
    owner=MAYA,
)
BREACHED = replace(AT_RISK, ref="L-78.1", name=None, company=None, url=None, source=None, state="breached")
SETTLED = replace(AT_RISK, ref="L-79.1", name="Kim Berg", company=None, state="said")
MINE = replace(AT_RISK, owner=None)
"""As the owner reads it in a message of their own."""
NUDGE = Nudge(to_channel=False, zone="Europe/Berlin", leads=(MINE, replace(BREACHED, owner=None)), more=0)


def leads_of(count):
    """That many leads at risk."""
    return tuple(
        replace(AT_RISK, ref=f"L-{index}.1", name=f"Lead {index}", url=None) for index in range(count)
    )


NEW = replace(MINE, state="new", fresh=True)
CALL_BACK = replace(MINE, state="callback")


FORM = LeadForm(
    ref="L-77.1",
    lead="Dana Reyes, Northwind Robotics",
    zone="Europe/Berlin",
    now=datetime(2026, 11, 20, 13, 20, 30, tzinfo=UTC),
    suggestions=(
        datetime(2026, 11, 20, 14, 20, tzinfo=UTC),
        datetime(2026, 11, 23, 8, 0, tzinfo=UTC),
        datetime(2026, 11, 24, 8, 0, tzinfo=UTC),
    ),
    snoozes_left=2,
    reasons=("wrong industry", "no budget", "student", "duplicate", "spam"),
)


PIPELINE = PipelineView(
    whose="team",
    rows=(
        PipelineRow("Prospecting", 12, usd(12000000), usd(1200000)),
        PipelineRow("Engaging", 1, usd(4500050), usd(1350015)),
    ),
    total=PipelineRow(None, 13, usd(16500050), usd(2550015)),
    win_rate=0.632,
    cycle_days_median=47.5,
    velocity_per_day=Decimal("1234.567"),
    not_converted=(),
    unknown_stages=(),
    as_of=DUE,
)
EMPTY_PIPELINE = replace(
    PIPELINE,
    rows=(),
    total=PipelineRow(None, 0, usd(0), usd(0)),
    win_rate=None,
    cycle_days_median=None,
    velocity_per_day=None,
)
APART = (NotConverted("EUR", 2, "5000.00"), NotConverted(None, 1, "70"))
NOTICE = Notice(
    what="3 messages to #wins could not be delivered: channel_not_found.",
    advice="Invite Winbell to the channel, then run: winbell outbox retry",
)
HOT = Tier("hot", When(min_score=Decimal(80)), timedelta(hours=1), attempts=6)
AGREED = Agreement(
    name="Northwind growth agreement",
    timezone="America/New_York",
    calendar=Calendar(
        "America/New_York", (((540, 750), (810, 1050)),) * 5 + ((), ()), frozenset({date(2026, 11, 26)})
    ),
    tiers=(HOT, Tier("everyone")),
    promises=(Promise("month", "all", 500, Decimal(500000)),),
    digest_channel="#growth",
)
TERMS = in_words(AGREED, date(2026, 11, 20))
CHANGES = difference(
    replace(AGREED, tiers=(replace(HOT, first_contact=timedelta(hours=2)),), promises=()), AGREED
)
BLIND = (
    BlindLead("Dana Reyes", "Northwind Robotics", "dana.reyes@prospect.example", AT_RISK.url),
    BlindLead(None, None, "kim.berg@prospect.example", None),
    BlindLead(None, "Fabrikam", None, None),
)
SHORT_OF_LEADS = Shortfall("Paid search", "month", actual=212, expected=265, target=500, needed=14)
SHORT_OF_VALUE = Shortfall(
    None, "quarter", actual=usd(21200000), expected=usd(26500000), target=usd(50000000), needed=None
)
BRIEF = Brief(date(2026, 11, 16), leads=BLIND, more=0, behind=(SHORT_OF_LEADS, SHORT_OF_VALUE))
NOT_A_FIT = NotAFit(
    name="Dana Reyes",
    company="Northwind Robotics",
    email="dana.reyes@prospect.example",
    url=AT_RISK.url,
    source="Robot picking ebook",
    reason="wrong industry",
    words="They rent robots, they never buy any.",
)
BARE_MISFIT = NotAFit(None, None, "kim.berg@prospect.example", None, None, "student", None)
FEEDBACK = Feedback(date(2026, 11, 16), leads=(NOT_A_FIT, BARE_MISFIT), more=0)

FOLLOW_UP = replace(
    AT_RISK,
    ref="L-80.1",
    state="follow_up",
    attempt=3,
    attempts=6,
    since=("Pricing page",),
    worth=LeadWorth(usd(240000), 41, few=False),
)
SNOOZED = replace(AT_RISK, ref="L-81.1", name="Lea Roth", state="snoozed", owner=None, undo="A-2")
DEMO = replace(
    MINE, ref="L-82.1", name="Noor Haddad", company="Contoso", state="intent", intent="demo_request", url=None
)
SINCE = ("Pricing page", "Robot safety webinar")
"""What they touched since they came."""
LOGGED = replace(SETTLED, ref="L-83.1", name="Iris Tan", state="logged", answer="call, reached them")
UNFIT = replace(
    SETTLED, ref="L-84.1", name="Paul Weiss", state="not_a_fit", answer="wrong industry", undo="A-3"
)
PASSED_ON = replace(SETTLED, ref="L-85.1", name="Rosa Lima", state="handed_over", to=TOM)
ASKED = replace(MINE, hand_over="offered", to=TOM, undo="A-4")
"""Tom was asked to take the lead over."""
HAND_OVER = HandOver(
    ref="H-1",
    lead="Dana Reyes",
    company="Northwind Robotics",
    url="https://crm.seller.example/leads/L-77",
    source="Robot picking ebook",
    asked_by="Maya Okafor",
    reason="They speak Portuguese, and you know their plant in Porto.",
    due=DUE,
    zone="Europe/Lisbon",
    state="offered",
)
TAKEN_OVER = replace(HAND_OVER, state="accepted", line=MINE)
BARE_HAND_OVER = replace(
    HAND_OVER,
    lead="",
    company=None,
    url=None,
    source=None,
    asked_by=None,
    reason=None,
    due=None,
)
QUEUE = QueueView(
    whose="mine",
    scope="mine",
    zone="America/New_York",
    leads=(
        replace(BREACHED, owner=None, worth=LeadWorth(usd(240000), 41, few=False)),
        replace(AT_RISK, owner=None, worth=LeadWorth(usd(240000), 41, few=False)),
        replace(SETTLED, owner=None, undo="A-1"),
    ),
    more=0,
    late=1,
    at_stake=usd(480000),
)
SLA_TEAM = SlaView(
    whose="team",
    period="month",
    since=date(2026, 11, 1),
    zone="America/New_York",
    rows=(
        SlaRow(TOM, 6, 4, 2, 3, 1, 0.6, 135.0, 610.0, usd(480000), 1, 7, 4, 5, 2, 1),
        SlaRow(MAYA, 11, 1, 0, 2, 0, 11 / 12, 42.5, 190.0, usd(0), 4, 8, 3, 9, 1, 2),
        SlaRow(ANA, 0, 0, 0, 1, 1, None, None, None, None, 0, 0, 1, 0, 0, 0),
        SlaRow(None, 0, 1, 1, 0, 0, 0.0, None, None, None, 0, 0, 0, 0, 1, 0),
    ),
    total=SlaRow(None, 17, 6, 3, 6, 2, 17 / 23, 61.0, 480.0, usd(480000), 5, 15, 8, 14, 4, 3),
    as_of=DUE,
    follow_up=True,
)
