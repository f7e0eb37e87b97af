"""What people answer about a lead, and the rules of those answers. Every instant is UTC and aware."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final, Literal

from bot.domain.when import zone_named
from bot.domain.worktime import is_open, next_opening, window_end

if TYPE_CHECKING:
    from bot.domain.worktime import Calendar

UNDO: Final = timedelta(minutes=10)
"""How long a press can be taken back."""
LONGEST_SNOOZE: Final = timedelta(days=30)
OLDEST_LOG: Final = timedelta(days=90)
_MORNING: Final = 9
_TICK: Final = timedelta(microseconds=1)
NOTE: Final = 2000
"""Letters of a note, a reason or a next step."""

ActivityKind = Literal["call", "email", "meeting", "message"]
Outcome = Literal["connected", "no_answer", "bounced", "asked_to_be_called"]
KINDS: Final[tuple[ActivityKind, ...]] = ("call", "email", "meeting", "message")
OUTCOMES: Final[tuple[Outcome, ...]] = ("connected", "no_answer", "bounced", "asked_to_be_called")
"""`asked_to_be_called`: the customer asked for a call at another time; the clock pauses until then."""

Result = Literal["settled", "already", "not yours", "gone", "too late"]
"""What became of an answer: taken; settled before; somebody else's lead; unknown lead; the undo came too late."""


@dataclass(frozen=True, slots=True)
class Press:
    """Who pressed what: the button's opaque value and the Slack account; their e-mail where Slack had to be asked."""

    ref: str
    slack_id: str
    email: str | None = None


@dataclass(frozen=True, slots=True)
class Faulty:
    """An answer that cannot be taken as it is: the field of the form, and what would be valid."""

    field: Literal[
        "kind", "outcome", "at", "note", "next_step", "call_back_at", "until", "person", "reason", "words"
    ]
    sentence: str


@dataclass(frozen=True, slots=True)
class Logged:
    """What `Log details` says of a contact. `call_back_at`: the customer asked to be called then."""

    kind: ActivityKind
    outcome: Outcome
    at: datetime
    note: str | None = None
    next_step: str | None = None
    call_back_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class LeadForm:
    """What a form about a lead needs to know before it opens."""

    ref: str
    lead: str
    """Name and company, else e-mail, as typed by somebody outside."""
    zone: str
    """IANA zone of the person who fills it in."""
    now: datetime
    suggestions: tuple[datetime, ...]
    """Working times to snooze until, soonest first."""
    snoozes_left: int
    reasons: tuple[str, ...]
    """Why a lead is not a fit, as the agreement names it."""


def suggested(calendar: Calendar, now: datetime) -> tuple[datetime, ...]:
    """Working times to snooze until, soonest first, without repetition.

    In an hour, in three hours, the next two working mornings, and the one a week from now; each moved to the next
    opening of the calendar, to whole minutes.
    """
    local = now.astimezone(zone_named(calendar.zone))
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    soon = [_minute(now + timedelta(hours=hours)) for hours in (1, 3)]
    found = [at if is_open(calendar, at) else _morning(calendar, at) for at in soon]
    morning = midnight + timedelta(days=1)
    for _ in range(2):
        opening = _morning(calendar, morning)
        found.append(opening)
        day = opening.astimezone(zone_named(calendar.zone))
        morning = day.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    found.append(_morning(calendar, midnight + timedelta(days=7)))
    return tuple(sorted({at for at in found if at > now}))


def _morning(calendar: Calendar, at: datetime) -> datetime:
    """When work begins from an instant on, such as a local midnight.

    Where it goes on through the night: 09:00, if that is in the same window; else when the next shift begins.
    """
    opening = next_opening(calendar, at)
    day = opening.astimezone(zone_named(calendar.zone))
    if (day.hour, day.minute) != (0, 0):
        return opening
    end, nine = window_end(calendar, opening), day.replace(hour=_MORNING).astimezone(UTC)
    if nine < end:
        return nine
    return next_opening(calendar, end) if is_open(calendar, opening - _TICK) else opening


def check_snooze(until: datetime, now: datetime, taken: int, most: int) -> Faulty | None:
    """Whether a lead may be snoozed until an instant, as the `taken`+1st of `most` snoozes of its cycle."""
    if taken >= most:
        times = "once" if most == 1 else f"{most} times"
        allowed = f"can be snoozed {times}" if most else "cannot be snoozed"
        return Faulty("until", f"By the agreement a lead {allowed}. Contact it, log details or hand it over.")
    if until <= now:
        return Faulty("until", "Choose a time in the future.")
    if until - now > LONGEST_SNOOZE:
        return Faulty("until", "Choose a time within the next 30 days.")
    return None


def check_log(logged: Logged, now: datetime) -> Faulty | None:
    """Whether the details of a contact can be taken."""
    if logged.at > now + timedelta(minutes=1):
        return Faulty("at", "A contact is logged after it happened. Choose a time that has passed.")
    if now - logged.at > OLDEST_LOG:
        return Faulty("at", "Choose a time within the last 90 days.")
    if logged.outcome == "asked_to_be_called" and logged.call_back_at is None:
        return Faulty("call_back_at", "When did they ask to be called?")
    if logged.call_back_at is not None and logged.call_back_at <= logged.at:
        return Faulty("call_back_at", "Choose a time after the contact.")
    if logged.call_back_at is not None and logged.call_back_at - now > LONGEST_SNOOZE:
        return Faulty("call_back_at", "Choose a time within the next 30 days.")
    return None


def can_undo(at: datetime, now: datetime) -> bool:
    """Whether an answer given at an instant can still be taken back."""
    return now < at + UNDO


def _minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)
