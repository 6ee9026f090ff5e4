"""What a run may ask for: the assistant's settings, overridden by the request's, as one chat request."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from local.openai_emulator.assistants import Assistant
from local.openai_emulator.messages import NewMessage, parse_messages
from local.openai_emulator.problems import invalid_request, not_emulated
from local.openai_emulator.stored_objects import check_names, check_without, checked_metadata, optional_text

COMMON = frozenset(
    [
        "assistant_id",
        "model",
        "instructions",
        "tools",
        "metadata",
        "temperature",
        "top_p",
        "stream",
        "max_prompt_tokens",
        "max_completion_tokens",
        "truncation_strategy",
        "tool_choice",
        "parallel_tool_calls",
        "response_format",
        "reasoning_effort",
    ]
)
ON_A_THREAD = COMMON | {"additional_instructions", "additional_messages"}
WITH_A_THREAD = COMMON | {"thread", "tool_resources"}
THREAD_PARAMETERS = frozenset({"messages", "metadata", "tool_resources"})
# The least that the provider's API description allows for either token limit of a run.
SMALLEST_LIMIT = 256


@dataclass(frozen=True, slots=True)
class ThreadRequest:
    """What a new thread begins with."""

    messages: tuple[NewMessage, ...] = ()
    metadata: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class RunRequest:
    """A run's settings after the request has overridden the assistant's."""

    assistant: Assistant
    model: str
    instructions: str
    added_messages: tuple[NewMessage, ...]
    metadata: Mapping[str, str]
    response_format: Any
    temperature: float | None
    top_p: float | None
    reasoning_effort: str | None
    max_prompt_tokens: int | None
    max_completion_tokens: int | None
    parallel_tool_calls: bool
    tool_choice: str

    @property
    def schema_name(self) -> str | None:
        """The schema the run asks for, as far as it can be told before validation."""
        output = self.response_format
        declared = output.get("json_schema") if isinstance(output, dict) else None
        name = declared.get("name") if isinstance(declared, dict) else None
        return name if isinstance(name, str) else None

    def chat_body(self, thread_messages: Sequence[tuple[str, str]]) -> dict[str, Any]:
        """The same as a chat request: instructions first, then (role, text) of the thread."""
        system = [{"role": "system", "content": self.instructions}] if self.instructions else []
        added = [(message.role, message.text) for message in self.added_messages]
        turns = [{"role": role, "content": text} for role, text in [*thread_messages, *added]]
        optional = {
            "response_format": None if self.response_format == "auto" else self.response_format,
            "max_completion_tokens": self.max_completion_tokens,
            "temperature": self.temperature,
            "top_p": self.top_p,
            "reasoning_effort": self.reasoning_effort,
        }
        given = {name: value for name, value in optional.items() if value is not None}
        return {"model": self.model, "messages": [*system, *turns], **given}


def parse_thread_request(value: Any, where: str = "") -> ThreadRequest:
    """Check what a new thread shall hold; ``where`` is the path to it, ending in a dot.

    Raises:
        ApiError: 400 naming the parameter.
    """
    if value is None:
        return ThreadRequest()
    if not isinstance(value, dict):
        raise invalid_request(f"Invalid type for '{where[:-1]}': expected an object.", param=where[:-1])
    check_names(value, THREAD_PARAMETERS, where)
    check_without(value, ("tool_resources",), where)
    messages = parse_messages(value.get("messages"), f"{where}messages")
    return ThreadRequest(messages, checked_metadata(value, where))


def parse_run_request(body: Mapping[str, Any], assistant: Assistant, known: frozenset[str]) -> RunRequest:
    """Check what is not checked as part of the chat request; ``known`` are the endpoint's parameters.

    Raises:
        ApiError: 400 naming the parameter.
    """
    check_names(body, known)
    check_without(body, ("stream", "tool_resources"))
    tools = body.get("tools")
    if tools and tools != list(assistant.tools):
        raise not_emulated("tools", "Overriding an assistant's tools")
    if body.get("tool_choice") not in {None, "auto", "none"}:
        raise not_emulated("tool_choice", "Any tool choice but 'auto' and 'none'")
    truncation = body.get("truncation_strategy")
    if truncation is not None and (not isinstance(truncation, dict) or truncation.get("type") != "auto"):
        raise not_emulated("truncation_strategy", "Any truncation strategy but 'auto'")
    instructions = optional_text(body, "instructions")
    parts = [assistant.instructions if instructions is None else instructions]
    parts.append(optional_text(body, "additional_instructions"))

    def setting(name: str, default: Any) -> Any:
        value = body.get(name)
        return default if value is None else value

    return RunRequest(
        assistant=assistant,
        model=optional_text(body, "model") or assistant.model,
        instructions="\n".join(part for part in parts if part),
        added_messages=parse_messages(body.get("additional_messages"), "additional_messages"),
        metadata=checked_metadata(body),
        response_format=setting("response_format", assistant.response_format),
        temperature=setting("temperature", assistant.temperature),
        top_p=setting("top_p", assistant.top_p),
        reasoning_effort=setting("reasoning_effort", assistant.reasoning_effort),
        max_prompt_tokens=_limit(body, "max_prompt_tokens"),
        max_completion_tokens=_limit(body, "max_completion_tokens"),
        parallel_tool_calls=bool(setting("parallel_tool_calls", True)),
        tool_choice=setting("tool_choice", "auto"),
    )


def _limit(body: Mapping[str, Any], name: str) -> int | None:
    value = body.get(name)
    if value is not None and (not isinstance(value, int) or value < SMALLEST_LIMIT):
        raise invalid_request(
            f"Invalid '{name}': expected an integer of at least {SMALLEST_LIMIT}.",
            param=name,
            code="integer_below_min_value",
        )
    return value
