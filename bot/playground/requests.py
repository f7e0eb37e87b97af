"""What the page is given to work with: sample events, the way they are sent, commands, reasons, moves of the clock."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

if TYPE_CHECKING:
    from bot.flow.reasons import Reason


@dataclass(frozen=True, slots=True)
class Sample:
    """An event a person may send from the page; `build` makes a fresh body for it."""

    name: str
    description: str
    build: Callable[[], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Sent:
    """One event that was sent to the bot.

    `request` is the request as it went over the line: `POST /path HTTP/1.1`, a line for each header (`webhook-id`,
    `webhook-timestamp`, `webhook-signature` among them), an empty line, the body. `status` and `answer` are what came
    back, the body as text.
    """

    request: str
    status: int
    answer: str


@dataclass(frozen=True, slots=True)
class Move:
    """A way to move the clock: the page shows `name` on a button, and `description` beside it."""

    name: str
    description: str
    act: Callable[[], Awaitable[None]]


class NamedCommand(Protocol):
    """A slash command as the manifest shows it; `name` goes with or without its slash."""

    @property
    def name(self) -> str:
        """The word behind the slash."""
        ...

    @property
    def description(self) -> str:
        """What it does."""
        ...

    @property
    def usage(self) -> str:
        """What may be typed behind it."""
        ...


SendEvent: TypeAlias = Callable[[dict[str, Any]], Awaitable[Sent | tuple[int, str]]]
"""Sends one event; answers `Sent`, or (status, answer) where the request is not to be shown."""
Explain: TypeAlias = "Callable[[str, str], Awaitable[Reason | None]]"
"""Why a message is there, by Slack's channel id and ts; None for one that the bot keeps nothing about."""
AnyCommand: TypeAlias = NamedCommand | tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Tools:
    """Everything the page has beside the workspace itself; what is not there is not offered."""

    samples: tuple[Sample, ...] = ()
    send_event: SendEvent | None = None
    commands: tuple[tuple[str, str, str], ...] = ()
    explain: Explain | None = None
    moves: tuple[Move, ...] = ()
    shortcuts: tuple[tuple[str, str, str], ...] = ()
    """Global shortcuts: (callback id, name, description)."""


def as_sent(result: Sent | tuple[int, str]) -> Sent:
    """The answer of a `SendEvent` in its full form."""
    return result if isinstance(result, Sent) else Sent("", *result)


def as_command(command: AnyCommand) -> tuple[str, str, str]:
    """A command as (`/name`, description, usage)."""
    if isinstance(command, tuple):
        name, description, usage = command
    else:
        name, description, usage = command.name, command.description, command.usage
    return f"/{name.removeprefix('/')}", description, usage
