"""POST a CV, get an analysis, or a problem with the promised status."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import aiohttp
import pytest

from samples.renderer.render import FOLDER
from shared_code.assistants.published import envelope_validator
from shared_code.storage import StorageAccount
from tests.integration.app.looking import audit_rows, cv_text
from tests.integration.conftest import App

PDF = FOLDER / "amara_diallo_one_column.pdf"
ENDPOINTS = ("/api/cv/extract", "/api/pii/identify", "/api/skills/analyse")


@pytest.mark.parametrize("path", ENDPOINTS)
async def test_answers_a_pdf_with_a_valid_analysis(
    app: App, client: aiohttp.ClientSession, path: str
) -> None:
    """Each endpoint fills its part of the published envelope."""
    headers = app.headers(content_type="application/pdf")
    async with client.post(path, data=PDF.read_bytes(), headers=headers) as response:
        assert response.status == 200, await response.text()
        result = await response.json()
    part = {
        "/api/cv/extract": {"candidateProfile"},
        "/api/pii/identify": {"pii_entities"},
        "/api/skills/analyse": {"analysisMetrics", "professionalProfile"},
    }[path]
    always = {"documentId", "evidence", "unverified", "warnings", "meta"}
    assert set(result) == part | always
    envelope_validator(*part).validate(result)
    assert result["meta"]["correlationId"] == response.headers["x-correlation-id"]
    assert result["meta"]["estimatedCostUsd"] > 0


async def test_each_way_of_posting_gives_the_same_profile(app: App, client: aiohttp.ClientSession) -> None:
    """A file, a form and JSON text differ on the wire only."""
    text = cv_text("Ways")
    form = aiohttp.FormData()
    form.add_field("file", text.encode(), filename="cv.txt", content_type="text/plain")
    posts: list[dict[str, Any]] = [
        {"data": text.encode(), "headers": app.headers(content_type="text/plain")},
        {"data": form, "headers": app.headers()},
        {"json": {"text": text}, "headers": app.headers()},
    ]
    profiles = []
    for post in posts:
        async with client.post("/api/cv/extract", **post) as response:
            profiles.append((await response.json())["candidateProfile"])
    assert profiles[0] == profiles[1] == profiles[2]
    assert profiles[0]["candidateName"] == "Robin Ways"


async def test_the_answer_comes_from_the_cv(app: App, client: aiohttp.ClientSession) -> None:
    """Change the CV and the answer changes."""
    names = []
    for marker in ("Quill", "Rowan"):
        async with client.post(
            "/api/cv/extract", json={"text": cv_text(marker)}, headers=app.headers()
        ) as response:
            names.append((await response.json())["candidateProfile"]["candidateName"])
    assert names == ["Robin Quill", "Robin Rowan"]


@pytest.mark.parametrize("path", [*ENDPOINTS])
async def test_needs_a_function_key(client: aiohttp.ClientSession, path: str) -> None:
    """Nobody reads or spends anything without a key."""
    async with client.post(path, json={"text": "x"}) as response:
        assert response.status == 401


@pytest.mark.parametrize(
    ("body", "content_type", "status", "code"),
    [
        pytest.param(b"{", "application/json", 400, "malformedRequest", id="malformed"),
        pytest.param(b"a " * 150_000, "text/plain", 413, "tooLarge", id="too-large"),
        pytest.param(b"\x89PNG\r\n\x1a\n" + bytes(64), "image/png", 415, "unsupportedType", id="image"),
        pytest.param(b"MZ" + bytes(64), "application/pdf", 415, "typeMismatch", id="exe-as-pdf"),
        pytest.param(b"", "application/pdf", 422, "empty", id="empty"),
        pytest.param(b"%PDF-1.7\nnothing", "application/pdf", 422, "corrupt", id="corrupt"),
        pytest.param(b"  \n \n", "text/plain", 422, "noText", id="blank"),
    ],
)
async def test_says_what_is_wrong_with_a_file(
    app: App, client: aiohttp.ClientSession, body: bytes, content_type: str, status: int, code: str
) -> None:
    """A bad file is the caller's to mend, and costs nothing."""
    headers = app.headers(content_type=content_type)
    async with client.post("/api/cv/extract", data=body, headers=headers) as response:
        problem = await response.json(content_type="application/problem+json")
    assert (response.status, problem["code"]) == (status, code)
    assert problem["detail"]


@pytest.mark.parametrize(
    ("fault", "status", "code", "asked"),
    [
        pytest.param(
            {"kind": "status", "status": 429, "headers": {"retry-after": "5"}, "count": 1},
            429,
            "rateLimited",
            1,
            id="throttled",
        ),
        pytest.param({"kind": "status", "status": 500, "count": 2}, 503, "modelServerError", 2, id="500"),
        pytest.param(
            {"kind": "close_before_headers", "count": 2}, 503, "modelConnection", 2, id="connection"
        ),
        pytest.param({"kind": "silence", "count": 2}, 504, "attemptTimeout", 2, id="silence"),
        pytest.param({"kind": "schema_violation", "count": 2}, 502, "invalidAnswer", 2, id="invalid"),
        pytest.param({"kind": "finish_length", "count": 1}, 502, "truncatedAnswer", 1, id="cut-off"),
        pytest.param({"kind": "refusal", "count": 1}, 502, "refused", 1, id="refusal"),
        pytest.param({"kind": "content_filter_output", "count": 1}, 502, "contentFiltered", 1, id="filtered"),
    ],
)
async def test_says_what_is_wrong_with_the_model(
    app: App,
    client: aiohttp.ClientSession,
    storage: StorageAccount,
    faults: Any,
    fault: dict[str, Any],
    status: int,
    code: str,
    asked: int,
) -> None:
    """Each trouble has its status; one row tells of it and of the attempts."""
    correlation_id = f"fault-{code}-{time.monotonic_ns()}"
    await faults(**fault)
    headers = app.headers(x_correlation_id=correlation_id)
    async with client.post("/api/cv/extract", json={"text": cv_text("Fault")}, headers=headers) as response:
        problem = await response.json(content_type="application/problem+json")
    assert (response.status, problem["code"]) == (status, code)
    assert ("Retry-After" in response.headers) == (status in (429, 503))
    [row] = [row for row in await audit_rows(storage) if row.correlation_id == correlation_id]
    assert (row.outcome, row.details.error_code, row.details.attempts) == ("failure", code, asked)
    if status == 429:
        await _wait_out_the_throttle(app, client)


async def test_a_passing_trouble_is_not_the_callers(
    app: App, client: aiohttp.ClientSession, faults: Any
) -> None:
    """One 500, one JSON in a fence: the caller sees a plain answer."""
    await faults(kind="status", status=500, count=1)
    await faults(kind="fenced_json", count=1)
    async with client.post(
        "/api/cv/extract", json={"text": cv_text("Patience")}, headers=app.headers()
    ) as response:
        result = await response.json()
    assert response.status == 200
    assert result["meta"]["attempts"] == 2
    assert result["candidateProfile"]["candidateName"] == "Robin Patience"


async def test_a_broken_answer_is_asked_for_again(
    app: App, client: aiohttp.ClientSession, faults: Any
) -> None:
    """The re-ask shows in the call's meta data, and its tokens are counted."""
    await faults(kind="schema_violation", count=1)
    async with client.post(
        "/api/cv/extract", json={"text": cv_text("Again")}, headers=app.headers()
    ) as response:
        result = await response.json()
    assert response.status == 200
    assert result["meta"]["calls"][0]["reasks"] == 1


async def _wait_out_the_throttle(app: App, client: aiohttp.ClientSession) -> None:
    """A 429 holds the deployment back for every call, also those of the next tests."""
    while True:
        async with client.get("/api/health/detail", headers=app.headers()) as response:
            if (await response.json())["deployments"][0]["throttled_seconds"] == 0.0:
                return
        await asyncio.sleep(0.2)
