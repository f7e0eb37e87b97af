"""What reports are made of: plain rows, read in one snapshot."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, func, or_, select

from bot.store.sql import from_json, table_of
from bot.store.tables import (
    ActivityRow,
    AnswerRow,
    ClockRow,
    DealContactRow,
    DealLeadRow,
    DealRow,
    LeadRow,
    PersonRow,
    WinRow,
)

if TYPE_CHECKING:
    from datetime import date, datetime

    from sqlalchemy.orm import Session

D = table_of(DealRow).c
W = table_of(WinRow).c
L = table_of(LeadRow).c
P = table_of(PersonRow).c
C = table_of(ClockRow).c
A = table_of(ActivityRow).c
AN = table_of(AnswerRow).c
DC = table_of(DealContactRow).c
DL = table_of(DealLeadRow).c


@dataclass(frozen=True, slots=True)
class DealFacts:
    """A deal in a report. Amounts are minor units of `currency`; None where the currency is unknown."""

    key: str
    stage: str | None
    stage_class: str
    owner: str | None
    segment: str | None
    kind: str | None
    amount: str | None
    amount_minor: int | None
    currency: str | None
    created: str | None
    ended: str | None
    ended_at: datetime | None
    ended_on: date | None


_DEAL = (
    D.key,
    D.stage,
    D.stage_class,
    D.owner_email,
    D.segment,
    D.kind,
    D.amount,
    D.amount_minor,
    D.currency,
    D.created,
    D.ended,
    D.ended_at,
    D.ended_on,
)


def _whole_second(instant: datetime) -> datetime:
    """The end of an instant's second: whoever asks for 23:59:59 means the whole day, which a date alone ends with."""
    return instant.replace(microsecond=999_999)


def open_deals(session: Session, as_of: datetime) -> list[DealFacts]:
    """The deals that were open at an instant: not closed yet now, or closed after it."""
    rows = session.execute(
        select(*_DEAL).where(
            D.described,
            or_(
                D.stage_class.in_(("open", "unknown")),
                and_(D.stage_class.in_(("won", "lost")), D.ended_at > _whole_second(as_of)),
            ),
        )
    )
    return [DealFacts(*tuple(row)) for row in rows]


def closed_deals(session: Session, first: date | None, last: date | None, as_of: datetime) -> list[DealFacts]:
    """The deals that stand as won or lost, closed from the first to the last day (both counted)."""
    conditions: list[Any] = [
        D.described,
        D.stage_class.in_(("won", "lost")),
        D.ended_at <= _whole_second(as_of),
    ]
    if first is not None:
        conditions.append(D.ended_on >= first)
    if last is not None:
        conditions.append(D.ended_on <= last)
    rows = session.execute(select(*_DEAL).where(*conditions).order_by(D.key))
    return [DealFacts(*tuple(row)) for row in rows]


def standing_rates(session: Session) -> dict[str, tuple[int, str | None]]:
    """The standing win of each won deal: (number, rate used)."""
    rows = session.execute(select(W.deal_key, W.number, W.rate).where(W.status == "won"))
    return {key: (number, rate) for key, number, rate in rows}


def deal_names(session: Session, keys: list[str]) -> dict[str, str | None]:
    """The names of some deals."""
    found: dict[str, str | None] = {}
    for start in range(0, len(keys), 500):
        rows = session.execute(select(D.key, D.data_json).where(D.key.in_(keys[start : start + 500])))
        found.update((key, from_json(data).get("name")) for key, data in rows)
    return found


def people_facts(session: Session) -> dict[str, tuple[str | None, str | None, str | None]]:
    """Each person's (name, team, manager's e-mail)."""
    rows = session.execute(select(P.email, P.name, P.team, P.manager_email))
    return {email: (name, team, manager) for email, name, team, manager in rows}


@dataclass(frozen=True, slots=True)
class LeadFacts:
    """A lead in a report."""

    key: str
    first_at: datetime
    data: dict[str, Any]


def described_leads(session: Session) -> list[LeadFacts]:
    """Every described lead that is not deleted."""
    rows = session.execute(
        select(L.key, L.first_at, L.data_json).where(L.described, L.deleted.is_(False)).order_by(L.key)
    )
    return [LeadFacts(key, first, from_json(data)) for key, first, data in rows]


LeadLink = tuple[str, str | None, str | None]


def lead_links(session: Session) -> list[LeadLink]:
    """What joins leads into contacts, stubs and deleted ones too: (lead key, e-mail, the lead it was merged into)."""
    rows = session.execute(
        select(L.key, L.email, L.merged_into).where(or_(L.email.is_not(None), L.merged_into.is_not(None)))
    )
    return [(key, email, merged_into) for key, email, merged_into in rows]


def deal_links(session: Session) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """The won deals by contact e-mail, and by lead."""
    won = select(D.key).where(D.stage_class == "won", D.described)
    by_email: dict[str, list[str]] = {}
    for key, email in session.execute(select(DC.deal_key, DC.email).where(DC.deal_key.in_(won))):
        by_email.setdefault(email, []).append(key)
    by_lead: dict[str, list[str]] = {}
    for key, lead in session.execute(select(DL.deal_key, DL.lead_key).where(DL.deal_key.in_(won))):
        by_lead.setdefault(lead, []).append(key)
    return by_email, by_lead


def attempts(session: Session) -> list[tuple[str | None, str | None, str | None, str | None, str | None]]:
    """Every activity: (lead key, e-mail, kind, direction, outcome)."""
    rows = session.execute(select(A.lead_key, A.email, A.kind, A.direction, A.outcome))
    return [(lead, email, kind, direction, outcome) for lead, email, kind, direction, outcome in rows]


def said_leads(session: Session) -> set[str]:
    """The leads that somebody said to have contacted."""
    said = AN.kind.in_(("contacted", "logged")) & (AN.state != "undone")
    return set(session.execute(select(AN.lead_key).where(said)).scalars())


def clock_facts(session: Session) -> list[Any]:
    """Every clock: when it ran, for whom, how it was judged, who held it at the breach, how the follow-up stands."""
    return list(
        session.execute(
            select(
                C.lead_key,
                C.started_at,
                C.at_risk_at,
                C.due_at,
                C.tier,
                C.owner_email,
                C.state,
                C.stopped_at,
                C.minutes,
                C.breached_owner,
                C.ended_at,
                C.stopped_how,
                C.follow_up,
                C.within_at,
                C.exhausted_at,
            ).order_by(C.lead_key, C.cycle)
        )
    )


def misfits(session: Session, known_currencies: set[str]) -> dict[str, list[tuple[str | None, int]]]:
    """What was kept although it is not understood: deals by unknown stage or currency, owners never described."""
    stages = session.execute(
        select(D.stage, func.count())
        .where(D.described, D.stage_class == "unknown", D.stage.is_not(None))
        .group_by(D.stage)
        .order_by(D.stage)
    )
    currencies = session.execute(
        select(D.currency, func.count()).where(D.described, D.currency.is_not(None)).group_by(D.currency)
    )
    owners = session.execute(
        select(P.email, func.count())
        .join(table_of(DealRow), D.owner_email == P.email)
        .where(P.described.is_(False))
        .group_by(P.email)
        .order_by(P.email)
    )
    return {
        "stage": [(stage, count) for stage, count in stages],
        "currency": [(code, count) for code, count in currencies if code not in known_currencies],
        "owner": [(email, count) for email, count in owners],
    }
