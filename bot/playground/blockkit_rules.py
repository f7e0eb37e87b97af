"""What a member of a block, an element or an object may be; limits go by their names in `blockkit_limits`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Text:
    """A text object; `plain` alone, or mrkdwn as well."""

    limit: str
    plain: bool = True


@dataclass(frozen=True, slots=True)
class String:
    """A string of at least `least` characters; one of `choices` where they are given."""

    limit: str | None = None
    least: int = 1
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Number:
    """A number from `low` to `high`, whole where `whole`."""

    low: float | None = None
    high: float | None = None
    whole: bool = True


@dataclass(frozen=True, slots=True)
class Flag:
    """True or false."""


@dataclass(frozen=True, slots=True)
class Items:
    """A list whose items follow `of`; at most as many as the limit of that name."""

    of: Rule
    limit: str | None = None
    least: int = 1


@dataclass(frozen=True, slots=True)
class OneOf:
    """An object whose `type` names a shape `family:type`; `texts` allows text objects beside them."""

    family: str
    types: tuple[str, ...]
    texts: Text | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """An object without a `type`, of the named shape."""

    shape: str


@dataclass(frozen=True, slots=True)
class Loose:
    """Any object: Slack's checks of it are not imitated."""


Rule = Text | String | Number | Flag | Items | OneOf | Part | Loose


@dataclass(frozen=True, slots=True)
class Shape:
    """The members an object must and may have; `surfaces` where a block may stand."""

    required: Mapping[str, Rule] = field(default_factory=dict)
    optional: Mapping[str, Rule] = field(default_factory=dict)
    surfaces: frozenset[str] = frozenset({"message", "modal", "home"})
