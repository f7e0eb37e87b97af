"""`[hours]`: when work is done, and the holidays on which it is not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.agreement import values
from bot.agreement.reading import (
    Fault,
    Key,
    ListOf,
    MapOf,
    RefusedError,
    Report,
    Section,
    Table,
    Value,
    shown,
)
from bot.domain.agreement import DEFAULT_CALENDAR
from bot.domain.worktime import Calendar, Windows

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

_WINDOWS: Final = ListOf(Value(values.window), finish=values.one_day)
_DATES: Final = ListOf(Value(values.day))
_NO_DATES: Final[tuple[date, ...]] = ()
_ROUND_THE_CLOCK: Final[Windows] = ((0, values.DAY_MINUTES),)

ALWAYS: Final = Key("always", Value(values.boolean), default=False)
DAYS: Final = tuple(
    Key(name, _WINDOWS, default=DEFAULT_CALENDAR.weekly[at])
    for at, name in enumerate(("mon", "tue", "wed", "thu", "fri", "sat", "sun"))
)
COUNTRY: Final = Key[str | None]("country", Value(values.text()), default=None)
SUBDIVISION: Final = Key[str | None]("subdivision", Value(values.text()), default=None)
EXTRA: Final = Key("extra", _DATES, default=_NO_DATES)
EXCEPT: Final = Key("except", _DATES, default=_NO_DATES)
_NO_EXCEPTIONS: Final[dict[date, Windows]] = {}
EXCEPTIONS: Final = Key("exceptions", MapOf(values.day, _WINDOWS), default=_NO_EXCEPTIONS)


def _check_always(hours: Section) -> Iterator[Fault]:
    if hours.get(ALWAYS):
        for day in DAYS:
            if hours.wrote(day):
                yield (day.name,), "stands beside always = true, which means every day; leave one of them out"


def _check_holidays(holidays: Section) -> Iterator[Fault]:
    if holidays.get(SUBDIVISION) is not None and not holidays.wrote(COUNTRY):
        yield ("subdivision",), 'needs its country; write country = "US" beside it'


HOLIDAYS: Final = Key(
    "holidays", Table(COUNTRY, SUBDIVISION, EXTRA, EXCEPT, checks=(_check_holidays,)), default=Section()
)
HOURS: Final = Key(
    "hours", Table(ALWAYS, *DAYS, HOLIDAYS, EXCEPTIONS, checks=(_check_always,)), default=Section()
)


def build(hours: Section, zone: str, horizon: tuple[int, int], report: Report) -> Calendar:
    """The calendar, with the public holidays of the years from the first to the last of `horizon`.

    Once a day of the week is written, those left out are closed; a notice says so for Monday to Friday.
    RefusedError, with the reason in `report`, for a country or a part of one whose holidays are not known,
    and for a week that never opens.
    """
    closed = _closed(hours.get(HOLIDAYS), horizon, report)
    week = _week(hours, report)
    if not any(week):
        report.fault((HOURS.name,), 'never open; give a day a window, such as mon = ["09:00-17:00"]')
        raise RefusedError
    return Calendar(zone=zone, weekly=week, closed=closed, exceptions=hours.get(EXCEPTIONS))


def _week(hours: Section, report: Report) -> tuple[Windows, ...]:
    if hours.get(ALWAYS):
        return (_ROUND_THE_CLOCK,) * len(DAYS)
    if not any(hours.wrote(day) for day in DAYS):
        return DEFAULT_CALENDAR.weekly
    silent = [day.name for day in DAYS[:5] if not hours.wrote(day)]
    if silent:
        said = "; ".join(f"{name} = []" for name in silent)
        report.notice(
            (HOURS.name,), f"leaves out {', '.join(silent)}: closed on those days; write {said} to say so"
        )
    return tuple(hours.get(day) if hours.wrote(day) else () for day in DAYS)


def _closed(holidays: Section, horizon: tuple[int, int], report: Report) -> frozenset[date]:
    country = holidays.get(COUNTRY)
    public = set() if country is None else _public_holidays(holidays, country, horizon, report)
    return frozenset(public.union(holidays.get(EXTRA)).difference(holidays.get(EXCEPT)))


def _public_holidays(holidays: Section, country: str, horizon: tuple[int, int], report: Report) -> set[date]:
    """The public holidays, days off in lieu included, as the `holidays` package knows them."""
    from holidays import country_holidays  # noqa: PLC0415 (slow, and needed by few)

    subdivision = holidays.get(SUBDIVISION)
    code = country.upper()
    try:
        known = country_holidays(code).subdivisions
    except NotImplementedError:
        reason = 'is not a country whose holidays are known; write its ISO code, such as "US" or "DE"'
        report.fault((*holidays.path, COUNTRY.name), f"{shown(country)} {reason}")
        raise RefusedError from None
    try:
        return {*country_holidays(code, subdiv=subdivision, years=range(horizon[0], horizon[1] + 1))}
    except NotImplementedError:
        report.fault((*holidays.path, SUBDIVISION.name), _no_subdivision(str(subdivision), code, list(known)))
        raise RefusedError from None


def _no_subdivision(subdivision: str, code: str, known: list[str]) -> str:
    valid = f"valid are {', '.join(known)}" if known else "it has none; leave subdivision out"
    return f"{shown(subdivision)} is not a part of {code} with holidays of its own; {valid}"
