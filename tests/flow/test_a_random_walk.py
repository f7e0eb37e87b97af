"""Events, answers, ticks, jumps of the clock and restarts over weeks: the promises of the clock hold after each step."""

from __future__ import annotations

import pytest

from tests.support.walk import Walk


@pytest.mark.parametrize("seed", range(4))
async def test_a_random_walk(sqlite, seed):
    """No step is told twice, none after an answer, none outside hours, none is lost; every message shows the truth."""
    walk = Walk(sqlite, seed)
    await walk.start()
    for _ in range(70):
        await walk.step()
    assert walk.wall.posted != []
