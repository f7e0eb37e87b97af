"""Most stories are told on one backend; that both hold the same is what the store's own tests are for."""

from collections.abc import Iterator

import pytest

from bot.store.database import Database
from tests.support.databases import SqliteFiles


@pytest.fixture
def sqlite(sqlite_files: SqliteFiles) -> Iterator[Database]:
    """A fresh SQLite database at the current schema."""
    made = Database(sqlite_files.url())
    yield made
    made.close()
