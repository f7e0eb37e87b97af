"""Rehearse: an agreement run over the stored past beside the one in force. Reads only; sends and writes nothing."""

from __future__ import annotations

import gc
import os
from collections import deque
from concurrent.futures import BrokenExecutor, ProcessPoolExecutor
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
from bot.flow.people import somebody
from bot.flow.rehearse_figures import Known, breached, difference, figures_of
from bot.flow.rehearse_work import Ground, Material, Outcome, Side
from bot.store import answers, people
from bot.store import figures as rows_of
from bot.store import rehearsal as rows
from bot.store.rehearsal import count_leads

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from concurrent.futures import Future

    from bot.domain.agreement import Agreement
    from bot.store.database import Session
    from bot.store.figures import LeadFacts
    from bot.store.people import Person

DAYS: Final = 90
"""How many days are rehearsed where nothing else is asked for, today among them."""
NAMED: Final = 20
"""How many leads with another verdict are named."""

_CHUNK: Final = 500
_AHEAD: Final = 8
"""Chunks that are read ahead of the work, so that memory stays bounded."""
_MANY: Final = 4000
"""Contacts from which on other processes are worth their start."""

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
        raise UsageError(
            f"--from {first} lies after --to {last}; choose days that have passed, in their order"
        )
    return Period(first, last, now)


def rehearse(
    session: Session,
    present: Agreement,
    rehearsed: Agreement,
    period: Period,
    advance: Advance = lambda _: None,
    *,
    apart: bool | None = None,
) -> Rehearsal:
    """Run both agreements over the contacts whose clock started in the period, in one read transaction.

    Each judges the whole period by itself, whatever was in force on the day. `advance` is told how many described leads
    (`count_leads`) are done. `apart` gives each agreement a process of its own; default: where that is worth it.
    """
    described = rows_of.described_leads(session)
    everyone = people.everyone(session)
    grounds = [_ground(agreement, present.timezone, period, everyone) for agreement in (present, rehearsed)]
    candidates = _candidates(session, present.timezone, grounds[0], described)
    advance(len(described) - sum(len(each.created) for each in candidates))
    known = Known(
        present=present,
        names={person.email: person.name for person in everyone},
        value=_values(worth.live(session, present, period.as_of, described), described),
    )
    if (len(candidates) >= _MANY and (os.cpu_count() or 1) > 1) if apart is None else apart:
        one, other = _apart(grounds, session, candidates, advance)
    else:
        one, other = _here(grounds, session, candidates, advance)
    found = figures_of(present, one, known), figures_of(rehearsed, other, known)
    before, after = breached(one), breached(other)
    return Rehearsal(
        period=period,
        currency=present.currency,
        present=found[0],
        rehearsed=found[1],
        difference=difference(*found),
        newly_breached=tuple(sorted(after - before)),
        no_longer_breached=tuple(sorted(before - after)),
    )


def _ground(agreement: Agreement, zone: str, period: Period, everyone: Sequence[Person]) -> Ground:
    return Ground(
        agreement=replace(agreement, earlier=()),
        teams={person.email: person.team for person in everyone},
        people={person.email: somebody(person) for person in everyone},
        first=When(period.first, None).starts(zone),
        last=min(When(period.last, None).ends(zone), period.as_of),
        now=period.as_of,
    )


# --- reading -------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Candidate:
    """A contact that may have a clock in the period."""

    lead_keys: list[str]
    emails: list[str]
    created: dict[str, datetime]
    arrived: dict[str, tuple[datetime, datetime | None]]


def _candidates(
    session: Session, zone: str, ground: Ground, described: Sequence[LeadFacts]
) -> list[_Candidate]:
    """The contacts of which a lead was created, or something was stated, in the period."""
    created = {lead.key: _created(lead, zone) for lead in described}
    stated = rows.stated_between(session, ground.first, ground.last)
    arrived = rows.arrivals(session)
    found = []
    for keys, emails in _contacts(session, described):
        alive = {key: created[key] for key in keys if key in created}
        if any(key in stated or ground.first <= at <= ground.last for key, at in alive.items()):
            found.append(_Candidate(keys, emails, alive, {key: arrived[key] for key in alive}))
    return found


def _created(lead: LeadFacts, zone: str) -> datetime:
    told = lead.data.get("created_at")
    return When.parse(str(told), "created_at").starts(zone) if told else lead.first_at


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
        for number in whose:
            if number is not None:
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
            arrived=each.arrived,
        )
        for number, each in enumerate(chunk)
    ]


# --- sharing the work ----------------------------------------------------------------------------

_side: list[Side] = []
"""The agreement that this process works on, if it was started for one."""


def _here(
    grounds: Sequence[Ground], session: Session, candidates: Sequence[_Candidate], advance: Advance
) -> list[Outcome]:
    sides = [Side(ground) for ground in grounds]
    for chunk in _chunks(session, candidates):
        for side in sides:
            side.take(chunk)
        advance(_leads(chunk))
    return [side.finish() for side in sides]


def _apart(
    grounds: Sequence[Ground], session: Session, candidates: Sequence[_Candidate], advance: Advance
) -> list[Outcome]:
    """The same with a process for each agreement; if one is ended from outside, all is done here."""
    pools = [
        ProcessPoolExecutor(1, get_context("spawn"), initializer=_begin, initargs=(ground.packed(),))
        for ground in grounds
    ]
    try:
        under_way: deque[tuple[int, list[Future[None]]]] = deque()
        for chunk in _chunks(session, candidates):
            under_way.append((_leads(chunk), [pool.submit(_take, chunk) for pool in pools]))
            if len(under_way) > _AHEAD:
                advance(_taken(*under_way.popleft()))
        while under_way:
            advance(_taken(*under_way.popleft()))
        return [done.result() for done in [pool.submit(_finish) for pool in pools]]
    except BrokenExecutor:
        return _here(grounds, session, candidates, lambda _: None)
    finally:
        for pool in pools:
            pool.shutdown(cancel_futures=True)


def _taken(leads: int, parts: Iterable[Future[None]]) -> int:
    for part in parts:
        part.result()
    return leads


def _begin(packed: tuple[Any, ...]) -> None:
    gc.disable()  # nothing here makes cycles; to look for them among so many values costs a tenth of the time
    _side.append(Side(Ground.unpacked(packed)))


def _take(chunk: list[Material]) -> None:
    _side[0].take(chunk)


def _finish() -> Outcome:
    return _side[0].finish()


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
