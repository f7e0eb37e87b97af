"""The pieces of our messages."""

from datetime import UTC, datetime

import pytest

from bot.domain.facts import Named
from bot.playground.blockkit import check_blocks
from bot.render import blocks

LONG = "x" * 10_000
DUE = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "block",
    [
        blocks.header(LONG),
        blocks.header("😀" * 200),
        blocks.header(""),
        blocks.rich(blocks.words(LONG)),
        blocks.rich(blocks.words("\n")),
        blocks.rich(blocks.anchor("https://crm.example/", "")),
        blocks.rich(blocks.time(DUE, "")),
        blocks.context(*([LONG] * 11)),
        blocks.context(" "),
        blocks.actions(
            LONG, *(blocks.button("Go", action_id=str(n), value="v", aloud=LONG) for n in range(26))
        ),
        blocks.actions("b", blocks.button(LONG, action_id="a", value="v", aloud="")),
        blocks.actions("b", blocks.select("a", LONG, [(LONG, str(number)) for number in range(101)])),
        blocks.actions("b", blocks.select("a", "", [("", "v")])),
        blocks.side_by_side(("", LONG), ([blocks.words(LONG)], [blocks.words("")])),
    ],
)
def test_piece_is_taken_whatever_its_length(block):
    """An empty or endless text never makes Slack refuse a message."""
    assert check_blocks([block]) == []


@pytest.mark.parametrize(
    ("part", "drawn"),
    [
        (blocks.words("as *typed*"), {"type": "text", "text": "as *typed*"}),
        (blocks.words("b", bold=True), {"type": "text", "text": "b", "style": {"bold": True}}),
        (blocks.words("s", strike=True), {"type": "text", "text": "s", "style": {"strike": True}}),
        (blocks.who(Named("a@x.example", "Ana", "U0ANA")), {"type": "user", "user_id": "U0ANA"}),
        (
            blocks.who(Named("a@x.example", "Ana", "U0ANA"), bold=True),
            {"type": "user", "user_id": "U0ANA", "style": {"bold": True}},
        ),
        (blocks.who(Named("a@x.example", "<@U1>")), {"type": "text", "text": "<@U1>"}),
        (blocks.who(Named("a@x.example", None, "U0>")), {"type": "text", "text": "a@x.example"}),
        (
            blocks.anchor("https://crm.example/?a=1&b", "A & B"),
            {"type": "link", "url": "https://crm.example/?a=1&b", "text": "A & B"},
        ),
        (blocks.anchor("javascript:alert(1)", "A"), {"type": "text", "text": "A"}),
        (
            blocks.time(DUE, "20 Nov, 15:00"),
            {
                "type": "date",
                "timestamp": 1795186800,
                "format": "{date_short_pretty} {time}",
                "fallback": "20 Nov, 15:00",
            },
        ),
    ],
)
def test_rich_text_part_is_shown_as_typed(part, drawn):
    """Rich text carries names untouched; only known people, safe addresses and instants are more."""
    assert part == drawn


def test_context_mentions_and_dates_are_the_only_mrkdwn():
    """In small print only tokens of ours are mrkdwn, and told not to be read any further."""
    pieces = ("by *me*", Named("a@x.example", "Ana", "U0ANA"), Named("a@x.example", "_Ana_"), DUE)
    assert blocks.context(*pieces)["elements"] == [
        {"type": "plain_text", "text": "by *me*", "emoji": False},
        {"type": "mrkdwn", "text": "<@U0ANA>", "verbatim": True},
        {"type": "plain_text", "text": "_Ana_", "emoji": False},
        {
            "type": "mrkdwn",
            "text": "<!date^1795186800^{date_short_pretty} {time}|20 Nov, 15:00 (UTC)>",
            "verbatim": True,
        },
    ]


def test_lines_are_parted_by_line_breaks():
    """Several lines are one paragraph with a break between any two."""
    parts = blocks.lines([[blocks.words("a"), blocks.words("b")], [blocks.words("c")]])
    assert [part["text"] for part in parts] == ["a", "b", "\n", "c"]
