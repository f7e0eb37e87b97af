"""Marketing's side of the agreement: what was promised, what came, and whether that is on its way.

Definitions: facts on funnel figures (pace, MQL value). Working days are those of the agreement's calendar.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final, Literal

from bot.domain import pace as rules
from bot.domain.agreement import fold
from bot.domain.money import digits
from bot.domain.when import FIRST_YEAR, LAST_YEAR
from bot.domain.worth import rounded
from bot.errors import UsageError
from bot.flow import contacts, worth
from bot.flow.figures import Apart, Period, Report, chosen, day_of, shown
from bot.flow.statements import short_key
from bot.store import figures as rows_of
from bot.store import records

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime

    from bot.domain.agreement import Agreement, Promise
    from bot.domain.pace import Pace
    from bot.flow.contacts import Prospect
    from bot.flow.worth import History
    from bot.store.database import Session

PACE_BY: Final = ("promise",)
EVERY_CHANNEL: Final = "all"

What = Literal["leads", "value"]


@dataclass(frozen=True, slots=True)
class Standing:
    """One promise as it stands: of leads, or of their value (all amounts then in minor units, exactly)."""

    promise: Promise
    what: What
    channel: str | None
    """As the records spell it; None for all channels."""
    period_name: str
    pace: Pace

    @property
    def name(self) -> str:
        """The identity: period, channel (folded) and what is promised, as `month paid_search value`."""
        return f"{self.promise.period} {fold(self.promise.channel)} {self.what}"

    @property
    def label(self) -> str:
        """What people see: `paid_search: value in 2026-11`."""
        return f"{self.channel or 'all channels'}: {self.what} in {self.period_name}"


def pace(session: Session, agreement: Agreement, period: Period, by: str | None = None) -> Report:
    """The promises of marketing, each for its period that holds the last day (else the report's instant).

    Leads are contacts created in that period through the channel, as `channels` counts them. Their value is the sum of
    the MQL values of their channels from own history (`domain.worth`); leads of a channel without history add
    nothing, and where no lead has any the value is not known. Promises do not add up, so the total is empty.
    Raises UsageError for a last day outside the years 1970 to 2200.
    """
    by = chosen(by, PACE_BY)
    if period.last is not None and not FIRST_YEAR <= period.last.year <= LAST_YEAR:
        raise UsageError(f"--to {period.last}: choose a day in the years {FIRST_YEAR} to {LAST_YEAR}")
    on = period.last or day_of(period.as_of, agreement)
    rows = tuple(_row(agreement, standing) for standing in standings(session, agreement, on, period.as_of))
    total = dict.fromkeys(("name", "label", *_FIGURES))
    return Report("pace", by, period, agreement.currency, rows, total, Apart())


def standings(session: Session, agreement: Agreement, on: date, as_of: datetime) -> list[Standing]:
    """Every promise, in the order of the agreement, for its period that holds the day `on`, as of an instant.

    A promise of both leads and value stands twice. Contacts created after `as_of` are not counted.
    """
    promised = [(promise, what) for promise in agreement.promises for what in _promised(promise)]
    if not promised:
        return []
    described = rows_of.described_leads(session)
    everybody = contacts.cohort(session, agreement, Period(None, None, as_of), Apart(), described).contacts
    arrived = [(contact.created.on(agreement.timezone), _channel(contact)) for contact in everybody]
    history = (
        worth.live(session, agreement, as_of, described)
        if any(what == "value" for _, what in promised)
        else None
    )
    spelled = records.spellings(session, "channel")
    today = day_of(as_of, agreement)
    found = []
    for promise, what in promised:
        first, last = rules.period_of(promise.period, on)
        channels = [channel for day, channel in arrived if first <= day <= last and _fits(promise, channel)]
        actual = _value(channels, history) if what == "value" and history else len(channels)
        target = _target(agreement, promise, what)
        stands = rules.pace(target, actual, first, last, today, agreement.calendar)
        name = _channel_name(promise, spelled)
        found.append(Standing(promise, what, name, rules.period_name(promise.period, on), stands))
    return found


def _promised(promise: Promise) -> Iterator[What]:
    if promise.leads is not None:
        yield "leads"
    if promise.value is not None:
        yield "value"


def _fits(promise: Promise, channel: str | None) -> bool:
    return fold(promise.channel) in {EVERY_CHANNEL, channel}


def _channel_name(promise: Promise, spelled: dict[str, str]) -> str | None:
    name = fold(promise.channel)
    return None if name == EVERY_CHANNEL else spelled.get(short_key(name), promise.channel)


def _channel(contact: Prospect) -> str | None:
    told = contact.told("channel")
    return fold(told) if told else None


def _target(agreement: Agreement, promise: Promise, what: What) -> Fraction:
    if what == "leads":
        return Fraction(promise.leads or 0)
    scale = Fraction(10 ** (digits(agreement.currency) or 0))
    return Fraction(promise.value or 0) * scale


def _value(channels: list[str | None], history: History) -> int | None:
    """The worth of leads by their channels, in minor units; None where there are leads, but no history of any."""
    each = {channel: history.of_lead(None, channel, None) for channel in set(channels)}
    known = [found.minor for channel in channels if (found := each[channel]) is not None]
    return sum(known) if known or not channels else None


# --- as a report ---

_FIGURES: Final = (
    "target",
    "actual",
    "expected",
    "ratio",
    "state",
    "projection",
    "needed_per_working_day",
)


def _row(agreement: Agreement, standing: Standing) -> dict[str, Any]:
    told = {
        name: getattr(standing.pace, name)
        for name in ("target", "actual", "expected", "projection", "needed_per_working_day")
    }
    amounts = {
        name: _money(agreement, amount) if standing.what == "value" else _count(amount)
        for name, amount in told.items()
    }
    ratio = standing.pace.ratio
    figures = amounts | {"ratio": None if ratio is None else float(ratio), "state": standing.pace.state}
    return {"name": standing.name, "label": standing.label} | {name: figures[name] for name in _FIGURES}


def _money(agreement: Agreement, minor: Fraction | None) -> str | None:
    """Whole minor units as a decimal string."""
    return shown(agreement, None if minor is None else rounded(minor))


def _count(leads: Fraction | None) -> int | float | None:
    """A number of leads: whole where it is one."""
    if leads is None:
        return None
    return leads.numerator if leads.denominator == 1 else float(leads)
