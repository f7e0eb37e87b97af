"""Slash commands: acknowledged at once, answered ephemerally from one consistent snapshot."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from bot.errors import StorageError, UsageError
from bot.flow import people, reports
from bot.render import answers
from bot.render.pipeline import pipeline

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from slack_bolt.async_app import AsyncApp

    from bot.flow.ports import Office
    from bot.render.message import Payload

PIPELINE_USAGE: Final = "[mine|team]"
_NOT_LINKED: Final = (
    "Slack does not show me the e-mail address of your account, so I cannot tell which deals are yours. "
    "An admin can grant the scope users:read.email."
)


@dataclass(frozen=True, slots=True)
class Command:
    """A slash command as the manifest and the help show it."""

    name: str
    description: str
    usage: str


COMMANDS: Final = (Command("pipeline", "Open deals by stage: count, amount, weighted", PIPELINE_USAGE),)


@dataclass(frozen=True, slots=True)
class PipelineWords:
    """What was typed behind `/pipeline`."""

    mine: bool


def parse_pipeline(text: str) -> PipelineWords:
    """Read the words behind `/pipeline`. Raises UsageError for words it does not know."""
    words = text.split()
    if len(words) > 1 or (words and words[0].casefold() not in {"mine", "team"}):
        raise UsageError(text)
    return PipelineWords(mine=bool(words) and words[0].casefold() == "mine")


def register(app: AsyncApp, office: Office, prefix: str) -> None:
    """Listen to the commands, named as the manifest names them."""

    @app.command(f"/{prefix}pipeline")
    async def on_pipeline(ack: Callable[[], Awaitable[Any]], command: dict[str, Any], respond: Any) -> None:
        await ack()
        payload = await answer_pipeline(
            office, command.get("text") or "", command["user_id"], f"/{prefix}pipeline"
        )
        await respond(**payload.as_dict(), response_type="ephemeral")


async def answer_pipeline(office: Office, text: str, slack_id: str, name: str) -> Payload:
    """The answer to `/pipeline`: figures, or a sentence that says what the command understands."""
    try:
        words = parse_pipeline(text)
    except UsageError:
        return answers.unknown_words(text, f"{name} {PIPELINE_USAGE}")
    try:
        email = await people.who_is(office, slack_id) if words.mine else None
        if words.mine and email is None:
            return answers.said(_NOT_LINKED)
        return pipeline(await reports.pipeline_view(office, email, "mine" if words.mine else "team"))
    except StorageError:
        return answers.busy()
