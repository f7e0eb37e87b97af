"""A CRM says that a deal is won; #wins shows one card that credits both sides, and keeps it true."""

from __future__ import annotations

from datetime import timedelta

from tests.support.world import World


async def test_the_story_of_a_win(database):
    """One card is posted, corrected in place, marked when the deal is reopened, and told again when it is won again."""
    async with World(database) as world:
        maya = world.person("Maya Okafor")
        await world.happens("person.updated", email=maya, name="Maya Okafor")
        await world.happens(
            "lead.created",
            id="L-77",
            email="dana@prospect.example",
            name="Dana Reyes",
            company="Northwind Robotics",
            asset="Warehouse ebook",
            channel="paid_search",
            created_at="2026-10-12T09:00:00Z",
            stage="customer",
        )
        await world.happens(
            "touch.recorded",
            email="dana@prospect.example",
            asset="Webinar",
            kind="webinar",
            at="2026-11-03T10:00:00Z",
        )
        world.quiet()
        deal = {
            "id": "D-1",
            "contact_emails": ["dana@prospect.example"],
            "owner_email": maya,
            "name": "Fleet",
        }
        await world.happens("deal.created", **deal, amount="12500.00", currency="EUR", stage="prospecting")
        world.quiet()
        await world.happens("deal.won", id="D-1")
        world.expect("chat.postMessage")
        (card,) = world.wins()
        assert f"<@{world.accounts[maya]}>" in card.text
        assert "Northwind Robotics" in card.text
        assert "Warehouse ebook with 50%, €6,250.00" in card.text
        assert "Warehouse ebook, 12 Oct, then Webinar, 3 Nov" in card.text
        world.clock.advance(timedelta(minutes=5))
        await world.happens("deal.updated", id="D-1", amount="13250.00", currency="EUR")
        world.expect("chat.update")
        (card,) = world.wins()
        assert "€13,250.00" in card.text
        assert "the amount was €12,500.00" in card.text
        world.clock.advance(timedelta(minutes=5))
        await world.happens("deal.reopened", id="D-1", stage="engaging")
        world.expect("chat.update")
        (card,) = world.wins()
        assert "reopened" in card.text
        world.clock.advance(timedelta(minutes=5))
        await world.happens("deal.won", id="D-1")
        world.expect("chat.postMessage")
        assert len(world.wins()) == 2
        assert "again" in world.wins()[-1].text or "again" in world.wins()[0].text
