"""What preparing a message of the outbox ends in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.domain.facts import Named

if TYPE_CHECKING:
    from datetime import datetime

    from bot.render.message import Payload
    from bot.store.people import Person


@dataclass(frozen=True, slots=True)
class Ready:
    """The message is to be sent as `payload`, to `target`; it will look different from `true_until` on."""

    payload: Payload
    target: str
    true_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Hold:
    """The message waits until an instant, for a reason."""

    until: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Drop:
    """The message is not needed any more; `stale` where it merely came too late."""

    reason: str
    stale: bool = False


Prepared = Ready | Hold | Drop


def named(known: dict[str, Person], email: str) -> Named:
    """A person as messages show them."""
    person = known.get(email)
    return Named(email, person.name if person else None, person.slack_id if person else None)
