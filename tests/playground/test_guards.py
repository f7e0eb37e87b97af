"""The stand-in stays on this machine and takes no token of a real workspace."""

import aiohttp
import pytest

from bot.errors import ConfigError
from bot.playground.fake_slack import FakeSlack
from bot.playground.guards import looks_real
from tests.playground.conftest import client_of
from tests.playground.kit import SECRET

# Put together here, so that no scanner takes this file for a leak.
REAL = [
    "-".join(parts)
    for parts in (
        ("xoxb", "123456789012", "1234567890123", "AbCdEfGhIjKlMnOpQrStUvWx"),
        ("xoxp", "123456789012", "123456789012", "123456789012", "0123456789abcdef0123456789abcdef"),
        ("xoxb", "123456789012", "AbCdEfGhIjKlMnOpQrStUvWx"),
        ("xoxe.xoxb", "1", "Mi0yLTEyMzQ1Njc4OTAxMi0x"),
        ("xoxe", "1", "My0xLTEyMzQ1Njc4OTAxMi0x"),
        ("xapp", "1", "A0123456789", "1234567890123", "0123456789abcdef"),
    )
]


@pytest.mark.parametrize("token", REAL)
def test_slacks_own_formats_are_recognised(token):
    """Bot, user, older, rotating, refresh and app-level tokens all look real."""
    assert looks_real(token)


@pytest.mark.parametrize("token", ["xoxb-demo", "xapp-demo", "xoxb-1", "xoxb-test-token", "xapp-1-demo", ""])
def test_made_up_tokens_are_welcome(token):
    """What Slack would never give out does not look real."""
    assert not looks_real(token)


@pytest.mark.parametrize("setting", ["bot_token", "app_token"])
def test_a_real_token_is_refused_at_once_and_not_repeated(setting):
    """The error names the setting and says what to do; the token itself is not in it."""
    with pytest.raises(ConfigError) as caught:
        FakeSlack(signing_secret=SECRET, **{setting: REAL[0]})
    assert str(caught.value).startswith(f"{setting}: this looks like a token of a real Slack workspace")
    assert REAL[0] not in str(caught.value)


@pytest.mark.parametrize("method", ["auth.test", "apps.connections.open"])
async def test_a_client_with_a_real_token_is_refused_and_the_token_forgotten(slack, caplog, method):
    """Whoever presents a real token hears why, and neither the log nor the journal keeps it."""
    headers = {"Authorization": f"Bearer {REAL[0]}"}
    url = f"{slack.api_url}{method}"
    async with aiohttp.ClientSession(headers=headers) as session:
        body = await (await session.post(url, json={"token": REAL[0]})).json()
    assert (body["error"], REAL[0] in repr(body)) == ("invalid_auth", False)
    assert "real Slack workspace" in body["response_metadata"]["messages"][0]
    assert REAL[0] not in caplog.text + repr(slack.calls())
    assert "refused" in caplog.text


@pytest.mark.parametrize("host", ["0.0.0.0", "", "192.0.2.1", "example.com", "::"])  # noqa: S104
def test_it_listens_on_loopback_only(host):
    """Any other address is an error that says which one to use."""
    with pytest.raises(ConfigError, match=r"127\.0\.0\.1"):
        FakeSlack(signing_secret=SECRET, host=host)


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/slack",
        "http://bot.example/slack",
        "http://127.0.0.1.bot.example/",
        "ftp://localhost/",
    ],
)
async def test_it_calls_this_machine_only(slack, url):
    """A request URL elsewhere is refused before anything is sent."""
    with pytest.raises(ConfigError, match="request_url"):
        slack.connect_http(url)


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost", 200),
        ("127.0.0.1:80", 200),
        ("[::1]:80", 200),
        ("bot.example", 403),
        ("127.0.0.1.bot.example", 403),
    ],
)
async def test_another_hosts_name_is_not_answered(slack, host, status):
    """A web page whose name was pointed at 127.0.0.1 gets nothing, from the page or the API."""
    async with aiohttp.ClientSession(headers={"Host": host}) as session:
        for path in ("/", "/api/auth.test", "/_/state"):
            async with session.get(f"{slack.url}{path}") as answer:
                assert answer.status == status


async def test_a_taken_port_is_an_error_in_words(slack):
    """A port that somebody listens on already is named, with what to do."""
    other = FakeSlack(signing_secret=SECRET, port=int(slack.url.rsplit(":", 1)[1]))
    with pytest.raises(ConfigError, match=r"port: .* choose another"):
        await other.start()


async def test_it_has_no_address_before_it_starts_and_can_start_again():
    """The address is an error before `start`; after `stop` the same port is free again."""
    slack = FakeSlack(signing_secret=SECRET)
    with pytest.raises(ConfigError, match="call start first"):
        _ = slack.url
    await slack.start()
    first = slack.url
    await slack.stop()
    await slack.start()
    answer = await client_of(slack).auth_test()
    assert (slack.url, answer["ok"]) == (first, True)
    await slack.stop()
