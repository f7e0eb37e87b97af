"""A touch that shows intent, on a lead that somebody owns, is told to the owner at once (in their working hours)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from bot.domain import intent as rules
from bot.domain.clocks import ended_stage
from bot.domain.steps import INTENT, is_news
from bot.flow import leads, reminders
from bot.flow.context import intents_of
from bot.flow.receivers import Receivers
from bot.store import clocks, nudges
from bot.store.clocks import Decided

if TYPE_CHECKING:
    from collections.abc import Collection

    from bot.domain.agreement import Agreement
    from bot.domain.intent import Told
    from bot.store.database import Session
    from bot.store.records import Contact

_FRESH: Final = timedelta(hours=24)
"""A touch told later than this after it happened is no news any more."""


def tell(
    session: Session,
    agreement: Agreement,
    contact: Contact,
    touches: Collection[str],
    now: datetime,
    *,
    again: Collection[str] = (),
) -> None:
    """Tell the owner of those of these touches that show intent: each once, not more often than the rule allows.

    `again` are steps whose reminder was taken back before it was sent: they are told to whoever owns the lead now.
    """
    clock = leads.clock_of(session, contact)
    primary = leads.primary_of(contact, clock)
    owner = leads.owner_of(contact, clock, session)
    if primary is None or owner is None or not leads.alive(contact):
        return
    if ended_stage(primary.record.get("stage")) or (clock is not None and clock.ended_at is not None):
        return
    cycle = clock.cycle if clock is not None else 0
    known = clocks.decisions(session, contact.lead_keys)
    told = [_told(decided) for decided in known if is_news(decided.step)]
    before = {decided.step for decided in known}
    for found in intents_of(session, agreement, contact, now):
        step = f"{INTENT}{found.kind}:{found.touch_id}"
        fresh = found.touch_id in touches and now - found.at <= _FRESH and rules.allowed(found, told)
        if step in before or not (fresh or step in again):
            continue
        target = Receivers(session, agreement, now).target("owner", owner)
        message_id = reminders.messages_for(session, agreement, {target: {primary.key}}, now)[target]
        nudges.put_item(session, message_id, primary.key, cycle, step, found.at)
        clocks.decide(
            session,
            [Decided(primary.key, cycle, step, found.at, "queued", found.what, now, message_id)],
        )
        told.append((found.at, found.kind))


def _told(decided: Decided) -> Told:
    kind = decided.step.removeprefix(INTENT).partition(":")[0]
    return decided.due_at, kind  # type: ignore[return-value]  # the key was made of one of these kinds
