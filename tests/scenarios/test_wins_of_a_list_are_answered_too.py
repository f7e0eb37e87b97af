"""A win that is told in a list is questioned and thanked for like any other."""

from __future__ import annotations

from datetime import timedelta

from bot.store import cards
from tests.support import forms
from tests.support.win_people import WHY, button, press, staffed
from tests.support.wins import pass_time, won
from tests.support.world import World

MAYA, ANA = "maya@seller.example", "ana@seller.example"


async def listed(world: World):
    """Many wins came at once; the message that lists them."""
    await staffed(world)
    for number in range(6):
        await won(world, f"D-{number}", owner_email=MAYA)
    await pass_time(world, timedelta(minutes=2))
    world.expect("chat.postMessage")
    (message,) = world.wins()
    return message


def choices(message, action: str) -> dict[str, str]:
    """What a choice of a message offers: the reference of each win by its name."""
    return {one["text"]["text"]: one["value"] for one in button(message, action)["options"]}


async def test_a_win_of_a_list_is_thanked_for_and_questioned(sqlite):
    """Each standing win can be chosen, and what follows is about that one alone."""
    async with World(sqlite) as world:
        message = await listed(world)
        names = [f"Deal D-{number}" for number in range(6)]
        assert list(choices(message, "win_missing")) == list(choices(message, "win_thanks")) == names
        await press(world, ANA, message, "win_missing", value=choices(message, "win_missing")["Deal D-3"])
        view = await forms.opened(world, ANA, "Something missing?")
        assert "Deal D-3" in forms.words(view)
        await forms.send(world, ANA, name="ROI ebook", why=WHY)
        await world.settle()
        assert "Deal D-3" in world.direct(MAYA)[-1].text
        await press(world, ANA, message, "win_thanks", value=choices(message, "win_thanks")["Deal D-4"])
        await forms.opened(world, ANA, "Say thanks")
        await forms.send(world, ANA, people=[world.accounts[MAYA]], words="Great demo")
        await world.settle()
        world.unexpected()
        thanked = await world.database.read(
            lambda s: {key: cards.thanks_of(s, f"generic/{key}", 1) for key in ("D-3", "D-4")}
        )
        assert {key: len(words) for key, words in thanked.items()} == {"D-3": 0, "D-4": 1}


async def test_a_win_that_stands_no_more_is_not_offered(sqlite):
    """It leaves the choices; a form that was opened before is answered in a sentence."""
    async with World(sqlite) as world:
        message = await listed(world)
        await press(world, ANA, message, "win_thanks", value=choices(message, "win_thanks")["Deal D-3"])
        await forms.opened(world, ANA, "Say thanks")
        await world.happens("deal.lost", id="D-3")
        world.expect("chat.update")
        (now,) = world.wins()
        assert list(choices(now, "win_missing")) == [f"Deal D-{number}" for number in (0, 1, 2, 4, 5)]
        assert choices(now, "win_thanks") == choices(now, "win_missing")
        await forms.send(world, ANA, people=[world.accounts[MAYA]], words="Great demo")
        await world.settle()
        assert forms.words(forms.shown(world, ANA)).startswith("This win does not stand at the moment")
        world.quiet()


async def test_a_form_of_a_card_that_became_a_list(sqlite):
    """Opened while the win was alone in its message, sent when others had joined it: it is about that win still."""
    async with World(sqlite) as world:
        await staffed(world)
        for number in range(5):
            await won(world, f"D-{number}", owner_email=MAYA)
        await pass_time(world, timedelta(seconds=20))
        await won(world, "D-5", owner_email=MAYA)
        await pass_time(world, timedelta(seconds=5))
        alone = world.wins()[-1]
        assert alone.text.startswith("Won: Deal D-5, ")
        await press(world, ANA, alone, "win_missing")
        await forms.opened(world, ANA, "Something missing?")
        await won(world, "D-6", owner_email=MAYA)
        await pass_time(world, timedelta(seconds=5))
        assert world.wins()[-1].text.startswith("2 wins")
        world.unexpected()
        await forms.send(world, ANA, name="ROI ebook", why=WHY)
        await world.settle()
        assert "Deal D-5" in world.direct(MAYA)[-1].text
        world.expect("chat.postMessage")
