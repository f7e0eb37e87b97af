"""Any order and any repetition of a history ends in the same records, credits, clocks and figures."""

from __future__ import annotations

from functools import partial
from itertools import permutations
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.flow import apply
from bot.flow.accept import as_rows
from bot.store import inbox, wins
from tests.support.histories import AGREEMENT, NOW, forget_all, image, retold, told
from tests.support.stories import by_time, event, histories, tellings

if TYPE_CHECKING:
    from bot.store.database import Database

_RELAXED = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]


async def _same(database: Database, data: st.DataObject) -> None:
    history = data.draw(histories(), label="history")
    parcels = data.draw(tellings(history), label="told as")
    limit = data.draw(st.sampled_from((1, 3, 20)), label="at once")
    shuffled = await told(database, parcels, limit)
    assert shuffled == await database.write(partial(retold, history=by_time(history), at_once=True))


@settings(max_examples=60, suppress_health_check=_RELAXED)
@given(data=st.data())
async def test_any_order_on_sqlite(sqlite, data):
    """Shuffled and repeated, in parcels of any size, a history ends as it does in order (SQLite)."""
    await _same(sqlite, data)


@settings(max_examples=8, suppress_health_check=_RELAXED)
@given(data=st.data())
async def test_any_order_on_postgresql(postgresql, data):
    """Shuffled and repeated, in parcels of any size, a history ends as it does in order (PostgreSQL)."""
    await _same(postgresql, data)


@settings(max_examples=3, suppress_health_check=_RELAXED)
@given(history=histories())
async def test_both_databases_agree(sqlite, postgresql, history):
    """One history leaves the same records, credits, clocks and figures on both databases."""
    tell = partial(retold, history=by_time(history))
    assert await sqlite.write(tell) == await postgresql.write(tell)


ANA, BEN = "ana@seller.example", "ben@seller.example"
MQL = {"stage": "mql", "owner_email": ANA}
MAIL = {"email": "dana@prospect.example"}
CALL = {"lead_id": "L1", "kind": "call", "direction": "outbound"}
STORIES: dict[str, list[tuple[str, int, dict[str, Any]]]] = {
    "a lead merged into another one and then into a third leaves the first with a clock of its own": [
        ("lead.created", 2, {"id": "L1", **MQL}),
        ("lead.created", 1, {"id": "L3", **MQL}),
        ("lead.merged", 3, {"id": "L1", "merged_from": ["L3"]}),
        ("lead.merged", 4, {"id": "L2", "merged_from": ["L3"]}),
    ],
    "a lead that changes its address leaves both contacts with their own clocks": [
        ("lead.created", 1, {"id": "L1", "email": "dana@prospect.example", **MQL}),
        ("lead.created", 2, {"id": "L2", "email": "dana@prospect.example", **MQL}),
        ("lead.updated", 3, {"id": "L1", "email": "lee@prospect.example"}),
        ("activity.logged", 4, {"email": "dana@prospect.example", "kind": "call"}),
    ],
    "a win after a merge is counted after the wins that the merge brought, also when those are told late": [
        ("deal.won", 1, {"id": "D2", "amount": "10"}),
        ("deal.merged", 2, {"id": "D1", "merged_from": ["D2"]}),
        ("deal.won", 3, {"id": "D1", "amount": "20"}),
    ],
    "wins are counted through a chain of merges": [
        ("deal.won", 1, {"id": "D3"}),
        ("deal.merged", 2, {"id": "D2", "merged_from": ["D3"]}),
        ("deal.merged", 3, {"id": "D1", "merged_from": ["D2"]}),
        ("deal.won", 4, {"id": "D1"}),
    ],
    "a deal merged anew brings its wins to the new survivor only": [
        ("deal.won", 1, {"id": "D3"}),
        ("deal.merged", 2, {"id": "D1", "merged_from": ["D3"]}),
        ("deal.merged", 3, {"id": "D2", "merged_from": ["D3"]}),
        ("deal.won", 4, {"id": "D1"}),
    ],
    "two deals merged into each other are both gone": [
        ("deal.won", 1, {"id": "D1"}),
        ("deal.merged", 2, {"id": "D1", "merged_from": ["D2"]}),
        ("deal.merged", 3, {"id": "D2", "merged_from": ["D1"]}),
        ("deal.won", 4, {"id": "D2"}),
    ],
    "whoever was named is kept, also by a statement that came too late to stand": [
        ("activity.logged", 1, {"id": "A1", "lead_id": "L1", "by_email": ANA}),
        ("activity.logged", 2, {"id": "A1", "lead_id": "L2", "by_email": BEN}),
        ("deal.created", 1, {"id": "D1", "lead_ids": ["L3"], "owner_email": "cho@seller.example"}),
        ("deal.updated", 2, {"id": "D1", "lead_ids": ["L4"], "owner_email": None}),
    ],
    "a manager who was replaced stays known": [
        ("person.updated", 1, {"email": ANA, "manager_email": BEN}),
        ("person.updated", 2, {"email": ANA, "manager_email": "cho@seller.example"}),
        ("person.updated", 3, {"email": ANA, "manager_email": None}),
    ],
    "a tier by team is matched from the time of a former owner whose team is told late": [
        ("lead.created", 1, {"id": "L1", "owner_email": ANA}),
        ("lead.updated", 2, {"id": "L1", "owner_email": BEN}),
        ("lead.updated", 3, {"id": "L1", "score": 90}),
        ("person.updated", 4, {"email": ANA, "team": "north"}),
    ],
    "a touch whose time is cleared happened when it was first stated": [
        ("touch.recorded", 2, {"id": "A1", "lead_id": "L1", "asset": "Ebook", "at": "2026-11-01T09:00:00Z"}),
        ("touch.recorded", 3, {"id": "A1", "lead_id": "L1", "at": None}),
        ("touch.recorded", 1, {"id": "A1", "lead_id": "L1"}),
    ],
    "a touch that moves to another lead moves its credit": [
        ("touch.recorded", 1, {"id": "A1", "lead_id": "L1", "asset": "Ebook"}),
        ("touch.recorded", 2, {"id": "A1", "lead_id": "L2"}),
        ("deal.won", 3, {"id": "D1", "lead_ids": ["L1"], "amount": "10"}),
        ("deal.won", 3, {"id": "D2", "lead_ids": ["L2"], "amount": "20"}),
    ],
    "a deleted lead that is described again is back, its clock and its touch too": [
        ("lead.created", 1, {"id": "L1", "asset": "Ebook", **MQL}),
        ("lead.deleted", 2, {"id": "L1"}),
        ("lead.updated", 3, {"id": "L1", "company": "Northwind"}),
        ("deal.won", 4, {"id": "D1", "lead_ids": ["L1"], "amount": "10"}),
    ],
    "a lead that comes back begins a second cycle, and a call counts in the one it was made in": [
        ("lead.created", 1, {"id": "L1", **MQL}),
        ("activity.logged", 2, {"id": "A1", **CALL}),
        ("lead.updated", 3, {"id": "L1", "stage": "disqualified"}),
        ("lead.updated", 4, {"id": "L1", "stage": "mql"}),
        ("activity.logged", 5, {"id": "A2", **CALL}),
    ],
    "a lead given back to marketing owes nothing until it is handed over again": [
        ("lead.created", 1, {"id": "L1", **MQL}),
        ("lead.updated", 2, {"id": "L1", "stage": "lead"}),
        ("activity.logged", 3, {"id": "A1", **CALL}),
        ("lead.updated", 4, {"id": "L1", "stage": "mql"}),
    ],
    "a customer who comes back as a lead begins anew": [
        ("lead.created", 1, {"id": "L1", **MQL}),
        ("lead.updated", 2, {"id": "L1", "stage": "customer"}),
        ("lead.updated", 3, {"id": "L1", "stage": "lead"}),
        ("lead.updated", 4, {"id": "L1", "stage": "mql"}),
    ],
    "of a contact's leads one comes back while the other is there": [
        ("lead.created", 1, {"id": "L1", **MAIL, **MQL}),
        ("lead.created", 2, {"id": "L2", **MAIL, **MQL}),
        ("lead.updated", 3, {"id": "L1", "stage": "disqualified"}),
        ("lead.updated", 4, {"id": "L1", "stage": "mql"}),
        ("lead.updated", 5, {"id": "L2", "stage": "customer"}),
    ],
    "of a contact's leads one comes after the other has ended": [
        ("lead.created", 1, {"id": "L1", **MAIL, **MQL}),
        ("lead.updated", 2, {"id": "L1", "stage": "disqualified"}),
        ("lead.created", 3, {"id": "L2", **MAIL, **MQL, "owner_email": BEN}),
        ("activity.logged", 4, {"id": "A1", **MAIL, "kind": "call"}),
    ],
    "leads with lives of their own turn out to be one contact": [
        ("lead.created", 1, {"id": "L1", **MQL}),
        ("lead.updated", 2, {"id": "L1", "stage": "lead"}),
        ("lead.created", 3, {"id": "L2", **MQL, "owner_email": BEN}),
        ("lead.merged", 4, {"id": "L2", "merged_from": ["L1"]}),
        ("lead.updated", 5, {"id": "L1", "stage": "mql"}),
    ],
    "attempts shortly after each other are one, and the third without a reply exhausts the lead": [
        ("lead.created", 1, {"id": "L1", **MQL, "score": 90}),
        ("activity.logged", 2, {"id": "A1", **CALL, "at": "2026-11-03T10:00:00Z"}),
        ("activity.logged", 2, {"id": "A2", **CALL, "at": "2026-11-03T15:00:00Z"}),
        ("activity.logged", 2, {"id": "A3", **CALL, "at": "2026-11-03T16:00:00Z"}),
        ("activity.logged", 2, {"id": "A4", **CALL, "at": "2026-11-04T16:00:00Z"}),
    ],
    "a reply ends the following up": [
        ("lead.created", 1, {"id": "L1", **MQL, "score": 90}),
        ("activity.logged", 2, {"id": "A1", **CALL}),
        ("activity.logged", 3, {"id": "A2", **CALL, "direction": "inbound"}),
        ("activity.logged", 4, {"id": "A3", **CALL}),
    ],
    "whoever held the lead when its promise ran out broke it": [
        ("lead.created", 1, {"id": "L1", **MQL}),
        ("lead.updated", 2, {"id": "L1", "owner_email": BEN}),
        ("lead.updated", 4, {"id": "L1", "owner_email": ANA}),
        ("activity.logged", 5, {"id": "A1", **CALL}),
    ],
    "a lead without an owner is held by whoever owns another lead of its contact": [
        ("lead.created", 1, {"id": "L1", **MAIL, "stage": "mql"}),
        ("lead.created", 2, {"id": "L2", **MAIL, **MQL}),
        ("lead.updated", 4, {"id": "L2", "owner_email": BEN}),
        ("lead.updated", 5, {"id": "L1", "stage": "sql"}),
    ],
    "of stages stated at one instant the one further along stands": [
        ("deal.won", 2, {"id": "D1", "amount": "10"}),
        ("deal.updated", 2, {"id": "D1", "stage": "engaging"}),
        ("deal.updated", 1, {"id": "D1", "stage": "prospecting"}),
        ("deal.lost", 2, {"id": "D1"}),
    ],
    "a late loss between two wins makes them two": [
        ("deal.won", 1, {"id": "D1", "amount": "10"}),
        ("deal.reopened", 2, {"id": "D1", "stage": "engaging"}),
        ("deal.won", 3, {"id": "D1"}),
        ("deal.updated", 4, {"id": "D1", "stage": "Won", "amount": "12"}),
    ],
}


@pytest.mark.parametrize("story", STORIES)
async def test_every_order_of_a_short_story(sqlite, story):
    """Each of these stories, told in each of its orders, ends in the same records, credits and clocks."""
    days = [
        event(n, kind, f"2026-11-{2 + day:02}T09:00:00Z", data)
        for n, (kind, day, data) in enumerate(STORIES[story])
    ]
    tell = partial(retold, figures=False)
    expected = await sqlite.write(partial(tell, history=by_time(days), at_once=True))
    for order in permutations(days):
        assert await sqlite.write(partial(tell, history=order)) == expected


BY_HAND: list[tuple[str, str, int, dict[str, Any]]] = [
    ("manual", "touch.recorded", 2, {"id": "N-01", "lead_id": "N", "asset": "Ebook"}),
    (
        "manual",
        "deal.won",
        2,
        {"id": "N", "lead_ids": ["N"], "amount": "10", "contributors": [{"email": BEN}]},
    ),
    (
        "generic",
        "deal.won",
        1,
        {"id": "D1", "amount": "10", "owner_email": ANA, "contact_emails": [MAIL["email"]]},
    ),
    ("manual", "deal.merged", 3, {"id": "generic/D1", "merged_from": ["N"]}),
    ("generic", "deal.reopened", 4, {"id": "D1", "stage": "engaging"}),
    ("generic", "deal.won", 5, {"id": "D1"}),
]


async def test_what_was_entered_by_hand_goes_on_with_a_deal_in_any_order(sqlite):
    """Merged into a CRM's deal, assets and helpers are that deal's whenever it is told; both of its wins are numbered."""
    told_by = [
        (source, event(n, kind, f"2026-11-{2 + day:02}T09:00:00Z", data))
        for n, (source, kind, day, data) in enumerate(BY_HAND)
    ]

    def tell(session, order):
        forget_all(session)
        for source, one in order:
            inbox.add(session, as_rows(source, [one], NOW))
            apply.apply_events(session, AGREEMENT, inbox.waiting(session, NOW, 1), NOW)
        parts = [
            (
                *(win.deal_key, win.number, win.status),
                *(part.asset for part in wins.credits_of(session, win.deal_key, win.number)),
                *(part.email for part in wins.people_of(session, win.deal_key, win.number)),
            )
            for key in ("generic/D1", "manual/N")
            for win in wins.of_deal(session, key).values()
        ]
        return parts, image(session, figures=False)

    found, expected = await sqlite.write(partial(tell, order=told_by))
    assert found == [
        ("generic/D1", 1, "reopened"),
        ("generic/D1", 2, "won", "Ebook", ANA, BEN),
        ("manual/N", 1, "merged"),
    ]
    for order in list(permutations(told_by))[::7]:
        assert await sqlite.write(partial(tell, order=order)) == (found, expected)
