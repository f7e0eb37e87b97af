"""Every job on one screen. APScheduler only ticks: all state is in tables.

A tick runs however late it comes (`misfire_grace_time=None`), missed ticks become one (`coalesce`), and a job never
runs beside itself (`max_instances=1`). Intervals know no time zone; what is due when, and in whose zone, is decided
by the rules from rows. Nothing is scheduled by wall clock between 01:00 and 03:00, where a day may have no or two
such times.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from apscheduler.executors.asyncio import AsyncIOExecutor
from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.schedulers.asyncio import AsyncIOScheduler

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

APPLY_SECONDS: Final = 1
DELIVER_SECONDS: Final = 1
SWEEP_SECONDS: Final = 15
AUDIT_SECONDS: Final = 60
LOOK_BACK_SECONDS: Final = 60
AGREEMENT_SECONDS: Final = 5


@dataclass(frozen=True, slots=True)
class Job:
    """One line of the timetable: what runs, and every how many seconds."""

    name: str
    run: Callable[[], Awaitable[None]]
    seconds: float


def scheduler(jobs: tuple[Job, ...]) -> AsyncIOScheduler:
    """A scheduler that ticks these jobs; to be started inside the event loop."""
    made = AsyncIOScheduler(
        timezone="UTC",
        jobstores={"default": MemoryJobStore()},
        executors={"default": AsyncIOExecutor()},
        job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
    )
    for job in jobs:
        options: dict[str, Any] = {"seconds": job.seconds, "id": job.name, "name": job.name}
        made.add_job(job.run, "interval", **options)
    return made
