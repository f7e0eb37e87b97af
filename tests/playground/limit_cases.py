"""For every limit of the table: who judges it, and a payload of exactly that size."""

import json
from collections.abc import Callable
from typing import Any

from bot.playground.blockkit import check_blocks, check_metadata, check_view
from bot.playground.methods.content import read_content
from bot.playground.methods.core import Args
from bot.playground.methods.views import checked_view
from bot.playground.refusal import Refusal
from tests.playground.kit import (
    actions,
    bars,
    button,
    cell,
    home,
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

Payload = Any


def message(payload: Payload) -> list[str]:
    return check_blocks(payload)


def in_modal(payload: Payload) -> list[str]:
    return check_blocks(payload, "modal")


def content(payload: Payload) -> list[str]:
    return _code(lambda: read_content(Args(payload), strict=True))


def update(payload: Payload) -> list[str]:
    return _code(lambda: read_content(Args(payload), strict=True, text_limit="message.update_text"))


def whole_view(payload: Payload) -> list[str]:
    return _code(lambda: checked_view(payload))


def metadata(payload: Payload) -> list[str]:
    code = check_metadata(payload)
    return [] if code is None else [code]


def _code(run: Callable[[], object]) -> list[str]:
    try:
        run()
    except Refusal as refusal:
        return [refusal.code]
    return []


def confirm(**more: Any) -> list[dict[str, Any]]:
    words = {"title": plain("t"), "text": plain("t"), "confirm": plain("y"), "deny": plain("n"), **more}
    return [actions(button(confirm=words))]


def container(**more: Any) -> list[dict[str, Any]]:
    return [{"type": "container", "title": plain("t"), "child_blocks": [section()], **more}]


def data_table(**more: Any) -> list[dict[str, Any]]:
    return [{"type": "data_table", "caption": "c", "rows": [[cell()]], **more}]


def choices(count: int) -> list[dict[str, Any]]:
    return [actions({"type": "checkboxes", "action_id": "a", "options": options(count)})]


def image(**more: Any) -> list[dict[str, Any]]:
    return [{"type": "image", "image_url": "https://a.example/i.png", "alt_text": "a", **more}]


def inputs(**more: Any) -> list[dict[str, Any]]:
    return [text_input(**more)]


def long_blocks(count: int) -> list[dict[str, Any]]:
    whole, rest = divmod(count, 3000)
    return [section("x" * 3000)] * whole + [section("x" * rest)] * (rest > 0)


def view_of_bytes(count: int) -> dict[str, Any]:
    """A view of exactly `count` bytes of JSON, each member within its own limit."""
    view = modal(*[section("x" * 2420)] * 100, private_metadata="")
    return view | {"private_metadata": "x" * (count - len(json.dumps(view)))}


# name of the limit → (judge, payload of that size)
CASES: dict[str, tuple[Callable[[Payload], list[str]], Callable[[int], Payload]]] = {
    "message.blocks": (message, lambda n: [{"type": "divider"}] * n),
    "message.text": (content, lambda n: {"text": "x" * n}),
    "message.update_text": (update, lambda n: {"text": "x" * n}),
    "message.markdown_text": (content, lambda n: {"markdown_text": "x" * n}),
    "message.attachments": (content, lambda n: {"text": "x", "attachments": [{"text": "a"}] * n}),
    "message.characters": (content, lambda n: {"text": "x", "blocks": long_blocks(n)}),
    "metadata.bytes": (
        metadata,
        lambda n: {
            "event_type": "win",
            "event_payload": {"k": "x" * (n - len('{"event_type":"win","event_payload":{"k":""}}'))},
        },
    ),
    "view.blocks": (in_modal, lambda n: [{"type": "divider"}] * n),
    "view.title": (check_view, lambda n: modal(title=plain("x" * n))),
    "view.submit": (check_view, lambda n: modal(submit=plain("x" * n))),
    "view.close": (check_view, lambda n: modal(close=plain("x" * n))),
    "view.private_metadata": (check_view, lambda n: home(private_metadata="x" * n)),
    "view.callback_id": (check_view, lambda n: home(callback_id="x" * n)),
    "view.external_id": (check_view, lambda n: home(external_id="x" * n)),
    "view.bytes": (whole_view, view_of_bytes),
    "block.block_id": (message, lambda n: [section(block_id="x" * n)]),
    "element.action_id": (message, lambda n: [actions(button("x" * n))]),
    "element.placeholder": (
        message,
        lambda n: [actions(select(options=options(1), placeholder=plain("x" * n)))],
    ),
    "text.text": (message, lambda n: [{"type": "context", "elements": [mrkdwn("x" * n)]}]),
    "section.text": (message, lambda n: [section("x" * n)]),
    "section.fields": (message, lambda n: [{"type": "section", "fields": [plain("x")] * n}]),
    "section.field": (message, lambda n: [{"type": "section", "fields": [mrkdwn("x" * n)]}]),
    "header.text": (message, lambda n: [{"type": "header", "text": plain("x" * n)}]),
    "context.elements": (message, lambda n: [{"type": "context", "elements": [plain("x")] * n}]),
    "actions.elements": (message, lambda n: [actions(*(button(str(number)) for number in range(n)))]),
    "context_actions.elements": (
        message,
        lambda n: [
            {
                "type": "context_actions",
                "elements": [{"type": "icon_button", "icon": "trash", "text": plain("x")}] * n,
            }
        ],
    ),
    "image.image_url": (message, lambda n: image(image_url="https://a.example/".ljust(n, "x"))),
    "image.alt_text": (message, lambda n: image(alt_text="x" * n)),
    "image.title": (message, lambda n: image(title=plain("x" * n))),
    "input.label": (in_modal, lambda n: inputs(label=plain("x" * n))),
    "input.hint": (in_modal, lambda n: inputs(hint=plain("x" * n))),
    "markdown.text": (
        message,
        lambda n: [{"type": "markdown", "text": "x" * (n - 6000)}, {"type": "markdown", "text": "x" * 6000}],
    ),
    "alert.text": (in_modal, lambda n: [{"type": "alert", "text": plain("x" * n)}]),
    "container.title": (message, lambda n: container(title=plain("x" * n))),
    "container.subtitle": (message, lambda n: container(subtitle=mrkdwn("x" * n))),
    "container.child_blocks": (message, lambda n: container(child_blocks=[section()] * n)),
    "table.rows": (message, lambda n: [table(*([[cell()]] * n))]),
    "table.cells": (message, lambda n: [table([cell()] * n)]),
    "table.column_settings": (message, lambda n: [table([cell()], column_settings=[{"align": "left"}] * n)]),
    "table.characters": (message, lambda n: [table([cell("x" * (n - 1)), cell("x")])]),
    "table.per_message": (message, lambda n: [table([cell()])] * n),
    "data_table.rows": (message, lambda n: data_table(rows=[[cell()]] * n)),
    "data_table.cells": (message, lambda n: data_table(rows=[[cell()] * n])),
    "data_table.page_size": (message, lambda n: data_table(page_size=n)),
    "data_table.characters": (message, lambda n: data_table(rows=[[cell("x" * n)]])),
    "data_visualization.per_message": (message, lambda n: [pie()] * n),
    "data_visualization.title": (message, lambda n: [pie(title="x" * n)]),
    "data_visualization.segments": (message, lambda n: [pie(n)]),
    "data_visualization.series": (message, lambda n: [bars(series=n)]),
    "data_visualization.points": (message, lambda n: [bars(points=n)]),
    "data_visualization.label": (message, lambda n: [_labelled_pie("x" * n)]),
    "data_visualization.axis_label": (message, lambda n: [bars(x_label="x" * n)]),
    "button.text": (message, lambda n: [actions(button(text="x" * n))]),
    "button.value": (message, lambda n: [actions(button(value="x" * n))]),
    "button.url": (message, lambda n: [actions(button(url="https://a.example/".ljust(n, "x")))]),
    "button.accessibility_label": (message, lambda n: [actions(button(accessibility_label="x" * n))]),
    "overflow.options": (
        message,
        lambda n: [actions({"type": "overflow", "action_id": "o", "options": options(n)})],
    ),
    "choices.options": (message, choices),
    "select.options": (message, lambda n: [actions(select(options=options(n)))]),
    "select.option_groups": (
        message,
        lambda n: [
            actions(
                select(option_groups=[{"label": plain("g"), "options": [option(str(at))]} for at in range(n)])
            )
        ],
    ),
    "plain_text_input.max_length": (
        in_modal,
        lambda n: inputs(element={"type": "plain_text_input", "action_id": "a", "max_length": n}),
    ),
    "option.text": (message, lambda n: [actions(select(options=[option(text="x" * n)]))]),
    "option.value": (message, lambda n: [actions(select(options=[option("x" * n)]))]),
    "option.description": (
        message,
        lambda n: [actions(select(options=[option(description=plain("x" * n))]))],
    ),
    "option.url": (
        message,
        lambda n: [actions(select(options=[option(url="https://a.example/".ljust(n, "x"))]))],
    ),
    "option_group.label": (
        message,
        lambda n: [actions(select(option_groups=[{"label": plain("x" * n), "options": options(1)}]))],
    ),
    "confirm.title": (message, lambda n: confirm(title=plain("x" * n))),
    "confirm.text": (message, lambda n: confirm(text=mrkdwn("x" * n))),
    "confirm.button": (message, lambda n: confirm(deny=plain("x" * n))),
}


def _labelled_pie(label: str) -> dict[str, Any]:
    chart = {"type": "pie", "segments": [{"label": label, "value": 2.5}]}
    return {"type": "data_visualization", "title": "t", "chart": chart}
