"""Whom people mean by a mention, an address or a name."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.clock import ManualClock
from bot.domain.agreement import Agreement
from bot.domain.facts import Named
from bot.errors import StorageError
from bot.flow.ports import NotConnected, Office
from bot.flow.whose import Several, person_meant
from bot.store import people
from tests.support.market import Market

NOW = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)
MAYA = Named("maya.okafor@seller.example", "Maya Okafor", "U1")
ANA = Named("ana@seller.example", "Ana Silva")
KIM, KIMS = Named("kb@seller.example", "Kim Berg"), Named("kim@seller.example", None)


@pytest.fixture
def office(database) -> Office:
    """Four people: one whom Slack knows, one without a name."""
    market = Market(database, Agreement())
    for one in (MAYA, ANA, KIM, KIMS):
        said = {"name": one.name} if one.name else {}
        market.happens("person.updated", NOW.isoformat(), email=one.email, **said)
    database.write_now(lambda s: people.found_in_slack(s, MAYA.email, "U1", "UTC", NOW))
    return Office(database, ManualClock(NOW), market.agreement, NotConnected(), lambda: 0.5)


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("<@U1>", MAYA),
        (" <@U1|maya> ", MAYA),
        ("maya.okafor@seller.example", MAYA),
        ("@Maya.Okafor@SELLER.example", MAYA),
        ("<mailto:maya.okafor@seller.example|maya.okafor@seller.example>", MAYA),
        ("maya  okafor", MAYA),
        ("@Maya", MAYA),
        ("maya.okafor", MAYA),
        ("Kim Berg", KIM),
        ("kim", Several((KIM, KIMS))),
        ("Okafor", None),
        ("may", None),
        ("", None),
        ("@", None),
        ("nobody@seller.example", None),
        ("<@U1> now", None),
        ("<!channel>", None),
    ],
)
async def test_who_is_meant(office, words, meant):
    """A mention or an address is exact; a name is the whole one, else a first name or the address before its @."""
    assert await person_meant(office, words) == meant


async def test_an_account_that_slack_cannot_be_asked_about(office):
    """Nobody is guessed: the asker is to try again."""
    with pytest.raises(StorageError, match="Slack cannot be asked"):
        await person_meant(office, "<@U404>")
