"""A win that no CRM tells of is entered by hand and becomes events like any other; a CRM's deal may be merged later.

The assets stand as touches of a lead that is only named: it starts no clock and counts nowhere else.
"""

from __future__ import annotations

import uuid
from datetime import datetime, time
from typing import TYPE_CHECKING, Any, Final, Literal

from bot.domain import money
from bot.domain.claiming import ByHand, Faulty, HandForm, MergeOffer, hand_ids
from bot.domain.money import Money
from bot.domain.when import When, instant_text, wall_to_instant, zone_named
from bot.flow import books, claims, deals
from bot.flow.accept import as_rows
from bot.flow.people import who_is
from bot.flow.prepared import Drop, Prepared, Ready
from bot.flow.receivers import PERSON
from bot.render.claim import merge_offer
from bot.sources.events import Event
from bot.sources.schema import read_statement
from bot.store import by_hand as entered
from bot.store import cards, inbox, outbox, people, records
from bot.store.by_hand import SOURCE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from bot.domain.agreement import Agreement
    from bot.domain.answering import Press
    from bot.flow.ports import Office
    from bot.store.database import Session
    from bot.store.outbox import Message
    from bot.store.records import Stored

Entered = Faulty | Literal["stored", "already", "too many"]
"""What became of a win by hand: stored; there before; more of one customer and amount than can be told apart."""
Answer = Literal["settled", "already", "not asked", "gone"]
_NOON: Final = time(12)
_ALIVE: Final = frozenset({"open", "unknown", "won"})
_NO_EMAIL: Final = "Slack shows no e-mail address for {}. Choose somebody else."


def form_for(office: Office, slack_id: str) -> HandForm:
    """What the form needs to know: the agreement's currency, and its present day."""
    today = office.clock.now().astimezone(zone_named(office.agreement.timezone)).date()
    return HandForm(uuid.uuid4().hex, slack_id, office.agreement.currency, today)


async def enter(office: Office, press: Press, win: ByHand) -> Entered:
    """Store a win as events of the source `manual`; `press.ref` is the form's, so that one form is one win.

    A second win of the same customer, amount and day is the first one. Raises StorageError while Slack cannot be asked
    who somebody is.
    """
    rep = await who_is(office, win.rep)
    if rep is None:
        return Faulty("rep", _NO_EMAIL.format("this account"))
    helpers = {slack_id: await who_is(office, slack_id) for slack_id in win.contributors}
    if None in helpers.values():
        return Faulty("contributors", _NO_EMAIL.format("one of these accounts"))
    emails = [email for email in helpers.values() if email and email != rep]
    by = await who_is(office, press.slack_id)
    accounts = {email: slack_id for slack_id, email in {**helpers, win.rep: rep, press.slack_id: by}.items()}
    now = office.clock.now()

    def store(session: Session) -> Entered:
        made = _store(session, office.agreement, press.ref, win, rep, emails, by, now)
        for email, slack_id in accounts.items():
            if made == "stored" and email is not None:
                records.name(session, "person", email)
                people.linked(session, email, slack_id, now)
        return made

    return await office.database.write(store)


def _store(
    session: Session,
    agreement: Agreement,
    ref: str,
    win: ByHand,
    rep: str,
    helpers: list[str],
    by: str | None,
    now: datetime,
) -> Entered:
    day = win.won_on.isoformat()
    for deal_id in hand_ids(win.customer, win.amount):
        known = entered.told(session, f"won:{deal_id}")
        if known is not None:
            if known.get("form") == ref:
                return "stored"
            if known.get("closed_at") == day:
                return "already"
            continue
        data: dict[str, Any] = {
            "id": deal_id,
            "name": win.customer,
            "amount": money.to_decimal_string(win.amount),
            "currency": win.amount.currency,
            "owner_email": rep,
            "contributors": [{"email": email} for email in helpers],
            "lead_ids": [deal_id] if win.assets else [],
            "closed_at": day,
            "customer": win.customer,
            "entered_by": by,
            "form": ref,
        }
        touched_at = instant_text(_touched(win.won_on, agreement, now))
        touches = [
            {"id": f"{deal_id}-{n:02}", "lead_id": deal_id, "asset": asset, "at": touched_at}
            for n, asset in enumerate(win.assets, start=1)
        ]
        events = [
            *(_event(f"touch:{told['id']}", "touch.recorded", now, told) for told in touches),
            _event(f"won:{deal_id}", "deal.won", now, data),
        ]
        new = inbox.add(session, as_rows(SOURCE, events, now))
        if (SOURCE, f"won:{deal_id}") in new:
            return "stored"
        return "already"  # somebody else entered it at the same moment
    return "too many"


def _touched(day: date, agreement: Agreement, now: datetime) -> datetime:
    """Noon of the day, or now if that comes first: what was touched was touched before."""
    return min(now, wall_to_instant(datetime.combine(day, _NOON), agreement.timezone))


def _event(event_id: str, kind: str, at: datetime, data: Mapping[str, Any]) -> Event:
    told = read_statement({"type": kind, "timestamp": instant_text(at), "data": dict(data)})
    return Event(event_id, told.type, told.at, told.data)


# --- the same win in a CRM ---


def offer_merges(session: Session, agreement: Agreement, deal_keys: Iterable[str], now: datetime) -> None:
    """Ask whoever entered a win by hand whether a CRM's deal is the same: once a pair.

    They look the same if the amount and the currency are, and the customer is a company of the deal's leads or the
    deal's name. Deals that are lost, deleted or merged away are none, nor are those that one was merged into already.
    What was asked about these deals before is drawn anew: whether it can still be answered may have changed.
    """
    touched = set(deal_keys)
    if not touched or not entered.anything(session):
        return
    for offer in entered.offers(session):
        asked_of = {str(offer.ref["deal"]), str(offer.ref["by_hand"])}
        if offer.ts is not None and not offer.ref.get("answer") and not touched.isdisjoint(asked_of):
            outbox.show_again(session, offer, now)
    for key in sorted(key for key in touched if not entered.is_by_hand(key)):
        deal = records.load(session, "deal", key)
        amount = _amount(agreement, deal)
        if not _is_there(deal) or amount is None or deals.wins_by_hand(session, key):
            continue
        wanted = {
            f"{SOURCE}/{deal_id}" for name in _customers(session, deal) for deal_id in hand_ids(name, amount)
        }
        for found in entered.standing(session, wanted):
            _ask(session, key, found, now)


def _ask(session: Session, deal_key: str, by_hand: str, now: datetime) -> None:
    by = records.load(session, "deal", by_hand).record.get("entered_by")
    if by is None:
        return
    outbox.put(
        session,
        key=entered.offer_key(deal_key, by_hand),
        kind="merge_offer",
        target=f"{PERSON}{by}",
        ref={"deal": deal_key, "by_hand": by_hand},
        now=now,
        next_at=now,
    )


def _amount(agreement: Agreement, deal: Stored) -> Money | None:
    minor, currency = books.amount_of(agreement, deal)
    return None if minor is None else Money(minor, currency)


def _customers(session: Session, deal: Stored) -> set[str]:
    contacts = deals.contacts_of_deal(session, deal.key)
    told = [lead.record.get("company") for contact in contacts for lead in contact.leads]
    return {str(name) for name in (deal.record.get("name"), *told) if name}


def _is_there(deal: Stored) -> bool:
    get = deal.columns.get
    return bool(get("described")) and not get("merged_into") and get("stage_class") in _ALIVE


async def merge(office: Office, press: Press) -> Answer:
    """They are the same: the CRM's deal survives, and the win by hand becomes part of it."""
    now = office.clock.now()
    return await office.database.write(lambda s: _answer(s, press, now, "merged"))


async def keep_both(office: Office, press: Press) -> Answer:
    """They are two; nobody asks again about this pair."""
    now = office.clock.now()
    return await office.database.write(lambda s: _answer(s, press, now, "kept"))


def _answer(session: Session, press: Press, now: datetime, answer: str) -> Answer:
    message = outbox.by_uid(session, press.ref)
    if message is None or message.kind != "merge_offer":
        return "gone"
    email = message.target.removeprefix(PERSON)
    asked = people.by_email(session, [email]).get(email)
    if asked is None or asked.slack_id != press.slack_id:
        return "not asked"
    if message.ref.get("answer") or _is_taken(session, message):
        return "already"
    if not _can_merge(session, message):
        return "gone"
    cards.keep_ref(session, message, answer=answer)
    if answer == "merged":
        data = {
            "id": message.ref["deal"],
            "merged_from": [str(message.ref["by_hand"]).partition("/")[2]],
        }
        event = _event(f"merge:{message.uid}", "deal.merged", now, data)
        inbox.add(session, as_rows(SOURCE, [event], now))
        for other in entered.offers(session, message.ref["deal"]):
            if other.ts is not None and not other.ref.get("answer"):
                outbox.show_again(session, other, now)
    outbox.show_again(session, message, now)
    return "settled"


def _can_merge(session: Session, message: Message) -> bool:
    deal = records.load(session, "deal", message.ref["deal"])
    there = _is_there(deal) and bool(entered.standing(session, [message.ref["by_hand"]]))
    return there and not _is_taken(session, message)


def _is_taken(session: Session, message: Message) -> bool:
    """Whether one of the two was merged with another one, or is about to be."""
    key, by_hand = str(message.ref["deal"]), str(message.ref["by_hand"])
    # One that took a win by hand is that win: no other one is the same.
    return bool(deals.wins_by_hand(session, key)) or any(
        other.id != message.id
        and other.ref.get("answer") == "merged"
        and (other.ref["deal"] == key or other.ref["by_hand"] == by_hand)
        for other in entered.offers(session)
    )


def prepare_offer(session: Session, agreement: Agreement, message: Message, now: datetime) -> Prepared:
    """Decide whether and how somebody is asked if two deals are the same."""
    ref, answer = message.ref, message.ref.get("answer")
    there = _can_merge(session, message)
    if message.ts is None:
        if not there:
            return Drop("one of the two is not there any more")
        held = claims.hold_direct(session, agreement, message, now)
        if held is not None:
            return held
    deal = records.load(session, "deal", ref["deal"])
    mine = records.load(session, "deal", ref["by_hand"])
    closed_at = mine.record.get("closed_at")
    facts = MergeOffer(
        ref=message.uid,
        by_hand=str(mine.record.get("customer") or ""),
        won_on=When.parse(str(closed_at), "closed_at").on(agreement.timezone) if closed_at else None,
        deal=claims.title_of(session, agreement, ref["deal"]),
        amount=_amount(agreement, mine),
        deal_is_won=deal.columns.get("stage_class") == "won",
        url=deal.record.get("url"),
        state=answer or ("offered" if there else "gone"),
    )
    return Ready(merge_offer(facts), message.target)
