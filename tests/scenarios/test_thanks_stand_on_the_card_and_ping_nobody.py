"""Somebody says thanks: one collected line on the card, nothing in the thread, and nobody is notified."""

from datetime import timedelta

from bot.render import win_forms
from bot.store import thanks as kept
from tests.support import forms
from tests.support.win_people import button, card, in_vain, press, said, staffed, thanks
from tests.support.world import START, World

MAYA, ANA, TOM = "maya@seller.example", "ana@seller.example", "tom@seller.example"


async def words_of(world, since=START):
    """(by, to, words) of every word of thanks since an instant."""
    found = await world.database.read(lambda s: kept.since(s, since))
    names = {account: email for email, account in world.accounts.items()}
    return [(names[one.by_slack_id], sorted(names[to] for to in one.to), one.words) for one in found]


async def test_thanks_are_one_line_of_the_card(database):
    """Two words of thanks, one line; people by name, without a mention; the card is edited, nothing is posted."""
    async with World(database) as world:
        await staffed(world)
        shown = await card(world)
        await thanks(world, MAYA, shown, [ANA, TOM], "The webinar opened the door.")
        world.expect("chat.update")
        world.clock.move_to(world.clock.now() + timedelta(minutes=5))
        await thanks(world, ANA, shown, [MAYA], "You made it happen.")
        world.expect("chat.update")
        (now,) = world.wins()
        lines = [str(block) for block in now.blocks if "Thanks: " in str(block)]
        assert len(lines) == 1
        assert "Maya to Ana, tom@seller.example: “The webinar opened the door.”" in lines[0]
        assert "Ana to Maya: “You made it happen.”" in lines[0]
        assert f"<@{world.accounts[ANA]}>" not in said(now)
        assert [world.direct(one) for one in (MAYA, ANA, TOM)] == [[], [], []]
        assert await words_of(world) == [
            (MAYA, [ANA, TOM], "The webinar opened the door."),
            (ANA, [MAYA], "You made it happen."),
        ]
        assert await words_of(world, world.clock.now()) == [(ANA, [MAYA], "You made it happen.")]


async def test_thanking_oneself_is_not_possible(database):
    """The form says so, and stays."""
    async with World(database) as world:
        await staffed(world)
        shown = await card(world)
        await press(world, MAYA, shown, "win_thanks")
        await forms.opened(world, MAYA, "Say thanks")
        both = [world.accounts[ANA], world.accounts[MAYA]]
        await forms.send(world, MAYA, people=both, words="Well done, we two.")
        assert forms.errors(world) == {"people": "Thanks go to others. Please take yourself out."}
        assert await words_of(world) == []
        world.quiet()


async def test_the_same_words_at_once_are_one(database):
    """The same again later is a second word of thanks."""
    async with World(database) as world:
        await staffed(world)
        shown = await card(world)
        for _ in range(2):
            await thanks(world, MAYA, shown, [ANA], "Thank you.")
        world.expect("chat.update")
        world.clock.move_to(world.clock.now() + timedelta(days=1))
        await thanks(world, MAYA, shown, [ANA], "Thank you.")
        world.expect("chat.update")
        assert await words_of(world) == [(MAYA, [ANA], "Thank you.")] * 2


async def test_a_win_that_does_not_stand_is_not_thanked_for(database):
    """Its card has no button any more; an old copy of it gets a calm sentence, and the digest leaves its thanks out."""
    async with World(database) as world:
        await staffed(world)
        shown = await card(world)
        await thanks(world, MAYA, shown, [ANA], "Thank you.")
        old = {"value": button(shown, "win_thanks")["value"], "stale": True}
        world.clock.move_to(world.clock.now() + timedelta(hours=1))
        await world.happens("deal.reopened", id="D-1", stage="engaging")
        world.unexpected()
        assert await in_vain(world, MAYA, shown, "win_thanks", **old) == win_forms.GONE
        assert forms.shown(world, MAYA) is None
        assert await words_of(world) == []
