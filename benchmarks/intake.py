"""What group commit and batched apply are worth, as ratios measured in one run.

    python benchmarks/intake.py [--events 2000] [--together 64]

Absolute figures of a shared machine move by a quarter; the ratios hold. Nothing is sent anywhere.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import tempfile
import time
from pathlib import Path

from bot.clock import SystemClock
from bot.domain.agreement import Agreement
from bot.flow.accept import Intake, as_rows
from bot.flow.apply import apply_waiting
from bot.flow.ports import NotConnected, Office
from bot.groundwork import open_database
from bot.sources import generic


def bodies(count: int) -> list[bytes]:
    """Signed events would cost the sender; these are their bodies."""
    now = SystemClock().now().isoformat()
    made = []
    for number in range(count):
        lead = {"id": f"L-{number // 2}", "email": f"p{number // 2}@prospect.example", "channel": "organic"}
        call = {"lead_id": f"L-{number // 2}", "kind": "call", "direction": "outbound", "at": now}
        kind, data = ("lead.created", lead) if number % 2 == 0 else ("activity.logged", call)
        made.append(json.dumps({"type": kind, "timestamp": now, "data": data}).encode())
    return made


async def stored_per_second(folder: Path, count: int, together: int) -> tuple[float, Office]:
    """Events parsed and committed a second, with `together` senders that each wait for their answer."""
    database = open_database(f"sqlite:///{folder / f'{together}.db'}", serve=False)
    intake = Intake(database, lambda: None)
    waiting = iter(enumerate(bodies(count)))

    async def sender() -> None:
        for number, body in waiting:
            events = generic.parse(body, delivery_id=f"e{number}", content_type="application/json")
            await intake.store(as_rows("generic", events, SystemClock().now()))

    began = time.perf_counter()
    await asyncio.gather(*(sender() for _ in range(together)))
    office = Office(database, SystemClock(), Agreement(), NotConnected(), random.random)
    return count / (time.perf_counter() - began), office


async def applied_per_second(office: Office, count: int, limit: int) -> float:
    """Events applied a second, `limit` in one transaction."""
    began = time.perf_counter()
    while (await apply_waiting(office, limit=limit)).applied:
        pass
    return count / (time.perf_counter() - began)


async def measure(count: int, together: int) -> None:
    """Print the two ratios."""
    with tempfile.TemporaryDirectory() as name:
        alone, one = await stored_per_second(Path(name), count, 1)
        shared, many = await stored_per_second(Path(name), count, together)
        print(
            f"stored a second: {alone:.0f} alone, {shared:.0f} with {together} senders: x {shared / alone:.1f}"
        )
        single = await applied_per_second(one, count, 1)
        batched = await applied_per_second(many, count, 20)
        print(
            f"applied a second: {single:.0f} one by one, {batched:.0f} in twenties: x {batched / single:.1f}"
        )
        one.database.close()
        many.database.close()


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--events", type=int, default=2000)
    options.add_argument("--together", type=int, default=64)
    given = options.parse_args()
    asyncio.run(measure(given.events, given.together))
