"""A workspace that holds every block and element once, for looking at how the page draws them."""

from typing import Any

from bot.playground.fake_slack import FakeSlack
from bot.playground.workspace import BOT_USER
from tests.playground.kit import actions, button, cell, modal, mrkdwn, option, plain, section, table

NOW = 1_795_165_200.0  # Friday 2026-11-20, 09:00 UTC
HOSTILE = "<img src=x onerror=alert(1)>"


def rich(*parts: dict[str, Any], kind: str = "rich_text_section", **more: Any) -> dict[str, Any]:
    return {"type": kind, "elements": list(parts), **more}


def words(text: str, **style: bool) -> dict[str, Any]:
    return {"type": "text", "text": text, **({"style": style} if style else {})}


def chart(kind: str) -> dict[str, Any]:
    names = ["Sep", "Oct", "Nov"]
    values = {"Won": (12_000, 18_000, -4_000), "Lost": (5_000, 7_000, 2_500)}
    series = [
        {"name": name, "data": [{"label": n, "value": v} for n, v in zip(names, row, strict=True)]}
        for name, row in values.items()
    ]
    axis = {"categories": names, "x_label": "Month", "y_label": "EUR"}
    drawn = {"type": kind, "series": series, "axis_config": axis}
    return {"type": "data_visualization", "title": f"{kind} of money", "chart": drawn}


PIE = {
    "type": "data_visualization",
    "title": "Credit by channel",
    "chart": {
        "type": "pie",
        "segments": [{"label": "Paid search", "value": 75}, {"label": "Email", "value": 25}],
    },
}
PICTURE = {"type": "image", "image_url": "https://elsewhere.example/a.png", "alt_text": "The team"}
TEXTS = [
    {"type": "header", "text": plain("A header :bell:")},
    section(
        f"*bold* _italic_ ~gone~ `code` <https://a.example|a link> <@UANA> <@UBEN> <!here> :tada: "
        f"<!date^{int(NOW) + 3600}^{{date_short_pretty}} at {{time}}|x>",
        accessory={"type": "overflow", "action_id": "more", "options": [option("1", "Snooze")]},
    ),
    {"type": "section", "fields": [mrkdwn("*Owner*\nAna"), mrkdwn("*Stage*\nProposal")]},
    {"type": "context", "elements": [mrkdwn("small print"), PICTURE]},
    {"type": "divider"},
    {**PICTURE, "title": plain("A picture")},
    {
        "type": "rich_text",
        "elements": [
            rich(
                words("strong", bold=True),
                {"type": "user", "user_id": "UANA"},
                {"type": "emoji", "name": "rocket"},
                {"type": "link", "url": "https://b.example", "text": "another link"},
                {"type": "date", "timestamp": int(NOW) - 86_400, "format": "{date_short_pretty}"},
            ),
            rich(rich(words("first point")), kind="rich_text_list", style="bullet"),
            rich(rich(words("step one")), kind="rich_text_list", style="ordered"),
            rich(words("a quote"), kind="rich_text_quote"),
            rich(words("kept  as  typed"), kind="rich_text_preformatted"),
        ],
    },
    {"type": "markdown", "text": f"# A title\n- [x] a task\n\n| a | b |\n|---|---|\n| c | d |\n\n{HOSTILE}"},
    table([cell("Stage"), cell("Amount")], [cell("Proposal"), cell("€1,200")]),
    {
        "type": "data_table",
        "caption": "All deals",
        "page_size": 1,
        "rows": [[cell("Deal")], [cell("the first deal")], [cell("the second deal")]],
    },
    {"type": "container", "title": plain("A box"), "child_blocks": [section("inside the box")]},
]
CONFIRM = {
    "title": plain("Sure?"),
    "text": mrkdwn("It is *gone* then, <@UBEN>."),
    "confirm": plain("Yes"),
    "deny": plain("No"),
}
ELEMENTS = [
    actions(
        button("go", "Contacted", style="primary"),
        button("drop", "Drop it", style="danger", confirm=CONFIRM),
        {"type": "static_select", "action_id": "s", "placeholder": plain("Until"), "options": [option("1")]},
        {"type": "users_select", "action_id": "u", "placeholder": plain("Hand over to")},
        {"type": "datepicker", "action_id": "d", "initial_date": "2026-11-23"},
        {"type": "checkboxes", "action_id": "c", "options": [option("1", "A tick")]},
        {"type": "radio_buttons", "action_id": "r", "options": [option("1", "A dot")]},
    )
]


def field(block_id: str, label: str, kind: str, **element: Any) -> dict[str, Any]:
    inside = {"type": kind, "action_id": "value", **element}
    return {"type": "input", "block_id": block_id, "label": plain(label), "element": inside}


FORM = modal(
    field("who", "Hand over to", "users_select"),
    field("day", "Until", "datepicker"),
    field("score", "Score", "number_input", is_decimal_allowed=False),
    {**field("tags", "Tags", "checkboxes", options=[option("1", "Hot")]), "optional": True},
)


def fill(slack: FakeSlack) -> None:
    """Put people, channels and one message of every kind into a workspace."""
    slack.add_user("Ana Lima", id="UANA", tz="America/New_York")
    slack.add_user("Ben Ito", id="UBEN", tz="Asia/Tokyo")
    for name in ("wins", "charts"):
        slack.add_channel(name, members=["UANA", "UBEN"])
    workspace, wins, charts = slack.workspace, slack.channel("wins"), slack.channel("charts")
    workspace.post(wins, BOT_USER, "All texts for <@UANA>", blocks=TEXTS)
    parent = workspace.post(wins, BOT_USER, "All elements", blocks=ELEMENTS)
    workspace.post(
        wins, "UBEN", "a reply " + HOSTILE.replace("<", "&lt;").replace(">", "&gt;"), thread_ts=parent.ts
    )
    workspace.post(charts, BOT_USER, "Charts", blocks=[PIE, chart("bar")])
    workspace.post(charts, BOT_USER, "Charts", blocks=[chart("line"), chart("area")])
