"""auth.test, users.*, dnd.info."""

import pytest

from bot.playground.fake_slack import DEFAULT_SCOPES


async def test_the_bot_learns_who_it_is(slack, call):
    """auth.test names the team, the bot's user and the address of the workspace."""
    answer = await call("auth.test")
    assert (answer["user_id"], answer["team_id"], answer["url"]) == (
        "U00000000",
        "T00000001",
        f"{slack.url}/",
    )


async def test_a_person_has_a_zone_and_an_offset(slack, call):
    """users.info gives the IANA zone and the offset in seconds at that moment."""
    user = (await call("users.info", user="UANA"))["user"]
    assert (user["tz"], user["tz_offset"], user["profile"]["email"]) == (
        "America/New_York",
        -5 * 3600,
        "ana@seller.example",
    )
    assert (await call("users.info", user="UNOBODY"))["error"] == "user_not_found"


async def test_the_address_of_a_person_has_its_own_scope(slack, call):
    """Without users:read.email the profile holds no e-mail and looking up by e-mail is refused."""
    slack.settings.scopes = DEFAULT_SCOPES - {"users:read.email"}
    assert "email" not in (await call("users.info", user="UANA"))["user"]["profile"]
    refused = await call("users.lookupByEmail", email="ana@seller.example")
    assert (refused["error"], refused["needed"]) == ("missing_scope", "users:read.email")
    assert refused["provided"] == ",".join(sorted(slack.settings.scopes))


@pytest.mark.parametrize(
    ("email", "found"),
    [
        ("ana@seller.example", "UANA"),
        (" ANA@Seller.example ", "UANA"),
        ("left@seller.example", "users_not_found"),
        ("robot@seller.example", "users_not_found"),
        ("nobody@seller.example", "users_not_found"),
        ("", "users_not_found"),
    ],
)
async def test_people_are_found_by_address_while_they_are_active(slack, call, email, found):
    """An unknown address and that of somebody who left look the same: users_not_found, with an s."""
    slack.add_user("Left", "left@seller.example", deleted=True)
    slack.add_user("robot", "robot@seller.example", is_bot=True)
    answer = await call("users.lookupByEmail", email=email)
    assert (answer["user"]["id"] if answer["ok"] else answer["error"]) == found


async def test_everybody_is_listed_those_who_left_too(slack, call):
    """users.list comes in pages and marks who is deactivated."""
    slack.add_user("Left", id="ULEFT", deleted=True)
    first = await call("users.list", limit=3)
    second = await call("users.list", limit=3, cursor=first["response_metadata"]["next_cursor"])
    people = [(user["id"], user["deleted"]) for user in first["members"] + second["members"]]
    assert people == [("U00000000", False), ("UANA", False), ("UBEN", False), ("ULEFT", True)]


async def test_quiet_hours_are_told_by_their_next_span(slack, call):
    """dnd.info gives the scheduled span in epoch seconds, and whether there is one."""
    slack.workspace.change_user("UANA", dnd=(1000, 2000))
    answers = [await call("dnd.info", user=user) for user in ("UANA", "UBEN", "UNOBODY")]
    assert [(one.get("dnd_enabled"), one.get("next_dnd_end_ts"), one.get("error")) for one in answers] == [
        (True, 2000, None),
        (False, 1, None),
        (None, None, "user_not_found"),
    ]
