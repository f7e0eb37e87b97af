"""Words made to ping, to link or to break, through every field of every event: shown as typed, and nothing happens."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from bot.playground.mrkdwn import mentions
from bot.render.text import width
from tests.support.leads import AT_RISK, DUE, at
from tests.support.world import World

if TYPE_CHECKING:
    from collections.abc import Iterator

CORPUS = [
    "<!channel>",
    "<!here> <!everyone>",
    "<@U00000003>",
    "<!subteam^S1> <#C1>",
    "<!date^0^{date}|y>",
    "<http://evil.example|bank>",
    "&lt;!channel&gt; &amp;lt;",
    "@channel @here @everyone",
    "*bold* _it_ ~no~ `code` ```block``` :tada:",
    "> quoted\n> again\r\nthird\u2028fourth",
    "\u202edlrow\u2066\u200b\u2060 שלום",
    "Ltd. " * 20_000,
    "😀" * 5_000,
    "'; DROP TABLE deal; -- % _ \\",
    "=HYPERLINK(\"http://evil.example\")",
]
ID_LIMIT, EMAIL_LIMIT = 255, 320


def story(word: str, maya: str) -> Iterator[tuple[str, dict[str, object]]]:
    """Every type of event, with the word in every field that takes a text."""
    mail = f"{word[:200]}@evil.example"
    short = " ".join(word.split())[:200]
    yield "person.updated", {"email": maya, "name": word, "team": word}
    yield "person.updated", {"email": mail, "name": word}
    yield "campaign.updated", {"name": word, "channel": word, "assets": [word]}
    words = dict.fromkeys(
        ("name", "company", "title", "phone", "channel", "asset", "campaign", "type", "stage", "segment"), word
    )
    lead = words | {"email": mail, "created_at": at(9).isoformat()}
    yield "lead.created", lead | {"id": f"mine {short}", "owner_email": maya}
    yield "lead.created", lead | {"id": f"theirs {short}", "owner_email": mail, "email": f"b{mail}", "name": None}
    touch = {"email": mail, "asset": word, "campaign": word, "channel": word, "kind": "webinar"}
    yield "touch.recorded", touch | {"id": short, "at": at(8).isoformat()}
    deal = {
        "name": word,
        "pipeline": word,
        "amount": "100",
        "contributors": [{"email": mail, "role": word}, {"email": maya, "role": word}],
        "contact_emails": [mail],
        "segment": word,
        "lost_reason": word,
    }
    yield "deal.created", deal | {"id": f"open {short}", "stage": word, "owner_email": mail, "currency": word[:16]}
    yield "deal.won", deal | {"id": f"won {short}", "owner_email": mail, "currency": "EUR"}
    yield "deal.won", deal | {"id": f"odd {short}", "name": None, "owner_email": maya, "currency": word[:16]}


@pytest.mark.parametrize("word", CORPUS, ids=[ascii(word[:20]) for word in CORPUS])
async def test_every_door_and_every_surface(sqlite, word):
    """Cards, corrections, reminders, notices and /pipeline hold no mention and no link but those that the bot made,
    have a text to read aloud, and Slack's own checks find nothing wrong with them.
    """
    async with World(sqlite) as world:
        maya = world.person("Maya Okafor")
        for what, data in story(word, maya):
            assert await world.happens(what, **data) == 202
        await world.until(DUE)
        await world.happens("deal.updated", id=f"won {' '.join(word.split())[:200]}", amount="7", owner_email=maya)
        await world.slack.slash("/pipeline", "", world.accounts[maya], "wins")
        await world.slack.slash("/pipeline", word[:3000], world.accounts[maya], "wins")
        await world.slack.wait_for(lambda: len(world.slack.ephemerals(world.accounts[maya])) == 2)
        posts = world.slack.posts()
        ours = {f"<@{world.accounts[maya]}>", f"<!date^{int(AT_RISK.timestamp())}>", f"<!date^{int(DUE.timestamp())}>"}
        now = f"<!date^{int(world.clock.now().timestamp())}>"
        for call in posts:
            assert [token for token in mentions(call.args) if token not in ours | {now}] == []
            assert "link_names" not in call.args
            assert call.args.get("parse") in {None, "none"}
            assert 0 < width(call.args["text"].strip()) <= 4_000
        assert {call.method for call in posts} == {"chat.postMessage", "chat.update", "response_url"}
        assert [call for call in world.slack.calls() if not call.accepted and call.method != "users.lookupByEmail"] == []
        assert len(world.wins()) == 2
        world.unexpected()


async def test_what_was_typed_is_shown(sqlite):
    """Nothing is lost: the words stand on the card as they were typed, cut with … where they are endless."""
    async with World(sqlite) as world:
        for number, word in enumerate(("<!channel> & Söhne", "*x* `y` :tada:", "Ltd. " * 20_000)):
            await world.happens("deal.won", id=f"D-{number}", name=word, amount="1", currency="USD")
        world.expect(*["chat.postMessage"] * 3)
        titles = [message.blocks[0]["text"]["text"] for message in world.wins()]
        assert titles[0].endswith("<!channel> & Söhne")
        assert titles[1].endswith("*x* `y` :tada:")
        assert titles[2].endswith("…")
        assert all(len(title) <= 150 for title in titles)
        assert world.wins()[0].text.startswith("Won: &lt;!channel&gt; &amp; Söhne, $1.00. ")
        assert json.dumps(world.wins()[0].blocks).count("<!channel>") == 1
