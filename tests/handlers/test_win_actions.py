"""Forms about a win: opened in time, and told in place where storing takes long."""

import pytest

from bot.render import answers, win_forms
from handlers import forms as late_forms
from tests.support import forms
from tests.support.databases import held
from tests.support.win_people import WHY, button, card, in_vain, press, staffed
from tests.support.world import World

MAYA, ANA = "maya@seller.example", "ana@seller.example"


@pytest.mark.parametrize(
    ("action", "title"), [("win_missing", "Something missing?"), ("win_thanks", "Say thanks")]
)
async def test_a_card_opens_its_forms(patient, action, title):
    """Each button opens its form about its win, and changes nothing by itself."""
    async with World(patient) as world:
        await staffed(world)
        shown = await card(world)
        await press(world, MAYA, shown, action)
        view = await forms.opened(world, MAYA, title)
        assert view.definition["private_metadata"] == button(shown, action)["value"]
        assert forms.words(view) == "Deal D-1"
        world.quiet()


async def test_a_form_opens_before_its_facts_are_there(patient, monkeypatch):
    """Facts that take longer than a trigger allows come into a view that is open by then."""
    monkeypatch.setattr(late_forms, "OPEN_AFTER", 0.0)
    async with World(patient) as world:
        await staffed(world)
        shown = await card(world)
        await press(world, MAYA, shown, "win_thanks")
        view = await forms.opened(world, MAYA, "Say thanks")
        assert [call.method for call in world.slack.calls() if call.method.startswith("views")] == [
            "views.open",
            "views.update",
        ]
        assert forms.words(view) == "Deal D-1"


async def test_a_form_that_is_late_and_must_not_open_says_why(patient, monkeypatch):
    """Where the view is open already, the sentence stands in it."""
    monkeypatch.setattr(late_forms, "OPEN_AFTER", 0.0)
    async with World(patient) as world:
        await staffed(world)
        shown = await card(world)
        await press(world, MAYA, shown, "win_missing", value="f" * 32, stale=True)
        await world.slack.wait_for(lambda: "does not stand" in str(forms.shown(world, MAYA)))
        assert forms.words(forms.shown(world, MAYA)) == win_forms.GONE
        assert "submit" not in forms.shown(world, MAYA).definition


async def test_a_form_whose_storing_takes_long_is_answered_in_time(patient):
    """Slack is answered before it gives up; what the database cannot take is asked for again, with what was entered."""
    async with World(patient) as world:
        await staffed(world)
        shown = await card(world)
        await press(world, MAYA, shown, "win_missing")
        await forms.opened(world, MAYA, "Something missing?")
        with held(patient):
            result = await forms.send(world, MAYA, name="Ebook", day="2026-11-10", why=WHY)
            assert result.acknowledged
            await world.slack.wait_for(lambda: answers.BUSY in str(forms.shown(world, MAYA)))
        view = forms.shown(world, MAYA).definition
        entered = {
            block["block_id"]: block["element"] for block in view["blocks"] if block["type"] == "input"
        }
        assert entered["name"]["initial_value"] == "Ebook"
        assert entered["day"]["initial_date"] == "2026-11-10"
        await forms.send(world, MAYA)
        await world.settle()
        assert forms.words(forms.shown(world, MAYA)) == win_forms.asked("marketing")
        world.expect("chat.postMessage", "chat.postMessage")


async def test_a_button_of_nothing_known_is_told_privately(patient):
    """A press of a question that was forgotten changes nothing."""
    async with World(patient) as world:
        await staffed(world)
        shown = await card(world)
        for action in ("claim_confirm", "claim_decline", "merge_confirm", "merge_keep"):
            old = {"value": "f" * 32, "stale": True}
            assert await in_vain(world, ANA, shown, action, **old) == win_forms.GONE
