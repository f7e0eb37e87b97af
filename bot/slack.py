"""The only holder of the Slack client: what Slack answers becomes sent, refused, unknown or rejected.

The SDK's own connection retry is off: it would post a message again whose fate is unknown; see
docs/adr/0005-look-up-before-posting-again.md.
"""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from aiohttp import ClientError
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.delivery import (
    Account,
    CannotLook,
    DoNotDisturb,
    Found,
    Look,
    NotFound,
    Outcome,
    Refused,
    Rejected,
    Sent,
    Unknown,
)
from bot.logs import log_of
from bot.render.text import fit

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

TIMEOUT: Final = 10
"""Seconds for one call."""
SCHEDULE_TIMEOUT: Final = 3
"""Seconds for the question after somebody's quiet hours: a reminder waits for it, and so does what goes out with it."""
SCHEDULE_SCOPE: Final = "dnd:read"
METADATA_EVENT: Final = "winbell_message"

_MAYBE_DONE: Final = frozenset({"internal_error", "fatal_error", "service_unavailable", "request_timeout"})
"""Answers after which a part may have happened."""
_LATER: Final = frozenset({"ratelimited", "rate_limited", "message_limit_exceeded"})
_REFUSED_BLOCKS: Final = frozenset({"invalid_blocks", "invalid_blocks_format"})
_LOOK_PAGES: Final = 5
_SECTION: Final = 3000
"""Characters of a section's text."""

_log = log_of(__name__)


class Workspace:
    """The workspace behind a bot token. No method raises for what Slack, or the way to it, does."""

    def __init__(
        self, token: str, base_url: str | None = None, *, seconds: Callable[[], float] = time.monotonic
    ) -> None:
        """`base_url` is Slack's own unless a stand-in is used; `seconds` measures the rests that Slack asks for."""
        options: dict[str, Any] = {"base_url": base_url} if base_url else {}
        self.client = AsyncWebClient(token=token, timeout=TIMEOUT, retry_handlers=[], **options)
        self._seconds = seconds
        self._rests: dict[str, float] = {}
        self._identity: dict[str, Any] | None = None
        self._identity_lock = asyncio.Lock()
        self._scopes: frozenset[str] = frozenset()

    def without_token(self) -> AsyncWebClient:
        """A client for the listeners, which bring the token themselves."""
        return AsyncWebClient(base_url=self.client.base_url, timeout=TIMEOUT, retry_handlers=[])

    async def identity(self) -> dict[str, Any] | None:
        """Who the bot is (`auth.test`: team_id, user_id, bot_id), asked once; None while Slack does not answer.

        Raises nothing; a token that Slack refuses is logged with what to do.
        """
        async with self._identity_lock:
            if self._identity is None:
                answer = await self._ask("auth.test", self._auth_test)
                if isinstance(answer, dict):
                    self._identity = answer
                elif isinstance(answer, Rejected):
                    _log.error(
                        "Slack refuses the bot token; check SLACK_BOT_TOKEN", extra={"reason": answer.reason}
                    )
            return self._identity

    async def socket_address(self, app_token: str) -> str | Refused | Rejected:
        """An address for one Socket Mode connection."""
        answer = await self._ask(
            "apps.connections.open", lambda: self.client.apps_connections_open(app_token=app_token)
        )
        return answer if not isinstance(answer, dict) else str(answer["url"])

    async def account_of(self, email: str) -> Account | Refused | Rejected:
        """The account behind an address; an unknown or deactivated one is an Account without id."""
        answer = await self._ask("users.lookupByEmail", lambda: self.client.users_lookupByEmail(email=email))
        if isinstance(answer, Rejected):
            return Account(None, None) if answer.reason in {"users_not_found", "user_not_found"} else answer
        if isinstance(answer, Refused):
            return answer
        user = answer.get("user") or {}
        if user.get("deleted"):
            return Account(None, None)
        return Account(user.get("id"), user.get("tz"))

    async def email_of(self, slack_id: str) -> str | Refused | Rejected | None:
        """The address of an account; None if it shows none."""
        answer = await self._ask("users.info", lambda: self.client.users_info(user=slack_id))
        if not isinstance(answer, dict):
            return answer
        email = ((answer.get("user") or {}).get("profile") or {}).get("email")
        return str(email) if email else None

    async def do_not_disturb(self, slack_id: str) -> DoNotDisturb | Refused | Rejected:
        """The present or next quiet span of an account's schedule, within SCHEDULE_TIMEOUT seconds.

        Without the optional scope Slack is not asked: Rejected, as Slack itself would say. Which scopes were granted
        stands in a header of `auth.test`; without that header none of the optional ones counts as granted.
        """
        try:
            async with asyncio.timeout(SCHEDULE_TIMEOUT):
                await self.identity()
                if SCHEDULE_SCOPE not in self._scopes:
                    return Rejected("missing_scope")
                answer = await self._ask("dnd.info", lambda: self.client.dnd_info(user=slack_id))
        except TimeoutError:
            return Refused("time-out")
        return answer if not isinstance(answer, dict) else _schedule(answer)

    async def direct_channel(self, slack_id: str) -> str | Refused | Rejected:
        """The id of the direct-message channel with somebody."""
        answer = await self._ask("conversations.open", lambda: self.client.conversations_open(users=slack_id))
        return answer if not isinstance(answer, dict) else str(answer["channel"]["id"])

    async def channel_named(self, name: str) -> str | Refused | Rejected | None:
        """The id of a channel by `#name`; an id is returned as it is; None if the bot sees none of that name."""
        if not name.startswith("#"):
            return name
        cursor = ""
        while True:
            answer = await self._ask(
                "conversations.list",
                lambda cursor=cursor: self.client.conversations_list(  # type: ignore[misc]  # a lambda's default
                    types="public_channel,private_channel", exclude_archived=False, limit=500, cursor=cursor
                ),
            )
            if isinstance(answer, Rejected):
                return None if answer.reason == "missing_scope" else answer
            if isinstance(answer, Refused):
                return answer
            for channel in answer.get("channels") or ():
                if channel.get("name") == name[1:].lower():
                    return str(channel["id"])
            cursor = (answer.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return None

    async def post(
        self, channel: str, payload: dict[str, Any], uid: str, thread_ts: str | None = None
    ) -> Outcome:
        """Post a message, or a reply in a thread, marked with `uid` in its metadata so that it can be found again."""
        mark = {"event_type": METADATA_EVENT, "event_payload": {"id": uid}}
        return await self._deliver_either(
            "chat.postMessage",
            payload,
            lambda shown: self.client.chat_postMessage(
                channel=channel,
                **shown,
                thread_ts=thread_ts,
                metadata=mark,
                unfurl_links=False,
                unfurl_media=False,
            ),
        )

    async def edit(self, channel: str, ts: str, payload: dict[str, Any]) -> Outcome:
        """Edit a message; its metadata stays."""
        return await self._deliver_either(
            "chat.update", payload, lambda shown: self.client.chat_update(channel=channel, ts=ts, **shown)
        )

    async def look_for(self, channel: str, uid: str, since: datetime, thread_ts: str | None = None) -> Look:
        """Look for a message by its mark among those posted in a channel, or in a thread, since an instant."""
        method = "conversations.replies" if thread_ts else "conversations.history"
        page: dict[str, Any] = {
            "channel": channel,
            "oldest": f"{since.timestamp():.6f}",
            "include_all_metadata": True,
            "limit": 200,
        }
        if thread_ts:
            page["ts"] = thread_ts
        read: Callable[..., Awaitable[Any]] = (
            self.client.conversations_replies if thread_ts else self.client.conversations_history
        )
        for _ in range(_LOOK_PAGES):
            answer = await self._ask(method, lambda: read(**page))
            if isinstance(answer, Refused):
                return CannotLook(answer.reason, answer.after or 5.0)
            if isinstance(answer, Rejected):
                return CannotLook(answer.reason)
            for message in answer.get("messages") or ():
                mark = (message.get("metadata") or {}).get("event_payload") or {}
                if mark.get("id") == uid:
                    return Found(channel, str(message["ts"]))
            page["cursor"] = (answer.get("response_metadata") or {}).get("next_cursor") or ""
            if not page["cursor"]:
                break
        return NotFound()

    async def close(self) -> None:
        """Let the connections go."""
        if self.client.session is not None:
            await self.client.session.close()

    async def _auth_test(self) -> Any:
        response = await self.client.auth_test()
        # A plain mapping may spell the header as it likes.
        told = next((v for name, v in response.headers.items() if name.lower() == "x-oauth-scopes"), "")
        self._scopes = frozenset(scope.strip() for scope in str(told).split(","))
        return response

    async def _deliver_either(
        self, method: str, payload: dict[str, Any], call: Callable[[dict[str, Any]], Awaitable[Any]]
    ) -> Outcome:
        """Deliver a message; where Slack refuses a newer block, in its simpler form, if it has one."""
        outcome = await self._deliver(method, lambda: call(payload))
        if isinstance(outcome, Rejected) and outcome.reason in _REFUSED_BLOCKS:
            simple = simpler(payload)
            if simple is not None:
                _log.warning("Slack refuses a block; the message goes out as text", extra={"method": method})
                return await self._deliver(method, lambda: call(simple))
        return outcome

    async def _deliver(self, method: str, call: Callable[[], Awaitable[Any]]) -> Outcome:
        outcome = await self._call(method, call)
        if not isinstance(outcome, dict):
            return outcome
        if not outcome.get("ts") or not outcome.get("channel"):
            return Unknown("an answer without a receipt")
        return Sent(str(outcome["channel"]), str(outcome["ts"]))

    async def _ask(
        self, method: str, call: Callable[[], Awaitable[Any]]
    ) -> dict[str, Any] | Refused | Rejected:
        """A call that changes nothing: an unknown fate is simply asked again later."""
        rest = self._rests.get(method, 0.0) - self._seconds()
        if rest > 0:
            return Refused("ratelimited", rest)
        outcome = await self._call(method, call)
        if isinstance(outcome, Refused) and outcome.after:
            self._rests[method] = self._seconds() + outcome.after
        return Refused(outcome.reason) if isinstance(outcome, Unknown) else outcome

    async def _call(
        self, method: str, call: Callable[[], Awaitable[Any]]
    ) -> dict[str, Any] | Refused | Unknown | Rejected:
        try:
            response = await asyncio.wait_for(call(), TIMEOUT + 2)
        except SlackApiError as error:
            return _refusal(method, error.response)
        except TimeoutError:
            return Unknown("time-out")
        except (SlackClientError, ClientError, OSError, ValueError) as error:
            return Unknown(f"connection: {type(error).__name__}")
        data = response.data
        return data if isinstance(data, dict) else Unknown("an answer that is not Slack's")


def simpler(payload: dict[str, Any]) -> dict[str, Any] | None:
    """A message as its text alone, above the one row of buttons that it may have.

    None for one with several rows: there each answers for what stands beside it.
    """
    rows = [block for block in payload["blocks"] if block.get("type") == "actions"]
    if len(rows) > 1:
        return None
    text = {"type": "mrkdwn", "text": fit(payload["text"], _SECTION), "verbatim": True}
    return {"text": payload["text"]} | (
        {"blocks": [{"type": "section", "text": text}, *rows]} if rows else {}
    )


def _refusal(method: str, response: Any) -> Refused | Unknown | Rejected:
    """Slack's codes, in one table: later, perhaps done, never."""
    status = getattr(response, "status_code", 0)
    data = response.data if isinstance(getattr(response, "data", None), dict) else {}
    code = str(data.get("error") or "")
    if status == 429 or code in _LATER:
        return Refused("ratelimited", _seconds(response.headers), pauses=method)
    if status >= 500 or code in _MAYBE_DONE:
        return Unknown(code or f"HTTP {status}")
    if not code:
        return Unknown("an answer that is not Slack's")
    return Rejected(code)


def _schedule(answer: dict[str, Any]) -> DoNotDisturb:
    """The span of a schedule; none where it is off or is no span."""
    try:
        starts, ends = (
            datetime.fromtimestamp(int(answer[name]), UTC)
            for name in ("next_dnd_start_ts", "next_dnd_end_ts")
        )
    except (KeyError, TypeError, ValueError, OverflowError, OSError):
        return DoNotDisturb(None, None)
    if not answer.get("dnd_enabled") or ends <= starts:
        return DoNotDisturb(None, None)
    return DoNotDisturb(starts, ends)


def _seconds(headers: Any) -> float:
    value = headers.get("Retry-After") or headers.get("retry-after") or ""
    try:
        return max(1.0, float(value))
    except ValueError:
        return 30.0
