"""Which agreement is in force, since when, what held before it, and what is told of the change."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from bot.agreement import parse_from
from bot.domain.terms_diff import difference
from bot.errors import AgreementError
from bot.flow.prepared import Drop, Prepared, Ready
from bot.logs import log_of
from bot.render.agreement import agreement_changed
from bot.store import agreements, outbox

if TYPE_CHECKING:
    from bot.domain.agreement import Agreement
    from bot.flow.ports import Office
    from bot.store.agreements import Version
    from bot.store.database import Session
    from bot.store.outbox import Message

_NO_RATES: Final = "currency,from,rate\n"

_log = log_of(__name__)


async def put_in_force(office: Office, agreement: Agreement, body: str) -> int | None:
    """Keep an agreement as the one in force, if it is not, and make it the office's, with those before it.

    Returns its number if open clocks and deals have to be computed by it (then call `work_done`): it is another than
    before, or an earlier attempt did not come to its end. The first agreement of a database changes nothing that was
    computed. A change that can be said in words is announced once, in the same transaction.
    """
    now = office.clock.now()
    # Earlier agreements are parsed before the write, for which everybody has to wait.
    await office.database.read(lambda s: remembering(s, agreement, body, now))
    number = await office.database.write(lambda s: _put(s, agreement, body, now))
    office.agreement = await office.database.read(lambda s: remembering(s, agreement, body, now))
    return number


def _put(session: Session, agreement: Agreement, body: str, now: datetime) -> int | None:
    stored = agreements.versions(session)
    digest = _digest(agreement, body)
    if stored and stored[-1].digest == digest:
        return stored[-1].id if stored[-1].at_work else None
    number = agreements.put_in_force(
        session, digest=digest, name=agreement.name, body=body, now=now, at_work=bool(stored)
    )
    if _told(session, number):
        outbox.put(
            session,
            key=f"agreement:{number}",
            kind="agreement",
            target=agreement.team_channel,
            ref={"version": number},
            now=now,
            next_at=now,
        )
    return number if stored else None


async def work_done(office: Office, number: int) -> None:
    """Everything that is open was computed by the agreement of this number."""
    await office.database.write(lambda s: agreements.work_done(s, number))


def remembering(session: Session, agreement: Agreement, body: str, now: datetime) -> Agreement:
    """The agreement of this text with `earlier` filled; nothing is put in force.

    Where it is not in force yet, the one that is counts as replaced now. An agreement that this version of Winbell
    refuses is left out, and its time counts to the next one; of two that mean the same, the later stands for both.
    Earlier ones know no rates from a file, which may say something else by now or be gone.
    """
    stored = agreements.versions(session)
    starts = [version.in_force_from for version in stored]
    if not stored or stored[-1].digest != _digest(agreement, body):
        starts.append(now)
    else:
        stored.pop()
    following = body
    earlier: list[tuple[datetime, Agreement]] = []
    for version, until in reversed(list(zip(stored, starts[1:], strict=True))):
        since = (
            version.in_force_from.year
        )  # both are read with the same holidays, whenever they came in force
        known = _parsed(version.body, since, now.year)
        if known is not None and known != _parsed(following, since, now.year):
            earlier.append((until, known))
            following = version.body
    return replace(agreement, earlier=tuple(reversed(earlier)))


def in_force_since(session: Session, agreement: Agreement) -> datetime | None:
    """When (UTC) what is agreed now was agreed: a new remark in the file changes nothing. None before the first."""
    if agreement.earlier:
        return agreement.earlier[-1][0]
    stored = agreements.versions(session)
    return stored[0].in_force_from if stored else None


def prepare(session: Session, agreement: Agreement, message: Message, now: datetime) -> Prepared:  # noqa: ARG001  # all have one signature
    """Tell what one version changed; where the team reads by now, if it was not told yet."""
    told = _told(session, message.ref["version"])
    if told is None:
        return Drop("what changed cannot be read any more")
    version, after, changes = told
    payload = agreement_changed(version.name, changes, after.timezone, version.in_force_from)
    return Ready(payload, agreement.team_channel if message.ts is None else message.target)


def _told(session: Session, number: int) -> tuple[Version, Agreement, tuple[str, ...]] | None:
    """A version and what it changed; None where nothing changed that can be said."""
    stored = [version for version in agreements.versions(session) if version.id <= number]
    if not stored or stored[-1].id != number:
        return None
    *earlier, version = stored
    year = version.in_force_from.year  # not the present one: what is told of a version stays the same
    for one in reversed(earlier):
        since = one.in_force_from.year
        before, after = _parsed(one.body, since, year), _parsed(version.body, since, year)
        if before is not None and after is not None:
            today = version.in_force_from.astimezone(ZoneInfo(after.timezone)).date()
            changes = difference(before, after, today)
            return (version, after, changes) if changes else None
    return None


@cache
def _parsed(body: str, since: int, year: int) -> Agreement | None:
    """A stored agreement that came in force in the year `since`, with the holidays from then to `year` and beyond.

    Parsed once in the life of a process. None where this version of Winbell refuses it.
    """
    try:
        return parse_from(
            body,
            path="an earlier agreement",
            since=datetime(since, 1, 1, tzinfo=UTC),
            now=datetime(year, 1, 1, tzinfo=UTC),
            read_file=lambda _: _NO_RATES,
        ).agreement
    except AgreementError as error:
        _log.warning("an earlier agreement cannot be read", extra={"year": since, "reason": str(error)})
        return None


def _digest(agreement: Agreement, body: str) -> str:
    # What the text leads to counts, too: rates from a file, holidays of a newer calendar.
    text = f"{body}\n{agreement.rates}\n{sorted(agreement.calendar.closed)}"
    return hashlib.sha256(text.encode()).hexdigest()
