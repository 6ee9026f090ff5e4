"""The ink test: a suspect text is seen if painting the page with and without it makes a difference.

The difference, not the spread of luminance in the text's box, because a box may hold another text's ink.
Suspects that lie on one another are taken away in turns, so that none lends the other its ink; twice the
same words (a drawn bold, a shadow) go together, since each would hide the other's loss.
"""

from __future__ import annotations

from ctypes import byref, c_char, c_double, c_int, c_uint, c_void_p, cast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from pypdfium2 import raw

from shared_code.documents.pdf_canvas import Canvas, area, union
from shared_code.documents.pdf_risk import LEAST_CONTRAST, Box, smallest_points

if TYPE_CHECKING:
    from pypdfium2 import PdfPage, PdfTextPage

_OPAQUE = 255
_AFTER_LATIN = "\u0250"
_SCANNED_SHARE = 0.5  # of the page under pictures
_LONGEST_WORD = 12  # characters; scripts without spaces
_NARROWEST_SHARE = 0.1  # of the smallest readable height: letters squeezed to strokes
_MOST_TURNS = 4
_MOST_CUT_LETTERS = 20
_MOST_COMPARISONS = 300_000
_CELL_POINTS = 24.0
_LEAST_SHARED = 0.4  # of the smaller of two boxes that lie on one another
_EDGE_TOLERANCE_POINTS = 1.0
_FINE = 1_000_000  # pixels a side, to read PDFium's whole-number coordinates finely


@dataclass(frozen=True, slots=True)
class InkReport:
    """Indexes of characters that leave no ink, and whether a recognised layer over a picture was kept."""

    unseen: frozenset[int] = frozenset()
    has_ocr_layer: bool = False


@dataclass(slots=True)
class _Word:
    """Letters of one text object without a gap; boxes are upright, in points from the page's top left."""

    address: int
    indexes: list[int] = field(default_factory=list)
    boxes: list[Box] = field(default_factory=list)
    letters: list[str] = field(default_factory=list)
    extents: list[tuple[float, float]] = field(default_factory=list)  # smaller and larger side, as laid out
    is_outside: bool = True

    def around(self) -> Box:
        return union(self.boxes)


class _Axes(NamedTuple):
    """From the page's coordinates, which may be turned and cut, to points from its visible top left."""

    a: float
    b: float
    c: float
    d: float
    e: float
    f: float

    def box(self, box: Box) -> Box:
        points = [
            (self.a * x + self.c * y + self.e, self.b * x + self.d * y + self.f)
            for x in (box[0], box[2])
            for y in (box[1], box[3])
        ]
        xs, ys = [x for x, _ in points], [y for _, y in points]
        return min(xs), min(ys), max(xs), max(ys)


def find_unseen(
    page: PdfPage, textpage: PdfTextPage, suspects: set[int], *, image_area: float, max_pixels: int
) -> InkReport:
    """Which characters of the suspects nobody sees.

    Args:
        page: loaded; its objects are switched off and on again.
        textpage: of the same page.
        suspects: addresses of text objects.
        image_area: square points under pictures.
        max_pixels: of each picture that is painted.
    """
    words = _words(page, textpage, suspects)
    smallest = smallest_points(page.get_bbox())
    unseen = {id(word) for word in words if word.is_outside or _is_too_small(word, smallest)}
    doubtful = [word for word in words if id(word) not in unseen]
    picture: list[_Word] = []
    if doubtful:
        canvas = Canvas(page, [word.around() for word in doubtful], max_pixels)
        turns = _turns(doubtful)
        full = canvas.paint()
        for turn in turns:
            without = canvas.paint_without({word.address for word in turn})
            inkless = [
                word
                for word in turn
                if canvas.can_tell(word.around())
                and not canvas.differs(full, without, word.boxes)
                and not _lacks_font(page, word, canvas.luminance(without, word.around()))
            ]
            unseen.update(id(word) for word in inkless)
            picture += [word for word in inkless if canvas.spreads(without, word.around())]
    unseen -= _cut_off(words, unseen)
    has_ocr_layer = _is_recognised(page, textpage, picture, image_area)
    if has_ocr_layer:
        unseen.difference_update(id(word) for word in picture)
    return InkReport(
        frozenset(n for word in words if id(word) in unseen for n in word.indexes), has_ocr_layer
    )


def _cut_off(words: list[_Word], unseen: set[int]) -> set[int]:
    """The few words by which a visible run overshoots the page's edge: no hiding place."""
    seen = {word.address for word in words if id(word) not in unseen}
    overshoot: dict[int, list[_Word]] = {}
    for word in words:
        if word.is_outside and word.address in seen:
            overshoot.setdefault(word.address, []).append(word)
    return {
        id(word)
        for own in overshoot.values()
        if sum(len(word.indexes) for word in own) <= _MOST_CUT_LETTERS
        for word in own
    }


def _is_recognised(page: PdfPage, textpage: PdfTextPage, picture: list[_Word], image_area: float) -> bool:
    """Whether words without ink over a picture's letters are what text recognition lays there.

    On such a page they are most of the text: a page that was written, with a picture behind it, has its
    own words, and needs no unseen ones.
    """
    left, bottom, right, top = page.get_bbox()
    if not picture or image_area < _SCANNED_SHARE * (right - left) * (top - bottom):
        return False
    recognised = sum(len(word.indexes) for word in picture)
    letters = sum(1 for c in textpage.get_text_range() if c.isalnum())
    return 2 * recognised > letters


def _lacks_font(page: PdfPage, word: _Word, background: int) -> bool:
    """Whether a word has no ink only for want of its font, which the file doesn't bring along.

    It is seen elsewhere if its colour stands out from what is painted in its place. Latin letters are
    always here.
    """
    text_object = cast(word.address, raw.FPDF_PAGEOBJECT)
    if all(letter < _AFTER_LATIN for letter in word.letters) or raw.FPDFPageObj_HasTransparency(text_object):
        return False
    if raw.FPDFFont_GetIsEmbedded(raw.FPDFTextObj_GetFont(text_object)) or not _is_filled(text_object):
        return False
    red, green, blue, alpha = c_uint(), c_uint(), c_uint(), c_uint()
    if not raw.FPDFPageObj_GetFillColor(text_object, red, green, blue, alpha) or alpha.value < _OPAQUE:
        return False
    luminance = (299 * red.value + 587 * green.value + 114 * blue.value) // 1000
    return abs(luminance - background) >= LEAST_CONTRAST and not _draws(page, text_object)


def _is_filled(text_object: Any) -> bool:
    return bool(raw.FPDFTextObj_GetTextRenderMode(text_object) == raw.FPDF_TEXTRENDERMODE_FILL)


def _draws(page: PdfPage, text_object: Any) -> bool:
    """Whether a text object by itself, on nothing, leaves a pixel."""
    bitmap = raw.FPDFTextObj_GetRenderedBitmap(page.pdf, page, text_object, 1.0)
    if not bitmap:
        return False
    try:
        size = raw.FPDFBitmap_GetStride(bitmap) * raw.FPDFBitmap_GetHeight(bitmap)
        start = cast(raw.FPDFBitmap_GetBuffer(bitmap), c_void_p).value or 0
        return any(bytes((c_char * size).from_address(start)))
    finally:
        raw.FPDFBitmap_Destroy(bitmap)


# Words


def _words(page: PdfPage, textpage: PdfTextPage, suspects: set[int]) -> list[_Word]:
    axes, size = _axes(page)
    words: list[_Word] = []
    word: _Word | None = None
    for index in range(textpage.count_chars()):
        code = raw.FPDFText_GetUnicode(textpage, index)
        letter = chr(code) if code < 0x110000 else ""
        address = (
            cast(raw.FPDFText_GetTextObject(textpage, index), c_void_p).value if letter.isalnum() else None
        )
        if address is None or address not in suspects:
            word = None
            continue
        if word is None or word.address != address or len(word.indexes) == _LONGEST_WORD:
            word = _Word(address)
            words.append(word)
        loose = _loose_box(textpage, index)
        box = axes.box(_tight_box(textpage, index) or loose or _box_at_origin(textpage, index))
        word.indexes.append(index)
        word.letters.append(letter)
        word.boxes.append(box)
        word.is_outside = word.is_outside and _is_outside(box, size)
        if loose:
            sides = loose[2] - loose[0], loose[3] - loose[1]
            word.extents.append((min(sides), max(sides)))
    return words


def _axes(page: PdfPage) -> tuple[_Axes, tuple[float, float]]:
    """Axes of a page, and its visible width and height in points."""
    width, height = page.get_size()
    x, y = c_int(), c_int()

    def device(page_x: float, page_y: float) -> tuple[float, float]:
        raw.FPDF_PageToDevice(page, 0, 0, _FINE, _FINE, 0, page_x, page_y, byref(x), byref(y))
        return x.value * width / _FINE, y.value * height / _FINE

    step = max(width, height)
    left, bottom, _, _ = page.get_bbox()
    (e, f), (ax, ay), (cx, cy) = (
        device(left, bottom),
        device(left + step, bottom),
        device(left, bottom + step),
    )
    a, b, c, d = (ax - e) / step, (ay - f) / step, (cx - e) / step, (cy - f) / step
    return _Axes(a, b, c, d, e - a * left - c * bottom, f - b * left - d * bottom), (width, height)


def _tight_box(textpage: PdfTextPage, index: int) -> Box | None:
    left, right, bottom, top = c_double(), c_double(), c_double(), c_double()
    if not raw.FPDFText_GetCharBox(textpage, index, left, right, bottom, top):
        return None
    return _sound((left.value, bottom.value, right.value, top.value))


def _loose_box(textpage: PdfTextPage, index: int) -> Box | None:
    rectangle = raw.FS_RECTF()
    if not raw.FPDFText_GetLooseCharBox(textpage, index, rectangle):
        return None
    return _sound((rectangle.left, rectangle.bottom, rectangle.right, rectangle.top))


def _sound(box: Box) -> Box | None:
    """A font without measures gives an empty box, which says nothing about the letter."""
    return box if box[2] > box[0] and box[3] > box[1] else None


def _box_at_origin(textpage: PdfTextPage, index: int) -> Box:
    x, y = c_double(), c_double()
    raw.FPDFText_GetCharOrigin(textpage, index, x, y)
    size = max(raw.FPDFText_GetFontSize(textpage, index), 1.0)
    return x.value - size, y.value - size, x.value + size, y.value + size


def _is_outside(box: Box, size: tuple[float, float]) -> bool:
    slack = _EDGE_TOLERANCE_POINTS
    beside = box[2] < -slack or box[0] > size[0] + slack
    return beside or box[3] < -slack or box[1] > size[1] + slack


def _is_too_small(word: _Word, smallest: float) -> bool:
    count = len(word.extents)
    if not count:
        return False
    narrow = sum(small for small, _ in word.extents) / count
    return sum(large for _, large in word.extents) / count < smallest or narrow < _NARROWEST_SHARE * smallest


# Turns


def _turns(words: list[_Word]) -> list[list[_Word]]:
    """Words by the turn in which their objects are taken away."""
    objects: dict[int, list[_Word]] = {}
    for word in words:
        objects.setdefault(word.address, []).append(word)
    turn_of: dict[int, int] = {}
    texts = {
        address: "".join(c for w in own for c in w.letters).casefold() for address, own in objects.items()
    }
    boxes = {address: union([w.around() for w in own]) for address, own in objects.items()}
    cells: dict[tuple[int, int], list[int]] = {}
    comparisons = 0
    for address, box in boxes.items():
        spanned = _cells(box)
        below = {other for cell in spanned for other in cells.get(cell, ())}
        comparisons += len(below)
        taken: set[int] = set()
        if comparisons <= _MOST_COMPARISONS:
            taken = {
                turn_of[other]
                for other in below
                if _lies_on(box, boxes[other]) and not _repeats(texts[address], texts[other])
            }
        for cell in spanned:
            cells.setdefault(cell, []).append(address)
        turn_of[address] = next((n for n in range(_MOST_TURNS - 1) if n not in taken), _MOST_TURNS - 1)
    turns: dict[int, list[_Word]] = {}
    for word in words:
        turns.setdefault(turn_of[word.address], []).append(word)
    return list(turns.values())


def _cells(box: Box) -> list[tuple[int, int]]:
    """Cells of a grid that a box lies in; far ones of a box of odd size are left off."""
    left, top, right, bottom = (int(edge // _CELL_POINTS) for edge in box)
    rows, columns = range(top, min(bottom, top + 60) + 1), range(left, min(right, left + 60) + 1)
    return [(row, column) for row in rows for column in columns]


def _lies_on(one: Box, other: Box) -> bool:
    """Whether two boxes share more than neighbouring lines do."""
    across = min(one[2], other[2]) - max(one[0], other[0])
    along = min(one[3], other[3]) - max(one[1], other[1])
    return across > 0 and along > 0 and across * along > _LEAST_SHARED * min(area(one), area(other))


def _repeats(one: str, other: str) -> bool:
    return one in other or other in one
