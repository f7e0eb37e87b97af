"""What an agreement would have told whom: the steps of past cycles, and the messages that would have carried them.

A step is told if its instant finds the clock still waiting. It joins the message that waits for the same receiver, or
the one they got within `bundle_minutes`; else it makes a new one. A message is held to the receiver's next opening, and
to the next day after as many as were agreed for one. What was settled by then is left out. These are the rules of the
sweep and of the delivery, applied to what is known now.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from heapq import heappop, heappush
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from bot.domain import presence, steps, worktime
from bot.domain.follow_up import next_due
from bot.domain.when import zone_named

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from bot.domain.agreement import Agreement, Tier
    from bot.domain.cycles import Held
    from bot.domain.presence import Somebody
    from bot.domain.steps import StepAt
    from bot.domain.worktime import Calendar, Pause

Place: TypeAlias = str | None
"""Where a message goes: a person's e-mail, or None for the agreement's channel."""
Role = Literal["owner", "manager", "other", "channel"]
_TICK: Final = timedelta(microseconds=1)
_ROLES: Final[tuple[Role, ...]] = ("owner", "manager", "other")


@dataclass(frozen=True, slots=True)
class Callback:
    """A lead asked at `since` to be called at `at`; `until` is the next attempt after that (None: there is none)."""

    since: datetime
    at: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Course:
    """The course that one cycle took, as far as its steps depend on it. Every instant is UTC.

    `owners` are in the order of time, `handed_over` are the instants at which a new owner accepted the lead.
    `answered_at` is the first contact, seen or said; `made` are the attempts that count. `follow_up_over_at` is when
    the lead replied or was qualified; `over_at` is when it left sales' hands or came back in a new cycle. `pauses` stop
    the follow-up's time, `moving` those that move the first contact. What was due before `quiet_before` is not told.
    """

    lead: str
    cycle: int
    tier: Tier
    started_at: datetime
    first_due: datetime
    within_at: datetime
    owners: tuple[Held, ...]
    answered_at: datetime | None = None
    made: tuple[datetime, ...] = ()
    follow_up_over_at: datetime | None = None
    over_at: datetime | None = None
    pauses: tuple[Pause, ...] = ()
    moving: tuple[Pause, ...] = ()
    callbacks: tuple[Callback, ...] = ()
    handed_over: frozenset[datetime] = frozenset()
    quiet_before: datetime | None = None

    def owner_at(self, instant: datetime) -> str | None:
        """Who held the lead at an instant."""
        held = [each.owner for each in self.owners if each.since <= instant]
        return held[-1] if held else None


@dataclass(frozen=True, slots=True)
class Telling:
    """A step of a cycle at its instant: it waits to be told from `at` until it is settled at `until` (None: never).

    `first` is true for the steps that ask for the first contact. `since` is from when on it is known that the step will
    be due (None: only at its instant). A step that still waits when the lead changes hands is told anew, `again`, with
    the new owner; `name` tells that it is the same step (None: it does not change hands).
    """

    at: datetime
    until: datetime | None
    to: str
    owner: str | None
    clock: tuple[str, int]
    first: bool
    since: datetime | None = None
    name: str | None = None
    again: bool = False

    def waits(self, now: datetime) -> bool:
        """Whether somebody still has to act on it at an instant."""
        return self.until is None or now < self.until


@dataclass(frozen=True, slots=True)
class Message:
    """A message that would have been sent at `at` (UTC), on `day` of its receiver; `role` is whom it concerned."""

    at: datetime
    day: date
    to: Place
    role: Role


def tellings(agreement: Agreement, course: Course, now: datetime) -> list[Telling]:
    """The steps of a cycle up to `now` that would have found somebody to remind, in no order.

    One that is settled less than `bundle_minutes` before its instant is among them: it may come along with another.
    """
    bundle = agreement.reminders.bundle
    found = (*_first_contact(agreement, course), *_follow_up(agreement, course), *_callbacks(course))
    return [
        told for told in found if told.at <= now and (told.until is None or told.until > told.at - bundle)
    ]


def messages(
    agreement: Agreement, told: Iterable[Telling], people: Mapping[str, Somebody], now: datetime
) -> list[Message]:
    """The messages up to `now` that carry these steps, in the order of time.

    Who is away, stands in or is not known in Slack is what `people` say; nobody's do-not-disturb schedule is known of
    the past.
    """
    agenda, room = _Agenda(told, agreement.reminders.bundle), _Mailroom(agreement, people)
    while True:
        instant = _earliest(agenda.next_at(), room.next_at())
        if instant is None or instant > now:
            return room.sent
        room.tell(agenda.take(instant), instant)
        room.deliver(instant)


def _first_contact(agreement: Agreement, course: Course) -> Iterator[Telling]:
    until = _earliest(course.answered_at, course.over_at)
    if until is not None and until <= course.started_at:
        return
    rule = agreement.reminders
    wanted = rule.steps
    if until is not None and until + rule.bundle <= course.first_due:
        # Most leads are answered in time; what is due later needs no calendar.
        wanted = tuple(step for step in wanted if step.share(rule.at_risk) < 1)
    for step in steps.escalation(
        agreement.calendar, course.started_at, course.tier, wanted, rule.at_risk, course.moving
    ):
        yield from _told(course, step, until, course.started_at, first=True)
    if rule.on_assignment:
        yield from _assignments(course, until, course.owners)
    elif any(until is None or held.since < until for held in course.owners[1:]):
        agreed = steps.escalation(
            agreement.calendar, course.started_at, course.tier, rule.steps, rule.at_risk, course.moving
        )
        late = [held for held in course.owners if steps.too_late_for_an_owner(agreed, held.since)]
        yield from _assignments(course, until, late)


def _assignments(course: Course, until: datetime | None, to: Collection[Held]) -> Iterator[Telling]:
    """A lead told to these owners at once; each of them hears of it once, and one who accepted it knows."""
    known: set[str] = set()
    for held, following in zip(course.owners, (*course.owners[1:], None), strict=True):
        gone = following.since if following is not None else None
        at = max(course.started_at, held.since)
        quiet = course.quiet_before is not None and at < course.quiet_before
        if held not in to or held.owner is None or held.owner in known or (gone is not None and gone <= at):
            continue
        if held.since not in course.handed_over and not quiet:
            known.add(held.owner)
            clock = (course.lead, course.cycle)
            yield Telling(at, _earliest(until, gone), "owner", held.owner, clock, first=True)


def _follow_up(agreement: Agreement, course: Course) -> Iterator[Telling]:
    """The attempts after each that was made, until the follow-up is over; what was due before its end ends with it."""
    made, tier = course.made, course.tier
    for count in range(1, min(len(made), tier.attempts - 1) + 1):
        at = next_due(
            agreement.calendar, tier, course.first_due, course.within_at, made[:count], course.pauses
        )
        if at is not None:
            following = made[count] if len(made) > count else None
            ends = course.within_at + _TICK if at < course.within_at else None
            until = _earliest(following, course.follow_up_over_at, course.over_at, ends)
            # After a late attempt the next is due in the past already: it is asked for at once.
            step = steps.owner_step(f"attempt-{count + 1}", max(at, made[count - 1]))
            yield from _told(course, step, until, made[count - 1], first=False)


def _callbacks(course: Course) -> Iterator[Telling]:
    for callback in course.callbacks:
        step = steps.owner_step(f"callback-{callback.at.isoformat()}", callback.at)
        until = _earliest(callback.until, course.over_at)
        yield from _told(course, step, until, callback.since, first=False)


def _told(
    course: Course, step: StepAt, until: datetime | None, since: datetime, *, first: bool
) -> Iterator[Telling]:
    """A step told to whoever holds the lead at its instant, and anew to each who takes it later."""
    if course.quiet_before is not None and step.at < course.quiet_before:
        return
    moves = [held for held in course.owners if held.since > step.at and (until is None or held.since < until)]
    name, clock = (step.key if moves else None), (course.lead, course.cycle)
    ends = [_earliest(until, held.since) for held in moves] + [until]
    known = max([since, *(held.since for held in course.owners if held.since <= step.at)])
    yield Telling(step.at, ends[0], step.to, course.owner_at(step.at), clock, first, known, name)
    for held, end in zip(moves, ends[1:], strict=True):
        yield Telling(held.since, end, step.to, held.owner, clock, first, name=name, again=True)


def _earliest(*instants: datetime | None) -> datetime | None:
    return min((instant for instant in instants if instant is not None), default=None)


class _Agenda:
    """The steps in the order of time, and those of each owner that may come along with others."""

    def __init__(self, told: Iterable[Telling], bundle: timedelta) -> None:
        self._ordered = sorted(told, key=lambda each: (each.at, each.clock))
        self._bundle = bundle
        self._next = 0
        self._done: set[int] = set()
        self._own: dict[str | None, list[int]] = defaultdict(list)
        self._ahead: dict[str | None, int] = defaultdict(int)
        for number, each in enumerate(self._ordered):
            if each.to == "owner" and each.since is not None:
                self._own[each.owner].append(number)

    def next_at(self) -> datetime | None:
        """When the next step is due."""
        return self._ordered[self._next].at if self._next < len(self._ordered) else None

    def take(self, now: datetime) -> list[Telling]:
        """The steps due at `now`, with those that come along.

        When an owner has something due, the next step of each of their other clocks comes along if it is due within
        `bundle_minutes`.
        """
        due: list[Telling] = []
        while self.next_at() == now:
            each = self._ordered[self._next]
            if self._next not in self._done and each.waits(now):
                due.append(each)
            self._next += 1
        clocks = {each.clock for each in due}
        for owner in dict.fromkeys(each.owner for each in due):
            due += self._along(owner, clocks, now)
        return due

    def _along(self, owner: str | None, clocks: set[tuple[str, int]], now: datetime) -> Iterator[Telling]:
        queue, at = self._own[owner], self._ahead[owner]
        while at < len(queue) and queue[at] < self._next:
            at += 1
        self._ahead[owner] = at
        while at < len(queue):
            each = self._ordered[queue[at]]
            if each.at > now + self._bundle:
                return
            known = each.since is not None and each.since <= now
            if known and queue[at] not in self._done and each.clock not in clocks and each.waits(now):
                self._done.add(queue[at])
                clocks.add(each.clock)
                yield each
            at += 1


@dataclass(slots=True)
class _Open:
    """What one place waits for, with the names of the steps in it, and what it was told last."""

    waiting: dict[tuple[str, int], Telling] = field(default_factory=dict)
    names: set[tuple[tuple[str, int], str]] = field(default_factory=set)
    sent_at: datetime | None = None
    shown: dict[tuple[str, int], Telling] = field(default_factory=dict)


class _Mailroom:
    """Carries steps to their places, as the sweep and the delivery do."""

    def __init__(self, agreement: Agreement, people: Mapping[str, Somebody]) -> None:
        self.sent: list[Message] = []
        self._agreement, self._rule, self._people = agreement, agreement.reminders, people
        self._places: dict[Place, _Open] = defaultdict(_Open)
        self._queue: list[tuple[datetime, str]] = []
        self._count: dict[tuple[str, date], int] = defaultdict(int)
        self._told: set[tuple[tuple[str, int], str]] = set()
        self._calendars: dict[str, Calendar] = {}

    def next_at(self) -> datetime | None:
        """When a message that waits can go at the earliest."""
        return self._queue[0][0] if self._queue else None

    def tell(self, due: Sequence[Telling], now: datetime) -> None:
        """Put steps that are told at `now` into the message for each place."""
        found: dict[Place, list[Telling]] = defaultdict(list)
        for each in due:
            if not each.again or (each.clock, each.name) not in self._told:
                found[self._place(each, now)].append(each)
        for place, told in found.items():
            items = {each.clock: each for each in told}
            names = {(each.clock, each.name) for each in told if each.name is not None}
            at_place = self._places[place]
            if at_place.waiting:
                at_place.waiting |= items
                at_place.names |= names
            elif self._takes(at_place, items, now):
                at_place.shown |= items
                self._told |= names
            else:
                at_place.waiting, at_place.names = items, names
                heappush(self._queue, (now, place or ""))

    def deliver(self, now: datetime) -> None:
        """Send what may go at `now`; the rest is held or dropped."""
        while self._queue and self._queue[0][0] <= now:
            place = heappop(self._queue)[1] or None
            at_place = self._places[place]
            items = {clock: each for clock, each in at_place.waiting.items() if each.waits(now)}
            at_place.waiting = items
            if items:
                self._post(at_place, place, items, now)

    def _takes(self, at_place: _Open, items: Mapping[tuple[str, int], Telling], now: datetime) -> bool:
        """Whether the message sent last is edited: it is recent, still waits for an answer and has none of these."""
        if at_place.sent_at is None or at_place.sent_at <= now - self._rule.bundle:
            return False
        if any(clock in at_place.shown for clock in items):
            return False
        return any(each.first and each.waits(now) for each in at_place.shown.values())

    def _post(
        self, at_place: _Open, place: Place, items: dict[tuple[str, int], Telling], now: datetime
    ) -> None:
        to = self._receiver(place, now)
        if to != place and self._places[to].waiting:
            self._places[to].waiting = items | self._places[to].waiting
            self._places[to].names |= at_place.names
            at_place.waiting, at_place.names = {}, set()
            return
        zone = self._zone(to)
        calendar = self._calendar(zone)
        local = now.astimezone(zone_named(zone))
        held = None if worktime.is_open(calendar, now) else worktime.next_opening(calendar, now)
        if (
            held is None
            and to is not None
            and self._count[to, local.date()] >= self._rule.max_per_person_per_day
        ):
            midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
            held = worktime.next_opening(calendar, midnight + timedelta(days=1))
        if held is not None:
            heappush(self._queue, (held, place or ""))
            return
        self._told.update(name for name in at_place.names if name[0] in items)
        at_place.waiting, at_place.names = {}, set()
        shown = self._places[to]
        shown.sent_at, shown.shown = now, items
        if to is not None:
            self._count[to, local.date()] += 1
        self.sent.append(Message(now, local.date(), to, _role(to, items.values())))

    def _place(self, told: Telling, now: datetime) -> Place:
        if told.to == "channel":
            return None
        email = {"owner": told.owner, "manager": self._manager(told.owner)}.get(told.to, told.to)
        return self._receiver(email, now)

    def _manager(self, owner: str | None) -> str | None:
        person = self._people.get(owner) if owner is not None else None
        return person.manager_email if person is not None else None

    def _receiver(self, email: Place, now: datetime) -> Place:
        if email is None:
            return None
        return presence.receiver(email, self._people, now, self._agreement.timezone)

    def _zone(self, to: Place) -> str:
        person = self._people.get(to) if to is not None else None
        return (person.zone if person is not None else None) or self._agreement.timezone

    def _calendar(self, zone: str) -> Calendar:
        if zone not in self._calendars:
            self._calendars[zone] = self._agreement.calendar.in_zone(zone)
        return self._calendars[zone]


def _role(to: Place, items: Iterable[Telling]) -> Role:
    if to is None:
        return "channel"
    concerned = {each.to if each.to in _ROLES else "other" for each in items}
    return next(role for role in _ROLES if role in concerned)
