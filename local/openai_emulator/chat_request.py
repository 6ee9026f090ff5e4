"""What a chat completion may ask for: parameters, messages and formats, refused as the service does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from local.openai_emulator.deployments import ModelTraits
from local.openai_emulator.problems import invalid_request, not_emulated
from local.openai_emulator.text_request import TextRequest, is_inline_picture, pictures_in
from local.openai_emulator.text_rules import check_sampling, checked_limit, effective_effort, output_format

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


def parse_chat_request(body: Mapping[str, Any], traits: ModelTraits) -> TextRequest:
    """Check a body and take from it what the answer depends on.

    Raises:
        ApiError: 400 naming the parameter.
    """
    _check_names(body)
    messages = _messages(body.get("messages"))
    effort = effective_effort(body.get("reasoning_effort"), traits, "reasoning_effort")
    check_sampling(body, traits, effort)
    output = output_format(body.get("response_format"), "response_format", schema_key="json_schema")
    if output.kind == "json_object" and not any("json" in text.casefold() for _, text in messages):
        raise invalid_request(
            "'messages' must contain the word 'json' to use 'response_format' of type 'json_object'.",
            param="messages",
        )
    pictures = pictures_in(body["messages"])
    return TextRequest(messages, output, _completion_limit(body, traits), effort, pictures)


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
        if kind == "image_url" and is_inline_picture((part.get("image_url") or {}).get("url")):
            continue
        if kind not in {"text", "refusal"} or not isinstance(part.get(kind), str):
            raise not_emulated(f"{where}[{index}]", "A content part other than text")
        texts.append(part[kind])
    return "\n".join(texts)


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
    return checked_limit(name, limit, traits)
