"""The agreement in force, rehearsed over the past that it made: the same verdicts, and the same messages at the same time."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.domain.agreement import Agreement, Reminders, Step, Tier, When
from bot.flow import rehearse
from bot.flow.rehearse_work import Side
from bot.store import clocks, people
from bot.store import figures as rows_of
from bot.store.sql import table_of
from bot.store.tables import MessageRow
from tests.support.leads import DAY, called, comes
from tests.support.world import World

AGREEMENT = Agreement(
    tiers=(
        Tier("hot", When(channel=("event",)), timedelta(hours=1), attempts=3, within=timedelta(hours=16)),
        Tier("rest", attempts=2, spacing=(timedelta(hours=4),), within=timedelta(hours=24)),
    ),
    reminders=Reminders(
        steps=(Step("at_risk", "owner"), Step("breach", "owner"), Step("breach+50%", "channel")),
        on_assignment=True,
        max_per_person_per_day=3,
    ),
)
ZONES = {"Ana Ferro": "UTC", "Ben Okoye": "America/New_York", "Cho Min": "Asia/Tokyo"}
ENDS = DAY + timedelta(days=4, hours=23)


async def history(world: World, roll: random.Random) -> None:
    """Four days: leads come, are called once or more or not at all, change hands, and some become customers."""
    owners = [world.person(name, zone) for name, zone in ZONES.items()]
    moments = sorted(DAY + timedelta(minutes=roll.randrange(9 * 60, 4 * 1440)) for _ in range(22))
    names: list[str] = []
    for number, moment in enumerate(moments):
        await world.until(moment)
        what = roll.random()
        if what < 0.5 or not names:
            names.append(f"Lead{number}")
            channel = roll.choice(("event", "organic"))
            await comes(world, roll.choice(owners), f"Lead{number} Person", channel=channel)
        elif what < 0.85:
            await called(world, roll.choice(names), world.clock.now(), outcome="no_answer")
        elif what < 0.93:
            await world.happens("lead.updated", id=roll.choice(names), owner_email=roll.choice(owners))
        else:
            await world.happens("lead.updated", id=roll.choice(names), stage="customer")
    await world.until(ENDS)
    world.unexpected()


def rehearsed(session, agreement, now):
    """What the rehearsal makes of the agreement alone."""
    period = rehearse.period_of(agreement, None, None, now)
    ground = rehearse._ground(agreement, agreement.timezone, period, people.everyone(session))
    described = rows_of.described_leads(session)
    side = Side(ground)
    for chunk in rehearse._chunks(session, rehearse._candidates(session, "UTC", ground, described)):
        side.take(chunk)
    return side.finish()


def really_sent(session):
    """(receiver, minute) of each reminder in the outbox that was sent."""
    rows = session.execute(table_of(MessageRow).select()).mappings()
    sent = [row for row in rows if row["kind"] == "nudge" and row["sent_at"] is not None]
    return Counter((row["target"].removeprefix("person:"), minute(row["sent_at"])) for row in sent)


def followed_up(clock, now):
    """A clock keeps `open` when its time runs out: whoever reads it looks at the time."""
    return "broken" if clock.follow_up == "open" and clock.within_at < now else clock.follow_up


def minute(instant: datetime) -> datetime:
    """Slack's pace moves a message by seconds."""
    return instant.replace(second=0, microsecond=0)


@pytest.mark.parametrize("seed", range(6))
async def test_a_rehearsal_tells_what_really_happened(sqlite, seed):
    """Four random days in three zones: each clock is judged alike, and everybody got the messages rehearsed for them."""
    roll = random.Random(seed)
    rule = replace(AGREEMENT.reminders, on_assignment=roll.random() < 0.5)
    agreement = replace(AGREEMENT, reminders=rule)
    async with World(sqlite, agreement) as world:
        await history(world, roll)
        now = world.clock.now()
        found = await sqlite.read(lambda s: rehearsed(s, agreement, now))
        stored = await sqlite.read(clocks.every)
        sent = await sqlite.read(really_sent)
    judged = {(v.lead, v.cycle): (v.tier, v.due_at, v.minutes, v.follow_up) for v in found.verdicts}
    assert judged == {
        (c.lead_key, c.cycle): (c.tier, c.due_at, c.minutes, followed_up(c, now)) for c in stored
    }
    states = {(v.lead, v.cycle): v.state for v in found.verdicts}
    same = {"late": "breached", "open": "running", "at_risk": "running"}
    assert {key: same.get(state, state) for key, state in states.items()} == {
        (c.lead_key, c.cycle): c.state for c in stored
    }
    told = Counter((m.to or agreement.reminders.channel, minute(m.at)) for m in found.messages)
    assert told == sent
    assert sum(sent.values()) >= 5
