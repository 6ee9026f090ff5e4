"""Recognition by the chat model: each page's picture is one guarded, accounted, logged and kept call."""

from __future__ import annotations

import asyncio
import uuid
from typing import TYPE_CHECKING

from shared_code.assistants.registry import PAGE_TRANSCRIBER, load_instructions
from shared_code.audited_call import AssistantAnswer, AuditedCall
from shared_code.backends.contract import ChatRequest, ImagePart, Message
from shared_code.documents.ocr import Recognised
from shared_code.errors import ContentFilterError, EmptyAnswerError, RefusalError, UnsupportedDocumentError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shared_code.audited_call import CallLogger
    from shared_code.documents.ocr import RecognitionContext
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
        self._instructions = load_instructions(PAGE_TRANSCRIBER)

    async def read(self, pages: Sequence[PageImage], context: RecognitionContext) -> Recognised:
        """See ``OcrProvider.read``. Where one page fails the others end too: they are paid for, and kept.

        Raises:
            OpenAIServiceError: The model could not be used.
            StorageError: A page could not be looked up or kept.
            UnsupportedDocumentError: A kind of picture that the model does not take.
        """
        for page in pages:
            if page.media_type not in MEDIA_TYPES:
                raise UnsupportedDocumentError(
                    f"The model takes no pictures of this kind ({page.media_type}): send PDF, PNG or JPEG."
                )
        outcomes = await asyncio.gather(
            *(self._kept_or_asked(page, context) for page in pages), return_exceptions=True
        )
        for outcome in outcomes:
            if isinstance(outcome, BaseException):
                raise outcome
        calls = tuple(outcome for outcome in outcomes if isinstance(outcome, AssistantAnswer))
        return Recognised(tuple(str(call.value["text"]) for call in calls), calls)

    async def _kept_or_asked(self, page: PageImage, context: RecognitionContext) -> AssistantAnswer:
        # Of the model that is asked first: another one may see what this one did not.
        key = f"{PAGE_TRANSCRIBER}.{page.number}", f"{self._instructions.version}.{self._model}"
        if context.kept is not None:
            found = await context.kept.kept_answer(context.document_id, *key)
            if found is not None:
                return found
        answer = await self._asked(page, context)
        if context.kept is not None:
            await context.kept.keep_answer(context.document_id, *key, answer)
        return answer

    async def _asked(self, page: PageImage, context: RecognitionContext) -> AssistantAnswer:
        """The model's answer for a page; one that it declines to read is a page without text."""
        call = AuditedCall(
            self._client,
            self._logger,
            self._instructions,
            str(uuid.uuid4()),
            document_id=context.document_id,
            page=page.number,
        )
        try:
            async with call.opened(len(REQUEST)):
                result = await call.chat(self._request(page), context.deadline)
        except _UNREAD as error:
            return call.made_do_with({"text": ""}, error)
        return await call.answered({"text": _text_of(result.content)}, result)

    @property
    def _model(self) -> str:
        return self._client.deployments[0].model

    def _request(self, page: PageImage) -> ChatRequest:
        picture = ImagePart(page.media_type, page.data, page.width, page.height)
        return ChatRequest(
            (Message("system", self._instructions.text), Message("user", REQUEST, (picture,))),
            min(MOST_TOKENS_PER_PAGE, self._client.settings.max_output_tokens),
            temperature=0.0,
        )


def _text_of(content: str) -> str:
    """What the model says stands on the page; "" where it says that nothing does."""
    text = content.strip()
    return "" if text.strip("`.\n ") == NO_TEXT else _unfenced(text)


def _unfenced(text: str) -> str:
    """The text without the code fence that models like to put around what is to stay as it is."""
    lines = text.split("\n")
    is_fenced = len(lines) > 2 and lines[0].startswith("```") and lines[-1].strip() == "```"
    return "\n".join(lines[1:-1]) if is_fenced else text
