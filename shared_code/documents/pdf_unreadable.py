"""Whether a PDF page's fonts say which letters they draw, by a sample of its characters.

Asking for each of them would cost a tenth of reading the page. Runs under the PDFium lock of the reader.
"""

from __future__ import annotations

from ctypes import c_void_p, cast
from typing import TYPE_CHECKING

from shared_code.documents import pdf_getters as getters
from shared_code.documents.hyphenation import HYPHEN_MARK
from shared_code.documents.unreadable_text import is_unreadable

if TYPE_CHECKING:
    from pypdfium2 import PdfTextPage

_SAMPLES = 24
_SPACES = frozenset({0x0A, 0x0D, 0x20})
_LEFT_OUT = frozenset({0, 3})  # by PDFium, of every text; or the first is given for a hyphen
_DOUBTFUL_SHARE = 0.02  # of characters that the text lacks, and hyphens; letters beyond 16 bits count twice


def has_unreadable_text(textpage: PdfTextPage, text: str) -> bool:
    """Whether what a program reads on the page is not what a person reads.

    Args:
        textpage: of a loaded page.
        text: the whole page's, PDFium's or mended.
    """
    address, count = cast(textpage.raw, c_void_p).value or 0, textpage.count_chars()
    missing = 0
    if count - len(text) + text.count(HYPHEN_MARK) > _DOUBTFUL_SHARE * count:
        missing = sum(getters.unicode_at(address, index) in _LEFT_OUT for index in range(count))
    return is_unreadable(text, missing=missing, is_guessed=_is_guessed(address, count))


def _is_guessed(address: int, count: int) -> bool:
    """Whether PDFium took most characters for their codes, knowing no other name for them."""
    sample = range(0, count, max(count // _SAMPLES, 1))
    drawn = [index for index in sample if getters.unicode_at(address, index) not in _SPACES]
    guessed: int = sum(getters.is_unnamed(address, index) == 1 for index in drawn)
    return 2 * guessed > len(drawn)
