"""`/leads`: a private list of open leads, the most urgent first, each answered where it stands."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.domain.agreement import Agreement, Tier
from bot.render.handover import ACCEPT_ACTION
from bot.store import clocks
from tests.support import forms
from tests.support.commands import answered, as_it_stands, says
from tests.support.leads import at, called, comes, the_clock
from tests.support.world import OWNERS, World, buttons

if TYPE_CHECKING:
    from bot.playground.records import Ephemeral

NOT_LINKED = (
    "Slack does not show me the e-mail address of your account, so I cannot tell which leads are yours. "
    "An admin can grant the scope users:read.email."
)
HIDDEN = (
    "Slack does not show me the e-mail address of that account, so I cannot tell which leads are theirs. "
    "Please give their e-mail address, or an admin can grant the scope users:read.email."
)
TWICE = replace(OWNERS, tiers=(Tier(attempts=2, spacing=(timedelta(hours=2),)),))


async def three_leads(world: World) -> str:
    """At noon of Monday: one lead of Maya's is late, one at risk, one just came; and one is Ben's."""
    maya, ben = world.person("Maya Okafor"), world.person("Ben Ito")
    await world.happens("person.updated", email=ben, name="Ben Ito")
    await comes(world, maya, "Dana Reyes", company="Northwind", created_at="2026-11-13T15:00:00Z")
    await comes(world, maya, "Lee Wong")
    await comes(world, ben, "Sam Hill")
    await world.until(at(12, 30))
    await comes(world, maya, "Pat Kim")
    world.unexpected()
    return maya


async def presses(world: World, email: str, shown: Ephemeral, action: str, lead: str) -> Ephemeral:
    """Somebody presses a button in a list; how the list looks once it has changed."""
    (button,) = [
        one for one in buttons(shown) if one["action_id"] == action and lead in one["accessibility_label"]
    ]
    await world.slack.press(
        shown.channel,
        shown.ts,
        action,
        world.accounts[email],
        value=button["value"],
        block_id=button["block_id"],
    )
    return await changed(world, shown)


async def changed(world: World, shown: Ephemeral) -> Ephemeral:
    """The list, once it looks different."""
    await world.slack.wait_for(lambda: as_it_stands(world, shown).text != shown.text)
    return as_it_stands(world, shown)


def waiting(shown: Ephemeral) -> list[str]:
    """The leads of a list that can be answered, in order."""
    labels = [one["accessibility_label"] for one in buttons(shown) if one["action_id"] == "contacted"]
    return [label.removeprefix("Contacted: ") for label in labels]


@pytest.mark.parametrize("socket", [False, True], ids=["http", "socket"])
async def test_own_leads_the_most_urgent_first(sqlite, socket):
    """Late ones by how late they are, then those at risk, then the others; each with the words of a reminder."""
    async with World(sqlite, socket=socket) as world:
        maya = await three_leads(world)
        shown = [await answered(world, "/leads", text, maya) for text in ("", "mine", " MINE ")]
        assert len({one.text for one in shown}) == 1
        assert shown[0].text.splitlines() == [
            "Your open leads: 3.",
            "1 lead late.",
            "Dana Reyes, Northwind: first contact was agreed for 16 Nov, 11:00 (UTC).",
            "Lee Wong: first contact agreed by 16 Nov, 13:00 (UTC).",
            "Pat Kim: first contact agreed by 16 Nov, 16:30 (UTC).",
        ]
        assert waiting(shown[0]) == ["Dana Reyes, Northwind", "Lee Wong", "Pat Kim"]


async def test_whose_leads_they_are(sqlite):
    """The team's with their owners; one person's by mention, address or name; who owns none sees the team's."""
    async with World(sqlite) as world:
        maya = await three_leads(world)
        ben, mona = "ben@seller.example", world.person("Mona Berg")
        world.accounts["guest"] = world.slack.add_user(name="A Guest")
        team = await says(world, "/leads", "team", maya)
        assert team[0] == "Open leads of the team: 4."
        assert (
            f"Sam Hill: first contact agreed by 16 Nov, 13:00 (UTC); owner <@{world.accounts[ben]}>." in team
        )
        assert await says(world, "/leads", "", mona) == await says(world, "/leads", "", "guest") == team
        bens = ["Open leads of Ben Ito: 1.", "Sam Hill: first contact agreed by 16 Nov, 13:00 (UTC)."]
        for words in (f"<@{world.accounts[ben]}|ben>", "ben@seller.example", "@Ben Ito", "ben"):
            assert await says(world, "/leads", words, maya) == bens
        assert (await says(world, "/leads", "mine", mona)) == ["No open leads of yours."]


async def test_a_press_shows_in_the_list_at_once(sqlite):
    """`Contacted` repeats the answer in its place, corrects the reminder, and can be undone from the list."""
    async with World(sqlite) as world:
        maya = await three_leads(world)
        before = await answered(world, "/leads", "", maya)
        after = await presses(world, maya, before, "contacted", "Dana Reyes")
        assert after.text.splitlines()[:3] == [
            "Your open leads: 2.",
            "Dana Reyes, Northwind: Contacted.",
            "Lee Wong: first contact agreed by 16 Nov, 13:00 (UTC).",
        ]
        await world.settle()
        world.expect("response_url", "chat.update", "chat.update")  # both reminders show it, too
        again = await presses(world, maya, after, "undo", "Dana Reyes")
        assert again.text == before.text
        await world.settle()
        world.expect("response_url", "chat.update", "chat.update")
        assert len(world.slack.ephemerals(world.accounts[maya])) == 1


async def test_what_was_answered_leaves_the_list_when_it_can_no_longer_be_undone(sqlite):
    """Ten minutes after the press the lead is gone from the list; a list of another reader never held it."""
    async with World(sqlite) as world:
        maya = await three_leads(world)
        await presses(world, maya, await answered(world, "/leads", "", maya), "contacted", "Dana Reyes")
        await world.settle()
        world.unexpected()
        assert "Dana Reyes, Northwind: Contacted." in await says(world, "/leads", "mine", maya)
        assert not any("Dana" in line for line in await says(world, "/leads", "team", "ben@seller.example"))
        await world.until(at(12, 41))
        world.unexpected()
        assert not any("Dana" in line for line in await says(world, "/leads", "mine", maya))


@pytest.mark.parametrize(
    ("entry", "entered", "told"),
    [
        (
            "Log details",
            {"kind": "call", "outcome": "no_answer", "at": int(at(12).timestamp())},
            "Log details: call, no answer.",
        ),
        ("Snooze", {"until": str(int(at(13, 30).timestamp()))}, "Snooze: until 16 Nov, 13:30 (UTC)."),
        ("Not a fit", {"reason": "spam"}, "Not a fit: spam."),
    ],
)
async def test_a_form_shows_in_the_list_it_was_opened_from(sqlite, entry, entered, told):
    """Each entry of the menu is answered in place, too."""
    async with World(sqlite) as world:
        maya = await three_leads(world)
        shown = await answered(world, "/leads", "", maya)
        await forms.choose(world, maya, shown, entry, "Pat Kim")
        await forms.opened(world, maya, entry)
        await forms.send(world, maya, **entered)
        after = await changed(world, shown)
        assert (f"Pat Kim: {told}" in after.text.splitlines(), waiting(after)[:2]) == (
            True,
            ["Dana Reyes, Northwind", "Lee Wong"],
        )
        await world.settle()
        world.unexpected()


async def test_a_hand_over_from_the_list(sqlite):
    """The lead says for whom it waits; accepted, it leaves the list and stands in the other's."""
    async with World(sqlite) as world:
        maya = await three_leads(world)
        ben = "ben@seller.example"
        shown = await answered(world, "/leads", "", maya)
        await forms.choose(world, maya, shown, "Hand over", "Pat Kim")
        await forms.opened(world, maya, "Hand over")
        await forms.send(world, maya, person=world.accounts[ben])
        offered = await changed(world, shown)
        assert "waiting for Ben Ito to take it over" in offered.text
        await world.settle()
        (asked,) = [message for message in world.direct(ben) if "Pat Kim" in message.text]
        (accept,) = [one for one in buttons(asked) if one["action_id"] == ACCEPT_ACTION]
        await world.slack.press(
            asked.channel, asked.ts, ACCEPT_ACTION, world.accounts[ben], value=accept["value"]
        )
        await world.settle()
        world.unexpected()
        assert "Pat Kim: Hand over: now with Ben Ito." in await says(world, "/leads", "mine", maya)
        assert any(line.startswith("Pat Kim: first") for line in await says(world, "/leads", "mine", ben))


async def test_an_old_list_is_answered_with_the_present_truth(sqlite):
    """The CRM reported the contact first: the press changes nothing, says so, and the list catches up."""
    async with World(sqlite) as world:
        maya = await three_leads(world)
        shown = await answered(world, "/leads", "", maya)
        await called(world, "Dana", at(12, 30))
        world.unexpected()
        after = await presses(world, maya, shown, "contacted", "Dana Reyes")
        assert after.text.splitlines()[0] == "Your open leads: 2."
        assert "Dana" not in after.text
        assert [one.text for one in world.slack.ephemerals(world.accounts[maya])[1:]] == [
            "This is settled already. Nothing more to do."
        ]
        world.expect("response_url", "response_url")


async def test_somebody_elses_lead(sqlite):
    """Whoever may not answer for a lead is told so in private; the list stays as it is."""
    async with World(sqlite) as world:
        await three_leads(world)
        ben = "ben@seller.example"
        shown = await answered(world, "/leads", "@maya", ben)
        (button,) = [one for one in buttons(shown) if "Contacted: Lee" in one.get("accessibility_label", "")]
        await world.slack.press(
            shown.channel,
            shown.ts,
            "contacted",
            world.accounts[ben],
            value=button["value"],
            block_id=button["block_id"],
        )
        own = world.accounts[ben]
        await world.slack.wait_for(lambda: len(world.slack.calls("response_url")) == 3)
        assert world.slack.ephemerals(own)[-1].text.startswith("This lead is with somebody else")
        assert as_it_stands(world, shown).text == shown.text
        assert [clock.stopped_at for clock in await world.database.read(clocks.every)] == [None] * 4
        world.expect("response_url", "response_url")


async def test_twenty_leads_and_the_rest_is_counted(sqlite):
    """Of 27 leads the twenty most urgent are listed: "and 7 more"."""
    async with World(sqlite) as world:
        maya = world.person("Maya Okafor")
        for number in range(27):
            await comes(world, maya, f"L{number:02} Reyes", created_at=at(8, 0, number).isoformat())
        lines = await says(world, "/leads", "", maya)
        assert (lines[0], lines[-1], len(lines)) == ("Your open leads: 27.", "And 7 more.", 22)
        assert [line.split()[0] for line in lines[1:-1]] == [f"L{number:02}" for number in range(20)]


async def test_a_button_asks_for_the_same_contact_for_ever(sqlite):
    """A list from before the first contact cannot answer the second one; a new list can."""
    async with World(sqlite, TWICE) as world:
        maya = world.person("Maya Okafor")
        await comes(world, maya)
        old = await answered(world, "/leads", "", maya)
        await called(world, "Dana", at(9, 30))
        await world.until(at(10, 30))
        world.unexpected()
        new = await answered(world, "/leads", "", maya)
        assert new.text.splitlines() == [
            "Your open leads: 1.",
            "Dana Reyes: contact 2 of 2 agreed by 16 Nov, 11:30 (UTC).",
        ]
        (first,) = [one for one in buttons(old) if one["action_id"] == "contacted"]
        await world.slack.press(
            old.channel,
            old.ts,
            "contacted",
            world.accounts[maya],
            value=first["value"],
            block_id=first["block_id"],
        )
        await changed(world, old)
        assert (await the_clock(world)).attempts == 1
        after = await presses(world, maya, new, "contacted", "Dana Reyes")
        assert after.text.splitlines() == ["All settled, thank you.", "Dana Reyes: Contacted."]
        assert ((await the_clock(world)).attempts, (await the_clock(world)).follow_up) == (2, "kept")
        await world.settle()
        world.unexpected()


async def test_a_list_outlives_the_process(sqlite):
    """A list from before a restart is answered as ever."""
    async with World(sqlite) as world:
        maya = await three_leads(world)
        shown = await answered(world, "/leads", "", maya)
        await world.restart()
        after = await presses(world, maya, shown, "contacted", "Lee Wong")
        assert "Lee Wong: Contacted." in after.text.splitlines()
        await world.settle()
        world.unexpected()


async def test_the_list_cannot_be_changed(sqlite):
    """Where Slack does not take the new list the answer is stored all the same, and the bot goes on."""
    async with World(sqlite) as world:
        maya = world.person("Maya Okafor")
        await comes(world, maya)
        shown = await answered(world, "/leads", "", maya)
        world.slack.fail_next("response_url", 500)
        (button,) = [one for one in buttons(shown) if one["action_id"] == "contacted"]
        await world.slack.press(
            shown.channel,
            shown.ts,
            "contacted",
            world.accounts[maya],
            value=button["value"],
            block_id=button["block_id"],
        )
        await world.slack.wait_for(lambda: len(world.slack.calls("response_url")) == 2)
        world.quiet()
        assert (await the_clock(world)).stopped_how == "said"
        assert await says(world, "/leads", "", maya) == ["All settled, thank you.", "Dana Reyes: Contacted."]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "everything please",
            "“everything please” is not something this command knows. Try: /leads [mine|team|@rep]",
        ),
        ("mine team", "“mine team” is not something this command knows. Try: /leads [mine|team|@rep]"),
        ("@nobody", "Nothing found for “@nobody”. Please check the spelling."),
        (
            "<!channel>",
            "“&lt;!channel&gt;” is not something this command knows. Try: /leads [mine|team|@rep]",
        ),
        ("help", "Leads that wait for a contact, the most urgent first. Try: /leads [mine|team|@rep]"),
    ],
)
async def test_words_it_does_not_know(sqlite, text, told):
    """It says so, with what it knows; nothing typed pings anybody."""
    async with World(sqlite) as world:
        assert await says(world, "/leads", text, world.person("Maya Okafor")) == [told]


async def test_a_name_that_several_people_have(sqlite):
    """The answer lists their addresses; a whole name is enough where it is nobody else's."""
    async with World(sqlite) as world:
        maya = world.person("Maya Okafor")
        for name in ("Kim Berg", "Kim Roth"):
            await world.happens(
                "person.updated", email=f"{name.split()[1].lower()}@seller.example", name=name
            )
        assert await says(world, "/leads", "@Kim", maya) == [
            (
                "Several people are called “@Kim”. Please give one of their e-mail addresses: "
                "berg@seller.example, roth@seller.example"
            )
        ]
        assert await says(world, "/leads", "kim  BERG", maya) == ["No open leads of Kim Berg."]


async def test_accounts_without_an_address(sqlite):
    """Whose address Slack does not show has no list of their own, and nobody can ask for it."""
    async with World(sqlite) as world:
        maya = world.person("Maya Okafor")
        world.accounts["guest"] = world.slack.add_user(name="A Guest")
        assert await says(world, "/leads", "mine", "guest") == [NOT_LINKED]
        assert await says(world, "/leads", f"<@{world.accounts['guest']}>", maya) == [HIDDEN]


async def test_slack_answers_nothing(sqlite):
    """While Slack's Web API is out of reach the lists still come, from our own records."""
    async with World(sqlite) as world:
        maya = await three_leads(world)
        stranger = world.person("Zoe Lang")
        for method in ("auth.test", "users.info", "users.lookupByEmail", "chat.postMessage"):
            world.slack.fail_always(method, 503)
        assert (await says(world, "/leads", "", maya))[0] == "Your open leads: 3."
        assert (await says(world, "/leads", "", stranger))[0] == "Open leads of the team: 4."
        assert (await says(world, "/leads", "mine", stranger)) == [
            "Busy at the moment. Please try again in a few seconds. Nothing was changed."
        ]


async def test_no_agreement_of_its_own_is_needed(sqlite):
    """With the defaults and no lead at all the list is one line."""
    async with World(sqlite, Agreement()) as world:
        maya = world.person("Maya Okafor")
        assert await says(world, "/leads", "", maya) == ["No open leads in the team."]
