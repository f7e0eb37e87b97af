"""Who may call, how calls are read, and what goes wrong on request."""

import asyncio

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import UsageError
from bot.playground.fake_slack import DEFAULT_SCOPES, FakeSlack
from tests.playground.conftest import client_of
from tests.playground.kit import SECRET, Clock


@pytest.fixture
async def http():
    async with aiohttp.ClientSession() as session:
        yield session


async def post(http, slack, method, *, headers=None, **body):
    async with http.post(f"{slack.api_url}{method}", headers=headers or {}, **body) as answer:
        return answer.status, await answer.json(), answer.headers


BOT = {"Authorization": "Bearer xoxb-demo"}
APP = {"Authorization": "Bearer xapp-demo"}


@pytest.mark.parametrize(
    ("method", "headers", "error"),
    [
        ("auth.test", {}, "not_authed"),
        ("auth.test", {"Authorization": "Bearer xoxb-other"}, "invalid_auth"),
        ("auth.test", APP, "not_allowed_token_type"),
        ("auth.test", BOT, None),
        ("apps.connections.open", {}, "not_authed"),
        ("apps.connections.open", BOT, "not_allowed_token_type"),
        ("apps.connections.open", APP, None),
        ("chat.shout", BOT, "unknown_method"),
        ("chat.shout", {}, "unknown_method"),
    ],
)
async def test_every_method_wants_its_own_token(slack, http, method, headers, error):
    """No token, another one, one of the other kind, an unknown method: each has Slack's code."""
    status, body, _ = await post(http, slack, method, headers=headers, json={})
    assert (status, body.get("error")) == (200, error)


async def test_an_app_token_goes_in_the_header_only(slack, http):
    """apps.connections.open does not read its token from the body."""
    _, body, _ = await post(http, slack, "apps.connections.open", data={"token": "xapp-demo"})
    assert body["error"] == "not_authed"


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({"data": "{", "content_type": "application/json"}, "invalid_json"),
        ({"data": "[]", "content_type": "application/json"}, "json_not_object"),
        ({"data": "<x/>", "content_type": "text/xml"}, "invalid_post_type"),
        ({"data": "user=UANA", "content_type": "application/x-www-form-urlencoded"}, None),
    ],
)
async def test_bodies_are_json_objects_or_forms(slack, http, body, error):
    """A body that is neither is refused by its kind."""
    headers = {**BOT, "Content-Type": body["content_type"]}
    _, answer, _ = await post(http, slack, "users.info", headers=headers, data=body["data"])
    assert answer.get("error") == error


async def test_arguments_may_stand_in_the_address(slack, http):
    """A GET request carries them as a query."""
    async with http.get(f"{slack.api_url}users.info?user=UANA", headers=BOT) as answer:
        assert (await answer.json())["user"]["name"] == "Ana"


async def test_the_answer_names_the_scopes_that_were_given(slack, http):
    """x-oauth-scopes lists what the bot has, x-accepted-oauth-scopes what the method wants."""
    _, _, headers = await post(http, slack, "chat.update", headers=BOT, json={})
    assert headers["x-oauth-scopes"] == ",".join(sorted(DEFAULT_SCOPES))
    assert headers["x-accepted-oauth-scopes"] == "chat:write"


@pytest.mark.parametrize(
    ("method", "scope"),
    [
        ("chat.postMessage", "chat:write"),
        ("chat.update", "chat:write"),
        ("chat.postEphemeral", "chat:write"),
        ("conversations.open", "im:write"),
        ("users.info", "users:read"),
        ("users.list", "users:read"),
        ("dnd.info", "dnd:read"),
        ("reactions.add", "reactions:write"),
        ("conversations.list", "channels:read"),
    ],
)
async def test_a_missing_scope_is_named(slack, call, method, scope):
    """missing_scope says which one is needed and which ones there are."""
    slack.settings.scopes = DEFAULT_SCOPES - {scope}
    answer = await call(method, channel="wins", text="x", user="UANA")
    assert (answer["error"], answer["needed"]) == ("missing_scope", scope)
    assert answer["provided"] == ",".join(sorted(slack.settings.scopes))


# --- rate limits ---


@pytest.fixture
async def limited(clock):
    async with FakeSlack(signing_secret=SECRET, now=clock) as it:
        it.add_user("Ana", id="UANA")
        it.add_channel("wins")
        it.add_channel("other")
        yield it


async def statuses(slack, http, method, count, **arguments):
    answers = [await post(http, slack, method, headers=BOT, json=arguments) for _ in range(count)]
    return [(status, headers.get("Retry-After")) for status, _, headers in answers]


async def test_a_channel_takes_one_message_a_second(limited, http, clock):
    """A second message within a second is 429 with Retry-After; other channels and later seconds are free."""
    first = await statuses(limited, http, "chat.postMessage", 2, channel="wins", text="x")
    other = await statuses(limited, http, "chat.postMessage", 1, channel="other", text="x")
    clock.advance(1)
    later = await statuses(limited, http, "chat.postMessage", 2, channel="wins", text="x")
    assert (first, other, later) == ([(200, None), (429, "1")], [(200, None)], [(200, None), (429, "1")])
    assert len(limited.messages("wins")) == 2


async def test_a_burst_may_be_allowed(clock, http):
    """With a burst of three, three messages pass at once and the fourth waits for a second."""
    async with FakeSlack(signing_secret=SECRET, now=clock, burst=3) as slack:
        slack.add_channel("wins")
        seen = await statuses(slack, http, "chat.postMessage", 4, channel="wins", text="x")
    assert seen == [(200, None)] * 3 + [(429, "1")]


@pytest.mark.parametrize(
    ("method", "arguments", "tier"),
    [
        ("users.list", {}, 20),
        ("users.lookupByEmail", {"email": "x"}, 50),
        ("users.info", {"user": "UANA"}, 100),
    ],
)
async def test_a_tier_is_so_many_calls_a_minute(limited, http, clock, *, method, arguments, tier):
    """The call after the last of a minute is 429 until the minute has passed; other methods go on."""
    seen = await statuses(limited, http, method, tier + 1, **arguments)
    assert seen == [(200, None)] * tier + [(429, "60")]
    clock.advance(45)
    assert await statuses(limited, http, method, 1, **arguments) == [(429, "15")]
    assert await statuses(limited, http, "auth.test", 1) == [(200, None)]
    clock.advance(15)
    assert await statuses(limited, http, method, 1, **arguments) == [(200, None)]


async def test_limits_can_be_switched_off(limited, http):
    """Without limits a hundred messages pass at once."""
    limited.limits.enabled = False
    seen = await statuses(limited, http, "chat.postMessage", 100, channel="wins", text="x")
    assert seen == [(200, None)] * 100


async def test_slacks_own_retry_handler_waits_as_told(limited, monkeypatch):
    """The client's handler reads Retry-After, waits that long and succeeds: the limit is one it can obey."""
    clock: Clock = limited.now
    monkeypatch.setattr(asyncio, "sleep", lambda seconds: _pass(clock, seconds))
    client = client_of(limited)
    client.retry_handlers = [AsyncRateLimitErrorRetryHandler(max_retry_count=1)]
    for _ in range(3):
        await client.chat_postMessage(channel="wins", text="x")
    assert [call.accepted for call in limited.calls("chat.postMessage")] == [True, False, True, False, True]


async def _pass(clock, seconds):
    clock.advance(seconds)


# --- faults ---


async def attempt(slack, retry=False):
    """Post once with Slack's client; answer what came of it."""
    client = client_of(slack, timeout=1)
    if retry:
        client = AsyncWebClient(token="xoxb-demo", base_url=slack.api_url)
    try:
        await client.chat_postMessage(channel="wins", text="x")
    except SlackApiError as error:
        return f"api {error.response.status_code}"
    except aiohttp.ClientError:
        return "line cut"
    return "ok"


@pytest.mark.parametrize(
    ("kind", "outcome", "messages"),
    [
        ("429", "api 429", 0),
        (429, "api 429", 0),
        ("500", "api 500", 0),
        ("500_after", "api 500", 1),
        ("503", "api 503", 0),
        ("503_after", "api 503", 1),
        ("drop", "line cut", 0),
        ("drop_after", "line cut", 1),
        ("html_200", "api 200", 0),
        ("html_200_after", "api 200", 1),
        ("empty_200", "api 200", 0),
        ("empty_200_after", "api 200", 1),
        ("error:fatal_error", "api 200", 0),
    ],
)
async def test_a_fault_happens_once_before_or_after_the_message(slack, kind, outcome, messages):
    """The client sees the fault, the channel holds what took effect, and the next call is fine again."""
    slack.fail_next("chat.postMessage", kind)
    assert (await attempt(slack), len(slack.messages("wins"))) == (outcome, messages)
    assert (await attempt(slack), len(slack.messages("wins"))) == ("ok", messages + 1)
    assert [call.accepted for call in slack.calls()] == [messages == 1, True]


async def test_a_client_that_retries_on_its_own_posts_twice(slack):
    """Slack's client with its default handlers repeats what was accepted and then cut: two messages."""
    slack.fail_next("chat.postMessage", "drop_after")
    assert (await attempt(slack, retry=True), len(slack.messages("wins"))) == ("ok", 2)


async def test_a_timeout_takes_effect_and_answers_when_released(slack, call):
    """The message is there while the caller waits; `release` lets the answer go."""
    slack.fail_next("chat.postMessage", "timeout")
    waiting = asyncio.create_task(call("chat.postMessage", channel="wins", text="x"))
    (message,) = await slack.wait_for(lambda: slack.messages("wins"))
    assert not waiting.done()
    slack.release()
    assert (await waiting)["ts"] == message.ts


async def test_stopping_lets_go_what_waits(clock):
    """A call that is held back does not hold up `stop`."""
    slack = FakeSlack(signing_secret=SECRET, now=clock)
    await slack.start()
    slack.add_channel("wins")
    slack.fail_always("chat.postMessage", "timeout")
    waiting = asyncio.create_task(client_of(slack).chat_postMessage(channel="wins", text="x"))
    await slack.wait_for(lambda: slack.messages("wins"))
    async with asyncio.timeout(2):
        await slack.stop()
        assert (await waiting)["ok"] is True


@pytest.mark.parametrize(
    ("retry_after", "header"), [(None, "1"), (30, "30"), ("soon", "soon"), ("", None), (3600, "3600")]
)
async def test_a_429_names_the_time_it_is_told_to(slack, http, retry_after, header):
    """Retry-After is 1 second unless another time, a text or no header at all is asked for."""
    slack.fail_next("chat.postMessage", 429, retry_after=retry_after)
    assert await statuses(slack, http, "chat.postMessage", 1, channel="wins", text="x") == [(429, header)]


async def test_faults_queue_up_and_last(slack):
    """Faults come in the order given, then the lasting one, until it is cleared."""
    slack.fail_next("chat.postMessage", "500", times=2)
    slack.fail_next("*", "503")
    slack.fail_always("chat.postMessage", "429")
    outcomes = [await attempt(slack) for _ in range(5)]
    slack.clear_faults("chat.postMessage")
    assert [*outcomes, await attempt(slack)] == ["api 500", "api 500", "api 503", "api 429", "api 429", "ok"]


@pytest.mark.parametrize("kind", ["", "404", "429_after", "timeout_after", "error:", "drop_before"])
def test_an_unknown_fault_is_refused_with_the_list(slack_unstarted, kind):
    """A kind that does not exist is an error that lists those that do."""
    with pytest.raises(UsageError, match="429, 500, 503, drop, timeout, html_200, empty_200"):
        slack_unstarted.fail_next("chat.postMessage", kind)


@pytest.fixture
def slack_unstarted():
    return FakeSlack(signing_secret=SECRET)
