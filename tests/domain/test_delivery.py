"""What follows an attempt to deliver: never lost, never twice, and a person is told only where one can help."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import delivery
from bot.domain.delivery import CannotLook, Next, NotFound, Refused, Rejected, Unknown

NOW = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)

FAILURES = {
    # what Slack answered, an edit?, try number -> the next state
    "never to be taken": (
        Rejected("is_archived"),
        False,
        1,
        Next("dead", None, "is_archived", tell_admin=True),
    ),
    "an edit never to be taken": (
        Rejected("message_not_found"),
        True,
        1,
        Next("dead", None, "message_not_found", tell_admin=True),
    ),
    "not taken": (Refused("internal"), False, 1, Next("retry", NOW + 0.5 * SECOND, "internal")),
    "not taken again": (Refused("internal"), False, 4, Next("retry", NOW + 4 * SECOND, "internal")),
    "too fast": (Refused("rate_limited", 30), False, 1, Next("retry", NOW + 30 * SECOND, "rate_limited")),
    "too fast, late in the row": (
        Refused("rate_limited", 1),
        False,
        9,
        Next("retry", NOW + 128 * SECOND, "rate_limited"),
    ),
    "an edit too fast": (
        Refused("rate_limited", 30),
        True,
        1,
        Next("retry", NOW + 30 * SECOND, "rate_limited"),
    ),
    "unknown": (Unknown("time-out"), False, 3, Next("ambiguous", NOW, "time-out")),
    "an edit unknown": (Unknown("time-out"), True, 3, Next("retry", NOW + 2 * SECOND, "time-out")),
}


@pytest.mark.parametrize("case", FAILURES)
def test_after_a_failure(case):
    """What will never be taken is dead, what was not taken is retried, what may have been taken is looked up."""
    outcome, editing, tries, expected = FAILURES[case]
    assert delivery.after_failure(outcome, editing=editing, tries=tries, now=NOW, roll=0.5) == expected


LOOKS = {
    # what the look brought, the message's kind, looks that found nothing -> the next state
    "not there yet": (
        NotFound(),
        "win",
        1,
        Next("ambiguous", NOW + 30 * SECOND, "not found in the channel yet", looks=1),
    ),
    "not there twice": (NotFound(), "win", 2, Next("pending", NOW, "not found in the channel, posted again")),
    "a reminder not there twice": (
        NotFound(),
        "nudge",
        2,
        Next("pending", NOW, "not found in the channel, posted again"),
    ),
    "cannot look yet": (
        CannotLook("ratelimited", 60),
        "win",
        1,
        Next("ambiguous", NOW + 60 * SECOND, "ratelimited", looks=1),
    ),
    "a reminder cannot be looked for yet": (
        CannotLook("ratelimited", 60),
        "nudge",
        0,
        Next("ambiguous", NOW + 60 * SECOND, "ratelimited"),
    ),
    "a win cannot be looked for": (
        CannotLook("missing_scope"),
        "win",
        0,
        Next("ambiguous", NOW + timedelta(days=1), "missing_scope", tell_admin=True),
    ),
    "a reminder cannot be looked for": (
        CannotLook("missing_scope"),
        "nudge",
        1,
        Next("dead", None, "fate unknown, and missing_scope", looks=1),
    ),
    "a notice cannot be looked for": (
        CannotLook("missing_scope"),
        "notice",
        0,
        Next("dead", None, "fate unknown, and missing_scope"),
    ),
}


@pytest.mark.parametrize("case", LOOKS)
def test_after_a_look(case):
    """Asked twice before it is posted again; where nobody can look, a win waits for a person, a reminder is dropped."""
    look, kind, looks, expected = LOOKS[case]
    assert delivery.after_look(look, kind=kind, looks=looks, now=NOW, roll=0.5) == expected


OUTCOMES = st.one_of(
    st.builds(Refused, st.just("internal"), st.none() | st.floats(0, 10**6)),
    st.just(Unknown("time-out")),
    st.just(Rejected("is_archived")),
)
ROLLS = st.floats(0, 1, exclude_max=True)


@given(OUTCOMES, st.booleans(), st.integers(1, 500), ROLLS)
def test_a_message_is_never_forgotten(outcome, editing, tries, roll):
    """Every state but `dead` has an instant at which it is taken up again, at most a day away; dead is told."""
    found = delivery.after_failure(outcome, editing=editing, tries=tries, now=NOW, roll=roll)
    if found.state == "dead":
        assert (found.next_at, found.tell_admin) == (None, True)
    else:
        assert NOW <= found.next_at <= NOW + timedelta(days=1)
        assert not found.tell_admin


@given(OUTCOMES, st.integers(1, 500), ROLLS)
def test_a_post_of_unknown_fate_is_never_simply_repeated(outcome, tries, roll):
    """Only what Slack has surely not taken is posted again without a look."""
    found = delivery.after_failure(outcome, editing=False, tries=tries, now=NOW, roll=roll)
    assert (found.state == "retry") == isinstance(outcome, Refused)


@given(st.none() | st.floats(0, 10**6), st.integers(1, 30), ROLLS)
def test_waits_grow_and_heed_slack(after, tries, roll):
    """With every try the wait is at least as long, up to five minutes, and never shorter than Slack asked for."""

    def wait(number: int) -> timedelta:
        found = delivery.after_failure(
            Refused("internal", after), editing=False, tries=number, now=NOW, roll=roll
        )
        return found.next_at - NOW

    assert wait(tries) <= wait(tries + 1)
    asked = timedelta(seconds=min(after or 0, 86400))
    assert asked <= wait(tries) <= max(asked, timedelta(minutes=5))


@given(st.integers(1, 100))
def test_a_message_that_is_nowhere_is_posted_again(looks):
    """Looks that find nothing come to an end, and before that each is counted."""
    found = delivery.after_look(NotFound(), kind="win", looks=looks, now=NOW, roll=0.5)
    again = looks >= delivery.LOOKS_BEFORE_POSTING_AGAIN
    assert (found.state, found.looks) == (("pending", 0) if again else ("ambiguous", looks))


def test_an_attempt_ends_before_its_lease():
    """A lane's pace is shorter than the wait between two looks, and that is shorter than an attempt may take."""
    assert delivery.PACE < delivery.LOOK_AGAIN < delivery.LEASE
