"""The agreement in force, rehearsed over the past that it made: the same verdicts, and the same messages at the same time."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.domain.agreement import Agreement, Reminders, Step, Tier, When
from bot.domain.answering import Logged, Press
from bot.flow import answers, rehearse
from bot.flow.rehearse_work import Side
from bot.store import clocks, people
from bot.store import figures as rows_of
from bot.store.sql import table_of
from bot.store.tables import MessageRow
from tests.support.leads import DAY, called, comes
from tests.support.world import World, buttons

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
    """Four days: leads come and come back, are called or not, ask to be called, change hands, become customers."""
    owners = [world.person(name, zone) for name, zone in ZONES.items()]
    moments = sorted(DAY + timedelta(minutes=roll.randrange(9 * 60, 4 * 1440)) for _ in range(22))
    names: list[str] = []
    for number, moment in enumerate(moments):
        await world.until(moment)
        what = roll.random()
        if what < 0.4 or not names:
            known = roll.choice(names) if names and roll.random() < 0.2 else f"Lead{number}"
            more = {"channel": roll.choice(("event", "organic")), "email": f"{known}@prospect.example"}
            names.append(f"Lead{number}")
            await comes(world, roll.choice(owners), f"Lead{number} Person", **more)
        elif what < 0.68:
            await called(world, roll.choice(names), world.clock.now(), outcome="no_answer")
        elif what < 0.8:
            await answered(world, roll.choice(owners), roll)
        elif what < 0.87:
            await world.happens("lead.updated", id=roll.choice(names), owner_email=roll.choice(owners))
        else:
            stage = roll.choice(("customer", "disqualified", "mql", "mql"))
            await world.happens("lead.updated", id=roll.choice(names), stage=stage)
    await world.until(ENDS)
    world.unexpected()


async def answered(world: World, owner: str, roll: random.Random) -> None:
    """An owner says of a lead in a reminder that it was contacted, or that it asked to be called at another time."""
    refs = [
        one["value"]
        for message in world.direct(owner)
        for one in buttons(message)
        if one["action_id"] == "contacted"
    ]
    if not refs:
        return
    press, now = Press(roll.choice(refs), world.accounts[owner]), world.clock.now()
    if roll.random() < 0.4:
        await answers.answer_contacted(world.bot.office, press)
    else:
        later = now + timedelta(minutes=roll.randrange(30, 30 * 60))
        wish = Logged("call", "asked_to_be_called", now, call_back_at=later)
        await answers.log_details(world.bot.office, press, wish)
    await world.settle()


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


@pytest.mark.parametrize("seed", range(8))
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
