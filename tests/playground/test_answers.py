"""Response URLs: five uses within thirty minutes, for one person or the channel, in place or new."""

import aiohttp
import pytest

from tests.playground.kit import actions, button, section


@pytest.fixture
async def answer(slack):
    """Post to a response URL; answer status and body."""
    async with aiohttp.ClientSession() as session:

        async def run(url, **body):
            async with session.post(url, json=body) as response:
                return response.status, await response.json()

        yield run


@pytest.fixture
def url(slack):
    """A new response URL of Ana's in #wins: for a command, or for a press on a message."""

    def build(original=None, *, ephemeral=False, channel="wins"):
        urls = slack.people.urls
        token = urls.issue("UANA", slack.channel(channel), original, ephemeral=ephemeral)
        return slack.people._response_url(token)

    return build


async def test_an_answer_is_for_one_person_unless_it_says_otherwise(slack, url, answer):
    """Ephemeral by default, for all with in_channel; both also where the bot is no member."""
    slack.add_channel("other", bot_in=False)
    address = url(channel="other")
    assert await answer(address, text="psst", blocks=[section()]) == (200, {"ok": True})
    await answer(address, text="all", response_type="in_channel")
    (seen,) = slack.ephemerals("UANA")
    assert (seen.text, seen.blocks, seen.channel, seen.source) == (
        "psst",
        [section()],
        slack.channel("other"),
        "response_url",
    )
    assert [message.text for message in slack.messages("other")] == ["all"]
    assert [(call.method, call.args["text"]) for call in slack.posts()] == [
        ("response_url", "psst"),
        ("response_url", "all"),
    ]


async def test_five_answers_are_taken_and_no_sixth(url, answer, slack):
    """The fifth use is accepted, the next is used_url, and counts for nothing."""
    address = url()
    seen = [(await answer(address, text=str(number)))[1] for number in range(6)]
    assert [one.get("error") for one in seen] == [None] * 5 + ["used_url"]
    assert len(slack.ephemerals("UANA")) == 5


async def test_thirty_minutes_and_no_longer(url, answer, clock):
    """On the injected clock the address lives 1,800 seconds."""
    first, second = url(), url()
    clock.advance(1800)
    assert await answer(first, text="in time") == (200, {"ok": True})
    clock.advance(0.001)
    assert await answer(second, text="late") == (404, {"ok": False, "error": "expired_url"})


async def test_an_address_that_was_never_given_is_unknown(slack, answer):
    """A made-up token answers 404."""
    assert (await answer(f"{slack.url}/actions/T1/A1/nothing", text="x"))[0] == 404


async def test_the_message_with_the_button_is_replaced_or_deleted(slack, call, url, answer):
    """replace_original changes the message and keeps its metadata, delete_original removes it."""
    metadata = {"event_type": "win", "event_payload": {"key": "k"}}
    content = {"text": "x", "blocks": [actions(button())], "metadata": metadata}
    posted = await call("chat.postMessage", channel="wins", **content)
    address = url(posted["ts"])
    await answer(address, replace_original=True, text="settled")
    (message,) = slack.messages("wins")
    assert (message.ts, message.text, message.blocks, message.metadata) == (
        posted["ts"],
        "settled",
        [],
        metadata,
    )
    await answer(address, delete_original=True)
    assert slack.messages("wins") == []
    assert (await answer(address, replace_original=True, text="x"))[1]["error"] == "message_not_found"


async def test_what_one_person_sees_stays_theirs(slack, call, url, answer):
    """An ephemeral message is replaced in place, even with in_channel, and can be taken away."""
    sent = await call("chat.postEphemeral", channel="wins", user="UANA", text="a")
    address = url(sent["message_ts"], ephemeral=True)
    await answer(address, replace_original=True, response_type="in_channel", text="b")
    assert ([one.text for one in slack.ephemerals("UANA")], slack.messages("wins")) == (["b"], [])
    await answer(address, delete_original=True)
    assert slack.ephemerals("UANA") == []


async def test_a_command_has_no_message_to_replace(url, answer):
    """replace_original and delete_original of a command's response URL are refused."""
    errors = [
        (await answer(url(), **ask, text="x"))[1]["error"]
        for ask in ({"replace_original": True}, {"delete_original": True})
    ]
    assert errors == ["message_not_found"] * 2


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({}, "no_text"),
        ({"text": "x", "blocks": [{"type": "no"}]}, "invalid_blocks"),
        ({"text": "<x>"}, "invalid_arguments"),
    ],
)
async def test_content_is_checked_here_too(slack, url, answer, body, error):
    """A response URL takes no more than chat.postMessage does, and what it refuses is in the journal."""
    status, refused = await answer(url(), **body)
    assert (status, refused["error"], slack.ephemerals("UANA")) == (404, error, [])
    assert [(call.accepted, call.answer["error"]) for call in slack.calls("response_url")] == [(False, error)]


async def test_response_urls_misbehave_on_request(slack, url, answer):
    """A fault for `response_url` hits the next answer, with or without effect."""
    slack.fail_next("response_url", "500_after")
    with pytest.raises(aiohttp.ContentTypeError):
        await answer(url(), text="x")
    assert [one.text for one in slack.ephemerals("UANA")] == ["x"]
    slack.fail_next("response_url", "drop")
    with pytest.raises(aiohttp.ClientConnectionError):
        await answer(url(), text="y")
    assert [(call.method, call.accepted) for call in slack.calls()] == [
        ("response_url", True),
        ("response_url", False),
    ]
