"""The parts of an agreement in words: short phrases, from which sentences about it and about its changes are made."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Final

from bot.domain.agreement import When

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bot.domain.agreement import Goal, Promise, Route, Step, Tier
    from bot.domain.worktime import Calendar, Windows

SHOWN: Final = 5
"""How many dates, rates or stages of one kind are named; the rest is counted."""

_DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_ROUND_THE_CLOCK: Final = ((0, 1440),)
_HOUR: Final = timedelta(hours=1)
_MINUTE: Final = timedelta(minutes=1)
_MICROSECOND: Final = timedelta(microseconds=1)
_PLACES: Final = Decimal("0.000001")
_RUN: Final = 3
_TO: Final = {"owner": "the owner", "manager": "the manager", "channel": "the channel"}
_KINDS: Final = {"call": "calls", "email": "e-mails", "meeting": "meetings", "message": "messages"}
_MODELS: Final = {
    "first": "the first touch gets all",
    "last": "the last touch gets all",
    "linear": "all touches get the same",
    "position": "the first and the last touch get a fixed share, those between them the rest",
    "u_lead": "40% for the first touch and 40% for the one that made the lead, the others the rest",
    "w": "30% each for the first touch and those that made the lead and the deal, the others the rest",
    "full_path": (
        "22.5% each for the first touch, those that made the lead and the deal, and the last one, the others the rest"
    ),
    "time_decay": "the older a touch, the less it gets",
}
_SHOWN_OF_CUSTOMER: Final = {
    "company": "the company",
    "contact": "the company and the contact's name",
    "none": "nothing",
}


def listed(parts: Sequence[str], last: str = "and") -> str:
    """`a`, `a and b`, `a, b and c`."""
    return f" {last} ".join((", ".join(parts[:-1]), parts[-1])) if len(parts) > 1 else "".join(parts)


def some(parts: Sequence[str], most: int = SHOWN) -> str:
    """All of a few; of many the first, `and 3 more`."""
    if len(parts) <= most:
        return listed(parts)
    return f"{', '.join(parts[:most])} and {len(parts) - most} more"


def counted(count: int | Decimal, singular: str, plural: str | None = None) -> str:
    """`1 lead`, `500 leads`, `1.5 hours`."""
    return f"{number(Decimal(count))} {singular if count == 1 else plural or f'{singular}s'}"


def number(value: Decimal) -> str:
    """`1,000.5`: exactly, without needless zeros."""
    plain = f"{value:,f}"
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


def percent(share: Decimal) -> str:
    """A share exactly: `75%`, `12.5%`."""
    return f"{number(share * 100)}%"


def amount(value: Decimal, currency: str) -> str:
    """`500,000 USD`."""
    return f"{number(value)} {currency}"


def lasting(span: timedelta, *, working: bool = True) -> str:
    """`1.5 working hours`, `20 working minutes` below an hour; without `working`, hours of the clock on the wall."""
    kind = "working " if working else ""
    if timedelta(0) < span < _HOUR and span % _MINUTE == timedelta(0):
        return counted(span // _MINUTE, f"{kind}minute")
    exact = Decimal(span // _MICROSECOND) / Decimal(_HOUR // _MICROSECOND)
    return counted(exact.quantize(_PLACES, ROUND_HALF_UP), f"{kind}hour")


def day(when: date) -> str:
    """`24 Dec 2026`."""
    return f"{when.day} {_MONTHS[when.month - 1]} {when.year}"


def windows(given: Windows) -> str:
    """`09:00-12:30 and 13:30-17:30`; `closed` for none."""
    return listed([f"{_clock(start)}-{_clock(end)}" for start, end in given]) or "closed"


def week(calendar: Calendar) -> str:
    """`Monday to Thursday 09:00-17:00; Friday 09:00-15:00`: days with the same windows together, no closed ones."""
    if all(given == _ROUND_THE_CLOCK for given in calendar.weekly):
        return "round the clock, every day"
    groups: dict[Windows, list[int]] = {}
    for weekday, given in enumerate(calendar.weekly):
        if given:
            groups.setdefault(given, []).append(weekday)
    return "; ".join(f"{_weekdays(numbers)} {windows(given)}" for given, numbers in groups.items())


def condition(when: When | None) -> str:
    """`leads with a score of 80 or more, channel organic or paid_search`; `all leads` without a condition."""
    given = when or When()
    parts = [] if given.min_score is None else [f"a score of {number(given.min_score)} or more"]
    parts += [
        f"{name} {listed(names, 'or')}"
        for name, names in (
            ("channel", given.channel),
            ("campaign", given.campaign),
            ("asset", given.asset),
            ("stage", given.stage),
            ("type", given.type),
            ("segment", given.segment),
            ("team", given.team),
        )
        if names
    ]
    return f"leads with {', '.join(parts)}" if parts else "all leads"


def spacing(tier: Tier) -> str:
    """`8 working hours apart`; each gap where they differ."""
    if len(set(tier.spacing)) == 1:
        return f"{lasting(tier.spacing[0])} apart"
    return f"{listed([lasting(span) for span in tier.spacing])} apart" if tier.spacing else "no spacing"


def attempts(tier: Tier) -> str:
    """`6 attempts`."""
    return counted(tier.attempts, "attempt")


def first_contact(tier: Tier) -> str:
    """`first contact within 1 working hour`."""
    return f"first contact within {lasting(tier.first_contact)}"


def effort(tier: Tier) -> str:
    """What is done for a lead of a tier: the first contact, then the attempts that follow where there are any."""
    if tier.attempts == 1:
        return first_contact(tier)
    within = f"all within {lasting(tier.within)}"
    return ", ".join((first_contact(tier), attempts(tier), spacing(tier), within))


def moment(step: Step, at_risk: Decimal) -> str:
    """When a step is due: `after 75% of the time`, `at the breach`, `50% of the time after the breach`."""
    if step.at == "at_risk":
        return f"after {percent(at_risk)} of the time"
    if step.at == "breach":
        return "at the breach"
    return f"{step.at.removeprefix('breach+')} of the time after the breach"


def receiver(step: Step) -> str:
    """`the owner`, `the manager`, `the channel`, or an address."""
    return _TO.get(step.to, step.to)


def offer(step: Step) -> str:
    """`offers to hand over`; `offers nothing`."""
    return f"offers to {step.offer}" if step.offer else "offers nothing"


def kinds(counts: Iterable[str]) -> str:
    """`calls, e-mails, meetings and messages`, in this order."""
    given = set(counts)
    return listed([words for kind, words in _KINDS.items() if kind in given])


def model(name: str) -> str:
    """How a win is shared, in words."""
    return _MODELS.get(name, name)


def shares(first_and_last: tuple[Decimal, Decimal]) -> str:
    """`40% and 40%`."""
    return listed([percent(share) for share in first_and_last])


def lookback(days: int) -> str:
    """`touches of the 90 days before the win`; 0 is no limit."""
    return f"touches of the {counted(days, 'day')} before the win" if days else "touches of all time"


def half_life(days: int) -> str:
    """`half of its weight is gone after 30 days`."""
    return f"half of its weight is gone after {counted(days, 'day')}"


def fitting(route: Route, currency: str) -> str:
    """`wins with an amount of 50,000 USD or more, team EMEA or APAC`."""
    parts = [] if route.min_amount is None else [f"an amount of {amount(route.min_amount, currency)} or more"]
    named = (("kind", (route.kind,) if route.kind else ()), ("segment", route.segment), ("team", route.team))
    parts += [f"{name} {listed(names, 'or')}" for name, names in named if names]
    return f"wins with {', '.join(parts)}"


def aim(goal: Goal) -> str:
    """`each month`, `each quarter, team EMEA`."""
    return f"each {goal.period}{f', team {goal.team}' if goal.team else ''}"


def of_customer(shown: str) -> str:
    """What a channel shows of the customer, in words."""
    return _SHOWN_OF_CUSTOMER[shown]


def through(promise: Promise) -> str:
    """`each month, all channels`."""
    channel = "all channels" if promise.channel == "all" else f"channel {promise.channel}"
    return f"each {promise.period}, {channel}"


def promised(promise: Promise, currency: str) -> str:
    """`500 leads worth 500,000 USD`, or one of the two."""
    if promise.leads is None:
        return f"leads worth {amount(promise.value or Decimal(0), currency)}"
    leads = counted(promise.leads, "lead")
    return leads if promise.value is None else f"{leads} worth {amount(promise.value, currency)}"


def _clock(minute: int) -> str:
    """A minute of the day as a clock shows it; one past midnight is of the next day."""
    shown = minute if minute <= _ROUND_THE_CLOCK[0][1] else minute - _ROUND_THE_CLOCK[0][1]
    return f"{shown // 60:02}:{shown % 60:02}"


def _weekdays(numbers: Sequence[int]) -> str:
    """`Monday to Friday`, `Monday and Wednesday`."""
    runs: list[list[int]] = []
    for weekday in numbers:
        if runs and weekday == runs[-1][-1] + 1:
            runs[-1].append(weekday)
        else:
            runs.append([weekday])
    parts: list[str] = []
    for run in runs:
        names = [_DAYS[weekday] for weekday in run]
        parts += [f"{names[0]} to {names[-1]}"] if len(run) >= _RUN else names
    return listed(parts)
