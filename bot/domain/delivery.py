"""What follows an attempt to deliver a message: the rules of the outbox (docs/states.md).

Slack knows no idempotency key, so an attempt whose fate is unknown is never repeated blindly: it is looked up first.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from bot.domain.backoff import delay

LEASE: Final = timedelta(seconds=45)
"""How long an attempt may take before it counts as orphaned; longer than the calls' own time-outs together."""
PACE: Final = timedelta(seconds=1)
"""Slack allows about one message a second in a channel."""
GATHER: Final = timedelta(seconds=1.5)
"""How long cards of wins that come together wait for more of them, and a celebration for its cards."""
LOOK_AGAIN: Final = timedelta(seconds=30)
"""A message may become visible late, so "not found" is asked twice before a message is posted again."""
LOOKS_BEFORE_POSTING_AGAIN: Final = 2


@dataclass(frozen=True, slots=True)
class Account:
    """What Slack says of an address: an account with its zone, or none (`slack_id` None)."""

    slack_id: str | None
    timezone: str | None


@dataclass(frozen=True, slots=True)
class DoNotDisturb:
    """The present or next span (UTC) in which somebody is not to be disturbed by their schedule in Slack.

    Both are None where the schedule is off. A snooze is told to nobody but its owner.
    """

    starts: datetime | None
    ends: datetime | None


@dataclass(frozen=True, slots=True)
class Sent:
    """Slack has the message: its receipt."""

    channel_id: str
    ts: str


@dataclass(frozen=True, slots=True)
class Refused:
    """Slack has not taken the message, and may take it later. `after` is Slack's Retry-After in seconds."""

    reason: str
    after: float | None = None
    pauses: str | None = None
    """The Web API method that must rest for the whole workspace until then."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """The message may have been taken: time-out, lost connection, 5xx."""

    reason: str


@dataclass(frozen=True, slots=True)
class Rejected:
    """Slack will never take the message as it is."""

    reason: str


Outcome = Sent | Refused | Unknown | Rejected


@dataclass(frozen=True, slots=True)
class Found:
    """The message was found in the channel."""

    channel_id: str
    ts: str


@dataclass(frozen=True, slots=True)
class NotFound:
    """The channel was read and does not hold the message."""


@dataclass(frozen=True, slots=True)
class CannotLook:
    """The channel cannot be read. `after` (seconds) if it may be read later; None if it never can be."""

    reason: str
    after: float | None = None


Look = Found | NotFound | CannotLook


@dataclass(frozen=True, slots=True)
class Next:
    """The next state of a message and when it is due; `tell_admin` where a person should know."""

    state: Literal["retry", "ambiguous", "dead", "pending"]
    next_at: datetime | None
    error: str
    looks: int = 0
    tell_admin: bool = False


def after_failure(
    outcome: Refused | Unknown | Rejected, *, editing: bool, tries: int, now: datetime, roll: float
) -> Next:
    """What follows an attempt that brought no receipt. `tries` counts it, `roll` is random in [0, 1).

    An edit may be repeated without harm, so its unknown fate is a retry.
    """
    if isinstance(outcome, Rejected):
        return Next("dead", None, outcome.reason, tell_admin=True)
    if isinstance(outcome, Unknown) and not editing:
        return Next("ambiguous", now, outcome.reason)
    after = outcome.after if isinstance(outcome, Refused) else None
    return Next("retry", now + delay(tries, roll, after), outcome.reason)


def after_look(look: NotFound | CannotLook, *, kind: str, looks: int, now: datetime, roll: float) -> Next:
    """What follows a look for a message whose fate is unknown. `looks` counts the looks that found nothing.

    Where nobody can look, a win waits for a person and a reminder is dropped: its next step is the net.
    """
    if isinstance(look, NotFound):
        if looks >= LOOKS_BEFORE_POSTING_AGAIN:
            return Next("pending", now, "not found in the channel, posted again", looks=0)
        return Next("ambiguous", now + LOOK_AGAIN, "not found in the channel yet", looks=looks)
    if look.after is not None:
        return Next("ambiguous", now + delay(looks + 1, roll, look.after), look.reason, looks=looks)
    if kind in {"win", "wins"}:
        return Next("ambiguous", now + timedelta(days=1), look.reason, looks=looks, tell_admin=True)
    return Next("dead", None, f"fate unknown, and {look.reason}", looks=looks)
