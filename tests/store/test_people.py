"""People: what the CRM says of them and what Slack knows, each beside the other."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.store import people, records
from bot.store.people import Person

NOW = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)
ANA, BEN = "ana@seller.example", "ben@seller.example"


@pytest.fixture
def do(database):
    """Runs a function of the store in a transaction."""
    return lambda function, *args, **named: database.write_now(lambda s: function(s, *args, **named))


@pytest.fixture
def describe(do):
    """A person as the CRM describes them."""

    def _describe(email: str, **columns: Any) -> None:
        stored = do(records.load, "person", email)
        stored.columns |= {"described": True, **columns}
        do(records.save, "person", stored)

    return _describe


def known(do, email: str) -> Person:
    """What is known of somebody."""
    return do(people.by_email, [email])[email]


def test_a_person_of_slack_alone(do):
    """An address that only Slack knows is a person the CRM has not described."""
    do(people.found_in_slack, ANA, "U1", "Europe/Berlin", NOW)
    assert known(do, ANA) == Person(ANA, False, None, None, None, "Europe/Berlin", "U1", NOW, None)


def test_the_crms_word_stands_before_slacks(do, describe):
    """Account and time zone are those the CRM gives, else those that Slack found."""
    do(people.found_in_slack, ANA, "U1", "Europe/Berlin", NOW)
    describe(ANA, name="Ana", team="north", manager_email=BEN)
    assert known(do, ANA) == Person(ANA, True, "Ana", "north", BEN, "Europe/Berlin", "U1", NOW, None)
    describe(ANA, slack_user_id="U7", timezone="Asia/Tokyo")
    assert (known(do, ANA).slack_id, known(do, ANA).timezone) == ("U7", "Asia/Tokyo")


def test_an_address_without_an_account_is_remembered(do):
    """That Slack knows no such address is kept with when it was asked; a later account replaces it."""
    do(people.found_in_slack, ANA, None, None, NOW)
    assert (known(do, ANA).slack_id, known(do, ANA).checked_at) == (None, NOW)
    do(people.found_in_slack, ANA, "U1", "UTC", NOW)
    assert known(do, ANA).slack_id == "U1"


def test_by_email_knows_only_whom_it_knows(do, describe):
    """Unknown addresses are left out; no addresses ask nothing."""
    describe(ANA)
    assert list(do(people.by_email, [ANA, BEN])) == [ANA]
    assert do(people.by_email, []) == {}


def test_everyone_and_their_teams(do, describe):
    """All people by e-mail, stubs too, each with the team or none."""
    describe(BEN, team="south")
    do(records.name, "person", ANA)
    assert [person.email for person in do(people.everyone)] == [ANA, BEN]
    assert do(people.teams) == {ANA: None, BEN: "south"}


def test_the_person_behind_an_account(do, describe):
    """An account belongs to whom the CRM says, else to the address under which Slack found it."""
    assert do(people.by_slack_id, "U1") is None
    do(people.found_in_slack, ANA, "U1", None, NOW)
    assert do(people.by_slack_id, "U1").email == ANA
    describe(BEN, slack_user_id="U1")
    assert do(people.by_slack_id, "U1").email == BEN


def test_strangers_are_not_kept(do, describe):
    """An account told by Slack is kept with an address the CRM named, and nothing is kept of a stranger."""
    do(people.linked, "stranger@other.example", "U9", NOW)
    assert do(people.everyone) == []
    describe(ANA)
    do(people.linked, ANA, "U1", NOW)
    do(people.linked, ANA, "U2", NOW)
    assert known(do, ANA).slack_id == "U1"


def test_a_direct_message_channel_is_kept(do, describe):
    """The channel belongs to the account, by whichever side it is known."""
    do(people.found_in_slack, ANA, "U1", None, NOW)
    describe(BEN, slack_user_id="U2")
    do(people.keep_dm, "U1", "D1")
    do(people.keep_dm, "U2", "D2")
    assert (known(do, ANA).dm_channel, known(do, BEN).dm_channel) == ("D1", "D2")


def test_another_account_has_another_channel(do, describe):
    """When Slack finds another account for an address, the channel of the one before is not used for it."""
    do(people.found_in_slack, ANA, "U1", "UTC", NOW)
    do(people.keep_dm, "U1", "D1")
    do(people.found_in_slack, ANA, "U1", "UTC", NOW)
    assert known(do, ANA).dm_channel == "D1"
    do(people.found_in_slack, ANA, "U2", "UTC", NOW)
    assert known(do, ANA).dm_channel is None


def test_a_channel_can_be_forgotten(do, describe):
    """A channel that is not where it was is asked for anew; another person's stays."""
    for email, account, channel in ((ANA, "U1", "D1"), (BEN, "U2", "D2")):
        describe(email, slack_user_id=account)
        do(people.keep_dm, account, channel)
    do(people.forget_dm, ANA)
    assert (known(do, ANA).dm_channel, known(do, BEN).dm_channel) == (None, "D2")


def test_who_somebody_is_and_when_they_are_away(do, describe):
    """Role, activity, days away and the delegate come back as they were told; what nobody said is None."""
    told = {
        "role": "sales",
        "active": False,
        "away_from": "2026-11-16",
        "away_until": "2026-11-20T09:00:00Z",
        "delegate_email": BEN,
    }
    describe(ANA, **told)
    describe(BEN)
    assert {name: getattr(known(do, ANA), name) for name in told} == told
    assert {getattr(known(do, BEN), name) for name in told} == {None}


def quiet(do, email: str) -> tuple[datetime | None, ...]:
    """The span in which somebody is not to be disturbed, and when that was told."""
    person = known(do, email)
    return person.dnd_from, person.dnd_until, person.dnd_checked_at


def test_a_schedule_belongs_to_an_account(do, describe):
    """Slack's schedule is kept with when it was told; it stays while the account does, and goes with it."""
    span = (NOW, NOW + timedelta(hours=10))
    do(people.found_in_slack, ANA, "U1", "UTC", NOW)
    do(people.found_in_slack, BEN, "U2", "UTC", NOW)
    do(people.keep_dnd, ANA, *span, NOW)
    assert (quiet(do, ANA), quiet(do, BEN)) == ((*span, NOW), (None, None, None))
    do(people.found_in_slack, ANA, "U1", "Europe/Berlin", NOW)
    assert quiet(do, ANA) == (*span, NOW)
    do(people.found_in_slack, ANA, "U3", "UTC", NOW)
    assert quiet(do, ANA) == (None, None, None)
    do(people.keep_dnd, ANA, None, None, NOW)
    assert quiet(do, ANA) == (None, None, NOW)
    do(people.left_slack, ANA, NOW)
    assert quiet(do, ANA) == (None, None, None)
