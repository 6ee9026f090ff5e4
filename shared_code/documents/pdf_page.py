"""One PDF page: its visible text, the targets of its links, and the text on it that nobody sees.

Text is unseen if it leaves no ink, lies outside of the page, or is too small to read. Most pages are beyond
doubt and not painted. Everything runs under the PDFium lock of the reader.
"""

from __future__ import annotations

import re
from ctypes import byref, c_int, c_ushort, create_string_buffer, string_at
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pypdfium2 import PdfiumError, raw

from shared_code.documents.hyphenation import HYPHEN_MARK, mend_line_end_hyphens
from shared_code.documents.model import Link
from shared_code.documents.pdf_forms import close, with_typed_text
from shared_code.documents.pdf_getters import Box
from shared_code.documents.pdf_ink import InkReport, find_unseen
from shared_code.documents.pdf_lines import text_range
from shared_code.documents.pdf_order import reading_spans
from shared_code.documents.pdf_risk import look_over
from shared_code.documents.pdf_state import UnshownState
from shared_code.documents.pdf_unreadable import has_unreadable_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pypdfium2 import PdfDocument, PdfPage, PdfTextPage

_MOST_LINKS = 300
_MOST_ANNOTATIONS = 1_000
_MOST_QUADS = 20
_MOST_LOOKED_AT = 4_000_000  # characters in all, by links that ask for their text; 0.1 s
_MOST_TARGET_BYTES = 8_192
_LINK_CHARACTERS = 256  # more are asked for again
_LINK_INSET = 0.05  # share of a link's height left off, so that it doesn't catch the line above
_BLOCKS = re.compile("[\u2580-\u259f][\u2580-\u259f]")  # letters that cover others
_LINE_END = "\r\n"
_DRAWN_ANNOTATIONS = frozenset({raw.FPDF_ANNOT_WIDGET, raw.FPDF_ANNOT_FREETEXT, raw.FPDF_ANNOT_STAMP})
_UNDRAWN_ANNOTATIONS = frozenset({raw.FPDF_ANNOT_LINK, raw.FPDF_ANNOT_POPUP})


@dataclass(frozen=True, slots=True)
class PageContent:
    """What one page gives; ``text`` holds PDFium's line ends and hyphen marks still."""

    text: str
    hidden: str
    is_under_picture: bool  # all that is hidden
    links: tuple[Link, ...]
    has_image: bool
    image_share: float  # of the page's area; more than 1 where pictures lie on one another
    has_ocr_layer: bool
    is_unreadable: bool
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
        if becomes_text:
            page, textpage = with_typed_text(
                document, number, page, textpage, may_be_copied=not state.is_decisive
            )
        text = text_range(textpage)
        spans = reading_spans(textpage, text)
        if spans:
            text = _LINE_END.join(_range(textpage, *span) for span in spans)
        is_unreadable = has_unreadable_text(textpage, text)
        if covers or _BLOCKS.search(text):
            state = UnshownState(is_decisive=True)
        painting = look_over(page, state)
        report, hidden = InkReport(), ""
        if painting.suspects:
            report = find_unseen(page, textpage, painting, max_pixels=max_pixels)
            if report.unseen:
                text, hidden = _parted(textpage, report.unseen, spans or [(0, textpage.count_chars())])
        textpage.close()
        left, bottom, right, top = page.get_bbox()
        share = painting.image_area / max((right - left) * (top - bottom), 1.0)
    except (PdfiumError, ArithmeticError, ValueError):  # of figures that no page should have
        return None
    finally:
        close(page, document)
    return PageContent(
        text,
        hidden,
        report.owners <= painting.pictured,
        links,
        painting.has_image,
        share,
        report.has_ocr_layer,
        is_unreadable,
        report.was_painted,
    )


# Text


def _parted(
    textpage: PdfTextPage, unseen: frozenset[int], spans: Sequence[tuple[int, int]]
) -> tuple[str, str]:
    """Visible and hidden text of spans; signs and spaces go with the letter before them."""
    visible: list[str] = []
    hidden: list[str] = []
    for first, last in spans:
        pieces: list[str] = []
        start, was_hidden = first, False
        for index in range(first, last):
            is_hidden = index in unseen
            if is_hidden != was_hidden and (is_hidden or _is_letter(textpage, index)):
                (hidden if was_hidden else pieces).append(_range(textpage, start, index))
                start, was_hidden = index, is_hidden
        (hidden if was_hidden else pieces).append(_range(textpage, start, last))
        visible.append("".join(pieces))
    return _LINE_END.join(visible), "\n".join(hidden)


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
    found: dict[tuple[str, tuple[Box, ...]], Link] = {}
    boxes_left = _MOST_LOOKED_AT // max(textpage.count_chars(), 1)
    for _ in range(_MOST_ANNOTATIONS):
        if len(found) == _MOST_LINKS or not raw.FPDFLink_Enumerate(page, byref(position), byref(link)):
            break
        target = _target(page, link)
        boxes = tuple(_link_boxes(link)) if target else ()
        if target and (target, boxes) not in found:  # each asks for the letters of the whole page
            boxes_left -= len(boxes)
            text = _link_text(textpage, boxes) if boxes_left >= 0 else ""
            found[target, boxes] = Link(target, text, number)
    return tuple(dict.fromkeys(found.values()))


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


def _link_text(textpage: PdfTextPage, boxes: Iterable[Box]) -> str:
    text = " ".join(_text_in(textpage, box) for box in boxes).replace("\x02", HYPHEN_MARK)
    return mend_line_end_hyphens(" ".join(text.split()))


def _text_in(textpage: PdfTextPage, box: Box) -> str:
    """Text in a box, nearly always in one call, each of which goes through all characters of the page."""
    left, bottom, right, top = box
    buffer = (c_ushort * _LINK_CHARACTERS)()
    size = raw.FPDFText_GetBoundedText(textpage, left, top, right, bottom, buffer, _LINK_CHARACTERS)
    if size >= _LINK_CHARACTERS:
        text: str = textpage.get_text_bounded(left, bottom, right, top)
        return text
    return string_at(buffer, 2 * max(size, 0)).decode("utf-16-le", "ignore").rstrip("\0")


def _link_boxes(link: Any) -> list[Box]:
    """Boxes of a link: one for each line it runs over, where the file says so."""
    quad = raw.FS_QUADPOINTSF()
    boxes = [
        _box_around((quad.x1, quad.x2, quad.x3, quad.x4), (quad.y1, quad.y2, quad.y3, quad.y4))
        for index in range(min(raw.FPDFLink_CountQuadPoints(link), _MOST_QUADS))
        if raw.FPDFLink_GetQuadPoints(link, index, quad)
    ]
    rectangle = raw.FS_RECTF()
    if not boxes and raw.FPDFLink_GetAnnotRect(link, rectangle):
        boxes.append(_box_around((rectangle.left, rectangle.right), (rectangle.bottom, rectangle.top)))
    return boxes


def _box_around(xs: tuple[float, ...], ys: tuple[float, ...]) -> Box:
    inset = _LINK_INSET * (max(ys) - min(ys))
    return min(xs), min(ys) + inset, max(xs), max(ys) - inset
