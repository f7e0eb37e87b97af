"""Migrations: what they build is what the code expects, on both databases, and they are not in the way at a start."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import column, insert, inspect, select, sql, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import SQLModel
from sqlmodel.sql.sqltypes import UTCDateTime

from bot.errors import ConfigError, StorageError
from bot.store import answers, clocks, people, schema, tables
from bot.store.database import Database

FOLDER = Path(schema.__file__).parent / "migrations"
ROOT = Path(schema.__file__).parents[2]


@pytest.fixture
def empty(backend):
    """A database without a single table, on each backend."""
    made = Database(backend.url(empty=True))
    yield made
    made.close()


def _options(index) -> str:
    return ", ".join(f"{name}: {value}" for name, value in sorted(index["dialect_options"].items()))


def described(database: Database) -> dict[str, dict[str, object]]:
    """Every table as the database itself describes it: columns, keys, constraints and indexes."""
    found = {}
    with database.engine.connect() as connection:
        look = inspect(connection)
        for table in look.get_table_names():
            if table != "alembic_version":
                found[table] = {
                    "columns": sorted(
                        (c["name"], str(c["type"]), c["nullable"], c["default"])
                        for c in look.get_columns(table)
                    ),
                    "primary key": look.get_pk_constraint(table),
                    "foreign keys": look.get_foreign_keys(table),
                    "unique": sorted(
                        (u["name"], *u["column_names"]) for u in look.get_unique_constraints(table)
                    ),
                    "checks": sorted((c["name"], c["sqltext"]) for c in look.get_check_constraints(table)),
                    "indexes": sorted(
                        (
                            i["name"],
                            *i["column_names"],
                            i["unique"],
                            _options(i),
                        )
                        for i in look.get_indexes(table)
                    ),
                }
    return found


def run(database: Database, what: str, revision: str) -> None:
    """An Alembic command, as `schema.migrate` would run it."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    with database.engine.connect() as connection:
        config.attributes["connection"] = connection
        getattr(command, what)(config, revision)
        connection.commit()


def test_migrations_build_what_the_code_expects(empty, backend):
    """A migrated database and one made from the tables' declarations are the same, to the last index condition."""
    assert schema.migrate(empty)
    scratch = Database(backend.url(empty=True))
    with scratch.engine.begin() as connection:
        SQLModel.metadata.create_all(connection)
    built, expected = described(empty), described(scratch)
    scratch.close()
    assert sorted(built) == sorted(SQLModel.metadata.tables)
    for table, description in expected.items():
        assert built[table] == description


def test_the_comparison_sees_conditions_and_checks(empty):
    """The comparison above is not blind: partial indexes, checks, unique keys and long integers are in it."""
    schema.migrate(empty)
    found = described(empty)
    indexes = {index[0]: index for index in found["event"]["indexes"]}
    assert "stored" in str(indexes["ix_event_waiting"])
    assert [name for name, _ in found["message"]["checks"]] == ["ck_message_state_known"]
    assert ("uq_event_source_event_id", "source", "event_id") in found["event"]["unique"]
    assert ("amount_minor", "BIGINT", True, None) in found["win"]["columns"]


def test_head_is_the_newest_migration():
    """`schema.HEAD` names the newest file, and every file begins with its own revision."""
    files = sorted(path.stem for path in (FOLDER / "versions").glob("[0-9]*.py"))
    assert files[-1][:4] == schema.HEAD
    for number, name in enumerate(files, 1):
        assert name[:4] == f"{number:04}"
        assert (
            f"revision = {name[:4]!r}".replace("'", '"') in (FOLDER / "versions" / f"{name}.py").read_text()
        )


def test_migrating_twice_changes_nothing(empty):
    """The first migration says that it did something, the second that there was nothing to do."""
    assert schema.revision(empty) is None
    assert schema.migrate(empty)
    before = described(empty)
    assert schema.revision(empty) == schema.HEAD
    assert not schema.migrate(empty)
    assert described(empty) == before


def test_a_newer_database_is_refused(empty):
    """A database that a newer Winbell wrote is left alone, with a word on what to do."""
    schema.migrate(empty)
    with empty.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(ConfigError, match=r"WINBELL_DATABASE_URL: .* revision 9999.*newer version"):
        schema.migrate(empty)
    assert schema.revision(empty) == "9999"


def test_down_and_up_again(empty):
    """A downgrade takes every table away, and the way up from there is the way up from nothing."""
    schema.migrate(empty)
    before = described(empty)
    run(empty, "downgrade", "base")
    assert described(empty) == {}
    assert schema.migrate(empty)
    assert described(empty) == before


def test_each_step_can_be_taken_back(empty):
    """Every revision goes up, down and up again by itself."""
    for name in sorted(path.stem[:4] for path in (FOLDER / "versions").glob("[0-9]*.py")):
        run(empty, "upgrade", name)
        after = described(empty)
        run(empty, "downgrade", "-1")
        run(empty, "upgrade", name)
        assert described(empty) == after


def test_a_migration_that_fails_leaves_nothing_behind(empty):
    """A migration is taken whole or not at all: after one that fails the database is as it was before."""
    with empty.engine.begin() as connection:
        connection.execute(text("CREATE TABLE win_change (odd INTEGER)"))
    with pytest.raises((DBAPIError, StorageError), match="win_change"):
        schema.migrate(empty)
    assert list(described(empty)) == ["win_change"]
    assert schema.revision(empty) is None
    with empty.engine.begin() as connection:
        connection.execute(text("DROP TABLE win_change"))
    assert schema.migrate(empty)


AT = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
AWAY = {"role": "rep", "active": True, "away_from": "2026-12-21", "away_until": "2027-01-03"}
FIRST_SCHEMA: list[tuple[str, dict[str, object]]] = [
    (
        "answer",
        {"lead_key": "g/L1", "cycle": 1, "kind": "contacted", "at": AT + 3 * HOUR, "by_slack_id": "U1"},
    ),
    (
        "answer",
        {"lead_key": "g/L1", "cycle": 2, "kind": "contacted", "at": AT + 9 * HOUR, "by_slack_id": "U2"},
    ),
    (
        "person",
        {
            "email": "ana@seller.example",
            "described": True,
            "name": "Ana",
            "data_json": json.dumps({"name": "Ana", **AWAY, "delegate_email": "ben@seller.example"}),
            "stamps_json": "{}",
        },
    ),
    ("person", {"email": "ben@seller.example", "described": False, "data_json": "{}", "stamps_json": "{}"}),
    (
        "clock",
        {
            "lead_key": "g/L1",
            "cycle": 1,
            "started_at": AT,
            "due_at": AT + 4 * HOUR,
            "at_risk_at": AT + 3 * HOUR,
            "tier": "all",
            "owner_email": "ana@seller.example",
            "state": "met",
            "stopped_at": AT + 3 * HOUR,
            "stopped_how": "said",
            "minutes": 180,
        },
    ),
    (
        "clock_step",
        {
            "lead_key": "g/L1",
            "cycle": 1,
            "step": "at_risk:owner",
            "due_at": AT + 3 * HOUR,
            "outcome": "queued",
            "decided_at": AT + 3 * HOUR,
        },
    ),
]
"""Rows as the first schema kept them, by table."""


def put(database: Database, name: str, row: dict[str, object]) -> None:
    """A row, in whatever schema the database has."""
    columns = [column(n, UTCDateTime() if isinstance(v, datetime) else None) for n, v in row.items()]
    database.write_now(lambda s: s.execute(insert(sql.table(name, *columns)).values(row)))


def rows(database: Database) -> dict[str, list[str]]:
    """Everything that is in the tables of the first schema that the rows above are of."""
    names = sorted({name for name, _ in FIRST_SCHEMA})
    return {
        name: sorted(
            repr(dict(row))
            for row in database.read_now(
                lambda s, n=name: s.execute(select(text("*")).select_from(sql.table(n))).mappings().all()
            )
        )
        for name in names
    }


@pytest.fixture
def first(empty):
    """A database of the first schema that was in use."""
    run(empty, "upgrade", "0001")
    for name, row in FIRST_SCHEMA:
        put(empty, name, row)
    return empty


def test_answers_and_people_of_the_first_schema_are_kept(first):
    """A press is the answer to its first contact; who is away is known; clocks are to be computed anew."""
    assert schema.migrate(first)
    early, late = first.read_now(lambda s: answers.of_leads(s, ["g/L1"]))
    assert [(a.cycle, a.kind, a.state, a.at, a.by_slack_id, a.by_email, a.data) for a in (early, late)] == [
        (1, "contacted", "given", AT + 3 * HOUR, "U1", None, {}),
        (2, "contacted", "given", AT + 9 * HOUR, "U2", None, {}),
    ]
    assert len({early.ref, late.ref, ""}) == 3
    again = {"lead_key": "g/L1", "cycle": 1, "kind": "contacted", "slot": "g/L1:1:contacted:1"}
    pressed = {"at": AT + 9 * HOUR, "by_slack_id": "U3", "by_email": None}
    assert first.write_now(lambda s: answers.keep(s, **again, **pressed)) is None
    known = first.read_now(lambda s: people.by_email(s, ["ana@seller.example", "ben@seller.example"]))
    ana, ben = known["ana@seller.example"], known["ben@seller.example"]
    assert {name: getattr(ana, name) for name in AWAY} == AWAY
    assert (ana.name, ana.delegate_email, ana.manager_email) == ("Ana", "ben@seller.example", None)
    assert (ben.role, ben.active, ben.away_from, ben.delegate_email) == (None, None, None, None)
    clock = first.read_now(lambda s: clocks.find(s, "g/L1"))
    assert (clock.state, clock.stopped_at, clock.stopped_how, clock.minutes) == (
        "met",
        AT + 3 * HOUR,
        "said",
        180,
    )
    assert (clock.attempts, clock.steps, clock.within_at, clock.follow_up) == (0, (), None, None)
    assert first.read_now(clocks.unfinished)
    (decided,) = first.read_now(lambda s: clocks.decisions(s, ["g/L1"]))
    assert (decided.step, decided.outcome, decided.reason) == ("at_risk:owner", "queued", None)


def test_the_first_schema_comes_back_as_it_was(first):
    """Up and down again, every row of the first schema is what it was."""
    before = rows(first)
    schema.migrate(first)
    run(first, "downgrade", "0001")
    assert rows(first) == before


def test_what_the_first_schema_cannot_keep_is_left_behind(first):
    """On the way down the first press of a cycle stays; one taken back, and other kinds of answers, do not."""
    before = rows(first)
    schema.migrate(first)
    more = {"lead_key": "g/L1", "cycle": 1, "at": AT + 5 * HOUR, "by_slack_id": "U9", "by_email": None}

    def answer(session):
        answers.keep(session, kind="contacted", **more)
        answers.keep(session, kind="snoozed", **more, data={"until": "2026-11-17T09:00:00+00:00"})
        number = answers.keep(session, kind="contacted", **(more | {"cycle": 3}))
        answers.settle(session, answers.find(session, number), "undone", AT + 5 * HOUR)

    first.write_now(answer)
    run(first, "downgrade", "0001")
    assert rows(first) == before


_START = """
import sys
from bot.store import schema
from bot.store.database import Database
database = Database(sys.argv[1])
migrated = schema.migrate(database)
database.close()
print(migrated, "alembic" in sys.modules)
"""


def start(url: str) -> subprocess.Popen[str]:
    """Another process that opens the database and migrates it if need be."""
    return subprocess.Popen([sys.executable, "-c", _START, url], stdout=subprocess.PIPE, text=True, cwd=ROOT)


def said(process: subprocess.Popen[str]) -> list[str]:
    """Whether that process migrated, and whether it loaded Alembic."""
    words, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    return words.split()


def test_alembic_is_loaded_only_when_needed(backend):
    """A start on a current database does not load Alembic; the one that migrates does."""
    url = backend.url(empty=True)
    assert said(start(url)) == ["True", "True"]
    assert said(start(url)) == ["False", "False"]


def test_two_processes_may_start_at_once(empty):
    """Two processes that find an old database at the same time both start, and it is migrated once."""
    url = empty.url.render_as_string(hide_password=False)
    for process in [start(url), start(url)]:
        said(process)
    assert schema.revision(empty) == schema.HEAD
    assert not schema.migrate(empty)


def test_states_are_kept_by_the_database(database):
    """A state that no code knows is refused by the database itself."""
    row = {
        "source": "g",
        "event_id": "1",
        "type": "t",
        "body_json": "{}",
        "tries": 0,
        "silent": False,
        "state": "lost",
        "received_at": "2026-11-16",
        "next_try_at": "2026-11-16",
    }
    statement = text(
        f"INSERT INTO event ({', '.join(row)}) VALUES ({', '.join(f':{name}' for name in row)})"  # noqa: S608
    )
    with pytest.raises(Exception, match="state_known"):
        database.write_now(lambda s: s.execute(statement, row))
    assert tables.EVENT_STATES == ("stored", "applied", "parked", "dead")
