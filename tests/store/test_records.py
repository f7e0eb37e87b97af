"""Records: a stub first or a description first, and who belongs to one contact."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.store import records

NOW = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


class Archive:
    """The records of a database, each step in a transaction of its own."""

    def __init__(self, database: Any) -> None:
        self._database = database

    def __getattr__(self, name: str) -> Any:
        """A function of the store, run in a transaction."""
        return lambda *args, **named: self._database.write_now(
            lambda s: getattr(records, name)(s, *args, **named)
        )

    def lead(self, key: str, *, email: str | None = None, into: str | None = None, **columns: Any) -> None:
        """A lead with some columns."""
        lead = self.load("lead", key)
        lead.columns |= {"described": True, "email": email, "merged_into": into, **columns}
        self.save("lead", lead)

    def deal(self, key: str, *, into: str | None = None, at: datetime | None = None) -> None:
        """A deal, perhaps merged away."""
        deal = self.load("deal", key)
        deal.columns |= {"described": True, "merged_into": into, "merged_at": at}
        self.save("deal", deal)

    def contact(self, **seeds: Any) -> tuple[list[str], set[str]]:
        """(lead keys, addresses) of a contact."""
        found = self.contact_of(**seeds)
        return list(found.lead_keys), set(found.emails)


@pytest.fixture
def archive(database) -> Archive:
    """An empty archive on each kind of database."""
    return Archive(database)


@pytest.mark.parametrize("kind", ["person", "lead", "touch", "activity", "deal", "campaign"])
def test_a_record_comes_back_as_it_was_saved(archive, kind):
    """What was merged into a record, and its stamps, are there when it is loaded again."""
    stored = archive.load(kind, "g/1")
    assert (stored.new, stored.record.data) == (True, {})
    stored.record.merge({"name": "Zoë 🎉", "score": 80, "tags": ["a", "b"], "gone": None}, NOW, "e1")
    stored.columns |= {"at": NOW} if kind in {"touch", "activity"} else {}
    stored.columns |= {"described": True} if kind in {"person", "lead", "deal"} else {}
    archive.save(kind, stored)
    again = archive.load(kind, "g/1")
    assert (again.new, again.record) == (False, stored.record)
    again.record.merge({"score": 90}, NOW + HOUR, "e2")
    archive.save(kind, again)
    assert archive.load(kind, "g/1").record.data == {
        "name": "Zoë 🎉",
        "score": 90,
        "tags": ["a", "b"],
        "gone": None,
    }


@pytest.mark.parametrize("kind", ["person", "lead", "deal"])
def test_a_stub_is_described_later(archive, kind):
    """A record that was only named is not described; a description fills it in, naming it again changes nothing."""
    archive.name(kind, "g/1")
    stub = archive.load(kind, "g/1")
    assert (stub.new, stub.columns["described"], stub.record.data) == (False, False, {})
    stub.record.merge({"name": "Fleet"}, NOW, "e1")
    stub.columns["described"] = True
    archive.save(kind, stub)
    archive.name(kind, "g/1")
    described = archive.load(kind, "g/1")
    assert (described.columns["described"], described.record.data) == (True, {"name": "Fleet"})


def test_the_earliest_spelling_is_shown(archive):
    """A name is shown as the earliest event wrote it, the smaller id among events of one instant; kinds are apart."""
    archive.remember_spelling("asset", "ebook", "EBOOK", NOW, "e5")
    archive.remember_spelling("asset", "ebook", "ebook", NOW + HOUR, "e1")
    assert archive.spellings("asset") == {"ebook": "EBOOK"}
    archive.remember_spelling("asset", "ebook", "eBook", NOW, "e4")
    archive.remember_spelling("asset", "ebook", "E-Book", NOW, "e6")
    archive.remember_spelling("asset", "webinar", "Webinar", NOW, "e5")
    assert archive.spellings("asset") == {"ebook": "eBook", "webinar": "Webinar"}
    assert archive.spellings("channel") == {}


def test_statements_are_kept_once(archive):
    """Every statement about a lead's tier or a deal's stage is kept, the same one only once."""
    for _ in range(2):
        archive.state_lead("g/L1", NOW, "e1", {"score": 80})
        archive.state_deal("g/D1", NOW, "e1", "stage", "engaging")
    archive.state_lead("g/L1", NOW, "e2", {})
    archive.state_deal("g/D1", NOW, "e2", "won", None)
    assert sorted(archive.lead_statements("g/L1")) == [(NOW, "e1", {"score": 80}), (NOW, "e2", {})]
    assert sorted(archive.deal_statements("g/D1")) == [
        (NOW, "e1", "stage", "engaging"),
        (NOW, "e2", "won", None),
    ]
    assert (archive.lead_statements("g/L2"), archive.deal_statements("g/D2")) == ([], [])


def test_the_links_of_a_deal_are_replaced(archive):
    """A deal names the contacts and leads stated last, each once; another deal's stay."""
    archive.link_deal("g/D1", ["b@x.example", "a@x.example", "b@x.example"], ["g/L2", "g/L1", "g/L2"])
    archive.link_deal("g/D2", ["a@x.example"], [])
    assert archive.links_of_deal("g/D1") == (["a@x.example", "b@x.example"], ["g/L1", "g/L2"])
    archive.link_deal("g/D1", [], ["g/L3"])
    assert archive.links_of_deal("g/D1") == ([], ["g/L3"])
    assert archive.links_of_deal("g/D2") == (["a@x.example"], [])


def test_a_forgotten_contact_of_a_deal_stays(archive):
    """Its mark is the only trace of a person whom no source can name any more; what is named goes on being replaced."""
    archive.link_deal("g/D1", ["forgotten-1a2b", "a@x.example"], [])
    for stated in ([], ["b@x.example"], []):
        archive.link_deal("g/D1", stated, [])
        assert archive.links_of_deal("g/D1") == ([*stated, "forgotten-1a2b"], [])


def test_a_lead_alone_is_a_contact(archive):
    """Nothing joins a lead without address and merge; what nobody knows is a contact without leads."""
    archive.lead("g/L1")
    archive.lead("g/L2")
    assert archive.contact(lead_keys=["g/L1"]) == (["g/L1"], set())
    assert archive.contact(lead_keys=["g/L9"]) == ([], set())
    assert archive.contact(emails=["who@x.example"]) == ([], {"who@x.example"})
    assert archive.contact() == ([], set())


def test_an_address_joins_leads(archive):
    """Leads with one address are one contact, from whichever of them, or the address, it is asked for."""
    archive.lead("g/L2", email="dana@x.example")
    archive.lead("h/L1", email="dana@x.example")
    archive.lead("g/L3", email="lee@x.example")
    whole = (["g/L2", "h/L1"], {"dana@x.example"})
    assert archive.contact(lead_keys=["g/L2"]) == whole
    assert archive.contact(lead_keys=["h/L1"]) == whole
    assert archive.contact(emails=["dana@x.example"]) == whole


CHAIN = [
    ("g/L1", "a@x.example", None),
    ("g/L2", "a@x.example", "g/L3"),
    ("g/L3", None, "g/L4"),
    ("g/L4", "b@x.example", None),
]


@pytest.mark.parametrize(
    "seed", [*({"lead_keys": [key]} for key, _, _ in CHAIN), {"emails": ["a@x.example"]}]
)
def test_merges_and_addresses_are_followed_to_their_end(archive, seed):
    """A contact is everything that addresses and merges connect, over any number of steps, in both directions."""
    for key, email, into in CHAIN:
        archive.lead(key, email=email, into=into)
    archive.lead("g/L5", email="c@x.example")
    assert archive.contact(**seed) == (["g/L1", "g/L2", "g/L3", "g/L4"], {"a@x.example", "b@x.example"})


def test_a_circle_of_merges_ends(archive):
    """Leads and deals merged into each other, or into themselves, are followed once."""
    archive.lead("g/L1", into="g/L2")
    archive.lead("g/L2", into="g/L1")
    archive.lead("g/L3", into="g/L3")
    assert archive.contact(lead_keys=["g/L1"]) == (["g/L1", "g/L2"], set())
    assert archive.contact(lead_keys=["g/L3"]) == (["g/L3"], set())
    archive.deal("g/D1", into="g/D2", at=NOW)
    archive.deal("g/D2", into="g/D1", at=NOW + HOUR)
    assert archive.survivors_of_deal("g/D1") == ["g/D2"]
    assert archive.deals_merged_into("g/D1") == [("g/D2", NOW + HOUR)]


def test_a_chain_of_merged_deals(archive):
    """A deal knows all it was merged into, and all that merges brought it, with when each of them went."""
    archive.deal("g/D3", into="g/D2", at=NOW)
    archive.deal("g/D4", into="g/D2", at=NOW + HOUR)
    archive.deal("g/D2", into="g/D1", at=NOW + 2 * HOUR)
    archive.deal("g/D1")
    assert archive.survivors_of_deal("g/D3") == ["g/D2", "g/D1"]
    assert archive.survivors_of_deal("g/D1") == archive.survivors_of_deal("g/D9") == []
    assert archive.deals_merged_into("g/D1") == [
        ("g/D2", NOW + 2 * HOUR),
        ("g/D3", NOW),
        ("g/D4", NOW + HOUR),
    ]
    assert archive.deals_merged_into("g/D3") == []


def test_the_deals_of_a_contact(archive):
    """Deals that name an address or a lead of the contact, and no others."""
    archive.lead("g/L1", email="dana@x.example")
    archive.link_deal("g/D1", ["dana@x.example"], [])
    archive.link_deal("g/D2", [], ["g/L1"])
    archive.link_deal("g/D3", ["lee@x.example"], ["g/L2"])
    contact = archive.contact_of(lead_keys=["g/L1"])
    assert archive.deals_of_contact(contact) == {"g/D1", "g/D2"}
    assert archive.deals_of_contact(archive.contact_of()) == set()


@pytest.mark.parametrize(("kind", "read"), [("touch", "touches_of"), ("activity", "activities_of")])
def test_what_a_contact_did(archive, kind, read):
    """Touches and activities by lead and by address, one that names both only once."""
    archive.lead("g/L1", email="dana@x.example")
    whose = {
        "1": ("g/L1", None),
        "2": (None, "dana@x.example"),
        "3": ("g/L1", "dana@x.example"),
        "4": ("g/L2", None),
    }
    for key, (lead, email) in whose.items():
        act = archive.load(kind, key)
        act.columns |= {"lead_key": lead, "email": email, "at": NOW}
        archive.save(kind, act)
    found = getattr(archive, read)(archive.contact_of(lead_keys=["g/L1"]))
    assert sorted(act["key"] for act in found) == ["1", "2", "3"]
    assert {act["at"] for act in found} == {NOW}
    assert getattr(archive, read)(archive.contact_of()) == []


def test_the_leads_of_an_owner(archive):
    """Leads that somebody owns or was ever said to own; wildcards in an address mean themselves."""
    archive.lead("g/L1", owner_email="a_a@seller.example")
    archive.lead("g/L2", owner_email="aba@seller.example")
    archive.state_lead("g/L3", NOW, "e1", {"owner_email": "a_a@seller.example", "score": 1})
    archive.state_lead("g/L4", NOW, "e1", {"owner_email": "aba@seller.example"})
    archive.state_lead("g/L1", NOW, "e1", {"owner_email": "a_a@seller.example"})
    assert sorted(archive.leads_of_owner("a_a@seller.example")) == ["g/L1", "g/L3"]
    assert archive.leads_of_owner("%") == []


def test_what_is_settled_anew(archive):
    """Every described lead that is not deleted, and every described deal, by key."""
    archive.lead("g/L2")
    archive.lead("g/L1")
    archive.lead("g/L3", deleted=True)
    archive.name("lead", "g/L4")
    archive.deal("g/D1")
    archive.name("deal", "g/D2")
    assert archive.all_lead_keys() == ["g/L1", "g/L2"]
    assert archive.all_deal_keys() == ["g/D1"]
