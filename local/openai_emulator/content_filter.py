"""What Azure's content filter adds to answers: verdicts per category, and the refusal of a prompt."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from local.openai_emulator.problems import ApiError

CATEGORIES = ("hate", "self_harm", "sexual", "violence")


def clean_completion() -> dict[str, Any]:
    """Nothing found in an answer."""
    return {category: {"filtered": False, "severity": "safe"} for category in CATEGORIES}


def clean_prompt() -> dict[str, Any]:
    """Nothing found in a prompt."""
    return {**clean_completion(), "jailbreak": {"filtered": False, "detected": False}}


def stopped_completion() -> dict[str, Any]:
    """An answer withheld for violence."""
    return {**clean_completion(), "violence": {"filtered": True, "severity": "medium"}}


def filter_report(source: str, verdict: Mapping[str, Any], *, is_blocked: bool) -> dict[str, Any]:
    """A verdict on ``prompt`` or ``completion`` in the list that the Responses API keeps of them."""
    return {
        "blocked": is_blocked,
        "source_type": source,
        "content_filter_raw": [],
        "content_filter_results": dict(verdict),
    }


def prompt_refused(prompt_tokens: int, operation: str = "chat") -> ApiError:
    """The prompt was stopped; Azure charges for having looked at it."""
    verdict = {**clean_prompt(), "violence": {"filtered": True, "severity": "medium"}}
    lists_reports = operation == "responses"
    if lists_reports:
        extra: dict[str, Any] = {
            "content_filters": [filter_report("prompt", verdict, is_blocked=True)],
            "innererror": {"code": "ContentFiltered"},
        }
    else:
        extra = {
            "status": 400,
            "innererror": {"code": "ResponsibleAIPolicyViolation", "content_filter_result": verdict},
        }
    return ApiError(
        400,
        "content_filter",
        "The prompt triggered the content management policy, so no answer was generated. Change the prompt "
        "and try again.",
        error_type="invalid_request_error" if lists_reports else None,
        param="prompt",
        extra=extra,
        billed_prompt_tokens=prompt_tokens,
    )
