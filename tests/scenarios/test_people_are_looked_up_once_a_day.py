"""Who has an account in Slack is asked once and remembered; who has none is asked for again a day later."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.support.leads import AT_RISK, at, comes
from tests.support.wins import pass_time, won
from tests.support.world import World


def asked(world):
    """The addresses Slack was asked for, in order."""
    return [call.args["email"] for call in world.slack.calls("users.lookupByEmail")]


async def test_an_unknown_address(sqlite):
    """Five wins of somebody without an account within a day: one question. The next day: one more."""
    async with World(sqlite) as world:
        for number in range(5):
            await won(world, f"D-{number}", owner_email="gone@seller.example")
            await pass_time(world, timedelta(hours=4))
        assert asked(world) == ["gone@seller.example"]
        await pass_time(world, timedelta(hours=5))
        await won(world, "D-5", owner_email="gone@seller.example")
        await won(world, "D-6", owner_email="gone@seller.example")
        await pass_time(world, timedelta(minutes=1))
        assert asked(world) == ["gone@seller.example"] * 2
        world.expect(*["chat.postMessage"] * 7)


async def test_somebody_who_joins_slack_later(sqlite):
    """The day after somebody got an account, their reminders go to them and no more to the channel."""
    async with World(sqlite) as world:
        await comes(world, "ben@seller.example")
        await world.until(at(17))
        world.expect("chat.postMessage", "chat.postMessage")
        assert len(world.slack.messages("#sales-ops")) == 2
        ben = world.person("Ben Ito")
        await world.until(at(13, day=17))
        await comes(world, ben, "Ana Person", created_at=at(9, day=17).isoformat())
        await world.until(at(9, day=18))
        await comes(world, ben, "Cho Person")
        await world.until(at(12, 1, day=18))
        assert [message.text.splitlines()[1].split(":")[0] for message in world.direct(ben)][
            -1
        ] == "Cho Person"
        world.unexpected()


async def test_a_known_address(sqlite):
    """Somebody who was found is not asked for again, not even after weeks."""
    async with World(sqlite) as world:
        maya = world.person("Maya Okafor")
        for number in range(3):
            await won(world, f"D-{number}", owner_email=maya)
            await pass_time(world, timedelta(days=5))
        assert asked(world) == [maya]
        world.expect(*["chat.postMessage"] * 3)


async def test_an_account_that_the_crm_names(sqlite):
    """Where the CRM tells the Slack account, Slack is not asked at all, and the account is mentioned."""
    async with World(sqlite) as world:
        await world.happens("person.updated", email="ana@crm.example", slack_user_id="U00ANA")
        await won(world, owner_email="ana@crm.example")
        await world.settle()
        assert asked(world) == []
        assert "<@U00ANA>" in world.wins()[0].text
        world.expect("chat.postMessage")


async def test_an_account_that_was_deactivated(sqlite):
    """Slack knows a deactivated account no more than an unknown one: the reminder goes to the channel, by address."""
    async with World(sqlite) as world:
        maya = world.person("Maya Okafor")
        world.slack.workspace.change_user(world.accounts[maya], deleted=True)
        await comes(world, maya)
        await world.until(AT_RISK + timedelta(minutes=1))
        world.expect("chat.postMessage")
        assert f"owner {maya}." in world.slack.messages("#sales-ops")[0].text


@pytest.mark.parametrize("written_to", [False, True])
async def test_an_account_that_is_deactivated_after_it_was_found(sqlite, written_to):
    """Somebody leaves: their reminder cannot reach them and goes to the channel, at once; so do the next ones."""
    async with World(sqlite) as world:
        maya = world.person("Maya Okafor")
        await comes(world, maya, "Ana Person")
        await world.until(at(9, 1) if not written_to else AT_RISK + timedelta(minutes=1))
        if not written_to:
            await won(world, owner_email=maya)
            await world.settle()
        world.expect("chat.postMessage")
        world.slack.workspace.change_user(world.accounts[maya], deleted=True)
        await comes(world, maya, "Cho Person")
        await world.until(at(9, 30, day=17))
        told = [message.text.splitlines()[0] for message in world.slack.messages("#sales-ops")]
        assert len(told) == (3 if written_to else 2)
        assert all(f"owner {maya}." in message.text for message in world.slack.messages("#sales-ops"))
        world.expect(*["chat.postMessage"] * len(told))
        assert len(world.direct(maya)) == written_to


async def test_a_token_without_the_scope(sqlite):
    """Slack does not tell who has an address: people are shown by e-mail, and it is not asked for every message."""
    async with World(sqlite) as world:
        maya = world.person("Maya Okafor")
        world.slack.settings.scopes -= {"users:read.email"}
        for number in range(3):
            await won(world, f"D-{number}", owner_email=maya)
        await world.settle()
        world.expect(*["chat.postMessage"] * 3)
        assert f"Sales: {maya}." in world.wins()[0].text
        assert asked(world) == [maya]
