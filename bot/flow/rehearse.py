"""Rehearse: an agreement run over the stored past beside the one in force. Reads only; sends and writes nothing."""

from __future__ import annotations

import os
from collections import deque
from concurrent.futures import BrokenExecutor, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cache
from multiprocessing import get_context
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from bot.domain.when import When, instant_text, zone_named
from bot.domain.worth import BY, Origin
from bot.errors import UsageError
from bot.flow import worth
from bot.flow.figures import Period
from bot.flow.leads import LATE_ARRIVAL
from bot.flow.people import somebody
from bot.flow.rehearse_figures import Known, breached, difference, figures_of
from bot.flow.rehearse_work import Ground, Material, Outcome, outcomes
from bot.store import answers, people
from bot.store import figures as rows_of
from bot.store import rehearsal as rows
from bot.store.rehearsal import count_leads

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from bot.domain.agreement import Agreement
    from bot.store.database import Session
    from bot.store.figures import LeadFacts
    from bot.store.people import Person

DAYS: Final = 90
"""How many days are rehearsed where nothing else is asked for, today among them."""
NAMED: Final = 20
"""How many leads with another verdict are named."""

_CHUNK: Final = 500
_MANY: Final = 4000
"""Contacts from which on other processes are worth their start."""
_MOST_PROCESSES: Final = 4

Advance: TypeAlias = "Callable[[int], None]"

__all__ = ["DAYS", "NAMED", "Rehearsal", "count_leads", "period_of", "rehearse"]


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What came out: figures under the agreement in force and under the rehearsed one, and how they differ."""

    period: Period
    currency: str
    present: dict[str, Any]
    rehearsed: dict[str, Any]
    difference: dict[str, Any]
    newly_breached: tuple[str, ...]
    no_longer_breached: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """The JSON object of the command."""
        return {
            "rehearsal": {
                "from": _day_text(self.period.first),
                "to": _day_text(self.period.last),
                "as_of": instant_text(self.period.as_of),
                "currency": self.currency,
                "present": self.present,
                "rehearsed": self.rehearsed,
                "difference": self.difference,
                "newly_breached": _named(self.newly_breached),
                "no_longer_breached": _named(self.no_longer_breached),
            }
        }


def period_of(agreement: Agreement, first: date | None, last: date | None, now: datetime) -> Period:
    """The days to rehearse, in the zone of the agreement in force: the last 90 up to now, unless others are given.

    Raises UsageError where the first day lies after the last.
    """
    last = last or now.astimezone(zone_named(agreement.timezone)).date()
    first = first or last - timedelta(days=DAYS - 1)
    if first > last:
        raise UsageError(f"--from {first} lies after --to {last}; choose days that have passed, in their order")
    return Period(first, last, now)


def rehearse(
    session: Session,
    present: Agreement,
    rehearsed: Agreement,
    period: Period,
    advance: Advance = lambda _: None,
    processes: int | None = None,
) -> Rehearsal:
    """Run both agreements over the contacts whose clock started in the period, in one read transaction.

    Each judges the whole period by itself, whatever was in force on the day. `advance` is told how many described leads
    (`count_leads`) are done. `processes` is how many may share the work; default: one for each processor, up to 4.
    """
    described = rows_of.described_leads(session)
    everyone = {person.email: person for person in people.everyone(session)}
    ground = _ground(present, rehearsed, period, everyone)
    candidates = _candidates(session, present, ground, described)
    advance(len(described) - sum(len(each.created) for each in candidates))
    found = tuple(Outcome([], []) for _ in ground.agreements)
    with _workers(ground, len(candidates), processes) as work:
        for size, results in work(_chunks(session, candidates)):
            for all_, part in zip(found, results, strict=True):
                all_.verdicts.extend(part.verdicts)
                all_.told.extend(part.told)
            advance(size)
    known = Known(
        present=present,
        people={email: somebody(person) for email, person in everyone.items()},
        names={email: person.name for email, person in everyone.items()},
        value=_values(worth.live(session, present, period.as_of, described), described),
        now=period.as_of,
    )
    one, other = (
        figures_of(agreement, outcome, known)
        for agreement, outcome in zip(ground.agreements, found, strict=True)
    )
    before, after = (breached(outcome) for outcome in found)
    return Rehearsal(
        period=period,
        currency=present.currency,
        present=one,
        rehearsed=other,
        difference=difference(one, other),
        newly_breached=tuple(sorted(after - before)),
        no_longer_breached=tuple(sorted(before - after)),
    )


def _ground(
    present: Agreement, rehearsed: Agreement, period: Period, everyone: Mapping[str, Person]
) -> Ground:
    zone = present.timezone
    first = When(period.first, None).starts(zone)
    last = min(When(period.last, None).ends(zone), period.as_of)
    teams = {email: person.team for email, person in everyone.items()}
    both = (replace(present, earlier=()), replace(rehearsed, earlier=()))
    return Ground(both, teams, first, last, period.as_of)


# --- reading -------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Candidate:
    """A contact that may have a clock in the period."""

    lead_keys: list[str]
    emails: list[str]
    created: dict[str, datetime]
    quiet_before: datetime | None


def _candidates(
    session: Session, present: Agreement, ground: Ground, described: Sequence[LeadFacts]
) -> list[_Candidate]:
    """The contacts of which a lead was created, or something was stated, in the period."""
    created = {lead.key: _created(lead, present.timezone) for lead in described}
    stated = rows.stated_between(session, ground.first, ground.last)
    arrived = rows.arrivals(session)
    found = []
    for keys, emails in _contacts(session, described):
        alive = {key: created[key] for key in keys if key in created}
        if any(key in stated or ground.first <= at <= ground.last for key, at in alive.items()):
            quiet = _quiet_before([arrived[key] for key in alive], min(alive.values()))
            found.append(_Candidate(keys, emails, alive, quiet))
    return found


def _created(lead: LeadFacts, zone: str) -> datetime:
    told = lead.data.get("created_at")
    return When.parse(str(told), "created_at").starts(zone) if told else lead.first_at


def _quiet_before(
    arrived: Iterable[tuple[datetime, datetime | None]], created: datetime
) -> datetime | None:
    """A contact that came late is not told of what was due before; an imported one is taken as if it had come in time."""
    received = []
    for at, imported in arrived:
        if imported is not None:
            return None
        received.append(at)
    first = min(received)
    return first if first - created > LATE_ARRIVAL else None


def _contacts(session: Session, described: Sequence[LeadFacts]) -> Iterator[tuple[list[str], list[str]]]:
    """The leads and addresses of each contact: leads joined by e-mail or merge."""
    parent: dict[str, str] = {f"l:{lead.key}": f"l:{lead.key}" for lead in described}

    def root(name: str) -> str:
        parent.setdefault(name, name)
        while parent[name] != name:
            parent[name] = parent[parent[name]]
            name = parent[name]
        return name

    for key, email, merged_into in rows_of.lead_links(session):
        for other in (merged_into and f"l:{merged_into}", email and f"e:{email}"):
            if other:
                parent[root(f"l:{key}")] = root(other)
    members: dict[str, tuple[list[str], list[str]]] = {}
    for name in parent:
        keys, emails = members.setdefault(root(name), ([], []))
        (keys if name.startswith("l:") else emails).append(name[2:])
    yield from members.values()


def _chunks(session: Session, candidates: Sequence[_Candidate]) -> Iterator[list[Material]]:
    for start in range(0, len(candidates), _CHUNK):
        yield _read(session, candidates[start : start + _CHUNK])


def _read(session: Session, chunk: Sequence[_Candidate]) -> list[Material]:
    """All that is known of some contacts: four queries."""
    of_key = {key: number for number, each in enumerate(chunk) for key in each.lead_keys}
    of_email = {email: number for number, each in enumerate(chunk) for email in each.emails}
    said: list[list[rows.Said]] = [[] for _ in chunk]
    for row in rows.statements(session, of_key):
        said[of_key[row[0]]].append(row)
    acts: list[list[dict[str, Any]]] = [[] for _ in chunk]
    for _, lead_key, email, at, kind, direction, outcome in rows.activities(session, of_key, of_email):
        act = {"lead_key": lead_key, "at": at, "kind": kind, "direction": direction, "outcome": outcome}
        whose = {of_key.get(lead_key or ""), of_email.get(email or "")}
        for number in whose - {None}:
            acts[number].append(act)
    given: list[list[answers.Answer]] = [[] for _ in chunk]
    for answer in answers.of_leads(session, of_key):
        given[of_key[answer.lead_key]].append(answer)
    return [
        Material(
            lead_keys=tuple(each.lead_keys),
            created=each.created,
            said=tuple(said[number]),
            answers=tuple(given[number]),
            activities=tuple(acts[number]),
            quiet_before=each.quiet_before,
        )
        for number, each in enumerate(chunk)
    ]


# --- sharing the work ----------------------------------------------------------------------------

_Work: TypeAlias = "Callable[[Iterable[list[Material]]], Iterator[tuple[int, tuple[Outcome, ...]]]]"
_ground_here: list[Ground] = []


@contextmanager
def _workers(ground: Ground, contacts: int, processes: int | None) -> Iterator[_Work]:
    """How chunks are worked through: by other processes where that is worth it, else here."""
    wanted = processes or min(os.cpu_count() or 1, _MOST_PROCESSES)
    if wanted < 2 or (processes is None and contacts < _MANY):
        yield lambda chunks: ((_leads(chunk), outcomes(ground, chunk)) for chunk in chunks)
        return
    pool = ProcessPoolExecutor(
        wanted, mp_context=get_context("spawn"), initializer=_begin, initargs=(ground.packed(),)
    )
    try:
        yield lambda chunks: _shared(pool, wanted, ground, chunks)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _shared(
    pool: ProcessPoolExecutor, processes: int, ground: Ground, chunks: Iterable[list[Material]]
) -> Iterator[tuple[int, tuple[Outcome, ...]]]:
    """The results in the order of the chunks; a few chunks are under way at a time, so that memory stays bounded."""
    under_way: deque[tuple[list[Material], Any]] = deque()

    def next_done() -> tuple[int, tuple[Outcome, ...]]:
        chunk, future = under_way.popleft()
        try:
            return _leads(chunk), future.result()
        except BrokenExecutor:  # a process was ended from outside: its part is done here
            return _leads(chunk), outcomes(ground, chunk)

    for chunk in chunks:
        try:
            under_way.append((chunk, pool.submit(_elsewhere, chunk)))
        except BrokenExecutor:
            yield _leads(chunk), outcomes(ground, chunk)
        while len(under_way) > 2 * processes:
            yield next_done()
    while under_way:
        yield next_done()


def _begin(packed: tuple[Any, ...]) -> None:
    _ground_here.append(Ground.unpacked(packed))


def _elsewhere(chunk: list[Material]) -> tuple[Outcome, ...]:
    return outcomes(_ground_here[-1], chunk)


def _leads(chunk: Iterable[Material]) -> int:
    return sum(len(each.created) for each in chunk)


def _values(history: worth.History, described: Sequence[LeadFacts]) -> Callable[[str], int | None]:
    """What a lead is worth in minor units; None where history is missing. Each origin is worked out once."""
    leads = {lead.key: lead for lead in described}

    @cache
    def value(origin: Origin) -> int | None:
        found = history.of_lead(*origin)
        return found.minor if found else None

    def of(lead_key: str) -> int | None:
        texts = (leads[lead_key].data.get(name) for name in BY)
        return value(Origin(*(str(text) if text else None for text in texts)))

    return of


def _named(lead_ids: Sequence[str]) -> dict[str, Any]:
    return {"count": len(lead_ids), "leads": list(lead_ids[:NAMED])}


def _day_text(day: date | None) -> str | None:
    return day.isoformat() if day is not None else None
