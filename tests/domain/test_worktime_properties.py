"""Working time: properties of random hours around changes of the clocks, against a count of every minute."""

from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from bot.domain.worktime import Calendar, due, elapsed, is_open, next_opening, window_end, windows

HOUR, MINUTE, TICK = timedelta(hours=1), timedelta(minutes=1), timedelta(microseconds=1)
OFFICE = (((540, 1020),),) * 5 + ((), ())

CHANGES = (
    ("UTC", "2026-02-28T12:00"),
    ("America/New_York", "2026-03-08T07:00"),
    ("America/New_York", "2026-11-01T06:00"),
    ("America/St_Johns", "2026-03-08T05:30"),
    ("Europe/Berlin", "2026-10-25T01:00"),
    ("Australia/Sydney", "2026-10-03T16:00"),
    ("Australia/Lord_Howe", "2026-04-04T15:00"),  # half an hour
    ("Asia/Kathmandu", "2026-07-06T00:00"),  # +05:45
    ("Pacific/Chatham", "2026-09-26T14:00"),  # +12:45 to +13:45
    ("Africa/Cairo", "2026-04-23T22:00"),  # 00:00 is skipped
    ("America/Santiago", "2026-04-05T03:00"),  # 23:00 is repeated
    ("Antarctica/Troll", "2026-03-29T01:00"),  # two hours
    ("Pacific/Apia", "2011-12-30T10:00"),  # a whole day is skipped
)
REACH = 13 * 24 * 60
SOME = settings(max_examples=50, derandomize=True)


def at(text):
    """An instant from its ISO text, UTC where no offset is written."""
    told = datetime.fromisoformat(text)
    return told if told.tzinfo else told.replace(tzinfo=UTC)


@cache
def wall_clock(zone, change):
    """What the zone's clock shows in each minute from 13 days before to 13 days after a change, in order."""
    first = at(change) - REACH * MINUTE
    info = ZoneInfo(zone)
    shown = [(first + n * MINUTE).astimezone(info).replace(tzinfo=None, fold=0) for n in range(2 * REACH)]
    places, gaps = {}, []
    for n, wall in enumerate(shown):
        places.setdefault(wall, n)
        if n and wall > shown[n - 1] + MINUTE:
            gaps.append((shown[n - 1] + MINUTE, wall))
    return first, places, gaps


def counted(calendar, change, start, end, pauses=()):
    """All minutes in [start, end) that a window covers and no pause does, in order: told by their first instant."""
    first, places, gaps = wall_clock(calendar.zone, change)

    def place(wall):
        for skipped, resumed in gaps:
            if skipped <= wall < resumed:
                return places[wall + (resumed - skipped)]
        return places[wall]

    found = set()
    for n in range(-9, 9):
        day = first.date() + timedelta(days=n + REACH // 1440)
        chosen = () if day in calendar.closed else calendar.weekly[day.weekday()]
        for opens, closes in calendar.exceptions.get(day, chosen):
            midnight = datetime(day.year, day.month, day.day)  # noqa: DTZ001
            found.update(range(place(midnight + opens * MINUTE), place(midnight + closes * MINUTE)))
    for since, until in pauses:
        found.difference_update(range((since - first) // MINUTE, (until - first) // MINUTE))
    within = range((start - first) // MINUTE, (end - first) // MINUTE)
    return [first + n * MINUTE for n in sorted(found) if n in within]


ONE_WINDOW = st.tuples(st.integers(0, 1439), st.integers(1, 1440)).map(lambda pair: (pair[0], sum(pair)))
ONE_DAY = st.lists(ONE_WINDOW, max_size=2).map(tuple)
ONE_WEEK = st.tuples(*[ONE_DAY] * 7)


@st.composite
def stories(draw, most_pauses=3):
    """Hours around a change of the clocks, two whole minutes in order, and pauses: all within its reach."""
    zone, change = draw(st.sampled_from(CHANGES))
    near = at(change).date()
    days = st.integers(-6, 6).map(lambda n: near + timedelta(days=n))
    weekly = draw(ONE_WEEK)
    exceptions = draw(st.dictionaries(days, ONE_DAY, max_size=2))
    assume(any(weekly) or any(exceptions.values()))
    calendar = Calendar(zone, weekly, frozenset(draw(st.sets(days, max_size=2))), exceptions)
    moments = st.integers(-5 * 1440, 5 * 1440).map(lambda n: at(change) + n * MINUTE)
    start, end = sorted((draw(moments), draw(moments)))
    pauses = draw(st.lists(st.tuples(moments, moments), max_size=most_pauses))
    return change, calendar, start, end, pauses


@st.composite
def clocks(draw):
    """Hours that open every week, an instant and a target to the microsecond, and pauses."""
    _, calendar, start, _, pauses = draw(stories())
    assume(any(calendar.weekly))
    longest = max(end - start for day in calendar.weekly for start, end in day)
    shift = draw(st.integers(0, MINUTE // TICK)) * TICK
    target = draw(st.integers(1, 5 * longest * (MINUTE // TICK))) * TICK
    return calendar, start + shift, target, pauses


@SOME
@given(stories())
def test_working_time_equals_a_count_of_minutes(story):
    """The working time is the number of minutes that some window covers and no pause does."""
    change, calendar, start, end, pauses = story
    expected = len(counted(calendar, change, start, end, pauses)) * MINUTE
    assert elapsed(calendar, start, end, pauses) == expected


@SOME
@given(stories(), st.data())
def test_due_equals_a_walk_over_the_minutes(story, data):
    """The due instant is the end of the minute in which a walk over all open minutes fills the target."""
    change, calendar, start, _, pauses = story
    walked = counted(calendar, change, start, at(change) + timedelta(days=7), pauses)
    assume(walked)
    target = data.draw(st.integers(1, len(walked)))
    assert due(calendar, start, target * MINUTE, pauses) == walked[target - 1] + MINUTE


@SOME
@given(stories(most_pauses=0))
def test_windows_are_the_open_minutes(story):
    """The windows are in order, apart from each other, clipped, and hold exactly the open minutes."""
    change, calendar, start, end, _ = story
    found = list(windows(calendar, start, end))
    assert all(before < after for before, after in pairwise(edge for window in found for edge in window))
    held = [since + n * MINUTE for since, until in found for n in range((until - since) // MINUTE)]
    assert held == counted(calendar, change, start, end)


@SOME
@given(stories(most_pauses=0))
def test_open_next_opening_and_end_tell_one_story(story):
    """The next opening is open, nothing before it is, and its window's end is the first closed instant."""
    _, calendar, start, _, _ = story
    assume(any(calendar.weekly))
    opening, end = next_opening(calendar, start), window_end(calendar, start)
    assert is_open(calendar, start) == (opening == start)
    assert elapsed(calendar, start, opening) == timedelta(0)
    assert is_open(calendar, opening)
    assert end - opening == elapsed(calendar, start, end)
    assert end == opening + timedelta(days=366) or not is_open(calendar, end)


@SOME
@given(clocks())
@example((Calendar("UTC", OFFICE), at("2026-07-06T09:00Z"), 8 * HOUR, ()))
def test_due_and_elapsed_are_inverse(clock):
    """At due the target is reached, a microsecond earlier it is not; that microsecond was open."""
    calendar, start, target, pauses = clock
    found = due(calendar, start, target, pauses)
    assert elapsed(calendar, start, found, pauses) == target
    assert elapsed(calendar, start, found - TICK, pauses) == target - TICK
    assert is_open(calendar, found - TICK)
    assert not any(since <= found - TICK < until for since, until in pauses)


@SOME
@given(clocks(), st.integers(0, 10**12), st.floats(0, 1))
def test_due_is_monotone(clock, later, part):
    """A later start is never due earlier, and a smaller target is due earlier by the difference at least."""
    calendar, start, target, pauses = clock
    found = due(calendar, start, target, pauses)
    assert due(calendar, start + later * TICK, target, pauses) >= found
    assert due(calendar, start, target * part, pauses) <= found - (target - target * part)


@SOME
@given(clocks(), st.lists(st.integers(0, 10**12), min_size=2, max_size=2))
def test_working_time_adds_up(clock, steps):
    """The working time of a stretch is the sum of its parts, wherever it is cut; backwards it is 0."""
    calendar, start, _, pauses = clock
    middle = start + steps[0] * TICK
    end = middle + steps[1] * TICK
    whole = elapsed(calendar, start, end, pauses)
    assert whole == elapsed(calendar, start, middle, pauses) + elapsed(calendar, middle, end, pauses)
    assert timedelta(0) <= whole <= end - start
    assert elapsed(calendar, end, start, pauses) == timedelta(0)


@SOME
@given(clocks(), st.data())
def test_a_target_can_be_worked_off_in_parts(clock, data):
    """Where a part of the target is due, the rest starts; the whole is due at the same instant."""
    calendar, start, target, pauses = clock
    part = data.draw(st.integers(0, target // TICK)) * TICK
    midway = due(calendar, start, part, pauses)
    assert due(calendar, midway, target - part, pauses) == due(calendar, start, target, pauses)


@SOME
@given(clocks(), st.data())
def test_only_the_union_of_pauses_counts(clock, data):
    """Pauses in another order, told twice or told in pieces move the due instant by the same time."""
    calendar, start, target, pauses = clock
    pieces = []
    for since, until in pauses:
        cut = since + (until - since) * data.draw(st.fractions(0, 1).map(float))
        pieces += [(since, cut), (cut, until)] if since < until else [(since, until)]
    told = data.draw(st.permutations(pieces + list(pauses)))
    assert due(calendar, start, target, told) == due(calendar, start, target, pauses)


@SOME
@given(clocks(), st.sampled_from([zone for zone, _ in CHANGES]))
def test_instants_may_come_in_any_zone(clock, zone):
    """The zone in which an instant is written changes nothing, in repeated hours either; answers are UTC."""
    calendar, start, target, _ = clock
    info = ZoneInfo(zone)
    found = due(calendar, start.astimezone(info), target)
    assert found == due(calendar, start, target)
    assert found.tzinfo is UTC
    assert elapsed(calendar, start.astimezone(info), found.astimezone(info)) == target
