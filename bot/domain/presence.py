"""Who is there to receive something: people who are away or have left, those who stand in, and quiet hours."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from bot.domain.when import When

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

_TICK: Final = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Somebody:
    """A person of the seller, as far as their presence goes.

    `away_from` and `away_until` are what the source told: a date alone or an instant. `reachable` is false only for
    somebody whom Slack was asked about and does not know.
    """

    email: str
    active: bool = True
    away_from: str | None = None
    away_until: str | None = None
    delegate_email: str | None = None
    manager_email: str | None = None
    zone: str | None = None
    slack_id: str | None = None
    reachable: bool = True

    def is_absent(self, now: datetime, fallback_zone: str) -> bool:
        """Whether they left or are away at `now`; dates are read in their zone, else in `fallback_zone`.

        FormatError as `is_away`.
        """
        return not self.active or is_away(
            self.away_from, self.away_until, zone=self.zone or fallback_zone, now=now
        )

    @property
    def stand_ins(self) -> tuple[str, ...]:
        """Who receives what is for them while they are absent: the delegate, else the manager."""
        return tuple(email for email in (self.delegate_email, self.manager_email) if email)


def is_away(away_from: str | None, away_until: str | None, zone: str, now: datetime) -> bool:
    """Whether somebody is away at `now` (aware).

    A date alone begins at 00:00 of that day in `zone`, and as `away_until` it is the last day away, all of it. An
    instant is exact: away from it on, back at it. With only one of the two the other side is open; with none nobody
    is away. FormatError for a text that is no moment.
    """
    if away_from is None and away_until is None:
        return False
    if away_from is not None and now < When.parse(away_from, "away_from").starts(zone):
        return False
    return away_until is None or now < _back_at(When.parse(away_until, "away_until"), zone)


def receiver(email: str, people: Mapping[str, Somebody], now: datetime, fallback_zone: str) -> str | None:
    """Who receives what is for `email`: that person; where they are absent, their delegate, else their manager.

    A stand-in who is absent too has stand-ins of their own; nobody is asked twice, so a circle of delegates ends. An
    address that `people` does not hold counts as somebody who is there. Nobody stands in for a person who is there and
    has no account in Slack. None where nobody is left: the agreement's channel receives it then.
    """
    asked: set[str] = set()
    waiting = [email]
    while waiting:
        asked_now = waiting.pop()
        if asked_now in asked:
            continue
        asked.add(asked_now)
        person = people.get(asked_now) or Somebody(asked_now)
        if person.is_absent(now, fallback_zone):
            waiting += reversed(person.stand_ins)
        elif person.reachable:
            return asked_now
    return None


def held_by_dnd(dnd_from: datetime | None, dnd_until: datetime | None, now: datetime) -> datetime | None:
    """Until when somebody is not to be disturbed, if `now` lies in [dnd_from, dnd_until); else None."""
    if dnd_from is None or dnd_until is None or not dnd_from <= now < dnd_until:
        return None
    return dnd_until


def _back_at(until: When, zone: str) -> datetime:
    return until.instant if until.instant is not None else until.ends(zone) + _TICK
