"""What the credit report is made of: plain rows, read in one snapshot."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, select

from bot.store import records
from bot.store.by_hand import SOURCE as BY_HAND
from bot.store.sql import from_json, table_of
from bot.store.tables import CampaignRow, CreditRow, DealContactRow, DealLeadRow, TouchRow, WinRow

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

CR = table_of(CreditRow).c
W = table_of(WinRow).c
T = table_of(TouchRow).c
DC = table_of(DealContactRow).c
DL = table_of(DealLeadRow).c
CA = table_of(CampaignRow).c


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a standing win; `share` is an exact fraction as text, no name at all means unattributed."""

    deal_key: str
    asset: str | None
    campaign: str | None
    channel: str | None
    share: str


@dataclass(frozen=True, slots=True)
class TouchFacts:
    """A touch as far as the report needs it."""

    lead_key: str | None
    email: str | None
    at: datetime
    asset: str | None
    campaign: str | None
    channel: str | None


def standing_shares(session: Session) -> dict[str, list[Share]]:
    """The parts of every standing win in the order of the touches, by deal."""
    standing = and_(W.deal_key == CR.deal_key, W.number == CR.number, W.status == "won")
    rows = session.execute(
        select(CR.deal_key, CR.asset, CR.campaign, CR.channel, CR.share)
        .join(table_of(WinRow), standing)
        .order_by(CR.deal_key, CR.position)
    )
    found: dict[str, list[Share]] = {}
    for row in rows:
        found.setdefault(row[0], []).append(Share(*row))
    return found


def touches(session: Session) -> list[TouchFacts]:
    """Every recorded touch."""
    rows = session.execute(select(T.lead_key, T.email, T.at, T.asset, T.campaign, T.channel))
    return [TouchFacts(*row) for row in rows]


def deal_links(session: Session) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Each deal with each of its (contact addresses, leads), and those of wins by hand that became part of it."""
    emails = session.execute(select(DC.deal_key, DC.email))
    leads = session.execute(select(DL.deal_key, DL.lead_key)).all()
    gone = {key for key, _ in leads if key.startswith(f"{BY_HAND}/")}
    into = {key: records.survivors_of_deal(session, key) for key in gone}
    by_lead = [(deal, lead) for key, lead in leads for deal in (key, *into.get(key, ()))]
    return [(deal, email) for deal, email in emails], by_lead


def campaigns(session: Session) -> list[dict[str, Any]]:
    """What sources told of their campaigns."""
    rows = session.execute(select(CA.data_json).order_by(CA.key))
    return [data for row in rows if (data := from_json(row[0])).get("name")]
