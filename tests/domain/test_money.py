"""Money: reading, writing, converting and sharing out, to the last minor unit."""

import json
from decimal import Decimal, localcontext
from fractions import Fraction
from pathlib import Path

import iso4217
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from bot.domain.money import DIGITS, LARGEST, Money, convert, digits, parse, split, to_decimal_string
from bot.errors import FormatError

VECTORS = json.loads((Path(__file__).parent / "vectors.json").read_text(encoding="utf-8"))
D11 = VECTORS["funnel"]["D11 currency"]
SOME = settings(max_examples=80, derandomize=True)

CODES = st.sampled_from(sorted(DIGITS))
MINORS = st.integers(-LARGEST, LARGEST)
RATES = st.decimals(min_value="0.000001", max_value="100000", places=6)
EXACT = st.lists(st.fractions(0, 1, max_denominator=997), min_size=1, max_size=8).filter(any)
FLOATS = st.lists(st.floats(0, 1), min_size=1, max_size=8).filter(any)
TOTALS = st.integers(-(10**15), 10**15)


def written(vector):
    """The weights of a vector: fractions as text, or floats."""
    return [Fraction(weight) for weight in vector["weights"]]


# Currencies


def test_the_table_is_iso_4217():
    """The table holds exactly the active codes that have a minor unit, with the digits of the standard."""
    theirs = {money.code: money.exponent for money in iso4217.Currency if money.exponent is not None}
    assert dict(DIGITS) == theirs


@pytest.mark.parametrize(
    ("code", "expected"),
    [("USD", 2), ("JPY", 0), ("KWD", 3), ("CLF", 4), ("IQD", 3), ("XAU", None), ("ABC", None), ("usd", None)],
)
def test_digits_of_a_currency(code, expected):
    """The digits are those of ISO 4217 (Iraq has three); a code that is no money has none."""
    assert digits(code) == expected


# Reading


@pytest.mark.parametrize(
    ("amount", "currency", "minor"),
    [
        ("12500.00", "USD", 1250000),
        ("12500", "USD", 1250000),
        (" 12500.5 ", " usd ", 1250050),
        ("+0.1", "EUR", 10),
        ("-12.34", "EUR", -1234),
        ("0", "EUR", 0),
        ("-0", "EUR", 0),
        ("007.10", "EUR", 710),
        ("0.005", "EUR", 1),
        ("0.0049", "EUR", 0),
        ("-0.005", "EUR", -1),
        ("-0.0049", "EUR", 0),
        ("2.675", "EUR", 268),  # as a float this would be 2.67499…
        ("99.5", "JPY", 100),
        ("-99.5", "JPY", -100),
        ("-1", "JPY", -1),
        ("99.4999", "JPY", 99),
        ("1.0005", "KWD", 1001),
        ("1.0001", "CLF", 10001),
        (42, "USD", 4200),
        (-42, "JPY", -42),
        (Decimal("12.345"), "USD", 1235),
        (Decimal("1.2E+4"), "USD", 1200000),
        (Decimal("-0.0"), "USD", 0),
        ("10000000000000000", "USD", LARGEST),
        (-(10**18), "JPY", -LARGEST),
    ],
)
def test_an_amount_is_read_and_rounded_half_up(amount, currency, minor):
    """An amount becomes minor units, ties away from zero, whatever its sign, type and surrounding space."""
    assert parse(amount, currency) == Money(minor, currency.strip().upper())


@pytest.mark.parametrize(
    ("amount", "reason"),
    [
        ("", "must be a decimal number"),
        ("abc", "must be a decimal number"),
        ("1,000.00", "must be a decimal number"),
        ("1.000,00", "must be a decimal number"),
        ("$5", "must be a decimal number"),
        ("1e3", "must be a decimal number"),
        ("5.", "must be a decimal number"),
        (".5", "must be a decimal number"),
        ("--5", "must be a decimal number"),
        ("1_000", "must be a decimal number"),
        ("١٢", "must be a decimal number"),
        ("nan", "must be a decimal number"),
        ("9" * 41, "must be a decimal number"),
        pytest.param("9" * 5000, "must be a decimal number", id="5000 digits as text"),
        (Decimal("NaN"), "must be a decimal number"),
        (Decimal("-Infinity"), "must be a decimal number"),
        (Decimal("1E+999999"), "must be a decimal number"),
        pytest.param(10**5000, "must be a decimal number", id="5000 digits as a number"),
        (True, "must be a decimal number"),
        (12.5, "must be a decimal number"),
        (None, "must be a decimal number"),
        ("1.23456", "has more than 4 decimals"),
        (Decimal("0.00001"), "has more than 4 decimals"),
        ("10000000000000000.01", r"is too large; the largest is 10\*\*16 USD"),
        (-(10**17), r"is too large; the largest is 10\*\*16 USD"),
    ],
)
def test_what_is_no_amount_is_refused(amount, reason):
    """A value that could be misread, or does not fit, is refused, and the field is named."""
    with pytest.raises(FormatError, match=f"^amount: .*{reason}") as caught:
        parse(amount, "USD")
    assert caught.value.field == "amount"
    assert len(str(caught.value)) < 160


@pytest.mark.parametrize("currency", ["ABC", "XXX", "XAU", "", "US", "DOLLAR"])
def test_an_unknown_currency_is_refused(currency):
    """Neither reading, writing nor converting guesses the digits of an unknown code."""
    with pytest.raises(FormatError, match=r"^currency: .* is not an active ISO 4217 code"):
        parse("1", currency)
    with pytest.raises(FormatError, match=r"^currency: "):
        to_decimal_string(Money(1, currency))
    with pytest.raises(FormatError, match=r"^currency: "):
        convert(Money(1, currency), Decimal(1), "USD")
    with pytest.raises(FormatError, match=r"^currency: "):
        convert(Money(1, "USD"), Decimal(1), currency)


@SOME
@given(st.decimals(-(10**12), 10**12, places=4), CODES)
def test_reading_is_odd_and_near(amount, code):
    """The negative amount reads as the negative money, and rounding moves it by half a unit at most."""
    found, scale = parse(amount, code).minor, 10 ** DIGITS[code]
    assert parse(-amount, code).minor == -found
    assert abs(found - Fraction(amount) * scale) <= Fraction(1, 2)


# Writing


@pytest.mark.parametrize(
    ("minor", "currency", "text"),
    [
        (1250000, "USD", "12500.00"),
        (100, "JPY", "100"),
        (0, "USD", "0.00"),
        (0, "JPY", "0"),
        (5, "USD", "0.05"),
        (-5, "USD", "-0.05"),
        (-100, "JPY", "-100"),
        (1234, "KWD", "1.234"),
        (1, "CLF", "0.0001"),
        (LARGEST, "USD", "10000000000000000.00"),
    ],
)
def test_an_amount_is_written_with_all_its_digits(minor, currency, text):
    """The decimal string has exactly the currency's digits, and no separators."""
    assert to_decimal_string(Money(minor, currency)) == text


@SOME
@given(MINORS, CODES)
def test_what_is_written_is_read_back(minor, code):
    """Writing and reading an amount gives the same money, in every currency."""
    assert parse(to_decimal_string(Money(minor, code)), code) == Money(minor, code)


def test_amounts_have_no_order():
    """Amounts cannot be compared by accident: 1 euro is neither more nor less than 1 yen."""
    with pytest.raises(TypeError):
        sorted([Money(1, "EUR"), Money(1, "JPY")])


# Converting


@pytest.mark.parametrize(
    ("amount", "currency", "rate", "expected"),
    [
        ("12345.67", "EUR", "1.0845", D11["EUR 12345.67 at 1.0845"]),
        ("1000000", "JPY", "0.006617", D11["JPY 1000000 at 0.006617"]),
        ("0.30", "EUR", "1.05", D11["EUR 0.30 at 1.05, converted once"]),
        ("-0.30", "EUR", "1.05", -D11["EUR 0.30 at 1.05, converted once"]),
        *(("0.10", "EUR", "1.05", each) for each in D11["EUR 0.10 x 3 at 1.05, converted each"]),
    ],
)
def test_an_amount_is_converted_as_worked_out_by_hand(amount, currency, rate, expected):
    """Conversion multiplies by the rate and rounds once, half up, to the target's digits."""
    assert convert(parse(amount, currency), Decimal(rate), "USD") == parse(str(expected), "USD")


def test_converted_deals_add_up():
    """A report adds up deals that were each converted and rounded once."""
    deals = [convert(parse("12345.67", "EUR"), Decimal("1.0845"), "USD")]
    deals += [convert(parse("1000000", "JPY"), Decimal("0.006617"), "USD")]
    assert sum(deal.minor for deal in deals) == parse(str(D11["sum of rounded"]), "USD").minor


@pytest.mark.parametrize(
    ("money", "rate", "to", "expected"),
    [
        (Money(100, "JPY"), "0.005", "KWD", 500),  # 0.500 dinar
        (Money(1001, "KWD"), "500", "JPY", 501),  # 500.5 yen
        (Money(-1001, "KWD"), "500", "JPY", -501),
        (Money(1, "USD"), "0.5", "EUR", 1),
        (Money(1, "USD"), "0.49999999999999999999999999999999999", "EUR", 0),
    ],
)
def test_conversion_knows_the_digits_of_both(money, rate, to, expected):
    """The minor units of both currencies are respected, and a rate of any length is taken exactly."""
    assert convert(money, Decimal(rate), to) == Money(expected, to)


@pytest.mark.parametrize("rate", ["0", "-1", "NaN", "Infinity"])
def test_a_rate_is_above_zero(rate):
    """A rate that would delete or turn round an amount is refused."""
    with pytest.raises(ValueError, match="a rate is a number above zero"):
        convert(Money(1, "USD"), Decimal(rate), "EUR")


@SOME
@given(MINORS, CODES, RATES, CODES)
def test_conversion_is_odd_near_and_blind_to_the_decimal_context(minor, code, rate, to):
    """A reversal converts to the exact negative, within half a unit, whatever precision decimals have."""
    found = convert(Money(minor, code), rate, to).minor
    exact = Fraction(minor, 10 ** DIGITS[code]) * Fraction(rate) * 10 ** DIGITS[to]
    assert abs(found - exact) <= Fraction(1, 2)
    with localcontext() as context:
        context.prec = 3
        assert convert(Money(-minor, code), rate, to).minor == -found


# Sharing out


@pytest.mark.parametrize("vector", VECTORS["attribution"], ids=lambda vector: vector["case"].split()[0])
def test_a_total_is_shared_out_as_worked_out_by_hand(vector):
    """The parts are those of the vectors: largest remainder, ties to the earlier."""
    assert split(vector["total_minor"], written(vector)) == tuple(vector["credits_minor"])


@pytest.mark.parametrize(
    ("total", "weights", "expected"),
    [
        (99999, [0.7, 0.3], (69999, 30000)),
        (99999, [70, 30], (69999, 30000)),
        (100, [0.1] * 3, (34, 33, 33)),
        (5, [0, 1, 0], (0, 5, 0)),
        (2, [Fraction(1, 3), Fraction(0), Fraction(2, 3)], (1, 0, 1)),
        (-7, [1, 1], (-4, -3)),
    ],
)
def test_weights_need_not_sum_to_one(total, weights, expected):
    """Weights are taken in proportion, whole numbers and floats too; one of zero gets nothing."""
    assert split(total, weights) == expected


@pytest.mark.parametrize(
    ("weights", "reason"),
    [
        ([], "at least one weight above zero"),
        ([0.0, Fraction(0)], "at least one weight above zero"),
        ([0.5, -0.1], "a weight is not negative"),
        ([0.5, float("nan")], "a weight is a finite number"),
        ([float("inf")], "a weight is a finite number"),
    ],
)
def test_weights_that_share_nothing_are_refused(weights, reason):
    """Without a weight above zero, or with a negative or endless one, nothing is shared out."""
    with pytest.raises(ValueError, match=reason):
        split(100, weights)


@SOME
@given(TOTALS, st.one_of(EXACT, FLOATS))
@example(1, [5e-324, 1.0])
def test_parts_sum_to_the_total_and_are_near_their_share(total, weights):
    """The parts sum exactly, each is less than 1 from its share, and the negative total mirrors them."""
    parts = split(total, weights)
    whole = sum(map(Fraction, weights))
    assert sum(parts) == total
    assert all(
        abs(part - total * Fraction(weight) / whole) < 1 for part, weight in zip(parts, weights, strict=True)
    )
    assert split(-total, weights) == tuple(-part for part in parts)


@SOME
@given(st.integers(0, 10**9), EXACT)
def test_more_weight_never_gets_less(total, weights):
    """Who weighs more gets at least as much; of equal weights the earlier gets at least as much."""
    ranked = sorted(weights, reverse=True)
    parts = split(total, ranked)
    assert list(parts) == sorted(parts, reverse=True)


@SOME
@given(st.integers(0, 10**9), EXACT, st.fractions(Fraction(1, 1000), 1000))
def test_only_the_proportion_of_weights_counts(total, weights, factor):
    """All weights times one factor give the same parts."""
    assert split(total, [weight * factor for weight in weights]) == split(total, weights)


@SOME
@given(TOTALS, EXACT, st.integers(0, 8))
def test_a_weight_of_nothing_gets_nothing(total, weights, place):
    """A weight of zero gets nothing and changes nothing for the others."""
    assume(place <= len(weights))
    parts = split(total, [*weights[:place], Fraction(0), *weights[place:]])
    assert parts[place] == 0
    assert (*parts[:place], *parts[place + 1 :]) == split(total, weights)
