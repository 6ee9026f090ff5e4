"""One PDF page: its visible text, the targets of its links, and the text on it that nobody sees.

Text is unseen if it leaves no ink, lies outside of the page, or is too small to read. Most pages are beyond
doubt and not painted. Everything runs under the PDFium lock of the reader.
"""

from __future__ import annotations

import re
from ctypes import byref, c_int, create_string_buffer
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pypdfium2 import PdfiumError, raw

from shared_code.documents.hyphenation import HYPHEN_MARK, mend_line_end_hyphens
from shared_code.documents.model import Link
from shared_code.documents.pdf_ink import InkReport, find_unseen
from shared_code.documents.pdf_lines import text_range
from shared_code.documents.pdf_risk import Box, look_over
from shared_code.documents.pdf_state import UnshownState

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument, PdfPage, PdfTextPage

_MOST_LINKS = 300
_MOST_ANNOTATIONS = 1_000
_MOST_QUADS = 20
_MOST_TARGET_BYTES = 8_192
_LINK_INSET = 0.05  # share of a link's height left off, so that it doesn't catch the line above
_BLOCKS = re.compile("[\u2580-\u259f]{2}")  # letters that cover others
_DRAWN_ANNOTATIONS = frozenset({raw.FPDF_ANNOT_WIDGET, raw.FPDF_ANNOT_FREETEXT, raw.FPDF_ANNOT_STAMP})
_UNDRAWN_ANNOTATIONS = frozenset({raw.FPDF_ANNOT_LINK, raw.FPDF_ANNOT_POPUP})


@dataclass(frozen=True, slots=True)
class PageContent:
    """What one page gives; ``text`` holds PDFium's line ends and hyphen marks still."""

    text: str
    hidden: str
    links: tuple[Link, ...]
    has_image: bool
    has_ocr_layer: bool
    was_painted: bool


def read_page(
    document: PdfDocument, number: int, *, state: UnshownState, max_pixels: int
) -> PageContent | None:
    """Content of page ``number`` (from 1), or None where PDFium can't load it.

    Args:
        document: open.
        number: from 1.
        state: of the whole file.
        max_pixels: of each picture painted of the page.
    """
    try:
        page = document.get_page(number - 1)
    except PdfiumError:
        return None
    try:
        textpage = page.get_textpage()
        links = _links(page, textpage, number)
        becomes_text, covers = _annotation_kinds(page)
        if becomes_text and raw.FPDFPage_Flatten(page, raw.FLAT_NORMALDISPLAY) == 1:
            # Form fields and typed-over text become part of the page, which must be loaded anew for it.
            textpage.close()
            page.close()
            page = document.get_page(number - 1)
            textpage = page.get_textpage()
        text = text_range(textpage)
        if covers or _BLOCKS.search(text):
            state = UnshownState(is_decisive=True)
        painting = look_over(page, textpage, state)
        report, hidden = InkReport(), ""
        if painting.suspects:
            report = find_unseen(
                page, textpage, painting.suspects, image_area=painting.image_area, max_pixels=max_pixels
            )
            if report.unseen:
                text, hidden = _parted(textpage, report.unseen)
        textpage.close()
    except PdfiumError:
        return None
    finally:
        page.close()
    return PageContent(text, hidden, links, painting.has_image, report.has_ocr_layer, bool(painting.suspects))


# Text


def _parted(textpage: PdfTextPage, unseen: frozenset[int]) -> tuple[str, str]:
    """Visible and hidden text; signs and spaces go with the letter before them."""
    visible: list[str] = []
    hidden: list[str] = []
    start, was_hidden = 0, False
    count = textpage.count_chars()
    for index in range(count):
        is_hidden = index in unseen
        if is_hidden != was_hidden and (is_hidden or _is_letter(textpage, index)):
            (hidden if was_hidden else visible).append(_range(textpage, start, index))
            start, was_hidden = index, is_hidden
    (hidden if was_hidden else visible).append(_range(textpage, start, count))
    return "".join(visible), "\n".join(hidden)


def _is_letter(textpage: PdfTextPage, index: int) -> bool:
    code = raw.FPDFText_GetUnicode(textpage, index)
    return code < 0x110000 and chr(code).isalnum()


def _range(textpage: PdfTextPage, start: int, end: int) -> str:
    return text_range(textpage, start, end - start) if end > start else ""


# Annotations


def _annotation_kinds(page: PdfPage) -> tuple[bool, bool]:
    """Whether annotations hold text of the page, and whether others may be painted over it."""
    becomes_text = covers = False
    count = raw.FPDFPage_GetAnnotCount(page)
    for index in range(min(count, _MOST_ANNOTATIONS)):
        annotation = raw.FPDFPage_GetAnnot(page, index)
        if annotation:
            subtype = raw.FPDFAnnot_GetSubtype(annotation)
            becomes_text = becomes_text or subtype in _DRAWN_ANNOTATIONS
            covers = (
                covers or subtype not in _UNDRAWN_ANNOTATIONS or bool(raw.FPDFAnnot_HasKey(annotation, b"AP"))
            )
            raw.FPDFPage_CloseAnnot(annotation)
    return becomes_text, covers or count > _MOST_ANNOTATIONS


def _links(page: PdfPage, textpage: PdfTextPage, number: int) -> tuple[Link, ...]:
    """Targets of the page's link annotations, with the text inside their rectangles."""
    position, link = c_int(0), raw.FPDF_LINK()
    found: dict[Link, None] = {}
    while len(found) < _MOST_LINKS and raw.FPDFLink_Enumerate(page, byref(position), byref(link)):
        target = _target(page, link)
        if target:
            found[Link(target, _link_text(textpage, link), number)] = None
    return tuple(found)


def _target(page: PdfPage, link: Any) -> str:
    action = raw.FPDFLink_GetAction(link)
    if not action or raw.FPDFAction_GetType(action) != raw.PDFACTION_URI:
        return ""
    size = raw.FPDFAction_GetURIPath(page.pdf, action, None, 0)
    if not 1 < size <= _MOST_TARGET_BYTES:
        return ""
    buffer = create_string_buffer(size)
    raw.FPDFAction_GetURIPath(page.pdf, action, buffer, size)
    try:
        return buffer.value.decode("utf-8")
    except UnicodeDecodeError:
        return buffer.value.decode("latin-1")


def _link_text(textpage: PdfTextPage, link: Any) -> str:
    pieces = [
        textpage.get_text_bounded(left, bottom, right, top) for left, bottom, right, top in _link_boxes(link)
    ]
    text = " ".join(piece.replace("\x02", HYPHEN_MARK) for piece in pieces)
    return mend_line_end_hyphens(" ".join(text.split()))


def _link_boxes(link: Any) -> list[Box]:
    """Boxes of a link: one for each line it runs over, where the file says so."""
    boxes: list[Box] = []
    for index in range(min(raw.FPDFLink_CountQuadPoints(link), _MOST_QUADS)):
        quad = raw.FS_QUADPOINTSF()
        if raw.FPDFLink_GetQuadPoints(link, index, byref(quad)):
            boxes.append(
                _box_around((quad.x1, quad.x2, quad.x3, quad.x4), (quad.y1, quad.y2, quad.y3, quad.y4))
            )
    rectangle = raw.FS_RECTF()
    if not boxes and raw.FPDFLink_GetAnnotRect(link, byref(rectangle)):
        boxes.append(_box_around((rectangle.left, rectangle.right), (rectangle.bottom, rectangle.top)))
    return boxes


def _box_around(xs: tuple[float, ...], ys: tuple[float, ...]) -> Box:
    inset = _LINK_INSET * (max(ys) - min(ys))
    return min(xs), min(ys) + inset, max(xs), max(ys) - inset
