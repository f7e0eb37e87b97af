"""Why a message about wins is there: cards, lists of many, replies in their threads, and goals that were reached."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from functools import reduce
from typing import TYPE_CHECKING, Any, Final

from bot.domain import credit_rule
from bot.domain import goals as goal_rules
from bot.domain.money import Money, digits
from bot.flow import cards, deals, goals
from bot.flow.reason_facts import Fact, Subject
from bot.render.text import counted, money
from bot.store import cards as shown
from bot.store import outbox, records, wins

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bot.domain.agreement import Agreement, CreditRule
    from bot.store.database import Session
    from bot.store.outbox import Message
    from bot.store.wins import Win

_MODELS: Final = {
    "first": "all of it goes to the first touch",
    "last": "all of it goes to the last touch",
    "linear": "each touch gets an equal share",
    "u_lead": "40% goes to the first touch, 40% to the one that made the lead, 20% to the others",
    "w": "30% each goes to the first touch, the one that made the lead and the one that made the deal, "
    "10% to the others",
    "full_path": "22.5% each goes to the first touch, the one that made the lead, the one that made the deal and the "
    "last one before the win, 10% to the others",
}
_GONE: Final = "A win of this deal was told here; it is not known any more."


def win(session: Session, agreement: Agreement, message: Message) -> tuple[str, list[Fact], Subject]:
    """What a card tells, and by which rule its credit is shared; in a thread, what its card could not say any more."""
    del agreement  # the booking holds its own rule
    deal_key, number = str(message.ref["deal"]), int(message.ref["number"])
    subject = of_deals(session, [deal_key])
    booked = wins.find(session, deal_key, number)
    if booked is None:
        return _GONE, [], subject
    nth = "" if number == 1 else f" for the {_ordinal(number)} time"
    if message.parent_id is not None:
        begins = "Slack takes no more edits of this win's message, so its thread says what is true now."
    elif message.key != cards.card_key(deal_key, number):
        begins = f"The deal was won{nth}, and by the agreement wins like it are told in {message.target} too."
    else:
        begins = f"The deal was won{nth}, so one card tells it."
    rule = credit_rule.read(booked.model, booked.parameters)
    told = (
        f"{begins} Of its amount {_model(rule)}, among {_lookback(rule)}. "
        "The booking keeps this rule, whatever the agreement says later."
    )
    return told, list(_win_facts(session, booked)), subject


def _win_facts(session: Session, booked: Win) -> Iterator[Fact]:
    yield Fact("Deal", booked.deal_key)
    yield Fact("Won at", at=booked.won_at)
    yield Fact("Counts for", booked.won_on.isoformat())
    yield Fact("Owner", booked.owner_email or "nobody")
    yield Fact("Model", booked.model)
    yield Fact("Shares", _shares(session, booked))
    if booked.status != "won":
        yield Fact("Since then", booked.status)
        yield Fact("That was at", at=booked.ended_at)


def listed(session: Session, agreement: Agreement, message: Message) -> tuple[str, list[Fact], Subject]:
    """Which wins one message lists, and why they have no card each."""
    many = agreement.wins.group_after
    places = shown.wins_on(session, message.parent_id or message.id)
    rule = (
        f"More than {counted(many, 'win')} came within a minute, so one message tells them together. "
        "It follows each of them; a win that stands alone in it has its whole card."
    )
    if message.parent_id is not None:
        rule = "Slack takes no more edits of the message that lists these wins, so its thread says what is true now."
    facts = []
    for deal_key, number in places:
        booked = wins.find(session, deal_key, number)
        facts.append(Fact("Win", f"{deal_key}, {booked.status}" if booked is not None else deal_key))
    return rule, facts, of_deals(session, [deal_key for deal_key, _ in places])


def reply(session: Session, agreement: Agreement, message: Message) -> tuple[str, list[Fact], Subject]:
    """What changed so much that a thread was told: the amount or the owner, before and after."""
    del agreement  # what changed much was decided when it was told
    rule = (
        "The amount or the owner of this win changed much since its channel was told, so its thread hears of it once. "
        "The card itself follows every change."
    )
    deal_key = str(message.ref["deal"])
    facts = [Fact("Deal", deal_key)]
    for name, part in (("Told before", message.ref.get("was")), ("Told now", message.ref.get("told"))):
        if part:
            facts.append(Fact(name, _told(part)))
    card = outbox.find(session, message.parent_id) if message.parent_id is not None else None
    if card is not None and card.sent_at is not None:
        facts.append(Fact("Card sent at", at=card.sent_at))
    return rule, facts, of_deals(session, [deal_key])


def goal(session: Session, agreement: Agreement, message: Message) -> tuple[str, list[Fact], Subject]:
    """Which goal of the agreement was reached, and how far it is now."""
    day = date.fromisoformat(message.ref["day"])
    rule = (
        "The wins of a period reached a goal of the agreement, so it is celebrated once. The figures follow what is "
        "booked later, also what is taken back."
    )
    facts = [Fact("Each", str(message.ref["period"])), Fact("Team", str(message.ref["team"] or "all"))]
    key = message.key.partition(":correction:")[0]
    known = next((one for one in agreement.wins.goals if goal_rules.key_of(one, day) == key), None)
    if known is None:
        facts.append(Fact("Agreement", "it has no such goal any more"))
    else:
        state = goals.progress(session, agreement, known, day)
        facts += [
            Fact("Period", state.name),
            Fact("Goal", money(state.target)),
            Fact("Won so far", money(state.won)),
        ]
    facts.append(Fact("Reached by a win of", day.isoformat()))
    return rule, facts, Subject(frozenset())


def of_deals(session: Session, deal_keys: Iterable[str]) -> Subject:
    """What shapes the wins of some deals: the deals with those merged into them, their contacts' leads and touches."""
    nothing = Subject(frozenset({"deal", "lead", "touch"}))
    return reduce(_both, (_of_deal(session, key) for key in deal_keys), nothing)


def _of_deal(session: Session, deal_key: str) -> Subject:
    leads: set[str] = set()
    addresses: set[str] = set()
    for key in (deal_key, *deals.wins_by_hand(session, deal_key)):
        emails, lead_keys = records.links_of_deal(session, key)
        leads.update(lead_keys)
        addresses.update(emails)
    if leads or addresses:
        contact = records.contact_of(session, lead_keys=leads, emails=addresses)
        leads |= set(contact.lead_keys)
        addresses |= contact.emails
    merged = {key for key, _ in records.deals_merged_into(session, deal_key)}
    return Subject(frozenset(), frozenset({deal_key, *merged}), frozenset(leads), frozenset(addresses))


def _both(one: Subject, other: Subject) -> Subject:
    return Subject(
        one.kinds | other.kinds,
        one.deal_keys | other.deal_keys,
        one.lead_keys | other.lead_keys,
        one.emails | other.emails,
    )


# --- words ---


def _model(rule: CreditRule) -> str:
    if rule.model == "position":
        first, last = (Fraction(share) for share in rule.position)
        between = f"{_percent(1 - first - last)} to those between"
        return f"{_percent(first)} goes to the first touch, {_percent(last)} to the last, {between}"
    if rule.model == "time_decay":
        age = counted(rule.half_life_days, "day")
        return f"each touch gets the less the older it is, half as much for each {age}"
    return _MODELS[rule.model]


def _lookback(rule: CreditRule) -> str:
    days = rule.lookback_days
    return f"the touches of the {days} days before it" if days else "all touches before it"


def _shares(session: Session, booked: Win) -> str:
    told = [
        f"{_percent(Fraction(credit.share))} {credit.asset or credit.campaign or credit.channel or 'unattributed'}"
        for credit in wins.credits_of(session, booked.deal_key, booked.number)
    ]
    return ", ".join(told) or "no touch counted: unattributed"


def _told(part: dict[str, Any]) -> str:
    """An amount and an owner as a channel was told them."""
    minor, currency = part["amount_minor"], part["currency"]
    known = minor is not None and currency and digits(currency) is not None
    amount = money(Money(minor, currency)) if known else "no amount"
    return f"{amount}, owner {part['owner'] or 'nobody'}"


def _percent(share: Fraction) -> str:
    return f"{float(share * 100):.1f}".removesuffix(".0") + "%"


def _ordinal(number: int) -> str:
    tens = number % 100 in {11, 12, 13}
    return f"{number}{'th' if tens else {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th')}"
