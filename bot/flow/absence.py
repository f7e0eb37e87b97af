"""Who is asked for something while they are away: what to say to whoever asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.answering import Faulty
from bot.domain.when import When, to_utc
from bot.flow.people import somebody
from bot.flow.prepared import named
from bot.render.text import day, plain_name
from bot.store import people

if TYPE_CHECKING:
    from datetime import datetime

    from bot.domain.agreement import Agreement
    from bot.store.database import Session
    from bot.store.people import Person


def not_there(
    session: Session, agreement: Agreement, email: str, owner: str | None, now: datetime
) -> Faulty | None:
    """Why somebody cannot be asked to take a lead over from its owner: they are away, or have left; else None.

    Who stands in for them is named, unless that person is absent too or is the owner.
    """
    person = people.by_email(session, [email]).get(email)
    if person is None or not somebody(person).is_absent(now, agreement.timezone):
        return None
    stand_in = person.delegate_email
    known = people.by_email(session, [email, stand_in] if stand_in else [email])
    who = plain_name(named(known, email))
    other = ""
    if stand_in is not None and stand_in not in {owner, email}:
        deputy = known.get(stand_in)
        if deputy is None or not somebody(deputy).is_absent(now, agreement.timezone):
            other = f", or ask {plain_name(named(known, stand_in))}, who stands in"
    return Faulty("person", f"{who} {_why(person, agreement, now)}. Choose somebody else{other}.")


def _why(person: Person, agreement: Agreement, now: datetime) -> str:
    """`is away until 30 Nov`; the last day away, or the day they are back, as they were told of it."""
    if person.active is False:
        return "has left, as the CRM says"
    if person.away_until is None:
        return "is away"
    zone = person.timezone or agreement.timezone
    until = When.parse(person.away_until, "away_until")
    return f"is away until {day(until.on(zone), to_utc(now).year)}"
