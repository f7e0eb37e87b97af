"""What was agreed, in words."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from bot.domain.agreement import (
    Agreement,
    ContactRule,
    CreditRule,
    Goal,
    Promise,
    Rate,
    Reminders,
    Route,
    Stages,
    Step,
    Tier,
    When,
    Wins,
)
from bot.domain.terms import in_words
from bot.domain.worktime import Calendar

TODAY = date(2026, 11, 20)
OFFICE = (((540, 750), (810, 1050)),) * 5 + ((), ())


def section(title, today=TODAY, **parts):
    """The sentences of one section of an agreement with these parts."""
    return list(dict(in_words(Agreement(**parts), today).sections).get(title, ()))


def test_the_defaults_in_words():
    """An empty file says all of this."""
    told = in_words(Agreement(), TODAY)
    assert told.name == "Our agreement"
    assert {title: list(said) for title, said in told.sections} == {
        "Working hours": ["Monday to Friday 09:00-17:00, in UTC."],
        "What is promised for which leads": ["all, all leads: first contact within 4 working hours."],
        "What counts as a contact": [
            "Calls, e-mails, meetings and messages by a person to the lead; automatic e-mails never count.",
            "The owner's word counts, too.",
        ],
        "Reminders": [
            "After 75% of the time: the owner.",
            "At the breach: the owner.",
            "50% of the time after the breach: the manager.",
            "100% of the time after the breach: the channel, with the offer to hand over.",
            "At most 6 messages for a person in a day; what falls due within 5 minutes is one message.",
            "A lead can be put off 3 times.",
            "Not a fit can be: wrong industry, no budget, student, duplicate or spam.",
            "Where there is no owner, manager or Slack account, #sales-ops is told.",
        ],
        "Deals": [
            "Open stages: prospecting and engaging.",
            "Won: won and closedwon. Lost: lost and closedlost.",
            "Chance of winning: prospecting 10% and engaging 30%.",
            "Wins are told in #wins, if they are at most 7 days old.",
            (
                "Credit: the first and the last touch get a fixed share, those between them the rest (40% and 40%);"
                " touches of the 90 days before the win count."
            ),
            "Reports are in USD.",
        ],
        "People and channels": ["Both sides read what concerns them all in #sales-ops."],
    }


HOLIDAYS = frozenset(date(2026, 12, day) for day in (24, 25, 26, 27, 28, 29))


@pytest.mark.parametrize(
    ("closed", "exceptions", "told"),
    [
        (frozenset(), {}, []),
        ({date(2026, 11, 19), date(2027, 2, 18)}, {}, ["No day of the next 90 is closed."]),
        ({TODAY, date(2027, 2, 17)}, {}, ["2 days of the next 90 are closed: 20 Nov 2026 and 17 Feb 2027."]),
        ({date(2026, 12, 24)}, {}, ["1 day of the next 90 is closed: 24 Dec 2026."]),
        (
            HOLIDAYS,
            {},
            [
                (
                    "6 days of the next 90 are closed:"
                    " 24 Dec 2026, 25 Dec 2026, 26 Dec 2026, 27 Dec 2026, 28 Dec 2026 and 1 more."
                )
            ],
        ),
        (
            {date(2026, 12, 24)},
            {date(2026, 12, 24): ((540, 720),), date(2026, 12, 31): (), date(2026, 11, 19): ()},
            [
                "No day of the next 90 is closed.",
                "Days with hours of their own: 24 Dec 2026 (09:00-12:00) and 31 Dec 2026 (closed).",
            ],
        ),
    ],
)
def test_the_days_ahead_are_told(closed, exceptions, told):
    """Closed days of the next 90 days, today included; a day with hours of its own is told as that, a past one not."""
    calendar = Calendar("America/New_York", OFFICE, frozenset(closed), exceptions)
    assert section("Working hours", calendar=calendar, timezone="America/New_York") == [
        "Monday to Friday 09:00-12:30 and 13:30-17:30, in America/New_York.",
        *told,
    ]


def test_hours_that_are_read_in_another_zone_are_told():
    """Which zone means what."""
    assert section("Working hours", timezone="Asia/Kathmandu") == [
        "Monday to Friday 09:00-17:00, in UTC.",
        "Days and months are counted in Asia/Kathmandu.",
    ]


def test_tiers_are_told_in_their_order():
    """Who each takes, and what is done for them; the last takes the others."""
    hot = Tier("hot", When(min_score=Decimal(80)), timedelta(hours=1), attempts=6)
    one = Tier("one", When(team=("EMEA",)), attempts=2, min_gap=timedelta(0), within=timedelta(hours=8))
    assert section("What is promised for which leads", tiers=(hot, one, Tier("rest"))) == [
        (
            "hot, leads with a score of 80 or more: first contact within 1 working hour, 6 attempts,"
            " 8 working hours apart, all within 40 working hours. Attempts less than 1 hour apart count as one."
        ),
        (
            "one, leads with team EMEA: first contact within 4 working hours, 2 attempts,"
            " 8 working hours apart, all within 8 working hours."
        ),
        "rest, all other leads: first contact within 4 working hours.",
    ]


def test_other_reminders_are_told():
    """Somebody by name, at once, one message each, no snooze; and that nobody is reminded."""
    rule = Reminders(
        channel="#desk",
        on_assignment=True,
        steps=(Step("breach", "boss@seller.example"),),
        max_per_person_per_day=1,
        bundle=timedelta(0),
        max_snoozes=0,
        not_a_fit=("spam",),
    )
    told = [
        "A new lead is told to its owner at once, in their working hours.",
        "At the breach: boss@seller.example.",
        "At most 1 message for a person in a day; each moment is one message.",
        "No lead can be put off.",
        "Not a fit can be: spam.",
        "Where there is no owner, manager or Slack account, #desk is told.",
    ]
    assert section("Reminders", reminders=rule) == told
    assert section("Reminders", reminders=replace(rule, steps=(), max_snoozes=1))[1:3] == [
        "Nobody is reminded.",
        "A lead can be put off 1 time.",
    ]


def test_promises_money_and_people_are_told():
    """Marketing's side, the rates of the day, and who looks after it all."""
    parts = {
        "currency": "EUR",
        "rates": (
            Rate("USD", Decimal("0.9")),
            Rate("USD", Decimal("0.92"), date(2026, 11, 20)),
            Rate("USD", Decimal("0.95"), date(2026, 11, 21)),
            Rate("GBP", Decimal("1.2"), date(2026, 11, 21)),
        ),
        "promises": (Promise("month", "all", 500), Promise("week", "organic", None, Decimal(1000))),
        "digest_channel": "#growth",
        "admins": ("ops@seller.example", "noor@seller.example"),
        "stages": Stages(lost=(), probability={}),
        "wins": Wins("#gongs", timedelta(days=1)),
        "credit": CreditRule("linear", lookback_days=0),
        "contact": ContactRule(("call",), owner_word_counts=False),
    }
    assert section("Marketing's promises", **parts) == [
        "Each month, all channels: 500 leads.",
        "Each week, channel organic: leads worth 1,000 EUR.",
    ]
    assert section("Deals", **parts) == [
        "Open stages: prospecting and engaging.",
        "Won: won and closedwon. Lost: none.",
        "Wins are told in #gongs, if they are at most 1 day old.",
        "Credit: all touches get the same; touches of all time count.",
        "Reports are in EUR; 1 USD is 0.92 EUR.",
    ]
    assert section("People and channels", **parts) == [
        "Both sides read what concerns them all in #growth.",
        "Looked after by ops@seller.example and noor@seller.example.",
    ]
    assert section("What counts as a contact", **parts) == [
        "Calls by a person to the lead; automatic e-mails never count.",
        "The owner's word alone does not count.",
    ]


def test_what_is_agreed_of_wins_beyond_the_usual_is_told():
    """The least amount, other channels, goals, grouping, an order of people, and what is seen of the customer."""
    wins = Wins(
        minimum=Decimal(1000),
        routes=(
            Route("#big", Decimal(50000), segment=("smb", "enterprise")),
            Route("#renewals", kind="renewal", team=("EMEA",)),
        ),
        goals=(Goal("month", Decimal(300000)), Goal("quarter", Decimal(90000), "EMEA")),
        group_after=12,
        rank_people=True,
        shown="contact",
    )
    assert section("Deals", wins=wins)[3:-2] == [
        "Wins are told in #wins, if they are at most 7 days old.",
        "Wins below 1,000 USD have no card.",
        "Wins with an amount of 50,000 USD or more, segment smb or enterprise are told in #big, too.",
        "Wins with kind renewal, team EMEA are told in #renewals, too.",
        "Goal for each month: 300,000 USD.",
        "Goal for each quarter, team EMEA: 90,000 USD.",
        "More than 12 wins within a minute are one message.",
        "An order of single people is shown, too.",
        "Of the customer, channels see the company and the contact's name.",
    ]


@pytest.mark.parametrize(
    ("rule", "model", "people"),
    [
        (
            CreditRule("time_decay", half_life_days=1),
            "the older a touch, the less it gets (half of its weight is gone after 1 day)",
            [],
        ),
        (
            CreditRule("u_lead"),
            "40% for the first touch and 40% for the one that made the lead, the others the rest",
            [],
        ),
        (
            CreditRule("last", contributors={"sdr": Decimal("0.125"), "se": Decimal("0.2")}),
            "the last touch gets all",
            ["Who helped gets, where the deal does not say: sdr 12.5% and se 20%."],
        ),
    ],
)
def test_how_credit_is_shared_is_told(rule, model, people):
    """The model with the numbers it uses, and what those who helped get."""
    assert section("Deals", credit=rule)[4:-1] == [
        f"Credit: {model}; touches of the 90 days before the win count.",
        *people,
    ]
