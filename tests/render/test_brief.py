"""What marketing reads: the daily brief, and the leads that were not a fit."""

from dataclasses import replace

import pytest

from bot.render.brief import LEADS_SHOWN, PROMISES_SHOWN, brief, feedback
from tests.render import examples as ex
from tests.render.judge import spoken


def test_brief_reads_well_aloud():
    """The text says it all: who came from nowhere, and what is behind with its figures."""
    assert brief(ex.BRIEF).text.splitlines() == [
        "For marketing, 16 Nov.",
        (
            "3 leads reached sales without asset or campaign: Dana Reyes, Northwind Robotics; "
            "kim.berg@prospect.example; Fabrikam."
        ),
        "Behind pace.",
        "Paid search: 212 of 265 leads expected by today; 14 a working day would reach 500 this month.",
        (
            "All channels: leads worth $212,000.00 of $265,000.00 expected by today; no working day is left to reach "
            "$500,000.00 this quarter."
        ),
    ]


def test_brief_counts_the_leads_that_it_does_not_name():
    """Beyond those named the rest is a number, and the headline counts them all."""
    told = brief(replace(ex.BRIEF, behind=(), leads=ex.BLIND[:1], more=7))
    assert told.text.splitlines()[1] == (
        "8 leads reached sales without asset or campaign: Dana Reyes, Northwind Robotics; and 7 more."
    )
    assert "• Dana Reyes\n, Northwind Robotics\n\n\nand 7 more" in spoken(told).replace("• \n", "• ")


def test_brief_of_one_lead_speaks_of_one():
    """One lead is one lead, and one lead expected is one lead."""
    one = replace(ex.SHORT_OF_LEADS, actual=0, expected=1, target=2, needed=1)
    assert brief(replace(ex.BRIEF, leads=ex.BLIND[2:], behind=(one,))).text.splitlines()[1:] == [
        "1 lead reached sales without asset or campaign: Fabrikam.",
        "Behind pace.",
        "Paid search: 0 of 1 lead expected by today; 1 a working day would reach 2 this month.",
    ]


def test_brief_of_many_promises_ends():
    """Twenty promises are told, the rest is counted."""
    told = brief(replace(ex.BRIEF, leads=(), behind=(ex.SHORT_OF_LEADS,) * (PROMISES_SHOWN + 3)))
    assert told.text.splitlines()[-1] == "And 3 more promises."
    assert told.text.count("Paid search") == PROMISES_SHOWN


def test_feedback_reads_well_aloud():
    """Each lead with its way, the reason and the words; nobody is named as the one who said it."""
    assert feedback(ex.FEEDBACK).text.splitlines() == [
        "Not a fit: 2 leads, 16 Nov.",
        (
            "Dana Reyes, Northwind Robotics. Came through Robot picking ebook, wrong industry: “They rent robots, they "
            "never buy any.”"
        ),
        "kim.berg@prospect.example. How they came is not known, student.",
    ]


def test_feedback_taken_back_is_one_calm_line():
    """What was there and is not any more leaves one sentence."""
    told = feedback(replace(ex.FEEDBACK, leads=()))
    assert (told.text, spoken(told)) == ("No lead of 16 Nov is marked as not a fit any more.",) * 2


@pytest.mark.parametrize("extra", [1, 1000])
def test_feedback_of_many_leads_shows_the_latest(extra):
    """Forty are shown, the earlier ones are counted, and the headline counts all."""
    leads = tuple(replace(ex.BARE_MISFIT, name=f"Lead {number}") for number in range(LEADS_SHOWN + 1))
    told = feedback(replace(ex.FEEDBACK, leads=leads, more=extra - 1))
    shown = spoken(told)
    assert [f"Lead {number}" in shown for number in (0, LEADS_SHOWN - 1, LEADS_SHOWN)] == [True, True, False]
    assert shown.splitlines()[0] == f"Not a fit: {LEADS_SHOWN + extra:,} leads, 16 Nov"
    assert shown.splitlines()[-1] == f"and {extra:,} earlier"


def test_feedback_keeps_silent_about_a_deleted_lead():
    """Of a lead that was deleted only the way and the reason are left: no name, no address, no words."""
    told = feedback(replace(ex.FEEDBACK, leads=(replace(ex.NOT_A_FIT, deleted=True),)))
    assert told.text.splitlines()[1] == "A deleted lead. Came through Robot picking ebook, wrong industry."
    assert [word in str(told.as_dict()) for word in ("Dana", "Northwind", "rent", "leads/L-77")] == [
        False
    ] * 4


def test_feedback_cuts_long_words():
    """What somebody wrote at length is cut after 200 characters; the reason stays whole."""
    told = feedback(replace(ex.FEEDBACK, leads=(replace(ex.NOT_A_FIT, words="x" * 900),)))
    assert told.text.endswith("wrong industry: “" + "x" * 199 + "…”")
