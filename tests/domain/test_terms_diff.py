"""What changed between two agreements, in words."""

from dataclasses import fields, is_dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
from bot.domain.terms_diff import difference
from bot.domain.worktime import Calendar

TODAY = date(2026, 11, 20)
OFFICE = ((540, 1020),)
HOT = Tier("hot", When(min_score=Decimal(80)), timedelta(hours=1), 6)
BEFORE = Agreement(
    calendar=Calendar(
        "UTC", (OFFICE,) * 5 + ((), ()), frozenset({date(2026, 12, 25)}), {date(2026, 12, 31): ()}
    ),
    rates=(Rate("EUR", Decimal("1.08")), Rate("EUR", Decimal("1.09"), date(2026, 7, 1))),
    tiers=(HOT, Tier("rest")),
    wins=Wins(routes=(Route("#renewals", kind="renewal"),), goals=(Goal("month", Decimal(300000)),)),
    promises=(Promise("month", "all", 500, Decimal(500000)),),
)


def with_(part, **changed):
    """The agreement with something else in one of its parts."""
    if part is None:
        return replace(BEFORE, **changed)
    here = getattr(BEFORE, part)
    if isinstance(here, tuple):
        return replace(BEFORE, **{part: (replace(here[0], **changed), *here[1:])})
    return replace(BEFORE, **{part: replace(here, **changed)})


def in_condition(**changed):
    """The agreement with another condition of its first tier."""
    return with_("tiers", when=replace(HOT.when, **changed))


def in_step(**changed):
    """The agreement with another first reminder."""
    first, *others = BEFORE.reminders.steps
    return with_("reminders", steps=(replace(first, **changed), *others))


def in_route(**changed):
    """The agreement with another first route."""
    return with_("wins", routes=(replace(BEFORE.wins.routes[0], **changed),))


def in_goal(**changed):
    """The agreement with another goal."""
    return with_("wins", goals=(replace(BEFORE.wins.goals[0], **changed),))


WITHOUT = "Wins with kind renewal: told in no other channel, before told in #renewals, too."
CONDITION = "Tier hot: takes leads with a score of 80 or more"
WAS = ", before leads with a score of 80 or more."
CASES = {
    "name": (with_(None, name="Ours"), ["Name of the agreement: Ours, before Our agreement."]),
    "timezone": (
        with_(None, timezone="Asia/Tokyo"),
        ["Time zone: Asia/Tokyo, before UTC.", "Time zone of the working hours: UTC, before none."],
    ),
    "currency": (
        with_(None, currency="CHF"),
        [
            "Currency of the reports: CHF, before USD.",
            "Worth of 1 EUR: 1.08 CHF, before 1.08 USD.",
            "Worth of 1 EUR from 1 Jul 2026 on: 1.09 CHF, before 1.09 USD.",
            "Goal for each month: 300,000 CHF, before 300,000 USD.",
            "Promise each month, all channels: 500 leads worth 500,000 CHF, before 500 leads worth 500,000 USD.",
        ],
    ),
    "admins": (
        with_(None, admins=("b@x.example", "a@x.example")),
        ["Looked after by: a@x.example and b@x.example, before nobody."],
    ),
    "digest_channel": (
        with_(None, digest_channel="#growth"),
        ["Channel for both sides: #growth, before that of the reminders."],
    ),
    "rates.currency": (
        with_("rates", currency="GBP"),
        ["Worth of 1 GBP: 1.08 USD, before none.", "Worth of 1 EUR: none, before 1.08 USD."],
    ),
    "rates.rate": (with_("rates", rate=Decimal("1.1")), ["Worth of 1 EUR: 1.1 USD, before 1.08 USD."]),
    "rates.since": (
        with_("rates", since=date(2026, 1, 1)),
        [
            "Worth of 1 EUR from 1 Jan 2026 on: 1.08 USD, before none.",
            "Worth of 1 EUR: none, before 1.08 USD.",
        ],
    ),
    "calendar.zone": (
        with_("calendar", zone="Asia/Tokyo"),
        ["Time zone of the working hours: Asia/Tokyo, before none."],
    ),
    "calendar.weekly": (
        with_("calendar", weekly=(OFFICE,) * 4 + ((), (), ())),
        ["Working hours: Monday to Thursday 09:00-17:00, before Monday to Friday 09:00-17:00."],
    ),
    "calendar.closed": (
        with_("calendar", closed=frozenset({date(2026, 12, 24)})),
        ["Closed now: 24 Dec 2026.", "Not closed any more: 25 Dec 2026."],
    ),
    "calendar.exceptions": (
        with_("calendar", exceptions={date(2026, 12, 30): ((540, 720),)}),
        [
            "Hours on 30 Dec 2026: 09:00-12:00, before as on other days.",
            "Hours on 31 Dec 2026: as on other days, before closed.",
        ],
    ),
    "stages.open": (
        with_("stages", open=("prospecting",)),
        ["Open stages: prospecting, before prospecting and engaging."],
    ),
    "stages.won": (with_("stages", won=("won",)), ["Stages that are won: won, before won and closedwon."]),
    "stages.lost": (with_("stages", lost=()), ["Stages that are lost: none, before lost and closedlost."]),
    "stages.probability": (
        with_("stages", probability={"prospecting": Decimal("0.125")}),
        [
            "Chance of winning from prospecting: 12.5%, before 10%.",
            "Chance of winning from engaging: none, before 30%.",
        ],
    ),
    "tiers.name": (
        with_("tiers", name="warm"),
        [
            (
                "New tier warm, leads with a score of 80 or more: first contact within 1 working hour, 6 attempts,"
                " 8 working hours apart, all within 40 working hours."
            ),
            "Tier hot is gone.",
        ],
    ),
    "tiers.when": (with_("tiers", when=None), [f"Tier hot: takes all leads{WAS}"]),
    "tiers.when.min_score": (
        in_condition(min_score=Decimal(90)),
        [f"Tier hot: takes leads with a score of 90 or more{WAS}"],
    ),
    "tiers.when.channel": (in_condition(channel=("a",)), [f"{CONDITION}, channel a{WAS}"]),
    "tiers.when.campaign": (in_condition(campaign=("a",)), [f"{CONDITION}, campaign a{WAS}"]),
    "tiers.when.asset": (in_condition(asset=("a",)), [f"{CONDITION}, asset a{WAS}"]),
    "tiers.when.stage": (in_condition(stage=("a",)), [f"{CONDITION}, stage a{WAS}"]),
    "tiers.when.type": (in_condition(type=("a",)), [f"{CONDITION}, type a{WAS}"]),
    "tiers.when.segment": (in_condition(segment=("a",)), [f"{CONDITION}, segment a{WAS}"]),
    "tiers.when.team": (in_condition(team=("a",)), [f"{CONDITION}, team a{WAS}"]),
    "tiers.first_contact": (
        with_("tiers", first_contact=timedelta(hours=2)),
        ["Tier hot: first contact within 2 working hours, before within 1."],
    ),
    "tiers.attempts": (with_("tiers", attempts=1), ["Tier hot: 1 attempt, before 6."]),
    "tiers.spacing": (
        with_("tiers", spacing=(timedelta(minutes=30),)),
        ["Tier hot: 30 working minutes apart, before 8 working hours apart."],
    ),
    "tiers.within": (
        with_("tiers", within=timedelta(hours=20)),
        ["Tier hot: all attempts within 20 working hours, before within 40."],
    ),
    "tiers.min_gap": (
        with_("tiers", min_gap=timedelta(minutes=30)),
        ["Tier hot: attempts count as one below 30 minutes, before below 1 hour."],
    ),
    "contact.counts": (
        with_("contact", counts=("call",)),
        ["What counts as a contact: calls, before calls, e-mails, meetings and messages."],
    ),
    "contact.owner_word_counts": (
        with_("contact", owner_word_counts=False),
        ["The owner's word: does not count, before counts."],
    ),
    "reminders.channel": (
        with_("reminders", channel="#desk"),
        ["Channel of the reminders: #desk, before #sales-ops."],
    ),
    "reminders.on_assignment": (
        with_("reminders", on_assignment=True),
        ["A new lead: told to its owner at once, before not told to its owner at once."],
    ),
    "reminders.at_risk": (
        with_("reminders", at_risk=Decimal("0.5")),
        ["At risk: after 50% of the time, before after 75% of the time."],
    ),
    "reminders.steps": (
        with_("reminders", steps=(*BEFORE.reminders.steps, Step("breach+150%", "channel", "hand over"))),
        ["New reminder 150% of the time after the breach to the channel, with the offer to hand over."],
    ),
    "reminders.steps.at": (
        in_step(at="breach+10%"),
        [
            "New reminder 10% of the time after the breach to the owner.",
            "No reminder after 75% of the time to the owner any more.",
        ],
    ),
    "reminders.steps.to": (
        in_step(to="boss@seller.example"),
        [
            "New reminder after 75% of the time to boss@seller.example.",
            "No reminder after 75% of the time to the owner any more.",
        ],
    ),
    "reminders.steps.offer": (
        in_step(offer="hand over"),
        ["The reminder after 75% of the time to the owner offers to hand over, before offers nothing."],
    ),
    "reminders.max_per_person_per_day": (
        with_("reminders", max_per_person_per_day=1),
        ["At most for a person in a day: 1 message, before 6."],
    ),
    "reminders.bundle": (
        with_("reminders", bundle=timedelta(minutes=10)),
        ["One message for what falls due within: 10 minutes, before 5."],
    ),
    "reminders.max_snoozes": (
        with_("reminders", max_snoozes=1),
        ["A lead can be put off: 1 time, before 3 times."],
    ),
    "reminders.not_a_fit": (
        with_("reminders", not_a_fit=("spam",)),
        ["Not a fit can be: spam, before wrong industry, no budget, student, duplicate or spam."],
    ),
    "wins.channel": (with_("wins", channel="#gongs"), ["Channel of the wins: #gongs, before #wins."]),
    "wins.fresh": (with_("wins", fresh=timedelta(days=1)), ["A win is told within: 1 day, before 7."]),
    "wins.minimum": (
        with_("wins", minimum=Decimal(1000)),
        ["Wins without a card: below 1,000 USD, before none."],
    ),
    "wins.routes": (
        with_("wins", routes=(Route("#big", Decimal(50000)),)),
        [
            "Wins with an amount of 50,000 USD or more: told in #big, too, before told in no other channel.",
            WITHOUT,
        ],
    ),
    "wins.routes.channel": (
        in_route(channel="#grown"),
        ["Wins with kind renewal: told in #grown, too, before told in #renewals, too."],
    ),
    "wins.routes.min_amount": (
        in_route(min_amount=Decimal("0.5")),
        [
            (
                "Wins with an amount of 0.5 USD or more, kind renewal: told in #renewals, too,"
                " before told in no other channel."
            ),
            WITHOUT,
        ],
    ),
    "wins.routes.kind": (
        in_route(kind="expansion"),
        ["Wins with kind expansion: told in #renewals, too, before told in no other channel.", WITHOUT],
    ),
    "wins.routes.segment": (
        in_route(segment=("smb", "enterprise")),
        [
            (
                "Wins with kind renewal, segment smb or enterprise: told in #renewals, too,"
                " before told in no other channel."
            ),
            WITHOUT,
        ],
    ),
    "wins.routes.team": (
        in_route(team=("EMEA",)),
        [
            "Wins with kind renewal, team EMEA: told in #renewals, too, before told in no other channel.",
            WITHOUT,
        ],
    ),
    "wins.goals": (with_("wins", goals=()), ["Goal for each month: none, before 300,000 USD."]),
    "wins.goals.period": (
        in_goal(period="week"),
        ["Goal for each week: 300,000 USD, before none.", "Goal for each month: none, before 300,000 USD."],
    ),
    "wins.goals.amount": (
        in_goal(amount=Decimal(400000)),
        ["Goal for each month: 400,000 USD, before 300,000 USD."],
    ),
    "wins.goals.team": (
        in_goal(team="EMEA"),
        [
            "Goal for each month, team EMEA: 300,000 USD, before none.",
            "Goal for each month: none, before 300,000 USD.",
        ],
    ),
    "wins.group_after": (
        with_("wins", group_after=9),
        ["One message for more wins within a minute than: 9, before 5."],
    ),
    "wins.rank_people": (
        with_("wins", rank_people=True),
        ["An order of single people: shown, before not shown."],
    ),
    "wins.shown": (
        with_("wins", shown="none"),
        ["What channels see of the customer: nothing, before the company."],
    ),
    "credit.contributors": (
        with_("credit", contributors={"sdr": Decimal("0.1"), "se": Decimal("0.2")}),
        [
            "Share of somebody who helped as sdr: 10%, before none.",
            "Share of somebody who helped as se: 20%, before none.",
        ],
    ),
    "credit.model": (
        with_("credit", model="first"),
        [
            (
                "Credit: the first touch gets all, before the first and the last touch get a fixed share,"
                " those between them the rest."
            )
        ],
    ),
    "credit.position": (
        with_("credit", position=(Decimal("0.3"), Decimal("0.4"))),
        ["Fixed shares of the first and the last touch: 30% and 40%, before 40% and 40%."],
    ),
    "credit.half_life_days": (
        with_("credit", half_life_days=7),
        ["Half the weight of a touch is gone after: 7 days, before 30."],
    ),
    "credit.lookback_days": (
        with_("credit", lookback_days=0),
        ["Credit goes to: touches of all time, before touches of the 90 days before the win."],
    ),
    "promises.period": (
        with_("promises", period="week"),
        [
            "New promise each week, all channels: 500 leads worth 500,000 USD.",
            "No promise each month, all channels any more.",
        ],
    ),
    "promises.channel": (
        with_("promises", channel="organic"),
        [
            "New promise each month, channel organic: 500 leads worth 500,000 USD.",
            "No promise each month, all channels any more.",
        ],
    ),
    "promises.leads": (
        with_("promises", leads=None),
        ["Promise each month, all channels: leads worth 500,000 USD, before 500 leads worth 500,000 USD."],
    ),
    "promises.value": (
        with_("promises", value=None),
        ["Promise each month, all channels: 500 leads, before 500 leads worth 500,000 USD."],
    ),
}
PARTS = {
    "calendar": Calendar,
    "stages": Stages,
    "contact": ContactRule,
    "reminders": Reminders,
    "wins": Wins,
    "credit": CreditRule,
    "rates": Rate,
    "tiers": Tier,
    "promises": Promise,
    "tiers.when": When,
    "reminders.steps": Step,
    "wins.routes": Route,
    "wins.goals": Goal,
}


def keys(made, path=""):
    """Every field of an agreement, with those of its parts."""
    for field in fields(made):
        if not field.init or field.name == "earlier":
            continue
        name = f"{path}{field.name}"
        if name not in PARTS or "." in name:
            yield name
        if name in PARTS:
            yield from keys(PARTS[name], f"{name}.")


def test_every_key_of_an_agreement_has_its_case():
    """No field can be added without saying how its change is told."""
    assert is_dataclass(Agreement)
    assert sorted(CASES) == sorted(keys(Agreement))


@pytest.mark.parametrize("key", CASES)
def test_a_change_is_told_in_words(key):
    """What holds now and what held before, and nothing else."""
    after, told = CASES[key]
    assert list(difference(BEFORE, after)) == told


@pytest.mark.parametrize("key", CASES)
def test_a_change_that_was_taken_back_is_told_as_well(key):
    """The way back is a change, too; an agreement does not differ from itself."""
    after, told = CASES[key]
    assert len(difference(after, BEFORE)) == len(told)
    assert difference(after, after) == ()


def test_what_held_earlier_is_no_difference():
    """Which agreements were in force before is not part of what is agreed."""
    assert (
        difference(BEFORE, replace(BEFORE, earlier=((datetime(2026, 1, 1, tzinfo=UTC), Agreement()),))) == ()
    )


def test_another_order_is_told_where_it_means_something():
    """Tiers are tried in order, steps and promises are not."""
    hot, rest = BEFORE.tiers
    assert difference(BEFORE, replace(BEFORE, tiers=(rest, hot))) == (
        "Tiers are tried in another order now: rest and hot.",
    )
    steps = replace(BEFORE.reminders, steps=tuple(reversed(BEFORE.reminders.steps)))
    assert difference(BEFORE, replace(BEFORE, reminders=steps)) == ()
    new = Tier("new", When(team=("EMEA",)))
    assert difference(BEFORE, replace(BEFORE, tiers=(hot, new, rest))) == (
        "New tier new, leads with team EMEA: first contact within 4 working hours.",
    )


def test_hours_and_days_move_together_to_another_zone():
    """One file has one time zone: its change is one sentence."""
    after = replace(BEFORE, timezone="Asia/Tokyo", calendar=BEFORE.calendar.in_zone("Asia/Tokyo"))
    assert difference(BEFORE, after) == ("Time zone: Asia/Tokyo, before UTC.",)


def test_of_many_days_and_rates_a_few_are_named():
    """Days to come are named rather than past ones, the rest is counted."""
    days = frozenset(date(2026, month, 1) for month in range(1, 13))
    closed = replace(BEFORE, calendar=replace(BEFORE.calendar, closed=BEFORE.calendar.closed | days))
    assert difference(BEFORE, closed, TODAY) == ("Closed now: 1 Dec 2026.",)
    assert difference(BEFORE, closed, date(2027, 1, 1)) == difference(BEFORE, closed)
    assert difference(closed, BEFORE) == (
        "Not closed any more: 1 Jan 2026, 1 Feb 2026, 1 Mar 2026, 1 Apr 2026, 1 May 2026 and 7 more.",
    )
    rates = tuple(Rate(f"X{letter}X", Decimal(1)) for letter in "ABCDEFG")
    told = difference(replace(BEFORE, rates=()), replace(BEFORE, rates=rates))
    assert (len(told), told[-1]) == (6, "And 2 more of that kind.")


def test_two_promises_for_the_same_are_told_as_one():
    """Leads and value may be promised apart."""
    leads, value = Promise("week", leads=3), Promise("week", value=Decimal(9))
    told = difference(replace(BEFORE, promises=(leads,)), replace(BEFORE, promises=(leads, value)))
    assert told == ("Promise each week, all channels: 3 leads and leads worth 9 USD, before 3 leads.",)


@given(
    st.lists(st.sampled_from(sorted(CASES)), max_size=2), st.lists(st.sampled_from(sorted(CASES)), max_size=2)
)
def test_what_reads_differently_has_a_difference(first, second):
    """Two agreements without a difference read alike, word for word."""
    made = []
    for names in (first, second):
        agreement = BEFORE
        for key in names:
            part = key.partition(".")[0]
            agreement = replace(agreement, **{part: getattr(CASES[key][0], part)})
        made.append(agreement)
    if not difference(*made):
        assert in_words(made[0], TODAY) == in_words(made[1], TODAY)
