"""The figures of the lead side: channels with their MQL value, and the first-contact clocks."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

from bot.domain import clocks as rules
from bot.domain import figures
from bot.domain.agreement import fold
from bot.domain.money import digits
from bot.domain.when import When, zone_named
from bot.flow.figures import Apart, Period, Report, chosen, converted, grouped, shown
from bot.flow.statements import short_key
from bot.store import figures as rows_of
from bot.store import records

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bot.domain.agreement import Agreement
    from bot.store.database import Session
    from bot.store.figures import LeadFacts, LeadLink

CHANNELS_BY: Final = ("channel", "asset", "campaign", "segment", "month")
SLA_BY: Final = ("owner", "tier", "channel", "team")


@dataclass(slots=True)
class _Contact:
    """A person of a customer: all leads joined by e-mail or merge, told by the earliest."""

    first: LeadFacts | None = None
    created: When | None = None
    won: set[str] = field(default_factory=set)
    attempted: bool = False

    def add(self, lead: LeadFacts, zone: str) -> None:
        """One more lead of this contact; the earliest one speaks for it."""
        told = lead.data.get("created_at")
        created = When.parse(str(told)) if told else When(day=None, instant=lead.first_at)
        if self.created is None or created.starts(zone) < self.created.starts(zone):
            self.first, self.created = lead, created


def channels(session: Session, agreement: Agreement, period: Period, by: str | None = None) -> Report:
    """Contacts by where they came from, as cohorts of their creation: wins of these leads, whenever won.

    MQL value = revenue of the won leads / number of leads. A deal counts once in each row and once in the total;
    deals without a lead are not here.
    """
    by = chosen(by, CHANNELS_BY)
    apart = Apart()
    contacts = [contact for contact in _contacts(session, agreement) if _counts(contact, agreement, period)]
    deals = {
        d.key: d for d in rows_of.closed_deals(session, None, None, period.as_of) if d.stage_class == "won"
    }
    standing = rows_of.standing_rates(session)
    wanted = {key for contact in contacts for key in contact.won if key in deals}
    revenue = {
        key: converted(agreement, deals[key], deals[key].ended_on, standing.get(key, (0, None))[1], apart)  # type: ignore[arg-type]  # a closed deal has its day
        for key in sorted(wanted)
    }
    spelled = records.spellings(session, by) if by in {"channel", "asset", "campaign"} else {}

    def group(contact: _Contact) -> str | None:
        if by == "month":
            return figures.month_of(_created(contact).on(agreement.timezone))
        text = _first(contact).data.get(by)
        return (fold(str(text)) if spelled else str(text)) if text else None

    def row(name: str | None, part: Sequence[_Contact]) -> dict[str, Any]:
        won = [contact for contact in part if contact.won & wanted]
        total = sum(revenue[key] or 0 for key in {key for contact in won for key in contact.won & wanted})
        days = [_days_to_won(contact, deals, agreement) for contact in won]
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
            "average_revenue": shown(agreement, _rounded(average)),
            "mql_value": shown(agreement, _rounded(value)),
            "days_to_won_mean": figures.mean(days),
            "days_to_won_median": figures.median(days),
            "never_contacted": sum(not contact.attempted for contact in part),
        }

    rows = tuple(row(name, part) for name, part in grouped(contacts, group).items())
    return Report("channels", by, period, agreement.currency, rows, row(None, contacts), apart)


def sla(session: Session, agreement: Agreement, period: Period, by: str | None = None) -> Report:
    """First-contact clocks started in the period: met, breached, open, rate, working minutes to the first contact.

    Value at risk: for each lead that is at risk or breached and not contacted, the MQL value of its channel from
    own history; null where there is no history.
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
    leads = {lead.key: lead for lead in rows_of.described_leads(session)}
    values = _mql_values(session, agreement, period)
    spelled = records.spellings(session, "channel")

    def channel_of(clock: Any) -> str | None:
        text = leads[clock.lead_key].data.get("channel") if clock.lead_key in leads else None
        return fold(str(text)) if text else None

    group = {
        "owner": lambda clock: clock.owner_email,
        "tier": lambda clock: clock.tier,
        "channel": channel_of,
        "team": lambda clock: people.get(clock.owner_email or "", (None, None, None))[1],
    }[by]

    def row(name: str | None, part: Sequence[Any]) -> dict[str, Any]:
        states = [_judged(clock, period.as_of) for clock in part]
        minutes = [
            Fraction(clock.minutes)
            for clock in part
            if clock.minutes is not None and clock.stopped_at is not None and clock.stopped_at <= period.as_of
        ]
        risks = [
            values.get(channel_of(clock))
            for clock, state in zip(part, states, strict=True)
            if state in {"at_risk", "late"}
        ]
        known = [value for value in risks if value is not None]
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
            "value_at_risk": shown(agreement, _rounded(sum(known, Fraction(0))))
            if known or not risks
            else None,
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


def _label(by: str, name: str | None, people: dict[str, Any], spelled: dict[str, str]) -> str | None:
    if name is None:
        return None
    if by == "owner":
        return people.get(name, (None,))[0] or name
    return spelled.get(short_key(name), name) if by == "channel" else name


def _mql_values(session: Session, agreement: Agreement, period: Period) -> dict[str | None, Fraction]:
    everything = Period(None, None, period.as_of)
    report = channels(session, agreement, everything, "channel")
    scale = _scale(agreement)
    return {
        fold(row["name"]) if row["name"] else None: Fraction(row["mql_value"]) * scale
        for row in report.rows
        if row["mql_value"] is not None and row["won"]
    }


def _scale(agreement: Agreement) -> int:
    return int(10 ** (digits(agreement.currency) or 0))


def _rounded(minor: Fraction | None) -> int | None:
    """Half up to whole minor units."""
    return None if minor is None else int((minor + Fraction(1, 2)) // 1)


def _first(contact: _Contact) -> LeadFacts:
    assert contact.first is not None  # noqa: S101  # set for every contact that leaves `_contacts`
    return contact.first


def _created(contact: _Contact) -> When:
    assert contact.created is not None  # noqa: S101  # likewise
    return contact.created


def _counts(contact: _Contact, agreement: Agreement, period: Period) -> bool:
    created = _created(contact)
    return created.starts(agreement.timezone) <= period.as_of and period.holds(created.on(agreement.timezone))


def _days_to_won(contact: _Contact, deals: dict[str, Any], agreement: Agreement) -> Fraction:
    first = min((deals[key] for key in contact.won if key in deals), key=lambda deal: deal.ended_at)
    return figures.wall_days(_created(contact), When.parse(first.ended), agreement.timezone)


class _Joined:
    """Leads and addresses joined into contacts (union-find), by e-mail and by merge."""

    def __init__(self, leads: Sequence[LeadFacts], links: Sequence[LeadLink], zone: str) -> None:
        self._parent: dict[str, str] = {}
        for key, email, merged_into in links:
            for other in (merged_into and f"l:{merged_into}", email and f"e:{email}"):
                if other:
                    self._parent[self._root(f"l:{key}")] = self._root(other)
        self.contacts: dict[str, _Contact] = defaultdict(_Contact)
        for lead in leads:
            self.contacts[self._root(f"l:{lead.key}")].add(lead, zone)

    def of(self, lead_key: str | None, email: str | None) -> list[_Contact]:
        """The contacts behind a lead and an address, as far as they are known."""
        names = [f"l:{lead_key}"] if lead_key else []
        names += [f"e:{email}"] if email else []
        return [self.contacts[root] for root in map(self._root, names) if root in self.contacts]

    def _root(self, name: str) -> str:
        self._parent.setdefault(name, name)
        while self._parent[name] != name:
            self._parent[name] = self._parent[self._parent[name]]
            name = self._parent[name]
        return name


def _contacts(session: Session, agreement: Agreement) -> list[_Contact]:
    """All contacts, with their wins and whether anybody tried to reach them."""
    joined = _Joined(rows_of.described_leads(session), rows_of.lead_links(session), agreement.timezone)
    by_email, by_lead = rows_of.deal_links(session)
    for email, keys in by_email.items():
        for contact in joined.of(None, email):
            contact.won.update(keys)
    for lead_key, keys in by_lead.items():
        for contact in joined.of(lead_key, None):
            contact.won.update(keys)
    for act_lead, act_email, kind, direction, outcome in rows_of.attempts(session):
        if rules.is_attempt(agreement.contact, kind, direction, outcome):
            for contact in joined.of(act_lead, act_email):
                contact.attempted = True
    for said in rows_of.said_leads(session):
        for contact in joined.of(said, None):
            contact.attempted = True
    return list(joined.contacts.values())
