"""Text that stands only in pictures: pages go to a provider of recognition, and come back as a document.

Nothing here runs unless an operator names a provider. What a picture says is taken like what a file says:
cleaned, bounded and looked over by the same assembly, and marked as recognised.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from shared_code.documents.detection import detect
from shared_code.documents.formats import Format
from shared_code.documents.model import Finding, RawDocument, Severity
from shared_code.documents.page_images import ImageLimits, can_be_pictured, page_images
from shared_code.documents.unread_pages import CODE as UNREAD_PAGES
from shared_code.documents.unread_pages import pages_named, unread_pages_finding
from shared_code.documents.unreadable_text import without_unreadable
from shared_code.errors import DocumentError, DocumentTooSlowError, NoTextError, SettingsError
from shared_code.errors import TimeoutError as DeadlineError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence

    from shared_code.audited_call import AssistantAnswer, KeptAnswers
    from shared_code.documents.model import DocumentLimits, DocumentText
    from shared_code.documents.page_images import PageImage, PageImages
    from shared_code.reliability.deadline import Deadline
    from shared_code.settings import IntakeSettings

_READER_PREFIX = "ocr:"
# Each may take a gigabyte and a core.
_DRAWINGS_AT_ONCE = 2


@dataclass(frozen=True, slots=True)
class RecognitionContext:
    """For what, and until when, pages are recognised.

    Attributes:
        document_id: Under which calls that cost something are recorded.
        deadline: By which all pages are recognised.
        kept: Pages that were paid for already; None keeps none.
    """

    document_id: str
    deadline: Deadline
    kept: KeptAnswers | None = None


@dataclass(frozen=True, slots=True)
class Recognised:
    """The text of each page, "" where one shows none that can be read, and the calls that it cost."""

    texts: tuple[str, ...]
    calls: tuple[AssistantAnswer, ...] = ()


@dataclass(frozen=True, slots=True)
class Recognition:
    """A document with what its pictures say, and the calls that it cost."""

    document: DocumentText
    calls: tuple[AssistantAnswer, ...] = ()


class OcrProvider(Protocol):
    """Recognises the text in pictures of pages."""

    name: str

    async def read(self, pages: Sequence[PageImage], context: RecognitionContext) -> Recognised:
        """The pages' texts, in their order.

        Args:
            pages: At least one.
            context: What they are recognised for.

        Raises:
            DocumentError: The pictures cannot be read, however often it is tried.
            EngineError: The provider could not be used, or the deadline passed.
        """
        ...


@asynccontextmanager
async def page_time(turns: asyncio.Semaphore, page_seconds: float, deadline: Deadline) -> AsyncIterator[None]:
    """The time for one page on this machine: it begins with the page's turn, not in the queue for it.

    Args:
        turns: As many as pages are recognised at once.
        page_seconds: For the page alone.
        deadline: For its document, the wait for its turn included.

    Raises:
        DocumentTooSlowError: The page took longer.
        TimeoutError: Of ours: the deadline passed, which may have been the others' doing.
    """
    try:
        async with asyncio.timeout(deadline.remaining_seconds()), turns:
            try:
                async with asyncio.timeout(page_seconds):
                    yield
            except TimeoutError:
                raise DocumentTooSlowError(
                    f"A page takes more than {page_seconds:g} s to recognise (CV_OCR_PAGE_SECONDS): "
                    "send the document the picture was taken of."
                ) from None
    except TimeoutError:
        raise _out_of_time() from None


def provider_named(settings: IntakeSettings, vision: Callable[[], OcrProvider]) -> OcrProvider | None:
    """The provider that ``CV_OCR_PROVIDER`` names, ready to read; None for ``none``.

    Args:
        settings: The name, languages and bounds.
        vision: Makes the provider that asks the chat model, which this room does not know.

    Raises:
        SettingsError: What the provider needs is not installed; the message says how to mend that.
    """
    if settings.ocr_provider == "none":
        return None
    if settings.ocr_provider == "vision":
        return vision()
    if settings.ocr_provider == "tesseract":
        from shared_code.documents.ocr_tesseract import Tesseract

        return Tesseract(settings.ocr_languages, settings.ocr_page_seconds)
    from shared_code.documents.ocr_rapid import RapidOcr

    return RapidOcr(settings.ocr_page_seconds)


class PictureReader:
    """Reads what is in pictures. The provider is made when the first document comes that needs it.

    Args:
        open_provider: Makes the provider; a ``SettingsError`` of it is the answer to that document alone.
        limits: What drawing the pages may cost.
    """

    def __init__(
        self, open_provider: Callable[[], OcrProvider | None], limits: ImageLimits | None = None
    ) -> None:
        self._open_provider = open_provider
        self._limits = limits or ImageLimits()
        self._provider: OcrProvider | None = None
        self._drawings = asyncio.Semaphore(_DRAWINGS_AT_ONCE)

    async def read(
        self, content: bytes, refusal: DocumentError, context: RecognitionContext, *, limits: DocumentLimits
    ) -> Recognition:
        """The text of a document that is pictures alone.

        Args:
            content: The whole file, of which reading made ``refusal``.
            refusal: Raised again where the file has no pages that can be drawn.
            context: What it is recognised for.
            limits: Bounds of the text.

        Raises:
            DocumentError: Its subclass says why; ``NoTextError`` where nothing was recognised.
            EngineError: The provider could not be used, and may be another time.
            SettingsError: The provider is not installed.
        """
        found = await asyncio.to_thread(detect, content, None)
        if not can_be_pictured(found):
            raise refusal
        provider = self._opened()
        images = await self._images(content, found, context)
        if not images.pages:
            raise refusal
        recognised = await provider.read(images.pages, context)
        document = await asyncio.to_thread(_assembled, provider.name, found, images, recognised.texts, limits)
        return Recognition(document, recognised.calls)

    async def complete(
        self, content: bytes, document: DocumentText, context: RecognitionContext, *, limits: DocumentLimits
    ) -> Recognition:
        """A document that has text, with that of its unread pages in their place.

        Where they cannot be recognised, however often it is tried, it stays as it is and says so: what
        its author wrote as text is not lost for a picture's sake.

        Args:
            content: The whole file, of which ``document`` was read.
            document: Has ``unread_pages``.
            context: What it is recognised for.
            limits: Bounds of the text.

        Raises:
            EngineError: The provider could not be used, and may be another time.
            SettingsError: The provider is not installed.
        """
        provider = self._opened()
        recognised = Recognised(())
        try:
            images = await self._images(content, Format(document.media_type), context, document.unread_pages)
            if images.pages:
                recognised = await provider.read(images.pages, context)
            document = await asyncio.to_thread(
                _completed, provider.name, document, images, recognised.texts, limits
            )
        except DocumentError as error:
            document = _left_unread(document, error)
        return Recognition(document, recognised.calls)

    async def _images(
        self,
        content: bytes,
        found: Format,
        context: RecognitionContext,
        numbers: Sequence[int] | None = None,
    ) -> PageImages:
        try:
            async with asyncio.timeout(context.deadline.remaining_seconds()), self._drawings:
                return await page_images(content, found, self._limits, numbers=numbers)
        except TimeoutError:
            raise _out_of_time() from None

    def _opened(self) -> OcrProvider:
        if self._provider is None:
            self._provider = self._open_provider()
        if self._provider is None:
            raise SettingsError("CV_OCR_PROVIDER is none: set it to vision, tesseract or rapidocr.")
        return self._provider


def open_picture_reader(settings: IntakeSettings, vision: Callable[[], OcrProvider]) -> PictureReader | None:
    """What reads pictures by the settings; None where they name no provider."""
    if settings.ocr_provider == "none":
        return None
    return PictureReader(
        lambda: provider_named(settings, vision), ImageLimits(max_pages=settings.ocr_max_pages)
    )


def _assembled(
    provider: str, found: Format, images: PageImages, texts: Sequence[str], limits: DocumentLimits
) -> DocumentText:
    from shared_code.documents.assembly import assemble

    text_of = _by_number(images, texts)
    message = (
        f"The text was recognised from pictures of pages ({provider}): letters and figures may be wrong."
    )
    raw = RawDocument(
        _READER_PREFIX + provider,
        tuple(text_of.get(number, "") for number in range(1, max(images.page_count, *text_of) + 1)),
        findings=(Finding("ocr", Severity.MINOR, message), *_shortcomings(images, text_of)),
    )
    try:
        return assemble(raw, media_type=found.value, limits=limits)
    except NoTextError:
        raise NoTextError(
            "In the file's pictures next to no text could be recognised: send the document that they were "
            "taken of as PDF or DOCX, or a sharper picture of it."
        ) from None


def _completed(
    provider: str, document: DocumentText, images: PageImages, texts: Sequence[str], limits: DocumentLimits
) -> DocumentText:
    from shared_code.documents.assembly import with_pages

    text_of = _by_number(images, texts)
    findings = _shortcomings(images, text_of)
    read = {number: text for number, text in text_of.items() if text.strip()}
    if read:
        message = (
            f"The text of {pages_named([*read])} was recognised from pictures ({provider}): "
            "letters and figures may be wrong."
        )
        findings.insert(0, Finding("ocr", Severity.MINOR, message, page=min(read)))
    reader = f"{document.reader}+{_READER_PREFIX}{provider}"
    return with_pages(document, read, findings, reader=reader, limits=limits)


def _left_unread(document: DocumentText, error: DocumentError) -> DocumentText:
    pictures = without_unreadable(document.unread_pages, document.findings)
    findings = [other for other in document.findings if other.code != UNREAD_PAGES]
    if pictures:
        findings.append(unread_pages_finding(pictures, f"recognition was in vain. {error.message}"))
    return replace(document, findings=tuple(findings))


def _by_number(images: PageImages, texts: Sequence[str]) -> dict[int, str]:
    return {image.number: text for image, text in zip(images.pages, texts, strict=True)}


def _shortcomings(images: PageImages, text_of: dict[int, str]) -> list[Finding]:
    """What a person should know is missing, and where."""
    findings = []
    blank = [number for number, text in text_of.items() if not text.strip()]
    if blank:
        message = f"On {pages_named(blank)} no text was recognised."
        findings.append(Finding("unreadablePage", Severity.MINOR, message, page=blank[0]))
    if images.left_out:
        message = (
            f"{pages_named(images.left_out).capitalize()} {'were' if len(images.left_out) > 1 else 'was'} "
        )
        message += "left out (CV_OCR_MAX_PAGES)."
        findings.append(Finding("pagesLeftOut", Severity.MAJOR, message, page=images.left_out[0]))
    return findings


def _out_of_time() -> DeadlineError:
    return DeadlineError(
        "The document's pages could not be recognised in the time there is for it (OPENAI_DEADLINE_SECONDS)."
    )
