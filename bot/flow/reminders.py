"""The sweep: which clocks have a step due, and the one message that tells each receiver all of them.

The tick that calls it may come late, twice or from two processes: a step is decided once, by its key. Clocks carry
their steps with them (`Clock.steps`), so that a sweep computes no calendar and costs what is due, not what exists.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Final

from bot.domain import steps as rules
from bot.flow import messages
from bot.flow.clockwork import next_look
from bot.flow.receivers import Receivers
from bot.store import clocks, nudges, outbox
from bot.store.clocks import Decided

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bot.domain.agreement import Agreement
    from bot.domain.steps import StepAt
    from bot.flow.ports import Office
    from bot.store.clocks import Clock
    from bot.store.database import Session
    from bot.store.outbox import Message

CHUNK: Final = 25
"""Clocks handled in one transaction, so that the writer is never held for long."""
OWNERS: Final = 20
"""Owners handled in one transaction."""
_LIST: Final = 2000
"""Due clocks whose owners are listed at once."""
PERSON: Final = "person:"


@dataclass(frozen=True, slots=True)
class Swept:
    """What one sweep found: clocks looked at, and leads put into reminders."""

    clocks: int
    reminded: int


@dataclass(slots=True)
class _Sheet:
    """What one transaction decides."""

    told: list[tuple[Clock, StepAt]] = field(default_factory=list)
    decided: list[Decided] = field(default_factory=list)
    looked_at: list[Clock] = field(default_factory=list)


async def sweep(office: Office) -> Swept:
    """Queue what is due at this instant; returns when nothing due is left."""
    now = office.clock.now()
    total = Swept(0, 0)
    while True:
        owners = await office.database.read(lambda s: clocks.due_owners(s, now, _LIST))
        looked = 0
        while owners:
            step = partial(remind, agreement=office.agreement, owners=owners, now=now)
            swept, done = await office.database.write(step)
            owners = owners[done:]
            looked += swept.clocks
            total = Swept(total.clocks + swept.clocks, total.reminded + swept.reminded)
        if looked == 0:
            return total


def preview(session: Session, agreement: Agreement, at: datetime) -> list[tuple[str, str]]:
    """What a sweep at an instant would send then, as (target, text). To be run in a transaction that is taken back."""
    while owners := clocks.due_owners(session, at, _LIST):
        if not remind(session, agreement, owners, at)[0].clocks:
            break
    told = []
    for message in outbox.to_post(session, at):
        if message.kind == "nudge":
            prepared = messages.prepare(session, agreement, message, at)
            if isinstance(prepared, messages.Ready):
                told.append((prepared.target, prepared.payload.text))
    return told


def remind(
    session: Session, agreement: Agreement, owners: Sequence[str | None], now: datetime
) -> tuple[Swept, int]:
    """Decide due steps of the first of these owners; returns how many of them are done with.

    At most OWNERS of them and CHUNK of their clocks. With something due now, what falls due for an owner within
    `bundle_minutes` comes along, so that it needs no second message.
    """
    part = owners[:OWNERS]
    found = clocks.due_of(session, part, now + agreement.reminders.bundle, CHUNK)
    due = _with_something_now(found, now)
    sheet = _Sheet()
    _decide(session, agreement, due, now, sheet)
    addressed = _addressed(sheet, Receivers(session, agreement, now, {clock.owner_email for clock in due}))
    _tell(session, agreement, addressed, now, sheet)
    clocks.decide(session, sheet.decided)
    clocks.looked_at(session, sheet.looked_at)
    done = 0 if due and len(found) == CHUNK else len(part)
    return Swept(len(due), sum(decided.outcome == "queued" for decided in sheet.decided)), done


def _with_something_now(found: list[Clock], now: datetime) -> list[Clock]:
    """The clocks of owners for whom something is due now; what is merely due soon makes no message of its own."""
    ready = {clock.owner_email for clock in found if clock.next_at is not None and clock.next_at <= now}
    return [clock for clock in found if clock.owner_email in ready]


def _decide(session: Session, agreement: Agreement, due: list[Clock], now: datetime, sheet: _Sheet) -> None:
    """The steps to tell, the missed ones, and the clocks as they are afterwards.

    What is told to an owner soon comes along only where something is told to that owner now.
    """
    decided = clocks.decided_of(session, due)
    waiting = {
        clock: rules.waiting(clock.steps, decided[clock.lead_key, clock.cycle], clock.quiet_before)
        for clock in due
    }
    choices = {clock: rules.decide(waiting[clock], now, timedelta(0)) for clock in due}
    told = {clock.owner_email for clock in due if any(step.to == "owner" for step in choices[clock].send)}
    for clock in due:
        choice = choices[clock]
        if not choice.send and clock.owner_email in told:
            choice = rules.decide(waiting[clock], now, agreement.reminders.bundle)
        for step in choice.skip:
            sheet.decided.append(_decision(clock, step, "skipped", "a later step was due as well", now))
        sheet.told += [(clock, step) for step in choice.send]
        known = decided[clock.lead_key, clock.cycle] | {step.key for step in (*choice.send, *choice.skip)}
        after = clock
        if clock.state == "running" and clock.due_at <= now:
            after = replace(clock, state="breached", breached_owner=clock.owner_email)
        sheet.looked_at.append(replace(after, next_at=next_look(after, known)))


def _addressed(sheet: _Sheet, receivers: Receivers) -> dict[str, list[tuple[Clock, StepAt]]]:
    """What is to be told, by the place where the message goes."""
    found: dict[str, list[tuple[Clock, StepAt]]] = defaultdict(list)
    for clock, step in sheet.told:
        found[receivers.target(step.to, clock.owner_email)].append((clock, step))
    return found


def _tell(
    session: Session,
    agreement: Agreement,
    addressed: dict[str, list[tuple[Clock, StepAt]]],
    now: datetime,
    sheet: _Sheet,
) -> None:
    """Put leads into the message of each place."""
    keys = {target: {clock.lead_key for clock, _ in told} for target, told in addressed.items()}
    numbers = messages_for(session, agreement, keys, now)
    items = []
    for target, told in addressed.items():
        number = numbers[target]
        items += [(number, clock.lead_key, clock.cycle, step.key, step.due_at) for clock, step in told]
        sheet.decided += [_decision(clock, step, "queued", None, now, number) for clock, step in told]
    nudges.put_items(session, items)


def _decision(
    clock: Clock, step: StepAt, outcome: str, reason: str | None, now: datetime, message_id: int | None = None
) -> Decided:
    return Decided(clock.lead_key, clock.cycle, step.key, step.due_at, outcome, reason, now, message_id)


def messages_for(
    session: Session, agreement: Agreement, leads: dict[str, set[str]], now: datetime
) -> dict[str, int]:
    """The message for each target that tells these leads: what is due within `bundle_minutes` is one message.

    The receiver's reminder that is not sent yet takes them in; so does one sent less than `bundle_minutes` ago that
    still waits for an answer (it is edited), unless it told one of them already: a new step is a new message.
    """
    found = nudges.waiting(session, leads)
    rest = [target for target in leads if target not in found]
    for target, latest in nudges.latest(session, rest, now - agreement.reminders.bundle).items():
        if _still_waits(session, latest, leads[target]):
            outbox.show_again(session, latest, now)
            found[target] = latest.id
    slot = now
    while rest := [target for target in rest if target not in found]:
        new = {_key(target, slot): target for target in rest}
        made = outbox.put_many(
            session, [outbox.New(key, "nudge", target, {}, now) for key, target in new.items()], now
        )
        found |= {new[key]: number for key, number in made.items()}
        slot += timedelta(minutes=1)
    return found


def _key(target: str, slot: datetime) -> str:
    return f"nudge:{target.removeprefix(PERSON)}:{slot.strftime('%Y-%m-%dT%H:%M')}"


def _still_waits(session: Session, message: Message, lead_keys: set[str]) -> bool:
    """Whether somebody still has to answer one of the leads in a reminder, and none of `lead_keys` is in it."""
    items = nudges.items_of(session, message.id)
    if any(item.lead_key in lead_keys for item in items):
        return False
    for item in items:
        clock = clocks.find(session, item.lead_key, item.cycle)
        if clock is not None and clock.stopped_at is None and clock.state != "closed":
            return True
    return False
