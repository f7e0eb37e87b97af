"""Bodies of the generic source: golden payloads to events, and every refusal by its place."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import FormatError
from bot.sources.events import EVENT_TYPES, Event
from bot.sources.generic import MAX_EVENTS, ContentTypeError, parse

PAYLOADS = Path(__file__).parents[1] / "payloads" / "generic"


def at(*parts):
    return datetime(2026, *parts, tzinfo=UTC)


LEAD = {
    "id": "4711",
    "email": "pat.quinn@buyer.example",
    "name": "Pat Quinn",
    "company": "Quinn Cold Storage",
    "title": "Plant manager",
    "phone": "+1 555 0100",
    "channel": "paid_search",
    "asset": "Cold chain guide",
    "campaign": "cold-chain-2026",
    "score": 72,
    "type": "inbound",
    "stage": "mql",
    "owner_email": "ines.alba@seller.example",
    "created_at": "2026-03-02T09:15:00Z",
    "assigned_at": "2026-03-02T09:16:00Z",
    "segment": "mid-market",
    "url": "https://crm.seller.example/leads/4711",
}
WON = {
    "id": "D-31",
    "name": "Quinn Cold Storage, phase 1",
    "stage": "closedwon",
    "pipeline": "default",
    "amount": "52500.5",
    "currency": "USD",
    "owner_email": "ines.alba@seller.example",
    "contributors": [
        {"email": "kim.ho@seller.example", "role": "sdr", "share": "0.2"},
        {"email": "otto.brandt@seller.example", "role": None, "share": None},
    ],
    "contact_emails": ["pat.quinn@buyer.example"],
    "lead_ids": ["4711"],
    "created_at": "2026-03-05",
    "closed_at": "2026-04-15T15:04:30Z",
    "kind": "new",
    "segment": "mid-market",
    "url": "https://crm.seller.example/deals/D-31",
}
GOLDEN = {
    "person_updated": Event(
        "evt",
        "person.updated",
        at(3, 2, 8),
        {
            "email": "ines.alba@seller.example",
            "name": "Ines Alba",
            "slack_user_id": "U024BE7LH",
            "manager_email": "otto.brandt@seller.example",
            "role": "sales",
            "team": "EMEA",
            "timezone": "Europe/Madrid",
            "active": True,
            "away_from": "2026-03-09",
            "away_until": "2026-03-13T16:00:00Z",
            "delegate_email": "kim.ho@seller.example",
        },
    ),
    "lead_created": Event("evt", "lead.created", at(3, 2, 9, 15), LEAD),
    "lead_updated": Event(
        "evt",
        "lead.updated",
        at(3, 2, 9, 40, 0, 250_000),
        {
            "id": "4711",
            "owner_email": "kim.ho@seller.example",
            "score": "81.5",
            "campaign": None,
            "title": None,
        },
    ),
    "lead_merged": Event("evt", "lead.merged", at(3, 3, 7), {"id": "4711", "merged_from": ["4690", "4702"]}),
    "lead_deleted": Event("evt", "lead.deleted", at(3, 4, 7), {"id": "4690"}),
    "touch_recorded": Event(
        "evt",
        "touch.recorded",
        at(2, 20, 11, 30),
        {
            "id": "T-9",
            "email": "pat.quinn@buyer.example",
            "asset": "Cold chain webinar",
            "campaign": "cold-chain-2026",
            "channel": "email",
            "kind": "webinar",
            "at": "2026-02-20T11:00:00Z",
        },
    ),
    "touch_without_id": Event(
        "evt",
        "touch.recorded",
        at(2, 20, 11, 30),
        {
            "id": "~f194f686dac9efb5c3fa55ea54bdb874",
            "lead_id": "4711",
            "asset": "Cold chain webinar",
            "kind": "webinar",
            "at": "2026-02-20T11:30:00Z",
        },
    ),
    "activity_logged": Event(
        "evt",
        "activity.logged",
        at(3, 2, 10, 5),
        {
            "id": "A-1",
            "lead_id": "4711",
            "kind": "call",
            "direction": "outbound",
            "outcome": "no_answer",
            "by_email": "ines.alba@seller.example",
            "at": "2026-03-02T10:04:30Z",
        },
    ),
    "deal_created": Event(
        "evt",
        "deal.created",
        at(3, 5, 12),
        {
            "id": "D-31",
            "name": "Quinn Cold Storage, phase 1",
            "stage": "Prospecting",
            "pipeline": "default",
            "amount": "48000",
            "currency": "USD",
            "owner_email": "ines.alba@seller.example",
            "created_at": "2026-03-05",
            "close_date": "2026-06-30",
            "kind": "new",
        },
    ),
    "deal_updated": Event(
        "evt",
        "deal.updated",
        at(3, 20, 12),
        {
            "id": "D-31",
            "amount": "52500.5",
            "currency": "USD",
            "lead_ids": ["4711", "4712"],
            "contact_emails": ["pat.quinn@buyer.example", "lou@buyer.example"],
            "churned_at": None,
            "forecast": {"weight": "0.25", "months": [1, 2]},
        },
    ),
    "deal_won": Event("evt", "deal.won", at(4, 15, 15, 4, 32), WON),
    "deal_lost": Event(
        "evt",
        "deal.lost",
        at(4, 16, 8),
        {"id": "D-32", "closed_at": "2026-04-16", "lost_reason": "No budget this year"},
    ),
    "deal_reopened": Event(
        "evt", "deal.reopened", at(4, 20, 8), {"id": "D-32", "stage": "engaging", "closed_at": None}
    ),
    "deal_merged": Event("evt", "deal.merged", at(4, 21, 8), {"id": "D-31", "merged_from": ["D-30"]}),
    "deal_deleted": Event("evt", "deal.deleted", at(4, 22, 8), {"id": "D-32"}),
    "campaign_updated": Event(
        "evt",
        "campaign.updated",
        at(3, 1, 8),
        {
            "name": "cold-chain-2026",
            "channel": "paid_search",
            "assets": ["Cold chain guide", "Cold chain webinar"],
            "starts_on": "2026-02-01",
            "ends_on": "2026-05-31",
            "spend": [
                {"on": "2026-02-28", "amount": "1800", "currency": "EUR"},
                {"on": "2026-03-31", "amount": "2100", "currency": None},
            ],
        },
    ),
}


def read(value, delivery_id="evt", content_type="application/json"):
    body = value if isinstance(value, bytes) else json.dumps(value).encode()
    return parse(body, delivery_id=delivery_id, content_type=content_type)


def deal(**changes):
    """The smallest event: a deal without fields; a change replaces a member, None removes it."""
    members = {"type": "deal.updated", "timestamp": "2026-04-15T15:00:00Z", "data": {"id": "D-1"}}
    return {name: value for name, value in (members | changes).items() if value is not None}


def refusal(value, **options):
    with pytest.raises(FormatError) as caught:
        read(value, **options)
    return caught.value


@pytest.mark.parametrize("name", sorted(GOLDEN))
def test_golden_payloads(name):
    """Each payload is the event that its fields say, in canonical form."""
    assert read((PAYLOADS / f"{name}.json").read_bytes()) == (GOLDEN[name],)


def test_every_type_has_a_payload():
    """No type of event is without a payload."""
    assert {event.type for event in GOLDEN.values()} == EVENT_TYPES


def test_a_list():
    """A list gives its events in order, each by its own id."""
    assert read((PAYLOADS / "batch.json").read_bytes(), delivery_id=None) == (
        Event("b-1", "lead.deleted", at(4, 22, 8), {"id": "4702"}),
        Event("2", "deal.deleted", at(4, 22, 6, 5), {"id": "D-30"}),
    )


@pytest.mark.parametrize(
    ("delivery_id", "own", "name"),
    [("evt-1", None, "evt-1"), ("evt-1", "own-1", "evt-1"), (None, "own-1", "own-1"), (None, 17, "17")],
)
def test_what_names_a_single_event(delivery_id, own, name):
    """The delivery's id names a single event; without one its own id does."""
    assert [event.id for event in read(deal(id=own), delivery_id=delivery_id)] == [name]


def test_an_event_needs_a_name():
    """Without a delivery id and without its own, an event is refused at `id`."""
    error = refusal(deal(), delivery_id=None)
    assert str(error) == 'id: is missing; give every event an "id" of its own, beside "type"'


def test_the_delivery_does_not_name_the_events_of_a_list():
    """In a list every event needs its own id, whatever the delivery is called."""
    assert refusal([deal(id="a"), deal()], delivery_id="evt").field == "events[1].id"


def test_the_same_id_twice_in_a_list():
    """The same id twice in one list is one event, the first."""
    events = read([deal(id="a"), deal(id="b"), deal(id="a", data={"id": "D-2"})])
    assert [(event.id, event.data["id"]) for event in events] == [("a", "D-1"), ("b", "D-1")]


@pytest.mark.parametrize("count", [1, MAX_EVENTS])
def test_lists_of_up_to_500(count):
    """A list may hold 1 to 500 events."""
    assert len(read([deal(id=number) for number in range(count)])) == count


@pytest.mark.parametrize("count", [0, MAX_EVENTS + 1])
def test_lists_of_none_or_too_many(count):
    """An empty list and one of more than 500 are refused whole."""
    error = refusal([deal(id=number) for number in range(count)])
    assert str(error) == f"events: a list holds 1 to 500 events; this one holds {count}"


@pytest.mark.parametrize(
    "content_type",
    [
        "application/json",
        "Application/JSON; charset=UTF-8",
        " application/json ;x=y",
        "application/cloudevents+json",
        "application/vnd.acme.v1+json",
    ],
)
def test_content_types_of_json(content_type):
    """JSON may be announced with parameters, and as a +json type."""
    assert len(read(deal(), content_type=content_type)) == 1


@pytest.mark.parametrize(
    ("content_type", "reason"),
    [
        (None, "must be application/json; it is missing"),
        ("", "must be application/json; it is missing"),
        ("text/plain", "must be application/json; it is 'text/plain'"),
        ("text/json", "must be application/json; it is 'text/json'"),
        ("application/jsonp", "must be application/json; it is 'application/jsonp'"),
        ("application/json, text/html", "must be application/json; it is 'application/json, text/html'"),
        (
            "application/x-www-form-urlencoded",
            "must be application/json; it is 'application/x-www-form-urlencoded'",
        ),
        ("\uff41pplication/json", "must be application/json; it is '\\uff41pplication/json'"),
    ],
)
def test_other_content_types(content_type, reason):
    """A body that is not announced as JSON is refused before it is read, with an error of its own class."""
    with pytest.raises(ContentTypeError) as caught:
        read(b"not JSON", content_type=content_type)
    assert (caught.value.field, caught.value.reason) == ("content-type", reason)


REFUSED = [
    (b"", "body", "is not JSON: Expecting value (column 1)"),
    (b'"text"', "body", "must be one event (an object) or a list of events"),
    (b"null", "body", "must be one event (an object) or a list of events"),
    (b'{"type": NaN}', "body", "has NaN, which is not a JSON number"),
    ([deal(id="a"), 7], "events[1]", "must be an object; it is 7"),
    ([[]], "events[0]", "must be an object; it is []"),
    ([deal(id={})], "events[0].id", "must be a text or a whole number; it is {}"),
    ([deal(id=1.5)], "events[0].id", "must be a text or a whole number; it is 1.5"),
    ([deal(id=True)], "events[0].id", "must be a text or a whole number; it is true"),
    ([deal(id=" ")], "events[0].id", "must not be empty"),
    ([deal(id="x" * 256)], "events[0].id", "is longer than 255 characters"),
    ([deal(id="a\x1b[0m")], "events[0].id", "has a control character"),
    (
        [deal(id=0), deal(id=1), deal(id=2), deal(id=3, data={"id": "D-1", "amount": "12,500.00"})],
        "events[3].data.amount",
        "must be a decimal like 12500.00; it is '12,500.00'",
    ),
    (deal(timestamp=None), "timestamp", "is missing; write when it happened, like 2026-11-20T15:04:32Z"),
    (deal(timestamp=" "), "timestamp", "is missing; write when it happened, like 2026-11-20T15:04:32Z"),
    (
        deal(timestamp="2026-04-15T15:00:00"),
        "timestamp",
        "2026-04-15T15:00:00 needs an offset; add Z for UTC or one like +02:00",
    ),
    (deal(data=None), "data", "must be an object with the fields of deal.updated; it is missing"),
    (deal(data=[]), "data", "must be an object with the fields of deal.updated; it is []"),
    (deal(data={}), "data.id", "is missing; it says which record is meant"),
]


@pytest.mark.parametrize(("value", "field", "reason"), REFUSED)
def test_refusals(value, field, reason):
    """What is not as the contract says is refused whole, with the place and a short reason."""
    error = refusal(value)
    assert (error.field, error.reason) == (field, reason)


@pytest.mark.parametrize(
    "timestamp", [1776265500, "2026-04-15", "15 April 2026", "2026-02-30T10:00:00Z", True, {}]
)
def test_other_timestamps(timestamp):
    """A timestamp is a text, a whole instant and of the calendar."""
    assert refusal(deal(timestamp=timestamp)).field == "timestamp"


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        (None, "is missing"),
        ("deal.closed", "is 'deal.closed'"),
        ("Deal.Won", "is 'Deal.Won'"),
        (1, "is 1"),
        ([], "is []"),
    ],
)
def test_unknown_types(kind, said):
    """A type that the contract does not know is refused with the list of those it knows."""
    error = refusal(deal(type=kind))
    assert (error.field, error.reason) == ("type", f"{said}; valid are {', '.join(sorted(EVENT_TYPES))}")


@given(st.binary(max_size=300), st.none() | st.text(max_size=20))
def test_arbitrary_bytes(body, content_type):
    """Whatever the bytes and however they are announced, nothing but a FormatError comes out."""
    for announced in (content_type, "application/json"):
        with pytest.raises(FormatError):
            parse(body, delivery_id="evt", content_type=announced)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)


@given(st.data())
def test_arbitrary_values_in_every_field(data):
    """Whatever JSON a known field holds, the event is read, or refused at that field."""
    golden = GOLDEN[data.draw(st.sampled_from(sorted(GOLDEN)))]
    field = data.draw(st.sampled_from(sorted(golden.data)))
    fields = dict(golden.data) | {field: data.draw(json_values)}
    body = json.dumps({"type": golden.type, "timestamp": "2026-04-15T15:00:00Z", "data": fields}).encode()
    refused_at = field
    try:
        parse(body, delivery_id="evt", content_type="application/json")
    except FormatError as error:
        refused_at = error.field.removeprefix("data.").partition("[")[0]
    others = {"email": "lead_id", "lead_id": "email"}
    assert refused_at in {field, "body", others.get(field)}
