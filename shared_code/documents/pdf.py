"""PDF: text in the order it was written, page by page, with link targets and findings.

Stream order, not position on the page: sorting by place interleaves the columns of a CV. PDFium is
not thread-safe, so one file is read at a time, from whatever thread.
"""

from __future__ import annotations

import re
import threading
from typing import TYPE_CHECKING

from shared_code.documents.hyphenation import HYPHEN_MARK, mend_line_end_hyphens
from shared_code.documents.model import Finding, Link, RawDocument, Severity
from shared_code.documents.pdf_hidden import HiddenText, hidden_text_findings
from shared_code.documents.unreadable_text import unreadable_text_finding, with_marked_gaps
from shared_code.errors import (
    CorruptDocumentError,
    DocumentTooLargeError,
    EncryptedDocumentError,
    NoTextError,
    TooManyPagesError,
)

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument

    from shared_code.documents.formats import Source
    from shared_code.documents.model import DocumentLimits
    from shared_code.documents.pdf_page import PageContent

_PDFIUM = threading.Lock()
_PASSWORD_ERRORS = frozenset({4, 5})  # FPDF_ERR_PASSWORD, and FPDF_ERR_SECURITY: a handler it doesn't know
_NO_PAGES = re.compile(rb"/Kids\s*\[\s*\]")
_REPORTED_NAMES = re.compile(rb"/(EmbeddedFile|JavaScript)")
_FEW_LETTERS = 50  # a page with less may be a picture of a page
_LEAST_IMAGE_SHARE = 0.3  # of such a page; a certificate that lies across an upright page covers no more
_DRAWN_SOFT_HYPHEN = re.compile("\u00ad(?![ \t]*\r?\n)")


def read_pdf(source: Source, /) -> RawDocument:
    """Text, links and findings of a PDF.

    Raises:
        CorruptDocumentError: not to be opened, or none of its pages can be.
        DocumentTooLargeError: more text than the limit; reading stops there.
        EncryptedDocumentError: a password is needed to open it (one to print or edit is not).
        NoTextError: it has no pages.
        TooManyPagesError: more pages than the limit.
    """
    with _PDFIUM:
        from pypdfium2 import PdfDocument, PdfiumError

        try:
            document = PdfDocument(source.content)
        except PdfiumError as error:
            raise _not_opened(error.err_code, source.content) from error
        with document:
            return _read(document, source.content, source.limits)


def _read(document: PdfDocument, content: bytes, limits: DocumentLimits) -> RawDocument:
    from shared_code.documents.pdf_page import read_page
    from shared_code.documents.pdf_state import unshown_state

    page_count = len(document)
    if page_count > limits.max_pages:
        raise TooManyPagesError(
            f"The PDF has {page_count:,} pages, more than the limit of {limits.max_pages}: send the CV alone."
        )
    pages: list[str] = []
    links: list[Link] = []
    findings = _document_findings(document, content)
    unreadable = characters = 0
    has_images = False
    recognised: list[int] = []
    unread: list[int] = []
    hidden: list[HiddenText] = []
    state = unshown_state(content)
    max_pixels = min(limits.max_page_pixels, limits.max_document_pixels // max(page_count, 1))
    for number in range(1, page_count + 1):
        page = read_page(document, number, state=state, max_pixels=max_pixels)
        if page is None:
            unreadable += 1
            pages.append("")
            continue
        links += page.links
        has_images = has_images or (page.has_image and len(page.text) < _FEW_LETTERS)
        unread += [number] if _is_unread(page) else []
        findings += [unreadable_text_finding(number)] if page.is_unreadable else []
        if page.has_ocr_layer:
            recognised.append(number)
        if any(c.isalnum() for c in page.hidden):
            hidden.append(HiddenText(number, page.hidden, page.is_under_picture))
        characters += len(page.text)
        if characters > 2 * limits.max_text_characters:
            raise DocumentTooLargeError("The PDF holds more text than any CV: send the CV alone.")
        pages.append(_mended(page.text))
    findings += hidden_text_findings(hidden, pages, links)
    if recognised:
        findings.append(_ocr_finding(recognised))
    if unreadable == page_count:
        raise _damaged() if page_count else _no_pages()
    if unreadable:
        message = f"{unreadable} of {page_count} pages are damaged and were not read."
        findings.append(Finding("unreadablePage", Severity.MAJOR, message))
    return RawDocument("pdf", tuple(pages), tuple(links), tuple(findings), has_images, tuple(unread))


def _is_unread(page: PageContent) -> bool:
    """Whether a picture fills the page and next to nothing is written, or nothing a program can read."""
    is_picture = page.image_share > _LEAST_IMAGE_SHARE and len(page.text) < _FEW_LETTERS
    return is_picture or page.is_unreadable


def _mended(text: str) -> str:
    """What is peculiar to PDFium's text: its hyphen mark, stray carriage returns, drawn soft hyphens."""
    text = with_marked_gaps(text.replace("\r\n", "\n")).replace("\r", "")
    if text.isascii():
        return text
    # A soft hyphen in a PDF was drawn, so it is one; only at a line's end it may just break the word.
    text = _DRAWN_SOFT_HYPHEN.sub("-", text)
    return mend_line_end_hyphens(text) if HYPHEN_MARK in text or "\u2010" in text else text


def _document_findings(document: PdfDocument, content: bytes) -> list[Finding]:
    from pypdfium2 import raw

    findings = []
    named = set(_REPORTED_NAMES.findall(content))
    if raw.FPDFDoc_GetAttachmentCount(document) > 0 or b"EmbeddedFile" in named:
        message = "The PDF holds other files inside it, which were not read."
        findings.append(Finding("embeddedFile", Severity.MINOR, message))
    if raw.FPDFDoc_GetJavaScriptActionCount(document) > 0 or b"JavaScript" in named:
        message = "The PDF holds JavaScript, which was not run."
        findings.append(Finding("javascript", Severity.MAJOR, message))
    return findings


def _ocr_finding(pages: list[int]) -> Finding:
    """Kept, because it says what the picture shows; named, because nobody sees that it does."""
    message = (
        f"The text of {len(pages)} page(s) lies unseen over pictures, as text recognition puts it there; "
        "it was read, and may differ from what the pictures show."
    )
    return Finding("ocrLayer", Severity.MINOR, message, page=pages[0])


def _not_opened(
    code: int | None, content: bytes
) -> EncryptedDocumentError | CorruptDocumentError | NoTextError:
    # PDFium's last error may be that of an earlier file; only one that is encrypted says so itself.
    if code in _PASSWORD_ERRORS and b"/Encrypt" in content:
        return EncryptedDocumentError(
            "The PDF asks for a password to open it: save it without one and send it again."
        )
    # PDFium calls a page tree without pages damaged; its author printed nothing.
    return _no_pages() if _NO_PAGES.search(content) else _damaged()


def _damaged() -> CorruptDocumentError:
    return CorruptDocumentError("The PDF is damaged: export it again from the program it was written in.")


def _no_pages() -> NoTextError:
    return NoTextError("The PDF has no pages: export it again from the program it was written in.")
