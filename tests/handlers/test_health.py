"""`/healthz`, `/readyz`, `/metrics`: what an operator's machines ask."""

from __future__ import annotations

import asyncio
import json

import pytest
from prometheus_client.parser import text_string_to_metric_families

from bot.errors import StorageError
from bot.flow.audit import Audit
from handlers.health import Metrics, routes
from tests.support.world import World

QUIET = Audit({}, {}, 0.0)


def ask(path, *, audit=QUIET, stalled=None, metrics=None):
    async def take():
        if isinstance(audit, Exception):
            raise audit
        return audit

    (route,) = [route for route in routes(take, metrics or Metrics(), lambda: stalled) if route.path == path]
    return asyncio.run(route.endpoint(None))


def test_alive():
    """200 while the process lives, whatever else is wrong."""
    assert ask("/healthz", audit=StorageError("gone"), stalled="stopped").status_code == 200


@pytest.mark.parametrize(
    ("options", "status", "answer"),
    [
        ({}, 200, {"status": "ready"}),
        ({"stalled": "the jobs are not running"}, 503, {"error": "the jobs are not running"}),
        (
            {"audit": StorageError("the database does not answer")},
            503,
            {"error": "the database does not answer"},
        ),
    ],
)
def test_ready(options, status, answer):
    """200 when the database answers and the jobs run; else 503 with the reason."""
    got = ask("/readyz", **options)
    assert (got.status_code, json.loads(got.body)) == (status, answer)


def test_metrics_are_prometheus_text():
    """Every figure can be read by Prometheus, with the value that the audit found."""
    metrics = Metrics()
    metrics.webhook("stored")
    metrics.webhook("stored")
    found = Audit({"stored": 3, "dead": 1}, {"pending": 2, "ambiguous": 1}, 7.5)
    text = ask("/metrics", audit=found, metrics=metrics).body.decode()
    values = {
        (sample.name, *sorted(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if not sample.name.endswith("_created")
    }
    assert values == {
        ("winbell_webhook_requests_total", "stored"): 2.0,
        ("winbell_inbox_events", "stored"): 3.0,
        ("winbell_inbox_events", "parked"): 0.0,
        ("winbell_inbox_events", "dead"): 1.0,
        ("winbell_outbox_messages", "pending"): 2.0,
        ("winbell_outbox_messages", "sending"): 0.0,
        ("winbell_outbox_messages", "retry"): 0.0,
        ("winbell_outbox_messages", "ambiguous"): 1.0,
        ("winbell_outbox_messages", "dead"): 0.0,
        ("winbell_outbox_oldest_seconds",): 7.5,
    }


def test_metrics_without_a_database():
    """503 with the reason, not yesterday's figures."""
    assert ask("/metrics", audit=StorageError("gone")).status_code == 503


async def test_the_endpoints_of_a_running_bot(sqlite_files):
    """Not ready before the jobs run, ready while they do, not ready once one of them has ended."""
    database = sqlite_files.database()
    async with World(database) as world:

        async def ready():
            async with world.http.get(f"{world.url}/readyz") as answer:
                return answer.status, await answer.json()

        assert await ready() == (503, {"error": "the jobs are not running"})
        await world.bot.start()
        assert await ready() == (200, {"status": "ready"})
        world.bot._loops[0].cancel()
        await asyncio.wait(world.bot._loops[:1])
        assert await ready() == (503, {"error": "a job has ended; restart Winbell"})
        async with world.http.get(f"{world.url}/healthz") as answer:
            assert (answer.status, await answer.json()) == (200, {"status": "alive"})
        async with world.http.post(f"{world.url}/healthz") as answer:
            assert answer.status == 405
        async with world.http.get(f"{world.url}/anything") as answer:
            assert answer.status == 404
    database.close()
