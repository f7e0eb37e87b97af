"""The jobs: each asks one flow "what is due and not done?", and logs what changed.

Intake and presses wake the first two at once; the ticks are the net beneath, and bring in what other processes wrote.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from bot.errors import StorageError
from bot.flow import apply, audit, briefs, forget, reminders, worth
from bot.logs import log_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.flow.agreement_file import AgreementFile
    from bot.flow.deliver import Delivery
    from bot.flow.ports import Office

APPLY_AT_ONCE: Final = 5
"""Events in one transaction: intake writes between two of them, so they are kept short."""
_PAUSE_AFTER_FAULT: Final = 1.0
_NEXT_TICK: Final = 1.0
_SHORTEST_WAIT: Final = 0.02

_log = log_of(__name__)


class Loop:
    """Runs a round whenever it is woken, again as long as a round did something, and never beside itself."""

    def __init__(self, name: str, round_: Callable[[], Awaitable[bool]]) -> None:
        """`round_` returns whether it did something."""
        self._name = name
        self._round = round_
        self._woken = asyncio.Event()
        self._stopping = False
        self.turn = asyncio.Lock()
        """Held while a round runs; who holds it keeps the loop at rest."""

    def wake(self) -> None:
        """There may be something to do."""
        self._woken.set()

    def stop(self) -> None:
        """Take no more work; the round that runs is finished."""
        self._stopping = True
        self._woken.set()

    async def run(self) -> None:
        """Work until stopped."""
        while not self._stopping:
            await self._woken.wait()
            self._woken.clear()
            try:
                while not self._stopping and await self._one_round():
                    pass
            except StorageError as error:
                _log.warning("the database does not answer", extra={"job": self._name, "reason": str(error)})
                await asyncio.sleep(_PAUSE_AFTER_FAULT)
            except Exception:  # noqa: BLE001  # the next tick tries again, whatever it was
                _log.exception("a job failed and will be tried at its next tick", extra={"job": self._name})
                await asyncio.sleep(_PAUSE_AFTER_FAULT)

    async def _one_round(self) -> bool:
        async with self.turn:
            return not self._stopping and await self._round()


async def apply_round(office: Office, outbox_filled: Callable[[], None]) -> bool:
    """Apply stored events; true while there are more."""
    done = await apply.apply_waiting(office, limit=APPLY_AT_ONCE)
    if done.applied:
        outbox_filled()
    return done.applied > 0


async def deliver_round(office: Office, delivery: Delivery, wake: Callable[[], None]) -> bool:
    """Start what is due. What waits only for its channel's pace is looked at again in time, not at the next tick."""
    if await delivery.round():
        return True
    next_at = await delivery.next_wake()
    if next_at is not None:
        wait = (next_at - office.clock.now()).total_seconds()
        if wait < _NEXT_TICK:
            asyncio.get_running_loop().call_later(max(wait, _SHORTEST_WAIT), wake)
    return False


async def sweep(office: Office, outbox_filled: Callable[[], None]) -> None:
    """Queue the reminders that are due."""
    try:
        swept = await reminders.sweep(office)
    except StorageError as error:
        _log.warning("the sweep could not read the clocks", extra={"reason": str(error)})
        return
    if swept.reminded:
        _log.info("reminders queued", extra={"leads": swept.reminded})
        outbox_filled()


async def reload(office: Office, file: AgreementFile, outbox_filled: Callable[[], None]) -> None:
    """Put a changed agreement in force."""
    try:
        changed = await file.look(office)
    except StorageError as error:
        _log.warning("the database does not answer", extra={"job": "agreement", "reason": str(error)})
        return
    if changed:
        outbox_filled()


async def look_back(office: Office, outbox_filled: Callable[[], None]) -> None:
    """Forget whom a source has deleted, keep what leads are worth up to date, tell marketing what is theirs to know."""
    try:
        await forget.forget_deleted(office)
        await worth.refresh_if_stale(office)
        told = await briefs.brief(office)
    except StorageError as error:
        _log.warning("the database does not answer", extra={"job": "look back", "reason": str(error)})
        return
    if told:
        outbox_filled()


async def watch(office: Office) -> None:
    """Say what needs a hand."""
    try:
        found = await audit.audit(office)
    except StorageError as error:
        _log.error("the database does not answer", extra={"reason": str(error)})  # it is explained
        return
    if found.needs_a_hand:
        _log.warning(
            "something needs a hand; see `winbell inbox` and `winbell outbox`",
            extra={"events": found.events, "messages": found.messages},
        )
