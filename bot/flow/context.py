"""What a lead's owner should know of it: how the contact came, what they touched since, and what shows intent."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.domain import intent as rules
from bot.domain.agreement import fold
from bot.domain.credit import Touch
from bot.flow import deals, leads
from bot.flow.statements import short_key
from bot.store import spellings

if TYPE_CHECKING:
    from datetime import datetime

    from bot.domain.agreement import Agreement
    from bot.domain.intent import Intent
    from bot.store.database import Session
    from bot.store.records import Contact


def context_of(
    session: Session, agreement: Agreement, contact: Contact, until: datetime | None = None
) -> tuple[str | None, tuple[str, ...]]:
    """How a contact came, and what they touched since (up to `until`): the latest 3 different ones, newest last.

    They came by the asset, else campaign, else channel of their earliest lead; None where it names none. Names are
    shown as the earliest event wrote them.
    """
    history = _history(session, agreement, contact)
    if history is None:
        return None, ()
    touches = [touch for touch in history.touches if until is None or touch.at <= until]
    came = rules.in_words(history.came)
    return came, rules.touched_since(touches, history.came.at, came)


def intents_of(
    session: Session, agreement: Agreement, contact: Contact, known_until: datetime
) -> tuple[Intent, ...]:
    """The touches of a contact that show intent, after its earliest lead's creation, in the order of time."""
    history = _history(session, agreement, contact)
    if history is None:
        return ()
    return rules.intents(history.touches, history.came.at, known_until, history.came.asset)


@dataclass(frozen=True, slots=True)
class _History:
    """A contact's earliest lead as the touch it is, and every touch; names as they are shown."""

    came: Touch
    touches: tuple[Touch, ...]


def _history(session: Session, agreement: Agreement, contact: Contact) -> _History | None:
    alive = [lead for lead in contact.leads if lead.columns["described"] and not lead.columns["deleted"]]
    if not alive:
        return None
    created_at, key = min((leads.created_of(agreement, lead), lead.key) for lead in alive)
    get = next(lead for lead in alive if lead.key == key).record.get
    came = Touch(f"lead:{key}", created_at, get("asset"), get("campaign"), get("channel"), None)
    touches = deals.touches_of_contact(session, agreement, contact)
    known = spellings.written(session, {name for touch in (came, *touches) for name in _names(touch)})
    return _History(_as_shown(came, known), tuple(_as_shown(touch, known) for touch in touches))


def _names(touch: Touch) -> list[tuple[str, str]]:
    told = (("asset", touch.asset), ("campaign", touch.campaign), ("channel", touch.channel))
    return [(kind, short_key(fold(text))) for kind, text in told if text]


def _as_shown(touch: Touch, known: dict[tuple[str, str], str]) -> Touch:
    """A touch with its names as the earliest event wrote them; a name of nothing but space is none."""

    def shown(kind: str, text: str | None) -> str | None:
        folded = fold(text) if text else ""
        return known.get((kind, short_key(folded)), text) if folded else None

    return replace(
        touch,
        asset=shown("asset", touch.asset),
        campaign=shown("campaign", touch.campaign),
        channel=shown("channel", touch.channel),
    )
