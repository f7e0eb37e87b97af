"""The agreement in words, and what changed in it."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.domain.terms import Terms
from bot.render.agreement import agreement_changed, agreement_words
from tests.render.examples import CHANGES, TERMS
from tests.render.judge import faults, spoken
from tests.render.test_hostile import CORPUS

SINCE = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
ZONE = "America/New_York"
TOKEN = "<!date^1795186800"


def test_everything_that_was_agreed_is_shown_and_read_aloud():
    """Each sentence of each section stands in the message, for the eye and for the ear, with since when."""
    payload = agreement_words(TERMS, SINCE, ZONE)
    for title, sentences in TERMS.sections:
        assert "\n".join([title, *("• " + said for said in sentences)]) in spoken(payload).replace(
            "\n\n\n", "\n"
        )
        assert f"{title}: {' '.join(sentences)}" in payload.text
    assert payload.text.startswith(
        "Northwind growth agreement.\nIn force since 20 Nov, 10:00 (America/New_York).\n"
    )
    assert faults(payload, (TOKEN,)) == []


def test_what_is_not_in_force_has_no_since():
    """Before its first start an agreement can be read, too."""
    payload = agreement_words(TERMS, None, ZONE)
    assert "In force since" not in payload.text + spoken(payload)
    assert payload.text.startswith("Northwind growth agreement.\nWorking hours: ")


def test_each_change_is_a_line():
    """What changed, in the order it is given, and what that means for leads that wait."""
    payload = agreement_changed("Ours", CHANGES, ZONE, SINCE)
    assert payload.text.split("\n") == [
        "The agreement has changed: Ours, in force since 20 Nov, 10:00 (America/New_York).",
        "Tier hot: first contact within 1 working hour, before within 2.",
        "New tier everyone, all leads: first contact within 4 working hours.",
        "New promise each month, all channels: 500 leads worth 500,000 USD.",
    ]
    assert "\n\n\n".join("• " + said for said in CHANGES) in spoken(payload)
    assert faults(payload, (TOKEN,)) == []


@pytest.mark.parametrize(
    ("count", "last"),
    [(1, "Change 0."), (20, "Change 19."), (21, "And 1 more change."), (90, "And 70 more changes.")],
)
def test_of_many_changes_the_rest_is_counted(count, last):
    """Twenty are told, the message stays one that Slack takes."""
    payload = agreement_changed("Ours", [f"Change {number}." for number in range(count)], ZONE, SINCE)
    lines = payload.text.split("\n")
    assert (len(lines), lines[-1]) == (1 + min(count, 21), last)
    assert faults(payload, (TOKEN,)) == []


def test_of_a_long_agreement_the_rest_is_counted():
    """Fifty tiers, more sections than there are: Slack takes the message."""
    many = replace(TERMS, sections=(("Tiers", tuple(f"Tier {number}." for number in range(50))),) * 60)
    payload = agreement_words(many, SINCE, ZONE)
    assert spoken(payload).count("And 30 more sentences.") == len(payload.blocks) - 2 == 20
    assert faults(payload, (TOKEN,)) == []


@pytest.mark.parametrize("text", CORPUS)
def test_hostile_names_are_only_names(text):
    """Whatever a name, a tier or a reason is called, nothing in it acts."""
    terms = Terms(text, ((text, (text, f"{text}: first contact")), ("Tiers", ())))
    assert faults(agreement_words(terms, SINCE, ZONE), (TOKEN,)) == []
    assert faults(agreement_changed(text, (text, f"Tier {text} is gone."), ZONE, SINCE), (TOKEN,)) == []
