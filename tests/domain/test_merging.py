"""Statements merge into one record, in whatever order and however often they come."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.clocks import lead_rank
from bot.domain.merging import Record, stamp_text

NOON = datetime(2026, 11, 16, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def merged(*statements, rank=lambda _field, _value: 0) -> Record:
    """A record of (fields, minutes after noon, event id), merged in this order."""
    record = Record()
    for fields, minutes, event_id in statements:
        record.merge(fields, NOON + minutes * MINUTE, event_id, rank)
    return record


STATEMENTS = st.lists(
    st.tuples(
        st.dictionaries(st.sampled_from("abc"), st.sampled_from([None, 1, 2, "x", ["y"]]), max_size=3),
        st.integers(0, 3),
    ),
    max_size=8,
).map(lambda told: [(fields, minutes, f"e{number}") for number, (fields, minutes) in enumerate(told)])


@given(st.data())
def test_any_order_and_any_repetition(data):
    """A record is the same whatever the order of its statements, and however often each of them is told."""
    told = data.draw(STATEMENTS)
    again = data.draw(st.lists(st.sampled_from(told), max_size=4)) if told else []
    assert merged(*data.draw(st.permutations(told + again))) == merged(*told)


@given(STATEMENTS)
def test_each_field_is_what_was_said_last(told):
    """Per field the statement with the latest time stands, the greater event id among those of one time."""
    expected = {}
    for fields, _, _ in sorted(told, key=lambda s: (s[1], s[2])):
        expected |= fields
    assert merged(*told).data == expected


@given(STATEMENTS, STATEMENTS)
def test_what_changed_is_told(told, more):
    """A merge names exactly the fields whose value is another than before."""
    record = merged(*told)
    for fields, minutes, event_id in more:
        before = dict(record.data)
        changed = record.merge(fields, NOON + minutes * MINUTE, event_id + "x")
        assert changed == {f for f in record.data if f not in before or before[f] != record.data[f]}


def test_a_field_left_out_is_unchanged_and_null_clears():
    """A later partial snapshot changes what it names; None clears and is remembered as said."""
    record = merged(({"name": "Fleet", "amount": "1"}, 0, "a"), ({"amount": None}, 1, "b"))
    assert record.data == {"name": "Fleet", "amount": None}
    record.merge({"amount": "7"}, NOON, "z")
    assert record.get("amount") is None
    assert record.get("never") is None


@pytest.mark.parametrize(
    ("first", "second"), [("lead", "mql"), ("mql", "sql"), ("sql", "customer"), ("strange", "Lead")]
)
@pytest.mark.parametrize("ids", [("a", "b"), ("b", "a")])
def test_of_one_instant_the_stage_further_along_stands(first, second, ids):
    """Of two stages stated at one instant the one further along stands, whatever the event ids and the order."""
    told = [({"stage": first}, 0, ids[0]), ({"stage": second}, 0, ids[1])]
    for order in (told, told[::-1]):
        assert merged(*order, rank=lead_rank).get("stage") == second


def test_a_later_step_back_stands():
    """The rank decides only within one instant: a stage stated later stands, also one that is less far along."""
    record = merged(({"stage": "sql"}, 0, "z"), ({"stage": "lead"}, 1, "a"), rank=lead_rank)
    assert record.get("stage") == "lead"


def test_when_a_field_was_stated():
    """The stamp tells when the standing statement was made, the same value stated again included."""
    record = merged(({"name": "Fleet"}, 0, "a"), ({"name": "Fleet"}, 5, "b"), ({"name": "Old"}, 3, "c"))
    assert record.stated_at("name") == "2026-11-16T12:05:00.000000Z"
    assert record.stated_at("never") is None


INSTANTS = st.integers(0, 7 * 10**15).map(
    lambda micros: datetime(1970, 1, 2, tzinfo=UTC) + timedelta(microseconds=micros)
)


@given(INSTANTS, INSTANTS, st.integers(-12, 12))
def test_stamps_sort_as_time_does(one, other, hours):
    """The order of stamps as text is the order of time, whatever the offsets."""
    shown = one.astimezone(timezone(timedelta(hours=hours)))
    assert stamp_text(shown) == stamp_text(one)
    assert (stamp_text(shown) < stamp_text(other)) == (one < other)
