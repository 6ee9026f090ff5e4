"""PDF pages with figures that no page should have end in an answer of ours, never in a crash."""

from __future__ import annotations

import pytest

from shared_code.documents import DocumentLimits, read_document
from shared_code.errors import CorruptDocumentError, NoTextError
from tests.unit.documents.files import FILLER
from tests.unit.documents.pdf_files import A4, LINE, drawing, words


def test_page_without_a_visible_part_shows_nothing() -> None:
    """Where the visible part lies beside the sheet, no text is on the page."""
    with pytest.raises(NoTextError):
        read_document(drawing("", page=f"{A4}/CropBox[600 900 700 1000]"))


@pytest.mark.parametrize(
    "page",
    ["/MediaBox[0 0 0 0]", "/MediaBox[0 0 1e30 1e30]", f"{A4}/UserUnit 1e30", "/MediaBox[595 842 0 0]"],
)
def test_page_of_odd_size_is_read(page: str) -> None:
    """PDFium has a size for each of them, and the text lies on it."""
    assert FILLER in read_document(drawing("", page=page, line=LINE.replace("800", "700"))).text


def test_page_that_cannot_be_judged_counts_as_damaged() -> None:
    """Nothing is passed on of a page that can't be painted where it must be; here, for want of any pixel."""
    with pytest.raises(CorruptDocumentError):
        read_document(drawing("1 g " + words("hidden")), limits=DocumentLimits(max_page_pixels=0))
