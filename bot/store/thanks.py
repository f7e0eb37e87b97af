"""Words of thanks about wins."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select, update

from bot.store.sql import table_of, to_json
from bot.store.tables import ThanksRow, WinRow

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

T = table_of(ThanksRow).c
W = table_of(WinRow).c


@dataclass(frozen=True, slots=True)
class Word:
    """A word of thanks about one win of a deal; people are Slack accounts, `at` is UTC."""

    deal_key: str
    number: int
    at: datetime
    by_slack_id: str
    to: tuple[str, ...]
    words: str


_COLUMNS = (T.deal_key, T.number, T.at, T.by_slack_id, T.to_json, T.words)


def add(session: Session, word: Word, *, unless_since: datetime) -> bool:
    """Keep a word of thanks; False where the same one was kept since an instant."""
    same_win = (W.deal_key == word.deal_key) & (W.number == word.number)
    # Whoever writes to the win's row goes first: two of the same at once are one, on every database.
    session.execute(update(WinRow).where(same_win).values(silent=W.silent))
    to = to_json(sorted(set(word.to)))
    same = session.execute(
        select(T.id).where(
            T.deal_key == word.deal_key,
            T.number == word.number,
            T.by_slack_id == word.by_slack_id,
            T.to_json == to,
            T.words == word.words,
            T.at > unless_since,
        )
    )
    if same.first() is not None:
        return False
    row = {
        "deal_key": word.deal_key,
        "number": word.number,
        "at": word.at,
        "by_slack_id": word.by_slack_id,
        "to_json": to,
        "words": word.words,
    }
    session.execute(insert(table_of(ThanksRow)), [row])
    return True


def since(session: Session, instant: datetime) -> list[Word]:
    """The thanks given at an instant or after it, about wins that stand; the earliest first."""
    rows = session.execute(
        select(*_COLUMNS)
        .join(table_of(WinRow), (W.deal_key == T.deal_key) & (W.number == T.number))
        .where(T.at >= instant, W.status == "won")
        .order_by(T.at, T.id)
    )
    return [_word(row) for row in rows]


def _word(row: Any) -> Word:
    deal_key, number, at, by, to, words = row
    return Word(deal_key, number, at, by, tuple(json.loads(to)), words)
