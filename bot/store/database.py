"""The one door to SQL: every transaction of Winbell passes through `Database.write` or `Database.read`.

Writes run one at a time on both databases, so that "read, decide, write" in a flow needs no further locking: on SQLite
they begin IMMEDIATE, on PostgreSQL they take one advisory lock for the transaction (docs/adr). Intake is the
exception: it only inserts into the inbox and takes no lock.
"""

from __future__ import annotations

import asyncio
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

from filelock import FileLock, Timeout
from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DatabaseError, DBAPIError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.orm import Session

from bot.errors import AlreadyRunningError, ConfigError, StorageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

T = TypeVar("T")

_WRITER_LOCK: Final = 0x57494E42  # "WINB": Winbell's advisory lock on PostgreSQL
_SQLITE_BUSY_MS: Final = 5000
_WIPE_BUSY_MS: Final = 100
_POSTGRES_OPTIONS: Final = (
    "-c timezone=UTC -c statement_timeout=60000 -c lock_timeout=30000 "
    "-c idle_in_transaction_session_timeout=60000"
)

__all__ = ["Database", "Session"]


class Database:
    """A database by URL (`sqlite:///file` or `postgresql://…`), with its own worker threads."""

    def __init__(self, url: str) -> None:
        """Prepare the engines; nothing is opened yet. Raises ConfigError for a URL of another kind."""
        self.url = make_url(url)
        backend = self.url.get_backend_name()
        if backend not in {"sqlite", "postgresql"}:
            raise ConfigError(
                f"WINBELL_DATABASE_URL: {backend} is not supported; use sqlite:///file or postgresql://"
            )
        self.is_sqlite = backend == "sqlite"
        if self.is_sqlite:
            if not self.url.database or self.url.database == ":memory:":
                raise ConfigError("WINBELL_DATABASE_URL: name a file, for example sqlite:///winbell.db")
            self._writer = _sqlite_engine(self.url, begin="BEGIN IMMEDIATE", read_only=False)
            self._reader = _sqlite_engine(self.url, begin="BEGIN", read_only=True)
        else:
            engine = create_engine(
                self.url.set(drivername="postgresql+psycopg"),
                pool_pre_ping=True,
                pool_size=8,
                connect_args={"options": _POSTGRES_OPTIONS, "connect_timeout": 10},
            )
            self._writer = engine
            self._reader = engine.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )
        self._lock: FileLock | None = None
        self._hire_threads()

    def _hire_threads(self) -> None:
        self._write_thread = ThreadPoolExecutor(1, thread_name_prefix="winbell-write")
        self._intake_thread = (
            self._write_thread
            if self.is_sqlite
            else ThreadPoolExecutor(1, thread_name_prefix="winbell-intake")
        )
        self._read_threads = ThreadPoolExecutor(4, thread_name_prefix="winbell-read")

    @property
    def engine(self) -> Engine:
        """The writing engine, for migrations only."""
        return self._writer

    def write_now(self, fn: Callable[[Session], T]) -> T:
        """Run `fn` in one write transaction and commit; no other write runs meanwhile. Raises StorageError."""
        with explained(), Session(self._writer) as session, session.begin():
            if not self.is_sqlite:
                session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _WRITER_LOCK})
            return fn(session)

    def insert_now(self, fn: Callable[[Session], T]) -> T:
        """Run `fn`, which only inserts into the inbox, in one transaction and commit. Raises StorageError."""
        with explained(), Session(self._writer) as session, session.begin():
            return fn(session)

    def read_now(self, fn: Callable[[Session], T]) -> T:
        """Run `fn` on one consistent snapshot, read-only. Raises StorageError."""
        with explained(), Session(self._reader) as session, session.begin():
            return fn(session)

    def rehearse_now(self, fn: Callable[[Session], T]) -> T:
        """Run `fn` as `write_now` would, then take everything back: for asking "what would happen?"."""
        with explained(), Session(self._writer) as session:
            session.begin()
            try:
                return fn(session)
            finally:
                session.rollback()

    def wipe_now(self) -> bool:
        """Leave nothing in SQLite's log of what is committed: what was overwritten is then in no file any more.

        False while somebody reads what was before, or writes; nothing is lost then, and it may be asked again. It holds
        a writer up for a fraction of a second at most. On PostgreSQL there is nothing to do.
        """
        if not self.is_sqlite:
            return True
        connection = None
        try:
            connection = self._writer.raw_connection()
            cursor = connection.cursor()
            cursor.execute(f"PRAGMA busy_timeout={_WIPE_BUSY_MS}")
            try:
                busy, _, _ = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            finally:
                cursor.execute(f"PRAGMA busy_timeout={_SQLITE_BUSY_MS}")
        except (sqlite3.Error, SQLAlchemyError):
            return False
        finally:
            if connection is not None:
                connection.close()
        return not busy

    async def wipe(self) -> bool:
        """`wipe_now` on the writing thread."""
        return await asyncio.get_running_loop().run_in_executor(self._write_thread, self.wipe_now)

    async def write(self, fn: Callable[[Session], T]) -> T:
        """`write_now` on the writing thread."""
        return await asyncio.get_running_loop().run_in_executor(
            self._write_thread, partial(self.write_now, fn)
        )

    async def insert(self, fn: Callable[[Session], T]) -> T:
        """`insert_now` on the intake thread."""
        return await asyncio.get_running_loop().run_in_executor(
            self._intake_thread, partial(self.insert_now, fn)
        )

    async def read(self, fn: Callable[[Session], T]) -> T:
        """`read_now` on a reading thread, so that a slow report never stops the event loop."""
        return await asyncio.get_running_loop().run_in_executor(
            self._read_threads, partial(self.read_now, fn)
        )

    def claim(self) -> None:
        """Become the one process that serves this SQLite file; on PostgreSQL replicas share the work.

        Raises AlreadyRunningError if another process serves it.
        """
        if not self.is_sqlite or self._lock is not None:
            return
        path = Path(str(self.url.database)).resolve()
        lock = FileLock(str(path) + ".lock")
        try:
            lock.acquire(timeout=0)
        except Timeout as error:
            raise AlreadyRunningError(
                f"another Winbell serves {path.name} already; stop it first, or give this one its own "
                "WINBELL_DATABASE_URL (short commands such as `winbell report` may run beside it)"
            ) from error
        except OSError as error:
            raise ConfigError(
                f"WINBELL_DATABASE_URL: the folder of {path.name} cannot be written ({error.strerror}); "
                "create it or choose another"
            ) from error
        self._lock = lock

    def close(self) -> None:
        """Finish what runs, close every connection, give the file free."""
        for threads in (self._write_thread, self._intake_thread, self._read_threads):
            threads.shutdown(wait=True)
        self._reader.dispose()
        self._writer.dispose()
        if self._lock is not None:
            self._lock.release()
            self._lock = None


def _sqlite_engine(url: Any, *, begin: str, read_only: bool) -> Engine:
    engine = create_engine(url, connect_args={"check_same_thread": False, "timeout": _SQLITE_BUSY_MS / 1000})

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # the driver must not begin transactions of its own
        cursor = connection.cursor()
        if not read_only:
            cursor.execute("PRAGMA journal_mode=WAL")
            cursor.execute("PRAGMA secure_delete=ON")  # what is forgotten is overwritten, not just let go
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute(f"PRAGMA busy_timeout={_SQLITE_BUSY_MS}")
        if read_only:
            cursor.execute("PRAGMA query_only=ON")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        connection.exec_driver_sql(begin)

    return engine


@contextmanager
def explained() -> Iterator[None]:
    """Tell a database that does not answer, or is none, from a fault of ours. Raises StorageError for the former."""
    try:
        yield
    except (OperationalError, InterfaceError) as error:
        raise StorageError(f"the database does not answer: {_first_line(error)}") from error
    except DBAPIError as error:
        if type(error) is DatabaseError:  # and none of its kinds: the file is no database, or is damaged
            raise StorageError(f"the database cannot be used: {_first_line(error)}") from error
        if error.connection_invalidated:
            raise StorageError(f"the connection to the database was lost: {_first_line(error)}") from error
        raise


def _first_line(error: DBAPIError) -> str:
    # The driver's own words only: SQLAlchemy's would repeat the statement and its parameters.
    return (str(error.orig).strip().splitlines() or ["no reason given"])[0]
