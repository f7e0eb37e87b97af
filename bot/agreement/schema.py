"""The whole agreement as one table, and a list of its keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from bot.agreement import hours, later, promises, rates, reminders, stages, tiers, values, wins
from bot.agreement.reading import Key, ListOf, Table, Value
from bot.domain.agreement import Agreement

if TYPE_CHECKING:
    from collections.abc import Iterator

_DEFAULT: Final = Agreement()
_NO_ADMINS: Final[tuple[str, ...]] = ()

NAME: Final = Key("name", Value(values.text(150)), default=_DEFAULT.name)
TIMEZONE: Final = Key("timezone", Value(values.time_zone), default=_DEFAULT.timezone)
ADMINS: Final = Key("admins", ListOf(Value(values.email), finish=values.unique("person")), default=_NO_ADMINS)

DOCUMENT: Final = Table(
    *(NAME, TIMEZONE, rates.CURRENCY, ADMINS, rates.CONVERSION, rates.CONVERSION_FILE),
    *(hours.HOURS, stages.STAGES, tiers.TIER, reminders.CONTACT, reminders.REMINDERS, wins.WINS, wins.CREDIT),
    *(promises.PROMISE, later.ECONOMICS, promises.DIGESTS, wins.PRIVACY),
    checks=(tiers.check_order, tiers.check_names, rates.check_own),
)


def every_key(table: Table = DOCUMENT, prefix: str = "", *, acts: bool = True) -> Iterator[tuple[str, bool]]:
    """Every key with its path (`tier.first_contact_hours`), and whether this version acts on it."""
    for key in table.keys.values():
        path, active = prefix + key.name, acts and key.acts
        inner = _table_of(key)
        if inner is None:
            yield path, active
        else:
            yield from every_key(inner, f"{path}.", acts=active)


def _table_of(key: Key[Any]) -> Table | None:
    """The table that the key holds, or holds a list of."""
    reader = key.reader.item if isinstance(key.reader, ListOf) else key.reader
    return reader if isinstance(reader, Table) else None


ROOT_KEYS: Final = tuple(key.name for key in DOCUMENT.keys.values() if _table_of(key) is None)
"""The keys that stand above the first table."""
