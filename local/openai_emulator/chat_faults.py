"""Chat answers gone wrong on order: cut, withheld, refused, invalid, wrapped, miscounted."""

from __future__ import annotations

from typing import Any

from local.openai_emulator.content_filter import stopped_completion
from local.openai_emulator.faults import Fault
from local.openai_emulator.operation import Answer
from local.openai_emulator.text_faults import (
    REFUSAL,
    Spoiler,
    half_of,
    in_prose,
    omit_usage,
    report_wrong_usage,
    spoiled,
    without_first_field,
)


def spoil_chat_answer(answer: Answer, fault: Fault) -> Answer:
    """The answer as the fault wants it."""
    return spoiled(answer, fault, SPOILERS)


def _cut_content(body: dict[str, Any], fault: Fault) -> None:
    choice = body["choices"][0]
    choice["message"]["content"] = half_of(choice["message"]["content"])
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
    message = body["choices"][0]["message"]
    message["content"] = without_first_field(message["content"])


def _fence(body: dict[str, Any], fault: Fault) -> None:
    message = body["choices"][0]["message"]
    message["content"] = in_prose(message["content"])


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
