"""`/pipeline`: acknowledged at once, answered in private, with the figures of `winbell report pipeline`."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from bot.domain.agreement import Agreement, Rate, Stages
from bot.flow import reports
from bot.flow.figures import Period
from tests.support.world import World


async def types(world: World, text: str, who: str, command: str = "/pipeline") -> str:
    """What somebody is answered to the command; checked: acknowledged, ephemeral, and one answer alone."""
    user = world.accounts[who]
    before = len(world.slack.ephemerals(user))
    result = await world.slack.slash(command, text, user, "wins")
    assert (result.acknowledged, result.ack_body) == (True, "")
    await world.slack.wait_for(lambda: len(world.slack.ephemerals(user)) > before)
    world.expect("response_url")
    (answer,) = world.slack.ephemerals(user)[before:]
    assert (answer.source, answer.channel) == ("response_url", world.slack.channel("#wins"))
    return answer.text


async def deals(world: World, maya: str, ben: str) -> None:
    """Three open deals of two people, one of them in a stage the agreement does not name, and one that was won."""
    for number, (owner, stage, amount, currency) in enumerate(
        [
            (maya, "Prospecting", "1000", "USD"),
            (maya, " engaging ", "2000.50", "EUR"),
            (ben, "Legal <review>", "70", None),
            (ben, "won", "900", "USD"),
        ]
    ):
        await world.happens(
            "deal.created", id=f"D-{number}", owner_email=owner, stage=stage, amount=amount, currency=currency
        )
    world.unexpected()


@pytest.mark.parametrize("socket", [False, True], ids=["http", "socket"])
async def test_the_team(sqlite, socket):
    """Without a word, and with `team`: every open deal by stage, the ones without a rate listed apart."""
    async with World(sqlite, socket=socket) as world:
        maya, ben = world.person("Maya Okafor"), world.person("Ben Ito")
        await deals(world, maya, ben)
        answers = [await types(world, text, maya) for text in ("", "team", "  TEAM ")]
        assert answers[0] == answers[1] == answers[2]
        assert answers[0].splitlines() == [
            "Open pipeline, team: 3 deals, $1,070.00, weighted $100.00.",
            "Prospecting: 1 deal, $1,000.00, weighted $100.00.",
            "engaging: 1 deal, $0.00, weighted $0.00.",
            "Legal &lt;review&gt;: 1 deal, $70.00, weighted $0.00.",
            "Win rate 100%.",
            "No rate, so not in the total: 1 deal with 2000.5 EUR.",
            "Stages the agreement does not name: Legal &lt;review&gt;.",
            "As of 16 Nov, 09:00 (UTC).",
        ]


async def test_one_person(sqlite):
    """`mine` shows the asker's own deals, found by the address of their account."""
    async with World(sqlite) as world:
        maya, ben = world.person("Maya Okafor"), world.person("Ben Ito")
        await deals(world, maya, ben)
        assert (await types(world, "mine", maya)).splitlines()[0] == (
            "Open pipeline, mine: 2 deals, $1,000.00, weighted $100.00."
        )
        assert (await types(world, "MINE", ben)).splitlines()[0] == (
            "Open pipeline, mine: 1 deal, $70.00, weighted $0.00."
        )


async def test_another_person(sqlite):
    """Somebody's deals, by mention, address or name; an account that nobody knows is a sentence."""
    async with World(sqlite) as world:
        maya, ben = world.person("Maya Okafor"), world.person("Ben Ito")
        await deals(world, maya, ben)
        await world.happens("person.updated", email=ben, name="Ben Ito")
        for words in (f"<@{world.accounts[ben]}|ben>", ben, "@Ben Ito"):
            assert (await types(world, words, maya)).splitlines()[0] == (
                "Open pipeline, Ben Ito: 1 deal, $70.00, weighted $0.00."
            )
        assert await types(world, "<@U404|zoe>", maya) == (
            "Slack does not show me the e-mail address of that account, so I cannot tell which deals are theirs. "
            "Please give their e-mail address, or an admin can grant the scope users:read.email."
        )


async def test_two_currencies_with_a_rate(sqlite):
    """Where the agreement has a rate everything is one currency, converted deal by deal and rounded once."""
    agreement = Agreement(rates=(Rate("EUR", Decimal("1.0845")),))
    async with World(sqlite, agreement) as world:
        maya, ben = world.person("Maya Okafor"), world.person("Ben Ito")
        await deals(world, maya, ben)
        lines = (await types(world, "", maya)).splitlines()
        assert lines[0] == "Open pipeline, team: 3 deals, $3,239.54, weighted $750.86."
        assert lines[2] == "engaging: 1 deal, $2,169.54, weighted $650.86."
        assert not any(line.startswith("No rate") for line in lines)


async def test_a_currency_without_minor_units(sqlite):
    """In an agreement of yen, amounts are whole yen."""
    agreement = Agreement(currency="JPY", rates=(Rate("USD", Decimal("151.27")),))
    async with World(sqlite, agreement) as world:
        maya = world.person("Maya Okafor")
        await world.happens("deal.created", id="D-1", stage="prospecting", amount="10.10", currency="USD")
        assert (await types(world, "", maya)).splitlines()[
            0
        ] == "Open pipeline, team: 1 deal, ¥1,528, weighted ¥153."


async def test_the_same_figures_as_the_report(sqlite):
    """Count, amount and weighted amount of every stage and of all are those of `winbell report pipeline`."""
    agreement = replace(
        Agreement(), stages=Stages(probability={"prospecting": Decimal("0.333"), "engaging": Decimal(1)})
    )
    async with World(sqlite, agreement) as world:
        maya, ben = world.person("Maya Okafor"), world.person("Ben Ito")
        await deals(world, maya, ben)
        period = Period(None, None, world.clock.now())
        made = await sqlite.read(lambda s: reports.pipeline(s, agreement, period))
        told = [
            f"{row['count']} deal{'s' * (row['count'] != 1)}, ${Decimal(row['amount']):,}, "
            f"weighted ${Decimal(row['weighted']):,}."
            for row in (made.total, *made.rows)
        ]
        lines = (await types(world, "", maya)).splitlines()
        assert [line.partition(": ")[2] for line in lines[:4]] == told


@pytest.mark.parametrize("socket", [False, True], ids=["http", "socket"])
@pytest.mark.parametrize("text", ["everything please", "mine team", "minee", "x" * 3000])
async def test_words_it_does_not_know(sqlite, socket, text):
    """It says so, with what it knows; the words are not obeyed."""
    async with World(sqlite, socket=socket) as world:
        maya = world.person("Maya Okafor")
        answer = await types(world, text, maya)
        assert answer.endswith(" is not something this command knows. Try: /pipeline [mine|team|@rep]")


async def test_no_deals(sqlite):
    """An empty pipeline is a sentence, for the team and for one person, also for one that no CRM ever named."""
    async with World(sqlite) as world:
        maya = world.person("Maya Okafor")
        assert await types(world, "", maya) == "No open deals at the moment (team)."
        assert await types(world, "mine", maya) == "No open deals at the moment (mine)."


async def test_somebody_without_an_address(sqlite):
    """An account that shows no e-mail cannot have deals of its own: the answer says what to do."""
    async with World(sqlite) as world:
        world.accounts["guest"] = world.slack.add_user(name="A Guest")
        assert await types(world, "mine", "guest") == (
            "Slack does not show me the e-mail address of your account, so I cannot tell which deals are yours. "
            "An admin can grant the scope users:read.email."
        )


async def test_slack_answers_nothing(sqlite):
    """While Slack's Web API is out of reach the command still answers, from our own records."""
    async with World(sqlite) as world:
        maya, ben = world.person("Maya Okafor"), world.person("Ben Ito")
        await deals(world, maya, ben)
        for method in ("auth.test", "users.info", "users.lookupByEmail", "chat.postMessage"):
            world.slack.fail_always(method, 503)
        assert (await types(world, "", maya)).startswith("Open pipeline, team: 3 deals")


async def test_slack_repeats_a_command(sqlite):
    """The same command delivered again is answered again; it changes nothing, so twice is harmless."""
    async with World(sqlite) as world:
        maya = world.person("Maya Okafor")
        await types(world, "", maya)
        await world.slack.repeat_last()
        await world.slack.wait_for(lambda: len(world.slack.ephemerals(world.accounts[maya])) == 2)
        world.expect("response_url")


async def test_the_answer_cannot_be_delivered(sqlite):
    """The response address fails: nothing is told, nothing is posted elsewhere, and the bot goes on."""
    async with World(sqlite) as world:
        maya = world.person("Maya Okafor")
        world.slack.fail_next("response_url", 500)
        result = await world.slack.slash("/pipeline", "", world.accounts[maya], "wins")
        assert result.acknowledged
        await world.slack.wait_for(lambda: world.slack.calls("response_url"))
        world.quiet()
        assert await types(world, "", maya) == "No open deals at the moment (team)."


@pytest.mark.parametrize("reason", ["refresh_requested", "warning"])
async def test_slack_moves_the_socket(sqlite, reason):
    """Slack asks for a new connection, as it does every few hours: the next command is answered over it."""
    async with World(sqlite, socket=True) as world:
        maya = world.person("Maya Okafor")
        assert await types(world, "", maya) == "No open deals at the moment (team)."
        asked = len(world.slack.calls("apps.connections.open"))
        await world.slack.disconnect(reason)
        if reason == "refresh_requested":
            await world.slack.wait_for(lambda: len(world.slack.calls("apps.connections.open")) > asked)
        await world.slack.wait_for(lambda: world.slack.sockets.connected)
        assert await types(world, "", maya) == "No open deals at the moment (team)."
