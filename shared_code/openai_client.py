"""The one guarded way to reach the model: conversations and vectors, for the app and for the tools.

What is asked and what an answer must be stands here; how often, when and where it is asked stands in
``guarded_call.py``.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from shared_code.accounting.budget import DailyBudget
from shared_code.accounting.pricing import ModelCatalogue, load_catalogue
from shared_code.accounting.token_tracker import TokenTracker
from shared_code.accounting.usage import DeploymentUsage, Usage, total_cost_micro_usd, total_usage
from shared_code.admission import InstanceLimiter, Limiter, Sleep
from shared_code.backends.contract import (
    Backend,
    ChatAnswer,
    ChatRequest,
    EmbeddingAnswer,
    EmbeddingBackend,
    EmbeddingRequest,
    ImagePart,
)
from shared_code.deployment import Deployment, chat_deployments, open_deployment
from shared_code.embedding import (
    MAX_TOKENS_PER_REQUEST,
    Embedding,
    EmbeddingResult,
    TextBatch,
    batches,
    check_texts,
    content_key,
    ensure_embedding_dimensions,
    expected_dimensions,
    requested_dimensions,
)
from shared_code.errors import (
    ContentFilterError,
    EmbeddingDimensionsError,
    EmptyAnswerError,
    OpenAIServiceError,
    RefusalError,
    SettingsError,
    TruncatedAnswerError,
    ValidationError,
)
from shared_code.guarded_call import AnswerT, GuardedCall, Guards
from shared_code.observation import Observer, Observers
from shared_code.reliability.bulkhead import Bulkhead
from shared_code.reliability.deadline import Clock, Deadline
from shared_code.reliability.rate_limiter import RateLimiter
from shared_code.reliability.retry import RetryPolicy
from shared_code.settings import OpenAISettings

__all__ = ["ChatResult", "Embedding", "EmbeddingResult", "OpenAIClient", "ensure_embedding_dimensions"]

# English and German prose has some four characters to a token.
CHARACTERS_PER_TOKEN = 4
# OpenAI's guide to images, for gpt-4.1-mini.
PATCH_PIXELS, MOST_PATCHES, TOKENS_PER_PATCH = 32, 1_536, 1.62


@dataclass(frozen=True, slots=True)
class ChatResult:
    """A complete answer, and what it took, failed attempts that were billed included.

    ``cost_micro_usd`` is None where a price is unknown; ``charges`` says what each deployment cost.
    """

    content: str
    deployment: str
    model: str
    usage: Usage
    cost_micro_usd: int | None
    attempts: int
    fallback_used: bool
    charges: tuple[DeploymentUsage, ...] = ()


class OpenAIClient:
    """Reaches the model under a deadline, a budget, a limiter, breakers and a retry policy.

    One per process and event loop; close it when the app ends.

    Args:
        settings: How hard to try.
        backend: The provider's API for conversations.
        embedding_backend: The provider's API for vectors; None where none are needed.
        limiter: By default this process's own; see ``shared_limiter.py`` for one that instances share.
        budget: What a day may cost; None for no limit.
        catalogue: What models cost and accept.
        retry_policy: By default from the settings.
        observers: Told of every attempt and call.
        clock: Monotonic seconds.
        sleep: How to wait.
        today: The UTC date, by which models retire.

    Raises:
        ModelNotAllowedError: A chat deployment runs a model outside the allowlist.
    """

    def __init__(
        self,
        settings: OpenAISettings,
        backend: Backend,
        embedding_backend: EmbeddingBackend | None = None,
        *,
        limiter: Limiter | None = None,
        budget: DailyBudget | None = None,
        catalogue: ModelCatalogue | None = None,
        retry_policy: RetryPolicy | None = None,
        observers: Sequence[Observer] = (),
        clock: Clock = time.monotonic,
        sleep: Sleep = asyncio.sleep,
        today: Callable[[], date] = lambda: datetime.now(UTC).date(),
    ) -> None:
        self.settings = settings
        self.backend = backend
        self.catalogue = catalogue or load_catalogue()
        self.limiter = limiter or InstanceLimiter(
            RateLimiter(settings.requests_per_minute, settings.tokens_per_minute, clock=clock), sleep
        )
        self.token_tracker = TokenTracker()
        self.observer = Observers(*observers)
        self.deployments = chat_deployments(settings, self.catalogue, clock)
        self.embedding_deployment = open_deployment(
            settings.embedding_deployment, settings, self.catalogue, clock
        )
        self._embedding_backend = embedding_backend
        self._clock = clock
        self._bulkhead = Bulkhead(settings.max_concurrent_requests)
        self._guards = Guards(
            limiter=self.limiter,
            budget=budget,
            retry_policy=retry_policy or RetryPolicy(settings.max_attempts, settings.backoff_seconds),
            catalogue=self.catalogue,
            token_tracker=self.token_tracker,
            observer=self.observer,
            attempt_timeout_seconds=settings.attempt_timeout_seconds,
            clock=clock,
            sleep=sleep,
            today=today,
        )

    async def chat(self, request: ChatRequest, *, deadline: Deadline | None = None) -> ChatResult:
        """Ask until there is a complete answer, or no further attempt can help.

        Raises:
            OpenAIServiceError: Its subclass says why; ``usage`` holds what the call cost all the same.
        """

        async def send(deployment: str, timeout_seconds: float) -> ChatAnswer:
            return await self.backend.complete(request, deployment, timeout_seconds)

        call = GuardedCall(
            "chat", self.deployments, self._deadline(deadline), _estimated_tokens(request), send, _problem_of
        )
        answer, deployment = await self._run(call)
        return ChatResult(
            content=answer.content,
            deployment=deployment.name,
            model=deployment.model,
            usage=total_usage(call.charges),
            cost_micro_usd=total_cost_micro_usd(call.charges),
            attempts=call.attempts,
            fallback_used=call.fallback_used,
            charges=tuple(call.charges),
        )

    async def embed(self, texts: Sequence[str], *, deadline: Deadline | None = None) -> EmbeddingResult:
        """Turn texts into vectors; equal texts are sent once.

        More than 2,048 different texts take several requests. Where a later one fails nothing is
        returned, so load a large store slice by slice and keep each slice before the next.

        Args:
            texts: None of them empty.
            deadline: For all requests together; OPENAI_DEADLINE_SECONDS by default.

        Raises:
            EmptyTextError: A text has no content; nothing was sent.
            EmbeddingDimensionsError: The vectors are not as long as expected.
            OpenAIServiceError: Its subclass says why; ``usage`` holds what the call cost all the same.
        """
        deployment = self.embedding_deployment
        model = self.catalogue.find(deployment.model)
        check_texts(texts, model)
        dimensions = requested_dimensions(self.settings, model)
        deadline = self._deadline(deadline)
        vectors: dict[str, tuple[float, ...]] = {}
        charges: list[DeploymentUsage] = []
        attempts = 0
        for batch in batches(texts, self._tokens_per_request()):
            call = self._embedding_call(batch, dimensions, deadline)
            try:
                answer, _ = await self._run(call)
            except OpenAIServiceError as error:
                error.attempts += attempts
                error.charges = (*charges, *error.charges)
                error.usage = total_usage(error.charges)
                raise
            vectors.update(zip(batch.texts, answer.vectors, strict=True))
            charges += call.charges
            attempts += call.attempts
        embedding_of = {text: Embedding(content_key(text), vector) for text, vector in vectors.items()}
        return EmbeddingResult(
            embeddings=tuple(embedding_of[text] for text in texts),
            deployment=deployment.name,
            model=deployment.model,
            dimensions=expected_dimensions(self.settings),
            usage=total_usage(charges),
            cost_micro_usd=total_cost_micro_usd(charges),
            attempts=attempts,
            charges=tuple(charges),
        )

    async def aclose(self) -> None:
        """Close the backends' connections."""
        await self.backend.aclose()
        if self._embedding_backend is not None:
            await self._embedding_backend.aclose()

    async def _run(self, call: GuardedCall[AnswerT]) -> tuple[AnswerT, Deployment]:
        async with self._bulkhead.place(call.deadline.remaining_seconds()):
            return await self._guards.run(call)

    def _deadline(self, deadline: Deadline | None) -> Deadline:
        return deadline or Deadline.after(self.settings.deadline_seconds, self._clock)

    def _tokens_per_request(self) -> int:
        """The provider's limit for one request, or ours for a minute where that is smaller."""
        return min(MAX_TOKENS_PER_REQUEST, self.settings.tokens_per_minute or MAX_TOKENS_PER_REQUEST)

    def _embedding_call(
        self, batch: TextBatch, dimensions: int | None, deadline: Deadline
    ) -> GuardedCall[EmbeddingAnswer]:
        backend = self._embedding_backend
        if backend is None:
            raise SettingsError("This client was made without an API for vectors (embedding_backend).")
        request = EmbeddingRequest(batch.texts, dimensions)
        expected = expected_dimensions(self.settings)

        async def send(deployment: str, timeout_seconds: float) -> EmbeddingAnswer:
            return await backend.embed(request, deployment, timeout_seconds)

        def problem_of(answer: EmbeddingAnswer, deployment: str) -> ValidationError | None:
            try:
                ensure_embedding_dimensions(answer.vectors, expected)
            except EmbeddingDimensionsError as error:
                return error
            return None

        # Vectors of two models cannot be compared, so there is no fallback.
        return GuardedCall(
            "embeddings", [self.embedding_deployment], deadline, batch.tokens, send, problem_of
        )


def _estimated_tokens(request: ChatRequest) -> int:
    """What the provider counts up front: the prompt, roughly, and the longest answer allowed."""
    characters = sum(len(message.content) for message in request.messages)
    pictures = sum(_picture_tokens(image) for message in request.messages for image in message.images)
    return characters // CHARACTERS_PER_TOKEN + pictures + request.max_output_tokens


def _picture_tokens(image: ImagePart) -> int:
    """What a picture counts for gpt-4.1-mini: squares of 32 pixels, of which it is shrunk to 1,536.

    The older gpt-4o-mini counts far more; what is reserved too little is settled by the answer's usage.
    """
    squares = math.ceil(image.width / PATCH_PIXELS) * math.ceil(image.height / PATCH_PIXELS)
    return math.ceil(TOKENS_PER_PATCH * min(squares, MOST_PATCHES))


def _problem_of(answer: ChatAnswer, deployment: str) -> ValidationError | None:
    """Why an answer cannot be used, None where it is whole."""
    if answer.finish_reason == "content_filter":
        return ContentFilterError(f"The content filter of deployment {deployment} stopped the answer.")
    if answer.refused:
        return RefusalError(f"The model of deployment {deployment} declined to answer.")
    if answer.finish_reason == "length":
        return TruncatedAnswerError(
            f"The answer of deployment {deployment} was cut off; raise OPENAI_MAX_OUTPUT_TOKENS."
        )
    if not answer.content.strip():
        return EmptyAnswerError(f"Deployment {deployment} answered without content.")
    return None
