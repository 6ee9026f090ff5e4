"""CVs dropped into storage, and what became of them."""

from __future__ import annotations

import os

import azure.functions as func

from blueprints.problems import json_response, with_problem_details
from shared_code.engine import get_engine
from shared_code.errors import EngineError, NotFoundError
from shared_code.telemetry.logging import get_logger, log_unexpected

INBOX_PATH = "cv-inbox/{name}"
# Read at import, because a trigger's source is part of its binding. Flex Consumption needs EventGrid.
INBOX_SOURCE = (
    func.BlobSource.EVENT_GRID
    if os.environ.get("CV_INBOX_TRIGGER_SOURCE", "").lower() == "eventgrid"
    else func.BlobSource.LOGS_AND_CONTAINER_SCAN
)

logger = get_logger(__name__)
blueprint = func.Blueprint()


@blueprint.blob_trigger(
    arg_name="blob", path=INBOX_PATH, connection="AzureWebJobsStorage", source=INBOX_SOURCE
)
async def on_cv_uploaded(blob: func.InputStream) -> None:
    """Analyse a file of the inbox. What fails for now is raised, so that the host tries again."""
    try:
        kept = await get_engine().candidates.process(blob.read(), filename=blob.name)
    except EngineError as error:
        logger.warning("cv_not_processed", code=error.code, retryable=error.is_retryable)
        raise
    except Exception as error:  # noqa: BLE001  (told by the log, and raised again as our own)
        log_unexpected(logger, "cv_crashed", error)
        # The host logs what is raised, and a foreign message may quote the CV.
        raise EngineError("The CV could not be processed; the app's log says where it failed.") from None
    rejected = kept.get("reason")
    logger.info(
        "cv_processed",
        document_id=kept["documentId"],
        outcome=rejected["code"] if rejected else "done",
    )


@blueprint.route("cv/{documentId}", methods=["GET"], auth_level=func.AuthLevel.FUNCTION)
@with_problem_details
async def get_cv(req: func.HttpRequest, correlation_id: str) -> func.HttpResponse:
    """The result of a document, or the reason for which it was rejected."""
    document_id = req.route_params.get("documentId", "")
    kept = await get_engine().candidates.find(document_id) if _is_document_id(document_id) else None
    if kept is None:
        raise NotFoundError("No result is kept under this document id (the SHA-256 of the file, in hex).")
    return json_response(kept)


def _is_document_id(text: str) -> bool:
    return len(text) == 64 and all(character in "0123456789abcdef" for character in text)
