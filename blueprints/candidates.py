"""CVs by HTTP: hand one in, see where each stands, fetch results, erase one."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import azure.functions as func

from blueprints.problems import json_response, with_problem_details
from blueprints.query import choice_in, count_in, moment_in, text_in
from blueprints.uploads import posted_file
from shared_code.candidate_data_service import document_id_of, find_result
from shared_code.engine import get_engine
from shared_code.errors import DocumentTooLargeError, EmptyDocumentError, NotFoundError
from shared_code.intake.job import Job
from shared_code.intake.states import OPEN_STATES, JobState
from shared_code.intake.submission import posted_blob_name
from shared_code.settings import IntakeSettings, load_settings

DEFAULT_PAGE = 50
LARGEST_PAGE = 200
DEFAULT_SINCE = timedelta(days=30)
# What a caller is told to wait before it looks again.
LOOK_AGAIN_SECONDS = 5

blueprint = func.Blueprint()


@blueprint.route("cv", methods=["POST"], auth_level=func.AuthLevel.FUNCTION)
@with_problem_details
async def submit_cv(req: func.HttpRequest, correlation_id: str) -> func.HttpResponse:
    """Take a CV in and answer before it is analysed: 202 with the place to look at."""
    file = posted_file(req)
    limit = load_settings(IntakeSettings).max_document_bytes
    if not file.content:
        raise EmptyDocumentError("The file has no bytes.")
    if len(file.content) > limit:
        raise DocumentTooLargeError(
            f"The file has {len(file.content):,} bytes, the limit is {limit:,} (CV_MAX_DOCUMENT_BYTES)."
        )
    document_id = await asyncio.to_thread(document_id_of, file.content)
    job = await get_engine().desk.submission.submit(
        file.content,
        document_id,
        posted_blob_name(document_id, file.suffix),
        file.media_type or "application/octet-stream",
    )
    response = json_response(_job_as_json(job), status=202)
    response.headers["Location"] = f"/api/cv/{document_id}"
    response.headers["Retry-After"] = str(LOOK_AGAIN_SECONDS)
    return response


@blueprint.route("cv", methods=["GET"], auth_level=func.AuthLevel.FUNCTION)
@with_problem_details
async def list_cvs(req: func.HttpRequest, correlation_id: str) -> func.HttpResponse:
    """Jobs, newest first: ``state``, ``since``, ``limit``, ``cursor``."""
    state = choice_in(req.params, "state", JobState, None)
    since = moment_in(req.params, "since", datetime.now(UTC) - DEFAULT_SINCE)
    limit = count_in(req.params, "limit", LARGEST_PAGE, DEFAULT_PAGE)
    cursor = text_in(req.params, "cursor")
    page = await get_engine().desk.jobs.page(state, since=since, cursor=cursor, limit=limit)
    return json_response({"jobs": [_job_as_json(job) for job in page.jobs], "cursor": page.cursor})


@blueprint.route("cv/{documentId}", methods=["GET"], auth_level=func.AuthLevel.FUNCTION)
@with_problem_details
async def get_cv(req: func.HttpRequest, correlation_id: str) -> func.HttpResponse:
    """The result of a document, or where it stands."""
    document_id = _document_id_of(req)
    engine = get_engine()
    result = await find_result(engine.storage.blobs, document_id)
    if result is not None:
        return json_response(result)
    jobs = await engine.desk.jobs.jobs_of(document_id)
    if not jobs:
        raise _unknown()
    latest = max(jobs, key=lambda job: (job.is_open, job.changed_at))
    response = json_response(_job_as_json(latest) | {"jobs": [_job_as_json(job) for job in jobs]})
    if latest.state in OPEN_STATES:
        response.headers["Retry-After"] = str(LOOK_AGAIN_SECONDS)
    return response


@blueprint.route("cv/{documentId}", methods=["DELETE"], auth_level=func.AuthLevel.FUNCTION)
@with_problem_details
async def erase_cv(req: func.HttpRequest, correlation_id: str) -> func.HttpResponse:
    """Erase a document's file, result, jobs and answers, and say how much there was."""
    erased = await get_engine().desk.erasure.erase(_document_id_of(req))
    if erased.is_nothing:
        raise _unknown()
    return json_response(erased.as_json())


def _job_as_json(job: Job) -> dict[str, Any]:
    return {
        "documentId": job.document_id,
        "jobId": job.job_id,
        "file": job.blob_name,
        "state": job.state.value,
        "receivedAt": job.received_at.isoformat(),
        "changedAt": job.changed_at.isoformat(),
        "attempts": job.attempts,
        "dueAt": job.due_at.isoformat() if job.due_at else None,
        "reason": {"code": job.reason_code, "message": job.reason} if job.reason_code else None,
    }


def _document_id_of(req: func.HttpRequest) -> str:
    text = str(req.route_params.get("documentId", ""))
    if len(text) != 64 or not all(character in "0123456789abcdef" for character in text):
        raise _unknown()
    return text


def _unknown() -> NotFoundError:
    return NotFoundError("Nothing is known of this document id (the SHA-256 of the file, in hex).")
