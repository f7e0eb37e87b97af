"""What Slack checks in a form by itself, both ways, for every kind of input that has a check."""

import pytest

from bot.playground import outgoing
from bot.playground.form_checks import EMPTY, FormError, problem
from tests.playground.kit import options, plain


def judged(value, kind="plain_text_input", *, optional=False, **members):
    """What stands beside an input that holds a value."""
    element = {"type": kind, "action_id": "a", **members}
    block = {"type": "input", "block_id": "b", "label": plain("x"), "element": element, "optional": optional}
    return problem(block, outgoing.state_of(element, value))


LIMITED = {"min_length": 2, "max_length": 4}
SCORE = {"kind": "number_input", "is_decimal_allowed": False, "min_value": "1", "max_value": "100"}
DECIMAL = {"kind": "number_input", "is_decimal_allowed": True}
EMAIL = {"kind": "email_text_input"}
URL = {"kind": "url_text_input"}
SOME = {"kind": "multi_static_select", "options": options(3), "max_selected_items": 2}

TAKEN = [
    ("x", {}),
    (None, {"optional": True}),
    ("ab", LIMITED),
    ("abcd", LIMITED),
    ("1", SCORE),
    ("100", SCORE),
    ("7.0", SCORE),
    ("-0.5", DECIMAL),
    ("dana@northwind.example", EMAIL),
    ("http://crm.example", URL),
    ("HTTPS://crm.example/a?b=c", URL),
    (["0", "1"], SOME),
    ("2026-11-20", {"kind": "datepicker"}),
    ("09:30", {"kind": "timepicker"}),
    (1_795_165_200, {"kind": "datetimepicker"}),
    ("UANA", {"kind": "users_select"}),
]
REFUSED = [
    (None, {}, EMPTY),
    ("", {}, EMPTY),
    (None, {"kind": "datepicker"}, EMPTY),
    (None, {"kind": "users_select"}, EMPTY),
    ([], SOME, EMPTY),
    ("a", LIMITED, "Write at least 2 characters; there are 1."),
    ("abcde", LIMITED, "Write at most 4 characters; there are 5."),
    ("many", SCORE, "Write a number."),
    ("NaN", SCORE, "Write a number."),
    ("Infinity", DECIMAL, "Write a number."),
    ("1.5", SCORE, "Write a whole number."),
    ("0", SCORE, "Write 1 or more."),
    ("101", SCORE, "Write 100 or less."),
    ("dana", EMAIL, "Write an e-mail address, like dana@northwind.example."),
    ("dana@northwind", EMAIL, "Write an e-mail address, like dana@northwind.example."),
    ("d a@northwind.example", EMAIL, "Write an e-mail address, like dana@northwind.example."),
    ("crm.example", URL, "Write an address that begins with http:// or https://."),
    ("ftp://crm.example", URL, "Write an address that begins with http:// or https://."),
    (["0", "1", "2"], SOME, "Choose at most 2."),
    ("20.11.2026", {"kind": "datepicker"}, "Choose a day."),
    ("2026-11-31", {"kind": "datepicker"}, "Choose a day."),
    ("2026-1-1", {"kind": "datepicker"}, "Choose a day."),
    ("9:30", {"kind": "timepicker"}, "Choose a time."),
    ("24:00", {"kind": "timepicker"}, "Choose a time."),
    ("2026-11-20T09:00", {"kind": "datetimepicker"}, "Choose a day and a time."),
    (179_516_520, {"kind": "datetimepicker"}, "Choose a day and a time."),
    (1_795_165_200.5, {"kind": "datetimepicker"}, "Choose a day and a time."),
]


@pytest.mark.parametrize(("value", "members"), TAKEN)
def test_what_is_right_goes_through(value, members):
    """A form with what its inputs ask for is sent."""
    assert judged(value, **members) is None


@pytest.mark.parametrize(("value", "members", "words"), REFUSED)
def test_what_is_wrong_is_told_in_words(value, members, words):
    """A form that breaks one rule is not sent, and the person reads which."""
    assert judged(value, **members) == words


def test_only_inputs_are_checked():
    """A menu in a section may stay empty."""
    element = {"type": "users_select", "action_id": "a"}
    block = {"type": "section", "text": plain("x"), "accessory": element}
    assert problem(block, outgoing.state_of(element)) is None


def test_an_error_names_every_block():
    """Whoever tests a bot reads which blocks stopped the form, and why."""
    error = FormError({"note": EMPTY, "score": "Write a number."})
    assert (str(error), error.problems) == (
        "note: this input is not optional and is empty; score: Write a number.",
        {"note": EMPTY, "score": "Write a number."},
    )
