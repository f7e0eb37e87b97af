"""Why a message is there, as JSON for the page: instants as epoch seconds, for the reader's own zone."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bot.flow.reasons import Reason
    from bot.playground.records import Json


def reason_json(reason: Reason) -> Json:
    """The reason's members by name, with those of its facts and events."""
    return {name: _plain(value) for name, value in asdict(reason).items()}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.timestamp()
    if isinstance(value, dict):
        return {name: _plain(member) for name, member in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list | tuple) else value
