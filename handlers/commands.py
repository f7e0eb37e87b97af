"""Slash commands: acknowledged at once, answered ephemerally from consistent snapshots."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from bot.domain.facts import Named
from bot.errors import StorageError, UsageError
from bot.flow import people, queue, reports, sla_view, win_story, wins_view
from bot.flow.whose import Hidden, Several, person_meant
from bot.render import answers
from bot.render.agreement import agreement_words
from bot.render.explain import explain
from bot.render.leads import leads
from bot.render.pipeline import pipeline
from bot.render.sla import sla
from bot.render.text import plain_name
from bot.render.win_story import win_story as told_story
from bot.render.wins import wins
from handlers.command_words import ADD, HELP, Somebody, Typed, about, about_wins, first_word
from handlers.win_actions import open_by_hand

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from slack_bolt.async_app import AsyncApp
    from slack_sdk.web.async_client import AsyncWebClient

    from bot.flow.ports import Office
    from bot.flow.queue import Whose
    from bot.render.message import Payload

_NOT_LINKED: Final = (
    "Slack does not show me the e-mail address of your account, so I cannot tell which {what} are yours. "
    "An admin can grant the scope users:read.email."
)
_HIDDEN: Final = (
    "Slack does not show me the e-mail address of that account, so I cannot tell which {what} are theirs. "
    "Please give their e-mail address, or an admin can grant the scope users:read.email."
)
_PEOPLE_NAMED: Final = 5


@dataclass(frozen=True, slots=True)
class Command:
    """A slash command as the manifest and the help show it."""

    name: str
    description: str
    usage: str


COMMANDS: Final = (
    Command("leads", "Leads that wait for a contact, the most urgent first", "[mine|team|@rep]"),
    Command("pipeline", "Open deals by stage: count, amount, weighted", "[mine|team|@rep]"),
    Command(
        "sla",
        "First contacts in time, late and at risk; one lead's clock explained; what was agreed",
        "[mine|team|@rep] [week|month|quarter] · explain LEAD · agreement",
    ),
    Command(
        "wins",
        "Wins, both sides' credit, progress to the goal; how the credit of one deal was found",
        "[today|week|month|quarter] [@rep|asset] · explain DEAL · add",
    ),
)
_USAGE: Final = {command.name: command.usage for command in COMMANDS}


class _Said(Exception):  # noqa: N818  # not a failure: the answer is found before the figures are
    """The answer is a sentence."""

    def __init__(self, payload: Payload) -> None:
        super().__init__(payload.text)
        self.payload = payload


def register(app: AsyncApp, office: Office, prefix: str) -> None:
    """Listen to the commands, named as the manifest names them."""
    for command in COMMANDS:
        _listen(app, office, command, f"/{prefix}{command.name}")


def _listen(app: AsyncApp, office: Office, known: Command, name: str) -> None:
    @app.command(name)
    async def on_command(
        ack: Callable[[], Awaitable[Any]], command: dict[str, Any], client: AsyncWebClient, respond: Any
    ) -> None:
        await ack()
        typed = Typed(name, command.get("text") or "", command["user_id"])
        payload: Payload | None
        if known.name == "wins" and first_word(typed.text) == (ADD, ""):
            payload = await open_by_hand(client, command["trigger_id"], office, typed.slack_id)
        else:
            payload = await answer(office, known, typed)
        if payload is not None:
            await respond(**payload.as_dict(), response_type="ephemeral")


async def answer(office: Office, command: Command, typed: Typed) -> Payload:
    """The answer to a command: figures, or a sentence that says what the command understands."""
    if typed.text.strip().casefold() == HELP:
        return answers.said(f"{command.description}. Try: {typed.command} {command.usage}")
    try:
        return await _ANSWERS[command.name](office, typed)
    except _Said as said:
        return said.payload
    except UsageError:
        return answers.unknown_words(typed.text, f"{typed.command} {command.usage}")
    except StorageError:
        return answers.busy()


async def _leads(office: Office, typed: Typed) -> Payload:
    said = about(typed.text)
    reader = queue.Reader(typed.slack_id, await _known_email(office, typed))
    whose: Whose
    if said.whose is None:
        whose = await queue.whose_queue(office, reader)
    elif isinstance(said.whose, Somebody):
        whose = await _person(office, typed, said.whose, "leads")
    else:
        whose = said.whose
    if whose == "mine" and reader.email is None:
        reader = queue.Reader(typed.slack_id, await _own_email(office, typed, "leads"))
    return leads(await queue.queue_view(office, whose, reader))


async def _pipeline(office: Office, typed: Typed) -> Payload:
    whose = about(typed.text).whose or "team"
    if isinstance(whose, Somebody):
        person = await _person(office, typed, whose, "deals")
        return pipeline(await reports.pipeline_view(office, person.email, plain_name(person)))
    email = await _own_email(office, typed, "deals") if whose == "mine" else None
    return pipeline(await reports.pipeline_view(office, email, whose))


async def _sla(office: Office, typed: Typed) -> Payload:
    word, rest = first_word(typed.text)
    if word == "agreement" and not rest:
        return agreement_words(*await sla_view.agreed(office))
    if word == "explain":
        return explain(await sla_view.explained(office, rest))
    said = about(typed.text, spans=True)
    whose = said.whose or "team"
    span = said.span or "month"
    if isinstance(whose, Somebody):
        person = await _person(office, typed, whose, "leads")
        return sla(await sla_view.sla_view(office, person, person.email, span))
    email = await _own_email(office, typed, "leads") if whose == "mine" else None
    return sla(await sla_view.sla_view(office, whose, email, span))


async def _wins(office: Office, typed: Typed) -> Payload:
    word, rest = first_word(typed.text)
    if word == "explain":
        return told_story(await win_story.explained(office, rest))
    said = about_wins(typed.text)
    span = said.span or "month"
    if isinstance(said.whose, Somebody):
        source = None if said.whose.is_meant else await wins_view.source_meant(office, said.whose.words)
        if source is not None:
            return wins(await wins_view.wins_view(office, source, None, span))
        person = await _person(office, typed, said.whose, "wins")
        return wins(await wins_view.wins_view(office, person, person.email, span))
    if said.whose == "mine":
        return wins(await wins_view.wins_view(office, "mine", await _own_email(office, typed, "wins"), span))
    return wins(await wins_view.wins_view(office, "team", None, span))


_ANSWERS: Final[Mapping[str, Callable[[Office, Typed], Awaitable[Payload]]]] = {
    "leads": _leads,
    "pipeline": _pipeline,
    "sla": _sla,
    "wins": _wins,
}


async def _own_email(office: Office, typed: Typed, what: str) -> str:
    """The asker's address."""
    email = await people.who_is(office, typed.slack_id)
    if email is None:
        raise _Said(answers.said(_NOT_LINKED.format(what=what)))
    return email


async def _known_email(office: Office, typed: Typed) -> str | None:
    """The asker's address, where it can be found now."""
    try:
        return await people.who_is(office, typed.slack_id)
    except StorageError:
        return None


async def _person(office: Office, typed: Typed, meant: Somebody, what: str) -> Named:
    """The person whom the asker means. Raises UsageError for words that are no person's."""
    found = await person_meant(office, meant.words)
    if isinstance(found, Named):
        return found
    if isinstance(found, Hidden):
        raise _Said(answers.said(_HIDDEN.format(what=what)))
    if isinstance(found, Several):
        raise _Said(answers.said(_which_one(meant, found)))
    if meant.is_meant:
        raise _Said(answers.nothing_found(meant.words))
    raise UsageError(typed.text)


def _which_one(meant: Somebody, found: Several) -> str:
    shown = [one.email for one in found.people[:_PEOPLE_NAMED]]
    more = len(found.people) - len(shown)
    named = ", ".join(shown) + (f" and {more} more" if more > 0 else "")
    return f"Several people are called “{meant.words}”. Please give one of their e-mail addresses: {named}"
