"""One PDF page: its visible text, the targets of its links, and the text on it that nobody sees.

Hidden here means certainly unseen: no ink by render mode or full transparency, outside of the page box,
or lower than a point. White on white and painted-over text need the page's pixels and are left in.
Everything runs under the PDFium lock of the reader.
"""

from __future__ import annotations

from ctypes import byref, c_double, c_float, c_int, c_uint, c_void_p, cast, create_string_buffer
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pypdfium2 import PdfiumError, raw

from shared_code.documents.hyphenation import HYPHEN_MARK, mend_line_end_hyphens
from shared_code.documents.model import Link

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument, PdfPage, PdfTextPage

_DEEPEST_FORM = 8
_MOST_OBJECTS = 20_000
_MOST_LINKS = 300
_MOST_ANNOTATIONS = 1_000
_MOST_QUADS = 20
_MOST_TARGET_BYTES = 8_192
_SMALLEST_POINTS = 1.0
_EDGE_TOLERANCE_POINTS = 1.0
_LINK_INSET = 0.05  # share of a link's height left off, so that it doesn't catch the line above
_SCANNED_SHARE = 0.5  # of the page under pictures: unseen text is then the work of OCR
_HOLDS_MORE = frozenset({raw.FPDF_PAGEOBJ_IMAGE, raw.FPDF_PAGEOBJ_FORM})
_DRAWN_ANNOTATIONS = frozenset({raw.FPDF_ANNOT_WIDGET, raw.FPDF_ANNOT_FREETEXT, raw.FPDF_ANNOT_STAMP})

_Box = tuple[float, float, float, float]  # left, bottom, right, top, in points


@dataclass(frozen=True, slots=True)
class PageContent:
    """What one page gives; ``text`` holds PDFium's line ends and hyphen marks still."""

    text: str
    hidden: str
    links: tuple[Link, ...]
    has_image: bool


@dataclass(slots=True)
class _Objects:
    """What a walk over the page's objects finds."""

    inkless: set[int] = field(default_factory=set)  # addresses of text objects that leave no ink
    image_area: float = 0.0
    has_image: bool = False
    left: int = _MOST_OBJECTS
    colour: tuple[c_uint, c_uint, c_uint, c_uint] = field(  # one for all: a page has thousands of objects
        default_factory=lambda: (c_uint(), c_uint(), c_uint(), c_uint())
    )


def read_page(document: PdfDocument, number: int) -> PageContent | None:
    """Content of page ``number`` (from 1), or None where PDFium can't load it."""
    try:
        page = document.get_page(number - 1)
    except PdfiumError:
        return None
    try:
        textpage = page.get_textpage()
        links = _links(page, textpage, number)
        if _has_drawn_annotations(page) and raw.FPDFPage_Flatten(page, raw.FLAT_NORMALDISPLAY) == 1:
            # Form fields and typed-over text become part of the page, which must be loaded anew for it.
            textpage.close()
            page.close()
            page = document.get_page(number - 1)
            textpage = page.get_textpage()
        objects = _Objects()
        _walk(page, objects)
        text, hidden = _text(page, textpage, objects)
        textpage.close()
    except PdfiumError:
        return None
    finally:
        page.close()
    return PageContent(text, hidden, links, objects.has_image)


# Text


def _text(page: PdfPage, textpage: PdfTextPage, objects: _Objects) -> tuple[str, str]:
    """Visible and hidden text. Pages without anything suspicious, nearly all, cost one call."""
    box = page.get_bbox()
    width, height = box[2] - box[0], box[3] - box[1]
    inkless = objects.inkless if objects.image_area < _SCANNED_SHARE * width * height else set()
    if not inkless and not _has_odd_rectangle(textpage, box):
        return textpage.get_text_range(), ""
    visible: list[str] = []
    hidden: list[str] = []
    start, was_hidden = 0, False
    count = textpage.count_chars()
    for index in range(count):
        is_hidden = _is_hidden(textpage, index, box, inkless, was_hidden)
        if is_hidden != was_hidden:
            (hidden if was_hidden else visible).append(_range(textpage, start, index))
            start, was_hidden = index, is_hidden
    (hidden if was_hidden else visible).append(_range(textpage, start, count))
    return "".join(visible), "\n".join(hidden)


def _range(textpage: PdfTextPage, start: int, end: int) -> str:
    return textpage.get_text_range(start, end - start) if end > start else ""


def _has_odd_rectangle(textpage: PdfTextPage, box: _Box) -> bool:
    """Whether any run of letters is tiny or off the page; rectangles cover runs, so there are few."""
    left, top, right, bottom = c_double(), c_double(), c_double(), c_double()
    for index in range(textpage.count_rects()):
        raw.FPDFText_GetRect(textpage, index, left, top, right, bottom)
        bounds = (left.value, bottom.value, right.value, top.value)
        if bounds[3] - bounds[1] >= _SMALLEST_POINTS and not _is_outside(bounds, box):
            continue
        # Dashes and spaces are flat without being hidden.
        if any(c.isalnum() for c in textpage.get_text_bounded(*_widened(bounds))):
            return True
    return False


def _widened(bounds: _Box) -> _Box:
    left, bottom, right, top = bounds
    return left - 0.1, bottom - 0.1, right + 0.1, top + 0.1


def _is_hidden(
    textpage: PdfTextPage,
    index: int,
    box: _Box,
    inkless: set[int],
    was_hidden: bool,
) -> bool:
    """Whether a letter or digit is unseen; signs and spaces go with the letter before them."""
    if not chr(raw.FPDFText_GetUnicode(textpage, index) & 0xFFFF).isalnum():
        return was_hidden
    if inkless:
        text_object = cast(raw.FPDFText_GetTextObject(textpage, index), c_void_p).value
        if text_object in inkless:
            return True
    rectangle = raw.FS_RECTF()
    if not raw.FPDFText_GetLooseCharBox(textpage, index, rectangle):
        return False
    bounds = (rectangle.left, rectangle.bottom, rectangle.right, rectangle.top)
    extent = max(bounds[2] - bounds[0], bounds[3] - bounds[1])
    # A font without measures gives an empty box, which says nothing about the letter's size.
    return 0 < extent < _SMALLEST_POINTS or (extent > 0 and _is_outside(bounds, box))


def _is_outside(bounds: _Box, box: _Box) -> bool:
    left, bottom, right, top = bounds
    slack = _EDGE_TOLERANCE_POINTS
    beside = right < box[0] - slack or left > box[2] + slack
    return beside or top < box[1] - slack or bottom > box[3] + slack


# Objects


def _walk(page: PdfPage, objects: _Objects) -> None:
    for index in range(min(raw.FPDFPage_CountObjects(page), objects.left)):
        page_object = raw.FPDFPage_GetObject(page, index)
        kind = raw.FPDFPageObj_GetType(page_object)
        if kind == raw.FPDF_PAGEOBJ_TEXT or kind in _HOLDS_MORE:
            _look_at(page_object, kind, objects, depth=1)


def _look_at(page_object: Any, kind: int, objects: _Objects, depth: int) -> None:
    objects.left -= 1
    if kind == raw.FPDF_PAGEOBJ_TEXT:
        if _is_inkless(page_object, objects.colour):
            objects.inkless.add(cast(page_object, c_void_p).value or 0)
    elif kind == raw.FPDF_PAGEOBJ_IMAGE:
        objects.has_image = True
        objects.image_area += _area(page_object)
    elif kind == raw.FPDF_PAGEOBJ_FORM and depth < _DEEPEST_FORM:
        inside = _Objects(left=objects.left)
        for index in range(min(raw.FPDFFormObj_CountObjects(page_object), max(objects.left, 0))):
            part = raw.FPDFFormObj_GetObject(page_object, index)
            _look_at(part, raw.FPDFPageObj_GetType(part), inside, depth + 1)
        objects.left = inside.left
        objects.inkless |= inside.inkless
        if inside.has_image:  # its measures are the form's own, the form's are the page's
            objects.has_image = True
            objects.image_area += _area(page_object)


def _is_inkless(text_object: Any, colour: tuple[c_uint, c_uint, c_uint, c_uint]) -> bool:
    mode = raw.FPDFTextObj_GetTextRenderMode(text_object)
    if mode == raw.FPDF_TEXTRENDERMODE_INVISIBLE:
        return True
    is_filled = mode == raw.FPDF_TEXTRENDERMODE_FILL and raw.FPDFPageObj_GetFillColor(text_object, *colour)
    return bool(is_filled) and colour[3].value == 0


def _area(page_object: Any) -> float:
    left, bottom, right, top = c_float(), c_float(), c_float(), c_float()
    if not raw.FPDFPageObj_GetBounds(page_object, left, bottom, right, top):
        return 0.0
    return max(right.value - left.value, 0.0) * max(top.value - bottom.value, 0.0)


# Annotations


def _has_drawn_annotations(page: PdfPage) -> bool:
    for index in range(min(raw.FPDFPage_GetAnnotCount(page), _MOST_ANNOTATIONS)):
        annotation = raw.FPDFPage_GetAnnot(page, index)
        if annotation:
            subtype = raw.FPDFAnnot_GetSubtype(annotation)
            raw.FPDFPage_CloseAnnot(annotation)
            if subtype in _DRAWN_ANNOTATIONS:
                return True
    return False


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


def _link_boxes(link: Any) -> list[_Box]:
    """Boxes of a link: one for each line it runs over, where the file says so."""
    boxes: list[_Box] = []
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


def _box_around(xs: tuple[float, ...], ys: tuple[float, ...]) -> _Box:
    inset = _LINK_INSET * (max(ys) - min(ys))
    return min(xs), min(ys) + inset, max(xs), max(ys) - inset
