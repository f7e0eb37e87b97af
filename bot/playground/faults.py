"""Misbehaviour on request: what a method's next calls, or all of them, get instead of a proper answer."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Final

from bot.errors import UsageError

EVERY_METHOD: Final = "*"

# With `_after` the call takes effect first and only its answer is lost or wrong; a time-out is always so.
KINDS: Final = ("429", "500", "503", "drop", "timeout", "html_200", "empty_200")
_MAY_FOLLOW: Final = frozenset({"500", "503", "drop", "html_200", "empty_200"})
_ERROR: Final = "error:"


@dataclass(frozen=True, slots=True)
class Fault:
    """One misbehaviour: `kind` without `_after`, whether the call takes effect, the header for a 429."""

    kind: str
    accepts: bool
    retry_after: str | None = None

    @property
    def code(self) -> str | None:
        """The Slack error code of an `error:<code>` fault."""
        return self.kind.removeprefix(_ERROR) if self.kind.startswith(_ERROR) else None


def parse_fault(kind: str | int, retry_after: float | str | None = None) -> Fault:
    """Read a kind such as `429`, `drop_after` or `error:fatal_error`; `UsageError` lists them if it is none.

    `retry_after` is the header of a 429: a number of seconds or any text; None is 1 second, as Slack always
    names a time; an empty text leaves the header out.
    """
    name = str(kind)
    base = name.removesuffix("_after")
    if name.startswith(_ERROR) and len(name) > len(_ERROR):
        return Fault(name, accepts=False)
    if base not in KINDS or (base != name and base not in _MAY_FOLLOW):
        following = ", ".join(f"{one}_after" for one in KINDS if one in _MAY_FOLLOW)
        raise UsageError(
            f"kind: {name!r} is no fault; there are {', '.join(KINDS)}, {following}, error:<slack_code>"
        )
    header = None if base != "429" else "1" if retry_after is None else str(retry_after)
    return Fault(base, accepts=base != name or base == "timeout", retry_after=header)


class Faults:
    """The faults that wait: in order for each method, then a lasting one; `*` stands for every method."""

    def __init__(self) -> None:
        self._next: dict[str, deque[Fault]] = {}
        self._always: dict[str, Fault] = {}

    def fail_next(self, method: str, fault: Fault, times: int = 1) -> None:
        """Let the next `times` calls of `method` fail so, after those that wait already."""
        self._next.setdefault(method, deque()).extend([fault] * times)

    def fail_always(self, method: str, fault: Fault) -> None:
        """Let every call of `method` fail so until `clear`."""
        self._always[method] = fault

    def clear(self, method: str | None = None) -> None:
        """Forget the faults of one method, or all."""
        if method is None:
            self._next.clear()
            self._always.clear()
        else:
            self._next.pop(method, None)
            self._always.pop(method, None)

    def lasting(self) -> list[tuple[str, str]]:
        """The faults that last until `clear`: (method, kind)."""
        return [(method, fault.kind) for method, fault in self._always.items()]

    def take(self, method: str) -> Fault | None:
        """Return the fault for this call, and count it."""
        for name in (method, EVERY_METHOD):
            waiting = self._next.get(name)
            if waiting:
                return waiting.popleft()
        return self._always.get(method) or self._always.get(EVERY_METHOD)
