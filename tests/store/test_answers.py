"""Answers about leads: what can be answered only once is, each is known by its button, and none is lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.store import answers
from bot.store.answers import Answer

NOW = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
ANA = "ana@seller.example"


@pytest.fixture
def do(database):
    """Runs a function of the store in a transaction."""
    return lambda function, *args, **named: database.write_now(lambda s: function(s, *args, **named))


@pytest.fixture
def keep(do):
    """Keeps an answer, `Contacted` about the first cycle of a lead where nothing else is said; returns it."""

    def kept(lead: str = "g/L1", **more: object) -> Answer | None:
        told = {"cycle": 1, "kind": "contacted", "at": NOW, "by_slack_id": "U1", "by_email": ANA}
        number = do(answers.keep, lead_key=lead, **(told | more))
        return None if number is None else do(answers.find, number)

    return kept


def test_an_answer_comes_back_as_it_was_given(do, keep):
    """Everything that was said is kept, with a reference of its own for its buttons."""
    data = {"to": "zoë@seller.example", "reason": "on leave", "attempt": 2, "from": None}
    first = keep("g/L1", cycle=2, kind="handed_over", state="offered", data=data, by_email=None)
    assert first == Answer(
        id=first.id,
        ref=first.ref,
        lead_key="g/L1",
        cycle=2,
        kind="handed_over",
        state="offered",
        at=NOW,
        by_slack_id="U1",
        by_email=None,
        settled_at=None,
        data=data,
    )
    second = keep()
    assert (second.state, second.data, second.by_email) == ("given", {}, ANA)
    assert len({first.id, second.id}) == len({first.ref, second.ref}) == 2


def test_an_answer_is_found_by_its_button(do, keep):
    """The reference and the number lead to the answer; what nobody gave leads nowhere."""
    answer = keep()
    assert do(answers.by_ref, answer.ref) == do(answers.find, answer.id) == answer
    assert do(answers.by_ref, "made up") is None
    assert do(answers.find, answer.id + 1) is None


def test_what_is_answered_once_is_answered_once(do, keep):
    """A slot takes one answer, the first; another slot, and an answer without one, are free."""
    first = keep(slot="g/L1:1:contacted:1")
    assert keep(slot="g/L1:1:contacted:1", at=NOW + MINUTE, by_slack_id="U2") is None
    second, third, fourth = keep(slot="g/L1:1:contacted:2"), keep(), keep()
    assert do(answers.of_leads, ["g/L1"]) == [first, second, third, fourth]


def test_the_answers_about_a_contact(do, keep):
    """Those about any of its leads, in the order of time, of equal times as they came; none about another lead."""
    late, early, same, other = keep(at=NOW + MINUTE), keep("g/L2"), keep("g/L1"), keep("g/L3")
    assert do(answers.of_leads, ["g/L1", "g/L2"]) == [early, same, late]
    assert do(answers.of_leads, ["g/L3", "g/L9"]) == [other]
    assert do(answers.of_leads, []) == []


@pytest.mark.parametrize("state", ["accepted", "declined", "undone"])
def test_what_becomes_of_an_answer(do, keep, state):
    """It is settled once; whoever comes later with another end, or the same one, comes too late."""
    offered = keep(kind="handed_over", state="offered")
    assert do(answers.settle, offered, state, NOW + MINUTE)
    settled = replace(offered, state=state, settled_at=NOW + MINUTE)
    for late in ("accepted", "declined", "undone"):
        assert not do(answers.settle, offered, late, NOW + 2 * MINUTE)
    assert do(answers.find, offered.id) == settled
    assert do(answers.of_leads, ["g/L1"]) == ([] if state == "undone" else [settled])


def test_what_was_taken_back_can_be_answered_again(do, keep):
    """An answer taken back is kept but counts no more; its slot is free, and only that way."""
    first = keep(slot="once")
    assert do(answers.settle, first, "undone", NOW + MINUTE)
    second = keep(slot="once", at=NOW + 2 * MINUTE)
    assert do(answers.of_leads, ["g/L1"]) == [second]
    assert do(answers.by_ref, first.ref).state == "undone"
    assert keep(slot="once") is None
    offered = keep(kind="handed_over", state="offered", slot="asked once")
    assert do(answers.settle, offered, "declined", NOW)
    assert keep(slot="asked once") is None


def test_more_is_kept_with_an_answer(do, keep):
    """What is added stands beside what was said."""
    answer = keep(kind="handed_over", state="offered", data={"to": ANA, "reason": None})
    do(answers.add, answer, {"declined": "zu viel zu tun"})
    assert do(answers.find, answer.id) == replace(
        answer, data={"to": ANA, "reason": None, "declined": "zu viel zu tun"}
    )
    assert keep().data == {}
