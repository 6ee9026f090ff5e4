"""Form fields and notes typed over a PDF page, made part of it, so that they are read and judged as it is."""

from __future__ import annotations

from collections import Counter
from ctypes import c_int
from typing import TYPE_CHECKING

from pypdfium2 import PdfDocument, PdfiumError, raw

if TYPE_CHECKING:
    from pypdfium2 import PdfPage, PdfTextPage

_LEAST_KEPT = 0.98  # of the page's own letters, which no field covers


def with_typed_text(
    document: PdfDocument, number: int, page: PdfPage, textpage: PdfTextPage, *, may_be_copied: bool
) -> tuple[PdfPage, PdfTextPage]:
    """The page and its text with what was typed over it, or else the same page.

    PDFium gives a flattened page resources of its own, in place of those that it inherited: its fonts would
    be gone. A copy of a page has all that is its due, save for what the document says of layers.

    Args:
        document: whose page it is, not to be saved.
        number: of the page, from 1.
        page: loaded; closed where another one takes its place.
        textpage: of the same page; likewise.
        may_be_copied: whether the document has no layers.
    """
    flattened = _flattened_copy(document, number) if may_be_copied else _flattened(document, number - 1, page)
    if flattened is None:
        return page, textpage
    other = flattened.get_textpage()
    if not _holds(other.get_text_range(), textpage.get_text_range()):
        other.close()
        close(flattened, document)
        return page, textpage
    textpage.close()
    page.close()
    return flattened, other


def close(page: PdfPage, document: PdfDocument) -> None:
    """Close a page, and its document where that is a copy's."""
    owner = page.pdf
    page.close()
    if owner is not document:
        owner.close()


def _flattened_copy(document: PdfDocument, number: int) -> PdfPage | None:
    copy = PdfDocument.new()
    try:
        if raw.FPDF_ImportPagesByIndex(copy, document, (c_int * 1)(number - 1), 1, 0):
            page = copy.get_page(0)
            flattened = _flattened(copy, 0, page)
            page.close()
            if flattened is not None:
                return flattened
    except PdfiumError:
        pass
    copy.close()
    return None


def _flattened(document: PdfDocument, index: int, page: PdfPage) -> PdfPage | None:
    """The page loaded anew, for the one that is loaded doesn't change."""
    if raw.FPDFPage_Flatten(page, raw.FLAT_NORMALDISPLAY) != raw.FLATTEN_SUCCESS:
        return None
    return document.get_page(index)


def _holds(text: str, first: str) -> bool:
    letters = Counter(filter(str.isalnum, first))
    kept = letters & Counter(filter(str.isalnum, text))
    return kept.total() >= _LEAST_KEPT * letters.total()
