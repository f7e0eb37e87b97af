"""What Slack checks in a filled-in modal before it tells the bot: nothing is sent until all of it holds.

Sources: docs.slack.dev/reference/block-kit/blocks/input-block and the pages of the elements. The texts are ours.
"""

from __future__ import annotations

import re
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, Final

from bot.errors import UsageError
from bot.playground import outgoing

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bot.playground.records import Json

EMPTY: Final = "Please complete this required field."
_EMAIL: Final = re.compile(r"[^@\s]+@[^@\s.]+(?:\.[^@\s.]+)+")
_URL: Final = re.compile(r"https?://[^\s/]+\S*", re.IGNORECASE)


class FormError(UsageError):
    """A form that Slack does not let go; `problems` holds what stands beside each block, by block id."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        self.problems = dict(problems)
        words = [
            f"{block_id}: this input is not optional and is empty" if text == EMPTY else f"{block_id}: {text}"
            for block_id, text in problems.items()
        ]
        super().__init__("; ".join(words))


def problem(block: Mapping[str, Any], held: Json) -> str | None:
    """What is wrong with what an input block holds (`outgoing.state_of`), in words for the person; None if nothing."""
    if block["type"] != "input":
        return None
    element = block["element"]
    if outgoing.is_empty(held):
        return None if block.get("optional") else EMPTY
    kind = str(element["type"])
    if kind in PICKED:
        member, form, advice = PICKED[kind]
        return None if form(held[member]) else advice
    check = _CHECKS.get(kind)
    value = held.get("value")
    if check is not None and isinstance(value, str):
        return check(element, value)
    chosen = next((member for member in held.values() if isinstance(member, list)), [])
    most = element.get("max_selected_items")
    return f"Choose at most {most}." if most is not None and len(chosen) > most else None


def _text(element: Mapping[str, Any], value: str) -> str | None:
    least, most = element.get("min_length", 0), element.get("max_length")
    if len(value) < least:
        return f"Write at least {least} characters; there are {len(value)}."
    if most is not None and len(value) > most:
        return f"Write at most {most} characters; there are {len(value)}."
    return None


def _number(element: Mapping[str, Any], value: str) -> str | None:
    try:
        number = Decimal(value)
    except InvalidOperation:
        return "Write a number."
    if not number.is_finite():
        return "Write a number."
    if not element.get("is_decimal_allowed") and number != number.to_integral_value():
        return "Write a whole number."
    low, high = element.get("min_value"), element.get("max_value")
    if low is not None and number < Decimal(low):
        return f"Write {low} or more."
    if high is not None and number > Decimal(high):
        return f"Write {high} or less."
    return None


def _email(element: Mapping[str, Any], value: str) -> str | None:
    del element
    return None if _EMAIL.fullmatch(value) else "Write an e-mail address, like dana@northwind.example."


def _url(element: Mapping[str, Any], value: str) -> str | None:
    del element
    return None if _URL.fullmatch(value) else "Write an address that begins with http:// or https://."


def is_date(value: Any) -> bool:
    """Whether this is a day as Slack's date picker gives it."""
    return isinstance(value, str) and _is_like(value, "%Y-%m-%d", 10)


def is_time(value: Any) -> bool:
    """Whether this is a time of day as Slack's time picker gives it."""
    return isinstance(value, str) and _is_like(value, "%H:%M", 5)


def is_instant(value: Any) -> bool:
    """Whether this is an instant as Slack's date-time picker gives it: ten digits of epoch seconds."""
    return isinstance(value, int) and not isinstance(value, bool) and len(str(value)) == 10 and value > 0


def _is_like(value: str, pattern: str, length: int) -> bool:
    try:
        datetime.strptime(value, pattern)  # noqa: DTZ007 - a day or a time of day has no zone
    except ValueError:
        return False
    return len(value) == length


PICKED: Final[Mapping[str, tuple[str, Callable[[Any], bool], str]]] = {
    "datepicker": ("selected_date", is_date, "Choose a day."),
    "timepicker": ("selected_time", is_time, "Choose a time."),
    "datetimepicker": ("selected_date_time", is_instant, "Choose a day and a time."),
}
"""Where a picker's state holds what was picked, what it must look like, and what the person reads otherwise."""
_CHECKS: Final[Mapping[str, Callable[[Mapping[str, Any], str], str | None]]] = {
    "plain_text_input": _text,
    "number_input": _number,
    "email_text_input": _email,
    "url_text_input": _url,
}
