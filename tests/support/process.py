"""`winbell` as a real process: started, watched, ended and killed; the workspace it talks to runs in the test.

Nothing sleeps for a fixed time: every wait ends with what it waits for, or fails at its deadline.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import signal
import socket
import sys
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import aiohttp

from bot.playground.fake_slack import FakeSlack
from tests.support.world import SECRET, SIGNING_SECRET, signed

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

ROOT = Path(__file__).parents[2]
STARTS_WITHIN = 30.0
"""Seconds; a busy machine needs some for the imports."""
_LOOK_EVERY = 0.02
_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Ended:
    """How a process ended."""

    code: int
    out: str
    err: str
    seconds: float
    """From the signal, or from the start where there was none."""


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(**settings: str) -> dict[str, str]:
    """The environment of a process: this one's without any setting of Winbell, with these."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    return kept | {"PYTHONPATH": str(ROOT), "COLUMNS": "200"} | settings


class Process:
    """One `python -m bot …` in a folder of its own."""

    def __init__(self, folder: Path, *words: str, **settings: str) -> None:
        self.folder = folder
        self._words = words
        self._settings = settings
        self._err = folder / f"stderr-{next(_numbers)}.log"

    async def __aenter__(self) -> Self:
        with self._err.open("wb") as err:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "bot",
                *self._words,
                cwd=self.folder,
                env=environment(**self._settings),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=err,
            )
        self._since = time.monotonic()
        return self

    async def __aexit__(self, *failure: object) -> None:
        if self._process.returncode is None:
            self._process.kill()
            await self._process.communicate()

    @property
    def log(self) -> str:
        """What the process has said on standard error."""
        return self._err.read_text("utf-8")

    def send(self, sign: signal.Signals) -> None:
        """Signal the process; the time to its end counts from here."""
        self._since = time.monotonic()
        self._process.send_signal(sign)

    async def ended(self, within: float = STARTS_WITHIN) -> Ended:
        """Wait for the end. TimeoutError after `within` seconds."""
        async with asyncio.timeout(within):
            out, _ = await self._process.communicate()
        code = self._process.returncode
        assert code is not None
        return Ended(code, out.decode(), self.log, time.monotonic() - self._since)

    async def kill(self) -> None:
        """`kill -9`."""
        self.send(signal.SIGKILL)
        await self.ended()

    async def says(self, words: str) -> None:
        """Wait until the process has said something on standard error; fail if it ends before."""
        await until(lambda: words in self.log or self._process.returncode is not None, STARTS_WITHIN)
        assert words in self.log, self.log


async def winbell(folder: Path, *words: str, **settings: str) -> Ended:
    """Run one command to its end."""
    async with Process(folder, *words, **settings) as process:
        return await process.ended()


async def until(look: Callable[[], Any], within: float = 5.0) -> Any:
    """What `look` gives once it is true; TimeoutError after `within` seconds."""
    async with asyncio.timeout(within):
        while not (seen := look()):
            await asyncio.sleep(_LOOK_EVERY)
    return seen


async def asked(look: Callable[[], Awaitable[Any]], within: float = STARTS_WITHIN) -> Any:
    """What an asynchronous `look` gives once it is true; TimeoutError after `within` seconds."""
    async with asyncio.timeout(within):
        while not (seen := await look()):
            await asyncio.sleep(_LOOK_EVERY)
    return seen


class Company:
    """A workspace, a CRM that signs its events, and one folder in which `winbell serve` runs, dies and runs again."""

    def __init__(
        self, slack: FakeSlack, http: aiohttp.ClientSession, folder: Path, database_url: str
    ) -> None:
        self.slack = slack
        self.folder = folder
        self._http = http
        self.settings = {
            "SLACK_BOT_TOKEN": "xoxb-demo",
            "SLACK_API_URL": slack.api_url,
            "WINBELL_DATABASE_URL": database_url,
            "WINBELL_WEBHOOK_SECRET": SECRET,
            "WINBELL_PORT": str(free_port()),
        }
        self.by_http()

    @property
    def url(self) -> str:
        """Where the bot's HTTP endpoints are."""
        return f"http://127.0.0.1:{self.settings['WINBELL_PORT']}"

    def by_http(self) -> None:
        """Slack calls the bot."""
        self.settings.pop("SLACK_APP_TOKEN", None)
        self.settings["SLACK_SIGNING_SECRET"] = SIGNING_SECRET
        self.slack.connect_http(f"{self.url}/slack/events")

    def by_socket(self) -> None:
        """The bot opens a socket to Slack."""
        self.settings.pop("SLACK_SIGNING_SECRET", None)
        self.settings["SLACK_APP_TOKEN"] = "xapp-demo"

    def agree(self, text: str) -> None:
        """Write the agreement."""
        (self.folder / "agreement.toml").write_text(text, "utf-8")

    @asynccontextmanager
    async def serve(self) -> AsyncIterator[Process]:
        """A bot that answers."""
        async with self.starting() as process:
            await process.says("winbell: serving on ")
            yield process

    @asynccontextmanager
    async def starting(self) -> AsyncIterator[Process]:
        """A bot that was just started."""
        async with Process(self.folder, "serve", **self.settings) as process:
            yield process

    async def command(self, *words: str) -> Ended:
        """A short command beside it, on the same database."""
        return await winbell(self.folder, *words, **self.settings)

    async def sends(self, event_id: str, what: str, /, **data: Any) -> int:
        """An event that happens now, signed; the status of the answer."""
        now = datetime.now(UTC)
        body = json.dumps({"type": what, "timestamp": now.isoformat(), "data": data}).encode()
        headers = signed(event_id, now, body)
        async with self._http.post(f"{self.url}/hooks/generic", data=body, headers=headers) as answer:
            return answer.status

    async def gets(self, path: str) -> tuple[int, str]:
        """A page: (status, text)."""
        async with self._http.get(self.url + path) as answer:
            return answer.status, await answer.text()


@asynccontextmanager
async def company(folder: Path, database_url: str | None = None) -> AsyncIterator[Company]:
    """A company whose workspace has #wins and #sales-ops."""
    async with FakeSlack(signing_secret=SIGNING_SECRET) as slack, aiohttp.ClientSession() as http:
        for name in ("wins", "sales-ops"):
            slack.add_channel(name)
        yield Company(slack, http, folder, database_url or f"sqlite:///{folder / 'winbell.db'}")
