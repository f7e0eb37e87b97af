"""The list of open leads that a command shows: the most urgent first, each answerable where it stands.

What its reader answered in the last ten minutes stays in the list, with the answer and the way back.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Final, Literal

from bot.domain.answering import UNDO
from bot.domain.facts import Named
from bot.domain.sla_facts import QueueView
from bot.flow.lead_lines import Asked, at_stake, lines_of
from bot.flow.prepared import named
from bot.flow.whose import look_up
from bot.store import answers, clocks, people, queue

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from bot.domain.agreement import Agreement
    from bot.flow.lead_lines import Line
    from bot.flow.ports import Office
    from bot.store.answers import Answer
    from bot.store.clocks import Clock
    from bot.store.database import Session
    from bot.store.queue import OpenCall, OpenLead

LEADS_SHOWN: Final = 20
_POOL: Final = 200
"""Open leads among which those are looked for that nobody snoozed."""

_SAID: Final = frozenset({"said", "logged"})

Whose = Literal["mine", "team"] | Named


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads a list: the Slack account, and the e-mail address where it is known."""

    slack_id: str
    email: str | None


@dataclass(frozen=True, slots=True)
class _Entry:
    """A contact that is owed, or was answered just now, and what its place in the list follows from."""

    lead_key: str
    cycle: int
    steps: tuple[str, ...]
    """What asks for it: `attempt-2`, and the call that the lead had wished; the first that is open is shown."""
    due_at: datetime
    at_risk_at: datetime | None
    open: bool = True
    answered_at: datetime | None = None
    """When the reader answered it, if that was just now."""
    resting: bool = False
    """Whether it was snoozed before."""
    unseen: bool = False
    """Whether its owner said that contact was made, which does not count before the CRM shows it."""

    @property
    def place(self) -> tuple[str, int]:
        return self.lead_key, self.cycle

    @property
    def keys(self) -> list[tuple[str, int, str]]:
        return [(*self.place, step) for step in self.steps]

    def urgency(self, now: datetime) -> tuple[int, datetime, str]:
        """Late ones by how late, then those at risk, then the others by their due instants; then snoozed ones.

        Those of which nothing is asked any more come last.
        """
        if self.unseen:
            rank = 4
        elif self.resting:
            rank = 3
        elif self.due_at < now:
            rank = 0
        else:
            rank = 1 if self.at_risk_at is not None and self.at_risk_at <= now else 2
        return rank, self.due_at, self.lead_key


async def whose_queue(office: Office, reader: Reader) -> Whose:
    """Whose leads are shown to somebody who does not say: their own, if they have any; else the team's."""
    email = reader.email
    if email is None:
        return "team"
    return "mine" if await office.database.read(lambda s: queue.owns_leads(s, email)) else "team"


async def queue_view(office: Office, whose: Whose, reader: Reader) -> QueueView:
    """At most 20 open leads, the most urgent first, with what the reader answered in the last ten minutes.

    Nothing is written but the references of buttons that these leads never had in a list before.
    """
    now, agreement = office.clock.now(), office.agreement
    owner = reader.email if whose == "mine" else None if whose == "team" else whose.email
    everybody = whose == "team"

    def choose(session: Session) -> tuple[list[_Entry], list[tuple[str, int, str, datetime]], set[str]]:
        chosen = _chosen(session, agreement, owner, reader, now, everybody=everybody)
        known = queue.listed(session, {entry.lead_key for entry in chosen})
        missing = [(*key, entry.due_at) for entry in chosen for key in entry.keys if key not in known]
        keys = {entry.lead_key for entry in chosen}
        return chosen, missing, _owners(session, keys) if owner is None else set()

    chosen, missing, owners = await office.database.read(choose)
    if missing:
        await office.database.write(lambda s: queue.put_listed(s, missing))
    await look_up(office, owners)
    return await office.database.read(
        lambda s: _view(s, agreement, whose, owner, reader, chosen, now, everybody=everybody)
    )


async def queue_again(office: Office, scope: str, reader: Reader) -> QueueView:
    """The list with that `scope` as it is now, for the same reader."""
    if scope in {"mine", "team"}:
        return await queue_view(office, "mine" if scope == "mine" else "team", reader)
    whose = await office.database.read(lambda s: named(people.by_email(s, [scope]), scope))
    return await queue_view(office, whose, reader)


def _chosen(
    session: Session,
    agreement: Agreement,
    owner: str | None,
    reader: Reader,
    now: datetime,
    *,
    everybody: bool,
) -> list[_Entry]:
    """What the list shows: the reader's fresh answers, and the most urgent open leads."""
    open_leads = queue.open_leads(session, owner, now, _POOL, everybody=everybody)
    calls = {
        (one.lead_key, one.cycle): one for one in queue.open_calls(session, owner, now, everybody=everybody)
    }
    fresh = _fresh(session, owner, reader, now, calls, everybody=everybody)
    answered = {entry.place for entry in fresh}
    waiting = [_owed(one, calls) for one in open_leads if (one.lead_key, one.cycle) not in answered]
    waiting += [_wished(one) for place, one in calls.items() if not one.counted and place not in answered]
    given = answers.of_leads(session, {entry.lead_key for entry in waiting})
    resting, unseen = _resting(given, now), _unseen(agreement, given) - calls.keys()
    waiting = [replace(one, resting=one.place in resting, unseen=one.place in unseen) for one in waiting]
    waiting.sort(key=lambda entry: entry.urgency(now))
    shown = [*fresh, *waiting[: LEADS_SHOWN - len(fresh)]]
    return sorted(shown, key=lambda entry: entry.urgency(now))


def _owed(one: OpenLead, calls: Mapping[tuple[str, int], OpenCall]) -> _Entry:
    wished = calls.get((one.lead_key, one.cycle))
    steps = (f"attempt-{one.attempt}", *((wished.step,) if wished is not None else ()))
    return _Entry(one.lead_key, one.cycle, steps, one.due_at, one.at_risk_at)


def _wished(one: OpenCall) -> _Entry:
    return _Entry(one.lead_key, one.cycle, (one.step,), one.at, None)


def _fresh(
    session: Session,
    owner: str | None,
    reader: Reader,
    now: datetime,
    calls: Mapping[tuple[str, int], OpenCall],
    *,
    everybody: bool,
) -> list[_Entry]:
    """What the reader answered in the last ten minutes, of leads that belong into this list."""
    found: dict[tuple[str, int], _Entry] = {}
    for one in queue.answered_by(session, reader.slack_id, now - UNDO):
        place = one.lead_key, one.cycle
        clock = clocks.find(session, *place) if place not in found and len(found) < LEADS_SHOWN else None
        if clock is None:
            continue
        given = answers.of_leads(session, [one.lead_key])
        was = {answer.data["from"] for answer in given if answer.kind == "handed_over"}
        if not everybody and owner not in {clock.owner_email, *was}:
            continue
        step = f"attempt-{one.attempt}"
        shown = queue.listed(session, [one.lead_key]).get((*place, step))
        due_at = shown.due_at if shown is not None else clock.due_at
        risk_at = clock.at_risk_at if one.attempt == 1 else None
        open_ = place in calls or _is_open(clock, now)
        found[place] = _Entry(*place, (step,), due_at, risk_at, open=open_, answered_at=one.at)
    return list(found.values())


def _is_open(clock: Clock, now: datetime) -> bool:
    """Whether a contact is owed; as `queue.open_leads` sees it."""
    if clock.ended_at is not None or clock.stopped_at is None:
        return clock.ended_at is None
    follows = clock.follow_up == "open" and clock.attempt_due_at is not None
    return follows and clock.within_at is not None and clock.within_at >= now


def _resting(given: Iterable[Answer], now: datetime) -> set[tuple[str, int]]:
    return {
        (answer.lead_key, answer.cycle)
        for answer in given
        if answer.kind == "snoozed" and datetime.fromisoformat(answer.data["until"]) > now
    }


def _unseen(agreement: Agreement, given: Iterable[Answer]) -> set[tuple[str, int]]:
    """Where a contact was said to be made that does not count before the CRM shows it."""
    if agreement.contact.owner_word_counts:
        return set()
    counts = agreement.contact.counts
    return {
        (answer.lead_key, answer.cycle)
        for answer in given
        if answer.kind == "contacted" or (answer.kind == "logged" and answer.data["kind"] in counts)
    }


def _owners(session: Session, lead_keys: Iterable[str]) -> set[str]:
    found = clocks.of_leads(session, set(lead_keys))
    return {clock.owner_email for clock in found if clock.owner_email is not None}


def _view(
    session: Session,
    agreement: Agreement,
    whose: Whose,
    owner: str | None,
    reader: Reader,
    chosen: list[_Entry],
    now: datetime,
    *,
    everybody: bool,
) -> QueueView:
    known = queue.listed(session, {entry.lead_key for entry in chosen})
    asked = [
        Asked(known[key].ref, *key, entry.answered_at or now)  # a list asks when it is read
        for entry in chosen
        for key in entry.keys
        if key in known
    ]
    places = {entry.place: (place, entry) for place, entry in enumerate(chosen)}
    lines = [
        line
        for line in lines_of(session, agreement, asked, now, receiver=owner)
        if line.waits or line.lead.state == "snoozed" or _stays(line, places[_place(line)][1])
    ]
    lines.sort(key=lambda line: places[_place(line)][0])
    total = queue.count_open(session, owner, now, everybody=everybody)
    total += sum(not one.counted for one in queue.open_calls(session, owner, now, everybody=everybody))
    not_counted = not agreement.contact.owner_word_counts
    said = {line.lead.ref for line in lines if line.lead.state in _SAID and places[_place(line)][1].open}
    return QueueView(
        whose=whose,
        scope=whose if isinstance(whose, str) else whose.email,
        zone=_zone(session, agreement, reader),
        leads=tuple(line.lead for line in lines),
        more=max(0, total - sum(entry.open for entry in chosen)),
        late=sum(line.waits and line.lead.due < now for line in lines),
        at_stake=at_stake(agreement, lines),
        unseen=frozenset(said if not_counted else ()),
    )


def _stays(line: Line, entry: _Entry) -> bool:
    """Whether a line that asks for nothing is shown: answered just now, or not seen in the CRM yet."""
    return entry.answered_at is not None or (entry.unseen and line.lead.state in _SAID)


def _place(line: Line) -> tuple[str, int]:
    return line.asked.lead_key, line.asked.cycle


def _zone(session: Session, agreement: Agreement, reader: Reader) -> str:
    email = reader.email
    person = people.by_email(session, [email]).get(email) if email is not None else None
    return (person.timezone if person is not None else None) or agreement.timezone
