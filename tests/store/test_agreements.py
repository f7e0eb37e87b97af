"""Every agreement that was in force, on both databases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.store import agreements
from bot.store.agreements import Version

NOW = datetime(2026, 11, 16, 9, 0, 0, 123456, tzinfo=UTC)
LATER = NOW + timedelta(days=1)


@pytest.fixture
def do(database):
    """Runs a function of the store in a transaction."""
    return lambda function, *args, **named: database.write_now(lambda s: function(s, *args, **named))


def put(do, digest, body, now, **options):
    """An agreement that comes in force."""
    return do(agreements.put_in_force, digest=digest, name="Ours", body=body, now=now, **options)


def test_every_version_comes_back_as_it_was_kept(do):
    """In the order in which they came in force, to the microsecond and the last letter."""
    assert do(agreements.versions) == []
    first, second = put(do, "a", "é\n# one", NOW), put(do, "b", "", LATER)
    assert second > first
    assert do(agreements.versions) == [
        Version(first, "a", "Ours", "é\n# one", NOW, at_work=False),
        Version(second, "b", "Ours", "", LATER, at_work=False),
    ]


def test_work_that_was_begun_is_known_until_it_is_done(do):
    """A process that ends in the middle leaves a mark, which does not make another agreement of it."""
    put(do, "a", "", NOW)
    number = put(do, "b", "", LATER, at_work=True)
    assert [version.at_work for version in do(agreements.versions)] == [False, True]
    assert do(agreements.in_force) == ("b", LATER)
    for _ in range(2):
        do(agreements.work_done, number)
        assert [(v.digest, v.at_work) for v in do(agreements.versions)] == [("a", False), ("b", False)]
