"""Buttons: one flow call, then the acknowledgement; the message itself is corrected through the outbox."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final

from bot.errors import StorageError
from bot.flow import answers as flow
from bot.flow.answers import Press
from bot.render import answers
from bot.render.nudge import ACTION

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from slack_bolt.async_app import AsyncApp

    from bot.flow.ports import Office
    from bot.render.message import Payload

ACK_AFTER: Final = 2.0
"""Seconds that storing a press may take before it is acknowledged all the same: Slack waits for three."""


def register(app: AsyncApp, office: Office, outbox_filled: Callable[[], None]) -> None:
    """Listen to the button of the reminders."""

    @app.action(ACTION)
    async def on_contacted(
        ack: Callable[[], Awaitable[Any]], action: dict[str, Any], body: dict[str, Any], respond: Any
    ) -> None:
        answering = asyncio.create_task(
            press_contacted(office, action.get("value") or "", body["user"]["id"])
        )
        await asyncio.wait({answering}, timeout=ACK_AFTER)
        await ack()
        said = await answering
        outbox_filled()
        if said is not None:
            await respond(**said.as_dict(), response_type="ephemeral", replace_original=False)


async def press_contacted(office: Office, ref: str, slack_id: str) -> Payload | None:
    """Take a press of `Contacted`; returns a private sentence where the press changed nothing."""
    try:
        result = await flow.answer_contacted(office, Press(ref, slack_id))
    except StorageError:
        return answers.busy()
    sentences = {"already": answers.already_answered, "not yours": answers.not_yours, "gone": answers.gone}
    return sentences[result]() if result in sentences else None
