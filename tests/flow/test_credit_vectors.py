"""The worked examples of credit, told as events and booked."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot.domain.agreement import Agreement, CreditRule
from bot.domain.money import Money, to_decimal_string
from bot.store import wins
from tests.support.market import Market

if TYPE_CHECKING:
    from bot.store.database import Database

VECTORS = {
    vector["case"].split()[0]: vector
    for vector in json.loads(
        (Path(__file__).parents[1] / "domain" / "vectors.json").read_text(encoding="utf-8")
    )["attribution"]
}
WON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)
ANA, BEN = "ana@seller.example", "ben@seller.example"
DANA = "dana@prospect.example"


def iso(instant: datetime) -> str:
    return instant.isoformat()


TOLD: dict[str, tuple[CreditRule, tuple[float, ...], int | None, int | None]] = {
    "C1": (CreditRule("linear"), (3, 2, 1), None, None),
    "C2": (CreditRule("linear"), (7, 6, 5, 4, 3, 2, 1), None, None),
    "C3": (CreditRule("position"), (1,), None, None),
    "C4": (CreditRule("position"), (2, 1), None, None),
    "C4b": (CreditRule("position", (Decimal("0.3"), Decimal("0.4"))), (2, 1), None, None),
    "C5": (CreditRule("position"), (3, 2, 1), None, None),
    "C6": (CreditRule("position"), (5, 4, 3, 2, 1), None, None),
    "C6b": (CreditRule("u_lead"), (5, 4, 3, 2, 1), 3, None),
    "C7": (CreditRule("w"), (6, 5, 4, 3, 2, 1), 3, 6),
    "C8": (CreditRule("w"), (3, 2, 1), 2, 3),
    "C9": (CreditRule("w"), (3, 2, 1), 1, 3),
    "C10": (CreditRule("w"), (2, 1), 2, 2),
    "C11": (CreditRule("full_path"), (6, 5, 4, 3, 2, 1), 2, 4),
    "C12": (CreditRule("time_decay", half_life_days=7), (28, 14, 7, 0), None, None),
    "C13": (CreditRule("time_decay", half_life_days=7), (10, 3, 1), None, None),
    "C14": (CreditRule("time_decay"), (90, 60, 30, 0), None, None),
    "C15": (CreditRule("linear"), (3, 2, 1), None, None),
    "C16": (CreditRule("position"), (4, 3, 2, 1), None, None),
    "C17": (CreditRule("position"), (5, 4, 3, 2, 1), None, None),
    "C18": (CreditRule("linear"), (3, 2, 1), None, None),
    "C19": (CreditRule("linear"), (3, 2, 1), None, None),
}
"""By vector: the rule, the touches' ages in days, and which touches (from 1) made the lead and the deal."""


def test_no_vector_is_left_out():
    """Each is told below; the last one is a split among people."""
    assert [*TOLD, "C20"] == [*VECTORS]


def tell_vector(database: Database, case: str) -> Market:
    rule, ages, lead, deal = TOLD[case]
    vector = VECTORS[case]
    market = Market(database, Agreement(credit=rule))
    at = [WON - age * DAY for age in ages]
    for number, moment in enumerate(at, start=1):
        market.happens("touch.recorded", iso(moment), email=DANA, asset=f"A{number}")
    made = {"created_at": iso(at[deal - 1])} if deal else {}
    if lead:
        market.happens("lead.created", iso(WON), id="L1", email=DANA, created_at=iso(at[lead - 1]))
    currency = {0: "JPY", 2: "USD", 3: "KWD"}[vector["minor_digits"]]
    amount = to_decimal_string(Money(vector["total_minor"], currency))
    market.happens(
        "deal.won", iso(WON), id="D1", amount=amount, currency=currency, contact_emails=[DANA], **made
    )
    return market


@pytest.mark.parametrize("case", TOLD)
def test_events_are_booked_as_worked_out_by_hand(sqlite, case):
    """Touches, lead and deal told as events end in the credits of the vector, in the order of the touches."""
    booked = tell_vector(sqlite, case).credits("D1")
    assert [part.asset for part in booked] == [f"A{number}" for number in range(1, len(booked) + 1)]
    assert [part.amount_minor for part in booked] == VECTORS[case]["credits_minor"]
    assert sum(Fraction(part.share) for part in booked) == 1


@pytest.mark.parametrize("case", ["C7", "C11", "C13", "C16"])
def test_events_are_booked_alike_on_the_other_database(postgresql, case):
    """PostgreSQL books the same."""
    booked = tell_vector(postgresql, case).credits("D1")
    assert [part.amount_minor for part in booked] == VECTORS[case]["credits_minor"]


def test_a_rep_split_is_booked_as_worked_out_by_hand(database):
    """A share told with the deal is the contributor's, the owner has the rest."""
    helper = {"email": BEN, "role": "sdr", "share": "0.3"}
    market = Market(database)
    market.happens("deal.won", iso(WON), id="D1", amount="999.99", owner_email=ANA, contributors=[helper])
    assert [part.amount_minor for part in market.ask(wins.people_of, "generic/D1", 1)] == VECTORS["C20"][
        "credits_minor"
    ]
