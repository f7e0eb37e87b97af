"""Words made to ping, to link or to break, through every field of every event: shown as typed, and nothing happens."""

from __future__ import annotations

import json
import re
from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.playground.mrkdwn import mentions
from bot.render.text import width
from tests.support.leads import DUE, at
from tests.support.wins import EACH_ALONE
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
    "Ltd. " * 2_000,
    "😀" * 5_000,
    "'; DROP TABLE deal; -- % _ \\",
    '=HYPERLINK("http://evil.example")',
]


def story(word: str, maya: str) -> Iterator[tuple[str, dict[str, object]]]:
    """Every type of event, with the word in every field that takes a text."""
    mail = f"{word[:200]}@evil.example"
    short = " ".join(word.split())[:200]
    yield "person.updated", {"email": maya, "name": word, "team": word}
    yield "person.updated", {"email": mail, "name": word}
    yield "campaign.updated", {"name": word, "channel": word, "assets": [word]}
    words = dict.fromkeys(
        ("name", "company", "title", "phone", "channel", "asset", "campaign", "type", "stage", "segment"),
        word,
    )
    lead = words | {"email": mail, "created_at": at(9).isoformat()}
    yield "lead.created", lead | {"id": f"mine {short}", "owner_email": maya}
    yield (
        "lead.created",
        lead | {"id": f"theirs {short}", "owner_email": mail, "email": f"b{mail}", "name": None},
    )
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
    yield (
        "deal.created",
        deal | {"id": f"open {short}", "stage": word, "owner_email": mail, "currency": word[:16]},
    )
    yield "deal.won", deal | {"id": f"won {short}", "owner_email": mail, "currency": "EUR"}
    yield "deal.won", deal | {"id": f"odd {short}", "name": None, "owner_email": maya, "currency": word[:16]}


async def test_every_door_and_every_surface(sqlite):
    """Cards, corrections, reminders, notices and /pipeline hold no mention and no link but those that the bot made,
    have a text to read aloud, and Slack's own checks find nothing wrong with them.
    """
    async with World(sqlite, EACH_ALONE) as world:
        maya = world.person("Maya Okafor")
        user = world.accounts[maya]
        for number, word in enumerate(CORPUS):
            told = [
                {"id": f"{number}-{place}", "type": what, "timestamp": at(9, 1).isoformat(), "data": data}
                for place, (what, data) in enumerate(story(word, maya))
            ]
            body = json.dumps(told, ensure_ascii=False).encode()
            assert await world.posts(body, f"word-{number}") == (
                202,
                {"status": "stored", "events": len(told)},
            )
        await world.settle()
        await world.until(DUE + timedelta(minutes=1))
        for word in CORPUS:
            name = f"won {' '.join(word.split())[:200]}"
            await world.sends("deal.updated", id=name, amount="7", currency="JPY", owner_email=maya)
        await world.settle()
        for number, word in enumerate(("", *CORPUS), start=1):
            await world.slack.slash("/pipeline", word[:3000], user, "wins")
            await world.slack.wait_for(lambda number=number: len(world.slack.ephemerals(user)) == number)
        posts = world.slack.posts()
        assert Counter(call.method for call in posts) == {
            "chat.postMessage": 3 * len(CORPUS) + 4,  # each correction is told in its thread, too
            "chat.update": len(CORPUS),
            "response_url": 1 + len(CORPUS),
        }
        dated = r"<!date\^\d+(\^{date_short_pretty} {time}\|\d+ \w+, \d\d:\d\d \(UTC\))?>"
        ours = re.compile(f"<@{user}>|{dated}")
        for call in posts:
            assert [token for token in mentions(call.args) if ours.fullmatch(token) is None] == []
            assert not {"link_names", "parse"} & set(call.args)
            assert 0 < width(call.args["text"].strip()) <= 4_000
        refused = [call for call in world.slack.calls() if not call.accepted]
        assert {call.method for call in refused} == {"users.lookupByEmail"}
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
        # in the title, and in what a screen reader says for the two buttons
        assert json.dumps(world.wins()[0].blocks).count("<!channel>") == 3
