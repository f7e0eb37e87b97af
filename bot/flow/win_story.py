"""One deal's credit explained: its wins with what was booked, what did not count and why, and every step of the log.

What is booked is read from the books; what does not count, and which touch a milestone points at, is computed anew from
the same facts and by the same rules as the books were.
"""

from __future__ import annotations

import json
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from bot.domain import credit as crediting
from bot.domain import credit_rule, money
from bot.domain.agreement import fold
from bot.domain.money import Money, digits
from bot.domain.when import When
from bot.domain.wins_facts import (
    ClaimTold,
    DealMeant,
    PersonPart,
    Shares,
    StoryChange,
    TouchLeftOut,
    TouchPart,
    UnclearDeal,
    WinStory,
    WinTold,
)
from bot.domain.wording import number
from bot.flow import deals
from bot.flow.prepared import named
from bot.flow.win_names import Spelled, customer, deal_name, shown_name
from bot.store import claims, people, records, win_figures, wins

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.domain.agreement import Agreement, CreditRule
    from bot.domain.credit import Touch
    from bot.domain.credit_rule import Milestones
    from bot.domain.facts import Named
    from bot.flow.ports import Office
    from bot.store.database import Session
    from bot.store.people import Person
    from bot.store.records import Stored
    from bot.store.wins import Change, Credit, Win

CANDIDATES_SHOWN: Final = 8
_READ: Final = 200
_CLAIM: Final = "claim:"
_FIRST, _LAST = "first touch", "last touch"
_MILESTONES: Final = {
    "u_lead": ("lead created",),
    "w": ("lead created", "deal created"),
    "full_path": ("lead created", "deal created", "deal won"),
}
_FIELDS: Final = {
    "status": "status",
    "owner_email": "owner",
    "won_at": "won at",
    "kind": "kind",
    "segment": "segment",
    "team": "team",
    "credits": "marketing",
    "people": "sales",
}


async def explained(office: Office, words: str) -> WinStory | UnclearDeal:
    """The credit of the deal that somebody names; or which deals they may mean."""
    agreement, now = office.agreement, office.clock.now()
    return await office.database.read(lambda s: answer(s, agreement, words, now))


def answer(session: Session, agreement: Agreement, words: str, now: datetime) -> WinStory | UnclearDeal:
    """What a person gets who asks for the deal named by `words`."""
    found = find_deal(session, agreement, words)
    if len(found) == 1:
        return story(session, agreement, found[0].key, now)
    shown = found[:CANDIDATES_SHOWN]
    return UnclearDeal(words.strip(), tuple(shown), len(found) - len(shown))


def find_deal(session: Session, agreement: Agreement, words: str) -> list[DealMeant]:
    """The deals that a text names, the won ones first; the first of these that names any counts.

    `source/id`; an id; a name without case; a part of a name. The asker types a name that the agreement hides; it is
    searched all the same, and not told.
    """
    sought = " ".join(words.split())
    if not sought:
        return []
    by_id = win_figures.deals_by_id(session, sought)
    told = by_id or win_figures.deals_naming(session, sought, _READ)
    if not by_id:
        whole = [one for one in told if fold(one[1] or "") == fold(sought)]
        told = whole or [one for one in told if fold(sought) in fold(one[1] or "")]
    found = [DealMeant(key, shown_name(agreement, name), kind == "won") for key, name, kind in told]
    return sorted(found, key=lambda one: (not one.won, one.key))


def story(session: Session, agreement: Agreement, key: str, now: datetime) -> WinStory:
    """The wins of a deal, the latest first, with all that their credit follows from."""
    deal = records.load(session, "deal", key)
    spelled = Spelled(session)
    booked = [
        _told(session, agreement, deal, win, spelled)
        for _, win in sorted(wins.of_deal(session, key).items(), reverse=True)
    ]
    told = deal.columns["churned"]
    left = When.parse(told) if told else None
    return WinStory(
        deal_key=key,
        deal_name=deal_name(agreement, deal),
        customer=customer(agreement, deals.contacts_of_deal(session, key)),
        url=deal.record.get("url"),
        stage=deal.columns["stage"],
        churned=left.day or left.instant if left and left.starts(agreement.timezone) <= now else None,
        zone=agreement.timezone,
        as_of=now,
        wins=tuple(booked),
        claims=tuple(_claims(session, key)),
    )


# --- one win ---


def _told(session: Session, agreement: Agreement, deal: Stored, win: Win, spelled: Spelled) -> WinTold:
    rule = credit_rule.read(win.model, win.parameters)
    stands = win.status == "won"
    touches, contacts = deals.touches_of_deal(session, agreement, deal.key, win.won_at, rule.lookback_days)
    booked = wins.credits_of(session, deal.key, win.number) if stands else []
    counted = crediting.counting(touches, win.won_at, rule.lookback_days)
    happened = deals.milestones_of(agreement, deal, contacts)
    amount = _money(win.amount_minor, win.currency)
    nothing = len(booked) == 1 and booked[0].touch_key is None
    return WinTold(
        number=win.number,
        status=win.status,  # type: ignore[arg-type]  # the column holds these words
        won_on=win.won_on,
        won_at=win.won_at,
        ended_at=win.ended_at,
        owner=_person(session, win.owner_email),
        kind=win.kind if win.kind in {"new", "expansion", "renewal"} else None,  # type: ignore[arg-type]  # likewise
        amount=amount,
        rate=win.rate if win.currency != agreement.currency else None,
        converted=_converted(agreement, win, amount) if stands else None,
        no_rate=stands and amount is not None and win.rate is None and win.currency != agreement.currency,
        model=win.model,
        numbers=_numbers(rule),
        milestones=_milestones(win, happened) if stands else (),
        touches=() if nothing else _touches(booked, counted, amount, win, happened, spelled),
        left_out=_left_out(touches, win, rule, spelled) if stands else (),
        unattributed=amount if nothing else None,
        people=_people(session, win, amount) if stands else (),
        changes=tuple(_changes(session, win, spelled)),
    )


def _numbers(rule: CreditRule) -> tuple[str, ...]:
    """The parameters that the model uses, in words."""
    told = []
    if rule.model == "position":
        first, last = (number(share * 100) for share in rule.position)
        told.append(f"{first}% for the first touch, {last}% for the last")
    if rule.model == "time_decay":
        told.append(f"half as much for each {rule.half_life_days} days of age")
    if rule.lookback_days:
        told.append(f"touches of the {rule.lookback_days} days before the win count")
    else:
        told.append("all touches before the win count")
    return tuple(told)


def _instants(win: Win, happened: Milestones) -> tuple[datetime | None, ...]:
    return (happened.lead_at, happened.deal_at, win.won_at)[: len(_MILESTONES[win.model])]


def _milestones(win: Win, happened: Milestones) -> tuple[tuple[str, datetime | None], ...]:
    if win.model not in _MILESTONES:
        return ()
    return tuple(zip(_MILESTONES[win.model], _instants(win, happened), strict=True))


def _touches(
    booked: Sequence[Credit],
    counted: Sequence[Touch],
    amount: Money | None,
    win: Win,
    happened: Milestones,
    spelled: Spelled,
) -> tuple[TouchPart, ...]:
    keys = _keys(counted, win, happened)
    found = []
    for part in booked:
        share = Fraction(part.share)
        exact, own, odd = _rounded(share, part.amount_minor, amount)
        assert part.touch_key is not None  # noqa: S101  # unattributed is told by itself
        assert part.at is not None  # noqa: S101  # likewise
        claim = part.touch_key.removeprefix(_CLAIM)
        found.append(
            TouchPart(
                what=spelled.what(part),
                at=part.at,
                share=share,
                exact=exact,
                amount=own,
                odd=odd,
                keys=keys.get(part.touch_key, ()),
                claim=int(claim) if claim != part.touch_key and claim.isdecimal() else None,
            )
        )
    return tuple(found)


def _keys(counted: Sequence[Touch], win: Win, happened: Milestones) -> dict[str, tuple[str, ...]]:
    """Which touch a model looks at, by the touch's id."""
    if not counted:
        return {}
    found: dict[str, tuple[str, ...]] = {}
    if win.model in {"first", "position", *_MILESTONES}:
        found[counted[0].id] = (_FIRST,)
    if win.model in {"last", "position"}:
        found[counted[-1].id] = (*found.get(counted[-1].id, ()), _LAST)
    if win.model in _MILESTONES:
        places = crediting.key_places(counted, _instants(win, happened))
        for name, place in zip(_MILESTONES[win.model], places, strict=True):
            if place is not None:
                key = counted[place].id
                found[key] = (*found.get(key, ()), name)
    return found


def _rounded(
    share: Fraction, minor: int | None, amount: Money | None
) -> tuple[Fraction | None, Money | None, bool]:
    """The part before rounding, the booked one, and whether it got a unit that rounding down had left over."""
    if amount is None or minor is None:
        return None, None, False
    exact = share * amount.minor
    return exact, Money(minor, amount.currency), abs(minor) > int(abs(exact))


def _left_out(
    touches: Sequence[Touch], win: Win, rule: CreditRule, spelled: Spelled
) -> tuple[TouchLeftOut, ...]:
    counted = {touch.id for touch in crediting.counting(touches, win.won_at, rule.lookback_days)}
    return tuple(
        TouchLeftOut(
            spelled.what(touch), touch.at, "after the win" if touch.at > win.won_at else "before the lookback"
        )
        for touch in touches
        if touch.id not in counted
    )


def _people(session: Session, win: Win, amount: Money | None) -> tuple[PersonPart, ...]:
    booked = wins.people_of(session, win.deal_key, win.number)
    known = people.by_email(session, [part.email for part in booked if part.email])
    found = []
    for part in booked:
        share = Fraction(part.share)
        exact, own, odd = _rounded(share, part.amount_minor, amount)
        who = named(known, part.email) if part.email else None
        found.append(PersonPart(who, part.role, share, exact, own, odd))
    return tuple(found)


def _money(minor: int | None, currency: str | None) -> Money | None:
    return Money(minor, currency) if minor is not None and currency and digits(currency) is not None else None


def _converted(agreement: Agreement, win: Win, amount: Money | None) -> Money | None:
    if amount is None or win.rate is None or win.currency == agreement.currency:
        return None
    into = credit_rule.rate_currency(win.parameters) or agreement.currency
    return money.convert(amount, Decimal(win.rate), into)


# --- the log ---


def _changes(session: Session, win: Win, spelled: Spelled) -> list[StoryChange]:
    """What changed, the earliest first. The log keeps amount and currency apart; people read them as one."""
    logged = wins.changes_of(session, win.deal_key, win.number)
    known = people.by_email(session, _emails(logged))
    minor, currency = win.amount_minor, win.currency
    found: list[StoryChange] = []
    skipped: set[int] = set()
    for change in reversed(logged):
        if change.id in skipped:
            continue
        if change.field in {"amount_minor", "currency"}:
            after = _amount(minor, currency)
            if change.field == "currency":
                currency = change.was
                pair = next((one for one in logged if one.id == change.id - 1), None)
                if pair is not None and pair.field == "amount_minor" and pair.at == change.at:
                    skipped.add(pair.id)
                    change = pair  # noqa: PLW2901  # both are one change
            if change.field == "amount_minor":
                minor = int(change.was) if change.was is not None else None
            found.append(StoryChange(change.at, "amount", _amount(minor, currency), after))
            continue
        was, now = (_value(change.field, text, known, spelled) for text in (change.was, change.now))
        found.append(StoryChange(change.at, _FIELDS.get(change.field, change.field), was, now))
    return found[::-1]


def _amount(minor: int | None, currency: str | None) -> Money | str | None:
    known = _money(minor, currency)
    return known if known is not None or minor is None else f"an amount in {currency or 'no currency'}"


def _emails(logged: Sequence[Change]) -> set[str]:
    told = {text for one in logged if one.field == "owner_email" for text in (one.was, one.now) if text}
    for one in logged:
        if one.field == "people":
            told |= {email for text in (one.was, one.now) for email, _ in json.loads(text or "[]") if email}
    return told


def _value(
    field: str, text: str | None, known: dict[str, Person], spelled: Spelled
) -> Shares | datetime | str | None:
    if text is None:
        return None
    if field == "won_at":
        return datetime.fromisoformat(text)
    if field == "owner_email":
        return named(known, text).name or text
    if field in {"credits", "people"}:
        parts: dict[str, Fraction] = {}
        for name, share in json.loads(text):
            called = _called(field, name, known, spelled)
            parts[called] = parts.get(called, Fraction(0)) + Fraction(share)
        return Shares(tuple(parts.items()))
    return text


def _called(field: str, name: str | None, known: dict[str, Person], spelled: Spelled) -> str:
    if field == "people":
        return "owner not known" if name is None else named(known, name).name or name
    return "unattributed" if name is None else spelled.of("asset", name)


def _person(session: Session, email: str | None) -> Named | None:
    return named(people.by_email(session, [email]), email) if email else None


# --- what was questioned ---


def _claims(session: Session, key: str) -> list[ClaimTold]:
    return [
        ClaimTold(
            number=claim.id,
            kind=claim.kind,  # type: ignore[arg-type]  # the column holds these words
            name=claim.name,
            touched_on=claim.touched_on,
            why=claim.why,
            by=_person(session, claim.by_email),
            at=claim.at,
            side=claim.side,
            state=claim.state,
            settled_at=claim.settled_at,
            settled_by=_person(session, claim.settled_by),
        )
        for claim in claims.of_deal(session, key)
    ]
