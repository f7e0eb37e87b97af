"""Wins that people entered by hand, as the inbox and the records hold them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import bindparam, select

from bot.store.outbox import COLUMNS, M, message_of
from bot.store.sql import from_json, table_of
from bot.store.tables import DealRow, EventRow

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy.orm import Session

    from bot.store.outbox import Message

SOURCE: Final = "manual"
"""The source of what people enter themselves."""

E = table_of(EventRow).c
D = table_of(DealRow).c

_BODY = select(E.body_json).where(E.source == SOURCE, E.event_id == bindparam("event"))
_ANY = select(E.id).where(E.source == SOURCE).limit(1)
_STANDING = (
    select(D.key)
    .where(
        D.key.in_(bindparam("keys", expanding=True)),
        D.described,
        D.merged_into.is_(None),
        D.stage_class == "won",
    )
    .order_by(D.key)
)


def is_by_hand(deal_key: str) -> bool:
    """Whether a deal was entered by hand."""
    return deal_key.startswith(f"{SOURCE}/")


def offers(session: Session, deal_key: str | None = None) -> list[Message]:
    """The questions whether a deal and a win by hand are the same, of one deal or of all, the first one first."""
    which: Any = M.kind == "merge_offer"
    if deal_key is not None:
        which &= M.key.startswith(offer_key(deal_key, ""), autoescape=True)
    return [message_of(row) for row in session.execute(select(*COLUMNS).where(which).order_by(M.id))]


def offer_key(deal_key: str, by_hand: str) -> str:
    """The natural key of the question about two deals."""
    return f"merge:{deal_key}:{by_hand}"


def told(session: Session, event_id: str) -> dict[str, Any] | None:
    """The data of an event that was entered by hand; None if there is none of that id."""
    body = session.execute(_BODY, {"event": event_id}).scalar()
    return None if body is None else dict(from_json(body)["data"])


def anything(session: Session) -> bool:
    """Whether anybody ever entered anything by hand."""
    return session.execute(_ANY).first() is not None


def standing(session: Session, keys: Collection[str]) -> list[str]:
    """Those of these deals that are won and were not merged away."""
    return list(session.execute(_STANDING, {"keys": sorted(keys)}).scalars())
