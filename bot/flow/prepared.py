"""What preparing a message of the outbox ends in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from bot.domain.facts import Named

if TYPE_CHECKING:
    from bot.render.message import Payload
    from bot.store.outbox import Message
    from bot.store.people import Person

_HELD: Final = re.compile(r"held until (\d{4}-\d\d-\d\d \d\d:\d\d) UTC: (.*)", re.DOTALL)
"""How the outbox keeps why a message waited."""


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


def held_by(message: Message) -> Hold | None:
    """Until when a message was held last, and why; None if it never was."""
    found = _HELD.fullmatch(message.held or "")
    return Hold(datetime.fromisoformat(found[1]).replace(tzinfo=UTC), found[2]) if found is not None else None


def named(known: dict[str, Person], email: str) -> Named:
    """A person as messages show them."""
    person = known.get(email)
    return Named(email, person.name if person else None, person.slack_id if person else None)
