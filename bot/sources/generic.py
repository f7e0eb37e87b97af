"""The generic source: signed as in Standard Webhooks, or sent with a bearer token (contract, section 4)."""

from __future__ import annotations

import base64
import binascii
import hmac
import re
from typing import TYPE_CHECKING, Any, Final

from bot.errors import ConfigError, FormatError, SignatureError
from bot.sources.events import Event
from bot.sources.schema import event_id, read_statement
from bot.sources.strict_json import loads, shown

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

TOLERANCE_SECONDS: Final = 300
"""How far a request's timestamp may lie from now, either way."""

MAX_EVENTS: Final = 500
"""How many events one body may hold."""

MIN_SECRET_BYTES: Final = 16

_PREFIX: Final = "whsec_"
_TIMESTAMP: Final = re.compile(r"[0-9]{1,12}")
_JSON_TYPE: Final = re.compile(r"application/(?:[a-z0-9!#$&^_.+-]+\+)?json")
_BEARER: Final = re.compile(r"bearer +([^ ]+) *", re.IGNORECASE)


class ContentTypeError(FormatError):
    """The body is not announced as JSON."""


def decode_secrets(text: str) -> tuple[bytes, ...]:
    """The signing keys written as `whsec_…`, several separated by space, in order.

    ConfigError, without a word of the secret, where one is not `whsec_` and base64 of at least 16 bytes.
    """
    return tuple(_decode_secret(word, number) for number, word in enumerate(text.split(), start=1))


def verify(
    headers: Mapping[str, str], body: bytes, *, secrets: Sequence[bytes], token: str | None, now: datetime
) -> str | None:
    """Make sure that a request comes from who shares a secret or the token with us, and say its delivery id.

    Header names are given in lower case. With keys configured, a `webhook-signature` decides alone: a wrong
    one is refused even beside a right token. The delivery id is `webhook-id`; a request by token may leave it
    out or send `Idempotency-Key` instead (None: the body must name the event).

    SignatureError for a missing, malformed, stale (more than 5 minutes from `now`, either way) or wrong
    signature or token. FormatError for a verified request with an id of more than 255 characters or with
    control characters.
    """
    signatures = headers.get("webhook-signature")
    if secrets and signatures is not None:
        delivery = _check_signature(headers, signatures, body, secrets, now)
        return event_id(delivery, "webhook-id")
    _check_token(headers.get("authorization"), token)
    for name in ("webhook-id", "idempotency-key"):
        given = headers.get(name, "")
        if given.strip():
            return event_id(given, name)
    return None


def parse(body: bytes, *, delivery_id: str | None, content_type: str | None) -> tuple[Event, ...]:
    """Read a verified body: one event, or a list of 1 to 500, each of which carries its own `id`.

    A single event is named by `delivery_id`, else by its own `id`. The same id twice in a list is one event,
    the first. ContentTypeError unless the body is announced as JSON; FormatError, naming the field
    (`data.amount`, `events[3].data.amount`), for everything that is not as the contract says.
    """
    _check_content_type(content_type)
    value = loads(body)
    if value.__class__ is list:
        return _events(value)
    if value.__class__ is not dict:
        raise FormatError("body", "must be one event (an object) or a list of events")
    return (_event(value, delivery_id),)


def _events(items: list[Any]) -> tuple[Event, ...]:
    if not 1 <= len(items) <= MAX_EVENTS:
        raise FormatError("events", f"a list holds 1 to {MAX_EVENTS} events; this one holds {len(items)}")
    found: dict[str, Event] = {}
    for at, item in enumerate(items):
        if item.__class__ is not dict:
            raise FormatError(f"events[{at}]", f"must be an object; it is {shown(item)}")
        try:
            event = _event(item, None)
        except FormatError as error:
            raise FormatError(f"events[{at}].{error.field}", error.reason) from None
        found.setdefault(event.id, event)
    return tuple(found.values())


def _event(envelope: Mapping[str, Any], delivery_id: str | None) -> Event:
    name = delivery_id
    if name is None:
        own = envelope.get("id")
        if own is None:
            raise FormatError("id", 'is missing; give every event an "id" of its own, beside "type"')
        name = event_id(own)
    return Event(name, *read_statement(envelope))


def _check_content_type(content_type: str | None) -> None:
    kind = (content_type or "").partition(";")[0].strip().lower()
    if _JSON_TYPE.fullmatch(kind) is None:
        said = f"it is {shown(kind)}" if kind else "it is missing"
        raise ContentTypeError("content-type", f"must be application/json; {said}")


def _check_signature(
    headers: Mapping[str, str], signatures: str, body: bytes, secrets: Sequence[bytes], now: datetime
) -> str:
    """The delivery id of a request whose signature is right and in time."""
    delivery, timestamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not delivery.strip():
        raise SignatureError("webhook-id is missing")
    if _TIMESTAMP.fullmatch(timestamp) is None:
        raise SignatureError("webhook-timestamp must be the seconds since 1970")
    if abs(now.timestamp() - int(timestamp)) > TOLERANCE_SECONDS:
        raise SignatureError("webhook-timestamp is more than 5 minutes from now; check the sender's clock")
    signed = b"%b.%b.%b" % (_raw(delivery), timestamp.encode("ascii"), body)
    expected = [base64.b64encode(hmac.digest(secret, signed, "sha256")) for secret in secrets]
    right = False
    for word in signatures.split():
        version, _, given = word.partition(",")
        if version == "v1":
            for signature in expected:
                right |= hmac.compare_digest(signature, _raw(given))
    if not right:
        raise SignatureError("webhook-signature does not match; check that both sides have the same secret")
    return delivery


def _check_token(authorization: str | None, token: str | None) -> None:
    if not token or authorization is None:
        raise SignatureError(
            "the request is not signed; send webhook-id, webhook-timestamp and webhook-signature"
        )
    match = _BEARER.fullmatch(authorization.strip())
    if match is None:
        raise SignatureError("authorization must be Bearer and the token")
    if not hmac.compare_digest(_raw(match[1]), token.encode("utf-8", "surrogatepass")):
        raise SignatureError("the bearer token is wrong")


def _raw(header: str) -> bytes:
    """A header's bytes as they came: HTTP libraries hand them over as Latin-1."""
    try:
        return header.encode("latin-1")
    except UnicodeEncodeError:
        return header.encode("utf-8", "surrogatepass")


def _decode_secret(word: str, number: int) -> bytes:
    try:
        coded = word.removeprefix(_PREFIX)
        key = base64.b64decode(coded + "=" * (-len(coded) % 4), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not word.startswith(_PREFIX) or len(key) < MIN_SECRET_BYTES:
        message = (
            f"WINBELL_WEBHOOK_SECRET: secret {number} must be whsec_ followed by the base64 of at least "
            f"{MIN_SECRET_BYTES} random bytes; several are separated by spaces"
        )
        raise ConfigError(message)
    return key
