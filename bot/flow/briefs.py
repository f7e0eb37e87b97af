"""Marketing is told: once a working day what concerns it, and the same day which leads were not a fit.

The brief is gathered when it is made and keeps its figures, because pace needs all contacts of a period; only its
leads are looked at again before it is sent. What was told is not told again: a brief begins where the latest one
that was said, or had nothing to say, ended.
"""

from __future__ import annotations

import math
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from bot.domain import pace as rules
from bot.domain import worktime
from bot.domain.brief_facts import BlindLead, Brief, Feedback, NotAFit, Shortfall
from bot.domain.money import Money
from bot.domain.when import When, instant_text, parse_instant
from bot.domain.worth import rounded
from bot.flow import pace
from bot.flow.figures import day_of
from bot.flow.prepared import Drop, Hold, Prepared, Ready
from bot.render import brief as drawn
from bot.store import briefs, outbox, records

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from fractions import Fraction

    from bot.domain.agreement import Agreement
    from bot.flow.pace import Standing
    from bot.flow.ports import Office
    from bot.store.briefs import HandedOver, LeadShown, Misfit
    from bot.store.database import Session
    from bot.store.outbox import Message
    from bot.store.records import Contact, Stored

LEADS_NAMED: Final = 10
_OVERLAP: Final = timedelta(hours=1)
"""What was received shortly before a brief may be applied after it: the next one looks this far back again."""
_LONGEST_WAY_BACK: Final = 366

Facts = dict[str, Any]


# --- the brief: made ---


async def brief(office: Office) -> bool:
    """Put the brief of the day into the outbox if it is time and there is something to say; whether it was.

    The figures are gathered on a snapshot, so that nobody waits for them; the write is short. It costs next to nothing
    while it is not time.
    """
    now, agreement = office.clock.now(), office.agreement
    if not _is_time(agreement, now):
        return False
    if await office.database.read(lambda s: _was_made(s, agreement, now)):
        return False
    facts = await office.database.read(lambda s: _gathered(s, agreement, now))
    return await office.database.write(lambda s: _put(s, agreement, facts, now))


def daily(session: Session, agreement: Agreement, now: datetime) -> bool:
    """The same in one transaction: the first call after the opening of a working day decides, whatever it finds."""
    if not _is_time(agreement, now) or _was_made(session, agreement, now):
        return False
    return _put(session, agreement, _gathered(session, agreement, now), now)


def _is_time(agreement: Agreement, now: datetime) -> bool:
    """Whether today's work has begun and it is working time, in the agreement's zone."""
    calendar = agreement.calendar.in_zone(agreement.timezone)
    opening = rules.opening_of(calendar, day_of(now, agreement))
    return opening is not None and opening <= now and worktime.is_open(calendar, now)


def _was_made(session: Session, agreement: Agreement, now: datetime) -> bool:
    return outbox.by_key(session, _brief_key(agreement, now)) is not None


def _brief_key(agreement: Agreement, now: datetime) -> str:
    return f"brief:{day_of(now, agreement).isoformat()}"


def _put(session: Session, agreement: Agreement, facts: Facts, now: datetime) -> bool:
    number = outbox.put(
        session,
        key=_brief_key(agreement, now),
        kind="brief",
        target=agreement.team_channel,
        ref=facts,
        now=now,
        next_at=now,
    )
    if number is None:
        return False
    if facts["leads"] or facts["behind"]:
        return True
    outbox.settle(session, number, state="cancelled", next_at=None, error="there was nothing to tell")
    return False


def _gathered(session: Session, agreement: Agreement, now: datetime) -> Facts:
    """What a brief made now says, as it is kept: leads by key, promises by their figures, what it covers."""
    since, told = _begins(session, agreement, now)
    blind = [
        lead for lead in _blind(session, briefs.handed_over(session, since, now)) if lead.lead_key not in told
    ]
    today = day_of(now, agreement)
    behind = [
        standing
        for standing in pace.standings(session, agreement, today, now)
        if standing.pace.state == "behind"
    ]
    return {
        "day": today.isoformat(),
        "since": instant_text(since),
        "until": instant_text(now),
        "leads": [lead.lead_key for lead in blind[:LEADS_NAMED]],
        "more": len(blind[LEADS_NAMED:]),
        "told": [lead.lead_key for lead in blind if lead.known_at > now - _OVERLAP],
        "behind": [_kept(agreement, standing) for standing in behind],
    }


def _begins(session: Session, agreement: Agreement, now: datetime) -> tuple[datetime, frozenset[str]]:
    """Since when a brief tells, and which leads since then were told by the one before."""
    latest = briefs.latest_told(session)
    if latest is not None:
        return parse_instant(latest.ref["until"], "until") - _OVERLAP, frozenset(latest.ref["told"])
    untold = briefs.first(session)
    if untold is not None:
        return parse_instant(untold.ref["since"], "since"), frozenset()
    return _opening_before(agreement, now) - _OVERLAP, frozenset()


def _opening_before(agreement: Agreement, now: datetime) -> datetime:
    """When the working day before today began; a day ago where there was none within a year."""
    calendar = agreement.calendar.in_zone(agreement.timezone)
    today = day_of(now, agreement)
    for back in range(1, _LONGEST_WAY_BACK):
        opening = rules.opening_of(calendar, today - timedelta(days=back))
        if opening is not None:
            return opening
    return now - timedelta(days=1)


def _blind(session: Session, leads: Iterable[HandedOver]) -> list[HandedOver]:
    """Those of which nobody can tell what brought them; a contact is told once."""
    found: list[HandedOver] = []
    seen: set[str] = set()
    for lead in leads:
        if _has_source(lead.data) or lead.lead_key in seen:
            continue
        contact = records.contact_of(session, lead_keys=[lead.lead_key])
        seen.update(contact.lead_keys)
        if _is_blind(contact):
            found.append(lead)
    return found


def _is_blind(contact: Contact) -> bool:
    alive = _alive(contact)
    return bool(alive) and not any(_has_source(lead.record.data) for lead in alive)


def _has_source(data: dict[str, Any]) -> bool:
    return bool(data.get("asset") or data.get("campaign"))


def _alive(contact: Contact) -> list[Stored]:
    """The leads of a contact that are still there, merged ones last."""
    alive = [lead for lead in contact.leads if lead.columns["described"] and not lead.columns["deleted"]]
    return sorted(alive, key=lambda lead: lead.columns["merged_into"] is not None)


def _kept(agreement: Agreement, standing: Standing) -> Facts:
    """The figures of a promise in whole leads or minor units, in a form that JSON holds."""
    stands = standing.pace
    up: Callable[[Fraction], int] = math.ceil if standing.what == "leads" else rounded
    return {
        "channel": _readable(standing.channel),
        "period": standing.promise.period,
        "currency": agreement.currency if standing.what == "value" else None,
        "actual": _whole(stands.actual, rounded),
        "expected": _whole(stands.expected, up),
        "target": _whole(stands.target, rounded),
        "needed": _whole(stands.needed_per_working_day, up),
    }


def _whole(amount: Fraction | None, round_: Callable[[Fraction], int]) -> int | None:
    return None if amount is None else round_(amount)


def _readable(channel: str | None) -> str | None:
    """`paid_search` as people say it: `Paid search`."""
    words = channel.replace("_", " ") if channel else None
    return words[0].upper() + words[1:] if words else None


# --- the brief: said ---


def prepare_brief(session: Session, agreement: Agreement, message: Message, now: datetime) -> Prepared:
    """A brief is sent in working time of its own day; what is later told is the next one's.

    It is edited only where somebody in it is forgotten.
    """
    if message.ts is not None and not message.redraw:
        return Drop("a brief stays as it was sent")
    if message.ts is None and message.ref["day"] != day_of(now, agreement).isoformat():
        return Drop("its day is over; the next brief tells what still stands", stale=True)
    calendar = agreement.calendar.in_zone(agreement.timezone)
    if message.ts is None and not worktime.is_open(calendar, now):
        return Hold(worktime.next_opening(calendar, now), "the channel is told in working hours")
    contacts = [records.contact_of(session, lead_keys=[key]) for key in message.ref["leads"]]
    facts = Brief(
        day=date.fromisoformat(message.ref["day"]),
        leads=tuple(_named(contact) for contact in contacts if _is_blind(contact)),
        more=message.ref["more"],
        behind=tuple(_shortfall(told) for told in message.ref["behind"]),
    )
    if message.ts is None and not facts.leads and not facts.more and not facts.behind:
        return Drop("all of it was put right before it was sent")
    return Ready(drawn.brief(facts), agreement.team_channel)


def _named(contact: Contact) -> BlindLead:
    alive = _alive(contact)

    def first(name: str) -> str | None:
        return next((str(text) for lead in alive if (text := lead.record.get(name))), None)

    return BlindLead(first("name"), first("company"), first("email"), first("url"))


def _shortfall(told: Facts) -> Shortfall:
    currency = told["currency"]

    def amount(name: str) -> int | Money:
        return Money(told[name], currency) if currency else int(told[name])

    return Shortfall(
        channel=told["channel"],
        period=told["period"],
        actual=amount("actual"),
        expected=amount("expected"),
        target=amount("target"),
        needed=None if told["needed"] is None else amount("needed"),
    )


# --- leads that were not a fit ---


def put_feedback(session: Session, agreement: Agreement, at: datetime, now: datetime) -> None:
    """An answer `not a fit` was given at an instant, or taken back: the message of that day is to show it.

    One message a day of the agreement's zone, posted with the first such answer at whatever hour, then edited.
    """
    day = day_of(at, agreement).isoformat()
    key = f"feedback:{day}:1"
    message = outbox.by_key(session, key)
    if message is not None:
        outbox.show_again(session, message, now)
        return
    outbox.put(
        session,
        key=key,
        kind="feedback",
        target=agreement.team_channel,
        ref={"day": day},
        now=now,
        next_at=now,
    )


def prepare_feedback(session: Session, agreement: Agreement, message: Message, now: datetime) -> Prepared:  # noqa: ARG001  # all have one signature
    """The leads of the day as they are answered now; dropped if all was taken back before it was sent."""
    day = When(date.fromisoformat(message.ref["day"]), None)
    since, until = day.starts(agreement.timezone), day.ends(agreement.timezone) + _TICK
    misfits = briefs.not_a_fit(session, since, until)
    if not misfits and message.ts is None:
        return Drop("every such answer was taken back before it was told")
    shown = misfits[: drawn.LEADS_SHOWN]
    leads = briefs.leads_shown(session, [misfit.lead_key for misfit in shown])
    facts = Feedback(
        day=date.fromisoformat(message.ref["day"]),
        leads=tuple(_told(misfit, leads.get(misfit.lead_key)) for misfit in shown),
        more=len(misfits) - len(shown),
    )
    return Ready(drawn.feedback(facts), agreement.team_channel if message.ts is None else message.target)


_TICK: Final = timedelta(microseconds=1)


def _told(misfit: Misfit, lead: LeadShown | None) -> NotAFit:
    data: Facts = lead.data if lead else {}
    get = data.get
    return NotAFit(
        name=get("name"),
        company=get("company"),
        email=get("email"),
        url=get("url"),
        source=get("asset") or get("campaign") or get("channel"),
        reason=misfit.reason,
        words=misfit.words,
        deleted=lead.deleted if lead else False,
    )
