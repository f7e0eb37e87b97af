"""What a message of the outbox says now: made from the records at the moment of sending, never before.

So what was true when it was queued and is not any more is not said, and an edit shows the present truth.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from bot.domain import clocks as rules
from bot.domain import credit as crediting
from bot.domain import worktime
from bot.domain.agreement import fold
from bot.domain.facts import Contribution, CreditLine, Named, Notice, Nudge, NudgeLead, StoryTouch, WinCard
from bot.domain.money import Money, digits
from bot.domain.when import zone_named
from bot.flow import deals, leads
from bot.flow.statements import short_key
from bot.render import card, notice, nudge
from bot.store import clocks, nudges, people, records, wins

if TYPE_CHECKING:
    from bot.domain.agreement import Agreement
    from bot.flow.deals import CardSource
    from bot.render.message import Payload
    from bot.store.database import Session
    from bot.store.nudges import NudgeItem
    from bot.store.outbox import Message
    from bot.store.people import Person

LEADS_SHOWN: Final = 20
NOTICE_LASTS: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Ready:
    """The message is to be sent as `payload`, to `target`."""

    payload: Payload
    target: str


@dataclass(frozen=True, slots=True)
class Hold:
    """The message waits until an instant."""

    until: datetime


@dataclass(frozen=True, slots=True)
class Drop:
    """The message is not needed any more; `stale` where it merely came too late."""

    reason: str
    stale: bool = False


Prepared = Ready | Hold | Drop


def people_named(session: Session, message: Message) -> set[str]:
    """The e-mails of the people a message names or goes to."""
    found: set[str] = set()
    if message.target.startswith("person:"):
        found.add(message.target.removeprefix("person:"))
    if message.kind == "win":
        win = wins.find(session, message.ref["deal"], message.ref["number"])
        deal = records.load(session, "deal", message.ref["deal"])
        found.update(str(c["email"]) for c in deal.record.get("contributors") or ())
        found.update(email for email in (win.owner_email, win.announced_owner) if email) if win else None
    if message.kind == "nudge" and not message.target.startswith("person:"):
        for item in nudges.items_of(session, message.id):
            contact = records.contact_of(session, lead_keys=[item.lead_key])
            theirs = clocks.of_leads(session, contact.lead_keys)
            found.update(clock.owner_email for clock in theirs if clock.owner_email)
    return found


def prepare(session: Session, agreement: Agreement, message: Message, now: datetime) -> Prepared:
    """Decide whether and how a message is to be sent or edited now."""
    if message.kind == "win":
        return _prepare_card(session, agreement, message)
    if message.kind == "nudge":
        return _prepare_nudge(session, agreement, message, now)
    if message.ts is None and now - message.created_at > NOTICE_LASTS:
        return Drop("what it tells is a day old; `winbell outbox` shows what is true now", stale=True)
    return Ready(notice.notice(Notice(message.ref["what"], message.ref["advice"])), message.target)


def _prepare_card(session: Session, agreement: Agreement, message: Message) -> Prepared:
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


def named(known: dict[str, Person], email: str) -> Named:
    """A person as messages show them."""
    person = known.get(email)
    return Named(email, person.name if person else None, person.slack_id if person else None)


@dataclass(frozen=True, slots=True)
class _Line:
    """A lead in a reminder: `key` is the one under which its contact is shown now."""

    item: NudgeItem
    key: str
    lead: NudgeLead


def _prepare_nudge(session: Session, agreement: Agreement, message: Message, now: datetime) -> Prepared:
    items = nudges.items_of(session, message.id)
    lines = _lines(session, agreement, items, now)
    target, zone = _receiver(session, agreement, message)
    if message.ts is None:
        lines = [line for line in lines if _waits(line.lead)]
        if not lines:
            return Drop("every lead in it was answered before it was sent")
        until = _held(session, agreement, target, zone, now)
        if until is not None:
            return Hold(until)
        for item in items:
            if item not in [line.item for line in lines]:
                nudges.drop_item(session, message.id, item.lead_key)
    else:
        target = message.target
    drawn = [line.lead for line in lines[:LEADS_SHOWN]]
    to_channel = not target.startswith("person:")
    if to_channel:
        owners = _owners(session, lines)
        drawn = [replace(line.lead, owner=owners.get(line.key)) for line in lines[:LEADS_SHOWN]]
    more = sum(_waits(line.lead) for line in lines[LEADS_SHOWN:])
    facts = Nudge(to_channel=to_channel, zone=zone, leads=tuple(drawn), more=more)
    return Ready(nudge.nudge(facts), target)


def _receiver(session: Session, agreement: Agreement, message: Message) -> tuple[str, str]:
    """(target, IANA zone): the person, or the agreement's channel where Slack does not know them."""
    email = message.target.removeprefix("person:")
    if email == message.target:
        return agreement.reminders.channel, agreement.timezone
    person = people.by_email(session, [email]).get(email)
    if person is None or person.slack_id is None:
        return agreement.reminders.channel, agreement.timezone
    return message.target, person.timezone or agreement.timezone


def _held(session: Session, agreement: Agreement, target: str, zone: str, now: datetime) -> datetime | None:
    """Until when a reminder waits: nobody is written to outside the agreement's windows read in their own zone."""
    calendar = agreement.calendar.in_zone(zone)
    if not worktime.is_open(calendar, now):
        return worktime.next_opening(calendar, now)
    if not target.startswith("person:"):
        return None
    local = now.astimezone(zone_named(zone))
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    if len(nudges.sent_since(session, target, midnight)) >= agreement.reminders.max_per_person_per_day:
        return worktime.next_opening(calendar, midnight + timedelta(days=1))
    return None


def _waits(lead: NudgeLead) -> bool:
    return lead.state in {"at_risk", "breached"}


def _lines(session: Session, agreement: Agreement, items: list[NudgeItem], now: datetime) -> list[_Line]:
    """The leads of a reminder as they are now; those that turned out to be one contact are one."""
    lines: dict[str, _Line] = {}
    for item in items:
        contact = records.contact_of(session, lead_keys=[item.lead_key])
        primary = leads.primary_of(session, agreement, contact)
        if primary is not None and primary.key not in lines:
            lead = _lead(session, item, contact, primary, now)
            lines[primary.key] = _Line(item, primary.key, lead)
    return list(lines.values())


def _lead(
    session: Session, item: NudgeItem, contact: records.Contact, primary: records.Stored, now: datetime
) -> NudgeLead:
    clock = clocks.find(session, primary.key, item.cycle)
    shown = _survivor(contact, primary)
    get = shown.record.get
    answered = clocks.answered_at(session, contact.lead_keys, "contacted") is not None
    ended = rules.ended_stage(primary.record.get("stage"))
    return NudgeLead(
        ref=item.ref,
        name=get("name"),
        company=get("company"),
        email=get("email"),
        url=get("url"),
        source=get("asset") or get("campaign") or get("channel"),
        due=clock.due_at if clock else item.due_at,
        state=_state(clock, now, answered=answered, ended=ended),
    )


def _state(clock: clocks.Clock | None, now: datetime, *, answered: bool, ended: bool) -> Any:
    if clock is None or clock.state == "closed":
        return "closed"
    if clock.stopped_at is not None:
        return clock.stopped_how
    if answered:
        return "said"
    if ended:
        return "closed"
    return "breached" if rules.judged(clock.due_at, None, now) == "breached" else "at_risk"


def _survivor(contact: records.Contact, lead: records.Stored) -> records.Stored:
    """A merged lead is shown as the one it became."""
    by_key = {other.key: other for other in contact.leads}
    seen = {lead.key}
    while (into := lead.columns["merged_into"]) and into in by_key and into not in seen:
        seen.add(into)
        if not by_key[into].columns["described"]:
            break
        lead = by_key[into]
    return lead


def _owners(session: Session, lines: list[_Line]) -> dict[str, Named]:
    found = {line.key: clocks.find(session, line.key, line.item.cycle) for line in lines}
    emails = {key: clock.owner_email for key, clock in found.items() if clock and clock.owner_email}
    known = people.by_email(session, emails.values())
    return {key: named(known, email) for key, email in emails.items()}
