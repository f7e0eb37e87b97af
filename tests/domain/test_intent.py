"""What a contact's touches tell the lead's owner."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.credit import Touch
from bot.domain.intent import MOST_TOLD, QUIET, Intent, allowed, in_words, intents, touched_since

SOME = settings(max_examples=200, derandomize=True)
CAME = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
LATER = CAME + timedelta(days=365)
TICK = timedelta(microseconds=1)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
KINDS = ("visit", "download", "webinar", "demo_request", "call_request", "email_click", "ad", "event", None)
NAMES = st.sampled_from([None, "Ebook", " ebook ", "Pricing", "Webinar", "Case study", "ROI sheet"])


def touch(after, kind="visit", asset=None, campaign=None, channel=None, name=None):
    return Touch(name or f"{kind} {after}", CAME + after, asset, campaign, channel, kind)


@st.composite
def touches(draw):
    """Touches before, at and after the creation, some of them 14 days apart or together."""
    steps = st.sampled_from([timedelta(0), TICK, HOUR, DAY, QUIET - TICK, QUIET, QUIET + TICK])
    at = draw(st.sampled_from([-QUIET, -HOUR, timedelta(0), HOUR]))
    found = []
    for number in range(draw(st.integers(0, 8))):
        at += draw(steps)
        found.append(
            touch(at, draw(st.sampled_from(KINDS)), draw(NAMES), draw(NAMES), "web", name=f"t{number}")
        )
    return found


def found_in(*told, own=None, until=LATER):
    return [(intent.kind, intent.at - CAME) for intent in intents(told, CAME, until, own)]


@pytest.mark.parametrize(
    ("told", "what"),
    [
        (touch(HOUR, "visit", "Pricing", "Spring", "organic"), "Pricing"),
        (touch(HOUR, "visit", None, "Spring", "organic"), "Spring"),
        (touch(HOUR, "visit", "  ", "", "organic"), "the site"),
        (touch(HOUR, "email_click"), "an e-mail"),
        (touch(HOUR, "demo_request"), "a demo request"),
        (touch(HOUR, "call_request"), "a call request"),
        (touch(HOUR, "webinar"), "a webinar"),
        (touch(HOUR, "download"), "a download"),
        (touch(HOUR, "ad"), "an ad"),
        (touch(HOUR, "event"), "an event"),
        (touch(HOUR, "phone_poll"), "phone poll"),
        (touch(HOUR, None, channel="organic"), "Organic"),
        (touch(HOUR, None, channel="paid_search"), "Paid search"),
        (touch(HOUR, None, channel="__"), "__"),
        (touch(HOUR, None), None),
    ],
)
def test_a_touch_in_words(told, what):
    """The asset says most, then the campaign, then what kind of thing it was, then the channel as people say it."""
    assert in_words(told) == what


def test_the_latest_three_different_touches_since_they_came():
    """Repeats are named once, where they were last; what was before, and what is older than three, is left out."""
    told = [
        touch(-HOUR, "download", "Whitepaper"),
        touch(HOUR, "ad", "Retargeting"),
        touch(2 * HOUR, "download", "ROI sheet"),
        touch(3 * HOUR, "webinar"),
        touch(4 * HOUR, "visit", "Pricing"),
        touch(5 * HOUR, "download", "roi  SHEET"),
    ]
    assert touched_since(told, CAME) == ("a webinar", "Pricing", "roi  SHEET")


def test_the_way_they_came_is_not_repeated():
    """A touch of what brought them within a day of the creation is the same touch; a later one is news."""
    told = [
        touch(timedelta(0), None, "Ebook"),
        touch(DAY, "download", "EBOOK"),
        touch(2 * HOUR, "demo_request"),
    ]
    assert touched_since(told, CAME, "Ebook") == ("a demo request",)
    assert touched_since([*told, touch(DAY + TICK, "visit", "ebook")], CAME, "Ebook") == (
        "a demo request",
        "ebook",
    )
    assert touched_since([touch(HOUR, "ad", None, "Spring")], CAME, "spring") == ()


@SOME
@given(touches(), st.randoms(use_true_random=False))
def test_what_is_told_does_not_depend_on_the_order_of_the_touches(told, random):
    """Touches told late or in any order make the same line and show the same intent."""
    shuffled = list(told)
    random.shuffle(shuffled)
    assert touched_since(shuffled, CAME, "Ebook") == touched_since(told, CAME, "Ebook")
    assert intents(shuffled, CAME, LATER, "Ebook") == intents(told, CAME, LATER, "Ebook")


@SOME
@given(touches())
def test_the_line_is_short_and_about_what_came_after(told):
    """At most three different things, each touched after the creation, the latest of all at the end."""
    after = sorted((t for t in told if t.at > CAME and in_words(t)), key=lambda t: t.at)
    line = touched_since(told, CAME)
    assert len(line) <= MOST_TOLD
    assert len({" ".join(text.split()).casefold() for text in line}) == len(line)
    assert set(line) <= {in_words(t) for t in after}
    if after:
        assert line[-1] in {in_words(t) for t in after if t.at == after[-1].at}
    else:
        assert line == ()


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        ((touch(HOUR, "demo_request"),), [("demo_request", HOUR)]),
        ((touch(HOUR, "call_request"),), [("call_request", HOUR)]),
        ((touch(TICK, "demo_request"),), [("demo_request", TICK)]),
        ((touch(timedelta(0), "demo_request"), touch(-HOUR, "call_request")), []),
        ((touch(QUIET),), [("return_visit", QUIET)]),
        ((touch(QUIET - TICK),), []),
        ((touch(5 * DAY, "email_click"), touch(5 * DAY + QUIET)), [("return_visit", 5 * DAY + QUIET)]),
        ((touch(5 * DAY, "email_click"), touch(5 * DAY + QUIET - TICK)), []),
        ((touch(QUIET, "webinar"),), []),
        ((touch(QUIET), touch(QUIET + HOUR)), [("return_visit", QUIET)]),
        ((touch(QUIET, "demo_request"), touch(QUIET)), [("demo_request", QUIET)]),
        ((touch(QUIET, name="a"), touch(QUIET, name="b")), [("return_visit", QUIET)]),
        ((touch(QUIET), touch(2 * QUIET)), [("return_visit", QUIET), ("return_visit", 2 * QUIET)]),
        ((touch(-30 * DAY), touch(DAY)), []),
    ],
    ids=[
        "a demo request",
        "a call request",
        "right after the creation",
        "at the creation and before",
        "a visit 14 days after the creation",
        "a visit a little earlier",
        "a visit 14 days after another touch",
        "a visit a little earlier after another touch",
        "another touch after 14 days",
        "the visit ends the silence",
        "who asks for a demo is on the site",
        "two visits at once",
        "silent again",
        "a creation ends the silence before it",
    ],
)
def test_what_shows_intent(told, shown):
    """Requests, and a visit after exactly 14 quiet days or more; nothing at the creation or before."""
    assert found_in(*told) == shown


def test_the_touch_by_which_they_came_is_not_intent():
    """A demo form filled in makes the lead; its touch within a day is no news, a later one of it is."""
    form = [touch(at, "demo_request", "Demo  FORM") for at in (HOUR, DAY, DAY + TICK)]
    assert found_in(*form, own="demo form") == [("demo_request", DAY + TICK)]
    assert found_in(touch(HOUR, "demo_request", "Other"), own="demo form") == [("demo_request", HOUR)]
    assert found_in(touch(HOUR, "demo_request"), own=None) == [("demo_request", HOUR)]


def test_what_has_not_happened_yet_is_not_told():
    """A touch dated after the present shows nothing; one at the present does."""
    assert found_in(touch(HOUR, "demo_request"), until=CAME + HOUR) == [("demo_request", HOUR)]
    assert found_in(touch(HOUR, "demo_request"), until=CAME + HOUR - TICK) == []


def test_intent_is_told_in_words():
    """The asset that was asked about is named; without one, what kind of touch it was."""
    told = [touch(HOUR, "demo_request", "Pricing", name="t1"), touch(DAY, "call_request", name="t2")]
    assert intents(told, CAME, LATER) == (
        Intent("t1", CAME + HOUR, "demo_request", "Pricing"),
        Intent("t2", CAME + DAY, "call_request", "a call request"),
    )


@SOME
@given(touches())
def test_intent_is_a_touch_after_the_creation(told):
    """Every intent is one of the touches, after the creation; every later request is one; a visit had its silence."""
    shown = intents(told, CAME, LATER)
    by_id = {t.id: t for t in told}
    assert all(intent.at == by_id[intent.touch_id].at > CAME for intent in shown)
    assert [i.at for i in shown] == sorted(i.at for i in shown)
    requests = {t.id for t in told if t.at > CAME and t.kind in {"demo_request", "call_request"}}
    assert {i.touch_id for i in shown if i.kind != "return_visit"} == requests
    returns = {i.at for i in shown if i.kind == "return_visit"}
    quiet = {
        t.at
        for t in told
        if t.kind == "visit"
        and all(t.at - other >= QUIET for other in [CAME, *(o.at for o in told if o.at < t.at)])
    }
    together = {t.at for t in told if t.kind != "visit"}
    assert returns == {at for at in quiet if at > CAME} - together


@SOME
@given(touches(), st.integers(0, 60))
def test_later_touches_do_not_change_what_was_shown_before(told, days):
    """What shows intent up to an instant stays so, whatever happens after it."""
    until = CAME + days * DAY
    known = [t for t in told if t.at <= until]
    assert intents(told, CAME, until) == intents(known, CAME, LATER)
    assert intents(told, CAME, until) == tuple(i for i in intents(told, CAME, LATER) if i.at <= until)


AT = CAME + 30 * DAY


@pytest.mark.parametrize(
    ("kind", "told", "may"),
    [
        ("return_visit", [], True),
        ("demo_request", [], True),
        ("return_visit", [(AT - DAY, "return_visit")], True),
        ("return_visit", [(AT - DAY + TICK, "return_visit")], False),
        ("return_visit", [(AT - HOUR, "demo_request")], False),
        ("demo_request", [(AT - HOUR, "return_visit")], True),
        ("call_request", [(AT - HOUR, "return_visit"), (AT - 2 * HOUR, "return_visit")], True),
        ("demo_request", [(AT - HOUR, "call_request")], False),
        ("demo_request", [(AT - DAY, "call_request")], True),
        ("demo_request", [(AT - HOUR, "return_visit"), (AT - 2 * HOUR, "demo_request")], False),
        ("demo_request", [(AT + HOUR, "demo_request")], False),
    ],
)
def test_how_often_intent_is_told(kind, told, may):
    """Once in 24 hours for each lead; a request is told although a return was, never after another request."""
    assert allowed(Intent("t", AT, kind, "words"), told) is may


@SOME
@given(touches())
def test_no_owner_is_told_twice_a_day(told):
    """Told one after the other, two of a kind are never within 24 hours; nobody who asked goes unheard for longer."""
    log = []
    for intent in intents(told, CAME, LATER):
        if allowed(intent, log):
            log.append((intent.at, intent.kind))
    for kinds in ({"return_visit"}, {"demo_request", "call_request"}):
        times = [at for at, kind in log if kind in kinds]
        assert all(later - earlier >= DAY for earlier, later in pairwise(times))
    for intent in intents(told, CAME, LATER):
        if intent.kind != "return_visit":
            assert any(kind != "return_visit" and abs(at - intent.at) < DAY for at, kind in log)
