"""Cycles: the lives of a lead in sales' hands, who holds it meanwhile, and what the lives of a contact make together."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import cycles
from bot.domain.agreement import Tier, When
from bot.domain.clocks import LeadStatement
from bot.domain.cycles import Held, Life

MON = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
TIERS = (
    Tier("hot", When(min_score=Decimal(80), channel=("Paid_Search", "referral"))),
    Tier("north", When(team=("north",))),
    Tier("mql", When(stage=("mql", "sql"))),
)
ALL = (Tier(),)
TEAMS = {"ana@seller.example": "North", "ben@seller.example": "south"}
ANA, BEN = TEAMS


def at(hours: float | None) -> datetime | None:
    """An instant, in hours after Monday's opening."""
    return None if hours is None else MON + hours * HOUR


def hours(instant: datetime | None) -> float | None:
    """An instant as `at` takes it."""
    return None if instant is None else (instant - MON) / HOUR


def lived(created, told, tiers=TIERS):
    """The lives of a lead, in whichever order its statements came: (hours, fields), a press where they say `by`."""
    statements = [
        LeadStatement(at(h), f"e{n}", {k: v for k, v in fields.items() if k != "by"}, "by" in fields)
        for n, (h, fields) in enumerate(told)
    ]
    found = cycles.lives("g/L1", statements, at(created), tiers, TEAMS.get)
    assert found == cycles.lives("g/L1", statements[::-1], at(created), tiers, TEAMS.get)
    return found


STARTS = {
    # created after Monday's opening (hours), statements (hours, fields) -> start (hours), tier
    "at its creation": (0, [(0, {"stage": "mql"})], (0, "mql")),
    "at its creation, told later": (-2, [(5, {"stage": "mql"})], (-2, "mql")),
    "when it becomes an MQL": (0, [(0, {"stage": "lead"}), (3, {"stage": "mql"})], (3, "mql")),
    "at its creation, if that is later": (4, [(0, {"stage": "lead"}), (3, {"stage": "mql"})], (4, "mql")),
    "never": (0, [(0, {"stage": "lead"}), (3, {"score": 50})], None),
    "of nothing told": (0, [], None),
    "by fields told one after the other": (0, [(0, {"score": 90}), (2, {"channel": "referral"})], (2, "hot")),
    "by the team of the owner of that time": (
        0,
        [(1, {"owner_email": ANA}), (2, {"owner_email": BEN})],
        (0, "north"),
    ),
    "not by what was cleared before": (
        0,
        [(0, {"score": 90}), (1, {"score": None}), (2, {"channel": "referral"})],
        None,
    ),
    "by what is told together": (-1, [(0, {"stage": "lead"}), (0, {"stage": "mql"})], (-1, "mql")),
    "not by what another word of that instant stands before": (
        0,
        [(0, {"score": 90, "channel": "referral"}), (0, {"channel": "organic"})],
        None,
    ),
    "by the tier that matches now": (
        0,
        [(1, {"stage": "mql"}), (2, {"score": 90, "channel": "referral"})],
        (0, "hot"),
    ),
    "by the first tier, where none matches any more": (
        0,
        [(0, {"owner_email": ANA}), (2, {"owner_email": None})],
        (0, "north"),
    ),
}


@pytest.mark.parametrize("case", STARTS)
def test_when_a_life_starts(case):
    """At the lead's creation, or at the first match of a tier if that is later; the tier that matches now promises."""
    created, told, expected = STARTS[case]
    found = [(hours(life.started_at), life.tier.name) for life in lived(created, told)]
    assert found == ([expected] if expected else [])


LATER = [(2, {"score": 90, "channel": "referral"}), (4, {"score": 10}), (6, {"stage": None})]


@pytest.mark.parametrize(
    ("contact", "tier"), [(-1, "mql"), (0, "mql"), (2, "mql"), (3, "hot"), (4, "hot"), (5, "mql"), (7, "mql")]
)
def test_a_contact_keeps_the_tier_of_its_instant(contact, tier):
    """What the lead was until then promised it; before the start, and where none matches any more, the first tier."""
    (life,) = lived(0, [(0, {"stage": "mql"}), *LATER])
    assert life.tiers == ((at(0), TIERS[2]), (at(2), TIERS[0]), (at(4), TIERS[2]))
    assert life.contacted_at(at(contact)).tier.name == tier
    assert life.contacted_at(at(contact)).owners == life.owners


@pytest.mark.parametrize("stage", ["disqualified", "customer", "lead"])
def test_the_stage_that_ends_a_life_gives_it_no_other_tier(stage):
    """An MQL that left was owed what an MQL is owed, also where another tier takes every other lead."""
    tiers = (TIERS[2], Tier("rest"))
    (life,) = lived(0, [(0, {"stage": "mql"}), (3, {"stage": stage, "score": 90})], tiers)
    assert (life.tier, life.tiers, hours(life.ended_at)) == (TIERS[2], ((at(0), TIERS[2]),), 3)


LIVES = {
    # the lead's stages (hours, stage), created at 0 -> lives: (start, end, qualified)
    "it lasts": ([(0, "mql")], [(0, None, None)]),
    "qualified, it lasts": ([(0, "mql"), (2, "sql")], [(0, None, 2)]),
    "qualified at once": ([(0, "sql")], [(0, None, None)]),
    "qualified for the first time": ([(0, "mql"), (2, "sql"), (3, "mql"), (4, "SQL")], [(0, None, 2)]),
    "a customer": ([(0, "mql"), (3, "Customer")], [(0, 3, 3)]),
    "a customer by way of an SQL": ([(0, "mql"), (2, "sql"), (3, "customer")], [(0, 3, 2)]),
    "never in sales' hands": ([(0, "customer")], []),
    "disqualified": ([(0, "mql"), (2, " disqualified ")], [(0, 2, None)]),
    "disqualified, and told again": ([(0, "mql"), (2, "disqualified"), (3, "disqualified")], [(0, 2, None)]),
    "ended twice": ([(0, "mql"), (2, "disqualified"), (3, "customer")], [(0, 2, None)]),
    "back to marketing": ([(0, "mql"), (2, "lead")], [(0, 2, None)]),
    "back to marketing from an SQL": ([(0, "mql"), (2, "sql"), (3, "lead")], [(0, 3, 2)]),
    "back, and told again": ([(0, "mql"), (2, "lead"), (3, "lead")], [(0, 2, None)]),
    "back, and come again": ([(0, "mql"), (2, "lead"), (5, "mql")], [(0, 2, None), (5, None, None)]),
    "lost, and come again": ([(0, "mql"), (2, "disqualified"), (5, "mql")], [(0, 2, None), (5, None, None)]),
    "a customer, and come again": ([(0, "mql"), (2, "customer"), (5, "sql")], [(0, 2, 2), (5, None, 5)]),
    "three times": (
        [(0, "mql"), (1, "lead"), (2, "mql"), (3, "disqualified"), (4, "mql"), (5, "customer")],
        [(0, 1, None), (2, 3, None), (4, 5, 5)],
    ),
    "nurtured first": ([(0, "lead"), (2, "mql"), (3, "lead"), (4, "mql")], [(2, 3, None), (4, None, None)]),
    "lost, a lead again, then handed over": (
        [(0, "mql"), (2, "disqualified"), (5, "lead"), (7, "mql")],
        [(0, 2, None), (7, None, None)],
    ),
    "its stage is cleared": ([(0, "mql"), (2, None), (3, "lead")], [(0, None, None)]),
}


@pytest.mark.parametrize("case", LIVES)
def test_the_lives_of_a_lead(case):
    """Each stay in sales' hands is a life: it ends with a customer, a disqualified lead or one given back."""
    told, expected = LIVES[case]
    found = lived(0, [(h, {"stage": stage}) for h, stage in told])
    assert [(hours(x.started_at), hours(x.ended_at), hours(x.qualified_at)) for x in found] == [
        (start, end, None if qualified == start else qualified) for start, end, qualified in expected
    ]
    assert [life.first for life in found] == [True, False, False][: len(found)]
    assert [hours(life.created_at) for life in found] == [
        0 if life.first else hours(life.started_at) for life in found
    ]


def test_statements_of_other_fields_do_not_bring_a_lead_back():
    """What says nothing of the stage neither ends a life nor begins one."""
    told = [(0, {"stage": "mql"}), (1, {"stage": "customer"}), (2, {"score": 95, "channel": "referral"})]
    assert [(hours(x.started_at), hours(x.ended_at)) for x in lived(0, told)] == [(0, 1)]


def test_a_lead_disqualified_in_slack_comes_back_when_the_crm_moves_it():
    """The CRM's repetition of the old stage is no return; a changed stage is."""
    told = [(0, {"stage": "mql"}), (1, {"stage": "disqualified", "by": "a press"}), (2, {"stage": "mql"})]
    assert [(hours(x.started_at), hours(x.ended_at)) for x in lived(0, told)] == [(0, 1)]
    again = lived(0, [*told, (3, {"stage": "sql"})])
    assert [(hours(x.started_at), hours(x.ended_at)) for x in again] == [(0, 1), (3, None)]


HOLDERS = [(0, {"stage": "mql"}), (1, {"owner_email": ANA}), (3, {"owner_email": BEN, "score": 5})]


def test_who_held_a_lead_when():
    """Each owner from the instant they were named on; what repeats the owner changes nothing, nobody is nobody."""
    (life,) = lived(0, [*HOLDERS, (4, {"owner_email": BEN}), (6, {"owner_email": None})])
    assert life.owners == (Held(at(0), None), Held(at(1), ANA), Held(at(3), BEN), Held(at(6), None))
    instants = (-1, 0, 1, 2.9, 3, 5, 6, 100)
    assert [life.owner_at(at(h)) for h in instants] == [None, None, ANA, ANA, BEN, BEN, None, None]


def test_the_first_owner_held_the_lead_from_its_creation():
    """Told of late, the lead was its first owner's all along."""
    (life,) = lived(-3, [(2, {"stage": "mql", "owner_email": ANA})])
    assert life.owners == (Held(at(-3), ANA),)


def test_whoever_takes_a_lead_over_in_slack_holds_it():
    """Accepted there, it is theirs until the CRM names somebody else than before."""
    told = [(0, {"stage": "mql", "owner_email": ANA}), (2, {"owner_email": BEN, "by": "a press"})]
    (life,) = lived(0, [*told, (3, {"owner_email": ANA}), (5, {"owner_email": "cho@seller.example"})])
    assert life.owners == (Held(at(0), ANA), Held(at(2), BEN), Held(at(5), "cho@seller.example"))


FIELDS = st.fixed_dictionaries(
    {},
    optional={
        "stage": st.sampled_from(["lead", "mql", "sql", "customer", "disqualified", None]),
        "owner_email": st.sampled_from([ANA, BEN, None]),
        "score": st.sampled_from([10, 90, None]),
        "channel": st.sampled_from(["referral", "organic"]),
    },
)
STATEMENTS = st.lists(
    st.builds(LeadStatement, st.integers(-3, 9).map(at), st.uuids().map(str), FIELDS, st.booleans())
)


@given(STATEMENTS, st.integers(-3, 9), st.sampled_from([TIERS, ALL]), st.randoms())
def test_the_order_of_arrival_changes_nothing(statements, created, tiers, chance):
    """Lives follow from what was said and when it was said, not from when it was heard."""
    found = cycles.lives("g/L1", statements, at(created), tiers, TEAMS.get)
    chance.shuffle(statements)
    assert cycles.lives("g/L1", statements, at(created), tiers, TEAMS.get) == found


@given(STATEMENTS, st.integers(-3, 9), st.sampled_from([TIERS, ALL]))
def test_lives_follow_one_another(statements, created, tiers):
    """One ends before the next begins, and only the last may last; each is qualified within itself."""
    found = cycles.lives("g/L1", statements, at(created), tiers, TEAMS.get)
    for life, following in pairwise(found):
        assert life.ended_at is not None
        assert life.ended_at <= following.started_at
    for life in found:
        assert life.qualified_at is None or life.started_at < life.qualified_at
        assert life.qualified_at is None or life.ended_at is None or life.qualified_at <= life.ended_at
        assert life.owner_at(at(100)) == life.owners[-1].owner
    assert [life.first for life in found[1:]] == [False] * len(found[1:])


# A contact's cycles.


def life(lead: str, start: float, end: float | None, *owners: tuple[float, str], qualified=None) -> Life:
    """A stay in sales' hands (hours), with who held it from when on."""
    held = tuple(Held(at(since), owner) for since, owner in owners)
    return Life(lead, at(start), at(start), TIERS[2], at(end), at(qualified), held)


CYCLES = {
    # lives: (lead, start, end) -> the life that opens each cycle, and when that ends
    "of nothing": ([], []),
    "one lead": ([("a", 0, None)], [("a", 0, None)]),
    "one that comes again": ([("a", 0, 2), ("a", 5, None)], [("a", 0, 2), ("a", 5, None)]),
    "another lead meanwhile": ([("a", 0, None), ("b", 3, None)], [("a", 0, None)]),
    "another lead meanwhile, over before": ([("a", 0, 5), ("b", 1, 2)], [("a", 0, 5)]),
    "another lead afterwards": ([("a", 0, 2), ("b", 3, None)], [("a", 0, 2), ("b", 3, None)]),
    "another lead at the very end": ([("a", 0, 3), ("b", 3, None)], [("a", 0, 3), ("b", 3, None)]),
    "two at once": ([("b", 0, None), ("a", 0, None)], [("a", 0, None)]),
    "the earlier lead is told of later": ([("a", 3, None), ("b", 0, None)], [("b", 0, None)]),
    "the earlier one was closed as a duplicate": ([("a", 0, 2), ("b", 1, None)], [("a", 0, None)]),
    "each begins before the other ends": (
        [("a", 0, 2), ("b", 1, 5), ("c", 3, 7), ("d", 8, None)],
        [("a", 0, 7), ("d", 8, None)],
    ),
    "the last one ends where the next begins": (
        [("a", 0, 2), ("b", 1, 5), ("c", 5, None)],
        [("a", 0, 5), ("c", 5, None)],
    ),
}


@pytest.mark.parametrize("case", CYCLES)
def test_the_cycles_of_a_contact(case):
    """A life that begins while a cycle is open belongs to it and makes it last; one that begins later opens the next."""
    lives, expected = CYCLES[case]
    for order in (lives, lives[::-1]):
        found = cycles.cycles(life(*each) for each in order)
        assert [(one.lead_key, hours(one.started_at), hours(one.ended_at)) for one in found] == expected


def test_who_holds_a_cycle_of_several_leads():
    """The owner of the lead that began it, as long as that lasts; then whoever holds the one that goes on."""
    first = life("a", 0, 3, (0, ANA))
    second = life("b", 1, 9, (1, "early@seller.example"), (2, BEN), (5, ANA), (6, BEN))
    (found,) = cycles.cycles([second, first])
    assert found.owners == (Held(at(0), ANA), Held(at(3), BEN), Held(at(5), ANA), Held(at(6), BEN))
    assert [found.owner_at(at(h)) for h in (0, 2.9, 3, 5.5, 8)] == [ANA, ANA, BEN, ANA, BEN]
    (same,) = cycles.cycles([first, life("b", 1, None, (1, ANA))])
    assert same.owners == first.owners
    (ended,) = cycles.cycles([first, life("b", 1, 2, (1, BEN))])
    assert ended == first


def test_a_cycle_is_qualified_with_the_first_of_its_leads():
    """Whichever of the contact's leads becomes an SQL first."""
    first, second = life("a", 0, None, qualified=7), life("b", 1, None, qualified=4)
    assert [hours(one.qualified_at) for one in cycles.cycles([first, second])] == [4]
    assert [hours(one.qualified_at) for one in cycles.cycles([life("a", 0, None), first])] == [7]


SPANS = st.lists(
    st.tuples(st.sampled_from("abc"), st.integers(0, 20), st.none() | st.integers(1, 9)),
    unique_by=lambda span: span[:2],
    max_size=7,
)


@given(SPANS, st.randoms())
def test_every_life_belongs_to_one_cycle(spans, chance):
    """Cycles follow one another, and cover each life from its beginning to its end, in whatever order they come."""
    lives = [life(lead, start, None if length is None else start + length) for lead, start, length in spans]
    found = cycles.cycles(lives)
    for one, following in pairwise(found):
        assert one.ended_at is not None
        assert one.ended_at <= following.started_at
    for each in lives:
        (its,) = [
            one
            for one in found
            if one.started_at <= each.started_at and (one.ended_at is None or each.started_at < one.ended_at)
        ]
        assert its.ended_at is None or (each.ended_at is not None and each.ended_at <= its.ended_at)
    chance.shuffle(lives)
    assert cycles.cycles(lives) == found
