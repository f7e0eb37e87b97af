"""Which angle-bracket tokens are Slack's, and which ones a payload holds."""

import json

import pytest

from bot.playground.mrkdwn import malformed, mentions, tokens
from tests.playground.kit import actions, button, cell, mrkdwn, option, plain, section, select, table


@pytest.mark.parametrize(
    "token",
    [
        "<@U12345678>",
        "<@W12345678|ana>",
        "<#C12345678|wins>",
        "<#C12345678|>",
        "<!here>",
        "<!channel>",
        "<!everyone|everyone>",
        "<!subteam^S12345678|sales>",
        "<https://crm.example/deals/1?a=b&amp;c=d>",
        "<https://crm.example|Acme &lt;Ltd&gt;>",
        "<mailto:ana@seller.example|Ana>",
        "<tel:+49123|call>",
        "<!date^1795000000^{date_short_pretty} at {time}|20 Nov>",
        "<!date^1795000000^{date}^https://crm.example|20 Nov>",
    ],
)
def test_slacks_own_tokens_are_well_formed(token):
    """Mentions, channels, links, addresses and dates pass, with and without a label."""
    assert (tokens(f"see {token}!"), malformed(f"see {token}!")) == ([token], [])


@pytest.mark.parametrize(
    "text",
    [
        "<Acme>",
        "<>",
        "<@nobody>",
        "<!channels>",
        "<javascript:alert(1)|x>",
        "<https://a b>",
        "<!date^soon^{date}|x>",
        "<!date^1^{date}>",
        "<!date^1^{weekday}|x>",
        "<!date^1^noon|x>",
    ],
)
def test_another_thing_in_brackets_is_malformed(text):
    """A name that nobody escaped, or a token that Slack would print as it is, is told apart."""
    assert malformed(text) == [text]


@pytest.mark.parametrize(
    ("text", "faults"),
    [("1 < 2", ["<"]), ("a <https://a.example", ["<"]), ("2 > 1", []), ("&gt; quoted", []), ("1 &lt; 2", [])],
)
def test_an_open_bracket_must_close(text, faults):
    """A single `<` is one that should have been escaped; a `>` alone is a quotation or an arrow."""
    assert malformed(text) == faults


def test_mentions_lists_every_token_that_slack_would_act_on():
    """Texts, fields, menus, attachments, rich text and markdown count, in the order of the payload."""
    payload = {
        "channel": "C1",
        "text": "<@U1> won",
        "blocks": [
            section("by <@U2>", fields=[mrkdwn("<https://a.example|a>")], accessory=button()),
            {"type": "context", "elements": [mrkdwn("<!date^1^{date}|x>")]},
            {"type": "markdown", "text": "<!here>"},
            {
                "type": "rich_text",
                "elements": [
                    {
                        "type": "rich_text_section",
                        "elements": [
                            {"type": "user", "user_id": "U3"},
                            {"type": "broadcast", "range": "channel"},
                            {"type": "usergroup", "usergroup_id": "S1"},
                            {"type": "link", "url": "https://b.example"},
                            {"type": "text", "text": "<!everyone>"},
                        ],
                    }
                ],
            },
        ],
        "attachments": [{"text": "<#C1>", "blocks": [section("<@U4>")]}],
    }
    assert mentions(payload) == [
        "<@U1>",
        "<@U2>",
        "<https://a.example|a>",
        "<!date^1^{date}|x>",
        "<!here>",
        "<@U3>",
        "<!channel>",
        "<!subteam^S1>",
        "<https://b.example>",
        "<#C1>",
        "<@U4>",
    ]


def test_what_slack_shows_as_it_is_mentions_nobody():
    """Plain text, cells, values, options' values, metadata and escaped text ping nobody."""
    name = "<!channel>"
    payload = {
        "text": "&lt;!channel&gt;",
        "blocks": [
            {"type": "header", "text": plain(name)},
            actions(button(value=name, text=name), select(options=[option(name, name)])),
            table([cell(name)]),
        ],
        "metadata": {"event_type": "win", "event_payload": {"text": name}},
    }
    assert mentions(payload) == []


def test_names_that_slack_is_asked_to_link_are_mentions():
    """With link_names or parse=full a bare @channel pings, without them it does not."""
    assert [
        mentions({"text": "@channel", **more}) for more in ({}, {"link_names": True}, {"parse": "full"})
    ] == [
        [],
        ["@channel"],
        ["@channel"],
    ]


def test_blocks_in_a_form_body_are_read_as_json():
    """A form carries blocks as a JSON string; their tokens count all the same."""
    assert mentions({"text": "x", "blocks": json.dumps([section("<@U1>")])}) == ["<@U1>"]
