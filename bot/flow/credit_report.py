"""The credit report: what each asset, campaign or channel brought in wins and pipeline, and what it cost.

Definitions: the funnel figures of the domain facts (campaign ROI, dud). Each deal is converted once; a converted win is
split into its credits, so that the parts sum to the whole.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

from bot.domain import campaigns as rules
from bot.domain import figures, money
from bot.domain.agreement import fold
from bot.domain.campaigns import Outcome
from bot.domain.when import When
from bot.errors import FormatError
from bot.flow.contacts import joined_leads
from bot.flow.figures import Apart, Period, Report, chosen, converted, created_in, day_of, shown
from bot.flow.statements import short_key
from bot.store import claims, credit_figures, records
from bot.store import figures as rows_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bot.domain.agreement import Agreement
    from bot.flow.contacts import Joined
    from bot.store.database import Session
    from bot.store.figures import DealFacts, LeadFacts

CREDIT_BY: Final = ("asset", "campaign", "channel")


@dataclass(slots=True)
class _Row:
    """What one asset, campaign or channel brought; amounts are minor units of the agreement's currency."""

    wins: set[str] = field(default_factory=set)
    credited: int = 0
    spend: int = 0
    touched: set[str] = field(default_factory=set)
    last_lead: When | None = None


def credit(session: Session, agreement: Agreement, period: Period, by: str | None = None) -> Report:
    """What each asset, campaign or channel brought: wins it touched, money credited, spend, ROI, pipeline, duds.

    Wins count by the day they were won, spend by its day, pipeline (whole amounts of all deals it touched, whatever
    became of them) by the day the deal was created. A campaign's spend is shared evenly by its assets. The row without
    a name has what was earned without one; of that, the total's `unattributed` is what no touch earned.
    """
    by = chosen(by, CREDIT_BY)
    apart = Apart()
    rows: dict[str | None, _Row] = defaultdict(_Row)
    won, unattributed = _credited(session, agreement, period, by, rows, apart)
    _spent(session, agreement, period, by, rows, apart)
    pipeline = _pipeline(session, agreement, period, by, rows, apart)
    leads = rows_of.described_leads(session)
    _last_leads(agreement, by, rows, leads)
    found = rules.duds(_outcomes(agreement, period, rows, pipeline), _mean_cycle(session, agreement, period))
    spelled = records.spellings(session, by)

    def line(name: str | None, row: _Row, *, dud: bool | None) -> dict[str, Any]:
        label = spelled.get(short_key(name), name) if name else None
        roi = rules.roi(row.credited, row.spend)
        return {
            "name": label,
            "label": label,
            "wins": len(row.wins),
            "amount": shown(agreement, row.credited),
            "spend": shown(agreement, row.spend),
            "roi": None if roi is None else float(roi),
            "pipeline": shown(agreement, sum(pipeline.get(key, 0) for key in row.touched)),
            "dud": dud,
        }

    ordered = sorted(rows, key=lambda name: (name is None, name or ""))
    lines = tuple(line(name, rows[name], dud=name in found) for name in ordered)
    whole = _Row(
        wins=won,
        credited=sum(row.credited for row in rows.values()),
        spend=sum(row.spend for row in rows.values()),
        touched=set(pipeline),
    )
    total = line(None, whole, dud=None) | {"unattributed": shown(agreement, unattributed)}
    return Report("credit", by, period, agreement.currency, lines, total, apart)


def _credited(
    session: Session,
    agreement: Agreement,
    period: Period,
    by: str,
    rows: dict[str | None, _Row],
    apart: Apart,
) -> tuple[set[str], int]:
    """Put the credits of the period's wins into the rows; returns the wins, and the money that no touch earned."""
    standing = rows_of.standing_rates(session)
    shares = credit_figures.standing_shares(session)
    won = set()
    unattributed = 0
    for deal in rows_of.closed_deals(session, period.first, period.last, period.as_of):
        if deal.stage_class != "won" or deal.key not in shares:
            continue
        won.add(deal.key)
        parts = shares[deal.key]
        amount = converted(agreement, deal, _ended(deal), standing[deal.key][1], apart)
        amounts = money.split(amount or 0, [Fraction(part.share) for part in parts])
        for part, minor in zip(parts, amounts, strict=True):
            row = rows[_name(getattr(part, by))]
            row.wins.add(deal.key)
            row.credited += minor
            if not (part.asset or part.campaign or part.channel):
                unattributed += minor
    return won, unattributed


def _spent(
    session: Session,
    agreement: Agreement,
    period: Period,
    by: str,
    rows: dict[str | None, _Row],
    apart: Apart,
) -> None:
    last = day_of(period.as_of, agreement)
    for told in credit_figures.campaigns(session):
        names = {
            "campaign": [told["name"]],
            "channel": [told.get("channel")],
            "asset": told.get("assets") or [None],
        }[by]
        total = 0
        for spend in told.get("spend") or ():
            day = date.fromisoformat(str(spend["on"]))
            if day <= last and period.holds(day):
                total += _spend(agreement, spend, day, apart) or 0
        if not total and by == "campaign":
            rows[_name(told["name"])].spend += 0
        if total:
            parts = money.split(total, [Fraction(1, len(names))] * len(names))
            for name, part in zip(names, parts, strict=True):
                rows[_name(name)].spend += part


def _spend(agreement: Agreement, spend: dict[str, Any], day: date, apart: Apart) -> int | None:
    currency = str(spend.get("currency") or agreement.currency)
    rate = agreement.rate_on(currency, day)
    try:
        amount = money.parse(str(spend["amount"]), currency)
    except FormatError:
        rate = None
    if rate is None:
        apart.add(currency, str(spend["amount"]), "spend")
        return None
    return money.convert(amount, rate, agreement.currency).minor


def _pipeline(
    session: Session,
    agreement: Agreement,
    period: Period,
    by: str,
    rows: dict[str | None, _Row],
    apart: Apart,
) -> dict[str, int]:
    """Which deals each name touched, put into the rows; returns the amounts of the period's deals."""
    today = day_of(period.as_of, agreement)
    deals = {
        deal.key: deal
        for deal in (
            *rows_of.open_deals(session, period.as_of),
            *rows_of.closed_deals(session, None, None, period.as_of),
        )
        if created_in(deal, agreement, period)
    }
    standing = rows_of.standing_rates(session)
    told = Apart()  # a win that cannot be converted is listed already
    amounts: dict[str, int] = {}
    for deal in deals.values():
        rate = standing.get(deal.key, (0, None))[1]
        listed = told if deal.stage_class == "won" else apart
        amounts[deal.key] = converted(agreement, deal, deal.ended_on or today, rate, listed) or 0
    for deal_key, names in _touched(session, agreement, period, by, deals).items():
        for name in names:
            rows[name].touched.add(deal_key)
    return amounts


def _touched(
    session: Session, agreement: Agreement, period: Period, by: str, deals: dict[str, DealFacts]
) -> dict[str, set[str | None]]:
    """The names that touched each deal's contacts, up to its end and within the lookback before it."""
    joined = joined_leads(session, agreement, rows_of.described_leads(session))
    met = _met(session, agreement, joined, by)
    limit = timedelta(days=agreement.credit.lookback_days) if agreement.credit.lookback_days else None
    found: dict[str, set[str | None]] = defaultdict(set)
    emails, lead_links = credit_figures.deal_links(session)
    linked = [(deal, None, email) for deal, email in emails] + [
        (deal, lead, None) for deal, lead in lead_links
    ]
    for deal_key, lead_key, email in linked:
        if deal_key not in deals:
            continue
        end = deals[deal_key].ended_at or period.as_of
        for root in joined.roots(lead_key, email):
            found[deal_key].update(
                name for at, name in met[root] if at <= end and (limit is None or end - at <= limit)
            )
    for deal_key, name in claims.confirmed_names(session, by) if by != "channel" else ():
        if deal_key in deals:
            found[deal_key].add(_name(name))
    for deal_key in deals:
        if not found[deal_key]:
            found[deal_key].add(None)
    return found


def _met(
    session: Session, agreement: Agreement, joined: Joined, by: str
) -> dict[str, list[tuple[datetime, str | None]]]:
    """What each contact met, and when: the recorded touches, and the ways by which their leads came."""
    found: dict[str, list[tuple[datetime, str | None]]] = defaultdict(list)
    for touch in credit_figures.touches(session):
        for root in joined.roots(touch.lead_key, touch.email):
            found[root].append((touch.at, _name(getattr(touch, by))))
    for lead in rows_of.described_leads(session):
        if any(lead.data.get(name) for name in CREDIT_BY):
            at = _created(lead).starts(agreement.timezone)
            for root in joined.roots(lead.key, None):
                found[root].append((at, _name(lead.data.get(by))))
    return found


def _last_leads(
    agreement: Agreement, by: str, rows: dict[str | None, _Row], leads: Sequence[LeadFacts]
) -> None:
    zone = agreement.timezone
    for lead in leads:
        name = _name(lead.data.get(by))
        if name is None or name not in rows:
            continue
        created = _created(lead)
        known = rows[name].last_lead
        if known is None or created.starts(zone) > known.starts(zone):
            rows[name].last_lead = created


def _outcomes(
    agreement: Agreement, period: Period, rows: dict[str | None, _Row], pipeline: dict[str, int]
) -> list[Outcome]:
    """What is compared for duds: everything with a name that cost something."""
    now = When(day=None, instant=period.as_of)
    return [
        Outcome(
            name=name,
            cost=row.spend,
            leads=0,
            pipeline=sum(pipeline.get(key, 0) for key in row.touched),
            wins=len(row.wins),
            revenue=row.credited,
            last_lead_days=figures.wall_days(row.last_lead, now, agreement.timezone)
            if row.last_lead is not None
            else None,
        )
        for name, row in rows.items()
        if name is not None and row.spend > 0
    ]


def _mean_cycle(session: Session, agreement: Agreement, period: Period) -> Fraction | None:
    cycles = [
        figures.wall_days(When.parse(deal.created), When.parse(deal.ended), agreement.timezone)
        for deal in rows_of.closed_deals(session, None, None, period.as_of)
        if deal.stage_class == "won" and deal.created and deal.ended
    ]
    return sum(cycles, Fraction(0)) / len(cycles) if cycles else None


def _created(lead: LeadFacts) -> When:
    told = lead.data.get("created_at")
    return When.parse(str(told)) if told else When(day=None, instant=lead.first_at)


def _ended(deal: DealFacts) -> date:
    assert deal.ended_on is not None  # noqa: S101  # a closed deal has its day
    return deal.ended_on


def _name(text: Any) -> str | None:
    return (fold(str(text)) or None) if text else None
