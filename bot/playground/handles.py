"""What Slack hands out for a short while: trigger ids to open a modal with, and response URLs."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bot.playground.refusal import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable

TRIGGER_SECONDS: Final = 3.0  # https://docs.slack.dev/interactivity/handling-user-interaction
RESPONSE_SECONDS: Final = 30 * 60.0  # the same page
RESPONSE_USES: Final = 5  # the same page


@dataclass(slots=True)
class _Trigger:
    user: str
    issued: float
    used: bool = False


class Triggers:
    """Trigger ids: each good for 3 seconds of the injected clock, and once."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._issued: dict[str, _Trigger] = {}
        self._numbers = itertools.count(1)

    def issue(self, user: str) -> str:
        """Return a new trigger id for what that person just did."""
        number = next(self._numbers)
        trigger_id = f"{number:09d}.{1_000_000_000 + number}.{number:032x}"
        self._issued[trigger_id] = _Trigger(user, self._now())
        return trigger_id

    def exchange(self, trigger_id: str) -> str:
        """Use a trigger id up and return its person; a `Refusal` if it is unknown, spent or too old."""
        trigger = self._issued.get(trigger_id)
        if trigger is None:
            raise Refusal("invalid_trigger_id")
        if trigger.used:
            raise Refusal("exchanged_trigger_id")
        if self._now() - trigger.issued > TRIGGER_SECONDS:
            raise Refusal("expired_trigger_id")
        trigger.used = True
        return trigger.user


@dataclass(slots=True)
class ResponseUrl:
    """Where one interaction may be answered; `original` is the message with the button, if there is one."""

    token: str
    user: str
    channel: str
    issued: float
    original: str | None = None
    ephemeral: bool = False
    uses: int = 0


class ResponseUrls:
    """Response URLs: each good for 5 uses within 30 minutes of the injected clock."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._issued: dict[str, ResponseUrl] = {}

    def issue(self, user: str, channel: str, original: str | None = None, *, ephemeral: bool = False) -> str:
        """Return the token of a new response URL."""
        token = f"{len(self._issued) + 1:06d}"
        self._issued[token] = ResponseUrl(token, user, channel, self._now(), original, ephemeral)
        return token

    def use(self, token: str) -> ResponseUrl:
        """Count one use; a `Refusal` if the address is unknown, spent or too old."""
        known = self._issued.get(token)
        if known is None:
            raise Refusal("invalid_url")
        if self._now() - known.issued > RESPONSE_SECONDS:
            raise Refusal("expired_url")
        if known.uses >= RESPONSE_USES:
            raise Refusal("used_url")
        known.uses += 1
        return known
