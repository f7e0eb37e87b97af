"""What can happen in a story: an event of the CRM, an answer in Slack, Slack failing; and the usual events of one."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bot.playground.story import Customer, Days, called, event, lead, text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from bot.playground.story import Piece

Event = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Answer:
    """Somebody answers a lead in the newest reminder of theirs that asks for it.

    `how` is the label of a button or of an entry of the lead's menu, `entered` what they write into its form: block id
    → value, where `person` is an e-mail and instants are seconds.
    """

    by: str
    lead: str
    how: str = "Contacted"
    entered: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Moment:
    """Something that happens at an instant: the CRM tells an event, somebody answers a lead, or Slack fails."""

    at: datetime
    event: Event | None = None
    answer: Answer | None = None
    fault: tuple[str, str] | None = None
    """A method of the Web API and the misbehaviour of all its calls from then on."""


def won(days: Days, number: int, back: int, clock: str, *, helper: str | None = None) -> Moment:
    """A deal of the past is won."""
    at = days.at(back, clock)
    data: Event = {"id": f"D-{number}", "closed_at": text(at)}
    if helper is not None:
        data["contributors"] = [{"email": helper, "role": "sales engineer"}]
    return Moment(at, event("deal.won", at, **data))


def comes(
    days: Days,
    key: str,
    who: tuple[str, str, str],
    owner: str | None,
    piece: Piece | None,
    when: tuple[int, str],
    **more: Any,
) -> Moment:
    """A lead comes: `who` is company, name and e-mail; without a piece nobody knows what brought them."""
    company, name, email = who
    at = days.at(*when)
    told = lead(key, Customer(company, name, email, owner or "", piece, None, "0", "EUR", "", 0), piece, at)
    return Moment(at, event("lead.created", at, **{**told, "owner_email": owner, "stage": "mql", **more}))


def was_called(days: Days, key: str, by: str, when: tuple[int, str], outcome: str = "connected") -> Moment:
    """The CRM logs a call."""
    at = days.at(*when)
    return Moment(at, called(key, by, at, outcome))


def touches(days: Days, email: str, piece: Piece, when: tuple[int, str]) -> Moment:
    """A contact touches a piece of marketing."""
    at = days.at(*when)
    told = {"asset": piece.asset, "campaign": piece.campaign, "channel": piece.channel, "kind": piece.kind}
    return Moment(at, event("touch.recorded", at, email=email, at=text(at), **told))


def becomes(days: Days, key: str, stage: str, when: tuple[int, str]) -> Moment:
    """A lead changes its stage."""
    at = days.at(*when)
    return Moment(at, event("lead.updated", at, id=key, stage=stage))


def is_away(days: Days, email: str, delegate: str, since: tuple[int, str]) -> Moment:
    """Somebody is away for seven days from this morning; a delegate stands in."""
    gone, back = days.at(*since), days.away_until()
    told = {"away_from": text(gone), "away_until": text(back), "delegate_email": delegate}
    return Moment(gone, event("person.updated", gone, email=email, **told))
