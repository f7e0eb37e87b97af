"""A lead waits for its first contact; its owner gets one calm reminder and answers it with one press."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tests.support.world import World, asked_for, labels


async def test_the_story_of_a_reminder(database):
    """The owner is told at risk and at the due instant, in one message each; a press settles it and nothing follows."""
    async with World(database) as world:
        maya = world.person("Maya Okafor")
        await world.happens(
            "lead.created",
            id="L-1",
            name="Dana Reyes",
            company="Northwind",
            owner_email=maya,
            created_at="2026-11-16T09:00:00Z",
        )
        await world.happens(
            "lead.created", id="L-2", name="Lee Chan", owner_email=maya, created_at="2026-11-16T09:03:00Z"
        )
        world.quiet()
        await world.until(datetime(2026, 11, 16, 11, 59, 59, tzinfo=UTC))
        world.quiet()
        await world.until(datetime(2026, 11, 16, 12, 0, 30, tzinfo=UTC))
        world.expect("chat.postMessage")
        (first,) = world.direct(maya)
        assert first.text.startswith("2 leads are waiting for your first contact.")
        await world.until(datetime(2026, 11, 16, 12, 59, tzinfo=UTC))
        world.quiet()
        await world.until(datetime(2026, 11, 16, 13, 0, 30, tzinfo=UTC))
        world.expect("chat.postMessage")
        second = world.direct(maya)[0]
        assert asked_for(second) == ["Dana Reyes, Northwind", "Lee Chan"]
        await world.press(maya, second, "Dana Reyes")
        world.expect("chat.update", "chat.update")
        for message in world.direct(maya):
            assert "Dana Reyes, Northwind: Contacted." in message.text
            assert (asked_for(message), labels(message)) == (["Lee Chan"], ["Undo", "Contacted"])
        await world.happens(
            "activity.logged", lead_id="L-2", kind="call", direction="outbound", at="2026-11-16T12:30:00Z"
        )
        world.expect("chat.update", "chat.update")
        assert all(message.text.startswith("All settled, thank you.") for message in world.direct(maya))
        assert [labels(message) for message in world.direct(maya)] == [["Undo"]] * 2
        await world.until(datetime(2026, 11, 30, tzinfo=UTC))
        world.expect("chat.update", "chat.update")
        assert [labels(message) for message in world.direct(maya)] == [[]] * 2


async def test_no_owner_goes_to_the_channel(database):
    """Leads without an owner, or whose owner Slack does not know, are told in the agreement's channel, in one message."""
    async with World(database) as world:
        await world.happens("lead.created", id="L-1", name="Dana Reyes")
        await world.happens("lead.created", id="L-2", name="Lee Chan", owner_email="gone@seller.example")
        await world.until(world.clock.now() + timedelta(hours=3, minutes=1))
        world.expect("chat.postMessage", "chat.update")  # the second fell due a moment later
        (message,) = world.slack.messages("#sales-ops")
        assert message.text.splitlines() == [
            "2 leads are waiting for a first contact.",
            "Dana Reyes: first contact agreed by 16 Nov, 13:00 (UTC); no owner yet.",
            "Lee Chan: first contact agreed by 16 Nov, 13:00 (UTC); owner gone@seller.example.",
        ]
        await world.until(world.clock.now() + timedelta(hours=1))
        world.expect("chat.postMessage")
