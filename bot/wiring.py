"""Puts the parts together: one process with its doors, its jobs and its way out."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import random
import signal
import socket
import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import uvicorn
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from starlette.applications import Starlette
from starlette.routing import Route

from bot.clock import SystemClock
from bot.domain.delivery import Rejected
from bot.errors import ConfigError
from bot.flow import agreement_file, audit
from bot.flow.accept import Intake
from bot.flow.agreement_file import AgreementFile
from bot.flow.deliver import Delivery
from bot.flow.ports import Office
from bot.logs import log_of
from bot.slack import Workspace
from handlers import actions, commands, errors, forms, health, slack_http, webhooks, win_actions
from jobs import timetable, work

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine

    from bot.agreement import Parsed
    from bot.clock import Clock
    from bot.config import Settings
    from bot.domain.agreement import Agreement
    from bot.store.database import Database

GRACE: Final = 7.0
"""Seconds in which calls under way are finished at shutdown."""
HTTP_GRACE: Final = 5
"""Seconds of these for requests under way: a sender that has not finished by then hears 503, and sends again."""
CONNECT_SECONDS: Final = 10.0
"""How long the start waits for the socket to Slack; after that Winbell serves and goes on trying."""

_log = log_of(__name__)
_socket_log = log_of("socket")


def _without_traceback(record: logging.LogRecord) -> bool:
    """A line that is out of reach is told in one line: the client says it again every few seconds."""
    record.exc_info = None
    return True


_socket_log.addFilter(_without_traceback)
_socket_log.setLevel(logging.WARNING)


@dataclass(frozen=True, slots=True)
class Doors:
    """What the bot needs to know of the outside; `serve` takes it from the settings, the demo makes its own."""

    bot_token: str
    app_token: str | None
    signing_secret: str | None
    api_url: str | None
    webhook_secrets: tuple[bytes, ...]
    webhook_token: str | None
    command_prefix: str
    agreement: Path | None = None
    """The file of the agreement, to be looked at for changes; None where it does not change."""


class Bot:
    """One running Winbell: `app` is its ASGI application, `start` and `stop` are its life."""

    def __init__(
        self,
        database: Database,
        agreement: Agreement,
        doors: Doors,
        *,
        clock: Clock | None = None,
        roll: Callable[[], float] = random.random,
        sweep_seconds: float = timetable.SWEEP_SECONDS,
    ) -> None:
        seconds = time.monotonic if clock is None else lambda: clock.now().timestamp()
        self.workspace = Workspace(doors.bot_token, doors.api_url, seconds=seconds)
        self.office = Office(database, clock or SystemClock(), agreement, self.workspace, roll)
        self.metrics = health.Metrics()
        self._doors = doors
        self._apply = work.Loop("apply", lambda: work.apply_round(self.office, self._deliver.wake))
        self._deliver = work.Loop(
            "deliver", lambda: work.deliver_round(self.office, self.delivery, self._deliver.wake)
        )
        self.delivery = Delivery(self.office, self._deliver.wake)
        self.intake = Intake(database, self._apply.wake)
        self.slack_app = self._slack_app()
        self.app = self._http()
        self._scheduler = timetable.scheduler(
            (
                *self._watching(),
                timetable.Job("apply", _waking(self._apply), timetable.APPLY_SECONDS),
                timetable.Job("deliver", _waking(self._deliver), timetable.DELIVER_SECONDS),
                timetable.Job("sweep", partial(work.sweep, self.office, self._deliver.wake), sweep_seconds),
                timetable.Job(
                    "look back",
                    partial(work.look_back, self.office, self._deliver.wake),
                    timetable.LOOK_BACK_SECONDS,
                ),
                timetable.Job("audit", partial(work.watch, self.office), timetable.AUDIT_SECONDS),
            )
        )
        self._loops: list[asyncio.Task[None]] = []
        self._socket: AsyncSocketModeHandler | None = None
        self._connecting: asyncio.Task[None] | None = None
        self._identity: asyncio.Task[Any] | None = None

    def _watching(self) -> list[timetable.Job]:
        if self._doors.agreement is None:
            return []
        file = AgreementFile(self._doors.agreement)
        reload = partial(work.reload, self.office, file, self._deliver.wake)
        return [timetable.Job("agreement", reload, timetable.AGREEMENT_SECONDS)]

    async def start(self) -> None:
        """Start the jobs and, with an app token, the socket to Slack."""
        if self.office.database.is_sqlite:
            left = await self.delivery.adopt_orphans()
            if left:
                _log.warning(
                    "attempts of the last run have an unknown fate and are looked up", extra={"count": left}
                )
        self._identity = asyncio.create_task(self.workspace.identity())
        self._loops = [asyncio.create_task(self._apply.run()), asyncio.create_task(self._deliver.run())]
        self._scheduler.start()
        self._apply.wake()
        self._deliver.wake()
        await work.look_back(self.office, self._deliver.wake)
        await work.sweep(self.office, self._deliver.wake)
        if self._doors.app_token:
            await self.connect_socket()

    async def stop(self) -> None:
        """Take no more work, finish the calls under way, leave the rest for the next start.

        Takes at most GRACE seconds: what Slack has not answered by then is looked up at the next start.
        """
        clock = asyncio.get_running_loop().time
        ends = clock() + GRACE
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)
        for task in (self._identity, self._connecting):
            if task is not None:
                task.cancel()
        for loop in (self._apply, self._deliver):
            loop.stop()
        goodbye = [asyncio.create_task(self._close_socket())] if self._socket is not None else []
        if self._loops or goodbye:
            await asyncio.wait([*self._loops, *goodbye], timeout=GRACE / 2)
        await self.delivery.finish(ends - clock())
        await self.workspace.close()

    async def _close_socket(self) -> None:
        assert self._socket is not None  # noqa: S101  # its caller looked
        with contextlib.suppress(Exception):  # a socket that is gone already needs no goodbye
            await self._socket.close_async()  # type: ignore[no-untyped-call]  # Bolt's

    @contextlib.asynccontextmanager
    async def at_rest(self) -> AsyncIterator[None]:
        """No event is applied and no call to Slack is under way meanwhile: whoever moves the clock needs that.

        An attempt that a jump overtakes would look as if its lease had run out.
        """
        async with self._apply.turn, self._deliver.turn:
            await self.delivery.finish()
            yield
        self._apply.wake()
        self._deliver.wake()

    def stalled(self) -> str | None:
        """Why the jobs do not run; None if they do."""
        if not self._scheduler.running:
            return "the jobs are not running"
        dead = [task for task in self._loops if task.done()]
        return "a job has ended; restart Winbell" if dead or not self._loops else None

    async def connect_socket(self) -> None:
        """Reach Slack by Socket Mode; while Slack is out of reach, go on trying beside everything else.

        Raises ConfigError if Slack refuses the app token.
        """
        assert self._doors.app_token is not None  # noqa: S101  # its callers looked
        address = await self.workspace.socket_address(self._doors.app_token)
        if isinstance(address, Rejected):
            raise ConfigError(
                f"SLACK_APP_TOKEN: Slack opens no socket for it ({address.reason}); "
                "check the token and that Socket Mode is on"
            )
        self._socket = AsyncSocketModeHandler(
            self.slack_app, self._doors.app_token, logger=_socket_log, web_client=self.workspace.client
        )
        self._socket.client.wss_uri = address if isinstance(address, str) else None
        # The client tries until it is connected, and keeps the connection from then on.
        self._connecting = asyncio.create_task(self._socket.connect_async())  # type: ignore[no-untyped-call]  # Bolt's
        done, _ = await asyncio.wait({self._connecting}, timeout=CONNECT_SECONDS)
        if not done:
            _log.warning("Slack opens no socket yet; Winbell goes on trying")

    def _slack_app(self) -> AsyncApp:
        async def authorize(team_id: str | None) -> AuthorizeResult | None:
            return self._authorize(team_id)

        app = AsyncApp(
            client=self.workspace.without_token(),  # each request gets ours from `authorize`
            authorize=authorize,  # type: ignore[arg-type]  # None refuses, as Bolt documents
            signing_secret=self._doors.signing_secret or "socket mode needs none",
            request_verification_enabled=False,  # handlers.slack_http has done it; sockets are not signed
        )
        commands.register(app, self.office, self._doors.command_prefix)
        actions.register(app, self.office, self._deliver.wake)
        forms.register(app, self.office, self._deliver.wake)
        win_actions.register(app, self.office, self._deliver.wake, self._apply.wake)
        errors.register(app)
        return app

    def _authorize(self, team_id: str | None) -> AuthorizeResult | None:
        """Who we are, from our own start: a slash command must work even while Slack's API is out of reach."""
        known = None
        if self._identity is not None and self._identity.done() and not self._identity.cancelled():
            known = self._identity.result()
        if known is not None and team_id is not None and known.get("team_id") not in {None, team_id}:
            _log.warning("a request from another workspace was refused", extra={"team": team_id})
            return None
        return AuthorizeResult(
            enterprise_id=None,
            team_id=team_id,
            bot_token=self._doors.bot_token,
            bot_id=known.get("bot_id") if known else None,
            bot_user_id=known.get("user_id") if known else None,
        )

    def _http(self) -> Any:
        hooks = webhooks.Webhooks(
            self.intake,
            self.office.clock,
            self._doors.webhook_secrets,
            self._doors.webhook_token,
            self.metrics.webhook,
        )
        routes: list[Route] = health.routes(lambda: audit.audit(self.office), self.metrics, self.stalled)
        if self._doors.signing_secret and not self._doors.app_token:
            endpoint = slack_http.endpoint(self.slack_app, self._doors.signing_secret, self.office.clock)
            routes.append(Route("/slack/events", endpoint, methods=["POST"]))
        router = Starlette(routes=routes)

        async def app(scope: Any, receive: Any, send: Any) -> None:
            if scope["type"] == "http" and scope["path"].startswith(webhooks.PATH):
                await hooks(scope, receive, send)
            else:
                await router(scope, receive, send)

        return app


class Server(uvicorn.Server):
    """uvicorn without its own signal handlers: one signal ends gracefully, a second one at once."""

    @contextlib.contextmanager
    def capture_signals(self) -> Any:
        """Leave the signals to `run`."""
        yield


async def run(bot: Bot, host: str, port: int, ready: Callable[[int], Awaitable[None]] | None = None) -> None:
    """Serve until a signal: the first one stops gracefully (exit 0), a second one ends the process at once.

    `ready` is called with the port once requests are answered. Raises ConfigError if the port is taken.
    """
    server = Server(
        uvicorn.Config(
            bot.app,
            host=host,
            port=port,
            access_log=False,
            log_config=None,
            lifespan="off",
            timeout_keep_alive=15,
            timeout_graceful_shutdown=HTTP_GRACE,
            server_header=False,
        )
    )
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for sign in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(sign, partial(_on_signal, stop))
    listening = listen(server.config)
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    signalled = asyncio.create_task(stop.wait())
    ending = {serving, signalled}
    starting = asyncio.create_task(bot.start())
    try:
        await asyncio.wait({starting, *ending}, return_when=asyncio.FIRST_COMPLETED)
        if starting.done():
            await starting
            if ready is not None:
                await ready(listening.getsockname()[1])
            await asyncio.wait(ending, return_when=asyncio.FIRST_COMPLETED)
    finally:
        starting.cancel()
        signalled.cancel()
        server.should_exit = True
        await asyncio.gather(serving, bot.stop())


def run_loop(work: Coroutine[Any, Any, None]) -> None:
    """Run to the end on the faster event loop, where there is one."""
    try:
        import uvloop  # noqa: PLC0415  # not to be had everywhere
    except ImportError:
        asyncio.run(work)
    else:
        uvloop.run(work)


async def adopt_agreement(bot: Bot, parsed: Parsed, body: str) -> None:
    """Put the agreement in force; if it is another than before, open clocks and deals are computed anew."""
    await agreement_file.adopt(bot.office, parsed.agreement, body)


def doors_of(settings: Settings) -> Doors:
    """The outside as the settings tell it."""
    return Doors(
        bot_token=settings.slack_bot_token.get_secret_value() if settings.slack_bot_token else "",
        app_token=settings.slack_app_token.get_secret_value() if settings.slack_app_token else None,
        signing_secret=settings.slack_signing_secret.get_secret_value()
        if settings.slack_signing_secret
        else None,
        api_url=settings.slack_api_url,
        webhook_secrets=settings.webhook_secrets,
        webhook_token=settings.webhook_token.get_secret_value() if settings.webhook_token else None,
        command_prefix=settings.command_prefix,
        agreement=Path(settings.agreement),
    )


def _on_signal(stop: asyncio.Event) -> None:
    if stop.is_set():
        _log.warning("ended at once; what was under way is looked up at the next start")
        os._exit(1)
    stop.set()


def listen(config: uvicorn.Config) -> socket.socket:
    """Listen at `config`'s host and port; answers leave at once. Raises ConfigError if the port is taken."""
    family = socket.AF_INET6 if ":" in config.host else socket.AF_INET
    try:
        listening = socket.create_server((config.host, config.port), family=family, backlog=config.backlog)
    except OSError as error:
        reason = os.strerror(error.errno).lower() if error.errno else str(error)
        raise ConfigError(
            f"WINBELL_PORT: {config.host}:{config.port} cannot be used ({reason}); choose another port"
        ) from error
    # An answer is written in two pieces: without this the second may wait 40 ms for the first one's receipt.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening


def _waking(loop: work.Loop) -> Callable[[], Awaitable[None]]:
    async def tick() -> None:
        loop.wake()

    return tick
