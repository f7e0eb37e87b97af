"""What changed between two agreements, in short sentences: what holds now, and what held before."""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from bot.domain import wording

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from bot.domain.agreement import Agreement, Tier

_UNIT: Final = re.compile(r" ((?:working )?(?:hour|minute|attempt|day|message|lead))s?$")
_MINUTE: Final = timedelta(minutes=1)


def difference(before: Agreement, after: Agreement, today: date | None = None) -> tuple[str, ...]:
    """A sentence for each thing that is agreed otherwise now; none for two agreements that mean the same.

    Covers every key of the agreement. Of dates, rates and chances a few are named and the rest is counted; where
    closed days of `today` or later changed, those before it are left out.
    """
    return (
        *_changes(_at_the_top(before), _at_the_top(after)),
        *_changes(_rates(before), _rates(after), most=wording.SHOWN),
        *_hours(before, after, today),
        *_changes(_stages(before), _stages(after)),
        *_changes(_chances(before), _chances(after), most=wording.SHOWN),
        *_tiers(before.tiers, after.tiers),
        *_changes(_contact(before), _contact(after)),
        *_changes(_reminders(before), _reminders(after)),
        *_steps(before, after),
        *_changes(_wins(before), _wins(after)),
        *_changes(_routes(before), _routes(after), without="told in no other channel"),
        *_changes(_goals(before), _goals(after)),
        *_changes(_credit(before), _credit(after)),
        *_promises(before, after),
    )


def _changes(
    before: Mapping[str, str], after: Mapping[str, str], *, without: str = "none", most: int | None = None
) -> Iterator[str]:
    """`Subject: new, before old.` for each subject that is said otherwise; `without` where one does not have it."""
    pairs = {s: (after.get(s, without), before.get(s, without)) for s in {**after, **before}}
    changed = [(subject, now, was) for subject, (now, was) in pairs.items() if now != was]
    for subject, now, was in changed[:most]:
        yield f"{subject}: {now}, before {_short(was, now)}."
    if most is not None and len(changed) > most:
        yield f"And {len(changed) - most} more of that kind."


def _short(was: str, now: str) -> str:
    """What held before, without the unit that both have."""
    old, new = _UNIT.search(was), _UNIT.search(now)
    return was[: old.start()] if old and new and old[1] == new[1] else was


def _at_the_top(agreement: Agreement) -> dict[str, str]:
    zones = {"Time zone": agreement.timezone}
    if agreement.calendar.zone != agreement.timezone:
        zones["Time zone of the working hours"] = agreement.calendar.zone
    return (
        {"Name of the agreement": agreement.name}
        | zones
        | {
            "Currency of the reports": agreement.currency,
            "Looked after by": wording.listed(sorted(agreement.admins)) or "nobody",
            "Channel for both sides": agreement.digest_channel or "that of the reminders",
        }
    )


def _rates(agreement: Agreement) -> dict[str, str]:
    return {
        f"Worth of 1 {rate.currency}{f' from {wording.day(rate.since)} on' if rate.since else ''}": (
            wording.amount(rate.rate, agreement.currency)
        )
        for rate in agreement.rates
    }


def _hours(before: Agreement, after: Agreement, today: date | None) -> Iterator[str]:
    old, new = before.calendar, after.calendar
    yield from _changes({"Working hours": wording.week(old)}, {"Working hours": wording.week(new)})
    for words, days in (
        ("Closed now", new.closed - old.closed),
        ("Not closed any more", old.closed - new.closed),
    ):
        ahead = [when for when in days if today is None or when >= today]
        if days:
            yield f"{words}: {wording.some([wording.day(when) for when in sorted(ahead or days)])}."
    own = [
        {f"Hours on {wording.day(when)}": wording.windows(days[when]) for when in sorted(days)}
        for days in (old.exceptions, new.exceptions)
    ]
    yield from _changes(*own, without="as on other days", most=wording.SHOWN)


def _stages(agreement: Agreement) -> dict[str, str]:
    stages = agreement.stages
    return {
        "Open stages": wording.listed(stages.open),
        "Stages that are won": wording.listed(stages.won),
        "Stages that are lost": wording.listed(stages.lost) or "none",
    }


def _chances(agreement: Agreement) -> dict[str, str]:
    chances = agreement.stages.probability.items()
    return {f"Chance of winning from {stage}": wording.percent(chance) for stage, chance in chances}


def _tiers(before: Sequence[Tier], after: Sequence[Tier]) -> Iterator[str]:
    old, new = ({tier.name: tier for tier in tiers} for tiers in (before, after))
    for name, tier in new.items():
        if name not in old:
            yield f"New tier {name}, {wording.condition(tier.when)}: {wording.effort(tier)}."
            continue
        for line in _lines(old[name], tier):
            yield f"Tier {name}: {line}"
    for name in old:
        if name not in new:
            yield f"Tier {name} is gone."
    kept = [name for name in new if name in old]
    if kept != [name for name in old if name in new]:
        yield f"Tiers are tried in another order now: {wording.listed([*new])}."


def _lines(before: Tier, after: Tier) -> Iterator[str]:
    """What changed within a tier, as in `first contact within 2 working hours, before within 1`."""
    for name, now, was in (
        ("takes ", wording.condition(after.when), wording.condition(before.when)),
        ("first contact ", _within(after.first_contact), _within(before.first_contact)),
        ("", wording.attempts(after), wording.attempts(before)),
        ("", wording.spacing(after), wording.spacing(before)),
        ("all attempts ", _within(after.within), _within(before.within)),
        ("attempts count as one ", _less(after.min_gap), _less(before.min_gap)),
    ):
        if now != was:
            yield f"{name}{now}, before {_short(was, now)}."


def _within(span: timedelta) -> str:
    return f"within {wording.lasting(span)}"


def _less(span: timedelta) -> str:
    return f"below {wording.lasting(span, working=False)}"


def _contact(agreement: Agreement) -> dict[str, str]:
    rule = agreement.contact
    return {
        "What counts as a contact": wording.kinds(rule.counts),
        "The owner's word": "counts" if rule.owner_word_counts else "does not count",
    }


def _reminders(agreement: Agreement) -> dict[str, str]:
    rule = agreement.reminders
    return {
        "Channel of the reminders": rule.channel,
        "A new lead": "told to its owner at once" if rule.on_assignment else "not told to its owner at once",
        "At risk": f"after {wording.percent(rule.at_risk)} of the time",
        "At most for a person in a day": wording.counted(rule.max_per_person_per_day, "message"),
        "One message for what falls due within": wording.counted(rule.bundle // _MINUTE, "minute"),
        "A lead can be put off": wording.counted(rule.max_snoozes, "time"),
        "Not a fit can be": wording.listed(rule.not_a_fit, "or"),
    }


def _steps(before: Agreement, after: Agreement) -> Iterator[str]:
    old, new = ({step.key: step for step in agreement.reminders.steps} for agreement in (before, after))
    at_risk = after.reminders.at_risk
    for key, step in {**new, **old}.items():
        words = f"{wording.moment(step, at_risk)} to {wording.receiver(step)}"
        if key not in old:
            yield f"New reminder {words}{f', with the offer to {step.offer}' if step.offer else ''}."
        elif key not in new:
            yield f"No reminder {words} any more."
        elif new[key].offer != old[key].offer:
            yield f"The reminder {words} {wording.offer(new[key])}, before {wording.offer(old[key])}."


def _wins(agreement: Agreement) -> dict[str, str]:
    wins = agreement.wins
    below = f"below {wording.amount(wins.minimum, agreement.currency)}" if wins.minimum else "none"
    return {
        "Channel of the wins": wins.channel,
        "A win is told within": wording.counted(wins.fresh.days, "day"),
        "Wins without a card": below,
        "One message for more wins within a minute than": str(wins.group_after),
        "An order of single people": "shown" if wins.rank_people else "not shown",
        "What channels see of the customer": wording.of_customer(wins.shown),
    }


def _routes(agreement: Agreement) -> dict[str, str]:
    """Where else wins are told; two routes with one condition are told as one."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for route in agreement.wins.routes:
        words = wording.fitting(route, agreement.currency)
        found[words[:1].upper() + words[1:]].append(route.channel)
    return {subject: f"told in {wording.listed(channels)}, too" for subject, channels in found.items()}


def _goals(agreement: Agreement) -> dict[str, str]:
    return {
        f"Goal for {wording.aim(goal)}": wording.amount(goal.amount, agreement.currency)
        for goal in agreement.wins.goals
    }


def _credit(agreement: Agreement) -> dict[str, str]:
    rule = agreement.credit
    roles = {
        f"Share of somebody who helped as {role}": wording.percent(share)
        for role, share in rule.contributors.items()
    }
    return {
        "Credit": wording.model(rule.model),
        "Fixed shares of the first and the last touch": wording.shares(rule.position),
        "Half the weight of a touch is gone after": wording.counted(rule.half_life_days, "day"),
        "Credit goes to": wording.lookback(rule.lookback_days),
        **roles,
    }


def _promises(before: Agreement, after: Agreement) -> Iterator[str]:
    old, new = _promised(before), _promised(after)
    for subject, words in {**new, **old}.items():
        if subject not in old:
            yield f"New promise {subject}: {words}."
        elif subject not in new:
            yield f"No promise {subject} any more."
        elif new[subject] != old[subject]:
            yield f"Promise {subject}: {new[subject]}, before {_short(old[subject], new[subject])}."


def _promised(agreement: Agreement) -> dict[str, str]:
    """What is promised for each period and channel; two promises for the same are told as one."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for promise in agreement.promises:
        found[wording.through(promise)].append(wording.promised(promise, agreement.currency))
    return {subject: wording.listed(sorted(words)) for subject, words in found.items()}
