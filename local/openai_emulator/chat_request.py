"""What a chat completion may ask for: parameters, messages and formats, refused as the service does."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from local.openai_emulator.deployments import ModelTraits
from local.openai_emulator.problems import ApiError, invalid_request, not_emulated
from local.openai_emulator.strict_schema import check_strict_schema

ROLES = frozenset({"system", "developer", "user", "assistant", "tool", "function"})
UNDERSTOOD = frozenset({"model", "messages", "response_format", "max_tokens", "max_completion_tokens"})
# Read by the real service and of no consequence here.
WITHOUT_EFFECT = frozenset(
    [
        "temperature",
        "top_p",
        "presence_penalty",
        "frequency_penalty",
        "seed",
        "user",
        "metadata",
        "store",
        "service_tier",
        "logit_bias",
        "safety_identifier",
        "prompt_cache_key",
        "prompt_cache_retention",
        "verbosity",
        "reasoning_effort",
        "parallel_tool_calls",
        "stream",
        "n",
        "logprobs",
        "modalities",
    ]
)
NOT_EMULATED = frozenset(
    [
        "tools",
        "tool_choice",
        "functions",
        "function_call",
        "stop",
        "top_logprobs",
        "audio",
        "prediction",
        "web_search_options",
        "stream_options",
        "data_sources",
    ]
)
# Sampling parameters with the one value that a reasoning model takes.
FIXED_WHEN_REASONING: Mapping[str, float] = {
    "temperature": 1,
    "top_p": 1,
    "presence_penalty": 0,
    "frequency_penalty": 0,
}
RANGES: Mapping[str, tuple[float, float]] = {
    "temperature": (0, 2),
    "top_p": (0, 1),
    "presence_penalty": (-2, 2),
    "frequency_penalty": (-2, 2),
}
SCHEMA_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(frozen=True, slots=True)
class OutputFormat:
    """The form of the answer: ``text``, ``json_object``, or ``json_schema`` with its schema."""

    kind: str = "text"
    schema_name: str = ""
    schema: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """A valid request. Messages are (role, text); ``completion_limit`` is None where none is set."""

    messages: tuple[tuple[str, str], ...]
    output: OutputFormat
    completion_limit: int | None
    reasoning_effort: str | None

    @property
    def user_messages(self) -> list[str]:
        """The texts of the user's turns, in order."""
        return [text for role, text in self.messages if role == "user"]


def parse_chat_request(body: Mapping[str, Any], traits: ModelTraits) -> ChatRequest:
    """Check a body and take from it what the answer depends on.

    Raises:
        ApiError: 400 naming the parameter.
    """
    _check_names(body)
    messages = _messages(body.get("messages"))
    effort = _reasoning_effort(body, traits)
    _check_sampling(body, traits, effort)
    output = _output_format(body.get("response_format"))
    if output.kind == "json_object" and not any("json" in text.casefold() for _, text in messages):
        raise invalid_request(
            "'messages' must contain the word 'json' to use 'response_format' of type 'json_object'.",
            param="messages",
        )
    return ChatRequest(messages, output, _completion_limit(body, traits), effort)


def _check_names(body: Mapping[str, Any]) -> None:
    for name, value in body.items():
        if name in NOT_EMULATED and value is not None:
            raise not_emulated(name, f"'{name}'")
        if name not in UNDERSTOOD | WITHOUT_EFFECT | NOT_EMULATED:
            raise invalid_request(f"Unrecognized request argument supplied: {name}", param=name)
    if body.get("stream"):
        raise not_emulated("stream", "Streaming ('stream': true)")
    if body.get("n") not in {None, 1}:
        raise not_emulated("n", "More than one choice ('n')")
    if body.get("logprobs"):
        raise not_emulated("logprobs", "'logprobs'")
    if body.get("modalities") not in (None, ["text"]):
        raise not_emulated("modalities", "Any modality but text")


def _messages(value: Any) -> tuple[tuple[str, str], ...]:
    if not isinstance(value, list):
        raise invalid_request("Missing or invalid 'messages': expected an array.", param="messages")
    if not value:
        raise invalid_request(
            "Invalid 'messages': empty array. Expected at least one message.",
            param="messages",
            code="empty_array",
        )
    return tuple(_message(index, item) for index, item in enumerate(value))


def _message(index: int, item: Any) -> tuple[str, str]:
    where = f"messages[{index}]"
    if not isinstance(item, dict):
        raise invalid_request(f"Invalid type for '{where}': expected an object.", param=where)
    role = item.get("role")
    if role not in ROLES:
        raise invalid_request(
            f"Invalid value for '{where}.role'. Supported values are: {', '.join(sorted(ROLES))}.",
            param=f"{where}.role",
            code="invalid_value",
        )
    if role in {"tool", "function"}:
        raise not_emulated(f"{where}.role", "Tool use")
    return role, _content(f"{where}.content", item.get("content"), is_optional=role == "assistant")


def _content(where: str, content: Any, *, is_optional: bool) -> str:
    if isinstance(content, str):
        return content
    if content is None and is_optional:
        return ""
    if not isinstance(content, list):
        raise invalid_request(
            f"Invalid type for '{where}': expected a string or an array of parts.",
            param=where,
            code="invalid_type",
        )
    texts: list[str] = []
    for index, part in enumerate(content):
        kind = part.get("type") if isinstance(part, dict) else None
        if kind not in {"text", "refusal"} or not isinstance(part.get(kind), str):
            raise not_emulated(f"{where}[{index}]", "A content part other than text")
        texts.append(part[kind])
    return "\n".join(texts)


def _reasoning_effort(body: Mapping[str, Any], traits: ModelTraits) -> str | None:
    effort = body.get("reasoning_effort")
    if effort is None:
        return "medium" if traits.is_reasoning else None
    if not traits.is_reasoning:
        raise invalid_request(
            "Unsupported parameter: 'reasoning_effort' is not supported with this model.",
            param="reasoning_effort",
            code="unsupported_parameter",
        )
    if effort not in traits.reasoning_efforts:
        raise invalid_request(
            "Unsupported value for 'reasoning_effort'. This model supports: "
            f"{', '.join(traits.reasoning_efforts)}.",
            param="reasoning_effort",
            code="unsupported_value",
        )
    return str(effort)


def _check_sampling(body: Mapping[str, Any], traits: ModelTraits, effort: str | None) -> None:
    for name, (lowest, highest) in RANGES.items():
        value = body.get(name)
        if value is None:
            continue
        if isinstance(value, bool) or not isinstance(value, int | float) or not lowest <= value <= highest:
            raise invalid_request(
                f"Invalid '{name}': expected a number from {lowest} to {highest}.",
                param=name,
                code="invalid_value",
            )
        if traits.is_reasoning and effort != "none" and value != FIXED_WHEN_REASONING[name]:
            raise invalid_request(
                f"Unsupported value: '{name}' does not support {value} with this model. Only the default "
                f"({FIXED_WHEN_REASONING[name]}) value is supported.",
                param=name,
                code="unsupported_value",
            )


def _completion_limit(body: Mapping[str, Any], traits: ModelTraits) -> int | None:
    old, new = body.get("max_tokens"), body.get("max_completion_tokens")
    if old is not None and traits.is_reasoning:
        raise invalid_request(
            "Unsupported parameter: 'max_tokens' is not supported with this model. "
            "Use 'max_completion_tokens' instead.",
            param="max_tokens",
            code="unsupported_parameter",
        )
    if old is not None and new is not None:
        raise invalid_request(
            "Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported.",
            param="max_tokens",
            code="invalid_parameter_combination",
        )
    name, limit = ("max_tokens", old) if old is not None else ("max_completion_tokens", new)
    if limit is None:
        return None
    if isinstance(limit, bool) or not isinstance(limit, int) or not 1 <= limit <= traits.output_tokens:
        raise invalid_request(
            f"Invalid '{name}': this model supports 1 to {traits.output_tokens} completion tokens.",
            param=name,
            code="invalid_value",
        )
    return limit


def _output_format(value: Any) -> OutputFormat:
    if value is None:
        return OutputFormat()
    kind = value.get("type") if isinstance(value, dict) else None
    if kind in {"text", "json_object"}:
        return OutputFormat(kind)
    if kind != "json_schema":
        raise invalid_request(
            "Invalid value for 'response_format.type'. Supported values are: 'json_object', 'json_schema', "
            "'text'.",
            param="response_format.type",
            code="invalid_value",
        )
    return _schema_format(value.get("json_schema"))


def _schema_format(declared: Any) -> OutputFormat:
    where = "response_format.json_schema"
    if not isinstance(declared, dict):
        raise _missing(where)
    name, schema = declared.get("name"), declared.get("schema")
    if not isinstance(name, str):
        raise _missing(f"{where}.name")
    if not SCHEMA_NAME.fullmatch(name):
        raise invalid_request(
            f"Invalid '{where}.name': expected letters, digits, '_' and '-', at most 64.",
            param=f"{where}.name",
            code="invalid_value",
        )
    if not isinstance(schema, dict):
        raise _missing(f"{where}.schema")
    if declared.get("strict"):
        check_strict_schema(name, schema)
    return OutputFormat("json_schema", name, schema)


def _missing(where: str) -> ApiError:
    return invalid_request(
        f"Missing required parameter: '{where}'.", param=where, code="missing_required_parameter"
    )
