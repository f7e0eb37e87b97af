"""Somebody says that credit is missing; the other side confirms or declines; card and figures follow."""

import asyncio
from datetime import timedelta
from fractions import Fraction

from bot.domain.answering import Press
from bot.flow import claims as flow
from bot.render import win_forms
from bot.store import people, wins
from tests.support import forms
from tests.support.people import told as news
from tests.support.win_people import (
    WHY,
    booked,
    button,
    card,
    claims_of,
    in_vain,
    press,
    proposes,
    said,
    staffed,
)
from tests.support.world import START, World, labels

MAYA, BOSS = "maya@seller.example", "boss@seller.example"
ANA, ZOE, TOM = "ana@seller.example", "zoe@seller.example", "tom@seller.example"


async def test_an_asset_that_marketing_confirms_counts(database):
    """Sales proposes, both of marketing are asked by name, one confirms: card, books and both questions follow."""
    async with World(database) as world:
        await staffed(world)
        shown = await card(world)
        told = await proposes(world, MAYA, shown, name="ROI ebook", day="2026-11-10")
        assert told == win_forms.asked("marketing")
        world.expect("chat.postMessage", "chat.postMessage")
        assert await booked(world) == {"Webinar": 1}
        (question,), (other,) = world.direct(ANA), world.direct(ZOE)
        assert "Maya says that something is missing from a win" in question.text
        assert "Deal D-1" in question.text
        assert "Asset: ROI ebook, touched on 10 Nov 2026" in question.text
        assert WHY in question.text
        assert "<@" not in said(question)
        assert labels(question) == ["Confirm", "Decline"]

        await press(world, ANA, question, "claim_confirm")
        assert await booked(world) == {"Webinar": Fraction(1, 2), "ROI ebook": Fraction(1, 2)}
        assert await claims_of(world) == [("asset", "ROI ebook", "confirmed", ANA)]
        assert news(world) == (1, 3)
        assert "ROI ebook" in world.wins()[0].text
        for message in (*world.direct(ANA), *world.direct(ZOE)):
            assert labels(message) == []
            assert "Confirmed by Ana" in message.text
        (answer,) = world.direct(MAYA)
        assert answer.text.startswith("You said that something was missing: confirmed")
        assert other.ts == world.direct(ZOE)[0].ts


async def test_what_is_declined_changes_nothing(database):
    """The proposer hears it; books and card stay; the decision is kept."""
    async with World(database) as world:
        await staffed(world)
        shown = await card(world)
        before = said(shown)
        await proposes(world, MAYA, shown, what="campaign", name="Autumn fair")
        world.expect("chat.postMessage", "chat.postMessage")
        await press(world, ZOE, world.direct(ZOE)[0], "claim_decline")
        assert news(world) == (1, 2)
        assert (await booked(world), said(world.wins()[0])) == ({"Webinar": 1}, before)
        assert await claims_of(world) == [("campaign", "Autumn fair", "declined", ZOE)]
        assert "Declined by Zoe. Nothing was changed." in world.direct(MAYA)[0].text


async def test_marketing_asks_the_owner_of_the_deal(database):
    """A person whom marketing proposes is confirmed by the deal's owner, and stands on the card without a share."""
    async with World(database) as world:
        await staffed(world)
        shown = await card(world)
        told = await proposes(world, ANA, shown, what="person", person=world.accounts[TOM])
        assert told == win_forms.asked("sales")
        world.expect("chat.postMessage")
        await press(world, MAYA, world.direct(MAYA)[0], "claim_confirm")
        parts = await world.database.read(lambda s: wins.people_of(s, "generic/D-1", 1))
        assert [(part.email, part.role, Fraction(part.share)) for part in parts] == [
            (MAYA, None, 1),
            (TOM, "helped", 0),
        ]
        assert f"<@{world.accounts[TOM]}> (helped)" in world.wins()[0].text
        assert news(world) == (1, 2)


async def test_the_owners_own_proposal_never_comes_back_to_them(database):
    """Nobody knows the proposer's role: sales decides, the owner is left out, their manager is asked."""
    async with World(database) as world:
        await staffed(world)
        await world.sends("person.updated", email=MAYA, role=None)
        shown = await card(world)
        assert await proposes(world, MAYA, shown, name="Ebook") == win_forms.asked("sales")
        world.expect("chat.postMessage")
        assert [len(world.direct(one)) for one in (MAYA, BOSS)] == [0, 1]


async def test_who_is_away_is_stood_in_for(database):
    """A colleague who is away is not written to; their delegate is asked in their place, once."""
    async with World(database) as world:
        await staffed(world)
        await world.sends(
            "person.updated", email=ANA, away_from="2026-11-15", away_until="2026-11-29", delegate_email=ZOE
        )
        shown = await card(world)
        await proposes(world, MAYA, shown, name="Ebook")
        world.expect("chat.postMessage")
        assert [len(world.direct(one)) for one in (ANA, ZOE)] == [0, 1]


async def test_a_delegate_of_the_proposers_side_is_not_asked(database):
    """Sales does not decide on sales' proposal, not even for marketing people who are away."""
    async with World(database) as world:
        await staffed(world)
        for one in (ANA, ZOE):
            await world.sends("person.updated", email=one, away_from="2026-11-15", delegate_email=MAYA)
        await world.sends("person.updated", email=BOSS, role="sales")
        shown = await card(world)
        assert await proposes(world, BOSS, shown, name="Ebook") == win_forms.nobody("marketing")
        assert await claims_of(world) == []
        world.quiet()


async def test_without_anybody_to_ask_nothing_is_stored(database):
    """The form says so, and what would help."""
    async with World(database) as world:
        maya = world.person("Maya Okafor")
        await world.sends("person.updated", email=maya, role="sales")
        shown = await card(world)
        told = await proposes(world, maya, shown, name="Ebook")
        assert told == win_forms.nobody("marketing")
        assert "person.updated" in told
        assert await claims_of(world) == []
        world.quiet()


async def test_somebody_without_an_account_cannot_be_asked(database):
    """Slack is asked first: whom it does not know is nobody to ask."""
    async with World(database) as world:
        maya = world.person("Maya Okafor")
        await world.sends("person.updated", email=maya, role="sales")
        await world.sends("person.updated", email="ghost@seller.example", role="marketing")
        shown = await card(world)
        assert await proposes(world, maya, shown, name="Ebook") == win_forms.nobody("marketing")
        assert await claims_of(world) == []
        world.quiet()


async def test_who_left_before_being_asked_does_not_keep_a_claim_for_ever(database):
    """The question that reached nobody is asked anew of those who are there, when somebody proposes the same."""
    async with World(database) as world:
        await staffed(world)
        await world.sends("person.updated", email=ZOE, role=None)
        await world.sends("person.updated", email=ANA, timezone="Pacific/Auckland")
        shown = await card(world)
        await proposes(world, MAYA, shown, name="Ebook")
        world.quiet()
        await world.sends("person.updated", email=ANA, active=False)
        await world.database.write(lambda s: people.left_slack(s, ANA, world.clock.now()))
        await world.until(world.clock.now() + timedelta(hours=13))
        world.quiet()
        await world.sends("person.updated", email=ZOE, role="marketing")
        await world.until(START + timedelta(days=1))
        assert await proposes(world, BOSS, shown, name="ebook") == win_forms.asked("marketing")
        world.expect("chat.postMessage")
        assert [len(world.direct(one)) for one in (ANA, ZOE)] == [0, 1]
        assert len(await claims_of(world)) == 1


async def test_the_same_proposal_twice_asks_once(database):
    """Also by somebody else, and in other letters; one of what is credited already says so."""
    async with World(database) as world:
        await staffed(world)
        shown = await card(world)
        await proposes(world, MAYA, shown, name="ROI ebook")
        world.expect("chat.postMessage", "chat.postMessage")
        assert await proposes(world, MAYA, shown, name=" roi  EBOOK") == win_forms.ALREADY_ASKED
        assert await proposes(world, BOSS, shown, name="ROI ebook") == win_forms.ALREADY_ASKED
        assert await proposes(world, MAYA, shown, name="webinar") == win_forms.CREDITED
        owner = world.accounts[MAYA]
        assert await proposes(world, BOSS, shown, what="person", person=owner) == win_forms.CREDITED
        assert len(await claims_of(world)) == 1
        world.quiet()


async def test_what_was_declined_may_be_proposed_again(database):
    """With a new reason; both decisions are kept."""
    async with World(database) as world:
        await staffed(world)
        shown = await card(world)
        await proposes(world, MAYA, shown, name="Ebook")
        await press(world, ANA, world.direct(ANA)[0], "claim_decline")
        assert await proposes(world, MAYA, shown, name="Ebook") == win_forms.asked("marketing")
        await press(world, ZOE, world.direct(ZOE)[1], "claim_confirm")
        assert [state for _, _, state, _ in await claims_of(world)] == ["declined", "confirmed"]
        world.unexpected()


async def test_only_who_was_asked_may_answer(database):
    """A press by somebody else, the proposer among them, changes nothing and is told privately; so is one too late."""
    async with World(database) as world:
        await staffed(world)
        shown = await card(world)
        await proposes(world, MAYA, shown, name="Ebook")
        world.expect("chat.postMessage", "chat.postMessage")
        (question,) = world.direct(ANA)
        workspace, channel = world.slack.workspace, world.slack.channel("sales-ops")
        for one in (MAYA, BOSS, ANA):
            workspace.join(channel, world.accounts[one])
        copy = workspace.post(channel, question.user, "x", blocks=question.blocks)
        for one in (MAYA, BOSS):
            assert await in_vain(world, one, copy, "claim_confirm") == win_forms.NOT_ASKED
        assert await booked(world) == {"Webinar": 1}
        await press(world, ANA, copy, "claim_decline")
        world.unexpected()
        assert await in_vain(world, ANA, copy, "claim_confirm") == win_forms.SETTLED
        assert [state for _, _, state, _ in await claims_of(world)] == ["declined"]


async def test_two_at_once_decide_once(database):
    """Of a yes and a no at the same moment one counts, the other reads that it is settled; one answer goes out."""
    async with World(database) as world:
        await staffed(world)
        await proposes(world, MAYA, await card(world), name="Ebook")
        world.expect("chat.postMessage", "chat.postMessage")
        ref = button(world.direct(ANA)[0], "claim_confirm")["value"]
        ana, zoe = (Press(ref, world.accounts[one]) for one in (ANA, ZOE))
        office = world.bot.office
        results = await asyncio.gather(flow.confirm(office, ana), flow.decline(office, zoe))
        assert sorted(results) == ["already", "settled"]
        await world.settle()
        ((_, _, state, by),) = await claims_of(world)
        assert (state, by) == (("confirmed", ANA) if results[0] == "settled" else ("declined", ZOE))
        assert ("Ebook" in await booked(world)) == (state == "confirmed")
        assert len(world.direct(MAYA)) == 1
        world.unexpected()


async def test_a_deal_that_is_open_again_is_not_credited(database):
    """The press is answered by a calm sentence; once the deal is won again, the question can be answered."""
    async with World(database) as world:
        await staffed(world)
        shown = await card(world)
        await proposes(world, MAYA, shown, name="Ebook")
        (question,) = world.direct(ANA)
        seen = {"value": button(question, "claim_confirm")["value"], "stale": True}
        world.clock.move_to(world.clock.now() + timedelta(hours=1))
        await world.happens("deal.reopened", id="D-1", stage="engaging")
        world.unexpected()
        assert await in_vain(world, ANA, question, "claim_confirm", **seen) == win_forms.NOT_WON
        old = {"value": button(shown, "win_missing")["value"], "stale": True}
        assert await in_vain(world, MAYA, shown, "win_missing", **old) == win_forms.GONE
        world.clock.move_to(world.clock.now() + timedelta(hours=1))
        await world.happens("deal.won", id="D-1")
        world.unexpected()
        await press(world, ANA, world.direct(ANA)[0], "claim_confirm")
        assert [state for _, _, state, _ in await claims_of(world)] == ["confirmed"]
        assert "Ebook" in world.wins()[1].text
        world.unexpected()


async def test_a_question_waits_for_working_hours(database):
    """Nobody is written to in the evening; what is settled by then is not asked."""
    async with World(database) as world:
        await staffed(world)
        await world.sends("person.updated", email=ZOE, timezone="Pacific/Auckland")
        shown = await card(world)
        await proposes(world, MAYA, shown, name="Ebook")
        world.expect("chat.postMessage")
        await press(world, ANA, world.direct(ANA)[0], "claim_confirm")
        world.unexpected()
        await world.until(world.clock.now().replace(hour=23))
        assert world.direct(ZOE) == []
        world.quiet()


async def test_a_form_that_lacks_something_says_what(database):
    """The sentence stands at its input, and the form stays."""
    async with World(database) as world:
        await staffed(world)
        shown = await card(world)
        await press(world, MAYA, shown, "win_missing")
        await forms.opened(world, MAYA, "Something missing?")
        await forms.send(world, MAYA, what="campaign", why=WHY)
        assert forms.errors(world) == {"name": "Write the name of the campaign."}
        await forms.send(world, MAYA, name="Fair", day="2026-11-17", why=WHY)
        assert forms.errors(world) == {"day": "Choose a day that has come, or none."}
        world.quiet()
