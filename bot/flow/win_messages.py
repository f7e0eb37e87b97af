"""What the messages about wins say now: cards, lists of many, and replies in their threads."""

from __future__ import annotations

import calendar
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, time
from fractions import Fraction
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from bot.domain import credit as crediting
from bot.domain.agreement import fold
from bot.domain.facts import Named
from bot.domain.money import Money, digits
from bot.domain.win_facts import Contribution, CreditLine, StoryTouch, Thanks, WinCard, WinList, WinReply
from bot.flow import cards, deals, goals, win_names
from bot.flow.prepared import Drop, Prepared, Ready, named
from bot.flow.statements import short_key
from bot.flow.told import marketing_of, news, people_of, same_marketing, same_people, told_by
from bot.render.card import win_card
from bot.render.win_list import win_list
from bot.render.win_reply import win_reply
from bot.render.win_words import called
from bot.store import cards as shown
from bot.store import outbox, people, records, wins
from bot.store.by_hand import is_by_hand

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from bot.domain.agreement import Agreement
    from bot.store.database import Session
    from bot.store.outbox import Message
    from bot.store.records import Contact, Stored
    from bot.store.wins import Credit, Win

_CORRECTIONS = ("status", "amount_minor", "currency", "owner_email", "credits", "people")
"""What the log of a win calls what a card tells as a correction."""
_KINDS = ("new", "expansion", "renewal")


@dataclass(frozen=True, slots=True)
class Source:
    """What a card is drawn from, before people's names are put in."""

    win: Win
    deal: Stored
    credits: list[Credit]
    contacts: list[Contact]
    people: list[tuple[str | None, str | None, Fraction]]
    """(e-mail, role, share) of everybody beside the owner."""
    owner_share: Fraction | None


def people_named(session: Session, message: Message) -> set[str]:
    """The e-mails of the people on a card, in a list or in a reply."""
    found: set[str] = set()
    for deal_key, number in _wins_of(session, message):
        win = wins.find(session, deal_key, number)
        if win is not None:
            deal = records.load(session, "deal", deal_key)
            found |= {email for email in (win.owner_email, win.announced_owner) if email}
            found |= {email for email, _, _ in _helpers(session, win, deal)[0] if email}
    told = message.ref.get("told"), message.ref.get("was")
    found |= {str(part["owner"]) for part in told if part and part.get("owner")}
    return found | {str(email) for email, _ in _told_first(session, message).get("people") or () if email}


def prepare(session: Session, agreement: Agreement, message: Message, now: datetime) -> Prepared:  # noqa: ARG001  # all have one signature
    """Decide whether and how a card is to be posted or edited."""
    deal_key, number = message.ref["deal"], message.ref["number"]
    win = wins.find(session, deal_key, number)
    if win is None:
        return Drop("the win is not known any more")
    if message.ts is None:
        if win.status != "won" and message.parent_id is None:
            return Drop(f"the deal was {win.status} before its win was told")
        _announce(session, win)
        shown.keep_ref(session, message, told=told_by(session, win))
    facts = _facts(session, agreement, deal_key, number, message)
    # The agreement may name another channel by now: a card that waits goes there, one that was posted stays.
    moves = message.ts is None and message.key == cards.card_key(deal_key, number)
    return Ready(win_card(facts), agreement.wins.channel if moves else message.target)


def prepare_list(session: Session, agreement: Agreement, message: Message, now: datetime) -> Prepared:  # noqa: ARG001  # all have one signature
    """Decide whether and how a message that lists wins is to be posted or edited. One win alone has its whole card."""
    if message.ts is None and message.parent_id is None:
        for deal_key, number in _wins_of(session, message):
            win = wins.find(session, deal_key, number)
            if win is None or win.status != "won":
                cards.leave_list(session, message, deal_key, number)
            else:
                _announce(session, win)
    listed = [_facts(session, agreement, *which, message) for which in _wins_of(session, message)]
    if not listed:
        return Drop("its wins did not stand before they were told")
    if len(listed) == 1:
        return Ready(win_card(listed[0]), message.target)
    return Ready(
        win_list(WinList(tuple(listed), above_is_closed=message.parent_id is not None)), message.target
    )


def prepare_reply(session: Session, agreement: Agreement, message: Message, now: datetime) -> Prepared:  # noqa: ARG001  # all have one signature
    """Decide whether a change is still to be told in the thread; once told, it stays as it was."""
    ref = message.ref
    if message.ts is None:
        win = wins.find(session, ref["deal"], ref["number"])
        change = (
            news(session, agreement, win, ref["card"]) if win is not None and win.status == "won" else None
        )
        if change is None:
            return Drop("there is nothing to be told any more")
        was, told = ({f: getattr(part, f) for f in part.__dataclass_fields__} for part in change)
        shown.keep_ref(session, message, was=was, told=told)
    else:
        was, told = ref["was"], ref["told"]
    return Ready(win_reply(_reply(session, agreement, ref, was, told)), message.target)


def _announce(session: Session, win: Win) -> None:
    """What a win's first message tells is what later ones correct."""
    if not shown.posted(session, win.deal_key, win.number):
        wins.announced(session, win)


def _wins_of(session: Session, message: Message) -> list[tuple[str, int]]:
    if message.kind == "wins":
        return shown.wins_on(session, message.parent_id or message.id)
    return [(str(message.ref["deal"]), int(message.ref["number"]))]


def _reply(
    session: Session, agreement: Agreement, ref: dict[str, Any], was: dict[str, Any], told: dict[str, Any]
) -> WinReply:
    source = _source(session, ref["deal"], ref["number"])
    amounts = [_money(part["amount_minor"], part["currency"]) for part in (was, told)]
    owners = [str(part["owner"]) for part in (was, told) if part["owner"]]
    known = people.by_email(session, owners)
    moved, other = amounts[0] != amounts[1], was["owner"] != told["owner"] and len(owners) == 2
    customer = win_names.customer(agreement, source.contacts)
    name = win_names.deal_name(agreement, source.deal)
    return WinReply(
        title=called(name, customer, source.deal.key.partition("/")[2]),
        was_amount=amounts[0] if moved else None,
        amount=amounts[1] if moved else None,
        was_owner=named(known, owners[0]) if other else None,
        owner=named(known, owners[1]) if other else None,
    )


def _source(session: Session, deal_key: str, number: int) -> Source:
    win = wins.find(session, deal_key, number)
    assert win is not None  # noqa: S101  # a win is never deleted, and its messages know it by its number
    deal = records.load(session, "deal", deal_key)
    contacts = deals.contacts_of_deal(session, deal_key)
    booked = wins.credits_of(session, deal_key, number) if win.status == "won" else []
    helpers, owner_share = _helpers(session, win, deal)
    return Source(win, deal, booked, contacts, helpers, owner_share)


def _helpers(
    session: Session, win: Win, deal: Stored
) -> tuple[list[tuple[str | None, str | None, Fraction]], Fraction | None]:
    """Everybody beside the owner, and the owner's share where others have a part of the win."""
    booked = wins.people_of(session, win.deal_key, win.number)
    if not booked:
        told = deal.record.get("contributors") or ()
        return [(str(c["email"]), c.get("role"), Fraction(0)) for c in told], None
    owner, *others = [(part.email, part.role, Fraction(part.share)) for part in booked]
    return others, owner[2] if any(share for _, _, share in others) else None


def _facts(session: Session, agreement: Agreement, deal_key: str, number: int, message: Message) -> WinCard:
    source = _source(session, deal_key, number)
    win = source.win
    customer = win_names.customer(agreement, source.contacts)
    name = win_names.deal_name(agreement, source.deal)
    emails = {email for email, _, _ in source.people if email}
    known = people.by_email(session, emails | {e for e in (win.owner_email, win.announced_owner) if e})
    touches = [
        crediting.Touch(c.touch_key, c.at, c.asset, c.campaign, c.channel, c.kind)
        for c in source.credits
        if c.touch_key is not None and c.at is not None
    ]
    story, zone = crediting.story(touches), ZoneInfo(agreement.timezone)
    names = {kind: records.spellings(session, kind) for kind in ("asset", "campaign", "channel")}
    was_owner = win.announced_owner if win.announced_owner != win.owner_email else None
    was = (win.announced_amount_minor, win.announced_currency)
    stands, told = win.status == "won", _told_first(session, message)
    return WinCard(
        deal_name=name,
        deal_id=source.deal.key.partition("/")[2],
        customer=customer,
        url=source.deal.record.get("url"),
        owner=named(known, win.owner_email) if win.owner_email else None,
        owner_share=source.owner_share,
        contributors=tuple(
            Contribution(named(known, email), role, share) for email, role, share in source.people if email
        ),
        amount=_money(win.amount_minor, win.currency),
        amount_text=_told(source) if win.amount_minor is None else None,
        won_on=win.won_on,
        number=win.number,
        kind=win.kind if win.kind in _KINDS else None,  # type: ignore[arg-type]  # one of the three words
        credits=_credit_lines(source, names),
        model=win.model,
        story=tuple(
            StoryTouch(_what(touch, names), touch.at.astimezone(zone).date()) for touch in story.shown
        ),
        story_left_out=story.left_out,
        status=win.status,  # type: ignore[arg-type]  # the column holds the card's words
        was_amount=_money(*was) if was != (win.amount_minor, win.currency) else None,
        was_owner=named(known, was_owner) if was_owner else None,
        was_credits=_was_credits(told, source.credits) if stands else None,
        was_people=_was_people(session, told, win) if stands else None,
        corrected_on=_corrected_on(session, agreement, win),
        goals=goals.up_to(session, agreement, win) if stands else (),
        thanks=_thanks(session, win) if stands else (),
        ref=cards.ref_of(session, message, deal_key, number),
        by_hand=is_by_hand(deal_key),
        above_is_closed=message.parent_id is not None,
    )


def _told_first(session: Session, message: Message) -> dict[str, Any]:
    """What a card told when it was posted, also where a reply says now what the card cannot say any more."""
    root = outbox.find(session, message.parent_id) if message.parent_id is not None else message
    told: dict[str, Any] = root.ref.get("told") or {} if root is not None and root.ts is not None else {}
    return told


def _was_credits(
    told: Mapping[str, Any], credits_now: list[Credit]
) -> tuple[tuple[str, Fraction], ...] | None:
    """What marketing's part was when the card was posted, if it is another now."""
    was = told.get("marketing")
    if was is None or same_marketing(was, marketing_of(credits_now)):
        return None
    return tuple((str(name), Fraction(share)) for name, share in was)


def _was_people(
    session: Session, told: Mapping[str, Any], win: Win
) -> tuple[tuple[Named | None, Fraction], ...] | None:
    """What the people's parts were when the card was posted, if they are others now."""
    was = told.get("people")
    if was is None or same_people(was, people_of(session, win)):
        return None
    known = people.by_email(session, [str(email) for email, _ in was if email])
    parts = [(named(known, email) if email else None, Fraction(share)) for email, share in was]
    return tuple(part for place, part in enumerate(parts) if part[1] or place == 0)


def _corrected_on(session: Session, agreement: Agreement, win: Win) -> date | None:
    """The day of the latest change, where the month of the win was over by then."""
    zone = ZoneInfo(agreement.timezone)
    last = win.won_on.replace(day=calendar.monthrange(win.won_on.year, win.won_on.month)[1])
    over = datetime.combine(last, time.max, zone)
    days = [
        change.at.astimezone(zone).date()
        for change in wins.changes_of(session, win.deal_key, win.number)
        if change.field in _CORRECTIONS and change.at > over
    ]
    return max(days, default=None)


def _thanks(session: Session, win: Win) -> tuple[Thanks, ...]:
    return tuple(
        Thanks(_account(session, one.by_slack_id), tuple(_account(session, to) for to in one.to), one.words)
        for one in shown.thanks_of(session, win.deal_key, win.number)
    )


def _account(session: Session, slack_id: str) -> Named:
    person = people.by_slack_id(session, slack_id)
    return Named(person.email if person else "", person.name if person else None, slack_id)


def _told(source: Source) -> str | None:
    get = source.deal.record.get
    return f"{get('amount')} {get('currency') or ''}".strip() if get("amount") is not None else None


def _money(minor: int | None, currency: str | None) -> Money | None:
    return Money(minor, currency) if minor is not None and currency and digits(currency) is not None else None


def _credit_lines(source: Source, names: dict[str, dict[str, str]]) -> tuple[CreditLine, ...]:
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
