"""Errors as RFC 9457 problem details: one table of statuses, no stack, no words of a CV."""

from __future__ import annotations

import functools
import json
import math
import uuid
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any

import azure.functions as func

from shared_code.errors import EngineError
from shared_code.telemetry.logging import get_logger, log_unexpected
from shared_code.telemetry.masking import masked

Handler = Callable[[func.HttpRequest], Awaitable[func.HttpResponse]]

CORRELATION_HEADER = "x-correlation-id"
# What a caller is told to wait where nothing better is known.
DEFAULT_RETRY_AFTER_SECONDS = 5.0

logger = get_logger(__name__)


def json_response(content: Any, *, status: int = 200) -> func.HttpResponse:
    """JSON in UTF-8."""
    return func.HttpResponse(
        json.dumps(content, ensure_ascii=False), status_code=status, mimetype="application/json"
    )


def correlation_id_of(request: func.HttpRequest) -> str:
    """The caller's correlation id where it is short, plain and no secret by its shape, else a new one."""
    given = request.headers.get(CORRELATION_HEADER, "")
    is_plain = 0 < len(given) <= 64 and given.isascii() and given.replace("-", "").replace("_", "").isalnum()
    return given if is_plain and masked(given, keeps_hex=True) == given else str(uuid.uuid4())


def problem_response(error: EngineError, correlation_id: str) -> func.HttpResponse:
    """The problem details of an error, with ``Retry-After`` where waiting helps."""
    problem: dict[str, Any] = {
        "type": f"urn:cv-engine:problem:{error.code}",
        "title": HTTPStatus(error.http_status).phrase,
        "status": error.http_status,
        "detail": error.message,
        "instance": f"urn:cv-engine:request:{correlation_id}",
        "code": error.code,
    }
    headers = {CORRELATION_HEADER: correlation_id}
    if error.http_status in (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE):
        headers["Retry-After"] = str(math.ceil(error.retry_after_seconds or DEFAULT_RETRY_AFTER_SECONDS))
    return func.HttpResponse(
        json.dumps(problem, ensure_ascii=False),
        status_code=error.http_status,
        headers=headers,
        mimetype="application/problem+json",
    )


def with_problem_details(handler: Callable[[func.HttpRequest, str], Awaitable[func.HttpResponse]]) -> Handler:
    """Turn a handler's errors into problem details; the handler is given the request's correlation id."""

    # Names only: the host reads the bindings off the signature and the annotations, which differ here.
    @functools.wraps(handler, assigned=("__module__", "__name__", "__qualname__", "__doc__"), updated=())
    async def answer(req: func.HttpRequest) -> func.HttpResponse:
        correlation_id = correlation_id_of(req)
        try:
            response = await handler(req, correlation_id)
        except EngineError as error:
            logger.info("request_failed", code=error.code, correlation_id=correlation_id)
            return problem_response(error, correlation_id)
        except Exception as error:  # noqa: BLE001  (the last door: callers get a problem, never a stack)
            log_unexpected(logger, "request_crashed", error, correlation_id=correlation_id)
            return problem_response(
                EngineError("Something went wrong here; the log knows more under this request's id."),
                correlation_id,
            )
        response.headers[CORRELATION_HEADER] = correlation_id
        return response

    vars(answer).pop("__wrapped__")  # or ``inspect.signature`` would follow it
    return answer
