"""Drop a file, find the result, its job and its rows."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest

from shared_code.assistants.published import envelope_validator
from shared_code.candidate_data_service import document_id_of
from shared_code.intake.job import INBOX_CONTAINER as INBOX
from shared_code.storage import StorageAccount
from tests.integration.app.looking import audit_rows, cv_text, eventually, until_state
from tests.integration.conftest import App


async def test_a_dropped_file_becomes_a_result(
    app: App, client: aiohttp.ClientSession, storage: StorageAccount
) -> None:
    """The result is valid, is what the API gives, and took three calls with a row each."""
    content = cv_text("Inbox").encode()
    document_id = document_id_of(content)
    await storage.blobs.put_bytes(INBOX, "inbox.txt", content, "text/plain")
    result = await eventually(storage, "cv-results", f"{document_id}.json")
    envelope_validator().validate(result)
    assert result["candidateProfile"]["candidateName"] == "Robin Inbox"
    async with client.get(f"/api/cv/{document_id}", headers=app.headers()) as response:
        assert await response.json() == result
    rows = [row for row in await audit_rows(storage) if row.details.document_id == document_id]
    assert sorted(row.assistant_id for row in rows) == [
        "cv_data_extractor",
        "cv_pii_identifier",
        "cv_skills_analyst",
    ]
    assert {row.outcome for row in rows} == {"success"}


async def test_a_file_that_cannot_be_read_is_rejected_with_a_reason(
    app: App, client: aiohttp.ClientSession, storage: StorageAccount
) -> None:
    """The original is moved beside its reason, and nothing is spent on it."""
    content = b"%PDF-1.7\nnot really"
    document_id = document_id_of(content)
    await storage.blobs.put_bytes(INBOX, "broken.pdf", content, "application/pdf")
    await until_state(app, client, document_id, "rejected")
    rejection = await storage.blobs.get_json("cv-rejected", f"{document_id}/reason.json")
    assert rejection is not None
    assert rejection["reason"]["code"] == "corrupt"
    async with client.get(f"/api/cv/{document_id}", headers=app.headers()) as response:
        job = await response.json()
    assert (job["state"], job["reason"]) == ("rejected", rejection["reason"])
    assert await storage.blobs.get_bytes("cv-rejected", f"{document_id}/broken.pdf", 100) == content
    assert not await storage.blobs.exists(INBOX, "broken.pdf")
    assert all(row.details.document_id != document_id for row in await audit_rows(storage))


async def test_a_posted_cv_becomes_a_job_and_can_be_erased(
    app: App, client: aiohttp.ClientSession, storage: StorageAccount
) -> None:
    """202 and a place to look at; then the result; then nothing but audit rows."""
    content = cv_text("Posted").encode()
    headers = app.headers(content_type="text/plain")
    async with client.post("/api/cv", data=content, headers=headers) as response:
        assert response.status == 202
        job = await response.json()
        place = response.headers["Location"]
    assert place == f"/api/cv/{document_id_of(content)}"
    assert job["state"] in ("received", "queued")
    result = await eventually(storage, "cv-results", f"{job['documentId']}.json")
    async with client.get(place, headers=app.headers()) as response:
        assert await response.json() == result
    await until_state(app, client, job["documentId"], "done")
    async with client.delete(place, headers=app.headers()) as response:
        erased = (await response.json())["erased"]
    assert erased == {"jobs": 1, "originals": 1, "results": 1, "rejections": 0, "answers": 3}
    for method in ("GET", "DELETE"):
        async with client.request(method, place, headers=app.headers()) as response:
            assert response.status == 404
    rows = [row for row in await audit_rows(storage) if row.details.document_id == job["documentId"]]
    assert len(rows) == 3


async def test_the_same_content_under_two_names_is_analysed_once(
    app: App, client: aiohttp.ClientSession, storage: StorageAccount
) -> None:
    """Two jobs, three calls."""
    content = cv_text("Twice").encode()
    document_id = document_id_of(content)
    for name in ("first.txt", "second.txt"):
        await storage.blobs.put_bytes(INBOX, name, content, "text/plain")
    jobs = await until_state(app, client, document_id, "done", count=2)
    assert {job["file"] for job in jobs} == {"first.txt", "second.txt"}
    rows = [row for row in await audit_rows(storage) if row.details.document_id == document_id]
    assert [row.outcome for row in rows] == ["success"] * 3


async def test_an_outage_makes_a_job_wait_and_then_go_on(
    app: App, client: aiohttp.ClientSession, storage: StorageAccount, faults: Any
) -> None:
    """Waiting is not failing: what was answered is kept, and only the rest is asked for again."""
    content = cv_text("Patient").encode()
    document_id = document_id_of(content)
    await faults(kind="status", status=503, count=6)
    await storage.blobs.put_bytes(INBOX, "patient.txt", content, "text/plain")
    [job] = await until_state(app, client, document_id, "done")
    assert job["attempts"] == 2
    rows = [row for row in await audit_rows(storage) if row.details.document_id == document_id]
    assert sorted(row.outcome for row in rows).count("success") == 3


async def test_jobs_are_listed_by_state_page_by_page(
    app: App, client: aiohttp.ClientSession, storage: StorageAccount
) -> None:
    """Newest first; the cursor leads on; bad parameters are named."""
    contents = [cv_text(f"Listed{number}").encode() for number in range(3)]
    for number, content in enumerate(contents):
        await storage.blobs.put_bytes(INBOX, f"listed{number}.txt", content, "text/plain")
    for content in contents:
        await until_state(app, client, document_id_of(content), "done")
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
    app: App, client: aiohttp.ClientSession, document_id: str
) -> None:
    """404 with a problem, whatever is asked for."""
    async with client.get(f"/api/cv/{document_id}", headers=app.headers()) as response:
        assert response.status == 404
