"""What wakes the intake up: a dropped file, a job's message, one that was given up on, and two clocks."""

from __future__ import annotations

import json
import os
from typing import Any

import azure.functions as func

from blueprints.trigger_errors import only_own_errors
from shared_code.candidate_data_service import document_id_of
from shared_code.engine import get_engine
from shared_code.intake.job import INBOX_CONTAINER, JOB_QUEUE
from shared_code.telemetry.logging import get_logger

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
    with only_own_errors(logger, "file_not_registered"):
        blob_name = (blob.name or "").partition("/")[2]
        job = await get_engine().desk.submission.register(document_id_of(blob.read()), blob_name)
    logger.info("file_registered", document_id=job.document_id, job_id=job.job_id, state=job.state.value)


@blueprint.queue_trigger(arg_name="message", queue_name=JOB_QUEUE, connection=CONNECTION)
async def on_cv_job(message: func.QueueMessage) -> None:
    """Work on a job. Whatever can pass later is put back by the worker itself."""
    with only_own_errors(logger, "job_not_settled"):
        await get_engine().worker.work_on(_content_of(message))


@blueprint.queue_trigger(arg_name="message", queue_name=f"{JOB_QUEUE}-poison", connection=CONNECTION)
async def on_cv_job_poisoned(message: func.QueueMessage) -> None:
    """Mark a job that the host gave up on as failed."""
    with only_own_errors(logger, "poisoned_job_not_marked"):
        await get_engine().worker.give_up(_content_of(message))


@blueprint.timer_trigger(arg_name="timer", schedule=SWEEP_SCHEDULE)
async def sweep_jobs(timer: func.TimerRequest) -> None:
    """Put back the jobs that nobody works on any more."""
    with only_own_errors(logger, "sweep_ended_early"):
        await get_engine().sweep.run()


@blueprint.timer_trigger(arg_name="timer", schedule=EVERY_NIGHT)
async def erase_expired(timer: func.TimerRequest) -> None:
    """Erase what has been kept long enough."""
    with only_own_errors(logger, "retention_ended_early"):
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
