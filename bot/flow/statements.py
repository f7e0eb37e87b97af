"""One event into one record: merge what is stated, copy what is searched, name who is mentioned.

Nothing here depends on the order of arrival: records merge by stamp, stubs are kept for what is only named.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bot.domain.agreement import fold
from bot.domain.clocks import TIER_FIELDS, lead_rank
from bot.domain.merging import stamp_text
from bot.domain.when import parse_instant
from bot.store import records
from bot.store.by_hand import SOURCE as BY_HAND

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from bot.sources.events import Event
    from bot.store.database import Session

_LONGEST_KEY = 200


@dataclass(slots=True)
class Named:
    """The leads and addresses whose contact an event touched."""

    lead_keys: set[str] = field(default_factory=set)
    emails: set[str] = field(default_factory=set)


def state_person(session: Session, event: Event, data: dict[str, Any]) -> str | None:
    """A person as the CRM describes them; returns their e-mail if their team is another now: a tier may ask for it."""
    person = records.load(session, "person", str(data["email"]))
    was_team = person.record.get("team")
    person.record.merge(data, event.at, event.id)
    get = person.record.get
    if person.columns.get("slack_user_id") != get("slack_user_id"):
        # They were another account's.
        person.columns |= dict.fromkeys(("dm_channel", "dnd_from", "dnd_until", "dnd_checked_at"))
    person.columns |= {
        "described": True,
        "name": get("name"),
        "team": get("team"),
        "role": get("role"),
        "manager_email": get("manager_email"),
        "timezone": get("timezone"),
        "active": get("active"),
        "away_from": get("away_from"),
        "away_until": get("away_until"),
        "delegate_email": get("delegate_email"),
        "slack_user_id": get("slack_user_id"),
    }
    records.save(session, "person", person)
    _name_people(session, (data.get("manager_email"), data.get("delegate_email")))
    return person.key if get("team") != was_team else None


def state_campaign(session: Session, source: str, event: Event, data: dict[str, Any]) -> None:
    """A campaign with its assets and what was spent."""
    campaign = records.load(session, "campaign", f"{source}/{short_key(fold(str(data['name'])))}")
    campaign.record.merge(data, event.at, event.id)
    records.save(session, "campaign", campaign)
    _remember(session, {"campaign": data["name"], "channel": data.get("channel")}, event)
    for asset in data.get("assets") or ():
        _remember(session, {"asset": asset}, event)


def state_lead(
    session: Session, source: str, event: Event, data: dict[str, Any], received_at: datetime, *, silent: bool
) -> Named:
    """A lead described, merged or deleted."""
    key = f"{source}/{data['id']}"
    named = Named({key})
    if event.type == "lead.merged":
        records.name(session, "lead", key)
        for other in data["merged_from"]:
            named.lead_keys |= _merge_away(session, "lead", f"{source}/{other}", key, event)
        return named
    lead = records.load(session, "lead", key)
    if lead.columns.get("email"):
        named.emails.add(str(lead.columns["email"]))
    if event.type == "lead.deleted":
        lead.record.merge({"_deleted": True}, event.at, event.id)
        lead.columns["deleted"] = bool(lead.record.get("_deleted"))
        records.save(session, "lead", lead)
        return named
    first_seen = not lead.columns.get("described")
    lead.record.merge({**data, "_deleted": False}, event.at, event.id, lead_rank)
    lead.columns |= {
        "described": True,
        "deleted": bool(lead.record.get("_deleted")),
        "email": lead.record.get("email"),
        "owner_email": lead.record.get("owner_email"),
        "first_at": _earlier(lead.columns.get("first_at"), event.at),
        "first_received_at": _earlier(lead.columns.get("first_received_at"), received_at),
    }
    forgotten = lead.columns.get("forgotten_at")
    if forgotten is not None and event.at > forgotten:
        lead.columns["forgotten_at"] = None  # the source tells of them again
    if first_seen:
        lead.columns["quiet_before"] = received_at if silent else None
    records.save(session, "lead", lead)
    tier_fields = {name: data[name] for name in TIER_FIELDS if name in data}
    records.state_lead(session, key, event.at, event.id, tier_fields)
    _name_people(session, (data.get("owner_email"),))
    _remember(session, {name: data.get(name) for name in ("channel", "asset", "campaign")}, event)
    if lead.columns["email"]:
        named.emails.add(str(lead.columns["email"]))
    return named


def state_act(session: Session, kind: str, source: str, event: Event, data: dict[str, Any]) -> Named:
    """A touch or an activity; it may be stated again, and then under another lead or address."""
    act = records.load(session, kind, f"{source}/{data['id']}")
    named = Named()
    _belongs(named, act.columns)
    act.record.merge(data, event.at, event.id)
    get = act.record.get
    # Where no statement tells its time, the earliest statement is the best there is, in whatever order they came.
    first = min(get("_first_stated") or stamp_text(event.at), stamp_text(event.at))
    act.record.data["_first_stated"] = first
    lead_id = get("lead_id")
    act.columns |= {
        "lead_key": f"{source}/{lead_id}" if lead_id else None,
        "email": get("email"),
        "at": parse_instant(str(get("at") or first), "at"),
    }
    copied = (
        ("asset", "campaign", "channel", "kind")
        if kind == "touch"
        else ("kind", "direction", "outcome", "by_email")
    )
    act.columns |= {name: get(name) for name in copied}
    records.save(session, kind, act)
    _belongs(named, act.columns)
    if data.get("lead_id"):
        records.name(session, "lead", f"{source}/{data['lead_id']}")
    if kind == "touch":
        _remember(session, {name: data.get(name) for name in ("channel", "asset", "campaign")}, event)
    else:
        _name_people(session, (data.get("by_email"),))
    return named


_VERBS = {"deal.won": "won", "deal.lost": "lost", "deal.reopened": "reopened"}


def state_deal(session: Session, source: str, event: Event, data: dict[str, Any]) -> set[str]:
    """A deal described, won, lost, reopened, merged or deleted; returns the deals to settle."""
    key = f"{source}/{data['id']}"
    if event.type == "deal.merged":
        if source == BY_HAND:
            key = str(
                data["id"]
            )  # what was entered by hand becomes part of another source's deal, by its whole key
        records.name(session, "deal", key)
        gone = [
            _merge_away(session, "deal", f"{source}/{other}", key, event) for other in data["merged_from"]
        ]
        return {key}.union(*gone)
    if event.type == "deal.deleted":
        records.name(session, "deal", key)
        records.state_deal(session, key, event.at, event.id, "deleted", None)
        return {key}
    deal = records.load(session, "deal", key)
    deal.record.merge({name: value for name, value in data.items() if name != "stage"}, event.at, event.id)
    get = deal.record.get
    deal.columns |= {
        "described": True,
        "owner_email": get("owner_email"),
        "amount": get("amount"),
        "currency": get("currency"),
        "segment": get("segment"),
        "kind": get("kind"),
        "created": get("created_at"),
        "churned": get("churned_at"),
        "first_at": _earlier(deal.columns.get("first_at"), event.at),
    }
    records.save(session, "deal", deal)
    verb = _VERBS.get(event.type, "stage")
    if verb != "stage" or data.get("stage") is not None:
        records.state_deal(session, key, event.at, event.id, verb, data.get("stage"))
    if "contact_emails" in data or "lead_ids" in data:
        lead_keys = [f"{source}/{lead_id}" for lead_id in get("lead_ids") or ()]
        records.link_deal(session, key, get("contact_emails") or (), lead_keys)
        for lead_id in data.get("lead_ids") or ():
            records.name(session, "lead", f"{source}/{lead_id}")
    contributors = [str(c["email"]) for c in data.get("contributors") or ()]
    _name_people(session, (data.get("owner_email"), *contributors))
    _remember(session, {"stage": data.get("stage")}, event)
    return {key}


def short_key(text: str) -> str:
    """A text as a key of bounded length: PostgreSQL cannot index texts of any length."""
    return text if len(text) <= _LONGEST_KEY else "#" + hashlib.sha256(text.encode()).hexdigest()


def _merge_away(session: Session, kind: str, gone: str, survivor: str, event: Event) -> set[str]:
    """Returns the record that is gone and, if it was merged into another before, that one too: it loses it."""
    records.name(session, kind, gone)
    record = records.load(session, kind, gone)
    before = record.columns["merged_into"]
    record.record.merge({"_merged_into": survivor, "_merged_at": event.at.isoformat()}, event.at, event.id)
    record.columns["merged_into"] = record.record.get("_merged_into")
    if kind == "deal":
        record.columns["merged_at"] = parse_instant(str(record.record.get("_merged_at")), "timestamp")
    records.save(session, kind, record)
    return {gone, str(before)} if before else {gone}


def _belongs(named: Named, columns: Mapping[str, Any]) -> None:
    if columns.get("lead_key"):
        named.lead_keys.add(str(columns["lead_key"]))
    if columns.get("email"):
        named.emails.add(str(columns["email"]))


def _name_people(session: Session, emails: Iterable[Any]) -> None:
    for email in emails:
        if email:
            records.name(session, "person", str(email))


def _remember(session: Session, texts: Mapping[str, Any], event: Event) -> None:
    for kind, text in texts.items():
        if text:
            records.remember_spelling(
                session, kind, short_key(fold(str(text))), str(text), event.at, event.id
            )


def _earlier(known: datetime | None, at: datetime) -> datetime:
    return at if known is None else min(known, at)
