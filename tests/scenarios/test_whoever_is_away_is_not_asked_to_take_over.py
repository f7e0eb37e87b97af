"""A colleague who is away is not asked to take a lead over: the form says so, and who stands in."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.store import answers
from tests.support import forms
from tests.support.leads import AT_RISK, comes
from tests.support.people import latest, told
from tests.support.world import OWNERS, World

SOON = timedelta(seconds=30)
ANN, MAYA, JON = "ann@seller.example", "maya@seller.example", "jon@seller.example"
AWAY = {"away_from": "2026-11-16", "away_until": "2026-11-30"}
ELSE = ". Choose somebody else"
ANN_STANDS_IN = f"{ELSE}, or ask Ann Lee, who stands in."


async def asks(world: World) -> dict[str, str]:
    """Maya's lead is at risk, and she asks Jon: what stands under the form's inputs."""
    maya = world.person("Maya Okafor")
    for name in ("Jon Park", "Ann Lee"):
        await world.happens("person.updated", email=world.person(name), name=name)
    await comes(world, maya)
    await world.until(AT_RISK + SOON)
    told(world)
    await forms.choose(world, maya, latest(world, maya), "Hand over")
    await forms.opened(world, maya, "Hand over")
    await forms.send(world, maya, person=world.accounts[JON])
    await world.settle()
    return forms.errors(world)


@pytest.mark.parametrize(
    ("jon", "ann", "sentence"),
    [
        (AWAY | {"delegate_email": ANN}, {}, f"Jon Park is away until 30 Nov{ANN_STANDS_IN}"),
        (AWAY, {}, f"Jon Park is away until 30 Nov{ELSE}."),
        (AWAY | {"delegate_email": ANN}, AWAY, f"Jon Park is away until 30 Nov{ELSE}."),
        (AWAY | {"delegate_email": MAYA}, {}, f"Jon Park is away until 30 Nov{ELSE}."),
        ({"away_from": "2026-11-16"}, {}, f"Jon Park is away{ELSE}."),
        (AWAY | {"away_until": "2027-01-03"}, {}, f"Jon Park is away until 3 Jan 2027{ELSE}."),
        ({"active": False, "delegate_email": ANN}, {}, f"Jon Park has left, as the CRM says{ANN_STANDS_IN}"),
    ],
    ids=["delegate", "no delegate", "delegate away", "delegate asks", "no end", "next year", "left"],
)
async def test_an_absent_colleague(sqlite, jon, ann, sentence):
    """The form stays with the sentence at its input; nobody is written to, and the lead waits for no answer."""
    async with World(sqlite, OWNERS) as world:
        await world.happens("person.updated", email=world.person("Jon Park"), **jon)
        if ann:
            await world.happens("person.updated", email=world.person("Ann Lee"), **ann)
        assert await asks(world) == {"person": sentence}
        assert (told(world), world.direct(JON)) == ((0, 0), [])
        assert await world.database.read(lambda s: answers.of_leads(s, ["generic/Dana"])) == []


async def test_who_stands_in_is_asked_in_the_same_form(sqlite):
    """The form is open still; with the name that it gave, it asks that person."""
    async with World(sqlite, OWNERS) as world:
        await world.happens("person.updated", email=world.person("Jon Park"), **AWAY, delegate_email=ANN)
        assert "person" in await asks(world)
        await forms.send(world, MAYA, person=world.accounts[ANN])
        await world.settle()
        assert (told(world), len(world.direct(ANN)), world.direct(JON)) == ((1, 1), 1, [])


@pytest.mark.parametrize(
    "jon", [{"away_from": "2026-11-17"}, {"away_until": "2026-11-15"}], ids=["later", "over"]
)
async def test_a_colleague_who_is_there(sqlite, jon):
    """Away from tomorrow on, or back since today: Jon is asked as ever."""
    async with World(sqlite, OWNERS) as world:
        await world.happens("person.updated", email=world.person("Jon Park"), **jon)
        assert (await asks(world), told(world), len(world.direct(JON))) == ({}, (1, 1), 1)
