"""The steps of a clock: when each is due, which wait, and which of those due are told."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import clocks, steps
from bot.domain.agreement import DEFAULT_CALENDAR, DEFAULT_STEPS, Step, Tier
from bot.domain.steps import Decision, StepAt, attempt_of, decide, escalation, held_until, owner_step, waiting

MON = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)  # the opening of a Monday in the default calendar
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
TIER = Tier()
RISK = Decimal("0.75")


def at(hours: float) -> datetime:
    """An instant, in hours of wall clock after Monday's opening."""
    return MON + hours * HOUR


def instants(found):
    """Steps as (key, hours after Monday's opening, to whom)."""
    assert all(step.missable and step.at == step.due_at for step in found)
    return [(step.key, (step.at - MON) / HOUR, step.to) for step in found]


# The steps of the agreement


def test_the_steps_of_the_default_agreement():
    """Each with its instant and whom it is for, in the order of time."""
    assert instants(escalation(DEFAULT_CALENDAR, MON, TIER, DEFAULT_STEPS, RISK)) == [
        ("at_risk:owner", 3, "owner"),
        ("breach:owner", 4, "owner"),
        ("breach+50%:manager", 6, "manager"),
        ("breach+100%:channel", 8, "channel"),
    ]


def test_steps_in_working_time():
    """A share of the target beyond the breach is counted in working time, over the night; of equals the key decides."""
    agreed = (Step("breach+150%", "owner"), Step("breach", "owner"), Step("breach", "mona@seller.example"))
    assert instants(escalation(DEFAULT_CALENDAR, at(6), TIER, agreed, RISK)) == [
        ("breach:mona@seller.example", 26, "mona@seller.example"),
        ("breach:owner", 26, "owner"),
        ("breach+150%:owner", 32, "owner"),
    ]


def test_a_pause_moves_the_steps():
    """What the customer asked to wait for is waited for."""
    paused = [(at(1), at(24))]
    found = escalation(DEFAULT_CALENDAR, MON, TIER, DEFAULT_STEPS[:2], RISK, paused)
    assert instants(found) == [("at_risk:owner", 26, "owner"), ("breach:owner", 27, "owner")]


@pytest.mark.parametrize("risk", ["0.5", "0.75", "0.333", "1"])
def test_at_risk_is_the_agreed_share(risk):
    """The step and the state begin at the same instant: the agreed share of the target."""
    share = Decimal(risk)
    (step,) = escalation(DEFAULT_CALENDAR, MON, TIER, DEFAULT_STEPS[:1], share)
    plan = clocks.plan(DEFAULT_CALENDAR, TIER, share, MON, None, None, MON)
    assert step.due_at == plan.at_risk_at == MON + timedelta(seconds=float(share * 14400))


# How a step is kept, and what it asks for

KEYS = st.sampled_from(["at_risk:owner", "breach+50%:mona@seller.example", "attempt-2", "callback-7#2"])
INSTANTS = st.integers(-600, 600).map(lambda minutes: MON + minutes * MINUTE)
STEPS = st.builds(
    StepAt, KEYS, INSTANTS, INSTANTS, st.sampled_from(["owner", "manager", "channel"]), st.booleans()
)


@given(STEPS)
def test_a_step_comes_back_as_it_was_kept(step):
    """Its plain values survive being written down."""
    assert StepAt.unpacked(json.loads(json.dumps(step.packed()))) == step


@pytest.mark.parametrize(
    ("key", "attempt"),
    [
        ("at_risk:owner", 1),
        ("breach+50%:manager", 1),
        ("breach:a#b@seller.example", 1),
        ("assigned:ana@seller.example", 1),
        ("assigned:ana#2@seller.example", 1),
        ("attempt-2", 2),
        ("attempt-12", 12),
        ("callback-7#2", 2),
        ("snoozed-12#3", 3),
        ("declined-4#1", 1),
        ("intent:demo_request:generic/T-1", 1),
        ("intent:demo_request:generic/T#5", 1),
    ],
)
def test_which_contact_a_step_asks_for(key, attempt):
    """The number of the attempt, whoever else's words are in the key; every other step asks for the first contact."""
    assert attempt_of(key) == attempt


@pytest.mark.parametrize(
    ("what", "asked", "attempt", "key"),
    [
        ("snoozed-12", "at_risk:owner", 1, "snoozed-12#1"),
        ("snoozed-12", "attempt-3", 3, "snoozed-12#3"),
        ("declined-4", "snoozed-12#2", 2, "declined-4#2"),
        ("snoozed-12", "intent:demo_request:generic/T-1", 1, "intent:demo_request:generic/T-1#snoozed-12"),
    ],
)
def test_a_step_that_asks_again_asks_for_the_same(what, asked, attempt, key):
    """After a snooze, and after somebody declined, it is the same contact that is asked for."""
    assert steps.asked_again(what, asked, attempt) == key
    assert attempt_of(key) == attempt


@pytest.mark.parametrize(
    ("key", "news"),
    [
        ("intent:demo_request:generic/T-1", True),
        ("intent:demo_request:generic/T-1#snoozed-12", False),
        ("intent:call_request:generic/T#5", True),
        ("intent:call_request:generic/T#5#declined-4", False),
        ("attempt-2", False),
        ("snoozed-12#1", False),
        ("at_risk:owner", False),
    ],
)
def test_which_steps_are_news(key, news):
    """A touch with intent is news once; asked again after a snooze it is a step like others."""
    assert steps.is_news(key) is news


@pytest.mark.parametrize(
    ("key", "why"),
    [
        ("intent:demo_request:generic/T-1", None),
        ("intent:demo_request:generic/T-1#snoozed-12", "snoozed"),
        ("intent:call_request:generic/T#5#declined-4", "declined"),
        ("snoozed-12#1", None),
        ("declined-4#2", None),
    ],
)
def test_what_made_a_touch_come_back(key, why):
    """The end of a snooze, or a hand-over that was declined; other steps tell of no touch."""
    assert steps.came_back(key) == why


def test_a_step_to_the_owner_is_told_in_any_case():
    """A new lead, a follow-up and the end of a snooze are each told, however many are due."""
    assert owner_step("attempt-2", at(5)) == StepAt("attempt-2", at(5), at(5), "owner", missable=False)


# Which wait


def some(*keys_and_hours, missable=True, to="owner"):
    """Steps by key and hours."""
    return tuple(StepAt(key, at(h), at(h), to, missable=missable) for key, h in keys_and_hours)


THREE = some(("a", 3), ("b", 4), ("c", 6))


@pytest.mark.parametrize(
    ("decided", "quiet_before", "expected"),
    [
        (set(), None, "abc"),
        ({"b"}, None, "ac"),
        ({"a", "b", "c", "d"}, None, ""),
        (set(), 4, "bc"),
        (set(), 4.01, "c"),
        ({"b"}, 4, "c"),
        (set(), 7, ""),
    ],
)
def test_which_steps_wait(decided, quiet_before, expected):
    """Those not decided yet, and not due before the lead was known; the instant itself was known."""
    found = waiting(THREE, decided, at(quiet_before) if quiet_before is not None else None)
    assert "".join(step.key for step in found) == expected


def test_what_was_due_before_the_lead_was_known_is_not_told_after_a_snooze():
    """A snooze moves when a step is told, not when it was due."""
    held = held_until(THREE, at(9))
    assert [(step.key, step.due_at, step.at) for step in held] == [
        ("a", at(3), at(9)),
        ("b", at(4), at(9)),
        ("c", at(6), at(9)),
    ]
    assert [step.key for step in waiting(held, set(), at(4))] == ["b", "c"]
    assert [step.at for step in held_until(THREE, at(4))] == [at(4), at(4), at(6)]
    assert held_until(THREE, None) == THREE


# Which are told

FIVE = 5 * MINUTE
SNOOZED = some(("snoozed-1#1", 6), missable=False)

DECISIONS = {
    # waiting, now (hours) -> sent, missed
    "nothing waits": ((), 9, "", ""),
    "nothing is due": (THREE, 2, "", ""),
    "the first one": (THREE, 3, "a", ""),
    "right before it": (THREE, 2.99, "a", ""),
    "five minutes before it": (THREE, 3 - 5 / 60, "a", ""),
    "earlier than that": (THREE, 3 - 6 / 60, "", ""),
    "two of them": (THREE, 5, "b", "a"),
    "all of them": (THREE, 99, "c", "ab"),
    "two at one instant": ((*THREE, *some(("m", 6), to="manager")), 7, "cm", "ab"),
    "the manager's alone": (some(("m", 6), to="manager"), 6, "m", ""),
    "the manager's is not told before": (some(("m", 6), to="manager"), 5.99, "", ""),
    "the owner's is, whatever comes before": (
        (*some(("m", 5.98), to="manager"), *some(("c", 6))),
        5.95,
        "c",
        "",
    ),
    "what is due brings nothing along": (some(("a", 3), ("b", 3.05)), 3, "a", ""),
    "others are each told": ((*THREE, *some(("x", 1), ("y", 2), missable=False)), 7, "cxy", "ab"),
    "others alone": (some(("x", 1), ("y", 2), missable=False), 1.5, "x", ""),
}


@pytest.mark.parametrize("case", DECISIONS)
def test_which_steps_are_told(case):
    """Of the agreement's steps the latest that is due; what the owner is told next comes along within five minutes."""
    steps_waiting, now, sent, missed = DECISIONS[case]
    choice = decide(steps_waiting, at(now), FIVE)
    assert "".join(step.key for step in choice.send) == sent
    assert "".join(step.key for step in choice.skip) == missed


def test_what_a_snooze_held_back_is_told_at_its_end():
    """The reminder of the snooze and the latest step held by it; the earlier one is missed."""
    held = (*held_until(THREE[:2], at(6)), *SNOOZED)
    choice = decide(held, at(6), FIVE)
    assert ([step.key for step in choice.send], [step.key for step in choice.skip]) == (
        ["b", "snoozed-1#1"],
        ["a"],
    )


LATER = {
    # decided, now (hours) -> sent, missed; a is the owner's at 3, m the manager's at 5, b the owner's at 6, c the channel's at 8
    "nothing was told": ("", 9, "c", "amb"),
    "the channel was told": ("c", 9, "b", "am"),
    "the owner and the channel were told": ("bc", 9, "", "am"),
    "the manager was told": ("m", 5, "a", ""),
    "the owner was told a little before": ("b", 5.98, "m", "a"),
    "a later one was missed, too": ("abc", 9, "", "m"),
}


@pytest.mark.parametrize("case", LATER)
def test_what_comes_after_a_later_step_was_told_is_missed(case):
    """A new agreement has an earlier step: it is not told any more, and the owner's only if the owner was told later."""
    decided, now, sent, missed = LATER[case]
    every = (
        *some(("a", 3), ("b", 6)),
        *some(("m", 5), to="manager"),
        *some(("c", 8), to="channel"),
        *some(("x", 7), missable=False),
    )
    choice = decide(waiting(every, {*decided, "x"}, None), at(now), FIVE)
    assert ("".join(step.key for step in choice.send), "".join(sorted(s.key for s in choice.skip))) == (
        sent,
        "".join(sorted(missed)),
    )


@given(st.lists(STEPS, unique_by=lambda step: step.key), INSTANTS, st.integers(0, 60))
def test_every_step_that_is_due_is_decided(given_steps, now, bundle):
    """What is due is told or missed, not both; only what can be missed is; nothing is told that is not due soon."""
    choice = decide(given_steps, now, bundle * MINUTE)
    due = [step for step in given_steps if step.at <= now]
    if due:
        assert sorted((*choice.send, *choice.skip), key=lambda s: s.key) == sorted(due, key=lambda s: s.key)
        assert choice.send
    else:
        assert choice.skip == ()
        assert len(choice.send) <= 1
    assert all(step.missable for step in choice.skip)
    assert all(step.at <= now + bundle * MINUTE for step in choice.send)
    assert len({step.due_at for step in choice.send if step.missable}) <= 1


@given(st.lists(STEPS, unique_by=lambda step: step.key), st.lists(INSTANTS))
def test_every_step_is_decided_once(given_steps, ticks):
    """However the ticks come, each step is told or missed at most once, and at the last one each that was due is."""
    done: dict[str, str] = {}
    for now in ticks:
        choice = decide(waiting(given_steps, done.keys(), None), now, FIVE)
        for what, chosen in (("told", choice.send), ("missed", choice.skip)):
            assert not {step.key for step in chosen} & done.keys()
            done |= {step.key: what for step in chosen}
    if ticks:
        assert {step.key for step in given_steps if step.at <= max(ticks)} <= done.keys()


def test_nothing_to_decide():
    """Without steps there is nothing to tell."""
    assert decide((), MON, FIVE) == Decision((), ())
    assert steps.INTENT == "intent:"
