"""What `/wins` shows: the figures of `report wins` for a time, both sides' parts of them, and the goals' pace.

The time ends with today in the agreement's zone: a deal won today counts as soon as it is won, also where its source
tells only the day.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, time
from typing import TYPE_CHECKING, Any, Final, Literal

from bot.domain import goals as goal_rules
from bot.domain import pace as paces
from bot.domain.agreement import fold
from bot.domain.facts import Named, NotConverted
from bot.domain.money import Money, digits
from bot.domain.when import wall_to_instant
from bot.domain.wins_facts import BoardLine, Corrected, GoalPace, Side, Source, WinsView, WonLine
from bot.domain.worth import rounded
from bot.flow import board, closed_periods, deals, goals
from bot.flow.figures import Apart, Period, day_of
from bot.flow.prepared import named
from bot.flow.whose import look_up
from bot.flow.win_names import Spelled, customer, deal_name
from bot.flow.won import won_deals
from bot.store import credit_figures, people, records

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from fractions import Fraction

    from bot.domain.agreement import Agreement
    from bot.domain.board import Line
    from bot.flow.ports import Office
    from bot.flow.won import Won
    from bot.store.database import Session
    from bot.store.people import Person

Span = Literal["today", "week", "month", "quarter"]
SPANS: Final[tuple[Span, ...]] = ("today", "week", "month", "quarter")
LISTED: Final = 15
"""Wins in the list, at most."""
ASSETS: Final = 5
PEOPLE: Final = 8
GOALS: Final = 3
_KINDS: Final = frozenset({"new", "expansion", "renewal"})
_LAST: Final = time(23, 59, 59, 999_999)


@dataclass(frozen=True, slots=True)
class Gathered:
    """The answer before people have their names."""

    period: Period
    won: list[Won]
    apart: Apart
    spelled: Spelled
    lines: list[tuple[Won, WonLine]]
    goals: tuple[GoalPace, ...]
    corrected: Corrected | None
    emails: set[str]
    """Of everybody who is shown."""


def period_of(span: Span, agreement: Agreement, now: datetime) -> Period:
    """Today, or the present week (from Monday), month or calendar quarter, up to the end of today."""
    today = day_of(now, agreement)
    first = today if span == "today" else paces.period_of(span, today)[0]
    return Period(first, None, wall_to_instant(datetime.combine(today, _LAST), agreement.timezone))


async def wins_view(
    office: Office,
    whose: Literal["mine", "team"] | Named | Source,
    email: str | None = None,
    span: Span = "month",
) -> WinsView:
    """The wins of a time: the team's, those that a person (by e-mail) has a part of, or those that a source touched."""
    agreement, now = office.agreement, office.clock.now()
    source = whose if isinstance(whose, Source) else None
    found = await office.database.read(lambda s: _gather(s, agreement, email, source, span, now))
    await look_up(office, found.emails)
    known = await office.database.read(lambda s: people.by_email(s, found.emails))
    return _view(agreement, found, known, whose, email, span, now)


async def source_meant(office: Office, words: str) -> Source | None:
    """The asset, else the campaign, that somebody means by its whole name; None if there is none."""
    return await office.database.read(lambda s: _source(s, words))


def _source(session: Session, words: str) -> Source | None:
    spelled = Spelled(session)
    for kind in ("asset", "campaign"):
        told = spelled.known_as(kind, words)
        if told is not None:
            return Source(kind, told)
    sought = fold(words)
    for shares in credit_figures.standing_shares(session).values():
        for share in shares:
            for kind in ("asset", "campaign"):
                told = getattr(share, kind)
                if sought and told and fold(told) == sought:
                    return Source(kind, told)  # type: ignore[arg-type]  # one of the two words
    return None


# --- gathered in one snapshot ---


def _gather(
    session: Session,
    agreement: Agreement,
    email: str | None,
    source: Source | None,
    span: Span,
    now: datetime,
) -> Gathered:
    period = period_of(span, agreement, now)
    won = won_deals(session, agreement, period, Apart())
    if email is not None:
        won = [one for one in won if any(who == email for who, _ in one.people)]
    if source is not None:
        won = [one for one in won if any(_is_of(source, part) for part, _ in one.credits)]
    apart = Apart()
    for one in won:
        if one.amount is None and one.deal.amount is not None:
            apart.add(one.deal.currency, one.deal.amount)
    latest = sorted(won, key=lambda one: (one.at, one.deal.key), reverse=True)[:LISTED]
    spelled = Spelled(session)
    lines = [(one, _line(session, agreement, one, spelled)) for one in latest]
    team = email is None and source is None
    paced = _goals(session, agreement, span, now) if team else ()
    later = closed_periods.corrected(session, agreement, period) if team else None
    owners = {one.deal.owner for one, _ in lines if one.deal.owner}
    shown = board.of_people(won)
    ranked = {line.name for line in (shown[:PEOPLE] if agreement.wins.rank_people else shown)}
    return Gathered(period, won, apart, spelled, lines, paced, later, owners | ranked)


def _is_of(source: Source, part: Any) -> bool:
    told = getattr(part, source.kind)
    return bool(told) and fold(told) == fold(source.name)


def _line(session: Session, agreement: Agreement, one: Won, spelled: Spelled) -> WonLine:
    deal = records.load(session, "deal", one.deal.key)
    touched = [name for part, _ in one.credits if (name := spelled.touch(part)) is not None]
    currency = one.deal.currency or agreement.currency
    known = digits(currency) is not None and one.deal.amount_minor is not None
    own = Money(one.deal.amount_minor or 0, currency) if known else None
    return WonLine(
        deal_name=deal_name(agreement, deal),
        deal_id=one.deal.key.partition("/")[2],
        customer=customer(agreement, deals.contacts_of_deal(session, one.deal.key)),
        url=deal.record.get("url"),
        kind=one.deal.kind if one.deal.kind in _KINDS else None,  # type: ignore[arg-type]  # one of the three
        won_on=one.deal.ended_on or one.at.date(),
        amount=None if one.amount is None else Money(one.amount, agreement.currency),
        told=own if currency != agreement.currency else None,
        told_text=None if known or one.deal.amount is None else f"{one.deal.amount} {currency}",
        owner=None,
        source=touched[0] if touched else None,
        sources=len({fold(name) for name in touched}),
        churned=not one.kept,
    )


def _goals(session: Session, agreement: Agreement, span: Span, now: datetime) -> tuple[GoalPace, ...]:
    """The goals in their present periods, those of the time asked about first."""
    today = day_of(now, agreement)
    chosen = sorted(agreement.wins.goals, key=lambda goal: goal.period != span)[:GOALS]
    found = []
    for goal in chosen:
        stands = goals.progress(session, agreement, goal, today)
        first, last = goal_rules.days_of(goal, today)
        pace = paces.pace(stands.target.minor, stands.won.minor, first, last, today, agreement.calendar)
        expected, needed = (_money(agreement, told) for told in (pace.expected, pace.needed_per_working_day))
        found.append(GoalPace(stands, pace.state, expected, needed))
    return tuple(found)


def _money(agreement: Agreement, minor: Fraction | None) -> Money | None:
    return None if minor is None else Money(rounded(minor), agreement.currency)


# --- with everybody's names ---


def _view(
    agreement: Agreement,
    found: Gathered,
    known: dict[str, Person],
    whose: Literal["mine", "team"] | Named | Source,
    email: str | None,
    span: Span,
    now: datetime,
) -> WinsView:
    currency = agreement.currency
    part_of = _part_of(email, whose)
    total = sum(one.amount or 0 for one in found.won)
    assert found.period.first is not None  # noqa: S101  # made above
    return WinsView(
        whose=whose,
        span=span,
        since=found.period.first,
        zone=agreement.timezone,
        count=len(found.won),
        amount=Money(total, currency),
        kept=Money(sum(one.amount or 0 for one in found.won if one.kept), currency),
        part=None if part_of is None else Money(sum(map(part_of, found.won)), currency),
        wins=tuple(_named_line(one, line, known, part_of, currency) for one, line in found.lines),
        more=len(found.won) - len(found.lines),
        sales=_sales(agreement, found.won, known),
        marketing=_marketing(agreement, found),
        goals=found.goals,
        not_converted=tuple(NotConverted(**apart) for apart in found.apart.listed()),
        as_of=now,
        corrected=found.corrected,
    )


def _part_of(
    email: str | None, whose: Literal["mine", "team"] | Named | Source
) -> Callable[[Won], int] | None:
    """What of a win is credited to whoever is asked about."""
    if isinstance(whose, Source):
        return lambda one: sum(minor for part, minor in one.credits if _is_of(whose, part))
    if email is not None:
        return lambda one: sum(minor for who, minor in one.people if who == email)
    return None


def _named_line(
    one: Won,
    line: WonLine,
    known: dict[str, Person],
    part_of: Callable[[Won], int] | None,
    currency: str,
) -> WonLine:
    owner = named(known, one.deal.owner) if one.deal.owner else None
    part = Money(part_of(one), currency) if part_of is not None and one.amount is not None else None
    return replace(line, owner=owner, part=part)


def _sales(agreement: Agreement, won: Sequence[Won], known: dict[str, Person]) -> Side:
    """People by rank where the agreement ranks them, else by name."""
    ranked = agreement.wins.rank_people
    lines = list(board.of_people(won))
    if not ranked:
        lines.sort(key=lambda line: (fold(named(known, line.name).name or line.name), line.name))
    drawn = [
        BoardLine(
            line.rank if ranked else None, named(known, line.name), _in(agreement, line.minor), line.wins
        )
        for line in lines[:PEOPLE]
    ]
    nobody = [
        BoardLine(None, "owner not known", _in(agreement, line.minor), line.wins)
        for line in board.of_nobody(won)
    ]
    return _side(agreement, drawn, lines[PEOPLE:], nobody)


def _marketing(agreement: Agreement, found: Gathered) -> Side:
    """Assets by rank, then what was touched without one."""
    lines = board.of_assets(found.won)
    written = {fold(part.asset): part.asset for one in found.won for part, _ in one.credits if part.asset}
    drawn = [
        BoardLine(
            line.rank, found.spelled.of("asset", written[line.name]), _in(agreement, line.minor), line.wins
        )
        for line in lines[:ASSETS]
    ]
    others = board.of_other_touches(found.won)
    rest = [
        BoardLine(None, called, _in(agreement, others[name].minor), others[name].wins)
        for name, called in (("touched", "without an asset"), ("unattributed", "unattributed"))
        if name in others
    ]
    return _side(agreement, drawn, lines[ASSETS:], rest)


def _side(
    agreement: Agreement, drawn: Iterable[BoardLine], more: Sequence[Line], rest: Iterable[BoardLine]
) -> Side:
    whole = _in(agreement, sum(line.minor for line in more)) if more else None
    return Side(tuple(drawn), len(more), whole, tuple(rest))


def _in(agreement: Agreement, minor: int) -> Money:
    return Money(minor, agreement.currency)
