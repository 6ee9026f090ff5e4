"""Responses gone wrong on order: cut, withheld, refused, failed, invalid, wrapped, miscounted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from local.openai_emulator.content_filter import filter_report, stopped_completion
from local.openai_emulator.faults import Fault
from local.openai_emulator.operation import Answer
from local.openai_emulator.responses_answer import message_item, without_completion
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


def spoil_response(answer: Answer, fault: Fault) -> Answer:
    """The answer as the fault wants it."""
    return spoiled(answer, fault, SPOILERS)


def _message(body: dict[str, Any]) -> dict[str, Any]:
    """The message among the output; an empty one is added where thinking used up the limit."""
    for item in body["output"]:
        if item["type"] == "message":
            found: dict[str, Any] = item
            return found
    body["output"].append(message_item("", is_cut=True))
    return _message(body)


def _change_text(change: Callable[[str], str]) -> Spoiler:
    def spoil(body: dict[str, Any], fault: Fault) -> None:
        part = _message(body)["content"][0]
        part["text"] = change(part["text"])

    return spoil


def _cut_content(body: dict[str, Any], fault: Fault) -> None:
    _change_text(half_of)(body, fault)
    _message(body)["status"] = "incomplete"
    body.update(without_completion("incomplete", reason="max_output_tokens"))


def _withhold(body: dict[str, Any], fault: Fault) -> None:
    _message(body).update(content=[], status="incomplete")
    body.update(without_completion("incomplete", reason="content_filter"))
    body["content_filters"][1] = filter_report("completion", stopped_completion(), is_blocked=True)


def _refuse(body: dict[str, Any], fault: Fault) -> None:
    _message(body)["content"] = [{"type": "refusal", "refusal": REFUSAL}]


def _empty_output(body: dict[str, Any], fault: Fault) -> None:
    body["output"] = []


def _fail(body: dict[str, Any], fault: Fault) -> None:
    """No output and no usage, although Azure charges for whatever it answers with 200."""
    error = {"code": fault.body or "server_error", "message": "A fault on order: the response failed."}
    body.update(without_completion("failed"), error=error, output=[], usage=None)


SPOILERS: dict[str, Spoiler] = {
    "finish_length": _cut_content,
    "content_filter_output": _withhold,
    "refusal": _refuse,
    "empty_content": _change_text(lambda _: ""),
    "no_choices": _empty_output,
    "schema_violation": _change_text(without_first_field),
    "fenced_json": _change_text(in_prose),
    "wrong_usage": report_wrong_usage,
    "missing_usage": omit_usage,
    "failed_answer": _fail,
}
