"""Credit that somebody said was missing from a deal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, select

from bot.store.sql import table_of
from bot.store.tables import ClaimRow

if TYPE_CHECKING:
    from datetime import date, datetime

    from sqlalchemy.orm import Session

CL = table_of(ClaimRow).c


@dataclass(frozen=True, slots=True)
class Claim:
    """An asset, a campaign or a person (`name` is then an e-mail) that somebody proposed; see `ClaimRow`."""

    id: int
    ref: str
    deal_key: str
    kind: str
    name: str
    touched_on: date | None
    why: str
    side: str
    state: str
    at: datetime
    by_slack_id: str
    by_email: str | None
    settled_at: datetime | None
    settled_by: str | None


COLUMNS = tuple(CL[name] for name in Claim.__dataclass_fields__)
"""The columns of a claim in the order of its fields."""

_CONFIRMED = select(*COLUMNS).where(CL.deal_key == bindparam("key"), CL.state == "confirmed").order_by(CL.id)


def confirmed(session: Session, deal_key: str) -> list[Claim]:
    """The claims about a deal to which the other side said yes, in the order in which they were made."""
    return [Claim(*row) for row in session.execute(_CONFIRMED, {"key": deal_key})]
