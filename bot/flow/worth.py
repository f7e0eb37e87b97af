"""What each lead is worth: computed from the figures of `report channels`, and kept for reminders."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Final, TypeVar

from bot.domain.agreement import fold
from bot.domain.worth import BY, Entry, Origin, best
from bot.flow import contacts
from bot.flow.figures import Apart, Period
from bot.flow.statements import short_key
from bot.store import figures as rows_of
from bot.store import worth as kept

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from bot.domain.agreement import Agreement
    from bot.domain.worth import By, Worth
    from bot.flow.contacts import Prospect
    from bot.flow.ports import Office
    from bot.store.database import Session
    from bot.store.figures import LeadFacts
    from bot.store.worth import Name

K = TypeVar("K")

HOLDS: Final = timedelta(hours=1)
"""How long the kept figures are good enough for a reminder."""

_LARGEST: Final = 2**63 - 1
"""Minor units that a column holds."""


async def refresh(office: Office) -> None:
    """Compute what leads were worth up to now and keep that in place of what was kept before.

    Reading may take long and holds nobody up; the write is short.
    """
    now, agreement = office.clock.now(), office.agreement
    history = await office.database.read(lambda s: live(s, agreement, now))
    # What was never won cannot tell what a lead is worth: it need not be kept.
    entries = [
        entry for entry in history.entries.values() if entry.won and abs(entry.revenue_minor) <= _LARGEST
    ]
    keep = partial(
        kept.replace, entries=entries, leads=history.leads, currency=agreement.currency, made_at=now
    )
    await office.database.write(keep)


async def refresh_if_stale(office: Office, after: timedelta = HOLDS) -> bool:
    """Refresh what was made `after` ago or earlier, or in another currency; whether that was needed."""
    made = await office.database.read(kept.made)
    age = office.clock.now() - made[0] if made else None
    if made and age is not None and timedelta(0) <= age < after and made[1] == office.agreement.currency:
        return False
    await refresh(office)
    return True


def of_lead(
    session: Session, agreement: Agreement, asset: str | None, channel: str | None, segment: str | None
) -> Worth | None:
    """What a lead is worth by the kept figures, in the agreement's currency; None where history is missing."""
    return of_leads(session, agreement, {None: Origin(asset, channel, segment)})[None]


def of_leads(session: Session, agreement: Agreement, many: Mapping[K, Origin]) -> dict[K, Worth | None]:
    """What each of many leads is worth by the kept figures: one query."""
    wanted = {name for origin in many.values() for name in _names(origin)}
    entries = kept.entries(session, wanted, agreement.currency)
    return {key: best(_found(entries, origin)) for key, origin in many.items()}


@dataclass(frozen=True, slots=True)
class History:
    """What became of all leads so far, by asset, channel and segment; `leads` are the contacts in all."""

    leads: int
    entries: dict[Name, Entry]

    def of_lead(self, asset: str | None, channel: str | None, segment: str | None) -> Worth | None:
        """What a lead is worth by these figures, under the folded name; None where history is missing."""
        return best(_found(self.entries, Origin(asset, channel, segment)))


def live(
    session: Session, agreement: Agreement, as_of: datetime, leads: Sequence[LeadFacts] | None = None
) -> History:
    """The figures of `report channels` by asset, channel and segment at an instant, in one pass over the contacts.

    A contact counts once, a deal once in each group. `leads` are all described leads, where they are at hand already.
    """
    leads = rows_of.described_leads(session) if leads is None else leads
    cohort = contacts.cohort(session, agreement, Period(None, None, as_of), Apart(), leads)
    sums: dict[Name, _Sum] = {}
    for contact in cohort.contacts:
        origin = Origin(*(contact.told(by) for by in BY))
        for name in _names(origin):
            sums.setdefault(name, _Sum()).add(contact, cohort.revenue)
    entries = {
        (by, name): Entry(by, name, found.leads, found.won, found.revenue(cohort.revenue), agreement.currency)
        for (by, name), found in sums.items()
    }
    return History(len(cohort.contacts), entries)


@dataclass(slots=True)
class _Sum:
    leads: int = 0
    won: int = 0
    deals: set[str] = field(default_factory=set)

    def add(self, contact: Prospect, revenue: Mapping[str, int | None]) -> None:
        self.leads += 1
        known = [key for key in contact.won if revenue[key] is not None]
        if known:
            self.won += 1
            self.deals.update(known)

    def revenue(self, revenue: Mapping[str, int | None]) -> int:
        return sum(revenue[key] or 0 for key in self.deals)


def _names(origin: Origin) -> dict[Name, str]:
    """Under which names an origin is kept, each with the lead's own spelling."""
    pairs: list[tuple[By, str | None]] = list(zip(BY, origin, strict=True))
    return {(by, name): text for by, text in pairs if text and (name := _key(text))}


@lru_cache(maxsize=4096)
def _key(text: str) -> str:
    # Kept, because a hundred thousand leads have a few hundred names.
    return short_key(fold(text))


def _found(entries: Mapping[Name, Entry], origin: Origin) -> list[Entry]:
    found = [(entries[name], text) for name, text in _names(origin).items() if name in entries]
    return [entry if entry.name else replace(entry, name=text) for entry, text in found]
