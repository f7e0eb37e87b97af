"""Who is there to receive something: days away in every zone, chains of stand-ins, quiet hours."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.presence import Somebody, held_by_dnd, is_away, receiver
from bot.errors import FormatError

MANY = settings(max_examples=300, derandomize=True)
ZONES = st.sampled_from(
    ["UTC", "America/New_York", "America/Havana", "Africa/Cairo", "Asia/Kathmandu", "Australia/Lord_Howe"]
)
DAYS = st.dates(date(2026, 1, 1), date(2027, 12, 31))
INSTANTS = st.datetimes(datetime(2025, 12, 1), datetime(2028, 1, 31), timezones=st.just(UTC))  # noqa: DTZ001
NOW = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)
ANA, BEN, CHO, DEE = (f"{name}@seller.example" for name in ("ana", "ben", "cho", "dee"))


def utc(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("away_from", "away_until", "zone", "first", "back"),
    [
        ("2026-11-18", "2026-11-18", "UTC", "2026-11-18T00:00", "2026-11-19T00:00"),
        ("2026-11-18", "2026-11-20", "America/New_York", "2026-11-18T05:00", "2026-11-21T05:00"),
        ("2026-11-18", "2026-11-20", "Asia/Kathmandu", "2026-11-17T18:15", "2026-11-20T18:15"),
        # New York's clocks go forward on 8 March and back on 1 November 2026: days of 23 and of 25 hours.
        ("2026-03-08", "2026-03-08", "America/New_York", "2026-03-08T05:00", "2026-03-09T04:00"),
        ("2026-11-01", "2026-11-01", "America/New_York", "2026-11-01T04:00", "2026-11-02T05:00"),
        # Cairo's 24 April begins at 01:00, Havana has 00:00 to 01:00 of 1 November twice.
        ("2026-04-24", "2026-04-24", "Africa/Cairo", "2026-04-23T22:00", "2026-04-24T21:00"),
        ("2026-11-01", "2026-11-01", "America/Havana", "2026-11-01T04:00", "2026-11-02T05:00"),
        (
            "2026-11-18T15:30:00Z",
            "2026-11-19T08:00:00Z",
            "Asia/Tokyo",
            "2026-11-18T15:30",
            "2026-11-19T08:00",
        ),
        ("2026-11-18T15:30:00Z", "2026-11-19", "Asia/Tokyo", "2026-11-18T15:30", "2026-11-19T15:00"),
        ("2026-11-18", "2026-11-18T12:00:00Z", "Asia/Tokyo", "2026-11-17T15:00", "2026-11-18T12:00"),
    ],
)
def test_somebody_is_away_from_the_first_instant_to_the_last(away_from, away_until, zone, first, back):
    """A date is the whole day of the person's own zone, however long it is; an instant is exact."""
    tick = timedelta(microseconds=1)
    looks = [utc(first) - tick, utc(first), utc(back) - tick, utc(back)]
    assert [is_away(away_from, away_until, zone, now) for now in looks] == [False, True, True, False]


@given(st.none() | DAYS, st.none() | DAYS, ZONES, INSTANTS)
@MANY
def test_days_away_are_the_days_of_their_calendar(first, last, zone, now):
    """Of days alone: away exactly while the calendar on their own wall shows one of them; one side may be open."""
    today = now.astimezone(ZoneInfo(zone)).date()
    wanted = (first or last) is not None and (first or today) <= today <= (last or today)
    assert is_away(first and first.isoformat(), last and last.isoformat(), zone, now) is wanted


@pytest.mark.parametrize(("away_from", "away_until"), [("soon", None), (None, "later")])
def test_what_is_no_moment_is_named(away_from, away_until):
    """A text that is no moment is an error that names its field."""
    with pytest.raises(FormatError, match=r"away_(from|until)"):
        is_away(away_from, away_until, "UTC", NOW)


def away(email, **more):
    return Somebody(email, away_from="2026-11-18", **more)


CASES = [
    ([], ANA, ANA),
    ([Somebody(ANA)], ANA, ANA),
    ([Somebody(ANA, reachable=False, delegate_email=BEN)], ANA, None),
    ([away(ANA, delegate_email=BEN, manager_email=CHO)], ANA, BEN),
    ([away(ANA, manager_email=CHO)], ANA, CHO),
    ([away(ANA)], ANA, None),
    ([Somebody(ANA, active=False, delegate_email=BEN)], ANA, BEN),
    ([Somebody(ANA, active=False, manager_email=CHO, reachable=False)], ANA, CHO),
    ([away(ANA, delegate_email=BEN), away(BEN, delegate_email=CHO)], ANA, CHO),
    ([away(ANA, delegate_email=BEN), away(BEN, manager_email=DEE)], ANA, DEE),
    ([away(ANA, delegate_email=BEN), away(BEN, delegate_email=ANA)], ANA, None),
    ([away(ANA, delegate_email=BEN, manager_email=CHO), away(BEN, delegate_email=ANA)], ANA, CHO),
    ([away(ANA, delegate_email=BEN, manager_email=CHO), Somebody(BEN, reachable=False)], ANA, CHO),
    ([away(ANA, delegate_email=BEN), Somebody(BEN, reachable=False, delegate_email=CHO)], ANA, None),
    ([away(ANA, manager_email=ANA)], ANA, None),
    ([away(ANA, delegate_email=BEN)], BEN, BEN),
]


@pytest.mark.parametrize(("people", "email", "found"), CASES)
def test_who_receives_what_is_for_somebody(people, email, found):
    """They themselves; absent: the delegate, else the manager, and so on along the chain; nobody is asked twice."""
    assert receiver(email, {one.email: one for one in people}, NOW, "UTC") == found


@pytest.mark.parametrize(("zone", "found"), [("Asia/Tokyo", ANA), ("America/New_York", BEN), (None, BEN)])
def test_dates_are_read_where_the_person_is(zone, found):
    """The day away is that of their own zone, else of the agreement's."""
    person = Somebody(ANA, away_until="2026-11-18", delegate_email=BEN, zone=zone)
    assert receiver(ANA, {ANA: person}, utc("2026-11-18T23:00"), "America/New_York") == found


SOMEBODY = st.builds(
    Somebody,
    st.just(""),
    active=st.booleans(),
    away_from=st.sampled_from([None, "2026-11-01"]),
    delegate_email=st.sampled_from([None, ANA, BEN, CHO, DEE]),
    manager_email=st.sampled_from([None, ANA, BEN, CHO, DEE]),
    reachable=st.booleans(),
)


@given(st.dictionaries(st.sampled_from([ANA, BEN, CHO, DEE]), SOMEBODY))
@MANY
def test_in_any_company_it_ends_with_somebody_who_is_there(people):
    """Whoever stands in for whom: it is somebody there and reachable, and nobody only if there is none on the way."""
    there = {
        email
        for email in (ANA, BEN, CHO, DEE)
        if (one := people.get(email)) is None or (one.active and one.away_from is None)
    }
    on_the_way, grown = {ANA}, set()
    while grown != on_the_way:
        grown = set(on_the_way)
        for email in grown - there:
            on_the_way |= {people[email].delegate_email, people[email].manager_email} - {None}
    possible = {email for email in on_the_way & there if email not in people or people[email].reachable}
    found = receiver(ANA, people, NOW, "UTC")
    assert (found in possible) if possible else found is None


@pytest.mark.parametrize(
    ("begins", "ends", "held"),
    [
        (-60, 60, True),
        (0, 60, True),
        (-60, 0, False),
        (1, 60, False),
        (None, 60, False),
        (-60, None, False),
        (None, None, False),
        (60, -60, False),
    ],
)
def test_quiet_hours_hold_until_their_end(begins, ends, held):
    """Inside the span, its first instant included and its last excluded, a message waits for the end of it."""
    start, end = (None if at is None else NOW + timedelta(minutes=at) for at in (begins, ends))
    assert held_by_dnd(start, end, NOW) == (end if held else None)
