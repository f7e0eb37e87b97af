"""Forms: opened by a menu or a button, read when they come back, answered by one flow call."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from aiohttp import ClientError
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.domain.answering import KINDS, OUTCOMES, Faulty, LeadForm, Logged, Press, Result
from bot.errors import StorageError
from bot.flow import answers as flow
from bot.logs import log_of
from bot.render import answers, forms
from bot.render.forms import FORMS, VALUE
from bot.render.nudge import MENU, OFFER_ACTION
from handlers import lists

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine, Mapping

    from slack_bolt.async_app import AsyncApp
    from slack_sdk.web.async_client import AsyncWebClient

    from bot.flow.ports import Office
    from bot.render.forms import Form, View
    from bot.render.message import Payload
    from handlers.lists import Place

OPEN_AFTER: Final = 1.0
"""Seconds that a form's facts may take before a view is opened all the same: a trigger lives for three."""
ACK_AFTER: Final = 2.0
"""Seconds that storing an answer may take before it is acknowledged all the same: Slack waits for three."""
AFTER_ACK: Final = 0.5
"""Seconds between an acknowledgement that shows one view and the call that shows the next: in this order."""
TRIES: Final = (0.0, 1.0, 3.0)
"""Seconds before each try to change an open view; the same change twice is the same view."""

_ENTRIES: Final[Mapping[str, Form]] = {  # what the value of a menu's entry begins with
    "log": "log_details",
    "snooze": "snooze",
    "hand_over": "hand_over",
    "not_a_fit": "not_a_fit",
}
_PASSING: Final = frozenset({"ratelimited", "internal_error", "fatal_error", "service_unavailable"})

_log = log_of(__name__)


def register(app: AsyncApp, office: Office, outbox_filled: Callable[[], None]) -> None:
    """Listen to what opens a form, and to the forms themselves."""

    @app.action(MENU)
    async def on_menu(
        ack: Callable[[], Awaitable[Any]],
        action: dict[str, Any],
        body: dict[str, Any],
        client: AsyncWebClient,
        respond: Any,
    ) -> None:
        await ack()
        entry, _, ref = ((action.get("selected_option") or {}).get("value") or "").partition(":")
        name = _ENTRIES.get(entry)
        said = (
            answers.unchanged("gone")
            if name is None
            else await open_form(
                office,
                name,
                Press(ref, body["user"]["id"]),
                Views(client, lists.place_of(body)),
                body["trigger_id"],
            )
        )
        if said is not None:
            await respond(**said.as_dict(), response_type="ephemeral", replace_original=False)

    @app.action(OFFER_ACTION)
    async def on_hand_over(
        ack: Callable[[], Awaitable[Any]],
        action: dict[str, Any],
        body: dict[str, Any],
        client: AsyncWebClient,
        respond: Any,
    ) -> None:
        await ack()
        press = Press(action.get("value") or "", body["user"]["id"])
        views = Views(client, lists.place_of(body))
        said = await open_form(office, "hand_over", press, views, body["trigger_id"])
        if said is not None:
            await respond(**said.as_dict(), response_type="ephemeral", replace_original=False)

    async def list_again(answer: Settled | Refused | Ended, view: View, slack_id: str) -> None:
        if not isinstance(answer, Refused):
            await lists.draw_again(office, lists.place_in(view), slack_id)

    async def on_submission(
        ack: Callable[..., Awaitable[Any]], body: dict[str, Any], client: AsyncWebClient
    ) -> None:
        view, slack_id = body["view"], body["user"]["id"]
        storing = asyncio.create_task(submit(office, view, slack_id))
        await asyncio.wait({storing}, timeout=ACK_AFTER)
        if storing.done():
            await ack(**storing.result().acknowledgement(view))
            outbox_filled()
            await list_again(storing.result(), view, slack_id)
            return
        await ack(response_action="update", view=forms.taking_longer(_title(view)))
        answer = await storing
        outbox_filled()
        await asyncio.sleep(AFTER_ACK)
        await Views(client).update(view["id"], answer.view(view))
        await list_again(answer, view, slack_id)

    for name in FORMS:
        app.view(name)(on_submission)


class Views:
    """The views of somebody's screen. No method raises for what Slack, or the way to it, does.

    A form that was opened from a list of leads carries the list's `place`.
    """

    def __init__(self, client: AsyncWebClient, place: Place | None = None) -> None:
        self._client = client
        self._place = place

    async def open(self, trigger_id: str, view: View) -> dict[str, Any] | None:
        """Open a view, once: the trigger is spent whatever comes of it. The view as Slack holds it, or None."""
        try:
            shown = lists.carrying(view, self._place)
            return dict((await self._client.views_open(trigger_id=trigger_id, view=shown))["view"])
        except (SlackClientError, ClientError, OSError, ValueError) as error:
            _log.warning("a form could not be opened", extra={"reason": _reason(error)})
            return None

    async def update(self, view_id: str, view: View, known: str | None = None) -> None:
        """Change an open view; only if it still is the one with the hash `known`, where that is given.

        A view that was closed meanwhile stays closed.
        """
        for pause in TRIES:
            await asyncio.sleep(pause)
            try:
                shown = lists.carrying(view, self._place)
                await self._client.views_update(view_id=view_id, view=shown, hash=known)
            except (SlackClientError, ClientError, OSError, ValueError) as error:
                reason = _reason(error)
                _log.warning("an open form could not be changed", extra={"reason": reason})
                if isinstance(error, SlackApiError) and reason not in _PASSING:
                    return
            else:
                return


async def open_form(
    office: Office, name: Form, press: Press, views: Views, trigger_id: str
) -> Payload | None:
    """Open a form about a lead; returns a private sentence where none was opened.

    A trigger lives for three seconds, so facts that take longer than `OPEN_AFTER` come into a view that is open by
    then.
    """
    return await open_drawn(_drawn(office, name, press), views, trigger_id, forms.opening(name), FORMS[name])


async def open_drawn(
    drawing: Coroutine[Any, Any, View | str], views: Views, trigger_id: str, opening: View, title: str
) -> Payload | None:
    """Open what is drawn, or `opening` until it is; returns a private sentence where nothing was opened.

    A sentence in place of a view is said under `title` where a view is open by then, else privately.
    """
    asking = asyncio.create_task(drawing)
    await asyncio.wait({asking}, timeout=OPEN_AFTER)
    if asking.done():
        found = asking.result()
        if isinstance(found, str):
            return answers.said(found)
        return None if await views.open(trigger_id, found) else answers.not_opened()
    opened = await views.open(trigger_id, opening)
    found = await asking
    if opened is None:
        return answers.said(found) if isinstance(found, str) else answers.not_opened()
    shown = forms.said(title, found) if isinstance(found, str) else found
    await views.update(opened["id"], shown, opened["hash"])
    return None


async def _drawn(office: Office, name: Form, press: Press) -> View | str:
    """The form, or the sentence that stands in its place."""
    try:
        facts = await flow.form_for(office, press)
    except StorageError:
        return answers.BUSY
    return forms.form(name, facts) if isinstance(facts, LeadForm) else answers.UNCHANGED[facts]


# --- submissions ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Settled:
    """The answer was taken."""

    def acknowledgement(self, _view: Mapping[str, Any]) -> dict[str, Any]:
        """Close the form."""
        return {}

    def view(self, view: Mapping[str, Any]) -> View:
        """What is said where the form is gone already."""
        return forms.noted(_title(view))


@dataclass(frozen=True, slots=True)
class Refused:
    """The answer cannot be taken as it is; the form stays, with the sentence at that block."""

    block_id: str
    sentence: str

    def acknowledgement(self, view: Mapping[str, Any]) -> dict[str, Any]:
        """The sentence at its input; at the first where the form has no such input."""
        inputs = [block["block_id"] for block in view["blocks"] if block["type"] == "input"]
        place = self.block_id if self.block_id in inputs else inputs[0]
        return {"response_action": "errors", "errors": {place: self.sentence}}

    def view(self, view: Mapping[str, Any]) -> View:
        """The form once more, holding what was entered."""
        return forms.again(view, self.sentence)


@dataclass(frozen=True, slots=True)
class Ended:
    """There is nothing left to answer."""

    sentence: str

    def acknowledgement(self, view: Mapping[str, Any]) -> dict[str, Any]:
        """The sentence in place of the form."""
        return {"response_action": "update", "view": self.view(view)}

    def view(self, view: Mapping[str, Any]) -> View:
        """The sentence in place of the form."""
        return forms.said(_title(view), self.sentence)


async def submit(office: Office, view: Mapping[str, Any], slack_id: str) -> Settled | Refused | Ended:
    """Take a form as Slack sends it."""
    entered = Entered(view["state"]["values"])
    press = Press(lists.ref_in(view), slack_id)
    try:
        result = await _TAKEN[view["callback_id"]](office, press, entered)
    except StorageError:
        return Refused("", answers.BUSY)
    if isinstance(result, Faulty):
        return Refused(entered.block_of(result), result.sentence)
    sentence = answers.UNCHANGED.get(result)
    return Settled() if sentence is None else Ended(sentence)


class Entered:
    """What somebody entered in a form: the state of Slack's inputs, read by block id."""

    def __init__(self, values: Mapping[str, Mapping[str, Any]]) -> None:
        self._values = values

    def text(self, block_id: str) -> str | None:
        """A text without the space around it; None if there is none."""
        return str(self._state(block_id).get("value") or "").strip() or None

    def choice(self, block_id: str) -> str | None:
        """The value of the option chosen."""
        chosen = (self._state(block_id).get("selected_option") or {}).get("value")
        return str(chosen) if chosen else None

    def instant(self, block_id: str) -> datetime | None:
        """A date and time, in UTC; also one that was offered as an option."""
        seconds = self._state(block_id).get("selected_date_time") or self.choice(block_id)
        return datetime.fromtimestamp(int(seconds), UTC) if seconds else None

    def person(self, block_id: str) -> str | None:
        """The Slack account chosen."""
        chosen = self._state(block_id).get("selected_user")
        return str(chosen) if chosen else None

    def block_of(self, faulty: Faulty) -> str:
        """The input in which a faulty field was entered."""
        return forms.EXACT if faulty.field == "until" and self.instant(forms.EXACT) else faulty.field

    def _state(self, block_id: str) -> Mapping[str, Any]:
        return (self._values.get(block_id) or {}).get(VALUE) or {}


async def _log_details(office: Office, press: Press, entered: Entered) -> Result | Faulty:
    logged = read_log(entered)
    return logged if isinstance(logged, Faulty) else await flow.log_details(office, press, logged)


def read_log(entered: Entered) -> Logged | Faulty:
    """What `Log details` holds."""
    kind = next((one for one in KINDS if one == entered.choice("kind")), None)
    outcome = next((one for one in OUTCOMES if one == entered.choice("outcome")), None)
    at = entered.instant("at")
    if kind is None:
        return Faulty("kind", "Choose what it was.")
    if outcome is None:
        return Faulty("outcome", "Choose how it went.")
    if at is None:
        return Faulty("at", "Choose when it was.")
    return Logged(
        kind, outcome, at, entered.text("note"), entered.text("next_step"), entered.instant("call_back_at")
    )


async def _snooze(office: Office, press: Press, entered: Entered) -> Result | Faulty:
    until = entered.instant(forms.EXACT) or entered.instant("until")
    if until is None:
        return Faulty("until", "Choose a time.")
    return await flow.snooze(office, press, until)


async def _hand_over(office: Office, press: Press, entered: Entered) -> Result | Faulty:
    person = entered.person("person")
    if person is None:
        return Faulty("person", "Choose who is to have the lead.")
    return await flow.hand_over(office, press, person, entered.text("reason"))


async def _not_a_fit(office: Office, press: Press, entered: Entered) -> Result | Faulty:
    reason = entered.choice("reason")
    if reason is None:
        return Faulty("reason", "Choose a reason.")
    return await flow.not_a_fit(office, press, reason, entered.text("words"))


_TAKEN: Final[Mapping[str, Callable[[Office, Press, Entered], Awaitable[Result | Faulty]]]] = {
    "log_details": _log_details,
    "snooze": _snooze,
    "hand_over": _hand_over,
    "not_a_fit": _not_a_fit,
}


def _title(view: Mapping[str, Any]) -> str:
    return FORMS[view["callback_id"]]


def _reason(error: Exception) -> str:
    data = error.response.data if isinstance(error, SlackApiError) else None
    code = data.get("error") if isinstance(data, dict) else None
    return str(code) if code else type(error).__name__
