"""The app over real sockets: every endpoint, every promised status, the inbox, and what is kept of it all."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import aiohttp
import pytest

from samples.renderer.render import FOLDER, TRUTH
from shared_code.ai_call_logger import CallRow, calls_of_day
from shared_code.assistants.published import envelope_validator
from shared_code.candidate_data_service import document_id_of
from shared_code.intake.job import INBOX_CONTAINER as INBOX
from shared_code.storage import StorageAccount, StorageTarget
from tests.integration.conftest import App

EXPECTED: dict[str, dict[str, Any]] = json.loads(TRUTH.read_text("utf-8"))["files"]
PDF = FOLDER / "amara_diallo_one_column.pdf"
ENDPOINTS = ("/api/cv/extract", "/api/pii/identify", "/api/skills/analyse")
PATIENCE_SECONDS = 30.0


def _text(marker: str) -> str:
    return (
        f"Robin {marker}\nSite Manager\nrobin@example.com\n\nExperience\n"
        "Site Manager, Fernwood Builders, 2019 - 2024\nLed a team of 12.\n"
    )


@pytest.fixture
async def client(app: App) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(app.url) as session:
        yield session


@pytest.fixture
async def storage(app: App) -> AsyncIterator[StorageAccount]:
    async with StorageAccount(StorageTarget(app.connection_string)) as account:
        yield account


@pytest.fixture
async def faults(app: App) -> AsyncIterator[Any]:
    """Queues a fault at the model; whatever is left of it is taken back."""
    async with aiohttp.ClientSession(app.emulator_url) as session:

        async def queue(**fault: Any) -> None:
            async with session.post("/_emulator/faults", json=fault) as response:
                assert response.status == 200, await response.text()

        yield queue
        await session.delete("/_emulator/faults")


async def _rows(storage: StorageAccount) -> list[CallRow]:
    return [row async for row in calls_of_day(storage.tables, datetime.now(UTC).date())]


async def _eventually(storage: StorageAccount, container: str, name: str) -> dict[str, Any]:
    give_up_at = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < give_up_at:
        found = await storage.blobs.get_json(container, name)
        if found is not None:
            return found
        await asyncio.sleep(0.1)
    raise AssertionError(f"no {name} in {container} after {PATIENCE_SECONDS} s")


async def _until_state(
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


class TestAnalysis:
    """POST a CV, get an analysis."""

    @pytest.mark.parametrize("path", ENDPOINTS)
    async def test_answers_a_pdf_with_a_valid_analysis(
        self, app: App, client: aiohttp.ClientSession, path: str
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

    async def test_each_way_of_posting_gives_the_same_profile(
        self, app: App, client: aiohttp.ClientSession
    ) -> None:
        """A file, a form and JSON text differ on the wire only."""
        text = _text("Ways")
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

    async def test_the_answer_comes_from_the_cv(self, app: App, client: aiohttp.ClientSession) -> None:
        """Change the CV and the answer changes."""
        names = []
        for marker in ("Quill", "Rowan"):
            async with client.post(
                "/api/cv/extract", json={"text": _text(marker)}, headers=app.headers()
            ) as response:
                names.append((await response.json())["candidateProfile"]["candidateName"])
        assert names == ["Robin Quill", "Robin Rowan"]

    @pytest.mark.parametrize("path", [*ENDPOINTS])
    async def test_needs_a_function_key(self, client: aiohttp.ClientSession, path: str) -> None:
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
        self, app: App, client: aiohttp.ClientSession, body: bytes, content_type: str, status: int, code: str
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
            pytest.param(
                {"kind": "content_filter_output", "count": 1}, 502, "contentFiltered", 1, id="filtered"
            ),
        ],
    )
    async def test_says_what_is_wrong_with_the_model(
        self,
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
        async with client.post("/api/cv/extract", json={"text": _text("Fault")}, headers=headers) as response:
            problem = await response.json(content_type="application/problem+json")
        assert (response.status, problem["code"]) == (status, code)
        assert ("Retry-After" in response.headers) == (status in (429, 503))
        [row] = [row for row in await _rows(storage) if row.correlation_id == correlation_id]
        assert (row.outcome, row.details.error_code, row.details.attempts) == ("failure", code, asked)
        if status == 429:
            await _wait_out_the_throttle(app, client)

    async def test_a_passing_trouble_is_not_the_callers(
        self, app: App, client: aiohttp.ClientSession, faults: Any
    ) -> None:
        """One 500, one JSON in a fence: the caller sees a plain answer."""
        await faults(kind="status", status=500, count=1)
        await faults(kind="fenced_json", count=1)
        async with client.post(
            "/api/cv/extract", json={"text": _text("Patience")}, headers=app.headers()
        ) as response:
            result = await response.json()
        assert response.status == 200
        assert result["meta"]["attempts"] == 2
        assert result["candidateProfile"]["candidateName"] == "Robin Patience"

    async def test_a_broken_answer_is_asked_for_again(
        self, app: App, client: aiohttp.ClientSession, faults: Any
    ) -> None:
        """The re-ask shows in the call's meta data, and its tokens are counted."""
        await faults(kind="schema_violation", count=1)
        async with client.post(
            "/api/cv/extract", json={"text": _text("Again")}, headers=app.headers()
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


class TestInbox:
    """Drop a file, find the result."""

    async def test_a_dropped_file_becomes_a_result(
        self, app: App, client: aiohttp.ClientSession, storage: StorageAccount
    ) -> None:
        """The result is valid, is what the API gives, and took three calls with a row each."""
        content = _text("Inbox").encode()
        document_id = document_id_of(content)
        await storage.blobs.put_bytes(INBOX, "inbox.txt", content, "text/plain")
        result = await _eventually(storage, "cv-results", f"{document_id}.json")
        envelope_validator().validate(result)
        assert result["candidateProfile"]["candidateName"] == "Robin Inbox"
        async with client.get(f"/api/cv/{document_id}", headers=app.headers()) as response:
            assert await response.json() == result
        rows = [row for row in await _rows(storage) if row.details.document_id == document_id]
        assert sorted(row.assistant_id for row in rows) == [
            "cv_data_extractor",
            "cv_pii_identifier",
            "cv_skills_analyst",
        ]
        assert {row.outcome for row in rows} == {"success"}

    async def test_a_file_that_cannot_be_read_is_rejected_with_a_reason(
        self, app: App, client: aiohttp.ClientSession, storage: StorageAccount
    ) -> None:
        """The original is moved beside its reason, and nothing is spent on it."""
        content = b"%PDF-1.7\nnot really"
        document_id = document_id_of(content)
        await storage.blobs.put_bytes(INBOX, "broken.pdf", content, "application/pdf")
        await _until_state(app, client, document_id, "rejected")
        rejection = await storage.blobs.get_json("cv-rejected", f"{document_id}/reason.json")
        assert rejection is not None
        assert rejection["reason"]["code"] == "corrupt"
        async with client.get(f"/api/cv/{document_id}", headers=app.headers()) as response:
            job = await response.json()
        assert (job["state"], job["reason"]) == ("rejected", rejection["reason"])
        assert await storage.blobs.get_bytes("cv-rejected", f"{document_id}/broken.pdf", 100) == content
        assert not await storage.blobs.exists(INBOX, "broken.pdf")
        assert all(row.details.document_id != document_id for row in await _rows(storage))

    async def test_a_posted_cv_becomes_a_job_and_can_be_erased(
        self, app: App, client: aiohttp.ClientSession, storage: StorageAccount
    ) -> None:
        """202 and a place to look at; then the result; then nothing but audit rows."""
        content = _text("Posted").encode()
        headers = app.headers(content_type="text/plain")
        async with client.post("/api/cv", data=content, headers=headers) as response:
            assert response.status == 202
            job = await response.json()
            place = response.headers["Location"]
        assert place == f"/api/cv/{document_id_of(content)}"
        assert job["state"] in ("received", "queued")
        result = await _eventually(storage, "cv-results", f"{job['documentId']}.json")
        async with client.get(place, headers=app.headers()) as response:
            assert await response.json() == result
        await _until_state(app, client, job["documentId"], "done")
        async with client.delete(place, headers=app.headers()) as response:
            erased = (await response.json())["erased"]
        assert erased == {"jobs": 1, "originals": 1, "results": 1, "rejections": 0, "answers": 3}
        for method in ("GET", "DELETE"):
            async with client.request(method, place, headers=app.headers()) as response:
                assert response.status == 404
        rows = [row for row in await _rows(storage) if row.details.document_id == job["documentId"]]
        assert len(rows) == 3

    async def test_the_same_content_under_two_names_is_analysed_once(
        self, app: App, client: aiohttp.ClientSession, storage: StorageAccount
    ) -> None:
        """Two jobs, three calls."""
        content = _text("Twice").encode()
        document_id = document_id_of(content)
        for name in ("first.txt", "second.txt"):
            await storage.blobs.put_bytes(INBOX, name, content, "text/plain")
        jobs = await _until_state(app, client, document_id, "done", count=2)
        assert {job["file"] for job in jobs} == {"first.txt", "second.txt"}
        rows = [row for row in await _rows(storage) if row.details.document_id == document_id]
        assert [row.outcome for row in rows] == ["success"] * 3

    async def test_an_outage_makes_a_job_wait_and_then_go_on(
        self, app: App, client: aiohttp.ClientSession, storage: StorageAccount, faults: Any
    ) -> None:
        """Waiting is not failing: what was answered is kept, and only the rest is asked for again."""
        content = _text("Patient").encode()
        document_id = document_id_of(content)
        await faults(kind="status", status=503, count=6)
        await storage.blobs.put_bytes(INBOX, "patient.txt", content, "text/plain")
        [job] = await _until_state(app, client, document_id, "done")
        assert job["attempts"] == 2
        rows = [row for row in await _rows(storage) if row.details.document_id == document_id]
        assert sorted(row.outcome for row in rows).count("success") == 3

    async def test_jobs_are_listed_by_state_page_by_page(
        self, app: App, client: aiohttp.ClientSession, storage: StorageAccount
    ) -> None:
        """Newest first; the cursor leads on; bad parameters are named."""
        contents = [_text(f"Listed{number}").encode() for number in range(3)]
        for number, content in enumerate(contents):
            await storage.blobs.put_bytes(INBOX, f"listed{number}.txt", content, "text/plain")
        for content in contents:
            await _until_state(app, client, document_id_of(content), "done")
        seen: list[str] = []
        cursor = ""
        while not seen or cursor:
            params = {"state": "done", "limit": "2", "cursor": cursor}
            async with client.get("/api/cv", params=params, headers=app.headers()) as response:
                page = await response.json()
            assert {job["state"] for job in page["jobs"]} == {"done"}
            received = [job["receivedAt"] for job in page["jobs"]]
            assert received == sorted(received, reverse=True)
            seen += [job["documentId"] for job in page["jobs"]]
            cursor = page["cursor"] or ""
        assert {document_id_of(content) for content in contents} <= set(seen)
        for params in ({"state": "gone"}, {"since": "yesterday"}, {"limit": "0"}, {"cursor": "x"}):
            async with client.get("/api/cv", params=params, headers=app.headers()) as response:
                problem = await response.json(content_type="application/problem+json")
            assert (response.status, problem["code"]) == (400, "malformedRequest")

    @pytest.mark.parametrize("document_id", ["0" * 64, "nonsense", "..%2F..%2Fsecret"])
    async def test_an_unknown_document_is_not_found(
        self, app: App, client: aiohttp.ClientSession, document_id: str
    ) -> None:
        """404 with a problem, whatever is asked for."""
        async with client.get(f"/api/cv/{document_id}", headers=app.headers()) as response:
            assert response.status == 404


class TestOperations:
    """Health for everybody, figures for those with a key."""

    async def test_health_is_anonymous_and_without_figures(self, client: aiohttp.ClientSession) -> None:
        """The status and the components' states, nothing else."""
        async with client.get("/api/health") as response:
            assert response.status == 200
            health = await response.json()
        assert health == {
            "service_status": "healthy",
            "components": {"settings": "ok", "model": "ok", "storage": "ok"},
        }

    async def test_the_detail_needs_a_key(self, app: App, client: aiohttp.ClientSession) -> None:
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
