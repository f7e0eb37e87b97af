"""Lanes: when the next call may go through a channel or a method, and where channels are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from bot.store.sql import table_of, upsert
from bot.store.tables import ChannelRow, PaceRow

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

P = table_of(PaceRow).c
CH = table_of(ChannelRow).c


def free_at(session: Session, lane: str) -> datetime | None:
    """When a lane is free again."""
    return session.execute(select(P.next_at).where(P.lane == lane)).scalar_one_or_none()


def occupy(session: Session, lane: str, until: datetime) -> None:
    """Nothing more goes through a lane until an instant."""
    upsert(session, PaceRow, {"lane": lane, "next_at": until})


def channel_id(session: Session, name: str) -> str | None:
    """Slack's id of a channel, if it was found before."""
    return session.execute(select(CH.channel_id).where(CH.name == name)).scalar_one_or_none()


def keep_channel(session: Session, name: str, found: str, now: datetime) -> None:
    """Keep Slack's id of a channel."""
    upsert(session, ChannelRow, {"name": name, "channel_id": found, "checked_at": now})


def forget_channel(session: Session, name: str) -> None:
    """A channel is not where it was."""
    session.execute(table_of(ChannelRow).delete().where(CH.name == name))
