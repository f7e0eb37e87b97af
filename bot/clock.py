"""The only place that reads the time. Everything else takes instants as arguments."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Tells the present instant, aware, in UTC."""

    def now(self) -> datetime:
        """The present instant in UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The present instant in UTC."""
        return datetime.now(UTC)


class ManualClock:
    """A clock that stands still until it is moved: for tests and rehearsals."""

    def __init__(self, start: datetime) -> None:
        """Stand at `start`, which must be aware."""
        if start.tzinfo is None:
            raise ValueError("a clock needs an aware instant")
        self._now = start.astimezone(UTC)

    def now(self) -> datetime:
        """The instant it was last moved to."""
        return self._now

    def move_to(self, instant: datetime) -> None:
        """Jump to an instant, forwards or backwards."""
        self._now = instant.astimezone(UTC)

    def advance(self, delta: timedelta) -> None:
        """Move on by `delta` of absolute time."""
        self._now += delta


class OffsetClock:
    """A clock that runs on, but shows another time: for the local workspace, whose time a person may move."""

    def __init__(self, base: Clock, start: datetime | None = None) -> None:
        """Show `start` (aware) now, and go on with the pace of `base`; without a start, what `base` shows."""
        self._base = base
        self._offset = timedelta(0)
        if start is not None:
            if start.tzinfo is None:
                raise ValueError("a clock needs an aware instant")
            self._offset = start.astimezone(UTC) - base.now()

    def now(self) -> datetime:
        """The instant it shows, in UTC."""
        return self._base.now() + self._offset

    def move_to(self, instant: datetime) -> None:
        """Go forward to an instant and run on from there; one that is over already changes nothing.

        Time never goes back: what was told as past would be in the future.
        """
        self._offset += max(timedelta(0), instant.astimezone(UTC) - self.now())
