"""Finding single records by what a person types, on both databases."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.store import inbox, lookups, outbox
from bot.store.inbox import NewEvent
from tests.support.market import NOW, Market

AT = "2026-11-20T12:00:00Z"


@pytest.fixture
def market(database):
    """Three leads, one of them deleted, and one that was only named."""
    market = Market(database)
    market.happens("lead.created", AT, id="L-1", name="Dana Reyes", company="Fabrikam", email="d@x.example")
    market.happens("lead.created", AT, id="L-2", name="DANA 100%", email="d@x.example")
    market.happens("lead.created", AT, id="L-3", name="Dana Roe", company="Zoë & Co")
    market.happens("lead.deleted", "2026-11-20T13:00:00Z", id="L-3")
    market.happens("activity.logged", AT, lead_id="L-4", kind="call")
    return market


def test_leads_are_found_by_key_and_by_address(market):
    """Also such as were only named or are deleted; what is no lead is left out."""
    keys = {"generic/L-1", "generic/L-3", "generic/L-4", "generic/L-5"}
    assert market.ask(lookups.leads_by_key, keys) == ["generic/L-1", "generic/L-3", "generic/L-4"]
    assert market.ask(lookups.leads_by_email, "d@x.example") == ["generic/L-1", "generic/L-2"]
    assert market.ask(lookups.leads_by_email, "nobody@x.example") == []


@pytest.mark.parametrize(
    ("words", "limit", "found"),
    [
        ("dana", 10, ["generic/L-1", "generic/L-2"]),
        ("dana", 1, ["generic/L-1"]),
        ("FABRI", 10, ["generic/L-1"]),
        ("100%", 10, ["generic/L-2"]),
        ("a_a", 10, []),
        ('"', 10, []),
    ],
)
def test_leads_are_found_by_words_in_their_record(market, words, limit, found):
    """Without case, literally (a percent sign is one), described and not deleted ones only."""
    assert [key for key, *_ in market.ask(lookups.leads_naming, words, limit)] == found


def test_when_an_event_was_first_received(market):
    """The earliest of some events of a source; None of events nobody knows."""
    later = datetime(2026, 11, 21, tzinfo=UTC)
    event = NewEvent("hubspot", "e1", "lead.created", "{}", later)
    market.database.write_now(lambda s: inbox.add(s, [event]))
    assert market.ask(lookups.received_at, "generic", ["e001", "e002", "e999"]) == NOW
    assert market.ask(lookups.received_at, "hubspot", ["e1"]) == later
    assert market.ask(lookups.received_at, "generic", ["e1"]) is None


def test_briefs_are_found_by_the_leads_they_name(market):
    """The whole key counts, not a part of it, and messages of other kinds do not."""

    def put(session):
        for key, kind, leads in (
            ("brief:1", "brief", ["generic/L-1"]),
            ("brief:2", "brief", ["generic/L-11"]),
            ("other:1", "notice", ["generic/L-1"]),
        ):
            outbox.put(session, key=key, kind=kind, target="#x", ref={"leads": leads}, now=NOW, next_at=NOW)

    market.database.write_now(put)
    found = market.ask(lookups.briefs_naming, ["generic/L-1"])
    assert [message.key for message in found] == ["brief:1"]
    assert market.ask(lookups.briefs_naming, []) == []
    number = found[0].id
    assert market.ask(lookups.messages_by_number, [number, 999]) == {number: found[0]}
