"""How the stand-in says no: with the error code that Slack would answer."""

from __future__ import annotations

from typing import Any


class Refusal(Exception):  # noqa: N818 - it is an answer of the Web API, not a failure of the program
    """An `{"ok": false}` answer: Slack's error code, details, and further members of the answer."""

    def __init__(self, code: str, messages: list[str] | None = None, **extra: Any) -> None:
        self.code = code
        self.messages = messages or []
        self.extra = extra
        super().__init__(code)

    def answer(self) -> dict[str, Any]:
        """The body that Slack would send."""
        body: dict[str, Any] = {"ok": False, "error": self.code, **self.extra}
        if self.messages:
            body["response_metadata"] = {"messages": list(self.messages)}
        return body


class RateLimited(Refusal):
    """HTTP 429; `retry_after` is a whole number of seconds, at least 1."""

    def __init__(self, retry_after: int) -> None:
        self.retry_after = retry_after
        super().__init__("ratelimited")
