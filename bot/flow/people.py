"""Who is who in Slack, who receives what is for somebody, and when they are not to be disturbed.

Addresses are looked up once and remembered, the unknown ones too.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Final

from bot.domain.delivery import DoNotDisturb, Refused, Rejected
from bot.domain.presence import Somebody, receiver
from bot.errors import StorageError
from bot.logs import log_of
from bot.store import people

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from bot.domain.delivery import Account
    from bot.flow.ports import Office
    from bot.store.database import Session
    from bot.store.outbox import Message
    from bot.store.people import Person

LOOK_AGAIN: Final = timedelta(hours=24)
"""How long "Slack does not know this address" is believed."""
ASK_DND_AGAIN: Final = timedelta(minutes=15)
"""How long somebody's schedule in Slack is believed, the failure to get it too."""
PRIVATE: Final = frozenset({"nudge", "handover", "claim", "claim_answer", "merge_offer"})
"""Kinds of messages that go to one person, and wait while that person is not to be disturbed."""
_AT_ONCE: Final = 4

_log = log_of(__name__)


def to_find(session: Session, emails: Iterable[str], now: datetime) -> list[str]:
    """The addresses that Slack must be asked about: neither known, nor asked lately."""
    wanted = sorted(set(emails))
    known = people.by_email(session, wanted)
    return [
        email
        for email in wanted
        if (person := known.get(email)) is None
        or (person.slack_id is None and (person.checked_at is None or now - person.checked_at > LOOK_AGAIN))
    ]


async def find(office: Office, emails: Iterable[str]) -> float | None:
    """Ask Slack about these addresses and keep the answers.

    Returns None when every question was answered; else after how many seconds to ask again. An address that Slack
    will not tell us (a missing scope) counts as unknown.
    """
    ask = asyncio.Semaphore(_AT_ONCE)

    async def one(email: str) -> tuple[str, Account | Refused | Rejected]:
        async with ask:
            return email, await office.slack.account_of(email)

    again: float | None = None
    for email, answer in await asyncio.gather(*(one(email) for email in emails)):
        if isinstance(answer, Refused):
            again = max(again or 0.0, answer.after or 5.0)
            continue
        slack_id, zone = None, None
        if isinstance(answer, Rejected):
            _log.warning("Slack does not tell who has an address", extra={"reason": answer.reason})
        else:
            slack_id, zone = answer.slack_id, answer.timezone
        now = office.clock.now()
        keep = partial(people.found_in_slack, email=email, slack_id=slack_id, zone=zone, checked_at=now)
        await office.database.write(keep)
    return again


async def who_is(office: Office, slack_id: str) -> str | None:
    """The e-mail behind a Slack account: as kept, else as Slack tells it now; None if it shows none.

    Raises StorageError while Slack cannot be asked.
    """
    known = await office.database.read(lambda s: people.by_slack_id(s, slack_id))
    if known is not None:
        return known.email
    told = await office.slack.email_of(slack_id)
    if isinstance(told, Refused):
        raise StorageError(f"Slack cannot be asked who somebody is: {told.reason}")
    if not isinstance(told, str):
        return None
    email, now = told.strip().lower(), office.clock.now()
    await office.database.write(lambda s: people.linked(s, email, slack_id, now))
    return email


def somebody(person: Person) -> Somebody:
    """A person as far as their presence goes; whom Slack was never asked about counts as reachable."""
    return Somebody(
        person.email,
        active=person.active is not False,
        away_from=person.away_from,
        away_until=person.away_until,
        delegate_email=person.delegate_email,
        manager_email=person.manager_email,
        zone=person.timezone,
        slack_id=person.slack_id,
        reachable=person.slack_id is not None or person.checked_at is None,
    )


def receiver_of(session: Session, agreement_zone: str, email: str, now: datetime) -> str | None:
    """Who receives what is for `email` at `now`: they, or who stands in for them; None where nobody is left.

    The rules are those of `presence.receiver`; stand-ins are read only of people who are absent.
    """
    known: dict[str, Somebody] = {}
    wanted = {email}
    while wanted:
        found = people.by_email(session, wanted)
        asked = {each: somebody(found[each]) if each in found else Somebody(each) for each in wanted}
        known |= asked
        absent = [each for each in asked.values() if each.is_absent(now, agreement_zone)]
        wanted = {stand_in for each in absent for stand_in in each.stand_ins} - known.keys()
    return receiver(email, known, now, agreement_zone)


async def ask_dnd(office: Office, candidates: Iterable[Message]) -> None:
    """Learn from Slack when those whom a reminder is about to reach are not to be disturbed.

    Nobody is asked about twice within ASK_DND_AGAIN unless the span that was told is over; other messages, and edits,
    disturb nobody. Whatever keeps Slack from answering counts as no span: a reminder is not lost by it.
    """
    targets = {
        message.target.removeprefix("person:")
        for message in candidates
        if message.kind in PRIVATE and message.ts is None and message.target.startswith("person:")
    }
    if not targets:
        return
    now, zone = office.clock.now(), office.agreement.timezone

    def due(session: Session) -> dict[str, str]:
        receivers = {receiver_of(session, zone, email, now) for email in targets}
        found = people.by_email(session, (email for email in receivers if email))
        return {email: one.slack_id for email, one in found.items() if one.slack_id and _dnd_is_old(one, now)}

    accounts = await office.database.read(due)
    if not accounts:
        return
    answers = await asyncio.gather(*map(office.slack.do_not_disturb, accounts.values()))

    def keep(session: Session) -> None:
        for email, answer in zip(accounts, answers, strict=True):
            starts, ends = _span(answer, now)
            people.keep_dnd(session, email, starts, ends, now)

    await office.database.write(keep)


def _dnd_is_old(person: Person, now: datetime) -> bool:
    if person.dnd_checked_at is None or now - person.dnd_checked_at >= ASK_DND_AGAIN:
        return True
    return person.dnd_until is not None and person.dnd_until <= now


def _span(
    answer: DoNotDisturb | Refused | Rejected, now: datetime
) -> tuple[datetime | None, datetime | None]:
    """The span of an answer unless it is over."""
    if not isinstance(answer, DoNotDisturb) or answer.ends is None or answer.ends <= now:
        return None, None
    return answer.starts, answer.ends
