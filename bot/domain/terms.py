"""An agreement in words: what a person reads who wants to know what was agreed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from bot.domain import wording
from bot.domain.agreement import Wins

if TYPE_CHECKING:
    from datetime import date

    from bot.domain.agreement import Agreement, CreditRule, Tier

AHEAD: Final = timedelta(days=90)
"""How far ahead closed days are counted."""

_USUAL: Final = Wins()


@dataclass(frozen=True, slots=True)
class Terms:
    """An agreement as titled groups of short sentences. Holds text from outside as it was written."""

    name: str
    sections: tuple[tuple[str, tuple[str, ...]], ...]


def in_words(agreement: Agreement, today: date) -> Terms:
    """The whole agreement in sentences; closed days are counted over the 90 days from `today` on.

    Tiers, reasons and promises are all there; of closed days, rates and the like a few are named, the rest counted.
    """
    sections = (
        ("Working hours", _hours(agreement, today)),
        ("What is promised for which leads", _tiers(agreement)),
        ("What counts as a contact", _contact(agreement)),
        ("Reminders", _reminders(agreement)),
        ("Marketing's promises", _promises(agreement)),
        ("Deals", _deals(agreement, today)),
        ("People and channels", _people(agreement)),
    )
    return Terms(agreement.name, tuple((title, tuple(said)) for title, said in sections if said))


def _hours(agreement: Agreement, today: date) -> list[str]:
    calendar = agreement.calendar
    said = [_sentence(f"{wording.week(calendar)}, in {calendar.zone}")]
    if calendar.zone != agreement.timezone:
        said.append(f"Days and months are counted in {agreement.timezone}.")
    ahead = [when for when in sorted(calendar.closed) if today <= when < today + AHEAD]
    own = {when: given for when, given in sorted(calendar.exceptions.items()) if when >= today}
    closed = [when for when in ahead if when not in own]
    if calendar.closed:
        days = wording.counted(len(closed), "day") if closed else "No day"
        named = f": {wording.some([wording.day(when) for when in closed])}" if closed else ""
        said.append(f"{days} of the next {AHEAD.days} {'is' if len(closed) < 2 else 'are'} closed{named}.")
    if own:
        named = wording.some(
            [f"{wording.day(when)} ({wording.windows(given)})" for when, given in own.items()]
        )
        said.append(f"Days with hours of their own: {named}.")
    return said


def _tiers(agreement: Agreement) -> list[str]:
    return [_tier(tier, first=number == 0) for number, tier in enumerate(agreement.tiers)]


def _tier(tier: Tier, *, first: bool) -> str:
    who = wording.condition(tier.when) if tier.when is not None or first else "all other leads"
    gap = ""
    if tier.attempts > 1 and tier.min_gap:
        gap = f" Attempts less than {wording.lasting(tier.min_gap, working=False)} apart count as one."
    return f"{tier.name}, {who}: {wording.effort(tier)}.{gap}"


def _contact(agreement: Agreement) -> list[str]:
    rule = agreement.contact
    word = (
        "The owner's word counts, too" if rule.owner_word_counts else "The owner's word alone does not count"
    )
    return [
        _sentence(f"{wording.kinds(rule.counts)} by a person to the lead; automatic e-mails never count"),
        f"{word}.",
    ]


def _reminders(agreement: Agreement) -> list[str]:
    rule = agreement.reminders
    said = ["A new lead is told to its owner at once, in their working hours."] if rule.on_assignment else []
    for step in rule.steps:
        offer = f", with the offer to {step.offer}" if step.offer else ""
        said.append(_sentence(f"{wording.moment(step, rule.at_risk)}: {wording.receiver(step)}{offer}"))
    if not rule.steps:
        said.append("Nobody is reminded.")
    else:
        bundle = wording.counted(rule.bundle // timedelta(minutes=1), "minute")
        together = (
            f"what falls due within {bundle} is one message" if rule.bundle else "each moment is one message"
        )
        most = wording.counted(rule.max_per_person_per_day, "message")
        said.append(f"At most {most} for a person in a day; {together}.")
    times = wording.counted(rule.max_snoozes, "time")
    said.append(f"A lead can be put off {times}." if rule.max_snoozes else "No lead can be put off.")
    said.append(f"Not a fit can be: {wording.listed(rule.not_a_fit, 'or')}.")
    said.append(f"Where there is no owner, manager or Slack account, {rule.channel} is told.")
    return said


def _promises(agreement: Agreement) -> list[str]:
    return [
        _sentence(f"{wording.through(promise)}: {wording.promised(promise, agreement.currency)}")
        for promise in agreement.promises
    ]


def _deals(agreement: Agreement, today: date) -> list[str]:
    stages = agreement.stages
    said = [
        f"Open stages: {wording.listed(stages.open)}.",
        f"Won: {wording.listed(stages.won)}. Lost: {wording.listed(stages.lost) or 'none'}.",
    ]
    if stages.probability:
        chances = [f"{name} {wording.percent(chance)}" for name, chance in stages.probability.items()]
        said.append(f"Chance of winning: {wording.listed(chances)}.")
    said += _wins(agreement)
    said += _credit(agreement.credit)
    known = {rate.currency: agreement.rate_on(rate.currency, today) for rate in agreement.rates}
    rates = [
        f"1 {name} is {wording.amount(rate, agreement.currency)}" for name, rate in known.items() if rate
    ]
    said.append(f"Reports are in {agreement.currency}{f'; {wording.some(rates)}' if rates else ''}.")
    return said


def _wins(agreement: Agreement) -> list[str]:
    """Where wins are told; of what is seldom written only what is not the default."""
    wins, currency = agreement.wins, agreement.currency
    days = wording.counted(wins.fresh.days, "day")
    said = [f"Wins are told in {wins.channel}, if they are at most {days} old."]
    if wins.minimum:
        said.append(f"Wins below {wording.amount(wins.minimum, currency)} have no card.")
    said += [
        _sentence(f"{wording.fitting(route, currency)} are told in {route.channel}, too")
        for route in wins.routes
    ]
    said += [f"Goal for {wording.aim(goal)}: {wording.amount(goal.amount, currency)}." for goal in wins.goals]
    if wins.group_after != _USUAL.group_after:
        many = wording.counted(wins.group_after, "win")
        said.append(f"More than {many} within a minute are one message.")
    if wins.rank_people:
        said.append("An order of single people is shown, too.")
    if wins.shown != _USUAL.shown:
        said.append(f"Of the customer, channels see {wording.of_customer(wins.shown)}.")
    return said


def _credit(rule: CreditRule) -> list[str]:
    shares = f" ({wording.shares(rule.position)})" if rule.model == "position" else ""
    decay = f" ({wording.half_life(rule.half_life_days)})" if rule.model == "time_decay" else ""
    said = [
        f"Credit: {wording.model(rule.model)}{shares}{decay}; {wording.lookback(rule.lookback_days)} count."
    ]
    if rule.contributors:
        helped = [f"{role} {wording.percent(share)}" for role, share in rule.contributors.items()]
        said.append(f"Who helped gets, where the deal does not say: {wording.listed(helped)}.")
    return said


def _people(agreement: Agreement) -> list[str]:
    said = [f"Both sides read what concerns them all in {agreement.team_channel}."]
    if agreement.admins:
        said.append(f"Looked after by {wording.listed(agreement.admins)}.")
    return said


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}."
