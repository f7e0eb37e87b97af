"""Steps in words: every kind of key that a clock or a touch gives a step."""

from __future__ import annotations

import pytest

from bot.flow.step_words import kind_of, reason_of, title_of


@pytest.mark.parametrize(
    ("step", "kind", "title", "reason"),
    [
        ("at_risk:owner", "agreed", "At risk", "“at risk” for the owner"),
        ("breach:boss-1@seller.example", "agreed", "At the breach", "“breach” for boss-1@seller.example"),
        ("breach+50%:manager", "agreed", "50% after the breach", "“breach+50%” for the manager"),
        ("assigned:ana#1@seller.example", "assigned", "New lead", "a new lead"),
        ("attempt-3", "attempt", "Contact 3", "contact 3 of the follow-up"),
        ("snoozed-3#1", "snoozed", "End of the snooze", "the end of a snooze"),
        (
            "snoozed-3#2",
            "snoozed",
            "End of the snooze: contact 2",
            "the end of a snooze, for contact 2 of the follow-up",
        ),
        ("callback-4#2", "callback", "Call as they asked", "the time at which they wish to be called"),
        ("declined-5#1", "declined", "Hand-over declined", "a hand-over that was declined"),
        (
            "declined-5#4",
            "declined",
            "Hand-over declined: contact 4",
            "a hand-over that was declined, for contact 4 of the follow-up",
        ),
        ("intent:demo_request:T-1", "intent", "They asked for a demo", "they asked for a demo"),
        (
            "intent:call_request:generic/T-7#snoozed-12",
            "intent",
            "They asked for a call, told again after a snooze",
            "they asked for a call, told again after a snooze",
        ),
        (
            "intent:return_visit:T-7#declined-7",
            "intent",
            "They came back after a quiet time, told again after a hand-over was declined",
            "they came back after a quiet time, told again after a hand-over was declined",
        ),
        ("intent:other:T-7", "intent", "They showed interest", "they showed interest"),
    ],
)
def test_a_step_in_words(step, kind, title, reason):
    """Each key has a kind, a title for a list, and words for a sentence; none shows the key itself."""
    assert (kind_of(step), title_of(step), reason_of(step)) == (kind, title, reason)
