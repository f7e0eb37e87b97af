"""conversations.*, reactions.add: channels, members, history."""

import pytest

from bot.playground.fake_slack import DEFAULT_SCOPES

METADATA = {"event_type": "win", "event_payload": {"key": "k"}}


async def test_the_same_person_has_the_same_direct_messages(slack, call):
    """conversations.open gives one D id for a person, however often it is asked."""
    answers = [await call("conversations.open", users="UANA") for _ in range(2)]
    assert [answer["channel"]["id"] for answer in answers] == [slack.dm("UANA")] * 2
    assert ["already_open" in answer for answer in answers] == [False, True]


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({}, "users_list_not_supplied"),
        ({"users": " , "}, "users_list_not_supplied"),
        ({"users": "UNOBODY"}, "user_not_found"),
        ({"users": "ULEFT"}, "user_disabled"),
        ({"users": "U00000000"}, "cannot_dm_bot"),
        ({"users": ",".join(["UANA"] * 9)}, "too_many_users"),
        ({"users": "UANA,UBEN"}, "missing_scope"),
        ({"channel": "D404"}, "channel_not_found"),
        ({"channel": "C00000001"}, "method_not_supported_for_channel_type"),
    ],
)
async def test_direct_messages_that_cannot_be_opened(slack, call, arguments, error):
    """Nobody, somebody who left, the bot itself, too many, a group without its scope: each by its name."""
    slack.add_user("Left", id="ULEFT", deleted=True)
    assert (await call("conversations.open", **arguments))["error"] == error


async def test_the_list_is_cut_into_pages_before_it_is_filtered(slack, call):
    """A page may be short or empty although more follow; the cursor alone tells the end."""
    slack.add_channel("old-1", archived=True)
    slack.add_channel("old-2", archived=True)
    slack.add_channel("new")
    pages, cursor = [], ""
    while True:
        answer = await call("conversations.list", limit=2, exclude_archived=True, cursor=cursor)
        pages.append([channel["name"] for channel in answer["channels"]])
        cursor = answer["response_metadata"]["next_cursor"]
        if not cursor:
            break
    assert pages == [["wins"], ["new"]]


async def test_private_channels_are_listed_only_with_the_bot_in_them(slack, call):
    """A private channel without the bot does not exist for it."""
    slack.add_channel("board", private=True, bot_in=False)
    slack.add_channel("deals", private=True)
    answer = await call("conversations.list", types="public_channel,private_channel")
    assert [channel["name"] for channel in answer["channels"]] == ["wins", "deals"]
    assert (await call("conversations.info", channel="C00000002"))["error"] == "channel_not_found"


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"limit": 1000}, "invalid_limit"),
        ({"limit": -1}, "invalid_limit"),
        ({"limit": "many"}, "invalid_limit"),
        ({"cursor": "elsewhere"}, "invalid_cursor"),
        ({"types": "rooms"}, "invalid_types"),
        ({"types": "im"}, "missing_scope"),
    ],
)
async def test_a_list_that_cannot_be_given(call, arguments, error):
    """Page sizes, cursors and types are Slack's own, and each kind of channel wants its scope."""
    answer = await call("conversations.list", **arguments)
    assert answer.get("error", "channels") == error


async def test_a_channel_is_described(slack, call):
    """conversations.info tells name, membership and, when asked, the number of members."""
    channel = slack.channel("wins")
    answer = (await call("conversations.info", channel=channel, include_num_members=True))["channel"]
    assert {name: answer[name] for name in ("id", "name", "is_member", "num_members", "is_archived")} == {
        "id": channel,
        "name": "wins",
        "is_member": True,
        "num_members": 3,
        "is_archived": False,
    }
    assert (await call("conversations.info", channel="wins"))["error"] == "channel_not_found"


async def test_members_come_in_pages(slack, call):
    """Two pages hold the three members once each."""
    first = await call("conversations.members", channel=slack.channel("wins"), limit=2)
    cursor = first["response_metadata"]["next_cursor"]
    second = await call("conversations.members", channel=slack.channel("wins"), limit=2, cursor=cursor)
    assert first["members"] + second["members"] == ["U00000000", "UANA", "UBEN"]


@pytest.fixture
async def story(slack, call, clock):
    """Four messages, ten seconds apart, the second with a reply; their timestamps."""
    stamps = []
    for text in "abcd":
        stamps.append((await call("chat.postMessage", channel="wins", text=text, metadata=METADATA))["ts"])
        clock.advance(10)
    await call("chat.postMessage", channel="wins", text="reply", thread_ts=stamps[1])
    return stamps


@pytest.mark.parametrize(
    ("oldest", "latest", "inclusive", "texts"),
    [
        (None, None, False, "dcba"),
        (0, None, False, "dcb"),
        (0, None, True, "dcba"),
        (None, 3, False, "cba"),
        (1, 2, True, "cb"),
        (1, 2, False, ""),
    ],
)
async def test_history_is_newest_first_and_its_ends_are_out_unless_inclusive(
    slack, call, story, *, oldest, latest, inclusive, texts
):
    """The bounds themselves are left out unless inclusive is set; replies are not in the history."""
    bounds = {"oldest": oldest, "latest": latest}
    asked = {name: story[place] for name, place in bounds.items() if place is not None}
    answer = await call("conversations.history", channel=slack.channel("wins"), inclusive=inclusive, **asked)
    assert "".join(message["text"] for message in answer["messages"]) == texts


async def test_one_message_is_found_by_its_timestamp(slack, call, story):
    """With oldest = its timestamp, inclusive, limit 1, latest the same: exactly that message."""
    answer = await call(
        "conversations.history",
        channel=slack.channel("wins"),
        oldest=story[2],
        latest=story[2],
        inclusive=True,
        limit=1,
    )
    assert [message["text"] for message in answer["messages"]] == ["c"]


async def test_history_goes_on_with_its_cursor(slack, call, story):
    """Pages of three and one hold everything once."""
    first = await call("conversations.history", channel=slack.channel("wins"), limit=3)
    cursor = first["response_metadata"]["next_cursor"]
    second = await call("conversations.history", channel=slack.channel("wins"), limit=3, cursor=cursor)
    texts = ["".join(message["text"] for message in answer["messages"]) for answer in (first, second)]
    assert (texts, first["has_more"], second["has_more"]) == (["dcb", "a"], True, False)


async def test_metadata_comes_whole_only_when_asked_for(slack, call, story):
    """Without include_all_metadata Slack gives the event type alone."""
    channel = slack.channel("wins")
    found = [
        (await call("conversations.history", channel=channel, limit=1, **asked))["messages"][0]["metadata"]
        for asked in ({}, {"include_all_metadata": True})
    ]
    assert found == [{"event_type": "win"}, METADATA]


async def test_a_thread_is_read_from_its_parent_on(slack, call, story):
    """conversations.replies gives the parent and then the replies."""
    answer = await call("conversations.replies", channel=slack.channel("wins"), ts=story[1])
    assert [message["text"] for message in answer["messages"]] == ["b", "reply"]
    gone = await call("conversations.replies", channel=slack.channel("wins"), ts="1.000001")
    assert gone["error"] == "thread_not_found"


async def test_history_needs_membership_and_the_scope_of_that_kind(slack, call):
    """A channel not joined is not_in_channel; each kind of channel has its own history scope."""
    outside = slack.add_channel("other", bot_in=False)
    private = slack.add_channel("deals", private=True)
    slack.settings.scopes = DEFAULT_SCOPES - {"groups:history"}
    answers = [await call("conversations.history", channel=one) for one in (outside, private)]
    assert [(answer["error"], answer.get("needed")) for answer in answers] == [
        ("not_in_channel", None),
        ("missing_scope", "groups:history"),
    ]


async def test_joining_wants_a_public_channel(slack, call):
    """The bot joins a public channel once; a private one cannot be joined, an archived one neither."""
    slack.settings.scopes = DEFAULT_SCOPES | {"channels:join"}
    open_one = slack.add_channel("other", bot_in=False)
    private = slack.add_channel("deals", private=True)
    archived = slack.add_channel("old", archived=True)
    answers = [
        await call("conversations.join", channel=one) for one in (open_one, open_one, private, archived)
    ]
    assert [answer.get("warning", answer.get("error")) for answer in answers] == [
        None,
        "already_in_channel",
        "method_not_supported_for_channel_type",
        "is_archived",
    ]


async def test_a_reaction_is_given_once(slack, call):
    """The same emoji on the same message twice is already_reacted."""
    posted = await call("chat.postMessage", channel="wins", text="a")
    where = {"channel": posted["channel"], "timestamp": posted["ts"], "name": "tada"}
    answers = [await call("reactions.add", **where) for _ in range(2)]
    answers.append(await call("reactions.add", **{**where, "timestamp": "1.000001"}))
    assert [answer.get("error") for answer in answers] == [None, "already_reacted", "message_not_found"]
    assert slack.workspace.reactions(posted["channel"], posted["ts"]) == ["tada"]


async def test_direct_messages_are_listed_with_their_own_scope(slack, call):
    """With im:read the list shows D channels with their person, and an open one is only confirmed."""
    slack.settings.scopes = DEFAULT_SCOPES | {"im:read"}
    dm = slack.dm("UANA")
    listed = (await call("conversations.list", types="im"))["channels"]
    assert [(one["id"], one["user"], one["is_im"]) for one in listed] == [(dm, "UANA", True)]
    opened = await call("conversations.open", channel=dm)
    assert (opened["channel"], opened["already_open"]) == ({"id": dm}, True)
    full = await call("conversations.open", users="UANA", return_im=True)
    assert full["channel"]["user"] == "UANA"


async def test_messages_with_several_people_are_not_imitated(slack, call):
    """Even with mpim:write a group is refused, so that nobody builds on it unawares."""
    slack.settings.scopes = DEFAULT_SCOPES | {"mpim:write"}
    answer = await call("conversations.open", users="UANA,UBEN")
    assert answer["error"] == "method_not_supported_for_channel_type"


async def test_bounds_that_are_no_timestamps_are_refused(slack, call):
    """A word in the place of a timestamp is an error, not an empty page."""
    answer = await call("conversations.history", channel=slack.channel("wins"), oldest="yesterday")
    assert answer["error"] == "invalid_ts_oldest"


async def test_reactions_and_links_need_a_message_in_reach(slack, call):
    """A channel not joined takes no reaction; a message that is not there has no link."""
    outside = slack.add_channel("other", bot_in=False)
    theirs = slack.say("UANA", "other", "hello")
    reaction = await call("reactions.add", channel=outside, timestamp=theirs.ts, name="tada")
    link = await call("chat.getPermalink", channel=outside, message_ts="1.000001")
    assert (reaction["error"], link["error"]) == ("not_in_channel", "message_not_found")
