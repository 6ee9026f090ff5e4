"""Errors that every API of the provider shares: silence, and a generation that ended in a failure.

A failed generation arrives in an answer with status 200, under a code and a message. The message may
quote the prompt, so it is read for what it tells and never passed on.
"""

from __future__ import annotations

import re
from typing import Any

from shared_code.accounting.usage import Usage
from shared_code.errors import (
    AttemptTimeoutError,
    ContentFilterError,
    DeploymentNotFoundError,
    InvalidModelRequestError,
    ModelServerError,
    OpenAIServiceError,
    PromptTooLongError,
    RateLimitError,
)

_WAIT = re.compile(r"\b(?:in|after) (\d+(?:\.\d+)?) ?s(?:econds?)?\b", re.IGNORECASE)
# An invalid prompt is most often one that the provider's policy forbids, but need not be.
_POLICY = re.compile(r"polic(?:y|ies)|flagged|filter", re.IGNORECASE)
# What codes and parameters are called; anything else in their place may be a quotation.
_PLAIN_CODE = re.compile(r"[A-Za-z][\w.\[\]-]{0,63}")
_REJECTED_CODES = frozenset({"invalid_prompt", "invalid_request_error", "data_residency_mismatch"})
_DEPLOYMENT_CODES = frozenset({"DeploymentNotFound", "model_not_found"})


def plain_code(code: object) -> str:
    """The provider's code or parameter where it looks like one, else ``unknown``: it may quote the prompt."""
    text = str(code)
    return text if _PLAIN_CODE.fullmatch(text) else "unknown"


def silence(deployment: str, timeout_seconds: float) -> AttemptTimeoutError:
    """The error of a deployment that did not answer in time."""
    return AttemptTimeoutError(
        f"Deployment {deployment} did not answer within {timeout_seconds:.1f} s.", deployment=deployment
    )


def failed_generation(failure: dict[str, Any] | None, deployment: str, usage: Usage) -> OpenAIServiceError:
    """Our error for the ``error`` of a failed response, or the ``last_error`` of a failed run.

    The codes are those of the provider's ``ResponseError`` and ``LastError``; an unknown one counts as
    trouble of the provider's, which may pass.
    """
    failure = failure or {}
    code, message = str(failure.get("code")), str(failure.get("message") or "")
    error = _error_of(code, message, deployment)
    error.usage = usage
    error.deployment = deployment
    return error


def _error_of(code: str, message: str, deployment: str) -> OpenAIServiceError:
    if code == "rate_limit_exceeded":
        wait = _WAIT.search(message)
        return RateLimitError(
            f"Deployment {deployment} is throttled by the provider.",
            retry_after_seconds=float(wait.group(1)) if wait else None,
        )
    is_forbidden = code == "invalid_prompt" and _POLICY.search(message) is not None
    if is_forbidden or code == "content_filter" or "policy" in code:
        return ContentFilterError(f"The content filter of deployment {deployment} refused the document.")
    if code == "context_length_exceeded":
        return PromptTooLongError(f"The document does not fit into the context of deployment {deployment}.")
    if code in _DEPLOYMENT_CODES:
        return DeploymentNotFoundError(f"No deployment {deployment} at the endpoint ({code}).")
    if code in _REJECTED_CODES:
        return InvalidModelRequestError(f"Deployment {deployment} rejected the request ({code}).")
    return ModelServerError(f"The generation failed on deployment {deployment} ({plain_code(code)}).")
