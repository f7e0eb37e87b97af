"""What a lead's owner should know of it, from what was told."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.domain.intent import Intent
from bot.flow import context
from bot.store import records
from tests.support.market import NOW, Market

MON = "2026-11-02T09:00:00Z"
LATER = "2026-11-03T09:00:00Z"
DANA = "dana@prospect.example"


@pytest.fixture
def market(database) -> Market:
    """A market on an empty database of each kind, under the default agreement."""
    return Market(database)


def context_of(market: Market, lead: str = "L1", until: datetime | None = None):
    """The context of a lead's contact."""
    return market.ask(
        lambda s: context.context_of(
            s, market.agreement, records.contact_of(s, lead_keys=[f"generic/{lead}"]), until
        )
    )


def intents_of(market: Market, lead: str = "L1"):
    """The intent that a lead's contact has shown."""
    return market.ask(
        lambda s: context.intents_of(
            s, market.agreement, records.contact_of(s, lead_keys=[f"generic/{lead}"]), NOW
        )
    )


def touched(market: Market, at: str, **more):
    """A touch of Dana's."""
    market.happens("touch.recorded", at, id=f"T{at}", email=DANA, at=at, **more)


@pytest.mark.parametrize(
    ("named", "came"),
    [
        ({"asset": "Ebook", "campaign": "Spring", "channel": "organic"}, "Ebook"),
        ({"campaign": "Spring", "channel": "organic"}, "Spring"),
        ({"channel": "paid_search"}, "Paid search"),
        ({}, None),
    ],
)
def test_how_they_came(market, named, came):
    """By the asset, else the campaign, else the channel of the lead; where it names none, nothing is made up."""
    market.happens("lead.created", MON, id="L1", email=DANA, **named)
    assert context_of(market) == (came, ())


def test_what_they_touched_since(market):
    """The latest three different touches under any of their ids, the newest last; not the form they came by."""
    market.happens("lead.created", MON, id="L1", email=DANA, asset="Ebook", created_at=MON)
    touched(market, "2026-11-01T09:00:00Z", kind="ad", asset="Banner")
    touched(market, "2026-11-02T09:00:05Z", kind="download", asset=" ebook")
    touched(market, "2026-11-04T09:00:00Z", kind="webinar")
    touched(market, "2026-11-05T09:00:00Z", kind="visit", asset="Pricing")
    market.happens("touch.recorded", LATER, id="T9", lead_id="L1", at="2026-11-06T09:00:00Z", kind="visit")
    touched(market, "2026-11-07T09:00:00Z", kind="visit", asset="PRICING")
    assert context_of(market) == ("Ebook", ("a webinar", "the site", "Pricing"))
    assert context_of(market, until=datetime(2026, 11, 4, 12, 0, tzinfo=UTC)) == ("Ebook", ("a webinar",))


def test_names_are_shown_as_the_earliest_event_wrote_them(market):
    """A campaign of June wrote `Autumn Fair`: so do the lead and the touches of November."""
    market.happens("campaign.updated", "2026-06-01T09:00:00Z", name="Autumn Fair")
    market.happens("lead.created", MON, id="L1", email=DANA, campaign="AUTUMN fair", created_at=MON)
    touched(market, "2026-11-09T09:00:00Z", kind="visit", campaign="autumn fair")
    assert context_of(market) == ("Autumn Fair", ("Autumn Fair",))


def test_the_earliest_lead_tells_how_they_came(market):
    """Whoever fills in a second form came by the first one, and touched the second since."""
    market.happens("lead.created", LATER, id="L2", email=DANA, asset="Demo form", created_at=LATER)
    market.happens("lead.created", LATER, id="L1", email=DANA, asset="Ebook", created_at=MON)
    assert context_of(market, "L2") == ("Ebook", ("Demo form",))


def test_what_is_not_known_has_no_context(market):
    """A lead that was only named, or was deleted, came from nowhere and wants nothing."""
    touched(market, MON, kind="demo_request")
    market.happens("touch.recorded", MON, id="T2", lead_id="L9", kind="demo_request", at=MON)
    assert (context_of(market, "L9"), intents_of(market, "L9")) == ((None, ()), ())
    market.happens("lead.created", MON, id="L1", email=DANA, asset="Ebook")
    market.happens("lead.deleted", LATER, id="L1")
    assert (context_of(market), intents_of(market)) == ((None, ()), ())


def test_what_shows_intent(market):
    """A demo request under the address and a visit after two quiet weeks; not the form by which they came."""
    market.happens("lead.created", MON, id="L1", email=DANA, asset="Demo form", created_at=MON)
    touched(market, "2026-11-02T09:00:05Z", kind="demo_request", asset="demo FORM")
    touched(market, "2026-11-05T09:00:00Z", kind="demo_request", asset="demo FORM")
    touched(market, "2026-11-19T09:00:00Z", kind="visit")
    touched(market, "2026-11-21T09:00:00Z", kind="call_request")
    assert intents_of(market) == (
        Intent(
            "generic/T2026-11-05T09:00:00Z",
            datetime(2026, 11, 5, 9, 0, tzinfo=UTC),
            "demo_request",
            "Demo form",
        ),
        Intent(
            "generic/T2026-11-19T09:00:00Z",
            datetime(2026, 11, 19, 9, 0, tzinfo=UTC),
            "return_visit",
            "the site",
        ),
    )
