"""What of a record is about a person, and what may stay when that person is forgotten.

What stays tells how marketing and sales did, never who it was: the way a lead came, its scores, stages and times.
Fields that nobody described here may hold anything, so they go.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

STAYS: Final[Mapping[str, frozenset[str]]] = {
    "lead": frozenset(
        {
            *("id", "company", "channel", "asset", "campaign", "score", "type", "stage", "segment"),
            *("owner_email", "created_at", "assigned_at", "merged_from"),
        }
    ),
    "touch": frozenset({"id", "lead_id", "asset", "campaign", "channel", "kind", "at"}),
    "activity": frozenset({"id", "lead_id", "kind", "direction", "outcome", "by_email", "at"}),
    "person": frozenset({"email"}),
}
"""The fields of each kind of record that stay."""


MARK: Final = "forgotten-"
"""Begins what stands in the place of a forgotten address."""
PERSONAL: Final = ("email", "name", "phone", "title", "url")
"""What a lead's source may tell of a person; late news of the past must not bring it back."""


def without_person(kind: str, data: Mapping[str, Any], stand_in: Mapping[str, str]) -> dict[str, Any]:
    """A record's or an event's data without what is about a person.

    `stand_in` gives for each e-mail of the person the random mark that takes its place, so that what belongs
    together stays together. Names that begin with `_` are our own. Kinds of records that are not about a person (a
    deal, a campaign) keep everything but the e-mails.
    """
    stays = STAYS.get(kind)
    found = {}
    for name, value in data.items():
        if stays is None or name in stays or name.startswith("_"):
            found[name] = _marked(value, stand_in)
        elif name == "email" and str(value) in stand_in:
            found[name] = stand_in[str(value)]
    return found


def _marked(value: Any, stand_in: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        return stand_in.get(value, value)
    if isinstance(value, list):
        return [_marked(item, stand_in) for item in value]
    if isinstance(value, dict):
        return {name: _marked(item, stand_in) for name, item in value.items()}
    return value
