"""Wins, both sides' parts of them, and the log of what changed about them."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, insert, select, update

from bot.store.sql import table_of, upsert
from bot.store.tables import CreditRow, WinChangeRow, WinPersonRow, WinRow

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from sqlalchemy.orm import Session

W = table_of(WinRow).c
CR = table_of(CreditRow).c
WP = table_of(WinPersonRow).c
WC = table_of(WinChangeRow).c


@dataclass(frozen=True, slots=True)
class Win:
    """One win of a deal. Amounts are minor units; `status` is `won` while it stands.

    `rate` is what one unit of `currency` was worth in the reports' currency when the win was booked. `kind`, `segment`
    and the owner's `team` are those of the time of the win.
    """

    deal_key: str
    number: int
    won_at: datetime
    won_on: date
    status: str
    ended_at: datetime | None
    silent: bool
    amount_minor: int | None
    currency: str | None
    owner_email: str | None
    model: str
    parameters: str
    rate: str | None
    announced_amount_minor: int | None
    announced_currency: str | None
    announced_owner: str | None
    kind: str | None = None
    segment: str | None = None
    team: str | None = None


@dataclass(frozen=True, slots=True)
class PersonCredit:
    """A person's part of a win; `share` is an exact fraction as text, no `email` is an owner who is not known."""

    position: int
    email: str | None
    role: str | None
    share: str
    amount_minor: int | None


@dataclass(frozen=True, slots=True)
class Change:
    """One line of the log of a win: what of it (`field`) was something else before `at`."""

    id: int
    at: datetime
    field: str
    was: str | None
    now: str | None


@dataclass(frozen=True, slots=True)
class Credit:
    """A touch's part of a win; `share` is an exact fraction as text, `touch_key` None means unattributed."""

    position: int
    touch_key: str | None
    at: datetime | None
    asset: str | None
    campaign: str | None
    channel: str | None
    kind: str | None
    share: str
    amount_minor: int | None


_COLUMNS = tuple(W[name] for name in Win.__dataclass_fields__)
_CREDIT_COLUMNS = tuple(CR[name] for name in Credit.__dataclass_fields__)

_OF_DEAL = select(*_COLUMNS).where(W.deal_key == bindparam("key")).order_by(W.number)
_CREDITS_OF = (
    select(*_CREDIT_COLUMNS)
    .where(CR.deal_key == bindparam("key"), CR.number == bindparam("number"))
    .order_by(CR.position)
)
_FORGET_CREDITS = (
    table_of(CreditRow).delete().where(CR.deal_key == bindparam("of"), CR.number == bindparam("win"))
)
_NEW_CREDITS = insert(table_of(CreditRow))
_PEOPLE_OF = (
    select(*(WP[name] for name in PersonCredit.__dataclass_fields__))
    .where(WP.deal_key == bindparam("key"), WP.number == bindparam("number"))
    .order_by(WP.position)
)
_FORGET_PEOPLE = (
    table_of(WinPersonRow).delete().where(WP.deal_key == bindparam("of"), WP.number == bindparam("win"))
)
_NEW_PEOPLE = insert(table_of(WinPersonRow))
_NEW_CHANGE = insert(table_of(WinChangeRow))


def of_deal(session: Session, deal_key: str) -> dict[int, Win]:
    """The wins of a deal by number."""
    rows = session.execute(_OF_DEAL, {"key": deal_key})
    return {win.number: win for win in (Win(*row) for row in rows)}


def find(session: Session, deal_key: str, number: int) -> Win | None:
    """One win."""
    return of_deal(session, deal_key).get(number)


def save(session: Session, win: Win) -> None:
    """Write a win."""
    upsert(session, WinRow, asdict(win))


def announced(session: Session, win: Win) -> None:
    """Keep what was first told of a win, so that a correction can say what it was."""
    session.execute(
        update(WinRow)
        .where(W.deal_key == win.deal_key, W.number == win.number)
        .values(
            announced_amount_minor=win.amount_minor,
            announced_currency=win.currency,
            announced_owner=win.owner_email,
        )
    )


def credits_of(session: Session, deal_key: str, number: int) -> list[Credit]:
    """The credits of a win, in the order of the touches."""
    rows = session.execute(_CREDITS_OF, {"key": deal_key, "number": number})
    return [Credit(*row) for row in rows]


def replace_credits(session: Session, deal_key: str, number: int, credits_now: Sequence[Credit]) -> None:
    """Book the credits of a win anew."""
    session.execute(_FORGET_CREDITS, {"of": deal_key, "win": number})
    if credits_now:
        session.execute(
            _NEW_CREDITS,
            [{"deal_key": deal_key, "number": number, **asdict(credit)} for credit in credits_now],
        )


def people_of(session: Session, deal_key: str, number: int) -> list[PersonCredit]:
    """The parts of the people who won a standing win, the owner's first; none for one that does not stand."""
    rows = session.execute(_PEOPLE_OF, {"key": deal_key, "number": number})
    return [PersonCredit(*row) for row in rows]


def replace_people(session: Session, deal_key: str, number: int, people_now: Sequence[PersonCredit]) -> None:
    """Book the people's parts of a win anew."""
    session.execute(_FORGET_PEOPLE, {"of": deal_key, "win": number})
    if people_now:
        session.execute(
            _NEW_PEOPLE, [{"deal_key": deal_key, "number": number, **asdict(part)} for part in people_now]
        )


def log_change(
    session: Session, deal_key: str, number: int, at: datetime, field: str, was: str | None, now: str | None
) -> None:
    """Keep that something about a booked win changed."""
    change = {"deal_key": deal_key, "number": number, "at": at, "field": field, "was": was, "now": now}
    session.execute(_NEW_CHANGE, change)


def changes_of(session: Session, deal_key: str, number: int) -> list[Change]:
    """What changed about a win since it was booked, the earliest first."""
    columns = (WC[name] for name in Change.__dataclass_fields__)
    rows = session.execute(
        select(*columns).where(WC.deal_key == deal_key, WC.number == number).order_by(WC.id)
    )
    return [Change(*row) for row in rows]


def without_team(session: Session, owner: str) -> list[str]:
    """The deals whose standing win was booked when its owner's team was not known."""
    rows = session.execute(
        select(W.deal_key).where(W.owner_email == owner, W.status == "won", W.team.is_(None)).distinct()
    )
    return sorted(rows.scalars())


def standing(session: Session) -> list[Win]:
    """All wins that stand."""
    rows = session.execute(select(*_COLUMNS).where(W.status == "won").order_by(W.deal_key, W.number))
    return [Win(*row) for row in rows]
