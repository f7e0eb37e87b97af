"""A strict stand-in for Slack on this machine: for people who try the bot, and for tests that tell its story.

It talks to the bot as Slack does and in no other way: the bot calls its Web API; it calls the bot with signed
requests or through Socket Mode. It refuses what Slack refuses, keeps Slack's limits, and misbehaves on
request. It listens on loopback only and takes no token that looks real.
"""

from __future__ import annotations

import time
from datetime import datetime
from typing import TYPE_CHECKING, Any, Self, TypeVar

from aiohttp import web

from bot.errors import ConfigError, NotFoundError
from bot.playground.answers import Answers
from bot.playground.backlog import Waiting, add_route
from bot.playground.delivery import CommandResult, HttpTransport, Transport
from bot.playground.faults import Faults, parse_fault
from bot.playground.guards import is_local_host_header, refuse_real_token, require_loopback
from bot.playground.handles import ResponseUrls, Triggers
from bot.playground.interactions import EventResult, Interactions
from bot.playground.journal import Journal
from bot.playground.methods import DEFAULT_SCOPES, Api, Settings
from bot.playground.page import Page
from bot.playground.rates import Limits
from bot.playground.records import Call, Channel, Ephemeral, Failure, Message, User, View
from bot.playground.requests import AnyCommand, Explain, Move, Sample, SendEvent, Sent, Tools, as_command
from bot.playground.socket_mode import SocketHub
from bot.playground.web_api import WebApi
from bot.playground.workspace import APP_ID, Workspace

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence

T = TypeVar("T")

__all__ = ["DEFAULT_SCOPES", "Call", "CommandResult", "EventResult", "FakeSlack", "Move", "Sample", "Sent"]


class FakeSlack:
    """One workspace with one app in it.

    `now` gives epoch seconds for everything that Slack would date or time out, except the three seconds for
    an ack (`ack_seconds`, real ones) and the time that is signed. `rate_limit` switches Slack's limits;
    `burst` is how many messages a channel takes at once. `settings` may be changed at any time. Methods that
    name a channel take its id, `name` or `#name`. `ConfigError` for a token that looks real and for a host
    that is not loopback.

    The rest is for the page: `samples` are events to send through `send_event`, `commands` the slash commands of
    the manifest (with any, others are refused as Slack does), `explain` tells why a message is there, `moves`
    are ways to move the clock, `waiting` counts the messages that the bot has not brought to Slack yet. `now` is
    asked again after each move.
    """

    def __init__(
        self,
        *,
        signing_secret: str,
        bot_token: str = "xoxb-demo",  # noqa: S107 - made up, and real ones are refused
        app_token: str = "xapp-demo",  # noqa: S107 - the same
        now: Callable[[], float] = time.time,
        port: int = 0,
        host: str = "127.0.0.1",
        scopes: frozenset[str] = DEFAULT_SCOPES,
        rate_limit: bool = True,
        burst: int = 1,
        strict: bool = True,
        ack_seconds: float = 3.0,
        samples: Sequence[Sample] = (),
        send_event: SendEvent | None = None,
        commands: Sequence[AnyCommand] = (),
        shortcuts: Sequence[Mapping[str, str]] = (),
        explain: Explain | None = None,
        moves: Sequence[Move] = (),
        waiting: Waiting | None = None,
    ) -> None:
        refuse_real_token("bot_token", bot_token)
        refuse_real_token("app_token", app_token)
        require_loopback(host)
        self._host, self._port = host, port
        self.now = now
        self.signing_clock: Callable[[], float] = time.time
        self.settings = Settings(scopes=scopes, strict=strict)
        self.journal = Journal(now)
        self.workspace = Workspace(now, self.journal.tell)
        self.faults = Faults()
        self._waiting = waiting
        self.limits = Limits(now, burst=burst, enabled=rate_limit)
        self.sockets = SocketHub(self.journal.tell)
        self._http = HttpTransport(signing_secret, lambda: self.signing_clock())  # noqa: PLW0108 - it may change
        self._runner: web.AppRunner | None = None
        triggers, urls = Triggers(now), ResponseUrls(now)
        answers = Answers(self.workspace, urls, self.journal, self.settings)
        self.people = Interactions(
            self.workspace,
            triggers,
            urls,
            answers,
            self.journal,
            self._transport,
            lambda: self.url,
            ack_seconds,
        )
        api = Api(self.workspace, triggers, self.limits, self.settings, lambda: self.url)
        self._web_api = WebApi(
            api, answers, self.faults, self.journal, bot_token, app_token, self._socket_url
        )
        known = tuple(map(as_command, commands))
        chosen = tuple((one["callback_id"], one["name"], one["description"]) for one in shortcuts)
        tools = Tools(tuple(samples), send_event, known, explain, tuple(moves), chosen)
        self._page = Page(self, answers, tools)

    # --- life cycle ---

    async def start(self) -> None:
        """Listen; with port 0 on a free one, which `url` then names."""
        app = web.Application(middlewares=[_local_only], client_max_size=4 * 1024 * 1024)
        app.router.add_route("*", "/api/{method}", self._web_api.handle_method)
        app.router.add_post("/actions/{team}/{app}/{token}", self._web_api.handle_response_url)
        app.router.add_get("/link/", self.sockets.handle)
        self._page.add_routes(app)
        if self._waiting is not None:
            add_route(app, self._waiting, self.faults)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await runner.setup()
        site = web.TCPSite(runner, self._host, self._port)
        try:
            await site.start()
        except OSError as error:
            await runner.cleanup()
            raise ConfigError(
                f"port: the stand-in for Slack cannot listen on {self._port}; choose another, or 0 for any"
            ) from error
        self._runner = runner
        self._port = runner.addresses[0][1]

    async def stop(self) -> None:
        """Let go whatever waits, close every connection, stop listening."""
        self._web_api.release()
        self._page.close()
        await self.sockets.close()
        await self._http.close()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    @property
    def url(self) -> str:
        """The address of the page; `ConfigError` before `start`."""
        if self._runner is None:
            raise ConfigError("the stand-in for Slack has no address yet: call start first")
        host = f"[{self._host}]" if ":" in self._host else self._host
        return f"http://{host}:{self._port}"

    @property
    def api_url(self) -> str:
        """The base address of the Web API, for `SLACK_API_URL` or a client's `base_url`."""
        return f"{self.url}/api/"

    def _socket_url(self) -> str:
        return f"ws{self.url.removeprefix('http')}/link/?ticket={self.sockets.ticket()}&app_id={APP_ID}"

    # --- the way to the bot ---

    def connect_http(self, request_url: str) -> None:
        """Call the bot at this address, on this machine, until it opens a Socket Mode connection."""
        self._http.direct_to(request_url)

    def _transport(self) -> Transport | None:
        """Return the way in use: Socket Mode turns the other one off, as in Slack."""
        if self.sockets.connected:
            return self.sockets
        return self._http if self._http.url else None

    async def disconnect(self, reason: str = "refresh_requested") -> None:
        """Send every Socket Mode connection away (`refresh_requested`, `link_disabled`), or only warn."""
        await self.sockets.disconnect(reason)

    async def slash(self, command: str, text: str, user_id: str, channel: str) -> CommandResult:
        """Type a slash command as that person in that channel."""
        return await self.people.slash(command, text, user_id, channel)

    async def shortcut(self, callback_id: str, user_id: str) -> CommandResult:
        """Choose a global shortcut as that person."""
        return await self.people.shortcut(callback_id, user_id)

    async def press(
        self, channel: str, ts: str, action_id: str, user_id: str, **choice: Any
    ) -> CommandResult:
        """Press a button or choose in a menu.

        `choice` as in `Interactions.press`: value, block_id, selected_option, stale.
        """
        return await self.people.press(channel, ts, action_id, user_id, **choice)

    async def press_in_view(self, user_id: str, view_id: str, action_id: str, **choice: Any) -> CommandResult:
        """Press a button or choose in a menu of a modal or of the Home tab."""
        return await self.people.press_in_view(user_id, view_id, action_id, **choice)

    async def submit_view(
        self, user_id: str, view_id: str, values: Mapping[str, Mapping[str, Any]]
    ) -> CommandResult:
        """Fill in and submit a modal; `values` is block id → action id → what is entered."""
        return await self.people.submit_view(user_id, view_id, values)

    async def event(self, event: Mapping[str, Any], event_id: str | None = None) -> EventResult:
        """Send an event, once more at once if it is not acknowledged."""
        return await self.people.event(event, event_id)

    async def redeliver(self) -> list[EventResult]:
        """Send again what is not acknowledged: Slack's retries after one and after five minutes."""
        return await self.people.redeliver()

    async def repeat_last(self) -> CommandResult:
        """Send the last delivery a second time: same body, same event id, same envelope."""
        return await self.people.repeat_last()

    # --- the workspace ---

    def add_user(
        self,
        name: str,
        email: str | None = None,
        *,
        id: str | None = None,  # noqa: A002 - what Slack calls it
        **facts: Any,
    ) -> str:
        """Add a person (`tz`, `deleted`, `is_bot` as wanted) and return the id, such as U00000001."""
        return self.workspace.add_user(name, email, user_id=id, **facts)

    def add_channel(
        self,
        name: str,
        private: bool = False,
        archived: bool = False,
        bot_in: bool = True,
        members: Iterable[str] = (),
    ) -> str:
        """Add a channel with these people in it, and the bot unless told otherwise; return its id."""
        return self.workspace.add_channel(
            name, private=private, archived=archived, bot_in=bot_in, members=members
        )

    def channel(self, name: str) -> str:
        """Return the id of a channel; `NotFoundError` if there is none of that name."""
        return self.channel_info(name).id

    def channel_info(self, name: str) -> Channel:
        """Return what is known of a channel; `NotFoundError` if there is none of that name."""
        found = self.workspace.find_channel(name)
        if found is None:
            raise NotFoundError(f"channel: this workspace has no channel {name!r}")
        return found

    def dm(self, user_id: str) -> str:
        """Return the id of a person's direct messages with the bot, opening them if need be."""
        if user_id not in self.workspace.users:
            raise NotFoundError(f"user: nobody with the id {user_id!r} is in this workspace")
        return self.workspace.dm(user_id)

    def user(self, user_id: str) -> User:
        """Return what is known of a person; `NotFoundError` if nobody has that id."""
        if user_id not in self.workspace.users:
            raise NotFoundError(f"user: nobody with the id {user_id!r} is in this workspace")
        return self.workspace.users[user_id]

    def set_dnd(self, user_id: str, start: datetime | float | None, end: datetime | float | None) -> None:
        """Set a person's Do Not Disturb schedule: this span, and the same time of each day; None ends it.

        `start` and `end` are aware instants or epoch seconds. `NotFoundError` if nobody has that id.
        """
        span = None if start is None or end is None else (_epoch(start), _epoch(end))
        self.workspace.change_user(self.user(user_id).id, dnd=span)

    def say(self, user_id: str, channel: str, text: str) -> Message:
        """Write a message as a person; the bot hears of it only through `event`."""
        return self.workspace.post(self.channel(channel), user_id, text)

    # --- what is to be seen ---

    def messages(self, channel: str) -> list[Message]:
        """Return a channel's messages as they stand, oldest first, replies in threads among them."""
        return self.workspace.messages(self.channel(channel))

    def ephemerals(self, user_id: str) -> list[Ephemeral]:
        """Return what that person alone was shown, by the API, acks, response URLs or Slack, oldest first."""
        return self.workspace.ephemerals(user_id)

    def views(self, user_id: str) -> list[View]:
        """Return the modals that person has open, the topmost last."""
        return self.workspace.stack(user_id)

    def home(self, user_id: str) -> View | None:
        """Return the Home tab that was published to that person, or None."""
        return self.workspace.views.get(self.workspace.home.get(user_id, ""))

    def posts(self) -> list[Call]:
        """Return every call that made, changed or removed a message, in order.

        The method is chat.*, or `response_url`, or `ack` for what came with the ack of a command. What Slack
        refused is not here but in `calls`.
        """
        return list(self.journal.writes)

    def calls(self, method: str | None = None) -> list[Call]:
        """Return every call of the bot in order, refused ones included; of one method if named."""
        return [call for call in self.journal.calls if method in {None, call.method}]

    @property
    def failures(self) -> list[Failure]:
        """What Slack would hold against the bot: late_ack, bad_ack, unreachable, bad_answer."""
        return list(self.journal.failures)

    async def wait_for(self, look: Callable[[], T], seconds: float = 5.0) -> T:
        """Return what `look` gives once it is true, looking after each change.

        `TimeoutError` after that many real seconds.
        """
        return await self.journal.wait_for(look, seconds)

    # --- misbehaviour ---

    def fail_next(
        self, method: str, kind: str | int, times: int = 1, retry_after: float | str | None = None
    ) -> None:
        """Let the next calls of a method fail.

        `kind` is 429, 500, 503, drop, timeout, html_200, empty_200 or error:<slack_code>; with `_after` (500,
        503, drop, html_200, empty_200) the call takes effect first, as it does with timeout. `method` may be
        `*` for every method, and `response_url`. `retry_after` is the header of a 429, a number of seconds or
        any text: None is 1, an empty text leaves it out.
        """
        self.faults.fail_next(method, parse_fault(kind, retry_after), times)

    def fail_always(self, method: str, kind: str | int, retry_after: float | str | None = None) -> None:
        """Let every call of a method fail until `clear_faults`."""
        self.faults.fail_always(method, parse_fault(kind, retry_after))

    def clear_faults(self, method: str | None = None) -> None:
        """Behave again, for one method or for all."""
        self.faults.clear(method)

    def release(self) -> None:
        """Let the answers go that `timeout` faults hold back."""
        self._web_api.release()


def _epoch(instant: datetime | float) -> int:
    return int(instant.timestamp() if isinstance(instant, datetime) else instant)


@web.middleware
async def _local_only(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Refuse a request under another name than loopback: a web page that points its own name here."""
    if not is_local_host_header(request.headers.get("Host")):
        return web.Response(status=403, text="the stand-in for Slack answers to 127.0.0.1 and localhost only")
    return await handler(request)
