"""The list of open leads that a command shows: the most urgent first, each answerable where it stands.

What its reader answered in the last ten minutes stays in the list, with the answer and the way back.
"""

from __future__ import annotations

from dataclasses import dataclass
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
    from collections.abc import Iterable, Sequence

    from bot.domain.agreement import Agreement
    from bot.flow.lead_lines import Line
    from bot.flow.ports import Office
    from bot.store.clocks import Clock
    from bot.store.database import Session
    from bot.store.queue import OpenLead

LEADS_SHOWN: Final = 20
_POOL: Final = 200
"""Open leads among which those are looked for that nobody snoozed."""

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
    attempt: int
    due_at: datetime
    at_risk_at: datetime | None
    open: bool = True
    answered_at: datetime | None = None
    """When the reader answered it, if that was just now."""
    resting: bool = False
    """Whether it was snoozed before."""

    @property
    def key(self) -> tuple[str, int, int]:
        return self.lead_key, self.cycle, self.attempt

    def urgency(self, now: datetime) -> tuple[int, datetime, str]:
        """Late ones by how late, then those at risk, then the others by their due instants; snoozed ones last."""
        if self.resting:
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

    def choose(session: Session) -> tuple[list[_Entry], list[_Entry], set[str]]:
        chosen = _chosen(session, owner, reader, now, everybody=everybody)
        known = queue.listed(session, {entry.lead_key for entry in chosen})
        missing = [entry for entry in chosen if entry.key not in known]
        keys = {entry.lead_key for entry in chosen}
        return chosen, missing, _owners(session, keys) if owner is None else set()

    chosen, missing, owners = await office.database.read(choose)
    if missing:
        rows = [(*entry.key, entry.due_at) for entry in missing]
        await office.database.write(lambda s: queue.put_listed(s, rows))
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
    session: Session, owner: str | None, reader: Reader, now: datetime, *, everybody: bool
) -> list[_Entry]:
    """What the list shows: the reader's fresh answers, and the most urgent open leads."""
    fresh = _fresh(session, owner, reader, now, everybody=everybody)
    open_leads = queue.open_leads(session, owner, now, _POOL, everybody=everybody)
    resting = _resting(session, open_leads, now)
    answered = {(entry.lead_key, entry.cycle) for entry in fresh}
    waiting = [
        _Entry(
            one.lead_key,
            one.cycle,
            one.attempt,
            one.due_at,
            one.at_risk_at,
            resting=(one.lead_key, one.cycle) in resting,
        )
        for one in open_leads
        if (one.lead_key, one.cycle) not in answered
    ]
    waiting.sort(key=lambda entry: entry.urgency(now))
    shown = [*fresh, *waiting[: LEADS_SHOWN - len(fresh)]]
    return sorted(shown, key=lambda entry: entry.urgency(now))


def _fresh(
    session: Session, owner: str | None, reader: Reader, now: datetime, *, everybody: bool
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
        shown = queue.listed(session, [one.lead_key]).get((*place, one.attempt))
        due_at = shown.due_at if shown is not None else clock.due_at
        risk_at = clock.at_risk_at if one.attempt == 1 else None
        found[place] = _Entry(
            *place, one.attempt, due_at, risk_at, open=_is_open(clock, now), answered_at=one.at
        )
    return list(found.values())


def _is_open(clock: Clock, now: datetime) -> bool:
    """Whether a contact is owed; as `queue.open_leads` sees it."""
    if clock.ended_at is not None or clock.stopped_at is None:
        return clock.ended_at is None
    follows = clock.follow_up == "open" and clock.attempt_due_at is not None
    return follows and clock.within_at is not None and clock.within_at >= now


def _resting(session: Session, open_leads: Sequence[OpenLead], now: datetime) -> set[tuple[str, int]]:
    given = answers.of_leads(session, {one.lead_key for one in open_leads})
    return {
        (answer.lead_key, answer.cycle)
        for answer in given
        if answer.kind == "snoozed" and datetime.fromisoformat(answer.data["until"]) > now
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
        Asked(
            known[entry.key].ref,
            entry.lead_key,
            entry.cycle,
            f"attempt-{entry.attempt}",
            entry.answered_at or now,  # a list asks when it is read
        )
        for entry in chosen
        if entry.key in known
    ]
    places = {entry.key[:2]: (place, entry.answered_at is not None) for place, entry in enumerate(chosen)}
    lines = [
        line
        for line in lines_of(session, agreement, asked, now, receiver=owner)
        if line.waits or line.lead.state == "snoozed" or places[_place(line)][1]
    ]
    lines.sort(key=lambda line: places[_place(line)])
    total = queue.count_open(session, owner, now, everybody=everybody)
    return QueueView(
        whose=whose,
        scope=whose if isinstance(whose, str) else whose.email,
        zone=_zone(session, agreement, reader),
        leads=tuple(line.lead for line in lines),
        more=max(0, total - sum(entry.open for entry in chosen)),
        late=sum(line.waits and line.lead.due < now for line in lines),
        at_stake=at_stake(agreement, lines),
    )


def _place(line: Line) -> tuple[str, int]:
    return line.asked.lead_key, line.asked.cycle


def _zone(session: Session, agreement: Agreement, reader: Reader) -> str:
    email = reader.email
    person = people.by_email(session, [email]).get(email) if email is not None else None
    return (person.timezone if person is not None else None) or agreement.timezone
