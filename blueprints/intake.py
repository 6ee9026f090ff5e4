"""What wakes the intake up: a dropped file, a job's message, one that was given up on, and two clocks."""

from __future__ import annotations

import json
import os
from typing import Any

import azure.functions as func

from shared_code.candidate_data_service import document_id_of
from shared_code.engine import get_engine
from shared_code.errors import EngineError
from shared_code.intake.job import INBOX_CONTAINER, JOB_QUEUE
from shared_code.telemetry.logging import get_logger, log_unexpected

CONNECTION = "AzureWebJobsStorage"
INBOX_PATH = f"{INBOX_CONTAINER}/{{name}}"
EVERY_NIGHT = "0 30 3 * * *"
# Read at import, because they are part of bindings. Flex Consumption needs EventGrid.
SWEEP_SCHEDULE = os.environ.get("CV_SWEEP_SCHEDULE") or "0 * * * * *"
INBOX_SOURCE = (
    func.BlobSource.EVENT_GRID
    if os.environ.get("CV_INBOX_TRIGGER_SOURCE", "").lower() == "eventgrid"
    else func.BlobSource.LOGS_AND_CONTAINER_SCAN
)

logger = get_logger(__name__)
blueprint = func.Blueprint()


@blueprint.blob_trigger(arg_name="blob", path=INBOX_PATH, connection=CONNECTION, source=INBOX_SOURCE)
async def on_cv_uploaded(blob: func.InputStream) -> None:
    """Register a file of the inbox as a job. What fails is raised, so that the host tries again."""
    blob_name = (blob.name or "").partition("/")[2]
    with _own_errors("file_not_registered"):
        job = await get_engine().desk.submission.register(document_id_of(blob.read()), blob_name)
    logger.info("file_registered", document_id=job.document_id, job_id=job.job_id, state=job.state.value)


@blueprint.queue_trigger(arg_name="message", queue_name=JOB_QUEUE, connection=CONNECTION)
async def on_cv_job(message: func.QueueMessage) -> None:
    """Work on a job. Whatever can pass later is put back by the worker itself."""
    with _own_errors("job_not_settled"):
        await get_engine().worker.work_on(_content_of(message))


@blueprint.queue_trigger(arg_name="message", queue_name=f"{JOB_QUEUE}-poison", connection=CONNECTION)
async def on_cv_job_poisoned(message: func.QueueMessage) -> None:
    """Mark a job that the host gave up on as failed."""
    with _own_errors("poisoned_job_not_marked"):
        await get_engine().worker.give_up(_content_of(message))


@blueprint.timer_trigger(arg_name="timer", schedule=SWEEP_SCHEDULE)
async def sweep_jobs(timer: func.TimerRequest) -> None:
    """Put back the jobs that nobody works on any more."""
    with _own_errors("sweep_ended_early"):
        await get_engine().sweep.run()


@blueprint.timer_trigger(arg_name="timer", schedule=EVERY_NIGHT)
async def erase_expired(timer: func.TimerRequest) -> None:
    """Erase what has been kept long enough."""
    with _own_errors("retention_ended_early"):
        expired = await get_engine().desk.retention.run()
    logger.info(
        "retention_done",
        documents=expired.documents,
        orphaned_files=expired.orphaned_files,
        audit_rows=expired.audit_rows,
    )


def _content_of(message: func.QueueMessage) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(message.get_body())
    return content


class _own_errors:  # noqa: N801  (reads as the statement that it is)
    """Log what goes wrong, and let the host see only our own errors: it logs what a foreign one says."""

    def __init__(self, event: str) -> None:
        self._event = event

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, traceback: object) -> None:
        if isinstance(error, EngineError):
            logger.warning(self._event, code=error.code, retryable=error.is_retryable)
        elif isinstance(error, Exception):
            log_unexpected(logger, self._event, error)
            raise EngineError("An unforeseen error; the app's log says where.") from None
