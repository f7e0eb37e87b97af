"""auth.test, users.*, dnd.info."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.errors import NotFoundError
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


async def test_quiet_hours_are_told_by_their_next_span(slack, call, clock):
    """dnd.info gives the scheduled span in epoch seconds, and whether there is one."""
    slack.set_dnd("UANA", clock.now + 1000, clock.now + 2000)
    answers = [await call("dnd.info", user=user) for user in ("UANA", "UBEN", "UNOBODY")]
    assert [(one.get("dnd_enabled"), one.get("next_dnd_end_ts"), one.get("error")) for one in answers] == [
        (True, int(clock.now) + 2000, None),
        (False, 1, None),
        (None, None, "user_not_found"),
    ]


async def test_quiet_hours_come_back_every_day(slack, call, clock):
    """While a span lasts it is the one that is told; from its end on it is the next day's, by the person's clocks."""
    start = datetime(2026, 10, 31, 22, 0, tzinfo=ZoneInfo("America/New_York"))  # that night has an hour more
    slack.set_dnd("UANA", start, start + timedelta(hours=10))
    told = []
    for wall in ("2026-10-31T12:00", "2026-11-01T07:59", "2026-11-01T08:00", "2027-03-13T23:00"):
        clock.now = datetime.fromisoformat(wall).replace(tzinfo=ZoneInfo("America/New_York")).timestamp()
        answer = await call("dnd.info", user="UANA")
        span = (datetime.fromtimestamp(answer[f"next_dnd_{side}_ts"], UTC) for side in ("start", "end"))
        told.append(tuple(f"{at:%m-%d %H:%M}" for at in span))
    assert told == [
        ("11-01 02:00", "11-01 13:00"),
        ("11-01 02:00", "11-01 13:00"),
        ("11-02 03:00", "11-02 13:00"),
        ("03-14 03:00", "03-14 12:00"),
    ]
    slack.set_dnd("UANA", None, None)
    assert (await call("dnd.info", user="UANA"))["dnd_enabled"] is False


async def test_nobody_has_no_quiet_hours(slack, clock):
    """A schedule is set for somebody who is there."""
    with pytest.raises(NotFoundError, match="UNOBODY"):
        slack.set_dnd("UNOBODY", clock.now, clock.now + 60)
