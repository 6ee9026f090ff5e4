"""How alike two pictures of one place are: the correlation of their pixels, whatever the colours."""

from __future__ import annotations

from itertools import product
from math import sqrt
from operator import mul
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from shared_code.documents.pdf_canvas import Canvas, Rows
    from shared_code.documents.pdf_getters import Box

Shift = tuple[int, int]  # pixels to the right and down

_LEAST_SPREAD = 40  # of 255: between letters and what they stand on
_MOST_PIXELS = 2_000_000  # compared on a page; a page full of browser's bold takes a quarter of it
# Copies of a text that make up its outline or a mended line, and recognised words, lie a bit off.
_FURTHEST_ACROSS_POINTS, _FURTHEST_ALONG_POINTS = 2.8, 1.2


class Likeness(NamedTuple):
    """Of two pictures, 0 to 1, and the shift at which they are so alike."""

    share: float = 0.0
    shift: Shift = (0, 0)


class Comparison:
    """A page's picture against one of some of its words alone; what is beyond a sum of pixels isn't alike."""

    def __init__(self, canvas: Canvas, full: Rows) -> None:
        self._canvas = canvas
        self._full = full
        self._pixels_left = _MOST_PIXELS
        scale = canvas.pixels_per_point
        self._word_shifts = _shifts(
            max(round(_FURTHEST_ACROSS_POINTS * scale), 1), max(round(_FURTHEST_ALONG_POINTS * scale), 1)
        )
        self._letter_shifts = _shifts(1, 1)

    def has_shapes(self, box: Box) -> bool:
        """Whether there is anything in a box but one shade."""
        return _spread(self._canvas.crop(self._full, box)) >= _LEAST_SPREAD

    def of_word(self, alone: Rows, box: Box, enough: float) -> Likeness:
        """In a box of both pictures: the first that is ``enough``, or else the best.

        It doesn't matter which of the two is the lighter one: letters may be white on a dark ground.
        """
        return self._best(alone, box, enough, self._word_shifts)

    def of_letter(self, alone: Rows, box: Box, enough: float, shift: Shift) -> Likeness:
        """The same for a letter of a word that was found at a shift."""
        shifts = [(shift[0] + across, shift[1] + along) for across, along in self._letter_shifts]
        return self._best(alone, box, enough, shifts)

    def _best(self, alone: Rows, box: Box, enough: float, shifts: Iterable[Shift]) -> Likeness:
        seen, own = self._canvas.crop(self._full, box), self._canvas.crop(alone, box)
        if _spread(own) < _LEAST_SPREAD:
            return Likeness()
        best = Likeness()
        for shift in shifts:
            self._pixels_left -= len(seen) * len(seen[0])
            if self._pixels_left < 0:
                return Likeness()
            share = abs(_correlation(*_overlap(seen, own, *shift)))
            if share > best.share:
                best = Likeness(share, shift)
            if share >= enough:
                break
        return best


def _shifts(across: int, along: int) -> list[Shift]:
    """The smallest first."""
    shifts = product(range(-across, across + 1), range(-along, along + 1))
    return sorted(shifts, key=lambda shift: max(map(abs, shift)))


def _spread(rows: Rows) -> int:
    if not rows or not rows[0]:
        return 0
    return max(map(max, rows)) - min(map(min, rows))


def _overlap(seen: Rows, own: Rows, across: int, along: int) -> tuple[bytes, bytes]:
    """What two pictures have in common where one is moved; of equal length."""
    height, width = len(seen), len(seen[0])
    rows = range(max(along, 0), height + min(along, 0))
    return (
        b"".join(seen[y][max(across, 0) : max(width + min(across, 0), 0)] for y in rows),
        b"".join(own[y - along][max(-across, 0) : max(width - max(across, 0), 0)] for y in rows),
    )


def _correlation(one: bytes, other: bytes) -> float:
    """Pearson's, -1 to 1; 0 where one of the two has a single shade."""
    count, sum_one, sum_other = len(one), sum(one), sum(other)
    spread_one = count * sum(map(mul, one, one)) - sum_one * sum_one
    spread_other = count * sum(map(mul, other, other)) - sum_other * sum_other
    if spread_one <= 0 or spread_other <= 0:
        return 0.0
    return float((count * sum(map(mul, one, other)) - sum_one * sum_other) / sqrt(spread_one * spread_other))
