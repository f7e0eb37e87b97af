"""A message as it is handed over."""

import hashlib

from bot.render.message import Payload

BLOCK = {"type": "divider", "block_id": "ä"}


def test_payload_is_what_the_web_api_takes():
    """Text and blocks, and no switch that would make Slack look for names or links in them."""
    assert Payload("Hello", (BLOCK,)).as_dict() == {"text": "Hello", "blocks": [BLOCK]}


def test_text_is_cut_before_slack_refuses_it():
    """More than 3,900 units end in an ellipsis, with whole tokens."""
    assert Payload("<@U1>" * 1000, (BLOCK,)).text == "<@U1>" * 779 + "…"


def test_digest_is_the_hash_of_the_canonical_json():
    """The digest follows from the message alone; the order of members does not count."""
    canonical = b'{"blocks":[{"block_id":"\\u00e4","type":"divider"}],"text":"Hello"}'
    expected = hashlib.sha256(canonical).hexdigest()
    assert Payload("Hello", (BLOCK,)).digest() == expected
    assert Payload("Hello", ({"block_id": "ä", "type": "divider"},)).digest() == expected


def test_digest_changes_with_the_message():
    """Another text or another block is another message."""
    digests = {
        payload.digest()
        for payload in (Payload("a", (BLOCK,)), Payload("b", (BLOCK,)), Payload("a", (BLOCK, BLOCK)))
    }
    assert len(digests) == 3
