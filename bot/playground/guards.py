"""What keeps the stand-in local: loopback alone, in both directions, and no token of a real workspace."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlsplit

from bot.errors import ConfigError

LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})

# Slack's own formats: bot, user and legacy tokens carry one or two numbers, app tokens a version and the
# app's id.
_REAL_TOKEN: Final = re.compile(
    r"""xox[a-z]-\d+-\d+-[A-Za-z0-9]     # bot and user tokens
      | xox[a-z]-\d{9,}-[A-Za-z0-9]      # tokens of older apps
      | xoxe(\.xox[a-z])?-\d+-           # tokens that rotate, and what refreshes them
      | xapp-\d+-A[A-Z0-9]               # app-level tokens
    """,
    re.VERBOSE,
)

ADVICE: Final = (
    "this looks like a token of a real Slack workspace, and this local stand-in for Slack must not see one; "
    "use a made-up token such as xoxb-demo, and revoke the real one if it was shared by mistake"
)


def looks_real(token: str) -> bool:
    """Whether `token` has the shape of a token that Slack gives out."""
    return _REAL_TOKEN.match(token.strip()) is not None


def refuse_real_token(setting: str, token: str) -> None:
    """Raise `ConfigError` naming `setting` (never the token) if `token` looks like one of Slack's own."""
    if looks_real(token):
        raise ConfigError(f"{setting}: {ADVICE}")


def require_loopback(host: str) -> None:
    """Raise `ConfigError` unless `host` is this machine alone: 127.0.0.1, ::1 or localhost."""
    if host not in LOOPBACK:
        raise ConfigError(
            f"host: the stand-in for Slack has no log-in, so it listens on 127.0.0.1 alone, not on {host}"
        )


def require_local_url(setting: str, url: str) -> None:
    """Raise `ConfigError` unless `url` is an http address on this machine."""
    parts = urlsplit(url)
    if parts.scheme != "http" or parts.hostname not in LOOPBACK:
        raise ConfigError(
            f"{setting}: the stand-in for Slack calls this machine only; use http://127.0.0.1:…, not {url!r}"
        )


def is_local_host_header(header: str | None) -> bool:
    """Whether a Host header names loopback; that of a web page whose name was pointed here does not."""
    return urlsplit(f"//{header or ''}").hostname in LOOPBACK
