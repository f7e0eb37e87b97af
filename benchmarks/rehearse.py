"""How long a rehearsal takes, beside a bare loop that only reads and parses the same rows in the same run.

    python benchmarks/rehearse.py [--leads 100000] [--here]

Leads of the last 90 days with their statements, calls and a few won deals are made in a temporary SQLite file. Absolute
figures of a shared machine move by a quarter; the ratio and the processor time hold. Nothing is sent anywhere.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import tempfile
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select

from bot.clock import SystemClock
from bot.domain.agreement import DEFAULT_STEPS, Agreement, Reminders, Tier, When
from bot.flow.rehearse import period_of, rehearse
from bot.groundwork import open_database
from bot.output import progress
from bot.store.sql import table_of, to_json
from bot.store.tables import ActivityRow, DealLeadRow, DealRow, LeadRow, LeadStatementRow, PersonRow

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from bot.store.database import Database, Session

MOST = 1_000_000
PEOPLE = 60
TOGETHER = 2000
CHANNELS = ("organic", "paid_search", "webinar", "partner", "event")
ASSETS = ("Pricing guide", "Buyer's checklist", "ROI calculator", "Case study", "Demo")
PRESENT = Agreement(name="In force", tiers=(Tier(attempts=3),))
REHEARSED = Agreement(
    name="Faster",
    tiers=(
        Tier("hot", When(channel=("webinar", "event")), timedelta(hours=1), attempts=6),
        Tier("rest", None, timedelta(hours=3), attempts=3),
    ),
    reminders=Reminders(steps=DEFAULT_STEPS, on_assignment=True),
)

Rows = dict[Any, list[dict[str, Any]]]


def fill(database: Database, leads: int, now: datetime) -> None:
    """The leads of 90 days, most of them called, some of them late."""
    roll = random.Random(7)  # noqa: S311  # the same market every time
    database.write_now(lambda s: put(s, {PersonRow: [person(number) for number in range(PEOPLE)]}))
    for start in range(0, leads, TOGETHER):
        rows: Rows = {LeadRow: [], LeadStatementRow: [], ActivityRow: [], DealRow: [], DealLeadRow: []}
        for number in range(start, min(start + TOGETHER, leads)):
            lead(rows, number, now - timedelta(seconds=roll.randrange(90 * 86400)), roll)
        database.write_now(lambda s, rows=rows: put(s, rows))  # type: ignore[misc]  # bound at once


def put(session: Session, rows: Rows) -> None:
    """Multi-row inserts, a table at a time."""
    for model, values in rows.items():
        if values:
            session.execute(insert(table_of(model)), values)


def person(number: int) -> dict[str, Any]:
    """Somebody of the seller; every tenth is a manager."""
    zones = ("Europe/Berlin", "America/New_York", "UTC")
    return {
        "email": f"p{number}@seller.example",
        "described": True,
        "name": f"Person {number}",
        "team": f"team {number % 4}",
        "timezone": zones[number % 3],
        "manager_email": f"p{number // 10 * 10}@seller.example",
    }


def lead(rows: Rows, number: int, at: datetime, roll: random.Random) -> None:
    """A lead with its statements, its calls and perhaps a deal."""
    key = f"generic/L-{number}"
    told = {
        "channel": roll.choice(CHANNELS),
        "asset": roll.choice(ASSETS),
        "score": roll.randrange(100),
        "stage": "mql",
        "owner_email": f"p{roll.randrange(PEOPLE)}@seller.example",
    }
    about = {
        "id": f"L-{number}",
        "name": f"Lead {number}",
        "company": f"Company {number % 5000}",
        "email": f"c{number}@prospect.example",
        "segment": roll.choice(("SMB", "Mid-market", "Enterprise")),
        "created_at": at.isoformat(),
        **told,
    }
    rows[LeadRow].append(
        {
            "key": key,
            "described": True,
            "email": about["email"],
            "owner_email": told["owner_email"],
            "first_at": at,
            "first_received_at": at,
            "data_json": to_json(about),
            "stamps_json": to_json({name: [at.isoformat(), 0, f"e{number}"] for name in about}),
        }
    )
    rows[LeadStatementRow].append(
        {"lead_key": key, "at": at, "event_id": f"e{number}", "fields_json": to_json(told)}
    )
    wait = at + timedelta(minutes=roll.expovariate(1 / 600))
    for count in range(roll.choice((0, 1, 1, 2, 4))):
        rows[ActivityRow].append(
            {
                "key": f"generic/A-{number}-{count}",
                "lead_key": key,
                "at": wait + timedelta(hours=9 * count),
                "kind": "call",
                "direction": "outbound",
                "outcome": "no_answer",
            }
        )
    if roll.random() < 0.05:
        won(rows, number, key, at + timedelta(days=roll.randrange(1, 20)), roll)


def won(rows: Rows, number: int, key: str, at: datetime, roll: random.Random) -> None:
    """The lead bought, and became a customer."""
    rows[LeadStatementRow].append(
        {"lead_key": key, "at": at, "event_id": f"w{number}", "fields_json": to_json({"stage": "customer"})}
    )
    amount = roll.randrange(1000, 50000)
    rows[DealRow].append(
        {
            "key": f"generic/D-{number}",
            "described": True,
            "stage": "won",
            "stage_class": "won",
            "amount": str(amount),
            "amount_minor": amount * 100,
            "currency": "USD",
            "ended": at.isoformat(),
            "ended_at": at,
            "ended_on": at.date(),
        }
    )
    rows[DealLeadRow].append({"deal_key": f"generic/D-{number}", "lead_key": key})


def bare(session: Session) -> int:
    """The rows that a rehearsal reads, read and parsed, and nothing else."""
    tables: Iterator[Any] = iter((LeadRow.data_json, LeadStatementRow.fields_json))
    count = sum(
        bool(json.loads(text)) for column in tables for text in session.execute(select(column)).scalars()
    )
    acts = table_of(ActivityRow).c
    return count + len(session.execute(select(acts.lead_key, acts.at, acts.kind)).all())


def processor() -> float:
    """Seconds of processor time that this process and its ended children have used."""
    return sum(os.times()[:4])


def measure(leads: int, apart: bool | None) -> None:
    """Print how long both take."""
    now = SystemClock().now()
    with tempfile.TemporaryDirectory() as name:
        database = open_database(f"sqlite:///{Path(name) / 'past.db'}", serve=False)
        began = time.perf_counter()
        fill(database, leads, now)
        print(f"{leads} leads made in {time.perf_counter() - began:.1f} s")
        began = time.perf_counter()
        database.read_now(bare)
        reading = time.perf_counter() - began
        period = replace(period_of(PRESENT, None, None, now), first=(now - timedelta(days=91)).date())
        began, used = time.perf_counter(), processor()
        with progress("rehearsing", leads) as advance:
            found = database.read_now(lambda s: rehearse(s, PRESENT, REHEARSED, period, advance, apart=apart))
        took, used = time.perf_counter() - began, processor() - used
        database.close()
    assert sum(found.present[state] for state in ("met", "breached", "open")) > 0
    print(
        f"rehearsed under both agreements in {took:.1f} s: {leads / took:.0f} leads/s, "
        f"{used:.1f} s of processor time, "
        f"{found.present['messages']} and {found.rehearsed['messages']} messages"
    )
    print(f"reading and parsing alone: {reading:.1f} s; the rehearsal takes x {took / reading:.1f}")


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--leads", type=int, default=100_000, choices=range(1, MOST + 1), metavar="N")
    options.add_argument("--here", action="store_true", help="in one process")
    given = options.parse_args()
    measure(given.leads, False if given.here else None)
