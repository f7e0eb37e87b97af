"""`[stages]`: the deal stages as the CRM writes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.agreement import values
from bot.agreement.reading import Fault, Key, ListOf, MapOf, Section, Table, Value, shown
from bot.domain.agreement import Stages, fold

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

_DEFAULT: Final = Stages()
_NAME: Final = Value(values.text())
_DISTINCT: Final = values.unique("stage")
_DEFAULT_CHANCES: Final = dict(_DEFAULT.probability)

OPEN: Final = Key("open", ListOf(_NAME, least=1, finish=_DISTINCT), default=_DEFAULT.open)
WON: Final = Key("won", ListOf(_NAME, least=1, finish=_DISTINCT), default=_DEFAULT.won)
LOST: Final = Key("lost", ListOf(_NAME, finish=_DISTINCT), default=_DEFAULT.lost)


def _folded(value: object) -> str:
    return fold(values.text()(value))


PROBABILITY: Final = Key("probability", MapOf(_folded, Value(values.share)), default=_DEFAULT_CHANCES)


def _check_classes(stages: Section) -> Iterator[Fault]:
    """A stage has one class; a class left out has its default names."""
    seen: dict[str, str] = {}
    for key in (OPEN, WON, LOST):
        for name in stages.get(key):
            first = seen.setdefault(fold(name), key.name)
            if first != key.name:
                where = key.name if stages.wrote(key) else first
                yield (where,), f"{shown(name)} stands in {first} and in {key.name}; a stage has one class"


def _check_probability(stages: Section) -> Iterator[Fault]:
    if not stages.wrote(PROBABILITY):
        return
    known = {fold(name) for name in stages.get(OPEN)}
    valid = ", ".join(stages.get(OPEN))
    for name in stages.get(PROBABILITY):
        if name not in known:
            yield (PROBABILITY.name, name), f"{shown(name)} is not an open stage; valid are {valid}"


STAGES: Final = Key(
    "stages",
    Table(OPEN, WON, LOST, PROBABILITY, checks=(_check_classes, _check_probability)),
    default=Section(),
)


def build(stages: Section) -> Stages:
    """The stages; the default chances hold for the open stages of those names only."""
    names = stages.get(OPEN)
    known = {fold(name) for name in names}
    chances: dict[str, Decimal] = {
        name: chance for name, chance in stages.get(PROBABILITY).items() if name in known
    }
    return Stages(open=names, won=stages.get(WON), lost=stages.get(LOST), probability=chances)
