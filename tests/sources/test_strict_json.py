"""The JSON that strangers send: plain and exact, or refused with a short reason."""

from __future__ import annotations

import json
import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import FormatError
from bot.sources.strict_json import MAX_DEPTH, dumps, loads, plain_text, shown

TAKEN = [
    (b"{}", {}),
    (b" [1, -2] \r\n", [1, -2]),
    (b"\xef\xbb\xbf[true]", [True]),
    (b"0.10", Decimal("0.10")),
    (b"1.25e4", Decimal("1.25E+4")),
    (b"12345678901234567890123", 12345678901234567890123),
    (b'"\\ud83d\\ude80"', "🚀"),
    ('"Zoë 🚀"'.encode(), "Zoë 🚀"),
    (b'"\\\\u0000 \\\\ud800"', "\\u0000 \\ud800"),
    (b'{"a": {"a": null}, "b": "\\n"}', {"a": {"a": None}, "b": "\n"}),
    (b"[" * MAX_DEPTH + b"]" * MAX_DEPTH, json.loads("[" * MAX_DEPTH + "]" * MAX_DEPTH)),
    (b"[[]," + b"[" * 63 + b"]" * 64, [[], json.loads("[" * 63 + "]" * 63)]),
    (b"[" + b"[]," * 200 + b"[]]", [[]] * 201),
]

REFUSED = [
    (b"", "is not JSON: Expecting value (column 1)"),
    (b'{"a": 1,\n "b"}', "is not JSON: Expecting ':' delimiter (line 2, column 5)"),
    (b"{} {}", "is not JSON: Extra data (column 4)"),
    (b'"\x00"', "is not JSON: Invalid control character at (column 2)"),
    ("\N{FULLWIDTH DIGIT ONE}".encode(), "is not JSON: Expecting value (column 1)"),
    (b"\xef\xbb\xbf\xef\xbb\xbf{}", "is not JSON: Expecting value (column 1)"),
    (b'{"a": "\xff"}', "is not UTF-8 (byte 8)"),
    (b'"\xed\xa0\x80"', "is not UTF-8 (byte 2)"),
    ('{"a": 1}'.encode("utf-16"), "is not UTF-8 (byte 1)"),
    (b'{"a": 1, "b": 2, "a": 1}', "has the key 'a' twice in one object"),
    (b'[{"a": {"x": 1, "x": 2}}]', "has the key 'x' twice in one object"),
    (b"NaN", "has NaN, which is not a JSON number"),
    (b"[Infinity]", "has Infinity, which is not a JSON number"),
    (b"[-Infinity]", "has -Infinity, which is not a JSON number"),
    (b"1e400", "has a number out of range: '1e400'"),
    (b"-1e400", "has a number out of range: '-1e400'"),
    (b"1e-400", "has a number out of range: '1e-400'"),
    (b"1e99999999999999999999", "has a number out of range: '1e99999999999999999999'"),
    (b"1" * 5000, "has a number of more than 100 characters"),
    (b"1." + b"1" * 5000, "has a number of more than 100 characters"),
    (b'["\\u0000"]', "has a NUL character in a text"),
    (b'{"a\\u0000b": 1}', "has a NUL character in a text"),
    (b'"\\ud800"', "has half a character (a lone surrogate) in a text"),
    (b'{"\\uDFFF": 1}', "has half a character (a lone surrogate) in a text"),
    (b"[" * 65 + b"]" * 65, "is nested deeper than 64 levels"),
    (b'{"a":' * 65 + b"1" + b"}" * 65, "is nested deeper than 64 levels"),
    (b"[" * 1000 + b"]" * 1000, "is nested deeper than 64 levels"),
    (b"[" * 1_000_000, "is nested deeper than 64 levels"),
]

texts = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**30), 10**30) | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=20,
)


@pytest.mark.parametrize(("body", "value"), TAKEN, ids=[str(body[:24]) for body, _ in TAKEN])
def test_taken(body, value):
    """Plain JSON is read as written, numbers exactly."""
    assert loads(body) == value


@pytest.mark.parametrize(("body", "reason"), REFUSED, ids=[str(body[:24]) for body, _ in REFUSED])
def test_refused(body, reason):
    """What is not plain JSON is a FormatError with its reason, whatever Python's own reader would do."""
    with pytest.raises(FormatError) as caught:
        loads(body)
    assert (caught.value.field, caught.value.reason) == ("body", reason)


def test_whole_numbers_stay_whole():
    """A number without a point is an int, one with a point or an exponent a Decimal."""
    assert [type(number) for number in loads(b"[1, 1.0, 1e0]")] == [int, Decimal, Decimal]


@given(
    st.binary(max_size=200)
    | st.text('[]{}",:0123456789.eE+-\\u d8fNatrulsi\x00', max_size=60).map(str.encode)
)
def test_nothing_else_is_ever_raised(body):
    """Whatever the bytes are, they are read, or refused with a FormatError that names the field."""
    field = "body"
    try:
        loads(body)
    except FormatError as error:
        field = error.field
    assert field == "body"


@given(values)
def test_canonical_text_reads_back(value):
    """What `dumps` writes, `loads` reads as the same value."""
    assert loads(dumps(value).encode()) == value


@given(st.dictionaries(st.text(max_size=5), st.integers(), max_size=6))
def test_equal_values_have_equal_texts(value):
    """The canonical text does not depend on the order in which an object was filled."""
    assert dumps(value) == dumps(dict(reversed(value.items())))


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**20), max_value=10**20, places=8))
def test_plain_text_is_exact_and_canonical(number):
    """A decimal's plain text is the same number; equal numbers have one text, without idle zeros."""
    text = plain_text(number)
    assert Decimal(text) == number
    assert plain_text(number.normalize()) == text
    assert re.fullmatch(r"(?:0|-?[1-9][0-9]*|-?(?:0|[1-9][0-9]*)\.[0-9]*[1-9])", text) is not None


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("a\nb\u202e", "'a\\nb\\u202e'"),
        ("x" * 100, "'" + "x" * 56 + "..."),
        (None, "null"),
        (True, "true"),
        (False, "false"),
        (0, "0"),
        (Decimal("1.50"), "1.50"),
        (["a"], "['a']"),
    ],
)
def test_shown(value, text):
    """A value quoted in a message stays on one line, printable and short."""
    assert shown(value) == text
