"""A deal's wins, computed anew from all that is known: bookings, credits, and what the wins channel must show."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from bot.domain import credit as crediting
from bot.domain import money, winning
from bot.domain.credit import Touch
from bot.domain.when import When, parse_instant
from bot.domain.winning import StageStatement
from bot.errors import FormatError
from bot.flow import leads
from bot.store import outbox, records, wins
from bot.store.wins import Credit, Win

if TYPE_CHECKING:
    from datetime import date, datetime

    from bot.domain.agreement import Agreement
    from bot.domain.winning import DealLife
    from bot.store.database import Session
    from bot.store.records import Contact, Stored


_LARGEST: Final = 2**63 - 1
"""Minor units that a column holds; only currencies of four decimals can have an amount beyond it."""


def card_key(deal_key: str, number: int) -> str:
    """The natural key of a win's card."""
    return f"win:{deal_key}:{number}"


def settle_deal(
    session: Session,
    agreement: Agreement,
    key: str,
    now: datetime,
    *,
    silent: bool,
    announce_since: date | None,
) -> None:
    """Make a deal's stage, wins, credits and cards true.

    A win seen for the first time is announced unless it is older than the agreement's `fresh_days`, or comes silently
    (an import) and is older than `announce_since`; then it is booked and nothing is posted, ever.
    """
    deal = records.load(session, "deal", key)
    if deal.new:
        return
    life = _life(session, agreement, key, deal)
    ending = _ending(agreement, deal, life)
    _keep_stage(session, agreement, deal, life, ending)
    if not deal.columns["described"]:
        return
    known = wins.of_deal(session, key)
    for episode in life.wins:
        before = known.pop(episode.number, None)
        stands = episode.ended_by is None
        won_when = ending if stands and ending else When(day=None, instant=episode.stated_at)
        won_at = won_when.ends(agreement.timezone)
        facts = (
            _facts(agreement, deal)
            if stands or before is None
            else (before.amount_minor, before.currency, before.owner_email)
        )
        quiet = silent and (announce_since is None or won_when.on(agreement.timezone) < announce_since)
        after = Win(
            deal_key=key,
            number=episode.number,
            won_at=won_at,
            won_on=won_when.on(agreement.timezone),
            status=episode.ended_by or "won",
            ended_at=episode.ended_at,
            silent=before.silent
            if before
            else quiet or not winning.is_fresh(won_at, now, agreement.wins.fresh),
            amount_minor=facts[0],
            currency=facts[1],
            owner_email=facts[2],
            model=before.model if before else agreement.credit.model,
            parameters=before.parameters if before else _parameters(agreement),
            rate=_rate(agreement, facts[1], won_when.on(agreement.timezone)),
            announced_amount_minor=before.announced_amount_minor if before else facts[0],
            announced_currency=before.announced_currency if before else facts[1],
            announced_owner=before.announced_owner if before else facts[2],
        )
        _keep_win(session, agreement, before, after, now)
    for left_over in known.values():
        if left_over.status == "won":
            # Late news made two wins one; the booking goes, and its card must not go on telling it.
            _keep_win(session, agreement, left_over, replace(left_over, status="reopened", ended_at=now), now)


def touches_of_deal(
    session: Session, agreement: Agreement, deal_key: str
) -> tuple[list[Touch], list[Contact]]:
    """Every touch of the deal's contacts, the leads' own ones included, and the contacts."""
    emails, lead_keys = records.links_of_deal(session, deal_key)
    contacts: list[Contact] = []
    seen_leads: set[str] = set()
    seen_emails: set[str] = set()
    for seed in [{"lead_keys": [key]} for key in lead_keys] + [{"emails": [email]} for email in emails]:
        contact = records.contact_of(session, **seed)
        if seen_leads & set(contact.lead_keys) or seen_emails & contact.emails:
            continue
        seen_leads.update(contact.lead_keys)
        seen_emails.update(contact.emails)
        contacts.append(contact)
    # A touch told of one contact's lead and another's address is still one touch.
    touches = {t.id: t for contact in contacts for t in touches_of_contact(session, agreement, contact)}
    return sorted(touches.values(), key=lambda t: (t.at, t.id)), contacts


def touches_of_contact(session: Session, agreement: Agreement, contact: Contact) -> list[Touch]:
    """The recorded touches of a contact, and those that its leads' own asset, campaign and channel are."""
    recorded = [
        Touch(row["key"], row["at"], row["asset"], row["campaign"], row["channel"], row["kind"])
        for row in records.touches_of(session, contact)
    ]
    own: list[Touch] = []
    for lead in sorted(contact.leads, key=lambda item: item.key):
        if lead.columns["described"] and not lead.columns["deleted"]:
            get = lead.record.get
            at = leads.created_of(agreement, lead)
            mine = Touch(f"lead:{lead.key}", at, get("asset"), get("campaign"), get("channel"), None)
            touch = crediting.own_touch(mine, recorded + own)
            if touch is not None:
                own.append(touch)
    return recorded + own


def _life(session: Session, agreement: Agreement, key: str, deal: Stored) -> DealLife:
    told = [StageStatement(*row) for row in records.deal_statements(session, key)]  # type: ignore[arg-type]
    return winning.life(
        told,
        agreement.stages,
        merged_at=deal.columns["merged_at"] if deal.columns["merged_into"] else None,
        carried=_carried(session, agreement, key),
    )


def _carried(session: Session, agreement: Agreement, key: str) -> tuple[datetime, int] | None:
    """A merge moves the win number to the survivor: later wins are counted after those it brought."""
    merged = records.deals_merged_into(session, key)
    if not merged:
        return None
    count = 0
    for other, at in merged:
        told = [StageStatement(*row) for row in records.deal_statements(session, other)]  # type: ignore[arg-type]
        count += len(winning.life(told, agreement.stages, merged_at=at).wins)
    return min(at for _, at in merged), count


def _ending(agreement: Agreement, deal: Stored, life: DealLife) -> When | None:
    if life.stage_class not in {"won", "lost"} or life.since is None:
        return None
    get = deal.record.get
    closed_at, close_date = get("closed_at"), get("close_date")
    stated = deal.record.stated_at("close_date")
    previous = (
        life.wins[-1].previous_end
        if life.stage_class == "won"
        else (life.wins[-1].ended_at if life.wins else None)
    )
    if life.stage_class == "lost" and previous is not None and previous >= life.since:
        previous = None
    return winning.closed_when(
        life.since,
        previous,
        When.parse(str(closed_at), "closed_at") if closed_at else None,
        When.parse(str(close_date), "close_date") if close_date else None,
        parse_instant(stated, "close_date") if stated else None,
        agreement.timezone,
    )


def _keep_stage(
    session: Session, agreement: Agreement, deal: Stored, life: DealLife, ending: When | None
) -> None:
    minor, _, _ = _facts(agreement, deal)
    columns = {
        "stage": life.stage,
        "stage_class": life.stage_class,
        "amount_minor": minor,
        "ended": ending.text if ending else None,
        "ended_at": ending.ends(agreement.timezone) if ending else None,
        "ended_on": ending.on(agreement.timezone) if ending else None,
    }
    if any(deal.columns.get(name) != value for name, value in columns.items()):
        deal.columns |= columns
        records.save(session, "deal", deal)


def _facts(agreement: Agreement, deal: Stored) -> tuple[int | None, str | None, str | None]:
    """(amount in minor units, currency, owner); no amount where it or its currency is unknown, or it is too large.

    An amount without a currency is in the agreement's.
    """
    amount, currency = deal.record.get("amount"), deal.record.get("currency")
    currency = str(currency) if currency is not None else agreement.currency
    minor = None
    if amount is not None:
        try:
            minor = money.parse(str(amount), currency).minor
        except FormatError:
            minor = None
    if minor is not None and abs(minor) > _LARGEST:
        minor = None
    return minor, currency, deal.record.get("owner_email")


def _parameters(agreement: Agreement) -> str:
    rule = agreement.credit
    return json.dumps(
        {"position": [str(share) for share in rule.position], "lookback_days": rule.lookback_days},
        sort_keys=True,
    )


def _rate(agreement: Agreement, currency: str | None, day: date) -> str | None:
    rate = agreement.rate_on(currency, day) if currency else None
    return str(rate) if rate is not None else None


def _keep_win(session: Session, agreement: Agreement, before: Win | None, after: Win, now: datetime) -> None:
    if after != before:
        wins.save(session, after)
        if before is not None:
            _log_changes(session, before, after, now)
    if after.status == "won":
        booked = _book(session, agreement, after)
        if booked != wins.credits_of(session, after.deal_key, after.number):
            wins.replace_credits(session, after.deal_key, after.number, booked)
    elif before is not None and before.status == "won":
        wins.replace_credits(session, after.deal_key, after.number, [])
    _keep_card(session, agreement, after, now)


def _book(session: Session, agreement: Agreement, win: Win) -> list[Credit]:
    """The credits of a win by the model that was in force when it was booked."""
    rule: dict[str, Any] = json.loads(win.parameters)
    touches, _ = touches_of_deal(session, agreement, win.deal_key)
    counting = crediting.counting(touches, win.won_at, int(rule["lookback_days"]))
    first, last = (Decimal(share) for share in rule["position"])
    weights = crediting.weights(win.model, len(counting), position=(first, last)) if counting else ()
    booked = crediting.book(win.amount_minor or 0, counting, weights)
    return [
        Credit(
            position=number,
            touch_key=part.touch.id if part.touch else None,
            at=part.touch.at if part.touch else None,
            asset=part.touch.asset if part.touch else None,
            campaign=part.touch.campaign if part.touch else None,
            channel=part.touch.channel if part.touch else None,
            kind=part.touch.kind if part.touch else None,
            share=str(part.share),
            amount_minor=part.minor if win.amount_minor is not None else None,
        )
        for number, part in enumerate(booked)
    ]


def _keep_card(session: Session, agreement: Agreement, win: Win, now: datetime) -> None:
    if win.silent:
        return
    key = card_key(win.deal_key, win.number)
    card = outbox.by_key(session, key)
    if card is None:
        if win.status == "won":
            ref = {"deal": win.deal_key, "number": win.number}
            outbox.put(
                session, key=key, kind="win", target=agreement.wins.channel, ref=ref, now=now, next_at=now
            )
        return
    if card.ts is None and win.status != "won":
        if card.state in {"pending", "retry"}:
            outbox.settle(
                session, card.id, state="cancelled", next_at=None, error=f"the deal was {win.status} first"
            )
        return
    if card.state in {"sent", "cancelled"}:
        outbox.show_again(session, card, now)


def _log_changes(session: Session, before: Win, after: Win, now: datetime) -> None:
    for name in ("status", "amount_minor", "currency", "owner_email", "won_at"):
        was, value = getattr(before, name), getattr(after, name)
        if was != value:
            wins.log_change(
                session,
                after.deal_key,
                after.number,
                now,
                name,
                None if was is None else str(was),
                None if value is None else str(value),
            )


@dataclass(frozen=True, slots=True)
class CardSource:
    """What a card is drawn from, before people's names are put in."""

    win: Win
    deal: Stored
    credits: list[Credit]
    customer: str | None


def card_source(session: Session, agreement: Agreement, deal_key: str, number: int) -> CardSource | None:
    """Everything a win's card needs; None if there is no such win."""
    win = wins.find(session, deal_key, number)
    if win is None:
        return None
    deal = records.load(session, "deal", deal_key)
    _, contacts = touches_of_deal(session, agreement, deal_key)
    companies = [
        lead.record.get("company")
        for contact in contacts
        for lead in contact.leads
        if lead.record.get("company")
    ]
    booked = wins.credits_of(session, deal_key, number) if win.status == "won" else []
    return CardSource(win, deal, booked, companies[0] if companies else None)
