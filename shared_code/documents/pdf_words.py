"""Words of a page's suspect texts: which characters they are, and where on the visible page they stand."""

from __future__ import annotations

from ctypes import byref, c_double, c_int, c_void_p, cast
from dataclasses import dataclass, field
from itertools import repeat
from math import inf
from struct import Struct
from typing import TYPE_CHECKING, NamedTuple

from pypdfium2 import raw

from shared_code.documents import pdf_getters as getters
from shared_code.documents.pdf_getters import Box

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from pypdfium2 import PdfPage, PdfTextPage

_LONGEST_WORD = 12  # characters; scripts without spaces
_NARROWEST_SHARE = 0.1  # of the smallest readable height: letters squeezed to strokes
_EDGE_TOLERANCE_POINTS = 1.0
_FINE = 1_000_000  # pixels a side, to read PDFium's whole-number coordinates finely
_FEW = 32  # objects
_MOST_CODES = 0x110000
_FOUR_DOUBLES = Struct("4d")


@dataclass(slots=True)
class Word:
    """Letters of one text object without a gap; boxes are upright, in points from the page's top left."""

    address: int
    indexes: list[int] = field(default_factory=list)
    boxes: list[Box] = field(default_factory=list)
    letters: list[str] = field(default_factory=list)
    extents: list[tuple[float, float]] = field(default_factory=list)  # smaller and larger side, as laid out
    around: Box = (0.0, 0.0, 0.0, 0.0)  # of all letters
    is_outside: bool = True

    def is_too_small(self, smallest: float) -> bool:
        """Whether its letters are on average lower than ``smallest`` points, or squeezed to strokes."""
        count = len(self.extents)
        if not count:
            return False
        narrow = sum(small for small, _ in self.extents) / count
        high = sum(large for _, large in self.extents) / count
        return high < smallest or narrow < _NARROWEST_SHARE * smallest


class Axes(NamedTuple):
    """From the page's coordinates, which may be turned and cut, to points from its visible top left."""

    a: float
    b: float
    c: float
    d: float
    e: float
    f: float

    def box(self, box: Box) -> Box:
        """An upright box on the visible page."""
        a, b, c, d, e, f = self
        left, bottom, right, top = box
        if b == c == 0 and a > 0 > d:
            return a * left + e, d * top + f, a * right + e, d * bottom + f
        xs = [a * x + c * y + e for x in (left, right) for y in (bottom, top)]
        ys = [b * x + d * y + f for x in (left, right) for y in (bottom, top)]
        return min(xs), min(ys), max(xs), max(ys)


def words_of(page: PdfPage, textpage: PdfTextPage, suspects: Collection[int]) -> list[Word]:
    """Words of text objects in the order of the text; signs and spaces are none.

    Args:
        page: loaded.
        textpage: of the same page.
        suspects: addresses of the text objects.
    """
    address = cast(textpage.raw, c_void_p).value or 0
    if len(suspects) <= _FEW:  # bullets and rules, mostly, which need no walk over all characters
        suspects = {suspect for suspect in suspects if _has_letters(suspect, address)}
        if not suspects:
            return []
    reader: _LetterReader | None = None
    words: list[Word] = []
    word: Word | None = None
    owners = map(getters.text_object_at, repeat(address), range(textpage.count_chars()))
    for index, owner in enumerate(owners):
        if owner not in suspects:
            word = None
            continue
        code = getters.unicode_at(address, index)
        letter = chr(code) if code < _MOST_CODES else ""
        if not letter.isalnum():
            word = None
            continue
        if word is None or word.address != owner or len(word.indexes) == _LONGEST_WORD:
            word = Word(owner)
            words.append(word)
        reader = reader or _LetterReader(page, address)
        reader.add(word, index, letter)
    return words


def _has_letters(suspect: int, textpage: int) -> bool:
    text = getters.text_of(suspect, textpage)
    return text is None or any(map(str.isalnum, text))


class _LetterReader:
    """Measures letters, through one set of buffers."""

    def __init__(self, page: PdfPage, textpage: int) -> None:
        self._textpage = textpage
        self._axes, (width, height) = axes_of(page)
        slack = _EDGE_TOLERANCE_POINTS
        self._limits = -slack, -slack, width + slack, height + slack
        if not width * height > 0:  # nothing is on a page without a visible part
            self._limits = inf, inf, -inf, -inf
        self._doubles = (c_double * 4)()
        self._boxes = getters.LetterBoxes(textpage)
        self._cells = [byref(self._doubles, 8 * n) for n in range(4)]

    def add(self, word: Word, index: int, letter: str) -> None:
        """Take a letter into a word."""
        loose = _sound(self._boxes.at(index))
        box = self._axes.box(self._tight_box(index) or loose or self._box_at_origin(index))
        word.indexes.append(index)
        word.letters.append(letter)
        word.around = union((word.around, box)) if word.boxes else box
        word.boxes.append(box)
        if word.is_outside:
            left, top, right, bottom = self._limits
            word.is_outside = box[2] < left or box[0] > right or box[3] < top or box[1] > bottom
        if loose:
            wide, high = loose[2] - loose[0], loose[3] - loose[1]
            word.extents.append((wide, high) if wide < high else (high, wide))

    def _tight_box(self, index: int) -> Box | None:
        if not getters.tight_box(self._textpage, index, *self._cells):
            return None
        left, right, bottom, top = _FOUR_DOUBLES.unpack_from(self._doubles)
        return _sound((left, bottom, right, top))

    def _box_at_origin(self, index: int) -> Box:
        x, y = c_double(), c_double()
        getters.origin(self._textpage, index, byref(x), byref(y))
        size = max(getters.letter_size(self._textpage, index), 1.0)
        return x.value - size, y.value - size, x.value + size, y.value + size


def _sound(box: Box) -> Box | None:
    """A font without measures gives an empty box, which says nothing about the letter."""
    return box if box[2] > box[0] and box[3] > box[1] else None


def axes_of(page: PdfPage) -> tuple[Axes, tuple[float, float]]:
    """Axes of a page, and its visible width and height in points."""
    width, height = page.get_size()
    x, y = c_int(), c_int()

    def device(page_x: float, page_y: float) -> tuple[float, float]:
        raw.FPDF_PageToDevice(page, 0, 0, _FINE, _FINE, 0, page_x, page_y, byref(x), byref(y))
        return x.value * width / _FINE, y.value * height / _FINE

    step = max(width, height, 1.0)
    left, bottom, _, _ = page.get_bbox()
    (e, f), (ax, ay), (cx, cy) = (
        device(left, bottom),
        device(left + step, bottom),
        device(left, bottom + step),
    )
    a, b, c, d = (ax - e) / step, (ay - f) / step, (cx - e) / step, (cy - f) / step
    return Axes(a, b, c, d, e - a * left - c * bottom, f - b * left - d * bottom), (width, height)


def union(boxes: Iterable[Box]) -> Box:
    """The box around all boxes."""
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)


def area(box: Box) -> float:
    """Square points of a box."""
    return (box[2] - box[0]) * (box[3] - box[1])
