"""Steps of a clock in words, for whoever asks why something was told."""

from __future__ import annotations

from typing import Final

from bot.domain.steps import INTENT, attempt_of, came_back

_TITLES: Final = {
    "assigned": "New lead",
    "snoozed": "End of the snooze",
    "callback": "Call as they asked",
    "declined": "Hand-over declined",
}
_REASONS: Final = {
    "assigned": "a new lead",
    "snoozed": "the end of a snooze",
    "callback": "the time at which they wish to be called",
    "declined": "a hand-over that was declined",
}
_AGREED: Final = {"at_risk": "At risk", "breach": "At the breach"}
_NAMES: Final = {"at_risk": "at risk"}
_INTENTS: Final = {
    "demo_request": "they asked for a demo",
    "call_request": "they asked for a call",
    "return_visit": "they came back after a quiet time",
}
_AGAIN: Final = {
    "snoozed": ", told again after a snooze",
    "declined": ", told again after a hand-over was declined",
}


def kind_of(step: str) -> str:
    """What kind of step a key names: `intent`, `assigned`, `attempt`, `snoozed`, `callback`, `declined` or `agreed`."""
    if step.startswith(INTENT):
        return "intent"
    name = step.partition(":")[0].partition("-")[0]
    return name if name == "attempt" or name in _TITLES else "agreed"


def title_of(step: str) -> str:
    """What begins the line of a step: `At risk`, `Contact 3`, `End of the snooze: contact 2`."""
    kind, later = kind_of(step), _later(step)
    if kind == "intent":
        told = _intent(step)
        return told[0].upper() + told[1:]
    if kind == "attempt":
        return f"Contact {attempt_of(step)}"
    if kind != "agreed":
        return _TITLES[kind] if later is None else f"{_TITLES[kind]}: contact {later}"
    name = step.partition(":")[0]
    if name.startswith("breach+"):
        return f"{name.removeprefix('breach+')} after the breach"
    return _AGREED.get(name, name)


def reason_of(step: str) -> str:
    """What a reminder was sent for, within a sentence: `“at risk” for the owner`, `contact 3 of the follow-up`."""
    kind, later = kind_of(step), _later(step)
    if kind == "intent":
        return _intent(step)
    if kind == "attempt":
        return _contact(attempt_of(step))
    if kind != "agreed":
        return _REASONS[kind] if later is None else f"{_REASONS[kind]}, for {_contact(later)}"
    at, _, to = step.partition(":")
    when = f"“{_NAMES.get(at, at)}”"
    return f"{when} for {to if '@' in to else f'the {to}'}" if to else when


def _later(step: str) -> int | None:
    """Which contact after the first a snooze or a declined hand-over asks for again; a call-back is a call anyway."""
    attempt = attempt_of(step)
    return attempt if attempt > 1 and kind_of(step) != "callback" else None


def _contact(attempt: int) -> str:
    return f"contact {attempt} of the follow-up"


def _intent(step: str) -> str:
    """What a touch with intent says, and what made it come back if it was told before."""
    what = _INTENTS.get(step.removeprefix(INTENT).partition(":")[0], "they showed interest")
    return what + _AGAIN.get(came_back(step) or "", "")
