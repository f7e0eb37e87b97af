"""Who may speak for the generic source: signatures as in Standard Webhooks, or the bearer token."""

from __future__ import annotations

import base64
import hashlib
import hmac
import unicodedata
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import ConfigError, FormatError, SignatureError
from bot.sources.generic import decode_secrets, verify

NOW = datetime(2026, 4, 15, 15, 5, tzinfo=UTC)
KEY, NEXT_KEY = b"the key of the spring, 24 b", b"the key of the summer, 24 b"
TOKEN = "a-token-of-at-least-32-characters-x"
BODY = b'{"type":"deal.won"}'


def signature(key=KEY, delivery="msg_1", timestamp=None, body=BODY):
    """Sign independently of the code under test: HMAC-SHA256 of id.timestamp.body."""
    seconds = int(NOW.timestamp()) if timestamp is None else timestamp
    signed = f"{delivery}.{seconds}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def signed(**changes):
    """Headers of a rightly signed request; a change replaces a header, None removes it."""
    headers = {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(int(NOW.timestamp())),
        "webhook-signature": signature(),
    }
    headers |= {name.replace("_", "-"): value for name, value in changes.items()}
    return {name: value for name, value in headers.items() if value is not None}


def check(headers, body=BODY, secrets=(KEY,), token=TOKEN, now=NOW):
    return verify(headers, body, secrets=secrets, token=token, now=now)


def test_the_signature_other_libraries_make():
    """A request signed by the reference library of Standard Webhooks is accepted."""
    body = (
        b'{"type":"deal.closed_won","timestamp":"2026-11-20T15:04:32Z","data":{"deal_id":"D-1001","name":'
        b'"Northwind Robotics","amount":"12500.00","currency":"EUR","close_date":"2026-11-20","owner_email":'
        b'"maya.okafor@seller.example","contact_email":"dana.reyes@prospect.example","source":"zapier"}}'
    )
    headers = {
        "webhook-id": "msg_2KWPBgLlAfxdpx2AI54pPJ85f4W",
        "webhook-timestamp": "1795187072",
        "webhook-signature": "v1,nirgim4PgLYvILXjDue+P5CyBLuAiTLUJWdCI20JlRs=",
    }
    secrets = decode_secrets("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    now = datetime.fromtimestamp(1795187072, UTC)
    assert verify(headers, body, secrets=secrets, token=None, now=now) == "msg_2KWPBgLlAfxdpx2AI54pPJ85f4W"


@pytest.mark.parametrize("seconds", [-300, -299, 0, 299, 300])
def test_a_clock_may_differ_by_five_minutes(seconds):
    """A signed request counts while its timestamp is at most 300 seconds from now, on either side."""
    assert check(signed(), now=NOW + timedelta(seconds=seconds)) == "msg_1"


@pytest.mark.parametrize("seconds", [-86400, -301, -300.001, 300.001, 301, 86400])
def test_a_stale_request_is_refused(seconds):
    """Beyond 300 seconds a rightly signed request is refused: it may be a replay."""
    with pytest.raises(SignatureError, match=r"^webhook-timestamp is more than 5 minutes from now"):
        check(signed(), now=NOW + timedelta(seconds=seconds))


@pytest.mark.parametrize(
    "signatures",
    [
        signature(),
        signature() + " " + signature(NEXT_KEY),
        "v1,AAAA " + signature(),
        "v1a,AAAA  v2," + signature()[3:] + " " + signature(),
    ],
)
def test_one_right_signature_is_enough(signatures):
    """Of several signatures one right v1 is enough; other versions are passed over."""
    assert check(signed(webhook_signature=signatures)) == "msg_1"


@pytest.mark.parametrize("key", [KEY, NEXT_KEY])
def test_rotation(key):
    """While two secrets are configured, what either of them signed is accepted."""
    assert check(signed(webhook_signature=signature(key)), secrets=(KEY, NEXT_KEY)) == "msg_1"


def test_after_rotation():
    """What an old secret signed is refused once that secret is gone."""
    with pytest.raises(SignatureError, match=r"^webhook-signature does not match"):
        check(signed(), secrets=(NEXT_KEY,))


@pytest.mark.parametrize(
    "changes",
    [
        {"webhook_id": None},
        {"webhook_id": ""},
        {"webhook_id": "msg_2"},
        {"webhook_id": "msg_1, msg_1"},
        {"webhook_id": "msg_\xe9"},
        {"webhook_id": "msg_\u20ac"},
        {"webhook_id": "msg_\ud800"},
        {"webhook_timestamp": None},
        {"webhook_timestamp": ""},
        {"webhook_timestamp": "abc"},
        {"webhook_timestamp": "1e9"},
        {"webhook_timestamp": "-1"},
        {"webhook_timestamp": "+1776265500"},
        {"webhook_timestamp": "1776265500.0"},
        {"webhook_timestamp": " 1776265500"},
        {"webhook_timestamp": "1776265500\n"},
        {"webhook_timestamp": "9" * 400},
        {"webhook_timestamp": "\uff11\uff17\uff17\uff16\uff12\uff16\uff15\uff15\uff10\uff10"},
        {"webhook_timestamp": "1776265501"},
        {"webhook_signature": ""},
        {"webhook_signature": "v1"},
        {"webhook_signature": "v1,"},
        {"webhook_signature": ","},
        {"webhook_signature": signature()[3:]},
        {"webhook_signature": "v2," + signature()[3:]},
        {"webhook_signature": "V1," + signature()[3:]},
        {"webhook_signature": "v1,\xe9" + signature()[4:]},
        {"webhook_signature": "v1,\u20ac"},
        {"webhook_signature": "v1,\ud800"},
        {"webhook_signature": signature()[:-1]},
        {"webhook_signature": "v1," + signature()[3:].swapcase()},
        {"webhook_signature": signature(NEXT_KEY)},
        {"webhook_signature": signature(body=BODY + b" ")},
        {"webhook_signature": signature() + ", " + signature()[:-2]},
    ],
)
def test_what_is_not_rightly_signed_is_refused(changes):
    """Whatever is missing, malformed or changed is a SignatureError, even beside the right token."""
    headers = signed(**changes) | {"authorization": f"Bearer {TOKEN}"}
    headers.setdefault("webhook-signature", "v1,AAAA")
    with pytest.raises(SignatureError):
        check(headers)


def test_a_changed_body_is_refused():
    """One changed byte of the body makes the signature wrong."""
    with pytest.raises(SignatureError, match=r"^webhook-signature does not match"):
        check(signed(), body=BODY.replace(b"won", b"wan"))


@pytest.mark.parametrize("delivery", ["x" * 256, "a\x7fb", "a\x00b", "a\tb"])
def test_a_signed_id_must_be_storable(delivery):
    """A rightly signed request with an id that is too long or holds control characters is a FormatError."""
    headers = signed(webhook_id=delivery, webhook_signature=signature(delivery=delivery))
    with pytest.raises(FormatError) as caught:
        check(headers)
    assert caught.value.field == "webhook-id"


def test_an_id_of_255_characters():
    """An id may have 255 characters."""
    delivery = "x" * 255
    assert check(signed(webhook_id=delivery, webhook_signature=signature(delivery=delivery))) == delivery


@pytest.mark.parametrize(
    ("headers", "delivery"),
    [
        ({}, None),
        ({"webhook-id": "evt-1"}, "evt-1"),
        ({"idempotency-key": "key-1"}, "key-1"),
        ({"webhook-id": "evt-1", "idempotency-key": "key-1"}, "evt-1"),
        ({"webhook-id": " ", "idempotency-key": "key-1"}, "key-1"),
    ],
)
@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER", "Bearer  "])
def test_the_token_instead_of_a_signature(headers, delivery, scheme):
    """The right token is enough; webhook-id, else Idempotency-Key, names the delivery, or nothing does."""
    assert check(headers | {"authorization": f"{scheme} {TOKEN}"}) == delivery


def test_a_signature_nobody_can_check_leaves_the_token():
    """Without a configured secret a signature says nothing, and the token decides."""
    assert check(signed(authorization=f"Bearer {TOKEN}"), secrets=()) == "msg_1"


@pytest.mark.parametrize(
    "authorization",
    [
        None,
        "",
        TOKEN,
        "Bearer",
        "Bearer ",
        f"Basic {TOKEN}",
        f"Bearer {TOKEN}x",
        f"Bearer {TOKEN[:-1]}",
        f"Bearer {TOKEN.upper()}",
        f"Bearer {TOKEN}, Bearer {TOKEN}",
        "Bearer \xe9",
        "Bearer \u20ac",
        "Bearer \ud800",
    ],
)
def test_a_wrong_token_is_refused(authorization):
    """Without a signature, only the very token under the Bearer scheme is accepted."""
    with pytest.raises(SignatureError):
        check({} if authorization is None else {"authorization": authorization})


@pytest.mark.parametrize("token", [None, ""])
def test_no_token_configured(token):
    """Where no token is configured, none is right."""
    with pytest.raises(SignatureError, match=r"^the request is not signed"):
        check({"authorization": "Bearer "}, token=token)


def test_a_token_outside_ascii():
    """A token is compared by its bytes: UTF-8, which an HTTP library hands over as Latin-1."""
    token = "schlüssel-" * 4
    header = "Bearer " + token.encode().decode("latin-1")
    assert check({"authorization": header, "webhook-id": "evt-1"}, token=token) == "evt-1"


NAMES = ["webhook-id", "webhook-timestamp", "webhook-signature", "authorization", "idempotency-key"]


@given(
    st.dictionaries(st.sampled_from(NAMES), st.text(max_size=30) | st.sampled_from(list(signed().values()))),
    st.binary(max_size=20),
)
def test_no_header_breaks_it(headers, body):
    """Whatever a stranger's headers hold, nobody gets in and nothing but a SignatureError comes out."""
    with pytest.raises(SignatureError):
        check(headers, body=body)


@given(st.text(st.characters(codec="latin-1"), max_size=300))
def test_any_signed_id_is_taken_or_named(delivery):
    """An id from someone who holds the secret is taken as it is, or its fault is named."""
    value = signed(webhook_id=delivery)
    raw = delivery.encode("latin-1") + b"." + value["webhook-timestamp"].encode() + b"." + BODY
    value["webhook-signature"] = "v1," + base64.b64encode(hmac.digest(KEY, raw, "sha256")).decode()
    if not delivery.strip():
        with pytest.raises(SignatureError, match=r"^webhook-id is missing$"):
            check(value)
    elif len(delivery.strip()) > 255 or any(
        unicodedata.category(letter) == "Cc" for letter in delivery.strip()
    ):
        with pytest.raises(FormatError, match=r"^webhook-id: "):
            check(value)
    else:
        assert check(value) == delivery.strip()


def coded(key):
    return "whsec_" + base64.b64encode(key).decode()


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("", ()),
        (coded(KEY), (KEY,)),
        (f" {coded(KEY)}\n{coded(NEXT_KEY)} ", (KEY, NEXT_KEY)),
        (coded(b"0123456789abcdef").rstrip("="), (b"0123456789abcdef",)),
    ],
)
def test_secrets(text, keys):
    """Secrets are whsec_ and base64, padded or not, separated by space, in order."""
    assert decode_secrets(text) == keys


@pytest.mark.parametrize(
    "word",
    [
        "whsec_",
        "whsec_c2hvcnQ=",
        base64.b64encode(KEY).decode(),
        "whsec_?" + "A" * 31,
        "whsec_é" + "A" * 31,
        "whsec_A",
    ],
)
def test_a_wrong_secret_is_not_repeated(word):
    """A secret that is not one is refused by its place; the message never shows it."""
    with pytest.raises(ConfigError) as caught:
        decode_secrets(f"{coded(KEY)} {word}")
    assert str(caught.value) == (
        "WINBELL_WEBHOOK_SECRET: secret 2 must be whsec_ followed by the base64 of at least 16 random bytes; "
        "several are separated by spaces"
    )
