"""Who stands in for whom as the records tell it, and how often Slack is asked about quiet hours."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.clock import ManualClock
from bot.domain.agreement import Agreement
from bot.flow import people, statements
from bot.flow.ports import NotConnected, Office
from bot.playground.fake_slack import DEFAULT_SCOPES, FakeSlack
from bot.slack import Workspace
from bot.sources.events import Event
from bot.sources.schema import read_statement
from bot.store import people as known_people
from tests.support.outbox import Box

NOW = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)  # a Monday
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
ANA, BEN, CHO = (f"{name}@seller.example" for name in ("ana", "ben", "cho"))


@pytest.fixture
def tell(database):
    """What a CRM says of somebody, a minute later each time unless told otherwise."""
    numbers = itertools.count()

    def _tell(email: str, at: datetime | None = None, **said: Any) -> None:
        number = next(numbers)
        at = at or NOW + number * MINUTE
        body = {"type": "person.updated", "timestamp": at.isoformat(), "data": {"email": email, **said}}
        told = read_statement(body)
        event = Event(f"e{number}", told.type, told.at, told.data)
        database.write_now(lambda s: statements.state_person(s, event, dict(told.data)))

    return _tell


@pytest.fixture
def known(database):
    """What is known of somebody."""
    return lambda email: database.read_now(lambda s: known_people.by_email(s, [email])[email])


@pytest.fixture
def receiver(database):
    """Who receives what is for somebody."""
    return lambda email, now=NOW, zone="UTC": database.read_now(
        lambda s: people.receiver_of(s, zone, email, now)
    )


# --- who receives ---


def test_what_a_crm_says_of_somebodys_absence_is_kept(tell, known):
    """Role, activity, days away and delegate are kept as last said; null clears; the delegate is known by address."""
    said = {
        "role": "sales",
        "active": True,
        "away_from": "2026-11-16",
        "away_until": "2026-11-20T10:00:00+01:00",
        "delegate_email": BEN,
    }
    tell(ANA, **said)
    assert {name: getattr(known(ANA), name) for name in said} == said | {"away_until": "2026-11-20T09:00:00Z"}
    assert not known(BEN).described
    tell(ANA, at=NOW - HOUR, away_from="2026-11-01", active=False)
    tell(ANA, away_until=None)
    assert (known(ANA).away_from, known(ANA).away_until, known(ANA).active) == ("2026-11-16", None, True)


def test_another_account_has_another_schedule(database, tell, known):
    """When the CRM links somebody to another account, the quiet hours of the one before are forgotten."""
    tell(ANA, slack_user_id="U0123456")
    database.write_now(lambda s: known_people.keep_dnd(s, ANA, NOW, NOW + HOUR, NOW))
    tell(ANA, name="Ana")
    assert known(ANA).dnd_until == NOW + HOUR
    tell(ANA, slack_user_id="U7654321")
    assert (known(ANA).dnd_from, known(ANA).dnd_until, known(ANA).dnd_checked_at) == (None, None, None)


def test_a_stand_in_receives(tell, receiver):
    """Away: the delegate; the delegate away too: their manager; nobody on the way back: nobody."""
    assert receiver(ANA) == ANA
    tell(ANA, away_from="2026-11-16", away_until="2026-11-20", delegate_email=BEN, manager_email=CHO)
    assert receiver(ANA) == BEN
    tell(BEN, active=False, manager_email=CHO)
    assert receiver(ANA) == CHO
    tell(CHO, away_until="2026-11-16", delegate_email=ANA)
    assert receiver(ANA) is None
    assert [receiver(ANA, NOW + timedelta(days=days)) for days in (1, 5)] == [CHO, ANA]


def test_the_zone_of_the_day_away(tell, receiver):
    """The agreement's, until the person's own is known."""
    tell(ANA, away_from="2026-11-17", delegate_email=BEN)
    evening = datetime(2026, 11, 16, 20, 0, tzinfo=UTC)
    assert [receiver(ANA, evening, zone) for zone in ("UTC", "Asia/Tokyo")] == [ANA, BEN]
    tell(ANA, timezone="Asia/Tokyo")
    assert receiver(ANA, evening, "UTC") == BEN


def test_somebody_without_an_account(database, receiver, tell):
    """Whom Slack was never asked about may have one; whom it does not know receives nothing, nor does who stands in."""
    tell(ANA, delegate_email=BEN)
    assert receiver(ANA) == ANA
    database.write_now(lambda s: known_people.found_in_slack(s, ANA, None, None, NOW))
    assert receiver(ANA) is None


# --- quiet hours ---


class Desk:
    """A workspace with Ana and Ben, an outbox, and the question that is asked before a message goes out."""

    def __init__(self, database, slack, workspace, clock) -> None:
        self.slack, self.clock = slack, clock
        self.office = Office(database, clock, Agreement(), workspace, lambda: 0.5)
        self.box = Box(database)
        self._numbers = itertools.count()
        self._seen = 0

    async def asks(self, *messages) -> list[str]:
        """The accounts that Slack is asked about before these go out."""
        await people.ask_dnd(self.office, messages)
        calls = self.slack.calls("dnd.info")
        new, self._seen = calls[self._seen :], len(calls)
        return [call.args["user"] for call in new]

    def reminder(self, email=ANA, kind="nudge"):
        """A message to somebody that waits."""
        return self.box.new(f"m{next(self._numbers)}", f"person:{email}", kind=kind)


@pytest.fixture
async def desk(database, tell):
    clock = ManualClock(NOW)
    async with FakeSlack(signing_secret="s", now=lambda: clock.now().timestamp(), rate_limit=False) as slack:
        for email, account in ((ANA, "UANA"), (BEN, "UBEN")):
            slack.add_user(email, email, id=account)
            tell(email, slack_user_id=account)
        slack.add_channel("wins")
        workspace = Workspace("xoxb-demo", slack.api_url, seconds=lambda: clock.now().timestamp())
        yield Desk(database, slack, workspace, clock)
        await workspace.close()


def span(person):
    return person.dnd_from, person.dnd_until, person.dnd_checked_at


async def test_before_a_reminder_slack_is_asked_once(desk, known):
    """The schedule is kept, with when it was told; of two reminders to one person one question comes."""
    desk.slack.set_dnd("UANA", NOW - HOUR, NOW + HOUR)
    assert await desk.asks(desk.reminder(), desk.reminder()) == ["UANA"]
    assert span(known(ANA)) == (NOW - HOUR, NOW + HOUR, NOW)
    assert span(known(BEN)) == (None, None, None)


async def test_nobody_is_asked_about_but_for_reminders(desk):
    """Wins, notices, channels and edits of what somebody has already disturb nobody."""
    reminder = desk.reminder()
    desk.box.take(reminder)
    desk.box.sent(reminder.id, channel_id="D1", ts="1.1", digest="d1", now=NOW)
    others = [
        desk.box.find(reminder.id),
        desk.reminder(kind="notice"),
        desk.box.new("c", "#wins", kind="nudge"),
        desk.box.new("w"),
    ]
    assert await desk.asks(*others) == []
    assert await desk.asks() == []
    assert desk.slack.calls() == []


@pytest.mark.parametrize("schedule", [None, (-HOUR, 8 * HOUR)])
async def test_an_answer_lasts_fifteen_minutes(desk, schedule):
    """Until then it is believed, whether there is a schedule or none."""
    if schedule is not None:
        desk.slack.set_dnd("UANA", *(NOW + part for part in schedule))
    asked = []
    for minute in (0, 1, 14, 15, 16, 30):
        desk.clock.move_to(NOW + minute * MINUTE)
        asked.append(len(await desk.asks(desk.reminder())))
    assert asked == [1, 0, 0, 1, 0, 1]


async def test_a_span_that_is_over_is_asked_about_anew(desk, known):
    """At its end the schedule's next span is asked for, however fresh the answer is, and once."""
    desk.slack.set_dnd("UANA", NOW - HOUR, NOW + 5 * MINUTE)
    assert await desk.asks(desk.reminder()) == ["UANA"]
    desk.clock.advance(5 * MINUTE)
    assert await desk.asks(desk.reminder()) == ["UANA"]
    day = timedelta(days=1)
    assert span(known(ANA)) == (NOW - HOUR + day, NOW + 5 * MINUTE + day, NOW + 5 * MINUTE)
    assert await desk.asks(desk.reminder()) == []


async def test_who_stands_in_is_asked_about(desk, tell):
    """A reminder that goes to a delegate minds the delegate's quiet hours."""
    tell(ANA, away_until="2026-11-20", delegate_email=BEN)
    assert await desk.asks(desk.reminder()) == ["UBEN"]


async def test_who_has_no_account_is_not_asked_about(desk, tell):
    """Without an account there is no schedule, and without a receiver there is no question."""
    tell(CHO)
    tell(BEN, active=False)
    assert await desk.asks(desk.reminder(CHO), desk.reminder(BEN), desk.reminder("new@seller.example")) == []


async def test_without_the_scope_nobody_is_asked_about(desk, known):
    """A workspace that did not grant it gets no call of its own for it, and nothing is held."""
    desk.slack.settings.scopes = DEFAULT_SCOPES - {"dnd:read"}
    desk.slack.set_dnd("UANA", NOW - HOUR, NOW + HOUR)
    assert await desk.asks(desk.reminder()) == []
    assert span(known(ANA)) == (None, None, NOW)
    assert len(desk.slack.calls()) == 1  # auth.test


@pytest.mark.parametrize("fault", ["drop", 429, 500, "html_200", "error:user_not_found"])
async def test_a_failure_is_as_if_there_were_none(desk, known, fault):
    """Whatever Slack does, nothing is held by it, not even by an answer of before; it is asked again in its time."""
    desk.slack.set_dnd("UANA", NOW - HOUR, NOW + HOUR)
    await desk.asks(desk.reminder())
    desk.clock.advance(15 * MINUTE)
    desk.slack.fail_always("dnd.info", fault)
    await desk.asks(desk.reminder())
    assert span(known(ANA)) == (None, None, NOW + 15 * MINUTE)
    assert await desk.asks(desk.reminder()) == []
    desk.slack.clear_faults()
    desk.clock.advance(15 * MINUTE)
    assert (await desk.asks(desk.reminder()), known(ANA).dnd_until) == (["UANA"], NOW + HOUR)


async def test_without_a_workspace_nothing_is_held(desk, database, known):
    """A command that does not talk to Slack knows of no quiet hours."""
    office = Office(database, desk.clock, Agreement(), NotConnected(), lambda: 0.5)
    await people.ask_dnd(office, [desk.reminder()])
    assert span(known(ANA)) == (None, None, NOW)
