"""`/healthz`, `/readyz`, `/metrics`: for those who watch the bot."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from prometheus_client import CollectorRegistry, Counter, Gauge, generate_latest
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from bot.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request

    from bot.flow.audit import Audit

CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"


class Metrics:
    """The figures that `/metrics` shows; names and meanings are in docs/operating.md."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.webhooks = Counter(
            "winbell_webhook_requests", "Webhook requests by outcome", ["outcome"], registry=self.registry
        )
        self._events = Gauge(
            "winbell_inbox_events", "Events not applied, by state", ["state"], registry=self.registry
        )
        self._messages = Gauge(
            "winbell_outbox_messages",
            "Messages not at their end, by state",
            ["state"],
            registry=self.registry,
        )
        self._oldest = Gauge(
            "winbell_outbox_oldest_seconds",
            "How long the oldest due message has waited",
            registry=self.registry,
        )

    def webhook(self, outcome: str) -> None:
        """Count one webhook request."""
        self.webhooks.labels(outcome).inc()

    def show(self, audit: Audit) -> None:
        """Take over what the audit found."""
        for state in ("stored", "parked", "dead"):
            self._events.labels(state).set(audit.events.get(state, 0))
        for state in ("pending", "sending", "retry", "ambiguous", "dead"):
            self._messages.labels(state).set(audit.messages.get(state, 0))
        self._oldest.set(audit.oldest_message_seconds)


def routes(
    audit: Callable[[], Awaitable[Audit]], metrics: Metrics, stalled: Callable[[], str | None]
) -> list[Route]:
    """The three endpoints. `stalled` says why the jobs do not run, or None."""

    async def healthz(_request: Request) -> Response:
        return JSONResponse({"status": "alive"})

    async def readyz(_request: Request) -> Response:
        reason = stalled()
        if reason is None:
            try:
                await audit()
            except StorageError as error:
                reason = str(error)
        return JSONResponse({"status": "ready"}) if reason is None else JSONResponse({"error": reason}, 503)

    async def show_metrics(_request: Request) -> Response:
        try:
            metrics.show(await audit())
        except StorageError as error:
            return PlainTextResponse(f"# {error}\n", 503)
        return Response(generate_latest(metrics.registry), media_type=CONTENT_TYPE)

    return [
        Route("/healthz", healthz, methods=["GET"]),
        Route("/readyz", readyz, methods=["GET"]),
        Route("/metrics", show_metrics, methods=["GET"]),
    ]
