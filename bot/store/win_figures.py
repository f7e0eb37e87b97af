"""What the figures about wins are made of beside the deals, and deals found by what a person types."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import and_, select

from bot.store.sql import from_json, table_of, to_json
from bot.store.tables import DealRow, WinChangeRow, WinPersonRow, WinRow
from bot.store.wins import Change

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

D = table_of(DealRow).c
W = table_of(WinRow).c
WP = table_of(WinPersonRow).c
WC = table_of(WinChangeRow).c


@dataclass(frozen=True, slots=True)
class PersonShare:
    """A person's part of a standing win; `share` is an exact fraction as text, no `email` is an unknown owner."""

    deal_key: str
    email: str | None
    share: str


@dataclass(frozen=True, slots=True)
class Booked:
    """What of a win its figures follow from. `rate` is the one kept with it."""

    deal_key: str
    number: int
    status: str
    won_at: datetime
    amount_minor: int | None
    currency: str | None
    rate: str | None


def announced_changes(
    session: Session, since: datetime | None, until: datetime
) -> list[tuple[Booked, list[Change]]]:
    """The wins that were to be told when they were booked, with what changed their figures, the latest first.

    Only what changed after `since` and up to `until`.
    """
    columns = [W[name] for name in Booked.__dataclass_fields__]
    logged = [WC[name] for name in Change.__dataclass_fields__]
    rows = session.execute(
        select(*columns, *logged)
        .join(table_of(WinRow), and_(W.deal_key == WC.deal_key, W.number == WC.number))
        .where(
            W.silent.is_(False),
            WC.field.in_(("status", "amount_minor", "currency", "won_at")),
            *([] if since is None else [WC.at > since]),
            WC.at <= until,
        )
        .order_by(W.deal_key, W.number, WC.id.desc())
    )
    found: dict[Booked, list[Change]] = {}
    for row in rows:
        win = Booked(*row[: len(columns)])
        found.setdefault(win, []).append(Change(*row[len(columns) :]))
    return list(found.items())


def churned(session: Session) -> dict[str, str]:
    """When the customer of a deal left, as told (an instant or a date), by deal."""
    rows = session.execute(select(D.key, D.churned).where(D.churned.is_not(None)))
    return {key: str(told) for key, told in rows}


def people_shares(session: Session) -> dict[str, list[PersonShare]]:
    """The people's parts of every standing win, the owner's first, by deal."""
    standing = and_(W.deal_key == WP.deal_key, W.number == WP.number, W.status == "won")
    rows = session.execute(
        select(WP.deal_key, WP.email, WP.share)
        .join(table_of(WinRow), standing)
        .order_by(WP.deal_key, WP.position)
    )
    found: dict[str, list[PersonShare]] = {}
    for row in rows:
        found.setdefault(row[0], []).append(PersonShare(*row))
    return found


def deals_by_id(session: Session, words: str) -> list[tuple[str, str | None, str]]:
    """Described deals with this key (`source/id`), else with this id at any source: (key, name, stage class)."""
    columns = (D.key, D.data_json, D.stage_class)
    for meant in (D.key == words, D.key.endswith(f"/{words}", autoescape=True)):
        rows = session.execute(select(*columns).where(D.described, meant).order_by(D.key))
        found = [(str(key), from_json(data).get("name"), str(kind)) for key, data, kind in rows]
        found = [
            (key, name, kind) for key, name, kind in found if key == words or key.partition("/")[2] == words
        ]
        if found:
            return found
    return []


def deals_naming(session: Session, words: str, limit: int) -> list[tuple[str, str | None, str]]:
    """Described deals in whose record the words stand somewhere, without case: (key, name, stage class).

    Reads every deal. The words may stand in another field than the name: the caller looks again.
    """
    told = to_json(words)[1:-1]
    rows = session.execute(
        select(D.key, D.data_json, D.stage_class)
        .where(D.described, D.data_json.icontains(told, autoescape=True))
        .order_by(D.key)
        .limit(limit)
    )
    return [(str(key), from_json(data).get("name"), str(kind)) for key, data, kind in rows]
