"""Every HTTP endpoint of the app, called once as a client would."""

from __future__ import annotations

import mimetypes
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp


@dataclass(frozen=True, slots=True)
class EndpointCall:
    """One call: what was asked and what came back."""

    method: str
    path: str
    status: int
    seconds: float
    said: str

    @property
    def succeeded(self) -> bool:
        """Whether the answer was the expected one."""
        return self.status in (200, 202)


async def call_every_endpoint(url: str, key: str, path: Path, document_id: str) -> list[EndpointCall]:
    """Call all endpoints: each way of posting a CV is used once."""
    content = path.read_bytes()
    media_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    form = aiohttp.FormData()
    form.add_field("file", content, filename=path.name, content_type=media_type)
    async with aiohttp.ClientSession(url, headers={"x-functions-key": key}) as session:
        caller = _Caller(session)
        return [
            await caller.call("GET", "/api/health"),
            await caller.call("GET", "/api/health/detail"),
            await caller.call("POST", "/api/cv/extract", data=content, headers={"content-type": media_type}),
            await caller.call("POST", "/api/pii/identify", data=form),
            await caller.call("POST", "/api/skills/analyse", json={"text": _AS_TEXT}),
            await caller.call("POST", "/api/cv", data=content, headers={"content-type": media_type}),
            await caller.call("GET", "/api/cv?limit=5"),
            await caller.call("GET", f"/api/cv/{document_id}", shown_as="/api/cv/{documentId}"),
            await caller.call("DELETE", f"/api/cv/{document_id}", shown_as="/api/cv/{documentId}"),
            await caller.call("GET", "/api/usage?by=assistant"),
            await caller.call("GET", "/api/metrics"),
        ]


async def billed_answers_of(emulator_url: str | None) -> int | None:
    """How many answers the model emulator would bill; None where a real endpoint was asked."""
    if emulator_url is None:
        return None
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{emulator_url}/_emulator/ledger", params={"limit": 0}) as response,
    ):
        ledger = await response.json()
    return int(ledger["totals"]["billed"])


_AS_TEXT = """Robin Example
Site Manager
robin.example@example.com

Experience
Site Manager, Fernwood Builders, 2019 - 2024
Led a team of 12 and finished 9 of 10 sites on time.

Skills
Scheduling, AutoCAD, Health and safety
"""


class _Caller:
    def __init__(self, session: aiohttp.ClientSession) -> None:
        self._session = session

    async def call(
        self, method: str, path: str, *, shown_as: str | None = None, **request: Any
    ) -> EndpointCall:
        started = time.monotonic()
        async with self._session.request(method, path, **request) as response:
            is_json = "json" in response.content_type
            said = _summary(await response.json()) if is_json else _first_line(await response.text())
        seconds = time.monotonic() - started
        return EndpointCall(method, shown_as or path, response.status, seconds, said)


def _summary(content: dict[str, Any]) -> str:
    """The answer in a few words, none of them personal."""
    if "code" in content:
        return f"{content['code']}: {content['detail']}"
    if "service_status" in content:
        return str(content["service_status"])
    if "state" in content:
        return str(content["state"])
    if "totals" in content:
        return f"{content['totals']['calls']} calls; summed up every 5 minutes"
    if "erased" in content:
        return "erased " + ", ".join(f"{count} {kind}" for kind, count in content["erased"].items() if count)
    counted = {
        "fields": len(content.get("candidateProfile", ())),
        "PII": len(content.get("pii_entities", ())),
        "metrics": len(content.get("analysisMetrics", ())),
        "jobs": len(content.get("jobs", ())),
    }
    return ", ".join(f"{count} {name}" for name, count in counted.items() if count)


def _first_line(text: str) -> str:
    return f"{text.partition(chr(10))[0]} ({len(text.splitlines())} lines)"
