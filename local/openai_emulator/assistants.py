"""Stored assistants: a model, instructions, tools and a format under one id."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from local.openai_emulator.problems import invalid_request
from local.openai_emulator.stored_objects import (
    check_names,
    check_without,
    checked_metadata,
    epoch_seconds,
    find_stored,
    new_id,
    optional_text,
)

PARAMETERS = frozenset(
    {
        "model",
        "name",
        "description",
        "instructions",
        "tools",
        "tool_resources",
        "metadata",
        "response_format",
        "temperature",
        "top_p",
        "reasoning_effort",
    }
)
TOOL_KINDS = frozenset({"code_interpreter", "file_search", "function"})
MAX_TOOLS = 128


@dataclass(frozen=True, slots=True)
class Assistant:
    """One assistant. What a run may override is checked when it runs, against the model it runs on."""

    id: str
    created_at: int
    model: str
    name: str | None
    description: str | None
    instructions: str | None
    tools: tuple[Mapping[str, Any], ...]
    metadata: Mapping[str, str]
    response_format: Any
    temperature: float | None
    top_p: float | None
    reasoning_effort: str | None

    def as_json(self) -> dict[str, Any]:
        """The assistant as the API shows it."""
        return {
            "id": self.id,
            "object": "assistant",
            "created_at": self.created_at,
            "name": self.name,
            "description": self.description,
            "model": self.model,
            "instructions": self.instructions,
            "tools": [dict(tool) for tool in self.tools],
            "tool_resources": {},
            "metadata": dict(self.metadata),
            "response_format": deepcopy(self.response_format),
            "temperature": 1.0 if self.temperature is None else self.temperature,
            "top_p": 1.0 if self.top_p is None else self.top_p,
            "reasoning_effort": self.reasoning_effort,
        }


@dataclass(slots=True)
class AssistantBook:
    """All assistants of one emulator, oldest first."""

    _assistants: dict[str, Assistant] = field(default_factory=dict)

    def create(self, body: Mapping[str, Any]) -> Assistant:
        """Store a new assistant.

        Raises:
            ApiError: 400 naming the parameter.
        """
        check_names(body, PARAMETERS)
        check_without(body, ("tool_resources",))
        model = optional_text(body, "model")
        if not model:
            raise invalid_request(
                "Missing required parameter: 'model'.", param="model", code="missing_required_parameter"
            )
        assistant = Assistant(
            id=new_id("asst"),
            created_at=epoch_seconds(),
            model=model,
            name=optional_text(body, "name"),
            description=optional_text(body, "description"),
            instructions=optional_text(body, "instructions"),
            tools=_tools(body.get("tools")),
            metadata=checked_metadata(body),
            response_format=deepcopy(body.get("response_format") or "auto"),
            temperature=body.get("temperature"),
            top_p=body.get("top_p"),
            reasoning_effort=body.get("reasoning_effort"),
        )
        self._assistants[assistant.id] = assistant
        return assistant

    def find(self, assistant_id: str) -> Assistant:
        """The assistant of that id.

        Raises:
            ApiError: 404 where there is none.
        """
        return find_stored("assistant", self._assistants, assistant_id)

    def delete(self, assistant_id: str) -> dict[str, Any]:
        """Forget an assistant; what runs on it goes on.

        Raises:
            ApiError: 404 where there is none.
        """
        del self._assistants[self.find(assistant_id).id]
        return {"id": assistant_id, "object": "assistant.deleted", "deleted": True}

    def all(self) -> list[Assistant]:
        """Every assistant, oldest first."""
        return list(self._assistants.values())


def _tools(value: Any) -> tuple[Mapping[str, Any], ...]:
    """Tools are kept and shown; no model calls them here."""
    if value is None:
        return ()
    if not isinstance(value, list) or len(value) > MAX_TOOLS:
        raise invalid_request(
            f"Invalid 'tools': expected an array of at most {MAX_TOOLS}.", param="tools", code="invalid_value"
        )
    for index, tool in enumerate(value):
        if not isinstance(tool, dict) or tool.get("type") not in TOOL_KINDS:
            raise invalid_request(
                f"Invalid value for 'tools[{index}].type'. Supported values are: "
                f"{', '.join(sorted(TOOL_KINDS))}.",
                param=f"tools[{index}].type",
                code="invalid_value",
            )
    return tuple(deepcopy(value))
