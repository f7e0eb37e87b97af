"""chat.*: what is posted, changed and refused, as Slack's own client sees it."""

import json

import aiohttp
import pytest

from bot.playground.fake_slack import DEFAULT_SCOPES
from tests.playground.kit import actions, button, section

METADATA = {"event_type": "win", "event_payload": {"key": "win:D-1:1"}}


async def test_a_message_shows_in_its_channel(slack, call):
    """A posted message is in the channel with its text, blocks and metadata, and the answer tells where."""
    blocks = [section("*Acme*"), actions(button("contacted", value="L-1"))]
    answer = await call("chat.postMessage", channel="#wins", text="Acme", blocks=blocks, metadata=METADATA)
    (message,) = slack.messages("wins")
    assert (answer["channel"], answer["ts"]) == (slack.channel("wins"), message.ts)
    assert (message.text, message.blocks, message.metadata) == ("Acme", blocks, METADATA)
    assert (message.edited, message.thread_ts, answer["message"]["text"]) == (False, None, "Acme")


@pytest.mark.parametrize("name", ["wins", "#wins", "C00000001"])
async def test_a_channel_goes_by_name_or_id(slack, call, name):
    """chat.postMessage takes a channel's id, its name, and its name with a #."""
    assert (await call("chat.postMessage", channel=name, text="x"))["channel"] == slack.channel("wins")


async def test_a_persons_id_opens_their_direct_messages(slack, call):
    """Posting to a user id goes to the D channel of that person, the same one every time."""
    answers = [await call("chat.postMessage", channel="UANA", text="x") for _ in range(2)]
    assert [answer["channel"] for answer in answers] == [slack.dm("UANA")] * 2
    assert slack.dm("UANA").startswith("D")


@pytest.mark.parametrize(
    ("setup", "channel", "error"),
    [
        (None, "#nowhere", "channel_not_found"),
        (None, "", "channel_not_found"),
        (None, "UNOBODY", "channel_not_found"),
        ({"name": "other", "bot_in": False}, "other", "not_in_channel"),
        ({"name": "secret", "private": True, "bot_in": False}, "secret", "channel_not_found"),
        ({"name": "old", "archived": True}, "old", "is_archived"),
    ],
)
async def test_a_channel_the_bot_cannot_write_to_is_refused(slack, call, setup, channel, error):
    """Unknown, not joined, private without the bot, archived: each has Slack's own error."""
    if setup:
        slack.add_channel(**setup)
    answer = await call("chat.postMessage", channel=channel, text="x")
    assert (answer["error"], slack.posts()) == (error, [])


async def test_a_public_channel_is_open_to_a_bot_with_the_scope(slack, call):
    """With chat:write.public a bot writes where it is not a member."""
    slack.add_channel("other", bot_in=False)
    slack.settings.scopes = DEFAULT_SCOPES | {"chat:write.public"}
    assert (await call("chat.postMessage", channel="other", text="x"))["ok"]


async def test_people_who_left_and_bots_cannot_be_written_to(slack, call):
    """A deactivated person's id, their old direct messages and a bot's id are refused."""
    dm = slack.dm("UBEN")
    slack.workspace.change_user("UBEN", deleted=True)
    robot = slack.add_user("robot", is_bot=True)
    answers = [await call("chat.postMessage", channel=one, text="x") for one in ("UBEN", dm, robot)]
    assert [answer["error"] for answer in answers] == ["channel_not_found", "is_archived", "cannot_dm_bot"]


@pytest.mark.parametrize(
    ("content", "error"),
    [
        ({}, "no_text"),
        ({"text": ""}, "no_text"),
        ({"blocks": [section()]}, "no_text"),
        ({"text": "x" * 40_001}, "msg_too_long"),
        ({"text": "x", "blocks": [{"type": "section"}]}, "invalid_blocks"),
        ({"text": "x", "blocks": {"type": "section"}}, "invalid_blocks_format"),
        ({"text": "x", "blocks": "[{"}, "invalid_blocks_format"),
        ({"text": "x", "blocks": [section("x" * 3000)] * 5}, "msg_blocks_too_long"),
        ({"text": "<Acme> won"}, "invalid_arguments"),
        ({"text": 7}, "invalid_arguments"),
        ({"text": "x", "metadata": "win"}, "invalid_metadata_format"),
        (
            {"text": "x", "metadata": {"event_type": "w", "event_payload": {"k": "x" * 2000}}},
            "metadata_too_large",
        ),
        ({"text": "x", "markdown_text": "y"}, "markdown_text_conflict"),
        ({"text": "x", "attachments": [{}] * 101}, "too_many_attachments"),
        ({"text": "x", "attachments": [{"blocks": [{"type": "no"}]}]}, "invalid_attachments"),
        ({"text": "x", "attachments": [{"blocks": 5}]}, "invalid_attachments"),
        ({"text": "x", "thread_ts": "1.000001"}, "thread_not_found"),
        ({"text": "x", "username": "Somebody"}, "missing_scope"),
    ],
)
async def test_content_that_slack_does_not_take_is_refused(slack, call, content, error):
    """What cannot be shown is refused by name, and nothing is posted."""
    answer = await call("chat.postMessage", channel="wins", **content)
    assert (answer["error"], slack.messages("wins")) == (error, [])


async def test_a_refusal_of_blocks_says_where(call):
    """invalid_blocks comes with a line in Slack's words and a JSON pointer."""
    answer = await call("chat.postMessage", channel="wins", text="x", blocks=[section("x" * 3001)])
    assert answer["response_metadata"]["messages"] == [
        "[ERROR] must be less than 3001 characters [json-pointer:/blocks/0/text/text]"
    ]


async def test_without_strictness_slack_takes_what_only_people_mind(slack, call):
    """Blocks alone, an unescaped name and a very long text pass once `strict` is off, as on slack.com."""
    slack.settings.strict = False
    contents = [{"blocks": [section()]}, {"text": "<Acme>"}, {"text": "x" * 40_001}]
    assert [(await call("chat.postMessage", channel="wins", **one))["ok"] for one in contents] == [True] * 3


async def test_a_reply_joins_its_thread(slack, call):
    """A reply, and a reply to a reply, carry the parent's timestamp, as the parent then does itself."""
    parent = (await call("chat.postMessage", channel="wins", text="a"))["ts"]
    reply = (await call("chat.postMessage", channel="wins", text="b", thread_ts=parent))["ts"]
    await call("chat.postMessage", channel="wins", text="c", thread_ts=reply)
    assert [message.thread_ts for message in slack.messages("wins")] == [parent] * 3


async def test_an_update_keeps_metadata_and_drops_blocks(slack, call):
    """Text alone takes the blocks away; metadata stays until an empty object is sent."""
    posted = await call("chat.postMessage", channel="wins", text="a", blocks=[section()], metadata=METADATA)
    where = {"channel": posted["channel"], "ts": posted["ts"]}
    await call("chat.update", **where, text="b")
    (message,) = slack.messages("wins")
    assert (message.text, message.blocks, message.metadata, message.edited) == ("b", [], METADATA, True)
    await call("chat.update", **where, text="c", blocks=[section("new")], metadata={})
    (message,) = slack.messages("wins")
    assert (message.text, message.blocks, message.metadata) == ("c", [section("new")], None)


async def test_direct_messages_are_changed_by_their_channel_not_by_the_person(slack, call):
    """chat.update knows the D id and not the user id that posting takes, nor a name."""
    posted = await call("chat.postMessage", channel="UANA", text="a")
    errors = [(await call("chat.update", channel=one, ts=posted["ts"], text="b")).get("error") for one in
              ("UANA", "#wins", posted["channel"])]  # fmt: skip
    assert errors == ["channel_not_found", "channel_not_found", None]


async def test_only_the_bots_own_messages_change(slack, call):
    """A person's message can be neither changed nor deleted, an unknown one neither."""
    theirs = slack.say("UANA", "wins", "hello")
    where = {"channel": slack.channel("wins"), "ts": theirs.ts}
    answers = [
        await call("chat.update", **where, text="x"),
        await call("chat.delete", **where),
        await call("chat.update", **{**where, "ts": "1.000001"}, text="x"),
        await call("chat.delete", **{**where, "ts": "1.000001"}),
    ]
    assert [answer["error"] for answer in answers] == [
        "cant_update_message",
        "cant_delete_message",
        "message_not_found",
        "message_not_found",
    ]


async def test_an_update_takes_less_text_than_a_post(slack, call):
    """4,000 characters fit an update, one more is msg_too_long."""
    posted = await call("chat.postMessage", channel="wins", text="a")
    where = {"channel": posted["channel"], "ts": posted["ts"]}
    errors = [(await call("chat.update", **where, text="x" * n)).get("error") for n in (4000, 4001)]
    assert errors == [None, "msg_too_long"]


async def test_the_edit_window_closes_on_the_injected_clock(slack, call, clock):
    """With a window of a minute a message may be changed after 60 seconds and not after 61."""
    slack.settings.edit_window = 60
    posted = await call("chat.postMessage", channel="wins", text="a")
    where = {"channel": posted["channel"], "ts": posted["ts"]}
    clock.advance(60)
    first = await call("chat.update", **where, text="b")
    clock.advance(1)
    assert (first["ok"], (await call("chat.update", **where, text="c"))["error"]) == (
        True,
        "edit_window_closed",
    )


async def test_an_archived_channel_is_inactive(slack, call):
    """Messages of a channel that was archived can be changed no more."""
    posted = await call("chat.postMessage", channel="wins", text="a")
    slack.workspace.change_channel(posted["channel"], archived=True)
    assert (await call("chat.update", channel=posted["channel"], ts=posted["ts"], text="b"))[
        "error"
    ] == "is_inactive"


async def test_a_deleted_message_is_gone(slack, call):
    """chat.delete takes a message of the bot out of the channel."""
    posted = await call("chat.postMessage", channel="wins", text="a")
    answer = await call("chat.delete", channel=posted["channel"], ts=posted["ts"])
    assert (answer["ok"], slack.messages("wins")) == (True, [])


async def test_an_ephemeral_message_is_seen_by_one_person(slack, call):
    """Only its recipient sees it, and chat.update does not know it."""
    answer = await call("chat.postEphemeral", channel="wins", user="UANA", text="psst", blocks=[section()])
    (seen,) = slack.ephemerals("UANA")
    assert (seen.text, seen.blocks, seen.channel, seen.ts, seen.source) == (
        "psst",
        [section()],
        slack.channel("wins"),
        answer["message_ts"],
        "chat.postEphemeral",
    )
    assert (slack.ephemerals("UBEN"), slack.messages("wins")) == ([], [])
    again = await call("chat.update", channel=seen.channel, ts=seen.ts, text="b")
    assert again["error"] == "message_not_found"


@pytest.mark.parametrize("user", ["UOUT", "UNOBODY"])
async def test_an_ephemeral_message_needs_its_reader_in_the_channel(slack, call, user):
    """Somebody who is not in the channel, or does not exist, cannot be whispered to there."""
    slack.add_user("Out", id="UOUT")
    answer = await call("chat.postEphemeral", channel="wins", user=user, text="psst")
    assert answer["error"] == "user_not_in_channel"


async def test_direct_messages_can_be_switched_off(slack, call):
    """Without the Messages tab a DM is refused with Slack's own word."""
    slack.settings.messages_tab = False
    assert (await call("chat.postMessage", channel="UANA", text="x"))["error"] == "messages_tab_disabled"


async def test_a_permalink_leads_to_the_message_on_the_page(slack, call):
    """The address ends in the message's timestamp without its dot, and the page answers there."""
    posted = await call("chat.postMessage", channel="wins", text="a")
    link = (await call("chat.getPermalink", channel=posted["channel"], message_ts=posted["ts"]))["permalink"]
    assert link == f"{slack.url}/archives/{posted['channel']}/p{posted['ts'].replace('.', '')}"
    async with aiohttp.ClientSession() as session, session.get(link) as page:
        assert (page.status, page.content_type) == (200, "text/html")


async def test_a_form_body_does_as_well_as_json(slack):
    """Form bodies carry the token and structured arguments as JSON strings."""
    form = {"token": "xoxb-demo", "channel": "wins", "text": "x", "blocks": json.dumps([section()])}
    url = f"{slack.api_url}chat.postMessage"
    async with aiohttp.ClientSession() as session, session.post(url, data=form) as answer:
        assert (await answer.json())["ok"] is True
    assert slack.messages("wins")[0].blocks == [section()]


async def test_the_journal_tells_every_call_and_what_took_effect(slack, call, clock):
    """`calls` holds each request in order without its token, `posts` those that changed a message."""
    await call("auth.test", token="xoxb-demo")
    await call("chat.postMessage", channel="nowhere", text="x")
    clock.advance(5)
    answer = await call("chat.postMessage", channel="wins", text="x")
    assert [(one.method, one.accepted, one.at) for one in slack.calls()] == [
        ("auth.test", True, clock.now - 5),
        ("chat.postMessage", False, clock.now - 5),
        ("chat.postMessage", True, clock.now),
    ]
    assert [(one.args, one.answer) for one in slack.posts()] == [({"channel": "wins", "text": "x"}, answer)]
    assert slack.calls("auth.test")[0].args == {}
