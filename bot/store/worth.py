"""The kept summary of what leads were worth: rows by asset, channel and segment, names in their folded form.

The row whose `by` and `name` are empty is all leads together. It is there even where nothing was ever won, and says
when the summary was made.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from sqlalchemy import and_, bindparam, delete, insert, or_, select

from bot.domain.worth import BY, By, Entry
from bot.store.sql import table_of
from bot.store.tables import SpellingRow, WorthRow

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sqlalchemy.orm import Session

W = table_of(WorthRow).c
S = table_of(SpellingRow).c

Name: TypeAlias = tuple[By, str]
"""What history is kept by (`asset`, `channel`, `segment`), and the folded name."""

_MANY = 500
"""Names by which rows are searched; whoever needs more reads the whole summary, which costs less then."""


def replace(session: Session, entries: Iterable[Entry], leads: int, currency: str, made_at: datetime) -> None:
    """Keep these entries and no others; `leads` is how many there are in all."""
    everything = {
        "by": "",
        "name": "",
        "leads": leads,
        "won": 0,
        "revenue_minor": 0,
        "currency": currency,
        "made_at": made_at,
    }
    rows = [everything] + [
        {
            "by": entry.by,
            "name": entry.name,
            "leads": entry.leads,
            "won": entry.won,
            "revenue_minor": entry.revenue_minor,
            "currency": entry.currency,
            "made_at": made_at,
        }
        for entry in entries
    ]
    session.execute(delete(WorthRow))
    session.execute(insert(table_of(WorthRow)), rows)


def made(session: Session) -> tuple[datetime, str] | None:
    """When the summary was made (UTC), and in which currency; None if it never was."""
    row = session.execute(_MADE).first()
    return (row[0], row[1]) if row else None


def entries(session: Session, names: Iterable[Name], currency: str) -> dict[Name, Entry]:
    """The entries in a currency by these names, each named as it is shown; without a name where that is not known."""
    wanted = set(names)
    if not wanted:
        return {}
    if len(wanted) > _MANY:
        rows = session.execute(_ALL, {"currency": currency})
    else:
        told: dict[str, Any] = {by: sorted(name for of, name in wanted if of == by) for by in BY}
        rows = session.execute(_NAMED, told | {"currency": currency})
    return {
        (by, name): Entry(by, written or "", leads, won, revenue, currency)
        for by, name, leads, won, revenue, written in rows
        if (by, name) in wanted
    }


def _one_kind(by: str) -> Any:
    return and_(W.by == by, W.name.in_(bindparam(by, expanding=True)))


_MADE = select(W.made_at, W.currency).where(W.by == "", W.name == "")
_ALL = (
    select(W.by, W.name, W.leads, W.won, W.revenue_minor, S.written)
    .select_from(table_of(WorthRow))
    .outerjoin(table_of(SpellingRow), and_(S.kind == W.by, S.folded == W.name))
    .where(W.by != "", W.currency == bindparam("currency"))
)
_NAMED = _ALL.where(or_(*map(_one_kind, BY)))
