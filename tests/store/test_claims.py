"""Claims to credit, as they were kept."""

from datetime import UTC, date, datetime, timedelta

from sqlalchemy import insert

from bot.store import claims
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
