"""What Slack takes and refuses in blocks and views."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.playground.blockkit import check_blocks, check_view
from bot.playground.blockkit_shapes import SHAPES
from tests.playground.kit import (
    actions,
    bars,
    button,
    cell,
    modal,
    mrkdwn,
    option,
    options,
    pie,
    plain,
    section,
    select,
    table,
    text_input,
)
from tests.playground.limit_cases import (
    CASES,
    choices,
    confirm,
    container,
    data_table,
    in_modal,
    message,
    metadata,
)


@pytest.mark.parametrize(
    ("blocks", "error"),
    [
        pytest.param(
            [section("x" * 3001)],
            "[ERROR] must be less than 3001 characters [json-pointer:/blocks/0/text/text]",
            id="too long",
        ),
        pytest.param(
            [section("")],
            "[ERROR] must be more than 0 characters [json-pointer:/blocks/0/text/text]",
            id="empty",
        ),
        pytest.param(
            [{"type": "divider"}, actions(*[button(str(number)) for number in range(26)])],
            "[ERROR] no more than 25 items allowed [json-pointer:/blocks/1/elements]",
            id="too many",
        ),
        pytest.param(
            [{"type": "section"}],
            "[ERROR] missing required field: text [json-pointer:/blocks/0]",
            id="no text",
        ),
        pytest.param(
            [{"type": "header"}],
            "[ERROR] missing required field: text [json-pointer:/blocks/0]",
            id="no header",
        ),
        pytest.param(
            [{"type": "header", "text": mrkdwn("x")}],
            "[ERROR] unsupported type: mrkdwn [json-pointer:/blocks/0/text/type]",
            id="a header is plain",
        ),
        pytest.param(
            [{"type": "hologram"}],
            "[ERROR] unsupported type: hologram [json-pointer:/blocks/0/type]",
            id="unknown block",
        ),
        pytest.param(
            [{"type": "alert", "text": plain("x")}],
            "[ERROR] unsupported type: alert [json-pointer:/blocks/0/type]",
            id="an alert stands in modals only",
        ),
        pytest.param(
            [{"type": "context", "elements": [button()]}],
            "[ERROR] unsupported type: button [json-pointer:/blocks/0/elements/0/type]",
            id="no button in a context",
        ),
        pytest.param(
            [section(accessory={"type": "plain_text_input", "action_id": "a"})],
            "[ERROR] unsupported type: plain_text_input [json-pointer:/blocks/0/accessory/type]",
            id="no text input beside a section",
        ),
        pytest.param(
            ["x"], "[ERROR] must provide an object [json-pointer:/blocks/0]", id="a block is an object"
        ),
        pytest.param(
            [{"type": "section", "text": "x"}],
            "[ERROR] must provide an object [json-pointer:/blocks/0/text]",
            id="a text is an object",
        ),
        pytest.param(
            [actions(button(value=7))],
            "[ERROR] must provide a string [json-pointer:/blocks/0/elements/0/value]",
            id="a value is a string",
        ),
        pytest.param(
            [section(expand="yes")],
            "[ERROR] must provide a boolean [json-pointer:/blocks/0/expand]",
            id="a flag is a boolean",
        ),
        pytest.param(
            [{"type": "actions", "elements": {}}],
            "[ERROR] must provide an array [json-pointer:/blocks/0/elements]",
            id="a list is an array",
        ),
        pytest.param(
            [actions()],
            "[ERROR] no fewer than 1 items allowed [json-pointer:/blocks/0/elements]",
            id="an empty list",
        ),
        pytest.param(
            [section(colour="red")],
            "[ERROR] invalid additional property: colour [json-pointer:/blocks/0]",
            id="an unknown member",
        ),
        pytest.param(
            [actions(button(style="green"))],
            "[ERROR] must be one of: primary, danger [json-pointer:/blocks/0/elements/0/style]",
            id="an unknown style",
        ),
        pytest.param(
            [actions(select())],
            "[ERROR] must provide exactly one of: options, option_groups [json-pointer:/blocks/0/elements/0]",
            id="a menu without options",
        ),
        pytest.param(
            [actions(select(options=options(1), initial_option=option("other")))],
            "[ERROR] an initial option must be one of the options [json-pointer:/blocks/0/elements/0]",
            id="an initial option from elsewhere",
        ),
        pytest.param(
            [actions(select(options=[option(), option()]))],
            "[ERROR] option values must be unique [json-pointer:/blocks/0/elements/0]",
            id="two options of one value",
        ),
        pytest.param(
            [actions({"type": "datepicker", "action_id": "d", "initial_date": "20.11.2026"})],
            r"[ERROR] failed to match pattern: \d{4}-\d{2}-\d{2} [json-pointer:/blocks/0/elements/0/initial_date]",
            id="a day that is not one",
        ),
        pytest.param(
            [actions({"type": "timepicker", "action_id": "t", "initial_time": "9:00"})],
            r"[ERROR] failed to match pattern: \d{2}:\d{2} [json-pointer:/blocks/0/elements/0/initial_time]",
            id="a time of day that is not one",
        ),
        pytest.param(
            [
                text_input(
                    element={"type": "plain_text_input", "action_id": "v", "min_length": 9, "max_length": 8}
                )
            ],
            "[ERROR] min_length must not be more than max_length [json-pointer:/blocks/0/element/min_length]",
            id="a text that can have no length",
        ),
        pytest.param(
            [
                actions(select(options=options(1), focus_on_load=True), block_id="a"),
                actions(select(options=options(1), focus_on_load=True), block_id="b"),
            ],
            "[ERROR] only one element may have focus_on_load [json-pointer:/blocks]",
            id="two that ask for the focus",
        ),
        pytest.param(
            [actions(button("a"), button("a"))],
            "[ERROR] action_id a already exists in this block [json-pointer:/blocks/0]",
            id="an action id twice in a block",
        ),
        pytest.param(
            [section(block_id="b"), section(block_id="b")],
            "[ERROR] block_id b already exists [json-pointer:/blocks/1/block_id]",
            id="a block id twice",
        ),
        pytest.param(
            [table([cell()]), table([cell()])],
            "[ERROR] only_one_table_allowed [json-pointer:/blocks]",
            id="two tables",
        ),
        pytest.param(
            [table([cell()], [cell(), cell()])],
            "[ERROR] all rows must have the same number of cells [json-pointer:/blocks/0]",
            id="a ragged table",
        ),
        pytest.param(
            [section("*<@U1> & <!channel*")],
            "[ERROR] malformed mrkdwn token: < [json-pointer:/blocks/0/text/text]",
            id="a bracket that never closes",
        ),
        pytest.param(
            [{"type": "image", "alt_text": "a"}],
            "[ERROR] must provide exactly one of: image_url, slack_file [json-pointer:/blocks/0]",
            id="an image of nothing",
        ),
        pytest.param(
            [{"type": "container", "child_blocks": [section()]}],
            "[ERROR] missing required field: title [json-pointer:/blocks/0]",
            id="a container without a title",
        ),
        pytest.param(
            container(child_blocks=container()),
            "[ERROR] unsupported type: container [json-pointer:/blocks/0/child_blocks/0/type]",
            id="a container in a container",
        ),
        pytest.param(
            container(is_collapsible=True, has_header_divider=True),
            "[ERROR] has_header_divider cannot be set when is_collapsible is true [json-pointer:/blocks/0]",
            id="a divider on what collapses",
        ),
    ],
)
def test_a_fault_is_named_in_slacks_words_with_its_place(blocks, error):
    """The one fault of a message is said once, with a JSON pointer to it."""
    assert check_blocks(blocks) == [error]


@pytest.mark.parametrize(
    "chart",
    [
        {"type": "pie", "segments": [{"label": "a", "value": 0}]},
        {"type": "pie", "segments": [{"label": "a", "value": True}]},
        {"type": "scatter", "segments": []},
        bars()["chart"] | {"axis_config": {"categories": ["other"]}},
        bars(series=2)["chart"] | {"series": bars()["chart"]["series"] * 2},
    ],
    ids=[
        "a slice of nothing",
        "a slice that is no number",
        "unknown kind",
        "other categories",
        "a name twice",
    ],
)
def test_a_chart_that_makes_no_sense_is_refused(chart):
    """A pie has positive slices; a series has its own name and one point for each category."""
    assert len(check_blocks([{"type": "data_visualization", "title": "t", "chart": chart}])) == 1


def test_newer_blocks_are_accepted_in_messages():
    """Charts, tables, markdown, rich text and containers pass with all their parts."""
    parts = [
        {"type": "text", "text": "x", "style": {"bold": True}},
        {"type": "link", "url": "https://a.example", "text": "a"},
        {"type": "user", "user_id": "U1"},
        {"type": "emoji", "name": "tada"},
        {"type": "date", "timestamp": 1, "format": "{date}", "fallback": "then"},
    ]
    rich = {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": parts}]}
    bullets = {"type": "rich_text_list", "style": "bullet", "indent": 1, "elements": rich["elements"]}
    blocks = [
        rich,
        {"type": "rich_text", "elements": [bullets, {"type": "rich_text_quote", "elements": parts[:1]}]},
        {"type": "markdown", "text": "**x** < y"},
        table([cell("Stage"), cell("Amount")], [cell("Open"), {"type": "raw_number", "value": 12.5}]),
        *container(child_blocks=[section(), pie(2)], subtitle=mrkdwn("*x*"), is_collapsible=True),
        bars(series=2, points=3, x_label="Month", y_label="Deals"),
    ]
    assert check_blocks(blocks) == []


def test_blocks_of_messages_only_are_refused_elsewhere():
    """A Home tab takes no chart and no plain table."""
    assert [check_blocks([block], "home") for block in (pie(), table([cell()]))] == [
        ["[ERROR] unsupported type: data_visualization [json-pointer:/blocks/0/type]"],
        ["[ERROR] unsupported type: table [json-pointer:/blocks/0/type]"],
    ]


def test_ids_are_compared_within_containers_too():
    """A block id counts in the whole message, wherever the block stands."""
    blocks = [section(block_id="b"), *container(child_blocks=[section(block_id="b")])]
    assert check_blocks(blocks) == [
        "[ERROR] block_id b already exists [json-pointer:/blocks/1/child_blocks/0/block_id]"
    ]


def test_a_modal_with_inputs_needs_a_submit_button():
    """Slack refuses a form that could never be sent."""
    view = modal(text_input())
    del view["submit"]
    assert check_view(view) == [
        "[ERROR] missing required field: submit (the view has input blocks) [json-pointer:/view]"
    ]


@pytest.mark.parametrize("kind", [None, "drawer"])
def test_a_view_is_a_modal_or_a_home_tab(kind):
    """Another type of view is refused as such."""
    assert check_view({"type": kind, "blocks": []}) == [
        f"[ERROR] unsupported type: {kind} [json-pointer:/view/type]"
    ]


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        (
            {"event_type": "win", "event_payload": {"key": "a", "n": 1, "ok": True, "o": {"a": [{"b": 1}]}}},
            [],
        ),
        ({"event_type": "win"}, ["invalid_metadata_format"]),
        ({"event_payload": {}}, ["invalid_metadata_format"]),
        ({"event_type": "win", "event_payload": {}, "more": 1}, ["invalid_metadata_format"]),
        ("win", ["invalid_metadata_format"]),
        ({"event_type": "", "event_payload": {}}, ["invalid_metadata_schema"]),
        ({"event_type": "win", "event_payload": {"key": None}}, ["invalid_metadata_schema"]),
        ({"event_type": "win", "event_payload": {"key": [None]}}, ["invalid_metadata_schema"]),
    ],
)
def test_metadata_is_a_type_and_a_payload_of_plain_values(payload, code):
    """An event type and strings, numbers, booleans, or objects of them; nothing is null."""
    assert metadata(payload) == code


NAMES = sorted(
    {name for shape in SHAPES.values() for name in [*shape.required, *shape.optional]} | {"block_id", "type"}
)
TYPES = sorted({name.split(":")[1] for name in SHAPES if ":" in name} | {"plain_text", "mrkdwn"})
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(NAMES), inner, max_size=4)
        | st.tuples(st.sampled_from(TYPES), st.dictionaries(st.sampled_from(NAMES), inner, max_size=4)).map(
            lambda pair: {**pair[1], "type": pair[0]}
        )
    ),
    max_leaves=12,
)


SOUND = [blocks for judge, build in CASES.values() if judge in {message, in_modal} for blocks in [build(1)]]
SOUND += [confirm(), data_table(), choices(2), container(), [bars(series=2, points=2)], [pie(2)]]


def _places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, member in inner for place in _places(member, (*path, key)))]


def _with(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    if not path:
        return new
    copy = value.copy()
    copy[path[0]] = _with(value[path[0]], path[1:], new)
    return copy


@settings(max_examples=400)
@given(st.data(), st.sampled_from(["message", "modal", "home"]))
def test_whatever_stands_in_a_place_is_judged_and_not_stumbled_over(data, surface):
    """Sound blocks with any JSON in any one place get faults with pointers; the check never crashes."""
    sound = data.draw(st.sampled_from(SOUND))
    path = data.draw(st.sampled_from(_places(sound)[1:]))
    errors = check_blocks(_with(sound, path, data.draw(ANY_JSON)), surface)
    assert [
        error for error in errors if not error.endswith("]") or "[json-pointer:/blocks" not in error
    ] == []


@given(ANY_JSON, ANY_JSON)
def test_whatever_is_sent_as_a_view_is_judged(title, inner):
    """Any JSON in the place of a title or of the blocks gets faults, not a crash."""
    assert check_view({"type": "modal", "title": title, "blocks": inner}) != [] or (
        isinstance(inner, list) and isinstance(title, dict)
    )
