"""Open leads in the order of their urgency, and the buttons of lists."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from bot.domain.steps import owner_step
from bot.store import answers, clocks, nudges, queue
from bot.store.queue import OpenCall
from tests.store.test_clocks import ANA, BEN, MINUTE, NOW, clock

if TYPE_CHECKING:
    from datetime import datetime

    from bot.store.clocks import Clock

FOLLOWING = {"stopped_at": NOW - 30 * MINUTE, "attempts": 1, "state": "met"}


@pytest.fixture
def do(database):
    """Runs a function of the store in a transaction."""
    return lambda function, *args, **named: database.write_now(lambda s: function(s, *args, **named))


@pytest.fixture
def saved(do):
    """Saves a clock of Ana's with some fields changed."""

    def save(lead: str, owner: str | None = ANA, **changes: Any) -> Clock:
        made = replace(clock(lead, owner), **changes)
        do(clocks.save, made)
        return made

    return save


def test_the_most_urgent_comes_first(do, saved):
    """Late ones by how late, then those at risk, then the rest by their due instants; a follow-up by its own."""
    saved("g/later", due_at=NOW + 90 * MINUTE, at_risk_at=NOW + 60 * MINUTE)
    saved("g/risk", due_at=NOW + 200 * MINUTE, at_risk_at=NOW)
    saved("g/late", due_at=NOW - 1 * MINUTE)
    saved("g/latest", due_at=NOW - 9 * MINUTE)
    saved("g/follow", attempt_due_at=NOW + 30 * MINUTE, **FOLLOWING)
    saved("g/late-follow", attempt_due_at=NOW - 5 * MINUTE, **FOLLOWING)
    found = do(queue.open_leads, ANA, NOW, 10)
    assert [(one.lead_key, one.attempt) for one in found] == [
        ("g/latest", 1),
        ("g/late-follow", 2),
        ("g/late", 1),
        ("g/risk", 1),
        ("g/follow", 2),
        ("g/later", 1),
    ]
    assert [one.due_at for one in found[:2]] == [NOW - 9 * MINUTE, NOW - 5 * MINUTE]
    assert [one.at_risk_at is None for one in found] == [False, True, False, False, True, False]
    assert do(queue.open_leads, ANA, NOW, 2) == found[:2]
    assert do(queue.count_open, ANA, NOW) == 6


@pytest.mark.parametrize(
    "changes",
    [
        {"ended_at": NOW},
        {**FOLLOWING, "follow_up": "kept"},
        {**FOLLOWING, "attempt_due_at": None},
        {**FOLLOWING, "within_at": NOW - MINUTE},
    ],
    ids=["left sales", "kept", "none owed", "time is over"],
)
def test_a_lead_that_asks_for_nothing_is_in_no_list(do, saved, changes):
    """Nothing is owed to a lead that left sales' hands, or whose follow-up is decided."""
    saved("g/L1", **changes)
    assert (do(queue.open_leads, ANA, NOW, 9), do(queue.count_open, ANA, NOW)) == ([], 0)


def test_whose_leads(do, saved):
    """An owner's, those without an owner, or everybody's."""
    for lead, owner in (("g/a", ANA), ("g/b", BEN), ("g/n", None)):
        saved(lead, owner)

    def asked(owner, **named):
        found = [one.lead_key for one in do(queue.open_leads, owner, NOW, 9, **named)]
        assert len(found) == do(queue.count_open, owner, NOW, **named)
        return found

    assert (asked(ANA), asked(BEN), asked(None)) == (["g/a"], ["g/b"], ["g/n"])
    assert asked(None, everybody=True) == ["g/a", "g/b", "g/n"]
    assert [do(queue.owns_leads, one) for one in (ANA, BEN, "cho@seller.example")] == [True, True, False]


def test_calls_that_leads_had_wished(do, saved):
    """A call-back stands while its clock has the step, also where the agreement asks for nothing; the latest counts."""
    over = {**FOLLOWING, "follow_up": "kept", "attempt_due_at": None}

    def wished(*calls: tuple[int, datetime]) -> dict[str, Any]:
        steps = [owner_step(f"callback-{number}#2", at) for number, at in calls]
        return {"steps_json": clocks.packed([owner_step("attempt-2", NOW), *steps])}

    saved("g/over", **over, **wished((7, NOW), (8, NOW + MINUTE)))
    saved("g/owed", **wished((9, NOW - MINUTE)))
    saved("g/ended", ended_at=NOW, **wished((10, NOW)))
    saved("g/none", **over, steps_json=clocks.packed([owner_step("attempt-2", NOW)]))
    saved("g/ben", BEN, **over, **wished((11, NOW)))
    assert do(queue.open_calls, ANA, NOW) == [
        OpenCall("g/owed", 1, "callback-9#2", NOW - MINUTE, counted=True),
        OpenCall("g/over", 1, "callback-8#2", NOW + MINUTE, counted=False),
    ]
    assert [one.lead_key for one in do(queue.open_calls, None, NOW, everybody=True)] == [
        "g/owed",
        "g/ben",
        "g/over",
    ]


def test_what_waits_since_before(do, saved):
    """First contacts owed since before an instant, by who held the lead when its promise was broken, else holds it."""
    before, late = NOW - 90 * MINUTE, {"due_at": NOW - MINUTE}
    for lead, owner, changes in (
        ("g/open", ANA, {}),
        ("g/late", ANA, late),
        ("g/passed-on", BEN, late | {"breached_owner": ANA}),
        ("g/nobody", None, late),
        ("g/since", ANA, {"started_at": before}),
        ("g/made", ANA, {**FOLLOWING, "attempt_due_at": NOW - MINUTE}),
        ("g/ended", ANA, {"ended_at": NOW}),
    ):
        saved(lead, owner, **({"started_at": before - MINUTE} | changes))

    def counts(owner, **named):
        return do(queue.waiting_since_before, owner, before, NOW, **named)

    assert [counts(owner) for owner in (ANA, BEN, None)] == [(3, 2), (0, 0), (1, 1)]
    assert counts(None, everybody=True) == (4, 3)


def test_a_button_of_a_list_stays_what_it_is(do):
    """Asked for twice, a contact has one button; another attempt, wish or cycle has another; the press finds it."""
    asked = [(1, "attempt-1"), (1, "attempt-2"), (1, "callback-2#2"), (1, "callback-3#2"), (2, "attempt-1")]
    wanted = [("g/L1", cycle, step, NOW) for cycle, step in asked]
    do(queue.put_listed, wanted)
    first = do(queue.listed, ["g/L1"])
    do(queue.put_listed, [*wanted, ("g/L2", 1, "attempt-1", NOW)])
    assert do(queue.listed, ["g/L1"]) == first
    assert len({one.ref for one in do(queue.listed, ["g/L1", "g/L2"]).values()}) == 6
    found = {key: do(nudges.item_by_ref, one.ref) for key, one in first.items()}
    assert {key: (item.lead_key, item.cycle, item.step) for key, item in found.items()} == {
        ("g/L1", cycle, step): ("g/L1", cycle, step) for cycle, step in asked
    }


def test_a_list_is_no_message(do):
    """A lead that is in a list alone is in no reminder, and nothing in a reminder is a list's."""
    do(queue.put_listed, [("g/L1", 1, "attempt-1", NOW)])
    assert do(nudges.messages_with, ["g/L1"]) == []
    do(nudges.put_item, 7, "g/L2", 1, "breach:owner", NOW)
    assert do(queue.listed, ["g/L2"]) == {}


def test_what_somebody_answered_lately(do):
    """Their own answers since an instant, the latest first, without those taken back."""

    def given(lead: str, at: datetime, by: str = "U1", **data: Any) -> int:
        return do(
            answers.keep,
            lead_key=lead,
            cycle=1,
            kind="contacted",
            at=at,
            by_slack_id=by,
            by_email=None,
            data=data,
        )

    given("g/old", NOW - 11 * MINUTE)
    given("g/first", NOW - 9 * MINUTE)
    given("g/other", NOW - 8 * MINUTE, by="U2")
    undone = given("g/undone", NOW - 7 * MINUTE)
    do(answers.settle, do(answers.find, undone), "undone", NOW)
    given("g/second", NOW - 6 * MINUTE, attempt=2)
    found = do(queue.answered_by, "U1", NOW - 10 * MINUTE)
    assert [(one.lead_key, one.attempt, one.at) for one in found] == [
        ("g/second", 2, NOW - 6 * MINUTE),
        ("g/first", 1, NOW - 9 * MINUTE),
    ]
