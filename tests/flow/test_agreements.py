"""Which agreement is in force, and what held before it."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from bot.agreement import parse_from
from bot.clock import ManualClock
from bot.flow import agreements
from bot.flow.ports import NotConnected, Office
from bot.store import agreements as stored
from bot.store import outbox

if TYPE_CHECKING:
    from bot.store.database import Database

START = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)
_numbers = itertools.count()


def hours(number: float, remark: str = "") -> str:
    """An agreement by which a lead is called within so many hours."""
    return f"# {remark}\n[[tier]]\nfirst_contact_hours = {number}\n"


def read(text: str, rates: str = ""):
    """The agreement of a text."""
    return parse_from(text, path="x", since=START, now=START, read_file=lambda _: rates).agreement


class Firm:
    """A database whose agreements change, a day apart."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.office = Office(database, ManualClock(START), read(""), NotConnected(), roll=lambda: 0.5)

    async def agrees(self, text: str, rates: str = "") -> bool:
        """Put an agreement in force; true if what is open was computed anew. A day goes by."""
        number = await agreements.put_in_force(self.office, read(text, rates), text)
        if number is not None:
            await agreements.work_done(self.office, number)
        self.office.clock.advance(DAY)
        return number is not None

    def kept(self, text: str, *, since: datetime) -> None:
        """An agreement that another version of Winbell put in force."""
        self.database.write_now(
            lambda s: stored.put_in_force(s, digest=text, name="Ours", body=text, now=since)
        )

    def held(self) -> list[tuple[int, float]]:
        """(day on which it was replaced, hours to the first contact) of each earlier agreement."""
        return [((until - START).days, _hours(version)) for until, version in self.office.agreement.earlier]

    def announced(self) -> list[str]:
        """What the outbox holds to be told, oldest first."""
        now = self.office.clock.now()

        def told(session):
            found = []
            for version in stored.versions(session):
                message = outbox.by_key(session, f"agreement:{version.id}")
                if message is not None:
                    ready = agreements.prepare(session, self.office.agreement, message, now)
                    found.append(
                        (message.kind, message.ref, ready.target, ready.payload.text.split("\n")[1:])
                    )
            return found

        return self.database.read_now(told)


def _hours(agreement) -> float:
    return agreement.tiers[0].first_contact / timedelta(hours=1)


@pytest.fixture
def firm(database):
    """A firm without an agreement so far."""
    return Firm(database)


async def test_the_first_agreement_changes_nothing_and_is_not_told(firm):
    """There is nothing before it, and nothing that was computed by another."""
    assert await firm.agrees(hours(4)) is False
    assert (firm.held(), firm.announced()) == ([], [])
    assert firm.database.read_now(lambda s: agreements.in_force_since(s, firm.office.agreement)) == START


async def test_a_change_is_kept_told_once_and_computed(firm):
    """The one before keeps its days, the channel of both sides gets the difference; the same again is nothing new."""
    await firm.agrees(hours(4))
    assert await firm.agrees(hours(2)) is True
    assert await firm.agrees(hours(2)) is False
    assert firm.held() == [(1, 4.0)]
    told = ["Tier all: first contact within 2 working hours, before within 4."]
    assert firm.announced() == [("agreement", {"version": 2}, "#sales-ops", told)]
    assert (
        firm.database.read_now(lambda s: agreements.in_force_since(s, firm.office.agreement)) == START + DAY
    )


async def test_the_past_is_judged_by_its_own_agreement(firm):
    """Each instant has the agreement that was in force then; the first one reaches back for ever."""
    for number in (4, 2, 1):
        await firm.agrees(hours(number))
    office = firm.office.agreement
    moments = [
        START - 900 * DAY,
        START,
        START + DAY - timedelta(microseconds=1),
        START + DAY,
        START + 2 * DAY,
    ]
    assert [_hours(office.as_of(at)) for at in (*moments, START + 900 * DAY)] == [4, 4, 4, 2, 1, 1]


async def test_an_agreement_that_comes_back_is_told_again(firm):
    """There and back are two changes."""
    for number in (4, 2, 4):
        await firm.agrees(hours(number))
    assert firm.held() == [(1, 4.0), (2, 2.0)]
    assert [told for *_, told in firm.announced()] == [
        ["Tier all: first contact within 2 working hours, before within 4."],
        ["Tier all: first contact within 4 working hours, before within 2."],
    ]


async def test_a_remark_is_no_change(firm):
    """It is kept, but nobody is told, and what was agreed counts since it was agreed."""
    for text in (hours(4), hours(2), hours(2, "a remark"), hours(2, "another")):
        await firm.agrees(text)
    assert firm.held() == [(1, 4.0)]
    assert len(firm.announced()) == 1
    assert (
        firm.database.read_now(lambda s: agreements.in_force_since(s, firm.office.agreement)) == START + DAY
    )


async def test_other_rates_in_a_file_are_computed_but_not_told(firm):
    """The file of an earlier agreement is not kept: its rates are those of no file."""
    text = 'conversion_file = "rates.csv"\n'
    await firm.agrees(text, "currency,from,rate\nEUR,2026-01-01,1.08")
    assert await firm.agrees(text, "currency,from,rate\nEUR,2026-01-01,1.09") is True
    await firm.agrees('conversion = { EUR = "1.1" }')
    assert [version.rates for _, version in firm.office.agreement.earlier] == [()]
    assert [told for *_, told in firm.announced()] == [["Worth of 1 EUR: 1.1 USD, before none."]]


async def test_an_agreement_that_is_refused_now_is_left_out(firm, caplog):
    """Its time counts to the one that followed; the log says so once, and the change is told from the one before it."""
    refused = f"from_the_future = {next(_numbers)}\n"  # a process parses and tells a text once
    firm.kept(hours(8), since=START - 3 * DAY)
    firm.kept(refused, since=START - 2 * DAY)
    firm.kept(hours(4), since=START - DAY)
    await firm.agrees(hours(2))
    assert firm.held() == [(-2, 8.0), (0, 4.0)]
    assert _hours(firm.office.agreement.as_of(START - 2 * DAY)) == 4
    await firm.agrees(hours(1))
    firm.kept(refused, since=START + 2 * DAY)
    firm.office.clock.advance(DAY)
    await firm.agrees(hours(3))
    *_, (_, _, _, told) = firm.announced()
    assert told == ["Tier all: first contact within 3 working hours, before within 1."]
    lines = [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]
    assert lines == ["an earlier agreement cannot be read"]


async def test_work_that_was_not_done_is_done_again(firm):
    """A process that ends while it computes is followed by one that computes; nothing is told twice."""
    await firm.agrees(hours(4))
    assert await agreements.put_in_force(firm.office, read(hours(2)), hours(2)) == 2
    for _ in range(2):
        assert await agreements.put_in_force(firm.office, read(hours(2)), hours(2)) == 2
    await agreements.work_done(firm.office, 2)
    assert await agreements.put_in_force(firm.office, read(hours(2)), hours(2)) is None
    assert len(firm.announced()) == 1


async def test_a_short_command_knows_the_past_and_puts_nothing_in_force(firm):
    """With a file that is not in force yet, the one in force counts as replaced now."""
    await firm.agrees(hours(4))
    await firm.agrees(hours(2))
    now = firm.office.clock.now()

    def asked(text):
        known = firm.database.read_now(lambda s: agreements.remembering(s, read(text), text, now))
        return [((until - START).days, _hours(version)) for until, version in known.earlier]

    assert asked(hours(2)) == [(1, 4.0)]
    assert asked(hours(1)) == [(1, 4.0), (2, 2.0)]
    assert len(firm.database.read_now(stored.versions)) == 2


async def test_a_change_is_told_where_the_team_reads_by_now(firm):
    """An announcement that waits goes to the channel of the agreement in force when it is sent."""
    await firm.agrees(hours(4))
    await firm.agrees(hours(2))
    await firm.agrees(hours(2) + '[digests]\nchannel = "#growth"\n')
    assert [(target, told) for _, _, target, told in firm.announced()] == [
        ("#growth", ["Tier all: first contact within 2 working hours, before within 4."]),
        ("#growth", ["Channel for both sides: #growth, before that of the reminders."]),
    ]


async def test_what_was_told_of_a_change_stays_the_same(firm):
    """A year later the holidays of another year are known; the message does not change by that."""
    country = '[hours]\nholidays = { country = "US" }\n'
    await firm.agrees("")
    await firm.agrees(country)
    before = firm.announced()
    firm.office.clock.advance(400 * DAY)
    assert firm.announced() == before
    assert before[0][3][0].startswith("Closed now: 26 Nov 2026, 25 Dec 2026, 1 Jan 2027, ")
