"""Words that stories about leads share. In the default agreement a first contact is due within 4 working hours."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from bot.store import clocks

if TYPE_CHECKING:
    from bot.store.clocks import Clock
    from tests.support.world import World

DAY = datetime(2026, 11, 16, tzinfo=UTC)  # a Monday; the agreement's hours are 09:00 to 17:00, UTC
AT_RISK, DUE = DAY.replace(hour=12), DAY.replace(hour=13)
"""For a lead created at 09:00 that day."""


def at(hour: int, minute: int = 0, second: int = 0, day: int = 16) -> datetime:
    """An instant of November 2026, UTC."""
    return datetime(2026, 11, day, hour, minute, second, tzinfo=UTC)


async def comes(world: World, owner: str | None, name: str = "Dana Reyes", **more: Any) -> None:
    """A lead is created now, or at `created_at`; its id is its first name."""
    data = {"id": name.split(maxsplit=1)[0], "name": name, "created_at": world.clock.now().isoformat()} | more
    if owner is not None:
        data["owner_email"] = owner
    assert await world.happens("lead.created", **data) == 202


async def called(world: World, lead: str, when: datetime, **more: Any) -> None:
    """The CRM reports a call to a lead."""
    told = {"lead_id": lead, "kind": "call", "direction": "outbound", "at": when.isoformat()} | more
    assert await world.happens("activity.logged", **told) == 202


async def the_clock(world: World) -> Clock:
    """The only clock there is."""
    (clock,) = await world.database.read(clocks.every)
    return clock


def said(world: World, email: str) -> list[str]:
    """The texts of the direct messages to somebody, as they stand, line by line without their times."""
    return [message.text for message in world.direct(email)]
