"""Who is who in Slack: addresses are looked up once and remembered, the unknown ones too."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Final

from bot.domain.delivery import Refused, Rejected
from bot.errors import StorageError
from bot.logs import log_of
from bot.store import people

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from bot.domain.delivery import Account
    from bot.flow.ports import Office
    from bot.store.database import Session

LOOK_AGAIN: Final = timedelta(hours=24)
"""How long "Slack does not know this address" is believed."""
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
