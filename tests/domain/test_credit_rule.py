"""The rule that is kept with a win."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.agreement import CreditRule
from bot.domain.credit import Touch
from bot.domain.credit_rule import Milestones, rate_currency, read, weights, written

WON = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
DAY = timedelta(days=1)
MODELS = ("first", "last", "linear", "position", "u_lead", "w", "full_path", "time_decay")
SHARES = st.decimals(0, 1, places=3).map(lambda share: share / 2)


def path(*ages):
    """Touches so many days before the win, in order."""
    return tuple(
        Touch(str(number), WON - age * DAY, "Ebook", None, None, None) for number, age in enumerate(ages)
    )


@given(
    st.builds(
        CreditRule,
        st.sampled_from(MODELS),
        st.tuples(SHARES, SHARES),
        st.integers(1, 36500),
        st.integers(0, 36500),
        st.dictionaries(st.text(max_size=9), SHARES, max_size=3),
    ),
    st.sampled_from(["USD", "JPY"]),
)
def test_a_rule_comes_back_as_it_was_written(rule, currency):
    """Every number, to the last digit, and the currency into which the rate converts."""
    text = written(rule, currency)
    assert read(rule.model, text) == rule
    assert rate_currency(text) == currency


def test_what_was_not_written_is_usual():
    """A win of a version that knew fewer numbers is shared as before."""
    text = '{"lookback_days": 30, "position": ["0.3", "0.4"]}'
    assert read("position", text) == CreditRule(
        "position", (Decimal("0.3"), Decimal("0.4")), lookback_days=30
    )
    assert rate_currency(text) is None


@pytest.mark.parametrize(
    ("model", "lead", "deal", "expected"),
    [
        ("first", 2, 1, "1 0 0 0"),
        ("last", 2, 1, "0 0 0 1"),
        ("linear", 2, 1, "1/4 1/4 1/4 1/4"),
        ("position", 2, 1, "2/5 1/10 1/10 2/5"),
        ("u_lead", 2, 1, "2/5 1/10 2/5 1/10"),
        ("u_lead", 0, 1, "4/5 1/15 1/15 1/15"),
        ("u_lead", None, 1, "2/5 1/5 1/5 1/5"),  # no lead: its share joins the rest
        ("w", 1, 2, "3/10 3/10 3/10 1/10"),
        ("w", 1, None, "3/10 3/10 1/5 1/5"),
        ("full_path", 1, 2, "1/4 1/4 1/4 1/4"),
        ("full_path", 1, 1, "9/40 9/20 1/10 9/40"),
    ],
)
def test_a_model_looks_at_its_own_milestones(model, lead, deal, expected):
    """First touch, lead creation, deal creation, win: each model takes as many of these as it has."""
    touches = path(30, 20, 10, 0)
    milestones = Milestones(*(None if at is None else touches[at].at + DAY for at in (lead, deal)))
    found = weights(CreditRule(model), touches, WON, milestones)
    assert found == tuple(map(Fraction, expected.split()))


def test_a_milestone_counts_up_to_its_instant():
    """The touch at the very instant of the creation made the lead; one a moment later did not."""
    touches = path(30, 20, 10)
    at = Milestones(touches[1].at, None)
    before = Milestones(touches[1].at - timedelta(microseconds=1), None)
    rule = CreditRule("u_lead")
    assert weights(rule, touches, WON, at) == (Fraction(2, 5), Fraction(2, 5), Fraction(1, 5))
    assert weights(rule, touches, WON, before) == (Fraction(4, 5), Fraction(1, 10), Fraction(1, 10))


def test_decay_takes_the_half_life_of_the_rule():
    """Half the weight is gone after it."""
    touches = path(14, 7, 0)
    found = weights(CreditRule("time_decay", half_life_days=7), touches, WON, Milestones())
    assert found == (Fraction(1, 7), Fraction(2, 7), Fraction(4, 7))
    found = weights(CreditRule("time_decay", half_life_days=14), path(14, 0), WON, Milestones())
    assert found == (Fraction(1, 3), Fraction(2, 3))


@pytest.mark.parametrize("model", MODELS)
@given(
    st.lists(st.floats(0, 400), max_size=8), st.lists(st.none() | st.floats(-9, 400), min_size=2, max_size=2)
)
def test_shares_sum_to_one(model, ages, made):
    """Under every model, wherever the milestones lie; no touch has no share."""
    milestones = Milestones(*(None if age is None else WON - age * DAY for age in made))
    found = weights(CreditRule(model), path(*sorted(ages, reverse=True)), WON, milestones)
    assert sum(found) == (1 if ages else 0)
    assert len(found) == len(ages)
    assert all(share >= 0 for share in found)


def test_an_unknown_model_is_refused():
    """A model is never guessed."""
    with pytest.raises(ValueError, match="'magic' is not a model"):
        weights(CreditRule("magic"), path(1), WON, Milestones())
