"""Where wins are shown: the messages of each win by channel, what a message lists, and what goals are measured by."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, delete, func, or_, select, update

from bot.domain.goals import WonAmount
from bot.store import records
from bot.store.outbox import COLUMNS, WAITS, M, message_of
from bot.store.sql import changed_rows, table_of, to_json, upsert
from bot.store.tables import CreditRow, MessageRow, ThanksRow, WinCardRow, WinRow

if TYPE_CHECKING:
    from datetime import date, datetime

    from sqlalchemy.orm import Session

    from bot.store.outbox import Message

C = table_of(WinCardRow).c
W = table_of(WinRow).c
T = table_of(ThanksRow).c
CR = table_of(CreditRow).c


@dataclass(frozen=True, slots=True)
class Thanked:
    """A word of thanks; people are Slack accounts."""

    by_slack_id: str
    to: tuple[str, ...]
    words: str


def of_win(session: Session, deal_key: str, number: int) -> dict[str, Message]:
    """The message that shows a win in each channel."""
    rows = session.execute(
        select(C.channel, *COLUMNS)
        .join(table_of(MessageRow), M.id == C.message_id)
        .where(C.deal_key == deal_key, C.number == number)
        .order_by(C.message_id, C.channel)
    )
    return {row[0]: message_of(row[1:]) for row in rows}


def of_deal(session: Session, deal_key: str) -> list[Message]:
    """The messages that show any win of a deal."""
    shown = select(C.message_id).where(C.deal_key == deal_key)
    rows = session.execute(select(*COLUMNS).where(M.id.in_(shown)).order_by(M.id))
    return [message_of(row) for row in rows]


def place(session: Session, deal_key: str, number: int, channel: str, message_id: int) -> None:
    """A message shows a win in a channel from now on."""
    upsert(
        session,
        WinCardRow,
        {"deal_key": deal_key, "number": number, "channel": channel, "message_id": message_id},
    )


def leave(session: Session, deal_key: str, number: int, message_id: int) -> None:
    """A message shows a win no more."""
    session.execute(
        delete(table_of(WinCardRow)).where(
            C.deal_key == deal_key, C.number == number, C.message_id == message_id
        )
    )


def move(session: Session, from_message: int, to_message: int) -> None:
    """What one message showed another shows from now on."""
    session.execute(
        update(table_of(WinCardRow)).where(C.message_id == from_message).values(message_id=to_message)
    )


def wins_on(session: Session, message_id: int) -> list[tuple[str, int]]:
    """The wins (deal, number) that a message shows, in the order in which they were won."""
    rows = session.execute(
        select(C.deal_key, C.number)
        .join(table_of(WinRow), and_(W.deal_key == C.deal_key, W.number == C.number))
        .where(C.message_id == message_id)
        .order_by(W.won_at, C.deal_key, C.number)
    )
    return [(str(key), int(number)) for key, number in rows]


def posted(session: Session, deal_key: str, number: int) -> bool:
    """Whether a win was told in any channel."""
    found = session.execute(
        select(M.id)
        .join(table_of(WinCardRow), M.id == C.message_id)
        .where(C.deal_key == deal_key, C.number == number, M.ts.is_not(None))
        .limit(1)
    )
    return found.first() is not None


def shown_since(
    session: Session, first: date, last: date, since: datetime
) -> list[tuple[int, str | None, datetime]]:
    """(message, team, instant) of each standing win of these days that was won at `since` or later and is shown."""
    rows = session.execute(
        select(C.message_id, W.team, W.won_at)
        .join(table_of(WinRow), and_(W.deal_key == C.deal_key, W.number == C.number))
        .where(W.won_on.between(first, last), W.status == "won", W.won_at >= since)
    )
    return [(int(number), team, won_at) for number, team, won_at in rows]


def queued_since(session: Session, target: str, since: datetime) -> list[Message]:
    """The cards and lists of wins that were queued for a channel after an instant, oldest first.

    Numbers grow with time, so only the newest messages are looked at.
    """
    before = session.execute(
        select(M.id).where(M.created_at <= since).order_by(M.id.desc()).limit(1)
    ).scalar()
    rows = session.execute(
        select(*COLUMNS)
        .where(M.id > (before or 0), M.kind.in_(("win", "wins")), M.target == target, M.parent_id.is_(None))
        .order_by(M.id)
    )
    return [message_of(row) for row in rows]


def keep_ref(session: Session, message: Message, **more: Any) -> None:
    """Put more into what a message refers to."""
    ref = json.loads(session.execute(select(M.ref_json).where(M.id == message.id)).scalar_one())
    session.execute(update(MessageRow).where(M.id == message.id).values(ref_json=to_json({**ref, **more})))


def cannot_be_edited(session: Session, message: Message, digest: str, reason: str) -> None:
    """Slack takes no more edits of a message; what it should say counts as said, here or in its thread."""
    session.execute(
        update(MessageRow)
        .where(M.id == message.id)
        .values(state="sent", sent_digest=digest, lease_until=None, error=reason)
    )


def cancel(session: Session, message_id: int, reason: str) -> bool:
    """A message that waits is not needed; False if it is under way by now."""
    result = session.execute(
        update(MessageRow)
        .where(M.id == message_id, M.state.in_(("pending", "retry")))
        .values(state="cancelled", error=reason)
    )
    return changed_rows(result) == 1


def cancel_replies(session: Session, message_id: int, reason: str) -> None:
    """The message above them will never be there: replies that wait for it are not sent."""
    session.execute(
        update(MessageRow)
        .where(WAITS, M.parent_id == message_id, M.ts.is_(None))
        .values(state="cancelled", error=reason)
    )


def thanks_of(session: Session, deal_key: str, number: int) -> list[Thanked]:
    """Who thanked whom for a win, the earliest first.

    The thanks of deals that were merged into this one are for its win that stood then, else for its next one.
    """
    heirs = {key: _heir(session, deal_key, at) for key, at in records.deals_merged_into(session, deal_key)}
    inherited = [key for key, heir in heirs.items() if heir == number]
    own = and_(T.deal_key == deal_key, T.number == number)
    rows = session.execute(
        select(T.by_slack_id, T.to_json, T.words)
        .where(or_(own, T.deal_key.in_(inherited)))
        .order_by(T.at, T.id)
    )
    return [Thanked(str(by), tuple(json.loads(to)), str(words)) for by, to, words in rows]


def _heir(session: Session, deal_key: str, merged_at: datetime) -> int | None:
    """The number of the win that stood when another deal was merged into this one, else of the next one."""
    found = session.execute(
        select(func.min(W.number)).where(
            W.deal_key == deal_key, or_(W.ended_at.is_(None), W.ended_at > merged_at)
        )
    )
    return found.scalar()


def amounts_won(
    session: Session,
    first: date,
    last: date,
    currency: str,
    until: tuple[datetime, str, int] | None = None,
) -> list[WonAmount]:
    """What the wins of these days that stand brought; with `until`, those up to and including that win."""
    stands: Any = and_(
        W.won_on.between(first, last),
        W.status == "won",
        W.amount_minor.is_not(None),
        W.currency.is_not(None),
    )
    if until is not None:
        at, key, number = until
        same = and_(W.won_at == at, or_(W.deal_key < key, and_(W.deal_key == key, W.number <= number)))
        stands = and_(stands, or_(W.won_at < at, same))
    own = session.execute(
        select(W.team, func.sum(W.amount_minor), func.count())
        .where(stands, W.currency == currency)
        .group_by(W.team)
    )
    other = session.execute(
        select(W.team, W.amount_minor, W.currency, W.rate).where(stands, W.currency != currency)
    )
    return [
        *(WonAmount(team, int(total), currency, "1", int(wins)) for team, total, wins in own),
        *(WonAmount(team, int(minor), code, rate) for team, minor, code, rate in other),
    ]


def counted(session: Session, first: date, last: date) -> list[tuple[str, int, str | None, str | None]]:
    """(deal, number, owner, team) of the wins of these days that stand."""
    rows = session.execute(
        select(W.deal_key, W.number, W.owner_email, W.team).where(
            W.won_on.between(first, last), W.status == "won"
        )
    )
    return [(str(key), int(number), owner, team) for key, number, owner, team in rows]


def helped_by(session: Session, first: date, last: date) -> list[tuple[str, int, str]]:
    """(deal, number, name) of each asset, else campaign, else channel, with a part of a standing win of these days."""
    rows = session.execute(
        select(CR.deal_key, CR.number, func.coalesce(CR.asset, CR.campaign, CR.channel))
        .join(table_of(WinRow), and_(W.deal_key == CR.deal_key, W.number == CR.number))
        .where(W.won_on.between(first, last), W.status == "won", CR.touch_key.is_not(None))
        .distinct()
    )
    return [(str(key), int(number), str(name)) for key, number, name in rows if name]
