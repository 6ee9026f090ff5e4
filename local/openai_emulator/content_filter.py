"""What Azure's content filter adds to answers: verdicts per category, and the refusal of a prompt."""

from __future__ import annotations

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


def prompt_refused(prompt_tokens: int) -> ApiError:
    """The prompt was stopped; Azure charges for having looked at it."""
    verdict = {**clean_prompt(), "violence": {"filtered": True, "severity": "medium"}}
    return ApiError(
        400,
        "content_filter",
        "The prompt triggered the content management policy, so no answer was generated. Change the prompt "
        "and try again.",
        error_type=None,
        param="prompt",
        extra={
            "status": 400,
            "innererror": {"code": "ResponsibleAIPolicyViolation", "content_filter_result": verdict},
        },
        billed_prompt_tokens=prompt_tokens,
    )
