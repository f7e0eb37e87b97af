"""Ground that all reports share: their shape, conversion into one currency, names of groups."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeVar

from bot.domain import money
from bot.domain.money import Money
from bot.domain.when import When, instant_text, zone_named
from bot.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import date, datetime

    from bot.domain.agreement import Agreement
    from bot.store.figures import DealFacts

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Period:
    """What a report covers: days in the agreement's zone, both counted, and the instant it is made for."""

    first: date | None
    last: date | None
    as_of: datetime

    def holds(self, day: date) -> bool:
        """Whether a day is in the period."""
        return (self.first is None or day >= self.first) and (self.last is None or day <= self.last)


@dataclass(slots=True)
class Apart:
    """Amounts that could not be converted: listed by currency, never counted as 0."""

    amounts: dict[tuple[str | None, str | None], list[str]] = field(default_factory=dict)

    def add(self, currency: str | None, amount: str, of: str | None = None) -> None:
        """Set one amount apart; `of` says what it is where it is no deal's."""
        self.amounts.setdefault((currency, of), []).append(amount)

    def listed(self) -> list[dict[str, Any]]:
        """By currency: how many, and their sum as a decimal string. What is no deal's has its own line, with `of`."""
        return [
            {"currency": currency, "count": len(told), "amount": format(sum(map(Decimal, told)), "f")}
            | ({} if of is None else {"of": of})
            for (currency, of), told in sorted(
                self.amounts.items(), key=lambda pair: tuple(name or "" for name in pair[0])
            )
        ]


@dataclass(frozen=True, slots=True)
class Report:
    """A report as the contract prints it; `rows` and `total` hold money as decimal strings."""

    report: str
    by: str
    period: Period
    currency: str
    rows: tuple[dict[str, Any], ...]
    total: dict[str, Any]
    apart: Apart

    def as_dict(self) -> dict[str, Any]:
        """The JSON object of the public contract."""
        return {
            "report": self.report,
            "by": self.by,
            "from": self.period.first.isoformat() if self.period.first else None,
            "to": self.period.last.isoformat() if self.period.last else None,
            "as_of": instant_text(self.period.as_of),
            "currency": self.currency,
            "rows": list(self.rows),
            "total": self.total,
            "not_converted": self.apart.listed(),
        }


def converted(agreement: Agreement, deal: DealFacts, day: date, rate: str | None, apart: Apart) -> int | None:
    """A deal's amount in minor units of the agreement's currency, rounded once; None if it has none or no rate.

    `rate` is the one kept with a win; else the rate in force on `day`.
    """
    if deal.amount is None:
        return None
    minor = worth(agreement, deal.amount_minor, deal.currency or agreement.currency, rate, day)
    if minor is None:
        apart.add(deal.currency, deal.amount)
    return minor


def worth(
    agreement: Agreement, minor: int | None, currency: str | None, rate: str | Decimal | None, day: date
) -> int | None:
    """An amount in minor units of the agreement's currency, rounded once; None if it has none or no rate.

    `rate` is the one kept with a win; else the rate in force on `day`.
    """
    if minor is None or currency is None or money.digits(currency) is None:
        return None
    factor = Decimal(rate) if rate is not None else agreement.rate_on(currency, day)
    return None if factor is None else money.convert(Money(minor, currency), factor, agreement.currency).minor


def shown(agreement: Agreement, minor: int | None) -> str | None:
    """Minor units of the agreement's currency as a decimal string."""
    return None if minor is None else money.to_decimal_string(Money(minor, agreement.currency))


def grouped(items: Iterable[T], key: Callable[[T], str | None]) -> dict[str | None, list[T]]:
    """Items by group, the groups in the order of their names, the nameless one last."""
    groups: dict[str | None, list[T]] = {}
    for item in items:
        groups.setdefault(key(item), []).append(item)
    return {name: groups[name] for name in sorted(groups, key=lambda n: (n is None, n or ""))}


def day_of(instant: datetime, agreement: Agreement) -> date:
    """The day of an instant in the agreement's zone."""
    return instant.astimezone(zone_named(agreement.timezone)).date()


def created_in(deal: DealFacts, agreement: Agreement, period: Period) -> bool:
    """Whether a deal was created in a period; one that does not say when only belongs to an open-ended one."""
    if deal.created is None:
        return period.first is None and period.last is None
    created = When.parse(deal.created)
    return created.starts(agreement.timezone) <= period.as_of and period.holds(created.on(agreement.timezone))


def chosen(by: str | None, allowed: tuple[str, ...]) -> str:
    """The grouping asked for. Raises UsageError naming the valid ones."""
    if by is None:
        return allowed[0]
    if by not in allowed:
        raise UsageError(f"--by {by}: this report groups by {', '.join(allowed)}")
    return by
