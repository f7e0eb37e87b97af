"""The timetable: APScheduler only ticks, however late, and never twice at once."""

from __future__ import annotations

import asyncio
from datetime import UTC

from apscheduler.jobstores.memory import MemoryJobStore

from jobs.timetable import Job, scheduler
from jobs.work import Loop


async def nothing() -> None:
    """Do nothing."""


async def test_every_tick_runs_once_however_late():
    """Misfire grace, coalescing, instances, zone and store are set on purpose for each job."""
    made = scheduler((Job("apply", nothing, 1), Job("sweep", nothing, 15)))
    made.start(paused=True)
    try:
        jobs = {job.id: job for job in made.get_jobs()}
        assert sorted(jobs) == ["apply", "sweep"]
        for job in jobs.values():
            assert (job.misfire_grace_time, job.coalesce, job.max_instances) == (None, True, 1)
        assert jobs["sweep"].trigger.interval.total_seconds() == 15
        assert str(made.timezone) == str(UTC)
        assert isinstance(made._jobstores["default"], MemoryJobStore)
    finally:
        made.shutdown(wait=False)


async def test_a_loop_survives_what_its_round_raises(caplog):
    """A fault is logged, and the next wake works again."""
    failed, worked = asyncio.Event(), asyncio.Event()

    async def round_():
        if not failed.is_set():
            failed.set()
            raise ZeroDivisionError
        worked.set()
        return False

    loop = Loop("test", round_)
    loop.wake()
    task = asyncio.create_task(loop.run())
    await asyncio.wait_for(failed.wait(), 10)
    loop.wake()
    await asyncio.wait_for(worked.wait(), 10)
    loop.stop()
    await asyncio.wait_for(task, 10)
    assert "will be tried at its next tick" in caplog.text


async def test_a_loop_goes_on_while_there_is_something_to_do():
    """One wake is enough for all that is due; then it rests."""
    left = [3]
    rested = asyncio.Event()

    async def round_():
        if left[0] == 0:
            rested.set()
            return False
        left[0] -= 1
        return True

    loop = Loop("test", round_)
    task = asyncio.create_task(loop.run())
    loop.wake()
    await asyncio.wait_for(rested.wait(), 5)
    loop.stop()
    await asyncio.wait_for(task, 5)
    assert left == [0]
