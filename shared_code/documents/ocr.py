"""Text that stands only in pictures: pages go to a provider of recognition, and come back as a document.

Nothing here runs unless an operator names a provider. What a picture says is taken like what a file says:
cleaned, bounded and looked over by the same assembly, and marked as recognised.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Protocol

from shared_code.documents.detection import detect
from shared_code.documents.model import Finding, RawDocument, Severity
from shared_code.documents.page_images import ImageLimits, can_be_pictured, page_images
from shared_code.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from shared_code.documents.formats import Format
    from shared_code.documents.model import DocumentLimits, DocumentText
    from shared_code.documents.page_images import PageImage, PageImages
    from shared_code.errors import DocumentError
    from shared_code.settings import IntakeSettings

_READER_PREFIX = "ocr:"


class OcrProvider(Protocol):
    """Recognises the text in pictures of pages."""

    name: str

    async def read(self, pages: Sequence[PageImage], *, document_id: str | None = None) -> tuple[str, ...]:
        """The text of each page, in their order; "" where a page shows none that can be read.

        Args:
            pages: At least one.
            document_id: Under which calls that cost something are recorded.

        Raises:
            DocumentError: The pictures cannot be read, however often it is tried.
            EngineError: The provider could not be used.
        """
        ...


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
    """Reads documents that are pictures. The provider is made when the first such document comes.

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

    async def read(
        self,
        content: bytes,
        refusal: DocumentError,
        *,
        limits: DocumentLimits,
        document_id: str | None = None,
    ) -> DocumentText:
        """The text in a document's pictures.

        Args:
            content: The whole file, of which reading made ``refusal``.
            refusal: Raised again where the file has no pages that can be drawn.
            limits: Bounds of the text.
            document_id: See ``OcrProvider.read``.

        Raises:
            DocumentError: Its subclass says why; ``NoTextError`` where nothing was recognised.
            EngineError: The provider could not be used, and may be another time.
            SettingsError: The provider is not installed.
        """
        found = await asyncio.to_thread(detect, content, None)
        if not can_be_pictured(found):
            raise refusal
        provider = self._opened()
        images = await page_images(content, found, self._limits)
        if not images.pages:
            raise refusal
        texts = await provider.read(images.pages, document_id=document_id)
        return await asyncio.to_thread(_assembled, provider.name, found, images, texts, limits)

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

    text_of = {image.number: text for image, text in zip(images.pages, texts, strict=True)}
    numbers = range(1, max(images.page_count, *text_of) + 1)
    raw = RawDocument(
        _READER_PREFIX + provider,
        tuple(text_of.get(number, "") for number in numbers),
        findings=tuple(_findings(provider, images, texts)),
    )
    return assemble(raw, media_type=found.value, limits=limits)


def _findings(provider: str, images: PageImages, texts: Sequence[str]) -> list[Finding]:
    message = (
        f"The text was recognised from pictures of pages ({provider}): letters and figures may be wrong."
    )
    findings = [Finding("ocr", Severity.MINOR, message)]
    unread = sum(1 for text in texts if not text.strip())
    if unread:
        message = f"In {unread} of {images.page_count} pages no text was recognised."
        findings.append(Finding("unreadablePage", Severity.MINOR, message))
    if images.left_out:
        message = f"The last {images.left_out} of {images.page_count} pages were left out (CV_OCR_MAX_PAGES)."
        findings.append(Finding("pagesLeftOut", Severity.MAJOR, message))
    return findings
