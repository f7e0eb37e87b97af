"""Credit that somebody said was missing from a deal, and the messages that ask about it; kept for ever."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, select, update

from bot.store import records
from bot.store.outbox import COLUMNS as MESSAGE
from bot.store.outbox import M, message_of
from bot.store.sql import changed_rows, insert_new, table_of
from bot.store.tables import ClaimRow

if TYPE_CHECKING:
    from datetime import date, datetime

    from sqlalchemy.orm import Session

    from bot.store.outbox import Message

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

_OF_DEALS = select(*COLUMNS).where(CL.deal_key.in_(bindparam("keys", expanding=True))).order_by(CL.id)


def confirmed(session: Session, deal_key: str) -> list[Claim]:
    """The claims about a deal to which the other side said yes, in the order in which they were made.

    Those about the deals that were merged into it are among them.
    """
    return [claim for claim in of_deal(session, deal_key) if claim.state == "confirmed"]


def confirmed_names(session: Session, kind: str) -> list[tuple[str, str]]:
    """Every confirmed claim of a kind: (deal, name), for the deal it was about and each that this became part of."""
    rows = session.execute(
        select(CL.deal_key, CL.name).where(CL.kind == kind, CL.state == "confirmed").order_by(CL.id)
    )
    return [
        (deal, name) for key, name in rows.all() for deal in (key, *records.survivors_of_deal(session, key))
    ]


def of_deal(session: Session, deal_key: str) -> list[Claim]:
    """Every claim about a deal or one that was merged into it, however it ended, in the order of their making."""
    keys = [deal_key, *(key for key, _ in records.deals_merged_into(session, deal_key))]
    return [Claim(*row) for row in session.execute(_OF_DEALS, {"keys": keys})]


def by_ref(session: Session, ref: str) -> Claim | None:
    """The claim behind a button."""
    return _one(session, CL.ref == ref)


def find(session: Session, number: int) -> Claim | None:
    """A claim by its number."""
    return _one(session, CL.id == number)


def add(
    session: Session,
    *,
    deal_key: str,
    kind: str,
    name: str,
    same: str,
    before: int,
    touched_on: date | None,
    why: str,
    side: str,
    at: datetime,
    by_slack_id: str,
    by_email: str | None,
) -> Claim | None:
    """A new claim; None if somebody made the same one at the same moment.

    `same` is what makes two claims of a kind the same one, `before` how many of these were settled before.
    """
    told = "\n".join((deal_key, kind, same, str(before)))
    ref = hashlib.sha256(told.encode("utf-8", "backslashreplace")).hexdigest()[:32]
    row = {
        "ref": ref,
        "deal_key": deal_key,
        "kind": kind,
        "name": name,
        "touched_on": touched_on,
        "why": why,
        "side": side,
        "state": "offered",
        "at": at,
        "by_slack_id": by_slack_id,
        "by_email": by_email,
    }
    made = insert_new(session, ClaimRow, [row], "id")
    return find(session, int(made[0])) if made else None


def settle(session: Session, claim: Claim, state: str, at: datetime, by: str) -> bool:
    """The other side said yes or no (`confirmed`, `declined`); False if it was settled meanwhile."""
    result = session.execute(
        update(ClaimRow)
        .where(CL.id == claim.id, CL.state == "offered")
        .values(state=state, settled_at=at, settled_by=by)
    )
    return changed_rows(result) == 1


def message_key(claim_id: int, email: str) -> str:
    """The natural key of the question to one person."""
    return f"{_prefix(claim_id)}{email}"


def messages_of(session: Session, claim_id: int) -> list[Message]:
    """The questions about a claim, one a person, in the order in which they were asked."""
    rows = session.execute(
        select(*MESSAGE)
        .where(M.kind == "claim", M.key.startswith(_prefix(claim_id), autoescape=True))
        .order_by(M.id)
    )
    return [message_of(row) for row in rows]


def _prefix(claim_id: int) -> str:
    return f"claim:{claim_id}:"


def _one(session: Session, which: Any) -> Claim | None:
    row = session.execute(select(*COLUMNS).where(which)).first()
    return Claim(*row) if row else None
