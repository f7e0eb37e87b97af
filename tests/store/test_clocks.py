"""Clocks: what is due for whom, steps decided once and kept for every lead of a contact."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.steps import StepAt
from bot.store import clocks
from bot.store.clocks import Clock, Decided

NOW = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
ANA, BEN = "ana@seller.example", "ben@seller.example"
STEPS = (
    StepAt("at_risk:owner", NOW - 15 * MINUTE, NOW, "owner", missable=True),
    StepAt("snoozed-3#2", NOW, NOW, "owner"),
    StepAt(
        "breach+50%:mona@seller.example", NOW + 30 * MINUTE, NOW + 30 * MINUTE, "mona@seller.example", True
    ),
)


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
        owner_since=NOW - 60 * MINUTE,
        state="running",
        stopped_at=None,
        stopped_how=None,
        minutes=None,
        breached_owner=None,
        ended_at=None,
        attempts=0,
        attempt_due_at=NOW,
        within_at=NOW + 300 * MINUTE,
        follow_up="open",
        exhausted_at=None,
        quiet_before=None,
        steps_json=clocks.packed(STEPS),
        next_at=look,
    )


def test_a_clock_comes_back_as_it_was_saved(do):
    """A clock is written whole, over the one before of the same lead and cycle."""
    first = clock("g/L1")
    do(clocks.save, first)
    assert do(clocks.find, "g/L1") == first
    met = replace(
        first,
        owner_email=BEN,
        owner_since=NOW - MINUTE,
        state="met",
        stopped_at=NOW,
        stopped_how="seen",
        minutes=60,
        breached_owner=ANA,
        ended_at=NOW + 2 * MINUTE,
        attempts=3,
        attempt_due_at=None,
        within_at=NOW + 301 * MINUTE,
        follow_up="kept",
        exhausted_at=NOW + MINUTE,
        quiet_before=NOW - MINUTE,
        steps_json=clocks.packed(()),
        next_at=None,
    )
    do(clocks.save, met)
    assert do(clocks.every) == [met]
    assert do(clocks.find, "g/L1", 2) is None


def test_a_clock_carries_its_steps(do):
    """The steps come back as they were saved, with both of their instants and whom they are for."""
    do(clocks.save, clock("g/L1"))
    assert do(clocks.find, "g/L1").steps == STEPS
    assert replace(clock("g/L1"), steps_json=clocks.packed(())).steps == ()


def test_the_clocks_of_a_contact(do):
    """Clocks are found under any of the leads in the order of their start; a lead can lose that of one cycle."""
    for lead, cycle, minutes in (("g/L1", 2, 0), ("g/L1", 1, -2), ("g/L2", 1, -1), ("g/L3", 1, 0)):
        do(clocks.save, replace(clock(lead), cycle=cycle, started_at=NOW + minutes * MINUTE))
    found = do(clocks.of_leads, ["g/L1", "g/L2", "g/L9"])
    assert [(c.lead_key, c.cycle) for c in found] == [("g/L1", 1), ("g/L2", 1), ("g/L1", 2)]
    do(clocks.remove, "g/L1", 1)
    assert [(c.lead_key, c.cycle) for c in do(clocks.every)] == [("g/L1", 2), ("g/L2", 1), ("g/L3", 1)]
    assert do(clocks.of_leads, []) == []


def test_whose_clocks_are_due(do):
    """Each owner once, the most urgent first, leads without an owner as nobody's; none whose time has not come."""
    for lead, owner, minutes in (("g/L1", ANA, 0), ("g/L2", None, -2), ("g/L3", ANA, -1), ("g/L4", BEN, 1)):
        do(clocks.save, clock(lead, owner, NOW + minutes * MINUTE))
    do(clocks.save, clock("g/L5", BEN, None))
    assert do(clocks.due_owners, NOW, 10) == [None, ANA]
    assert do(clocks.due_owners, NOW + MINUTE, 10) == [None, ANA, BEN]
    assert do(clocks.due_owners, NOW, 1) == [None]


def test_what_is_due_for_owners(do):
    """Their clocks up to an instant, that instant counted, the most urgent of all of them first; nobody's are None's."""
    for lead, owner, minutes in (("g/L2", ANA, 1), ("g/L1", ANA, 1), ("g/L3", ANA, 0), ("g/L4", None, 0)):
        do(clocks.save, clock(lead, owner, NOW + minutes * MINUTE))
    do(clocks.save, clock("g/L0", BEN, NOW + 2 * MINUTE))

    def due(owners, until=NOW + MINUTE, most=9):
        return [c.lead_key for c in do(clocks.due_of, owners, until, most)]

    assert due([ANA]) == ["g/L3", "g/L1", "g/L2"]
    assert due([ANA], NOW) == ["g/L3"]
    assert due([ANA], most=1) == ["g/L3"]
    assert due([None]) == ["g/L4"]
    assert (due([BEN]), due([])) == ([], [])
    assert due([BEN, None, ANA]) == ["g/L3", "g/L4", "g/L1", "g/L2"]
    assert due([BEN, None, ANA], NOW + 2 * MINUTE, 2) == ["g/L3", "g/L4"]


def test_which_leads_have_nothing_open(do):
    """Open is a first contact that is owed, breached or not, and a follow-up that goes on, in any cycle of the lead."""
    ended = {"ended_at": NOW, "follow_up": "kept"}
    met = {"state": "met", "stopped_at": NOW}
    do(clocks.save, clock("g/running"))
    do(clocks.save, replace(clock("g/breached"), state="breached", follow_up="broken"))
    do(clocks.save, replace(clock("g/followed up"), **met, follow_up="open"))
    do(clocks.save, replace(clock("g/kept"), **met, follow_up="kept"))
    do(clocks.save, replace(clock("g/broken"), **met, follow_up="broken"))
    do(clocks.save, replace(clock("g/ended"), state="closed", stopped_at=NOW, **ended))
    do(clocks.save, replace(clock("g/ended late"), state="breached", **ended))
    do(clocks.save, replace(clock("g/back"), state="closed", stopped_at=NOW, **ended))
    do(clocks.save, replace(clock("g/back"), cycle=2))
    assert do(clocks.closed_leads) == {"g/kept", "g/broken", "g/ended", "g/ended late"}


def test_when_the_sweep_must_look_next(do):
    """The earliest look of any clock, past or to come; none where nothing waits."""
    assert do(clocks.due_next) is None
    for lead, look in (("g/L1", NOW + MINUTE), ("g/L2", NOW - MINUTE), ("g/L3", None)):
        do(clocks.save, clock(lead, look=look))
    assert do(clocks.due_next) == NOW - MINUTE
    do(clocks.remove, "g/L2", 1)
    assert do(clocks.due_next) == NOW + MINUTE


def test_clocks_of_an_older_winbell_are_seen(do):
    """A clock without the end of its follow-up was computed by an older Winbell, and is to be computed anew."""
    assert not do(clocks.unfinished)
    do(clocks.save, clock("g/L1"))
    assert not do(clocks.unfinished)
    do(clocks.save, replace(clock("g/L2"), within_at=None))
    assert do(clocks.unfinished)


def test_the_sweep_moves_a_clock_on(do):
    """When to look again, the state, and who held the lead at its breach, are written of the clocks looked at alone."""
    one, two, back = clock("g/L1"), clock("g/L2"), replace(clock("g/L1"), cycle=2)
    for each in (one, two, back):
        do(clocks.save, each)
    later = replace(two, next_at=NOW + MINUTE)
    breached = replace(one, state="breached", breached_owner=ANA, next_at=None)
    do(clocks.looked_at, [replace(breached, tier="other", attempts=7), later])
    assert do(clocks.every) == [breached, back, later]
    do(clocks.looked_at, [])
    assert do(clocks.every) == [breached, back, later]


def decision(step: str, lead: str = "g/L1", cycle: int = 1, **more: object) -> Decided:
    """A step that was put into message 7."""
    told = {"due_at": NOW, "outcome": "queued", "reason": None, "decided_at": NOW, "message_id": 7}
    return Decided(lead, cycle, step, **(told | more))


def test_a_step_is_decided_once(do):
    """The first decision of a step stands; another step, cycle or lead is decided for itself."""
    first = [decision("at_risk:owner"), decision("breach:owner")]
    assert do(clocks.decide, first) == 2
    again = decision(
        "at_risk:owner", outcome="skipped", reason="a later step was due as well", message_id=None
    )
    others = [decision("at_risk:owner", cycle=2), decision("breach+50%:manager", lead="g/L2")]
    assert do(clocks.decide, [again, *others]) == 2
    assert do(clocks.decide, []) == 0
    steps = {"at_risk:owner", "breach:owner"}
    assert do(clocks.decided_steps, ["g/L1"], 1) == steps
    assert do(clocks.decided_steps, ["g/L1", "g/L2"], 1) == steps | {"breach+50%:manager"}
    assert do(clocks.decided_steps, ["g/L1"], 3) == do(clocks.decided_steps, [], 1) == set()
    assert do(clocks.decisions, ["g/L1", "g/L2"]) == [
        decision("at_risk:owner"),
        others[0],
        others[1],
        first[1],
    ]


def test_decisions_come_in_the_order_they_were_made(do):
    """What became of each step, with its reason: by the time of the decision, then of the step."""
    told = [
        decision("c", decided_at=NOW + MINUTE, due_at=NOW - MINUTE),
        decision("b", due_at=NOW + MINUTE, lead="g/L2"),
        decision("a", outcome="skipped", reason="a later step was due as well", message_id=None),
    ]
    do(clocks.decide, told)
    assert do(clocks.decisions, ["g/L1", "g/L2"]) == [told[2], told[1], told[0]]
    assert do(clocks.decisions, ["g/L2"]) == [told[1]]
    assert do(clocks.decisions, []) == []


def test_the_decided_steps_of_many_clocks(do):
    """Each clock has those of its own lead and cycle; one of which nothing was decided has none."""
    told = [decision("a"), decision("b"), decision("c", cycle=2), decision("d", lead="g/L2")]
    do(clocks.decide, told)
    wanted = [clock("g/L1"), replace(clock("g/L2"), cycle=2), clock("g/L2"), clock("g/L3")]
    assert do(clocks.decided_of, wanted) == {
        ("g/L1", 1): {"a", "b"},
        ("g/L2", 2): set(),
        ("g/L2", 1): {"d"},
        ("g/L3", 1): set(),
    }
    assert do(clocks.decided_of, []) == {}


def test_a_clock_that_moves_to_another_lead_keeps_its_decisions(do):
    """What was decided under any lead of the contact in that cycle holds for the new one; its own decisions stand."""
    own = decision("a", lead="g/L2", outcome="skipped", message_id=None)
    do(clocks.decide, [decision("a"), decision("b"), decision("c", cycle=2), decision("d", lead="g/L3"), own])
    do(clocks.share_steps, ["g/L1", "g/L2"], "g/L2", 1)
    assert do(clocks.decisions, ["g/L2"]) == [own, decision("b", lead="g/L2")]
    do(clocks.share_steps, ["g/L1", "g/L2"], "g/L2", 1)
    assert do(clocks.decided_steps, ["g/L1"], 1) == {"a", "b"}
    assert do(clocks.decided_steps, ["g/L2"], 1) == {"a", "b"}


def test_steps_of_a_message_that_is_not_sent_are_open_again(do):
    """Only the steps queued with that message for those leads need a decision again."""
    do(clocks.decide, [decision("a"), decision("b", message_id=8), decision("a", lead="g/L2")])
    do(clocks.forget_step, ["g/L1"], 7)
    assert do(clocks.decided_steps, ["g/L1"], 1) == {"b"}
    assert do(clocks.decided_steps, ["g/L2"], 1) == {"a"}
