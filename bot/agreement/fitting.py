"""Whether what was promised can be kept at all: each promise has to fit into the hours in which work is done."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final

from bot.agreement.parse import Parsed, parse
from bot.domain.clocks import part
from bot.domain.worktime import due
from bot.errors import AgreementError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime, timedelta

    from bot.domain.agreement import Agreement, Tier

_YEARS_AROUND: Final = 3


def parse_from(
    text: str,
    *,
    path: str,
    since: datetime,
    now: datetime,
    read_file: Callable[[str], str] | None = None,
) -> Parsed:
    """Parse an agreement that holds from `since` to `now` or longer, both UTC.

    Holidays are looked up from three years before to three years ahead. `read_file` as for `parse`. Raises
    AgreementError; also for a promise that its own working hours never fill, which would fail for every lead.
    """
    first = min(since.year, now.year) - _YEARS_AROUND
    parsed = parse(text, path=path, read_file=read_file, horizon=(first, now.year + _YEARS_AROUND))
    problems = tuple(_unfitting(parsed.agreement, since))
    if problems:
        raise AgreementError(path, problems)
    return parsed


def _unfitting(agreement: Agreement, since: datetime) -> Iterator[str]:
    for tier in agreement.tiers:
        for what, target in _targets(agreement, tier):
            try:
                due(agreement.calendar, since, target)
            except ValueError:
                yield f"tier {tier.name}: {what} not fit into ten years of these hours"


def _targets(agreement: Agreement, tier: Tier) -> Iterator[tuple[str, timedelta]]:
    shares = [step.share(agreement.reminders.at_risk) for step in agreement.reminders.steps]
    yield "first_contact_hours and its steps do", part(tier.first_contact, max([*shares, Decimal(1)]))
    yield "within_hours does", tier.within
    if tier.attempts > 1:
        yield "spacing_hours does", max(tier.spacing)
