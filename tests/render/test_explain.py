"""An explanation as a private message, as lines and as data: whole texts on file, limits, hostile words.

WINBELL_GOLDEN=write writes the files anew; then look at the difference.
"""

import json
import os
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from bot.domain.explain_facts import (
    AgreementFacts,
    AttemptFacts,
    Candidate,
    Contacted,
    CycleFacts,
    Explanation,
    FollowUpFacts,
    Happening,
    LeadOfContact,
    StepFacts,
    TierFacts,
    Unclear,
)
from bot.domain.ledger import Stopped, ledger
from bot.domain.worktime import Calendar
from bot.render import blocks
from bot.render.explain import CHARACTERS, explain, explain_data, explain_text, unclear_sentence
from bot.render.explain_words import sections, verdict
from bot.render.text import width
from bot.render.wall_time import WallClock, duration
from tests.render.judge import faults, spoken, strings

FOLDER = Path(__file__).parent / "explained"
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
NEW_YORK = Calendar(
    "America/New_York", (((540, 1020),),) * 5 + ((), ()), closed=frozenset({date(2026, 11, 26)})
)


def at(text):
    """An instant of 2026 in New York in winter: `11-25 16:00`."""
    return datetime.fromisoformat(f"2026-{text}-05:00")


START, END = at("11-25 16:00"), at("11-30 10:20")
CALL_BACK = Stopped(at("11-27 16:00"), at("11-30 09:30"), "they asked to be called later")
BREACHED = CycleFacts(
    number=1,
    lead_key="generic/L-1001",
    created_at=START,
    started_at=START,
    begins="created",
    zone="America/New_York",
    tier=TierFacts("hot", ("score 91 (at least 80)", "channel paid_search"), 4 * HOUR),
    agreement=AgreementFacts("Northwind growth agreement", at("11-02 09:00"), None),
    at_risk_at=at("11-27 11:00"),
    due_at=at("11-27 12:00"),
    state="breached",
    at_risk=False,
    ledger=ledger(NEW_YORK, START, END, [CALL_BACK]),
    counted_until=END,
    counts_to="contact",
    counted=8 * HOUR + 50 * MINUTE,
    over=4 * HOUR + 50 * MINUTE,
    contact=Contacted(END, "seen", "call", "Lee Chan", at("11-30 10:45")),
    corrected=False,
    owner="Lee Chan",
    breached_owner="Maya Okafor",
    ended_at=None,
    snoozed_until=None,
    follow_up=FollowUpFacts(
        "open",
        3,
        1,
        at("12-07 10:00"),
        None,
        None,
        (
            AttemptFacts(1, at("11-27 12:00"), END),
            AttemptFacts(2, at("12-01 10:20"), None),
        ),
    ),
    happenings=(
        Happening(START, "owned", who="Maya Okafor"),
        Happening(at("11-27 11:05"), "snoozed", by="Maya Okafor", until=at("11-27 12:30")),
        Happening(at("11-27 13:00"), "offered", who="Lee Chan", by="Maya Okafor"),
        Happening(at("11-27 13:40"), "accepted", who="Lee Chan"),
        Happening(at("11-27 16:00"), "call back", by="Lee Chan", until=at("11-30 09:30")),
        Happening(END, "seen", who="Lee Chan", more="call", logged_at=at("11-30 10:45")),
    ),
    steps=(
        StepFacts(
            "at_risk:owner",
            "At risk",
            "owner",
            at("11-27 11:00"),
            "sent",
            at("11-27 11:00"),
            "Maya Okafor",
            direct=True,
        ),
        StepFacts(
            "breach:owner",
            "At the breach",
            "owner",
            at("11-27 12:00"),
            "sent",
            at("11-27 12:30"),
            "Maya Okafor",
            direct=True,
            held_until=at("11-27 12:30"),
            reason="snoozed",
            together="End of the snooze",
        ),
        StepFacts(
            "breach+50%:manager",
            "50% after the breach",
            "manager",
            at("11-27 14:00"),
            "sent",
            at("11-27 14:00"),
            "Ana Silva",
            direct=True,
            instead_of="Tom Lind",
        ),
        StepFacts(
            "breach+75%:owner",
            "75% after the breach",
            "owner",
            at("11-27 15:00"),
            "skipped",
            reason="a later step was due as well",
        ),
        StepFacts(
            "breach+100%:channel",
            "100% after the breach",
            "channel",
            at("11-27 16:00"),
            "waiting",
            None,
            "#sales-ops",
            held_until=at("11-30 12:30"),
            reason="do not disturb",
        ),
        StepFacts(
            "attempt-2",
            "Contact 2",
            "owner",
            at("12-01 10:20"),
            "to come",
            at("12-01 10:20"),
        ),
    ),
)
VIEW = Explanation(
    lead_key="generic/L-1001",
    name="Dana Reyes",
    company="Fabrikam",
    zone="America/New_York",
    as_of=at("11-30 11:00"),
    leads=(
        LeadOfContact("generic/L-1001", "asked", None, "known", START, START),
        LeadOfContact("generic/L-1020", "same e-mail", None, "known", at("11-27 09:10"), at("11-27 09:10")),
    ),
    cycles=(BREACHED,),
    messages=(),
    note=None,
)
RUNNING = replace(
    BREACHED,
    state="running",
    at_risk=True,
    counted=3 * HOUR,
    over=None,
    contact=None,
    counts_to="now",
    breached_owner=None,
    follow_up=None,
    steps=(
        *BREACHED.steps[:1],
        StepFacts("breach:owner", "At the breach", "owner", at("11-27 12:00"), "to come", at("11-27 12:00")),
    ),
)
RETURNED = replace(
    VIEW,
    cycles=(
        replace(BREACHED, state="closed", contact=None, counts_to="end", ended_at=END, follow_up=None),
        replace(RUNNING, number=2, begins="returned"),
    ),
)
NOTHING = replace(VIEW, cycles=(), leads=VIEW.leads[:1], note="No tier of our agreement matches this lead.")
SEVERAL = Unclear(
    "dana", (Candidate("generic/L-1", "Dana Reyes", "Fabrikam"), Candidate("hubspot/7", "Dana Roe", None)), 3
)
VIEWS = {"breached": VIEW, "came_back": RETURNED, "no_clock": NOTHING}
EVERY = [*VIEWS.values(), SEVERAL, Unclear("nobody", ()), Unclear("", ())]


def on_file(name, text):
    """What the file of that name holds; written anew first, if that is asked for."""
    file = FOLDER / name
    if os.environ.get("WINBELL_GOLDEN") == "write":
        file.write_text(text, encoding="utf-8")
    return file.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", VIEWS)
def test_the_message_is_the_one_on_file(name):
    """The message is exactly the one that was looked at when its file was written."""
    body = json.dumps(explain(VIEWS[name]).as_dict(), indent=1, ensure_ascii=False) + "\n"
    assert on_file(f"{name}.json", body) == body


@pytest.mark.parametrize("name", VIEWS)
def test_the_lines_are_those_on_file(name):
    """What the terminal shows is exactly what was looked at when its file was written."""
    text = explain_text(VIEWS[name]) + "\n"
    assert on_file(f"{name}.txt", text) == text


def test_every_file_has_its_case():
    """No file is left over from an explanation that is gone."""
    assert {file.name for file in FOLDER.iterdir()} == {
        f"{name}.{kind}" for name in VIEWS for kind in ("json", "txt")
    }


@pytest.mark.parametrize("view", EVERY)
def test_slack_takes_it_and_nobody_is_mentioned(view):
    """Every message is one that Slack takes, without a single token: no mention, no link, no date."""
    assert faults(explain(view)) == []


def test_the_message_and_the_terminal_say_the_same():
    """Every cell of every line stands in both, in the same order."""
    told = [cell for section in sections(VIEW) for line in section.lines for cell in line if cell]
    for text in (spoken(explain(VIEW)).replace("\u00a0", " "), explain_text(VIEW)):
        start = 0
        for cell in told:
            start = text.find(cell, start)
            assert start >= 0, cell
            start += len(cell)


def long_view(cycles, entries, steps):
    """A view that is too long for a message."""
    days = ledger(NEW_YORK, at("01-05 10:00"), at("01-05 10:00") + timedelta(days=entries))
    step = BREACHED.steps[1]
    one = replace(
        BREACHED,
        ledger=days,
        steps=tuple(replace(step, key=f"step-{number}", what=f"Step {number}") for number in range(steps)),
    )
    return replace(VIEW, cycles=tuple(replace(one, number=number + 1) for number in range(cycles)))


@pytest.mark.parametrize(
    ("cycles", "entries", "steps"), [(1, 60, 90), (3, 60, 20), (12, 60, 30), (40, 300, 5), (150, 60, 60)]
)
def test_what_is_too_long_is_cut_and_says_so(cycles, entries, steps):
    """At most 50 blocks and 11,000 characters; the latest clock is always there, and where to read the rest."""
    view = long_view(cycles, entries, steps)
    payload = explain(view)
    assert faults(payload) == []
    shown = sum(width(text) for _, text in strings(payload.as_dict()["blocks"]))
    assert (len(payload.blocks) <= blocks.BLOCKS, shown <= CHARACTERS) == (True, True)
    said = spoken(payload)
    assert "Shortened; winbell explain generic/L-1001 shows all of it." in said
    assert f"Step {steps - 1}, for the owner" in said
    assert f"Clock {cycles}" in said or cycles == 1
    assert explain_text(view).count("At the breach") >= cycles


def test_the_ledger_is_cut_before_anything_else():
    """A ledger that alone is too long is shortened; no step and no event is."""
    view = long_view(4, 60, 6)
    said = spoken(explain(view))
    assert "working days" in said
    assert "not shown here" not in said
    assert "Earlier clocks" not in said


def test_hostile_words_stay_words():
    """Names, conditions and reasons from outside act in no way and stay on their line."""
    bad = "<!channel> *x* <@U0MAYA>\n`rm -rf`\u202e \x1b[31m"
    step = replace(BREACHED.steps[1], where=bad, reason=bad, what=bad, to=bad, together=bad)
    cycle = replace(
        BREACHED,
        tier=TierFacts(bad, (bad,), HOUR),
        agreement=AgreementFacts(bad, None, None),
        owner=bad,
        breached_owner=bad,
        happenings=(Happening(START, "ended", who=bad, by=bad, more=bad),),
        steps=(step,),
    )
    view = replace(VIEW, name=bad, company=bad, lead_key=bad, cycles=(cycle,))
    assert faults(explain(view)) == []
    assert "\x1b" not in explain_text(view)
    assert len(explain_text(view).split("\n")) == len(
        explain_text(replace(VIEW, cycles=(cycle,))).split("\n")
    )
    assert faults(explain(Unclear(bad, (Candidate(bad, bad, bad),)))) == []


def test_data_holds_instants_in_utc_and_durations_in_minutes():
    """Programs get the same values: UTC text, minutes with their unit in the name, null where there is nothing."""
    made = json.loads(json.dumps(explain_data(VIEW)))
    (cycle,) = made["cycles"]
    assert (made["as_of"], cycle["due_at"], cycle["ended_at"]) == (
        "2026-11-30T16:00:00Z",
        "2026-11-27T17:00:00Z",
        None,
    )
    assert (cycle["counted_minutes"], cycle["over_minutes"], cycle["tier"]["first_contact_minutes"]) == (
        530,
        290,
        240,
    )
    assert cycle["ledger"][0] == {
        "kind": "worked",
        "first": "2026-11-25",
        "last": "2026-11-25",
        "spans": [["2026-11-25T21:00:00Z", "2026-11-25T22:00:00Z"]],
        "counted_minutes": 60,
        "total_minutes": 60,
        "not_counted_minutes": 0,
        "reason": None,
        "own_hours": False,
        "at": None,
        "shift_minutes": 0,
        "days": 0,
    }
    assert cycle["steps"][1]["held_until"] == "2026-11-27T17:30:00Z"


def test_who_was_meant_is_asked_for_in_a_sentence():
    """None or several leads: a sentence that says what to type instead."""
    assert unclear_sentence(Unclear("nobody", ())) == (
        "no lead is known as “nobody”; give its id, its e-mail, or its name as the CRM writes it"
    )
    assert unclear_sentence(SEVERAL) == (
        "5 leads match “dana”; be more precise, best by id: generic/L-1 (Dana Reyes, Fabrikam); "
        "hubspot/7 (Dana Roe); and 3 more"
    )
    assert explain(SEVERAL).text.startswith("5 leads match “dana”; be more precise")


@pytest.mark.parametrize(
    ("span", "said"),
    [
        (timedelta(0), "0 min"),
        (timedelta(seconds=45), "45 s"),
        (20 * MINUTE, "20 min"),
        (4 * HOUR, "4 h"),
        (HOUR + 30 * MINUTE + timedelta(seconds=5), "1 h 30 min 5 s"),
        (1000 * HOUR, "1,000 h"),
    ],
)
def test_a_length_of_time_in_words(span, said):
    """Hours, minutes and seconds, none of them where it is nothing."""
    assert duration(span) == said


def test_a_clock_on_the_wall():
    """Days, times, both zones, ranges and changes of the clocks as people say them."""
    clock = WallClock("America/New_York", at("11-30 11:00"))
    assert clock.on(at("11-25 16:00")) == "Wed 25 Nov, 16:00"
    assert clock.on(datetime.fromisoformat("2025-12-31T23:59:30-05:00")) == "Wed 31 Dec 2025, 23:59:30"
    assert clock.both(at("11-25 16:00")) == "Wed 25 Nov, 16:00 (21:00 UTC)"
    assert clock.both(at("11-25 20:00")) == "Wed 25 Nov, 20:00 (Thu 26 Nov, 01:00 UTC)"
    assert WallClock("UTC", START).both(START) == "Wed 25 Nov, 21:00 UTC"
    assert clock.near(at("11-25 17:00"), START) == "at 17:00"
    assert clock.near(at("11-26 17:00"), START) == "on Thu 26 Nov, 17:00"
    assert clock.days(date(2026, 11, 21), date(2026, 11, 22)) == "Sat 21 to Sun 22 Nov"
    assert clock.days(date(2026, 10, 31), date(2026, 11, 1)) == "Sat 31 Oct to Sun 1 Nov"
    assert clock.span(at("11-25 09:00"), at("11-26 00:00")) == "09:00-24:00"
    autumn, spring = datetime.fromisoformat("2026-11-01T06:00Z"), datetime.fromisoformat("2026-03-08T07:00Z")
    assert clock.change(autumn, -HOUR) == "clocks go back 1 h at 02:00"
    assert clock.change(spring, HOUR) == "clocks go forward 1 h at 02:00"


@pytest.mark.parametrize(
    ("agreed", "told"),
    [(HOUR, "1 h was"), (2 * HOUR, "2 h were"), (MINUTE, "1 min was"), (90 * MINUTE, "1 h 30 min were")],
)
def test_one_hour_was_agreed(agreed, told):
    """One of a unit is one."""
    cycle = replace(BREACHED, tier=replace(BREACHED.tier, first_contact=agreed))
    clock = WallClock("America/New_York", END)
    assert verdict(cycle, clock) == f"Contacted late: after 8 h 50 min of working time; {told} agreed."


@pytest.mark.parametrize(
    ("zone", "instant", "told"),
    [
        ("America/New_York", "2026-11-01T05:30Z", "Sun 1 Nov, 01:30 UTC-4"),
        ("America/New_York", "2026-11-01T06:30Z", "Sun 1 Nov, 01:30 UTC-5"),
        ("America/New_York", "2026-11-01T04:59Z", "Sun 1 Nov, 00:59"),
        ("America/New_York", "2026-11-01T07:00Z", "Sun 1 Nov, 02:00"),
        ("America/New_York", "2026-03-08T07:00Z", "Sun 8 Mar, 03:00"),
        ("Australia/Lord_Howe", "2026-04-04T15:15Z", "Sun 5 Apr, 01:45 UTC+10:30"),
        ("Europe/Lisbon", "2026-10-25T01:10Z", "Sun 25 Oct, 01:10 UTC+0"),
    ],
)
def test_the_hour_that_comes_twice_is_told_apart(zone, instant, told):
    """When clocks go back, the same time comes twice: it has its offset, and no other time has."""
    assert WallClock(zone, START).on(datetime.fromisoformat(instant)) == told
