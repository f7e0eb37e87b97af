"""One place for what goes wrong in a listener: a reference for the person, the whole story for the log."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from bot.logs import log_of
from bot.render import answers

if TYPE_CHECKING:
    from slack_bolt.async_app import AsyncApp
    from slack_bolt.response import BoltResponse

_log = log_of(__name__)


def register(app: AsyncApp) -> None:
    """Listen to the errors of all listeners."""

    @app.error
    async def on_error(error: Exception, respond: Any) -> BoltResponse | None:
        reference = secrets.token_hex(4)
        _log.error("a listener failed", extra={"reference": reference}, exc_info=error)
        if respond is not None and respond.response_url:
            await respond(
                **answers.failed(reference).as_dict(), response_type="ephemeral", replace_original=False
            )
        return None
