"""Buttons that are answers by themselves: one flow call, then the acknowledgement.

The message itself is corrected through the outbox.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final

from bot.domain.answering import Press
from bot.errors import StorageError
from bot.flow import answers as flow
from bot.render import answers
from bot.render.handover import ACCEPT_ACTION, DECLINE_ACTION
from bot.render.nudge import ACTION, UNDO_ACTION
from handlers import lists

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from slack_bolt.async_app import AsyncApp

    from bot.domain.answering import Result
    from bot.flow.ports import Office
    from bot.render.message import Payload

ACK_AFTER: Final = 2.0
"""Seconds that storing a press may take before it is acknowledged all the same: Slack waits for three."""
PRESSES: Final[Mapping[str, Callable[[Office, Press], Awaitable[Result]]]] = {
    ACTION: flow.answer_contacted,
    UNDO_ACTION: flow.undo,
    ACCEPT_ACTION: flow.accept,
    DECLINE_ACTION: flow.decline,
}
"""The buttons by their action ids; their values are references of ours."""


def register(app: AsyncApp, office: Office, outbox_filled: Callable[[], None]) -> None:
    """Listen to the buttons of the messages."""

    async def on_press(
        ack: Callable[[], Awaitable[Any]], action: dict[str, Any], body: dict[str, Any], respond: Any
    ) -> None:
        pressed = Press(action.get("value") or "", body["user"]["id"])
        answering = asyncio.create_task(press(office, action["action_id"], pressed))
        await asyncio.wait({answering}, timeout=ACK_AFTER)
        await ack()
        said = await answering
        outbox_filled()
        if said is not None:
            await respond(**said.as_dict(), response_type="ephemeral", replace_original=False)
        await lists.draw_again(office, lists.place_of(body), pressed.slack_id)

    for action_id in PRESSES:
        app.action(action_id)(on_press)


async def press(office: Office, action_id: str, pressed: Press) -> Payload | None:
    """Take a press; returns a private sentence where it changed nothing."""
    try:
        result = await PRESSES[action_id](office, pressed)
    except StorageError:
        return answers.busy()
    return answers.unchanged(result)
