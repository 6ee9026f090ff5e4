"""Recognition by the chat model: each page's picture is one guarded, accounted and logged call."""

from __future__ import annotations

import asyncio
import time
import uuid
from datetime import UTC, datetime
from inspect import isawaitable
from typing import TYPE_CHECKING

from shared_code.accounting.token_tracker import MICRO_USD_PER_USD
from shared_code.accounting.usage import total_cost_micro_usd, total_usage
from shared_code.ai_call_logger import CallDetails
from shared_code.assistants.registry import PAGE_TRANSCRIBER, load_instructions
from shared_code.backends.contract import ChatRequest, ImagePart, Message
from shared_code.errors import (
    ContentFilterError,
    EmptyAnswerError,
    OpenAIServiceError,
    RefusalError,
    UnsupportedDocumentError,
)
from shared_code.reliability.deadline import Deadline

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shared_code.accounting.usage import DeploymentUsage
    from shared_code.assistant_call import CallLogger
    from shared_code.documents.page_images import PageImage
    from shared_code.openai_client import OpenAIClient

NO_TEXT = "NO TEXT"
REQUEST = "Transcribe this page."
# A page set small holds some 8,000 characters, which outside of Latin scripts may be as many tokens.
MOST_TOKENS_PER_PAGE = 8_192
MEDIA_TYPES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
_UNREAD = (EmptyAnswerError, RefusalError, ContentFilterError)


class PageTranscriber:
    """Asks the model for the text of pages, all of them at once, under one deadline.

    Args:
        client: The guarded client.
        logger: Where calls are logged, as those of assistants are; None logs nowhere.
    """

    name = "vision"

    def __init__(self, client: OpenAIClient, logger: CallLogger | None = None) -> None:
        self._client = client
        self._logger = logger

    async def read(self, pages: Sequence[PageImage], *, document_id: str | None = None) -> tuple[str, ...]:
        """See ``OcrProvider.read``. Where one page fails the others end too: they are paid for.

        Raises:
            OpenAIServiceError: The model could not be used.
            UnsupportedDocumentError: A kind of picture that the model does not take.
        """
        for page in pages:
            if page.media_type not in MEDIA_TYPES:
                raise UnsupportedDocumentError(
                    f"The model takes no pictures of this kind ({page.media_type}): send PDF, PNG or JPEG."
                )
        deadline = Deadline.after(self._client.settings.deadline_seconds)
        outcomes = await asyncio.gather(
            *(self._text_of(page, document_id, deadline) for page in pages), return_exceptions=True
        )
        for outcome in outcomes:
            if isinstance(outcome, BaseException):
                raise outcome
        return tuple(outcome for outcome in outcomes if isinstance(outcome, str))

    async def _text_of(self, page: PageImage, document_id: str | None, deadline: Deadline) -> str:
        call = _LoggedCall(self._client, self._logger, document_id)
        await call.log_start()
        try:
            result = await self._client.chat(self._request(page), deadline=deadline)
        except OpenAIServiceError as error:
            await call.log_failure(error.message, error.code, error, error.charges, error.attempts)
            if isinstance(error, _UNREAD):
                return ""
            raise
        except BaseException as error:
            await asyncio.shield(
                call.log_failure("The call ended before its answer came.", "interrupted", error)
            )
            raise
        await call.log_success(result.charges, result.attempts, result.deployment, result.model)
        text = result.content.strip()
        return "" if text.strip("`.\n ") == NO_TEXT else _unfenced(text)

    def _request(self, page: PageImage) -> ChatRequest:
        picture = ImagePart(page.media_type, page.data, page.width, page.height)
        return ChatRequest(
            (
                Message("system", load_instructions(PAGE_TRANSCRIBER).text),
                Message("user", REQUEST, (picture,)),
            ),
            min(MOST_TOKENS_PER_PAGE, self._client.settings.max_output_tokens),
            temperature=0.0,
        )


class _LoggedCall:
    """The audit row of one page's call."""

    def __init__(self, client: OpenAIClient, logger: CallLogger | None, document_id: str | None) -> None:
        self._client = client
        self._logger = logger
        self._document_id = document_id
        self._correlation_id = str(uuid.uuid4())
        self._started_at = datetime.now(UTC)
        self._started = time.perf_counter()

    async def log_start(self) -> None:
        if self._logger is not None:
            await _settle(
                self._logger.log_call_start(
                    correlation_id=self._correlation_id,
                    assistant_id=PAGE_TRANSCRIBER,
                    prompt_length=len(REQUEST),
                    details=self._details((), 0),
                )
            )

    async def log_success(
        self, charges: Sequence[DeploymentUsage], attempts: int, deployment: str, model: str
    ) -> None:
        if self._logger is not None:
            details = self._details(charges, attempts, deployment=deployment, model=model)
            cost = details.cost_micro_usd
            await _settle(
                self._logger.log_call_success(
                    correlation_id=self._correlation_id,
                    assistant_id=PAGE_TRANSCRIBER,
                    input_tokens=details.usage.input_tokens,
                    output_tokens=details.usage.output_tokens,
                    call_duration_ms=self._duration_ms(),
                    estimated_cost=None if cost is None else cost / MICRO_USD_PER_USD,
                    details=details,
                )
            )

    async def log_failure(
        self,
        message: str,
        code: str,
        error: BaseException,
        charges: Sequence[DeploymentUsage] = (),
        attempts: int = 0,
    ) -> None:
        if self._logger is not None:
            await _settle(
                self._logger.log_call_failure(
                    correlation_id=self._correlation_id,
                    assistant_id=PAGE_TRANSCRIBER,
                    error_message=message,
                    call_duration_ms=self._duration_ms(),
                    details=self._details(
                        charges, attempts, error_code=code, error_class=type(error).__name__
                    ),
                )
            )

    def _duration_ms(self) -> float:
        return (time.perf_counter() - self._started) * 1000.0

    def _details(
        self,
        charges: Sequence[DeploymentUsage],
        attempts: int,
        *,
        deployment: str | None = None,
        model: str | None = None,
        error_code: str | None = None,
        error_class: str | None = None,
    ) -> CallDetails:
        return CallDetails(
            started_at=self._started_at,
            document_id=self._document_id,
            assistant_version=load_instructions(PAGE_TRANSCRIBER).version,
            backend=self._client.backend.name,
            deployment=deployment,
            model=model,
            attempts=attempts,
            usage=total_usage(charges),
            cost_micro_usd=total_cost_micro_usd(charges),
            price_date=self._client.catalogue.price_date.isoformat(),
            error_code=error_code,
            error_class=error_class,
            usage_by_deployment=tuple(charges),
        )


def _unfenced(text: str) -> str:
    """The text without the code fence that models like to put around what is to stay as it is."""
    lines = text.split("\n")
    is_fenced = len(lines) > 2 and lines[0].startswith("```") and lines[-1].strip() == "```"
    return "\n".join(lines[1:-1]) if is_fenced else text


async def _settle(logged: object) -> None:
    """Wait for a logger's method, whether it is plain or async."""
    if isawaitable(logged):
        await logged
