"""The follow-up commitment: which attempts count, when the next one is due, and whether it was kept."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.agreement import DEFAULT_CALENDAR, Tier
from bot.domain.follow_up import FollowUp, Word, counted, distinct, follow_up, next_due
from bot.domain.worktime import Calendar, due, elapsed

FUNNEL = json.loads((Path(__file__).parent / "vectors.json").read_text(encoding="utf-8"))["funnel"]
D12 = FUNNEL["D12 follow-up"]
OFFICE = (((540, 1020),),) * 5 + ((), ())
NEW_YORK = Calendar("America/New_York", OFFICE)

MON = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)  # the opening of a Monday in the default calendar
HOUR = timedelta(hours=1)
TIER = Tier(attempts=3)
"""A first contact within 4 working hours, three attempts a working day apart, all within 40 working hours."""
END = 4 * 24 + 8
"""Friday's closing, where the 40 working hours are over, in hours after Monday's opening."""


def at(hours: float | None) -> datetime | None:
    """An instant, in hours of wall clock after Monday's opening."""
    return None if hours is None else MON + hours * HOUR


def judged(attempts, over, now, tier=TIER, pauses=()):
    """Where a commitment of a lead created on Monday at the opening stands."""
    first_due = due(DEFAULT_CALENDAR, MON, tier.first_contact, pauses)
    return follow_up(DEFAULT_CALENDAR, tier, MON, first_due, map(at, attempts), at(over), at(now), pauses)


# The worked case


def test_the_worked_case():
    """Each attempt is due a working day after the one before, the last at the end of the time agreed."""
    policy, created = D12["policy"], datetime.fromisoformat(D12["created"])
    tier = Tier(
        attempts=policy["attempts"],
        first_contact=policy["first_hours"] * HOUR,
        spacing=(policy["spacing_hours"] * HOUR,),
        within=policy["within_hours"] * HOUR,
    )
    first_due = due(NEW_YORK, created, tier.first_contact)
    made = []
    for attempt in D12["attempts"]:
        now = max([created, *made])
        found = follow_up(NEW_YORK, tier, created, first_due, made, None, now)
        assert (found.state, found.attempts) == ("open", attempt["attempt"] - 1)
        assert found.next_due == datetime.fromisoformat(attempt["due_local"])
        assert found.within_at == datetime.fromisoformat(D12["within_local"])
        if "made_local" in attempt:
            made.append(datetime.fromisoformat(attempt["made_local"]))
            late = elapsed(NEW_YORK, found.next_due, made[-1])
            assert late == attempt["late_hours"] * HOUR
    alone = due(NEW_YORK, made[-1], tier.spacing[0])
    assert alone == datetime.fromisoformat("2026-07-13T12:00:00-04:00")


# Which attempts count


@pytest.mark.parametrize(
    ("attempts", "gap", "expected"),
    [
        ([], 1, []),
        ([5, 2, 9], 1, [2, 5, 9]),
        ([2, 2.5, 2.99], 1, [2]),
        ([2, 3], 1, [2, 3]),
        ([2, 2.75, 3.5], 1, [2, 3.5]),
        ([2, 2], 1, [2]),
        ([2, 2, 2.5], 0, [2, 2, 2.5]),
        ([0, 23.9, 24], 24, [0, 24]),
    ],
)
def test_two_attempts_shortly_after_each_other_are_one(attempts, gap, expected):
    """Less than the least gap of wall-clock time after the last one that counted is the same attempt."""
    assert counted(map(at, attempts), gap * HOUR) == tuple(map(at, expected))


@given(st.lists(st.integers(0, 60)), st.integers(0, 60), st.integers(1, 9))
def test_news_of_an_attempt_never_takes_one_away(attempts, late, gap):
    """However late an attempt is told of, there are no fewer, and none of them came later than it seemed."""
    before = counted(map(at, attempts), gap * HOUR)
    after = counted(map(at, [*attempts, late]), gap * HOUR)
    assert len(after) >= len(before)
    assert all(now <= then for then, now in zip(before, after, strict=False))
    assert all(late - early >= gap * HOUR for early, late in pairwise(after))


# When the next one is due


@pytest.mark.parametrize(
    ("made", "spacing", "expected"),
    [
        ([], (8,), 4),
        ([2], (8,), 26),
        ([2, 26], (8,), 50),
        ([2], (4, 16), 6),
        ([2, 6], (4, 16), 54),
        ([2, 100], (8,), END),
        ([2, 26, 50], (8,), None),
    ],
)
def test_when_the_next_attempt_is_due(made, spacing, expected):
    """The first with the first contact, each other one its spacing after the one before, never later than the end."""
    tier = replace(TIER, spacing=tuple(hours * HOUR for hours in spacing))
    found = next_due(DEFAULT_CALENDAR, tier, at(4), at(END), [at(h) for h in made])
    assert found == at(expected)


# How it is judged

CASES = {
    # attempts, over, now -> state, counted, next due, decided, exhausted
    "nobody did anything yet": ([], None, 1, ("open", 0, 4, None, None)),
    "one attempt": ([2], None, 3, ("open", 1, 26, None, None)),
    "two that are one": ([2, 2.5], None, 3, ("open", 1, 26, None, None)),
    "all attempts": ([50, 2, 26], None, 60, ("kept", 3, None, 50, 50)),
    "more than all": ([2, 26, 50, 75], None, 80, ("kept", 4, None, 50, 50)),
    "the last one at the very end": ([2, 26, END], None, 200, ("kept", 3, None, END, END)),
    "a reply": ([2], 5, 6, ("kept", 1, None, 5, None)),
    "a reply to nobody": ([], 5, 6, ("kept", 0, None, 5, None)),
    "a reply before the last one": ([2, 26, 50], 40, 60, ("kept", 3, None, 40, None)),
    "a reply at the last one": ([2, 26, 50], 50, 60, ("kept", 3, None, 50, None)),
    "a reply after the last one": ([2, 26, 50], 51, 60, ("kept", 3, None, 50, 50)),
    "a reply at the very end": ([2], END, 200, ("kept", 1, None, END, None)),
    "the end itself": ([2], None, END, ("open", 1, 26, None, None)),
    "right after the end": ([2], None, END + 0.001, ("broken", 1, None, END, None)),
    "the last one too late": ([2, 26, 120], None, 130, ("broken", 3, None, END, 120)),
    "a reply too late": ([2, 26], 110, 130, ("broken", 2, None, END, None)),
    "nothing at all": ([], None, 1000, ("broken", 0, None, END, None)),
}


@pytest.mark.parametrize("case", CASES)
def test_how_a_commitment_is_judged(case):
    """Kept by the attempts agreed or a reply in time, broken at the end; exhausted by the last one without a reply."""
    attempts, over, now, (state, made, following, decided, exhausted) = CASES[case]
    assert judged(attempts, over, now) == FollowUp(
        state, made, at(following), at(END), at(decided), at(exhausted)
    )


def test_one_attempt_agreed():
    """Where one contact was promised, its first one keeps the commitment, and without a reply is the last."""
    assert judged([2], None, 3, Tier()) == FollowUp("kept", 1, None, at(END), at(2), at(2))


def test_a_pause_moves_what_is_owed():
    """The customer asked for a call on Wednesday at 9: neither the spacing nor the time agreed runs until then."""
    found = judged([2], None, 3, pauses=[(at(2), at(48))])
    assert (found.next_due, found.within_at) == (at(56), at(24 * 8 + 6))
    assert elapsed(DEFAULT_CALENDAR, MON, found.within_at, [(at(2), at(48))]) == TIER.within


ATTEMPTS = st.lists(st.integers(0, 300), max_size=6)
OVER = st.none() | st.integers(0, 300)


@given(ATTEMPTS, OVER, st.integers(0, 400), st.integers(0, 400))
def test_a_judgement_once_made_stays(attempts, over, now, later):
    """What was kept or broken is so at any later time; what is open becomes broken at the end and no other way."""
    before, after = judged(attempts, over, min(now, later)), judged(attempts, over, max(now, later))
    if before.state == "open":
        assert after.state == ("broken" if max(now, later) > END else "open")
    else:
        assert after == before


@given(ATTEMPTS, OVER, st.integers(0, 400), st.integers(0, 300))
def test_news_can_only_help(attempts, over, now, late):
    """An attempt that is told of late never breaks a commitment, and never puts off when it was kept."""
    before, after = judged(attempts, over, now), judged([*attempts, late], over, now)
    assert after.attempts >= before.attempts
    if before.state == "kept":
        assert after.state == "kept"
        assert after.decided_at <= before.decided_at


@given(ATTEMPTS, OVER, st.integers(0, 400))
def test_nothing_is_owed_after_the_end(attempts, over, now):
    """A next attempt is owed while the commitment is open, lacks one and nothing ended it; by the end of the time."""
    found = judged(attempts, over, now)
    owed = found.state == "open" and found.attempts < TIER.attempts and over is None
    assert (found.next_due is not None) == owed
    assert found.next_due is None or found.next_due <= found.within_at
    assert (found.decided_at is None) == (found.state == "open")
    assert found.exhausted_at is None or found.attempts >= TIER.attempts


# What is said and seen

TOLD = {
    # seen, logged, words (hours, which contact was asked for) -> the contacts that count
    "one that is seen as well": ([1.5], [], [(3, 1)], [1.5]),
    "one that nothing else tells of": ([], [], [(3, 1)], [3]),
    "seen at the very instant": ([3], [], [(3, 1)], [3]),
    "seen at the start": ([0], [], [(3, 1)], [0]),
    "seen before the start": ([-2], [], [(3, 1)], [-2, 3]),
    "seen after the word": ([5], [], [(3, 1)], [3, 5]),
    "seen within the least gap after the word": ([3.5], [], [(3, 1)], [3]),
    "the second, and the first was seen alone": ([1, 25], [], [(26, 2)], [1, 25]),
    "the second, of which nothing is seen": ([1], [], [(26, 2)], [1, 26]),
    "both, and the CRM shows one": ([1.5], [], [(3, 1), (27, 2)], [1.5, 27]),
    "both, and the CRM shows both": ([1.5, 25], [], [(3, 1), (27, 2)], [1.5, 25]),
    "both, and two calls before the first word": ([1, 2.5], [], [(3, 1), (27, 2)], [1, 2.5, 27]),
    "both, and the CRM shows the first a little later": ([3.5], [], [(3, 1), (27, 2)], [3, 27]),
    "after a contact that was logged": ([], [2], [(27, 2)], [2, 27]),
    "after one that was logged and seen": ([1.5], [2], [(27, 2)], [1.5, 27]),
    "after more than is known by now": ([1], [], [(27, 3)], [1, 27]),
}


@pytest.mark.parametrize("case", TOLD)
def test_a_word_and_what_the_crm_shows_are_one_contact(case):
    """A word has no time of its own: what was seen after the contact before, and not after the word, is that contact."""
    seen, logged, words, expected = TOLD[case]
    for turn in (1, -1):
        told = [Word(at(hours), attempt) for hours, attempt in words][::turn]
        found = distinct(MON, map(at, seen[::turn]), map(at, logged[::turn]), told, HOUR)
        assert counted(found, HOUR) == tuple(map(at, expected))


HOURS = st.lists(st.integers(-20, 120).map(lambda quarters: at(quarters / 4)), max_size=6)
WORDS = st.lists(st.builds(Word, st.integers(0, 120).map(lambda q: at(q / 4)), st.integers(1, 4)), max_size=4)


@given(HOURS, HOURS, WORDS, st.randoms())
def test_words_add_no_more_than_was_said(seen, logged, words, chance):
    """What has a time of its own counts as without them, each adds one contact or none, and the order of arrival changes nothing."""
    found = distinct(MON, seen, logged, words, HOUR)
    least, most = ([*seen, *logged], [*seen, *logged, *(word.at for word in words)])
    assert len(counted(least, HOUR)) <= len(counted(found, HOUR)) <= len(counted(most, HOUR))
    for each in (seen, logged, words):
        chance.shuffle(each)
    assert distinct(MON, seen, logged, words, HOUR) == found
