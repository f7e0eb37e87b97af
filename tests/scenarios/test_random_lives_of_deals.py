"""Whatever happens to deals, in whatever order it is told: each win has one card, it is true, and nothing is said twice."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.store import wins
from tests.support.wins import EACH_ALONE, outbox_of
from tests.support.world import START, World

if TYPE_CHECKING:
    from bot.store.database import Database

OWNERS = ("ana@seller.example", "ben@seller.example")


def life(dice: random.Random, deal: str) -> list[tuple[str, timedelta, dict]]:
    """What a CRM says of one deal: it is won, and then anything may happen."""
    said = [("deal.won", {"amount": "100", "currency": "USD", "owner_email": OWNERS[0]})]
    said += [
        dice.choice(
            [
                ("deal.updated", {"amount": dice.choice(("95", "100", "105", "300")), "currency": "USD"}),
                ("deal.updated", {"owner_email": dice.choice(OWNERS)}),
                ("deal.updated", {"stage": "closedwon"}),
                ("deal.reopened", {"stage": "engaging"}),
                ("deal.lost", {}),
                ("deal.won", {}),
                ("deal.deleted", {}),
            ]
        )
        for _ in range(dice.randint(1, 7))
    ]
    return [
        (
            what,
            timedelta(minutes=number),
            {"id": deal, "name": f"Deal {deal}", **data} if what != "deal.deleted" else {"id": deal},
        )
        for number, (what, data) in enumerate(said)
    ]


def large_changes(known: list[tuple[int | None, str | None]]) -> int:
    """How often (amount in minor units, owner) moved much from what was last told; what was missing is filled in."""
    amount, owner, count = None, None, 0
    for next_amount, next_owner in known:
        amount = next_amount if amount is None else amount
        owner = owner or next_owner
        moved = (
            amount is not None and next_amount is not None and abs(next_amount - amount) * 10 > abs(amount)
        )
        other = next_owner is not None and next_owner != owner
        count += moved or other
        amount = next_amount if moved else amount
        owner = next_owner if other else owner
    return count


@pytest.mark.parametrize("seed", range(12))
async def test_a_random_life(sqlite, seed):
    """Told in any order and repeated: one card a win, showing what is true, and one reply for each large change."""
    await _lives(sqlite, seed)


@pytest.mark.parametrize("seed", [0, 1])
async def test_a_random_life_on_both_databases(database, seed):
    """The same on both databases."""
    await _lives(database, seed)


async def _lives(database: Database, seed: int) -> None:
    dice = random.Random(seed)
    async with World(database, EACH_ALONE, start=START + timedelta(hours=1)) as world:
        events = [event for deal in ("D-1", "D-2", "D-3") for event in life(dice, deal)]
        if seed % 2:
            dice.shuffle(events)
        events += dice.sample(events, 3)
        seen: dict[tuple[str, int], list[tuple[int | None, str | None]]] = {}
        for what, offset, data in events:
            await world.happens(what, START + offset, **data)
            if dice.random() < 0.2:
                await world.restart()
            for win in await world.database.read(wins.standing):
                states = seen.setdefault((win.deal_key, win.number), [])
                states.append((win.amount_minor, win.owner_email))
        await world.settle()
        await world.until(world.clock.now() + timedelta(hours=1))
        world.unexpected()
        everything = await outbox_of(world)
        cards = [m for m in everything if m.kind == "win" and m.ts is not None]
        assert len({m.key for m in cards}) == len(cards)
        shown = {m.ts: m for m in world.wins()}
        posted = [m for m in world.wins() if m.thread_ts in {None, m.ts}]
        assert len(posted) == len(cards)
        for card in cards:
            deal, number = card.ref["deal"], card.ref["number"]
            win = await world.database.read(lambda s, d=deal, n=number: wins.find(s, d, n))
            text = shown[card.ts].text
            if win.status != "won":
                assert text.startswith(f"{win.status}: ")
                continue
            assert text.startswith("Won again: " if number > 1 else "Won: ")
            if win.amount_minor is not None:
                assert f", ${win.amount_minor / 100:.2f}." in text
            if win.owner_email is not None:
                assert f"Sales: {win.owner_email}." in text
            replies = [m for m in world.wins() if m.thread_ts == card.ts and m.ts != card.ts]
            assert len(replies) == large_changes(seen[deal, number])
