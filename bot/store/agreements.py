"""Every agreement that was in force, with when it came in force."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import insert, select

from bot.store.sql import table_of
from bot.store.tables import AgreementRow

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

G = table_of(AgreementRow).c


def in_force(session: Session) -> tuple[str, datetime] | None:
    """(digest, since when) of the agreement that came in force last."""
    row = session.execute(select(G.digest, G.in_force_from).order_by(G.id.desc()).limit(1)).first()
    return (row[0], row[1]) if row else None


def put_in_force(session: Session, *, digest: str, name: str, body: str, now: datetime) -> None:
    """Keep an agreement that comes in force now."""
    session.execute(
        insert(table_of(AgreementRow)).values(digest=digest, name=name, body=body, in_force_from=now)
    )
