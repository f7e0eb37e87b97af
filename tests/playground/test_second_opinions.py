"""Every message and form on file is judged by libraries of other people, too, which know Slack's limits on their own.

Each is built anew from their classes, which check every part, and must come out as it went in: messages from two
libraries, forms from one. What a library does not know is left out, and listed here: slackblocks has no date in rich
text, and never sends a member that is false.
"""

import json
from pathlib import Path
from typing import Any

import pytest
import slackblocks as sb
from blockkit import core as bk
from slackblocks import InvalidUsageError

FOLDER = Path(__file__).parent.parent / "render" / "golden"
FILES = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.iterdir())}
MESSAGES = {name: file for name, file in FILES.items() if "text" in file}
FORMS = {name: file for name, file in FILES.items() if file.get("type") == "modal"}
Json = dict[str, Any]

# --- blockkit: classes whose arguments have the names of the members ---

BLOCKKIT = {
    "actions": bk.Actions,
    "button": bk.Button,
    "context": bk.Context,
    "date": bk.RichDateEl,
    "datepicker": bk.DatePicker,
    "datetimepicker": bk.DatetimePicker,
    "header": bk.Header,
    "input": bk.Input,
    "link": bk.RichLinkEl,
    "modal": bk.Modal,
    "multi_users_select": bk.MultiUsersSelect,
    "overflow": bk.Overflow,
    "plain_text_input": bk.PlainTextInput,
    "radio_buttons": bk.RadioButtons,
    "rich_text": bk.RichText,
    "rich_text_section": bk.RichTextSection,
    "static_select": bk.StaticSelect,
    "table": bk.Table,
    "text": bk.RichTextEl,
    "user": bk.RichUserEl,
    "users_select": bk.UsersSelect,
}
UNTYPED = {
    "column_settings": bk.ColumnSettings,
    "initial_option": bk.Option,
    "options": bk.Option,
    "style": bk.RichStyle,
}


def in_blockkit(value: Any, name: str = "") -> Any:
    """The same value made of blockkit's classes."""
    if isinstance(value, list):
        return [in_blockkit(item, name) for item in value]
    if not isinstance(value, dict):
        return value
    members = {key: in_blockkit(member, key) for key, member in value.items() if key != "type"}
    kind = value.get("type")
    if kind in {"plain_text", "mrkdwn"}:
        return bk.Text(**members, type=kind)
    return (BLOCKKIT[kind] if kind else UNTYPED[name])(**members)


# --- slackblocks: classes with names of their own ---


def text(value: Json) -> Any:
    return sb.Text.from_dict(value)


def part(value: Json) -> Any:
    style = value.get("style", {})
    match value["type"]:
        case "text":
            return sb.RichText(value["text"], **style)
        case "link":
            return sb.RichTextLink(value["url"], value["text"], **style)
        case _:
            return sb.RichTextUser(value["user_id"], **style)


def paragraph(value: Json) -> Any:
    [inner] = value["elements"]
    return sb.RichTextSection([part(one) for one in inner["elements"]])


def element(value: Json) -> Any:
    if value["type"] == "overflow":
        options = [sb.Option(text(one["text"]), one["value"]) for one in value["options"]]
        return sb.OverflowMenu(value["action_id"], options)
    members = {key: value[key] for key in ("action_id", "value", "accessibility_label")}
    return sb.Button(text(value["text"]), **members)


def in_slackblocks(block: Json) -> Any:
    """The same block made of slackblocks' classes."""
    match block["type"]:
        case "header":
            return sb.HeaderBlock(text(block["text"]))
        case "context":
            return sb.ContextBlock([text(one) for one in block["elements"]])
        case "actions":
            return sb.ActionsBlock([element(one) for one in block["elements"]], block_id=block["block_id"])
        case "table":
            settings = [sb.ColumnSettings(**one) for one in block["column_settings"]]
            return sb.TableBlock([[paragraph(one) for one in row] for row in block["rows"]], settings)
        case _:
            return sb.RichTextBlock([paragraph(block)])


def known_to_slackblocks(block: Json) -> bool:
    return '"type": "date"' not in json.dumps(block)


def without_false(value: Any) -> Any:
    if isinstance(value, list):
        return [without_false(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {name: without_false(member) for name, member in value.items() if member is not False}


def as_json(block: Any, sent: Json) -> Json:
    """What a library sends; the block id that it makes up where we give none is not compared."""
    found = json.loads(json.dumps(block._resolve()))
    return found if "block_id" in sent else {key: found[key] for key in found if key != "block_id"}


# --- the opinions ---


@pytest.mark.parametrize("name", MESSAGES)
def test_blockkit_builds_the_same_message(name):
    """Blockkit takes every text, block and member of the message, and sends exactly the same."""
    sent = MESSAGES[name]
    built = bk.Message(text=sent["text"], blocks=in_blockkit(sent["blocks"])).build()
    assert built == {"text": sent["text"], "blocks": sent["blocks"]}


@pytest.mark.parametrize("name", FORMS)
def test_blockkit_builds_the_same_form(name):
    """Blockkit takes every input, option and member of the form, and sends exactly the same."""
    sent = {"private_metadata": "none", **FORMS[name]}  # which blockkit always sends
    assert in_blockkit(sent).build() == sent


@pytest.mark.parametrize("name", MESSAGES)
def test_slackblocks_builds_the_same_blocks(name):
    """Slackblocks takes every block that it knows, and sends exactly the same."""
    sent = [block for block in MESSAGES[name]["blocks"] if known_to_slackblocks(block)]
    assert [as_json(in_slackblocks(block), block) for block in sent] == without_false(sent)


def test_the_blocks_that_slackblocks_does_not_know_are_few():
    """Nothing but a paragraph with a date goes without the second of the two opinions."""
    left_out = [
        block["type"]
        for one in MESSAGES.values()
        for block in one["blocks"]
        if not known_to_slackblocks(block)
    ]
    assert set(left_out) == {"rich_text"}


@pytest.mark.parametrize("length", [150, 151])
def test_both_have_an_opinion(length):
    """The libraries do judge: a header is taken up to 150 characters and refused beyond, as by the stand-in."""
    block = {"type": "header", "text": {"type": "plain_text", "text": "x" * length}}
    opinions = []
    for build, refusal in (
        (lambda: in_blockkit(block).build(), bk.FieldValidationError),
        (lambda: in_slackblocks(block), InvalidUsageError),
    ):
        try:
            build()
            opinions.append("taken")
        except refusal:
            opinions.append("refused")
    assert opinions == ["taken" if length == 150 else "refused"] * 2
