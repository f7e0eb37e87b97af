"""Which win a claim is about now, and whether what is claimed lies in the span of time that counts for it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.domain import credit as crediting
from bot.domain import credit_rule
from bot.domain.claiming import Faulty
from bot.domain.credit import Touch
from bot.domain.when import zone_named
from bot.flow import deals
from bot.render.text import counted, day
from bot.store import records, wins

if TYPE_CHECKING:
    from datetime import date

    from bot.domain.agreement import Agreement
    from bot.store.claims import Claim
    from bot.store.database import Session
    from bot.store.wins import Win


def survivor(session: Session, deal_key: str) -> str:
    """The deal that a claim is about now: it goes on with the deal that its own one became part of."""
    return [deal_key, *records.survivors_of_deal(session, deal_key)][-1]


def standing_of(session: Session, deal_key: str) -> Win | None:
    """The win that stands of a deal, or of the one that it became part of."""
    known = wins.of_deal(session, survivor(session, deal_key))
    return max(
        (win for win in known.values() if win.status == "won"), key=lambda win: win.number, default=None
    )


def follows(session: Session, agreement: Agreement, claim: Claim) -> bool:
    """Whether card and figures change by a yes; where nothing stands, that is not known and they may."""
    win = standing_of(session, claim.deal_key)
    return win is None or claim.kind == "person" or _counts(session, agreement, win, claim.touched_on)


def out_of_span(session: Session, agreement: Agreement, win: Win, touched_on: date | None) -> Faulty | None:
    """What is wrong with the day of a claimed touch, or with leaving it out: a yes to it would change nothing."""
    if _counts(session, agreement, win, touched_on):
        return None
    zone, lookback = agreement.timezone, _lookback(win)
    if touched_on is not None and touched_on > win.won_on:
        return Faulty("day", f"Choose {day(win.won_on, year=None)} or earlier: the deal was won on that day.")
    limit = win.won_at - timedelta(days=lookback)
    first = limit.astimezone(zone_named(zone)).date()
    if deals.claimed_at(session, agreement, win.deal_key, first, None) < limit:
        first += timedelta(days=1)
    rule = f"only touches of the {counted(lookback, 'day')} before the win count"
    if touched_on is None:
        return Faulty("day", f"The deal is older, and {rule}. Choose a day since {day(first, year=None)}.")
    return Faulty("day", f"Choose {day(first, year=None)} or later: {rule}.")


def _counts(session: Session, agreement: Agreement, win: Win, touched_on: date | None) -> bool:
    at = deals.claimed_at(session, agreement, win.deal_key, touched_on, win.won_at)
    claimed = Touch("", at, None, None, None, None)
    return bool(crediting.counting([claimed], win.won_at, _lookback(win)))


def _lookback(win: Win) -> int:
    return credit_rule.read(win.model, win.parameters).lookback_days
