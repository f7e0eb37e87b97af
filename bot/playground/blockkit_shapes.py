"""The shape of every block, element and object: the members it must have and may have.

`D` stands for https://docs.slack.dev/reference/block-kit . A block that is not here is refused, as Slack
refuses one that it does not know; left out on purpose are the blocks for agents (task_card, plan), cards,
videos and files.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.playground.blockkit_limits import LIMITS
from bot.playground.blockkit_rules import Flag, Items, Loose, Number, OneOf, Part, Rule, Shape, String, Text

if TYPE_CHECKING:
    from collections.abc import Mapping

_MESSAGE: Final = frozenset({"message"})
_PLAIN_OPTION: Final = Part("option")
_RICH_OPTION: Final = Part("rich_option")
_CONFIRM: Final = Part("confirm")
_PLACEHOLDER: Final = Text("element.placeholder")
_PICK: Final[Mapping[str, Rule]] = {"confirm": _CONFIRM, "placeholder": _PLACEHOLDER, "focus_on_load": Flag()}
_DISPATCH: Final[Mapping[str, Rule]] = {"dispatch_action_config": Loose()}
_MULTI: Final[Mapping[str, Rule]] = {"max_selected_items": Number(low=1)}
_TYPED: Final[Mapping[str, Rule]] = {
    "placeholder": _PLACEHOLDER,
    "focus_on_load": Flag(),
    "initial_value": String(least=0),
    **_DISPATCH,
}

SINGLE_SELECTS: Final = (
    "static_select",
    "external_select",
    "users_select",
    "conversations_select",
    "channels_select",
)
MULTI_SELECTS: Final = tuple(f"multi_{name}" for name in SINGLE_SELECTS)
_PICKERS: Final = ("datepicker", "timepicker", "checkboxes", "radio_buttons")
ACTION_ELEMENTS: Final = (  # D/blocks/actions-block and the types of @slack/types
    "button",
    "overflow",
    "datetimepicker",
    "workflow_button",
    "rich_text_input",
    *_PICKERS,
    *SINGLE_SELECTS,
    *MULTI_SELECTS,
)
ACCESSORIES: Final = (  # D/blocks/section-block
    "image",
    "button",
    "overflow",
    "workflow_button",
    *_PICKERS,
    *SINGLE_SELECTS,
    *MULTI_SELECTS,
)
INPUT_ELEMENTS: Final = (  # D/blocks/input-block
    "plain_text_input",
    "email_text_input",
    "url_text_input",
    "number_input",
    "rich_text_input",
    "file_input",
    "datetimepicker",
    *_PICKERS,
    *SINGLE_SELECTS,
    *MULTI_SELECTS,
)
CONTAINED: Final = (  # D/blocks/container-block: a container holds no container
    "section",
    "divider",
    "image",
    "actions",
    "context",
    "header",
    "markdown",
    "rich_text",
    "table",
    "data_table",
    "data_visualization",
)
RICH_PARTS: Final = (
    "text",
    "link",
    "user",
    "usergroup",
    "channel",
    "broadcast",
    "emoji",
    "date",
    "color",
    "team",
)
RICH_SECTIONS: Final = ("rich_text_section", "rich_text_list", "rich_text_preformatted", "rich_text_quote")
_CELL: Final = OneOf("cell", ("raw_text", "raw_number", "rich_text"))
_LABEL: Final = String("data_visualization.label")
_ELEMENTS: Final = Items(OneOf("rich", RICH_PARTS))

SHAPES: Final[Mapping[str, Shape]] = {
    # blocks
    "block:section": Shape(
        {},
        {
            "text": Text("section.text", plain=False),
            "fields": Items(Text("section.field", plain=False), "section.fields"),
            "accessory": OneOf("element", ACCESSORIES),
            "expand": Flag(),
        },
    ),
    "block:divider": Shape(),
    "block:header": Shape({"text": Text("header.text")}, {"level": Number(low=1, high=6)}),
    "block:context": Shape(
        {"elements": Items(OneOf("element", ("image",), Text("text.text", plain=False)), "context.elements")}
    ),
    "block:actions": Shape({"elements": Items(OneOf("element", ACTION_ELEMENTS), "actions.elements")}),
    "block:context_actions": Shape(
        {
            "elements": Items(
                OneOf("element", ("feedback_buttons", "icon_button")), "context_actions.elements"
            )
        },
        surfaces=_MESSAGE,
    ),
    "block:image": Shape(
        {"alt_text": String("image.alt_text", least=0)},
        {"image_url": String("image.image_url"), "slack_file": Loose(), "title": Text("image.title")},
    ),
    "block:input": Shape(
        {"label": Text("input.label"), "element": OneOf("element", INPUT_ELEMENTS)},
        {"hint": Text("input.hint"), "optional": Flag(), "dispatch_action": Flag()},
    ),
    "block:markdown": Shape({"text": String("markdown.text")}, surfaces=_MESSAGE),
    "block:rich_text": Shape({"elements": Items(OneOf("rich", RICH_SECTIONS))}),
    "block:alert": Shape(
        {"text": Text("alert.text", plain=False)},
        {"level": String(choices=("default", "info", "warning", "error", "success"))},
        frozenset({"modal"}),
    ),
    "block:container": Shape(
        {"child_blocks": Items(OneOf("block", CONTAINED), "container.child_blocks")},
        {
            "title": Text("container.title"),
            "rich_text_title": OneOf("block", ("rich_text",)),
            "subtitle": Text("container.subtitle", plain=False),
            "width": String(choices=("narrow", "standard", "wide", "full")),
            "icon": OneOf("element", ("image",)),
            "is_collapsible": Flag(),
            "default_collapsed": Flag(),
            "has_header_divider": Flag(),
        },
        _MESSAGE,
    ),
    "block:table": Shape(
        {"rows": Items(Items(_CELL, "table.cells"), "table.rows")},
        {"column_settings": Items(Part("column_setting"), "table.column_settings")},
        _MESSAGE,
    ),
    "block:data_table": Shape(
        {"caption": String(), "rows": Items(Items(_CELL, "data_table.cells"), "data_table.rows")},
        {
            "page_size": Number(low=1, high=LIMITS["data_table.page_size"]),
            "row_header_column_index": Number(low=0),
        },
        frozenset({"message", "home"}),
    ),
    "block:data_visualization": Shape(
        {
            "title": String("data_visualization.title"),
            "chart": OneOf("chart", ("pie", "bar", "area", "line")),
        },
        surfaces=_MESSAGE,
    ),
    # charts
    "chart:pie": Shape({"segments": Items(Part("segment"), "data_visualization.segments")}),
    **{
        f"chart:{kind}": Shape(
            {"series": Items(Part("series"), "data_visualization.series"), "axis_config": Part("axis_config")}
        )
        for kind in ("bar", "area", "line")
    },
    "segment": Shape({"label": _LABEL, "value": Number(whole=False)}),
    "series": Shape({"name": _LABEL, "data": Items(Part("point"), "data_visualization.points")}),
    "point": Shape({"label": _LABEL, "value": Number(whole=False)}),
    "axis_config": Shape(
        {"categories": Items(_LABEL, "data_visualization.points")},
        {
            "x_label": String("data_visualization.axis_label"),
            "y_label": String("data_visualization.axis_label"),
        },
    ),
    # table cells
    "cell:raw_text": Shape({"text": String()}),
    "cell:raw_number": Shape({"value": Number(whole=False)}, {"text": String()}),
    "cell:rich_text": Shape({"elements": Items(OneOf("rich", RICH_SECTIONS))}),
    "column_setting": Shape({}, {"align": String(choices=("left", "center", "right")), "is_wrapped": Flag()}),
    # rich text
    "rich:rich_text_section": Shape({"elements": _ELEMENTS}),
    "rich:rich_text_quote": Shape({"elements": _ELEMENTS}, {"border": Number(low=0, high=1)}),
    "rich:rich_text_preformatted": Shape(
        {"elements": _ELEMENTS}, {"border": Number(low=0, high=1), "language": String()}
    ),
    "rich:rich_text_list": Shape(
        {
            "elements": Items(OneOf("rich", ("rich_text_section",))),
            "style": String(choices=("bullet", "ordered")),
        },
        {"indent": Number(low=0, high=8), "offset": Number(low=0), "border": Number(low=0, high=1)},
    ),
    "rich:text": Shape({"text": String()}, {"style": Loose()}),
    "rich:link": Shape({"url": String()}, {"text": String(), "unsafe": Flag(), "style": Loose()}),
    "rich:user": Shape({"user_id": String()}, {"style": Loose()}),
    "rich:usergroup": Shape({"usergroup_id": String()}, {"style": Loose()}),
    "rich:channel": Shape({"channel_id": String()}, {"style": Loose()}),
    "rich:broadcast": Shape({"range": String(choices=("here", "channel", "everyone"))}, {"style": Loose()}),
    "rich:emoji": Shape(
        {"name": String()}, {"unicode": String(), "skin_tone": Number(low=1, high=6), "style": Loose()}
    ),
    "rich:date": Shape(
        {"timestamp": Number(), "format": String()}, {"url": String(), "fallback": String(), "style": Loose()}
    ),
    "rich:color": Shape({"value": String()}, {"style": Loose()}),
    "rich:team": Shape({"team_id": String()}, {"style": Loose()}),
    # elements
    "element:image": Shape(
        {"alt_text": String("image.alt_text", least=0)},
        {"image_url": String("image.image_url"), "slack_file": Loose()},
    ),
    "element:button": Shape(
        {"text": Text("button.text")},
        {
            "value": String("button.value", least=0),
            "url": String("button.url"),
            "style": String(choices=("primary", "danger")),
            "confirm": _CONFIRM,
            "accessibility_label": String("button.accessibility_label"),
        },
    ),
    "element:workflow_button": Shape(
        {"text": Text("button.text"), "workflow": Loose()},
        {
            "style": String(choices=("primary", "danger")),
            "accessibility_label": String("button.accessibility_label"),
        },
    ),
    "element:icon_button": Shape(
        {"icon": String(), "text": Text("button.text")},
        {"value": String("button.value"), "confirm": _CONFIRM, "visible_to_user_ids": Items(String())},
    ),
    "element:feedback_buttons": Shape({"positive_button": Loose(), "negative_button": Loose()}),
    "element:overflow": Shape({"options": Items(_PLAIN_OPTION, "overflow.options")}, {"confirm": _CONFIRM}),
    "element:checkboxes": Shape(
        {"options": Items(_RICH_OPTION, "choices.options")},
        {"initial_options": Items(_RICH_OPTION), "confirm": _CONFIRM, "focus_on_load": Flag()},
    ),
    "element:radio_buttons": Shape(
        {"options": Items(_RICH_OPTION, "choices.options")},
        {"initial_option": _RICH_OPTION, "confirm": _CONFIRM, "focus_on_load": Flag()},
    ),
    "element:datepicker": Shape({}, {**_PICK, "initial_date": String()}),
    "element:timepicker": Shape({}, {**_PICK, "initial_time": String(), "timezone": String()}),
    "element:datetimepicker": Shape(
        {},
        {
            "confirm": _CONFIRM,
            "focus_on_load": Flag(),
            "initial_date_time": Number(low=1e9, high=9_999_999_999),
        },
    ),
    "element:static_select": Shape(
        {},
        {
            **_PICK,
            "options": Items(_PLAIN_OPTION, "select.options"),
            "option_groups": Items(Part("option_group"), "select.option_groups"),
            "initial_option": _PLAIN_OPTION,
        },
    ),
    "element:multi_static_select": Shape(
        {},
        {
            **_PICK,
            **_MULTI,
            "options": Items(_PLAIN_OPTION, "select.options"),
            "option_groups": Items(Part("option_group"), "select.option_groups"),
            "initial_options": Items(_PLAIN_OPTION),
        },
    ),
    "element:external_select": Shape(
        {}, {**_PICK, "min_query_length": Number(low=0), "initial_option": _PLAIN_OPTION}
    ),
    "element:multi_external_select": Shape(
        {}, {**_PICK, **_MULTI, "min_query_length": Number(low=0), "initial_options": Items(_PLAIN_OPTION)}
    ),
    "element:users_select": Shape({}, {**_PICK, "initial_user": String()}),
    "element:multi_users_select": Shape({}, {**_PICK, **_MULTI, "initial_users": Items(String())}),
    "element:channels_select": Shape(
        {}, {**_PICK, "initial_channel": String(), "response_url_enabled": Flag()}
    ),
    "element:multi_channels_select": Shape({}, {**_PICK, **_MULTI, "initial_channels": Items(String())}),
    "element:conversations_select": Shape(
        {},
        {
            **_PICK,
            "initial_conversation": String(),
            "default_to_current_conversation": Flag(),
            "response_url_enabled": Flag(),
            "filter": Loose(),
        },
    ),
    "element:multi_conversations_select": Shape(
        {},
        {
            **_PICK,
            **_MULTI,
            "initial_conversations": Items(String()),
            "default_to_current_conversation": Flag(),
            "filter": Loose(),
        },
    ),
    "element:plain_text_input": Shape(
        {},
        {
            **_TYPED,
            "multiline": Flag(),
            "min_length": Number(low=0, high=3_000),
            "max_length": Number(low=1, high=LIMITS["plain_text_input.max_length"]),
        },
    ),
    "element:email_text_input": Shape({}, _TYPED),
    "element:url_text_input": Shape({}, _TYPED),
    "element:number_input": Shape(
        {"is_decimal_allowed": Flag()}, {**_TYPED, "min_value": String(), "max_value": String()}
    ),
    "element:rich_text_input": Shape(
        {}, {"placeholder": _PLACEHOLDER, "focus_on_load": Flag(), "initial_value": Loose(), **_DISPATCH}
    ),
    "element:file_input": Shape({}, {"filetypes": Items(String()), "max_files": Number(low=1, high=10)}),
    # objects
    "option": Shape(
        {"text": Text("option.text"), "value": String("option.value")},
        {"description": Text("option.description"), "url": String("option.url")},
    ),
    "rich_option": Shape(
        {"text": Text("option.text", plain=False), "value": String("option.value")},
        {"description": Text("option.description", plain=False)},
    ),
    "option_group": Shape(
        {"label": Text("option_group.label"), "options": Items(_PLAIN_OPTION, "select.options")}
    ),
    "confirm": Shape(
        {
            "title": Text("confirm.title"),
            "text": Text("confirm.text", plain=False),
            "confirm": Text("confirm.button"),
            "deny": Text("confirm.button"),
        },
        {"style": String(choices=("primary", "danger"))},
    ),
    # views
    "view:modal": Shape(
        {"title": Text("view.title"), "blocks": Items(Loose(), least=0)},
        {
            "submit": Text("view.submit"),
            "close": Text("view.close"),
            "private_metadata": String("view.private_metadata", least=0),
            "callback_id": String("view.callback_id", least=0),
            "external_id": String("view.external_id", least=0),
            "clear_on_close": Flag(),
            "notify_on_close": Flag(),
            "submit_disabled": Flag(),
        },
    ),
    "view:home": Shape(
        {"blocks": Items(Loose(), least=0)},
        {
            "private_metadata": String("view.private_metadata", least=0),
            "callback_id": String("view.callback_id", least=0),
            "external_id": String("view.external_id", least=0),
        },
    ),
}
