"""Spaces that a PDF leaves as gaps between two text objects, too narrow for PDFium to take them for any."""

from __future__ import annotations

import re
from ctypes import c_void_p, cast
from itertools import repeat
from statistics import median
from typing import TYPE_CHECKING

from shared_code.documents import pdf_getters as getters

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pypdfium2 import PdfTextPage

    from shared_code.documents.pdf_getters import Box

_LEAST_GAP = (
    0.085  # of a line's height, more than between letters beside it; a tenth of their size, as poppler
)
_WIDEST_GAP = 1.0  # more is a column, of which PDFium knows
_LEAST_COMMON_HEIGHT = 0.8  # of two letters of one line and size
_FEWEST_GAPS = 4  # between letters that are objects of their own, to know what is usual
_ASKED_SPACES = 16
_HEAD = 120  # characters of a page, among them names in large letters, looked at in any case
_FEW_OBJECTS = 1.5  # for a line
# Thai, Lao, Chinese and Japanese do without spaces.
_WORD = re.compile("[^\\W_\u0e00-\u0eff\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]{2,}")


def missing_spaces(textpage: PdfTextPage, text: str, start: int = 0) -> frozenset[int]:
    """Indexes of characters before which a space is missing.

    Args:
        textpage: of a loaded page.
        text: of the page as PDFium tells it, or a part of it, a character for each of the page's.
        start: index of its first character.
    """
    if not _may_lack_spaces(textpage, text, start):
        text = text[:_HEAD]
    seams = list(_seams(textpage, text, start))
    if not seams:
        return frozenset()
    measure = _Measure(textpage)
    parted = frozenset(seams)
    found: set[int] = set()
    alone: dict[int, float] = {}
    for index, after in zip(seams, [*seams[1:], start + len(text)], strict=True):
        gap = measure.gap(index)
        inside = [n for n in (index - 1, index + 1) if n not in parted and _is_in_word(text, n - start)]
        usual = [] if gap is None else [other for other in map(measure.gap, inside) if other is not None]
        if gap is not None and not usual:
            alone[index] = gap
        elif gap is not None and _is_space(gap, max(usual)):
            found.add(index)
        if after == start + len(text) or "\n" in text[index - start : after - start]:
            found |= _wider_than_most(alone)
            alone = {}
    return frozenset(found)


def _is_in_word(text: str, place: int) -> bool:
    """Whether a letter follows another."""
    return 0 < place < len(text) and text[place].isalnum() and text[place - 1].isalnum()


def _wider_than_most(gaps: dict[int, float]) -> set[int]:
    """Spaces of a line whose letters are objects of their own, so that nothing else tells what is usual."""
    if len(gaps) < _FEWEST_GAPS:
        return set()
    usual = median(gaps.values())
    return {index for index, gap in gaps.items() if _is_space(gap, usual)}


def _may_lack_spaces(textpage: PdfTextPage, text: str, start: int) -> bool:
    """Whether spaces are gaps between objects; where they are characters, as in most files, none lacks."""
    page = cast(textpage.page.raw, c_void_p).value or 0
    if getters.count_objects(page) < _FEW_OBJECTS * (text.count("\n") + 1):
        return False
    address = cast(textpage.raw, c_void_p).value or 0
    guessed = asked = 0
    step = len(text) // _ASKED_SPACES + 1
    position = text.find(" ")
    while position >= 0:
        asked += 1
        guessed += getters.is_generated(address, start + position) == 1
        position = text.find(" ", position + step)
    return 2 * guessed >= asked


def _seams(textpage: PdfTextPage, text: str, start_of_text: int) -> Iterator[int]:
    """Letters inside of words with which a text object begins, or ends; few words are made of several."""
    address = cast(textpage.raw, c_void_p).value or 0
    found = _WORD.finditer(text)
    spans = [(start_of_text + match.start(), start_of_text + match.end()) for match in found]
    firsts = map(getters.text_object_at, repeat(address), [start for start, _ in spans])
    lasts = map(getters.text_object_at, repeat(address), [end - 1 for _, end in spans])
    for (start, end), first, last in zip(spans, firsts, lasts, strict=True):
        if first == last:
            continue
        owner = first
        for index in range(start + 1, end):
            own = getters.text_object_at(address, index)
            around = text[index - start_of_text - 1 : index - start_of_text + 1]
            if own != owner and not around.isdigit():
                yield index
            owner = own


def _is_space(gap: float, usual: float) -> bool:
    return gap <= _WIDEST_GAP and min(gap, gap - usual) >= _LEAST_GAP


class _Measure:
    """Gaps between characters, in shares of their height."""

    def __init__(self, textpage: PdfTextPage) -> None:
        self._boxes = getters.LetterBoxes(cast(textpage.raw, c_void_p).value or 0)
        self._last: tuple[int, Box] = -1, (0.0, 0.0, 0.0, 0.0)

    def gap(self, index: int) -> float | None:
        """Before a character; None where the one before it is on another line or of another size."""
        before = self._last[1] if self._last[0] == index - 1 else self._box(index - 1)
        after = self._box(index)
        self._last = index, after
        height = max(before[3] - before[1], after[3] - after[1])
        if height <= 0 or min(before[3], after[3]) - max(before[1], after[1]) < _LEAST_COMMON_HEIGHT * height:
            return None
        return (after[0] - before[2]) / height

    def _box(self, index: int) -> Box:
        left, bottom, right, top = self._boxes.at(index)
        return (left, bottom, right, top) if bottom < top else (left, top, right, bottom)
