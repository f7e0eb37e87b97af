"""Moments as sources tell them."""

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.when import When, instant_text, parse_instant, to_utc, wall_to_instant, zone_named
from bot.errors import FormatError

SOME = settings(max_examples=150, derandomize=True)
ZONES = st.sampled_from(
    ["UTC", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "Africa/Cairo", "Pacific/Apia"]
)
DAYS = st.dates(date(1970, 1, 1), date(2200, 12, 31))
INSTANTS = st.datetimes(
    datetime(1970, 1, 1),  # noqa: DTZ001
    datetime(2200, 12, 31, 23, 59, 59, 999999),  # noqa: DTZ001
    timezones=st.just(UTC),
)
OFFSETS = st.integers(-1439, 1439).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("2026-11-20", "2026-11-20"),
        (" 2026-11-20\n", "2026-11-20"),
        ("2024-02-29", "2024-02-29"),
        ("2026-11-20T15:04:32Z", "2026-11-20T15:04:32Z"),
        ("2026-11-20t15:04:32z", "2026-11-20T15:04:32Z"),
        ("2026-11-20 15:04:32Z", "2026-11-20T15:04:32Z"),
        ("2026-11-20T15:04Z", "2026-11-20T15:04:00Z"),
        ("2026-11-20T15:04:32+00:00", "2026-11-20T15:04:32Z"),
        ("2026-11-20T15:04:32-00:00", "2026-11-20T15:04:32Z"),
        ("2026-11-20T15:04:32+0100", "2026-11-20T14:04:32Z"),
        ("2026-11-20T15:04:32-05", "2026-11-20T20:04:32Z"),
        ("2026-11-20T15:04:32+05:45", "2026-11-20T09:19:32Z"),
        ("2026-11-20T23:30:00-03:30", "2026-11-21T03:00:00Z"),
        ("2026-11-20T15:04:32.5Z", "2026-11-20T15:04:32.500000Z"),
        ("2026-11-20T15:04:32,5Z", "2026-11-20T15:04:32.500000Z"),
        ("2026-11-20T15:04:32.000Z", "2026-11-20T15:04:32Z"),
        ("2026-11-20T15:04:32.123456Z", "2026-11-20T15:04:32.123456Z"),
        ("2026-11-20T15:04:32.123456999Z", "2026-11-20T15:04:32.123456Z"),
        ("1970-01-01", "1970-01-01"),
        ("1970-01-01T00:00:00Z", "1970-01-01T00:00:00Z"),
        ("2200-12-31", "2200-12-31"),
        ("2200-12-31T23:59:59.999999Z", "2200-12-31T23:59:59.999999Z"),
    ],
)
def test_a_moment_is_read_into_one_form(text, canonical):
    """Every spelling of a moment has one canonical text, which reads as the same moment."""
    moment = When.parse(text)
    assert moment.text == canonical
    assert When.parse(canonical) == moment


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("2026-11-20T15:04:32", "2026-11-20T15:04:32 needs an offset; add Z for UTC or one like"),
        ("2026-11-20 15:04", "needs an offset"),
        ("", "must be an ISO 8601 time with its offset"),
        ("yesterday", "must be an ISO 8601 time with its offset"),
        ("20.11.2026", "must be an ISO 8601 time with its offset"),
        ("11/20/2026", "must be an ISO 8601 time with its offset"),
        ("20261120", "must be an ISO 8601 time with its offset"),
        ("2026-W47-5", "must be an ISO 8601 time with its offset"),
        ("2026-11-20T15Z", "must be an ISO 8601 time with its offset"),
        ("2026-11-20T15:04:32 Z", "must be an ISO 8601 time with its offset"),
        ("2026-11-20T15:04:32.Z", "must be an ISO 8601 time with its offset"),
        ("2026-11-20Z", "must be an ISO 8601 time with its offset"),
        ("٢٠٢٦-11-20", "must be an ISO 8601 time with its offset"),
        (1763650000, "must be an ISO 8601 time with its offset"),
        (None, "must be an ISO 8601 time with its offset"),
        ("2026-02-29", "is not a date of the calendar"),
        ("2026-13-01T00:00:00Z", "is not a date of the calendar"),
        ("0000-01-01", "is not a date of the calendar"),
        ("2026-11-20T24:00:00Z", "is not a time of a day"),
        ("2026-11-20T23:60:00Z", "is not a time of a day"),
        ("2026-11-20T23:59:60Z", "is not a time of a day"),
        ("2026-11-20T15:04:32+24:00", "is not a time of a day"),
        ("2026-11-20T15:04:32+01:60", "is not a time of a day"),
        ("1969-12-31", "is outside the years 1970 to 2200"),
        ("2201-01-01", "is outside the years 1970 to 2200"),
        ("0001-01-01T00:00:00Z", "is outside the years 1970 to 2200"),
        ("9999-12-31T23:59:59-23:59", "is outside the years 1970 to 2200"),
        ("1970-01-01T00:00:00+00:01", "is outside the years 1970 to 2200"),
        ("2200-12-31T23:59:59-00:01", "is outside the years 1970 to 2200"),
    ],
)
def test_what_is_no_moment_is_refused(text, reason):
    """What could mean several moments, or none, is refused with the field's name."""
    with pytest.raises(FormatError, match=f"^created_at: .*{reason}") as caught:
        When.parse(text, field="created_at")
    assert caught.value.field == "created_at"


def test_a_long_text_is_not_repeated_in_full():
    """The error shows the beginning of what it refuses, not a megabyte of it."""
    with pytest.raises(FormatError, match=r"…$") as caught:
        When.parse("x" * 10**6)
    assert len(str(caught.value)) < 200


@SOME
@given(INSTANTS, OFFSETS)
def test_an_instant_survives_its_text(instant, offset):
    """An instant written in any offset reads as that instant, in UTC, and its canonical text does too."""
    moment = When.parse(instant.astimezone(offset).isoformat())
    assert moment == When(None, instant)
    assert moment.instant.tzinfo is UTC
    assert When.parse(moment.text) == moment
    assert instant_text(instant.astimezone(offset)) == moment.text


@SOME
@given(DAYS)
def test_a_date_survives_its_text(day):
    """A date alone stays a date alone."""
    assert When.parse(day.isoformat()) == When(day, None)
    assert When(day, None).text == day.isoformat()


def test_a_moment_is_a_day_or_an_instant():
    """Neither both nor none; and an instant has an offset."""
    day, instant = date(2026, 11, 20), datetime(2026, 11, 20, tzinfo=UTC)
    for wrong in ((None, None), (day, instant)):
        with pytest.raises(ValueError, match="either a day or an instant"):
            When(*wrong)
    with pytest.raises(ValueError, match="has no offset"):
        When(None, instant.replace(tzinfo=None))


def test_equal_instants_are_equal_moments():
    """An instant is kept in UTC, so two ways to write it are one moment and one key."""
    instant = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
    elsewhere = When(None, instant.astimezone(ZoneInfo("Asia/Tokyo")))
    assert {When(None, instant), elsewhere} == {elsewhere}
    assert elsewhere.instant.tzinfo is UTC


# What it means in a zone


@pytest.mark.parametrize(
    ("text", "zone", "meanings"),
    [
        (
            "2026-11-20T23:30:00Z",
            "Asia/Tokyo",
            (
                "2026-11-20T23:30:00Z",
                "2026-11-20T23:30:00Z",
                "2026-11-21",
                "2026-11-21T08:30:00",
            ),
        ),
        (
            "2026-11-20",
            "America/New_York",
            (
                "2026-11-20T05:00:00Z",
                "2026-11-21T04:59:59.999999Z",
                "2026-11-20",
                "2026-11-20T00:00:00",
            ),
        ),
        (  # a day of 23 hours
            "2026-03-08",
            "America/New_York",
            (
                "2026-03-08T05:00:00Z",
                "2026-03-09T03:59:59.999999Z",
                "2026-03-08",
                "2026-03-08T00:00:00",
            ),
        ),
        (  # a day of 25 hours
            "2026-11-01",
            "America/New_York",
            (
                "2026-11-01T04:00:00Z",
                "2026-11-02T04:59:59.999999Z",
                "2026-11-01",
                "2026-11-01T00:00:00",
            ),
        ),
        (  # a day without a midnight: it starts at 01:00 there
            "2026-04-24",
            "Africa/Cairo",
            (
                "2026-04-23T22:00:00Z",
                "2026-04-24T20:59:59.999999Z",
                "2026-04-24",
                "2026-04-24T00:00:00",
            ),
        ),
        (  # the second 01:30 of that night
            "2026-11-01T06:30:00Z",
            "America/New_York",
            (
                "2026-11-01T06:30:00Z",
                "2026-11-01T06:30:00Z",
                "2026-11-01",
                "2026-11-01T01:30:00",
            ),
        ),
    ],
)
def test_a_moment_in_a_zone(text, zone, meanings):
    """First and last instant, date and wall time: a date alone is that day of the zone, to its last microsecond."""
    moment = When.parse(text)
    assert (
        instant_text(moment.starts(zone)),
        instant_text(moment.ends(zone)),
        moment.on(zone).isoformat(),
        moment.wall(zone).isoformat(),
    ) == meanings


@SOME
@given(st.dates(date(1971, 1, 1), date(2199, 12, 30)), ZONES)
def test_days_follow_each_other_without_a_gap(day, zone):
    """A day ends one microsecond before the next one starts, whatever the clocks do."""
    today, tomorrow = When(day, None), When(day + timedelta(days=1), None)
    assert today.ends(zone) + timedelta(microseconds=1) == tomorrow.starts(zone)
    assert today.on(zone) == day


@SOME
@given(st.datetimes(datetime(1971, 1, 1), datetime(2199, 12, 30), timezones=st.just(UTC)), ZONES)  # noqa: DTZ001
def test_an_instant_lies_in_the_day_it_falls_on(instant, zone):
    """The day on which an instant falls, taken as a date alone, holds that instant."""
    day = When(When(None, instant).on(zone), None)
    assert day.starts(zone) <= instant <= day.ends(zone)


@pytest.mark.parametrize(
    ("wall", "expected"),
    [
        ("2026-03-08T01:59:59", "2026-03-08T06:59:59Z"),
        ("2026-03-08T02:30:00", "2026-03-08T07:30:00Z"),  # skipped: half past three
        ("2026-03-08T03:30:00", "2026-03-08T07:30:00Z"),
        ("2026-11-01T01:30:00", "2026-11-01T05:30:00Z"),  # repeated: the first one
        ("2026-11-01T02:00:00", "2026-11-01T07:00:00Z"),
    ],
)
def test_a_wall_time_is_one_instant(wall, expected):
    """A skipped wall time moves forward by the gap; a repeated one is the first, whatever its fold says."""
    naive = datetime.fromisoformat(wall)
    found = [instant_text(wall_to_instant(naive.replace(fold=fold), "America/New_York")) for fold in (0, 1)]
    assert found == [expected, expected]


# Instants only


def test_an_instant_is_asked_for_and_a_date_is_not_enough():
    """Where an instant is needed, a date alone is refused and the field is named."""
    assert parse_instant("2026-11-20T15:04:32+01:00", "timestamp") == datetime(
        2026, 11, 20, 14, 4, 32, tzinfo=UTC
    )
    with pytest.raises(FormatError, match=r"^timestamp: .*'2026-11-20' is a date alone"):
        parse_instant("2026-11-20", "timestamp")
    with pytest.raises(FormatError, match=r"^timestamp: .* needs an offset"):
        parse_instant("2026-11-20T15:04:32", "timestamp")


def test_a_naive_time_has_no_instant():
    """Neither a text nor an instant in UTC is made of a time without an offset."""
    naive = datetime(2026, 11, 20)  # noqa: DTZ001
    for question in (instant_text, to_utc):
        with pytest.raises(ValueError, match="2026-11-20T00:00:00 has no offset"):
            question(naive)


@pytest.mark.parametrize("name", ["", "Mars/Olympus", "/etc/passwd", "../UTC", "America", "UTC\0"])
def test_an_unknown_zone_is_named(name):
    """What is no time zone is refused by name, paths and folders too."""
    with pytest.raises(ValueError, match="is not a time zone; write an IANA name like"):
        zone_named(name)
