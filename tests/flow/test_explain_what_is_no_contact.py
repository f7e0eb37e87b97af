"""What looked like a contact and is none is explained, too: a machine's e-mail, a reply."""

from __future__ import annotations

from dataclasses import replace

from bot.domain.agreement import ContactRule, Tier
from bot.flow import explain
from bot.render.explain import explain_text
from tests.support.leads import at, called, comes
from tests.support.world import OWNERS, World

THRICE = replace(OWNERS, tiers=(Tier(attempts=3),))


async def happened(world: World) -> list[str]:
    """The lines below "What happened"."""
    view = await world.database.read(
        lambda s: explain.explain_view(s, world.agreement, "generic/Dana", world.clock.now())
    )
    lines = explain_text(view).split("\n")
    start = lines.index("What happened") + 1
    return [" ".join(line.split()) for line in lines[start : lines.index("", start)]]


async def test_a_machine_and_a_reply(sqlite):
    """An automatic e-mail does not count, and the lead's own call is why no more contact is asked for."""
    async with World(sqlite, THRICE) as world:
        await comes(world, world.person("Maya Okafor"))
        await world.until(at(12, 30))
        for when, more in (
            (at(9, 1), {"kind": "email", "outcome": "automatic"}),
            (at(10), {}),
            (at(12, 5), {"direction": "inbound"}),
        ):
            await called(world, "Dana", when, **more)
        world.unexpected()
        assert await happened(world) == [
            "Mon 16 Nov, 09:00 maya@seller.example holds the lead",
            "Mon 16 Nov, 09:01 automatic e-mail, seen in the CRM, which does not count",
            "Mon 16 Nov, 10:00 call, seen in the CRM, logged at 12:30",
            "Mon 16 Nov, 12:05 call from the lead, seen in the CRM; a reply asks for no more follow-up",
        ]


async def test_a_kind_that_the_agreement_does_not_count(sqlite):
    """Where calls alone count, an e-mail is none in either direction."""
    async with World(sqlite, replace(THRICE, contact=ContactRule(counts=("call",)))) as world:
        await comes(world, world.person("Maya Okafor"))
        await world.until(at(10))
        await called(world, "Dana", at(9, 30), kind="email")
        await called(world, "Dana", at(9, 40), kind="email", direction="inbound")
        world.unexpected()
        assert (await happened(world))[1:] == [
            "Mon 16 Nov, 09:30 e-mail, seen in the CRM, which does not count by the agreement",
            "Mon 16 Nov, 09:40 e-mail from the lead, seen in the CRM; that is no contact by the agreement",
        ]
