"""The answer to `/sla`."""

from dataclasses import replace

import pytest

from bot.domain.facts import Named
from bot.render.sla import sla
from tests.render import examples as ex
from tests.render.judge import faults

OURS = ("<!date^1795186800", "<@U0MAYA>")


def figures(row, **changes):
    """The lines about one person, without heading and time."""
    view = replace(ex.SLA_TEAM, whose="mine", rows=(), total=replace(row, **changes))
    return sla(view).text.splitlines()[1:-1]


def test_the_team_first_then_each_owner():
    """All figures of the team, two for each owner, the small print last; people are mentioned if Slack knows them."""
    assert sla(ex.SLA_TEAM).text == (
        "First contacts, team. Leads whose clock started this month, since 1 Nov (America/New_York).\n"
        "73.9% in time (17 of 23).\n"
        "6 open (2 at risk) · 6 late (3 still waiting).\n"
        "Half of the contacts within 1 h 1 min of working time, nine of ten within 8 h.\n"
        "15 seen in the CRM, 5 said by the owner.\n"
        "Value at risk about $4,800, by own history.\n"
        "Follow-up: 8 open, 14 kept, 4 broken, 3 without a reply after the last attempt.\n"
        "Tom Lind: 60% in time (6 of 10), 3 open (1 at risk) · 4 late (2 still waiting).\n"
        "<@U0MAYA>: 91.7% in time (11 of 12), 2 open · 1 late.\n"
        "ana.silva@seller.example: nothing due yet, 1 open (1 at risk) · 0 late.\n"
        "without an owner: 0% in time (0 of 1), 0 open · 1 late (1 still waiting).\n"
        "As of 20 Nov, 15:00 (UTC)."
    )


def test_what_is_not_known_is_left_out():
    """Without a contact there are no times; without value at risk no amount; without an exhausted lead no word of it."""
    assert figures(ex.SLA_TEAM.rows[2]) == [
        "Nothing due yet.",
        "1 open (1 at risk) · 0 late.",
        "Follow-up: 1 open, 0 kept, 0 broken.",
    ]


def test_a_follow_up_that_nobody_agreed_on_is_not_told():
    """Where one contact is all that was agreed, it is all that is counted."""
    view = replace(ex.SLA_TEAM, rows=(), follow_up=False)
    assert not any(line.startswith("Follow-up") for line in sla(view).text.splitlines())


@pytest.mark.parametrize(
    ("median", "p90", "told"),
    [
        (0.0, 59.4, "0 min of working time, nine of ten within 59 min"),
        (59.5, 60.0, "1 h of working time, nine of ten within 1 h"),
        (90.5, 6000.0, "1 h 31 min of working time, nine of ten within 100 h"),
    ],
)
def test_working_time_is_told_in_hours_and_minutes(median, p90, told):
    """Working minutes as people say them."""
    lines = figures(ex.SLA_TEAM.rows[0], median_minutes=median, p90_minutes=p90)
    assert f"Half of the contacts within {told}." in lines


def test_nobody_came():
    """No lead in the time is one sentence, not a table of zeros."""
    none = replace(ex.SLA_TEAM.rows[2], open=0, at_risk=0)
    assert sla(replace(ex.SLA_TEAM, whose="mine", period="week", rows=(), total=none)).text == (
        "First contacts, mine. Leads whose clock started this week, since 1 Nov (America/New_York).\n"
        "No lead came in this time."
    )


def test_somebody_whose_name_slack_alone_knows_is_mentioned():
    """A title holds no mention, so the person stands in the line below; aloud, in the first sentence."""
    shown = sla(replace(ex.SLA_TEAM, whose=Named("maya@seller.example", None, "U0MAYA"), rows=()))
    assert (shown.blocks[0]["text"]["text"], shown.blocks[1]["elements"][0]["text"]) == (
        "First contacts",
        "<@U0MAYA>",
    )
    assert shown.text.startswith("First contacts, <@U0MAYA>. Leads whose clock started")


@pytest.mark.parametrize(
    ("before", "late", "told"),
    [
        (1, 0, "1 lead from before is still waiting."),
        (1, 1, "1 lead from before is still waiting (1 late)."),
        (1200, 30, "1,200 leads from before are still waiting (30 late)."),
    ],
)
def test_leads_of_before_are_told_apart(before, late, told):
    """A lead of before the time that waits still is a line after the figures, also where no lead came since."""
    none = replace(ex.SLA_TEAM.rows[2], open=0, at_risk=0)
    view = replace(ex.SLA_TEAM, rows=(), before=before, before_late=late)
    assert sla(view).text.splitlines()[-2] == told
    assert sla(replace(view, total=none)).text.splitlines()[1:] == ["No lead came in this time.", told]


@pytest.mark.parametrize(
    ("count", "last"), [(15, "As of"), (16, "And 1 more person."), (99, "And 84 more people.")]
)
def test_fifteen_owners_are_shown_and_the_rest_is_counted(count, last):
    """The total counts everybody; fifteen owners are named."""
    payload = sla(replace(ex.SLA_TEAM, rows=ex.SLA_TEAM.rows[:1] * count))
    lines = payload.text.splitlines()
    assert sum(line.startswith("Tom Lind") for line in lines) == 15
    assert (lines[-1] if count == 15 else lines[-2]).startswith(last)


def test_the_longest_answer_is_one_that_slack_takes():
    """Names and amounts of any length are within every limit."""
    row = replace(
        ex.SLA_TEAM.rows[0], owner=replace(ex.TOM, name="n" * 500), value_at_risk=ex.usd(10**40), met=10**9
    )
    view = replace(ex.SLA_TEAM, whose=replace(ex.TOM, name="w" * 500), rows=(row,) * 40, total=row)
    assert faults(sla(view), OURS) == []
