"""Moving the time of the local workspace: the bot, the page and the stand-in for Slack share one clock.

A move stops at whatever falls due on the way, so that a week brings what a week would have brought, at the instants at
which it would have come. Nothing of the bot is left out: the same sweep and the same delivery decide.
"""

from __future__ import annotations

import asyncio
from datetime import datetime, time, timedelta
from functools import partial
from typing import TYPE_CHECKING, Final

from bot.domain.when import wall_to_instant, zone_named
from bot.domain.worktime import next_opening
from bot.errors import UsageError
from bot.flow import apply, briefs, forget, reminders, worth
from bot.playground.requests import Move
from bot.store import clocks, outbox

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.clock import OffsetClock
    from bot.domain.worktime import Calendar
    from bot.store.database import Session
    from bot.wiring import Bot

MOVES: Final = ("hour", "morning", "week")
"""How far the time can be moved."""

_PACE: Final = timedelta(seconds=2)
"""What waits so long only waits for its channel's pace; that time passes on the clock."""
_PATIENCE: Final = (timedelta(minutes=10), timedelta(hours=12))
"""While Slack misbehaves, a journey tries again first after the one, at last after the other, not at every backoff."""
_BUDGET: Final = 5.0
"""Seconds of real time for deliveries on one journey; what is left is delivered after the arrival."""
_MOST_ROUNDS: Final = 1000
_LOOKED_AT: Final = 1000
"""Messages looked through for those that Slack has not taken; more than the local workspace ever holds."""
_FAILING: Final = frozenset({"retry", "ambiguous"})
_UNSAID: Final = frozenset({"pending", "sending"})


def moves(move: Callable[[str], Awaitable[None]]) -> tuple[Move, ...]:
    """The moves as the page offers them; `move` takes one of MOVES."""
    return (
        Move("An hour on", "What falls due in it comes on the way", partial(move, "hour")),
        Move(
            "To the next working morning",
            "Past the night or the weekend, to when the agreement opens",
            partial(move, "morning"),
        ),
        Move("A week on", "To the same time in seven days", partial(move, "week")),
    )


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

    def __init__(self, bot: Bot, clock: OffsetClock) -> None:
        """`clock` is the one the bot runs on."""
        self._bot = bot
        self._office = bot.office
        self._clock = clock
        self._one_at_a_time = asyncio.Lock()

    async def waiting(self) -> int:
        """How many messages are not in Slack yet, or not as they should be."""
        now = self._clock.now()
        messages = await self._office.database.read(lambda s: outbox.latest(s, _LOOKED_AT))
        return sum(
            message.state in _FAILING or (message.state in _UNSAID and message.next_at <= now)
            for message in messages
        )

    async def move(self, what: str) -> None:
        """Move the time by one of MOVES; two moves at once are made one after the other."""
        async with self._one_at_a_time:
            await self._go(target(what, self._clock.now(), self._office.agreement.calendar))

    async def move_to(self, instant: datetime) -> None:
        """Let time pass up to an instant; one that is over changes nothing but what is due is done."""
        async with self._one_at_a_time:
            await self._go(instant)

    async def _go(self, instant: datetime) -> None:
        clock = asyncio.get_running_loop().time
        ends = clock() + _BUDGET
        patience = timedelta(0)
        async with self._bot.at_rest():
            while True:
                await self._settle(deliver=clock() < ends)
                patience = self._longer(patience) if await self._failing() else timedelta(0)
                stop = await self._next_stop(self._clock.now() + patience)
                if stop is None or stop >= instant:
                    break
                self._clock.move_to(stop)
            self._clock.move_to(instant)
            await self._settle(deliver=clock() < ends)

    @staticmethod
    def _longer(patience: timedelta) -> timedelta:
        first, longest = _PATIENCE
        return min(max(first, 2 * patience), longest)

    async def _settle(self, *, deliver: bool) -> None:
        """Apply, sweep and deliver until nothing is due at this instant."""
        delivery = self._bot.delivery
        for number in range(_MOST_ROUNDS):
            applied = (await apply.apply_waiting(self._office)).applied
            await reminders.sweep(self._office)
            if number == 0:
                await self._look_back()
            started = await delivery.round() if deliver else 0
            await delivery.finish()
            if applied or started:
                continue
            wake = await delivery.next_wake() if deliver else None
            if wake is None or wake > self._clock.now() + _PACE:
                return
            self._clock.move_to(wake + timedelta(milliseconds=1))

    async def _look_back(self) -> None:
        """What the job of that name does, with figures of this very instant.

        How old the kept ones are depends on how fast the machine tells the story; what a message says must not.
        """
        await forget.forget_deleted(self._office)
        await worth.refresh(self._office)
        await briefs.brief(self._office)

    async def _failing(self) -> bool:
        messages = await self._office.database.read(lambda s: outbox.latest(s, _LOOKED_AT))
        return any(message.state in _FAILING for message in messages)

    async def _next_stop(self, try_from: datetime) -> datetime | None:
        """The next instant at which a step is due, a message may go or a working day begins.

        No message is tried before `try_from`.
        """
        now = self._clock.now()
        morning = target("morning", now, self._office.agreement.calendar)

        def ask(session: Session) -> list[datetime]:
            found = [clock.next_at for clock in clocks.every(session) if clock.next_at is not None]
            found.append(morning)
            wake = outbox.next_wake(session, now)
            return found if wake is None else [*found, max(wake, try_from)]

        return min((at for at in await self._office.database.read(ask) if at > now), default=None)
