"""views.*: modals by trigger id, the stack of three, the Home tab, races."""

import pytest

from bot.playground.blockkit_limits import LIMITS
from tests.playground.kit import home, modal, plain, section, text_input


@pytest.fixture
def trigger(slack):
    """A fresh trigger id of Ana's, as a press of hers would bring."""
    return lambda: slack._web_api.api.triggers.issue("UANA")


async def test_a_trigger_opens_one_modal_within_three_seconds(slack, call, clock, trigger):
    """Used twice it is exchanged, after more than three seconds expired, made up it is invalid."""
    fresh, old = trigger(), trigger()
    clock.advance(3)
    opened = await call("views.open", trigger_id=fresh, view=modal(text_input()))
    assert [view.id for view in slack.views("UANA")] == [opened["view"]["id"]]
    again = await call("views.open", trigger_id=fresh, view=modal(text_input()))
    clock.advance(0.001)
    late = await call("views.open", trigger_id=old, view=modal(text_input()))
    unknown = await call("views.open", trigger_id="1.2.abc", view=modal(text_input()))
    assert [answer["error"] for answer in (again, late, unknown)] == [
        "exchanged_trigger_id",
        "expired_trigger_id",
        "invalid_trigger_id",
    ]


@pytest.mark.parametrize(
    ("view", "error"),
    [
        (None, "invalid_arguments"),
        ("{", "invalid_arguments"),
        ([], "invalid_arguments"),
        (home(), "invalid_arguments"),
        (modal(section("x" * 3001)), "invalid_arguments"),
        (modal(*[section("x" * 3000)] * 90), "view_too_large"),
    ],
)
async def test_a_view_that_slack_does_not_take(call, trigger, view, error):
    """A view is checked before the trigger id is spent: invalid_arguments, or view_too_large."""
    trigger_id = trigger()
    answer = await call("views.open", trigger_id=trigger_id, view=view)
    assert answer["error"] == error
    assert (await call("views.open", trigger_id=trigger_id, view=modal()))["ok"]


async def test_three_modals_may_lie_on_each_other(slack, call, trigger):
    """Three are accepted, one more is push_limit_reached; nothing can be pushed on nothing."""
    assert (await call("views.push", trigger_id=trigger(), view=modal()))["error"] == "not_found"
    first = await call("views.open", trigger_id=trigger(), view=modal())
    answers = [
        await call("views.push", trigger_id=trigger(), view=modal()) for _ in range(LIMITS["view.stack"])
    ]
    assert [answer.get("error") for answer in answers] == [None, None, "push_limit_reached"]
    assert {view.root_id for view in slack.views("UANA")} == {first["view"]["id"]}
    assert answers[1]["view"]["previous_view_id"] == answers[0]["view"]["id"]


async def test_a_view_changes_only_under_the_hash_one_knows(slack, call, trigger):
    """An update with the hash of before another update is hash_conflict; without a hash the last one wins."""
    view = (await call("views.open", trigger_id=trigger(), view=modal()))["view"]
    named = {"view_id": view["id"]}
    first = await call("views.update", **named, hash=view["hash"], view=modal(title=plain("B")))
    second = await call("views.update", **named, hash=view["hash"], view=modal(title=plain("C")))
    third = await call("views.update", **named, view=modal(title=plain("D")))
    assert (first["ok"], second["error"], third["ok"]) == (True, "hash_conflict", True)
    assert slack.views("UANA")[0].definition["title"]["text"] == "D"
    assert (await call("views.update", view_id="V404", view=modal()))["error"] == "not_found"


async def test_a_view_goes_by_the_bots_own_name_too(call, trigger):
    """An external id finds the view, and is taken while that view is open."""
    await call("views.open", trigger_id=trigger(), view=modal(external_id="log-1"))
    updated = await call("views.update", external_id="log-1", view=modal(external_id="log-1"))
    pushed = await call("views.push", trigger_id=trigger(), view=modal(external_id="log-1"))
    assert (updated["ok"], pushed["error"]) == (True, "duplicate_external_id")


async def test_a_home_tab_is_published_to_one_person(slack, call):
    """A new tab keeps the id of the one before; an old hash, a stranger, a switched-off tab are refused."""
    first = await call("views.publish", user_id="UANA", view=home(section("a")))
    second = await call("views.publish", user_id="UANA", view=home(section("b")), hash=first["view"]["hash"])
    raced = await call("views.publish", user_id="UANA", view=home(), hash=first["view"]["hash"])
    stranger = await call("views.publish", user_id="UNOBODY", view=home())
    slack.settings.home_tab = False
    off = await call("views.publish", user_id="UANA", view=home())
    assert (first["view"]["id"], slack.home("UANA").definition) == (second["view"]["id"], home(section("b")))
    assert [answer["error"] for answer in (raced, stranger, off)] == [
        "hash_conflict",
        "invalid_arguments",
        "not_enabled",
    ]
    assert slack.home("UBEN") is None
