"""The books of wins: both sides' parts, whatever becomes of the deals."""

from __future__ import annotations

import itertools
from collections import defaultdict
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, select

from bot.domain.agreement import Agreement, CreditRule, Rate
from bot.flow import apply
from bot.flow.accept import as_rows
from bot.store import inbox, tables, wins
from tests.support.histories import forget_all
from tests.support.market import NOW
from tests.support.stories import by_time, event, tellings

if TYPE_CHECKING:
    from bot.sources.events import Event
    from bot.store.database import Database, Session

DAY = timedelta(days=1)
ANA, BEN, CHO = (f"{name}@seller.example" for name in ("ana", "ben", "cho"))
DANA = "dana@prospect.example"
MODELS = ("first", "last", "linear", "position", "u_lead", "w", "full_path", "time_decay")


def iso(instant: datetime) -> str:
    return instant.isoformat()


RELAXED = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
START = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
DEALS = st.sampled_from(["D1", "D2", "D3"])
AMOUNTS = st.sampled_from(["1000", "0.01", "0", "-2500.5", "99999.99", "7"])
HELPER = st.fixed_dictionaries(
    {"email": st.sampled_from([ANA, BEN, CHO])},
    optional={"role": st.sampled_from(["sdr", "SE"]), "share": st.sampled_from(["0", "0.3", "0.7", "1"])},
)
FACTS = st.fixed_dictionaries(
    {},
    optional={
        "amount": AMOUNTS,
        "currency": st.sampled_from(["USD", "EUR", "JPY", "KWD", "ABC"]),
        "owner_email": st.sampled_from([ANA, BEN, None]),
        "contributors": st.lists(HELPER, max_size=3),
        "kind": st.sampled_from(["new", "renewal"]),
        "segment": st.sampled_from(["smb", None]),
        "churned_at": st.just("2026-11-19"),
        "created_at": st.sampled_from(["2026-11-01", "2026-11-04"]),
        "closed_at": st.sampled_from(["2026-11-03", "2026-11-05T09:00:00Z"]),
        "contact_emails": st.just([DANA]),
    },
)


def of_deal(kind: str, **more: Any) -> st.SearchStrategy[tuple[str, dict[str, Any]]]:
    return st.builds(lambda deal, facts: (kind, {"id": deal, **facts, **more}), DEALS, FACTS)


STEPS = st.one_of(
    of_deal("deal.won"),
    of_deal("deal.won"),
    of_deal("deal.updated"),
    of_deal("deal.updated", stage="ClosedWon"),
    of_deal("deal.updated", stage="engaging"),
    of_deal("deal.reopened"),
    of_deal("deal.lost"),
    st.builds(lambda deal: ("deal.deleted", {"id": deal}), DEALS),
    st.permutations(["D1", "D2", "D3"]).map(lambda d: ("deal.merged", {"id": d[0], "merged_from": [d[1]]})),
    st.builds(
        lambda n, asset: ("touch.recorded", {"id": f"T{n}", "email": DANA, "asset": asset}),
        st.integers(1, 4),
        st.sampled_from(["Ebook", "Webinar"]),
    ),
    st.just(("lead.created", {"id": "L1", "email": DANA, "channel": "organic"})),
)
LIVES = st.lists(st.tuples(st.integers(0, 30), STEPS), min_size=1, max_size=16)
CLAIMS = st.lists(
    st.tuples(
        DEALS,
        st.sampled_from([("asset", "Flyer"), ("campaign", "Spring"), ("person", CHO)]),
        st.sampled_from([None, date(2026, 11, 3)]),
        st.sampled_from(["confirmed", "confirmed", "declined"]),
    ),
    max_size=3,
)
RULES = st.builds(
    CreditRule,
    st.sampled_from(MODELS),
    half_life_days=st.sampled_from([1, 30]),
    lookback_days=st.sampled_from([0, 2, 90]),
    contributors=st.just({"sdr": Decimal("0.1"), "helped": Decimal("0.05")}),
)


def history_of(life: list[Any], sign: int = 1) -> list[Event]:
    """The life as events, five hours apart where they are not at one time; all amounts turned about if asked for."""
    told = []
    for number, (step, (kind, data)) in enumerate(life):
        turned = {"amount": format(sign * Decimal(data["amount"]), "f")} if "amount" in data else {}
        told.append(event(number, kind, iso(START + step * timedelta(hours=5)), data | turned))
    return told


def tell(
    session: Session, agreement: Agreement, claimed: list[Any], parcels: list[list[Event]]
) -> dict[Any, Any]:
    """Tell parcels to an empty database; after each one the books are right. Returns what stands at the end."""
    forget_all(session)
    for number, (deal, (kind, name), on, state) in enumerate(claimed, start=1):
        row = {"id": number, "ref": str(number), "deal_key": f"generic/{deal}", "kind": kind, "name": name}
        row |= {"touched_on": on, "why": "", "side": "sales", "state": state, "at": NOW, "by_slack_id": "U1"}
        session.execute(insert(tables.ClaimRow).values(row))
    for parcel in parcels:
        inbox.add(session, as_rows("generic", parcel, NOW))
        apply.apply_events(session, agreement, inbox.waiting(session, NOW, len(parcel)), NOW)
        balanced(session)
    return standing(session)


def balanced(session: Session) -> None:
    """All credits together are the won amounts, in every currency, and so are people's parts."""
    won: dict[Any, int] = defaultdict(int)
    marketing: dict[Any, int] = defaultdict(int)
    sales: dict[Any, int] = defaultdict(int)
    rows = session.execute(select(tables.WinRow.deal_key, tables.WinRow.number))
    found = [wins.find(session, key, number) for key, number in rows]
    for win in filter(None, found):
        booked = wins.credits_of(session, win.deal_key, win.number)
        parts = wins.people_of(session, win.deal_key, win.number)
        if win.status != "won":
            assert booked == parts == []
            continue
        assert sum(Fraction(part.share) for part in booked) == 1
        assert sum(Fraction(part.share) for part in parts) == 1
        assert min(Fraction(part.share) for part in (*booked, *parts)) >= 0
        assert parts[0].email == win.owner_email
        assert len({part.email for part in parts}) == len(parts)
        if win.amount_minor is None:
            assert {part.amount_minor for part in (*booked, *parts)} == {None}
            continue
        won[win.currency] += win.amount_minor
        for part in booked:
            marketing[win.currency] += part.amount_minor
        for part in parts:
            sales[win.currency] += part.amount_minor
    assert marketing == won == sales
    deal_keys = [win.deal_key for win in found if win and win.status == "won"]
    assert len(set(deal_keys)) == len(deal_keys)


def standing(session: Session) -> dict[Any, Any]:
    """Each standing win with all that is booked for it."""
    found = {}
    for win in wins.standing(session):
        facts = (win.won_at, win.won_on, win.amount_minor, win.currency, win.owner_email, win.rate)
        about = (win.kind, win.segment, win.model, win.parameters)
        key = (win.deal_key, win.number)
        found[key] = (facts, about, wins.credits_of(session, *key), wins.people_of(session, *key))
    return found


def lived(database: Database, data: st.DataObject) -> None:
    life, claimed = data.draw(LIVES, label="life"), data.draw(CLAIMS, label="claims")
    rates = (Rate("EUR", Decimal("1.1")), Rate("EUR", Decimal("1.2"), date(2026, 11, 5)))
    agreement = Agreement(credit=data.draw(RULES, label="rule"), rates=rates)
    history = history_of(life)
    parcels = data.draw(tellings(history), label="told as")
    tell_ = partial(tell, agreement=agreement, claimed=claimed)
    in_order = database.write_now(partial(tell_, parcels=[[one] for one in by_time(history)]))
    assert database.write_now(partial(tell_, parcels=parcels)) == in_order
    turned = database.write_now(partial(tell_, parcels=[history_of(life, -1)]))
    assert turned == {key: (negative(facts), *rest) for key, (facts, *rest) in negated(in_order).items()}


def negated(books: dict[Any, Any]) -> dict[Any, Any]:
    """The books with every part turned about."""
    return {
        key: (
            facts,
            about,
            *([replace(part, amount_minor=minus(part.amount_minor)) for part in side] for side in sides),
        )
        for key, (facts, about, *sides) in books.items()
    }


def negative(facts: tuple[Any, ...]) -> tuple[Any, ...]:
    won_at, won_on, minor, *others = facts
    return (won_at, won_on, minus(minor), *others)


def minus(minor: int | None) -> int | None:
    return None if minor is None else -minor


@settings(max_examples=40, suppress_health_check=RELAXED)
@given(data=st.data())
def test_the_books_balance_on_sqlite(sqlite, data):
    """However deals live and however that is told, both sides sum to what is won; opposite amounts, opposite books."""
    lived(sqlite, data)


@settings(max_examples=6, suppress_health_check=RELAXED)
@given(data=st.data())
def test_the_books_balance_on_postgresql(postgresql, data):
    """However deals live and however that is told, both sides sum to what is won; opposite amounts, opposite books."""
    lived(postgresql, data)


LIFE: list[tuple[str, dict[str, Any]]] = [
    ("deal.created", {"id": "D1", "stage": "engaging", "owner_email": ANA, "contact_emails": [DANA]}),
    ("touch.recorded", {"id": "T1", "email": DANA, "asset": "Ebook"}),
    ("deal.won", {"id": "D1", "amount": "100", "contributors": [{"email": BEN, "share": "0.3"}]}),
    ("deal.reopened", {"id": "D1", "amount": "120"}),
    ("deal.won", {"id": "D1", "amount": "90", "currency": "EUR"}),
]


def test_every_order_of_a_whole_life_ends_alike(sqlite):
    """Won, reopened and corrected, won again in another currency: told in any order, the second win stands."""
    history = [event(n, kind, iso(START + n * DAY), data) for n, (kind, data) in enumerate(LIFE)]
    tell_ = partial(tell, agreement=Agreement(), claimed=[])
    expected = sqlite.write_now(partial(tell_, parcels=[history]))
    assert list(expected) == [("generic/D1", 2)]
    facts, _, booked, parts = expected["generic/D1", 2]
    assert facts[2:5] == (9000, "EUR", ANA)
    assert [(part.asset, part.amount_minor) for part in booked] == [("Ebook", 9000)]
    assert [(part.email, part.amount_minor) for part in parts] == [(ANA, 6300), (BEN, 2700)]
    for order in itertools.permutations(history):
        assert sqlite.write_now(partial(tell_, parcels=[[one] for one in order])) == expected
