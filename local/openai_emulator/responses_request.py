"""What a response may be asked for: parameters, input items and text formats, refused as the service does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from local.openai_emulator.deployments import ModelTraits
from local.openai_emulator.problems import ApiError, invalid_request, not_emulated
from local.openai_emulator.text_request import OutputFormat, TextRequest, is_inline_picture, pictures_in
from local.openai_emulator.text_rules import (
    check_sampling,
    checked_limit,
    effective_effort,
    missing_parameter,
    output_format,
)

ROLES = ("user", "assistant", "system", "developer")
# Part types with the field that holds their text; an assistant's turns have other ones than the rest.
INPUT_PARTS: Mapping[str, str] = {"input_text": "text"}
OUTPUT_PARTS: Mapping[str, str] = {"output_text": "text", "refusal": "refusal"}
LEAST_OUTPUT_TOKENS = 16
MAX_METADATA = 16
KINDS_OF_VALUE: Mapping[str, type] = {
    "instructions": str,
    "user": str,
    "prompt_cache_key": str,
    "safety_identifier": str,
    "store": bool,
    "stream": bool,
    "background": bool,
    "parallel_tool_calls": bool,
    "max_tool_calls": int,
    "reasoning": dict,
    "text": dict,
}
CHOICES: Mapping[str, tuple[str, ...]] = {
    "truncation": ("auto", "disabled"),
    "prompt_cache_retention": ("in_memory", "24h"),
    "service_tier": ("auto", "default", "flex", "scale", "priority", "fast", "ultrafast"),
}
# Refused unless empty: there is nothing behind them here.
NOT_EMULATED = (
    "tools",
    "include",
    "stream",
    "background",
    "top_logprobs",
    "conversation",
    "prompt",
    "stream_options",
    "context_management",
    "moderation",
    "image",
    "access_programs",
    "background_options",
    "prompt_cache_options",
)
OTHERS = (
    "model",
    "input",
    "max_output_tokens",
    "temperature",
    "top_p",
    "metadata",
    "tool_choice",
    "previous_response_id",
)
UNDERSTOOD = frozenset([*KINDS_OF_VALUE, *CHOICES, *NOT_EMULATED, *OTHERS])
REASONING_FIELDS = frozenset({"effort", "summary", "generate_summary", "context", "mode"})
TEXT_FIELDS = frozenset({"format", "verbosity"})
VERBOSITIES = ("low", "medium", "high")


@dataclass(frozen=True, slots=True)
class ResponsesRequest:
    """A valid request: what is asked, and the settings that the answer repeats.

    ``instruction_messages`` is how many of the messages come from ``instructions``: 0 or 1.
    """

    asked: TextRequest
    settings: Mapping[str, Any]
    instruction_messages: int

    def without_oldest_message(self) -> ResponsesRequest | None:
        """What ``truncation: auto`` falls back to; None where it is off or one message is left."""
        kept, turns = (
            self.asked.messages[: self.instruction_messages],
            self.asked.messages[self.instruction_messages :],
        )
        if self.settings["truncation"] != "auto" or len(turns) < 2:
            return None
        return replace(self, asked=replace(self.asked, messages=kept + turns[1:]))


def parse_responses_request(body: Mapping[str, Any], traits: ModelTraits) -> ResponsesRequest:
    """Check a body and take from it what the answer depends on or repeats.

    Raises:
        ApiError: 400 naming the parameter.
    """
    _check_names(body)
    turns = _turns(body.get("input"))
    instructions = body.get("instructions")
    told = () if instructions is None else (("developer", instructions),)
    reasoning = _fields(body, "reasoning", REASONING_FIELDS)
    for name in REASONING_FIELDS - {"effort"}:
        if reasoning.get(name) is not None:
            raise not_emulated(f"reasoning.{name}", f"'reasoning.{name}'")
    effort = effective_effort(reasoning.get("effort"), traits, "reasoning.effort")
    check_sampling(body, traits, effort)
    text = _fields(body, "text", TEXT_FIELDS)
    output = _output_format(text.get("format"))
    if output.kind == "json_object" and not any("json" in said.casefold() for _, said in turns):
        raise invalid_request(
            "'input' must contain the word 'json' to use 'text.format' of type 'json_object'; "
            "'instructions' do not count.",
            param="input",
        )
    pictures = 0 if isinstance(body["input"], str) else pictures_in(body["input"])
    asked = TextRequest(told + turns, output, _output_limit(body, traits), effort, pictures)
    return ResponsesRequest(asked, _settings(body, text, effort), len(told))


def _check_names(body: Mapping[str, Any]) -> None:
    for name, value in body.items():
        if name not in UNDERSTOOD:
            raise invalid_request(f"Unknown parameter: '{name}'.", param=name, code="unknown_parameter")
        kind = KINDS_OF_VALUE.get(name)
        if kind is not None and value is not None and type(value) is not kind:
            raise _wrong_type(name, f"a value of type {kind.__name__}")
        if name in CHOICES and value is not None and value not in CHOICES[name]:
            raise _wrong_value(name, CHOICES[name])
        if name in NOT_EMULATED and value:
            raise not_emulated(name, f"'{name}'")
    if body.get("tool_choice") not in (None, "auto", "none"):
        raise not_emulated("tool_choice", "Tool use")
    if body.get("previous_response_id") is not None:
        raise invalid_request(
            "The previous response was not found: this emulator keeps no responses. Send the whole "
            "conversation in 'input'.",
            param="previous_response_id",
            code="previous_response_not_found",
        )
    _check_metadata(body.get("metadata"))


def _check_metadata(metadata: Any) -> None:
    if metadata is None:
        return
    if not isinstance(metadata, dict) or not all(isinstance(value, str) for value in metadata.values()):
        raise _wrong_type("metadata", "an object of strings")
    if len(metadata) > MAX_METADATA:
        raise invalid_request(
            f"Invalid 'metadata': at most {MAX_METADATA} entries are allowed.",
            param="metadata",
            code="object_above_max_properties",
        )


def _fields(body: Mapping[str, Any], name: str, known: frozenset[str]) -> dict[str, Any]:
    fields: dict[str, Any] = body.get(name) or {}
    for field in fields.keys() - known:
        where = f"{name}.{field}"
        raise invalid_request(f"Unknown parameter: '{where}'.", param=where, code="unknown_parameter")
    return fields


def _turns(value: Any) -> tuple[tuple[str, str], ...]:
    if value is None:
        raise missing_parameter("input")
    if isinstance(value, str):
        return (("user", value),)
    if not isinstance(value, list):
        raise _wrong_type("input", "a string or an array of input items")
    if not value:
        raise invalid_request(
            "Invalid 'input': empty array. Expected at least one item.", param="input", code="empty_array"
        )
    return tuple(_turn(f"input[{index}]", item) for index, item in enumerate(value))


def _turn(where: str, item: Any) -> tuple[str, str]:
    if not isinstance(item, dict):
        raise _wrong_type(where, "an object")
    if item.get("type", "message") != "message":
        raise not_emulated(f"{where}.type", "An input item other than a message")
    role = item.get("role")
    if role not in ROLES:
        raise _wrong_value(f"{where}.role", ROLES)
    return role, _content(f"{where}.content", role, item.get("content"))


def _content(where: str, role: str, content: Any) -> str:
    if isinstance(content, str):
        return content
    if content is None:
        raise missing_parameter(where)
    if not isinstance(content, list):
        raise _wrong_type(where, "a string or an array of parts")
    parts = OUTPUT_PARTS if role == "assistant" else INPUT_PARTS
    return "\n".join(_part(f"{where}[{index}]", part, parts) for index, part in enumerate(content))


def _part(where: str, part: Any, parts: Mapping[str, str]) -> str:
    if not isinstance(part, dict) or not isinstance(part.get("type"), str):
        raise _wrong_type(where, "an object with a type")
    kind = part["type"]
    if kind == "input_image" and is_inline_picture(part.get("image_url")):
        return ""
    if kind in parts:
        text = part.get(parts[kind])
        if not isinstance(text, str):
            raise missing_parameter(f"{where}.{parts[kind]}")
        return text
    if kind in {*INPUT_PARTS, *OUTPUT_PARTS}:
        raise _wrong_value(f"{where}.type", tuple(parts))
    raise not_emulated(f"{where}.type", "A content part other than text")


def _output_format(value: Any) -> OutputFormat:
    try:
        return output_format(value, "text.format", schema_key=None)
    except ApiError as refusal:
        if refusal.param != "response_format":
            raise
        # A schema outside the strict subset, which this API calls by another name than chat does.
        raise invalid_request(
            refusal.message, param="text.format.schema", code="invalid_json_schema"
        ) from refusal


def _output_limit(body: Mapping[str, Any], traits: ModelTraits) -> int | None:
    limit = body.get("max_output_tokens")
    if type(limit) is int and limit < LEAST_OUTPUT_TOKENS:
        raise invalid_request(
            f"Invalid 'max_output_tokens': expected at least {LEAST_OUTPUT_TOKENS}, got {limit}.",
            param="max_output_tokens",
            code="integer_below_min_value",
        )
    return checked_limit("max_output_tokens", limit, traits)


def _settings(body: Mapping[str, Any], text: Mapping[str, Any], effort: str | None) -> dict[str, Any]:
    """What the service says back, with its defaults where nothing was set."""
    verbosity = text.get("verbosity")
    if verbosity not in (None, *VERBOSITIES):
        raise _wrong_value("text.verbosity", VERBOSITIES)
    given = {name: value for name, value in body.items() if value is not None}
    return {
        "background": False,
        "instructions": given.get("instructions"),
        "max_output_tokens": given.get("max_output_tokens"),
        "max_tool_calls": given.get("max_tool_calls"),
        "metadata": given.get("metadata", {}),
        "parallel_tool_calls": given.get("parallel_tool_calls", True),
        "previous_response_id": None,
        "prompt_cache_key": given.get("prompt_cache_key"),
        "prompt_cache_retention": given.get("prompt_cache_retention"),
        "reasoning": {"effort": effort, "summary": None},
        "safety_identifier": given.get("safety_identifier"),
        "service_tier": "default",
        "store": given.get("store", True),
        "temperature": given.get("temperature", 1.0),
        "text": {"format": _repeated_format(text.get("format")), "verbosity": verbosity or "medium"},
        "tool_choice": given.get("tool_choice", "auto"),
        "tools": [],
        "top_logprobs": 0,
        "top_p": given.get("top_p", 1.0),
        "truncation": given.get("truncation", "disabled"),
        "user": given.get("user"),
    }


def _repeated_format(declared: Any) -> dict[str, Any]:
    if declared is None:
        return {"type": "text"}
    if declared["type"] != "json_schema":
        return {"type": declared["type"]}
    return {
        "type": "json_schema",
        "name": declared["name"],
        "description": declared.get("description"),
        "schema": declared["schema"],
        "strict": bool(declared.get("strict")),
    }


def _wrong_type(where: str, expected: str) -> ApiError:
    return invalid_request(
        f"Invalid type for '{where}': expected {expected}.", param=where, code="invalid_type"
    )


def _wrong_value(where: str, supported: tuple[str, ...]) -> ApiError:
    return invalid_request(
        f"Invalid value for '{where}'. Supported values are: {', '.join(supported)}.",
        param=where,
        code="invalid_value",
    )
