"""Checks blocks, views, texts and metadata as Slack does.

What is wrong is said in Slack's words, with a JSON pointer.

The limits are in `blockkit_limits`, the shapes in `blockkit_shapes`; here is only the walk over them, and the
few rules that look at more than one member at once.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final, Literal

from bot.playground.blockkit_elements import all_blocks, elements_of, options_of
from bot.playground.blockkit_limits import LIMITS
from bot.playground.blockkit_rules import Flag, Items, Loose, Number, OneOf, Part, Rule, Shape, String, Text
from bot.playground.blockkit_shapes import SHAPES
from bot.playground.mrkdwn import malformed

Surface = Literal["message", "modal", "home"]


def check_blocks(blocks: Sequence[Any], surface: Surface = "message", at: str = "/blocks") -> list[str]:
    """What Slack would refuse in `blocks`, a line with a JSON pointer for each fault; none if all is well."""
    limit = LIMITS["message.blocks" if surface == "message" else "view.blocks"]
    errors = [_error(f"no more than {limit} items allowed", at)] if len(blocks) > limit else []
    for index, block in enumerate(blocks):
        errors += _block(block, surface, f"{at}/{index}")
    if not errors:
        errors += _together(blocks, at)
    return errors


def check_view(view: Mapping[str, Any], at: str = "/view") -> list[str]:
    """What Slack would refuse in a modal or Home view, its blocks included."""
    kind = view.get("type")
    if kind not in ("modal", "home"):
        return [_error(f"unsupported type: {kind}", f"{at}/type")]
    errors = list(_members(view, SHAPES[f"view:{kind}"], at, extra=frozenset({"type"})))
    blocks = view.get("blocks")
    if isinstance(blocks, list):
        errors += check_blocks(blocks, "modal" if kind == "modal" else "home", f"{at}/blocks")
        has_input = any(isinstance(block, Mapping) and block.get("type") == "input" for block in blocks)
        if kind == "modal" and has_input and "submit" not in view:
            errors.append(_error("missing required field: submit (the view has input blocks)", at))
    return errors


def characters(blocks: Sequence[Any]) -> int:
    """The characters of all texts in `blocks`, which Slack counts for `msg_blocks_too_long`."""

    def count(value: Any) -> int:
        if isinstance(value, Mapping):
            own = value.get("text")
            return (len(own) if isinstance(own, str) else 0) + sum(count(member) for member in value.values())
        return sum(count(item) for item in value) if isinstance(value, list) else 0

    return count(list(blocks))


def check_metadata(metadata: Any) -> str | None:
    """Slack's error code for a message's metadata, or None if it takes them.

    Metadata is an event type and a payload of strings, numbers, booleans, and objects or lists of those.
    """
    if not isinstance(metadata, Mapping) or not isinstance(metadata.get("event_type"), str):
        return "invalid_metadata_format"
    payload = metadata.get("event_payload")
    if not isinstance(payload, Mapping) or set(metadata) - {"event_type", "event_payload"}:
        return "invalid_metadata_format"
    if not metadata["event_type"] or not all(_metadata_value(value) for value in payload.values()):
        return "invalid_metadata_schema"
    if (
        len(json.dumps(metadata, separators=(",", ":"), ensure_ascii=False).encode())
        > LIMITS["metadata.bytes"]
    ):
        return "metadata_too_large"
    return None


def _metadata_value(value: Any) -> bool:
    if isinstance(value, Mapping):
        return all(_metadata_value(member) for member in value.values())
    if isinstance(value, list):
        return all(isinstance(item, str | int | float | Mapping) and _metadata_value(item) for item in value)
    return isinstance(value, str | int | float)


# --- the walk -----------------------------------------------------------------------------------------------


def _error(reason: str, at: str) -> str:
    return f"[ERROR] {reason} [json-pointer:{at or '/'}]"


def _block(block: Any, surface: Surface, at: str) -> Iterator[str]:
    if not isinstance(block, Mapping):
        yield _error("must provide an object", at)
        return
    shape = SHAPES.get(f"block:{block.get('type')}")
    if shape is None or surface not in shape.surfaces:
        yield _error(f"unsupported type: {block.get('type')}", f"{at}/type")
        return
    yield from _typed("block", block, shape, at)


def _typed(family: str, value: Mapping[str, Any], shape: Shape, at: str) -> Iterator[str]:
    extra = {"type"}
    if family == "block":
        extra.add("block_id")
        yield from _optional_string(value, "block_id", "block.block_id", at)
    if family == "element" and value.get("type") != "image":
        extra.add("action_id")
        yield from _optional_string(value, "action_id", "element.action_id", at)
    errors = list(_members(value, shape, at, extra=frozenset(extra)))
    yield from errors
    rule = _CROSS.get(f"{family}:{value['type']}")
    if rule is not None and not errors:  # what looks at several members may rely on each of them
        yield from rule(value, at)


def _optional_string(value: Mapping[str, Any], name: str, limit: str, at: str) -> Iterator[str]:
    if name in value:
        yield from _value(value[name], String(limit), f"{at}/{name}")


def _members(
    value: Mapping[str, Any], shape: Shape, at: str, *, extra: frozenset[str] = frozenset()
) -> Iterator[str]:
    for name, rule in shape.required.items():
        if name not in value:
            yield _error(f"missing required field: {name}", at)
        else:
            yield from _value(value[name], rule, f"{at}/{name}")
    for name, member in value.items():
        if name in shape.optional:
            yield from _value(member, shape.optional[name], f"{at}/{name}")
        elif name not in shape.required and name not in extra:
            yield _error(f"invalid additional property: {name}", at)


def _value(value: Any, rule: Rule, at: str) -> Iterator[str]:
    match rule:
        case Flag():
            yield from [] if isinstance(value, bool) else [_error("must provide a boolean", at)]
        case Loose():
            yield from [] if isinstance(value, Mapping) else [_error("must provide an object", at)]
        case Text():
            yield from _text(value, rule, at)
        case String():
            yield from _string(value, rule, at)
        case Number():
            yield from _number(value, rule, at)
        case Items():
            yield from _items(value, rule, at)
        case OneOf():
            yield from _one_of(value, rule, at)
        case Part():
            yield from _part(value, rule, at)


def _text(value: Any, rule: Text, at: str) -> Iterator[str]:
    if not isinstance(value, Mapping):
        yield _error("must provide an object", at)
        return
    kind = value.get("type")
    if kind not in (("plain_text",) if rule.plain else ("plain_text", "mrkdwn")):
        yield _error(f"unsupported type: {kind}", f"{at}/type")
        return
    flag = "emoji" if kind == "plain_text" else "verbatim"
    shape = Shape({"text": String(rule.limit)}, {flag: Flag()})
    yield from _members(value, shape, at, extra=frozenset({"type"}))
    if kind == "mrkdwn" and isinstance(value.get("text"), str):
        for token in malformed(value["text"]):
            yield _error(f"malformed mrkdwn token: {token}", f"{at}/text")


def _string(value: Any, rule: String, at: str) -> Iterator[str]:
    if not isinstance(value, str):
        yield _error("must provide a string", at)
    elif len(value) < rule.least:
        yield _error(f"must be more than {rule.least - 1} characters", at)
    elif rule.limit is not None and len(value) > LIMITS[rule.limit]:
        yield _error(f"must be less than {LIMITS[rule.limit] + 1} characters", at)
    elif rule.choices and value not in rule.choices:
        yield _error(f"must be one of: {', '.join(rule.choices)}", at)


def _number(value: Any, rule: Number, at: str) -> Iterator[str]:
    if isinstance(value, bool) or not isinstance(value, int if rule.whole else int | float):
        yield _error("must provide an integer" if rule.whole else "must provide a number", at)
    elif rule.low is not None and value < rule.low:
        yield _error(f"must be at least {rule.low:g}", at)
    elif rule.high is not None and value > rule.high:
        yield _error(f"must be at most {rule.high:g}", at)


def _items(value: Any, rule: Items, at: str) -> Iterator[str]:
    if not isinstance(value, list):
        yield _error("must provide an array", at)
        return
    if len(value) < rule.least:
        yield _error(f"no fewer than {rule.least} items allowed", at)
    if rule.limit is not None and len(value) > LIMITS[rule.limit]:
        yield _error(f"no more than {LIMITS[rule.limit]} items allowed", at)
    for index, item in enumerate(value):
        yield from _value(item, rule.of, f"{at}/{index}")


def _one_of(value: Any, rule: OneOf, at: str) -> Iterator[str]:
    if not isinstance(value, Mapping):
        yield _error("must provide an object", at)
        return
    kind = value.get("type")
    if rule.texts is not None and kind in ("plain_text", "mrkdwn"):
        yield from _text(value, rule.texts, at)
    elif kind not in rule.types:
        yield _error(f"unsupported type: {kind}", f"{at}/type")
    else:
        yield from _typed(rule.family, value, SHAPES[f"{rule.family}:{kind}"], at)


def _part(value: Any, rule: Part, at: str) -> Iterator[str]:
    if isinstance(value, Mapping):
        yield from _members(value, SHAPES[rule.shape], at)
    else:
        yield _error("must provide an object", at)


# --- rules over several members -----------------------------------------------------------------------------


def _section(value: Mapping[str, Any], at: str) -> Iterator[str]:
    if "text" not in value and "fields" not in value:
        yield _error("missing required field: text", at)


def _image(value: Mapping[str, Any], at: str) -> Iterator[str]:
    if ("image_url" in value) == ("slack_file" in value):
        yield _error("must provide exactly one of: image_url, slack_file", at)


def _container(value: Mapping[str, Any], at: str) -> Iterator[str]:
    if "title" not in value and "rich_text_title" not in value:
        yield _error("missing required field: title", at)
    if value.get("is_collapsible") is True and value.get("has_header_divider") is True:
        yield _error("has_header_divider cannot be set when is_collapsible is true", at)


def _static_select(value: Mapping[str, Any], at: str) -> Iterator[str]:
    if ("options" in value) == ("option_groups" in value):
        yield _error("must provide exactly one of: options, option_groups", at)
        return
    yield from _initial(value, at)


def _initial(value: Mapping[str, Any], at: str) -> Iterator[str]:
    offered = options_of(value)
    values = [option.get("value") for option in offered if isinstance(option, Mapping)]
    if len(set(map(str, values))) != len(values):
        yield _error("option values must be unique", at)
    initial = [value["initial_option"]] if "initial_option" in value else value.get("initial_options", [])
    for option in initial if isinstance(initial, list) else []:
        if option not in offered:
            yield _error("an initial option must be one of the options", at)


def _picker(member: str, pattern: str) -> Callable[[Mapping[str, Any], str], Iterator[str]]:
    def check(value: Mapping[str, Any], at: str) -> Iterator[str]:
        given = value.get(member)
        if given is not None and re.fullmatch(pattern, given) is None:
            yield _error(f"failed to match pattern: {pattern}", f"{at}/{member}")

    return check


def _plain_text_input(value: Mapping[str, Any], at: str) -> Iterator[str]:
    if value.get("min_length", 0) > value.get("max_length", LIMITS["plain_text_input.max_length"]):
        yield _error("min_length must not be more than max_length", f"{at}/min_length")


def _cells(name: str) -> Callable[[Mapping[str, Any], str], Iterator[str]]:
    def check(value: Mapping[str, Any], at: str) -> Iterator[str]:
        rows = value.get("rows")
        if isinstance(rows, list) and characters(rows) > LIMITS[f"{name}.characters"]:
            yield _error(
                f"cells must hold less than {LIMITS[f'{name}.characters'] + 1} characters together", at
            )
        if isinstance(rows, list) and len({len(row) for row in rows if isinstance(row, list)}) > 1:
            yield _error("all rows must have the same number of cells", at)

    return check


def _pie(value: Mapping[str, Any], at: str) -> Iterator[str]:
    for index, segment in enumerate(value.get("segments") or []):
        amount = segment.get("value") if isinstance(segment, Mapping) else None
        if isinstance(amount, int | float) and amount <= 0:
            yield _error("must be more than 0", f"{at}/segments/{index}/value")


def _axes(value: Mapping[str, Any], at: str) -> Iterator[str]:
    series = [one for one in value.get("series") or [] if isinstance(one, Mapping)]
    axis = value.get("axis_config")
    categories = axis.get("categories") if isinstance(axis, Mapping) else None
    names = [one.get("name") for one in series]
    if len(set(map(str, names))) != len(names):
        yield _error("series names must be unique", f"{at}/series")
    for index, one in enumerate(series):
        points = [point.get("label") for point in one.get("data") or [] if isinstance(point, Mapping)]
        if isinstance(categories, list) and points != categories:
            yield _error("must have one point for each category, in order", f"{at}/series/{index}/data")


def _together(blocks: Sequence[Any], at: str) -> list[str]:
    """What is wrong with blocks that are each right: ids used twice, too many tables, charts, characters."""
    found = list(all_blocks(blocks, at))
    kinds = [block["type"] for block, _ in found]
    errors: list[str] = []
    if kinds.count("table") > LIMITS["table.per_message"]:
        errors.append(_error("only_one_table_allowed", at))
    if kinds.count("data_visualization") > LIMITS["data_visualization.per_message"]:
        errors.append(_error(f"no more than {LIMITS['data_visualization.per_message']} charts allowed", at))
    if sum(len(block["text"]) for block, _ in found if block["type"] == "markdown") > LIMITS["markdown.text"]:
        errors.append(
            _error(
                f"markdown blocks must hold less than {LIMITS['markdown.text'] + 1} characters together", at
            )
        )
    focused = [
        element for block, _ in found for element in elements_of(block) if element.get("focus_on_load")
    ]
    if len(focused) > 1:
        errors.append(_error("only one element may have focus_on_load", at))
    block_ids: set[str] = set()
    for block, place in found:
        name = block.get("block_id")
        if name in block_ids:
            errors.append(_error(f"block_id {name} already exists", f"{place}/block_id"))
        block_ids |= {name} if name is not None else set()
        action_ids = [element["action_id"] for element in elements_of(block) if "action_id" in element]
        errors += [
            _error(f"action_id {name} already exists in this block", place)
            for name in sorted({name for name in action_ids if action_ids.count(name) > 1})
        ]
    return errors


_CROSS: Final[Mapping[str, Callable[[Mapping[str, Any], str], Iterator[str]]]] = {
    "block:section": _section,
    "block:image": _image,
    "element:image": _image,
    "block:container": _container,
    "element:static_select": _static_select,
    "element:multi_static_select": _static_select,
    "element:checkboxes": _initial,
    "element:radio_buttons": _initial,
    "element:overflow": _initial,
    "element:datepicker": _picker("initial_date", r"\d{4}-\d{2}-\d{2}"),
    "element:timepicker": _picker("initial_time", r"\d{2}:\d{2}"),
    "element:plain_text_input": _plain_text_input,
    "block:table": _cells("table"),
    "block:data_table": _cells("data_table"),
    "chart:pie": _pie,
    **{f"chart:{kind}": _axes for kind in ("bar", "area", "line")},
}
