"""Signals, crashes and restarts: nothing that was accepted is lost, and nobody is told twice."""

from __future__ import annotations

import asyncio
import signal
import socket
from datetime import UTC, datetime, timedelta

import pytest

from tests.support.process import Company, asked, company, until

DEAL = {
    "id": "D-1",
    "name": "Fleet",
    "owner_email": "maya@seller.example",
    "amount": "100",
    "currency": "USD",
}


@pytest.fixture
async def it(tmp_path):
    async with company(tmp_path) as made:
        made.slack.add_user("Maya Okafor", "maya@seller.example")
        yield made


async def seen(it: Company, method: str) -> None:
    """Wait until the bot has called a method."""
    await it.slack.wait_for(lambda: it.slack.calls(method))


async def test_a_call_under_way_is_finished(it):
    """SIGTERM while Slack thinks about a post: the process waits for the receipt, keeps it and exits with 0."""
    it.slack.fail_next("chat.postMessage", "timeout")
    async with it.serve() as process:
        assert await it.sends("e1", "deal.won", **DEAL) == 202
        await seen(it, "chat.postMessage")
        process.send(signal.SIGTERM)
        await until(lambda: not _listens(it))
        it.slack.release()
        ended = await process.ended()
    assert (ended.code, ended.seconds < 10, "Traceback" in ended.err) == (0, True, False)
    waiting = await it.command("outbox")
    assert (waiting.code, waiting.out) == (0, "every message arrived\n")
    assert len(it.slack.messages("#wins")) == 1


async def test_a_slack_that_hangs_does_not_hold_up_the_end(it):
    """SIGTERM while a post and a question about a person are both without an answer: the end comes within ten seconds."""
    it.agree("[hours]\nalways = true\n")
    it.slack.fail_always("chat.postMessage", "timeout")
    it.slack.fail_always("users.lookupByEmail", "timeout")
    async with it.serve() as process:
        assert await it.sends("e1", "deal.won", id="D-0", amount="100", currency="USD") == 202
        await seen(it, "chat.postMessage")
        created = (datetime.now(UTC) - timedelta(hours=3, minutes=30)).isoformat()  # at risk for half an hour
        lead = {"id": "L-1", "owner_email": "maya@seller.example", "created_at": created}
        assert await it.sends("e2", "lead.created", **lead) == 202
        await asked(lambda: _reminded(it))
        process.send(signal.SIGTERM)
        ended = await process.ended()
    assert (ended.code, ended.seconds < 10, "Traceback" in ended.err) == (0, True, False)


@pytest.mark.parametrize("end", ["kill -9", "two signals"])
async def test_a_post_without_a_receipt_is_found_again(it, end):
    """The process dies after Slack took a post and before its receipt came: the next one finds it, and posts no other.

    Two SIGTERMs end the process at once, which is no worse than kill -9.
    """
    it.slack.fail_next("chat.postMessage", "timeout")
    async with it.serve() as process:
        assert await it.sends("e1", "deal.won", **DEAL) == 202
        await it.slack.wait_for(lambda: it.slack.messages("#wins"))
        if end == "kill -9":
            await process.kill()
        else:
            process.send(signal.SIGTERM)
            await until(lambda: not _listens(it))
            process.send(signal.SIGTERM)
            ended = await process.ended()
            assert (ended.code, ended.seconds < 1) == (1, True)
    async with it.serve():
        await seen(it, "conversations.history")
        assert await it.sends("e2", "deal.updated", id="D-1", amount="105", currency="USD") == 202
        await it.slack.wait_for(lambda: "$105.00" in it.slack.messages("#wins")[0].text)
    assert len(it.slack.messages("#wins")) == 1
    assert [call.method for call in it.slack.posts()] == ["chat.postMessage", "chat.update"]


async def test_a_win_that_was_accepted_and_not_posted_is_told_after_a_crash(it):
    """Kill -9 between the answer to the CRM and the post: the next process posts, once."""
    it.slack.fail_always("users.lookupByEmail", "timeout")
    async with it.serve() as process:
        assert await it.sends("e1", "deal.won", **DEAL) == 202
        await seen(it, "users.lookupByEmail")
        await process.kill()
    assert it.slack.posts() == []
    it.slack.clear_faults()
    async with it.serve():
        await it.slack.wait_for(lambda: it.slack.messages("#wins"))
        assert await it.sends("e1", "deal.won", **DEAL) == 202
        assert await it.sends("e2", "deal.won", **DEAL | {"id": "D-2"}) == 202
        await it.slack.wait_for(lambda: len(it.slack.messages("#wins")) == 2)
    assert [call.method for call in it.slack.posts()] == ["chat.postMessage"] * 2


async def test_a_second_serve_is_refused_and_commands_run_beside(it):
    """On one SQLite file a second `serve` exits with 1 and says why; the first goes on, and reports work beside it."""
    async with it.serve():
        refused = await it.command("serve")
        assert (refused.code, refused.out) == (1, "")
        assert refused.err == (
            "winbell: another Winbell serves winbell.db already; stop it first, or give this one its own "
            "WINBELL_DATABASE_URL (short commands such as `winbell report` may run beside it)\n"
        )
        beside = await it.command("report", "wins", "--format", "csv")
        assert (beside.code, beside.err) == (0, "")
        assert (await it.gets("/healthz"))[0] == 200


async def test_a_signal_during_the_start_ends_it(it):
    """SIGTERM while the bot waits for its socket: it ends within ten seconds with 0, and complains of nothing."""
    it.by_socket()
    it.slack.fail_always("apps.connections.open", "timeout")
    async with it.starting() as process:
        await it.slack.wait_for(lambda: it.slack.calls("apps.connections.open"), seconds=30)
        process.send(signal.SIGTERM)
        ended = await process.ended()
    assert (ended.code, ended.seconds < 10, ended.out) == (0, True, "")
    assert not any(word in ended.err for word in ("Traceback", "winbell: ", " error "))


async def _reminded(it: Company) -> bool:
    """Whether the reminder is on its way, after one more sweep: the event may not be applied yet."""
    await it.command("sweep")
    return bool(it.slack.calls("users.lookupByEmail"))


def _listens(it: Company) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", int(it.settings["WINBELL_PORT"]))) == 0


async def test_a_sender_that_does_not_finish_holds_up_nobody(it):
    """SIGTERM while a body is only half there: the process ends within ten seconds with 0, and stored nothing of it."""
    async with it.serve() as process:
        port = int(it.settings["WINBELL_PORT"])
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"POST /hooks/generic HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf")
        await writer.drain()
        assert await it.sends("e1", "deal.won", **DEAL) == 202
        process.send(signal.SIGTERM)
        ended = await process.ended()
        writer.close()
    assert (ended.code, ended.seconds < 10, "Traceback" in ended.err) == (0, True, False)
