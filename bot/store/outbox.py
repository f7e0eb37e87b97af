"""The outbox: every message Winbell says or said, by natural key for ever.

A row is not a command to send but a message that Slack must show: without `ts` it is to be posted, with `ts` it is to
be edited. Its content is made from the records at the moment of sending.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import case, func, or_, select, update

from bot.store.sql import changed_rows, from_json, insert_new, table_of, to_json, written
from bot.store.tables import MessageRow, PaceRow

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

M = table_of(MessageRow).c
P = table_of(PaceRow).c
_PARENT = table_of(MessageRow).alias("parent")
_STANDS: Any = case((_PARENT.c.state.in_(("pending", "sending")), None), else_=_PARENT.c.ts)
_PARENT_STANDS: Any = or_(
    M.parent_id.is_(None),
    select(_STANDS).where(_PARENT.c.id == M.parent_id).scalar_subquery().is_not(None),
)
"""A reply can be posted once the message above it was and its edit was tried: perhaps somebody deleted that message.
As a value, it is looked up by its key in any plan."""
_INDEXED: Any = written(M.state, "pending", "retry", "ambiguous")
WAITS: Any = _INDEXED & written(M.state, "pending", "retry")
UNKNOWN: Any = _INDEXED & written(M.state, "ambiguous")
"""Each names the condition of the index of waiting messages, so that it is used."""


@dataclass(frozen=True, slots=True)
class Message:
    """A message of the outbox. `target` is a channel as the agreement names it, or `person:<e-mail>`.

    One with a `parent_id` is a reply in the thread of that message.
    """

    id: int
    key: str
    uid: str
    kind: str
    target: str
    ref: dict[str, Any]
    state: str
    created_at: datetime
    next_at: datetime
    tries: int
    looks: int
    lease_until: datetime | None
    attempted_at: datetime | None
    digest: str | None
    payload: dict[str, Any] | None
    channel_id: str | None
    ts: str | None
    sent_digest: str | None
    sent_at: datetime | None
    refresh_at: datetime | None
    redraw: bool | None
    held: str | None
    error: str | None
    parent_id: int | None


COLUMNS = (
    M.id,
    M.key,
    M.uid,
    M.kind,
    M.target,
    M.ref_json,
    M.state,
    M.created_at,
    M.next_at,
    M.tries,
    M.looks,
    M.lease_until,
    M.attempted_at,
    M.digest,
    M.payload_json,
    M.channel_id,
    M.ts,
    M.sent_digest,
    M.sent_at,
    M.refresh_at,
    M.redraw,
    M.held,
    M.error,
    M.parent_id,
)


def message_of(row: Any) -> Message:
    """A message from a row of COLUMNS."""
    values = list(row)
    values[5] = from_json(values[5])
    values[14] = from_json(values[14]) if values[14] is not None else None
    return Message(*values)


@dataclass(frozen=True, slots=True)
class New:
    """A message to be put into the outbox."""

    key: str
    kind: str
    target: str
    ref: dict[str, Any]
    next_at: datetime
    parent_id: int | None = None


def put(
    session: Session,
    *,
    key: str,
    kind: str,
    target: str,
    ref: dict[str, Any],
    now: datetime,
    next_at: datetime,
    parent_id: int | None = None,
) -> int | None:
    """A new message; None if its key was used before, in whatever way it ended."""
    return put_many(session, [New(key, kind, target, ref, next_at, parent_id)], now).get(key)


def put_many(session: Session, messages: Sequence[New], now: datetime) -> dict[str, int]:
    """New messages; returns the numbers of those whose key was not used before, by key."""
    if not messages:
        return {}
    rows = [
        {
            "key": message.key,
            "uid": uuid.uuid4().hex,
            "kind": message.kind,
            "target": message.target,
            "ref_json": to_json(message.ref),
            "state": "pending",
            "created_at": now,
            "next_at": message.next_at,
            "parent_id": message.parent_id,
            "tries": 0,
            "looks": 0,
        }
        for message in messages
    ]
    made = insert_new(session, MessageRow, rows, "id")
    found = session.execute(select(M.key, M.id).where(M.id.in_(made)))
    return {str(key): int(number) for key, number in found}


def by_key(session: Session, key: str) -> Message | None:
    """A message by its natural key."""
    row = session.execute(select(*COLUMNS).where(M.key == key)).first()
    return message_of(row) if row else None


def find(session: Session, number: int) -> Message | None:
    """A message by its number."""
    row = session.execute(select(*COLUMNS).where(M.id == number)).first()
    return message_of(row) if row else None


def by_uid(session: Session, uid: str) -> Message | None:
    """A message by the mark that it carries in Slack, which is also the value of a card's buttons."""
    row = session.execute(select(*COLUMNS).where(M.uid == uid)).first()
    return message_of(row) if row else None


def show_again(session: Session, message: Message, now: datetime) -> None:
    """What a message says has changed: post or edit it (again). One that is under way is compared when it returns."""
    session.execute(
        update(MessageRow)
        .where(M.id == message.id, M.state.in_(("sent", "cancelled", "stale", "pending")))
        .values(state="pending", next_at=now)
    )


def refresh(session: Session, now: datetime) -> int:
    """Messages that look different by now are to be edited; returns how many."""
    result = session.execute(
        update(MessageRow)
        .where(M.refresh_at.is_not(None), M.refresh_at <= now, M.state == "sent")
        .values(state="pending", next_at=now, refresh_at=None)
    )
    return changed_rows(result)


def to_post(session: Session, now: datetime) -> list[Message]:
    """The oldest message to be posted in each lane (channel or person) that is free now."""
    paced = select(P.lane).where(P.next_at > now)
    under_way = select(M.target).where(written(M.state, "sending"), M.ts.is_(None))
    oldest = (
        select(func.min(M.id))
        .where(
            WAITS,
            M.next_at <= now,
            M.ts.is_(None),
            _PARENT_STANDS,
            M.target.not_in(paced),
            M.target.not_in(under_way),
        )
        .group_by(M.target)
    )
    rows = session.execute(select(*COLUMNS).where(M.id.in_(oldest)).order_by(M.id))
    return [message_of(row) for row in rows]


def to_edit(session: Session, now: datetime, limit: int) -> list[Message]:
    """Posted messages to be edited now, oldest first."""
    rows = session.execute(
        select(*COLUMNS)
        .where(WAITS, M.next_at <= now, M.ts.is_not(None))
        .order_by(M.next_at, M.id)
        .limit(limit)
    )
    return [message_of(row) for row in rows]


def to_look_up(session: Session, now: datetime, limit: int) -> list[Message]:
    """Messages whose fate is unknown and may be looked up now."""
    rows = session.execute(
        select(*COLUMNS).where(UNKNOWN, M.next_at <= now).order_by(M.next_at, M.id).limit(limit)
    )
    return [message_of(row) for row in rows]


def next_wake(
    session: Session, now: datetime, *, post_from: datetime | None = None, edit_from: datetime | None = None
) -> datetime | None:
    """When the next waiting message can be taken; None if nothing waits for a time.

    Nothing is posted before `post_from` nor edited before `edit_from`. A lane whose message is under way is not
    counted: the end of that attempt is what frees it.
    """
    under_way = select(M.target).where(written(M.state, "sending"), M.ts.is_(None))
    posts = session.execute(
        select(func.min(M.next_at), P.next_at)
        .join(table_of(PaceRow), P.lane == M.target, isouter=True)
        .where(WAITS, M.ts.is_(None), _PARENT_STANDS, M.target.not_in(under_way))
        .group_by(M.target, P.next_at)
    )
    instants = [max(due, free or due, post_from or due) for due, free in posts]
    edit = session.execute(select(func.min(M.next_at)).where(WAITS, M.ts.is_not(None))).scalar()
    look = session.execute(select(func.min(M.next_at)).where(UNKNOWN)).scalar()
    turn = session.execute(
        select(func.min(M.refresh_at)).where(M.refresh_at.is_not(None), M.state == "sent")
    ).scalar()
    if turn is not None:
        instants.append(turn)
    if edit is not None:
        instants.append(max(edit, edit_from or edit))
    if look is not None:
        instants.append(look)
    return max(min(instants), now) if instants else None


def claim(
    session: Session,
    message: Message,
    *,
    digest: str,
    payload: dict[str, Any],
    now: datetime,
    lease_until: datetime,
    refresh_at: datetime | None = None,
) -> bool:
    """Take a message for one attempt; to be committed before the call. False if it changed meanwhile.

    It will look different from `refresh_at` on, and is looked at again then.
    """
    result = session.execute(
        update(MessageRow)
        .where(M.id == message.id, M.state == message.state, M.tries == message.tries)
        .values(
            state="sending",
            tries=message.tries + 1,
            digest=digest,
            payload_json=to_json(payload),
            attempted_at=now,
            lease_until=lease_until,
            refresh_at=refresh_at,
        )
    )
    return changed_rows(result) == 1


def sent(session: Session, message_id: int, *, channel_id: str, ts: str, digest: str, now: datetime) -> None:
    """Keep the receipt of a delivery."""
    session.execute(
        update(MessageRow)
        .where(M.id == message_id, M.state.in_(("sending", "ambiguous")))
        .values(
            state="sent",
            channel_id=channel_id,
            ts=ts,
            sent_digest=digest,
            sent_at=func.coalesce(M.sent_at, now),
            tries=0,
            looks=0,
            error=None,
            lease_until=None,
        )
    )


def settle(
    session: Session,
    message_id: int,
    *,
    state: str,
    next_at: datetime | None,
    error: str | None,
    looks: int | None = None,
) -> None:
    """What follows a failed attempt or look-up, or a message that needs no sending any more."""
    values: dict[str, Any] = {"state": state, "error": error, "lease_until": None}
    if next_at is not None:
        values["next_at"] = next_at
    if looks is not None:
        values["looks"] = looks
    session.execute(update(MessageRow).where(M.id == message_id).values(**values))


def hold(session: Session, message_id: int, until: datetime, reason: str | None = None) -> None:
    """A message waits for an instant; `reason`, where there is one, is kept in words."""
    values: dict[str, Any] = {"next_at": until}
    if reason is not None:
        values["held"] = f"held until {until:%Y-%m-%d %H:%M} UTC: {reason}"
    session.execute(update(MessageRow).where(M.id == message_id).values(**values))


def turns(session: Session, message_id: int, refresh_at: datetime | None) -> None:
    """A message will look different from an instant on (None: never)."""
    session.execute(update(MessageRow).where(M.id == message_id).values(refresh_at=refresh_at))


def retarget(session: Session, message_id: int, target: str) -> None:
    """A message goes elsewhere: its person has no account in Slack."""
    session.execute(update(MessageRow).where(M.id == message_id).values(target=target))


def orphans(session: Session, now: datetime | None) -> list[Message]:
    """Attempts nobody is making any more: their lease has run out (or, with None, whatever their lease says)."""
    condition: Any = written(M.state, "sending")
    if now is not None:
        condition = condition & (M.lease_until < now)
    return [
        message_of(row)
        for row in session.execute(select(*COLUMNS).where(condition).order_by(M.lease_until, M.id))
    ]


def failed(session: Session, limit: int = 200) -> list[Message]:
    """Messages that were given up, whose fate is unknown, or that wait for another try."""
    rows = session.execute(
        select(*COLUMNS).where(M.state.in_(("dead", "ambiguous", "retry"))).order_by(M.id).limit(limit)
    )
    return [message_of(row) for row in rows]


def latest(session: Session, limit: int = 50) -> list[Message]:
    """The newest messages, newest first."""
    rows = session.execute(select(*COLUMNS).order_by(M.id.desc()).limit(limit))
    return [message_of(row) for row in rows]


def retry(session: Session, numbers: Sequence[int] | None, now: datetime) -> int:
    """Send given-up messages (all, or these) again; those whose fate is unknown are looked up first."""
    which: Any = M.state.in_(("dead", "retry"))
    looks: Any = M.state == "ambiguous"
    if numbers is not None:
        which, looks = which & M.id.in_(numbers), looks & M.id.in_(numbers)
    again = session.execute(update(MessageRow).where(which).values(state="pending", tries=0, next_at=now))
    looked = session.execute(update(MessageRow).where(looks).values(looks=0, next_at=now))
    return changed_rows(again) + changed_rows(looked)


def counts(session: Session) -> dict[str, int]:
    """How many messages are in each state that is not an end."""
    states = ("pending", "sending", "retry", "ambiguous", "dead")
    rows = session.execute(select(M.state, func.count()).where(M.state.in_(states)).group_by(M.state))
    return {str(state): int(count) for state, count in rows}


def oldest_waiting(session: Session) -> datetime | None:
    """When the oldest message that waits to be sent was due."""
    oldest: datetime | None = session.execute(select(func.min(M.next_at)).where(WAITS)).scalar_one()
    return oldest
