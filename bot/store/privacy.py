"""Finding and rewriting everything that is kept about a person. Rare, so it may look through whole tables."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, insert, or_, select, update

from bot.domain.merging import stamp_text
from bot.domain.privacy import PERSONAL
from bot.store.sql import changed_rows, from_json, table_of, to_json
from bot.store.tables import (
    ActivityRow,
    AnswerRow,
    DealContactRow,
    DealRow,
    EventRow,
    LeadRow,
    MessageRow,
    PersonRow,
    TouchRow,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping
    from datetime import datetime

    from sqlalchemy.orm import Session

    Rewrite = Callable[[str, Mapping[str, Any]], dict[str, Any]]
    """(kind of record, its data) → the data without the person."""

L = table_of(LeadRow).c
E = table_of(EventRow).c
M = table_of(MessageRow).c
DC = table_of(DealContactRow).c
D = table_of(DealRow).c
AN = table_of(AnswerRow).c
PE = table_of(PersonRow).c
_ACTS = {"touch": table_of(TouchRow), "activity": table_of(ActivityRow)}


def to_forget(session: Session, limit: int) -> list[str]:
    """Deleted leads whose person's data is still there."""
    rows = session.execute(
        select(L.key).where(L.deleted, L.forgotten_at.is_(None)).order_by(L.key).limit(limit)
    )
    return list(rows.scalars())


def forget_leads(
    session: Session, keys: Collection[str], stand_in: Mapping[str, str], rewrite: Rewrite, now: datetime
) -> int:
    """Rewrite leads; what went is stamped with `now`, so that late news of the past brings nothing back."""
    rows = session.execute(
        select(L.key, L.email, L.data_json, L.stamps_json).where(L.key.in_(sorted(keys)))
    ).all()
    for key, email, data, stamps in rows:
        before = from_json(data)
        after = rewrite("lead", before)
        gone = {name for name in (*PERSONAL, *before) if name == "email" or name not in after}
        stamped = from_json(stamps) | {name: [stamp_text(now), 0, "forgotten"] for name in sorted(gone)}
        session.execute(
            update(LeadRow)
            .where(L.key == key)
            .values(
                email=stand_in.get(email, email),
                data_json=to_json(after),
                stamps_json=to_json(stamped),
                forgotten_at=now,
            )
        )
    return len(rows)


def forget_acts(
    session: Session, keys: Collection[str], stand_in: Mapping[str, str], rewrite: Rewrite
) -> int:
    """Rewrite the touches and activities of these leads and addresses."""
    count = 0
    for kind, table in _ACTS.items():
        columns = table.c
        rows = session.execute(
            select(columns.key, columns.email, columns.data_json).where(
                or_(columns.lead_key.in_(sorted(keys)), columns.email.in_(sorted(stand_in)))
            )
        ).all()
        for key, email, data in rows:
            values = {
                "email": stand_in.get(email, email),
                "data_json": to_json(rewrite(kind, from_json(data))),
            }
            session.execute(update(table).where(columns.key == key).values(**values))
        count += len(rows)
    return count


def forget_contacts(session: Session, stand_in: Mapping[str, str], rewrite: Rewrite) -> int:
    """Rewrite the deals that name these addresses."""
    rows = session.execute(select(DC.deal_key, DC.email).where(DC.email.in_(sorted(stand_in)))).all()
    for deal_key, email in rows:
        session.execute(delete(DealContactRow).where(DC.deal_key == deal_key, DC.email == email))
        session.execute(insert(table_of(DealContactRow)).values(deal_key=deal_key, email=stand_in[email]))
    for deal_key in sorted({deal_key for deal_key, _ in rows}):
        data = session.execute(select(D.data_json).where(D.key == deal_key)).scalar_one()
        session.execute(
            update(DealRow)
            .where(D.key == deal_key)
            .values(data_json=to_json(rewrite("deal", from_json(data))))
        )
    return len(rows)


def forget_answers(session: Session, keys: Collection[str]) -> int:
    """Empty the free text of what people answered about these leads."""
    rows = session.execute(select(AN.id, AN.data_json).where(AN.lead_key.in_(sorted(keys)))).all()
    for number, data in rows:
        kept = {
            name: None if name in {"note", "next_step", "words"} else value
            for name, value in from_json(data).items()
        }
        session.execute(update(AnswerRow).where(AN.id == number).values(data_json=to_json(kept)))
    return len(rows)


def forget_events(session: Session, keys: Collection[str], emails: Collection[str], rewrite: Rewrite) -> int:
    """Rewrite the stored events that name these addresses, or are about these leads; their identity stays."""
    asked: list[Any] = [E.body_json.contains(_quoted(email), autoescape=True) for email in sorted(emails)]
    for key in sorted(keys):
        source, _, lead_id = key.partition("/")
        about = E.body_json.contains(f'"id":{_quoted(lead_id)}', autoescape=True)
        asked.append((E.source == source) & E.type.startswith("lead.") & about)
    count = 0
    for number, source, kind, body in session.execute(
        select(E.id, E.source, E.type, E.body_json).where(or_(*asked))
    ).all():
        told = json.loads(body)
        data = told["data"]
        theirs = f"{source}/{data.get('id')}" in keys or data.get("email") in emails
        if kind.startswith("lead.") and not theirs:
            continue
        told["data"] = rewrite(kind.partition(".")[0], data)
        session.execute(update(EventRow).where(E.id == number).values(body_json=to_json(told)))
        count += 1
    return count


def forget_person(session: Session, email: str, rewrite: Rewrite) -> bool:
    """Empty what is known of somebody of the seller; the address stays as the owner's identity."""
    row = session.execute(select(PE.data_json).where(PE.email == email)).first()
    if row is None:
        return False
    emptied = dict.fromkeys(
        ("name", "team", "role", "manager_email", "timezone", "slack_user_id", "slack_found_id"), None
    )
    session.execute(
        update(PersonRow)
        .where(PE.email == email)
        .values(
            **emptied,
            slack_timezone=None,
            dm_channel=None,
            data_json=to_json(rewrite("person", from_json(row[0]))),
        )
    )
    return True


def messages_saying(session: Session, words: Collection[str]) -> list[int]:
    """The messages whose payload holds any of these texts, not as a part of other words: Al is not in Alpine."""
    asked = [M.payload_json.contains(_inside(word), autoescape=True) for word in sorted(words)]
    if not asked:
        return []
    whole = re.compile(
        "|".join(rf"(?<!\w){re.escape(_inside(word))}(?!\w)" for word in sorted(words)), re.IGNORECASE
    )
    rows = session.execute(select(M.id, M.payload_json).where(or_(*asked)).order_by(M.id))
    return [number for number, payload in rows if whole.search(payload)]


def draw_anew(session: Session, numbers: Collection[int], now: datetime) -> int:
    """Posted messages are to be drawn anew, whatever their kind, and edited if they differ; their kept text goes."""
    if not numbers:
        return 0
    which = M.id.in_(sorted(numbers))
    session.execute(update(MessageRow).where(which).values(payload_json=None))
    result = session.execute(
        update(MessageRow)
        .where(which, M.ts.is_not(None), M.state.in_(("sent", "cancelled", "stale")))
        .values(state="pending", next_at=now, redraw=True)
    )
    return changed_rows(result)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _inside(text: str) -> str:
    return _quoted(text)[1:-1]
