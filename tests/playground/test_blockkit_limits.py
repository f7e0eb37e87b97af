"""Every limit: what is exactly there is accepted, one more is refused."""

import pytest

from bot.playground.blockkit_limits import LIMITS
from tests.playground.limit_cases import CASES

# Every point of the series must have a category, so both lists are over the limit at once.
TWO_FAULTS = {"data_visualization.points"}


def test_every_limit_has_a_case():
    """No limit of the table goes untested; the height of the modal stack is tested with the views."""
    assert set(CASES) | {"view.stack"} == set(LIMITS)


@pytest.mark.parametrize("name", sorted(CASES))
def test_the_limit_itself_is_accepted(name):
    """What is exactly as long, or as many, as Slack allows is taken."""
    judge, build = CASES[name]
    assert judge(build(LIMITS[name])) == []


@pytest.mark.parametrize("name", sorted(CASES))
def test_one_more_than_the_limit_is_refused(name):
    """One character, item or byte over a limit makes exactly one fault."""
    judge, build = CASES[name]
    assert len(judge(build(LIMITS[name] + 1))) == (2 if name in TWO_FAULTS else 1)
