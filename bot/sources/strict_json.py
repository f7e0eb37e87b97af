"""JSON as RFC 8259 means it, with every number exact: what a stranger sends is either plain or refused.

Python's reader alone takes duplicate keys, `NaN`, `1e400`, numbers without end and texts that no database can
store. Here all of these are a `FormatError` with a short reason.
"""

from __future__ import annotations

import json
import re
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from bot.errors import FormatError

MAX_DEPTH: Final = 64
"""Lists and objects may be nested this deep, the outermost counted as one."""

MAX_DIGITS: Final = 100
"""A number may be written with this many characters."""

MAX_EXPONENT: Final = 308
"""A number other than zero lies between 1e-308 and 1e309, the range that every JSON reader knows."""

_BOM: Final = b"\xef\xbb\xbf"
_SUSPECT: Final = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")


def loads(body: bytes, field: str = "body") -> Any:
    """Read one JSON text: objects as dicts, whole numbers as int, all others as Decimal, exactly as written.

    UTF-8 only; a leading byte order mark is skipped. FormatError, naming `field`, for anything that is not
    JSON, and for duplicate keys, `NaN` and `Infinity`, numbers out of range, NUL characters, lone surrogates
    and nesting deeper than 64 levels.
    """
    try:
        value = _DECODER.decode(body.removeprefix(_BOM).decode("utf-8"))
    except UnicodeDecodeError as error:
        raise FormatError(field, f"is not UTF-8 (byte {error.start + 1})") from None
    except json.JSONDecodeError as error:
        line = f"line {error.lineno}, " if error.lineno > 1 else ""
        raise FormatError(field, f"is not JSON: {error.msg} ({line}column {error.colno})") from None
    except _RefusedError as error:
        raise FormatError(field, str(error)) from None
    except RecursionError:
        raise FormatError(field, _TOO_DEEP) from None
    _check(value, body, field)
    return value


def dumps(value: Any) -> str:
    """The canonical JSON text of a value: keys sorted, no space, no escapes beyond the necessary.

    Equal values have equal texts. Decimals are not taken: turn them into texts first.
    """
    return _ENCODER.encode(value)


def shown(value: object) -> str:
    """A value as an error message may quote it: on one line, printable ASCII, at most 60 characters."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    plain = value[:60] if isinstance(value, str) else value
    text = str(plain) if isinstance(plain, Decimal) else ascii(plain)
    return text if len(text) <= 60 else text[:57] + "..."


def plain_text(number: Decimal) -> str:
    """A finite decimal number without exponent and without trailing zeros: `12500`, `0.25`, never `-0`."""
    text = format(number, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


class _RefusedError(Exception):
    """JSON by its grammar, but not taken; the text is the reason."""


_TOO_DEEP: Final = f"is nested deeper than {MAX_DEPTH} levels"


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise _RefusedError(f"has the key {shown(key)} twice in one object")
            seen.add(key)
    return found


def _whole(text: str) -> int:
    if len(text) > MAX_DIGITS:
        raise _RefusedError(f"has a number of more than {MAX_DIGITS} characters")
    return int(text)


def _fraction(text: str) -> Decimal:
    if len(text) > MAX_DIGITS:
        raise _RefusedError(f"has a number of more than {MAX_DIGITS} characters")
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise _RefusedError(f"has a number out of range: {shown(text)}") from None
    if not -MAX_EXPONENT <= number.adjusted() <= MAX_EXPONENT:
        raise _RefusedError(f"has a number out of range: {shown(text)}")
    return number


def _constant(text: str) -> Any:
    raise _RefusedError(f"has {text}, which is not a JSON number")


def _check(value: Any, body: bytes, field: str) -> None:
    """Walk the value only where the raw text shows that there is something to find."""
    texts = _SUSPECT.search(body) is not None
    if not texts and body.count(b"[") + body.count(b"{") <= MAX_DEPTH:
        return
    try:
        _walk(value, 1, texts)
    except _RefusedError as error:
        raise FormatError(field, str(error)) from None


def _walk(value: Any, depth: int, texts: bool) -> None:
    if value.__class__ is str:
        if texts:
            _check_text(value)
    elif value.__class__ is dict or value.__class__ is list:
        if depth > MAX_DEPTH:
            raise _RefusedError(_TOO_DEEP)
        for item in value.values() if value.__class__ is dict else value:
            _walk(item, depth + 1, texts)
        if texts and value.__class__ is dict:
            for key in value:
                _check_text(key)


def _check_text(text: str) -> None:
    if "\x00" in text:
        raise _RefusedError("has a NUL character in a text")
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise _RefusedError("has half a character (a lone surrogate) in a text") from None


_DECODER: Final = json.JSONDecoder(
    object_pairs_hook=_object, parse_float=_fraction, parse_int=_whole, parse_constant=_constant
)
_ENCODER: Final = json.JSONEncoder(
    ensure_ascii=False, check_circular=False, allow_nan=False, sort_keys=True, separators=(",", ":")
)
