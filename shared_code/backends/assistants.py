"""The Assistants API: threads and runs, for endpoints that still have it (Azure retired it on 2026-08-26)."""

from __future__ import annotations

import asyncio
import time
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from shared_code.accounting.pricing import ModelCatalogue, load_catalogue
from shared_code.backends.assistants_api import AssistantMissingError, AssistantsApi, OwnAssistants
from shared_code.backends.contract import ChatAnswer, ChatRequest, FinishReason
from shared_code.backends.failures import failed_generation, silence
from shared_code.backends.on_demand import TransportOnDemand
from shared_code.backends.parameters import parameters_for, response_format
from shared_code.backends.thread_run import ThreadRun
from shared_code.errors import (
    AttemptTimeoutError,
    InvalidModelRequestError,
    ModelServerError,
    OpenAIServiceError,
    PromptTooLongError,
)
from shared_code.reliability.deadline import Clock
from shared_code.telemetry.logging import get_logger, log_unexpected

if TYPE_CHECKING:
    from shared_code.admission import Sleep
    from shared_code.backends.transport import ProviderResponse
    from shared_code.settings import OpenAISettings

# The API rejects a lower limit.
LEAST_COMPLETION_TOKENS = 256
# How long a caller waits for its run to be taken away; what takes longer goes on without the caller.
TAKING_AWAY_SECONDS = 5.0
_INCOMPLETE_REASONS: dict[str, FinishReason] = {
    "max_completion_tokens": "length",
    "content_filter": "content_filter",
}

logger = get_logger(__name__)


class AssistantsBackend:
    """One thread and one run per ``complete``; the thread is deleted whatever happens.

    ``threads_left_behind`` counts the threads that could not be deleted, each of which is also logged.

    Args:
        settings: Which model is behind a deployment.
        catalogue: What models accept.
        connection: Shared with other backends; by default one of its own.
        clock: Monotonic seconds.
        sleep: How to wait between two looks at a run.
    """

    name = "assistants"

    def __init__(
        self,
        settings: OpenAISettings,
        catalogue: ModelCatalogue | None = None,
        *,
        connection: TransportOnDemand | None = None,
        clock: Clock = time.monotonic,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._settings = settings
        self._catalogue = catalogue or load_catalogue()
        self._connection = connection or TransportOnDemand(settings)
        self._api = AssistantsApi(self._connection)
        self._own = OwnAssistants(self._api)
        self._clock = clock
        self._sleep = sleep
        self._being_taken_away: set[asyncio.Task[None]] = set()
        self.threads_left_behind = 0

    async def complete(self, request: ChatRequest, deployment: str, timeout_seconds: float) -> ChatAnswer:
        """See ``Backend.complete``. ``timeout_seconds`` covers everything up to the answer."""
        if any(message.images for message in request.messages):
            raise InvalidModelRequestError(
                "The Assistants API takes pictures only as stored files, and none are stored: set "
                "OPENAI_BACKEND to chat or responses, or CV_OCR_PROVIDER to another one than vision.",
                deployment=deployment,
                was_sent=False,
            )
        run = ThreadRun(self._api, deployment, timeout_seconds, self._clock, self._sleep)
        failure: OpenAIServiceError | None = None
        try:
            return await self._answer_in_time(run, request, deployment, timeout_seconds)
        except OpenAIServiceError as error:
            failure = error
            raise
        finally:
            await self._take_away(run)
            if failure is not None:
                failure.usage = run.usage

    async def aclose(self) -> None:
        """See ``Backend.aclose``; waits for threads that are still being deleted."""
        if self._being_taken_away:
            _, late = await asyncio.wait(self._being_taken_away, timeout=TAKING_AWAY_SECONDS)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        await self._connection.aclose()

    # -- asking ----------------------------------------------------------------------------------

    async def _answer_in_time(
        self, run: ThreadRun, request: ChatRequest, deployment: str, timeout_seconds: float
    ) -> ChatAnswer:
        try:
            async with asyncio.timeout(timeout_seconds):
                created = await self._created(run, request, deployment, timeout_seconds)
                await run.wait_until_settled()
                return await _answer(run, created, deployment)
        except TimeoutError:
            raise silence(deployment, timeout_seconds) from None
        except AssistantMissingError as error:
            raise InvalidModelRequestError(error.message, deployment=deployment) from None
        except (KeyError, TypeError, AttributeError):
            raise ModelServerError(
                f"Deployment {deployment} answered JSON that is not of the Assistants API.",
                deployment=deployment,
            ) from None

    async def _created(
        self, run: ThreadRun, request: ChatRequest, deployment: str, timeout_seconds: float
    ) -> ProviderResponse:
        body = self._body(request, deployment)
        if request.assistant_id is not None:
            return await run.create({**body, "assistant_id": request.assistant_id})
        assistant_id = await self._own.assistant_id(deployment, timeout_seconds)
        try:
            return await run.create({**body, "assistant_id": assistant_id})
        except AssistantMissingError:
            # Deleted since it was found; its successor gets one try.
            self._own.forget(deployment, assistant_id)
            assistant_id = await self._own.assistant_id(deployment, timeout_seconds)
            return await run.create({**body, "assistant_id": assistant_id})

    def _body(self, request: ChatRequest, deployment: str) -> dict[str, Any]:
        parameters = parameters_for(request, deployment, self._settings, self._catalogue)
        instructions = [message.content for message in request.messages if message.role == "system"]
        body: dict[str, Any] = {
            "model": deployment,
            "thread": {
                "messages": [
                    {"role": message.role, "content": message.content}
                    for message in request.messages
                    if message.role != "system"
                ]
            },
            "tools": [],
            "max_completion_tokens": max(LEAST_COMPLETION_TOKENS, parameters.max_output_tokens),
        }
        if instructions:
            body["instructions"] = "\n\n".join(instructions)
        if parameters.temperature is not None:
            body["temperature"] = parameters.temperature
        if request.output_schema is not None:
            body["response_format"] = response_format(request.output_schema)
        return body

    # -- taking away -----------------------------------------------------------------------------

    async def _take_away(self, run: ThreadRun) -> None:
        """See to it that nothing of the run stays; a caller who is cancelled meanwhile changes nothing."""
        task = asyncio.create_task(self._taken_away(run))
        self._being_taken_away.add(task)
        task.add_done_callback(self._being_taken_away.discard)
        if not run.is_being_created:  # which may take long, and the caller's time is over
            await asyncio.wait({task}, timeout=TAKING_AWAY_SECONDS)

    async def _taken_away(self, run: ThreadRun) -> None:
        is_gone = False
        try:
            is_gone = await run.is_taken_away()
        except Exception as error:  # noqa: BLE001  (an answer must not be lost over it)
            log_unexpected(logger, "thread_deletion_failed", error)
        finally:
            if not is_gone:
                self.threads_left_behind += 1
                logger.warning("thread_left_behind", thread=_hashed(run.thread_id))


async def _answer(run: ThreadRun, created: ProviderResponse, deployment: str) -> ChatAnswer:
    """The answer of a run that is settled.

    Raises:
        OpenAIServiceError: It ended without one.
    """
    finish_reason = _finish_reason(run, deployment)
    messages = [] if finish_reason == "content_filter" else await run.messages()
    parts = [
        part for message in messages if message["role"] == "assistant" for part in message["content"] or ()
    ]
    return ChatAnswer(
        content="".join(part["text"]["value"] for part in parts if part["type"] == "text"),
        finish_reason=finish_reason,
        refused=any(part["type"] == "refusal" for part in parts),
        usage=run.usage,
        model=run.run.get("model") or deployment,
        request_id=created.request_id,
        remaining_requests=created.remaining_requests,
        remaining_tokens=created.remaining_tokens,
    )


def _finish_reason(run: ThreadRun, deployment: str) -> FinishReason:
    """Why the model stopped, or the error of a run that has no answer."""
    if run.status == "completed":
        return "stop"
    if run.status == "incomplete":
        reason = str((run.run.get("incomplete_details") or {}).get("reason"))
        if reason == "max_prompt_tokens":
            raise PromptTooLongError(
                f"The document does not fit into the context of deployment {deployment}.",
                deployment=deployment,
            )
        return _INCOMPLETE_REASONS.get(reason, "other")
    if run.status == "failed":
        raise failed_generation(run.run.get("last_error"), deployment, run.usage)
    if run.status == "expired":
        raise AttemptTimeoutError(
            f"The run on deployment {deployment} expired before it was done.", deployment=deployment
        )
    if run.status == "requires_action":
        raise InvalidModelRequestError(
            "The assistant called a tool, and nobody here answers it. Remove the tools of the assistant that "
            "the *_ASSISTANT_ID settings name.",
            deployment=deployment,
        )
    raise ModelServerError(
        f"The run on deployment {deployment} was {run.status} by somebody else.", deployment=deployment
    )


def _hashed(thread_id: str | None) -> str | None:
    """A thread's id is a key to what was said in it, so a log holds its digest."""
    return None if thread_id is None else sha256(thread_id.encode()).hexdigest()[:16]
