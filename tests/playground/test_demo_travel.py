"""The time of the local workspace can be moved: what falls due on the way comes, at its instant, and once."""

import asyncio
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.domain.worktime import Calendar
from bot.errors import UsageError
from bot.playground.requests import Move
from bot.playground.travel import MOVES, moves, target
from tests.support.demo import opened, told

BERLIN = ZoneInfo("Europe/Berlin")
OFFICE = Calendar("Europe/Berlin", (*(((540, 1050),),) * 5, (), ()))
WITH_LUNCH = Calendar("Europe/Berlin", (*(((540, 720), (780, 1020)),) * 5, (), ()))
MAYAS_FRIDAY = ["20 08:45:00", "20 09:01:30", "20 09:15:00", "20 10:10:00", "20 10:40:00"]
ALWAYS = Calendar("Europe/Berlin", (((0, 1440),),) * 7)


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("what", "now", "calendar", "then"),
    [
        ("hour", "2026-11-20T10:00", OFFICE, "2026-11-20T11:00"),
        ("morning", "2026-11-19T10:00", OFFICE, "2026-11-20T09:00"),
        ("morning", "2026-11-20T10:00", OFFICE, "2026-11-23T09:00"),
        ("morning", "2026-11-21T12:00", OFFICE, "2026-11-23T09:00"),
        ("morning", "2026-11-23T07:00", OFFICE, "2026-11-23T09:00"),
        ("morning", "2026-11-23T09:00", OFFICE, "2026-11-24T09:00"),
        ("morning", "2026-11-23T12:30", WITH_LUNCH, "2026-11-24T09:00"),
        ("morning", "2026-11-20T10:00", ALWAYS, "2026-11-21T00:00"),
        ("week", "2026-11-20T10:00", OFFICE, "2026-11-27T10:00"),
        ("week", "2026-10-23T10:00", OFFICE, "2026-10-30T10:00"),  # the clocks go back between them
        ("week", "2026-03-27T10:00", OFFICE, "2026-04-03T10:00"),  # and forward
    ],
)
def test_where_a_move_leads(what, now, calendar, then):
    """An hour is an hour; a morning is the first opening of a later working day; a week keeps the wall time."""
    assert target(what, at(now), calendar) == at(then)


def test_there_is_no_other_move():
    """A word that is none is answered with those that there are."""
    with pytest.raises(UsageError, match="'year' is not one of hour, morning, week"):
        target("year", at("2026-11-20T10:00"), OFFICE)


async def test_the_page_offers_every_move():
    """Each move of the page makes the move that it names."""
    made = []

    async def move(what):
        made.append(what)

    offered = moves(move)
    for one in offered:
        assert isinstance(one, Move)
        await one.act()
    assert tuple(made) == MOVES


async def test_a_weekend_in_one_jump_brings_what_its_hours_bring(tmp_path):
    """The same messages at the same minutes; none is left out, none comes twice."""
    first, second = tmp_path / "jump", tmp_path / "hours"
    first.mkdir()
    second.mkdir()
    async with opened(first) as demo:
        before = told(demo)
        await demo.move("morning")
        jumped = told(demo)
    async with opened(second) as demo:
        for _ in range(14 + 24 + 24 + 9):
            await demo.move("hour")
        walked = told(demo)
    assert minutes(jumped) == minutes(walked)
    assert sum(map(len, jumped.values())) - sum(map(len, before.values())) == 6
    for messages in jumped.values():
        assert len(set(messages)) == len(messages)


def minutes(seen):
    return {
        name: [(when.replace(second=0, microsecond=0), text) for when, text in messages]
        for name, messages in seen.items()
    }


async def test_a_reminder_carries_the_instant_at_which_it_fell_due(tmp_path):
    """Freya's hour ends at 10:01:30 and Vera's reminder is due at 11:10, and so their messages say."""
    async with opened(tmp_path) as demo:
        await demo.move("week")
        times = [when.strftime("%d %H:%M:%S") for when, _ in told(demo)["Maya Okafor"]]
    assert times[-5:] == MAYAS_FRIDAY


async def test_two_moves_at_once_are_two_moves(tmp_path):
    """Two windows that press at the same time move the clock by two hours, and nothing is told twice."""
    async with opened(tmp_path) as demo:
        start = demo.clock.now()
        await asyncio.gather(demo.move("hour"), demo.move("hour"))
        moved = demo.clock.now() - start
        times = [when.strftime("%d %H:%M:%S") for when, _ in told(demo)["Maya Okafor"]]
    assert timedelta(hours=2) <= moved < timedelta(hours=2, minutes=1)
    assert times[-5:] == MAYAS_FRIDAY


async def test_a_call_under_way_is_not_overtaken(tmp_path):
    """The clock waits for Slack's answer: else the attempt would look abandoned, and be made again."""
    async with opened(tmp_path, "quiet") as demo:
        demo.slack.fail_next("chat.postMessage", "timeout")
        sent = await demo.crm.send(won("D-22"))
        assert sent.status == 202
        wins = len(demo.slack.messages("#wins"))
        await demo.slack.wait_for(lambda: len(demo.slack.messages("#wins")) > wins)
        start = demo.clock.now()
        moving = asyncio.create_task(demo.move("week"))
        assert demo.clock.now() - start < timedelta(hours=1)
        demo.slack.release()
        await moving
        assert demo.clock.now() - start >= timedelta(days=7)
        assert await demo.waiting() == 0
        texts = [message.text for message in demo.slack.messages("#wins")]
    assert sum("Nimbus Air Parts" in text for text in texts) == 1


async def test_a_week_of_trouble_loses_nothing(tmp_path):
    """While Slack takes nothing, time still passes; once it works again, each message comes once."""
    async with opened(tmp_path, "slack-down") as demo:
        held = told(demo)
        assert await demo.waiting() > 0
        await demo.move("week")
        assert told(demo) == held
        demo.slack.clear_faults()
        await demo.move("hour")
        await demo.move("hour")
        assert await demo.waiting() == 0
        came = told(demo)
    cards = [text for _, text in came["wins"][len(held["wins"]) :]]
    assert sorted(text.split(",")[0] for text in cards) == [
        "Won: Meridian Books rollout",
        "Won: Willow Pharma rollout",
    ]


def won(deal):
    return {
        "type": "deal.won",
        "timestamp": datetime(2026, 11, 20, 9, tzinfo=UTC).isoformat(),
        "data": {"id": deal},
    }
