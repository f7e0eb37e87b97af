"""What marketing is told of, as the store finds it."""

from datetime import timedelta

import pytest

from bot.store import answers, briefs, records
from bot.store.sql import upsert
from bot.store.tables import ClockRow
from tests.support.outbox import MINUTE, NOW, Box

HOUR = timedelta(hours=1)


@pytest.fixture
def do(database):
    """Runs a function of the store in a transaction."""
    return lambda function, *args: database.write_now(lambda s: function(s, *args))


def a_lead(session, key, started_at, received_at=None, quiet_before=None, deleted=False):
    """A lead with a clock."""
    lead = records.load(session, "lead", key)
    lead.columns |= {"described": True, "deleted": deleted, "first_received_at": received_at or started_at}
    lead.record.merge({"name": key}, started_at, "e1")
    records.save(session, "lead", lead)
    clock = {
        "lead_key": key,
        "cycle": 1,
        "started_at": started_at,
        "due_at": started_at,
        "at_risk_at": started_at,
    }
    told = {
        "tier": "all",
        "state": "running",
        "quiet_before": quiet_before,
        "attempts": 0,
        "steps_json": "[]",
    }
    upsert(session, ClockRow, clock | told)


def misfit(session, key, at, kind="not_a_fit", state="given", **data):
    """An answer about a lead."""
    answers.keep(
        session,
        lead_key=key,
        cycle=1,
        kind=kind,
        at=at,
        by_slack_id="U1",
        by_email=None,
        state=state,
        data=data,
    )


def test_the_latest_brief_told_is_one_that_was_not_lost(database, do):
    """A brief that waits, failed or came too late was not told; one sent, or with nothing to say, was."""
    box = Box(database)
    assert (do(briefs.first), do(briefs.latest_told)) == (None, None)
    for state in ("cancelled", "sent", "dead", "stale", "pending"):
        box.in_state(f"brief:{state}", state, kind="brief")
        box.in_state(f"win:{state}", state)
    assert (do(briefs.first).key, do(briefs.latest_told).key) == ("brief:cancelled", "brief:sent")


def test_leads_are_handed_over_when_that_could_be_known(do):
    """At the start of the clock, or when the lead was received; after the first instant, up to the last one."""
    do(a_lead, "g/at the first", NOW)
    do(a_lead, "g/after it", NOW + MINUTE)
    do(a_lead, "g/received later", NOW - HOUR, NOW + 2 * MINUTE)
    do(a_lead, "g/at the last", NOW + HOUR)
    do(a_lead, "g/after that", NOW + HOUR + MINUTE)
    do(a_lead, "g/imported", NOW + MINUTE, NOW + 5 * MINUTE, NOW + 5 * MINUTE)
    do(a_lead, "g/imported, then an MQL", NOW + 6 * MINUTE, NOW - 9 * HOUR, NOW - 9 * HOUR)
    found = do(briefs.handed_over, NOW, NOW + HOUR)
    assert [(lead.lead_key, lead.known_at) for lead in found] == [
        ("g/after it", NOW + MINUTE),
        ("g/received later", NOW + 2 * MINUTE),
        ("g/imported, then an MQL", NOW + 6 * MINUTE),
        ("g/at the last", NOW + HOUR),
    ]
    assert found[0].data == {"name": "g/after it"}


def test_answers_of_a_period_are_found_whatever_came_before(do):
    """Only standing answers of the kind count, from the first instant up to the last, the latest first."""
    for minutes in range(-200, 0, 10):
        do(misfit, f"g/old {minutes}", NOW + minutes * MINUTE)
    do(misfit, "g/first", NOW)
    do(misfit, "g/second", NOW + MINUTE)
    do(misfit, "g/undone", NOW + MINUTE, "not_a_fit", "undone")
    do(misfit, "g/called", NOW + MINUTE, "contacted")
    do(misfit, "g/stored late", NOW - MINUTE)
    do(misfit, "g/next", NOW + HOUR)
    assert [found.lead_key for found in do(briefs.not_a_fit, NOW, NOW + HOUR)] == ["g/second", "g/first"]
    assert [found.lead_key for found in do(briefs.not_a_fit, NOW - 10 * MINUTE, NOW)] == [
        "g/stored late",
        "g/old -10",
    ]


def test_leads_are_shown_with_what_became_of_them(do):
    """Those that are known are found in one query; a deleted one is marked."""
    do(a_lead, "g/L1", NOW)
    do(a_lead, "g/L2", NOW, None, None, True)
    found = do(briefs.leads_shown, ["g/L1", "g/L2", "g/L3"])
    assert {key: (lead.deleted, lead.data) for key, lead in found.items()} == {
        "g/L1": (False, {"name": "g/L1"}),
        "g/L2": (True, {"name": "g/L2"}),
    }
