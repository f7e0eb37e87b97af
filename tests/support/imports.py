"""History brought in beside a running story, by the same flow as `winbell import`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from bot.flow import importing

if TYPE_CHECKING:
    from datetime import date, datetime
    from pathlib import Path

    from bot.flow.importing import Imported
    from tests.support.world import World


async def imported(
    world: World,
    folder: Path,
    *rows: tuple[str, datetime, dict[str, Any]],
    announce_since: date | None = None,
) -> Imported:
    """Events (type, timestamp, data) as a file of JSON Lines, brought in; then everything that follows."""
    path = folder / "history.jsonl"
    lines = [json.dumps({"type": what, "timestamp": at.isoformat(), "data": data}) for what, at, data in rows]
    path.write_text("\n".join(lines), "utf-8")
    file = importing.ImportFile.at(path, None, world.clock.now(), "UTC")
    checked = importing.check(file)
    assert (checked.good, checked.problems) == (len(rows), ())
    done = await importing.bring_in(world.bot.office, file, announce_since)
    await world.settle()
    return done
