"""What each type of event holds, whole: identities, partial snapshots, and the text that the inbox stores."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bot.errors import FormatError
from bot.sources import kinds
from bot.sources.events import EVENT_TYPES, Event
from bot.sources.schema import SHAPES, event_id, from_json, read_statement, to_json

TIMESTAMP = "2026-04-15T15:00:00Z"
AT = datetime(2026, 4, 15, 15, tzinfo=UTC)

SMALLEST = {
    "person.updated": {"email": "ines.alba@seller.example"},
    "lead.created": {"id": "L-1"},
    "lead.updated": {"id": "L-1"},
    "lead.merged": {"id": "L-1", "merged_from": ["L-2"]},
    "lead.deleted": {"id": "L-1"},
    "touch.recorded": {"id": "T-1", "lead_id": "L-1", "at": TIMESTAMP},
    "activity.logged": {"id": "A-1", "email": "pat.quinn@buyer.example", "at": TIMESTAMP},
    "deal.created": {"id": "D-1"},
    "deal.updated": {"id": "D-1"},
    "deal.won": {"id": "D-1"},
    "deal.lost": {"id": "D-1"},
    "deal.reopened": {"id": "D-1"},
    "deal.merged": {"id": "D-1", "merged_from": ["D-2"]},
    "deal.deleted": {"id": "D-1"},
    "campaign.updated": {"name": "cold-chain-2026"},
}


def read(kind, data, timestamp=TIMESTAMP):
    return read_statement({"type": kind, "timestamp": timestamp, "data": data})


def refusal(kind, data):
    with pytest.raises(FormatError) as caught:
        read(kind, data)
    return caught.value.field, caught.value.reason


def test_every_type_has_a_shape():
    """The schema knows exactly the types of the contract."""
    assert set(SHAPES) == EVENT_TYPES == set(SMALLEST)


@pytest.mark.parametrize("kind", sorted(SMALLEST))
def test_only_the_identity_is_required(kind):
    """A snapshot may leave out every field but the identity, and what is left out is not there."""
    assert read(kind, SMALLEST[kind]) == (kind, AT, SMALLEST[kind])


@pytest.mark.parametrize("value", [None, "", "  "])
@pytest.mark.parametrize("kind", sorted(set(SMALLEST) - {"touch.recorded", "activity.logged"}))
def test_an_identity_is_never_empty(kind, value):
    """An identity that is null or blank is refused like a missing one."""
    identity = SHAPES[kind].identity
    expected = (f"data.{identity}", "is missing; it says which record is meant")
    assert refusal(kind, SMALLEST[kind] | {identity: value}) == expected
    assert (
        refusal(kind, {name: item for name, item in SMALLEST[kind].items() if name != identity}) == expected
    )


@pytest.mark.parametrize("kind", sorted(SMALLEST))
def test_null_and_blank_clear(kind):
    """For every other field, null and a blank text both say "cleared"."""
    others = set(SHAPES[kind].fields) - set(SMALLEST[kind])
    for value in (None, " "):
        cleared = read(kind, SMALLEST[kind] | dict.fromkeys(others, value)).data
        assert cleared == SMALLEST[kind] | dict.fromkeys(others)


@pytest.mark.parametrize("kind", sorted(SMALLEST))
def test_unknown_fields_stay(kind):
    """A field that the contract does not know is kept."""
    assert read(kind, SMALLEST[kind] | {"x_tier": "gold"}).data["x_tier"] == "gold"


@pytest.mark.parametrize("stage", ["negotiation", "Closed Won!", "customer"])
def test_unknown_stages_are_kept(stage):
    """A stage is kept as written: whether it is known is the agreement's business."""
    assert [
        read(kind, {"id": "1", "stage": stage}).data["stage"] for kind in ("lead.updated", "deal.updated")
    ] == [stage] * 2


@pytest.mark.parametrize(
    ("kind", "field", "value"),
    [
        ("person.updated", "role", "boss"),
        ("touch.recorded", "kind", "fax"),
        ("activity.logged", "kind", "fax"),
        ("activity.logged", "direction", "sideways"),
        ("activity.logged", "outcome", "maybe"),
        ("deal.updated", "kind", "gift"),
    ],
)
def test_other_names_are_a_closed_list(kind, field, value):
    """What the contract enumerates is refused with what would be valid, and taken in any case."""
    place, reason = refusal(kind, SMALLEST[kind] | {field: value})
    assert (place, reason.partition(" is not one of ")[0]) == (f"data.{field}", repr(value))
    for valid in reason.partition(" is not one of ")[2].split(", "):
        assert read(kind, SMALLEST[kind] | {field: valid.upper()}).data[field] == valid


@pytest.mark.parametrize("kind", ["touch.recorded", "activity.logged"])
@pytest.mark.parametrize("data", [{}, {"id": "T-1"}, {"lead_id": None, "email": " "}])
def test_a_touch_says_whose_it_is(kind, data):
    """A touch or an activity without lead_id and email is refused, and the refusal names both."""
    assert refusal(kind, data) == (
        "data.lead_id",
        "lead_id or email is missing; one of them must say who it was",
    )


TOUCH = {"email": "pat.quinn@buyer.example", "asset": "Cold chain guide", "kind": "download", "at": TIMESTAMP}


@pytest.mark.parametrize(
    "same",
    [
        dict(reversed(TOUCH.items())),
        TOUCH | {"email": " Pat.Quinn@Buyer.example"},
        TOUCH | {"at": "2026-04-15T17:00:00+02:00"},
        TOUCH | {"campaign": None, "channel": ""},
        TOUCH | {"id": None},
        {name: value for name, value in TOUCH.items() if name != "at"},
    ],
)
def test_equal_touches_are_one(same):
    """Without an id, touches with the same known fields have the same identity, however they are written."""
    assert read("touch.recorded", same).data["id"] == read("touch.recorded", TOUCH).data["id"]


@pytest.mark.parametrize(
    "other",
    [
        TOUCH | {"at": "2026-04-15T15:00:01Z"},
        TOUCH | {"kind": "visit"},
        TOUCH | {"campaign": "cold-chain-2026"},
        TOUCH | {"lead_id": "4711"},
    ],
)
def test_different_touches_are_two(other):
    """Without an id, one different field makes another touch."""
    assert read("touch.recorded", other).data["id"] != read("touch.recorded", TOUCH).data["id"]


def test_the_identity_of_a_touch_is_short_and_marked():
    """A made identity is a tilde and 32 hexadecimal digits."""
    made = read("activity.logged", {"lead_id": 1}).data["id"]
    assert (made[0], len(made), int(made[1:], 16) >= 0) == ("~", 33, True)


def test_the_time_of_a_touch():
    """A touch without id and time happened at the event's timestamp; one with an id may leave its time as it is."""
    found = read("touch.recorded", {"lead_id": "L-1"}, "2026-04-15T17:00:00.5+02:00").data
    assert found["at"] == "2026-04-15T15:00:00.500000Z"
    partial = read("touch.recorded", {"id": "T-1", "lead_id": "L-1"}, "2026-04-15T17:00:00.5+02:00").data
    assert "at" not in partial


@pytest.mark.parametrize("kind", ["lead.merged", "deal.merged"])
@pytest.mark.parametrize(
    ("sources", "place", "reason"),
    [
        (None, "data.merged_from", "must list at least one id that was merged into this record"),
        ([], "data.merged_from", "must list at least one id that was merged into this record"),
        ("2", "data.merged_from", "must be a list; it is '2'"),
        (["2", {}], "data.merged_from[1]", "must be a text or a whole number; it is {}"),
        (["2", 1], "data.merged_from[1]", "'1' cannot be merged into itself"),
    ],
)
def test_merges(kind, sources, place, reason):
    """A merge names at least one other record."""
    assert refusal(kind, {"id": "1", "merged_from": sources}) == (place, reason)


@pytest.mark.parametrize(("value", "found"), [("evt-1", "evt-1"), (17, "17")])
def test_event_ids(value, found):
    """An event's id is a text; a whole number is taken as one."""
    assert event_id(value) == found


emails = st.text(min_size=1, max_size=20).filter(str.strip)
words = st.text(st.characters(codec="utf-8"), max_size=20)
ids = st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), min_size=1, max_size=20).filter(
    str.strip
)
FIRST, LAST = datetime(1971, 1, 1), datetime(2199, 1, 1)  # noqa: DTZ001 (Hypothesis adds the offsets)
offsets = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
instants = st.datetimes(FIRST, LAST, timezones=offsets).map(datetime.isoformat)
dates = st.dates(FIRST.date(), LAST.date()).map(str)
amounts = st.decimals(-(10**14), 10**14, places=4).map(str)
VALUES = {
    kinds.text: words,
    kinds.identifier: ids | st.integers(-(10**18), 10**18),
    kinds.email: emails,
    kinds.amount: amounts,
    kinds.currency: st.text("abcXYZ ", max_size=5),
    kinds.score: st.integers(0, 100) | st.decimals(0, 100, places=2),
    kinds.boolean: st.booleans(),
    kinds.time_zone: st.timezone_keys(allow_prefix=False),
    kinds.moment: instants | dates,
    kinds.instant: instants,
    kinds.day: dates,
    kinds.slack_user: st.from_regex(r"[UW][A-Z0-9]{2,11}", fullmatch=True),
    kinds.url: words.map("https://crm.seller.example/{}".format),
    kinds.texts: st.lists(words, max_size=3),
    kinds.emails: st.lists(emails, max_size=3),
    kinds.identifiers: st.lists(ids, min_size=1, max_size=3),
    kinds.contributors: st.lists(
        st.fixed_dictionaries(
            {"email": emails}, optional={"role": words, "share": st.decimals(0, 1, places=3).map(str)}
        ),
        max_size=3,
    ),
    kinds.spend: st.lists(st.fixed_dictionaries({"on": dates, "amount": amounts}), max_size=3),
}


def fields_of(kind):
    """Values for any of a type's fields, its identity always among them."""
    needed = {name: SHAPES[kind].fields[name] for name in SMALLEST[kind]}
    given_always = {name: VALUES[of] if of is not kinds.text else emails for name, of in needed.items()}
    sometimes = {name: VALUES[of] | st.none() for name, of in SHAPES[kind].fields.items() if of in VALUES}
    return st.fixed_dictionaries(
        given_always, optional={n: v for n, v in sometimes.items() if n not in needed}
    )


statements = st.sampled_from(sorted(SMALLEST)).flatmap(
    lambda kind: st.tuples(st.just(kind), fields_of(kind), instants)
)


@given(statements, ids)
def test_stored_and_read_back(statement, name):
    """Every event reads back from its stored text as it was, and canonical data stay as they are."""
    kind, data, timestamp = statement
    assume(str(data.get("id")).strip() not in map(str.strip, data.get("merged_from", [])))
    found = read(kind, data, timestamp)
    event = Event(name, *found)
    assert from_json(to_json(event)) == event
    assert to_json(from_json(to_json(event))) == to_json(event)
    assert read(kind, event.data, timestamp) == found


def test_the_stored_text():
    """The stored text is canonical: keys sorted, no space, letters as they are."""
    event = Event("evt-1", "deal.won", AT, {"name": "Zoë", "id": "D-1", "amount": "12500"})
    assert to_json(event) == (
        '{"at":"2026-04-15T15:00:00Z","data":{"amount":"12500","id":"D-1","name":"Zoë"},"id":"evt-1","type":"deal.won"}'
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "{}",
        "1",
        '{"at":1,"data":{},"id":"a","type":"b"}',
        '{"at":"x","data":{},"id":"a","type":"b"}',
    ],
)
def test_a_text_that_was_not_stored_here(text):
    """A text that `to_json` did not write is a FormatError."""
    with pytest.raises(FormatError, match=r"^event: is not a stored event$"):
        from_json(text)
