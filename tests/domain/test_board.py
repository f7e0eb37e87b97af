"""The board: money, then wins, then the earlier last win; equal is the same rank, and the next is skipped."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.board import Part, board

START = datetime(2026, 11, 1, tzinfo=UTC)


def part(name, minor, win, day=0):
    """A part of a win of a day of November."""
    return Part(name, win, minor, START + timedelta(days=day))


@pytest.mark.parametrize(
    ("parts", "ranks"),
    [
        ((), {}),
        ((part("a", 5, "1"), part("b", 7, "2")), {"b": 1, "a": 2}),
        ((part("a", 4, "1"), part("a", 3, "2"), part("b", 7, "3", 9)), {"a": 1, "b": 2}),
        ((part("a", 7, "1", 3), part("b", 7, "2", 2)), {"b": 1, "a": 2}),
        (
            (part("a", 9, "1"), part("b", 7, "2"), part("c", 7, "2"), part("d", 7, "3", 1)),
            {"a": 1, "b": 2, "c": 2, "d": 4},
        ),
        (
            (part("a", 1, "1"), part("b", 1, "1"), part("c", 1, "1"), part("d", 0, "1")),
            {"a": 1, "b": 1, "c": 1, "d": 4},
        ),
        ((part("a", 0, "1"), part("b", -5, "2")), {"a": 1, "b": 2}),
    ],
    ids=["nobody", "money", "wins", "the earlier last win", "1 2 2 4", "three first", "below 0"],
)
def test_ranks(parts, ranks):
    """Each row of the table is one rule."""
    assert {line.name: line.rank for line in board(parts)} == ranks
    assert [line.name for line in board(parts)] == list(ranks)


def test_a_win_counts_once_for_a_name_and_its_parts_add_up():
    """An asset touched twice in one deal has one win and both parts; the last win is the latest."""
    (line,) = board([part("a", 3, "1"), part("a", 4, "1"), part("a", 5, "2", 6)])
    assert (line.minor, line.wins, line.last) == (12, 2, START + timedelta(days=6))


PARTS = st.lists(
    st.builds(part, st.sampled_from("abcdef"), st.integers(-3, 3), st.sampled_from("123"), st.just(0)).map(
        lambda one: part(one.name, one.minor, one.win, int(one.win))
    ),
    max_size=14,
)


@given(PARTS, st.randoms())
def test_order_and_ranks(parts, random):
    """Nothing is lost, the order of telling does not matter, and a rank is one more than how many are better."""
    lines = board(parts)
    shuffled = list(parts)
    random.shuffle(shuffled)
    assert board(shuffled) == lines
    assert sum(line.minor for line in lines) == sum(one.minor for one in parts)
    assert {line.name for line in lines} == {one.name for one in parts}
    keys = [(-line.minor, -line.wins, line.last) for line in lines]
    assert keys == sorted(keys)
    assert [line.rank for line in lines] == [1 + sum(other < key for other in keys) for key in keys]
    assert all(first.name < second.name for first, second in pairwise(lines) if first.rank == second.rank)
