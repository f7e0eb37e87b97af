"""`POST /slack/events`: only what Slack has signed reaches the listeners; a stranger gets 401, never 500."""

from __future__ import annotations

import asyncio
import io
import json
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers import slack_http
from handlers.slack_http import is_signed
from tests.support.world import SIGNING_SECRET, World

VECTOR = {
    "secret": "8f742231b10e8888abcd99yyyzzz85a5",
    "timestamp": "1531420618",
    "body": b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&command=%2Fweather&text=94070",
    "signature": "v0=a45771c0f181b7fb1752e9a26cc1ffb2c428f52ac8ab774ffa4adf8cf2874576",
}


def headers(timestamp=VECTOR["timestamp"], signature=VECTOR["signature"]):
    return {"x-slack-request-timestamp": timestamp, "x-slack-signature": signature}


@pytest.mark.parametrize(
    ("given", "off", "signed"),
    [
        (headers(), 0, True),
        (headers(), 300, True),
        (headers(), -300, True),
        (headers(), 301, False),
        (headers(), -301, False),
        (headers(timestamp="abc"), 0, False),
        (headers(timestamp=""), 0, False),
        (headers(timestamp="1" * 400), 0, False),
        (headers(timestamp="\u0661\u0662"), 0, False),
        (headers(signature="v0=é"), 0, False),
        (headers(signature="v0="), 0, False),
        (headers(signature=VECTOR["signature"].upper()), 0, False),
        ({}, 0, False),
    ],
)
def test_the_signature(given, off, signed):
    """Right to the letter and at most five minutes off; anything malformed is simply not signed."""
    now = int(VECTOR["timestamp"]) + off
    assert is_signed(given, VECTOR["body"], secret=VECTOR["secret"], now=now) is signed


@given(
    given_headers=st.dictionaries(
        st.sampled_from(["x-slack-request-timestamp", "x-slack-signature"]),
        st.text(st.characters(max_codepoint=255), max_size=80),
    ),
    body=st.binary(max_size=200),
)
def test_no_headers_of_a_stranger_are_a_fault(given_headers, body):
    """Whatever a stranger writes into the headers is not signed, and raises nothing."""
    assert is_signed(given_headers, body, secret=VECTOR["secret"], now=1531420618) is False


@pytest.fixture
async def world(sqlite_files):
    database = sqlite_files.database()
    async with World(database) as made:
        yield made
    database.close()


async def post(world, body, given, content_type="application/x-www-form-urlencoded"):
    async with world.http.post(
        world.url + "/slack/events", data=body, headers=given | {"content-type": content_type}
    ) as answer:
        return answer.status, await answer.text()


@pytest.mark.parametrize(
    "given",
    [
        {},
        headers(),
        {"x-slack-request-timestamp": "abc", "x-slack-signature": "v0=1"},
        headers(signature="\xe9"),
    ],
)
async def test_a_stranger_gets_401(world, given):
    """Missing, stale and malformed signatures end alike."""
    status, answer = await post(world, urlencode({"command": "/pipeline"}).encode(), given)
    assert (status, "error" in json.loads(answer)) == (401, True)


async def test_a_body_without_measure_is_413(world):
    """More than a mebibyte is not read, signed or not."""
    assert (await post(world, io.BytesIO(b"x" * (1024 * 1024 + 1)), {}))[0] == 413


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"ssl_check": "1", "token": "old"}, 200),
        ({"ssl_check": "0"}, 401),
        ({"ssl_check": "1", "command": "/pipeline"}, 401),
        ({"ssl_check": "1", "payload": "{}"}, 401),
    ],
)
async def test_slack_looks_at_the_certificate(world, form, status):
    """A look at the certificate is answered 200 without a signature; a command that poses as one is not."""
    assert (await post(world, urlencode(form).encode(), {}))[0] == status


async def test_a_sender_that_goes_away(world, caplog):
    """A connection that ends in the middle of a body leaves no trace in the log, and the next request is served."""
    address = urlsplit(world.url)
    _, writer = await asyncio.open_connection(address.hostname, address.port)
    writer.write(b"POST /slack/events HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf")
    await writer.drain()
    writer.close()
    await writer.wait_closed()
    assert (await post(world, b"", {}))[0] == 401
    assert [record.getMessage() for record in caplog.records if record.levelname == "ERROR"] == []


async def test_a_sender_that_is_too_slow(world, monkeypatch):
    """A body that does not arrive in time is given up."""
    monkeypatch.setattr(slack_http, "READ_TIMEOUT", 0.1)

    async def slowly():
        yield b"half"
        await asyncio.sleep(5)

    assert (await post(world, slowly(), {}))[0] == 400


async def test_slack_checks_the_address(world):
    """The challenge of a new request address is echoed."""
    answer = await world.slack.people.verify_url()
    assert answer


def test_the_secret_of_the_tests_is_not_in_the_product():
    """What signs here is the tests' own."""
    root = Path(__file__).resolve().parents[2]
    assert all(SIGNING_SECRET not in path.read_text() for path in (root / "handlers").glob("*.py"))
