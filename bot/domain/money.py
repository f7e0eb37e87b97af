"""Money: an integer of minor units and an ISO 4217 code, never a float.

Rounding is half up by amount (ties away from zero), so that a reversal is the exact negative of what it
reverses.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from bot.errors import FormatError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

# ISO 4217, list one: the active codes by the digits of their minor unit. Codes without one (metals, tests,
# XXX) are no money. CLDR, and so Babel, differs for some codes: this table is for arithmetic, that one for
# display.
_CODES_BY_DIGITS: Final = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    2: """
        AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE
        CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD
        HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK
        MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD
        RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH
        USD USN UYU UZS VED VES WST XAD XCD XCG YER ZAR ZMW ZWG
    """,
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}
DIGITS: Final[Mapping[str, int]] = MappingProxyType(
    {code: digits for digits, codes in _CODES_BY_DIGITS.items() for code in codes.split()}
)
"""Digits of the minor unit by active ISO 4217 code: USD 2, JPY 0, KWD 3, CLF 4."""

MOST_DECIMALS: Final = 4
"""Decimals an amount may be told with."""

LARGEST: Final = 10**18
"""The largest amount in minor units, either way; every database integer holds it."""

_AMOUNT = re.compile(r"([+-]?)([0-9]{1,40})(?:\.([0-9]{1,40}))?")


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """An amount in minor units of `currency` (12500.00 USD is 1250000).

    It has no order, because amounts of two currencies do not compare.
    """

    minor: int
    currency: str


def digits(currency: str) -> int | None:
    """Return the digits of the currency's minor unit; None for what is not an active ISO 4217 code."""
    return DIGITS.get(currency)


def parse(amount: str | int | Decimal, currency: str) -> Money:
    """Read a decimal text or number, like "12500.5", rounded half up to the currency's digits.

    The code is read without case and surrounding space. FormatError, naming `amount` or `currency`, for a
    code that is not an active ISO 4217 currency, for what is not a plain decimal, for more than 4 decimals
    and for an amount of more than 10**18 minor units.
    """
    code = currency.strip().upper()
    places = _known_digits(code)
    value = _decimal(amount)
    minor = _half_up(value.numerator * 10**places, value.denominator)
    if abs(minor) > LARGEST:
        raise FormatError("amount", f"{_shown(amount)} is too large; the largest is 10**{18 - places} {code}")
    return Money(minor, code)


def to_decimal_string(money: Money) -> str:
    """Return the amount in major units with all of its currency's digits: `12500.00`, `-0.05`, for yen `100`.

    FormatError for a code that is not an active ISO 4217 currency.
    """
    places = _known_digits(money.currency)
    sign = "-" if money.minor < 0 else ""
    text = str(abs(money.minor)).rjust(places + 1, "0")
    return f"{sign}{text[:-places]}.{text[-places:]}" if places else sign + text


def convert(money: Money, rate: Decimal, to: str) -> Money:
    """Return the amount in the currency `to`, `rate` of which are worth one of `money`; rounded half up.

    FormatError for a code that is not an active ISO 4217 currency; ValueError for a rate that is not above
    zero.
    """
    if not (rate.is_finite() and rate > 0):
        raise ValueError(f"a rate is a number above zero; {rate} is not")
    top, bottom = rate.as_integer_ratio()
    scale, target_scale = 10 ** _known_digits(money.currency), 10 ** _known_digits(to)
    return Money(_half_up(money.minor * top * target_scale, bottom * scale), to)


def split(total: int, weights: Sequence[Fraction | float]) -> tuple[int, ...]:
    """Share out minor units by weight with the largest remainder: the parts sum to `total` exactly.

    The weights are divided by their sum. |total| x weight is cut to whole units; the missing ones go one by
    one to the largest fractional parts, ties to the earlier; then the sign is put back. So a reversal is the
    exact negative. ValueError for no weights, a negative weight, one that is not finite, and weights that are
    all zero.
    """
    exact = _exact(weights)
    whole = sum(exact)
    if not whole:
        raise ValueError("an amount is shared by at least one weight above zero")
    size = abs(total)
    parts = [size * weight // whole for weight in exact]
    rests = [size * weight % whole for weight in exact]
    by_rest = sorted(range(len(parts)), key=lambda at: -rests[at])
    for at in by_rest[: size - sum(parts)]:
        parts[at] += 1
    return tuple(-part for part in parts) if total < 0 else tuple(parts)


def _exact(weights: Sequence[Fraction | float]) -> list[int]:
    """Return the weights as whole numbers in the same proportion."""
    try:
        fractions = [Fraction(weight) for weight in weights]
    except (ValueError, OverflowError):
        raise ValueError("a weight is a finite number") from None
    if any(weight < 0 for weight in fractions):
        raise ValueError("a weight is not negative")
    common = math.lcm(*(weight.denominator for weight in fractions))
    return [weight.numerator * (common // weight.denominator) for weight in fractions]


def _known_digits(currency: str) -> int:
    places = DIGITS.get(currency)
    if places is None:
        raise FormatError(
            "currency", f"{_shown(currency)} is not an active ISO 4217 code; write one like EUR"
        )
    return places


def _decimal(amount: object) -> Fraction:
    text = amount.strip() if isinstance(amount, str) else _plain(amount)
    match = _AMOUNT.fullmatch(text)
    if match is None:
        raise FormatError("amount", f'must be a decimal number like "12500.50"; it is {_shown(amount)}')
    decimals = match[3] or ""
    if len(decimals) > MOST_DECIMALS:
        raise FormatError("amount", f"{_shown(amount)} has more than {MOST_DECIMALS} decimals")
    return Fraction(int(match[1] + match[2] + decimals), 10 ** len(decimals))


def _plain(amount: object) -> str:
    """Write a number in digits; nothing for what is none (a truth value, a float, infinity, 40 digits)."""
    if isinstance(amount, Decimal) and amount.is_finite() and -40 < amount.adjusted() < 40:
        return f"{amount:f}"
    if isinstance(amount, int) and not isinstance(amount, bool) and abs(amount) <= LARGEST:
        return str(amount)
    return ""


def _half_up(top: int, bottom: int) -> int:
    """Return top / bottom, rounded to the nearest whole number, ties away from zero."""
    size = (2 * abs(top) + bottom) // (2 * bottom)
    return -size if top < 0 else size


def _shown(value: object) -> str:
    text = repr(value) if not isinstance(value, int) or abs(value) <= LARGEST else "a number of many digits"
    return text if len(text) <= 60 else text[:57] + "…"
