"""What a reason is told with: facts for a reader, and what a message is about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that the rule looked at: a `text`, or an instant `at` (UTC) for the reader's own zone."""

    name: str
    text: str | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Subject:
    """What a message is about: the kinds of events that shape it, and the records and addresses they name."""

    kinds: frozenset[str]
    deal_keys: frozenset[str] = frozenset()
    lead_keys: frozenset[str] = frozenset()
    emails: frozenset[str] = frozenset()
