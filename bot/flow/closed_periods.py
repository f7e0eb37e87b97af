"""What was corrected about wins after their period had closed, from the wins' log: figures that were read already.

A win belongs to the month of its day; where a report's period ends before that, to the period. A change of status,
amount, currency or day that was booked later is a correction. History that was never announced has none: what an
import brings is booked at once, whenever it happened.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import datetime, time
from typing import TYPE_CHECKING, Any

from bot.domain import pace as paces
from bot.domain.money import Money
from bot.domain.when import wall_to_instant
from bot.domain.wins_facts import Corrected
from bot.flow.figures import day_of, shown, worth
from bot.store import win_figures

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from bot.domain.agreement import Agreement
    from bot.flow.figures import Period
    from bot.store.database import Session
    from bot.store.win_figures import Booked
    from bot.store.wins import Change


@dataclass(slots=True)
class _Sum:
    """What corrections changed: wins, minor units of the agreement's currency, and when."""

    wins: int = 0
    minor: int = 0
    days: tuple[date, ...] = ()


def corrected(session: Session, agreement: Agreement, period: Period) -> Corrected | None:
    """What was corrected about the wins of a period since it closed; None if nothing was."""
    today = day_of(period.as_of, agreement)
    closed = None if period.first is None else _closes(period.first, period)
    if closed is not None and closed >= today:
        return None
    since = None if closed is None else _begin(closed, agreement)
    found: dict[tuple[str, int], _Sum] = defaultdict(_Sum)
    for win, changes in win_figures.announced_changes(session, since, period.as_of):
        _take_back(agreement, period, win, changes, found[win.deal_key, win.number])
    real = [one for one in found.values() if one.wins or one.minor]
    if not real:
        return None
    days = sorted(day for one in real for day in one.days)
    total = Money(sum(one.minor for one in real), agreement.currency)
    return Corrected(len(real), total, days[0], days[-1])


def fields_of(agreement: Agreement, found: Corrected | None) -> dict[str, Any]:
    """The same for the total of a report; nothing where nothing was corrected."""
    if found is None:
        return {}
    return {
        "corrected_since": found.wins,
        "corrected_amount": shown(agreement, found.amount.minor),
        "corrected_on": found.last.isoformat(),
    }


def _take_back(
    agreement: Agreement, period: Period, win: Booked, changes: Iterable[Change], into: _Sum
) -> None:
    """Go through a win's changes, the latest first, and add up what those after its closing made of it."""
    after = win
    for change in changes:
        before = _before(after, change)
        day = day_of(change.at, agreement)
        for state, sign in ((before, -1), (after, 1)):
            on = day_of(state.won_at, agreement)
            if state.status != "won" or not period.holds(on) or _closes(on, period) >= day:
                continue
            into.wins += sign
            into.minor += sign * _worth(agreement, win, state, on)
            into.days = (*into.days, day)
        after = before


def _before(after: Booked, change: Change) -> Booked:
    if change.field == "won_at":
        return replace(after, won_at=datetime.fromisoformat(str(change.was)))
    if change.field == "amount_minor":
        return replace(after, amount_minor=None if change.was is None else int(change.was))
    if change.field == "currency":
        return replace(after, currency=change.was)
    return replace(after, status=str(change.was))


def _worth(agreement: Agreement, win: Booked, state: Booked, on: date) -> int:
    """A state's amount in minor units of the agreement's currency; 0 where it cannot be converted."""
    kept = win.rate if state.currency == win.currency else None
    return worth(agreement, state.amount_minor, state.currency, kept, on) or 0


def _closes(day: date, period: Period) -> date:
    """The last day of the month that holds a day, or of the period where that is earlier."""
    last = paces.period_of("month", day)[1]
    return last if period.last is None else min(last, period.last)


def _begin(closed: date, agreement: Agreement) -> datetime:
    return wall_to_instant(datetime.combine(closed, time(23, 59, 59)), agreement.timezone)
