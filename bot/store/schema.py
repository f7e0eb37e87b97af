"""Brings a database to the current schema. Alembic costs memory and start-up, so it is imported only when needed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from sqlalchemy import inspect, text

from bot.errors import ConfigError
from bot.logs import log_of
from bot.store.database import explained

if TYPE_CHECKING:
    from bot.store.database import Database

HEAD: Final = "0003"
"""The newest revision in `migrations/versions`; a test keeps it true."""

_log = log_of(__name__)


def revision(database: Database) -> str | None:
    """The revision a database is at; None if it is empty. Raises StorageError."""
    with explained(), database.engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def migrate(database: Database) -> bool:
    """Bring a database to HEAD; False if it was there. A migration is taken whole or not at all.

    Raises ConfigError for a database that a newer Winbell wrote, StorageError for one that does not answer.
    """
    before = revision(database)
    if before == HEAD:
        return False
    known = sorted(path.name[:4] for path in (_folder() / "versions").glob("[0-9]*.py"))
    if before is not None and before not in known:
        raise ConfigError(
            f"WINBELL_DATABASE_URL: the database is at revision {before}, which this Winbell does not know; "
            "install the newer version again, or restore a backup"
        )
    from alembic import command  # noqa: PLC0415  # only when there is something to do
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(_folder()))
    with explained(), database.engine.connect() as connection:
        if not database.is_sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(5726542)"))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        connection.commit()
    _log.info("database migrated", extra={"before": before or "empty", "now": HEAD})
    return True


def _folder() -> Path:
    return Path(__file__).parent / "migrations"
