"""The seams' stand-ins: a clock that only moves when told, and a backend that follows a script."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from shared_code.accounting.usage import Usage
from shared_code.backends.contract import (
    ChatAnswer,
    ChatRequest,
    EmbeddingAnswer,
    EmbeddingRequest,
    FinishReason,
)
from shared_code.errors import OpenAIServiceError


@dataclass
class FakeClock:
    """Seconds that pass when somebody sleeps."""

    now: float = 1_000.0
    sleeps: list[float] = field(default_factory=list)

    def __call__(self) -> float:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += seconds

    async def sleep(self, seconds: float) -> None:
        self.sleeps.append(seconds)
        self.now += seconds
        await asyncio.sleep(0)


def answer(
    content: str = "{}",
    *,
    finish_reason: FinishReason = "stop",
    refused: bool = False,
    usage: Usage | None = None,
) -> ChatAnswer:
    """A provider's answer, complete unless told otherwise."""
    return ChatAnswer(
        content, finish_reason, refused, usage or Usage(1000, 0, 100, 0), "gpt-4.1-mini", "request-1"
    )


Step = ChatAnswer | BaseException | Callable[[ChatRequest], ChatAnswer]


class ScriptedBackend:
    """Answers request after request as scripted, and remembers what it was asked."""

    name = "scripted"

    def __init__(self, *steps: Step, clock: FakeClock | None = None, seconds_each: float = 0.0) -> None:
        self._steps = list(steps)
        self._clock = clock
        self._seconds_each = seconds_each
        self.requests: list[tuple[str, ChatRequest, float]] = []

    @property
    def deployments_asked(self) -> list[str]:
        return [deployment for deployment, _, _ in self.requests]

    async def complete(self, request: ChatRequest, deployment: str, timeout_seconds: float) -> ChatAnswer:
        self.requests.append((deployment, request, timeout_seconds))
        if self._clock is not None:
            self._clock.advance(self._seconds_each)
        await asyncio.sleep(0)
        step = self._steps.pop(0)
        if isinstance(step, BaseException):
            raise step
        return step(request) if callable(step) else step

    async def aclose(self) -> None:
        return None


def fresh(error: type[OpenAIServiceError], **details: float | bool | None) -> OpenAIServiceError:
    """An error as a backend raises it."""
    return error("scripted", **details)  # type: ignore[arg-type]  # details are the error's own keywords


class CountingEmbedder:
    """Gives each text a vector that begins with the text's length, and remembers what it was asked."""

    def __init__(self, dimensions: int = 1536, *failures: OpenAIServiceError | None) -> None:
        self._dimensions = dimensions
        self._failures = list(failures)
        self.requests: list[EmbeddingRequest] = []

    async def embed(
        self, request: EmbeddingRequest, deployment: str, timeout_seconds: float
    ) -> EmbeddingAnswer:
        self.requests.append(request)
        failure = self._failures.pop(0) if self._failures else None
        if failure is not None:
            raise failure
        length = request.dimensions or self._dimensions
        vectors = tuple((float(len(text)), *(0.0,) * (length - 1)) for text in request.texts)
        return EmbeddingAnswer(vectors, Usage(10 * len(vectors)), deployment, "request-1")

    async def aclose(self) -> None:
        return None
