"""The agreement file changes while the bot runs: open clocks follow, both sides are told once, a faulty file changes nothing."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from bot.flow.agreement_file import AgreementFile, adopt
from bot.groundwork import parse_agreement
from bot.store import clocks
from jobs import work
from tests.support.leads import at, called, comes, said, the_clock
from tests.support.world import START, World

if TYPE_CHECKING:
    from pathlib import Path

STEPS = '[reminders]\nsteps = [{ at = "breach", to = "owner" }]\n'


def hours(number: int, more: str = "") -> str:
    """An agreement by which a lead is called within so many hours; Olu looks after it."""
    return f'admins = ["olu@seller.example"]\n[[tier]]\nfirst_contact_hours = {number}\n{STEPS}{more}'


class Firm(World):
    """A world whose agreement is in a file."""

    def __init__(self, database, path: Path, text: str) -> None:
        self.path = path
        self.path.write_text(text, encoding="utf-8")
        super().__init__(database, parse_agreement(text, str(path), START).agreement)
        self.file = AgreementFile(path)

    async def __aenter__(self):
        await super().__aenter__()
        await adopt(self.bot.office, self.agreement, self.path.read_text("utf-8"))
        self.olu = self.person("Olu Adeyemi")
        self.maya = self.person("Maya Okafor")
        return self

    async def writes(self, text: str) -> None:
        """Somebody saves the file; the job looks at it three times."""
        self.path.write_text(text, encoding="utf-8")
        await self.looks()

    async def looks(self) -> None:
        """The job looks three times, and what follows is delivered."""
        for _ in range(3):
            await work.reload(self.bot.office, self.file, lambda: None)
        await self.settle()

    async def agrees_at_start(self) -> None:
        """A new process reads the file at its start."""
        await self.restart()
        text = self.path.read_text("utf-8")
        now = self.clock.now()
        await adopt(self.bot.office, parse_agreement(text, str(self.path), now).agreement, text)
        self.file = AgreementFile(self.path)
        await self.looks()

    def told(self) -> list[str]:
        """What #sales-ops was told, without the first line of each message."""
        return [message.text.partition("\n")[2] for message in self.slack.messages("#sales-ops")]


async def test_a_change_is_in_force_at_once_and_told_once(sqlite, tmp_path):
    """The open clock follows, the closed one stays; one message tells the difference; looking again says nothing."""
    async with Firm(sqlite, tmp_path / "ours.toml", hours(4)) as world:
        await comes(world, world.maya)
        await world.until(at(9, 30))
        await world.looks()
        world.quiet()
        await world.writes(hours(2))
        world.expect("chat.postMessage")
        assert world.told() == ["Tier all: first contact within 2 working hours, before within 4."]
        assert (await the_clock(world)).due_at == at(11)
        await world.until(at(10, 59, 59))
        world.quiet()
        await world.until(at(11, 1))
        world.expect("chat.postMessage")
        assert len(said(world, world.maya)) == 1
        await called(world, "Dana", at(11, 1))
        world.expect("chat.update")
        await world.writes(hours(1))
        world.expect("chat.postMessage")
        assert (await the_clock(world)).due_at == at(11)
        await world.agrees_at_start()
        await world.looks()
        world.quiet()


async def test_a_change_while_the_bot_was_down_is_told_at_its_start(sqlite, tmp_path):
    """It came in force with the start, and is told once."""
    async with Firm(sqlite, tmp_path / "ours.toml", hours(4)) as world:
        await comes(world, world.maya)
        world.path.write_text(hours(3), encoding="utf-8")
        await world.agrees_at_start()
        world.expect("chat.postMessage")
        assert world.told() == ["Tier all: first contact within 3 working hours, before within 4."]
        assert (await the_clock(world)).due_at == at(12)
        await world.agrees_at_start()
        world.quiet()
        await called(world, "Dana", at(9, 10))
        world.quiet()


async def test_remarks_and_another_order_are_not_told(sqlite, tmp_path):
    """What means the same is no news."""
    async with Firm(sqlite, tmp_path / "ours.toml", hours(4)) as world:
        await world.writes("# We promise this to each other.\n" + hours(4))
        await world.writes(f'admins = ["olu@seller.example"]\n{STEPS}[[tier]]\nfirst_contact_hours = 4.0\n')
        world.quiet()


async def test_a_faulty_file_changes_nothing_and_is_told_to_the_admin_once(sqlite, tmp_path, caplog):
    """The old agreement goes on and the admin reads the faults; a file that is good again is taken without a word."""
    caplog.set_level(logging.WARNING)
    async with Firm(sqlite, tmp_path / "ours.toml", hours(4)) as world:
        await comes(world, world.maya)
        await world.writes(hours(-1) + 'channel = "Sales Ops"\n')
        world.expect("chat.postMessage")
        (text,) = said(world, world.olu)
        assert text.split("\n") == [
            (
                "ours.toml cannot be put in force: line 3, tier[1].first_contact_hours: -1 is out of range;"
                ' write a number from 0 to 100000; line 6, reminders.channel: "Sales Ops" is not a channel;'
                ' write its name with #, in small letters and without spaces, such as "#sales-ops".'
            ),
            "Correct the file; Winbell reads it again by itself. What was agreed before goes on until then.",
        ]
        assert (await the_clock(world)).due_at == at(13)
        await world.looks()
        world.path.unlink()
        await world.looks()
        world.expect("chat.postMessage")
        assert said(world, world.olu)[-1].startswith("ours.toml cannot be put in force: the file is gone.\n")
        await world.writes(hours(-1) + 'channel = "Sales Ops"\n')
        await world.writes("mon = \n")
        world.expect("chat.postMessage")
        await world.writes(hours(4))
        world.quiet()
        assert world.bot.office.agreement.earlier == ()
        told = [r.getMessage() for r in caplog.records if r.name.startswith("winbell")]
        assert set(told) <= {"the agreement file is not valid; the agreement in force stays"}
        await called(world, "Dana", at(9, 10))
        world.quiet()
        await world.writes(hours(2))
        world.expect("chat.postMessage")
        assert world.told() == ["Tier all: first contact within 2 working hours, before within 4."]


async def test_an_earlier_step_is_not_told_after_a_later_one(sqlite, tmp_path):
    """A step of Monday that is agreed on Wednesday comes too late for a lead that the channel was told of on Monday."""
    more = ', { at = "breach+100%", to = "channel" }'
    steps = hours(4).replace(" }]", f" }}{more}]")
    async with Firm(sqlite, tmp_path / "ours.toml", steps) as world:
        await comes(world, world.maya)
        await world.until(at(9, 1, day=17))
        world.expect("chat.postMessage", "chat.postMessage")
        await world.until(at(12, day=18))
        await world.writes(steps.replace(more, f'{more}, {{ at = "breach+50%", to = "olu@seller.example" }}'))
        world.expect("chat.update", "chat.postMessage")  # the new agreement is told, and no reminder
        await world.until(at(9, day=30))
        world.quiet()
        assert world.direct(world.olu) == []
        decided = await world.database.read(lambda s: clocks.decisions(s, ["generic/Dana"]))
        assert [(one.step, one.outcome) for one in decided if "olu" in one.step] == [
            ("breach+50%:olu@seller.example", "skipped")
        ]
