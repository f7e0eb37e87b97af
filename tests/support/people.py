"""What the people of a story do beside pressing `Contacted`: they answer by a form, take back, take over, are away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.support import forms
from tests.support.world import buttons

if TYPE_CHECKING:
    from datetime import datetime

    from bot.playground.records import Message
    from tests.support.world import World


def latest(world: World, email: str) -> Message:
    """The newest direct message to somebody."""
    return max(world.direct(email), key=lambda message: float(message.ts))


def in_channel(world: World, name: str = "#sales-ops") -> list[str]:
    """The texts in a channel, oldest first."""
    return [message.text for message in world.slack.messages(name)]


async def presses(
    world: World, email: str, message: Message, action: str, lead: str | None = None, **options: Any
) -> None:
    """Somebody presses a button of a message (`undo`, `accept`, `decline`); then everything that follows."""
    found = [
        one
        for one in buttons(message)
        if one["action_id"] == action and (lead is None or lead in one.get("accessibility_label", ""))
    ]
    assert len(found) == 1, f"{len(found)} buttons"
    await world.slack.press(
        message.channel,
        message.ts,
        action,
        world.accounts[email],
        value=found[0]["value"],
        block_id=found[0]["block_id"],
        **options,
    )
    await world.settle()


async def answers(
    world: World, email: str, message: Message, entry: str, lead: str | None = None, **entered: Any
) -> None:
    """Somebody chooses an entry of a lead's menu, fills in its form and sends it; then everything that follows."""
    await forms.choose(world, email, message, entry, lead)
    await forms.opened(world, email, entry)
    await forms.send(world, email, **entered)
    assert forms.errors(world) == {}
    await world.settle()


async def snoozes(
    world: World, email: str, message: Message, until: datetime, lead: str | None = None
) -> None:
    """Somebody snoozes a lead until an instant of their own choice."""
    await answers(world, email, message, "Snooze", lead, exact=int(until.timestamp()))


async def hands_over(
    world: World, email: str, message: Message, to: str, reason: str | None = None, lead: str | None = None
) -> None:
    """Somebody asks a colleague to take a lead over."""
    entered = {"person": world.accounts[to]} | ({"reason": reason} if reason else {})
    await answers(world, email, message, "Hand over", lead, **entered)


async def logs(
    world: World,
    email: str,
    message: Message,
    outcome: str,
    at: datetime,
    call_back_at: datetime | None = None,
    lead: str | None = None,
    kind: str = "call",
) -> None:
    """Somebody logs the details of a contact."""
    entered: dict[str, Any] = {"kind": kind, "outcome": outcome, "at": int(at.timestamp())}
    if call_back_at is not None:
        entered["call_back_at"] = int(call_back_at.timestamp())
    await answers(world, email, message, "Log details", lead, **entered)


async def is_away(world: World, email: str, until: str, delegate: str | None = None, **more: Any) -> None:
    """The CRM tells that somebody is away until a day, and who stands in."""
    told = {"email": email, "away_from": world.clock.now().date().isoformat(), "away_until": until} | more
    if delegate is not None:
        told["delegate_email"] = delegate
    await world.happens("person.updated", **told)


def private(world: World, email: str) -> list[str]:
    """What somebody alone was told."""
    return [one.text for one in world.slack.ephemerals(world.accounts[email])]


def told(world: World) -> tuple[int, int]:
    """How many messages were posted, and how many changed, since the last look."""
    methods = [method for method, _, _ in world.unexpected()]
    assert {*methods} <= {"chat.postMessage", "chat.update"}, methods
    return methods.count("chat.postMessage"), methods.count("chat.update")
