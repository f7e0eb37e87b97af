"""What an element holds when a person enters something, and what a press carries."""

import pytest

from bot.errors import UsageError
from bot.playground.outgoing import action, is_empty, state_of
from tests.playground.kit import button, option, options, plain, select

A, B = option("a", "A"), option("b", "B")


@pytest.mark.parametrize(
    ("element", "entered", "member", "held"),
    [
        ({"type": "plain_text_input"}, "x", "value", "x"),
        ({"type": "plain_text_input", "initial_value": "y"}, None, "value", "y"),
        ({"type": "plain_text_input"}, None, "value", None),
        ({"type": "number_input"}, "7", "value", "7"),
        ({"type": "datepicker", "initial_date": "2026-11-20"}, None, "selected_date", "2026-11-20"),
        ({"type": "datepicker"}, "2026-11-21", "selected_date", "2026-11-21"),
        ({"type": "timepicker"}, "09:30", "selected_time", "09:30"),
        ({"type": "datetimepicker"}, 1795000000, "selected_date_time", 1795000000),
        ({"type": "users_select", "initial_user": "U1"}, None, "selected_user", "U1"),
        ({"type": "multi_users_select"}, ["U1", "U2"], "selected_users", ["U1", "U2"]),
        ({"type": "channels_select"}, "C1", "selected_channel", "C1"),
        (select(options=[A, B]), "b", "selected_option", B),
        (select(options=[A, B], initial_option=A), None, "selected_option", A),
        (select(option_groups=[{"label": plain("g"), "options": [A, B]}]), "a", "selected_option", A),
        ({"type": "overflow", "options": [A, B]}, A, "selected_option", A),
        ({"type": "radio_buttons", "options": [A]}, None, "selected_option", None),
        ({"type": "checkboxes", "options": [A, B]}, ["a", "b"], "selected_options", [A, B]),
        ({"type": "checkboxes", "options": [A], "initial_options": [A]}, None, "selected_options", [A]),
        ({"type": "multi_static_select", "options": [A]}, None, "selected_options", []),
        ({"type": "multi_users_select"}, None, "selected_users", []),
        ({"type": "external_select"}, A, "selected_option", A),
    ],
)
def test_an_element_holds_what_was_entered_or_what_it_began_with(element, entered, member, held):
    """Each kind of element has its own member for it; options come whole, by their value."""
    assert state_of(element, entered) == {"type": element["type"], member: held}


@pytest.mark.parametrize(
    "element", [select(options=options(2)), {"type": "checkboxes", "options": options(2)}]
)
def test_what_is_not_offered_cannot_be_chosen(element):
    """An option of another menu is an error that lists those of this one."""
    with pytest.raises(UsageError, match="there are 0, 1"):
        state_of(element, "2" if element["type"] == "static_select" else ["0", "2"])


@pytest.mark.parametrize(
    ("state", "empty"),
    [
        ({"type": "plain_text_input", "value": None}, True),
        ({"type": "plain_text_input", "value": ""}, True),
        ({"type": "checkboxes", "selected_options": []}, True),
        ({"type": "plain_text_input", "value": "x"}, False),
        ({"type": "static_select", "selected_option": A}, False),
    ],
)
def test_an_input_is_empty_when_nothing_was_entered(state, empty):
    """No text, no choice and no list of choices are empty."""
    assert is_empty(state) is empty


def test_a_button_carries_its_own_value_or_the_one_given():
    """Without a value of its own a button carries none; a given value stands for an old copy's."""
    entries = [
        action(button("go", value="1"), "b", None, "1.0"),
        action(button("go", value="1"), "b", "2", "1.0"),
        action(button("go"), "b", None, "1.0"),
    ]
    assert [entry.get("value") for entry in entries] == ["1", "2", None]
    assert entries[0] == {
        "action_id": "go",
        "block_id": "b",
        "type": "button",
        "action_ts": "1.0",
        "text": plain("Go"),
        "value": "1",
    }
