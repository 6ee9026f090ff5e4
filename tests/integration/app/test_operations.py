"""Health for everybody, figures for those with a key."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from typing import Any

import aiohttp

from shared_code.accounting.call_log import calls_of_day
from shared_code.accounting.cost_records import derive_cost_records
from shared_code.storage import StorageAccount, StorageTarget
from tests.integration.conftest import App


async def test_health_is_anonymous_and_without_figures(client: aiohttp.ClientSession) -> None:
    """The status and the components' states, nothing else."""
    async with client.get("/api/health") as response:
        assert response.status == 200
        health = await response.json()
    assert health == {
        "service_status": "healthy",
        "components": {"settings": "ok", "model": "ok", "storage": "ok"},
    }


async def test_the_detail_needs_a_key(app: App, client: aiohttp.ClientSession) -> None:
    """All the specified fields, for operators only."""
    async with client.get("/api/health/detail") as response:
        assert response.status == 401
    async with client.get("/api/health/detail", headers=app.headers()) as response:
        health = await response.json()
    assert set(health) >= {
        "service_status",
        "last_health_check",
        "circuit_breaker_state",
        "rate_limit_status",
        "token_usage",
        "connection_status",
        "jobs",
    }
    assert set(health["jobs"]) == {"received", "queued", "processing", "waiting", "failed"}


async def test_a_cv_is_in_the_report_that_the_app_gives(app: App) -> None:
    """Posted, derived, and read as JSON and as CSV, which agree with the records to the micro-dollar."""
    today = datetime.now(UTC).date()
    question = {"from": f"{today}", "to": f"{today}", "by": "assistant"}
    cv = {"text": "Robin Ledger\nSite Manager\nrobin@example.com\n\nExperience\nSite Manager, 2019 - 2024\n"}
    async with (
        StorageAccount(StorageTarget(app.connection_string)) as storage,
        aiohttp.ClientSession(app.url) as client,
    ):
        async with client.post("/api/skills/analyse", json=cv, headers=app.headers()) as response:
            assert response.status == 200, await response.text()
            correlation_id = response.headers["x-correlation-id"]
        records = await derive_cost_records(storage.tables, today)
        async with client.get("/api/usage", params=question) as response:
            assert response.status == 401
        async with client.get("/api/usage", params=question, headers=app.headers()) as response:
            report: dict[str, Any] = await response.json()
        headers = app.headers(accept="text/csv")
        async with client.get("/api/usage", params=question, headers=headers) as response:
            assert response.headers["content-type"] == "text/csv; charset=utf-8"
            lines = list(csv.DictReader(io.StringIO(await response.text(), newline="")))
        own = [
            row async for row in calls_of_day(storage.tables, today) if row.correlation_id == correlation_id
        ]
    assert "cv_skills_analyst" in [row["key"] for row in report["rows"]]
    assert lines == [{name: str(value) for name, value in row.items()} for row in report["rows"]]
    totals = report["totals"]
    assert totals["costMicroUsd"] >= sum(row.known_cost_micro_usd for row in own) > 0
    assert totals["calls"] == sum(record.calls for record in records)
    assert totals["costMicroUsd"] == sum(record.cost_micro_usd for record in records)
