"""People's part of a win."""

import json
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.people_credit import Contributor, Part, parts

VECTORS = json.loads((Path(__file__).parent / "vectors.json").read_text(encoding="utf-8"))["attribution"]
ANA, BEN, CHO = (f"{name}@seller.example" for name in ("ana", "ben", "cho"))
ROLES = {"sdr": Decimal("0.1"), "sales engineer": Decimal("0.2")}
PEOPLE = st.sampled_from([ANA, BEN, CHO])
HELPERS = st.lists(
    st.builds(
        Contributor,
        PEOPLE,
        st.sampled_from([None, "SDR", "sales  engineer", "success", " "]),
        st.none() | st.fractions(0, 1, max_denominator=1000),
    ),
    max_size=5,
)
AMOUNTS = st.integers(-(10**18), 10**18)


def told(owner, *helpers, total=10000, roles=ROLES):
    """Who gets which part: (e-mail, role, share, minor units)."""
    found = parts(total, owner, helpers, roles)
    return [(part.email, part.role, str(part.share), part.minor) for part in found]


def test_a_rep_split_is_booked_as_worked_out_by_hand():
    """Seventy to thirty of an odd amount is the vector's."""
    (vector,) = (one for one in VECTORS if one["case"].startswith("C20 "))
    found = parts(vector["total_minor"], ANA, [Contributor(BEN, "se", Fraction(3, 10))], {})
    assert [part.minor for part in found] == vector["credits_minor"]
    assert [str(part.share) for part in found] == vector["weights"]


@pytest.mark.parametrize(
    ("owner", "helpers", "expected"),
    [
        (ANA, [], [(ANA, None, "1", 10000)]),
        (None, [], [(None, None, "1", 10000)]),
        (  # the deal's share stands before the role's, also where it is 0
            ANA,
            [Contributor(BEN, "SDR", Fraction(1, 4)), Contributor(CHO, "sdr", Fraction(0))],
            [(ANA, None, "3/4", 7500), (BEN, "SDR", "1/4", 2500), (CHO, "sdr", "0", 0)],
        ),
        (  # roles are compared without case and space
            ANA,
            [Contributor(BEN, " Sales  Engineer "), Contributor(CHO, "success")],
            [(ANA, None, "4/5", 8000), (BEN, " Sales  Engineer ", "1/5", 2000), (CHO, "success", "0", 0)],
        ),
        (  # an unknown owner keeps the owner's part
            None,
            [Contributor(BEN, "sdr")],
            [(None, None, "9/10", 9000), (BEN, "sdr", "1/10", 1000)],
        ),
        (  # the owner helped in a role, too
            ANA,
            [Contributor(BEN, "sdr"), Contributor(ANA, "sales engineer")],
            [(ANA, "sales engineer", "9/10", 9000), (BEN, "sdr", "1/10", 1000)],
        ),
        (  # two roles of one person, one of them twice
            ANA,
            [Contributor(BEN, "sdr"), Contributor(BEN, "helped"), Contributor(BEN, "Helped", Fraction(1, 2))],
            [(ANA, None, "2/5", 4000), (BEN, "sdr, helped", "3/5", 6000)],
        ),
        (  # more than the whole: in proportion, nothing for the owner
            ANA,
            [Contributor(BEN, None, Fraction(1)), Contributor(CHO, None, Fraction(1, 2))],
            [(ANA, None, "0", 0), (BEN, None, "2/3", 6667), (CHO, None, "1/3", 3333)],
        ),
        (
            None,
            [Contributor(BEN, None, Fraction(1))],
            [(None, None, "0", 0), (BEN, None, "1", 10000)],
        ),
    ],
)
def test_everybody_has_a_part(owner, helpers, expected):
    """The deal's share, else the role's, else none; the owner has the rest and comes first."""
    assert told(owner, *helpers) == expected


def test_a_negative_share_is_refused():
    """Nobody takes from the others."""
    with pytest.raises(ValueError, match="a share is at least 0; -1/2 of ben@seller"):
        parts(1, ANA, [Contributor(BEN, None, Fraction(-1, 2))], {})


@given(AMOUNTS, st.none() | PEOPLE, HELPERS)
def test_parts_sum_to_the_whole(total, owner, helpers):
    """Shares sum to 1 and amounts to the amount; everybody is there once, the owner first, nobody below 0."""
    found = parts(total, owner, helpers, ROLES)
    assert sum(part.share for part in found) == 1
    assert sum(part.minor for part in found) == total
    assert [part.email for part in found] == list(dict.fromkeys([owner, *(one.email for one in helpers)]))
    assert all(part.share >= 0 and part.minor * total >= 0 for part in found)


@given(AMOUNTS, st.none() | PEOPLE, HELPERS)
def test_a_reversal_is_the_exact_negative(total, owner, helpers):
    """What is taken back is what was given."""
    there, back = (parts(sign * total, owner, helpers, ROLES) for sign in (1, -1))
    assert back == tuple(Part(part.email, part.role, part.share, -part.minor) for part in there)
