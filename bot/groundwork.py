"""What every command stands on: the agreement read, the database opened at the current schema. Light to import."""

from __future__ import annotations

import random
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bot import agreement as agreements
from bot.clock import SystemClock
from bot.errors import ConfigError, StorageError
from bot.flow.agreements import remembering
from bot.flow.ports import NotConnected, Office
from bot.store import schema
from bot.store.database import Database

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from bot.config import Settings

DEFAULT_AGREEMENT: Final = "agreement.toml"


def parse_agreement(text: str, path: str, now: datetime) -> agreements.Parsed:
    """Parse an agreement; holidays are looked up three years back and three ahead. Raises AgreementError.

    A promise that its own working hours never fill is refused here: it would fail for every lead.
    """
    return agreements.parse_from(text, path=path, since=now, now=now)


def read_agreement(settings: Settings) -> tuple[agreements.Parsed, str]:
    """The agreement file, parsed, and its text; the defaults where there is no file and none was named.

    Raises ConfigError for a file that cannot be read, AgreementError for one that is not valid.
    """
    now = SystemClock().now()
    path = Path(settings.agreement)
    if settings.agreement == DEFAULT_AGREEMENT and not path.exists():
        return parse_agreement("", DEFAULT_AGREEMENT, now), ""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(
            f"WINBELL_AGREEMENT: {path} cannot be read ({error}); run `winbell init` to write a commented one"
        ) from error
    return parse_agreement(text, str(path), now), text


def open_database(url: str, *, serve: bool) -> Database:
    """A database at the current schema; with `serve`, claimed for this process.

    Raises ConfigError or StorageError with what to do, AlreadyRunningError if another process serves it.
    """
    database = _database(url)
    try:
        if serve:
            database.claim()
        _migrate(database)
    except BaseException:
        database.close()
        raise
    return database


def migrate_database(url: str) -> bool:
    """Bring a database to the current schema; false if it was."""
    database = _database(url)
    try:
        return _migrate(database)
    finally:
        database.close()


def _database(url: str) -> Database:
    database = Database(url)
    if database.is_sqlite and not Path(str(database.url.database)).resolve().parent.is_dir():
        database.close()
        folder = Path(str(database.url.database)).parent
        raise ConfigError(f"WINBELL_DATABASE_URL: there is no folder {folder}; create it or choose another")
    return database


def _migrate(database: Database) -> bool:
    try:
        return schema.migrate(database)
    except StorageError as error:
        raise StorageError(f"WINBELL_DATABASE_URL: {error}") from error


@contextmanager
def office_of(settings: Settings) -> Iterator[Office]:
    """Everything a short command needs; it may run beside a `serve` on the same database, and never calls Slack."""
    parsed, body = read_agreement(settings)
    clock = SystemClock()
    database = open_database(settings.database_url, serve=False)
    try:
        agreement = database.read_now(lambda s: remembering(s, parsed.agreement, body, clock.now()))
        yield Office(database, clock, agreement, NotConnected(), random.random)
    finally:
        database.close()
