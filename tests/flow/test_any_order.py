"""Any order and any repetition of a history ends in the same records, credits, clocks and figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.store.database import Database
from tests.support.histories import histories, in_order, tellings, told

if TYPE_CHECKING:
    from collections.abc import Iterator

_RELAXED = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]


@pytest.fixture
def sqlite(sqlite_files) -> Iterator[Database]:
    """A fresh SQLite database."""
    made = Database(sqlite_files.url())
    yield made
    made.close()


@pytest.fixture
def postgresql(postgres) -> Iterator[Database]:
    """A fresh PostgreSQL database."""
    made = Database(postgres.url())
    yield made
    made.close()


async def _same(database: Database, data: st.DataObject) -> None:
    history = data.draw(histories(), label="history")
    parcels = data.draw(tellings(history), label="told as")
    limit = data.draw(st.sampled_from((1, 3, 20)), label="at once")
    assert await told(database, parcels, limit) == await in_order(database, history)


@settings(max_examples=80, suppress_health_check=_RELAXED)
@given(data=st.data())
async def test_any_order_on_sqlite(sqlite, data):
    """Shuffled and repeated, in parcels of any size, a history ends as it does in order (SQLite)."""
    await _same(sqlite, data)
