"""How a commission pool would be shared."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.commission import shares

VECTOR = json.loads((Path(__file__).parent / "vectors.json").read_text("utf-8"))["funnel"][
    "D9 commission pool 10,000.00"
]


@pytest.mark.parametrize(("name", "part"), [("80/20", Fraction(4, 5)), ("50/50", Fraction(1, 2))])
def test_the_vector(name, part):
    """80/20 rewards net new, 50/50 rewards both, as the vectors say."""
    assert shares(1_000_000, part, VECTOR["new"], VECTOR["expansion"]) == VECTOR[name]


amounts = st.dictionaries(st.sampled_from("abcd"), st.integers(0, 10**9), max_size=4)


@given(pool=st.integers(0, 10**9), part=st.fractions(0, 1), new=amounts, expansion=amounts)
def test_nothing_is_lost_and_nothing_invented(pool, part, new, expansion):
    """What is paid is exactly the parts that have revenue; nobody without revenue gets anything."""
    paid = shares(pool, part, new, expansion)
    for_new = round_half(pool, part)
    expected = (for_new if any(new.values()) else 0) + (pool - for_new if any(expansion.values()) else 0)
    assert sum(paid.values()) == expected
    assert all(paid[name] == 0 for name in paid if not new.get(name) and not expansion.get(name))


def round_half(pool, part):
    """The larger fraction gets the odd unit, the first part on a tie."""
    exact = pool * part
    whole = int(exact)
    return whole + (1 if exact - whole >= Fraction(1, 2) else 0)


def test_a_part_is_between_nothing_and_all():
    """Other parts are refused."""
    with pytest.raises(ValueError, match="between 0 and 1"):
        shares(1, Fraction(3, 2), {}, {})
