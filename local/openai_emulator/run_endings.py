"""How runs end: what a chat answer, a fault on order or an error means for a run, and what it costs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from local.openai_emulator.ledger import TokenUse
from local.openai_emulator.messages import refusal_block, text_block
from local.openai_emulator.operation import Answer
from local.openai_emulator.run_orders import RunOrder

# A failure of the service is not charged for; a prompt that was read to be refused is.
UNBILLED_FAILURES = frozenset({"server_error", "rate_limit_exceeded"})


@dataclass(frozen=True, slots=True)
class Ending:
    """The last state of a run.

    ``use`` is what the provider charges, None for nothing; ``usage`` what the run reports, which a
    fault can make differ. ``content`` is that of the assistant's message, None where there is none.
    """

    status: str
    use: TokenUse | None = None
    usage: Any = None
    error: Mapping[str, str] | None = None
    incomplete_reason: str | None = None
    content: tuple[Mapping[str, Any], ...] | None = None


def ending_of_answer(answer: Answer) -> Ending:
    """The ending of a run whose work gave this chat answer."""
    usage = _run_usage(answer.body.get("usage"))
    choices = answer.body["choices"]
    if not choices:
        return Ending("completed", answer.use, usage)
    reasons = {"length": "max_completion_tokens", "content_filter": "content_filter"}
    reason = reasons.get(choices[0]["finish_reason"])
    status = "incomplete" if reason else "completed"
    return Ending(
        status, answer.use, usage, incomplete_reason=reason, content=_content(choices[0]["message"])
    )


def ending_before_answer(status: str, prompt_tokens: int, *, reason: str | None = None) -> Ending:
    """The ending of a run that was given up once its prompt was read."""
    use = TokenUse(prompt=prompt_tokens)
    return Ending(status, use, _usage_of(use), incomplete_reason=reason)


def failed_ending(code: str, message: str, prompt_tokens: int) -> Ending:
    """The ending of a run that failed."""
    is_billed = code not in UNBILLED_FAILURES
    use = TokenUse(prompt=prompt_tokens if is_billed else 0)
    error = {"code": code, "message": message}
    return Ending("failed", use if is_billed else None, _usage_of(use), error)


def ordered_ending(order: RunOrder, prompt_tokens: int) -> Ending:
    """The ending that an order names, where no answer is needed for it."""
    if order.status == "failed":
        return failed_ending(order.code, order.message, prompt_tokens)
    reason = order.reason if order.status == "incomplete" else None
    return ending_before_answer(order.status, prompt_tokens, reason=reason)


def _content(message: Mapping[str, Any]) -> tuple[Mapping[str, Any], ...] | None:
    if message.get("refusal"):
        return (refusal_block(message["refusal"]),)
    text = message.get("content")
    return None if text is None else (text_block(text),)


def _usage_of(use: TokenUse) -> dict[str, Any]:
    return {
        "prompt_tokens": use.prompt,
        "completion_tokens": use.completion,
        "total_tokens": use.prompt + use.completion,
        "prompt_token_details": {"cached_tokens": use.cached},
        "completion_tokens_details": {"reasoning_tokens": use.reasoning},
    }


def _run_usage(usage: Any) -> Any:
    """Chat's usage in the words of runs, which spell one field differently; a made-up one as it is."""
    if not isinstance(usage, dict):
        return usage
    run_usage = {name: value for name, value in usage.items() if not name.endswith("_details")}
    if "prompt_tokens_details" in usage:
        cached = usage["prompt_tokens_details"]["cached_tokens"]
        run_usage["prompt_token_details"] = {"cached_tokens": cached}
    if "completion_tokens_details" in usage:
        thought = usage["completion_tokens_details"]["reasoning_tokens"]
        run_usage["completion_tokens_details"] = {"reasoning_tokens": thought}
    return run_usage
