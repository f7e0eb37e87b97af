"""The life of a deal: every row of the rules for deals that change, when a deal was closed, and what is fresh."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.agreement import Stages
from bot.domain.when import When
from bot.domain.winning import StageStatement, closed_when, is_fresh, life

STAGES = Stages()
T0 = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


def day(number: int) -> datetime:
    """An instant of the story."""
    return T0 + timedelta(days=number)


def told(*story: tuple[int, str] | tuple[int, str, str | None]) -> list[StageStatement]:
    """Statements (day, verb, stage); a verb that is none is a stage."""
    found = []
    for number, (when, *said) in enumerate(story):
        verb, stage = (said[0], said[1] if len(said) > 1 else None)
        if verb not in {"won", "lost", "reopened", "deleted"}:
            verb, stage = "stage", verb
        found.append(StageStatement(day(when), f"e{number:02}", verb, stage))
    return found


def wins(*story, **more) -> list[tuple[int, int, int | None, str | None]]:
    """The wins of a story: (number, day won, day ended, what ended it)."""
    return [
        (w.number, (w.stated_at - T0).days, (w.ended_at - T0).days if w.ended_at else None, w.ended_by)
        for w in life(told(*story), STAGES, **more).wins
    ]


ROWS = {
    "nothing stated": ((), []),
    "open": (((0, "prospecting"), (1, "engaging")), []),
    "open -> won": (((0, "prospecting"), (2, "won")), [(1, 2, None, None)]),
    "open -> won by its stage": (((0, "prospecting"), (2, "Won")), [(1, 2, None, None)]),
    "won at once": (((3, "closedwon"),), [(1, 3, None, None)]),
    "won, same event again": (((2, "won"), (3, "won"), (4, "Won")), [(1, 2, None, None)]),
    "won -> another won stage": (((2, "won", "Won"), (3, "closedwon")), [(1, 2, None, None)]),
    "won -> lost": (((2, "won"), (5, "lost")), [(1, 2, 5, "lost")]),
    "won -> lost by its stage": (((2, "won"), (5, "closedlost")), [(1, 2, 5, "lost")]),
    "won -> reopened": (((2, "won"), (5, "reopened", "engaging")), [(1, 2, 5, "reopened")]),
    "won -> an open stage": (((2, "won"), (5, "engaging")), [(1, 2, 5, "reopened")]),
    "won -> an unknown stage": (((2, "won"), (5, "legal")), [(1, 2, 5, "reopened")]),
    "won again": (((2, "won"), (5, "reopened"), (9, "won")), [(1, 2, 5, "reopened"), (2, 9, None, None)]),
    "lost, then won": (((1, "lost"), (4, "won")), [(1, 4, None, None)]),
    "won -> deleted": (((2, "won"), (6, "deleted")), [(1, 2, 6, "deleted")]),
    "deleted and won again": (
        ((2, "won"), (6, "deleted"), (8, "won")),
        [(1, 2, 6, "deleted"), (2, 8, None, None)],
    ),
    "three times won": (
        ((1, "won"), (2, "lost"), (3, "won"), (4, "reopened"), (5, "won")),
        [(1, 1, 2, "lost"), (2, 3, 4, "reopened"), (3, 5, None, None)],
    ),
}


@pytest.mark.parametrize("row", ROWS)
def test_deals_that_change(row):
    """Each way a deal can change makes, ends or keeps its wins as the rules say, whatever the order of the news."""
    story, expected = ROWS[row]
    assert wins(*story) == expected
    statements = told(*story)
    for order in permutations(statements) if len(statements) < 5 else [statements[::-1]]:
        assert life(order, STAGES) == life(statements, STAGES)


STAGE_NOW = {
    "nothing stated": ((), (None, "unknown", None)),
    "won without a stage": (((1, "won"),), ("won", "won", 1)),
    "won in a won stage": (((1, "won", "ClosedWon"),), ("ClosedWon", "won", 1)),
    "won in a stage that is none": (((1, "won", "engaging"),), ("won", "won", 1)),
    "lost without a stage": (((1, "lost"),), ("lost", "lost", 1)),
    "lost in a stage of its own": (((1, "lost", "closedlost"),), ("closedlost", "lost", 1)),
    "reopened in the stage given": (((1, "won"), (2, "reopened", "engaging")), ("engaging", "open", 2)),
    "reopened in the last open stage": (
        ((0, "engaging"), (1, "won"), (2, "reopened")),
        ("engaging", "open", 2),
    ),
    "reopened without any open stage": (((1, "won"), (2, "reopened")), ("prospecting", "open", 2)),
    "reopened in a stage that is not open": (
        ((0, "engaging"), (1, "won"), (2, "reopened", "won")),
        ("engaging", "open", 2),
    ),
    "an unknown stage is kept": (((0, "engaging"), (3, "Legal review")), ("Legal review", "unknown", 3)),
    "since when it is open": (((0, "prospecting"), (3, "engaging")), ("engaging", "open", 0)),
    "since when it is won": (((0, "prospecting"), (3, "won"), (4, "closedwon")), ("closedwon", "won", 3)),
    "deleted keeps the stage": (((0, "engaging"), (3, "deleted")), ("engaging", "deleted", 3)),
}


@pytest.mark.parametrize("case", STAGE_NOW)
def test_the_stage_now(case):
    """The stage a deal is in, its class, and since when it is in that class."""
    story, (stage, kind, since) = STAGE_NOW[case]
    found = life(told(*story), STAGES)
    assert (found.stage, found.stage_class) == (stage, kind)
    assert found.since == (None if since is None else day(since))


TIES = [
    ("prospecting", "engaging", "engaging"),
    ("legal", "prospecting", "prospecting"),
    ("engaging", "lost", "lost"),
    ("lost", "won", "won"),
    ("won", "closedwon", "closedwon"),
    ("legal", "review", "review"),
]


@pytest.mark.parametrize(("one", "other", "stands"), TIES)
def test_of_one_instant_the_stage_further_along_stands(one, other, stands):
    """Of two stages of one instant the one further along stands; of equals the greater event id."""
    pair = [StageStatement(T0, "a", "stage", one), StageStatement(T0, "b", "stage", other)]
    assert life(pair, STAGES).stage == life(pair[::-1], STAGES).stage == stands


@pytest.mark.parametrize(
    ("verbs", "kind"),
    [(("lost", "won"), "won"), (("won", "deleted"), "deleted"), (("reopened", "lost"), "lost")],
)
def test_of_one_instant_the_event_further_along_stands(verbs, kind):
    """Deleted stands before won, won before lost, lost before an open stage, whatever the event ids."""
    for names in permutations("ab"):
        pair = [StageStatement(T0, name, verb, None) for name, verb in zip(names, verbs, strict=True)]
        assert life(pair, STAGES).stage_class == kind


def test_an_instant_that_is_overruled_never_happened():
    """A stage that another one of the same instant stands before makes no win, and ends none."""
    assert wins((1, "won"), (1, "deleted"), (2, "engaging")) == []
    assert wins((0, "won"), (2, "lost"), (2, "won")) == [(1, 0, None, None)]


def test_a_merge_ends_a_deal_for_good():
    """A win is ended by the merge, and what is stated from then on is not this deal's story any more."""
    found = life(told((1, "won"), (5, "lost"), (6, "won")), STAGES, merged_at=day(3))
    assert (found.stage_class, found.since) == ("merged", day(3))
    assert wins((1, "won"), (5, "lost"), (6, "won"), merged_at=day(3)) == [(1, 1, 3, "merged")]
    assert wins((3, "won"), merged_at=day(3)) == []
    assert wins((1, "won"), (2, "lost"), merged_at=day(3)) == [(1, 1, 2, "lost")]


def test_a_survivor_counts_on():
    """Wins after the merge are counted after those that it brought; wins before it keep their numbers."""
    story = ((1, "won"), (2, "lost"), (4, "won"), (5, "lost"), (6, "won"))
    assert [number for number, *_ in wins(*story, carried=(day(4), 2))] == [1, 4, 5]
    assert [number for number, *_ in wins(*story, carried=(day(9), 2))] == [1, 2, 3]


def test_a_win_knows_when_the_one_before_ended():
    """The first win has none before it; a later one begins after the end of the one before."""
    found = life(told((1, "won"), (2, "lost"), (3, "won")), STAGES).wins
    assert [win.previous_end for win in found] == [None, day(2)]


VERBS = ("won", "lost", "reopened", "deleted", "prospecting", "engaging", "closedwon", "closedlost", "legal")


@given(st.lists(st.tuples(st.integers(0, 6), st.sampled_from(VERBS)), max_size=9), st.data())
def test_wins_follow_each_other(story, data):
    """In any order of news the same life: wins never overlap, only the last one may stand, and it stands if won."""
    statements = told(*story)
    found = life(data.draw(st.permutations(statements)), STAGES)
    assert found == life(statements, STAGES)
    assert [win.number for win in found.wins] == list(range(1, len(found.wins) + 1))
    for win, later in zip(found.wins, found.wins[1:], strict=False):
        assert win.stated_at < win.ended_at == later.previous_end <= later.stated_at
    assert (found.stage_class == "won") == bool(found.wins and found.wins[-1].ended_at is None)


NY = "America/New_York"
STATED = datetime(2026, 11, 20, 20, 0, tzinfo=UTC)
ENDED_BEFORE = datetime(2026, 11, 10, 12, 0, tzinfo=UTC)


def moment(text: str | None) -> When | None:
    """A moment as the source told it."""
    return When.parse(text) if text else None


CLOSINGS = {
    # closed_at, close_date, when that was stated (hours after the closing), a win before -> the result
    "nothing but the statement": (None, None, None, False, "2026-11-20T20:00:00Z"),
    "the source's close time": ("2026-11-18T10:00:00Z", None, None, False, "2026-11-18T10:00:00Z"),
    "a close day": ("2026-11-18", None, None, False, "2026-11-18"),
    "a close time later on the same day": ("2026-11-20T22:00:00Z", None, None, False, "2026-11-20T22:00:00Z"),
    "a close time in the future": ("2026-12-01", None, 0, False, "2026-11-20T20:00:00Z"),
    "a close time in the future, of unknown statement": (
        "2026-12-01",
        None,
        None,
        False,
        "2026-11-20T20:00:00Z",
    ),
    "a close time that was in the future when it was told": ("2026-11-20", None, -48, False, "2026-11-20"),
    "a close time corrected later to a later day": ("2026-11-22", None, 48, False, "2026-11-22"),
    "a close time corrected later to the future": ("2026-11-23", None, 48, False, "2026-11-20T20:00:00Z"),
    "a close time in the future, and a close day": ("2026-12-01", "2026-11-19", 0, False, "2026-11-19"),
    "the close time of the win before": ("2026-11-09T10:00:00Z", None, None, True, "2026-11-20T20:00:00Z"),
    "the close day on which the win before ended": ("2026-11-10", None, None, True, "2026-11-10"),
    "a close time after the win before": ("2026-11-10T12:00:01Z", None, None, True, "2026-11-10T12:00:01Z"),
    "an expected day told with the closing": (None, "2026-11-19", 0, False, "2026-11-19"),
    "an expected day told after the closing": (None, "2026-11-19", 5, False, "2026-11-19"),
    "an expected day told before the closing": (None, "2026-11-19", -1, False, "2026-11-20T20:00:00Z"),
    "an expected day of unknown time": (None, "2026-11-19", None, False, "2026-11-20T20:00:00Z"),
    "an expected day that is today": (None, "2026-11-20", 0, False, "2026-11-20"),
    "an expected day in the future": (None, "2026-11-21", 0, False, "2026-11-20T20:00:00Z"),
    "an expected day of the win before": (None, "2026-11-09", 0, True, "2026-11-20T20:00:00Z"),
    "both": ("2026-11-18", "2026-11-19", 0, False, "2026-11-18"),
    "an old close time and a day told with the closing": ("2026-11-09", "2026-11-19", 0, True, "2026-11-19"),
}


@pytest.mark.parametrize("case", CLOSINGS)
def test_when_a_deal_was_closed(case):
    """The source's close time, else a close date that is more than an expectation, else when it was stated."""
    closed_at, close_date, hours, again, expected = CLOSINGS[case]
    stated = None if hours is None else STATED + timedelta(hours=hours)
    found = closed_when(
        STATED, ENDED_BEFORE if again else None, moment(closed_at), stated, moment(close_date), stated, NY
    )
    assert found.text == expected


def test_a_close_day_is_a_day_of_the_agreements_zone():
    """What is today is told by the agreement's clocks: at 03:00 UTC it is still the day before in New York."""
    since = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
    for zone, expected in ((NY, date(2026, 11, 20)), ("UTC", date(2026, 11, 21))):
        found = closed_when(since, None, None, None, moment("2026-11-21"), since, zone)
        assert found.on(zone) == expected


@pytest.mark.parametrize(("age", "fresh"), [(-1, True), (0, True), (7, True), (7.001, False), (400, False)])
def test_what_is_fresh(age, fresh):
    """A win is told up to seven days after it was won, that instant counted; one of the future, too."""
    now = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
    assert is_fresh(now - timedelta(days=age), now, timedelta(days=7)) is fresh
