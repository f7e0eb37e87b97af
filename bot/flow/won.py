"""The won deals of a period with both sides' parts: the ground of `report wins`, of its split, and of `/wins`.

Each deal is converted once, and the converted whole is split, so that the parts sum to it. What stands is counted as
the report counts it: by the day of closing, up to the report's instant.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from bot.domain import money
from bot.domain.when import When
from bot.flow.figures import converted
from bot.store import credit_figures, win_figures
from bot.store import figures as rows_of

if TYPE_CHECKING:
    from datetime import datetime

    from bot.domain.agreement import Agreement
    from bot.flow.figures import Apart, Period
    from bot.store.credit_figures import Share
    from bot.store.database import Session
    from bot.store.figures import DealFacts


@dataclass(frozen=True, slots=True)
class Won:
    """A won deal. `amount` and parts are minor units of the agreement's currency; None where it is not converted."""

    deal: DealFacts
    amount: int | None
    kept: bool
    """Whether the customer has not left since."""
    people: tuple[tuple[str | None, int], ...]
    """(e-mail, part); no e-mail: an owner who is not known. Parts of what has no amount are 0."""
    credits: tuple[tuple[Share, int], ...]
    """Each touch's part in the order of the touches."""

    @property
    def at(self) -> datetime:
        """When it was won (UTC)."""
        assert self.deal.ended_at is not None  # noqa: S101  # a closed deal has its time
        return self.deal.ended_at


def won_deals(session: Session, agreement: Agreement, period: Period, apart: Apart) -> list[Won]:
    """The deals won in a period, in the order of their keys; what cannot be converted is put apart."""
    standing = rows_of.standing_rates(session)
    shares = credit_figures.standing_shares(session)
    people = win_figures.people_shares(session)
    left = Churn(session, agreement, period.as_of)
    found = []
    for deal in rows_of.closed_deals(session, period.first, period.last, period.as_of):
        if deal.stage_class != "won" or deal.ended_on is None:
            continue
        amount = converted(agreement, deal, deal.ended_on, standing.get(deal.key, (0, None))[1], apart)
        who, touches = people.get(deal.key, []), shares.get(deal.key, [])
        found.append(
            Won(
                deal=deal,
                amount=amount,
                kept=not left.has(deal),
                people=tuple(zip((part.email for part in who), _parts(amount, who), strict=True)),
                credits=tuple(zip(touches, _parts(amount, touches), strict=True)),
            )
        )
    return found


class Churn:
    """Which customers had left by an instant."""

    def __init__(self, session: Session, agreement: Agreement, as_of: datetime) -> None:
        self._told = win_figures.churned(session)
        self._zone = agreement.timezone
        self._as_of = as_of

    def has(self, deal: DealFacts) -> bool:
        """Whether the customer of a won deal has left since; who left on a day before it was won came back with it."""
        told = self._told.get(deal.key)
        if told is None:
            return False
        left = When.parse(told, "churned_at")
        if deal.ended_on is not None and left.on(self._zone) < deal.ended_on:
            return False
        return left.starts(self._zone) <= self._as_of


def _parts(amount: int | None, shares: list[Share] | list[win_figures.PersonShare]) -> tuple[int, ...]:
    return money.split(amount or 0, [Fraction(part.share) for part in shares]) if shares else ()
