"""What every short command stands on."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.config import load
from bot.groundwork import office_of, open_database
from bot.store import agreements

FOUR, TWO = ("[[tier]]\nfirst_contact_hours = 4\n", "[[tier]]\nfirst_contact_hours = 2\n")
THEN = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


@pytest.fixture
def settings(tmp_path):
    """Settings with a database in which an agreement of four hours is in force, and a file that says two."""
    path = tmp_path / "agreement.toml"
    path.write_text(TWO, encoding="utf-8")
    url = f"sqlite:///{tmp_path}/winbell.db"
    database = open_database(url, serve=False)
    database.write_now(lambda s: agreements.put_in_force(s, digest="a", name="Ours", body=FOUR, now=THEN))
    database.close()
    return load(None, {"WINBELL_AGREEMENT": str(path), "WINBELL_DATABASE_URL": url})


def test_a_short_command_judges_the_past_by_its_own_agreement(settings):
    """It uses the file as it is now, knows what held before, and puts nothing in force."""
    with office_of(settings) as office:
        held = [office.agreement.as_of(at).tiers[0].first_contact for at in (THEN, office.clock.now())]
        assert held == [timedelta(hours=4), timedelta(hours=2)]
        assert [version.body for version in office.database.read_now(agreements.versions)] == [FOUR]
