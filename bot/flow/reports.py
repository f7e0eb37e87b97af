"""The figures behind slash commands and `winbell report`: open deals and closed deals.

Definitions: facts on funnel figures (pipeline, win rate, cycle, velocity). Each deal is converted once.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

from bot.domain import figures
from bot.domain.agreement import fold
from bot.domain.facts import NotConverted, PipelineRow, PipelineView
from bot.domain.money import Money, digits, split
from bot.domain.when import When
from bot.flow import closed_periods
from bot.flow.figures import Apart, Period, Report, chosen, converted, created_in, day_of, grouped, shown
from bot.flow.statements import short_key
from bot.flow.won import Churn
from bot.store import figures as rows_of
from bot.store import records, wins

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.domain.agreement import Agreement
    from bot.flow.ports import Office
    from bot.store.database import Session
    from bot.store.figures import DealFacts

PIPELINE_BY: Final = ("stage", "owner", "team", "segment")
WINS_BY: Final = ("owner", "month", "quarter", "team", "manager", "kind", "deal")
_WINDOW: Final = timedelta(days=89)
"""Velocity looks at the closes of 90 days, the day of the report included."""


def pipeline(
    session: Session, agreement: Agreement, period: Period, by: str | None = None, owner: str | None = None
) -> Report:
    """Open deals: count, amount, weighted amount (sum of amount x the stage's probability), age of the oldest.

    `from` and `to` select by the day of creation; `owner` keeps one person's deals.
    """
    by = chosen(by, PIPELINE_BY)
    apart = Apart()
    people = rows_of.people_facts(session)
    deals = [
        deal
        for deal in rows_of.open_deals(session, period.as_of)
        if (owner is None or deal.owner == owner) and created_in(deal, agreement, period)
    ]
    stages = {deal.key: _stage_at(session, agreement, deal, period) for deal in deals}
    amounts = {
        deal.key: converted(agreement, deal, day_of(period.as_of, agreement), None, apart) for deal in deals
    }
    spelled = records.spellings(session, "stage")
    names = {
        "stage": lambda deal: fold(stages[deal.key] or "") or None,
        "owner": lambda deal: deal.owner,
        "team": lambda deal: _person(people, deal.owner)[1],
        "segment": lambda deal: deal.segment,
    }[by]
    groups = grouped(deals, names)
    if by == "stage":
        ranks = {name: agreement.stages.rank(name) for name in groups}
        groups = dict(sorted(groups.items(), key=lambda pair: _along(ranks[pair[0]])))

    def row(name: str | None, label: str | None, part: Sequence[DealFacts]) -> dict[str, Any]:
        known = [(deal, amount) for deal in part if (amount := amounts[deal.key]) is not None]
        weighted = sum(
            (amount * _probability(agreement, stages[deal.key]) for deal, amount in known), Decimal(0)
        )
        return {
            "name": name,
            "label": label,
            "count": len(part),
            "amount": shown(agreement, sum(amount for _, amount in known)),
            "weighted": shown(agreement, int(weighted.to_integral_value(ROUND_HALF_UP))),
            "oldest_days": _oldest(part, agreement, period),
        }

    labels = {name: _label(by, name, spelled, people) for name in groups}
    rows = tuple(row(_identity(by, name, spelled), labels[name], part) for name, part in groups.items())
    total = row(None, None, deals) | _closing_figures(session, agreement, period, owner, len(deals))
    return Report("pipeline", by, period, agreement.currency, rows, total, apart)


def won_and_lost(session: Session, agreement: Agreement, period: Period, by: str | None = None) -> Report:
    """Closed deals by the day of their closing: wins, amount, lost, win rate, sales cycle in calendar days.

    `kept` is the amount of the wins whose customer has not left by the report's instant. The total counts every closed
    deal, also by deal, where a row is a won one, and tells what was corrected after the wins' period had closed.
    """
    by = chosen(by, WINS_BY)
    apart = Apart()
    people = rows_of.people_facts(session)
    standing = rows_of.standing_rates(session)
    deals = rows_of.closed_deals(session, period.first, period.last, period.as_of)
    names = {
        "owner": lambda deal: deal.owner,
        "month": lambda deal: figures.month_of(deal.ended_on),
        "quarter": lambda deal: figures.quarter_of(deal.ended_on),
        "team": lambda deal: _person(people, deal.owner)[1],
        "manager": lambda deal: _person(people, deal.owner)[2],
        "kind": lambda deal: deal.kind,
        "deal": lambda deal: deal.key,
    }[by]
    amounts = {
        deal.key: converted(agreement, deal, _closing_day(deal), standing.get(deal.key, (0, None))[1], apart)
        for deal in deals
        if deal.stage_class == "won"
    }
    titles = rows_of.deal_names(session, list(amounts)) if by == "deal" else {}
    left = Churn(session, agreement, period.as_of)

    def row(name: str | None, label: str | None, part: Sequence[DealFacts]) -> dict[str, Any]:
        won = [deal for deal in part if deal.stage_class == "won"]
        cycles = [days for deal in won if (days := _cycle(deal, agreement)) is not None]
        return {
            "name": name,
            "label": label,
            "count": len(won),
            "amount": shown(agreement, sum(amounts[deal.key] or 0 for deal in won)),
            "lost": len(part) - len(won),
            "win_rate": figures.rate(len(won), len(part)),
            "cycle_days_mean": figures.mean(cycles),
            "cycle_days_median": figures.median(cycles),
        }

    def kept(part: Sequence[DealFacts]) -> dict[str, Any]:
        stay = [deal for deal in part if deal.stage_class == "won" and not left.has(deal)]
        return {"kept": shown(agreement, sum(amounts[deal.key] or 0 for deal in stay))}

    rows = []
    listed = [deal for deal in deals if deal.stage_class == "won"] if by == "deal" else deals
    for name, part in grouped(listed, names).items():
        if by == "deal":
            line = row(part[0].key.partition("/")[2], titles.get(part[0].key), part)
            line["won_at"] = part[0].ended
            line["credits"] = _credits(session, agreement, part[0], standing, amounts[part[0].key])
        else:
            line = row(name, _label(by, name, {}, people), part)
        rows.append(line | kept(part))
    later = closed_periods.corrected(session, agreement, period)
    total = row(None, None, deals) | kept(deals) | closed_periods.fields_of(agreement, later)
    return Report("wins", by, period, agreement.currency, tuple(rows), total, apart)


async def pipeline_view(office: Office, owner: str | None, whose: str) -> PipelineView:
    """The figures of `/pipeline`, for the team or one owner (by e-mail), from one snapshot."""
    period = Period(None, None, office.clock.now())
    agreement = office.agreement
    report = await office.database.read(lambda s: pipeline(s, agreement, period, "stage", owner))
    total = report.total
    return PipelineView(
        whose=whose,
        rows=tuple(_view_row(agreement, row) for row in report.rows),
        total=_view_row(agreement, total),
        win_rate=total["win_rate"],
        cycle_days_median=total["cycle_days_median"],
        velocity_per_day=Decimal(total["velocity_per_day"])
        if total["velocity_per_day"] is not None
        else None,
        not_converted=tuple(NotConverted(**apart) for apart in report.apart.listed()),
        unknown_stages=tuple(
            str(row["label"])
            for row in report.rows
            if row["label"] and agreement.stages.classify(row["label"]) == "unknown"
        ),
        as_of=period.as_of,
    )


def _view_row(agreement: Agreement, row: dict[str, Any]) -> PipelineRow:
    scale = 10 ** (digits(agreement.currency) or 0)
    amount, weighted = (
        Money(int(Decimal(row[name]) * scale), agreement.currency) for name in ("amount", "weighted")
    )
    return PipelineRow(row["label"], row["count"], amount, weighted)


def _along(rank: int) -> tuple[bool, int]:
    return (rank < 0, rank)


def _identity(by: str, name: str | None, spelled: dict[str, str]) -> str | None:
    return spelled.get(short_key(name), name) if by == "stage" and name else name


def _label(
    by: str,
    name: str | None,
    spelled: dict[str, str],
    people: dict[str, tuple[str | None, str | None, str | None]],
) -> str | None:
    if name is None:
        return None
    if by in {"owner", "manager"}:
        return _person(people, name)[0] or name
    return spelled.get(short_key(name), name) if by == "stage" else name


def _person(
    people: dict[str, tuple[str | None, str | None, str | None]], email: str | None
) -> tuple[str | None, str | None, str | None]:
    return people.get(email or "", (None, None, None))


def _stage_at(session: Session, agreement: Agreement, deal: DealFacts, period: Period) -> str | None:
    """The stage of a deal that was open at the report's instant; unknown where its closing is all that was told."""
    if deal.stage_class in {"open", "unknown"}:
        return deal.stage
    told = sorted(records.deal_statements(session, deal.key))
    before = [stage for at, _, verb, stage in told if at <= period.as_of and verb == "stage"]
    open_ones = [stage for stage in before if agreement.stages.classify(stage) in {"open", "unknown"}]
    return open_ones[-1] if open_ones else None


def _probability(agreement: Agreement, stage: str | None) -> Decimal:
    """A stage without an agreed probability counts as 0 in the weighted amount."""
    chances = {fold(name): chance for name, chance in agreement.stages.probability.items()}
    return chances.get(fold(stage), Decimal(0)) if stage else Decimal(0)


def _oldest(part: Sequence[DealFacts], agreement: Agreement, period: Period) -> float | None:
    now = When(day=None, instant=period.as_of)
    ages = [
        figures.wall_days(When.parse(deal.created), now, agreement.timezone) for deal in part if deal.created
    ]
    return float(max(ages)) if ages else None


def _closing_day(deal: DealFacts) -> Any:
    return deal.ended_on


def _cycle(deal: DealFacts, agreement: Agreement) -> Fraction | None:
    if deal.created is None or deal.ended is None:
        return None
    return figures.wall_days(When.parse(deal.created), When.parse(deal.ended), agreement.timezone)


def _closing_figures(
    session: Session, agreement: Agreement, period: Period, owner: str | None, open_count: int
) -> dict[str, Any]:
    last = day_of(period.as_of, agreement)
    closed = [
        deal
        for deal in rows_of.closed_deals(session, last - _WINDOW, last, period.as_of)
        if owner is None or deal.owner == owner
    ]
    won = [deal for deal in closed if deal.stage_class == "won"]
    standing = rows_of.standing_rates(session) if won else {}
    amounts = [
        amount
        for deal in won
        if (
            amount := converted(
                agreement, deal, _closing_day(deal), standing.get(deal.key, (0, None))[1], Apart()
            )
        )
        is not None
    ]
    cycles = [days for deal in won if (days := _cycle(deal, agreement)) is not None]
    places = digits(agreement.currency) or 0
    scale = 10**places
    velocity = None
    if amounts and cycles:
        velocity = figures.velocity_per_day(
            open_count,
            Fraction(sum(amounts), len(amounts) * scale),
            Fraction(len(won), len(closed)),
            Fraction(sum(cycles, Fraction(0)), len(cycles)),
            digits=places,
        )
    return {
        "velocity_per_day": None if velocity is None else format(velocity, "f"),
        "win_rate": figures.rate(len(won), len(closed)),
        "cycle_days_mean": figures.mean(cycles),
        "cycle_days_median": figures.median(cycles),
    }


def _credits(
    session: Session,
    agreement: Agreement,
    deal: DealFacts,
    standing: dict[str, tuple[int, str | None]],
    amount: int | None,
) -> list[dict[str, Any]]:
    """A won deal's credits in the report's currency: the converted whole is split, not each part converted."""
    booked = wins.credits_of(session, deal.key, standing[deal.key][0]) if deal.key in standing else []
    shares = [Fraction(credit.share) for credit in booked]
    parts: list[int | None] = (
        list(split(amount, shares)) if amount is not None and shares else [None] * len(shares)
    )
    return [
        {
            "asset": credit.asset,
            "campaign": credit.campaign,
            "channel": credit.channel,
            "share": float(share),
            "amount": shown(agreement, part),
        }
        for credit, share, part in zip(booked, shares, parts, strict=True)
    ]
