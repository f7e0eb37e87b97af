"""The books of a win: its credits and its people's parts, booked anew whenever what they follow from has changed.

While a win stands, both sides sum to its amount exactly; one that does not stand has neither. What was booked before is
kept in the log of the win. The rule by which it is shared is the one with which it was booked first.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from bot.domain import credit as crediting
from bot.domain import credit_rule, money, people_credit
from bot.domain.merging import stamp_text
from bot.domain.when import When
from bot.errors import FormatError
from bot.store import records, wins
from bot.store.sql import to_json
from bot.store.wins import Credit, PersonCredit, Win

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from bot.domain.agreement import Agreement
    from bot.domain.credit import Touch
    from bot.domain.credit_rule import Milestones
    from bot.domain.people_credit import Contributor
    from bot.domain.winning import Win as Episode
    from bot.store.database import Session
    from bot.store.records import Stored

_LARGEST: Final = 2**63 - 1
"""Minor units that a column holds; only currencies of four decimals can have an amount beyond it."""
_LOGGED: Final = ("status", "amount_minor", "currency", "owner_email", "won_at", "kind", "segment", "team")


@dataclass(frozen=True, slots=True)
class Ground:
    """What the parts of a standing win follow from: every touch of the deal, its milestones, and who helped."""

    touches: tuple[Touch, ...]
    milestones: Milestones
    helpers: tuple[Contributor, ...]


def keep(session: Session, before: Win | None, after: Win, ground: Ground | None, now: datetime) -> None:
    """Write a win and book both sides' parts; `ground` is None for a win that does not stand.

    A change of a win that was known goes into its log: its own fields, and as `credits` and `people` who has which part
    (JSON lists of [name or null, share]).
    """
    if after != before:
        wins.save(session, after)
    if before is not None:
        _log_fields(session, before, after, now)
    if ground is None and (before is None or before.status != "won"):
        return
    deal, number = after.deal_key, after.number
    stood = before is not None and before.status == "won" == after.status
    booked = [] if ground is None else _credits(after, ground)
    known = wins.credits_of(session, deal, number)
    if booked != known:
        wins.replace_credits(session, deal, number, booked)
        if stood:
            _log(session, after, now, "credits", _marketing(known), _marketing(booked))
    parts = [] if ground is None else _people(after, ground)
    had = wins.people_of(session, deal, number)
    if parts != had:
        wins.replace_people(session, deal, number, parts)
        if stood and had:
            _log(session, after, now, "people", _sales(had), _sales(parts))


def amount_of(agreement: Agreement, deal: Stored) -> tuple[int | None, str]:
    """A deal's (amount in minor units, currency); no amount where it or its currency is unknown, or it is too large.

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
    return minor, currency


def of_win(
    session: Session,
    agreement: Agreement,
    deal: Stored,
    episode: Episode,
    before: Win | None,
    won_when: When | None,
) -> Win:
    """A win as it is to be booked. While it stands it follows the deal; then it stays as it was.

    `won_when` is when the source says that it was won, else it was when that was stated.
    """
    if before is not None and episode.ended_by is not None:
        after = replace(before, status=episode.ended_by, ended_at=episode.ended_at)
        if episode.ended_at is not None and before.won_on > _on(agreement, episode.ended_at):
            # Late news: it is another winning than was thought.
            won_at, won_on = episode.stated_at, _on(agreement, episode.stated_at)
            return replace(after, won_at=won_at, won_on=won_on)
        return after
    when = won_when or When(day=None, instant=episode.stated_at)
    won_at, won_on = when.ends(agreement.timezone), when.on(agreement.timezone)
    minor, currency = amount_of(agreement, deal)
    owner = deal.record.get("owner_email")
    after = Win(
        deal_key=deal.key,
        number=episode.number,
        won_at=won_at,
        won_on=won_on,
        status=episode.ended_by or "won",
        ended_at=episode.ended_at,
        silent=before is not None and before.silent,
        amount_minor=minor,
        currency=currency,
        owner_email=owner,
        model=before.model if before else agreement.credit.model,
        parameters=_parameters(agreement, before),
        rate=None,
        announced_amount_minor=before.announced_amount_minor if before else minor,
        announced_currency=before.announced_currency if before else currency,
        announced_owner=before.announced_owner if before else owner,
        kind=deal.record.get("kind"),
        segment=deal.record.get("segment"),
        team=_team(session, before, owner, won_at),
    )
    return replace(after, rate=_rate(agreement, before, after))


def _on(agreement: Agreement, instant: datetime) -> date:
    return When(day=None, instant=instant).on(agreement.timezone)


def _parameters(agreement: Agreement, before: Win | None) -> str:
    """The rule with which a win was booked; only the currency of the reports follows the agreement."""
    if before is None:
        return credit_rule.written(agreement.credit, agreement.currency)
    if credit_rule.rate_currency(before.parameters) == agreement.currency:
        return before.parameters
    return credit_rule.written(credit_rule.read(before.model, before.parameters), agreement.currency)


def _rate(agreement: Agreement, before: Win | None, after: Win) -> str | None:
    """The rate in force on the day of the win, taken when it is booked and kept.

    It is taken anew only where what it converts is something else now: amount, currency, day, or the reports' currency;
    and where none was known.
    """
    if (
        before is not None
        and before.rate is not None
        and (before.amount_minor, before.currency, before.won_on)
        == (after.amount_minor, after.currency, after.won_on)
        and credit_rule.rate_currency(before.parameters) == agreement.currency
    ):
        return before.rate
    rate = agreement.rate_on(after.currency, after.won_on) if after.currency else None
    return str(rate) if rate is not None else None


def _team(session: Session, before: Win | None, owner: str | None, won_at: datetime) -> str | None:
    """The owner's team at the time of the win: who moves to another one later does not take the win along."""
    if owner is None:
        return None
    person = records.load(session, "person", owner).record
    told, stated = person.get("team"), person.stated_at("team")
    known = before.team if before is not None and before.owner_email == owner else None
    moved = stated is not None and stated > stamp_text(won_at)
    team: str | None = known if moved and known is not None else told
    return team


def _credits(win: Win, ground: Ground) -> list[Credit]:
    rule = credit_rule.read(win.model, win.parameters)
    touches = crediting.counting(ground.touches, win.won_at, rule.lookback_days)
    weights = credit_rule.weights(rule, touches, win.won_at, ground.milestones)
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
        for number, part in enumerate(crediting.book(win.amount_minor or 0, touches, weights))
    ]


def _people(win: Win, ground: Ground) -> list[PersonCredit]:
    by_role = credit_rule.read(win.model, win.parameters).contributors
    found = people_credit.parts(win.amount_minor or 0, win.owner_email, ground.helpers, by_role)
    return [
        PersonCredit(
            number,
            part.email,
            part.role,
            str(part.share),
            part.minor if win.amount_minor is not None else None,
        )
        for number, part in enumerate(found)
    ]


def _log_fields(session: Session, before: Win, after: Win, now: datetime) -> None:
    for name in _LOGGED:
        was, value = getattr(before, name), getattr(after, name)
        _log(session, after, now, name, _text(was), _text(value))


def _log(session: Session, win: Win, now: datetime, field: str, was: str | None, value: str | None) -> None:
    if was != value:
        wins.log_change(session, win.deal_key, win.number, now, field, was, value)


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _marketing(credits_now: Sequence[Credit]) -> str:
    return to_json([[c.asset or c.campaign or c.channel or c.kind, c.share] for c in credits_now])


def _sales(people_now: Sequence[PersonCredit]) -> str:
    return to_json([[part.email, part.share] for part in people_now])
