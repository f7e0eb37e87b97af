"""Histories told to a database, and everything that Winbell made of them.

`told` brings a history in by the real path, in any parcels; `image` is what the database holds afterwards, without what
may differ: when things were received, and what was said in Slack meanwhile.
"""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import delete, select
from sqlmodel import SQLModel

from bot.clock import ManualClock
from bot.domain.agreement import DEFAULT_STEPS, Agreement, Rate, Reminders, Step, Tier, When
from bot.flow import apply, lead_reports, reports
from bot.flow.accept import as_rows
from bot.flow.figures import Period
from bot.flow.ports import NotConnected, Office
from bot.store import inbox, tables

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.sources.events import Event
    from bot.store.database import Database, Session

NOW: Final = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
_HOUR: Final = timedelta(hours=1)
AGREEMENT: Final = Agreement(
    rates=(Rate("EUR", Decimal("1.0845")), Rate("EUR", Decimal("1.1"), date(2026, 11, 9))),
    tiers=(
        Tier(
            "hot",
            When(min_score=Decimal(80)),
            first_contact=_HOUR,
            attempts=3,
            spacing=(4 * _HOUR, 8 * _HOUR),
            within=24 * _HOUR,
            min_gap=6 * _HOUR,
        ),
        Tier("north", When(team=("north",)), first_contact=2 * _HOUR),
        Tier("mql", When(stage=("mql", "sql")), first_contact=8 * _HOUR, attempts=2, within=16 * _HOUR),
    ),
    reminders=Reminders(on_assignment=True, steps=(*DEFAULT_STEPS, Step("breach", "mona@seller.example"))),
)
"""Leads may match no tier, another one later, or one by the team of whoever owned them; each is followed up."""


def retold(
    session: Session, history: Iterable[Event], *, at_once: bool = False, figures: bool = True
) -> dict[str, Any]:
    """Everything an empty database holds after these events were told in this order, one by one or all at once."""
    forget_all(session)
    rows = as_rows("generic", list(history), NOW)
    inbox.add(session, rows)
    stored = {event.event_id: event for event in inbox.waiting(session, NOW, len(rows))}
    ordered = [stored[row.event_id] for row in rows]
    for parcel in [ordered] if at_once else [[event] for event in ordered]:
        apply.apply_events(session, AGREEMENT, parcel, NOW)
    return image(session, figures=figures)


async def told(database: Database, parcels: list[list[Event]], limit: int = 20) -> dict[str, Any]:
    """Everything an empty database holds after these parcels were accepted and applied, one after the other."""
    office = Office(database, ManualClock(NOW), AGREEMENT, NotConnected(), roll=lambda: 0.5)
    await database.write(forget_all)
    for parcel in parcels:
        rows = as_rows("generic", parcel, NOW)
        await database.insert(partial(inbox.add, events=rows))
        while (done := await apply.apply_waiting(office, limit=limit)).applied:
            assert done.failed == 0
    assert await database.read(inbox.counts) == {}
    return await database.read(image)


def forget_all(session: Session) -> None:
    """Empty every table."""
    for table in SQLModel.metadata.sorted_tables:
        session.execute(delete(table))


_ARRIVAL = {
    "lead": {"first_received_at", "quiet_before"},
    "win": {"silent", "announced_amount_minor", "announced_currency", "announced_owner", "team"},
    "clock": {"quiet_before", "next_at"},
}
"""Columns that tell when things arrived, or what was said of them meanwhile."""

_KEPT: Final = (
    tables.PersonRow,
    tables.LeadRow,
    tables.LeadStatementRow,
    tables.TouchRow,
    tables.ActivityRow,
    tables.DealRow,
    tables.DealStageRow,
    tables.DealContactRow,
    tables.DealLeadRow,
    tables.CampaignRow,
    tables.SpellingRow,
    tables.WinRow,
    tables.CreditRow,
    tables.WinPersonRow,
    tables.ClockRow,
)

_REPORTS: Final = (
    (reports.pipeline, "stage"),
    (reports.won_and_lost, "owner"),
    (reports.won_and_lost, "deal"),
    (lead_reports.channels, "channel"),
    (lead_reports.channels, "asset"),
    (lead_reports.sla, "owner"),
)


def image(session: Session, *, figures: bool = True) -> dict[str, Any]:
    """Every record, standing win, credit and clock, and with `figures` the reports, as plain values."""
    found: dict[str, Any] = {}
    for model in _KEPT:
        table = model.__table__
        hidden = _ARRIVAL.get(table.name, set())
        columns = [column for column in table.c if column.name not in hidden]
        statement = select(*columns).order_by(*table.primary_key.columns)
        if model is tables.WinRow:
            statement = statement.where(table.c.status == "won")
        found[table.name] = [dict(row) for row in session.execute(statement).mappings()]
    period = Period(None, None, NOW)
    for report, by in _REPORTS if figures else ():
        shown = report(session, AGREEMENT, period, by).as_dict()
        found[f"{shown['report']} by {by}"] = json.loads(json.dumps(shown))
    return found
