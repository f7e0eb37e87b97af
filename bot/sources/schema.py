"""The event schema (contract, section 4): the fields of each type of event, and what an envelope must hold.

Fields are named relative to the event (`type`, `data.amount`, `data.contributors[0].email`).
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from bot.domain.when import instant_text, parse_instant
from bot.errors import FormatError
from bot.sources import kinds
from bot.sources.events import EVENT_TYPES, Event
from bot.sources.kinds import Kind, is_blank, kept, one_of
from bot.sources.strict_json import dumps, shown

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

PERSON: Final[Mapping[str, Kind]] = {
    "email": kinds.email,
    "name": kinds.text,
    "slack_user_id": kinds.slack_user,
    "manager_email": kinds.email,
    "role": one_of("sales", "marketing", "success", "manager"),
    "team": kinds.text,
    "timezone": kinds.time_zone,
    "active": kinds.boolean,
    "away_from": kinds.moment,
    "away_until": kinds.moment,
    "delegate_email": kinds.email,
}
LEAD: Final[Mapping[str, Kind]] = {
    "id": kinds.identifier,
    "email": kinds.email,
    "name": kinds.text,
    "company": kinds.text,
    "title": kinds.text,
    "phone": kinds.text,
    "channel": kinds.text,
    "asset": kinds.text,
    "campaign": kinds.text,
    "score": kinds.score,
    "type": kinds.text,
    "stage": kinds.text,
    "owner_email": kinds.email,
    "created_at": kinds.moment,
    "assigned_at": kinds.moment,
    "segment": kinds.text,
    "url": kinds.url,
}
TOUCH: Final[Mapping[str, Kind]] = {
    "id": kinds.identifier,
    "lead_id": kinds.identifier,
    "email": kinds.email,
    "asset": kinds.text,
    "campaign": kinds.text,
    "channel": kinds.text,
    "kind": one_of(
        "visit", "download", "webinar", "demo_request", "call_request", "email_click", "ad", "event"
    ),
    "at": kinds.instant,
}
ACTIVITY: Final[Mapping[str, Kind]] = {
    "id": kinds.identifier,
    "lead_id": kinds.identifier,
    "email": kinds.email,
    "kind": one_of("call", "email", "meeting", "message"),
    "direction": one_of("outbound", "inbound"),
    "outcome": one_of("connected", "no_answer", "bounced", "automatic"),
    "by_email": kinds.email,
    "at": kinds.instant,
}
DEAL: Final[Mapping[str, Kind]] = {
    "id": kinds.identifier,
    "name": kinds.text,
    "stage": kinds.text,
    "pipeline": kinds.text,
    "amount": kinds.amount,
    "currency": kinds.currency,
    "owner_email": kinds.email,
    "contributors": kinds.contributors,
    "contact_emails": kinds.emails,
    "lead_ids": kinds.identifiers,
    "created_at": kinds.moment,
    "close_date": kinds.moment,
    "closed_at": kinds.moment,
    "kind": one_of("new", "expansion", "renewal"),
    "churned_at": kinds.moment,
    "lost_reason": kinds.text,
    "segment": kinds.text,
    "url": kinds.url,
}
CAMPAIGN: Final[Mapping[str, Kind]] = {
    "name": kinds.text,
    "channel": kinds.text,
    "assets": kinds.texts,
    "starts_on": kinds.day,
    "ends_on": kinds.day,
    "spend": kinds.spend,
}
MERGE: Final[Mapping[str, Kind]] = {"id": kinds.identifier, "merged_from": kinds.identifiers}
DELETION: Final[Mapping[str, Kind]] = {"id": kinds.identifier}


@dataclass(frozen=True, slots=True)
class Shape:
    """What the `data` of an event holds: its fields, the one that names the record, what is left to do."""

    fields: Mapping[str, Kind]
    identity: str | None
    finish: Callable[[dict[str, Any], datetime], None] | None = None


class Statement(NamedTuple):
    """An event without its id: what was stated, and when it happened at the source (UTC)."""

    type: str
    at: datetime
    data: dict[str, Any]


def read_statement(envelope: Mapping[str, Any]) -> Statement:
    """Check an event's `type`, `timestamp` and `data`, and bring the data into the form `Event` promises.

    FormatError, naming the field, for an unknown type, a timestamp without an offset, data that is not an
    object, a missing identity and every value that is not of its field's kind.
    """
    name: Any = envelope.get("type")
    shape = SHAPES.get(name) if name.__class__ is str else None
    if shape is None:
        raise FormatError("type", f"{_said(name)}; valid are {_TYPES}")
    timestamp: Any = envelope.get("timestamp")
    if is_blank(timestamp):
        raise FormatError("timestamp", "is missing; write when it happened, like 2026-11-20T15:04:32Z")
    at = parse_instant(timestamp, "timestamp")
    data = envelope.get("data")
    if data.__class__ is not dict:
        raise FormatError("data", f"must be an object with the fields of {name}; it {_said(data)}")
    try:
        return Statement(name, at, _canonical(shape, data, at))
    except FormatError as error:
        raise FormatError(f"data.{error.field}", error.reason) from None


def event_id(value: Any, field: str = "id") -> str:
    """The id an event carries beside its type, as text. FormatError, naming `field`, where it is not one."""
    return kinds.identifier(value, field)


def to_json(event: Event) -> str:
    """The event as one line of canonical JSON: equal events have equal texts."""
    return dumps({"at": instant_text(event.at), "data": event.data, "id": event.id, "type": event.type})


def from_json(text: str) -> Event:
    """The event that `to_json` wrote. FormatError where the text is not one of its."""
    try:
        found = json.loads(text)
        return Event(found["id"], found["type"], datetime.fromisoformat(found["at"]), found["data"])
    except (ValueError, KeyError, TypeError):
        raise FormatError("event", "is not a stored event") from None


def _canonical(shape: Shape, data: dict[str, Any], at: datetime) -> dict[str, Any]:
    fields = shape.fields
    found: dict[str, Any] = {}
    for name, value in data.items():
        kind = fields.get(name)
        if kind is None:
            found[name] = kept(value)
        elif is_blank(value):
            found[name] = None
        else:
            found[name] = kind(value, name)
    if shape.identity is not None and found.get(shape.identity) is None:
        raise FormatError(shape.identity, "is missing; it says which record is meant")
    if shape.finish is not None:
        shape.finish(found, at)
    return found


def _finish_merge(data: dict[str, Any], _at: datetime) -> None:
    sources = data.get("merged_from")
    if not sources:
        raise FormatError("merged_from", "must list at least one id that was merged into this record")
    if data["id"] in sources:
        place = f"merged_from[{sources.index(data['id'])}]"
        raise FormatError(place, f"{shown(data['id'])} cannot be merged into itself")


def _finish_touch(data: dict[str, Any], at: datetime) -> None:
    _finish_contact(data, at, TOUCH)


def _finish_activity(data: dict[str, Any], at: datetime) -> None:
    _finish_contact(data, at, ACTIVITY)


def _finish_contact(data: dict[str, Any], at: datetime, fields: Mapping[str, Kind]) -> None:
    """Whose it is must be said; its identity is by default all fields, and then its time by default the event's.

    With an id of its own a statement may be partial: one that leaves `at` out must not move what was told before.
    """
    if data.get("lead_id") is None and data.get("email") is None:
        raise FormatError("lead_id", "lead_id or email is missing; one of them must say who it was")
    if data.get("id") is None:
        if data.get("at") is None:
            data["at"] = instant_text(at)
        data["id"] = "~" + _digest({name: data[name] for name in fields if data.get(name) is not None})[:32]


def _digest(value: Any) -> str:
    return hashlib.sha256(dumps(value).encode()).hexdigest()


def _said(value: Any) -> str:
    return "is missing" if value is None else f"is {shown(value)}"


_MERGED: Final = Shape(MERGE, "id", _finish_merge)
_DELETED: Final = Shape(DELETION, "id")
_LEAD: Final = Shape(LEAD, "id")
_DEAL: Final = Shape(DEAL, "id")

SHAPES: Final[Mapping[str, Shape]] = {
    "person.updated": Shape(PERSON, "email"),
    "lead.created": _LEAD,
    "lead.updated": _LEAD,
    "lead.merged": _MERGED,
    "lead.deleted": _DELETED,
    "touch.recorded": Shape(TOUCH, None, _finish_touch),
    "activity.logged": Shape(ACTIVITY, None, _finish_activity),
    "deal.created": _DEAL,
    "deal.updated": _DEAL,
    "deal.won": _DEAL,
    "deal.lost": _DEAL,
    "deal.reopened": _DEAL,
    "deal.merged": _MERGED,
    "deal.deleted": _DELETED,
    "campaign.updated": Shape(CAMPAIGN, "name"),
}
"""The shape of every type in `bot.sources.events.EVENT_TYPES`."""

_TYPES: Final = ", ".join(sorted(EVENT_TYPES))
