"""Which channels a win is told in."""

from decimal import Decimal

import pytest

from bot.domain.agreement import Route, Wins
from bot.domain.routing import channels

BIG = Route("#big", min_amount=Decimal(1000))
NORTH = Route("#north", team=("North", "Far North"), segment=("smb",))


@pytest.mark.parametrize(
    ("worth", "segment", "team", "told"),
    [
        (100000, None, None, ["#wins", "#big"]),
        (99999, None, None, ["#wins"]),
        (-100000, None, None, ["#wins", "#big"]),
        (None, None, None, ["#wins"]),
        (100000, "SMB", "far north", ["#wins", "#big", "#north"]),
        (1, "smb", None, ["#wins"]),
    ],
)
def test_every_condition_of_a_route_holds(worth, segment, team, told):
    """All that a route asks for must hold, a list means any of, amounts count by their size."""
    wins = Wins(routes=(BIG, NORTH, BIG))
    assert channels(wins, worth=worth, currency="USD", kind=None, segment=segment, team=team) == told


@pytest.mark.parametrize(("worth", "told"), [(999, []), (-999, []), (1000, ["#wins"]), (None, ["#wins"])])
def test_a_win_under_the_minimum_goes_nowhere(worth, told):
    """What is known to be small is not told; what is not known is."""
    wins = Wins(minimum=Decimal(10))
    assert channels(wins, worth=worth, currency="USD", kind=None, segment=None, team=None) == told
