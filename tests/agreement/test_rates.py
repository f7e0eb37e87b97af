"""Rates of other currencies, in the agreement or in a file beside it."""

from datetime import date
from decimal import Decimal

import pytest

from bot.agreement import parse
from bot.domain.agreement import Rate
from bot.errors import AgreementError

YEARS = (2026, 2026)


def problems(files):
    with pytest.raises(AgreementError) as caught:
        parse('conversion_file = "r"', read_file=files.__getitem__, horizon=YEARS)
    return list(caught.value.problems)


def test_rates_are_fixed_or_dated():
    """Rates in the agreement hold ever; those of the file hold from their day on, and then win."""
    text = """
currency = "usd"
conversion = { eur = 1.0845, JPY = "0.006617", USD = 1 }
conversion_file = "rates"
"""
    csv = "\ufeffCurrency,from,rate\r\nEUR,2026-02-01,1.1\r\n\r\nGBP, 2026-01-01 ,1.27\r\n"
    parsed = parse(text, read_file={"rates": csv}.__getitem__, horizon=YEARS)
    assert parsed.warnings == ()
    assert parsed.agreement.rates == (
        Rate("EUR", Decimal("1.0845")),
        Rate("JPY", Decimal("0.006617")),
        Rate("USD", Decimal(1)),
        Rate("EUR", Decimal("1.1"), date(2026, 2, 1)),
        Rate("GBP", Decimal("1.27"), date(2026, 1, 1)),
    )
    assert parsed.agreement.rate_on("EUR", date(2026, 1, 31)) == Decimal("1.0845")
    assert parsed.agreement.rate_on("EUR", date(2026, 2, 1)) == Decimal("1.1")
    assert parsed.agreement.rate_on("GBP", date(2025, 12, 31)) is None


def test_the_rate_file_lies_beside_the_agreement(tmp_path):
    """Without a reader of the caller's, the file is looked for in the agreement's folder."""
    (tmp_path / "rates.csv").write_text("currency,from,rate\nEUR,2026-01-01,1.08\n", encoding="utf-8")
    parsed = parse('conversion_file = "rates.csv"', path=str(tmp_path / "agreement.toml"), horizon=YEARS)
    assert parsed.agreement.rates == (Rate("EUR", Decimal("1.08"), date(2026, 1, 1)),)


def test_a_missing_rate_file_is_a_fault(tmp_path):
    """A file that is not there is named with the reason."""
    with pytest.raises(AgreementError) as caught:
        parse('conversion_file = "rates.csv"', path=str(tmp_path / "agreement.toml"), horizon=YEARS)
    assert caught.value.problems == (
        (
            'line 1, conversion_file: "rates.csv" cannot be read (No such file or directory);'
            " name a CSV file beside the agreement"
        ),
    )


def test_a_rate_file_that_is_no_text_is_a_fault(tmp_path):
    """Bytes that are not UTF-8 are a fault of the file, not a crash."""
    (tmp_path / "rates.csv").write_bytes(b"currency,from,rate\nEUR,2026-01-01,\xff\n")
    with pytest.raises(AgreementError, match="it is not UTF-8 text"):
        parse('conversion_file = "rates.csv"', path=str(tmp_path / "agreement.toml"), horizon=YEARS)


def test_faulty_rows_of_a_rate_file_are_all_named():
    """Each faulty row is named by the file's own line, with what is wrong in it."""
    csv = (
        "currency,from,rate\nEUR,2026-01-01,1.08\nEUR,2026-01-01,1.09\nXQZ,2026-01-01,1\n"
        'EUR,1.1.2026,1\nEUR,2026-01-02,0\nEUR,2026-01-03,1,08\nGBP,2026-01-01,"1,2"\n'
    )
    assert problems({"r": csv}) == [
        f"line 1, conversion_file: r, line {reason}"
        for reason in (
            "3: EUR has another rate from 2026-01-01 already",
            '4: "XQZ" is not a currency; write its ISO 4217 code, such as "USD"',
            '5: "1.1.2026" is not a date; write it as "2026-12-24"',
            '6: "0" is not a rate; write a number above 0, such as "1.0845"',
            "7: has 4 cells; write currency,from,rate, with a point in the rate",
            '8: "1,2" is not a number; write decimals after a point and nothing between thousands',
        )
    ]


@pytest.mark.parametrize(
    ("csv", "reason"),
    [
        ("", "the first line must be currency,from,rate"),
        ("EUR,2026-01-01,1.08\n", "the first line must be currency,from,rate"),
        ("currency;from;rate\n", "the first line must be currency,from,rate"),
        (
            "currency,from,rate\n" + "x" * 200_000,
            "line 2 is not CSV (field larger than field limit (131072))",
        ),
    ],
)
def test_a_file_that_is_no_rate_table_is_a_fault(csv, reason):
    """A file with another header, or that is no CSV, is named with what it should be."""
    assert problems({"r": csv}) == [f"line 1, conversion_file: r: {reason}"]
