"""Whom a command is about: somebody named by a mention, an address or a name."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bot.domain.agreement import fold
from bot.domain.facts import Named
from bot.flow.people import find, to_find, who_is
from bot.flow.prepared import named
from bot.store import people

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.flow.ports import Office
    from bot.store.database import Session
    from bot.store.people import Person

_MENTION: Final = re.compile(r"<@([UW][A-Z0-9]{1,30})(?:\|[^<>]*)?>")
_MAILTO: Final = re.compile(r"<mailto:([^<>|]+)(?:\|[^<>]*)?>")


@dataclass(frozen=True, slots=True)
class Several:
    """A name that more than one person has, by name and address."""

    people: tuple[Named, ...]


@dataclass(frozen=True, slots=True)
class Hidden:
    """An account whose e-mail address Slack does not show."""


async def person_meant(office: Office, words: str) -> Named | Several | Hidden | None:
    """The person whom somebody means: mentioned, or written as an address or a name; None if nobody is known by it.

    A name is the whole of it, else the first name or what stands before the @ of the address. Raises StorageError
    while Slack cannot be asked who an account is.
    """
    words = words.strip()
    mentioned = _MENTION.fullmatch(words)
    if mentioned:
        email = await who_is(office, mentioned[1])
        if email is None:
            return Hidden()
        return await office.database.read(lambda s: named(people.by_email(s, [email]), email))
    written = _MAILTO.fullmatch(words)
    sought = fold((written[1] if written else words).lstrip("@"))
    if not sought:
        return None
    found = await office.database.read(lambda s: _known_as(s, sought))
    if len(found) > 1:
        return Several(tuple(found))
    return found[0] if found else None


async def look_up(office: Office, emails: Iterable[str]) -> None:
    """Ask Slack who the people are that nobody asked about lately, so that they can be shown as mentions."""
    wanted = set(emails)
    now = office.clock.now()
    missing = await office.database.read(lambda s: to_find(s, wanted, now))
    if missing:
        await find(office, missing)


def _known_as(session: Session, sought: str) -> list[Named]:
    if "@" in sought:
        known = people.by_email(session, [sought])
        return [named(known, sought)] if sought in known else []
    everyone = people.everyone(session)
    for is_called in (_by_whole_name, _by_first_name):
        found = [Named(one.email, one.name, one.slack_id) for one in everyone if is_called(one, sought)]
        if found:
            return found
    return []


def _by_whole_name(person: Person, sought: str) -> bool:
    return fold(person.name or "") == sought


def _by_first_name(person: Person, sought: str) -> bool:
    first = fold(person.name or "").partition(" ")[0]
    return sought in {first, person.email.partition("@")[0]}
