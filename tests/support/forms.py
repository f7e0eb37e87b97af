"""What people do with a lead's menu and with the form that it opens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.render.forms import VALUE
from bot.render.nudge import MENU

if TYPE_CHECKING:
    from bot.playground.delivery import CommandResult
    from bot.playground.records import Message, View
    from tests.support.world import World


def entries(message: Message, lead: str | None = None) -> dict[str, tuple[str, str]]:
    """The entries of a lead's menu (the only one, if not named): label → (block id, value)."""
    rows = [block for block in message.blocks if block["type"] == "actions"]
    found = [
        {option["text"]["text"]: (row["block_id"], option["value"]) for option in element["options"]}
        for row in rows
        for element in row["elements"]
        if element.get("action_id") == MENU and (lead is None or lead in str(row))
    ]
    assert len(found) == 1, f"{len(found)} menus"
    return found[0]


async def choose(
    world: World, email: str, message: Message, entry: str, lead: str | None = None
) -> CommandResult:
    """Somebody chooses an entry of a lead's menu."""
    block_id, value = entries(message, lead)[entry]
    return await world.slack.press(
        message.channel, message.ts, MENU, world.accounts[email], block_id=block_id, value=value
    )


def shown(world: World, email: str) -> View | None:
    """The form that somebody sees."""
    return next(iter(world.slack.views(world.accounts[email])), None)


def words(view: View | None) -> str:
    """What is said on top of a view."""
    assert view is not None, "no view is open"
    return str(view.definition["blocks"][0]["elements"][0]["elements"][0]["text"])


async def opened(world: World, email: str, title: str) -> View:
    """The form of that title, once somebody sees it."""

    def look() -> View | None:
        view = shown(world, email)
        return (
            view
            if view and view.definition["title"]["text"] == title and "submit" in view.definition
            else None
        )

    view = await world.slack.wait_for(look)
    assert view is not None
    return view


async def send(world: World, email: str, **entered: Any) -> CommandResult:
    """Somebody fills in and sends the form they see: block id → what is entered."""
    view = shown(world, email)
    assert view is not None, "no view is open"
    values = {block_id: {VALUE: value} for block_id, value in entered.items()}
    return await world.slack.submit_view(world.accounts[email], view.id, values)


def errors(world: World) -> dict[str, str]:
    """What stands under the inputs of the form that is open."""
    found = list(world.slack.people.answers.view_errors.values())
    return found[-1] if found else {}
