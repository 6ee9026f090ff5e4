"""Chat answers gone wrong on order: cut, withheld, refused, invalid, wrapped, miscounted."""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import deepcopy
from typing import Any

from local.openai_emulator.content_filter import stopped_completion
from local.openai_emulator.faults import Fault
from local.openai_emulator.operation import Answer

Spoiler = Callable[[dict[str, Any], Fault], None]

REFUSAL = "I'm sorry, I can't help with that."


def spoil_chat_answer(answer: Answer, fault: Fault) -> Answer:
    """The answer as the fault wants it. What it costs stays: the work was done."""
    spoiler = SPOILERS.get(fault.kind)
    if spoiler is None:
        return answer
    body = deepcopy(answer.body)
    spoiler(body, fault)
    return Answer(body, answer.use)


def report_wrong_usage(body: dict[str, Any], fault: Fault) -> None:
    """Usage whose sum does not hold, or the one the fault brings along."""
    usage = body["usage"]
    body["usage"] = (
        fault.body if fault.body is not None else {**usage, "total_tokens": usage["prompt_tokens"] // 2}
    )


def omit_usage(body: dict[str, Any], fault: Fault) -> None:
    """No usage at all."""
    del body["usage"]


def _cut_content(body: dict[str, Any], fault: Fault) -> None:
    choice = body["choices"][0]
    content = choice["message"]["content"]
    choice["message"]["content"] = content[: len(content) // 2]
    choice["finish_reason"] = "length"


def _withhold(body: dict[str, Any], fault: Fault) -> None:
    choice = body["choices"][0]
    choice["finish_reason"] = "content_filter"
    choice["content_filter_results"] = stopped_completion()
    choice["message"].pop("content")


def _refuse(body: dict[str, Any], fault: Fault) -> None:
    body["choices"][0]["message"].update(content=None, refusal=REFUSAL)


def _empty(body: dict[str, Any], fault: Fault) -> None:
    body["choices"][0]["message"]["content"] = ""


def _no_choices(body: dict[str, Any], fault: Fault) -> None:
    body["choices"] = []


def _violate_schema(body: dict[str, Any], fault: Fault) -> None:
    """Take the first field away and put an unknown one in its place."""
    message = body["choices"][0]["message"]
    try:
        parsed = json.loads(message["content"])
    except json.JSONDecodeError:
        parsed = {}  # free text, or cut off by the completion limit
    fields = list(parsed.items())[1:]
    message["content"] = json.dumps(dict(fields) | {"unexpectedField": True}, ensure_ascii=False)


def _fence(body: dict[str, Any], fault: Fault) -> None:
    message = body["choices"][0]["message"]
    message["content"] = f"Here is the result:\n\n```json\n{message['content']}\n```\n"


SPOILERS: dict[str, Spoiler] = {
    "finish_length": _cut_content,
    "content_filter_output": _withhold,
    "refusal": _refuse,
    "empty_content": _empty,
    "no_choices": _no_choices,
    "schema_violation": _violate_schema,
    "fenced_json": _fence,
    "wrong_usage": report_wrong_usage,
    "missing_usage": omit_usage,
}
