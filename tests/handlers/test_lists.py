"""From which list something was pressed, and how a form remembers it."""

from __future__ import annotations

import pytest

from handlers.lists import Place, carrying, place_in, place_of, ref_in

ADDRESS = "https://hooks.slack.example/actions/T1/2/abc"
HERE = Place("mine", ADDRESS)
VIEW = {"type": "modal", "private_metadata": "ref-1", "title": {}}


def pressed(block_id: str = "leads:3:mine", *, hidden: bool = True, address: str | None = ADDRESS):
    """What Slack sends of a press."""
    return {
        "container": {"type": "message", "is_ephemeral": hidden},
        "response_url": address,
        "actions": [{"block_id": block_id, "action_id": "contacted", "value": "ref-1"}],
    }


def test_a_press_in_a_list_tells_which_one():
    """The block names the list, the press brings the address."""
    assert place_of(pressed()) == HERE
    assert place_of(pressed("leads:0:ana@seller.example")) == Place("ana@seller.example", ADDRESS)


@pytest.mark.parametrize(
    "body",
    [
        pressed("lead:0:ref-1"),
        pressed("leads:0:"),
        pressed(hidden=False),
        pressed(address=None),
        {"actions": [{"action_id": "contacted"}], "container": {"type": "view"}},
        {},
    ],
    ids=["a reminder", "no list named", "a message", "no address", "a view", "nothing"],
)
def test_other_presses_are_in_no_list(body):
    """A message that all see is corrected elsewhere; what cannot be changed is left alone."""
    assert place_of(body) is None


def test_a_form_carries_the_list_it_was_opened_from():
    """The reference of the lead is still found in it, and the list as well; nothing else of the form changes."""
    carried = carrying(VIEW, HERE)
    assert (ref_in(carried), place_in(carried)) == ("ref-1", HERE)
    assert {**carried, "private_metadata": "ref-1"} == VIEW


@pytest.mark.parametrize("view", [VIEW, {"type": "modal"}])
def test_a_form_of_a_reminder_carries_no_list(view):
    """A form that was opened from a message, and a view that is no form, stay as they are."""
    assert carrying(view, None) == view
    assert carrying({"type": "modal"}, HERE) == {"type": "modal"}
    assert (ref_in(view), place_in(view)) == (view.get("private_metadata", ""), None)
