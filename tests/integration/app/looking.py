"""CVs for the app, and how its tests look for what becomes of them: rows, blobs, the states of jobs."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime
from typing import Any

import aiohttp

from shared_code.ai_call_logger import CallRow, calls_of_day
from shared_code.storage import StorageAccount
from tests.integration.conftest import App

PATIENCE_SECONDS = 30.0


def cv_text(marker: str) -> str:
    """A short CV of somebody with this surname."""
    return (
        f"Robin {marker}\nSite Manager\nrobin@example.com\n\nExperience\n"
        "Site Manager, Fernwood Builders, 2019 - 2024\nLed a team of 12.\n"
    )


async def audit_rows(storage: StorageAccount) -> list[CallRow]:
    """The rows of all calls of today."""
    return [row async for row in calls_of_day(storage.tables, datetime.now(UTC).date())]


async def eventually(storage: StorageAccount, container: str, name: str) -> dict[str, Any]:
    """A JSON blob, once it is there."""
    give_up_at = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < give_up_at:
        found = await storage.blobs.get_json(container, name)
        if found is not None:
            return found
        await asyncio.sleep(0.1)
    raise AssertionError(f"no {name} in {container} after {PATIENCE_SECONDS} s")


async def until_state(
    app: App, client: aiohttp.ClientSession, document_id: str, state: str, *, count: int = 1
) -> list[dict[str, Any]]:
    """The document's jobs, once so many of them are in a state, as the listing shows them."""
    give_up_at = time.monotonic() + PATIENCE_SECONDS
    jobs: list[dict[str, Any]] = []
    while time.monotonic() < give_up_at:
        async with client.get("/api/cv", params={"limit": "200"}, headers=app.headers()) as response:
            jobs = [job for job in (await response.json())["jobs"] if job["documentId"] == document_id]
        if len(jobs) == count and {job["state"] for job in jobs} == {state}:
            return jobs
        await asyncio.sleep(0.1)
    raise AssertionError(f"{[job['state'] for job in jobs]} after {PATIENCE_SECONDS} s")
