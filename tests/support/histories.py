"""Random histories of a small market, and everything that Winbell makes of one.

A history is a list of events with their times at the source. `told` brings one in by the real path, in any order and
with any repetitions; `image` is what the database holds afterwards, without what may differ: when things were received,
and what was said in Slack meanwhile.
"""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from hypothesis import strategies as st
from sqlalchemy import delete, select
from sqlmodel import SQLModel

from bot.clock import ManualClock
from bot.domain.agreement import Agreement, Rate, Tier, When
from bot.flow import apply, lead_reports, reports
from bot.flow.accept import as_rows
from bot.flow.figures import Period
from bot.flow.ports import NotConnected, Office
from bot.sources.events import Event
from bot.sources.schema import read_statement
from bot.store import inbox, tables

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from bot.store.database import Database, Session

START: Final = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)  # a Monday
NOW: Final = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
AGREEMENT: Final = Agreement(
    rates=(Rate("EUR", Decimal("1.0845")), Rate("EUR", Decimal("1.1"), date(2026, 11, 9))),
    tiers=(
        Tier("hot", When(min_score=Decimal(80)), first_contact=timedelta(hours=1)),
        Tier("north", When(team=("north",)), first_contact=timedelta(hours=2)),
        Tier("mql", When(stage=("mql", "sql")), first_contact=timedelta(hours=8)),
    ),
)
"""Leads may match no tier, another one later, or one by the team of whoever owned them."""

_PEOPLE = ("ana@seller.example", "ben@seller.example", "cho@seller.example")
_EMAILS = ("dana@prospect.example", "lee@prospect.example", "sam@prospect.example")
_LEADS = ("L1", "L2", "L3", "L4")
_DEALS = ("D1", "D2", "D3")
_TEXTS = {
    "asset": ("Ebook", "ebook", "WEBINAR", "Webinar"),
    "campaign": ("Spring", "SPRING", "Autumn"),
    "channel": ("paid_search", "Paid_Search", "organic"),
    "segment": ("smb", "enterprise"),
}


def _instants() -> st.SearchStrategy[str]:
    return st.integers(0, 48).map(lambda n: (START + n * timedelta(hours=5)).isoformat())


def _moments() -> st.SearchStrategy[str]:
    return _instants() | st.integers(0, 14).map(lambda n: (START + timedelta(days=n)).date().isoformat())


def _known(**fields: Any) -> dict[str, Any]:
    """Optional fields: left out, cleared, or with one of the values."""
    values = {
        name: value if isinstance(value, st.SearchStrategy) else st.sampled_from(value)
        for name, value in fields.items()
    }
    return {name: st.one_of(value, value, st.none()) for name, value in values.items()}


def _fields(required: dict[str, Any], **optional: Any) -> st.SearchStrategy[dict[str, Any]]:
    needed = {name: st.sampled_from(values) for name, values in required.items()}
    return st.fixed_dictionaries(needed, optional=_known(**optional))


def _lists(values: Sequence[Any]) -> st.SearchStrategy[list[Any]]:
    return st.lists(st.sampled_from(values), max_size=2, unique=True)


def _people() -> st.SearchStrategy[tuple[str, dict[str, Any]]]:
    data = _fields({"email": _PEOPLE}, name=("Ana", "Ben"), team=("north", "south"), manager_email=_PEOPLE)
    return st.tuples(st.just("person.updated"), data)


def _leads() -> st.SearchStrategy[tuple[str, dict[str, Any]]]:
    data = _fields(
        {"id": _LEADS},
        email=_EMAILS,
        company=("Northwind", "Globex"),
        owner_email=_PEOPLE,
        stage=("lead", "mql", "customer", "disqualified"),
        score=(10, 80, 95),
        created_at=_moments(),
        **_TEXTS,
    )
    return st.tuples(st.sampled_from(("lead.created", "lead.updated")), data)


def _merges(kind: str, ids: Sequence[str]) -> st.SearchStrategy[tuple[str, dict[str, Any]]]:
    pairs = [(a, b) for a in ids for b in ids if a != b]
    return st.sampled_from(pairs).map(lambda p: (f"{kind}.merged", {"id": p[0], "merged_from": [p[1]]}))


def _deletions(kind: str, ids: Sequence[str]) -> st.SearchStrategy[tuple[str, dict[str, Any]]]:
    return st.sampled_from(ids).map(lambda name: (f"{kind}.deleted", {"id": name}))


def _acts(what: str, **fields: Any) -> st.SearchStrategy[tuple[str, dict[str, Any]]]:
    whose = (
        _fields({"lead_id": _LEADS}),
        _fields({"email": _EMAILS}),
        _fields({"lead_id": _LEADS, "email": _EMAILS}),
    )
    known = st.fixed_dictionaries({}, optional=_known(id=("A1", "A2", "A3"), at=_instants(), **fields))
    data = st.tuples(st.one_of(*whose), known).map(lambda parts: parts[0] | parts[1])
    return st.tuples(st.just(what), data)


def _deals() -> st.SearchStrategy[tuple[str, dict[str, Any]]]:
    data = _fields(
        {"id": _DEALS},
        amount=("1000", "2500.50", "-10", "0"),
        currency=("USD", "EUR", "JPY", "ABC"),
        owner_email=_PEOPLE,
        contributors=_lists(_PEOPLE).map(lambda emails: [{"email": email} for email in emails]),
        contact_emails=_lists(_EMAILS),
        lead_ids=_lists(_LEADS),
        stage=("prospecting", "engaging", "Won", "lost", "strange"),
        created_at=_moments(),
        close_date=_moments(),
        closed_at=_moments(),
        kind=("new", "renewal"),
        segment=_TEXTS["segment"],
    )
    verbs = ("created", "updated", "updated", "won", "won", "lost", "reopened")
    return st.tuples(st.sampled_from([f"deal.{verb}" for verb in verbs]), data)


def _campaigns() -> st.SearchStrategy[tuple[str, dict[str, Any]]]:
    data = _fields(
        {"name": _TEXTS["campaign"]},
        channel=_TEXTS["channel"],
        assets=_lists(_TEXTS["asset"]),
        starts_on=("2026-11-03",),
    )
    return st.tuples(st.just("campaign.updated"), data)


def _statements() -> st.SearchStrategy[tuple[str, dict[str, Any]]]:
    material = {name: _TEXTS[name] for name in ("asset", "campaign", "channel")}
    touches = _acts("touch.recorded", kind=("webinar", "visit"), **material)
    activities = _acts(
        "activity.logged",
        kind=("call", "email"),
        direction=("outbound", "inbound"),
        outcome=("connected", "automatic"),
        by_email=_PEOPLE,
    )
    often = [_leads(), _leads(), _deals(), _deals(), touches, activities]
    seldom = [
        _people(),
        _campaigns(),
        _merges("lead", _LEADS),
        _deletions("lead", _LEADS),
        _merges("deal", _DEALS),
        _deletions("deal", _DEALS),
    ]
    return st.one_of(*often, *often, *seldom)


def event(number: int, kind: str, at: str, data: dict[str, Any]) -> Event:
    """An event as the generic source would read it."""
    told = read_statement({"type": kind, "timestamp": at, "data": data})
    return Event(f"e{number:02}", told.type, told.at, told.data)


_STORIES: Final = st.lists(st.tuples(_statements(), _instants()), min_size=10, max_size=24)


@st.composite
def histories(draw: Callable[[Any], Any]) -> list[Event]:
    """10 to 24 events about a few people, leads and deals; many of them at the same instants."""
    told = draw(_STORIES)
    return [event(number, kind, at, data) for number, ((kind, data), at) in enumerate(told)]


@st.composite
def tellings(draw: Callable[[Any], Any], history: list[Event]) -> list[list[Event]]:
    """A history in another order, some of it told twice, in parcels of any size."""
    again = draw(st.lists(st.sampled_from(history), max_size=6))
    order = draw(st.permutations(history + again))
    size = draw(st.integers(1, len(order)))
    return [order[start : start + size] for start in range(0, len(order), size)]


def retold(session: Session, history: Iterable[Event], *, figures: bool = True) -> dict[str, Any]:
    """Everything an empty database holds after these events were told one by one, in this order."""
    forget_all(session)
    for row in as_rows("generic", list(history), NOW):
        inbox.add(session, [row])
        apply.apply_events(session, AGREEMENT, inbox.waiting(session, NOW, 2), NOW)
    return image(session, figures=figures)


def by_time(history: Iterable[Event]) -> list[Event]:
    """A history as it happened."""
    return sorted(history, key=lambda e: (e.at, e.id))


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
    "win": {"silent", "announced_amount_minor", "announced_currency", "announced_owner"},
    "clock": {"quiet_before", "next_at", "breached_owner"},
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
