"""A person who is forgotten leaves the records, the inbox and every post; what they were counted in stays."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlmodel import SQLModel

from bot.domain.agreement import Agreement, CreditRule
from bot.flow import forget, lead_reports
from bot.flow.figures import Period
from bot.store import wins
from tests.support.world import START, TO_OWNERS, World

EMAIL = "dana.reyes@prospect.example"
TRACES = ("dana", "reyes", "+1 555 0100", "she likes")
ON_DISK = (b"dana reyes", b"dana.reyes", b"+1 555 0100")
ANSWERED = "All settled, thank you.\nA forgotten person, Northwind: Contacted."
AGREEMENT = Agreement(reminders=TO_OWNERS, digest_channel="#sales-ops")


def traces(database):
    """The places of the database where the person is still found."""

    def look(session):
        found = []
        for table in SQLModel.metadata.sorted_tables:
            for row in session.execute(select(table)).mappings():
                held = " ".join(str(value) for value in row.values()).casefold()
                found += [(table.name, trace) for trace in TRACES if trace in held]
        return sorted(set(found))

    return database.read_now(look)


async def a_person(world):
    """A lead with a touch, a call, a deal, a reminder that was answered, and a win card; returns the owner."""
    ana = world.person("Ana Silva")
    lead = {"id": "L1", "email": EMAIL, "name": "Dana Reyes", "phone": "+1 555 0100", "company": "Northwind"}
    await world.happens(
        "lead.created",
        **lead,
        asset="Ebook",
        channel="organic",
        owner_email=ana,
        created_at=START.isoformat(),
    )
    await world.happens(
        "touch.recorded", email=EMAIL, asset="Webinar", at=(START + timedelta(hours=1)).isoformat()
    )
    await world.until(START + timedelta(hours=3, minutes=1))
    await world.press(ana, world.direct(ana)[0])
    await world.happens(
        "deal.won", id="D1", name="Big one", amount="100", currency="USD", contact_emails=[EMAIL]
    )
    return ana


@pytest.mark.parametrize("way", ["by the command", "deleted at the source"])
async def test_nothing_is_left_of_them(database, way):
    """After `forget`, or once the source has deleted the lead, no table holds them, and old posts tell what was done, not for whom."""
    async with World(database, AGREEMENT) as world:
        ana = await a_person(world)
        assert any("Dana" in message.text for message in world.direct(ana))
        assert traces(database) != []
        world.unexpected()
        if way == "by the command":
            now = world.clock.now()
            found = await database.write(lambda s: forget.forget(s, AGREEMENT, EMAIL, now))
            assert (found.leads, found.acts, found.colleague) == (1, 1, False)
        else:
            world.clock.move_to(world.clock.now() + timedelta(seconds=5))
            await world.happens("lead.deleted", id="L1")
            assert await forget.forget_deleted(world.bot.office) == 1
            assert await forget.forget_deleted(world.bot.office) == 0
        await world.settle()
        world.unexpected()
        assert [message.text for message in world.direct(ana)] == [ANSWERED]
        assert traces(database) == []


@pytest.mark.parametrize("way", ["by the command", "deleted at the source"])
async def test_no_file_holds_them(sqlite, way):
    """What SQLite had of them on the disk is overwritten at the latest with the next look back."""
    async with World(sqlite, AGREEMENT) as world:
        await a_person(world)
        world.unexpected()
        path = Path(sqlite.url.database)
        files = [path, path.with_name(f"{path.name}-wal")]
        assert {trace for file in files for trace in ON_DISK if trace in file.read_bytes().lower()} == set(
            ON_DISK
        )
        if way == "by the command":
            now = world.clock.now()
            await sqlite.write(lambda s: forget.forget(s, AGREEMENT, EMAIL, now))
        else:
            world.clock.move_to(world.clock.now() + timedelta(seconds=5))
            await world.happens("lead.deleted", id="L1")
        await forget.forget_deleted(world.bot.office)
        assert [trace for file in files for trace in ON_DISK if trace in file.read_bytes().lower()] == []
        await world.settle()
        world.unexpected()


async def test_the_figures_stay(sqlite):
    """The lead, its win and its credit are still counted where they were; only nobody can tell whose they were."""
    async with World(sqlite, AGREEMENT) as world:
        await a_person(world)
        world.unexpected()
        now = world.clock.now()

        def figures(session):
            made = lead_reports.channels(session, AGREEMENT, Period(None, None, now), "asset")
            return [(row["name"], row["leads"], row["won"], row["revenue"]) for row in made.rows]

        before = await sqlite.read(figures)
        assert before == [("Ebook", 1, 1, "100.00")]
        await sqlite.write(lambda s: forget.forget(s, AGREEMENT, EMAIL, now))
        await world.settle()
        world.unexpected()
        assert await sqlite.read(figures) == before
        assert "Ebook" in world.wins()[0].text


@pytest.mark.parametrize("way", ["by the command", "deleted at the source"])
async def test_a_later_correction_shares_the_money_as_before(sqlite, way):
    """Becoming a lead remains a key event of the win, though its lead is gone: no asset loses or gains by it."""
    agreed = replace(AGREEMENT, credit=CreditRule(model="u_lead"))
    async with World(sqlite, agreed) as world:
        await world.happens("lead.created", id="L1", email=EMAIL, asset="Ebook", created_at=START.isoformat())
        for days, asset in ((-9, "Fair"), (1, "Webinar"), (2, "Call")):
            at = (START + timedelta(days=days)).isoformat()
            await world.happens("touch.recorded", email=EMAIL, asset=asset, at=at)
        world.clock.move_to(START + timedelta(days=3))
        await world.happens("deal.won", id="D1", amount="100", currency="USD", contact_emails=[EMAIL])
        before = await sqlite.read(shares)
        assert before == [("Fair", "2/5"), ("Ebook", "2/5"), ("Webinar", "1/10"), ("Call", "1/10")]
        if way == "by the command":
            await sqlite.write(lambda s: forget.forget(s, agreed, EMAIL, world.clock.now()))
        else:
            await world.happens("lead.deleted", id="L1")
            await forget.forget_deleted(world.bot.office)
        world.clock.move_to(START + timedelta(days=4))
        await world.happens("deal.updated", id="D1", amount="200")
        assert await sqlite.read(shares) == before
        world.unexpected()


@pytest.mark.parametrize("named", [[], [EMAIL], ["lee@prospect.example"]])
async def test_the_next_word_about_the_contacts_of_a_deal_moves_no_money(sqlite, named):
    """The source clears a deal's contacts, tells the old address again, or names another: the credit stays."""
    async with World(sqlite, AGREEMENT) as world:
        await a_person(world)
        before = await sqlite.read(shares)
        assert before == [("Ebook", "1/2"), ("Webinar", "1/2")]
        await sqlite.write(lambda s: forget.forget(s, AGREEMENT, EMAIL, world.clock.now()))
        world.clock.move_to(world.clock.now() + timedelta(hours=1))
        await world.happens("deal.updated", id="D1", contact_emails=named)
        assert await sqlite.read(shares) == before
        world.unexpected()


def shares(session):
    """The parts of the win, in the order of the touches."""
    return [(credit.asset, credit.share) for credit in wins.credits_of(session, "generic/D1", 1)]


async def test_late_news_of_the_past_brings_nothing_back(sqlite):
    """An event of before, told only now, does not restore what was forgotten; a new one of the source does."""
    async with World(sqlite, AGREEMENT) as world:
        await a_person(world)
        now = world.clock.now()
        await sqlite.write(lambda s: forget.forget(s, AGREEMENT, EMAIL, now))
        await world.settle()
        await world.happens("lead.updated", START + timedelta(minutes=5), id="L1", name="Dana R.", score=50)
        world.unexpected()
        lead = await sqlite.read(traces_of_leads)
        assert lead == [None]
        world.clock.move_to(now + timedelta(hours=1))
        await world.happens("lead.updated", id="L1", name="Dana R.")
        world.unexpected()
        assert await sqlite.read(traces_of_leads) == ["Dana R."]


def traces_of_leads(session):
    """The names of the leads."""
    table = SQLModel.metadata.tables["lead"]
    return [json.loads(row[0]).get("name") for row in session.execute(select(table.c.data_json))]


@pytest.mark.parametrize(("name", "deal"), [("Al", "Alpine"), ("Al", "Al Fresco"), ("pi", "Alpine")])
async def test_what_does_not_show_them_stays_as_it_is(sqlite, name, deal):
    """A post that holds a short name in other words, or in words that stay, is neither edited nor repeated."""
    async with World(sqlite, AGREEMENT) as world:
        await world.happens(
            "lead.created", id="L1", email="al@x.example", name=name, created_at=START.isoformat()
        )
        await world.happens("deal.won", id="D1", name=deal, amount="100", currency="USD")
        world.unexpected()
        before = world.wins()
        edits = len(world.slack.calls("chat.update"))
        now = world.clock.now() + timedelta(days=3)
        world.clock.move_to(now)
        await sqlite.write(lambda s: forget.forget(s, AGREEMENT, "al@x.example", now))
        await world.settle()
        world.quiet()
        assert (world.wins(), len(world.slack.calls("chat.update"))) == (before, edits)


async def test_somebody_nobody_knows(sqlite):
    """Forgetting an address that is nowhere says so and changes nothing."""
    async with World(sqlite, AGREEMENT) as world:
        now = world.clock.now()
        found = await sqlite.write(lambda s: forget.forget(s, AGREEMENT, "who@prospect.example", now))
        assert not found.anything
        await world.settle()
        world.quiet()
