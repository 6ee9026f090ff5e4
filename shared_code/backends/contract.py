"""What every backend takes and gives, whatever API of the provider it speaks."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from shared_code.accounting.usage import Usage

Role = Literal["system", "user", "assistant"]
FinishReason = Literal["stop", "length", "content_filter", "other"]


@dataclass(frozen=True, slots=True)
class ImagePart:
    """A picture that a message shows: the file's bytes, and its size in pixels."""

    media_type: str
    data: bytes
    width: int
    height: int

    def data_url(self) -> str:
        """The picture as a URL that holds it (RFC 2397)."""
        return f"data:{self.media_type};base64,{b64encode(self.data).decode('ascii')}"


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of the conversation; pictures follow its text, and only a user shows some."""

    role: Role
    content: str
    images: tuple[ImagePart, ...] = ()


@dataclass(frozen=True, slots=True)
class OutputSchema:
    """The JSON schema that the answer must follow (strict structured output)."""

    name: str
    schema: dict[str, Any]


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """What to ask. ``max_output_tokens`` bounds the answer and so its price.

    ``assistant_id`` is an assistant of the provider's, which only the Assistants API knows; it is None
    where the caller named one of ours.
    """

    messages: tuple[Message, ...]
    max_output_tokens: int
    output_schema: OutputSchema | None = None
    temperature: float = 0.1
    assistant_id: str | None = None


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


@dataclass(frozen=True, slots=True)
class EmbeddingRequest:
    """Texts of one request, not empty, and the dimensions to ask for; None leaves them to the model."""

    texts: tuple[str, ...]
    dimensions: int | None = None


@dataclass(frozen=True, slots=True)
class EmbeddingAnswer:
    """One vector per text, in the order of the texts; nothing is checked yet."""

    vectors: tuple[tuple[float, ...], ...]
    usage: Usage
    model: str
    request_id: str | None
    remaining_requests: int | None = None
    remaining_tokens: int | None = None


class Backend(Protocol):
    """One API of the provider for conversations."""

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


class EmbeddingBackend(Protocol):
    """The provider's API for vectors."""

    async def embed(
        self, request: EmbeddingRequest, deployment: str, timeout_seconds: float
    ) -> EmbeddingAnswer:
        """Send one request and wait for its answer; no retries.

        Raises:
            OpenAIServiceError: The subclass says what happened.
        """
        ...

    async def aclose(self) -> None:
        """Close the connections."""
        ...
