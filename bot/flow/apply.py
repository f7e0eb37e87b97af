"""Apply: stored events become records, and the decisions that follow are taken in the same transaction."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from bot.domain.backoff import delay
from bot.errors import StorageError
from bot.flow import by_hand, clockwork, deals, intents, leads, statements
from bot.logs import log_of
from bot.sources.schema import from_json
from bot.store import clocks, inbox, records, wins

if TYPE_CHECKING:
    from datetime import date, datetime

    from bot.domain.agreement import Agreement
    from bot.flow.ports import Office
    from bot.store.database import Session
    from bot.store.inbox import StoredEvent

TRIES: Final = 8
"""How often an event is tried before it is set aside (with its error, replayable)."""

_AT_ONCE: Final = 100

_log = log_of(__name__)


@dataclass(frozen=True, slots=True)
class Applied:
    """What one round did."""

    applied: int
    failed: int


@dataclass(slots=True)
class Quiet:
    """How loud the events were that touched a deal: silent ones announce nothing older than `since`."""

    silent: bool
    since: date | None


@dataclass(slots=True)
class Touched:
    """What a batch of events changed, to be settled once at its end."""

    lead_keys: set[str] = field(default_factory=set)
    emails: set[str] = field(default_factory=set)
    deals: dict[str, Quiet] = field(default_factory=dict)
    moved_people: set[str] = field(default_factory=set)
    """Those whose team is another now."""
    touches: set[str] = field(default_factory=set)
    """Touches told aloud, which may show intent."""
    acted: set[str] = field(default_factory=set)
    """Leads (keys) and addresses of which an activity was told."""

    def deal(self, key: str, event: StoredEvent) -> None:
        """A deal was touched by an event; one that is not silent makes the deal speak."""
        known = self.deals.setdefault(key, Quiet(event.silent, event.announce_since))
        known.silent = known.silent and event.silent


async def apply_waiting(office: Office, *, limit: int = 20) -> Applied:
    """Apply the oldest waiting events in one transaction; if one of them fails, apply each by itself.

    An event that fails is tried again later, at most TRIES times, and holds up nobody else.
    """
    now = office.clock.now()
    try:
        count = await office.database.write(lambda s: _apply_batch(s, office.agreement, now, limit))
    except StorageError:
        raise
    except Exception:  # noqa: BLE001  # whatever one event provokes must not stop the others
        _log.warning("a batch failed and is applied one by one", exc_info=True)
    else:
        return Applied(count, 0)
    applied = failed = 0
    for event in await office.database.read(lambda s: inbox.waiting(s, now, limit)):
        if await _apply_alone(office, event, now):
            applied += 1
        else:
            failed += 1
    return Applied(applied, failed)


async def _apply_alone(office: Office, event: StoredEvent, now: datetime) -> bool:
    try:
        await office.database.write(lambda s: apply_events(s, office.agreement, [event], now))
    except StorageError:
        raise
    except Exception as error:  # noqa: BLE001  # the error is kept with the event
        tries = event.tries + 1
        wait = delay(tries, office.roll(), None) + timedelta(seconds=1)
        next_try_at = None if tries >= TRIES else now + wait
        words = f"{type(error).__name__}: {error}"
        await office.database.write(
            lambda s: inbox.mark_failed(s, event.id, error=words[:2000], next_try_at=next_try_at)
        )
        _log.error(
            "event set aside" if next_try_at is None else "event will be tried again",
            extra={"event": event.id, "type": event.type, "tries": tries},
            exc_info=True,
        )
        return False
    return True


def _apply_batch(session: Session, agreement: Agreement, now: datetime, limit: int) -> int:
    waiting = inbox.waiting(session, now, limit)
    if waiting:
        apply_events(session, agreement, waiting, now)
    return len(waiting)


def apply_events(session: Session, agreement: Agreement, events: list[StoredEvent], now: datetime) -> None:
    """Bring events into the records and settle what they touched: contacts' clocks, then deals' wins."""
    touched = Touched()
    for event in events:
        take_in(session, event, touched)
    settle(session, agreement, touched, now)
    by_hand.offer_merges(session, agreement, sorted(touched.deals), now)
    inbox.mark_applied(session, [event.id for event in events])


def settle(session: Session, agreement: Agreement, touched: Touched, now: datetime) -> None:
    """Settle each touched contact once, then each deal that they or the events touched."""
    _settle_contacts(session, agreement, touched, now)
    for person in touched.moved_people:
        for key in wins.without_team(session, person):
            touched.deals.setdefault(key, Quiet(silent=True, since=None))
    for key, quiet in list(touched.deals.items()):
        for survivor in records.survivors_of_deal(session, key):  # their wins are counted after this one's
            touched.deals.setdefault(survivor, quiet)
    for key in sorted(touched.deals):
        quiet = touched.deals[key]
        deals.settle_deal(session, agreement, key, now, silent=quiet.silent, announce_since=quiet.since)


def _settle_contacts(session: Session, agreement: Agreement, touched: Touched, now: datetime) -> None:
    pending_leads, pending_emails = set(touched.lead_keys), set(touched.emails)
    if any(tier.when is not None and tier.when.team for tier in agreement.tiers):
        for person in touched.moved_people:
            pending_leads.update(records.leads_of_owner(session, person))
    teams = leads.Teams(session)
    while pending_leads or pending_emails:
        seed_leads = {pending_leads.pop()} if pending_leads else set()
        seed_emails = set() if seed_leads else {pending_emails.pop()}
        contact = records.contact_of(session, lead_keys=seed_leads, emails=seed_emails)
        pending_leads.difference_update(contact.lead_keys)
        pending_emails.difference_update(contact.emails)
        back = clockwork.settle_contact(session, agreement, contact, teams, now)
        if not touched.acted.isdisjoint((*contact.lead_keys, *contact.emails)):
            clockwork.show_wishes_again(session, contact.lead_keys, now)
        if touched.touches or back:
            intents.tell(session, agreement, contact, touched.touches, now, again=back)
        for key in records.deals_of_contact(session, contact):
            touched.deals.setdefault(key, Quiet(silent=False, since=None))


def take_in(session: Session, event: StoredEvent, touched: Touched) -> None:
    """Bring one event into the records."""
    parsed = from_json(event.body_json)
    kind = event.type.partition(".")[0]
    data = dict(parsed.data)
    if kind == "person":
        moved = statements.state_person(session, parsed, data)
        touched.moved_people.update({moved} if moved else ())
    elif kind == "campaign":
        statements.state_campaign(session, event.source, parsed, data)
    elif kind == "lead":
        _take_lead(session, event, parsed, data, touched)
    elif kind in {"touch", "activity"}:
        named = statements.state_act(session, kind, event.source, parsed, data)
        touched.lead_keys.update(named.lead_keys)
        touched.emails.update(named.emails)
        if kind == "activity":
            touched.acted |= named.lead_keys | named.emails
        elif not event.silent:
            touched.touches.add(f"{event.source}/{data['id']}")
    else:
        for key in statements.state_deal(session, event.source, parsed, data):
            touched.deal(key, event)


def _take_lead(
    session: Session, event: StoredEvent, parsed: Any, data: dict[str, Any], touched: Touched
) -> None:
    named = statements.state_lead(session, event.source, parsed, data, event.received_at, silent=event.silent)
    touched.lead_keys.update(named.lead_keys)
    touched.emails.update(named.emails)


def _unsettled_leads(session: Session) -> list[str]:
    closed = clocks.closed_leads(session)
    return [key for key in records.all_lead_keys(session) if key not in closed]


async def recompute(office: Office) -> None:
    """Settle deals and open clocks anew: after the agreement has changed. Closed clocks stay; nothing is announced."""
    now = office.clock.now()
    keys = await office.database.read(lambda s: (_unsettled_leads(s), records.all_deal_keys(s)))
    for start in range(0, len(keys[1]), _AT_ONCE):
        quiet = {key: Quiet(silent=True, since=None) for key in keys[1][start : start + _AT_ONCE]}
        touched = Touched(deals=quiet)
        await office.database.write(partial(settle, agreement=office.agreement, touched=touched, now=now))
    for start in range(0, len(keys[0]), _AT_ONCE):
        part = set(keys[0][start : start + _AT_ONCE])
        touched = Touched(lead_keys=part)
        await office.database.write(partial(settle, agreement=office.agreement, touched=touched, now=now))
