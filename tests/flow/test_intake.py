"""Accept = commit: requests share commits, each is answered after its own, and none is told a thing that is not so."""

from __future__ import annotations

import asyncio
import threading
from datetime import UTC, datetime

import pytest

from bot.errors import StorageError
from bot.flow.accept import Intake, as_rows
from bot.sources.events import Event
from bot.store import inbox
from bot.store.database import Database

NOW = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)


class Watched(Database):
    """A database that counts the rows of each commit of intake, holds commits back, and fails those it is told to."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.commits: list[int] = []
        self.faults: dict[int, Exception] = {}
        self.begun = threading.Semaphore(0)
        self.gate = threading.Event()
        self.gate.set()

    def insert_now(self, fn):
        """One commit, as soon as the gate is open."""
        self.begun.release()
        assert self.gate.wait(10)

        def store(session):
            before = inbox.count_waiting(session)
            found = fn(session)
            self.commits.append(inbox.count_waiting(session) - before)
            if len(self.commits) in self.faults:
                raise self.faults[len(self.commits)]
            return found

        return super().insert_now(store)

    async def a_commit_runs(self) -> None:
        """Wait until a commit has begun."""
        await asyncio.to_thread(self.begun.acquire)


@pytest.fixture
def watched(backend):
    """A fresh database of each kind, watched."""
    made = Watched(backend.url())
    yield made
    made.gate.set()
    made.close()


def rows(*names: str):
    """Events to be stored."""
    return as_rows("generic", [Event(name, "deal.updated", NOW, {"id": "D1"}) for name in names], NOW)


def stored(database) -> list[str]:
    """The ids of the events in the inbox, by commit and then by id."""
    return [event.event_id for event in database.read_now(lambda s: inbox.waiting(s, NOW, 1000))]


async def test_requests_that_come_meanwhile_share_a_commit(watched):
    """Fifty requests that arrive while a commit runs are stored together by the next; each learns its own count."""
    told = []
    intake = Intake(watched, lambda: told.append(len(stored(watched))))
    watched.gate.clear()
    first = asyncio.create_task(intake.store(rows("first")))
    await watched.a_commit_runs()
    others = [asyncio.create_task(intake.store(rows(f"a{n}", f"b{n}"))) for n in range(50)]
    await asyncio.sleep(0)
    assert not first.done()
    assert stored(watched) == []
    watched.gate.set()
    assert await asyncio.gather(first, *others) == [1] + [2] * 50
    assert watched.commits == [1, 100]
    assert sorted(stored(watched)) == sorted(["first", *(f"{x}{n}" for n in range(50) for x in "ab")])
    assert told == [1, 101]


async def test_one_after_the_other(watched):
    """A request that finds no commit under way is stored at once, by a commit of its own."""
    intake = Intake(watched, lambda: None)
    assert [await intake.store(rows(name)) for name in ("a", "b", "c")] == [1, 1, 1]
    assert watched.commits == [1, 1, 1]


async def test_the_same_event_in_two_requests_is_new_once(watched):
    """Of concurrent requests with one event, the first is told that it is new and the others that it is not."""
    intake = Intake(watched, lambda: None)
    watched.gate.clear()
    first = asyncio.create_task(intake.store(rows("a")))
    await watched.a_commit_runs()
    others = [asyncio.create_task(intake.store(rows(*names))) for names in ("ab", "bc", "abc", "dd")]
    await asyncio.sleep(0)
    watched.gate.set()
    assert await asyncio.gather(first, *others) == [1, 1, 1, 0, 1]
    assert stored(watched) == ["a", "b", "c", "d"]


async def test_nothing_new_wakes_nobody(watched):
    """Who applies events is woken by a commit that brought something new, and by no other."""
    told = []
    intake = Intake(watched, lambda: told.append(1))
    assert [await intake.store(rows("a", "b")) for _ in range(3)] == [2, 0, 0]
    assert told == [1]


async def test_a_failing_commit_fails_all_who_wait_for_it(watched):
    """A commit that fails tells all its requests, and only them, that nothing was stored; the next one goes on."""
    watched.faults[2] = StorageError("the disk is full")
    intake = Intake(watched, lambda: None)
    watched.gate.clear()
    first = asyncio.create_task(intake.store(rows("first")))
    await watched.a_commit_runs()
    doomed = [asyncio.create_task(intake.store(rows(name))) for name in "ab"]
    await asyncio.sleep(0)
    watched.gate.set()
    results = await asyncio.gather(first, *doomed, return_exceptions=True)
    assert [str(result) for result in results] == ["1", "the disk is full", "the disk is full"]
    assert stored(watched) == ["first"]
    assert await intake.store(rows("a", "first")) == 1
    assert stored(watched) == ["first", "a"]


async def test_a_request_that_gave_up_spoils_nothing(watched):
    """A sender that hung up takes nobody's answer away, and its events are stored all the same."""
    intake = Intake(watched, lambda: None)
    watched.gate.clear()
    first = asyncio.create_task(intake.store(rows("a")))
    await watched.a_commit_runs()
    second, third = (asyncio.create_task(intake.store(rows(name))) for name in "bc")
    await asyncio.sleep(0)
    first.cancel()
    second.cancel()
    watched.gate.set()
    assert await third == 1
    assert first.cancelled()
    assert second.cancelled()
    assert stored(watched) == ["a", "b", "c"]


async def test_an_answer_comes_after_the_commit(watched):
    """When a request is told that its event is new, another connection can read it."""
    intake = Intake(watched, lambda: None)
    other = Database(watched.url.render_as_string(hide_password=False))
    for number in range(20):
        await intake.store(rows(f"e{number}"))
        assert len(stored(other)) == number + 1
    other.close()


def test_rows_say_how_loud_they_are():
    """Events of an import are stored as silent, with the day from which wins are told all the same."""
    (row,) = as_rows(
        "generic", [Event("a", "deal.won", NOW, {"id": "D1"})], NOW, silent=True, announce_since=NOW.date()
    )
    assert (row.silent, row.announce_since, row.received_at) == (True, NOW.date(), NOW)
    assert row.body_json == '{"at":"2026-11-16T09:00:00Z","data":{"id":"D1"},"id":"a","type":"deal.won"}'
