"""`POST /hooks/{source}`: every status that the contract names, and never a 500 for what a stranger sends."""

from __future__ import annotations

import asyncio
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.clock import ManualClock
from bot.errors import StorageError
from bot.sources.generic import decode_secrets
from handlers.webhooks import BODY_LIMIT, Webhooks
from tests.support.world import SECRET, START, signed

EVENT = {"type": "lead.created", "timestamp": "2026-11-16T08:00:00Z", "data": {"id": "L-1"}}
SECRETS = decode_secrets(SECRET)
TOKEN = "a-bearer-token-of-at-least-32-letters"


class Shelf:
    """An intake that keeps what it is given; with `full`, it cannot."""

    def __init__(self, *, full: bool = False) -> None:
        self.rows = []
        self.full = full

    async def store(self, rows):
        if self.full:
            raise StorageError("the disk is full")
        known = {row.event_id for row in self.rows}
        new = [row for row in rows if row.event_id not in known]
        self.rows += new
        return len(new)


class Request:
    """One request as an ASGI server hands it over, its body in parts."""

    def __init__(
        self, path="/hooks/generic", method="POST", headers=(), parts=(b"",), *, endless=False
    ) -> None:
        raw = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in dict(headers).items()]
        self.scope = {"type": "http", "path": path, "method": method, "headers": raw}
        self.parts = list(parts)
        self.endless = endless
        self.read = 0
        self.sent = []

    async def receive(self):
        part = self.parts[0] if self.endless else self.parts.pop(0)
        self.read += len(part)
        return {"type": "http.request", "body": part, "more_body": self.endless or bool(self.parts)}

    async def send(self, message):
        self.sent.append(message)

    @property
    def status(self):
        return self.sent[0]["status"]

    @property
    def headers(self):
        return dict(self.sent[0]["headers"])

    @property
    def answer(self):
        return json.loads(self.sent[1]["body"])


def answered(request, *, shelf=None, secrets=SECRETS, token=None):
    door = Webhooks(shelf or Shelf(), ManualClock(START), secrets, token)
    asyncio.run(door(request.scope, request.receive, request.send))
    return request


def post(event, event_id="evt-1", **options):
    body = event if isinstance(event, bytes) else json.dumps(event).encode()
    headers = signed(event_id, START, body) | options.pop("headers", {})
    return answered(Request(headers=headers, parts=(body,)), **options)


def test_a_signed_event_is_stored():
    """202 with the number of events that are new."""
    shelf = Shelf()
    request = post(EVENT, shelf=shelf)
    assert (request.status, request.answer) == (202, {"status": "stored", "events": 1})
    assert [(row.source, row.event_id, row.type) for row in shelf.rows] == [
        ("generic", "evt-1", "lead.created")
    ]


def test_the_same_event_again_is_a_duplicate():
    """202 for a duplicate, too: the sender must not try for ever."""
    shelf = Shelf()
    post(EVENT, shelf=shelf)
    request = post(EVENT, shelf=shelf)
    assert (request.status, request.answer) == (202, {"status": "duplicate", "events": 0})


def test_a_list_counts_its_new_events():
    """A list is stored as its events; `duplicate` is said only where none is new."""
    shelf = Shelf()
    both = [EVENT | {"id": "a"}, EVENT | {"id": "b"}]
    assert post(both[:1], shelf=shelf).answer == {"status": "stored", "events": 1}
    assert post(both, "evt-2", shelf=shelf).answer == {"status": "stored", "events": 1}
    assert post(both, "evt-3", shelf=shelf).answer == {"status": "duplicate", "events": 0}


def test_a_bearer_token_is_an_alternative():
    """A sender that cannot sign brings the token and an id in the body."""
    body = json.dumps(EVENT | {"id": "zap-1"}).encode()
    headers = {"authorization": f"Bearer {TOKEN}", "content-type": "application/json"}
    request = answered(Request(headers=headers, parts=(body,)), secrets=(), token=TOKEN)
    assert (request.status, request.answer) == (202, {"status": "stored", "events": 1})


@pytest.mark.parametrize(
    ("headers", "why"),
    [
        ({"webhook-signature": "v1,AAAA"}, "wrong"),
        ({"webhook-signature": "\xff\xfe"}, "not ASCII"),
        ({"webhook-timestamp": "abc"}, "no number"),
        ({"webhook-timestamp": str(int(START.timestamp()) - 301)}, "stale"),
        ({"webhook-timestamp": str(int(START.timestamp()) + 301)}, "in the future"),
        ({"webhook-id": "other"}, "another id"),
    ],
)
def test_a_wrong_signature_is_401(headers, why):
    """Whatever is wrong about the signature, the answer is 401 and nothing is stored."""
    shelf = Shelf()
    request = post(EVENT, headers=headers, shelf=shelf)
    assert (request.status, list(request.answer), shelf.rows) == (401, ["error"], []), why


@pytest.mark.parametrize(
    ("body", "names"),
    [
        (b"", "body"),
        (b"{", "body"),
        (b'{"type": "deal.won"}', "timestamp"),
        (json.dumps(EVENT | {"type": "deal.sung"}).encode(), "type"),
        (json.dumps(EVENT | {"data": {}}).encode(), "data.id"),
        (json.dumps(EVENT | {"data": {"id": "L-1", "score": 101}}).encode(), "data.score"),
        (json.dumps([]).encode(), "events"),
        (
            b'{"type": "lead.created", "timestamp": "2026-11-16T08:00:00Z", "data": {"id": "a", "id": "b"}}',
            "body",
        ),
        (b"[" * 2000, "body"),
        (b"\xff\xfe\x00", "body"),
    ],
)
def test_a_malformed_body_is_400_and_names_the_field(body, names):
    """400 says which field, and nothing is stored."""
    shelf = Shelf()
    request = post(body, shelf=shelf)
    assert (request.status, shelf.rows) == (400, [])
    assert names in request.answer["error"]


def test_another_content_type_is_415():
    """415 for what is not JSON by its own word."""
    assert post(EVENT, headers={"content-type": "text/plain"}).status == 415


def test_an_announced_size_over_the_limit_is_413_unread():
    """413 before a byte of the body is read."""
    request = answered(Request(headers={"content-length": str(10 * 1024**3)}, parts=(b"x",)))
    assert (request.status, request.read) == (413, 0)


def test_a_body_without_end_is_413_at_the_limit():
    """Reading stops as soon as the limit is passed, whatever the sender announced."""
    request = answered(Request(parts=(b"x" * 65536,), endless=True))
    assert request.status == 413
    assert request.read <= BODY_LIMIT + 65536


def test_a_body_of_exactly_the_limit_is_read():
    """1 MiB itself is within the limit: it is the signature that is missing then."""
    assert answered(Request(parts=(b"x" * BODY_LIMIT,))).status == 401


def test_a_database_that_cannot_store_is_503_with_retry_after():
    """Never 2xx for an event that could be lost."""
    request = post(EVENT, shelf=Shelf(full=True))
    assert (request.status, request.headers[b"retry-after"]) == (503, b"5")


@pytest.mark.parametrize("path", ["/hooks/", "/hooks/hubspot", "/hooks/generic/more", "/hooks/../generic"])
def test_an_unknown_source_is_404(path):
    """404 for a source that does not exist or has no settings."""
    assert answered(Request(path=path)).status == 404


def test_a_source_without_secret_and_token_is_off():
    """404 while neither secret nor token is set."""
    assert answered(Request(), secrets=(), token=None).status == 404


def test_only_post_is_taken():
    """405 for a look with the browser."""
    assert answered(Request(method="GET")).status == 405


def test_a_sender_that_goes_away_gets_no_answer():
    """A connection closed in the middle of a body stores nothing and raises nothing."""

    async def gone():
        return {"type": "http.disconnect"}

    request, shelf = Request(), Shelf()
    door = Webhooks(shelf, ManualClock(START), decode_secrets(SECRET), None)
    asyncio.run(door(request.scope, gone, request.send))
    assert (request.sent, shelf.rows) == ([], [])


@given(
    body=st.binary(max_size=300),
    headers=st.dictionaries(
        st.sampled_from(
            ["webhook-id", "webhook-timestamp", "webhook-signature", "authorization", "content-type"]
        ),
        st.text(st.characters(max_codepoint=255), max_size=60),
    ),
    proper=st.booleans(),
)
def test_no_request_of_a_stranger_is_a_500(body, headers, proper):
    """Arbitrary bytes and headers, signed or not, end in an answer of the contract."""
    given_headers = (signed("evt", START, body) | headers) if proper else headers
    request = answered(Request(headers=given_headers, parts=(body,)), token=TOKEN)
    assert request.status in {202, 400, 401, 413, 415}
