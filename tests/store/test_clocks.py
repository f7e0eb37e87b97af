"""Clocks: what is due for whom, steps decided once, answers given once."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.store import clocks
from bot.store.clocks import Clock

NOW = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
ANA, BEN = "ana@seller.example", "ben@seller.example"


@pytest.fixture
def do(database):
    """Runs a function of the store in a transaction."""
    return lambda function, *args, **named: database.write_now(lambda s: function(s, *args, **named))


def clock(lead: str, owner: str | None = ANA, look: datetime | None = NOW) -> Clock:
    """A running clock that the sweep must look at."""
    return Clock(
        lead_key=lead,
        cycle=1,
        started_at=NOW - 60 * MINUTE,
        due_at=NOW,
        at_risk_at=NOW - 15 * MINUTE,
        tier="all",
        owner_email=owner,
        state="running",
        stopped_at=None,
        stopped_how=None,
        minutes=None,
        breached_owner=None,
        quiet_before=None,
        next_at=look,
    )


def test_a_clock_comes_back_as_it_was_saved(do):
    """A clock is written whole, over the one before of the same lead and cycle."""
    first = clock("g/L1")
    do(clocks.save, first)
    assert do(clocks.find, "g/L1") == first
    met = replace(first, state="met", stopped_at=NOW, stopped_how="seen", minutes=60, next_at=None)
    do(clocks.save, met)
    assert do(clocks.every) == [met]
    assert do(clocks.find, "g/L1", 2) is None


def test_the_clocks_of_a_contact(do):
    """Clocks are found under any of the leads, and a lead can lose its own."""
    for lead in ("g/L1", "g/L2", "g/L3"):
        do(clocks.save, clock(lead))
    assert {c.lead_key for c in do(clocks.of_leads, ["g/L1", "g/L2", "g/L9"])} == {"g/L1", "g/L2"}
    do(clocks.remove, "g/L1")
    assert [c.lead_key for c in do(clocks.every)] == ["g/L2", "g/L3"]
    assert do(clocks.of_leads, []) == []


def test_whose_clocks_are_due(do):
    """Each owner once, the most urgent first, leads without an owner as nobody's; none whose time has not come."""
    for lead, owner, minutes in (("g/L1", ANA, 0), ("g/L2", None, -2), ("g/L3", ANA, -1), ("g/L4", BEN, 1)):
        do(clocks.save, clock(lead, owner, NOW + minutes * MINUTE))
    do(clocks.save, clock("g/L5", BEN, None))
    assert do(clocks.due_owners, NOW, 10) == [None, ANA]
    assert do(clocks.due_owners, NOW + MINUTE, 10) == [None, ANA, BEN]
    assert do(clocks.due_owners, NOW, 1) == [None]


def test_what_is_due_for_an_owner(do):
    """An owner's clocks up to an instant, that instant counted, the most urgent first; nobody's are nobody's."""
    for lead, owner, minutes in (("g/L2", ANA, 1), ("g/L1", ANA, 1), ("g/L3", ANA, 0), ("g/L4", None, 0)):
        do(clocks.save, clock(lead, owner, NOW + minutes * MINUTE))
    assert [c.lead_key for c in do(clocks.due_of, ANA, NOW + MINUTE, 9)] == ["g/L3", "g/L1", "g/L2"]
    assert [c.lead_key for c in do(clocks.due_of, ANA, NOW, 9)] == ["g/L3"]
    assert [c.lead_key for c in do(clocks.due_of, ANA, NOW + MINUTE, 1)] == ["g/L3"]
    assert [c.lead_key for c in do(clocks.due_of, None, NOW, 9)] == ["g/L4"]
    assert do(clocks.due_of, BEN, NOW, 9) == []


def test_open_clocks_are_those_without_a_stop(do):
    """A clock is open until it is stopped, breached or not."""
    do(clocks.save, clock("g/L2"))
    do(clocks.save, replace(clock("g/L1"), state="breached"))
    do(clocks.save, replace(clock("g/L3"), state="met", stopped_at=NOW))
    assert do(clocks.open_keys) == ["g/L1", "g/L2"]


def test_the_sweep_moves_a_clock_on(do):
    """When to look again, and who held the lead at its breach, are kept with the clock alone."""
    one, two = clock("g/L1"), clock("g/L2")
    do(clocks.save, one)
    do(clocks.save, two)
    do(clocks.set_next, one, NOW + MINUTE)
    do(clocks.mark_breached, one)
    do(clocks.set_next, one, None)
    assert do(clocks.find, "g/L1") == replace(one, state="breached", breached_owner=ANA, next_at=None)
    assert do(clocks.find, "g/L2") == two


def test_a_step_is_decided_once(do):
    """The first decision of a step stands; another step, cycle or lead is decided for itself."""
    one = clock("g/L1")
    decide = {"due_at": NOW, "outcome": "queued", "now": NOW, "message_id": 7}
    assert do(clocks.decide_step, one, "at_risk:owner", **decide)
    assert not do(clocks.decide_step, one, "at_risk:owner", **(decide | {"outcome": "skipped"}))
    assert do(clocks.decide_step, one, "breach:owner", **decide)
    assert do(clocks.decide_step, replace(one, cycle=2), "at_risk:owner", **decide)
    assert do(clocks.decide_step, clock("g/L2"), "breach+50%:manager", **decide)
    steps = {"at_risk:owner", "breach:owner"}
    assert do(clocks.decided_steps, ["g/L1"], 1) == steps
    assert do(clocks.decided_steps, ["g/L1", "g/L2"], 1) == steps | {"breach+50%:manager"}
    assert do(clocks.decided_steps, ["g/L1"], 3) == do(clocks.decided_steps, [], 1) == set()


def test_steps_of_a_message_that_is_not_sent_are_open_again(do):
    """Only the steps queued with that message for those leads need a decision again."""
    for lead, step, message in (("g/L1", "a", 7), ("g/L1", "b", 8), ("g/L2", "a", 7)):
        do(clocks.decide_step, clock(lead), step, due_at=NOW, outcome="queued", now=NOW, message_id=message)
    do(clocks.forget_step, ["g/L1"], 7)
    assert do(clocks.decided_steps, ["g/L1"], 1) == {"b"}
    assert do(clocks.decided_steps, ["g/L2"], 1) == {"a"}


def test_an_answer_is_given_once(do):
    """The first answer of a kind stands; it is found under any of the contact's leads, the earliest of several."""
    assert do(clocks.keep_answer, "g/L1", 1, "contacted", NOW, "U1")
    assert not do(clocks.keep_answer, "g/L1", 1, "contacted", NOW - MINUTE, "U2")
    assert do(clocks.answered_at, ["g/L1"], "contacted") == NOW
    assert do(clocks.keep_answer, "g/L2", 1, "contacted", NOW - 2 * MINUTE, "U2")
    assert do(clocks.answered_at, ["g/L1", "g/L2"], "contacted") == NOW - 2 * MINUTE
    assert do(clocks.answered_at, ["g/L1"], "snooze") is None
    assert do(clocks.answered_at, ["g/L3"], "contacted") is None
