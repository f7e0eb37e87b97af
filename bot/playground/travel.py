"""Moving the time of the local workspace: the bot, the page and the stand-in for Slack share one clock.

A move stops at whatever falls due on the way, so that a week brings what a week would have brought, at the instants at
which it would have come. Nothing of the bot is left out: the same sweep and the same delivery decide.
"""

from __future__ import annotations

import asyncio
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Final, Protocol

from bot.domain.when import wall_to_instant, zone_named
from bot.domain.worktime import next_opening
from bot.errors import UsageError
from bot.flow import apply, reminders
from bot.store import clocks, outbox

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.clock import OffsetClock
    from bot.domain.worktime import Calendar
    from bot.wiring import Bot

MOVES: Final = {"hour": "An hour", "morning": "To the next working morning", "week": "A week"}
"""How far the time can be moved, with the words for the page."""

_PACE: Final = timedelta(seconds=2)
"""What waits so long only waits for its channel's pace; that time passes on the clock."""
_PATIENCE: Final = timedelta(hours=1)
"""While Slack misbehaves, a journey tries again so often and not at every backoff."""
_BUDGET: Final = 8.0
"""Seconds of real time for deliveries on one journey; what is left is delivered after the arrival."""
_MOST_ROUNDS: Final = 1000
_LOOKED_AT: Final = 1000
"""Messages looked through for those that Slack has not taken; more than the local workspace ever holds."""
_FAILING: Final = frozenset({"retry", "ambiguous"})
_UNSAID: Final = frozenset({"pending", "sending"})


class ClockControl(Protocol):
    """What the page needs of the time."""

    @property
    def zone(self) -> str:
        """The IANA zone in which the agreement counts its days."""
        ...

    def now(self) -> datetime:
        """The bot's present instant, in UTC."""
        ...

    async def waiting(self) -> int:
        """How many messages Slack should show and does not yet."""
        ...

    async def move(self, what: str) -> datetime:
        """Move the time by one of MOVES; returns the new present. Raises UsageError for another word."""
        ...


def target(what: str, now: datetime, calendar: Calendar) -> datetime:
    """Where a move leads: an hour on, to the opening of the next working day, or to the same wall time in a week.

    Raises UsageError for a move that there is not.
    """
    if what == "hour":
        return now + timedelta(hours=1)
    local = now.astimezone(zone_named(calendar.zone))
    if what == "week":
        return wall_to_instant(local.replace(tzinfo=None) + timedelta(days=7), calendar.zone)
    if what != "morning":
        raise UsageError(f"move: {what!r} is not one of {', '.join(MOVES)}")
    day = local.date()
    while True:
        opening = next_opening(calendar, wall_to_instant(datetime.combine(day, time()), calendar.zone))
        if opening > now:
            return opening
        day += timedelta(days=1)


class Travel:
    """Moves the clock of a running bot."""

    def __init__(self, bot: Bot, clock: OffsetClock, moved: Callable[[], None] = lambda: None) -> None:
        """`clock` is the one the bot runs on; `moved` is called after each move."""
        self._bot = bot
        self._office = bot.office
        self._clock = clock
        self._moved = moved
        self._one_at_a_time = asyncio.Lock()

    @property
    def zone(self) -> str:
        """The IANA zone of the agreement."""
        return self._office.agreement.timezone

    def now(self) -> datetime:
        """The bot's present instant, in UTC."""
        return self._clock.now()

    async def waiting(self) -> int:
        """How many messages are not in Slack yet, or not as they should be."""
        now = self.now()
        messages = await self._office.database.read(lambda s: outbox.latest(s, _LOOKED_AT))
        return sum(
            message.state in _FAILING or (message.state in _UNSAID and message.next_at <= now) for message in messages
        )

    async def move(self, what: str) -> datetime:
        """Move the time by one of MOVES; two moves at once are made one after the other."""
        async with self._one_at_a_time:
            await self._go(target(what, self.now(), self._office.agreement.calendar))
        return self.now()

    async def move_to(self, instant: datetime) -> None:
        """Let time pass up to an instant; one that is over changes nothing but what is due is done."""
        async with self._one_at_a_time:
            await self._go(instant)

    async def _go(self, instant: datetime) -> None:
        clock = asyncio.get_running_loop().time
        ends = clock() + _BUDGET
        async with self._bot.at_rest():
            await self._settle(deliver=True)
            while (stop := await self._next_stop()) is not None and stop < instant:
                self._clock.move_to(stop)
                await self._settle(deliver=clock() < ends)
            self._clock.move_to(instant)
            await self._settle(deliver=clock() < ends)
        self._moved()

    async def _settle(self, *, deliver: bool) -> None:
        """Apply, sweep and deliver until nothing is due at this instant."""
        delivery = self._bot.delivery
        for _ in range(_MOST_ROUNDS):
            applied = (await apply.apply_waiting(self._office)).applied
            await reminders.sweep(self._office)
            started = await delivery.round() if deliver else 0
            await delivery.finish()
            if applied or started:
                continue
            wake = await delivery.next_wake() if deliver else None
            if wake is None or wake > self.now() + _PACE:
                return
            self._clock.move_to(wake + timedelta(milliseconds=1))

    async def _next_stop(self) -> datetime | None:
        now = self.now()

        def ask(session: Any) -> list[datetime]:
            found = [clock.next_at for clock in clocks.every(session) if clock.next_at is not None]
            wake = outbox.next_wake(session, now)
            if wake is not None:
                failing = any(message.state in _FAILING for message in outbox.latest(session, _LOOKED_AT))
                found.append(max(wake, now + _PATIENCE) if failing else wake)
            return found

        return min((at for at in await self._office.database.read(ask) if at > now), default=None)
