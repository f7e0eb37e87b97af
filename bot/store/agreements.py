"""Every agreement that was in force, with when it came in force."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import insert, select, update

from bot.store.sql import table_of
from bot.store.tables import AgreementRow

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

G = table_of(AgreementRow).c
_COLUMNS: Final = (G.id, G.digest, G.name, G.body, G.in_force_from)
_AT_WORK: Final = " at work"
"""Marks the digest of an agreement by which not everything that is open was computed yet."""


@dataclass(frozen=True, slots=True)
class Version:
    """An agreement that was put in force: its text, and from when (UTC) on it held.

    `at_work`: what is open was not computed anew by it yet, or the process that did so ended before it was done.
    """

    id: int
    digest: str
    name: str
    body: str
    in_force_from: datetime
    at_work: bool


def in_force(session: Session) -> tuple[str, datetime] | None:
    """(digest, since when) of the agreement that came in force last."""
    row = session.execute(select(G.digest, G.in_force_from).order_by(G.id.desc()).limit(1)).first()
    return (row[0].removesuffix(_AT_WORK), row[1]) if row else None


def versions(session: Session) -> list[Version]:
    """All of them, in the order in which they came in force."""
    rows = session.execute(select(*_COLUMNS).order_by(G.id))
    return [
        Version(number, digest.removesuffix(_AT_WORK), name, body, since, digest.endswith(_AT_WORK))
        for number, digest, name, body, since in rows
    ]


def put_in_force(
    session: Session, *, digest: str, name: str, body: str, now: datetime, at_work: bool = False
) -> int:
    """Keep an agreement that comes in force now; returns its number."""
    kept = digest + _AT_WORK if at_work else digest
    made = session.execute(
        insert(table_of(AgreementRow))
        .values(digest=kept, name=name, body=body, in_force_from=now)
        .returning(G.id)
    )
    return int(made.scalar_one())


def work_done(session: Session, number: int) -> None:
    """What is open was computed by this agreement."""
    kept = session.execute(select(G.digest).where(G.id == number)).scalar_one()
    session.execute(
        update(table_of(AgreementRow)).where(G.id == number).values(digest=kept.removesuffix(_AT_WORK))
    )
