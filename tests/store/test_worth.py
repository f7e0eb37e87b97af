"""The kept summary of what leads were worth, and how names are shown."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event

from bot.domain.worth import Entry
from bot.store import records, spellings, tables, worth

NOW = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)
EBOOK = Entry("asset", "ebook", 40, 2, 2**62, "USD")
ORGANIC = Entry("channel", "organic", 400, 20, -150, "USD")
SMB = Entry("segment", "smb", 90, 1, 0, "USD")


@pytest.fixture
def do(database):
    """Runs a function of the store in a transaction."""
    return lambda function, *args, **named: database.write_now(lambda s: function(s, *args, **named))


def names(*entries):
    return [(entry.by, entry.name) for entry in entries]


def test_what_is_kept_comes_back(do):
    """Each entry asked for, by its name, and nothing else; negative and very large sums included."""
    do(records.remember_spelling, "asset", "ebook", "The Ebook", NOW, "e1")
    do(records.remember_spelling, "channel", "ebook", "another kind", NOW, "e1")
    do(worth.replace, [EBOOK, ORGANIC, SMB], 500, "USD", NOW)
    assert do(worth.entries, [*names(EBOOK, ORGANIC), ("segment", "ebook"), ("asset", "")], "USD") == {
        ("asset", "ebook"): Entry("asset", "The Ebook", 40, 2, 2**62, "USD"),
        ("channel", "organic"): Entry("channel", "", 400, 20, -150, "USD"),
    }
    assert do(worth.entries, [], "USD") == {}


def test_what_is_kept_replaces_all_that_was_kept(do):
    """A new summary leaves nothing of the old one, and says when and in which currency it was made."""
    assert do(worth.made) is None
    do(worth.replace, [EBOOK, SMB], 500, "USD", NOW)
    later = NOW + timedelta(hours=1)
    do(worth.replace, [Entry("asset", "ebook", 41, 3, 5, "EUR")], 510, "EUR", later)
    assert do(worth.made) == (later, "EUR")
    assert do(worth.entries, names(EBOOK, SMB), "EUR") == {
        ("asset", "ebook"): Entry("asset", "", 41, 3, 5, "EUR")
    }


def test_an_empty_history_is_kept_too(do):
    """Nothing was ever won: the summary says that it was made, and how many leads there are."""
    do(worth.replace, [], 7, "USD", NOW)
    assert do(worth.made) == (NOW, "USD")
    assert do(lambda s: s.execute(tables.WorthRow.__table__.select()).one()[:3]) == ("", "", 7)


def test_entries_of_another_currency_are_not_shown(do):
    """The agreement's currency has changed: what was kept in the old one is worth nothing until it is made anew."""
    do(worth.replace, [EBOOK], 40, "USD", NOW)
    assert do(worth.entries, names(EBOOK), "EUR") == {}


@pytest.mark.parametrize("many", [3, 700], ids=["few names", "many names"])
def test_any_number_of_names_is_one_query(sqlite, many):
    """However many leads are asked for, the database is asked once."""
    kept = [Entry("asset", f"page {number:03}", 40, 1, number, "USD") for number in range(many)]
    sqlite.write_now(lambda s: worth.replace(s, [*kept, ORGANIC], 1000, "USD", NOW))
    asked = []

    def ask(session):
        event.listen(session.connection(), "before_cursor_execute", lambda *told: asked.append(told[2]))
        return worth.entries(session, names(*kept), "USD")

    found = sqlite.read_now(ask)
    assert [(entry.by, entry.revenue_minor) for _, entry in sorted(found.items())] == [
        ("asset", number) for number in range(many)
    ]
    assert len(asked) == 1


def test_names_are_shown_as_the_earliest_event_wrote_them(do):
    """Only the names asked for come back, each of its own kind; an unknown one has no spelling."""
    do(records.remember_spelling, "asset", "ebook", "eBook", NOW, "e1")
    do(records.remember_spelling, "channel", "ebook", "EBOOK", NOW, "e2")
    do(records.remember_spelling, "campaign", "spring", "Spring", NOW, "e3")
    asked = [("asset", "ebook"), ("channel", "ebook"), ("campaign", "autumn")]
    assert do(spellings.written, asked) == {("asset", "ebook"): "eBook", ("channel", "ebook"): "EBOOK"}
    assert do(spellings.written, []) == {}


@pytest.mark.parametrize(
    "question",
    [
        lambda s: worth.entries(s, names(EBOOK, ORGANIC, SMB), "USD"),
        worth.made,
        lambda s: spellings.written(s, [("asset", "ebook"), ("campaign", "spring"), ("channel", "organic")]),
    ],
    ids=["entries", "made", "spellings"],
)
def test_what_a_reminder_asks_walks_an_index(sqlite, question):
    """Looking up some names reads these names only: no table is scanned."""
    asked = []

    def ask(session):
        connection = session.connection()
        event.listen(connection, "before_cursor_execute", lambda *told: asked.append(told[2:4]))
        question(session)
        [(statement, parameters)] = asked
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", tuple(parameters))
        return [row[3] for row in plan]

    steps = sqlite.read_now(ask)
    assert [step for step in steps if step.startswith("SCAN")] == []
    assert any("USING" in step for step in steps)
