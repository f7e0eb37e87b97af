"""`[[tier]]`: what was promised for which leads."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from bot.agreement import values
from bot.agreement.reading import Fault, Key, ListOf, Report, Section, Table, Value, shown
from bot.domain.agreement import Tier, When, fold

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.agreement.lines import Path

_DEFAULT: Final = Tier()
_HOURS: Final = Value(values.hours())
_NO_TEXTS: Final[tuple[str, ...]] = ()
_SAME: Final = "an attempt made on time would count as the one before"


class _Spacing:
    """Reads one number of hours for all attempts, or a list with one for each after the first."""

    def read(self, value: object, path: Path, report: Report) -> timedelta | tuple[timedelta, ...]:
        """The one, or the list; RefusedError for an unfit number."""
        if isinstance(value, list):
            return ListOf(_HOURS).read(value, path, report)
        return _HOURS.read(value, path, report)


MIN_SCORE: Final = Key[Decimal | None]("min_score", Value(values.number(0, 100)), default=None)
ANY_OF: Final = tuple(
    Key(
        name,
        ListOf(Value(values.text()), least=1, single=True, finish=values.unique(name)),
        default=_NO_TEXTS,
    )
    for name in ("channel", "campaign", "asset", "stage", "type", "segment", "team")
)
WHEN: Final = Key[Section | None]("when", Table(MIN_SCORE, *ANY_OF), default=None)
NAME: Final = Key[str | None]("name", Value(values.text(80)), default=None)
FIRST_CONTACT: Final = Key("first_contact_hours", _HOURS, default=_DEFAULT.first_contact)
ATTEMPTS: Final = Key("attempts", Value(values.whole(1, 100)), default=_DEFAULT.attempts)
SPACING: Final = Key[timedelta | tuple[timedelta, ...]](
    "spacing_hours", _Spacing(), default=_DEFAULT.spacing[0]
)
WITHIN: Final = Key("within_hours", Value(values.hours(above=True)), default=_DEFAULT.within)
MIN_GAP: Final = Key("min_gap_hours", _HOURS, default=_DEFAULT.min_gap)


def _check_spacing(tier: Section) -> Iterator[Fault]:
    spacing, attempts = tier.get(SPACING), tier.get(ATTEMPTS)
    if isinstance(spacing, tuple) and len(spacing) != attempts - 1:
        wanted = (
            f"a list has one value for each attempt after the first: {attempts - 1} for attempts = {attempts}"
        )
        yield (SPACING.name,), f"has {len(spacing)}; {wanted}"


def _check_gap(tier: Section) -> Iterator[Fault]:
    """An attempt made as soon as it is due would count as a part of the one before, and no more be asked for.

    Working hours are never over sooner than as many hours on the wall clock, so the numbers are compared.
    """
    spacing, gap = tier.get(SPACING), tier.get(MIN_GAP)
    if tier.get(ATTEMPTS) == 1:
        return
    if isinstance(spacing, timedelta) and spacing < gap and not tier.wrote(SPACING):
        least = f"is more than spacing_hours, which is {_in_hours(spacing)} where it is not written"
        yield (
            (MIN_GAP.name,),
            f"{least}; {_SAME}; write at most {_in_hours(spacing)}, or a longer spacing_hours",
        )
        return
    listed = isinstance(spacing, tuple)
    for at, one in enumerate(spacing if isinstance(spacing, tuple) else (spacing,)):
        if one < gap:
            fault = f"{_in_hours(one)} is less than min_gap_hours, which is {_in_hours(gap)}; {_SAME}"
            advice = f"write at least {_in_hours(gap)}, or a shorter min_gap_hours"
            yield (SPACING.name, at) if listed else (SPACING.name,), f"{fault}; {advice}"
            return


def _in_hours(span: timedelta) -> str:
    return f"{span / timedelta(hours=1):g}"


TIER: Final = Key(
    "tier",
    ListOf(
        Table(
            NAME,
            WHEN,
            FIRST_CONTACT,
            ATTEMPTS,
            SPACING,
            WITHIN,
            MIN_GAP,
            checks=(_check_spacing, _check_gap),
        ),
        least=1,
    ),
    default=(Section(),),
)


def check_order(document: Section) -> Iterator[Fault]:
    """A tier after one that takes every lead would never match."""
    tiers = document.get(TIER)
    for at, tier in enumerate(tiers[:-1]):
        if _takes_all(tier):
            taken = f"the tier {shown(_name(tier, at))} before it has no `when` and takes every lead"
            yield (TIER.name, at + 1), f"can never match, because {taken}; put that one last"
            return


def check_names(document: Section) -> Iterator[Fault]:
    """Tiers are told apart by their names in every report."""
    seen: set[str] = set()
    for at, tier in enumerate(document.get(TIER)):
        name = _name(tier, at)
        if fold(name) in seen:
            yield (TIER.name, at, NAME.name), f"{shown(name)} is the name of an earlier tier; rename one"
        if _takes_all(tier):
            return  # what follows never matches, and is at fault already
        seen.add(fold(name))


def build(document: Section, report: Report) -> tuple[Tier, ...]:
    """The tiers in order. One without a name is `all` if it takes every lead, else `tier 1` and so on.

    A follow-up that ends before its first contact is due is noticed in `report`.
    """
    sections = document.get(TIER)
    for section in sections:
        if section.get(ATTEMPTS) > 1 and section.get(WITHIN) < section.get(FIRST_CONTACT):
            ends = "is shorter than first_contact_hours, so the time for all attempts ends before the first is due"
            report.notice((*section.path, WITHIN.name), ends)
    return tuple(_tier(tier, at) for at, tier in enumerate(sections))


def _tier(tier: Section, at: int) -> Tier:
    spacing = tier.get(SPACING)
    return Tier(
        name=_name(tier, at),
        when=_when(tier),
        first_contact=tier.get(FIRST_CONTACT),
        attempts=tier.get(ATTEMPTS),
        spacing=spacing if isinstance(spacing, tuple) else (spacing,),
        within=tier.get(WITHIN),
        min_gap=tier.get(MIN_GAP),
    )


def _when(tier: Section) -> When | None:
    condition = tier.get(WHEN)
    if condition is None or _takes_all(tier):
        return None
    any_of = {key.name: condition.get(key) for key in ANY_OF}
    return When(min_score=condition.get(MIN_SCORE), **any_of)


def _takes_all(tier: Section) -> bool:
    condition = tier.get(WHEN)
    return condition is None or not any(condition.wrote(key) for key in (MIN_SCORE, *ANY_OF))


def _name(tier: Section, at: int) -> str:
    return tier.get(NAME) or (_DEFAULT.name if _takes_all(tier) else f"tier {at + 1}")
