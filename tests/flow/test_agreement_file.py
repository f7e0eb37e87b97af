"""The agreement file as a running process looks at it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from bot.agreement import parse_from
from bot.clock import ManualClock
from bot.domain.agreement import Agreement
from bot.flow import agreements
from bot.flow.agreement_file import AgreementFile, adopt
from bot.flow.ports import NotConnected, Office
from bot.store import agreements as stored
from bot.store import outbox, tables

NOW = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)
FOUR, TWO = "[[tier]]\nfirst_contact_hours = 4\n", "[[tier]]\nfirst_contact_hours = 2\n"
RATES = "currency,from,rate\nEUR,2026-01-01,"


@pytest.fixture
def office(database):
    """A running process by whose agreement a lead is called within four hours."""
    return Office(database, ManualClock(NOW), Agreement(), NotConnected(), roll=lambda: 0.5)


@pytest.fixture
def file(tmp_path):
    """The file."""
    return AgreementFile(tmp_path / "agreement.toml")


async def start(office, file, text):
    """The process begins with this text."""
    file.path.write_text(text, encoding="utf-8")
    found = parse_from(text, path=str(file.path), since=NOW, now=NOW, read_file=_beside(file)).agreement
    await adopt(office, found, text)


def _beside(file):
    return lambda name: (file.path.parent / name).read_text("utf-8")


async def looks(office, file, count):
    """So many looks, and whether each did something."""
    return [await file.look(office) for _ in range(count)]


def hours(office):
    """What is promised by the agreement in force."""
    return office.agreement.tiers[0].first_contact / timedelta(hours=1)


def messages(office):
    """The keys and targets of all messages."""
    table = tables.MessageRow.__table__.c
    return office.database.read_now(
        lambda s: [
            tuple(row)
            for row in s.execute(table.id.table.select().with_only_columns(table.key, table.target))
        ]
    )


async def test_a_change_is_taken_when_it_was_seen_twice(office, file):
    """A file that is just being written is not taken by halves."""
    await start(office, file, FOUR)
    assert await looks(office, file, 3) == [False] * 3
    for half in ("", "[[tier]]\n", TWO):
        file.path.write_text(half, encoding="utf-8")
        assert await file.look(office) is False
        assert hours(office) == 4
    assert await looks(office, file, 2) == [True, False]
    assert hours(office) == 2
    assert [_hours(version) for _, version in office.agreement.earlier] == [4]


def _hours(agreement):
    return agreement.tiers[0].first_contact / timedelta(hours=1)


async def test_a_change_that_is_taken_back_before_it_was_seen_twice_is_none(office, file):
    """There and back within seconds leaves no trace."""
    await start(office, file, FOUR)
    await looks(office, file, 2)
    for text in (TWO, FOUR, TWO, FOUR):
        file.path.write_text(text, encoding="utf-8")
        assert await file.look(office) is False
    assert await looks(office, file, 2) == [False, False]
    assert len(office.database.read_now(stored.versions)) == 1


async def test_new_rates_are_taken_and_faulty_ones_are_not(office, file):
    """The file that `conversion_file` names is looked at, too; a new rate is in force, but no news."""
    rates = file.path.with_name("rates.csv")
    rates.write_text(f"{RATES}1.08\n", encoding="utf-8")
    await start(office, file, 'conversion_file = "rates.csv"\n')
    await looks(office, file, 2)
    rates.write_text(f"{RATES}1.09\n", encoding="utf-8")
    assert await looks(office, file, 3) == [False, True, False]
    assert office.agreement.rate_on("EUR", date(2026, 11, 16)) == Decimal("1.09")
    assert messages(office) == []
    for count, broken in enumerate((f"{RATES}-1\n", None), start=1):
        rates.write_text(broken, encoding="utf-8") if broken else rates.unlink()
        assert await looks(office, file, 3) == [False, True, False]
        assert office.agreement.rate_on("EUR", date(2026, 11, 16)) == Decimal("1.09")
        assert len(messages(office)) == count
    rates.write_text(f"{RATES}1.09\n", encoding="utf-8")
    assert await looks(office, file, 3) == [False] * 3


async def test_another_process_that_sees_the_same_file_puts_nothing_in_force_again(office, file):
    """It only uses what is in force already, and knows what was before."""
    await start(office, file, FOUR)
    other = Office(office.database, office.clock, office.agreement, NotConnected(), roll=lambda: 0.5)
    file.path.write_text(TWO, encoding="utf-8")
    assert await looks(office, file, 2) == [False, True]
    assert await looks(other, AgreementFile(file.path), 2) == [False, False]
    assert other.agreement == office.agreement
    assert [_hours(version) for _, version in other.agreement.earlier] == [4]
    assert len(office.database.read_now(stored.versions)) == 2
    assert [key for key, _ in messages(office)] == ["agreement:2"]


async def test_what_one_process_left_half_done_the_next_one_does(office, file):
    """A process ended while it computed what is open; whoever reads the file next does it again."""
    await start(office, file, FOUR)
    file.path.write_text(TWO, encoding="utf-8")
    found = parse_from(TWO, path="x", since=NOW, now=NOW).agreement
    assert await agreements.put_in_force(office, found, TWO) == 2
    assert [version.at_work for version in office.database.read_now(stored.versions)] == [False, True]
    assert await looks(office, file, 2) == [False, True]
    assert [version.at_work for version in office.database.read_now(stored.versions)] == [False, False]
    assert await looks(office, AgreementFile(file.path), 2) == [False, False]


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (
            lambda path: path.write_text("x = 1", encoding="utf-8"),
            "line 1, x: there is no such key; valid are ",
        ),
        (lambda path: path.write_bytes(b"name = '\xff'"), "the file is not UTF-8 text."),
        (lambda path: path.unlink(), "the file is gone."),
        (lambda path: (path.unlink(), path.mkdir()), "the file cannot be read (Is a directory)."),
    ],
)
async def test_a_file_that_cannot_be_taken_is_told_once_to_each_admin(office, file, spoil, reason):
    """What was agreed goes on; each admin gets the reason, however often and by however many it is looked at."""
    text = f'admins = ["a@seller.example", "b@seller.example"]\n{TWO}'
    await start(office, file, text)
    await looks(office, file, 2)
    spoil(file.path)
    assert await looks(office, file, 4) == [False, True, False, False]
    assert (await looks(office, AgreementFile(file.path), 3))[0] is False
    told = messages(office)
    assert [target for _, target in told] == ["person:a@seller.example", "person:b@seller.example"]
    for key, _ in told:
        message = office.database.read_now(lambda s, key=key: outbox.by_key(s, key))
        assert message.kind == "notice"
        assert message.ref["what"].startswith(f"agreement.toml cannot be put in force: {reason}")
    assert hours(office) == 2


async def test_without_admins_the_channel_of_the_reminders_is_told(office, file):
    """Somebody has to know."""
    await start(office, file, FOUR)
    file.path.unlink()
    await looks(office, file, 3)
    assert [target for _, target in messages(office)] == ["#sales-ops"]


async def test_a_file_that_was_never_there_is_not_missed(office, file):
    """Without a file the defaults are agreed; one that appears is taken."""
    await adopt(office, Agreement(), "")
    assert await looks(office, file, 3) == [False] * 3
    assert messages(office) == []
    file.path.write_text(TWO, encoding="utf-8")
    assert await looks(office, file, 2) == [False, True]
    assert hours(office) == 2


async def test_a_new_year_brings_its_holidays(office, file):
    """A process that runs over New Year looks up the holidays of one more year, and nobody is told of that."""
    await start(office, file, '[hours]\nholidays = { country = "US" }\n')
    await looks(office, file, 2)
    assert date(2030, 7, 4) not in office.agreement.calendar.closed
    office.clock.advance(timedelta(days=50))
    assert await looks(office, file, 3) == [False, True, False]
    assert date(2030, 7, 4) in office.agreement.calendar.closed
    assert messages(office) == []
