"""The response object: output items, status and usage around a completion's text."""

from __future__ import annotations

import time
import uuid
from collections.abc import Mapping
from typing import Any

from local.openai_emulator.completion import Completion
from local.openai_emulator.content_filter import clean_completion, clean_prompt, filter_report
from local.openai_emulator.ledger import TokenUse


def response_body(settings: Mapping[str, Any], completion: Completion, model: str) -> dict[str, Any]:
    """The JSON of a response that repeats its request's settings; incomplete where the limit cut it."""
    now = int(time.time())
    body = {
        "id": f"resp_{_random_hex()}",
        "object": "response",
        "created_at": now,
        "status": "completed",
        "completed_at": now,
        "error": None,
        "incomplete_details": None,
        "model": model,
        "output": _output_items(completion),
        "usage": _usage(completion.use),
        "content_filters": [
            filter_report("prompt", clean_prompt(), is_blocked=False),
            filter_report("completion", clean_completion(), is_blocked=False),
        ],
        **settings,
    }
    if completion.is_cut:
        body.update(without_completion("incomplete", reason="max_output_tokens"))
    return body


def without_completion(status: str, *, reason: str | None = None) -> dict[str, Any]:
    """What changes where a response did not come to its end."""
    return {
        "status": status,
        "completed_at": None,
        "incomplete_details": {"reason": reason} if reason is not None else None,
    }


def message_item(text: str, *, is_cut: bool) -> dict[str, Any]:
    """The assistant's turn as an output item."""
    return {
        "id": f"msg_{_random_hex()}",
        "type": "message",
        "role": "assistant",
        "status": "incomplete" if is_cut else "completed",
        "content": [{"type": "output_text", "text": text, "annotations": [], "logprobs": []}],
    }


def _output_items(completion: Completion) -> list[dict[str, Any]]:
    """Thinking first. There is no message where the limit ended the thinking."""
    items: list[dict[str, Any]] = []
    if completion.use.reasoning:
        items.append({"id": f"rs_{_random_hex()}", "type": "reasoning", "summary": []})
    if completion.text or not completion.is_cut:
        items.append(message_item(completion.text, is_cut=completion.is_cut))
    return items


def _usage(use: TokenUse) -> dict[str, Any]:
    return {
        "input_tokens": use.prompt,
        "input_tokens_details": {"cached_tokens": use.cached, "cache_write_tokens": 0},
        "output_tokens": use.completion,
        "output_tokens_details": {"reasoning_tokens": use.reasoning},
        "total_tokens": use.prompt + use.completion,
    }


def _random_hex() -> str:
    return (uuid.uuid4().hex + uuid.uuid4().hex)[:50]
