"""What people may say about a win, and who decides on it."""

from datetime import UTC, date, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import claiming
from bot.domain.claiming import ByHand, Colleague, Faulty, Proposal
from bot.domain.credit import Touch
from bot.domain.money import Money

TODAY = date(2026, 11, 20)
NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
TEAM = [
    Colleague("zoe@seller.example", "marketing"),
    Colleague("ana@seller.example", "marketing"),
    Colleague("gone@seller.example", "marketing", active=False),
    Colleague("maya@seller.example", "sales"),
    Colleague("boss@seller.example", "manager"),
    Colleague("care@seller.example", "success"),
    Colleague("who@seller.example", None),
]


@pytest.mark.parametrize(
    ("role", "kind", "side"),
    [
        *((role, kind, "marketing") for role in ("sales", "manager", "success") for kind in claiming.KINDS),
        *(("marketing", kind, "sales") for kind in claiming.KINDS),
        (None, "person", "marketing"),
        (None, "asset", "sales"),
        (None, "campaign", "sales"),
    ],
)
def test_the_other_side_decides(role, kind, side):
    """Sales' proposals are marketing's to confirm and the other way round; unknown: people by marketing, else sales."""
    assert claiming.deciding_side(role, kind) == side


@pytest.mark.parametrize(("role", "kind"), [*product(["sales", "success", "marketing"], claiming.KINDS)])
def test_no_side_decides_alone(role, kind):
    """Whoever works on the proposer's side may not decide, not even as a stand-in."""
    assert not claiming.may_decide(claiming.deciding_side(role, kind), role)


@pytest.mark.parametrize("side", ["sales", "marketing"])
@pytest.mark.parametrize("role", ["manager", None])
def test_managers_and_unknown_people_may_stand_in(side, role):
    """A manager, or somebody of whom no role is told, may decide for either side."""
    assert claiming.may_decide(side, role)


def test_marketing_is_asked_by_its_role():
    """Active people of the role marketing, by address; three of them at most."""
    found = claiming.candidates("marketing", TEAM, "maya@seller.example", "boss@seller.example")
    assert found == ("ana@seller.example", "zoe@seller.example")
    assert claiming.most_asked("marketing") == 3


def test_sales_is_asked_by_the_deal():
    """The owner first, then the owner's manager, then others of sales and managers; one of them."""
    found = claiming.candidates("sales", TEAM, "owner@seller.example", "head@seller.example")
    assert found == (
        "owner@seller.example",
        "head@seller.example",
        "boss@seller.example",
        "maya@seller.example",
    )
    assert claiming.most_asked("sales") == 1
    assert claiming.candidates("sales", TEAM, None, None) == ("boss@seller.example", "maya@seller.example")


@pytest.mark.parametrize(
    ("entered", "field"),
    [
        ((None, "Ebook", None, None, "why"), "what"),
        (("deal", "Ebook", None, None, "why"), "what"),
        (("asset", " ", "U1", None, "why"), "name"),
        (("campaign", None, None, None, "why"), "name"),
        (("person", "Tom", None, None, "why"), "person"),
        (("asset", "Ebook", None, date(2026, 11, 21), "why"), "day"),
        (("asset", "Ebook", None, None, "  "), "why"),
        (("person", None, "U1", None, None), "why"),
    ],
)
def test_a_proposal_needs_a_name_and_a_reason(entered, field):
    """What is left out is named by its field."""
    found = claiming.read_proposal(*entered, TODAY)
    assert isinstance(found, Faulty)
    assert found.field == field


def test_a_proposal_is_one_line_of_bounded_length():
    """Names and reasons lose their line breaks and what is too long; a person has no day."""
    assert claiming.read_proposal(
        "asset", " ROI \n ebook ", "U1", TODAY, "They\nsaid  so", TODAY
    ) == Proposal("asset", "ROI ebook", TODAY, "They said so")
    assert claiming.read_proposal("person", "x", "U1", TODAY, "y" * 999, TODAY) == Proposal(
        "person", "U1", None, "y" * claiming.WHY
    )


@pytest.mark.parametrize(
    ("asset", "campaign", "hours", "on_a_day", "known"),
    [
        ("roi  EBOOK", None, 24, True, True),
        ("ROI ebook", None, -24, True, True),
        ("ROI ebook", None, 24.001, True, False),
        ("ROI ebook", None, -900, False, True),
        ("ROI ebook 2", None, 0, False, False),
        (None, "ROI ebook", 0, False, False),
        (None, None, 0, False, False),
    ],
)
def test_a_claim_that_a_touch_bears_out_is_known(asset, campaign, hours, on_a_day, known):
    """The same name a day before or after at most; at any time where no day was named."""
    claimed = Touch("claim:1", NOON, "ROI ebook", None, None, None)
    other = Touch("g/T1", NOON + timedelta(hours=hours), asset, campaign, None, None)
    assert claiming.is_recorded(claimed, iter([other]), on_a_day=on_a_day) is known


def test_a_claimed_campaign_is_known_by_a_touch_of_the_campaign():
    """An asset of that name is something else."""
    claimed = Touch("claim:1", NOON, None, "Fair", None, None)
    for asset, campaign, known in (("Ebook", "FAIR", True), ("Fair", None, False), (None, None, False)):
        touch = Touch("g/T1", NOON, asset, campaign, None, None)
        assert claiming.is_recorded(claimed, [touch], on_a_day=True) is known
    assert claiming.is_recorded(claimed, [], on_a_day=False) is False


@pytest.mark.parametrize(
    ("people", "words", "field"),
    [
        ([], "Thank you", "people"),
        (["U1", "UME"], "Thank you", "people"),
        ([f"U{n}" for n in range(11)], "Thank you", "people"),
        (["U1"], " ", "words"),
        (["U1"], None, "words"),
    ],
)
def test_thanks_go_to_others_in_a_sentence(people, words, field):
    """Nobody, oneself, too many people and no words are no thanks."""
    assert claiming.read_thanks(people, words, "UME").field == field


def test_ten_people_can_be_thanked_at_once():
    """Ten are not too many."""
    assert claiming.read_thanks([f"U{n}" for n in range(10)], "Thank you", "UME") is None


GOOD = {
    "customer": " Northwind  Robotics ",
    "amount": "12500.5",
    "currency": "eur",
    "rep": "UMAYA",
    "contributors": ["UTOM", "UMAYA", "UTOM"],
    "assets": "ROI ebook\n\n  Webinar  \nroi EBOOK\n",
    "day": date(2026, 11, 19),
    "today": TODAY,
}


def test_a_win_by_hand_is_read_as_it_was_meant():
    """Spaces go, each asset and each helper is named once in the order of entering, the rep is no helper."""
    assert claiming.read_by_hand(**GOOD) == ByHand(
        "Northwind Robotics",
        Money(1250050, "EUR"),
        "UMAYA",
        ("UTOM",),
        ("ROI ebook", "Webinar"),
        date(2026, 11, 19),
    )


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("customer", " "),
        ("customer", None),
        ("amount", "12,500"),
        ("amount", "much"),
        ("amount", "1.00001"),
        ("amount", None),
        ("amount", "1" + "0" * 20),
        ("currency", "BTC"),
        ("currency", None),
        ("rep", None),
        ("contributors", [f"U{n}" for n in range(11)]),
        ("assets", "\n".join(f"asset {n}" for n in range(21))),
        ("day", None),
        ("day", date(2026, 11, 21)),
    ],
)
def test_what_is_wrong_with_a_win_by_hand_is_said_at_its_field(field, wrong):
    """Each fault names its field."""
    assert claiming.read_by_hand(**GOOD | {field: wrong}).field == field


@pytest.mark.parametrize("amount", ["0", "-50"])
def test_zero_and_negative_wins_are_legal(amount):
    """As in every other source."""
    assert isinstance(claiming.read_by_hand(**GOOD | {"amount": amount}), ByHand)


@given(st.text(max_size=30), st.integers(-(10**12), 10**12), st.sampled_from(["USD", "EUR", "JPY"]))
def test_the_ids_of_wins_by_hand_follow_from_customer_and_amount(customer, minor, currency):
    """Case and space make no difference; amount and currency do; each id is another one."""
    ids = claiming.hand_ids(customer, Money(minor, currency))
    assert ids == claiming.hand_ids(f" {customer} ", Money(minor, currency))
    assert len(set(ids)) == claiming.REPEATED
    others = (
        claiming.hand_ids(customer, Money(minor + 1, currency))
        + claiming.hand_ids(customer, Money(minor, "GBP"))
        + claiming.hand_ids(customer + "x", Money(minor, currency))
    )
    assert set(ids).isdisjoint(others)
