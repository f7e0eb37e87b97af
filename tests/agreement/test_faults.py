"""Every fault of an agreement is named: its line, its key, and what would be valid."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.agreement import parse
from bot.domain.agreement import Agreement
from bot.errors import AgreementError
from tests.agreement.contract import EXAMPLE

YEARS = (2026, 2026)
ARROW = "→ "


def cases():
    _, *blocks = Path(__file__).with_name("faults.txt").read_text("utf-8").strip().split("\n\n")
    for block in blocks:
        lines = block.splitlines()
        sentences = [line.removeprefix(ARROW) for line in lines if line.startswith(ARROW)]
        yield "\n".join(line for line in lines if not line.startswith(ARROW)), sentences


CASES = list(cases())


def problems(text, read_file=None):
    with pytest.raises(AgreementError) as caught:
        parse(text, read_file=read_file, horizon=YEARS)
    return list(caught.value.problems)


@pytest.mark.parametrize(("text", "sentences"), CASES, ids=range(len(CASES)))
def test_a_fault_is_named_with_its_line_its_key_and_what_would_be_valid(text, sentences):
    """One sentence for each fault, and nothing but those."""
    assert problems(text) == sentences


@pytest.mark.parametrize("value", ["[" * 3000, "9" * 5000])
def test_what_no_agreement_holds_is_refused(value):
    """Lists without end and numbers without end are a fault, not a crash."""
    assert problems(f"name = {value}") == [
        "a number is too long or lists are nested too deeply; this is not an agreement"
    ]


def test_a_number_of_any_size_is_refused_without_being_written_out():
    """A hexadecimal number of thousands of digits is out of range."""
    assert problems("[[tier]]\nattempts = 0x" + "f" * 5000) == [
        "line 2, tier[1].attempts: this number is out of range; write a whole number from 1 to 100"
    ]


def test_the_valid_parts_of_a_country_are_listed():
    """A part of a country that is not known is answered with those that are."""
    (found,) = problems('[hours]\nholidays = { country = "US", subdivision = "ZZ" }')
    place, _, reason = found.partition(": ")
    assert place == "line 2, hours.holidays.subdivision"
    assert reason.startswith('"ZZ" is not a part of US with holidays of its own; valid are AK, ')
    assert ", MI, " in found


def test_lines_are_counted_right_in_a_file_of_a_windows_editor():
    """A byte order mark and Windows line ends move no line."""
    assert problems('\ufeffname = "A"\r\n\r\nfresh = 3\r\n')[0].startswith("line 3, fresh: ")


def test_all_faults_are_named_at_once_in_the_order_of_the_file():
    """One reading finds every fault, in whatever part, the rate file and the holidays included."""
    found = problems(
        'currency = "US"\nconversion_file = "gone.csv"\ntimezone = "Moon/Base"\n[hours]\nmon = ["9-5"]\n'
        'holidays = { country = "UX" }\n[stages]\nprobability = { x = 2, y = 3 }\n[[tier]]\nattempts = 0\n'
        "[[tier]]\n[reminders]\nat_risk = 3\nunknown = 1\n[digests]\ndaily = 9",
        _no_file,
    )
    assert [problem.partition(":")[0] for problem in found] == [
        "line 1, currency",
        "line 2, conversion_file",
        "line 3, timezone",
        "line 5, hours.mon",
        "line 6, hours.holidays.country",
        "line 8, stages.probability.x",
        "line 8, stages.probability.y",
        "line 10, tier[1].attempts",
        "line 11, tier[2]",
        "line 13, reminders.at_risk",
        "line 14, reminders.unknown",
        "line 16, digests.daily",
    ]


def _no_file(name):
    raise FileNotFoundError(2, "No such file or directory", name)


def test_the_error_names_the_file():
    """The error carries the path, and its text names it."""
    with pytest.raises(AgreementError) as caught:
        parse("x = 1", path="conf/ours.toml", horizon=YEARS)
    assert caught.value.path == "conf/ours.toml"
    assert str(caught.value).startswith("conf/ours.toml is not a valid agreement: line 1, x: ")


def test_long_and_odd_values_are_shown_short():
    """A fault never repeats more than 60 characters of the value, and no control characters."""
    (found,) = problems('timezone = "' + "\\u001b" + "x" * 500 + '"')
    assert found.startswith('line 1, timezone: " ' + "x" * 58 + '…" is longer than 200 characters')


@given(st.text(max_size=40), st.sampled_from(EXAMPLE.splitlines()), st.integers(0, 60))
def test_no_text_makes_the_reader_fail_otherwise(noise, line, at):
    """Whatever stands in the file, it is an agreement or an AgreementError with a reason."""
    try:
        parsed = parse(f"{line[:at]}{noise}{line[at:]}", horizon=YEARS)
    except AgreementError as error:
        found = bool(error.problems) and all(error.problems)
    else:
        found = isinstance(parsed.agreement, Agreement)
    assert found
