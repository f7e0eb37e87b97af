"""People of the seller: what the CRM says of them and what Slack knows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import case, or_, select, update

from bot.store.sql import insert_new, table_of
from bot.store.tables import PersonRow

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sqlalchemy.orm import Session

P = table_of(PersonRow).c


@dataclass(frozen=True, slots=True)
class Person:
    """A person of the seller. `slack_id` is the CRM's word if it gave one, else what Slack found, else None.

    `active` is None where nobody said. `away_from` and `away_until` are what the source told: dates or instants.
    The span in which they are not to be disturbed is Slack's schedule, as it was told at `dnd_checked_at`.
    """

    email: str
    described: bool
    name: str | None
    team: str | None
    manager_email: str | None
    timezone: str | None
    slack_id: str | None
    checked_at: datetime | None
    dm_channel: str | None
    role: str | None = None
    active: bool | None = None
    away_from: str | None = None
    away_until: str | None = None
    delegate_email: str | None = None
    dnd_from: datetime | None = None
    dnd_until: datetime | None = None
    dnd_checked_at: datetime | None = None


def _person(row: tuple[object, ...]) -> Person:
    email, described, name, team, manager, zone, given, found, checked, slack_zone, dm, *presence = row
    return Person(
        str(email),
        bool(described),
        name,  # type: ignore[arg-type]  # the columns' types are the fields' types
        team,  # type: ignore[arg-type]
        manager,  # type: ignore[arg-type]
        zone or slack_zone,  # type: ignore[arg-type]
        given or found,  # type: ignore[arg-type]
        checked,  # type: ignore[arg-type]
        dm,  # type: ignore[arg-type]
        *presence,  # type: ignore[arg-type]
    )


_COLUMNS = (
    P.email,
    P.described,
    P.name,
    P.team,
    P.manager_email,
    P.timezone,
    P.slack_user_id,
    P.slack_found_id,
    P.slack_checked_at,
    P.slack_timezone,
    P.dm_channel,
    P.role,
    P.active,
    P.away_from,
    P.away_until,
    P.delegate_email,
    P.dnd_from,
    P.dnd_until,
    P.dnd_checked_at,
)
_DND_UNKNOWN: dict[str, None] = {"dnd_from": None, "dnd_until": None, "dnd_checked_at": None}


def by_email(session: Session, emails: Iterable[str]) -> dict[str, Person]:
    """The people with these addresses, as far as they are known."""
    wanted = set(emails)
    if not wanted:
        return {}
    rows = session.execute(select(*_COLUMNS).where(P.email.in_(wanted)))
    return {person.email: person for person in map(_person, map(tuple, rows))}


def by_slack_id(session: Session, slack_id: str) -> Person | None:
    """The person behind a Slack account."""
    rows = session.execute(
        select(*_COLUMNS)
        .where(or_(P.slack_user_id == slack_id, P.slack_found_id == slack_id))
        .order_by(P.slack_user_id.is_(None), P.email)
    )
    row = rows.first()
    return _person(tuple(row)) if row else None


def everyone(session: Session) -> list[Person]:
    """All people, by e-mail."""
    return [_person(tuple(row)) for row in session.execute(select(*_COLUMNS).order_by(P.email))]


def teams(session: Session) -> dict[str, str | None]:
    """Each person's team."""
    rows = session.execute(select(P.email, P.team)).all()
    return {row[0]: row[1] for row in rows}


def found_in_slack(
    session: Session, email: str, slack_id: str | None, zone: str | None, checked_at: datetime
) -> None:
    """Keep what Slack answered about an address: an account and its time zone, or that there is none."""
    insert_new(
        session,
        PersonRow,
        [{"email": email, "described": False, "data_json": "{}", "stamps_json": "{}"}],
        "email",
    )
    session.execute(
        update(PersonRow)
        .where(P.email == email)
        .values(
            slack_found_id=slack_id,
            slack_timezone=zone,
            slack_checked_at=checked_at,
            # A direct-message channel and a schedule are one account's; another account must not inherit them.
            **{
                column.name: case((P.slack_found_id.is_not_distinct_from(slack_id), column), else_=None)
                for column in (P.dm_channel, P.dnd_from, P.dnd_until, P.dnd_checked_at)
            },
        )
    )


def keep_dm(session: Session, slack_id: str, channel_id: str) -> None:
    """Keep the direct-message channel of an account."""
    session.execute(
        update(PersonRow)
        .where(or_(P.slack_user_id == slack_id, P.slack_found_id == slack_id))
        .values(dm_channel=channel_id)
    )


def keep_dnd(
    session: Session, email: str, starts: datetime | None, ends: datetime | None, checked_at: datetime
) -> None:
    """Keep the span in which Slack's schedule wants somebody undisturbed, or that there is none."""
    session.execute(
        update(PersonRow)
        .where(P.email == email)
        .values(dnd_from=starts, dnd_until=ends, dnd_checked_at=checked_at)
    )


def linked(session: Session, email: str, slack_id: str, checked_at: datetime) -> None:
    """Keep that an account has an address, where the CRM knows the address; nothing is kept of strangers."""
    session.execute(
        update(PersonRow)
        .where(P.email == email, P.slack_found_id.is_(None))
        .values(slack_found_id=slack_id, slack_checked_at=checked_at)
    )


def forget_dm(session: Session, email: str) -> None:
    """The direct-message channel of somebody is not where it was."""
    session.execute(update(PersonRow).where(P.email == email).values(dm_channel=None))


def left_slack(session: Session, email: str, checked_at: datetime) -> None:
    """Somebody has no account any more: what Slack told of them is forgotten, and asked for again a day later."""
    session.execute(
        update(PersonRow)
        .where(P.email == email)
        .values(
            slack_found_id=None,
            slack_timezone=None,
            dm_channel=None,
            slack_checked_at=checked_at,
            **_DND_UNKNOWN,
        )
    )
