"""What `/sla` shows: the figures of `report sla` for the present week, month or quarter, and what was agreed."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, Literal

from bot.domain.money import Money, digits
from bot.domain.sla_facts import SlaRow, SlaView
from bot.domain.terms import in_words
from bot.domain.when import When
from bot.flow import explain, lead_reports
from bot.flow.agreements import in_force_since
from bot.flow.figures import Period, day_of
from bot.flow.prepared import named
from bot.flow.whose import look_up
from bot.store import people, queue

if TYPE_CHECKING:
    from datetime import datetime

    from bot.domain.agreement import Agreement
    from bot.domain.explain_facts import Explanation, Unclear
    from bot.domain.facts import Named
    from bot.domain.terms import Terms
    from bot.flow.figures import Report
    from bot.flow.ports import Office
    from bot.store.database import Session

Span = Literal["week", "month", "quarter"]
SPANS: Final[tuple[Span, ...]] = ("week", "month", "quarter")
_OWNERS_ASKED_FOR: Final = 15
_COUNTS: Final = (
    "met",
    "breached",
    "still_waiting",
    "open",
    "at_risk",
    "said",
    "seen",
    "follow_up_open",
    "kept",
    "broken",
    "exhausted",
)
_FIGURES: Final = ("rate", "first_contact_minutes_median", "first_contact_minutes_p90")
_NOTHING: Final = dict.fromkeys(_FIGURES) | dict.fromkeys(_COUNTS, 0) | {"value_at_risk": "0"}
"""The row of somebody without a clock in the period."""


def began(span: Span, today: date) -> date:
    """The first day of the week (Monday), month or calendar quarter that holds a day."""
    if span == "week":
        return today - timedelta(days=today.weekday())
    return today.replace(day=1, month=today.month if span == "month" else (today.month - 1) // 3 * 3 + 1)


async def sla_view(
    office: Office, whose: Literal["mine", "team"] | Named, email: str | None, span: Span = "month"
) -> SlaView:
    """The clocks that started in the present week, month or quarter, with the figures of `report sla`.

    Its first day is one of the agreement's zone. For the team there is a row an owner; else the figures are those of
    the owner with the address `email` alone. Clocks of before that still run are counted apart.
    """
    agreement, now = office.agreement, office.clock.now()
    since = began(span, day_of(now, agreement))
    start = When.parse(since.isoformat()).starts(agreement.timezone)
    period = Period(since, None, now)

    def read(session: Session) -> tuple[Report, tuple[int, int]]:
        before = queue.waiting_since_before(session, email, start, now, everybody=whose == "team")
        return lead_reports.sla(session, agreement, period, "owner"), before

    report, before = await office.database.read(read)
    if whose == "team":
        rows = sorted(report.rows, key=_urgency)
        await look_up(office, [row["name"] for row in rows[:_OWNERS_ASKED_FOR] if row["name"]])
        drawn = await office.database.read(lambda s: _with_names(s, agreement, rows))
        total = _row(agreement, report.total, None)
    else:
        own = next((row for row in report.rows if row["name"] == email), None)
        drawn, total = (), _row(agreement, own if own is not None else _NOTHING, None)
    follow_up = any(tier.attempts > 1 for tier in agreement.tiers)
    return SlaView(whose, span, since, agreement.timezone, drawn, total, now, follow_up, *before)


async def agreed(office: Office) -> tuple[Terms, datetime | None, str]:
    """What was agreed, in words; since when (UTC; None before it came in force); the agreement's zone."""
    agreement = office.agreement
    since = await office.database.read(lambda s: in_force_since(s, agreement))
    return in_words(agreement, day_of(office.clock.now(), agreement)), since, agreement.timezone


async def explained(office: Office, lead: str) -> Explanation | Unclear:
    """The clock of the lead that somebody names, line by line; or which leads they may mean."""
    agreement, now = office.agreement, office.clock.now()
    return await office.database.read(lambda s: explain.answer(s, agreement, lead, now))


def _urgency(row: dict[str, Any]) -> tuple[int, int, int, str]:
    return -row["still_waiting"], -row["at_risk"], -row["breached"], row["name"] or ""


def _with_names(session: Session, agreement: Agreement, rows: list[dict[str, Any]]) -> tuple[SlaRow, ...]:
    known = people.by_email(session, [row["name"] for row in rows if row["name"]])
    return tuple(_row(agreement, row, named(known, row["name"]) if row["name"] else None) for row in rows)


def _row(agreement: Agreement, row: dict[str, Any], owner: Named | None) -> SlaRow:
    scale = 10 ** (digits(agreement.currency) or 0)
    told = row["value_at_risk"]
    return SlaRow(
        owner=owner,
        rate=row["rate"],
        median_minutes=row["first_contact_minutes_median"],
        p90_minutes=row["first_contact_minutes_p90"],
        value_at_risk=None if told is None else Money(int(Decimal(told) * scale), agreement.currency),
        **{name: row[name] for name in _COUNTS},
    )
