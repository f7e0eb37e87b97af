"""The plain page: its files, its state, its stream, and what people can do on it."""

import asyncio
import re
from importlib.resources import files

import aiohttp
import pytest

from bot.playground.fake_slack import FakeSlack, Sample
from bot.playground.page import _STATIC
from tests.playground.kit import SECRET, actions, button, home, modal, section, text_input

SAMPLE = {"type": "deal.won", "data": {"id": "D-1"}}


@pytest.fixture
async def sent():
    return []


@pytest.fixture
async def slack(clock, sent):
    async def send(event):
        sent.append(event)
        return 202, '{"status": "stored"}'

    samples = [Sample("Deal won", "A deal is closed", lambda: dict(SAMPLE))]
    async with FakeSlack(
        signing_secret=SECRET, now=clock, rate_limit=False, samples=samples, send_event=send
    ) as it:
        it.add_user("Ana", id="UANA", tz="America/New_York")
        it.add_user("Ben", id="UBEN")
        it.add_user("Left", id="ULEFT", deleted=True)
        it.add_channel("wins", members=["UANA"])
        it.add_channel("board", private=True, members=["UBEN"])
        yield it


@pytest.fixture
async def http(slack):
    async with aiohttp.ClientSession(slack.url) as session:
        yield session


@pytest.fixture
def state(http):
    async def run(user=""):
        async with http.get("/_/state", params={"as": user}) as answer:
            return await answer.json()

    return run


@pytest.fixture
def act(http):
    async def run(path, **body):
        async with http.post(f"/_/{path}", json=body) as answer:
            try:
                return answer.status, await answer.json()
            except aiohttp.ContentTypeError:
                return answer.status, await answer.text()

    return run


PATHS = ["/", "/archives/C1/p1", *(f"/static/{name}" for name in _STATIC)]


@pytest.mark.parametrize("path", PATHS)
async def test_every_file_of_the_page_is_served_with_a_tight_policy(http, path):
    """The page, its style and its scripts come from here and may load from nowhere else."""
    async with http.get(path) as answer:
        assert (answer.status, len(await answer.text()) > 100) == (200, True)
        policy = answer.headers["Content-Security-Policy"]
    assert (policy.startswith("default-src 'self'"), "unsafe" in policy) == (True, False)


@pytest.mark.parametrize("path", ["/static/page.py", "/static/../page.py", "/static/%2e%2e/page.py", "/else"])
async def test_nothing_else_is_served(http, path):
    """Only the files of the page have an address."""
    async with http.get(path) as answer:
        assert answer.status == 404


def test_the_page_needs_nothing_from_elsewhere_and_writes_no_markup_from_data():
    """No file names another host or turns a text into HTML; every element is made by name."""
    folder = files("bot.playground").joinpath("static")
    texts = {name: folder.joinpath(name).read_text() for name in ("index.html", *_STATIC)}
    assert {name for name, text in texts.items() if re.search(r"(src|href|url)\W+https?:", text)} == set()
    forbidden = re.compile(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(")
    assert {name for name, text in texts.items() if forbidden.search(text)} == set()


def test_every_control_of_the_page_has_a_name():
    """Each input, select and textarea stands in a label or has one by its id."""
    html = files("bot.playground").joinpath("static", "index.html").read_text()
    bare = re.sub(r"<label[^>]*>.*?</label>", "", html, flags=re.DOTALL)
    named = set(re.findall(r'<label[^>]* for="([^"]+)"', html))
    controls = re.findall(r'<(?:input|select|textarea)[^>]*\bid="([^"]+)"', bare)
    assert set(controls) == named


async def test_a_person_sees_what_they_could_see_in_slack(slack, state):
    """Public channels, private ones with the person in them, their own direct messages; nobody else's."""
    slack.dm("UBEN")
    seen = {
        user: {(channel["name"], channel["kind"]) for channel in (await state(user))["channels"]}
        for user in ("UANA", "UBEN")
    }
    assert seen == {
        "UANA": {("wins", "public"), ("Ana", "im")},
        "UBEN": {("wins", "public"), ("board", "private"), ("Ben", "im")},
    }


async def test_one_can_look_as_everybody_who_is_there(state):
    """People who left and the bot are no choice; an unknown choice is the first person."""
    found = await state("UNOBODY")
    assert ([person["id"] for person in found["people"]], found["as"]) == (["UANA", "UBEN"], "UANA")


async def test_messages_come_with_what_is_private_in_between(slack, state):
    """Ephemeral messages stand at their time among the others, marked, and only for their reader."""
    wins = slack.channel("wins")
    slack.say("UANA", "wins", "one")
    slack.workspace.whisper(wins, "UANA", "psst", "ack", blocks=[section()])
    posted = slack.say("UBEN", "wins", "two")
    slack.workspace.edit(wins, posted.ts, text="three")
    seen = {
        user: [
            (one["text"], one["ephemeral"], one["edited"])
            for one in (await state(user))["channels"][0]["messages"]
        ]
        for user in ("UANA", "UBEN")
    }
    rest = [("one", False, False), ("three", False, True)]
    assert seen == {"UANA": [rest[0], ("psst", True, False), rest[1]], "UBEN": rest}


async def test_views_and_home_are_shown_to_their_person(slack, state):
    """An open modal with its errors and a published Home tab are in the state of that person alone."""
    view = slack.workspace.open_view("UANA", modal(text_input("note")))
    slack.people.answers.view_errors[view.id] = {"note": "too short"}
    slack.workspace.publish("UANA", home(section("queue")))
    ana, ben = await state("UANA"), await state("UBEN")
    assert [(one["id"], one["errors"]) for one in ana["views"]] == [(view.id, {"note": "too short"})]
    assert (ana["home"]["blocks"][0]["text"]["text"], ben["views"], ben["home"]) == ("queue", [], None)


async def test_the_stream_tells_of_every_change_at_once(slack, http):
    """A change makes the next line; the number grows."""
    async with http.get("/_/stream") as stream:

        async def next_version():
            line = (await stream.content.readline()).decode()
            await stream.content.readline()
            return int(line.removeprefix("data: "))

        async with asyncio.timeout(2):
            first = await next_version()
            slack.say("UANA", "wins", "hello")
            second = await next_version()
        assert (stream.content_type, second > first) == ("text/event-stream", True)


async def test_an_open_stream_does_not_hold_up_the_end(clock):
    """`stop` ends the streams of every open page."""
    slack = FakeSlack(signing_secret=SECRET, now=clock)
    await slack.start()
    async with aiohttp.ClientSession() as session, session.get(f"{slack.url}/_/stream") as stream:
        await stream.content.readline()
        async with asyncio.timeout(2):
            await slack.stop()
            await stream.content.read()


async def test_a_line_is_a_message_or_a_command(slack, act, answering):
    """What begins with a slash goes to the bot as a command, anything else is said in the channel, as typed."""
    seen = await answering(text="two deals")
    wins = slack.channel("wins")
    assert await act("say", **{"as": "UANA"}, channel=wins, text=" <!here> & co ") == (200, {"ok": True})
    status, result = await act("say", **{"as": "UANA"}, channel=wins, text="/pipeline  mine ")
    assert (status, result["ok"], result["error"]) == (200, True, None)
    assert [message.text for message in slack.messages("wins")] == ["&lt;!here&gt; &amp; co"]
    assert [one.text for one in slack.ephemerals("UANA")] == ["two deals"]
    assert b"command=%2Fpipeline&text=mine&" in seen[0].body


async def test_buttons_work_in_messages_and_on_the_home_tab(slack, act, answering):
    """A press reaches the bot from both; a button that is gone says so in words."""
    seen = await answering()
    wins = slack.channel("wins")
    shown = slack.workspace.post(wins, "U00000000", "x", blocks=[actions(button("contacted", value="L-1"))])
    view = slack.workspace.publish("UANA", home(actions(button("refresh"))))
    ana = {"as": "UANA"}
    answers = [
        await act("press", **ana, channel=wins, ts=shown.ts, action_id="contacted"),
        await act("press", **ana, view_id=view.id, action_id="refresh"),
        await act("press", **ana, channel=wins, ts=shown.ts, action_id="gone"),
    ]
    assert ([(status, body["ok"]) for status, body in answers], len(seen)) == (
        [(200, True), (200, True), (400, False)],
        2,
    )
    assert "gone" in answers[2][1]["error"]


async def test_forms_are_sent_and_closed(slack, act, answering):
    """An empty input is refused in words; a filled form goes to the bot and closes; a cross closes, too."""
    await answering()
    ana = {"as": "UANA"}
    first = slack.workspace.open_view("UANA", modal(text_input("note")))
    empty = await act("submit", **ana, view_id=first.id, values={})
    filled = await act("submit", **ana, view_id=first.id, values={"note": {"value": "called"}})
    second = slack.workspace.open_view("UANA", modal())
    closed = await act("close", **ana, view_id=second.id)
    assert [(status, body["ok"]) for status, body in (empty, filled, closed)] == [
        (400, False),
        (200, True),
        (200, True),
    ]
    assert slack.views("UANA") == []


async def test_the_home_tab_is_asked_for_as_an_event(slack, act, answering):
    """Opening Home sends app_home_opened for that person."""
    seen = await answering()
    assert await act("home", **{"as": "UANA"}) == (200, {"ok": True})
    assert b'"app_home_opened"' in seen[0].body


async def test_samples_are_built_fresh_and_sent_as_edited(http, act, state, sent):
    """The list names them, each has its JSON, and what a person sends is what the bot is given."""
    found = await state()
    assert (found["samples"], found["can_send"]) == (
        [{"name": "Deal won", "description": "A deal is closed"}],
        True,
    )
    async with http.get("/_/samples/0") as answer:
        assert await answer.json() == SAMPLE
    for number in ("1", "x"):
        async with http.get(f"/_/samples/{number}") as answer:
            assert answer.status == 404
    result = await act("send", event={**SAMPLE, "changed": True})
    assert result == (200, {"ok": True, "status": 202, "text": '{"status": "stored"}'})
    assert sent == [{**SAMPLE, "changed": True}]


async def test_people_may_make_it_misbehave(slack, act, call):
    """A fault set on the page holds for as many calls as asked, always, or until it is cleared."""
    assert await act("faults", method="chat.postMessage", kind="error:fatal_error") == (200, {"ok": True})
    assert await act("faults", method="auth.test", kind="error:fatal_error", times=None) == (
        200,
        {"ok": True},
    )
    errors = [(await call("chat.postMessage", channel="wins", text="x")).get("error") for _ in range(2)]
    errors += [(await call("auth.test")).get("error") for _ in range(2)]
    await act("faults", clear=True)
    errors.append((await call("auth.test")).get("error"))
    assert errors == ["fatal_error", None, "fatal_error", "fatal_error", None]
    status, problem = await act("faults", method="auth.test", kind="earthquake")
    assert (status, problem["ok"], "drop_after" in problem["error"]) == (400, False, True)


@pytest.mark.parametrize(
    ("path", "body", "reason"),
    [
        ("say", {"as": "UANA", "channel": "wins"}, "text: must be a text"),
        ("say", {"as": "UANA", "channel": "wins", "text": 5}, "text: must be a text"),
        ("press", {"as": "UANA", "channel": "wins", "ts": "1.0"}, "action_id: must be a text"),
        ("submit", {"as": "UANA", "view_id": "V1", "values": []}, "values: must be an object"),
        ("send", {"event": []}, "event: must be an object"),
        ("faults", {"kind": "429", "times": "often", "method": "*"}, "times: must be a whole number or null"),
    ],
)
async def test_what_is_missing_is_named(act, path, body, reason):
    """A body without a member it needs gets 400 and the member's name."""
    assert await act(path, **body) == (400, reason)


@pytest.mark.parametrize(
    ("headers", "data", "status"),
    [
        ({"Content-Type": "text/plain"}, "{}", 403),
        ({"Content-Type": "application/x-www-form-urlencoded"}, "clear=1", 403),
        ({"Content-Type": "application/json", "Origin": "https://elsewhere.example"}, '{"clear": true}', 403),
        ({"Content-Type": "application/json", "Origin": "null"}, '{"clear": true}', 403),
        ({"Content-Type": "application/json"}, "{", 400),
        ({"Content-Type": "application/json"}, "[]", 400),
        ({"Content-Type": "application/json"}, '{"clear": true}', 200),
    ],
)
async def test_only_the_page_itself_may_act(http, headers, data, status):
    """Another site in the same browser can neither send a form nor JSON here."""
    async with http.post("/_/faults", headers=headers, data=data) as answer:
        assert answer.status == status


async def test_without_samples_and_sender_the_page_still_stands(clock):
    """A workspace of tests alone has no events to send, and says so."""
    async with (
        FakeSlack(signing_secret=SECRET, now=clock) as slack,
        aiohttp.ClientSession(slack.url) as session,
    ):
        found = await (await session.get("/_/state")).json()
        refused = await session.post("/_/send", json={"event": {}})
    assert (found["people"], found["as"], found["channels"], found["can_send"]) == ([], None, [], False)
    assert refused.status == 404
