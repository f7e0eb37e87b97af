"""Wins, both sides' parts of them, the log of their changes, and the agreements they were judged by."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.store import agreements, wins
from bot.store.wins import Change, Credit, PersonCredit, Win

NOW = datetime(2026, 11, 16, 9, 0, 0, 123456, tzinfo=UTC)


@pytest.fixture
def do(database):
    """Runs a function of the store in a transaction."""
    return lambda function, *args, **named: database.write_now(lambda s: function(s, *args, **named))


def win(deal: str = "g/D1", number: int = 1, status: str = "won", minor: int | None = 1250000) -> Win:
    """A win of a deal."""
    return Win(
        deal_key=deal,
        number=number,
        won_at=NOW,
        won_on=date(2026, 11, 16),
        status=status,
        ended_at=None,
        silent=False,
        amount_minor=minor,
        currency="EUR",
        owner_email="ana@seller.example",
        model="position",
        parameters="{}",
        rate="1.0845",
        announced_amount_minor=None,
        announced_currency=None,
        announced_owner=None,
        kind="renewal",
        segment="enterprise",
        team="EMEA",
    )


@pytest.mark.parametrize("minor", [0, -1, 2**63 - 1, None])
def test_a_win_comes_back_as_it_was_saved(do, minor):
    """Every column to the microsecond and the last minor unit, whatever the size of the amount."""
    first = win(minor=minor)
    do(wins.save, first)
    assert do(wins.find, "g/D1", 1) == first
    ended = replace(first, status="lost", ended_at=NOW + timedelta(days=1))
    do(wins.save, ended)
    assert do(wins.of_deal, "g/D1") == {1: ended}
    assert do(wins.find, "g/D1", 2) is None


def test_the_wins_of_a_deal_and_those_that_stand(do):
    """A deal's wins by number; the standing ones of all deals, in the order of deal and number."""
    for deal, number, status in (("g/D2", 1, "won"), ("g/D1", 2, "won"), ("g/D1", 1, "reopened")):
        do(wins.save, win(deal, number, status))
    assert list(do(wins.of_deal, "g/D1")) == [1, 2]
    assert [(w.deal_key, w.number) for w in do(wins.standing)] == [("g/D1", 2), ("g/D2", 1)]


def test_what_was_announced_is_kept(do):
    """What a card told first stays with the win when its facts change."""
    do(wins.save, win())
    do(wins.announced, win())
    kept = do(wins.find, "g/D1", 1)
    told = (kept.announced_amount_minor, kept.announced_currency, kept.announced_owner)
    assert told == (1250000, "EUR", "ana@seller.example")


def test_credits_are_booked_anew(do):
    """Credits come in the order of their touches and are replaced as a whole, another win's are not."""
    first = Credit(0, "g/T1", NOW, "Ebook", "Spring", "ads", "download", "2/5", 40)
    second = Credit(1, None, None, None, None, None, None, "3/5", None)
    do(wins.replace_credits, "g/D1", 1, [second, first])
    do(wins.replace_credits, "g/D1", 2, [first])
    assert do(wins.credits_of, "g/D1", 1) == [first, second]
    do(wins.replace_credits, "g/D1", 1, [])
    assert do(wins.credits_of, "g/D1", 1) == []
    assert do(wins.credits_of, "g/D1", 2) == [first]


def test_peoples_parts_are_booked_anew(do):
    """People's parts come with the owner first and are replaced as a whole, another win's are not."""
    owner = PersonCredit(0, None, None, "2/3", -(2**63))
    helper = PersonCredit(1, "sam@seller.example", "sdr, helped", "1/3", None)
    do(wins.replace_people, "g/D1", 1, [helper, owner])
    do(wins.replace_people, "g/D1", 2, [owner])
    assert do(wins.people_of, "g/D1", 1) == [owner, helper]
    do(wins.replace_people, "g/D1", 1, [])
    assert do(wins.people_of, "g/D1", 1) == []
    assert do(wins.people_of, "g/D1", 2) == [owner]


def test_changes_are_logged(do):
    """Every change of a win is kept, in the order it was made; another win's log is its own."""
    do(wins.log_change, "g/D1", 1, NOW, "amount_minor", "100", "200")
    do(wins.log_change, "g/D1", 2, NOW, "status", "won", "lost")
    do(wins.log_change, "g/D1", 1, NOW, "owner_email", None, "ana@seller.example")
    assert do(wins.changes_of, "g/D1", 1) == [
        Change(1, NOW, "amount_minor", "100", "200"),
        Change(3, NOW, "owner_email", None, "ana@seller.example"),
    ]
    assert do(wins.changes_of, "g/D2", 1) == []


def test_the_agreement_in_force_is_the_last_one(do):
    """No agreement is in force at first; then the one put in force last, with when."""
    assert do(agreements.in_force) is None
    for digest, days in (("a", 0), ("b", 1), ("a", 2)):
        at = NOW + timedelta(days=days)
        do(agreements.put_in_force, digest=digest, name="Ours", body="…", now=at)
        assert do(agreements.in_force) == (digest, at)
