"""What every backend takes and gives, whatever API of the provider it speaks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, Protocol

from shared_code.accounting.usage import Usage

Role = Literal["system", "user", "assistant"]
FinishReason = Literal["stop", "length", "content_filter", "other"]


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of the conversation."""

    role: Role
    content: str


@dataclass(frozen=True, slots=True)
class OutputSchema:
    """The JSON schema that the answer must follow (strict structured output)."""

    name: str
    schema: dict[str, Any]


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """What to ask. ``max_output_tokens`` bounds the answer and so its price."""

    messages: tuple[Message, ...]
    max_output_tokens: int
    output_schema: OutputSchema | None = None
    temperature: float = 0.1


@dataclass(frozen=True, slots=True)
class ChatAnswer:
    """What came back, as the provider said it; nothing is checked yet.

    ``remaining_requests`` and ``remaining_tokens`` are what its rate limit headers leave; None where
    it sends none.
    """

    content: str
    finish_reason: FinishReason
    refused: bool
    usage: Usage
    model: str
    request_id: str | None
    remaining_requests: int | None = None
    remaining_tokens: int | None = None


class Backend(Protocol):
    """One API of the provider."""

    name: str

    async def complete(self, request: ChatRequest, deployment: str, timeout_seconds: float) -> ChatAnswer:
        """Send one request and wait for its answer; no retries.

        Raises:
            OpenAIServiceError: The subclass says what happened.
        """
        ...

    async def aclose(self) -> None:
        """Close the connections."""
        ...
