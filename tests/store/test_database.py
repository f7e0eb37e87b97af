"""The one door to SQL: all or nothing, nothing lost between threads, one server a file."""

from __future__ import annotations

import asyncio
import sqlite3
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError

from bot.errors import AlreadyRunningError, ConfigError, StorageError
from bot.store import database as door
from bot.store import lanes, schema, tables
from bot.store.database import Database

NOW = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)
ROOT = str(Path(door.__file__).parents[2])
PERSON = tables.PersonRow.__table__


def put(session, email="ana@seller.example", name=None):
    """One row."""
    session.execute(
        PERSON.insert().values(email=email, described=False, name=name, data_json="{}", stamps_json="{}")
    )


def names(session):
    """The rows."""
    return list(session.execute(select(PERSON.c.name).order_by(PERSON.c.email)).scalars())


@pytest.mark.parametrize("way", ["write_now", "insert_now"])
def test_a_write_that_raises_leaves_nothing(database, way):
    """What a transaction did before it raised is taken back, and the error is the caller's."""

    def fail(session):
        put(session)
        raise LookupError("no")

    with pytest.raises(LookupError, match="no"):
        getattr(database, way)(fail)
    assert database.read_now(names) == []
    getattr(database, way)(partial(put, name="Ana"))
    assert database.read_now(names) == ["Ana"]


def test_a_rehearsal_leaves_nothing(database):
    """A rehearsal sees its own writes and takes them back, whether it returns or raises."""

    def try_it(session):
        put(session, name="Ana")
        return names(session)

    assert database.rehearse_now(try_it) == ["Ana"]
    with pytest.raises(ZeroDivisionError):
        database.rehearse_now(lambda session: put(session) or 1 / 0)
    assert database.read_now(names) == []


def test_reads_are_read_only(database):
    """A read that writes is refused by the database itself."""
    with pytest.raises((DBAPIError, StorageError)):
        database.read_now(put)
    assert database.read_now(names) == []


def test_a_read_sees_one_moment(database):
    """What is committed while a read runs is not seen by it, not even by its later statements."""
    database.write_now(partial(put, name="Ana"))

    def look_twice(session):
        before = names(session)
        writer = threading.Thread(target=database.write_now, args=(partial(put, email="ben", name="Ben"),))
        writer.start()
        writer.join()
        return before, names(session)

    assert database.read_now(look_twice) == (["Ana"], ["Ana"])
    assert database.read_now(names) == ["Ana", "Ben"]


def test_increments_of_several_threads_are_not_lost(database):
    """Four threads that read, add one and write back, thirty times each, end at 120."""
    database.write_now(partial(put, name="0"))

    def add_one(session):
        (now,) = names(session)
        session.execute(update(PERSON).values(name=str(int(now) + 1)))

    def work():
        for _ in range(30):
            database.write_now(add_one)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert database.read_now(names) == ["120"]


async def test_the_event_loop_is_never_held(database):
    """Writes, inserts and reads run beside the event loop and come back with their answers."""
    held = threading.Event()

    def slow(session):
        assert held.wait(5)
        return names(session)

    reading = asyncio.create_task(database.read(slow))
    await database.write(partial(put, name="Ana"))
    await database.insert(partial(put, email="ben", name="Ben"))
    assert await database.read(names) == ["Ana", "Ben"]
    held.set()
    await reading


def test_instants_are_utc_on_both(database):
    """An instant comes back aware, in UTC, to the microsecond, whatever offset it was given in."""
    at = datetime.fromisoformat("2026-11-16T10:00:00.000001+01:00")
    database.write_now(partial(lanes.occupy, lane="#wins", until=at))
    found = database.read_now(partial(lanes.free_at, lane="#wins"))
    assert (found, found.utcoffset().total_seconds()) == (at, 0)


def test_a_locked_file_is_a_storage_error(sqlite, monkeypatch):
    """While another program holds the file, a write fails in words and stores nothing; afterwards it works."""
    monkeypatch.setattr(door, "_SQLITE_BUSY_MS", 50)
    hurried = Database(sqlite.url.render_as_string())
    other = sqlite3.connect(sqlite.url.database, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        with pytest.raises(StorageError, match="database does not answer: database is locked"):
            hurried.write_now(put)
        assert hurried.read_now(names) == []
        other.execute("ROLLBACK")
        hurried.write_now(partial(put, name="Ana"))
        assert hurried.read_now(names) == ["Ana"]
    finally:
        other.close()
        hurried.close()


def test_a_faulty_statement_is_not_called_a_storage_error(database):
    """A fault of ours is not explained away as a database that does not answer: sending again would not help."""
    database.write_now(put)
    with pytest.raises(DBAPIError) as caught:
        database.write_now(put)
    assert not isinstance(caught.value, StorageError)


def test_a_server_that_is_gone_is_a_storage_error():
    """A PostgreSQL that nobody serves fails in words, without the statement and without the password."""
    gone = Database("postgresql://winbell:s3cret@127.0.0.1:9/winbell")
    for ask in (partial(gone.read_now, names), partial(gone.write_now, put), partial(schema.migrate, gone)):
        with pytest.raises(StorageError, match="the database does not answer: ") as caught:
            ask()
        assert "s3cret" not in str(caught.value)
        assert "SELECT" not in str(caught.value)
    gone.close()


def test_a_file_that_is_no_database_is_a_storage_error(tmp_path):
    """A file of something else is named as that, and left as it is."""
    (tmp_path / "notes.txt").write_text("meeting at noon, bring the forecast")
    other = Database(f"sqlite:///{tmp_path}/notes.txt")
    for ask in (
        partial(other.read_now, names),
        partial(other.write_now, put),
        partial(schema.migrate, other),
    ):
        with pytest.raises(StorageError, match="the database cannot be used: file is not a database"):
            ask()
    other.close()
    assert (tmp_path / "notes.txt").read_text() == "meeting at noon, bring the forecast"


def test_a_lost_connection_is_replaced(postgres):
    """A connection that the server ended is opened anew by the next use."""
    made = Database(postgres.url())
    made.write_now(partial(put, name="Ana"))
    made.read_now(names)
    other = Database(made.url.render_as_string(hide_password=False))
    other.write_now(
        lambda s: s.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )
    )
    other.close()
    assert made.read_now(names) == ["Ana"]
    made.close()


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("mysql://somewhere/db", "mysql is not supported"),
        ("sqlite://", "name a file"),
        ("sqlite:///:memory:", "name a file"),
    ],
)
def test_urls_of_another_kind_are_refused(url, words):
    """A URL that Winbell cannot use is refused with the name of the setting and what to write."""
    with pytest.raises(ConfigError, match=f"WINBELL_DATABASE_URL: .*{words}"):
        Database(url)


_SECOND = """
import sys
from bot.errors import AlreadyRunningError
from bot.store.database import Database
database = Database(sys.argv[1])
try:
    database.claim()
except AlreadyRunningError as error:
    print(error)
else:
    print("claimed")
database.close()
"""


def second(url):
    """What another process is told when it claims the database."""
    return subprocess.run(
        [sys.executable, "-c", _SECOND, url], capture_output=True, text=True, check=True, cwd=ROOT, timeout=60
    ).stdout.strip()


def test_a_file_is_served_by_one_process(sqlite):
    """A second process is refused and told what to do, until the first has closed; claiming twice is no harm."""
    url = sqlite.url.render_as_string()
    sqlite.claim()
    sqlite.claim()
    refusal = second(url)
    assert refusal.startswith(
        f"another Winbell serves {Path(sqlite.url.database).name} already; stop it first"
    )
    assert "WINBELL_DATABASE_URL" in refusal
    with pytest.raises(AlreadyRunningError):
        Database(url).claim()
    sqlite.close()
    assert second(url) == "claimed"


def test_short_commands_run_beside(sqlite):
    """Who only reads and writes needs no claim."""
    sqlite.claim()
    beside = Database(sqlite.url.render_as_string())
    beside.write_now(partial(put, name="Ana"))
    assert sqlite.read_now(names) == ["Ana"]
    beside.close()


def test_replicas_share_postgresql(postgres):
    """On PostgreSQL any number of processes serve one database."""
    first, other = (Database(url) for url in [postgres.url()] * 2)
    first.claim()
    other.claim()
    first.close()
    other.close()


def test_a_folder_that_cannot_be_used_is_a_setting(tmp_path):
    """Claiming a file where no folder can be says which setting to change."""
    (tmp_path / "file").touch()
    database = Database(f"sqlite:///{tmp_path}/file/winbell.db")
    with pytest.raises(
        ConfigError, match=r"WINBELL_DATABASE_URL: the folder of winbell\.db cannot be written"
    ):
        database.claim()
    with pytest.raises(StorageError, match="the database does not answer: unable to open database file"):
        database.read_now(names)
    database.close()


def test_settings_of_sqlite(sqlite):
    """The file is in WAL mode, a commit is on the disk when it returns, foreign keys are kept, nothing gone is left."""
    asked = ("journal_mode", "synchronous", "foreign_keys", "secure_delete")
    found = sqlite.write_now(lambda s: [s.execute(text(f"PRAGMA {name}")).scalar() for name in asked])
    assert found == ["wal", 2, 1, 1]


def held(database, word):
    """The database's files that hold a word."""
    path = Path(database.url.database)
    return sorted(found.name for found in path.parent.glob(f"{path.name}*") if word in found.read_bytes())


def rename(session, to):
    """Another name in the one row."""
    session.execute(update(PERSON).values(name=to))


def test_what_was_overwritten_is_in_no_file(sqlite):
    """Once the log is wiped, also a row that was longer, or is gone, has left every file; what stands is there."""
    name = Path(sqlite.url.database).name
    sqlite.write_now(partial(put, name="Dana Reyes " * 900))
    sqlite.write_now(partial(put, email="ben@seller.example", name="Ben"))
    assert sqlite.wipe_now()
    assert held(sqlite, b"Dana Reyes") == [name]
    sqlite.write_now(partial(rename, to="Nobody"))
    assert held(sqlite, b"Dana Reyes") == [name]
    assert sqlite.wipe_now()
    assert held(sqlite, b"Dana Reyes") == []
    assert held(sqlite, b"Nobody") == [name]
    assert sqlite.read_now(names) == ["Nobody", "Nobody"]


async def test_a_reader_only_puts_the_wiping_off(sqlite):
    """Who reads what was before is not disturbed and holds the writer up for a moment; afterwards it is wiped."""
    await sqlite.write(partial(put, name="Dana Reyes"))
    reading, done = threading.Event(), threading.Event()

    def slow(session):
        first = names(session)
        reading.set()
        done.wait(30)
        return (first, names(session))

    report = asyncio.create_task(sqlite.read(slow))
    await asyncio.to_thread(reading.wait, 30)
    await sqlite.write(partial(rename, to="Nobody"))
    begun = time.perf_counter()
    assert not await sqlite.wipe()
    assert time.perf_counter() - begun < 1
    await sqlite.write(partial(put, email="ben@seller.example", name="Ben"))
    done.set()
    assert await report == (["Dana Reyes"], ["Dana Reyes"])
    assert await sqlite.wipe()
    assert held(sqlite, b"Dana Reyes") == []
    assert await sqlite.read(names) == ["Nobody", "Ben"]


def test_wiping_never_fails(sqlite, postgres):
    """Where another program writes, the file is gone, or there is no such log, nothing is raised."""
    assert Database(postgres.url()).wipe_now()
    other = sqlite3.connect(sqlite.url.database, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        assert not sqlite.wipe_now()
    finally:
        other.close()
    assert sqlite.wipe_now()
    assert not Database("sqlite:////nowhere/at/all.db").wipe_now()
