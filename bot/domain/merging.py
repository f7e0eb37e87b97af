"""How statements about one record become the record, in whatever order and however often they arrive.

Per field the statement with the latest stamp stands (a last-writer-wins register), so that merging is commutative,
associative and idempotent: any order and any repetition of the same statements ends in the same record.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def stamp_text(at: datetime) -> str:
    """An instant as text of fixed width, so that the order of texts is the order of time."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


@dataclass(slots=True)
class Record:
    """What is known of something: `data` by field, and the stamp of the statement that stands for each field."""

    data: dict[str, Any] = field(default_factory=dict)
    stamps: dict[str, list[Any]] = field(default_factory=dict)

    def merge(
        self,
        stated: Mapping[str, Any],
        at: datetime,
        event_id: str,
        rank: Callable[[str, Any], int] = lambda _field, _value: 0,
    ) -> frozenset[str]:
        """Take in one statement; returns the fields whose value is another now.

        A stamp is (instant, rank of the value, event id): of two statements of one instant the value that is
        further along stands, else the greater event id. `None` clears a field.
        """
        changed = set()
        moment = stamp_text(at)
        for name, value in stated.items():
            stamp = [moment, rank(name, value), event_id]
            if name in self.stamps and stamp <= self.stamps[name]:
                continue
            self.stamps[name] = stamp
            if name not in self.data or self.data[name] != value:
                changed.add(name)
            self.data[name] = value
        return frozenset(changed)

    def stated_at(self, name: str) -> str | None:
        """When the standing statement about a field was made, as `stamp_text`."""
        return str(self.stamps[name][0]) if name in self.stamps else None

    def get(self, name: str) -> Any:
        """The value of a field; None if it is unknown or cleared."""
        return self.data.get(name)
