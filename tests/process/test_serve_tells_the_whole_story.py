"""`winbell serve` as people run it: a real process, a real socket or real HTTP, and a workspace that checks everything."""

from __future__ import annotations

import json
import signal
from datetime import UTC, datetime, timedelta

import pytest

from tests.support.process import Company, company
from tests.support.world import contacted_button

AROUND_THE_CLOCK = "[hours]\nalways = true\n\n[stages]\nprobability = { prospecting = 0.1, engaging = 0.3 }\n"


@pytest.fixture(params=["socket", "http"])
def transport(request):
    """The two ways in which Slack and the bot talk."""
    return request.param


async def test_the_whole_story(transport, tmp_path, request):
    """A won deal is told within two seconds and corrected, a reminder comes and is settled, /pipeline answers, and a
    SIGTERM ends it all with exit code 0: by Socket Mode on SQLite, over HTTP on PostgreSQL.
    """
    url = None if transport == "socket" else request.getfixturevalue("postgres").url(empty=True)
    async with company(tmp_path, url) as it:
        it.by_socket() if transport == "socket" else it.by_http()
        it.agree(AROUND_THE_CLOCK)
        maya = it.slack.add_user("Maya Okafor", "maya@seller.example", tz="Europe/Berlin")
        async with it.serve() as process:
            assert await it.gets("/readyz") == (200, '{"status":"ready"}')
            await a_win_is_told_and_corrected(it, maya)
            await a_reminder_comes_and_is_settled(it, maya)
            await the_pipeline_answers(it, maya)
            process.send(signal.SIGTERM)
            ended = await process.ended()
        assert (ended.code, ended.out) == (0, "")
        assert ended.seconds < 10
        assert "Traceback" not in ended.err
        assert it.slack.failures == []
        assert [call.method for call in it.slack.posts()] == [
            "chat.postMessage",
            "chat.update",
            "chat.postMessage",
            "chat.update",
            "response_url",
        ]


async def a_win_is_told_and_corrected(it: Company, maya: str) -> None:
    pilot = {"id": "D-2", "name": "Pilot", "owner_email": "maya@seller.example", "stage": "engaging"}
    assert await it.sends("e0", "deal.created", **pilot, amount="1000", currency="USD") == 202
    deal = {"id": "D-1", "name": "Fleet", "owner_email": "maya@seller.example"}
    assert await it.sends("e1", "deal.won", **deal, amount="12500.00", currency="USD") == 202
    (card,) = await it.slack.wait_for(lambda: it.slack.messages("#wins"), seconds=2)
    assert f"<@{maya}>" in card.text
    assert "$12,500.00" in card.text
    assert await it.sends("e2", "deal.updated", id="D-1", amount="13000.00", currency="USD") == 202
    await it.slack.wait_for(lambda: "$13,000.00" in it.slack.messages("#wins")[0].text, seconds=2)


async def a_reminder_comes_and_is_settled(it: Company, maya: str) -> None:
    created = datetime.now(UTC) - timedelta(hours=3, minutes=59)  # first contact is agreed within 4 hours
    lead = {
        "id": "L-1",
        "name": "Dana Reyes",
        "owner_email": "maya@seller.example",
        "created_at": created.isoformat(),
    }
    assert await it.sends("e3", "lead.created", **lead) == 202
    shown = it.slack.dm(maya)
    swept = await it.command("sweep")  # as the job does every few seconds
    assert swept.code == 0
    (reminder,) = await it.slack.wait_for(lambda: it.slack.messages(shown), seconds=4)
    assert reminder.text.startswith("1 lead is waiting for your first contact.")
    button = contacted_button(reminder)
    pressed = await it.slack.press(
        shown, reminder.ts, "contacted", maya, value=button["value"], block_id=button["block_id"]
    )
    assert pressed.acknowledged
    await it.slack.wait_for(lambda: "Dana Reyes: Contacted." in it.slack.messages(shown)[0].text, seconds=4)


async def the_pipeline_answers(it: Company, maya: str) -> None:
    answered = await it.slack.slash("/pipeline", "", maya, "wins")
    assert (answered.acknowledged, answered.ack_body) == (True, "")
    (answer,) = await it.slack.wait_for(lambda: it.slack.ephemerals(maya), seconds=3)
    assert (answer.source, "$1,000.00" in answer.text) == ("response_url", True)
    printed = await it.command("report", "pipeline", "--format", "json")
    total = json.loads(printed.out)["total"]
    assert (total["count"], total["amount"], total["weighted"]) == (1, "1000.00", "300.00")
