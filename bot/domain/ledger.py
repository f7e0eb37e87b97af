"""A clock counted line by line: which windows gave how much working time, and why the rest of the time gave none.

The lines add up to `worktime.elapsed` exactly. Windows are wall time of the calendar's zone and belong to the day
they start on; all instants are UTC and aware.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final, Literal

from bot.domain.when import to_utc, wall_to_instant, zone_named

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from zoneinfo import ZoneInfo

    from bot.domain.worktime import Calendar, Pause

MOST: Final = 40
"""Lines of a ledger, at most."""

Kind = Literal["worked", "outside", "weekly", "closed", "exception", "paused", "clocks", "summed"]
"""What a line tells.

`worked`: windows that count. `outside`: a working day, but none of its hours. `weekly`: a weekday without hours.
`closed`: a date that the agreement closes. `exception`: a date whose own hours are none. `paused`: working time that
does not count. `clocks`: the zone's clocks were changed. `summed`: several lines in one.
"""

_DAY: Final = timedelta(days=1)
_NONE: Final = timedelta(0)
_BEFORE: Final = 3
"""A window ends at most two days after the midnight of its day, and a zone may skip a day."""
_LOOK: Final = timedelta(hours=12)
"""Clocks are not changed twice within so short a time."""
_SECOND: Final = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Stopped:
    """A pause with its reason: in [since, until) (UTC) nothing counts."""

    since: datetime
    until: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One line: a day, or days of one kind in a row, from `first` to `last` (dates of the calendar's zone).

    `counted` is the working time of the line, `total` that of all lines so far. `spans` are what counts, or for
    `paused` what does not (`not_counted` together, for the `reason`). `own_hours`: the date has hours of its own in
    the agreement. `clocks` has its instant in `at` and by how much the clocks moved in `shift` (back is negative).
    `days` are the days of a `summed` line on which something counted.
    """

    kind: Kind
    first: date
    last: date
    spans: tuple[Pause, ...] = ()
    counted: timedelta = _NONE
    total: timedelta = _NONE
    not_counted: timedelta = _NONE
    reason: str | None = None
    own_hours: bool = False
    at: datetime | None = None
    shift: timedelta = _NONE
    days: int = 0


def ledger(
    calendar: Calendar,
    start: datetime,
    until: datetime,
    pauses: Iterable[Stopped] = (),
    most: int = MOST,
) -> tuple[Entry, ...]:
    """The working time in [start, until) day by day, less the pauses; nothing where `until` is not after `start`.

    Days without work of one kind in a row are one line, and of more than `most` lines the middle is summed up.
    ValueError for a naive instant.
    """
    start, until = to_utc(start), to_utc(until)
    if until <= start:
        return ()
    found: list[Entry] = []
    for entry in _days(calendar, start, until, _apart(pauses)):
        if found and _joins(found[-1], entry):
            found[-1] = _joined(found[-1], entry)
        else:
            found.append(entry)
    return shortened(_running(found), most)


def shortened(entries: Sequence[Entry], most: int) -> tuple[Entry, ...]:
    """At most `most` lines (3 or more): the first and the last of them, what lies between summed up in one."""
    if len(entries) <= most:
        return tuple(entries)
    head = most // 2
    tail = most - head - 1
    middle = entries[head : len(entries) - tail]
    summed = Entry(
        "summed",
        middle[0].first,
        middle[-1].last,
        counted=sum((entry.counted for entry in middle), _NONE),
        total=middle[-1].total,
        not_counted=sum((entry.not_counted for entry in middle), _NONE),
        days=sum(entry.days if entry.kind == "summed" else entry.kind == "worked" for entry in middle),
    )
    return (*entries[:head], summed, *entries[len(entries) - tail :])


def _days(calendar: Calendar, start: datetime, until: datetime, stops: Sequence[Stopped]) -> Iterator[Entry]:
    """The lines of each day, in the order of time, not yet joined."""
    zone = zone_named(calendar.zone)
    turns = list(_turns(zone, start, until))
    day = start.astimezone(zone).date() - _BEFORE * _DAY
    last = until.astimezone(zone).date()
    taken: list[Pause] = []
    while day <= last:
        begins, ends = _midnight(day, calendar.zone), _midnight(day + _DAY, calendar.zone)
        opened = _opened(calendar, day)
        mine = _clipped(_without(opened, taken), start, until)
        rest = _without(_clipped([(begins, ends)], start, until), taken)  # not an earlier day's already
        taken = _merged([*(pair for pair in taken if pair[1] > begins), *opened])
        if mine or rest:
            told = [(at, _turn(day, at, shift)) for at, shift in turns if begins <= at < ends]
            told += _hours(calendar, day, begins, mine, stops)
            for _, entry in sorted(told, key=lambda pair: pair[0]):
                yield entry
        day += _DAY


def _hours(
    calendar: Calendar, day: date, begins: datetime, mine: list[Pause], stops: Sequence[Stopped]
) -> list[tuple[datetime, Entry]]:
    """What counts of a day and what does not, each with its first instant."""
    if not mine:
        return [(begins, Entry(_empty(calendar, day), day, day))]
    found = []
    left = mine
    for stop in stops:
        lost = _clipped(left, stop.since, stop.until)
        if lost:
            left = _without(left, lost)
            entry = Entry(
                "paused", day, day, spans=tuple(lost), not_counted=_length(lost), reason=stop.reason
            )
            found.append((lost[0][0], entry))
    if left:
        own = day in calendar.exceptions
        found.append(
            (left[0][0], Entry("worked", day, day, tuple(left), counted=_length(left), own_hours=own))
        )
    return found


def _empty(calendar: Calendar, day: date) -> Kind:
    if day in calendar.exceptions:
        return "outside" if calendar.exceptions[day] else "exception"
    if day in calendar.closed:
        return "closed"
    return "outside" if calendar.weekly[day.weekday()] else "weekly"


def _opened(calendar: Calendar, day: date) -> list[Pause]:
    """The windows that belong to a day, as instants."""
    if day in calendar.exceptions:
        chosen = calendar.exceptions[day]
    else:
        chosen = () if day in calendar.closed else calendar.weekly[day.weekday()]
    midnight = datetime.combine(day, time())
    pairs = [
        (midnight + timedelta(minutes=start), midnight + timedelta(minutes=end)) for start, end in chosen
    ]
    return _merged(
        [
            (wall_to_instant(since, calendar.zone), wall_to_instant(until, calendar.zone))
            for since, until in pairs
        ]
    )


def _turns(zone: ZoneInfo, start: datetime, until: datetime) -> Iterator[tuple[datetime, timedelta]]:
    """When the zone's clocks were changed in (start, until), and by how much."""
    before = start
    while before < until:
        after = min(before + _LOOK, until)
        shift = _offset(zone, after) - _offset(zone, before)
        if shift:
            low, high = before, after
            while high - low > _SECOND:
                middle = low + (high - low) / 2
                low, high = (
                    (low, middle) if _offset(zone, middle) != _offset(zone, before) else (middle, high)
                )
            at = high.replace(microsecond=0)
            if at < until:
                yield at, shift
        before = after


def _turn(day: date, at: datetime, shift: timedelta) -> Entry:
    return Entry("clocks", day, day, at=at, shift=shift)


def _offset(zone: ZoneInfo, at: datetime) -> timedelta:
    return at.astimezone(zone).utcoffset() or _NONE


def _midnight(day: date, zone: str) -> datetime:
    return wall_to_instant(datetime.combine(day, time()), zone)


def _joins(before: Entry, entry: Entry) -> bool:
    quiet = {"outside", "weekly", "closed", "exception"}
    if before.kind != entry.kind or entry.kind not in quiet | {"paused"}:
        return False
    return before.reason == entry.reason


def _joined(before: Entry, entry: Entry) -> Entry:
    return replace(
        before,
        last=entry.last,
        spans=(*before.spans, *entry.spans),
        not_counted=before.not_counted + entry.not_counted,
    )


def _running(entries: Iterable[Entry]) -> list[Entry]:
    total = _NONE
    found = []
    for entry in entries:
        total += entry.counted
        found.append(replace(entry, total=total))
    return found


def _apart(pauses: Iterable[Stopped]) -> list[Stopped]:
    """Pauses in the order of time; an instant that two of them cover is the earlier one's."""
    found = [
        Stopped(to_utc(pause.since), to_utc(pause.until), pause.reason)
        for pause in pauses
        if pause.since < pause.until
    ]
    return sorted(found, key=lambda pause: (pause.since, pause.until, pause.reason))


def _length(spans: Iterable[Pause]) -> timedelta:
    return sum((until - since for since, until in spans), _NONE)


def _clipped(spans: Iterable[Pause], start: datetime, end: datetime) -> list[Pause]:
    pairs = [(max(since, start), min(until, end)) for since, until in spans]
    return [pair for pair in pairs if pair[0] < pair[1]]


def _merged(spans: Iterable[Pause]) -> list[Pause]:
    found: list[Pause] = []
    for since, until in sorted(pair for pair in spans if pair[0] < pair[1]):
        if found and since <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], until))
        else:
            found.append((since, until))
    return found


def _without(spans: Iterable[Pause], stops: Iterable[Pause]) -> list[Pause]:
    """What is left of the spans where no stop lies."""
    left = list(spans)
    for stop, resume in stops:
        left = [
            pair
            for since, until in left
            for pair in ((since, min(until, stop)), (max(since, resume), until))
            if pair[0] < pair[1]
        ]
    return left
