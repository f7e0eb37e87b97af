"""What people do and Slack passes on: commands, presses, submissions; and events, with Slack's retries."""

from __future__ import annotations

import itertools
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from bot.errors import NotFoundError, UsageError
from bot.playground import outgoing
from bot.playground.blockkit_elements import Found, elements_of, find_elements, options_of, with_block_ids
from bot.playground.delivery import DISPATCH_FAILED, OPERATION_TIMEOUT, CommandResult, Delivery, Transport
from bot.playground.form_checks import FormError, problem
from bot.playground.methods.core import wire_message
from bot.playground.methods.views import wire_view
from bot.playground.records import Channel, Ephemeral, Json, Message, User, View
from bot.playground.workspace import APP_ID, BOT_USER, TEAM_ID, Workspace

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bot.playground.answers import Answers
    from bot.playground.handles import ResponseUrls, Triggers
    from bot.playground.journal import Journal

RETRIES: Final = 3  # at once, after a minute, after five: docs.slack.dev/apis/events-api
_REASONS: Final = {OPERATION_TIMEOUT: "http_timeout", DISPATCH_FAILED: "connection_failed"}


@dataclass(slots=True)
class EventResult:
    """How an event was taken: one result for each attempt, the latest last."""

    event_id: str
    attempts: list[CommandResult] = field(default_factory=list)

    @property
    def acknowledged(self) -> bool:
        """Whether the latest attempt was acknowledged."""
        return self.attempts[-1].acknowledged


@dataclass(slots=True)
class Interactions:
    """The way from people to the bot. `transport` gives the way in use, None while no bot is connected."""

    workspace: Workspace
    triggers: Triggers
    urls: ResponseUrls
    answers: Answers
    journal: Journal
    transport: Callable[[], Transport | None]
    base_url: Callable[[], str]
    ack_seconds: float
    _last: Delivery | None = None
    _unacknowledged: dict[str, tuple[Delivery, EventResult]] = field(default_factory=dict)
    _numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    # --- delivering ---

    async def deliver(self, delivery: Delivery) -> CommandResult:
        """Hand a delivery to the bot and note what Slack would hold against it."""
        self._last = delivery
        transport = self.transport()
        if transport is None:
            result = CommandResult(0, "", 0.0, DISPATCH_FAILED)
        else:
            result = await transport.deliver(delivery, self.ack_seconds)
        if result.error is not None:
            kinds = {OPERATION_TIMEOUT: "late_ack", DISPATCH_FAILED: "unreachable"}
            label = delivery.payload.get("command") or delivery.payload.get("type")
            answer = f"{result.ack_status} {result.ack_body[:200]}".strip()
            self.journal.fail(kinds.get(result.error, "bad_ack"), f"{label}: {result.error} {answer}")
        return result

    async def repeat_last(self) -> CommandResult:
        """Send the last delivery again: the same body or the same envelope, as a retry."""
        if self._last is None:
            raise UsageError("repeat_last: nothing was delivered yet")
        return await self.deliver(self._last.again(self._last.retry_num + 1, "http_timeout"))

    # --- commands ---

    async def slash(self, command: str, text: str, user_id: str, channel: str) -> CommandResult:
        """Type a command; a failure is shown to the person, as Slackbot does."""
        user, place = self._person(user_id), self._place(channel, user_id)
        response_url = self._response_url(self.urls.issue(user.id, place.id))
        trigger_id = self.triggers.issue(user.id)
        form = outgoing.command(user, place, command, text, trigger_id=trigger_id, response_url=response_url)
        result = await self.deliver(Delivery("slash_commands", form, takes_answer=True))
        if result.error is not None:
            words = f'{command} failed with the error "{result.error}"'
            self.workspace.whisper(place.id, user.id, words, "slack")
        else:
            self.answers.acknowledged(command, user.id, place.id, result.ack_body)
        return result

    async def shortcut(self, callback_id: str, user_id: str) -> CommandResult:
        """Choose a global shortcut: it belongs to no channel, and nothing but a view can answer it."""
        user = self._person(user_id)
        payload = outgoing.interaction("shortcut", user, self.triggers.issue(user.id))
        payload |= {"callback_id": callback_id, "action_ts": self.workspace.next_ts()}
        return await self.deliver(Delivery("interactive", payload))

    # --- buttons and menus ---

    async def press(
        self,
        channel: str,
        ts: str,
        action_id: str,
        user_id: str,
        *,
        value: Any = None,
        block_id: str | None = None,
        selected_option: Any = None,
        stale: bool = False,
    ) -> CommandResult:
        """Press a button or choose in a menu of a message, or of something that this person alone sees.

        `NotFoundError` if the message shows no such element, unless `stale`: then it is what an old copy on
        somebody's screen would send. `UsageError` if several elements have the action id and no `block_id`
        says which one.
        """
        user, place = self._person(user_id), self._place(channel, user_id)
        shown = self._shown(place, ts, user.id, stale=stale)
        chosen = value if selected_option is None else selected_option
        found = _element(shown, action_id, block_id, chosen, stale=stale)
        hidden = isinstance(shown, Ephemeral)
        payload = outgoing.interaction("block_actions", user, self.triggers.issue(user.id))
        entry = outgoing.action(found.element, found.block_id, chosen, self.workspace.next_ts())
        payload |= {
            "container": {
                "type": "message",
                "message_ts": ts,
                "channel_id": place.id,
                "is_ephemeral": hidden,
            },
            "channel": {"id": place.id, "name": "directmessage" if place.kind == "im" else place.name},
            "state": {"values": _message_state(shown, found, chosen)},
            "response_url": self._response_url(self.urls.issue(user.id, place.id, ts, ephemeral=hidden)),
            "actions": [entry],
        }
        if isinstance(shown, Message):  # Slack sends no copy of an ephemeral message
            payload["message"] = wire_message(shown)
        return await self.deliver(Delivery("interactive", payload))

    async def press_in_view(
        self, user_id: str, view_id: str, action_id: str, *, value: Any = None, block_id: str | None = None
    ) -> CommandResult:
        """Press a button or choose in a menu of a modal or of the Home tab."""
        user, view = self._person(user_id), self._view(user_id, view_id)
        found = _only(find_elements(view.definition["blocks"], action_id, block_id), action_id, view_id)
        payload = outgoing.interaction("block_actions", user, self.triggers.issue(user.id))
        entry = outgoing.action(found.element, found.block_id, value, self.workspace.next_ts())
        payload |= {
            "container": {"type": "view", "view_id": view.id},
            "view": wire_view(view),
            "actions": [entry],
        }
        return await self.deliver(Delivery("interactive", payload))

    # --- modals ---

    async def submit_view(
        self, user_id: str, view_id: str, values: Mapping[str, Mapping[str, Any]]
    ) -> CommandResult:
        """Fill in and submit a modal; `values` is block id → action id → what is entered or chosen.

        What is left out keeps its initial value, None empties it. `FormError`, naming each block, for what Slack
        checks itself: it does not let such a form go.
        """
        user, view = self._person(user_id), self._view(user_id, view_id)
        payload = outgoing.interaction("view_submission", user, self.triggers.issue(user.id))
        filled = _filled_in(view, values)
        self._only_people_here(filled)
        payload |= {"view": wire_view(view, filled), "response_urls": []}
        result = await self.deliver(Delivery("interactive", payload, takes_answer=True))
        if result.error is None and view_id in self.workspace.views:  # else it was closed meanwhile
            self.answers.submitted(view, result.ack_body)
        return result

    async def close_view(self, user_id: str, view_id: str) -> CommandResult | None:
        """Close a modal by its cross; the bot hears of it only if the view asked for that."""
        user, view = self._person(user_id), self._view(user_id, view_id)
        self.workspace.close_view(view.id)
        if not view.definition.get("notify_on_close"):
            return None
        payload = outgoing.interaction("view_closed", user)
        payload |= {"view": wire_view(view), "is_cleared": False}
        return await self.deliver(Delivery("interactive", payload))

    # --- events ---

    async def event(self, event: Mapping[str, Any], event_id: str | None = None) -> EventResult:
        """Send an event; if it is not acknowledged, once more at once. Later retries wait for `redeliver`."""
        known = event_id or f"Ev{next(self._numbers):08d}"
        now = self.workspace.now()
        envelope = outgoing.event_callback(event, known, now, self.workspace.next_ts())
        delivery = Delivery("events_api", envelope)
        result = EventResult(known, [await self.deliver(delivery)])
        self._unacknowledged[known] = (delivery, result)
        await self._retry(known)
        return result

    async def redeliver(self) -> list[EventResult]:
        """Send again every event that is not acknowledged, as Slack does after one and after five minutes."""
        waiting = list(self._unacknowledged)
        results = [self._unacknowledged[event_id][1] for event_id in waiting]
        for event_id in waiting:
            await self._retry(event_id)
        return results

    async def _retry(self, event_id: str) -> None:
        delivery, result = self._unacknowledged[event_id]
        if not self._settled(result):
            reason = _REASONS.get(result.attempts[-1].error or "", "http_error")
            result.attempts.append(await self.deliver(delivery.again(len(result.attempts), reason)))
        if self._settled(result):
            del self._unacknowledged[event_id]

    def _settled(self, result: EventResult) -> bool:
        latest = result.attempts[-1]
        return latest.acknowledged or latest.no_retry or len(result.attempts) > RETRIES

    async def verify_url(self) -> bool:
        """Send Slack's challenge to the bot's address; tell whether it comes back."""
        challenge = f"challenge-{next(self._numbers)}"
        payload = {"token": "verification", "challenge": challenge, "type": "url_verification"}
        result = await self.deliver(Delivery("events_api", payload))
        try:
            answer = json.loads(result.ack_body)
        except ValueError:
            return result.ack_body == challenge
        return isinstance(answer, dict) and answer.get("challenge") == challenge

    async def open_home(self, user_id: str) -> EventResult:
        """Open the app's Home tab as that person."""
        self._person(user_id)
        view_id = self.workspace.home.get(user_id)
        event: Json = {
            "type": "app_home_opened",
            "user": user_id,
            "channel": self.workspace.dm(user_id),
            "tab": "home",
        }
        if view_id is not None:
            event["view"] = wire_view(self.workspace.views[view_id])
        return await self.event(event)

    # --- finding ---

    def _only_people_here(self, filled: Json) -> None:
        """Raise NotFoundError for a person whom Slack's menus would not offer."""
        for block_id, held in filled.items():
            for state in held.values():
                for user_id in filter(None, [state.get("selected_user"), *state.get("selected_users", ())]):
                    user = self.workspace.users.get(user_id)
                    if user is None or user.deleted:
                        raise NotFoundError(
                            f"{block_id}: nobody with the id {user_id!r} is in this workspace"
                        )

    def _person(self, user_id: str) -> User:
        user = self.workspace.users.get(user_id)
        if user is None or user.deleted or user.is_bot:
            raise NotFoundError(f"user: nobody with the id {user_id!r} is in this workspace")
        return user

    def _place(self, name_or_id: str, user_id: str) -> Channel:
        channel = self.workspace.find_channel(name_or_id)
        if channel is None or (channel.kind != "public" and user_id not in channel.members):
            raise NotFoundError(f"channel: {user_id} sees no channel {name_or_id!r}")
        return channel

    def _view(self, user_id: str, view_id: str) -> View:
        view = self.workspace.views.get(view_id)
        if view is None or view.user != user_id:
            raise NotFoundError(f"view: {user_id} has no view {view_id!r} open")
        return view

    def _shown(self, channel: Channel, ts: str, user_id: str, *, stale: bool) -> Message | Ephemeral:
        shown = self.workspace.message(channel.id, ts) or self.workspace.ephemeral(user_id, ts)
        if shown is None and stale:
            return Message(ts, channel.id, BOT_USER, "")
        if shown is None or shown.channel != channel.id:
            raise NotFoundError(f"message: {channel.name} shows {user_id} no message {ts}")
        return shown

    def _response_url(self, token: str) -> str:
        return f"{self.base_url()}/actions/{TEAM_ID}/{APP_ID}/{token}"


def _element(
    shown: Message | Ephemeral, action_id: str, block_id: str | None, value: Any, *, stale: bool
) -> Found:
    blocks = [*shown.blocks, *(block for one in shown.attachments for block in one.get("blocks", []))]
    found = find_elements(blocks, action_id, block_id)
    if not found and stale:
        text = {"type": "plain_text", "text": action_id}
        button = {"type": "button", "action_id": action_id, "text": text}
        return Found(block_id or "stale", button if value is None else {**button, "value": value})
    if len(found) > 1 and isinstance(value, str):
        found = [one for one in found if value in _values_of(one.element)] or found
    return _only(found, action_id, shown.ts)


def _values_of(element: Mapping[str, Any]) -> list[Any]:
    """The values that a press of a button, or a choice in a menu, may send."""
    return [element.get("value"), *(option["value"] for option in options_of(element))]


def _only(found: list[Found], action_id: str, where: str) -> Found:
    if not found:
        raise NotFoundError(f"action_id: {where} shows no element {action_id!r} any more")
    if len(found) > 1:
        blocks = ", ".join(one.block_id for one in found)
        raise UsageError(
            f"action_id: {where} has {action_id!r} in several blocks; say which block_id: {blocks}"
        )
    return found[0]


def _message_state(shown: Message | Ephemeral, pressed: Found, value: Any) -> Json:
    """Return what the stateful elements of a message hold: the initial values, and what was just chosen."""
    values: Json = {}
    for block in with_block_ids(shown.blocks):
        for element in elements_of(block):
            if element["type"] in {"button", "image", "overflow"} or "action_id" not in element:
                continue
            entered = value if (block["block_id"], element) == (pressed.block_id, pressed.element) else None
            values.setdefault(block["block_id"], {})[element["action_id"]] = outgoing.state_of(
                element, entered
            )
    return values


def _filled_in(view: View, values: Mapping[str, Mapping[str, Any]]) -> Json:
    state: Json = {}
    problems: dict[str, str] = {}
    missing = set(values)
    for block in with_block_ids(view.definition["blocks"]):
        missing.discard(block["block_id"])
        entered = values.get(block["block_id"], {})
        for element in elements_of(block):
            action_id = element.get("action_id", "")
            if element["type"] in {"button", "image", "overflow"} or not (
                action_id or block["type"] == "input"
            ):
                continue
            value = entered.get(action_id)
            emptied = action_id in entered and value in (None, "", [])
            held = outgoing.state_of(element, value, emptied=emptied)
            wrong = problem(block, held)
            if wrong is not None:
                problems[block["block_id"]] = wrong
            state.setdefault(block["block_id"], {})[action_id] = held
    if missing:
        raise UsageError(f"values: the view has no block {', '.join(sorted(missing))}")
    if problems:
        raise FormError(problems)
    return state
