"""The kinds of values an event's fields hold. Each reads one JSON value into its canonical form.

Every function takes the value and the field's name, and raises a FormatError that names the field (a place
inside it, like `contributors[1].email`, where there is one). None of them is given `null` or a blank text: in
every field that means "cleared", and `bot.sources.schema` sees to it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final

from bot.domain.when import When, instant_text, parse_instant, zone_named
from bot.errors import FormatError
from bot.sources.strict_json import plain_text, shown

Kind = Callable[[Any, str], Any]

MAX_TEXT: Final = 100_000
MAX_ID: Final = 255
MAX_EMAIL: Final = 320
MAX_CURRENCY: Final = 16
MAX_URL: Final = 3_000
MAX_WHOLE_DIGITS: Final = 15
MAX_DECIMALS: Final = 4

_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_DECIMAL: Final = re.compile(r"-?[0-9]{1,50}(?:\.[0-9]{1,50})?")
_SLACK_USER: Final = re.compile(r"[UW][A-Z0-9]{2,40}")
_WEB: Final = re.compile(r"https?://", re.IGNORECASE)


def text(value: Any, field: str) -> str:
    """A text, without the space around it, at most 100,000 characters."""
    return _text(value, field, MAX_TEXT)


def identifier(value: Any, field: str) -> str:
    """A record's or an event's id as text: 1 to 255 characters, none of them a control character.

    A whole number is taken too (`1001` is `"1001"`); space around a text is not part of the id.
    """
    if value.__class__ is str:
        found = value.strip()
    elif value.__class__ is int:
        found = str(value)
    else:
        raise FormatError(field, f"must be a text or a whole number; it is {shown(value)}")
    if not found:
        raise FormatError(field, "must not be empty")
    if len(found) > MAX_ID:
        raise FormatError(field, f"is longer than {MAX_ID} characters")
    if _CONTROL.search(found):
        raise FormatError(field, "has a control character")
    return found


def email(value: Any, field: str) -> str:
    """An e-mail address, trimmed and in lower case, not otherwise judged; at most 320 characters."""
    return _text(value, field, MAX_EMAIL).lower()


def amount(value: Any, field: str) -> str:
    """An amount of money as its canonical decimal text: `12500`, `-0.5`. At most 15 digits and 4 decimals."""
    number = _decimal(value, field, "a decimal like 12500.00")
    found = plain_text(number)
    whole, _, decimals = found.lstrip("-").partition(".")
    if len(whole) > MAX_WHOLE_DIGITS:
        raise FormatError(field, f"has more than {MAX_WHOLE_DIGITS} digits before the point")
    if len(decimals) > MAX_DECIMALS:
        raise FormatError(field, f"has more than {MAX_DECIMALS} decimals: {shown(found)}")
    return found


def currency(value: Any, field: str) -> str:
    """A currency code in upper case. A code that nobody knows is kept: what is done about it is a rule."""
    return _text(value, field, MAX_CURRENCY).upper()


def score(value: Any, field: str) -> int | str:
    """A number from 0 to 100: an int where it is whole, else its exact decimal text, `72.5`."""
    number = _decimal(value, field, "a number from 0 to 100")
    if not 0 <= number <= 100:
        raise FormatError(field, f"must be a number from 0 to 100; it is {shown(plain_text(number))}")
    return int(number) if number == number.to_integral_value() else plain_text(number)


def share(value: Any, field: str) -> str:
    """A part of a whole, 0 to 1, as its canonical decimal text: `0.25`."""
    number = _decimal(value, field, "a number from 0 to 1")
    if not 0 <= number <= 1:
        raise FormatError(field, f"must be a number from 0 to 1; it is {shown(plain_text(number))}")
    return plain_text(number)


def boolean(value: Any, field: str) -> bool:
    """`true` or `false`."""
    if value.__class__ is not bool:
        raise FormatError(field, f"must be true or false; it is {shown(value)}")
    return bool(value)


def time_zone(value: Any, field: str) -> str:
    """The name of a time zone that this machine knows, as IANA writes it."""
    name = _text(value, field, MAX_ID)
    try:
        zone_named(name)
    except ValueError:
        raise FormatError(field, f"{shown(name)} is not a time zone; use an IANA name like UTC") from None
    return name


def moment(value: Any, field: str) -> str:
    """A time with its offset, or a date alone, as canonical text: `2026-11-20T15:04:30Z` or `2026-11-20`."""
    return When.parse(value, field).text


def instant(value: Any, field: str) -> str:
    """A time with its offset, as the canonical text of that instant in UTC: `2026-11-20T15:04:30Z`."""
    return instant_text(parse_instant(value, field))


def day(value: Any, field: str) -> str:
    """A date alone: `2026-11-20`."""
    when = When.parse(value, field)
    if when.day is None:
        raise FormatError(field, f"must be a date alone, like 2026-11-20; it is {shown(value)}")
    return when.text


def slack_user(value: Any, field: str) -> str:
    """A Slack user id: `U` or `W` and capital letters and digits."""
    found = _text(value, field, MAX_ID)
    if _SLACK_USER.fullmatch(found) is None:
        raise FormatError(field, f"must be a Slack user id like U024BE7LH; it is {shown(found)}")
    return found


def url(value: Any, field: str) -> str:
    """A web address with http or https, at most 3,000 characters: other schemes may do harm when pressed."""
    found = _text(value, field, MAX_URL)
    if _WEB.match(found) is None:
        raise FormatError(field, f"must begin with https:// or http://; it is {shown(found)}")
    return found


def one_of(*names: str) -> Kind:
    """One of these lower-case names, read without case and surrounding space."""
    known = frozenset(names)
    valid = ", ".join(names)

    def read(value: Any, field: str) -> str:
        found = value.strip().lower() if value.__class__ is str else None
        if found not in known:
            raise FormatError(field, f"{shown(value)} is not one of {valid}")
        return str(found)

    return read


def texts(value: Any, field: str) -> list[str]:
    """A list of texts, each once, in order; blank ones are left out."""
    return _unique(text, value, field)


def emails(value: Any, field: str) -> list[str]:
    """A list of e-mail addresses, each once, in order; blank ones are left out."""
    return _unique(email, value, field)


def identifiers(value: Any, field: str) -> list[str]:
    """A list of ids, each once, in order."""
    items = enumerate(_list(value, field))
    return list(dict.fromkeys(identifier(item, f"{field}[{at}]") for at, item in items))


def contributors(value: Any, field: str) -> list[dict[str, Any]]:
    """A list of `{email, role, share}`, always with all three keys; who is named twice counts once."""
    found: dict[str, dict[str, Any]] = {}
    for at, item in enumerate(_list(value, field)):
        place = f"{field}[{at}]"
        row = _members(item, place, _CONTRIBUTOR, ("email",))
        found.setdefault(row["email"], row)
    return list(found.values())


def spend(value: Any, field: str) -> list[dict[str, Any]]:
    """A list of `{on, amount, currency}`, all three keys always there."""
    items = enumerate(_list(value, field))
    return [_members(item, f"{field}[{at}]", _SPEND, ("on", "amount")) for at, item in items]


def kept(value: Any) -> Any:
    """A field that no schema knows, as it is; a number that is not whole becomes its exact decimal text."""
    kind = value.__class__
    if kind is Decimal:
        return plain_text(value)
    if kind is dict:
        return {key: kept(item) for key, item in value.items()}
    if kind is list:
        return [kept(item) for item in value]
    return value


def is_blank(value: Any) -> bool:
    """Whether a value says "nothing": `null`, or a text of space alone."""
    return value is None or (value.__class__ is str and (not value or value.isspace()))


_CONTRIBUTOR: Final[dict[str, Kind]] = {"email": email, "role": text, "share": share}
_SPEND: Final[dict[str, Kind]] = {"on": day, "amount": amount, "currency": currency}


def _text(value: Any, field: str, longest: int) -> str:
    if value.__class__ is not str:
        raise FormatError(field, f"must be a text; it is {shown(value)}")
    found: str = value.strip()
    if len(found) > longest:
        raise FormatError(field, f"is longer than {longest} characters")
    return found


def _decimal(value: Any, field: str, wanted: str) -> Decimal:
    kind = value.__class__
    if kind is str and _DECIMAL.fullmatch(value := value.strip()):
        return Decimal(value)
    if kind is int:
        return Decimal(value)
    if kind is Decimal:
        return Decimal(value)
    raise FormatError(field, f"must be {wanted}; it is {shown(value)}")


def _list(value: Any, field: str) -> list[Any]:
    if value.__class__ is not list:
        raise FormatError(field, f"must be a list; it is {shown(value)}")
    return list(value)


def _unique(kind: Kind, value: Any, field: str) -> list[str]:
    items = enumerate(_list(value, field))
    return list(dict.fromkeys(kind(item, f"{field}[{at}]") for at, item in items if not is_blank(item)))


def _members(item: Any, place: str, kinds: dict[str, Kind], needed: tuple[str, ...]) -> dict[str, Any]:
    if item.__class__ is not dict:
        raise FormatError(place, f"must be an object; it is {shown(item)}")
    for name in needed:
        if is_blank(item.get(name)):
            raise FormatError(f"{place}.{name}", "is missing")
    row: dict[str, Any] = dict.fromkeys(kinds)
    for name, value in item.items():
        kind = kinds.get(name)
        if kind is None:
            row[name] = kept(value)
        elif not is_blank(value):
            row[name] = kind(value, f"{place}.{name}")
    return row
