"""An explanation in words: titled lines that the message and the terminal both show. No markup, nothing escaped.

Times are wall time of the zone of the agreement, in the ledger of the zone of the working hours.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bot.domain.ledger import MOST, shortened
from bot.render.text import clean, counted
from bot.render.wall_time import WallClock, duration

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.domain.explain_facts import CycleFacts, Explanation, Happening, LeadOfContact, StepFacts
    from bot.domain.ledger import Entry

Line = tuple[str, ...]

_REASON: Final = 200
_BEGINS: Final = {
    "created": "when the lead was created",
    "matched": "when a tier first matched",
    "returned": "when the lead came back to sales",
}
_KINDS: Final = {"call": "call", "email": "e-mail", "meeting": "meeting", "message": "message"}
_TO: Final = {"owner": "the owner", "manager": "the manager", "channel": "the channel"}
_ONE: Final = frozenset({"1 h", "1 min", "1 s"})
_NOBODY: Final = frozenset({"the owner", "the manager"})
_EMPTY: Final = {
    "outside": "outside working hours",
    "weekly": "no working hours",
    "closed": "closed on that date by the agreement",
    "exception": "closed on that date by the agreement",
}


@dataclass(frozen=True, slots=True)
class Section:
    """A title and lines of one or more cells; the first cell of a line is a day, a time or a label."""

    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Room:
    """How much is told: lines of a ledger, of events and of messages; how many of the latest cycles in full."""

    ledger: int = MOST
    lines: int = 1_000_000
    cycles: int = 1_000_000
    summaries: int = 1_000_000


ALL: Final = Room()


def title_of(view: Explanation) -> str:
    """The lead's name with its company."""
    name, company = clean(view.name) or clean(view.lead_key), clean(view.company)
    return f"{name}, {company}" if company else name


def subtitle_of(view: Explanation) -> str:
    """The lead's key, of when this is, and whose times these are."""
    when = WallClock(view.zone, view.as_of).on(view.as_of.replace(second=0))
    return f"{clean(view.lead_key)} · as of {when} · times of {view.zone}"


def sections(view: Explanation, room: Room = ALL) -> tuple[Section, ...]:
    """All that is to be told, within a `room`: the contact, then cycle by cycle, the latest ones in full."""
    clock = WallClock(view.zone, view.as_of)
    found = []
    if view.note is not None:
        found.append(Section("No clock", ((clean(view.note, _REASON),),)))
    if len(view.leads) > 1 or any(lead.state != "known" for lead in view.leads):
        lines = [_lead(lead, clock) for lead in view.leads]
        found.append(Section("One contact", tuple(_latest(lines, room.lines, "lead"))))
    short = view.cycles[: -room.cycles] if room.cycles < len(view.cycles) else ()
    if short:
        lines = [(f"Clock {cycle.number}", verdict(cycle, clock)) for cycle in short[-room.summaries :]]
        left = len(short) - len(lines)
        more: list[Line] = [(f"{counted(left, 'earlier clock')} not shown here",)] if left else []
        found.append(Section("Earlier clocks", (*more, *lines)))
    for cycle in view.cycles[len(short) :]:
        found += _cycle(view, cycle, clock, room)
    if view.messages:
        lines = [_step(step, clock) for step in view.messages]
        found.append(Section("Other messages", tuple(_latest(lines, room.lines, "message"))))
    return tuple(found)


def verdict(cycle: CycleFacts, clock: WallClock) -> str:
    """How the clock stands, in a sentence."""
    used, agreed = duration(cycle.counted), duration(cycle.tier.first_contact)
    if cycle.state == "closed":
        return f"Closed {clock.on(cycle.counted_until)}: no first contact is owed any more."
    if cycle.contact is not None:
        how = "in time" if cycle.state == "met" else "late"
        were = "was" if agreed in _ONE else "were"
        return f"Contacted {how}: after {used} of working time; {agreed} {were} agreed."
    if cycle.state == "breached":
        over = duration(cycle.over) if cycle.over is not None else "0 min"
        if cycle.counts_to == "end":
            return f"No first contact by {clock.on(cycle.counted_until)}, when the lead left sales' hands: {over} late."
        return f"No first contact yet: {used} of working time have passed, {over} more than agreed."
    risk = ", at risk" if cycle.at_risk else ""
    return f"Running{risk}: {used} of the {agreed} agreed have passed."


def _cycle(view: Explanation, cycle: CycleFacts, clock: WallClock, room: Room) -> list[Section]:
    name = "The clock" if len(view.cycles) == 1 else f"Clock {cycle.number}"
    found = [Section(name, ((verdict(cycle, clock),), *_promise(cycle, clock)))]
    if cycle.ledger:
        place = "" if cycle.zone == view.zone else f" (times of {cycle.zone})"
        found.append(
            Section(
                f"Counted time{place}", tuple(_ledger(cycle, WallClock(cycle.zone, view.as_of), room.ledger))
            )
        )
    if cycle.happenings:
        lines = [_happening(one, clock) for one in cycle.happenings]
        found.append(Section("What happened", tuple(_latest(lines, room.lines, "event"))))
    if cycle.follow_up is not None:
        found.append(Section("Follow-up", tuple(_latest(_follow_up(cycle, clock), room.lines, "line"))))
    if cycle.steps:
        lines = [_step(step, clock) for step in cycle.steps]
        found.append(Section("Messages", tuple(_latest(lines, room.lines, "message"))))
    return found


def _latest(lines: Sequence[Line], most: int, what: str) -> list[Line]:
    """The latest lines; those before them are counted."""
    left = len(lines) - most
    if left <= 0:
        return list(lines)
    return [(f"{counted(left, f'earlier {what}')} not shown here",), *lines[left:]]


def _lead(lead: LeadOfContact, clock: WallClock) -> Line:
    why = {
        "asked": "the lead asked for",
        "same e-mail": "same e-mail",
        "merged": "merged" if lead.merged_into is None else f"merged into {clean(lead.merged_into)}",
        "same contact": "joined by another lead of the contact",
    }[lead.joined_by]
    if lead.joined_by == "asked" and lead.merged_into is not None:
        why += f", merged into {clean(lead.merged_into)}"
    if lead.state != "known":
        why += f", {lead.state}"
    created = f"created {clock.on(lead.created_at)}" if lead.created_at is not None else ""
    return (clean(lead.key), ", ".join(part for part in (why, created) if part))


def _promise(cycle: CycleFacts, clock: WallClock) -> list[Line]:
    tier, agreement = cycle.tier, cycle.agreement
    matched = ", ".join(clean(condition) for condition in tier.matched)
    why = (
        f"{clean(tier.name)}, because of {matched}"
        if matched
        else f"{clean(tier.name)}, which takes any lead"
    )
    since = f", in force since {clock.on(agreement.since)}" if agreement.since is not None else ""
    until = f" until {clock.on(agreement.until)}" if agreement.until is not None else ""
    same = cycle.created_at == cycle.started_at
    lines: list[Line] = [] if same else [("Created", clock.on(cycle.created_at))]
    lines += [
        ("Started", f"{clock.on(cycle.started_at)}, {_BEGINS[cycle.begins]}"),
        ("Tier", why),
        ("Agreed", f"first contact within {duration(tier.first_contact)} of working time"),
        ("Agreement", f"{clean(agreement.name)}{since}{until}"),
        ("At risk", clock.both(cycle.at_risk_at)),
        ("Due", clock.both(cycle.due_at)),
    ]
    if cycle.contact is not None:
        lines.append(("Contact", _contact(cycle, clock)))
    if cycle.state == "breached":
        lines.append(("At the breach", f"held by {clean(cycle.breached_owner) or 'nobody'}"))
    if cycle.owner is not None:
        lines.append(("Owner", clean(cycle.owner)))
    if cycle.snoozed_until is not None:
        lines.append(("Snoozed", f"until {clock.on(cycle.snoozed_until)}; the clock goes on"))
    return lines


def _contact(cycle: CycleFacts, clock: WallClock) -> str:
    contact = cycle.contact
    assert contact is not None  # noqa: S101  # its caller looked
    how = "seen in the CRM" if contact.how == "seen" else "said by the owner"
    kind = _KINDS.get(contact.kind or "", "")
    by = f" by {clean(contact.by)}" if contact.by else ""
    act = f"{kind}{by}, " if kind else ""
    logged = f", logged {clock.near(contact.logged_at, contact.at)}" if contact.logged_at is not None else ""
    corrected = "; until then it counted as missed, which was corrected" if cycle.corrected else ""
    early = "; before the lead was created, so it took no time" if contact.at < cycle.created_at else ""
    return f"{clock.on(contact.at)}, {act}{how}{logged}{corrected}{early}"


def _ledger(cycle: CycleFacts, clock: WallClock, most: int) -> list[Line]:
    lines = [_entry(entry, clock) for entry in shortened(cycle.ledger, most)]
    ends = {"contact": "the first contact", "end": "the end", "now": "now"}[cycle.counts_to]
    agreed = duration(cycle.tier.first_contact)
    lines.append((f"Up to {ends}", f"{duration(cycle.counted)} of {agreed}"))
    return lines


def _entry(entry: Entry, clock: WallClock) -> Line:
    day = clock.days(entry.first, entry.last)
    total = f"together {duration(entry.total)}" if entry.total != entry.counted else ""
    if entry.kind == "worked":
        hours = ", ".join(clock.span(since, until) for since, until in entry.spans)
        own = " (hours of that date)" if entry.own_hours else ""
        return (day, f"{hours}{own}", duration(entry.counted), total)
    if entry.kind == "paused":
        when = f"{clock.span(*entry.spans[0])} " if len(entry.spans) == 1 else ""
        return (day, f"{when}paused, {duration(entry.not_counted)} not counted: {clean(entry.reason)}")
    if entry.kind == "clocks":
        return (day, clock.change(entry.at, entry.shift) if entry.at is not None else "clocks change")
    if entry.kind == "summed":
        lost = f", {duration(entry.not_counted)} not counted" if entry.not_counted else ""
        return (day, f"{counted(entry.days, 'working day')}{lost}", duration(entry.counted), total)
    return (day, _EMPTY[entry.kind])


def _happening(one: Happening, clock: WallClock) -> Line:
    who, by = clean(one.who), clean(one.by)
    kind = _KINDS.get(one.more or "", "contact")
    until = clock.then(one.until, one.at) if one.until is not None else ""
    reply = "a reply asks for no more follow-up" if one.counts else "that is no contact by the agreement"
    pausing = "; the clock pauses until then" if one.counts else "; that moves no promise"
    decided = "" if one.counts else "; the first contact was judged by the one before"
    words = {
        "tier": f"the lead moved to tier {clean(one.more)}{decided}",
        "owned": f"{who} holds the lead" if who else "nobody holds the lead",
        "seen": f"{kind}{f' by {who}' if who else ''}, seen in the CRM",
        "said": f"{who or 'somebody'} said: {kind if one.more else 'contacted'}",
        "automatic": f"automatic {kind}, seen in the CRM, which does not count",
        "replied": f"{kind} from the lead, seen in the CRM; {reply}",
        "call back": f"they asked to be called {until}{pausing}",
        "snoozed": f"{by or 'somebody'} snoozed it until {until}",
        "offered": f"{by or 'somebody'} asked {who} to take it over",
        "accepted": f"{who} took it over",
        "declined": f"{who} could not take it over",
        "not a fit": f"not a fit: {clean(one.more)}",
        "qualified": f"qualified: {clean(one.more)}",
        "ended": f"left sales' hands: {clean(one.more) or 'no stage'}",
    }[one.kind]
    if one.logged_at is not None:
        words += f", logged {clock.near(one.logged_at, one.at)}"
    if not one.counts and one.kind in {"seen", "said"}:
        words += ", which does not count by the agreement"
    return (clock.on(one.at), words)


def _follow_up(cycle: CycleFacts, clock: WallClock) -> list[Line]:
    told = cycle.follow_up
    assert told is not None  # noqa: S101  # its caller looked
    within = clock.on(told.within_at)
    state = {
        "open": f"{told.made} of {told.agreed} contacts made; all are due by {within}",
        "kept": f"kept {clock.on(told.decided_at)}" if told.decided_at is not None else "kept",
        "broken": f"not kept: {told.made} of {told.agreed} contacts made by {within}",
    }[told.state]
    lines: list[Line] = [(state[0].upper() + state[1:],)]
    for attempt in told.attempts:
        due = f"due {clock.on(attempt.due_at)}"
        if attempt.made_at is None:
            made = "not made yet"
        else:
            late = ", late" if attempt.made_at > attempt.due_at else ""
            made = f"made {clock.near(attempt.made_at, attempt.due_at)}{late}"
        lines.append((f"Contact {attempt.number}", f"{due}, {made}"))
    if told.exhausted_at is not None:
        lines.append((f"No reply to all of them since {clock.on(told.exhausted_at)}: no more reminders",))
    return lines


def _step(step: StepFacts, clock: WallClock) -> Line:
    named = clean(step.to)
    to = "" if step.key.startswith(("handover:", "feedback:", "brief:")) else f", for {_TO.get(named, named)}"
    return (clock.on(step.due_at), f"{clean(step.what, _REASON)}{to}: {_outcome(step, clock)}")


def _outcome(step: StepFacts, clock: WallClock) -> str:
    at = clock.near(step.at, step.due_at) if step.at is not None else ""
    reason = clean(step.reason, _REASON)
    if step.outcome == "sent":
        return _sent(step, clock)
    if step.outcome == "waiting":
        if step.held_until is not None:
            return f"waits until {clock.on(step.held_until)} ({reason})"
        again = f"; tried again {at}" if at else ""
        return f"on its way{_where(step)}{again}" + (f" ({reason})" if reason else "")
    if step.outcome == "to come":
        held = f" ({reason} until {clock.on(step.held_until)})" if step.held_until is not None else ""
        return f"to come{held}"
    late = step.at is not None and step.at > step.due_at
    before = ", before anybody was told" if late else ""
    return {
        "sending": "being sent, or its fate is looked up",
        "failed": f"not sent: Slack does not take it ({reason})",
        "dropped": f"not sent: {reason}",
        "skipped": f"not sent: {reason}",
        "silent": f"not sent: it was due before the lead was {reason or 'known'} {at}",
        "contacted": f"not sent: contacted {at}{before}",
        "said": f"not sent: the owner said {at} that contact was made",
        "ended": f"not sent: the lead left sales' hands {at}",
        "exhausted": f"not sent: all contacts agreed were made {at}",
        "not due": "not sent: not due any more by what is known now",
        "due": "due now",
    }[step.outcome]


def _sent(step: StepFacts, clock: WallClock) -> str:
    at = clock.near(step.at, step.due_at) if step.at is not None else ""
    place = _where(step)
    if step.added_at is not None:
        words = f"added {clock.near(step.added_at, step.due_at)} to the message{place} sent {at}"
    else:
        words = f"sent {at}{place}"
    if step.instead_of in _NOBODY:
        words += f", since the lead has no known {step.instead_of.removeprefix('the ')}"
    elif step.instead_of is not None:
        words += f", in place of {clean(step.instead_of)}"
    if step.together is not None:
        words += f", together with “{clean(step.together, _REASON)}”"
    if step.held_until is not None:
        until = clock.then(step.held_until, step.due_at)
        return f"{words}, held until {until} ({clean(step.reason, _REASON)})"
    return f"{words}, {clean(step.reason, _REASON)}" if step.reason else words


def _where(step: StepFacts) -> str:
    if step.where is None:
        return ""
    return f" to {clean(step.where)}" if step.direct else f" in {clean(step.where)}"
