"""`winbell demo`: the real bot, over real HTTP, against the local stand-in for Slack, with a story to look at."""

from __future__ import annotations

import json
import secrets
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from bot import wiring
from bot.clock import OffsetClock, SystemClock
from bot.errors import AlreadyRunningError, ConfigError, StorageError
from bot.flow import apply
from bot.flow.accept import as_rows
from bot.flow.reasons import reason_of
from bot.groundwork import open_database, parse_agreement
from bot.playground import stages, story
from bot.playground.crm import Crm
from bot.playground.fake_slack import FakeSlack
from bot.playground.samples import samples
from bot.playground.travel import Travel, moves
from bot.render.forms import VALUE
from bot.render.nudge import ACTION, CONTACTED, MENU
from bot.sources import generic
from bot.store import inbox, people
from bot.store.database import Database
from handlers.commands import COMMANDS
from handlers.manifest import SHORTCUTS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from bot.clock import Clock
    from bot.flow.ports import Office
    from bot.flow.reasons import Reason
    from bot.playground.moments import Answer, Moment
    from bot.playground.records import Message
    from bot.playground.stages import Stage

DEFAULT_STAGE: Final = "team"
SWEEP_SECONDS: Final = 2.0
"""The demo looks for due reminders more often, so that nobody waits for them."""
_AT_ONCE: Final = 100


async def run(port: int, path: Path, say: Callable[[str], None], *, stage: str = DEFAULT_STAGE) -> None:
    """Run until Ctrl-C. The database file at `path` is the demo's own and is started afresh.

    Raises UsageError for an unknown stage, ConfigError if the port is taken or the file is not a demo's, and
    AlreadyRunningError if another demo uses the file.
    """
    await Demo(port, path, stages.stage_named(stage)).run(say)


class Demo:
    """One local workspace: the stand-in for Slack, the bot, a CRM, and the clock that all of them share."""

    def __init__(self, port: int, path: Path, stage: Stage, base: Clock | None = None) -> None:
        """With port 0 the page opens on a free one. The story opens on the working morning that `base` is near."""
        base = base or SystemClock()
        self._port = port
        self._path = path
        self._stage = stage
        self._opens = story.opening_near(base.now())
        self._days = story.Days(self._opens)
        self._bot: wiring.Bot | None = None
        self._travel: Travel | None = None
        self._accounts: dict[str, str] = {}
        self._signing_secret = secrets.token_hex(16)
        self.clock = OffsetClock(base, story.begins(self._days))
        self.crm = Crm(self.clock)
        self.slack = FakeSlack(
            signing_secret=self._signing_secret,
            port=port,
            now=self._seconds,
            samples=samples(self.clock.now),
            send_event=self.crm.send,
            commands=COMMANDS,
            shortcuts=SHORTCUTS,
            explain=self.explain,
            moves=moves(self.move),
            waiting=self.waiting,
        )
        self.slack.signing_clock = self._seconds

    @property
    def office(self) -> Office:
        """What the bot works with. Raises ConfigError while the workspace is still opening."""
        if self._bot is None:
            raise ConfigError("the workspace is still opening; try again in a moment")
        return self._bot.office

    def _seconds(self) -> float:
        return self.clock.now().timestamp()

    async def run(self, say: Callable[[str], None]) -> None:
        """Open the page, tell the story, serve until a signal comes or the task is cancelled."""
        await self._open_page()
        try:
            _start_afresh(self._path)
            database = open_database(f"sqlite:///{self._path}", serve=True)
            try:
                await self._serve(database, say)
            finally:
                database.close()
        finally:
            await self.slack.stop()

    async def _open_page(self) -> None:
        try:
            await self.slack.start()
        except ConfigError as error:
            raise ConfigError(
                f"port {self._port} is taken, perhaps by another demo; choose another with --port "
                f"{self._port + 1}, or --port 0 for any free one"
            ) from error

    async def _serve(self, database: Database, say: Callable[[str], None]) -> None:
        for person in story.PEOPLE:
            self._accounts[person.email] = self.slack.add_user(
                name=person.name, email=person.email, tz=person.zone
            )
        body = self._stage.agreement(self._days)
        parsed = parse_agreement(body, "the demo's agreement", self.clock.now())
        agreed = parsed.agreement
        for channel in dict.fromkeys((agreed.wins.channel, agreed.reminders.channel, agreed.team_channel)):
            self.slack.add_channel(channel.removeprefix("#"))
        doors = wiring.Doors(
            bot_token="xoxb-demo",  # noqa: S106  # the stand-in's
            app_token=None,
            signing_secret=self._signing_secret,
            api_url=self.slack.api_url,
            webhook_secrets=generic.decode_secrets(self.crm.secret),
            webhook_token=None,
            command_prefix="",
        )
        bot = wiring.Bot(database, parsed.agreement, doors, clock=self.clock, sweep_seconds=SWEEP_SECONDS)
        await wiring.adopt_agreement(bot, parsed, body)
        await _bring_in(bot, list(story.history(self._days)))

        async def ready(bot_port: int) -> None:
            base = f"http://127.0.0.1:{bot_port}"
            self.slack.connect_http(f"{base}/slack/events")
            self.crm.url = f"{base}/hooks/generic"
            travel = Travel(bot, self.clock)
            for moment in stages.moments(self._stage, self._days):
                await self._happens(travel, moment)
            await travel.move_to(self._opens)
            self._bot, self._travel = bot, travel
            say(f"Winbell's local workspace is open: {self.slack.url}")
            say(f"It starts from the stage {self._stage.name}: {self._stage.description}.")
            say("Press Ctrl-C to close it. Nothing leaves this machine.")

        await wiring.run(bot, "127.0.0.1", 0, ready)

    async def _happens(self, travel: Travel, moment: Moment) -> None:
        """One moment of the story: time passes up to it, it happens, and what follows from it follows."""
        await travel.move_to(moment.at)
        if moment.fault is not None:
            self.slack.fail_always(*moment.fault)
        if moment.event is not None:
            sent = await self.crm.send(moment.event)
            if sent.status != 202:
                raise ConfigError(f"the story cannot be told ({sent.status}: {sent.answer})")
        if moment.answer is not None:
            await self._answer(moment.answer)

    async def _answer(self, answer: Answer) -> None:
        """Somebody answers a lead in the newest reminder of theirs that asks for it."""
        user = self._accounts[answer.by]
        for message in reversed(self.slack.messages(self.slack.dm(user))):
            found = _way_to(message, answer)
            if found is None:
                continue
            await self.slack.press(message.channel, message.ts, found.pop("action_id"), user, **found)
            if answer.entered:
                await self._fill_in(user, answer)
            return
        raise ConfigError(f"the story cannot be told (no reminder asks {answer.by} for {answer.lead})")

    async def _fill_in(self, user: str, answer: Answer) -> None:
        """The form is open soon after the press; it is sent with what is to be entered."""

        def opened() -> str | None:
            views = self.slack.views(user)
            return views[-1].id if views and "submit" in views[-1].definition else None

        view = await self.slack.wait_for(opened)
        person = answer.entered.get("person")
        entered = {**answer.entered, "person": self._accounts[person]} if person else answer.entered
        await self.slack.submit_view(
            user, str(view), {name: {VALUE: value} for name, value in entered.items()}
        )
        await self.slack.wait_for(lambda: not self.slack.views(user))

    # --- what the page asks ---

    async def move(self, what: str) -> None:
        """Move the time (`bot.playground.travel.MOVES`). Raises ConfigError while the workspace is still opening."""
        if self._travel is None:
            raise ConfigError("the workspace is still opening; try again in a moment")
        await self._travel.move(what)

    async def waiting(self) -> int:
        """How many messages Slack should show and does not."""
        return await self._travel.waiting() if self._travel is not None else 0

    async def explain(self, channel_id: str, ts: str) -> Reason | None:
        """Why a message is there; None for one that is not the bot's."""
        if self._bot is None:
            return None
        office = self._bot.office
        return await office.database.read(lambda s: reason_of(s, office.agreement, channel_id, ts))


def _way_to(message: Message, answer: Answer) -> dict[str, Any] | None:
    """The button, or the entry of the menu, by which a reminder takes an answer about a lead; None if it does not."""
    label = f"{CONTACTED}: {answer.lead}"
    for block in message.blocks:
        elements = block["elements"] if block["type"] == "actions" else ()
        contacted = next((e for e in elements if e.get("accessibility_label", "").startswith(label)), None)
        if contacted is None:
            continue
        if answer.how == CONTACTED:
            return {"action_id": ACTION, "block_id": block["block_id"], "value": contacted["value"]}
        options = next(element for element in elements if element["action_id"] == MENU)["options"]
        value = next(option["value"] for option in options if option["text"]["text"] == answer.how)
        return {"action_id": MENU, "block_id": block["block_id"], "value": value}
    return None


def _start_afresh(path: Path) -> None:
    """Remove the last demo's database, unless a demo is using it or it is not a demo's."""
    if not path.exists():
        return
    database = Database(f"sqlite:///{path}")
    try:
        _claim(database, path)
        if path.stat().st_size and not _is_a_demo(database):
            raise ConfigError(
                f"{path} is there already and is not a demo's database; give another with --database"
            )
        for suffix in ("", "-wal", "-shm"):
            with suppress(FileNotFoundError):
                path.with_name(path.name + suffix).unlink()
    except OSError as error:
        raise ConfigError(
            f"{path} cannot be replaced ({error.strerror}); give another with --database"
        ) from error
    finally:
        database.close()


def _claim(database: Database, path: Path) -> None:
    try:
        database.claim()
    except AlreadyRunningError:
        raise AlreadyRunningError(
            f"another demo uses {path}; close it first, or give this one its own file with --database"
        ) from None


def _is_a_demo(database: Database) -> bool:
    """Whether Fernwood's operator is known there: a database of a real company is never thrown away."""
    try:
        known = database.read_now(lambda s: people.by_email(s, [story.OPERATOR]))
    except StorageError:
        return False
    return story.OPERATOR in known


async def _bring_in(bot: wiring.Bot, told: list[dict[str, Any]]) -> None:
    """The past, silently, through the same inbox as everything else."""
    office = bot.office
    now = office.clock.now()
    events = [
        event
        for number, one in enumerate(told)
        for event in generic.parse(
            json.dumps(one).encode(), delivery_id=f"story-{number}", content_type="application/json"
        )
    ]
    await office.database.insert(lambda s: inbox.add(s, as_rows("generic", events, now, silent=True)))
    while (await apply.apply_waiting(office, limit=_AT_ONCE)).applied:
        pass
