"""Errors on the wire: RFC 9457, the right status, and nothing that a caller should not see."""

from __future__ import annotations

import inspect
import json
import logging

import azure.functions as func
import pytest

from blueprints.problems import correlation_id_of, json_response, with_problem_details
from shared_code import errors


def _request(headers: dict[str, str] | None = None) -> func.HttpRequest:
    return func.HttpRequest("POST", "http://127.0.0.1/api/cv/extract", headers=headers or {}, body=b"")


def _all_errors(root: type[errors.EngineError] = errors.EngineError) -> list[type[errors.EngineError]]:
    return [root] + [leaf for child in root.__subclasses__() for leaf in _all_errors(child)]


@pytest.mark.parametrize("error", _all_errors(), ids=lambda error: error.__name__)
async def test_every_error_becomes_a_problem(error: type[errors.EngineError]) -> None:
    """Status, code and detail are the class's own; waiting is advised where it helps."""

    @with_problem_details
    async def handler(req: func.HttpRequest, correlation_id: str) -> func.HttpResponse:
        raise error("what to mend", retry_after_seconds=7.2)

    response = await handler(_request({"x-correlation-id": "trace-1"}))
    problem = json.loads(response.get_body())
    assert response.mimetype == "application/problem+json"
    assert response.status_code == problem["status"] == error.http_status
    assert (problem["code"], problem["detail"]) == (error.code, "what to mend")
    assert problem["type"] == f"urn:cv-engine:problem:{error.code}"
    assert problem["instance"].endswith("trace-1")
    waits = error.http_status in (429, 503)
    assert response.headers.get("Retry-After") == ("8" if waits else None)


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (errors.RequestError, 400),
        (errors.NotFoundError, 404),
        (errors.DocumentTooLargeError, 413),
        (errors.UnsupportedDocumentError, 415),
        (errors.CorruptDocumentError, 422),
        (errors.NoTextError, 422),
        (errors.RateLimitError, 429),
        (errors.CircuitBreakerError, 503),
        (errors.ModelConnectionError, 503),
        (errors.ValidationError, 502),
        (errors.TruncatedAnswerError, 502),
        (errors.TimeoutError, 504),
        (errors.SettingsError, 500),
    ],
    ids=lambda value: getattr(value, "__name__", str(value)),
)
def test_the_promised_statuses(error: type[errors.EngineError], status: int) -> None:
    """The table that clients program against."""
    assert error.http_status == status


def test_every_error_has_its_own_code() -> None:
    """A code names one thing."""
    codes = [error.code for error in _all_errors() if "code" in vars(error)]
    assert len(codes) == len(set(codes))


async def test_the_unforeseen_is_a_problem_without_its_text(caplog: pytest.LogCaptureFixture) -> None:
    """Neither the caller nor the log sees what a foreign exception says."""

    @with_problem_details
    async def handler(req: func.HttpRequest, correlation_id: str) -> func.HttpResponse:
        raise KeyError("Robin Example, +1 202 555 0123")

    with caplog.at_level(logging.INFO):
        response = await handler(_request())
    assert response.status_code == 500
    assert json.loads(response.get_body())["code"] == "internal"
    assert b"Robin" not in response.get_body()
    assert "KeyError" in caplog.text
    assert "test_problems.py" in caplog.text
    assert "Robin" not in caplog.text


async def test_the_host_sees_one_parameter() -> None:
    """The worker matches parameters with bindings, so the wrapper must not show the handler's own."""

    @with_problem_details
    async def handler(req: func.HttpRequest, correlation_id: str) -> func.HttpResponse:
        return json_response({"id": correlation_id})

    assert list(inspect.signature(handler).parameters) == ["req"]
    assert inspect.iscoroutinefunction(handler)
    response = await handler(_request({"x-correlation-id": "trace-1"}))
    assert response.headers["x-correlation-id"] == "trace-1"


@pytest.mark.parametrize(
    "given", ["", "x" * 65, "<script>", "a b", "ümlaut", "a\nb", "sk-abcdef0123456789", "447700900123"]
)
def test_a_strange_correlation_id_is_replaced(given: str) -> None:
    """What a caller sends goes into logs and keys, so it must be short and plain."""
    assert correlation_id_of(_request({"x-correlation-id": given})) != given
