"""The story of the local workspace: from the first second there is something to see, and all of it is plausible."""

import inspect
import itertools
import re
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.agreement import parse
from bot.cli import app
from bot.errors import AlreadyRunningError, ConfigError, UsageError
from bot.flow.figures import Period
from bot.flow.reports import won_and_lost
from bot.groundwork import open_database
from bot.playground import story
from bot.playground.demo import DEFAULT_STAGE
from bot.playground.samples import samples
from bot.playground.stages import NAMES, STAGES, moments, stage_named
from bot.sources.schema import read_statement
from bot.store import answers, clocks
from tests.support.demo import FRIDAY, opened, told

DAYS = story.Days(story.opening_near(FRIDAY))
EVENTS = [
    *story.history(DAYS),
    *(moment.event for stage in STAGES for moment in moments(stage, DAYS) if moment.event is not None),
    *(sample.build() for sample in samples(lambda: FRIDAY)),
]


@pytest.mark.parametrize(
    ("now", "opens"),
    [
        ("2026-11-20T06:00Z", "2026-11-20T09:00Z"),
        ("2026-11-20T22:59Z", "2026-11-20T09:00Z"),
        ("2026-11-20T23:00Z", "2026-11-20T09:00Z"),  # a Saturday in Berlin
        ("2026-11-22T12:00Z", "2026-11-20T09:00Z"),
        ("2026-11-23T02:00Z", "2026-11-23T09:00Z"),
        ("2026-07-01T02:00Z", "2026-07-01T08:00Z"),  # summer time
    ],
)
def test_it_opens_on_a_working_morning_near_now(now, opens):
    """At ten in Berlin: today, or on the last working day."""
    assert story.opening_near(datetime.fromisoformat(now)) == datetime.fromisoformat(opens)


def test_every_event_is_one_that_a_crm_could_send():
    """The generic source takes each of them as it is."""
    assert len(EVENTS) > 150
    for event in EVENTS:
        read_statement(event)


def test_every_address_is_made_up():
    """Nobody real can be meant: all addresses end in `.example`."""
    told = repr(EVENTS) + repr(story.PEOPLE) + repr([stage.agreement(DAYS) for stage in STAGES])
    found = set(re.findall(r"[\w.+-]+@[\w.-]+", told))
    assert len(found) > 40
    assert {address for address in found if not address.endswith(".example")} == set()


@pytest.mark.parametrize("stage", STAGES, ids=NAMES)
def test_the_agreement_says_nothing_that_is_not_acted_on(stage):
    """The demo shows what works."""
    assert parse(stage.agreement(DAYS), path="the demo's", horizon=(2026, 2027)).warnings == ()


@pytest.mark.parametrize(
    ("now", "holiday"),
    [
        ("2026-11-20T06:00Z", "2026-11-23"),
        ("2026-11-19T06:00Z", "2026-11-20"),
        ("2026-12-31T06:00Z", "2027-01-01"),
    ],
)
def test_the_team_has_a_holiday_ahead(now, holiday):
    """The working day after the opening is one of the company's, whenever the demo is opened."""
    days = story.Days(story.opening_near(datetime.fromisoformat(now)))
    body = stage_named("team").agreement(days)
    closed = parse(body, path="the demo's", horizon=(2026, 2027)).agreement.calendar.closed
    assert {day.isoformat() for day in closed} == {holiday}


def test_the_command_offers_every_stage():
    """The help of `winbell demo` names the stages there are, and the default is one of them."""
    demo = next(command for command in app.registered_commands if command.callback.__name__ == "demo")
    option = str(demo.callback.__annotations__["stage"])
    assert all(name in option for name in NAMES)
    assert inspect.signature(demo.callback).parameters["stage"].default == DEFAULT_STAGE


def test_another_stage_is_answered_with_those_there_are():
    """A slip of the finger costs no search."""
    with pytest.raises(UsageError, match=r"--stage loud: .* team, busy, quiet, breach, slack-down"):
        stage_named("loud")


TEAM_LEADS = {f"generic/L-{number}" for number in range(401, 435)}

SHOWN = [
    # stage, wins, in #sales-ops, to Maya, to Jon, to Yuki, waiting for Slack
    ("team", 4, 2, 11, 0, 4, 0),
    ("busy", 4, 1, 6, 2, 0, 0),
    ("quiet", 4, 0, 2, 1, 0, 0),
    ("breach", 4, 5, 8, 4, 0, 0),
    ("slack-down", 4, 0, 5, 2, 0, 4),
]


@pytest.mark.parametrize(("stage", "wins", "ops", "maya", "jon", "yuki", "waiting"), SHOWN)
async def test_what_a_stage_shows(tmp_path, stage, wins, ops, maya, jon, yuki, waiting):
    """Each stage starts as it is described, and what is said was said in its receiver's working hours."""
    async with opened(tmp_path, stage) as demo:
        seen = told(demo)
        assert await demo.waiting() == waiting
        zones = {user.name: user.tz for user in demo.slack.workspace.users.values()}
    counts = [
        len(seen.get(name, [])) for name in ("wins", "sales-ops", "Maya Okafor", "Jon Park", "Yuki Tanaka")
    ]
    assert counts == [wins, ops, maya, jon, yuki]
    for name, messages in seen.items():
        zone = ZoneInfo(zones.get(name, story.ZONE))
        for when, _ in messages:
            local = when.astimezone(zone)
            assert local.weekday() < 5, (name, local)
            assert time(9) <= local.time() < time(17, 31), (name, local)


def test_every_stage_is_looked_at():
    """The table above has a row for each stage."""
    assert tuple(row[0] for row in SHOWN) == NAMES


async def test_the_busy_morning_has_a_lead_in_every_state(tmp_path):
    """Met, contacted late, waiting, breached, owned by nobody, owned by somebody away, and one contact of two leads."""
    async with opened(tmp_path) as demo:
        read = demo.office.database.read
        found = {clock.lead_key: clock for clock in await read(clocks.every)}
        states = {key.partition("/")[2]: (clock.state, clock.stopped_how) for key, clock in found.items()}
        owners = {key.partition("/")[2]: clock.owner_email for key, clock in found.items()}
    assert {key: states[key] for key in states if key >= "L-1" and len(key) == 5} == {
        "L-101": ("met", "seen"),
        "L-102": ("breached", "seen"),
        "L-103": ("met", "said"),
        "L-201": ("breached", None),
        "L-202": ("breached", None),
        "L-203": ("breached", None),
        "L-204": ("running", None),  # L-205 is the same contact
        "L-206": ("running", None),
        "L-207": ("running", None),
        "L-208": ("running", None),
        "L-209": ("running", None),
    }
    assert owners["L-208"] is None
    assert owners["L-202"] == story.YUKI


async def test_the_team_has_a_lead_of_every_kind(tmp_path):
    """At risk, late, given to a stand-in, put off, offered to somebody, to be called again, back, not a fit, nobody's."""
    async with opened(tmp_path, "team") as demo:
        read = demo.office.database.read
        found = [clock for clock in await read(clocks.every) if clock.lead_key in TEAM_LEADS]
        given = await read(lambda s: answers.of_leads(s, {clock.lead_key for clock in found}))
    states = {
        (clock.lead_key.partition("/")[2], clock.cycle): (clock.state, clock.stopped_how, clock.attempts)
        for clock in found
    }
    assert states == {
        ("L-401", 1): ("met", "seen", 1),
        ("L-402", 1): ("closed", None, 0),
        ("L-403", 1): ("met", "seen", 1),
        ("L-404", 1): ("met", "said", 1),
        ("L-411", 1): ("met", "seen", 2),
        ("L-412", 1): ("running", None, 0),
        ("L-413", 1): ("running", None, 0),
        ("L-421", 1): ("breached", None, 0),
        ("L-422", 1): ("breached", None, 0),
        ("L-431", 1): ("met", "seen", 1),
        ("L-431", 2): ("running", None, 0),
        ("L-432", 1): ("running", None, 0),
        ("L-433", 1): ("running", None, 0),
        ("L-434", 1): ("running", None, 0),
    }
    assert {(one.lead_key.partition("/")[2], one.kind, one.state) for one in given} == {
        ("L-402", "not_a_fit", "given"),
        ("L-404", "contacted", "given"),
        ("L-412", "snoozed", "given"),
        ("L-413", "handed_over", "offered"),
    }


async def test_eight_weeks_are_told_before(tmp_path):
    """There are wins in several months, and more than one asset, campaign and channel behind them."""
    async with opened(tmp_path, "quiet") as demo:
        office, period = demo.office, Period(None, None, demo.clock.now())
        report = await office.database.read(lambda s: won_and_lost(s, office.agreement, period, "month"))
    months = [row["name"] for row in report.rows if row["count"]]
    assert months == ["2026-09", "2026-10", "2026-11"]


async def test_why_a_message_is_there_can_be_asked(tmp_path):
    """Behind a card of #wins stands the event that made it."""
    async with opened(tmp_path, "quiet") as demo:
        card = demo.slack.messages("#wins")[-1]
        reason = await demo.explain(card.channel, card.ts)
        assert reason is not None
        assert reason.events[0].type == "deal.won"
        assert await demo.explain(card.channel, "1.000000") is None


async def test_a_second_demo_on_the_same_file_is_sent_elsewhere(tmp_path):
    """It is told how to have a file of its own; the first goes on."""
    async with opened(tmp_path, "quiet") as demo:
        with pytest.raises(AlreadyRunningError, match="--database"):
            async with opened(tmp_path, "quiet"):
                pass
        assert await demo.waiting() == 0


async def test_a_database_that_is_no_demos_is_left_alone(tmp_path):
    """A real database that is named by mistake is not thrown away."""
    path = tmp_path / "winbell-demo.db"
    open_database(f"sqlite:///{path}", serve=False).close()
    before = path.stat().st_size
    with pytest.raises(ConfigError, match="not a demo's database; give another with --database"):
        async with opened(tmp_path, "quiet"):
            pass
    assert path.stat().st_size == before


async def test_it_starts_afresh_each_time(tmp_path):
    """What was done in the last demo is gone, and the story is the same."""
    async with opened(tmp_path) as demo:
        first = told(demo)
        await demo.move("week")
    async with opened(tmp_path) as demo:
        assert {name: len(messages) for name, messages in told(demo).items()} == {
            name: len(messages) for name, messages in first.items()
        }


def test_a_quick_hand_is_understood():
    """Of two events sent within a second the second one is the later: a correction is never taken for what it corrects."""
    ticks = itertools.count()
    made = [sample.build() for sample in samples(lambda: FRIDAY + timedelta(milliseconds=next(ticks)))]
    times = [event["timestamp"] for event in made]
    assert len(set(times)) == len(times)
    assert times == sorted(times, key=datetime.fromisoformat)
