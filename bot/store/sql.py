"""Small helpers for statements that SQLite and PostgreSQL spell the same but SQLAlchemy keeps in two places."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sqlalchemy import CursorResult, Table
from sqlalchemy.dialects import postgresql, sqlite

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.orm import Session


def table_of(model: Any) -> Table:
    """The table behind a model, for statements that need no objects."""
    table = model.__table__
    assert isinstance(table, Table)  # noqa: S101  # narrows the type for mypy
    return table


def insert_new(
    session: Session, model: Any, rows: Sequence[Mapping[str, Any]], returning: str
) -> list[Any]:
    """Insert the rows whose key is not there yet, in one statement; returns `returning` of those that were new."""
    table = table_of(model)
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    statement = dialect.insert(table).values(list(rows)).on_conflict_do_nothing().returning(table.c[returning])
    return list(session.execute(statement).scalars())


def upsert(session: Session, model: Any, row: Mapping[str, Any]) -> None:
    """Insert a row, or put its values over the one with the same primary key."""
    table = table_of(model)
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    keys = [column.name for column in table.primary_key.columns]
    statement = dialect.insert(table).values(dict(row))
    rest = {name: statement.excluded[name] for name in row if name not in keys}
    session.execute(
        statement.on_conflict_do_update(index_elements=keys, set_=rest)
        if rest
        else statement.on_conflict_do_nothing(index_elements=keys)
    )


def changed_rows(result: Any) -> int:
    """How many rows an UPDATE or DELETE met."""
    assert isinstance(result, CursorResult)  # noqa: S101  # narrows the type for mypy
    return result.rowcount


def to_json(value: Any) -> str:
    """Canonical JSON: sorted, compact, readable letters."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def from_json(text: str) -> Any:
    """What `to_json` wrote."""
    return json.loads(text)
