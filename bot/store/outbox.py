"""The outbox: every message Winbell says or said, by natural key for ever.

A row is not a command to send but a message that Slack must show: without `ts` it is to be posted, with `ts` it is to
be edited. Its content is made from the records at the moment of sending.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select, update

from bot.store.sql import changed_rows, from_json, insert_new, table_of, to_json, upsert
from bot.store.tables import ChannelRow, MessageRow, NudgeItemRow, PaceRow

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

M = table_of(MessageRow).c
N = table_of(NudgeItemRow).c
P = table_of(PaceRow).c
CH = table_of(ChannelRow).c
_WAITING = ("pending", "retry")


@dataclass(frozen=True, slots=True)
class Message:
    """A message of the outbox. `target` is a channel as the agreement names it, or `person:<e-mail>`."""

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
    error: str | None


@dataclass(frozen=True, slots=True)
class NudgeItem:
    """A lead in a reminder. `ref` is the opaque value of its button."""

    message_id: int
    lead_key: str
    cycle: int
    ref: str
    step: str
    due_at: datetime


_COLUMNS = (
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
    M.error,
)
_ITEM_COLUMNS = tuple(N[name] for name in NudgeItem.__dataclass_fields__)


def _message(row: Any) -> Message:
    values = list(row)
    values[5] = from_json(values[5])
    values[14] = from_json(values[14]) if values[14] is not None else None
    return Message(*values)


def put(
    session: Session,
    *,
    key: str,
    kind: str,
    target: str,
    ref: dict[str, Any],
    now: datetime,
    next_at: datetime,
) -> int | None:
    """A new message; None if its key was used before, in whatever way it ended."""
    row = {
        "key": key,
        "uid": uuid.uuid4().hex,
        "kind": kind,
        "target": target,
        "ref_json": to_json(ref),
        "state": "pending",
        "created_at": now,
        "next_at": next_at,
        "tries": 0,
        "looks": 0,
    }
    ids = insert_new(session, MessageRow, [row], "id")
    return int(ids[0]) if ids else None


def by_key(session: Session, key: str) -> Message | None:
    """A message by its natural key."""
    row = session.execute(select(*_COLUMNS).where(M.key == key)).first()
    return _message(row) if row else None


def find(session: Session, number: int) -> Message | None:
    """A message by its number."""
    row = session.execute(select(*_COLUMNS).where(M.id == number)).first()
    return _message(row) if row else None


def show_again(session: Session, message: Message, now: datetime) -> None:
    """What a message says has changed: post or edit it (again). One that is under way is compared when it returns."""
    session.execute(
        update(MessageRow)
        .where(M.id == message.id, M.state.in_(("sent", "cancelled", "stale", "pending")))
        .values(state="pending", next_at=now)
    )


def to_post(session: Session, now: datetime) -> list[Message]:
    """The oldest message to be posted in each lane (channel or person) that is free now."""
    paced = select(P.lane).where(P.next_at > now)
    under_way = select(M.target).where(M.state == "sending", M.ts.is_(None))
    oldest = (
        select(func.min(M.id))
        .where(
            M.state.in_(_WAITING),
            M.next_at <= now,
            M.ts.is_(None),
            M.target.not_in(paced),
            M.target.not_in(under_way),
        )
        .group_by(M.target)
    )
    rows = session.execute(select(*_COLUMNS).where(M.id.in_(oldest)).order_by(M.id))
    return [_message(row) for row in rows]


def to_edit(session: Session, now: datetime, limit: int) -> list[Message]:
    """Posted messages to be edited now, oldest first."""
    rows = session.execute(
        select(*_COLUMNS)
        .where(M.state.in_(_WAITING), M.next_at <= now, M.ts.is_not(None))
        .order_by(M.next_at, M.id)
        .limit(limit)
    )
    return [_message(row) for row in rows]


def to_look_up(session: Session, now: datetime, limit: int) -> list[Message]:
    """Messages whose fate is unknown and may be looked up now."""
    rows = session.execute(
        select(*_COLUMNS)
        .where(M.state == "ambiguous", M.next_at <= now)
        .order_by(M.next_at, M.id)
        .limit(limit)
    )
    return [_message(row) for row in rows]


def next_wake(session: Session, now: datetime) -> datetime | None:
    """When the next waiting message may be due, lanes considered; None if nothing waits."""
    lane_free = select(P.next_at).where(P.lane == M.target).scalar_subquery()
    rows = session.execute(
        select(M.next_at, lane_free)
        .where(M.state.in_((*_WAITING, "ambiguous")))
        .order_by(M.next_at)
        .limit(50)
    )
    instants = [max(due, free) if free is not None else due for due, free in rows]
    return max(min(instants), now) if instants else None


def claim(
    session: Session,
    message: Message,
    *,
    digest: str,
    payload: dict[str, Any],
    now: datetime,
    lease_until: datetime,
) -> bool:
    """Take a message for one attempt; to be committed before the call. False if it changed meanwhile."""
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


def hold(session: Session, message_id: int, until: datetime) -> None:
    """A message waits for an instant."""
    session.execute(update(MessageRow).where(M.id == message_id).values(next_at=until))


def retarget(session: Session, message_id: int, target: str) -> None:
    """A message goes elsewhere: its person has no account in Slack."""
    session.execute(update(MessageRow).where(M.id == message_id).values(target=target))


def orphans(session: Session, now: datetime | None) -> list[Message]:
    """Attempts nobody is making any more: their lease has run out (or, with None, whatever their lease says)."""
    condition: Any = M.state == "sending"
    if now is not None:
        condition = condition & (M.lease_until < now)
    return [_message(row) for row in session.execute(select(*_COLUMNS).where(condition).order_by(M.id))]


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


def waiting_nudge(session: Session, target: str) -> Message | None:
    """The reminder that waits to be sent to somebody, if there is one."""
    rows = session.execute(
        select(*_COLUMNS)
        .where(M.kind == "nudge", M.target == target, M.state.in_(_WAITING), M.ts.is_(None))
        .order_by(M.id)
    )
    row = rows.first()
    return _message(row) if row else None


def latest_nudge(session: Session, target: str, since: datetime) -> Message | None:
    """The reminder sent last to somebody, if that was after an instant."""
    rows = session.execute(
        select(*_COLUMNS)
        .where(M.kind == "nudge", M.target == target, M.sent_at > since, M.state == "sent")
        .order_by(M.sent_at.desc(), M.id.desc())
    )
    row = rows.first()
    return _message(row) if row else None


def nudges_sent(session: Session, target: str, since: datetime) -> list[datetime]:
    """When reminders were sent to somebody since an instant, oldest first."""
    rows = session.execute(
        select(M.sent_at).where(M.kind == "nudge", M.target == target, M.sent_at >= since).order_by(M.sent_at)
    )
    return list(rows.scalars())


def put_item(
    session: Session, message_id: int, lead_key: str, cycle: int, step: str, due_at: datetime
) -> None:
    """Add a lead to a reminder, or move it on to a later step."""
    known = session.execute(
        select(N.ref).where(N.message_id == message_id, N.lead_key == lead_key, N.cycle == cycle)
    ).scalar_one_or_none()
    upsert(
        session,
        NudgeItemRow,
        {
            "message_id": message_id,
            "lead_key": lead_key,
            "cycle": cycle,
            "ref": known or uuid.uuid4().hex,
            "step": step,
            "due_at": due_at,
        },
    )


def drop_item(session: Session, message_id: int, lead_key: str) -> None:
    """Take a lead out of a reminder that was not sent yet."""
    session.execute(table_of(NudgeItemRow).delete().where(N.message_id == message_id, N.lead_key == lead_key))


def items_of(session: Session, message_id: int) -> list[NudgeItem]:
    """The leads of a reminder, the most urgent first."""
    rows = session.execute(
        select(*_ITEM_COLUMNS).where(N.message_id == message_id).order_by(N.due_at, N.lead_key)
    )
    return [NudgeItem(*row) for row in rows]


def item_by_ref(session: Session, ref: str) -> NudgeItem | None:
    """The lead behind a button."""
    row = session.execute(select(*_ITEM_COLUMNS).where(N.ref == ref)).first()
    return NudgeItem(*row) if row else None


def messages_with(session: Session, lead_keys: Collection[str]) -> list[Message]:
    """The reminders that show any of these leads."""
    which = select(N.message_id).where(N.lead_key.in_(lead_keys))
    return [_message(row) for row in session.execute(select(*_COLUMNS).where(M.id.in_(which)).order_by(M.id))]


def failed(session: Session, limit: int = 200) -> list[Message]:
    """Messages that were given up, whose fate is unknown, or that wait for another try."""
    rows = session.execute(
        select(*_COLUMNS).where(M.state.in_(("dead", "ambiguous", "retry"))).order_by(M.id).limit(limit)
    )
    return [_message(row) for row in rows]


def latest(session: Session, limit: int = 50) -> list[Message]:
    """The newest messages, newest first."""
    rows = session.execute(select(*_COLUMNS).order_by(M.id.desc()).limit(limit))
    return [_message(row) for row in rows]


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
    oldest: datetime | None = session.execute(
        select(func.min(M.next_at)).where(M.state.in_(_WAITING))
    ).scalar_one()
    return oldest
