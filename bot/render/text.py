"""Text from outside on its way into a message: cleaned, cut and escaped in this one place.

Slack has two kinds of text. In mrkdwn `&`, `<` and `>` must be written as entities, and nothing can keep
`*`, `_`, `~`, a backtick or `:tada:` from acting. In plain text and in rich text nothing acts at all. So
the blocks of our messages carry outside text as plain or rich text only (`clean`), and mrkdwn is left for
the notification text (`shown`) and for tokens that we make ourselves.
Source: https://docs.slack.dev/messaging/formatting-message-text
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, urlsplit, urlunsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.domain.money import Money, digits, to_decimal_string

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime
    from fractions import Fraction

    from bot.domain.facts import Named

ELLIPSIS: Final = "…"
NAME: Final = 80
"""Characters of one name (person, company, asset) in a message; a longer one is cut."""
URL_LIMIT: Final = 3000
_READ: Final = 4000
"""Characters of a text that are looked at, at most: no message shows more, and endless names cost nothing."""

_JOINERS: Final = frozenset("\u200c\u200d")
_VISIBLE_FORMAT: Final = frozenset("\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2")
_BLANKS: Final = frozenset("\u115f\u1160\u2800\u3164\uffa0")
_OPEN: Final = "\u2068"
_CLOSE: Final = "\u2069"
_LOOSE: Final = " \n\u200c\u200d"
_SLACK_ID: Final = re.compile(r"[UW][A-Z0-9]{1,30}")
_UNITS: Final = re.compile(r"<[^<>]*>|&(?:amp|lt|gt);|.", re.DOTALL)
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def width(text: str) -> int:
    """The length as Slack's clients count it: UTF-16 units, so that an emoji counts 2."""
    return len(text) + sum(char > "\uffff" for char in text)


def escape(text: str) -> str:
    """`&`, `<` and `>` as entities, each exactly once; everything else as it is."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def clean(text: str | None, limit: int = NAME) -> str:
    """Outside text as one line for plain and rich text; "" if nothing is left.

    Line breaks and control characters become spaces, runs of spaces one. Invisible characters and those
    that turn the direction of writing are removed (joiners stay inside scripts and emoji that need them).
    Text with letters written from right to left is isolated (U+2068 … U+2069), so that the rest of the line
    keeps its order. What is longer than `limit` UTF-16 units is cut and ends in `…`.
    """
    if text is None:
        return ""
    line = " ".join(_visible(text[:_READ]).split())
    if not _right_to_left(cut(line, limit)):
        return cut(line, limit)
    kept = cut(line, limit - 2)
    return _OPEN + kept + _CLOSE if _right_to_left(kept) else kept


def shown(text: str | None, limit: int = NAME) -> str:
    """`clean`, then escaped for mrkdwn. The limit holds before escaping: an entity counts as 1."""
    return escape(clean(text, limit))


def cut(text: str, limit: int) -> str:
    """At most `limit` UTF-16 units of plain text, ending in `…` if something is missing (mrkdwn: `fit`)."""
    return text if width(text) <= limit else _shortened(text, text, limit)


def fit(text: str, limit: int) -> str:
    """A finished mrkdwn text cut with `…` to `limit` UTF-16 units, never inside a token or an entity."""
    return text if width(text) <= limit else _shortened(_UNITS.findall(text), text, limit)


def _shortened(units: Iterable[str], text: str, limit: int) -> str:
    """As many whole units as fit before the `…`; an isolate that was cut open is closed."""
    left = limit - (2 if _OPEN in text else 1)
    kept: list[str] = []
    for unit in units:
        left -= width(unit)
        if left < 0:
            break
        kept.append(unit)
    line = "".join(kept).rstrip(_LOOSE) + ELLIPSIS
    return line + _CLOSE if line.count(_OPEN) > line.count(_CLOSE) else line


def slack_id(named: Named) -> str | None:
    """The member id, if it is one: what does not look like an id would break out of the mention."""
    return named.slack_id if named.slack_id and _SLACK_ID.fullmatch(named.slack_id) else None


def mention(named: Named) -> str | None:
    """`<@U…>`, or None where Slack does not know the person."""
    known = slack_id(named)
    return f"<@{known}>" if known else None


def plain_name(named: Named) -> str:
    """The person's name, else the e-mail, unescaped, for plain and rich text."""
    return clean(named.name) or clean(named.email) or "somebody without a name"


def titled(named: Named) -> str:
    """The person as a title says them, unescaped: it holds no mention. Empty where Slack alone knows their name."""
    return "" if mention(named) and not clean(named.name) else plain_name(named)


def person(named: Named) -> str:
    """A person in mrkdwn: a mention if Slack knows them, else the name, else the e-mail."""
    return mention(named) or escape(plain_name(named))


def safe_url(url: str | None) -> str | None:
    """The address in ASCII if it may be linked: http or https, a host, no credentials; else None.

    Never holds a character that would end a token (`<`, `>`, `|`) or a space: these are percent-encoded.
    """
    if url is None:
        return None
    try:
        parts = urlsplit(_visible(url[:_READ]).strip())
        host = (parts.hostname or "").encode("idna").decode("ascii")
        port = "" if parts.port is None else f":{parts.port}"
    except ValueError:
        return None
    if (
        parts.scheme not in {"http", "https"}
        or "@" in parts.netloc
        or not re.fullmatch(r"[a-z0-9._-]+", host)
    ):
        return None
    path, query, fragment = (quote(part, safe="/%:@!$&'()*+,;=?~-._") for part in parts[2:])
    whole = urlunsplit((parts.scheme, host + port, path, query, fragment))
    return whole if len(whole) <= URL_LIMIT else None


def link(url: str | None, label: str) -> str:
    """`<url|label>` in mrkdwn for a raw label; the label alone if the address may not be linked."""
    name = shown(label).replace("|", "\u01c0")
    target = safe_url(url)
    return f"<{escape(target)}|{name}>" if target and name else shown(label)


def date_token(instant: datetime, fallback: str) -> str:
    """An instant (aware) that each reader sees in their own zone; `fallback` where Slack cannot format it."""
    words = escape(clean(fallback, 60).replace("|", " ").replace("^", " "))
    return f"<!date^{int(instant.timestamp())}^{DATE_FORMAT}|{words or 'that time'}>"


DATE_FORMAT: Final = "{date_short_pretty} {time}"


def moment(instant: datetime, zone: str) -> str:
    """An instant (aware) in words: `9 Nov, 14:30 (Europe/Berlin)`; in UTC if the zone is not known."""
    try:
        local, name = instant.astimezone(ZoneInfo(zone)), zone
    except (ZoneInfoNotFoundError, ValueError, OSError):
        local, name = instant.astimezone(ZoneInfo("UTC")), "UTC"
    return f"{day(local.date(), local.year)}, {local:%H:%M} ({name})"


def day(when: date, year: int | None) -> str:
    """`9 Nov` within the year `year`, else `9 Nov 2025`."""
    short = f"{when.day} {_MONTHS[when.month - 1]}"
    return short if when.year == year else f"{short} {when.year}"


def money(amount: Money, locale: str = "en_US") -> str:
    """An amount as that locale writes it (`€12,500.00`), with the digits of ISO 4217. Not escaped."""
    from babel.numbers import format_currency  # noqa: PLC0415 - costs memory: only where money is shown

    pattern = _money_pattern(locale, amount.currency)
    value = Decimal(to_decimal_string(amount))
    if len(value.as_tuple().digits) > 27:  # babel computes with 28 digits
        return f"{to_decimal_string(amount)} {amount.currency}"
    return format_currency(value, amount.currency, pattern, locale=locale, currency_digits=False)


def about(amount: Money, locale: str = "en_US") -> str:
    """An estimate as that locale writes it, in whole units of the currency where it is at least ten (`€12,500`)."""
    unit = 10 ** (digits(amount.currency) or 0)
    if abs(amount.minor) < 10 * unit or unit == 1:
        return money(amount, locale)
    whole = (abs(amount.minor) + unit // 2) // unit * unit
    shown_ = money(Money(whole if amount.minor > 0 else -whole, amount.currency), locale)
    return re.sub(r"[.,]0+(?=\D*$)", "", shown_)


@lru_cache(maxsize=64)
def _money_pattern(locale: str, currency: str) -> str:
    from babel import Locale  # noqa: PLC0415 - see money()
    from babel.numbers import get_currency_symbol  # noqa: PLC0415

    places = digits(currency)
    pattern = str(Locale.parse(locale).currency_formats["standard"].pattern)
    pattern = pattern.replace("0.00", "0." + "0" * places if places else "0")
    spaced = get_currency_symbol(currency, locale=locale)[-1:].isalpha()
    return pattern.replace("¤#", "¤\xa0#") if spaced else pattern


def percent(share: Fraction) -> str:
    """A share with at most one decimal, rounded half up: `40%`, `33.3%`; `under 0.1%` where that gives 0."""
    tenths = (abs(share) * 2000 + 1) // 2
    if tenths == 0 and share != 0:
        return "under 0.1%"
    whole, rest = divmod(tenths, 10)
    sign = "-" if share < 0 else ""
    return f"{sign}{whole}.{rest}%" if rest else f"{sign}{whole}%"


def counted(number: int, singular: str, plural: str | None = None) -> str:
    """`1 deal`, `3 deals`."""
    return f"{number:,} {singular if number == 1 else plural or singular + 's'}"


def listed(parts: list[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return " and ".join((", ".join(parts[:-1]), parts[-1])) if len(parts) > 1 else "".join(parts)


def _right_to_left(line: str) -> bool:
    return any(unicodedata.bidirectional(char) in {"R", "AL", "AN"} for char in line)


def _visible(text: str) -> str:
    kept: list[str] = []
    for char in text:
        kind = unicodedata.category(char)
        if char in _JOINERS:
            if kept and kept[-1] > "\u02ff" and not kept[-1].isspace():
                kept.append(char)
        elif kind in {"Cc", "Zl", "Zp"} or char in _BLANKS:
            kept.append(" ")
        elif kind == "Cs":
            kept.append("\ufffd")
        elif kind != "Cf" or char in _VISIBLE_FORMAT:
            kept.append(char)
    return "".join(kept).rstrip("\u200c\u200d")
