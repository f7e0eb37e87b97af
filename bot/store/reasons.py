"""Reading back why a message is there: the message behind a ts, and the events about the records behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import or_, select

from bot.store.answers import Answer
from bot.store.outbox import COLUMNS, M, Message, message_of
from bot.store.sql import from_json, table_of, to_json
from bot.store.tables import AnswerRow, EventRow

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from datetime import datetime

    from sqlalchemy.orm import Session

E = table_of(EventRow).c
AN = table_of(AnswerRow).c
_ANSWER = tuple(AN["data_json" if name == "data" else name] for name in Answer.__dataclass_fields__)


def message_at(session: Session, channel_id: str, ts: str) -> Message | None:
    """The message of the outbox that Slack shows in a channel under a ts."""
    row = session.execute(select(*COLUMNS).where(M.channel_id == channel_id, M.ts == ts)).first()
    return message_of(row) if row else None


def events_naming(
    session: Session, kinds: Collection[str], names: Collection[str]
) -> Iterator[tuple[int, str, str, str, str, datetime, str]]:
    """Events whose body holds one of these names as a JSON text, newest first, as far as they are read.

    Each is (number, source, id, type, body, received at, state); `kinds` are the words before the dot of a type. The
    body may hold a name elsewhere than in the field that is meant: the caller looks again.
    """
    if not names:
        return
    held = or_(*(E.body_json.contains(to_json(name), autoescape=True) for name in sorted(names)))
    types = or_(*(E.type.startswith(f"{kind}.") for kind in sorted(kinds)))
    rows = session.execute(
        select(E.id, E.source, E.event_id, E.type, E.body_json, E.received_at, E.state)
        .where(types, held)
        .order_by(E.id.desc())
    )
    yield from ((row[0], row[1], row[2], row[3], row[4], row[5], row[6]) for row in rows)


def answers_about(session: Session, lead_keys: Collection[str]) -> list[Answer]:
    """What people answered in Slack about these leads, oldest first; also what was taken back."""
    rows = session.execute(select(*_ANSWER).where(AN.lead_key.in_(sorted(lead_keys))).order_by(AN.at, AN.id))
    names = Answer.__dataclass_fields__
    return [Answer(**dict(zip(names, (*row[:-1], from_json(row[-1])), strict=True))) for row in rows]
