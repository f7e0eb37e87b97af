"""Small helpers for statements that SQLite and PostgreSQL spell the same but SQLAlchemy keeps in two places."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import CursorResult, Table, literal_column
from sqlalchemy.dialects import postgresql, sqlite

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.orm import Session


_DIALECTS: Final[dict[str, Any]] = {"sqlite": sqlite, "postgresql": postgresql}


def table_of(model: Any) -> Table:
    """The table behind a model, for statements that need no objects."""
    table = model.__table__
    assert isinstance(table, Table)  # noqa: S101  # narrows the type for mypy
    return table


def written(column: Any, *values: str) -> Any:
    """A condition on a column (any of these values) whose values stand in the statement itself.

    Both databases use a partial index only where they can read its condition, which a parameter would hide.
    """
    literals: list[Any] = [literal_column("'" + value.replace("'", "''") + "'") for value in values]
    return column == literals[0] if len(literals) == 1 else column.in_(literals)


def insert_new(session: Session, model: Any, rows: Sequence[Mapping[str, Any]], returning: str) -> list[Any]:
    """Insert the rows whose key is not there yet, in one statement; returns `returning` of those that were new."""
    statement = _insert_new(model, session.get_bind().dialect.name, returning)
    return list(session.execute(statement, [dict(row) for row in rows]).scalars())


def upsert_many(
    session: Session, model: Any, rows: Sequence[Mapping[str, Any]], replace: tuple[str, ...]
) -> None:
    """Insert rows in one statement; of one whose primary key is there the columns `replace` are put over it."""
    if rows:
        statement = _upsert_some(model, session.get_bind().dialect.name, replace)
        session.execute(statement, [dict(row) for row in rows])


def upsert(session: Session, model: Any, row: Mapping[str, Any]) -> None:
    """Insert a row, or put its values over the one with the same primary key."""
    session.execute(_upsert(model, session.get_bind().dialect.name, tuple(row)), dict(row))


@cache
def _insert_new(model: Any, dialect: str, returning: str) -> Any:
    # Built once: SQLAlchemy's work on a statement costs more than SQLite's.
    table = table_of(model)
    return _DIALECTS[dialect].insert(table).on_conflict_do_nothing().returning(table.c[returning])


@cache
def _upsert(model: Any, dialect: str, columns: tuple[str, ...]) -> Any:
    table = table_of(model)
    keys = [column.name for column in table.primary_key.columns]
    statement = _DIALECTS[dialect].insert(table)
    rest = {name: statement.excluded[name] for name in columns if name not in keys}
    if not rest:
        return statement.on_conflict_do_nothing(index_elements=keys)
    return statement.on_conflict_do_update(index_elements=keys, set_=rest)


@cache
def _upsert_some(model: Any, dialect: str, replace: tuple[str, ...]) -> Any:
    table = table_of(model)
    statement = _DIALECTS[dialect].insert(table)
    return statement.on_conflict_do_update(
        index_elements=[column.name for column in table.primary_key.columns],
        set_={name: statement.excluded[name] for name in replace},
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
