"""The parts of the agreement that are checked here and act in a later version."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from bot.agreement import values
from bot.agreement.reading import Key, Section, Table, Value

HOURLY_COST: Final = Key[Decimal | None]("hourly_cost", Value(values.money), default=None)
ATTEMPTS_PER_HOUR: Final = Key[Decimal | None](
    "attempts_per_hour", Value(values.number(0, 3600, above=True)), default=None
)
ECONOMICS: Final = Key("economics", Table(HOURLY_COST, ATTEMPTS_PER_HOUR), default=Section(), acts=False)
