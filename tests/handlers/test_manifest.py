"""The app manifest: what Slack accepts, and what the bot listens to."""

from __future__ import annotations

import pytest

from bot.errors import UsageError
from bot.render.win_forms import ADD
from handlers.commands import COMMANDS
from handlers.manifest import OPTIONAL_SCOPES, SCOPES, manifest


@pytest.mark.parametrize("base", [None, "https://winbell.seller.example", "http://127.0.0.1:3000/"])
@pytest.mark.parametrize("prefix", ["", "acme-"])
def test_the_manifest_is_within_slacks_limits(base, prefix):
    """Names, texts and commands are as long as Slack allows, in both modes."""
    made = manifest(base=base, prefix=prefix)
    assert len(made["display_information"]["name"]) <= 35
    assert len(made["display_information"]["description"]) <= 140
    assert len(made["features"]["bot_user"]["display_name"]) <= 80
    for command in made["features"]["slash_commands"]:
        assert 2 <= len(command["command"]) <= 32
        assert command["command"].startswith(f"/{prefix}")
        assert len(command["description"]) <= 2000
        assert len(command["usage_hint"]) <= 1000
    assert [c["command"] for c in made["features"]["slash_commands"]] == [
        f"/{prefix}{c.name}" for c in COMMANDS
    ]
    assert made["oauth_config"]["scopes"]["bot"] == sorted(SCOPES)


def test_the_shortcut_is_one_that_slack_takes():
    """A win can be added from anywhere; name and description are as long as Slack allows."""
    (shortcut,) = manifest(base=None, prefix="acme-")["features"]["shortcuts"]
    assert (shortcut["name"], shortcut["type"], shortcut["callback_id"]) == ("Add a win", "global", ADD)
    assert len(shortcut["name"]) <= 24
    assert len(shortcut["callback_id"]) <= 255
    assert len(shortcut["description"]) <= 150


def test_what_may_be_refused_is_asked_for_too():
    """Slack takes an optional scope only if the main list has it as well; quiet hours are all that is optional."""
    scopes = manifest(base=None, prefix="")["oauth_config"]["scopes"]
    assert scopes["bot_optional"] == list(OPTIONAL_SCOPES) == ["dnd:read"]
    assert set(OPTIONAL_SCOPES) < set(scopes["bot"])


def test_socket_mode_needs_no_address():
    """Without a base there is no URL anywhere, and Socket Mode is on."""
    made = manifest(base=None, prefix="")
    assert made["settings"]["socket_mode_enabled"] is True
    assert "url" not in str(made).replace("'url_", "")


@pytest.mark.parametrize("base", ["https://winbell.seller.example", "https://winbell.seller.example/"])
def test_http_names_one_address(base):
    """With a base every call of Slack goes to `/slack/events` below it."""
    made = manifest(base=base, prefix="")
    assert made["settings"]["socket_mode_enabled"] is False
    address = "https://winbell.seller.example/slack/events"
    assert made["settings"]["interactivity"]["request_url"] == address
    assert {c["url"] for c in made["features"]["slash_commands"]} == {address}


@pytest.mark.parametrize(
    "base",
    [
        "winbell.seller.example",
        "ftp://winbell.seller.example",
        "https://",
        "http://[",
        "https://a b.example",
        "",
    ],
)
def test_another_kind_of_address_is_refused(base):
    """The sentence says what to give."""
    with pytest.raises(UsageError, match="public address"):
        manifest(base=base, prefix="")
