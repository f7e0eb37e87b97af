"""A promise that its own working hours never hold is refused: it would fail for every lead."""

from datetime import UTC, date, datetime

import pytest

from bot.agreement import parse_from
from bot.domain.agreement import Agreement
from bot.errors import AgreementError

SINCE = datetime(2024, 5, 6, 9, 0, tzinfo=UTC)
NOW = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)
ONE_MINUTE_A_WEEK = '[hours]\nmon = ["09:00-09:01"]\n'
FIRST = "first_contact_hours and its steps do"


def read(text):
    return parse_from(text, path="ours.toml", since=SINCE, now=NOW)


def test_an_agreement_that_fits_is_read():
    """What fits is what the file says; an empty one is the defaults."""
    assert read("").agreement == Agreement()


@pytest.mark.parametrize(
    ("tier", "refused"),
    [
        ("first_contact_hours = 8\nwithin_hours = 8", []),
        ("first_contact_hours = 0.1\nwithin_hours = 8.8", ["within_hours does"]),
        ("first_contact_hours = 4.4\nwithin_hours = 1", [FIRST]),
        ("first_contact_hours = 9\nwithin_hours = 9", [FIRST, "within_hours does"]),
        ("first_contact_hours = 1\nwithin_hours = 1\nspacing_hours = 9", []),
        (
            "first_contact_hours = 1\nwithin_hours = 1\nspacing_hours = 9\nattempts = 2",
            ["spacing_hours does"],
        ),
        (
            "first_contact_hours = 1\nwithin_hours = 1\nspacing_hours = [1, 9]\nattempts = 3",
            ["spacing_hours does"],
        ),
        ("first_contact_hours = 1\nwithin_hours = 1\nspacing_hours = []\nattempts = 1", []),
    ],
)
def test_a_promise_that_never_fits_is_refused(tier, refused):
    """Ten years of one minute a week hold 8 hours and 42 minutes; a step doubles what the first contact needs."""
    steps = '[reminders]\nsteps = [{ at = "breach+100%", to = "channel" }]' if "4.4" in tier else ""
    text = f'{ONE_MINUTE_A_WEEK}[[tier]]\nname = "hot"\n{tier}\n{steps}'
    if not steps:
        text += "[reminders]\nsteps = []"
    if not refused:
        assert read(text).agreement.tiers[0].name == "hot"
        return
    with pytest.raises(AgreementError) as caught:
        read(text)
    sentences = [f"tier hot: {what} not fit into ten years of these hours" for what in refused]
    assert (caught.value.path, list(caught.value.problems)) == ("ours.toml", sentences)


def test_holidays_are_looked_up_around_the_whole_time():
    """From three years before an agreement came in force to three years ahead of now."""
    closed = read('[hours]\nholidays = { country = "US" }').agreement.calendar.closed
    assert {day.year for day in closed} == set(range(2021, 2030))
    assert date(2024, 7, 4) in closed
