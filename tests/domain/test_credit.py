"""Credit: which touches count, the models, and what is booked."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.credit import (
    Credit,
    Touch,
    book,
    counting,
    decay_weights,
    key_places,
    key_weights,
    own_touch,
    story,
    weights,
)

VECTORS = json.loads((Path(__file__).parent / "vectors.json").read_text(encoding="utf-8"))
SOME = settings(max_examples=100, derandomize=True)
WON = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
PLACES = st.sampled_from(["first", "last", "linear", "position"])
DAY, TICK = timedelta(days=1), timedelta(microseconds=1)

MODELS = {
    "C1": weights("linear", 3),
    "C2": weights("linear", 7),
    "C3": weights("position", 1),
    "C4": weights("position", 2),
    "C4b": weights("position", 2, position=(0.3, 0.4)),
    "C5": weights("position", 3),
    "C6": weights("position", 5),
    "C6b": key_weights("u_lead", 5, (0, 2)),
    "C7": key_weights("w", 6, (0, 2, 5)),
    "C8": key_weights("w", 3, (0, 1, 2)),
    "C9": key_weights("w", 3, (0, 0, 2)),
    "C10": key_weights("w", 2, (0, 1, 1)),
    "C11": key_weights("full_path", 6, (0, 1, 3, 5)),
    "C12": decay_weights((28, 14, 7, 0), 7),
    "C13": decay_weights((10, 3, 1), 7),
    "C14": decay_weights((90, 60, 30, 0), 30),
    "C15": weights("linear", 3),
    "C16": weights("position", 4),
    "C17": weights("position", 5),
    "C18": weights("linear", 3),
    "C19": weights("linear", 3),
    "C20": (Fraction(7, 10), Fraction(3, 10)),  # a split among reps: no model
}


def number(vector):
    """The number of a vector's case."""
    return vector["case"].split()[0]


def touch(name="t", at=WON, asset="Ebook", **others):
    """A touch in which only the given parts matter."""
    return Touch(name, at, asset, **{"campaign": None, "channel": None, "kind": None, **others})


def path(*assets):
    """Touches of these assets, a day apart, numbered from 0."""
    return tuple(touch(str(n), WON - (len(assets) - n) * DAY, asset) for n, asset in enumerate(assets))


def test_every_vector_has_its_model():
    """No case of the vectors is left out."""
    assert list(MODELS) == [number(vector) for vector in VECTORS["attribution"]]


@pytest.mark.parametrize("vector", VECTORS["attribution"], ids=number)
def test_a_model_gives_the_weights_worked_out_by_hand(vector):
    """The weights are those of the vectors: exact, or to the digits in which irrational ones are written."""
    found = MODELS[number(vector)]
    if all(isinstance(weight, str) for weight in vector["weights"]):
        assert found == tuple(Fraction(weight) for weight in vector["weights"])
    else:
        assert [round(float(weight), 12) for weight in found] == vector["weights"]
        assert sum(found) == 1


@pytest.mark.parametrize("vector", VECTORS["attribution"], ids=number)
def test_a_deal_is_booked_as_worked_out_by_hand(vector):
    """The credits in minor units are those of the vectors, one a touch and in order."""
    touches = path(*"abcdefgh"[: len(vector["weights"])])
    booked = book(vector["total_minor"], touches, MODELS[number(vector)])
    assert [credit.minor for credit in booked] == vector["credits_minor"]
    assert tuple(credit.touch for credit in booked) == touches
    assert tuple(credit.share for credit in booked) == MODELS[number(vector)]


# Which touches count


@pytest.mark.parametrize(
    ("at", "lookback", "counts"),
    [
        (WON, 90, True),
        (WON + TICK, 90, False),
        (WON - 90 * DAY, 90, True),
        (WON - 90 * DAY - TICK, 90, False),
        (WON - 90 * DAY - TICK, 0, True),
        (WON - 9000 * DAY, 0, True),
        (WON + TICK, 0, False),
        (WON - DAY, 1, True),
        (WON.astimezone(), 90, True),
    ],
)
def test_a_touch_counts_up_to_the_win_and_within_the_lookback(at, lookback, counts):
    """Both ends count; a lookback of 0 has no limit; what came after the win earned nothing."""
    only = touch(at=at)
    assert counting([only], WON, lookback) == ((only,) if counts else ())


def test_touches_are_ordered_by_time_then_id():
    """Touches of the same instant are ordered by their id, so that the same story always books the same."""
    early, a, b = touch("z", WON - DAY), touch("a", WON), touch("b", WON)
    assert counting([b, early, a], WON, 90) == (early, a, b)


# Models


@pytest.mark.parametrize(
    ("model", "n", "expected"),
    [
        ("first", 3, (1, 0, 0)),
        ("last", 3, (0, 0, 1)),
        ("first", 1, (1,)),
        ("last", 1, (1,)),
        ("linear", 1, (1,)),
        ("linear", 4, (Fraction(1, 4),) * 4),
        ("first", 0, ()),
        ("linear", 0, ()),
        ("position", 0, ()),
    ],
)
def test_models_by_place(model, n, expected):
    """First, last and linear give their share by place; no touch, no share."""
    assert weights(model, n) == expected


@pytest.mark.parametrize(
    ("position", "expected"),
    [
        ((0.2, 0.6), ("1/5", "1/10", "1/10", "3/5")),  # J
        ((0.6, 0.2), ("3/5", "1/10", "1/10", "1/5")),  # inverse J
        ((Decimal("0.4"), Decimal("0.4")), ("2/5", "1/10", "1/10", "2/5")),
        ((0.1, 0.1), ("1/10", "2/5", "2/5", "1/10")),
        ((0.5, 0.5), ("1/2", "0", "0", "1/2")),
        ((1, 0), ("1", "0", "0", "0")),
    ],
)
def test_positions_are_taken_as_written(position, expected):
    """0.1 means one tenth exactly, as a float and as a decimal."""
    assert weights("position", 4, position=position) == tuple(map(Fraction, expected))


@pytest.mark.parametrize("position", [(0.6, 0.5), (-0.1, 0.4), (0.4, -0.1)])
def test_positions_above_the_whole_are_refused(position):
    """The first and the last touch cannot get more than all, nor less than nothing."""
    with pytest.raises(ValueError, match="at least 0 each and at most 1 together"):
        weights("position", 3, position=position)


def test_an_unknown_model_is_refused():
    """A model is never guessed."""
    with pytest.raises(ValueError, match="'magic' is not a model by place"):
        weights("magic", 3)
    with pytest.raises(ValueError, match="'linear' is not a model of key touches"):
        key_weights("linear", 3, (0,))


@pytest.mark.parametrize(
    ("model", "n", "keys", "expected"),
    [
        ("u_lead", 1, (0, 0), ("1",)),
        ("u_lead", 2, (0, 0), ("4/5", "1/5")),
        ("w", 4, (0, 1, 2), ("3/10", "3/10", "3/10", "1/10")),
        ("full_path", 2, (0, 0, 0, 1), ("3/4", "1/4")),
        ("w", 3, (0, None, 2), ("3/10", "2/5", "3/10")),  # the missing share joins the rest
        ("w", 2, (0, None, 1), ("1/2", "1/2")),  # nobody else: in proportion
        ("u_lead", 2, (None, None), ("1/2", "1/2")),
        ("w", 0, (None, None, None), ()),
    ],
)
def test_models_of_key_touches(model, n, keys, expected):
    """Keys add up on one touch, the rest is spread over the others, with no others over the keys."""
    assert key_weights(model, n, keys) == tuple(map(Fraction, expected))


@pytest.mark.parametrize(
    ("n", "keys", "reason"),
    [
        (3, (0, 1), "w has 3 key touches; 2 are given"),
        (3, (0, 1, 3), "are not all among 3 touches"),
        (3, (-1, 1, 2), "are not all among 3 touches"),
    ],
)
def test_key_touches_must_exist(n, keys, reason):
    """A key that points beside the touches, or a missing one, is refused."""
    with pytest.raises(ValueError, match=reason):
        key_weights("w", n, keys)


def test_the_key_touch_is_the_last_one_at_or_before_its_milestone():
    """A milestone's key touch is the last touch up to its instant; before every touch there is none."""
    touches = path("a", "b", "c")
    first, second, third = (each.at for each in touches)
    milestones = (first, second - TICK, second, third + DAY, first - TICK, None)
    assert key_places(touches, milestones) == (0, 0, 1, 2, None, None)


@SOME
@given(st.lists(st.floats(0, 5000), min_size=1, max_size=20), st.floats(0.5, 400))
def test_decay_sums_to_one_and_favours_the_young(ages, half_life):
    """Decay shares sum to exactly 1, and a younger touch never gets less than an older one."""
    found = decay_weights(sorted(ages, reverse=True), half_life)
    assert sum(found) == 1
    assert list(found) == sorted(found)


def test_decay_of_very_old_touches_is_still_shared():
    """Two touches thousands of half-lives old keep their proportion; none at all gives no shares."""
    assert decay_weights((10001, 10000), 1) == (Fraction(1, 3), Fraction(2, 3))
    assert decay_weights((), 7) == ()


@pytest.mark.parametrize("half_life", [0, -1, float("nan")])
def test_a_half_life_is_above_zero(half_life):
    """A half-life that is no span of time is refused."""
    with pytest.raises(ValueError, match="a half-life is a number of days above zero"):
        decay_weights((1, 2), half_life)


@SOME
@given(
    PLACES,
    st.integers(1, 60),
    st.integers(0, 100),
    st.integers(0, 100),
)
def test_shares_by_place_sum_to_one(model, n, a, b):
    """Every model by place gives n shares that sum to 1, whatever its positions."""
    found = weights(model, n, position=(a / 200, b / 200))
    assert (len(found), sum(found), min(found) >= 0) == (n, 1, True)


@SOME
@given(st.sampled_from([("u_lead", 2), ("w", 3), ("full_path", 4)]), st.integers(1, 30), st.data())
def test_shares_by_key_sum_to_one(model, n, data):
    """Every model of key touches gives n shares above zero that sum to 1, wherever its keys are."""
    name, size = model
    places = st.one_of(st.none(), st.integers(0, n - 1))
    found = key_weights(name, n, data.draw(st.lists(places, min_size=size, max_size=size)))
    assert (len(found), sum(found), min(found) > 0) == (n, 1, True)


# Booking


def test_a_deal_without_a_touch_is_booked_as_unattributed():
    """The whole amount is credited to nobody; it is never dropped."""
    assert book(100000, (), ()) == (Credit(None, Fraction(1), 100000),)


def test_shares_of_any_weights_are_told_as_parts_of_one():
    """Weights that do not sum to 1 are booked, and told, in proportion."""
    one, two = path("a", "b")
    assert book(-101, (one, two), (3, 1)) == (
        Credit(one, Fraction(3, 4), -76),
        Credit(two, Fraction(1, 4), -25),
    )


def test_every_touch_needs_its_weight():
    """Touches and weights that do not match are refused rather than cut to the shorter."""
    with pytest.raises(ValueError, match="2 touches need as many weights; 1 are given"):
        book(100, path("a", "b"), (Fraction(1),))
    with pytest.raises(ValueError, match="0 touches need as many weights; 1 are given"):
        book(100, (), (Fraction(1),))


@SOME
@given(
    st.integers(-(10**12), 10**12),
    st.integers(0, 40),
    st.sampled_from(["first", "last", "linear", "position"]),
)
def test_credits_sum_to_the_deal(total, n, model):
    """Credits sum to the amount and shares to 1; a reversal books the exact negative."""
    touches = path(*("asset",) * n)
    booked = book(total, touches, weights(model, n))
    assert (sum(credit.minor for credit in booked), sum(credit.share for credit in booked)) == (total, 1)
    reversal = book(-total, touches, weights(model, n))
    assert [credit.minor for credit in reversal] == [-credit.minor for credit in booked]


# The story


@pytest.mark.parametrize(
    ("assets", "shown", "left_out"),
    [
        ("", "", 0),
        ("a", "0", 0),
        ("aab", "0 2", 0),
        ("aba", "0 1 2", 0),
        ("abcdef", "0 1 2 3 4 5", 0),
        ("aabbccddeeff", "0 2 4 6 8 10", 0),
        ("abcdefg", "0 1 3 4 5 6", 1),
        ("abcdefghij", "0 1 6 7 8 9", 4),
        ("aabbccddeeffgg", "0 2 6 8 10 12", 1),
    ],
)
def test_a_story_shows_six_touches_at_most(assets, shown, left_out):
    """Repeats in a row are told once; of more than six touches the first two and the last four are told."""
    told = story(path(*assets))
    assert ([each.id for each in told.shown], told.left_out) == (shown.split(), left_out)


def test_repeats_are_recognised_however_they_are_written():
    """Case and surrounding space make no other asset; a touch without an asset is known by its other names."""
    first = touch("1", WON, "Ebook", kind="visit")
    again = touch("2", WON, " EBOOK ", kind="download")
    ad = touch("3", WON, None, campaign="Spring", channel="ads", kind="ad")
    ad_again = touch("4", WON, "", campaign="SPRING", channel="ads", kind="ad")
    other_ad = touch("5", WON, None, campaign="Summer", channel="ads", kind="ad")
    assert story((first, again, ad, ad_again, other_ad)).shown == (first, ad, other_ad)


# A lead's own touch


@pytest.mark.parametrize(
    ("asset", "hours", "known"),
    [
        ("Ebook", 0, True),
        (" eBOOK ", 0, True),
        ("Ebook", 24, True),
        ("Ebook", -24, True),
        ("Ebook", 24.001, False),
        ("Ebook", -24.001, False),
        ("Webinar", 0, False),
        (None, 0, False),
    ],
)
def test_a_leads_own_asset_is_a_touch_unless_told_within_a_day(asset, hours, known):
    """A touch of the same asset at most 24 hours before or after says the same; another one does not."""
    lead = touch("lead", WON, "Ebook", campaign="Spring", channel="ads")
    other = touch("other", WON + timedelta(hours=hours), asset)
    assert own_touch(lead, iter([other])) == (None if known else lead)


@pytest.mark.parametrize(
    ("names", "is_touch"),
    [
        ((None, None, None), False),
        (("", " ", None), False),
        ((None, "Spring", None), True),
        ((None, None, "organic"), True),
    ],
)
def test_a_lead_that_names_nothing_has_no_touch(names, is_touch):
    """Without asset, campaign and channel there is no touch; one is enough, and no other touch hides it."""
    lead, other = Touch("lead", WON, *names, None), touch("other", WON, None)
    assert own_touch(lead, [other]) == (lead if is_touch else None)
