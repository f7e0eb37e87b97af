"""The job that looks at the agreement file."""

from __future__ import annotations

import logging
from dataclasses import replace

from bot.domain.agreement import Agreement
from bot.flow.agreement_file import AgreementFile
from bot.wiring import Bot, Doors
from jobs import work
from tests.support.world import World

DOORS = Doors(
    bot_token="xoxb-demo",
    app_token=None,
    signing_secret="secret-of-the-tests",
    api_url=None,
    webhook_secrets=(),
    webhook_token=None,
    command_prefix="",
)


async def jobs_of(database, doors):
    """The names of the jobs of a bot, with their seconds."""
    bot = Bot(database, Agreement(), doors)
    bot._scheduler.start(paused=True)
    found = {job.id: job.trigger.interval.total_seconds() for job in bot._scheduler.get_jobs()}
    bot._scheduler.shutdown(wait=False)
    await bot.workspace.close()
    return found


async def test_a_file_is_looked_at_every_five_seconds(sqlite, tmp_path):
    """A bot that was given a file has the job for it; one without a file has none."""
    with_file = await jobs_of(sqlite, replace(DOORS, agreement=tmp_path / "agreement.toml"))
    assert with_file.pop("agreement") == 5
    assert with_file == await jobs_of(sqlite, DOORS)


async def test_what_is_put_in_force_wakes_the_delivery(sqlite, tmp_path):
    """The channel need not wait for the next tick; a look that changes nothing wakes nobody."""
    async with World(sqlite) as world:
        file, woken = AgreementFile(tmp_path / "agreement.toml"), []
        for text in ("", "", "[[tier]]\nfirst_contact_hours = 2\n"):
            file.path.write_text(text, encoding="utf-8")
            await work.reload(world.bot.office, file, lambda: woken.append("before"))
        assert woken == []
        await work.reload(world.bot.office, file, lambda: woken.append("then"))
        assert woken == ["then"]
        await world.settle()
        world.expect("chat.postMessage")


async def test_a_database_that_does_not_answer_is_asked_again(sqlite, tmp_path, caplog):
    """The change is not lost: it is in force at the first look after the database is back."""
    caplog.set_level(logging.WARNING)
    async with World(sqlite) as world:
        file = AgreementFile(tmp_path / "agreement.toml")
        file.path.write_text("[[tier]]\nfirst_contact_hours = 2\n", encoding="utf-8")
        await rename(world, "agreement", "away")
        for _ in range(3):
            await work.reload(world.bot.office, file, lambda: None)
        assert [r.getMessage() for r in caplog.records] == ["the database does not answer"] * 2
        await rename(world, "away", "agreement")
        assert world.bot.office.agreement == world.agreement
        await work.reload(world.bot.office, file, lambda: None)
        assert world.bot.office.agreement.tiers[0].first_contact.total_seconds() == 7200


async def rename(world, old, new):
    """The table of agreements is out of reach, or back."""
    with world.database.engine.connect() as connection:
        connection.exec_driver_sql(f"ALTER TABLE {old} RENAME TO {new}")
        connection.commit()
