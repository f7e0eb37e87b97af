"""Finding one's way in sound blocks: those in containers, their elements, the options of a menu."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Block = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Found:
    """An element and the id of the block it stands in."""

    block_id: str
    element: Mapping[str, Any]


def all_blocks(blocks: Sequence[Block], at: str = "/blocks") -> Iterator[tuple[Block, str]]:
    """Every block with its JSON pointer, those in containers included."""
    for index, block in enumerate(blocks):
        place = f"{at}/{index}"
        yield block, place
        yield from all_blocks(block.get("child_blocks") or [], f"{place}/child_blocks")


def elements_of(block: Block) -> Iterator[Mapping[str, Any]]:
    """The elements of an actions or context block, a section's accessory, an input's element."""
    if block.get("type") in {"actions", "context", "context_actions"}:
        yield from block["elements"]
    for name in ("accessory", "element"):
        if isinstance(block.get(name), Mapping):
            yield block[name]


def block_id_of(block: Block, at: str) -> str:
    """The block's own id, or the one that Slack would make up; here it is made from the block's place."""
    return str(block.get("block_id") or at.strip("/").replace("/", "_"))


def with_block_ids(blocks: Sequence[Block], at: str = "/blocks") -> list[dict[str, Any]]:
    """The blocks as Slack sends them: each with a block id."""
    return [{**block, "block_id": block_id_of(block, f"{at}/{index}")} for index, block in enumerate(blocks)]


def find_elements(blocks: Sequence[Block], action_id: str, block_id: str | None = None) -> list[Found]:
    """Every interactive element of that action id, in that block only where one is named."""
    return [
        Found(block_id_of(block, place), element)
        for block, place in all_blocks(blocks)
        if block_id in {None, block_id_of(block, place)}
        for element in elements_of(block)
        if element.get("action_id") == action_id
    ]


def options_of(element: Mapping[str, Any]) -> list[Any]:
    """The options of a menu, those in groups included."""
    own = element.get("options") or []
    groups = element.get("option_groups") or []
    return [
        *own,
        *(option for group in groups if isinstance(group, Mapping) for option in group.get("options", [])),
    ]
