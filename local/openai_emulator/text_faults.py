"""Texts and usage gone wrong on order, the same for every API: cut, refused, invalid, wrapped, miscounted."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any

from local.openai_emulator.faults import Fault
from local.openai_emulator.operation import Answer

Spoiler = Callable[[dict[str, Any], Fault], None]
REFUSAL = "I'm sorry, I can't help with that."


def spoiled(answer: Answer, fault: Fault, spoilers: Mapping[str, Spoiler]) -> Answer:
    """The answer as the fault wants it. What it costs stays: the work was done."""
    spoiler = spoilers.get(fault.kind)
    if spoiler is None:
        return answer
    body = deepcopy(answer.body)
    spoiler(body, fault)
    return Answer(body, answer.use)


def half_of(text: str) -> str:
    """The first half."""
    return text[: len(text) // 2]


def without_first_field(text: str) -> str:
    """JSON that misses its first field and holds an unknown one in its place."""
    try:
        parsed = json.loads(text)
    except json.JSONDecodeError:
        parsed = {}  # free text, or cut off by the completion limit
    fields = list(parsed.items())[1:]
    return json.dumps(dict(fields) | {"unexpectedField": True}, ensure_ascii=False)


def in_prose(text: str) -> str:
    """The text in a Markdown fence with a sentence before it."""
    return f"Here is the result:\n\n```json\n{text}\n```\n"


def report_wrong_usage(body: dict[str, Any], fault: Fault) -> None:
    """Usage whose sum does not hold, or the one the fault brings along."""
    usage = body["usage"]
    prompt_tokens = usage["input_tokens"] if "input_tokens" in usage else usage["prompt_tokens"]
    body["usage"] = fault.body if fault.body is not None else {**usage, "total_tokens": prompt_tokens // 2}


def omit_usage(body: dict[str, Any], fault: Fault) -> None:
    """No usage at all."""
    del body["usage"]
