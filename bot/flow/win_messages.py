"""What a win's card says now."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.domain import credit as crediting
from bot.domain.agreement import fold
from bot.domain.facts import Contribution, CreditLine, StoryTouch, WinCard
from bot.domain.money import Money, digits
from bot.flow import deals
from bot.flow.prepared import Drop, Prepared, Ready, named
from bot.flow.statements import short_key
from bot.render import card
from bot.store import people, records, wins

if TYPE_CHECKING:
    from datetime import datetime

    from bot.domain.agreement import Agreement
    from bot.flow.deals import CardSource
    from bot.store.database import Session
    from bot.store.outbox import Message


def people_named(session: Session, message: Message) -> set[str]:
    """The e-mails of the people on a card."""
    win = wins.find(session, message.ref["deal"], message.ref["number"])
    deal = records.load(session, "deal", message.ref["deal"])
    found = {str(c["email"]) for c in deal.record.get("contributors") or ()}
    return found | {email for email in (win.owner_email, win.announced_owner) if email} if win else found


def prepare(session: Session, agreement: Agreement, message: Message, now: datetime) -> Prepared:  # noqa: ARG001  # all have one signature
    """Decide whether and how a card is to be posted or edited."""
    source = deals.card_source(session, agreement, message.ref["deal"], message.ref["number"])
    if source is None:
        return Drop("the win is not known any more")
    if message.ts is None:
        if source.win.status != "won":
            return Drop(f"the deal was {source.win.status} before its win was told")
        wins.announced(session, source.win)
        source = deals.card_source(session, agreement, message.ref["deal"], message.ref["number"])
        assert source is not None  # noqa: S101  # it was there a line ago, in the same transaction
    # The agreement may name another channel by now: a card that waits goes there, one that was posted stays.
    target = agreement.wins.channel if message.ts is None else message.target
    return Ready(card.win_card(_card_facts(session, agreement, source)), target)


def _card_facts(session: Session, agreement: Agreement, source: CardSource) -> WinCard:
    win, get = source.win, source.deal.record.get
    helpers = [(str(c["email"]), c.get("role")) for c in get("contributors") or ()]
    emails = {email for email, _ in helpers} | {e for e in (win.owner_email, win.announced_owner) if e}
    known = people.by_email(session, emails)
    zone = ZoneInfo(agreement.timezone)
    touches = [
        crediting.Touch(c.touch_key, c.at, c.asset, c.campaign, c.channel, c.kind)
        for c in source.credits
        if c.touch_key is not None and c.at is not None
    ]
    story = crediting.story(touches)
    names = {kind: records.spellings(session, kind) for kind in ("asset", "campaign", "channel")}
    was_owner = win.announced_owner if win.announced_owner != win.owner_email else None
    was = (win.announced_amount_minor, win.announced_currency)
    return WinCard(
        deal_name=get("name"),
        deal_id=source.deal.key.partition("/")[2],
        customer=source.customer,
        url=get("url"),
        owner=named(known, win.owner_email) if win.owner_email else None,
        contributors=tuple(Contribution(named(known, email), role) for email, role in helpers),
        amount=_money(win.amount_minor, win.currency),
        amount_text=_told(source) if win.amount_minor is None else None,
        won_on=win.won_on,
        number=win.number,
        credits=_credit_lines(source, names),
        model=win.model,
        story=tuple(
            StoryTouch(_what(touch, names), touch.at.astimezone(zone).date()) for touch in story.shown
        ),
        story_left_out=story.left_out,
        status=win.status,  # type: ignore[arg-type]  # the column holds the card's words
        was_amount=_money(*was) if was != (win.amount_minor, win.currency) else None,
        was_owner=named(known, was_owner) if was_owner else None,
    )


def _told(source: CardSource) -> str | None:
    get = source.deal.record.get
    return f"{get('amount')} {get('currency') or ''}".strip() if get("amount") is not None else None


def _money(minor: int | None, currency: str | None) -> Money | None:
    return Money(minor, currency) if minor is not None and currency and digits(currency) is not None else None


def _credit_lines(source: CardSource, names: dict[str, dict[str, str]]) -> tuple[CreditLine, ...]:
    """One line an asset (else campaign, else channel), largest share first; unattributed where nothing touched."""
    sums: dict[tuple[str | None, ...], tuple[Fraction, int]] = defaultdict(lambda: (Fraction(0), 0))
    order: dict[tuple[str | None, ...], int] = {}
    for part in source.credits:
        line = (
            (_spelled(names["asset"], part.asset), None, None)
            if part.asset
            else (None, _spelled(names["campaign"], part.campaign), None)
            if part.campaign
            else (None, None, _spelled(names["channel"], part.channel) or part.kind)
        )
        share, minor = sums[line]
        sums[line] = (share + Fraction(part.share), minor + (part.amount_minor or 0))
        order.setdefault(line, part.position)
    amount = source.win.amount_minor
    return tuple(
        CreditLine(
            asset=line[0],
            campaign=line[1],
            channel=line[2],
            share=share,
            amount=_money(minor, source.win.currency) if amount is not None else None,
        )
        for line, (share, minor) in sorted(sums.items(), key=lambda pair: (-pair[1][0], order[pair[0]]))
    )


def _spelled(names: dict[str, str], text: str | None) -> str | None:
    return names.get(short_key(fold(text)), text) if text else None


def _what(touch: crediting.Touch, names: dict[str, dict[str, str]]) -> str:
    for kind, text in (("asset", touch.asset), ("campaign", touch.campaign)):
        if text:
            return _spelled(names[kind], text) or text
    return (touch.kind or touch.channel or "touch").replace("_", " ").capitalize()
