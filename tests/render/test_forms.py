"""The forms about a lead."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.answering import NOTE
from bot.playground import outgoing
from bot.playground.blockkit import check_view
from bot.playground.methods.views import wire_view
from bot.playground.records import View
from bot.render import forms
from bot.render.forms import EXACT, FORMS, SHORT
from tests.render.examples import FORM


def inputs(view):
    """The input blocks by their ids."""
    return {block["block_id"]: block for block in view["blocks"] if block["type"] == "input"}


def offered(block):
    """What can be chosen in a block: the labels by their values."""
    return {option["value"]: option["text"]["text"] for option in block["element"]["options"]}


def sentence(view, index=-1):
    """The words of a block of rich text."""
    return view["blocks"][index]["elements"][0]["elements"][0]["text"]


def sent_back(view, entered):
    """The view as Slack sends it with a submission; `entered` is block id → what is entered."""
    state = {
        name: {forms.VALUE: outgoing.state_of(block["element"], entered.get(name))}
        for name, block in inputs(view).items()
    }
    return wire_view(View("V1", "UANA", view, "1.1", "V1"), state)


@pytest.mark.parametrize("name", FORMS)
def test_form_carries_the_reference_alone_and_shows_whose_it_is(name):
    """Its callback id is its name, its title the label that opened it, its first line the lead."""
    view = forms.form(name, FORM)
    assert (view["callback_id"], view["private_metadata"]) == (name, "L-77.1")
    assert (view["title"]["text"], sentence(view, 0)) == (FORMS[name], "Dana Reyes, Northwind Robotics")


def test_log_details_asks_what_how_and_when():
    """A call just now is what is expected; what is written is as long as it may be stored."""
    found = inputs(forms.form("log_details", FORM))
    assert {name: block["optional"] for name, block in found.items()} == {
        "kind": False,
        "outcome": False,
        "at": False,
        "call_back_at": True,
        "note": True,
        "next_step": True,
    }
    assert offered(found["kind"]) == {
        "call": "Call",
        "email": "E-mail",
        "meeting": "Meeting",
        "message": "Message",
    }
    assert found["kind"]["element"]["initial_option"]["value"] == "call"
    assert offered(found["outcome"]) == {
        "connected": "Reached them",
        "no_answer": "No answer",
        "bounced": "Bounced",
        "asked_to_be_called": "Asked to be called",
    }
    at = datetime.fromtimestamp(found["at"]["element"]["initial_date_time"], UTC)
    assert at == FORM.now.replace(second=0)
    assert "initial_date_time" not in found["call_back_at"]["element"]
    limits = [found[name]["element"]["max_length"] for name in ("note", "next_step")]
    assert limits == [NOTE, SHORT]


@pytest.mark.parametrize(
    ("zone", "labels"),
    [
        ("Europe/Berlin", ["Today 15:20", "Mon 23 Nov 09:00", "Tue 24 Nov 09:00"]),
        ("Asia/Tokyo", ["Today 23:20", "Mon 23 Nov 17:00", "Tue 24 Nov 17:00"]),
        ("Pacific/Auckland", ["Today 03:20", "Mon 23 Nov 21:00", "Tue 24 Nov 21:00"]),
        ("Pacific/Honolulu", ["Today 04:20", "Sun 22 Nov 22:00", "Mon 23 Nov 22:00"]),
        ("Nowhere/Atall", ["Today 14:20", "Mon 23 Nov 08:00", "Tue 24 Nov 08:00"]),
    ],
)
def test_snooze_offers_times_in_the_readers_words(zone, labels):
    """Times are told as the reader's wall shows them; the first is chosen, and the value is the instant."""
    until = inputs(forms.form("snooze", replace(FORM, zone=zone)))["until"]
    assert list(offered(until).values()) == labels
    assert [datetime.fromtimestamp(int(value), UTC) for value in offered(until)] == list(FORM.suggestions)
    assert until["element"]["initial_option"] == until["element"]["options"][0]


def test_snooze_says_tomorrow_and_the_year_where_it_helps():
    """The next day has a name; another year is told."""
    now = datetime(2026, 12, 30, 12, 0, tzinfo=UTC)
    times = (now + timedelta(days=1), now + timedelta(days=2))
    until = inputs(forms.form("snooze", replace(FORM, zone="UTC", now=now, suggestions=times)))["until"]
    assert list(offered(until).values()) == ["Tomorrow 12:00", "Fri 1 Jan 2027 12:00"]


def test_snooze_without_a_suggestion_asks_for_a_time():
    """An exact time is a way beside the suggestions, and the only one where there are none."""
    assert {name: block["optional"] for name, block in inputs(forms.form("snooze", FORM)).items()} == {
        "until": False,
        EXACT: True,
    }
    bare = inputs(forms.form("snooze", replace(FORM, suggestions=())))
    assert {name: block["optional"] for name, block in bare.items()} == {EXACT: False}


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (3, "3 snoozes left for this lead."),
        (1, "This is the last time that this lead can be snoozed."),
        (
            0,
            "By the agreement this lead cannot be snoozed any more. Contact it, log details or hand it over.",
        ),
    ],
)
def test_snooze_says_how_many_are_left(left, words):
    """With none left there is nothing to fill in and nothing to send."""
    view = forms.form("snooze", replace(FORM, snoozes_left=left))
    assert (sentence(view), "submit" in view, bool(inputs(view))) == (words, left > 0, left > 0)


@pytest.mark.parametrize(
    ("count", "kind"), [(1, "radio_buttons"), (10, "radio_buttons"), (11, "static_select")]
)
def test_not_a_fit_offers_the_agreements_reasons(count, kind):
    """At most ten are all seen at once; more are a menu."""
    reasons = tuple(f"reason {number}" for number in range(count))
    reason = inputs(forms.form("not_a_fit", replace(FORM, reasons=reasons)))["reason"]
    assert (reason["element"]["type"], tuple(offered(reason))) == (kind, reasons)


ENTERED = {
    "log_details": {
        "kind": "meeting",
        "outcome": "asked_to_be_called",
        "at": 1_795_100_000,
        "call_back_at": 1_795_300_000,
        "note": "Two lines\nof <!channel>",
    },
    "snooze": {"until": str(int(FORM.suggestions[1].timestamp())), EXACT: 1_795_300_020},
    "hand_over": {"person": "UBEN", "reason": "on holiday"},
    "not_a_fit": {"reason": "student"},
}


@pytest.mark.parametrize("name", FORMS)
def test_form_comes_again_with_what_was_entered(name):
    """What somebody typed is never lost; above it stands why it came again, once however often that happens."""
    view = sent_back(forms.form(name, FORM), ENTERED[name])
    first = forms.again(view, "First.")
    twice = forms.again(sent_back(first, {}), "Choose a time in the future.")
    assert check_view(twice) == []
    assert sentence(twice, 0) == "Choose a time in the future."
    assert [twice["callback_id"], twice["private_metadata"]] == [name, "L-77.1"]
    assert len(twice["blocks"]) == len(view["blocks"]) + 1
    assert sent_back(twice, {})["state"] == view["state"]


def test_an_emptied_field_comes_again_empty():
    """A time that was taken out does not come back as it was at first."""
    view = sent_back(forms.form("log_details", FORM), {"outcome": "connected"})
    view["state"]["values"]["at"][forms.VALUE]["selected_date_time"] = None
    assert "initial_date_time" not in inputs(forms.again(view, "When?"))["at"]["element"]


@given(
    st.lists(st.integers(1, 400 * 24 * 60), max_size=15),
    st.integers(-1, 99),
    st.sampled_from(["UTC", "America/New_York", "Asia/Kathmandu"]),
)
def test_any_snooze_form_is_one_that_slack_takes(minutes, left, zone):
    """Whatever is suggested, the form is valid."""
    suggestions = tuple(FORM.now + timedelta(minutes=one) for one in sorted(set(minutes)))
    view = forms.form("snooze", replace(FORM, suggestions=suggestions, snoozes_left=left, zone=zone))
    assert check_view(view) == []
