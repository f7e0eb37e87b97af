"""The events Winbell understands, as values: what every source turns its bodies into (contract, section 4)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

EVENT_TYPES: Final = frozenset(
    {
        "person.updated",
        "lead.created",
        "lead.updated",
        "lead.merged",
        "lead.deleted",
        "touch.recorded",
        "activity.logged",
        "deal.created",
        "deal.updated",
        "deal.won",
        "deal.lost",
        "deal.reopened",
        "deal.merged",
        "deal.deleted",
        "campaign.updated",
    }
)


@dataclass(frozen=True, slots=True)
class Event:
    """One verified statement of a source.

    `id` is unique within the source. `at` is when it happened there (UTC). `data` holds only JSON values that
    passed the schema: texts trimmed, e-mails folded to lower case, amounts as canonical decimal strings, times as
    canonical text (`2026-11-20` or `2026-11-20T15:04:30Z`), lists of texts; `null` clears; unknown fields are kept.
    """

    id: str
    type: str
    at: datetime
    data: Mapping[str, Any]
