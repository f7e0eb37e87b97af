"""What people do with a win: they press its card's buttons, fill in the forms, and answer what they are asked."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from bot.store import claims, wins
from tests.support import forms
from tests.support.wins import won
from tests.support.world import buttons

if TYPE_CHECKING:
    from bot.playground.delivery import CommandResult
    from bot.playground.records import Message
    from tests.support.world import World

WHY = "They named it in the first call."


async def staffed(world: World) -> None:
    """Maya sells, Boss leads her, Ana and Zoe are marketing, Tom is an engineer without a role."""
    for name in ("Maya Okafor", "Boss Lee", "Ana Lima", "Zoe Park", "Tom Berg"):
        world.person(name)
    told: tuple[dict[str, Any], ...] = (
        {"email": "maya@seller.example", "role": "sales", "manager_email": "boss@seller.example"},
        {"email": "boss@seller.example", "role": "manager"},
        {"email": "ana@seller.example", "role": "marketing"},
        {"email": "zoe@seller.example", "role": "marketing"},
    )
    for one in told:
        await world.sends("person.updated", name=one["email"].split("@")[0].title(), **one)


async def card(world: World, name: str = "D-1", **more: Any) -> Message:
    """A won deal of Maya's after one touch of the customer; its card."""
    at = (world.clock.now() - timedelta(days=9)).isoformat()
    await world.sends("touch.recorded", at=at, email=f"{name}@customer.example", asset="Webinar")
    await won(
        world,
        name,
        **{"owner_email": "maya@seller.example", "contact_emails": [f"{name}@customer.example"], **more},
    )
    await world.settle()
    world.expect("chat.postMessage")
    return world.wins()[-1]


def button(message: Message, action: str) -> dict[str, Any]:
    """The one button of a message with an action id."""
    found = [one for one in buttons(message) if one["action_id"] == action]
    assert len(found) == 1, f"{len(found)} buttons {action}"
    return found[0]


async def press(world: World, email: str, message: Message, action: str, **options: Any) -> CommandResult:
    """Somebody presses a button of a message; then everything that follows."""
    if "value" not in options:
        options["value"] = button(message, action)["value"]
    result = await world.slack.press(message.channel, message.ts, action, world.accounts[email], **options)
    await world.settle()
    return result


async def in_vain(world: World, email: str, message: Message, action: str, **options: Any) -> str:
    """Somebody presses a button that changes nothing; returns what they alone read."""
    account = world.accounts[email]
    before = len(world.slack.ephemerals(account))
    await press(world, email, message, action, **options)
    await world.slack.wait_for(lambda: len(world.slack.ephemerals(account)) > before)
    world.expect("response_url")
    return world.slack.ephemerals(account)[-1].text


async def fills(
    world: World, email: str, message: Message, action: str, title: str, **entered: Any
) -> CommandResult:
    """Somebody opens a form by a card's button, fills it in and sends it; then everything that follows."""
    await press(world, email, message, action)
    await forms.opened(world, email, title)
    result = await forms.send(world, email, **entered)
    await world.settle()
    return result


async def proposes(world: World, email: str, message: Message, **entered: Any) -> str:
    """Somebody says what is missing from a win; returns the sentence they read."""
    await fills(world, email, message, "win_missing", "Something missing?", **{"why": WHY, **entered})
    return forms.words(forms.shown(world, email))


async def thanks(world: World, email: str, message: Message, to: list[str], words: str) -> None:
    """Somebody says thanks to colleagues."""
    accounts = [world.accounts[one] for one in to]
    await fills(world, email, message, "win_thanks", "Say thanks", people=accounts, words=words)


def said(message: Message) -> str:
    """Everything a message shows."""
    return message.text + str(message.blocks)


async def booked(world: World, deal: str = "generic/D-1") -> dict[str | None, Fraction]:
    """Who of marketing has which share of a deal's first win."""
    found = await world.database.read(lambda s: wins.credits_of(s, deal, 1))
    return {credit.asset or credit.campaign: Fraction(credit.share) for credit in found}


async def claims_of(world: World, deal: str = "generic/D-1") -> list[tuple[str, str, str, str | None]]:
    """(kind, name, state, settled by) of every claim."""
    found = await world.database.read(lambda s: claims.of_deal(s, deal))
    return [(one.kind, one.name, one.state, one.settled_by) for one in found]
