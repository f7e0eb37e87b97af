"""Signed requests: the signature, the forms, and how answers are judged."""

import json
from urllib.parse import parse_qs

import pytest
from slack_sdk.signature import SignatureVerifier

from bot.playground.delivery import Delivery, encode, signature
from tests.playground.conftest import by_http
from tests.playground.kit import SECRET


def test_the_signature_is_the_one_that_slacks_library_makes():
    """The same secret, timestamp and body give the same signature in slack_sdk."""
    body = "command=/pipeline&text=€".encode()
    theirs = SignatureVerifier(SECRET).generate_signature(timestamp="1795000000", body=body)
    assert signature(SECRET, "1795000000", body) == theirs


@pytest.mark.parametrize(
    ("kind", "content_type"),
    [
        ("slash_commands", "application/x-www-form-urlencoded"),
        ("interactive", "application/x-www-form-urlencoded"),
        ("events_api", "application/json"),
    ],
)
def test_each_kind_has_its_form(kind, content_type):
    """Commands are a form, interactions a form with one JSON field, events JSON."""
    payload = {"text": "a&b = ü"}
    body, found = encode(Delivery(kind, payload))
    read = {
        "slash_commands": lambda: {name: values[0] for name, values in parse_qs(body.decode()).items()},
        "interactive": lambda: json.loads(parse_qs(body.decode())["payload"][0]),
        "events_api": lambda: json.loads(body),
    }[kind]()
    assert (found, read) == (content_type, payload)


@pytest.mark.parametrize(("skew", "status"), [(0, 200), (-290, 200), (290, 200), (-310, 401), (310, 401)])
async def test_what_is_signed_at_another_time_is_refused_by_the_bot(slack, bot, skew, status):
    """The signing clock can be set off: Slack's framework takes five minutes either way and no more."""

    @bot.command("/pipeline")
    async def pipeline(ack):
        await ack()

    real = slack.signing_clock
    slack.signing_clock = lambda: real() + skew
    async with by_http(slack, bot):
        result = await slack.slash("/pipeline", "", "UANA", "wins")
    assert (result.ack_status, result.acknowledged) == (status, status == 200)


async def test_a_wrong_secret_is_refused_by_the_bot(slack, bot):
    """Slack's framework checks the signature against its own secret."""
    slack._http.secret = "another"
    async with by_http(slack, bot):
        result = await slack.slash("/pipeline", "", "UANA", "wins")
    assert (result.ack_status, result.error) == (401, "http_client_error")


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (200, None),
        (202, None),
        (302, "http_service_error"),
        (404, "http_client_error"),
        (500, "http_service_error"),
    ],
)
async def test_only_a_2xx_is_an_acknowledgement(slack, answering, status, error):
    """Another status fails with the word that Slackbot shows; a redirect is not followed."""
    seen = await answering(status=status, headers={"Location": "/elsewhere"})
    result = await slack.slash("/pipeline", "", "UANA", "wins")
    assert (result.ack_status, result.error, len(seen)) == (status, error, 1)
    assert [failure.kind for failure in slack.failures] == ([] if error is None else ["bad_ack"])


async def test_a_plain_text_ack_is_shown_as_it_is(slack, answering):
    """A body that is not JSON is the text of the answer."""
    await answering(text="done, *really*")
    await slack.slash("/pipeline", "", "UANA", "wins")
    assert [one.text for one in slack.ephemerals("UANA")] == ["done, *really*"]


async def test_a_bot_may_ask_for_no_retries(slack, answering):
    """x-slack-no-retry stops the retries of an event that failed."""
    seen = await answering(status=500, headers={"x-slack-no-retry": "1"})
    result = await slack.event({"type": "user_change"})
    assert (len(seen), result.acknowledged, await slack.redeliver()) == (1, False, [])


async def test_the_request_url_is_verified_by_a_challenge(slack, bot, answering):
    """Slack's framework echoes the challenge; an answer without it does not verify."""
    async with by_http(slack, bot):
        assert await slack.people.verify_url() is True
    await answering(text="hello")
    assert await slack.people.verify_url() is False


async def test_an_event_that_fails_is_retried_once_at_once_and_twice_on_request(slack, answering):
    """Retries carry the same body, their number and reason; after the third Slack gives up."""
    seen = await answering(status=500)
    result = await slack.event({"type": "user_change"})
    numbers = [len(result.attempts)]
    for _ in range(3):
        await slack.redeliver()
        numbers.append(len(result.attempts))
    retries = [
        (one.headers.get("X-Slack-Retry-Num"), one.headers.get("X-Slack-Retry-Reason")) for one in seen
    ]
    assert numbers == [2, 3, 4, 4]
    assert retries == [(None, None), ("1", "http_error"), ("2", "http_error"), ("3", "http_error")]
    assert len({one.body for one in seen}) == 1
    assert [failure.kind for failure in slack.failures] == ["bad_ack"] * 4


async def test_an_event_that_succeeds_later_is_settled(slack, answering):
    """Once an attempt is acknowledged nothing more is sent."""
    await answering(status=500)
    result = await slack.event({"type": "user_change"})
    seen = await answering(status=200)
    await slack.redeliver()
    assert (await slack.redeliver(), result.acknowledged, len(seen)) == ([], True, 1)
