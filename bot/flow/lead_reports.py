"""The figures of the lead side: channels with their MQL value, and the first-contact clocks."""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from bot.domain import clocks as rules
from bot.domain import figures
from bot.domain.agreement import fold
from bot.domain.when import When, zone_named
from bot.domain.worth import BY, Origin, rounded
from bot.flow import contacts, worth
from bot.flow.figures import Apart, Period, Report, chosen, grouped, shown
from bot.flow.statements import short_key
from bot.store import figures as rows_of
from bot.store import records

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from bot.domain.agreement import Agreement
    from bot.flow.contacts import Cohort, Prospect
    from bot.store.database import Session
    from bot.store.figures import LeadFacts

CHANNELS_BY: Final = ("channel", "asset", "campaign", "segment", "month")
SLA_BY: Final = ("owner", "tier", "channel", "team")


def channels(session: Session, agreement: Agreement, period: Period, by: str | None = None) -> Report:
    """Contacts by where they came from, as cohorts of their creation: wins of these leads, whenever won.

    MQL value = revenue of the won leads / number of leads. A deal counts once in each row and once in the total;
    deals without a lead are not here.
    """
    by = chosen(by, CHANNELS_BY)
    apart = Apart()
    cohort = contacts.cohort_with_attempts(session, agreement, period, apart)
    spelled = _spelled(session, agreement, cohort, by)

    def group(contact: Prospect) -> str | None:
        if by == "month":
            return figures.month_of(contact.created.on(agreement.timezone))
        text = contact.told(by)
        return fold(text) if text else None

    def row(name: str | None, part: Sequence[Prospect]) -> dict[str, Any]:
        won = [contact for contact in part if contact.won]
        total = sum(cohort.revenue[key] or 0 for key in {key for contact in won for key in contact.won})
        days = [_days_to_won(contact, cohort, agreement) for contact in won]
        average = Fraction(total, len(won)) if won else None
        value = figures.mql_value(total, len(part))
        label = spelled.get(short_key(name), name) if name else None
        return {
            "name": label,
            "label": label,
            "leads": len(part),
            "won": len(won),
            "close_rate": figures.rate(len(won), len(part)),
            "revenue": shown(agreement, total),
            "average_revenue": shown(agreement, _whole(average)),
            "mql_value": shown(agreement, _whole(value)),
            "days_to_won_mean": figures.mean(days),
            "days_to_won_median": figures.median(days),
            "never_contacted": sum(not contact.attempted for contact in part),
        }

    rows = tuple(row(name, part) for name, part in grouped(cohort.contacts, group).items())
    return Report("channels", by, period, agreement.currency, rows, row(None, cohort.contacts), apart)


def sla(session: Session, agreement: Agreement, period: Period, by: str | None = None) -> Report:
    """First-contact clocks started in the period: met, breached, open, rate, working minutes to the first contact.

    Value at risk: for each lead that is at risk or breached and not contacted, what it is worth from own history
    (`domain.worth`), added up; null where there is no history of any of them.
    """
    by = chosen(by, SLA_BY)
    people = rows_of.people_facts(session)
    zone = zone_named(agreement.timezone)
    clocks = [
        clock
        for clock in rows_of.clock_facts(session)
        if clock.started_at <= period.as_of
        and clock.state != "closed"
        and period.holds(clock.started_at.astimezone(zone).date())
    ]
    described = rows_of.described_leads(session)
    leads = {lead.key: lead for lead in described}
    at_stake = _values(worth.live(session, agreement, period.as_of, described))
    spelled = records.spellings(session, "channel")

    def channel_of(clock: Any) -> str | None:
        text = leads[clock.lead_key].data.get("channel") if clock.lead_key in leads else None
        return fold(str(text)) if text else None

    def held_by(clock: Any) -> str | None:
        """Whom a clock counts for: who held the lead when its promise was broken, else who holds it now."""
        broken = clock.breached_owner if period.as_of > clock.due_at else None
        return broken or clock.owner_email  # type: ignore[no-any-return]  # a row's columns

    group = {
        "owner": held_by,
        "tier": lambda clock: clock.tier,
        "channel": channel_of,
        "team": lambda clock: people.get(held_by(clock) or "", (None, None, None))[1],
    }[by]

    def row(name: str | None, part: Sequence[Any]) -> dict[str, Any]:
        states = [_judged(clock, period.as_of) for clock in part]
        minutes = [
            Fraction(clock.minutes)
            for clock in part
            if clock.minutes is not None and clock.stopped_at is not None and clock.stopped_at <= period.as_of
        ]
        risks = [
            at_stake(leads[clock.lead_key]) if clock.lead_key in leads else None
            for clock, state in zip(part, states, strict=True)
            if state in {"at_risk", "late"} and clock.ended_at is None
        ]
        known = [value for value in risks if value is not None]
        waiting = [
            clock
            for clock, state in zip(part, states, strict=True)
            if state == "late" and clock.ended_at is None
        ]
        met, breached = states.count("met"), states.count("breached") + states.count("late")
        return {
            "name": spelled.get(short_key(name), name) if name and by == "channel" else name,
            "label": _label(by, name, people, spelled),
            "met": met,
            "breached": breached,
            "open": states.count("open") + states.count("at_risk"),
            "at_risk": states.count("at_risk"),
            "rate": figures.rate(met, met + breached),
            "first_contact_minutes_median": figures.median(minutes),
            "first_contact_minutes_p90": figures.percentile(minutes, 90),
            "value_at_risk": shown(agreement, sum(known)) if known or not risks else None,
            "still_waiting": len(waiting),
            **_contacts(part, period.as_of),
            **_commitments(part, period.as_of),
        }

    rows = tuple(row(name, part) for name, part in grouped(clocks, group).items())
    return Report("sla", by, period, agreement.currency, rows, row(None, clocks), Apart())


def _judged(clock: Any, as_of: datetime) -> str:
    """`met`, `breached` (contacted late), `late` (not contacted, past due), `at_risk` or `open` at an instant."""
    stopped = clock.stopped_at if clock.stopped_at is not None and clock.stopped_at <= as_of else None
    state = rules.judged(clock.due_at, stopped, as_of)
    if state == "breached" and stopped is None:
        return "late"
    if state == "running":
        return "at_risk" if as_of >= clock.at_risk_at else "open"
    return state


def _contacts(part: Sequence[Any], as_of: datetime) -> dict[str, int]:
    """First contacts by how they are known: said by the owner, or seen in the CRM."""
    how = [clock.stopped_how for clock in part if clock.stopped_at is not None and clock.stopped_at <= as_of]
    return {"said": how.count("said"), "seen": how.count("seen")}


def _commitments(part: Sequence[Any], as_of: datetime) -> dict[str, int]:
    """Follow-up commitments; one that was neither kept nor over by the instant is open."""
    states = [
        clock.follow_up
        if clock.follow_up == "kept" or clock.within_at is None
        else "broken"
        if clock.within_at < as_of
        else "open"
        for clock in part
    ]
    exhausted = sum(clock.exhausted_at is not None and clock.exhausted_at <= as_of for clock in part)
    return {
        "follow_up_open": states.count("open"),
        "kept": states.count("kept"),
        "broken": states.count("broken"),
        "exhausted": exhausted,
    }


def _label(by: str, name: str | None, people: dict[str, Any], spelled: dict[str, str]) -> str | None:
    if name is None:
        return None
    if by == "owner":
        return people.get(name, (None,))[0] or name
    return spelled.get(short_key(name), name) if by == "channel" else name


def _values(history: worth.History) -> Callable[[LeadFacts], int | None]:
    """What a lead is worth in minor units; None where history is missing. Each origin is worked out once."""

    @cache
    def value(origin: Origin) -> int | None:
        found = history.of_lead(*origin)
        return found.minor if found else None

    def of(lead: LeadFacts) -> int | None:
        texts = (lead.data.get(name) for name in BY)
        return value(Origin(*(str(text) if text else None for text in texts)))

    return of


def _spelled(session: Session, agreement: Agreement, cohort: Cohort, by: str) -> dict[str, str]:
    """How each name of a grouping is shown, by its key; a segment as the earliest contact's lead writes it."""
    if by == "month":
        return {}
    if by != "segment":
        return records.spellings(session, by)
    written: dict[str, str] = {}
    told = sorted(
        (contact.created.starts(agreement.timezone), text)
        for contact in cohort.everybody
        if (text := contact.told(by))
    )
    for _, text in told:
        written.setdefault(short_key(fold(text)), text)
    return written


def _whole(minor: Fraction | None) -> int | None:
    """Whole minor units."""
    return None if minor is None else rounded(minor)


def _days_to_won(contact: Prospect, cohort: Cohort, agreement: Agreement) -> Fraction:
    first = min((cohort.deals[key] for key in contact.won), key=lambda deal: deal.ended_at)  # type: ignore[arg-type,return-value]  # a closed deal has its instant
    return figures.wall_days(contact.created, When.parse(str(first.ended)), agreement.timezone)
