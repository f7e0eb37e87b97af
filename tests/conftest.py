"""Neutral ground for every test: none of the caller's settings, and a folder without an `.env`."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from bot.store import database as store
from bot.store.database import Database
from tests.support.databases import BACKENDS, PostgresServer, SqliteFiles

# A property is judged by its answers: how long a busy machine takes for an example says nothing about it.
settings.register_profile(
    "winbell", settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.load_profile("winbell")

SETTINGS = ("CLOSE_", "HUBSPOT_", "NUTSHELL_", "PIPEDRIVE_", "SALESFORCE_", "SLACK_", "WINBELL_")
LONG = (
    "tests/test_maven.py",
    "tests/browser/",
    "tests/process/",
    "tests/playground/",
    "tests/scenarios/test_random",
)
SWITCHES = {"WINBELL_BROWSER", "WINBELL_GOLDEN", "WINBELL_PICTURES"}  # of the tests themselves


def pytest_configure() -> None:
    """Forget the settings of whoever runs the tests; keep the data set's folder, wherever the tests stand."""
    for name in [name for name in os.environ if name.startswith(SETTINGS) and name not in SWITCHES]:
        del os.environ[name]
    if "MAVEN_CRM" in os.environ:
        os.environ["MAVEN_CRM"] = str(Path(os.environ["MAVEN_CRM"]).resolve())


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files of few, long tests go first: at the end no worker is left alone with one."""
    items.sort(key=lambda item: not item.nodeid.startswith(LONG))


@pytest.fixture(scope="session", autouse=True)
def _empty_working_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Stand in an empty folder: `.env`, agreement and database of the checkout are out of reach."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("working-folder"))
        yield


@pytest.fixture(scope="session")
def sqlite_files(tmp_path_factory: pytest.TempPathFactory) -> SqliteFiles:
    """Where SQLite databases of this run come from."""
    return SqliteFiles(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    """Where PostgreSQL databases of this run come from."""
    os.environ.setdefault("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("run")))
    server = PostgresServer(tmp_path_factory.mktemp("pg"))
    yield server
    server.stop()


@pytest.fixture(params=BACKENDS)
def backend(request: pytest.FixtureRequest) -> SqliteFiles | PostgresServer:
    """Each of the two kinds of database in turn."""
    found: SqliteFiles | PostgresServer = request.getfixturevalue(
        "sqlite_files" if request.param == "sqlite" else "postgres"
    )
    return found


@pytest.fixture
def database(backend: SqliteFiles | PostgresServer) -> Iterator[Database]:
    """A fresh database at the current schema, on each backend."""
    made = backend.database()
    yield made
    made.close()


@pytest.fixture
def sqlite(sqlite_files: SqliteFiles) -> Iterator[Database]:
    """A fresh SQLite database at the current schema."""
    made = sqlite_files.database()
    yield made
    made.close()


@pytest.fixture
def postgresql(postgres: PostgresServer) -> Iterator[Database]:
    """A fresh PostgreSQL database at the current schema."""
    made = postgres.database()
    yield made
    made.close()


@pytest.fixture
def patient(sqlite_files: SqliteFiles, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """A database that gives up on a held writer after 2.5 seconds (5 in operation): later than Slack is answered."""
    monkeypatch.setattr(store, "_SQLITE_BUSY_MS", 2500)
    made = Database(sqlite_files.url())
    yield made
    made.close()
