"""The records that sources describe: loading, merging a statement in, saving, and who belongs to whom.

Keys are `source/id`; people are known by e-mail alone.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, delete, insert, literal, or_, select, union, union_all

from bot.domain.merging import Record
from bot.domain.privacy import MARK
from bot.store.sql import from_json, insert_new, table_of, to_json, upsert
from bot.store.tables import (
    ActivityRow,
    CampaignRow,
    DealContactRow,
    DealLeadRow,
    DealRow,
    DealStageRow,
    LeadRow,
    LeadStatementRow,
    PersonRow,
    SpellingRow,
    TouchRow,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from sqlalchemy.orm import Session

L = table_of(LeadRow).c
LS = table_of(LeadStatementRow).c
T = table_of(TouchRow).c
A = table_of(ActivityRow).c
D = table_of(DealRow).c
DS = table_of(DealStageRow).c
DC = table_of(DealContactRow).c
DL = table_of(DealLeadRow).c
S = table_of(SpellingRow).c


@dataclass(slots=True)
class Stored:
    """A record with the columns that stand beside its statements. `new` until it is saved once."""

    key: str
    record: Record
    columns: dict[str, Any] = field(default_factory=dict)
    new: bool = False


@dataclass(frozen=True, slots=True)
class Contact:
    """Everything known under one person of a customer: leads joined by e-mail or merge, and their addresses."""

    leads: tuple[Stored, ...]
    emails: frozenset[str]

    @property
    def lead_keys(self) -> tuple[str, ...]:
        """The keys of its leads."""
        return tuple(lead.key for lead in self.leads)


_MODELS = {
    "person": (PersonRow, "email"),
    "lead": (LeadRow, "key"),
    "touch": (TouchRow, "key"),
    "activity": (ActivityRow, "key"),
    "deal": (DealRow, "key"),
    "campaign": (CampaignRow, "key"),
}


_STUBS: dict[str, dict[str, Any]] = {
    "person": {"described": False},
    "lead": {"described": False, "deleted": False, "merged_into": None, "email": None, "owner_email": None},
    "deal": {"described": False, "stage_class": "unknown", "merged_into": None, "merged_at": None},
}
"""What is known of a record that was only named."""


def load(session: Session, kind: str, key: str) -> Stored:
    """A record by key; an empty new one if nothing is known of it."""
    key_column = _MODELS[kind][1]
    row = session.execute(_by_key(kind), {"key": key}).mappings().first()
    if row is None:
        return Stored(key, Record(), dict(_STUBS.get(kind, {})), new=True)
    return _stored(dict(row), key_column)


def save(session: Session, kind: str, stored: Stored) -> None:
    """Write a record back: one statement."""
    model, key_column = _MODELS[kind]
    values = {
        key_column: stored.key,
        **stored.columns,
        "data_json": to_json(stored.record.data),
        "stamps_json": to_json(stored.record.stamps),
    }
    upsert(session, model, values)
    stored.new = False


def name(session: Session, kind: str, key: str) -> None:
    """Keep a stub of a record that was named but not described; nothing happens if it is known."""
    model, key_column = _MODELS[kind]
    row = {key_column: key, "data_json": "{}", "stamps_json": "{}", **_STUBS.get(kind, {})}
    insert_new(session, model, [row], key_column)


def remember_spelling(
    session: Session, kind: str, folded: str, written: str, at: datetime, event_id: str
) -> None:
    """Keep how the earliest event wrote a name that is compared without case."""
    known = session.execute(_SPELLING, {"kind": kind, "folded": folded}).first()
    if known is None or (at, event_id) < (known[0], known[1]):
        upsert(
            session,
            SpellingRow,
            {"kind": kind, "folded": folded, "written": written, "at": at, "event_id": event_id},
        )


def spellings(session: Session, kind: str) -> dict[str, str]:
    """How each name of a kind is shown, by its folded form."""
    rows = session.execute(select(S.folded, S.written).where(S.kind == kind))
    return {str(folded): str(written) for folded, written in rows}


def state_lead(
    session: Session, lead_key: str, at: datetime, event_id: str, fields: Mapping[str, Any]
) -> None:
    """Keep a statement about the fields that a tier looks at."""
    insert_new(
        session,
        LeadStatementRow,
        [{"lead_key": lead_key, "at": at, "event_id": event_id, "fields_json": to_json(dict(fields))}],
        "event_id",
    )


def lead_statements(session: Session, lead_key: str) -> list[tuple[datetime, str, dict[str, Any]]]:
    """All statements about a lead's tier fields: (at, event id, fields)."""
    rows = session.execute(select(LS.at, LS.event_id, LS.fields_json).where(LS.lead_key == lead_key))
    return [(at, event_id, from_json(fields)) for at, event_id, fields in rows]


def state_deal(
    session: Session, deal_key: str, at: datetime, event_id: str, verb: str, stage: str | None
) -> None:
    """Keep a statement about a deal's stage."""
    insert_new(
        session,
        DealStageRow,
        [{"deal_key": deal_key, "at": at, "event_id": event_id, "verb": verb, "stage": stage}],
        "event_id",
    )


def deal_statements(session: Session, deal_key: str) -> list[tuple[datetime, str, str, str | None]]:
    """All statements about a deal's stage: (at, event id, verb, stage)."""
    rows = session.execute(_DEAL_STATEMENTS, {"key": deal_key})
    return [(at, event_id, verb, stage) for at, event_id, verb, stage in rows]


def link_deal(session: Session, deal_key: str, emails: Iterable[str], lead_keys: Iterable[str]) -> None:
    """Replace the contacts and leads of a deal.

    Who was forgotten stays by their mark: no source can name them any more, and what they were counted in stays.
    """
    known = links_of_deal(session, deal_key)
    emails = [*emails, *(email for email in known[0] if email.startswith(MARK))]
    lead_keys = list(lead_keys)
    if known == (sorted(set(emails)), sorted(set(lead_keys))):
        return
    session.execute(delete(DealContactRow).where(DC.deal_key == deal_key))
    session.execute(delete(DealLeadRow).where(DL.deal_key == deal_key))
    contacts = [{"deal_key": deal_key, "email": email} for email in dict.fromkeys(emails)]
    leads = [{"deal_key": deal_key, "lead_key": key} for key in dict.fromkeys(lead_keys)]
    if contacts:
        session.execute(insert(table_of(DealContactRow)), contacts)
    if leads:
        session.execute(insert(table_of(DealLeadRow)), leads)


def links_of_deal(session: Session, deal_key: str) -> tuple[list[str], list[str]]:
    """(contact e-mails, lead keys) of a deal."""
    rows = session.execute(_LINKS, {"key": deal_key}).all()
    # Sorted here: the databases do not agree on the order of texts.
    return sorted(name for kind, name in rows if kind == "e"), sorted(
        name for kind, name in rows if kind == "l"
    )


def deals_of_contact(session: Session, contact: Contact) -> set[str]:
    """The deals that name any of a contact's leads or addresses."""
    names = {"emails": sorted(contact.emails), "keys": list(contact.lead_keys)}
    return set(session.execute(_DEALS_OF_CONTACT, names).scalars())


def deals_merged_into(session: Session, deal_key: str) -> list[tuple[str, datetime]]:
    """The deals that merges brought into this one, directly or by way of others: (key, merged away at)."""
    found: dict[str, datetime] = {}
    waiting = [deal_key]
    while waiting:
        for key, at in session.execute(_MERGED_INTO, {"key": waiting.pop()}):
            if key != deal_key and key not in found:
                found[key] = at
                waiting.append(key)
    return sorted(found.items())


def survivors_of_deal(session: Session, deal_key: str) -> list[str]:
    """The deal that this one was merged into, the one that took that one in, and so on."""
    found: list[str] = []
    key: str | None = deal_key
    while True:
        key = session.execute(_SURVIVOR, {"key": key}).scalar_one_or_none()
        if key is None or key == deal_key or key in found:
            return found
        found.append(key)


def contact_of(session: Session, *, lead_keys: Iterable[str] = (), emails: Iterable[str] = ()) -> Contact:
    """Follow e-mails and merges from some leads or addresses until nothing new is found."""
    leads: dict[str, Stored] = {}
    keys, addresses = set(lead_keys), set(emails)
    while True:
        names = {"emails": sorted(addresses), "keys": sorted(keys)}
        rows = session.execute(_LEADS_OF_CONTACT, names).mappings()
        leads = {str(row["key"]): _stored(dict(row), "key") for row in rows}
        merged = {str(s.columns["merged_into"]) for s in leads.values() if s.columns["merged_into"]}
        more_keys = keys | set(leads) | merged
        more_addresses = addresses | {str(s.columns["email"]) for s in leads.values() if s.columns["email"]}
        if more_keys == keys and more_addresses == addresses:
            return Contact(tuple(leads[key] for key in sorted(leads)), frozenset(addresses))
        keys, addresses = more_keys, more_addresses


def touches_of(session: Session, contact: Contact) -> list[dict[str, Any]]:
    """The recorded touches of a contact: key, at, asset, campaign, channel, kind."""
    return _acts(session, _TOUCHES, contact)


def activities_of(session: Session, contact: Contact) -> list[dict[str, Any]]:
    """The logged activities of a contact: key, lead_key, at, kind, direction, outcome."""
    return _acts(session, _ACTIVITIES, contact)


def leads_of_owner(session: Session, email: str) -> list[str]:
    """The keys of the leads that somebody owns, or was ever said to own."""
    told = f'"owner_email":{to_json(email)}'
    once = select(LS.lead_key).where(LS.fields_json.contains(told, autoescape=True))
    return list(session.execute(select(L.key).where(L.owner_email == email).union(once)).scalars())


def all_lead_keys(session: Session) -> list[str]:
    """Every described lead that is not deleted."""
    return list(
        session.execute(select(L.key).where(L.described, L.deleted.is_(False)).order_by(L.key)).scalars()
    )


def all_deal_keys(session: Session) -> list[str]:
    """Every described deal."""
    return list(session.execute(select(D.key).where(D.described).order_by(D.key)).scalars())


# Statements of the hot path are built once: SQLAlchemy's work on a statement costs more than SQLite's.
_EMAILS: Any = bindparam("emails", expanding=True)
_KEYS: Any = bindparam("keys", expanding=True)
_LEADS_OF_CONTACT = select(*L).where(or_(L.email.in_(_EMAILS), L.key.in_(_KEYS), L.merged_into.in_(_KEYS)))
_TOUCHES = select(T.key, T.at, T.asset, T.campaign, T.channel, T.kind).where(
    or_(T.lead_key.in_(_KEYS), T.email.in_(_EMAILS))
)
_ACTIVITIES = select(A.key, A.lead_key, A.at, A.kind, A.direction, A.outcome).where(
    or_(A.lead_key.in_(_KEYS), A.email.in_(_EMAILS))
)
_DEALS_OF_CONTACT = union(
    select(DC.deal_key).where(DC.email.in_(_EMAILS)), select(DL.deal_key).where(DL.lead_key.in_(_KEYS))
)
_LINKS = union_all(
    select(literal("e").label("kind"), DC.email.label("name")).where(DC.deal_key == bindparam("key")),
    select(literal("l").label("kind"), DL.lead_key.label("name")).where(DL.deal_key == bindparam("key")),
)
_SPELLING = select(S.at, S.event_id).where(S.kind == bindparam("kind"), S.folded == bindparam("folded"))
_DEAL_STATEMENTS = select(DS.at, DS.event_id, DS.verb, DS.stage).where(DS.deal_key == bindparam("key"))
_MERGED_INTO = select(D.key, D.merged_at).where(D.merged_into == bindparam("key")).order_by(D.key)
_SURVIVOR = select(D.merged_into).where(D.key == bindparam("key"))


@cache
def _by_key(kind: str) -> Any:
    model, key_column = _MODELS[kind]
    columns = table_of(model).c
    return select(*columns).where(columns[key_column] == bindparam("key"))


def _acts(session: Session, statement: Any, contact: Contact) -> list[dict[str, Any]]:
    names = {"emails": sorted(contact.emails), "keys": list(contact.lead_keys)}
    return [dict(row) for row in session.execute(statement, names).mappings()]


def _stored(row: dict[str, Any], key_column: str) -> Stored:
    key = row.pop(key_column)
    record = Record(from_json(row.pop("data_json")), from_json(row.pop("stamps_json")))
    return Stored(key, record, row)
