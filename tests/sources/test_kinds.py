"""What the fields of events may hold: canonical forms and refusals."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import FormatError
from bot.sources import kinds

TAKEN = [
    (kinds.text, "  Quinn & Søns <!channel>\n ", "Quinn & Søns <!channel>"),
    (kinds.text, "x" * 100_000, "x" * 100_000),
    (kinds.identifier, " D-1 ", "D-1"),
    (kinds.identifier, 1001, "1001"),
    (kinds.identifier, -1, "-1"),
    (kinds.identifier, "x" * 255, "x" * 255),
    (kinds.identifier, "'; drop table deals --", "'; drop table deals --"),
    (kinds.email, " Ines.Alba@Seller.example\n", "ines.alba@seller.example"),
    (kinds.email, "moses frase@maven.example", "moses frase@maven.example"),
    (kinds.email, "not an address", "not an address"),
    (kinds.amount, "12500.00", "12500"),
    (kinds.amount, " 12500.5 ", "12500.5"),
    (kinds.amount, "0.0001", "0.0001"),
    (kinds.amount, "1.00000", "1"),
    (kinds.amount, "007.50", "7.5"),
    (kinds.amount, "-50", "-50"),
    (kinds.amount, "-0.00", "0"),
    (kinds.amount, "999999999999999.9999", "999999999999999.9999"),
    (kinds.amount, 12500, "12500"),
    (kinds.amount, 0, "0"),
    (kinds.amount, Decimal("12500.10"), "12500.1"),
    (kinds.amount, Decimal("1.25E+4"), "12500"),
    (kinds.currency, " eur", "EUR"),
    (kinds.currency, "doubloon", "DOUBLOON"),
    (kinds.score, 0, 0),
    (kinds.score, 100, 100),
    (kinds.score, Decimal("72.50"), "72.5"),
    (kinds.score, Decimal("72.0"), 72),
    (kinds.score, "81", 81),
    (kinds.share, "0.250", "0.25"),
    (kinds.share, 1, "1"),
    (kinds.share, Decimal("0.1"), "0.1"),
    (kinds.boolean, True, True),
    (kinds.boolean, False, False),
    (kinds.time_zone, " America/New_York ", "America/New_York"),
    (kinds.time_zone, "UTC", "UTC"),
    (kinds.moment, "2026-11-20", "2026-11-20"),
    (kinds.moment, "2026-11-20T15:04:30+01:00", "2026-11-20T14:04:30Z"),
    (kinds.moment, "2026-11-20T15:04:30.25Z", "2026-11-20T15:04:30.250000Z"),
    (kinds.instant, "2026-11-20T15:04Z", "2026-11-20T15:04:00Z"),
    (kinds.day, "2024-02-29", "2024-02-29"),
    (kinds.slack_user, "U024BE7LH", "U024BE7LH"),
    (kinds.slack_user, "W12345678", "W12345678"),
    (kinds.url, "https://crm.seller.example/deals/1?a=b#c", "https://crm.seller.example/deals/1?a=b#c"),
    (kinds.url, "HTTP://crm.seller.example", "HTTP://crm.seller.example"),
    (kinds.texts, [" Guide ", "", "Guide", None, "Webinar"], ["Guide", "Webinar"]),
    (kinds.texts, [], []),
    (kinds.emails, ["A@x.example", "a@X.example ", "b@x.example"], ["a@x.example", "b@x.example"]),
    (kinds.identifiers, [1, "2", "1"], ["1", "2"]),
    (
        kinds.contributors,
        [
            {"email": "A@x.example"},
            {"email": "a@x.example", "role": "late"},
            {"email": "b@x.example", "share": 0},
        ],
        [
            {"email": "a@x.example", "role": None, "share": None},
            {"email": "b@x.example", "role": None, "share": "0"},
        ],
    ),
    (
        kinds.contributors,
        [{"email": "a@x.example", "role": " ", "share": None, "weight": Decimal("0.50")}],
        [{"email": "a@x.example", "role": None, "share": None, "weight": "0.5"}],
    ),
    (
        kinds.spend,
        [{"on": "2026-03-31", "amount": "10.00", "currency": "eur"}, {"on": "2026-03-31", "amount": 5}],
        [
            {"on": "2026-03-31", "amount": "10", "currency": "EUR"},
            {"on": "2026-03-31", "amount": "5", "currency": None},
        ],
    ),
    (kinds.one_of("call", "email"), " Call", "call"),
]

REFUSED = [
    (kinds.text, 5, "f", "must be a text; it is 5"),
    (kinds.text, ["x"], "f", "must be a text; it is ['x']"),
    (kinds.text, "x" * 100_001, "f", "is longer than 100000 characters"),
    (kinds.identifier, True, "f", "must be a text or a whole number; it is true"),
    (kinds.identifier, Decimal("1.0"), "f", "must be a text or a whole number; it is 1.0"),
    (kinds.identifier, "x" * 256, "f", "is longer than 255 characters"),
    (kinds.identifier, "a\nb", "f", "has a control character"),
    (kinds.identifier, "a\x9bb", "f", "has a control character"),
    (kinds.email, "x" * 310 + "@buyer.example", "f", "is longer than 320 characters"),
    (kinds.email, {"address": "a@x.example"}, "f", "must be a text; it is {'address': 'a@x.example'}"),
    (kinds.amount, "12,500.00", "f", "must be a decimal like 12500.00; it is '12,500.00'"),
    (kinds.amount, "12.500,00", "f", "must be a decimal like 12500.00; it is '12.500,00'"),
    (kinds.amount, "1e3", "f", "must be a decimal like 12500.00; it is '1e3'"),
    (kinds.amount, "NaN", "f", "must be a decimal like 12500.00; it is 'NaN'"),
    (kinds.amount, "Infinity", "f", "must be a decimal like 12500.00; it is 'Infinity'"),
    (kinds.amount, "+5", "f", "must be a decimal like 12500.00; it is '+5'"),
    (kinds.amount, "5.", "f", "must be a decimal like 12500.00; it is '5.'"),
    (kinds.amount, "1_000", "f", "must be a decimal like 12500.00; it is '1_000'"),
    (kinds.amount, "$5", "f", "must be a decimal like 12500.00; it is '$5'"),
    (kinds.amount, "\uff15", "f", "must be a decimal like 12500.00; it is '\\uff15'"),
    (kinds.amount, "9" * 51, "f", "must be a decimal like 12500.00; it is '" + "9" * 51 + "'"),
    (kinds.amount, True, "f", "must be a decimal like 12500.00; it is true"),
    (kinds.amount, [], "f", "must be a decimal like 12500.00; it is []"),
    (kinds.amount, "0.00001", "f", "has more than 4 decimals: '0.00001'"),
    (kinds.amount, Decimal("1E-5"), "f", "has more than 4 decimals: '0.00001'"),
    (kinds.amount, 10**15, "f", "has more than 15 digits before the point"),
    (kinds.amount, Decimal("1E+15"), "f", "has more than 15 digits before the point"),
    (kinds.amount, Decimal("1E+308"), "f", "has more than 15 digits before the point"),
    (kinds.currency, "x" * 17, "f", "is longer than 16 characters"),
    (kinds.currency, 978, "f", "must be a text; it is 978"),
    (kinds.score, 101, "f", "must be a number from 0 to 100; it is '101'"),
    (kinds.score, Decimal("-0.1"), "f", "must be a number from 0 to 100; it is '-0.1'"),
    (kinds.score, "high", "f", "must be a number from 0 to 100; it is 'high'"),
    (kinds.share, "1.01", "f", "must be a number from 0 to 1; it is '1.01'"),
    (kinds.share, -1, "f", "must be a number from 0 to 1; it is '-1'"),
    (kinds.share, "40%", "f", "must be a number from 0 to 1; it is '40%'"),
    (kinds.boolean, 1, "f", "must be true or false; it is 1"),
    (kinds.boolean, "true", "f", "must be true or false; it is 'true'"),
    (kinds.time_zone, "Mars/Olympus", "f", "'Mars/Olympus' is not a time zone; use an IANA name like UTC"),
    (
        kinds.time_zone,
        "../../etc/passwd",
        "f",
        "'../../etc/passwd' is not a time zone; use an IANA name like UTC",
    ),
    (kinds.time_zone, "America", "f", "'America' is not a time zone; use an IANA name like UTC"),
    (kinds.time_zone, "+02:00", "f", "'+02:00' is not a time zone; use an IANA name like UTC"),
    (
        kinds.instant,
        "2026-11-20T15:04:30",
        "f",
        "2026-11-20T15:04:30 needs an offset; add Z for UTC or one like +02:00",
    ),
    (
        kinds.day,
        "2026-11-20T00:00:00Z",
        "f",
        "must be a date alone, like 2026-11-20; it is '2026-11-20T00:00:00Z'",
    ),
    (kinds.slack_user, "ines", "f", "must be a Slack user id like U024BE7LH; it is 'ines'"),
    (kinds.slack_user, "U1>", "f", "must be a Slack user id like U024BE7LH; it is 'U1>'"),
    (kinds.slack_user, "U1", "f", "must be a Slack user id like U024BE7LH; it is 'U1'"),
    (
        kinds.url,
        "javascript:alert(1)",
        "f",
        "must begin with https:// or http://; it is 'javascript:alert(1)'",
    ),
    (kinds.url, "file:///etc/passwd", "f", "must begin with https:// or http://; it is 'file:///etc/passwd'"),
    (kinds.url, "crm.seller.example", "f", "must begin with https:// or http://; it is 'crm.seller.example'"),
    (kinds.url, "https://" + "x" * 3000, "f", "is longer than 3000 characters"),
    (kinds.texts, "Guide", "f", "must be a list; it is 'Guide'"),
    (kinds.texts, ["Guide", 7], "f[1]", "must be a text; it is 7"),
    (kinds.emails, [["a@x.example"]], "f[0]", "must be a text; it is ['a@x.example']"),
    (kinds.identifiers, ["1", ""], "f[1]", "must not be empty"),
    (kinds.identifiers, [None], "f[0]", "must be a text or a whole number; it is null"),
    (kinds.contributors, {"email": "a@x.example"}, "f", "must be a list; it is {'email': 'a@x.example'}"),
    (kinds.contributors, ["a@x.example"], "f[0]", "must be an object; it is 'a@x.example'"),
    (kinds.contributors, [{"role": "sdr"}], "f[0].email", "is missing"),
    (
        kinds.contributors,
        [{"email": "a@x.example", "share": 2}],
        "f[0].share",
        "must be a number from 0 to 1; it is '2'",
    ),
    (kinds.spend, [{"amount": "1"}], "f[0].on", "is missing"),
    (kinds.spend, [{"on": "2026-03-31", "amount": None}], "f[0].amount", "is missing"),
    (kinds.spend, [{"on": "2026-02-30", "amount": 1}], "f[0].on", "2026-02-30 is not a date of the calendar"),
    (kinds.one_of("call", "email"), "fax", "f", "'fax' is not one of call, email"),
    (kinds.one_of("call", "email"), 1, "f", "1 is not one of call, email"),
]


def name(value):
    return getattr(value, "__name__", None) or str(value)[:20]


@pytest.mark.parametrize(("kind", "value", "canonical"), TAKEN, ids=name)
def test_taken(kind, value, canonical):
    """A value of its kind has one canonical form, of one type."""
    found = kind(value, "f")
    assert (found, type(found)) == (canonical, type(canonical))


@pytest.mark.parametrize(("kind", "value", "canonical"), TAKEN, ids=name)
def test_canonical_forms_stay(kind, value, canonical):
    """Reading a canonical form gives the same canonical form."""
    assert kind(canonical, "f") == canonical


@pytest.mark.parametrize(("kind", "value", "place", "reason"), REFUSED, ids=name)
def test_refused(kind, value, place, reason):
    """What is not of its kind is refused, with the place inside the field and a short reason."""
    with pytest.raises(FormatError) as caught:
        kind(value, "f")
    assert (caught.value.field, caught.value.reason) == (place, reason)


@pytest.mark.parametrize("value", [7, True, None, [], {}, Decimal(1)], ids=str)
@pytest.mark.parametrize("kind", [kinds.moment, kinds.instant, kinds.day], ids=name)
def test_times_are_texts(kind, value):
    """A number or a list is not a time."""
    with pytest.raises(FormatError) as caught:
        kind(value, "closed_at")
    assert caught.value.field == "closed_at"


@given(st.integers(-(10**19) + 1, 10**19 - 1))
def test_amounts_are_exact(units):
    """Every amount of up to 15 digits and 4 decimals is kept exactly, as a text and as a number alike."""
    written = f"{Decimal(units).scaleb(-4):f}"
    found = kinds.amount(written, "amount")
    assert Decimal(found) == Decimal(written)
    assert kinds.amount(Decimal(written), "amount") == found


@given(st.text())
def test_emails_are_compared_without_case_and_space(address):
    """However an address is written, its canonical form is the same with space around it and read twice."""
    try:
        found = kinds.email(address, "email")
    except FormatError:
        assert len(address) > 320
    else:
        assert kinds.email(f" {address}\t", "email") == found


@pytest.mark.parametrize(
    ("value", "stored"),
    [
        (Decimal("0.10"), "0.1"),
        (Decimal("1E+3"), "1000"),
        (10**30, 10**30),
        (" as it is ", " as it is "),
        ({"a": [Decimal("1.5"), {"b": None}], "c": True}, {"a": ["1.5", {"b": None}], "c": True}),
    ],
    ids=str,
)
def test_unknown_fields_are_kept(value, stored):
    """An unknown field stays as it is, but for broken numbers, which become their exact decimal text."""
    assert kinds.kept(value) == stored


@pytest.mark.parametrize(
    ("value", "blank"), [(None, True), ("", True), (" \t\n", True), ("x", False), (0, False), ([], False)]
)
def test_blank(value, blank):
    """Null and a text of space alone say nothing; zero, false and an empty list do."""
    assert kinds.is_blank(value) is blank
