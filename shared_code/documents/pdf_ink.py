"""The ink test: a suspect text is seen if painting the page with and without it makes a difference.

The difference, not the spread of luminance in the text's box, because a box may hold another text's ink.
Suspects that lie on one another are taken away in turns, so that none lends the other its ink.
"""

from __future__ import annotations

from ctypes import c_char, c_void_p, cast
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pypdfium2 import raw

from shared_code.documents import pdf_getters as getters
from shared_code.documents.pdf_canvas import Canvas
from shared_code.documents.pdf_getters import Gauge
from shared_code.documents.pdf_risk import LEAST_CONTRAST, smallest_points
from shared_code.documents.pdf_shapes import find_drawn
from shared_code.documents.pdf_words import Word, area, union, words_of

if TYPE_CHECKING:
    from pypdfium2 import PdfPage, PdfTextPage

    from shared_code.documents.pdf_getters import Box
    from shared_code.documents.pdf_risk import Painting

_AFTER_LATIN = "\u0250"
_SCANNED_SHARE = 0.5  # of the page under pictures
_MOST_TURNS = 4
_MOST_CUT_LETTERS = 20
_MOST_COMPARISONS = 300_000
_CELL_POINTS = 12.0
_LEAST_SHARED = 0.4  # of the smaller of two boxes that lie on one another


@dataclass(frozen=True, slots=True)
class InkReport:
    """Indexes of characters that leave no ink, and whether a recognised layer over a picture was kept.

    ``owners`` are the addresses of the text objects of those characters.
    """

    unseen: frozenset[int] = frozenset()
    owners: frozenset[int] = frozenset()
    has_ocr_layer: bool = False
    was_painted: bool = False


def find_unseen(page: PdfPage, textpage: PdfTextPage, painting: Painting, *, max_pixels: int) -> InkReport:
    """Which characters of the suspects nobody sees.

    Args:
        page: loaded; its objects are switched off and on again, for good where words are drawn otherwise.
        textpage: of the same page.
        painting: of the same page; the suspects in it are looked at.
        max_pixels: of each picture that is painted.
    """
    words = words_of(page, textpage, painting.suspects)
    if not words:
        return InkReport()
    left, bottom, right, top = page.get_bbox()
    smallest = smallest_points((left, bottom, right, top))
    may_be_scanned = painting.image_area >= _SCANNED_SHARE * (right - left) * (top - bottom)
    unseen = {id(word) for word in words if word.is_outside or word.is_too_small(smallest)}
    doubtful = [word for word in words if id(word) not in unseen]
    picture: list[Word] = []
    if doubtful:
        boxes = [word.around for word in doubtful]
        if painting.has_spikes:
            boxes.append((0.0, 0.0, *page.get_size()))
        canvas = Canvas(page, boxes, max_pixels)
        full = canvas.paint()
        for turn in _turns(doubtful):
            without = canvas.paint_without({word.address for word in turn})
            inkless = [
                word
                for word in turn
                if canvas.can_tell(word.around)
                and not canvas.differs(full, without, word.around, word.boxes)
                and not _lacks_font(page, word, canvas.luminance(without, word.around))
            ]
            unseen.update(id(word) for word in inkless)
            if may_be_scanned:
                picture += [word for word in inkless if canvas.spreads(without, word.around)]
    unseen -= _cut_off(words, unseen)
    has_ocr_layer = _is_recognised(textpage, picture)
    if has_ocr_layer:
        unseen.difference_update(id(word) for word in picture)
    # Under a picture nothing draws the letters again, unless the page is a scan.
    covered = set() if may_be_scanned else painting.pictured
    inkless = [word for word in doubtful if id(word) in unseen and word.address not in covered]
    if inkless:
        drawn = find_drawn(page, canvas, full, inkless, [word for word in words if id(word) not in unseen])
        unseen -= drawn.identities
        has_ocr_layer = has_ocr_layer or drawn.has_ocr_layer
    hidden = [word for word in words if id(word) in unseen]
    characters = frozenset(n for word in hidden for n in word.indexes)
    owners = frozenset(word.address for word in hidden)
    return InkReport(characters, owners, has_ocr_layer, bool(doubtful))


def _cut_off(words: list[Word], unseen: set[int]) -> set[int]:
    """The few words by which a visible run overshoots the page's edge: no hiding place."""
    seen = {word.address for word in words if id(word) not in unseen}
    overshoot: dict[int, list[Word]] = {}
    for word in words:
        if word.is_outside and word.address in seen:
            overshoot.setdefault(word.address, []).append(word)
    return {
        id(word)
        for own in overshoot.values()
        if sum(len(word.indexes) for word in own) <= _MOST_CUT_LETTERS
        for word in own
    }


def _is_recognised(textpage: PdfTextPage, picture: list[Word]) -> bool:
    """Whether words without ink over a picture's letters are what text recognition lays there.

    On such a page they are most of the text: a page that was written, with a picture behind it, has its
    own words, and needs no unseen ones.
    """
    if not picture:
        return False
    recognised = sum(len(word.indexes) for word in picture)
    letters = sum(1 for c in textpage.get_text_range() if c.isalnum())
    return 2 * recognised > letters


def _lacks_font(page: PdfPage, word: Word, background: int) -> bool:
    """Whether a word has no ink only for want of its font, which the file doesn't bring along.

    It is seen elsewhere if its colour stands out from what is painted in its place. Latin letters are
    always here.
    """
    if all(letter < _AFTER_LATIN for letter in word.letters):
        return False
    text_object = cast(word.address, raw.FPDF_PAGEOBJECT)
    if raw.FPDFFont_GetIsEmbedded(raw.FPDFTextObj_GetFont(text_object)):
        return False
    if getters.render_mode(word.address) != raw.FPDF_TEXTRENDERMODE_FILL:
        return False
    lightness = Gauge().luminance(word.address)
    is_apart = lightness is not None and abs(lightness - background) >= LEAST_CONTRAST
    return is_apart and not _draws(page, text_object)


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


# Turns


def _turns(words: list[Word]) -> list[list[Word]]:
    """Words by the turn in which their objects are taken away."""
    objects: dict[int, list[Word]] = {}
    for word in words:
        objects.setdefault(word.address, []).append(word)
    boxes = {
        address: own[0].around if len(own) == 1 else union([word.around for word in own])
        for address, own in objects.items()
    }
    turn_of: dict[int, int] = {}
    cells: dict[tuple[int, int], list[int]] = {}
    comparisons = 0
    for address, box in boxes.items():
        spanned = _cells(box)
        below = {other for cell in spanned for other in cells.get(cell, ())}
        comparisons += len(below)
        taken: set[int] = set()
        if comparisons <= _MOST_COMPARISONS:
            taken = {turn_of[other] for other in below if _lies_on(box, boxes[other])}
        for cell in spanned:
            cells.setdefault(cell, []).append(address)
        turn_of[address] = next((n for n in range(_MOST_TURNS - 1) if n not in taken), _MOST_TURNS - 1)
    turns: dict[int, list[Word]] = {}
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
    left, top, right, bottom = one
    if other[0] >= right or other[2] <= left or other[1] >= bottom or other[3] <= top:
        return False
    across = min(right, other[2]) - max(left, other[0])
    along = min(bottom, other[3]) - max(top, other[1])
    return across * along > _LEAST_SHARED * min(area(one), area(other))
