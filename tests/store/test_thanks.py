"""Words of thanks, as they are kept."""

from datetime import UTC, date, datetime, timedelta

import pytest

from bot.store import thanks, wins
from bot.store.thanks import Word
from bot.store.wins import Win

NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
WIN = Win(
    deal_key="g/D1",
    number=1,
    won_at=NOW,
    won_on=date(2026, 11, 20),
    status="won",
    ended_at=None,
    silent=False,
    amount_minor=1,
    currency="USD",
    owner_email=None,
    model="linear",
    parameters="{}",
    rate=None,
    announced_amount_minor=None,
    announced_currency=None,
    announced_owner=None,
)
WORD = Word("g/D1", 1, NOW, "UMAYA", ("UANA", "UTOM"), "Thank you.")


@pytest.fixture
def kept(database):
    """A database with the win."""
    database.write_now(lambda s: wins.save(s, WIN))
    return database


def add(kept, word, span=timedelta(minutes=1)):
    return kept.write_now(lambda s: thanks.add(s, word, unless_since=word.at - span))


def again(**changes):
    return Word(**{name: getattr(WORD, name) for name in Word.__dataclass_fields__} | changes)


def test_the_same_words_within_a_span_are_one(kept):
    """By the same person to the same people, in whatever order they were chosen; later they are two."""
    assert add(kept, WORD)
    assert not add(kept, again(to=("UTOM", "UANA"), at=NOW + timedelta(seconds=59)))
    assert add(kept, again(at=NOW + timedelta(minutes=1)))


@pytest.mark.parametrize("change", [{"words": "Thanks."}, {"to": ("UANA",)}, {"by_slack_id": "UZOE"}])
def test_other_thanks_are_others(kept, change):
    """Other words, other people and somebody else's thanks all count."""
    assert [add(kept, WORD), add(kept, again(**change))] == [True, True]


def test_thanks_since_an_instant_are_of_wins_that_stand(kept):
    """From the instant on, the earliest first; none of a win that was reopened."""
    late = again(at=NOW + timedelta(hours=2), words="Later.")
    add(kept, late)
    add(kept, WORD)
    ask = lambda at: kept.read_now(lambda s: thanks.since(s, at))  # noqa: E731
    assert [ask(NOW), ask(NOW + timedelta(seconds=1)), ask(NOW + timedelta(hours=3))] == [
        [WORD, late],
        [late],
        [],
    ]
    kept.write_now(lambda s: wins.save(s, Win(**{**_fields(WIN), "status": "reopened"})))
    assert ask(NOW) == []


def _fields(win):
    return {name: getattr(win, name) for name in Win.__dataclass_fields__}
