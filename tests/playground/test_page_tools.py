"""What the page offers beside the workspace: commands, sent requests, reasons, moves of the clock, form checks."""

from dataclasses import dataclass
from datetime import UTC, datetime

import aiohttp
import pytest

from bot.flow.reasons import Fact, Reason, ReasonEvent
from bot.playground.fake_slack import FakeSlack, Move, Sent
from tests.playground.kit import SECRET, modal, text_input

AT = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)
REASON = Reason(
    number=7,
    key="win:generic/D-1:1",
    kind="win",
    target="#wins",
    state="sent",
    tries=0,
    created_at=AT,
    sent_at=AT,
    edited_at=None,
    next_at=None,
    error=None,
    rule="The deal was won.",
    facts=(Fact("Won at", at=AT), Fact("Model", "linear")),
    events=(ReasonEvent(3, "generic", "evt-3", "deal.won", AT, AT, "applied"),),
)


@dataclass(frozen=True)
class Command:
    """A command as a handler describes it."""

    name: str
    description: str
    usage: str


@pytest.fixture
async def slack(clock):
    async def send(event):
        return Sent(f"POST /hooks/generic HTTP/1.1\r\nwebhook-id: e1\r\n\r\n{event['type']}", 202, "stored")

    async def explain(channel, ts):
        return REASON if (channel, ts) == ("C1", "1.5") else None

    async def an_hour_on():
        clock.advance(3600)

    async with FakeSlack(
        signing_secret=SECRET,
        now=clock,
        rate_limit=False,
        send_event=send,
        commands=[Command("pipeline", "Open deals", "[mine|team]"), ("/leads", "Leads", "")],
        shortcuts=[{"callback_id": "add", "name": "Add", "type": "global", "description": "Add one"}],
        explain=explain,
        moves=[Move("An hour on", "What falls due comes on the way", an_hour_on)],
    ) as it:
        it.add_user("Ana", id="UANA")
        it.add_channel("wins", members=["UANA"])
        yield it


@pytest.fixture
async def http(slack):
    async with aiohttp.ClientSession(slack.url) as session:
        yield session


@pytest.fixture
def act(http):
    async def run(path, **body):
        async with http.post(f"/_/{path}", json={"as": "UANA", **body}) as answer:
            return answer.status, await (
                answer.json() if answer.content_type == "application/json" else answer.text()
            )

    return run


async def test_only_the_shortcuts_of_the_manifest_can_be_chosen(http, act, slack):
    """The page offers them by name; another one is refused in words, and no bot hears of it."""
    async with http.get("/_/state") as answer:
        offered = (await answer.json())["shortcuts"]
    assert offered == [{"callback_id": "add", "name": "Add", "description": "Add one"}]
    status, told = await act("shortcut", callback_id="other")
    assert (status, told["error"]) == (400, "callback_id: the app has no shortcut 'other'")
    assert slack.failures == []
    await act("shortcut", callback_id="add")
    assert [failure.kind for failure in slack.failures] == ["unreachable"]


async def test_the_page_knows_what_it_may_offer(http, clock):
    """Commands with their usage, moves of the clock, the workspace's time, and whether messages are explained."""
    async with http.get("/_/state") as answer:
        state = await answer.json()
    assert {name: state[name] for name in ("commands", "moves", "now", "can_explain")} == {
        "commands": [
            {"name": "/pipeline", "description": "Open deals", "usage": "[mine|team]"},
            {"name": "/leads", "description": "Leads", "usage": ""},
        ],
        "moves": [{"name": "An hour on", "description": "What falls due comes on the way"}],
        "now": clock.now,
        "can_explain": True,
    }


async def test_a_command_that_is_not_in_the_manifest_never_reaches_the_bot(slack, act, answering):
    """Slack itself answers an unknown command, and names those that there are."""
    seen = await answering()
    wins = slack.channel("wins")
    await act("say", channel=wins, text="/pipelin mine")
    await act("say", channel=wins, text="/pipeline mine")
    assert [(one.text, one.source) for one in slack.ephemerals("UANA")] == [
        ("/pipelin is not a valid command. Valid are: /leads, /pipeline", "slack")
    ]
    assert len(seen) == 1


async def test_the_request_is_shown_as_it_was_sent(act):
    """What the sender tells of the request, its signature included, is what the page shows."""
    assert await act("send", event={"type": "deal.won"}) == (
        200,
        {
            "ok": True,
            "status": 202,
            "text": "stored",
            "request": "POST /hooks/generic HTTP/1.1\r\nwebhook-id: e1\r\n\r\ndeal.won",
        },
    )


async def test_why_is_it_here(http):
    """A reason comes with its instants as epoch seconds; for a message without one there is none."""
    reasons = []
    for path in ("C1/1.5", "C1/1.6"):
        async with http.get(f"/_/why/{path}") as answer:
            reasons.append((await answer.json())["reason"])
    at = AT.timestamp()
    assert reasons == [
        {
            "number": 7,
            "key": "win:generic/D-1:1",
            "kind": "win",
            "target": "#wins",
            "state": "sent",
            "tries": 0,
            "created_at": at,
            "sent_at": at,
            "edited_at": None,
            "next_at": None,
            "error": None,
            "rule": "The deal was won.",
            "facts": [
                {"name": "Won at", "text": None, "at": at},
                {"name": "Model", "text": "linear", "at": None},
            ],
            "events": [
                {
                    "number": 3,
                    "source": "generic",
                    "id": "evt-3",
                    "type": "deal.won",
                    "at": at,
                    "received_at": at,
                    "state": "applied",
                }
            ],
        },
        None,
    ]


async def test_without_an_explanation_there_is_nothing_to_ask(clock):
    """A workspace of tests alone explains nothing."""
    async with (
        FakeSlack(signing_secret=SECRET, now=clock) as slack,
        aiohttp.ClientSession(slack.url) as session,
        session.get("/_/why/C1/1.5") as answer,
    ):
        assert answer.status == 404


async def test_the_clock_moves_by_a_button(act, clock, slack):
    """A move is made once, everybody who watches is told, and the new time comes back."""
    began, version = clock.now, slack.journal.version
    assert await act("move", name="An hour on") == (200, {"ok": True, "now": began + 3600})
    assert (clock.now, slack.journal.version > version) == (began + 3600, True)


async def test_a_move_that_is_not_offered_is_refused(act, clock):
    """Only the moves that the page was given move the clock."""
    began = clock.now
    assert await act("move", name="A year back") == (400, "name: there is no such move of the clock")
    assert clock.now == began


async def test_what_slack_checks_in_a_form_stands_beside_its_field(slack, act, answering):
    """A form that Slack does not let go comes back with a sentence for each block; the bot hears nothing."""
    seen = await answering()
    view = slack.workspace.open_view("UANA", modal(text_input("note"), text_input("more", optional=True)))
    status, answer = await act("submit", view_id=view.id, values={})
    assert (status, answer["errors"]) == (400, {"note": "Please complete this required field."})
    assert seen == []


async def quiet_hours(http):
    """What the page shows of the first person's quiet hours."""
    async with http.get("/_/state") as answer:
        return (await answer.json())["people"][0]["quiet"]


async def test_quiet_hours_are_set_in_a_persons_own_time(slack, http, act, clock):
    """From 22:00 to 08:00 in New York: the page shows it, and Slack tells the span that lasts or comes next."""
    slack.workspace.change_user("UANA", tz="America/New_York")
    clock.now = datetime(2026, 11, 16, 12, 0, tzinfo=UTC).timestamp()  # 07:00 there
    assert await quiet_hours(http) is None
    assert await act("quiet", **{"from": "22:00", "until": "08:00"}) == (200, {"ok": True})
    assert await quiet_hours(http) == {"from": "22:00", "until": "08:00"}
    span = [datetime(2026, 11, 16, hour, 0, tzinfo=UTC).timestamp() for hour in (3, 13)]
    assert list(slack.user("UANA").dnd) == span
    assert await act("quiet", off=True) == (200, {"ok": True})
    assert (await quiet_hours(http), slack.user("UANA").dnd) == (None, None)


async def test_quiet_hours_within_a_day(slack, act, clock):
    """A span that is over for today is tomorrow's."""
    clock.now = datetime(2026, 11, 16, 14, 0, tzinfo=UTC).timestamp()
    await act("quiet", **{"from": "12:00", "until": "14:00"})
    assert list(slack.user("UANA").dnd) == [
        datetime(2026, 11, 17, hour, 0, tzinfo=UTC).timestamp() for hour in (12, 14)
    ]


@pytest.mark.parametrize(
    ("hours", "problem"),
    [
        ({"from": "22", "until": "08:00"}, "from: must be a time of a day like 22:00"),
        ({"from": "22:00", "until": "24:00"}, "until: must be a time of a day like 22:00"),
        ({"from": "22:00", "until": "22:00"}, "until: quiet hours end at another time than they begin"),
        ({"as": "UNOBODY", "from": "22:00", "until": "08:00"}, "user: nobody with the id 'UNOBODY'"),
    ],
)
async def test_what_are_no_quiet_hours_is_said(slack, act, hours, problem):
    """A time that is none, a span without length and a stranger are refused, with the reason; nothing changes."""
    status, answer = await act("quiet", **hours)
    assert (status, answer["ok"], problem in answer["error"]) == (400, False, True)
    assert slack.user("UANA").dnd is None
