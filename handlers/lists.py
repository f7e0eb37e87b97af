"""A list of leads that a command showed: after an answer it is drawn anew where it stands.

Slack sends no copy of what only one person sees, and lets it be changed through the address that came with a press
alone. So the buttons tell which list they are in, and a form that was opened from a list carries list and address.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from aiohttp import ClientError
from slack_bolt.context.respond.async_respond import AsyncRespond
from slack_sdk.errors import SlackClientError

from bot.errors import StorageError
from bot.flow import people, queue
from bot.logs import log_of
from bot.render.leads import leads, scope_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.flow.ports import Office
    from bot.render.forms import View

_BETWEEN: Final = "\n"

_log = log_of(__name__)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a list stands on somebody's screen: which list it is, and the address by which Slack changes it."""

    scope: str
    address: str


def place_of(body: Mapping[str, Any]) -> Place | None:
    """The list in which a button was pressed; None for a message, which is corrected through the outbox."""
    action: Mapping[str, Any] = next(iter(body.get("actions") or ()), {})
    scope, address = scope_of(action.get("block_id") or ""), body.get("response_url")
    hidden = bool((body.get("container") or {}).get("is_ephemeral"))
    return Place(scope, str(address)) if hidden and scope and address else None


def carrying(view: View, place: Place | None) -> View:
    """A form that remembers from which list it was opened."""
    ref = view.get("private_metadata")
    if place is None or not ref:
        return view
    return view | {"private_metadata": _BETWEEN.join((ref, place.scope, place.address))}


def ref_in(view: Mapping[str, Any]) -> str:
    """The reference of the lead that a form is about."""
    return str(view.get("private_metadata") or "").partition(_BETWEEN)[0]


def place_in(view: Mapping[str, Any]) -> Place | None:
    """The list from which a form was opened, if it was one."""
    kept = str(view.get("private_metadata") or "").split(_BETWEEN)
    return Place(kept[1], kept[2]) if len(kept) == 3 else None  # as `carrying` writes it


async def draw_again(office: Office, place: Place | None, slack_id: str) -> None:
    """Show a list as it is now, in its place. What keeps Slack or the database from it is only noted."""
    if place is None:
        return
    try:
        reader = queue.Reader(slack_id, await people.who_is(office, slack_id))
        payload = leads(await queue.queue_again(office, place.scope, reader))
        told = await AsyncRespond(response_url=place.address)(**payload.as_dict(), replace_original=True)
    except (StorageError, SlackClientError, ClientError, OSError) as error:
        _log.warning("a list of leads could not be drawn anew", extra={"reason": type(error).__name__})
        return
    if told.status_code != 200:  # HTTP's
        _log.warning("a list of leads could not be drawn anew", extra={"reason": told.body[:200]})
