"""Steps of a clock in words, for whoever asks why something was told."""

from __future__ import annotations

from typing import Final

from bot.domain.steps import INTENT, came_back

_INTENTS: Final = {
    "demo_request": "they asked for a demo",
    "call_request": "they asked for a call",
    "return_visit": "they came back after a quiet time",
}
_AGAIN: Final = {
    "snoozed": ", told again after a snooze",
    "declined": ", told again after a hand-over was declined",
}
_KINDS: Final = frozenset({"assigned", "attempt", "snoozed", "callback", "declined"})


def kind_of(step: str) -> str:
    """What kind of step a key names: `intent`, `assigned`, `attempt`, `snoozed`, `callback`, `declined` or `agreed`."""
    if step.startswith(INTENT):
        return "intent"
    name = step.partition(":")[0].partition("-")[0]
    return name if name in _KINDS else "agreed"


def intent_told(step: str) -> str:
    """What a touch with intent says, and what made it come back if it was told before."""
    what = _INTENTS.get(step.removeprefix(INTENT).partition(":")[0], "they showed interest")
    return what + _AGAIN.get(came_back(step) or "", "")
