"""Claims to credit, as they were kept."""

from datetime import UTC, date, datetime, timedelta

from sqlalchemy import insert

from bot.store import claims, outbox
from bot.store.claims import Claim
from bot.store.tables import ClaimRow

NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)


def claim(number, state, deal="g/D1"):
    """A claim to an asset in some state."""
    return Claim(
        id=number,
        ref=f"r{number}",
        deal_key=deal,
        kind="asset",
        name="Ebook",
        touched_on=date(2026, 11, 3) if number % 2 else None,
        why="They named it in the first call.",
        side="marketing",
        state=state,
        at=NOW,
        by_slack_id="U1",
        by_email=None,
        settled_at=None if state == "offered" else NOW + timedelta(hours=1),
        settled_by=None,
    )


def test_only_what_both_sides_agreed_on_is_confirmed(database):
    """The confirmed claims of one deal, in the order in which they were made; not the open or declined ones."""
    made = [
        claim(1, "confirmed"),
        claim(2, "offered"),
        claim(3, "declined"),
        claim(4, "confirmed", "g/D2"),
        claim(5, "confirmed"),
    ]
    rows = [{name: getattr(one, name) for name in Claim.__dataclass_fields__} for one in made]
    database.write_now(lambda s: s.execute(insert(ClaimRow), rows))
    assert database.read_now(lambda s: claims.confirmed(s, "g/D1")) == [made[0], made[4]]
    assert database.read_now(lambda s: claims.confirmed(s, "g/D3")) == []


def made(database, **changes):
    """A claim to an asset, as somebody makes it."""
    told = {
        "deal_key": "g/D1",
        "kind": "asset",
        "name": "Ebook",
        "same": "ebook",
        "before": 0,
        "touched_on": None,
        "why": "They named it.",
        "side": "marketing",
        "at": NOW,
        "by_slack_id": "U1",
        "by_email": "maya@seller.example",
    }
    return database.write_now(lambda s: claims.add(s, **{**told, **changes}))


def test_the_same_claim_at_the_same_moment_is_made_once(database):
    """Two who say the same at once are one; another name, kind, deal, or round is another claim."""
    first = made(database)
    assert (first.state, first.name, first.settled_at) == ("offered", "Ebook", None)
    assert made(database, by_slack_id="U2", name="EBOOK") is None
    others = [
        made(database, **change)
        for change in ({"same": "webinar"}, {"kind": "campaign"}, {"deal_key": "g/D2"}, {"before": 1})
    ]
    assert len({one.ref for one in [first, *others]}) == 5
    assert database.read_now(lambda s: claims.by_ref(s, first.ref)) == first
    found = database.read_now(lambda s: claims.of_deal(s, "g/D1"))
    assert [one.id for one in found] == [first.id, others[0].id, others[1].id, others[3].id]


def test_a_claim_is_settled_once(database):
    """Whoever comes second changes nothing."""
    first = made(database)
    later = NOW + timedelta(hours=1)
    assert database.write_now(lambda s: claims.settle(s, first, "declined", later, "ana@seller.example"))
    assert not database.write_now(lambda s: claims.settle(s, first, "confirmed", later, "zoe@seller.example"))
    found = database.read_now(lambda s: claims.find(s, first.id))
    assert (found.state, found.settled_at, found.settled_by) == ("declined", later, "ana@seller.example")


def test_the_questions_about_a_claim_are_found_by_its_number(database):
    """Not those of a claim whose number begins alike, nor the answer to the proposer."""

    def ask(session):
        for key, kind in (
            (claims.message_key(1, "ana@seller.example"), "claim"),
            (claims.message_key(1, "zoe@seller.example"), "claim"),
            (claims.message_key(11, "ana@seller.example"), "claim"),
            ("claim:1:answer", "claim_answer"),
        ):
            outbox.put(session, key=key, kind=kind, target="person:x", ref={}, now=NOW, next_at=NOW)

    database.write_now(ask)
    found = database.read_now(lambda s: claims.messages_of(s, 1))
    assert [message.key for message in found] == ["claim:1:ana@seller.example", "claim:1:zoe@seller.example"]
