"""What people do with a win: say what is missing, confirm or decline that, say thanks, enter one by hand, merge two.

Forms open before their facts take too long, and what comes back is answered by one flow call.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from bot.domain import claiming
from bot.domain.answering import Press
from bot.domain.claiming import ByHand, Faulty, Proposal, WinForm
from bot.domain.when import zone_named
from bot.errors import StorageError
from bot.flow import by_hand, claims, thanks
from bot.flow.claims import Asked, Nobody
from bot.render import answers, forms, win_forms
from bot.render.claim import CONFIRM_ACTION, DECLINE_ACTION, KEEP_ACTION, MERGE_ACTION
from bot.render.win_forms import ADD, MISSING_ACTION, THANKS_ACTION, TITLES
from handlers.forms import ACK_AFTER, AFTER_ACK, Refused, Settled, Views, open_drawn
from handlers.forms import Entered as Inputs

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from slack_bolt.async_app import AsyncApp
    from slack_sdk.web.async_client import AsyncWebClient

    from bot.flow.ports import Office
    from bot.render.forms import View
    from bot.render.message import Payload
    from bot.render.win_forms import Form

_FORMS: Final[Mapping[str, tuple[Form, Callable[[WinForm], View]]]] = {
    MISSING_ACTION: ("claim_form", win_forms.claim_form),
    THANKS_ACTION: ("thanks_form", win_forms.thanks_form),
}
"""The buttons of a card, and the choices of a list of wins, by their action ids, with the form that each opens."""
_PRESSES: Final[Mapping[str, Callable[[Office, Press], Awaitable[str]]]] = {
    CONFIRM_ACTION: claims.confirm,
    DECLINE_ACTION: claims.decline,
    MERGE_ACTION: by_hand.merge,
    KEEP_ACTION: by_hand.keep_both,
}
"""The buttons that are answers by themselves."""
_UNCHANGED: Final[Mapping[str, str]] = {
    "already": win_forms.SETTLED,
    "not asked": win_forms.NOT_ASKED,
    "not won": win_forms.NOT_WON,
    "gone": win_forms.GONE,
}
_PROPOSED: Final[Mapping[str, str]] = {
    "already": win_forms.ALREADY_ASKED,
    "credited": win_forms.CREDITED,
    "gone": win_forms.GONE,
}
_ENTERED: Final[Mapping[str, str]] = {
    "stored": win_forms.ENTERED,
    "already": win_forms.ENTERED_ALREADY,
    "too many": win_forms.TOO_MANY,
}


def register(
    app: AsyncApp, office: Office, outbox_filled: Callable[[], None], events_stored: Callable[[], None]
) -> None:
    """Listen to the buttons of cards and questions, to the shortcut, and to the forms.

    `outbox_filled` and `events_stored` wake what delivers and what applies.
    """

    def something_to_do() -> None:
        outbox_filled()
        events_stored()

    _listen_to_openers(app, office)
    _listen_to_answers(app, office, something_to_do)


def _listen_to_openers(app: AsyncApp, office: Office) -> None:
    async def on_button(
        ack: Callable[[], Awaitable[Any]],
        action: dict[str, Any],
        body: dict[str, Any],
        client: AsyncWebClient,
        respond: Any,
    ) -> None:
        await ack()
        name, draw = _FORMS[action["action_id"]]
        chosen = action.get("value") or (action.get("selected_option") or {}).get("value")
        press = Press(chosen or "", body["user"]["id"])
        said = await open_drawn(
            _drawn(office, press, draw),
            Views(client),
            body["trigger_id"],
            win_forms.opening(name),
            TITLES[name],
        )
        if said is not None:
            await respond(**said.as_dict(), response_type="ephemeral", replace_original=False)

    async def on_shortcut(
        ack: Callable[[], Awaitable[Any]], body: dict[str, Any], client: AsyncWebClient
    ) -> None:
        await ack()
        await open_by_hand(client, body["trigger_id"], office, body["user"]["id"])

    for action_id in _FORMS:
        app.action(action_id)(on_button)
    app.shortcut(ADD)(on_shortcut)


def _listen_to_answers(app: AsyncApp, office: Office, something_to_do: Callable[[], None]) -> None:
    async def on_press(
        ack: Callable[[], Awaitable[Any]], action: dict[str, Any], body: dict[str, Any], respond: Any
    ) -> None:
        pressed = Press(action.get("value") or "", body["user"]["id"])
        answering = asyncio.create_task(press(office, action["action_id"], pressed))
        await asyncio.wait({answering}, timeout=ACK_AFTER)
        await ack()
        said = await answering
        something_to_do()
        if said is not None:
            await respond(**said.as_dict(), response_type="ephemeral", replace_original=False)

    async def on_submission(
        ack: Callable[..., Awaitable[Any]], body: dict[str, Any], client: AsyncWebClient
    ) -> None:
        view = body["view"]
        storing = asyncio.create_task(submit(office, view, body["user"]["id"]))
        await asyncio.wait({storing}, timeout=ACK_AFTER)
        if storing.done():
            await ack(**storing.result().acknowledgement(view))
        else:
            await ack(response_action="update", view=forms.taking_longer(_title(view)))
            answer = await storing
            await asyncio.sleep(AFTER_ACK)
            await Views(client).update(view["id"], answer.view(view))
        something_to_do()

    for action_id in _PRESSES:
        app.action(action_id)(on_press)
    for name in TITLES:
        app.view(name)(on_submission)


async def open_by_hand(
    client: AsyncWebClient, trigger_id: str, office: Office, slack_id: str
) -> Payload | None:
    """Open the form for a win by hand; returns a private sentence where Slack opened none."""
    view = win_forms.hand_form(by_hand.form_for(office, slack_id))
    return None if await Views(client).open(trigger_id, view) else answers.not_opened()


async def press(office: Office, action_id: str, pressed: Press) -> Payload | None:
    """Take a press; returns a private sentence where it changed nothing."""
    try:
        result = await _PRESSES[action_id](office, pressed)
    except StorageError:
        return answers.busy()
    sentence = _UNCHANGED.get(result)
    return None if sentence is None else answers.said(sentence)


async def _drawn(office: Office, press: Press, draw: Callable[[WinForm], View]) -> View | str:
    """The form, or the sentence that stands in its place."""
    try:
        facts = await claims.form_for(office, press)
    except StorageError:
        return answers.BUSY
    return draw(facts) if isinstance(facts, WinForm) else win_forms.GONE


# --- submissions ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Told:
    """There is nothing more to enter; a sentence stands in place of the form."""

    sentence: str

    def acknowledgement(self, view: Mapping[str, Any]) -> dict[str, Any]:
        """The sentence in place of the form."""
        return {"response_action": "update", "view": self.view(view)}

    def view(self, view: Mapping[str, Any]) -> View:
        """The sentence in place of the form."""
        return forms.said(_title(view), self.sentence)


@dataclass(frozen=True, slots=True)
class Thanked(Settled):
    """The thanks are kept; the card shows them."""

    def view(self, view: Mapping[str, Any]) -> View:
        """What is said where the form is gone already."""
        return forms.said(_title(view), "Done. The card shows your thanks.")


class Entered(Inputs):
    """What somebody entered in a form about a win."""

    def day(self, block_id: str) -> date | None:
        """A day alone."""
        chosen = self._state(block_id).get("selected_date")
        return date.fromisoformat(chosen) if chosen else None

    def people(self, block_id: str) -> list[str]:
        """The Slack accounts chosen, each once."""
        return list(dict.fromkeys(str(one) for one in self._state(block_id).get("selected_users") or ()))


async def submit(office: Office, view: Mapping[str, Any], slack_id: str) -> Told | Settled | Refused:
    """Take a form as Slack sends it."""
    entered = Entered(view["state"]["values"])
    press = Press(str(view.get("private_metadata") or ""), slack_id)
    try:
        result = await _TAKEN[view["callback_id"]](office, press, entered)
    except StorageError:
        return Refused("", answers.BUSY)
    return Refused(result.field, result.sentence) if isinstance(result, Faulty) else result


async def _claim(office: Office, press: Press, entered: Entered) -> Told | Faulty:
    proposal = claiming.read_proposal(
        entered.choice("what"),
        entered.text("name"),
        entered.person("person"),
        entered.day("day"),
        entered.text("why"),
        _today(office),
    )
    if not isinstance(proposal, Proposal):
        return proposal
    made = await claims.propose(office, press, proposal)
    if isinstance(made, Faulty):
        return made
    if isinstance(made, Asked):
        return Told(win_forms.asked(made.side))
    return Told(win_forms.nobody(made.side) if isinstance(made, Nobody) else _PROPOSED[made])


async def _thanks(office: Office, press: Press, entered: Entered) -> Told | Settled | Faulty:
    made = await thanks.thank(office, press, entered.people("people"), entered.text("words"))
    if isinstance(made, Faulty):
        return made
    return Thanked() if made == "settled" else Told(win_forms.GONE)


async def _by_hand(office: Office, press: Press, entered: Entered) -> Told | Faulty:
    win = claiming.read_by_hand(
        entered.text("customer"),
        entered.text("amount"),
        entered.text("currency"),
        entered.person("rep"),
        entered.people("contributors"),
        entered.text("assets"),
        entered.day("day"),
        _today(office),
    )
    if not isinstance(win, ByHand):
        return win
    made = await by_hand.enter(office, press, win)
    return made if isinstance(made, Faulty) else Told(_ENTERED[made])


_TAKEN: Final[Mapping[str, Callable[[Office, Press, Entered], Awaitable[Told | Settled | Faulty]]]] = {
    "claim_form": _claim,
    "thanks_form": _thanks,
    "add_win": _by_hand,
}


def _today(office: Office) -> date:
    """The present day in the agreement's zone."""
    return office.clock.now().astimezone(zone_named(office.agreement.timezone)).date()


def _title(view: Mapping[str, Any]) -> str:
    return str(view["title"]["text"])
