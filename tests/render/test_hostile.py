"""Names that try to be more than names, in every text field of every message."""

from dataclasses import fields, is_dataclass, replace
from typing import get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain.brief_facts import BlindLead, Brief, Feedback, NotAFit, Shortfall
from bot.domain.facts import (
    HandOver,
    HandOverState,
    LeadState,
    LeadWorth,
    Named,
    Notice,
    Nudge,
    NudgeLead,
    PipelineRow,
    PipelineView,
)
from bot.domain.money import DIGITS, Money
from bot.domain.win_facts import CreditLine, GoalProgress, WinCard
from bot.render import answers, forms, win_forms
from bot.render.brief import brief, feedback
from bot.render.card import win_card
from bot.render.claim import claim, claim_answer, merge_offer
from bot.render.handover import hand_over
from bot.render.leads import leads
from bot.render.notice import notice
from bot.render.nudge import nudge
from bot.render.pipeline import pipeline
from bot.render.sla import sla
from bot.render.win_story import win_story
from bot.render.wins import wins
from tests.render import examples as ex
from tests.render import win_examples as win
from tests.render import wins_examples as wx
from tests.render.judge import faults, spoken, view_faults

CORPUS = [
    "<!channel>",
    "<!here>",
    "<!everyone>",
    "<@U1>",
    "<!subteam^S1>",
    "<#C1>",
    "<!date^0^x|y>",
    "<http://evil|bank>",
    "https://evil.example/<!channel>|bank",
    "&lt;!channel&gt;",
    "@channel",
    "*bold* _it_ ~no~ `code`",
    "```block```",
    "> quoted\n> again",
    "two\r\nlines\u2028three",
    "\u202edlrow\u202c",
    "\u2066left open",
    "\u2069\u2069closed too often",
    "zero\u200bwidth\u2060",
    "\u200b",
    "x" * 10_000,
    "<" * 10_000,
    "😀" * 5_000,
    ":tada:",
    "🎉",
    "שלום \u202e<@U1>",
    "شركة " * 2_000,
    "",
    " \t\n",
    "\x00\x1b[31m\x7f",
    "half \ud800 a character",
    "'; drop table deals; --",
    "=1+1",
]
OURS_ALONE = {"ref", "undo", "scope", "zone", "state", "status", "currency", "period", "hand_over", "span"}
"""Texts that never come from outside: references, settings and states of our own."""
TOLD = {
    win_card: [
        ex.CARD,
        replace(ex.CARD, number=2, was_amount=ex.eur(1), was_owner=ex.TOM, amount=None, amount_text="1 ABC"),
        replace(ex.CARD, credits=ex.credits_of(12), contributors=ex.CARD.contributors * 12),
        *(replace(ex.CARD, status=status) for status in ("reopened", "lost", "deleted", "merged")),
    ],
    claim: [win.CLAIM, win.BARE_CLAIM, win.CONFIRMED, win.DECLINED],
    claim_answer: [win.CONFIRMED, win.DECLINED],
    merge_offer: list(win.OFFERS),
    nudge: [
        replace(ex.NUDGE, leads=ex.leads_of(20), more=5),
        replace(ex.NUDGE, to_channel=True, leads=(ex.AT_RISK, ex.BREACHED, ex.SETTLED)),
        replace(
            ex.NUDGE,
            leads=(ex.FOLLOW_UP, ex.DEMO, ex.SNOOZED, ex.LOGGED, ex.UNFIT, ex.PASSED_ON, ex.ASKED),
            at_stake=ex.usd(1),
        ),
        replace(ex.NUDGE, leads=(replace(ex.FOLLOW_UP, hand_over="declined", to=ex.ANA, offer=True),) * 20),
    ],
    hand_over: [
        *(replace(ex.HAND_OVER, state=state) for state in get_args(HandOverState)),
        ex.BARE_HAND_OVER,
    ],
    pipeline: [
        replace(ex.PIPELINE, not_converted=ex.APART * 9, unknown_stages=("Legal",) * 20),
        replace(ex.PIPELINE, rows=ex.PIPELINE.rows * 20),
        ex.EMPTY_PIPELINE,
    ],
    leads: [
        replace(ex.QUEUE, whose=ex.ANA, leads=ex.leads_of(20), more=7),
        replace(ex.QUEUE, whose=ex.TOM, leads=(ex.SETTLED, ex.SNOOZED)),
        replace(ex.QUEUE, whose=ex.MAYA, leads=(), late=0, at_stake=None),
    ],
    sla: [
        replace(ex.SLA_TEAM, whose=ex.ANA, rows=ex.SLA_TEAM.rows * 10),
        replace(ex.SLA_TEAM, whose=ex.TOM, rows=()),
    ],
    wins: [wx.TEAM, wx.RANKED, wx.OF_TOM, wx.OF_EBOOK, replace(wx.TEAM, wins=wx.TEAM.wins * 5)],
    win_story: [wx.STORY, wx.NO_WIN, wx.UNATTRIBUTED, wx.UNCLEAR, wx.UNKNOWN],
    notice: [ex.NOTICE],
    brief: [ex.BRIEF, replace(ex.BRIEF, leads=ex.BLIND * 4, more=9, behind=ex.BRIEF.behind * 12)],
    feedback: [
        ex.FEEDBACK,
        replace(ex.FEEDBACK, leads=ex.FEEDBACK.leads * 25, more=3),
        replace(ex.FEEDBACK, leads=(replace(ex.NOT_A_FIT, deleted=True),)),
    ],
}
MESSAGES = [(render, facts) for render, variants in TOLD.items() for facts in variants]
LINKED = "<https://evil.example/%3C!channel%3E%7Cbank"
"""The one address in the corpus that may be linked: what would end the link is encoded."""
DATES = "<!date^1795186800"


def told_as(facts, text):
    """The same facts with `text` in every text that comes from outside."""
    if isinstance(facts, str):
        return text
    if isinstance(facts, tuple):
        return tuple(told_as(item, text) for item in facts)
    if isinstance(facts, GoalProgress):
        return replace(facts, team=text)  # its name is a period's
    if is_dataclass(facts):
        return type(facts)(
            **{
                field.name: getattr(facts, field.name)
                if field.name in OURS_ALONE
                else told_as(getattr(facts, field.name), text)
                for field in fields(facts)
            }
        )
    return facts


@pytest.mark.parametrize("text", CORPUS, ids=lambda text: ascii(text[:20]))
def test_hostile_name_pings_nobody_and_breaks_nothing(text):
    """Slack takes the message, and no token, link or direction in it is the name's doing."""
    found = {
        (render.__name__, index): faults(render(told_as(facts, text)), (LINKED, DATES))
        for index, (render, facts) in enumerate(MESSAGES)
    }
    assert {place: wrong for place, wrong in found.items() if wrong} == {}


@pytest.mark.parametrize("text", CORPUS, ids=lambda text: ascii(text[:20]))
def test_hostile_lead_breaks_no_form(text):
    """Slack takes every form about a lead of any name, and the name pings nobody."""
    found = {name: view_faults(forms.form(name, replace(ex.FORM, lead=text))) for name in forms.FORMS}
    assert {name: wrong for name, wrong in found.items() if wrong} == {}


@pytest.mark.parametrize("text", CORPUS, ids=lambda text: ascii(text[:20]))
def test_hostile_deal_breaks_no_form_about_a_win(text):
    """Slack takes every form about a win of any name, and the name pings nobody."""
    drawn = (win_forms.claim_form, win_forms.thanks_form)
    assert [view_faults(draw(replace(win.FORM, title=text))) for draw in drawn] == [[], []]


@pytest.mark.parametrize("text", CORPUS, ids=lambda text: ascii(text[:20]))
def test_hostile_word_in_an_answer_is_only_a_word(text):
    """What somebody types at a command comes back harmless."""
    told = (
        answers.nothing_found(text),
        answers.unknown_words(text, "/pipeline [mine|team]"),
        answers.said(text),
        answers.failed(text),
    )
    assert [faults(payload) for payload in told] == [[], [], [], []]


@pytest.mark.parametrize(
    "text",
    ["<!channel>", "<@U1>", "&lt;!channel&gt;", "*bold* _it_ ~no~ `code`", ":tada:", "R&D", "'; drop table"],
)
def test_name_is_shown_as_typed(text):
    """The reader sees exactly what the CRM holds, wherever the name stands."""
    card = spoken(win_card(told_as(ex.CARD, text)))
    reminder = spoken(nudge(told_as(ex.NUDGE, text)))
    answer = spoken(pipeline(told_as(ex.PIPELINE, text)))
    form = str(forms.form("snooze", replace(ex.FORM, lead=text))["blocks"])
    assert [shown.count(text) > 0 for shown in (card, reminder, answer, form)] == [True] * 4
    assert [entity in card + reminder + answer + form for entity in ("&amp;", "&lt;!c")] == [
        False,
        "&lt;" in text,
    ]


# --- any facts at all ---------------------------------------------------------------------------------

TEXT = st.one_of(st.sampled_from(CORPUS), st.text(st.characters(codec=None), max_size=30))
SLACK_ID = st.one_of(st.none(), st.just("U0MAYA"), TEXT)
URL = st.one_of(st.none(), st.just("https://crm.seller.example/x"), TEXT)
MONEY = st.builds(Money, st.integers(-(10**18), 10**18), st.sampled_from(sorted(DIGITS)))
DOLLARS = st.builds(ex.usd, st.integers(-(10**20), 10**20))
SHARE = st.fractions(min_value=-1, max_value=1)
NAMED = st.builds(Named, email=TEXT, name=st.none() | TEXT, slack_id=SLACK_ID)
OPTIONAL = st.none() | TEXT
CARDS = st.builds(
    WinCard,
    deal_name=OPTIONAL,
    deal_id=TEXT,
    customer=OPTIONAL,
    url=URL,
    owner=st.none() | NAMED,
    amount=st.none() | MONEY,
    amount_text=OPTIONAL,
    credits=st.lists(
        st.builds(
            CreditLine,
            asset=OPTIONAL,
            campaign=OPTIONAL,
            channel=OPTIONAL,
            share=SHARE,
            amount=st.none() | MONEY,
        ),
        max_size=12,
    ).map(tuple),
    model=TEXT,
    was_amount=st.none() | MONEY,
    was_owner=st.none() | NAMED,
)
REF = st.text("abc-.", max_size=9)
LEADS = st.builds(
    NudgeLead,
    ref=REF,
    name=OPTIONAL,
    url=URL,
    due=st.just(ex.DUE),
    state=st.sampled_from(get_args(LeadState)),
    owner=st.none() | NAMED,
    since=st.lists(TEXT, max_size=3).map(tuple),
    worth=st.none() | st.builds(LeadWorth, amount=MONEY, cases=st.integers(1, 10**6), few=st.booleans()),
    attempt=st.integers(1, 12),
    attempts=st.integers(1, 12),
    intent=st.sampled_from([None, "demo_request", "call_request", "return_visit"]) | TEXT,
    answer=OPTIONAL,
    hand_over=st.sampled_from([None, "offered", "declined"]),
    to=st.none() | NAMED,
    undo=st.none() | REF.filter(bool),
    offer=st.booleans(),
)
NUDGES = st.builds(
    Nudge,
    zone=TEXT,
    leads=st.lists(LEADS, max_size=25).map(tuple),
    more=st.integers(0, 10**6),
    at_stake=st.none() | MONEY,
)
HAND_OVERS = st.builds(
    HandOver,
    ref=REF,
    lead=TEXT,
    company=OPTIONAL,
    url=URL,
    source=OPTIONAL,
    asked_by=OPTIONAL,
    reason=OPTIONAL,
    due=st.sampled_from([None, ex.DUE]),
    zone=TEXT,
)
ROWS = st.builds(PipelineRow, stage=OPTIONAL, count=st.integers(0, 10**6), amount=DOLLARS, weighted=DOLLARS)
BLIND = st.builds(BlindLead, name=OPTIONAL, company=OPTIONAL, email=OPTIONAL, url=URL)
COUNTS = st.integers(0, 10**9)


@st.composite
def shortfalls(draw):
    """A promise behind pace, of leads or of money."""
    amounts = draw(st.sampled_from([COUNTS, MONEY]))
    period = draw(st.sampled_from(["week", "month", "quarter", "year"]))
    told = [draw(amounts) for _ in range(3)]
    return Shortfall(draw(OPTIONAL), period, *told, needed=draw(st.none() | amounts))


BRIEFS = st.builds(
    Brief,
    leads=st.lists(BLIND, max_size=10).map(tuple),
    more=st.integers(0, 10**6),
    behind=st.lists(shortfalls(), max_size=30).map(tuple),
).filter(lambda told: told.leads or told.behind)
MISFITS = st.builds(
    NotAFit,
    name=OPTIONAL,
    company=OPTIONAL,
    email=OPTIONAL,
    url=URL,
    source=OPTIONAL,
    reason=OPTIONAL,
    words=OPTIONAL,
)
FEEDBACKS = st.builds(Feedback, leads=st.lists(MISFITS, max_size=45).map(tuple), more=st.integers(0, 10**6))
VIEWS = st.builds(
    PipelineView,
    whose=TEXT,
    rows=st.lists(ROWS, max_size=30).map(tuple),
    total=ROWS,
    win_rate=st.none() | st.floats(0, 1),
    cycle_days_median=st.none() | st.floats(0, 10**6),
    velocity_per_day=st.none() | st.decimals(-(10**15), 10**15),
    as_of=st.just(ex.DUE),
)
ALLOWED = ("<@U0MAYA>", "<https://crm.seller.example/x", LINKED, DATES)
EXAMPLES = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@EXAMPLES
@given(CARDS)
def test_any_card_is_one_that_slack_takes(facts):
    """Whatever a deal holds, its card is valid and says something."""
    assert faults(win_card(facts), ALLOWED) == []


@EXAMPLES
@given(NUDGES)
def test_any_reminder_is_one_that_slack_takes(facts):
    """Whatever the leads are called, the reminder is valid."""
    assert faults(nudge(facts), ALLOWED) == []


@EXAMPLES
@given(HAND_OVERS)
def test_any_hand_over_is_one_that_slack_takes(facts):
    """Whatever was written, the question is valid."""
    assert faults(hand_over(facts), ALLOWED) == []


@EXAMPLES
@given(VIEWS)
def test_any_pipeline_is_one_that_slack_takes(view):
    """Whatever is open, the answer is valid."""
    assert faults(pipeline(view), ALLOWED) == []


@EXAMPLES
@given(st.builds(Notice, what=TEXT, advice=TEXT))
def test_any_notice_is_one_that_slack_takes(facts):
    """Whatever went wrong, the notice is valid."""
    assert faults(notice(facts), ALLOWED) == []


@EXAMPLES
@given(BRIEFS)
def test_any_brief_is_one_that_slack_takes(facts):
    """Whatever leads and channels are called, marketing's brief is valid."""
    assert faults(brief(facts), ALLOWED) == []


@EXAMPLES
@given(FEEDBACKS)
def test_any_feedback_is_one_that_slack_takes(facts):
    """Whatever was written about a lead, marketing can read it."""
    assert faults(feedback(facts), ALLOWED) == []
