"""What a lead is worth, from own history."""

import json
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.figures import mql_value
from bot.domain.worth import BY, FEW, Entry, Worth, best, rounded

FUNNEL = json.loads((Path(__file__).parent / "vectors.json").read_text(encoding="utf-8"))["funnel"]
SOME = settings(max_examples=200, derandomize=True)
COUNTS = st.one_of(st.integers(0, 60), st.sampled_from([FEW - 1, FEW, FEW + 1]))


@st.composite
def histories(draw):
    """At most one entry each for the asset, the channel and the segment; wins never outnumber leads."""
    chosen = draw(st.lists(st.sampled_from(BY), unique=True))
    found = []
    for by in chosen:
        leads = draw(COUNTS)
        won = draw(st.integers(0, leads))
        revenue = draw(st.integers(-(10**9), 10**9)) if won else 0
        found.append(Entry(by, by, leads, won, revenue, "USD"))
    return found


def entry(by, leads, won, revenue_minor=120_000):
    return Entry(by, by, leads, won, revenue_minor, "USD")


def test_as_worked_out_by_hand():
    """D1: 500 leads, 10 wins and 500,000 of revenue make a lead worth 1,000."""
    told = FUNNEL["D1 MQL value"]
    found = best([Entry("channel", "webinar", told["leads"], told["wins"], told["revenue"] * 100, "USD")])
    assert found == Worth(told["mql_value"] * 100, "USD", "channel", "webinar", 500, few=False)


@pytest.mark.parametrize(
    ("candidates", "by", "few"),
    [
        ([], None, None),
        ([entry("asset", 400, 0, 0), entry("channel", 29, 0, 0)], None, None),
        ([entry("asset", 30, 1), entry("channel", 5000, 90), entry("segment", 9000, 99)], "asset", False),
        ([entry("asset", 29, 9), entry("channel", 30, 1), entry("segment", 9000, 99)], "channel", False),
        ([entry("asset", 4000, 0, 0), entry("channel", 29, 9), entry("segment", 30, 1)], "segment", False),
        ([entry("asset", 3, 3), entry("channel", 29, 1), entry("segment", 28, 9)], "channel", True),
        ([entry("asset", 3, 3), entry("channel", 29, 0, 0), entry("segment", 28, 9)], "segment", True),
        ([entry("segment", 7, 1), entry("channel", 7, 1), entry("asset", 7, 1)], "asset", True),
        ([entry("asset", 1, 1)], "asset", True),
    ],
    ids=[
        "no history",
        "leads but no win",
        "the most specific",
        "29 are too few",
        "one without a win is passed over",
        "few everywhere: the most leads",
        "few everywhere: the most leads with a win",
        "few and equally many: the most specific",
        "one lead",
    ],
)
def test_which_history_tells(candidates, by, few):
    """The most specific with 30 leads and a win; else the one with the most leads and a win, marked; else nothing."""
    found = best(candidates)
    assert (found and (found.by, found.few)) == (by and (by, few))


@pytest.mark.parametrize(
    ("revenue", "leads", "minor"),
    [(100, 3, 33), (200, 3, 67), (5, 2, 3), (-5, 2, -3), (-100, 3, -33), (0, 3, 0), (1, 2, 1), (-1, 2, -1)],
)
def test_half_up_to_whole_minor_units(revenue, leads, minor):
    """Ties go away from zero, so that a reversal is the exact negative."""
    found = best([Entry("asset", "ebook", leads, 1, revenue, "EUR")])
    assert (found.minor, found.currency) == (minor, "EUR")


@SOME
@given(histories(), st.randoms(use_true_random=False))
def test_the_order_of_the_entries_does_not_matter(candidates, random):
    """However the entries are told, a lead is worth the same."""
    shuffled = list(candidates)
    random.shuffle(shuffled)
    assert best(shuffled) == best(candidates)


@SOME
@given(histories())
def test_every_worth_is_one_entrys_mql_value(candidates):
    """What is shown is the rounded MQL value of one entry with a win, with its number of leads; few below 30."""
    found = best(candidates)
    winning = {item.by: item for item in candidates if item.won}
    assert (found is None) == (not winning)
    if found is not None:
        source = winning[found.by]
        assert found.minor == rounded(mql_value(source.revenue_minor, source.leads))
        assert abs(found.minor - Fraction(source.revenue_minor, source.leads)) <= Fraction(1, 2)
        assert (found.cases, found.few, found.name) == (source.leads, source.leads < FEW, source.name)


@SOME
@given(histories())
def test_nothing_more_specific_was_good_enough(candidates):
    """No entry with 30 leads and a win is more specific; where the worth is marked few, there is none at all."""
    found = best(candidates)
    enough = [item.by for item in candidates if item.won and item.leads >= FEW]
    if found is not None:
        assert found.few == (not enough)
        better = enough if found.few else [by for by in enough if BY.index(by) < BY.index(found.by)]
        assert better == []


@SOME
@given(st.fractions(-(10**6), 10**6, max_denominator=200))
def test_a_reversal_is_the_exact_negative(amount):
    """Rounding treats both signs alike and stays within half a unit."""
    assert rounded(-amount) == -rounded(amount)
    assert abs(rounded(amount) - amount) <= Fraction(1, 2)
